#include "hub/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "hub/cli/catalog_dir.h"

#define MAX_CATALOGS 16

static const char USAGE[] =
    "usage: component-hub compile [options] FILE\n"
    "\n"
    "Compiles a pipeline document (- is standard input) to a Tekton PipelineRun on standard output.\n"
    "\n"
    "  -p, --param NAME=VALUE   value of a pipeline input; may be repeated\n"
    "      --catalog DIR        folder of components and pipelines to take references from; may be repeated\n"
    "      --output yaml|json   form of the manifest (yaml)\n"
    "      --check              only say what is wrong with the document\n"
    "  -h, --help               this text\n"
    "\n"
    "Exit code: 0 compiled, 1 the document has errors, 2 it could not be read or the command line is wrong.\n";

struct command {
    struct arena *a;
    const char *file;
    const char *catalogs[MAX_CATALOGS];
    size_t catalog_count;
    struct node *parameters;
    bool json, check, help;
    int exit_code;
};

static int usage_error(const char *message, const char *what)
{
    fprintf(stderr, "component-hub: %s%s\n", message, what);
    fputs("component-hub compile --help shows the options\n", stderr);
    return 2;
}

static int add_param(struct command *c, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return usage_error("--param needs NAME=VALUE, not ", text);
    node_set(c->a, c->parameters, (struct str){text, (size_t)(equals - text)}, node_cstr(c->a, equals + 1));
    return 0;
}

static int take_option(struct command *c, int option)
{
    switch (option) {
    case 'p':
        return add_param(c, optarg);
    case 'c':
        if (c->catalog_count == MAX_CATALOGS)
            return usage_error("too many --catalog: ", optarg);
        c->catalogs[c->catalog_count++] = optarg;
        return 0;
    case 'o':
        c->json = strcmp(optarg, "json") == 0;
        return c->json || strcmp(optarg, "yaml") == 0 ? 0 : usage_error("--output is yaml or json, not ", optarg);
    case 'k':
        c->check = true;
        return 0;
    case 'h':
        c->help = true;
        return 0;
    default:
        return usage_error("wrong option", ""); /* getopt has said which */
    }
}

static int read_options(struct command *c, int argc, char **argv)
{
    static const struct option options[] = {
        {"param", required_argument, NULL, 'p'},  {"catalog", required_argument, NULL, 'c'},
        {"output", required_argument, NULL, 'o'}, {"check", no_argument, NULL, 'k'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "p:h", options, NULL)) != -1;) {
        int code = take_option(c, option);
        if (code != 0)
            return code;
    }
    if (c->help)
        return 0;
    if (optind + 1 != argc)
        return usage_error(optind == argc ? "which file?" : "one file at a time", "");
    c->file = argv[optind];
    return 0;
}

static int cannot(const struct err *e)
{
    fprintf(stderr, "component-hub: %s\n", e->message);
    if (e->hint[0])
        fprintf(stderr, "    hint: %s\n", e->hint);
    return 2;
}

static void print_problems(struct command *c, const struct problems *ps)
{
    struct buf b;
    buf_init(&b, c->a, 0);
    problems_text(&b, ps, strcmp(c->file, "-") == 0 ? "<stdin>" : c->file);
    struct str text = buf_take(&b);
    fwrite(text.p, 1, text.n, stderr);
}

static int run(struct command *c)
{
    struct err e = {0};
    struct compile_input in = {.parameters = c->parameters};
    struct compile_output out;
    struct catalog_dir catalog;
    if (file_read(c->a, c->file, NODE_MAX_BYTES, &in.document, &e) != OK ||
        catalog_dir_open(c->a, c->catalogs, c->catalog_count, &catalog, &e) != OK)
        return cannot(&e);
    enum status status = catalog_dir_compile(c->a, &catalog, &in, c->check, &out, &e);
    print_problems(c, &out.problems);
    if (status != OK)
        return out.problems.errors > 0 ? 1 : cannot(&e);
    if (c->check)
        return 0;
    struct str text = c->json ? str_cat(c->a, node_to_json(c->a, out.manifest), STR("\n")) : out.yaml;
    if (fwrite(text.p, 1, text.n, stdout) != text.n || fflush(stdout) != 0) {
        perror("component-hub: standard output");
        return 2;
    }
    return 0;
}

static enum status guarded(void *arg)
{
    struct command *c = arg;
    c->exit_code = run(c);
    return OK;
}

int cli_compile(int argc, char **argv)
{
    struct command c = {.a = arena_new(0)};
    if (!c.a) {
        fputs("component-hub: out of memory\n", stderr);
        return 2;
    }
    c.parameters = node_map(c.a);
    int code = read_options(&c, argc, argv);
    if (code == 0 && c.help) {
        fputs(USAGE, stdout);
    } else if (code == 0) {
        code = arena_guard(c.a, guarded, &c) == OK ? c.exit_code : 2;
        if (code == 2 && c.exit_code == 0)
            fputs("component-hub: the document needs more memory than allowed\n", stderr);
    }
    arena_free(c.a);
    return code;
}
