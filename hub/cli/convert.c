#include "hub/cli/cli.h"
#include "hub/cli/document.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "hub/cli/catalog_dir.h"
#include "pipeline-creator/documents/documents.h"

static const char USAGE[] =
    "usage: component-hub convert [options] FILE\n"
    "\n"
    "Reads a pipeline document (- is standard input) and writes it in another form on standard output. Read are the\n"
    "hub's own form (ComponentSpec with a graph), Tekton's Pipeline and PipelineRun, alone or with the Tasks that "
    "they\n"
    "refer to in one stream, and Elyra's .pipeline. What a form cannot say is kept in annotations or told.\n"
    "\n"
    "      --to native|tekton|svg   the hub's own document (native), a PipelineRun, or a drawing of the graph\n"
    "      --catalog DIR            for --to tekton: folder of components to take references from; may be repeated\n"
    "  -h, --help                   this text\n"
    "\n"
    "Exit code: 0 converted, 1 the document has errors, 2 it could not be read or the command line is wrong.\n";

struct command {
    struct document_args d;
    const char *to;
    bool help;
    int argc;
    char **argv;
};

static int take_option(struct command *c, int option)
{
    switch (option) {
    case 't':
        c->to = optarg;
        return strcmp(optarg, "native") == 0 || strcmp(optarg, "tekton") == 0 || strcmp(optarg, "svg") == 0
                   ? 0
                   : document_usage_error(&c->d, "--to is native, tekton or svg, not ", optarg);
    case 'c':
        return document_catalog(&c->d, optarg);
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
        {"to", required_argument, NULL, 't'},
        {"catalog", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int code = take_option(c, option);
        if (code != 0)
            return code;
    }
    return c->help ? 0 : document_file(&c->d, argc, argv, optind);
}

static int to_tekton(struct command *c, struct str text)
{
    struct err e = {0};
    struct compile_input in = {.document = text};
    struct compile_output out;
    struct catalog_dir catalog;
    if (catalog_dir_open(c->d.a, c->d.catalogs, c->d.catalog_count, &catalog, &e) != OK)
        return document_cannot(&e);
    enum status status = catalog_dir_compile(c->d.a, &catalog, &in, false, &out, &e);
    document_problems(&c->d, &out.problems);
    if (status != OK)
        return out.problems.errors > 0 ? 1 : document_cannot(&e);
    return document_print(out.yaml);
}

static int run(struct command *c)
{
    struct err e = {0};
    struct str text;
    struct document document;
    struct problems ps;
    if (file_read(c->d.a, c->d.file, NODE_MAX_BYTES, &text, &e) != OK)
        return document_cannot(&e);
    if (strcmp(c->to, "tekton") == 0)
        return to_tekton(c, text);
    problems_init(&ps, c->d.a);
    enum status status = document_read(c->d.a, text, &document, &ps, &e);
    if (status == OK)
        status = document_require(&document, &ps, &e);
    document_problems(&c->d, &ps);
    if (status != OK)
        return ps.errors > 0 ? 1 : document_cannot(&e);
    return document_print(strcmp(c->to, "svg") == 0 ? document_draw(c->d.a, document.native)
                                                    : document_write(c->d.a, document.native));
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

int cli_convert(int argc, char **argv)
{
    struct command c = {.d = {.command = "convert"}, .to = "native", .argc = argc, .argv = argv};
    return document_command(&c.d, work);
}
