#include "hub/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "pipeline-creator/tekton/canonical.h"
#include "pipeline-creator/tekton/lint.h"

static const char USAGE[] =
    "usage: component-hub digest [options] FILE...\n"
    "\n"
    "Prints what Tekton's Trusted Resources sign of each Task, Pipeline and StepAction in YAML or JSON files (- is\n"
    "standard input): the SHA-256 of its canonical form, then kind and name. To sign it, sign these 32 bytes and put "
    "the\n"
    "signature, in base64, into the annotation tekton.dev/signature.\n"
    "\n"
    "      --canonical  print the canonical form itself, a line for each object\n"
    "      --created    as Tekton up to 1.9 has it, with creationTimestamp: null in metadata\n"
    "  -h, --help       this text\n"
    "\n"
    "Exit code: 0 fine, 1 something has no canonical form, 2 a file could not be read or the command line is wrong.\n";

struct command {
    bool created, canonical, help;
};

struct one_file {
    const struct command *c;
    struct arena *a;
    const char *name;
    int code;
};

static int failed(const char *file, const char *message, int code)
{
    fprintf(stderr, "component-hub: %s: %s\n", file, message);
    return code;
}

static int print_document(const struct one_file *one, const struct node *document, bool json)
{
    const struct canonical_options o = {.json = json, .creation_timestamp = one->c->created};
    struct faults *f = faults_new(one->a);
    struct str form, kind = node_text_of(document, "kind"),
                     name = node_text(node_path(document, "metadata", "name", NULL));
    if (!tekton_canonical(one->a, document, &o, f, &form))
        return failed(one->name, str_cstr(one->a, faults_text(f)), 1);
    if (one->c->canonical)
        printf("%.*s\n", STR_ARG(form));
    else
        printf("%.*s  %.*s/%.*s\n", STR_ARG(sha256_hex(one->a, form)), STR_ARG(kind), STR_ARG(name));
    return 0;
}

static enum status print_file(void *arg)
{
    struct one_file *one = arg;
    struct node **documents;
    size_t count;
    bool json;
    struct err e = {0};
    struct str text;
    if (file_read(one->a, one->name, NODE_MAX_BYTES, &text, &e) != OK ||
        tekton_read(one->a, text, &documents, &count, &json, &e) != OK) {
        one->code = failed(one->name, e.message, 2);
        return OK;
    }
    for (size_t i = 0; i < count; i++) {
        int code = print_document(one, documents[i], json);
        one->code = code > one->code ? code : one->code;
    }
    return OK;
}

static int run_file(const struct command *c, const char *name)
{
    struct one_file one = {.c = c, .a = arena_new(0), .name = name};
    if (!one.a || arena_guard(one.a, print_file, &one) != OK)
        one.code = failed(name, "needs more memory than there is", 2);
    arena_free(one.a);
    return one.code;
}

static bool read_options(struct command *c, int argc, char **argv)
{
    static const struct option options[] = {
        {"canonical", no_argument, NULL, 'c'},
        {"created", no_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        if (option == '?')
            return false; /* getopt has said which */
        c->canonical = c->canonical || option == 'c';
        c->created = c->created || option == 't';
        c->help = c->help || option == 'h';
    }
    return c->help || optind < argc;
}

int cli_digest(int argc, char **argv)
{
    struct command c = {0};
    int code = 0;
    if (!read_options(&c, argc, argv)) {
        fputs("component-hub: which files?\ncomponent-hub digest --help shows the options\n", stderr);
        return 2;
    }
    if (c.help) {
        fputs(USAGE, stdout);
        return 0;
    }
    for (int i = optind; i < argc; i++) {
        int one = run_file(&c, argv[i]);
        code = one > code ? one : code;
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        return failed("standard output", "does not take all of it", 2);
    return code;
}
