#include "hub/cli/cli.h"
#include "hub/cli/document.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "hub/cli/catalog_dir.h"
#include "hub/runs/finished.h"

static const char USAGE[] =
    "usage: component-hub compile [options] FILE\n"
    "\n"
    "Compiles a pipeline document (- is standard input) to Tekton objects on standard output.\n"
    "\n"
    "  -p, --param NAME=VALUE   value of a pipeline input; may be repeated\n"
    "      --catalog DIR        folder of components and pipelines to take references from; may be repeated\n"
    "      --as pipelinerun     one PipelineRun with everything inline (the default)\n"
    "      --as resources       a Task for each distinct spec, a Pipeline and a PipelineRun, named by content\n"
    "      --as references      a PipelineRun that fetches published Tekton Tasks from the hub at --hub, by digest\n"
    "      --as rbac            ServiceAccount, Role and RoleBinding that its components ask for; nothing if none "
    "does\n"
    "      --hub URL            where the cluster reaches the hub, for --as references\n"
    "      --output yaml|json   how they are written (yaml); several objects as JSON are a v1 List\n"
    "      --resume FILE        a run as the API gives it: what succeeded there is left out, its results stand in its\n"
    "                           place; may be repeated for runs that resumed each other, the newest first\n"
    "      --check              only say what is wrong with the document; with --output json on standard output as\n"
    "                           {problems: […]}, as the API does, with the fixes that there are\n"
    "  -h, --help               this text\n"
    "\n"
    "Exit code: 0 compiled, 1 the document has errors, 2 it could not be read or the command line is wrong.\n";

struct command {
    struct document_args d;
    bool json, check, help;
    enum compile_form form;
    struct str hub;
    const char *runs[FINISHED_MAX_RUNS]; /* files */
    size_t run_count;
    int argc;
    char **argv;
};

static int take_option(struct command *c, int option)
{
    switch (option) {
    case 'p':
        return document_param(&c->d, optarg);
    case 'c':
        return document_catalog(&c->d, optarg);
    case 'o':
        c->json = strcmp(optarg, "json") == 0;
        return c->json || strcmp(optarg, "yaml") == 0
                   ? 0
                   : document_usage_error(&c->d, "--output is yaml or json, not ", optarg);
    case 'a':
        return compile_form_named(str_of(optarg), &c->form)
                   ? 0
                   : document_usage_error(&c->d, "--as is pipelinerun, resources, references or rbac, not ", optarg);
    case 'u':
        c->hub = str_of(optarg);
        return 0;
    case 'r':
        if (c->run_count == FINISHED_MAX_RUNS)
            return document_usage_error(&c->d, "too many runs", "");
        c->runs[c->run_count++] = optarg;
        return 0;
    case 'k':
        c->check = true;
        return 0;
    case 'h':
        c->help = true;
        return 0;
    default:
        return document_usage_error(&c->d, "wrong option", ""); /* getopt has said which */
    }
}

/* An address to which a path can be put. */
static bool is_hub(struct str url)
{
    return (str_starts(url, "http://") || str_starts(url, "https://")) && url.n > sizeof "https://" - 1 &&
           url.p[url.n - 1] != '/' && str_find_char(url, '$') < 0;
}

static int read_options(struct command *c, int argc, char **argv)
{
    static const struct option options[] = {
        {"param", required_argument, NULL, 'p'},
        {"catalog", required_argument, NULL, 'c'},
        {"output", required_argument, NULL, 'o'},
        {"as", required_argument, NULL, 'a'},
        {"hub", required_argument, NULL, 'u'},
        {"resume", required_argument, NULL, 'r'},
        {"check", no_argument, NULL, 'k'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "p:h", options, NULL)) != -1;) {
        int code = take_option(c, option);
        if (code != 0)
            return code;
    }
    if (!c->help && c->form == COMPILE_REFERENCES && !is_hub(c->hub))
        return document_usage_error(&c->d, "--as references needs --hub http://HOST[:PORT]", "");
    return c->help ? 0 : document_file(&c->d, argc, argv, optind);
}

static struct str json_text(struct arena *a, const struct compile_output *out)
{
    struct node *object = out->object_count == 1 ? out->objects[0] : NULL;
    if (!object) {
        struct node *items = node_seq(a);
        for (size_t i = 0; i < out->object_count; i++)
            node_push(a, items, out->objects[i]);
        object = node_map(a);
        node_put(a, object, "apiVersion", node_cstr(a, "v1"));
        node_put(a, object, "kind", node_cstr(a, "List"));
        node_put(a, object, "items", items);
    }
    return str_cat(a, node_to_json(a, object), STR("\n"));
}

static enum status read_runs(struct command *c, struct compile_input *in, struct err *e)
{
    struct finished finished;
    finished_init(&finished, c->d.a);
    for (size_t i = 0; i < c->run_count; i++) {
        struct str text;
        struct node *run = NULL;
        if (file_read(c->d.a, c->runs[i], NODE_MAX_BYTES, &text, e) != OK ||
            node_parse_json(c->d.a, text, &run, e) != OK || finished_add(&finished, run, e) != OK)
            return e->status;
    }
    in->finished = finished.list;
    in->finished_count = finished.count;
    return OK;
}

static int print_problems(struct command *c, const struct problems *ps)
{
    struct buf b;
    buf_init(&b, c->d.a, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_key(&j, "problems");
    problems_json(&j, ps);
    json_object_end(&j);
    buf_char(&b, '\n');
    return document_print(buf_take(&b));
}

static int run(struct command *c)
{
    struct err e = {0};
    struct compile_input in = {.parameters = c->d.parameters, .form = c->form, .hub = c->hub};
    struct compile_output out;
    struct catalog_dir catalog;
    if (file_read(c->d.a, c->d.file, NODE_MAX_BYTES, &in.document, &e) != OK ||
        catalog_dir_open(c->d.a, c->d.catalogs, c->d.catalog_count, &catalog, &e) != OK || read_runs(c, &in, &e) != OK)
        return document_cannot(&e);
    enum status status = catalog_dir_compile(c->d.a, &catalog, &in, c->check, &out, &e);
    if (c->check && c->json && print_problems(c, &out.problems) != 0)
        return 2;
    document_problems(&c->d, &out.problems);
    if (status != OK)
        return out.problems.errors > 0 ? 1 : document_cannot(&e);
    if (c->check)
        return 0;
    return document_print(c->json ? json_text(c->d.a, &out) : out.yaml);
}

static int work(struct document_args *d)
{
    struct command *c = (struct command *)d; /* its first member */
    int code = read_options(c, c->argc, c->argv);
    if (code == 0 && c->help)
        fputs(USAGE, stdout);
    else if (code == 0)
        code = run(c);
    return code;
}

int cli_compile(int argc, char **argv)
{
    struct command c = {.d = {.command = "compile"}, .argc = argc, .argv = argv};
    return document_command(&c.d, work);
}
