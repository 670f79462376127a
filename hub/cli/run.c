/* `component-hub run`: one file, this machine, no server and no database. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "hub/cli/catalog_dir.h"
#include "hub/cli/cli.h"
#include "hub/cli/document.h"
#include "hub/cli/run_print.h"
#include "pipeline-creator/launch/inline.h"

#define MAX_DOCUMENTS 1000

static const char usage[] =
    "usage: component-hub run [options] FILE\n"
    "\n"
    "Runs a pipeline on this machine, without a server: a PipelineRun, a stream of Tekton documents with PipelineRuns\n"
    "among them, or a pipeline document, which is compiled first (- is standard input). Steps run in a sandbox\n"
    "(bubblewrap) without network; this machine's /usr stands in for their images. As root, steps run as nobody.\n"
    "\n"
    "  -p, --param NAME=VALUE   value of a parameter; may be repeated; lists and maps as JSON\n"
    "      --catalog DIR        folder of components and pipelines to take references from; may be repeated\n"
    "      --parallel N         tasks at a time (4)\n"
    "      --timeout DURATION   of the whole run, like 90s or 1h30m; 0 = none\n"
    "      --state-dir DIR      where the run's folder lies (a new one in $TMPDIR or /tmp)\n"
    "      --keep               leave the run's folder behind and say where it is\n"
    "      --unsafe-local       run without a sandbox where there is none: steps can do all that you can\n"
    "      --quiet              only the outcome\n"
    "      --output text|json   json: one event a line\n"
    "  -h, --help               this text\n"
    "\n"
    "Exit code: 0 succeeded, 1 failed or the file is wrong, 2 it could not be run, 130 interrupted.\n";

struct command {
    struct document_args d;
    const char *timeout;
    struct local_config config;
    bool own_state_dir, help;
    struct printer printer;
    struct engine *engine;
    int argc;
    char **argv;
    int exit_code;
};

/* The handler may only write to the engine's eventfd. */
static struct engine *volatile interrupted_engine;
static volatile sig_atomic_t interrupts;

static void on_interrupt(int number)
{
    (void)number;
    int before = errno;
    interrupts = interrupts + 1;
    if (interrupted_engine)
        engine_wake(interrupted_engine);
    errno = before;
}

static int say(const struct err *e)
{
    fprintf(stderr, "component-hub: ");
    if (e->line)
        fprintf(stderr, "line %u, column %u: ", e->line, e->column);
    fprintf(stderr, "%s [%s]\n", e->message, e->code);
    if (e->hint[0])
        fprintf(stderr, "    hint: %s\n", e->hint);
    return e->status == ERR_INVALID || e->status == ERR_UNSUPPORTED || e->status == ERR_SYNTAX ? 1 : 2;
}

static int take_number(struct command *c, const char *text)
{
    uint64_t n;
    if (!str_u64(str_of(text), &n) || n < 1 || n > 256)
        return document_usage_error(&c->d, "--parallel is 1 to 256, not ", text);
    c->config.parallel_tasks = (unsigned)n;
    return 0;
}

static int take_option(struct command *c, int option)
{
    int64_t us;
    switch (option) {
    case 'p':
        return document_param(&c->d, optarg);
    case 'c':
        return document_catalog(&c->d, optarg);
    case 'n':
        return take_number(c, optarg);
    case 't':
        c->timeout = optarg;
        return duration_parse(str_of(optarg), &us) && us >= 0
                   ? 0
                   : document_usage_error(&c->d, "--timeout is a duration, not ", optarg);
    case 's':
        c->config.state_dir = optarg;
        return 0;
    case 'k':
        c->config.keep = true;
        return 0;
    case 'u':
        c->config.unsafe = true;
        return 0;
    case 'q':
        c->printer.quiet = true;
        return 0;
    case 'o':
        c->printer.json = strcmp(optarg, "json") == 0;
        return c->printer.json || strcmp(optarg, "text") == 0
                   ? 0
                   : document_usage_error(&c->d, "--output is text or json, not ", optarg);
    case 'h':
        c->help = true;
        return 0;
    default:
        return document_usage_error(&c->d, "wrong option", ""); /* getopt has said which */
    }
}

static int read_options(struct command *c, int argc, char **argv)
{
    static const struct option options[] = {
        {"param", required_argument, NULL, 'p'},
        {"catalog", required_argument, NULL, 'c'},
        {"parallel", required_argument, NULL, 'n'},
        {"timeout", required_argument, NULL, 't'},
        {"state-dir", required_argument, NULL, 's'},
        {"keep", no_argument, NULL, 'k'},
        {"unsafe-local", no_argument, NULL, 'u'},
        {"quiet", no_argument, NULL, 'q'},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "p:h", options, NULL)) != -1;) {
        int code = take_option(c, option);
        if (code != 0)
            return code;
    }
    return c->help ? 0 : document_file(&c->d, argc, argv, optind);
}

/* ---- the document */

/* -p replaces what spec.params says; JSON where the pipeline declares a list or a map. */
static struct node *with_params(struct command *c, const struct node *spec)
{
    const struct node *given = node_get(spec, "params"), *specs = node_path(spec, "pipelineSpec", "params", NULL);
    struct node *made = node_seq(c->d.a);
    for (size_t i = 0; i < node_count(given); i++)
        if (!node_get_str(c->d.parameters, node_text_of(node_at(given, i), "name")))
            node_push(c->d.a, made, node_at(given, i));
    for (size_t i = 0; i < node_count(c->d.parameters); i++) {
        const struct pair *p = &c->d.parameters->pairs[i];
        struct node *param = node_map(c->d.a), *value = p->value;
        for (size_t k = 0; k < node_count(specs); k++) {
            struct node *parsed = NULL;
            struct err ignored = {0};
            if (str_eq(node_text_of(node_at(specs, k), "name"), p->key) &&
                !str_is(prun_type_of(node_at(specs, k)), "string") &&
                !node_parse_json(c->d.a, node_text(value), &parsed, &ignored))
                value = parsed;
        }
        node_put_str(c->d.a, param, "name", p->key);
        node_put(c->d.a, param, "value", value);
        node_push(c->d.a, made, param);
    }
    return made;
}

/* Lays the command line over a run. */
static struct node *adjusted(struct command *c, const struct node *run, bool params)
{
    struct node *made = node_without(c->d.a, run, NULL), *spec = node_without(c->d.a, node_get(run, "spec"), NULL);
    if (params && node_count(c->d.parameters))
        node_put(c->d.a, spec, "params", with_params(c, spec));
    if (c->timeout) {
        struct node *timeouts = node_map(c->d.a);
        node_put(c->d.a, timeouts, "pipeline", node_cstr(c->d.a, c->timeout));
        node_put(c->d.a, spec, "timeouts", timeouts);
    }
    node_put(c->d.a, made, "spec", spec);
    return made;
}

static int compile_file(struct command *c, struct str text, struct node **run)
{
    struct err e = {0};
    struct compile_input in = {.document = text, .parameters = c->d.parameters, .launch = true};
    struct compile_output out;
    struct catalog_dir catalog;
    if (catalog_dir_open(c->d.a, c->d.catalogs, c->d.catalog_count, &catalog, &e) != OK)
        return say(&e);
    enum status s = catalog_dir_compile(c->d.a, &catalog, &in, false, &out, &e);
    document_problems(&c->d, &out.problems);
    if (s != OK)
        return out.problems.errors > 0 ? 1 : say(&e);
    *run = out.manifest;
    return 0;
}

/* The runs of the file, each with everything it refers to put in. */
static int read_runs(struct command *c, struct node ***runs, size_t *count)
{
    struct err e = {0};
    struct str text;
    struct node **documents;
    size_t n;
    if (file_read(c->d.a, c->d.file, NODE_MAX_BYTES, &text, &e) != OK ||
        node_parse_yaml_stream(c->d.a, text, MAX_DOCUMENTS, &documents, &n, &e) != OK)
        return say(&e);
    *runs = arena_array_of(c->d.a, n + 1, struct node *);
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        struct node *run;
        if (!inline_is_run(documents[i]))
            continue;
        if (inline_run(c->d.a, documents, n, documents[i], &run, &e) != OK)
            return say(&e);
        (*runs)[(*count)++] = adjusted(c, run, true);
    }
    if (*count)
        return 0;
    struct node *run = NULL;
    int code = compile_file(c, text, &run);
    if (code == 0)
        (*runs)[(*count)++] = adjusted(c, run, false);
    return code;
}

/* ---- running it */

static int run_one(struct command *c, const struct node *run)
{
    struct err e = {0};
    char id[UUID_TEXT];
    if (uuid7(id) != OK)
        return 2;
    if (engine_submit(c->engine, id, run, &e) != OK)
        return say(&e);
    c->printer.state = STATE_PENDING;
    bool told = false;
    while (engine_active(c->engine)) {
        if (interrupts && !told) {
            engine_cancel(c->engine, id);
            told = true;
        }
        if (interrupts > 1) /* once more: not even the grace period */
            return 130;
        engine_turn(c->engine, 60000);
    }
    if (interrupts)
        return 130;
    return c->printer.state == STATE_SUCCEEDED ? 0 : 1;
}

static int run_all(struct command *c, struct node *const *runs, size_t count)
{
    int worst = 0;
    for (size_t i = 0; i < count && worst != 130; i++) {
        const struct node *meta = node_get(runs[i], "metadata");
        struct str name = node_text_of(meta, "name");
        if (name.n == 0) { /* what an API server would append to it says nothing here */
            name = node_text_of(meta, "generateName");
            while (name.n && name.p[name.n - 1] == '-')
                name.n--;
        }
        c->printer.run_name = name;
        int code = run_one(c, runs[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

static int make_state_dir(struct command *c)
{
    if (c->config.state_dir)
        return 0;
    const char *base = getenv("TMPDIR");
    struct str path = str_printf(c->d.a, "%s/component-hub-XXXXXX", base && base[0] == '/' ? base : "/tmp");
    char *template = arena_alloc(c->d.a, path.n + 1);
    memcpy(template, path.p, path.n + 1);
    if (!mkdtemp(template)) {
        fprintf(stderr, "component-hub: no folder can be made in %s: %s\n", base ? base : "/tmp", strerror(errno));
        return 2;
    }
    c->config.state_dir = template;
    c->own_state_dir = true;
    return 0;
}

static void catch_signals(void)
{
    struct sigaction sa = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGHUP, &sa, NULL);
}

static int run(struct command *c)
{
    struct node **runs = NULL;
    size_t count = 0;
    struct err e = {0};
    int code = read_runs(c, &runs, &count);
    if (code == 0)
        code = make_state_dir(c);
    if (code != 0)
        return code;
    if (local_engine_new(&c->config, (struct run_sink){print_event, &c->printer}, &c->engine, &e) != OK)
        return say(&e);
    interrupted_engine = c->engine;
    catch_signals();
    code = run_all(c, runs, count);
    if (c->config.keep)
        fprintf(stderr, "component-hub: the run's folder is in %s\n", c->config.state_dir);
    return code;
}

static enum status guarded(void *arg)
{
    struct command *c = arg;
    c->d.parameters = node_map(c->d.a);
    c->exit_code = read_options(c, c->argc, c->argv);
    if (c->exit_code == 0 && c->help)
        fputs(usage, stdout);
    else if (c->exit_code == 0)
        c->exit_code = run(c);
    return OK;
}

static void clean_up(struct command *c)
{
    interrupted_engine = NULL;
    engine_free(c->engine);
    if (c->own_state_dir && !c->config.keep)
        rmdir(c->config.state_dir);
}

int cli_run(int argc, char **argv)
{
    struct command c = {.d = {.command = "run", .a = arena_new(0)}, .argc = argc, .argv = argv};
    if (!c.d.a) {
        fputs("component-hub: out of memory\n", stderr);
        return 2;
    }
    if (arena_guard(c.d.a, guarded, &c) != OK) {
        fputs("component-hub: the document needs more memory than there is\n", stderr);
        c.exit_code = 2;
    }
    clean_up(&c);
    if (fflush(stdout) != 0 && c.exit_code == 0)
        c.exit_code = 2;
    arena_free(c.d.a);
    return c.exit_code;
}
