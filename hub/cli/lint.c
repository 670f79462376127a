#include "hub/cli/catalog_dir.h"
#include "hub/cli/cli.h"
#include "hub/cli/document.h"
#include "hub/cli/lint_print.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

static const char USAGE[] =
    "usage: component-hub lint [options] FILE...\n"
    "\n"
    "Says what Tekton Pipelines 1.15 would have against the objects in YAML or JSON files (- is standard input), in\n"
    "its own words, and what else is likely to be regretted. No cluster is needed.\n"
    "\n"
    "      --gate stable|beta|alpha         what the install allows (beta, as an untouched one does)\n"
    "      --tekton-only                    leave out checks that are not Tekton's\n"
    "      --catalog DIR                    folder of components and pipelines, to compare what refers to them by "
    "name\n"
    "                                       or digest; may be repeated\n"
    "      --format text|json|sarif|github  form of what is written to standard output (text)\n"
    "  -h, --help                           this text\n"
    "\n"
    "What is found has a code. These are not Tekton's:\n"
    "  missing_value         a parameter is given without a value\n"
    "  pipeline_resources    PipelineResources, and fields for them\n"
    "  param_required        a task, step, pipeline or run is not given what has no default\n"
    "  param_type            a list for a string, and so on\n"
    "  param_unknown         a parameter is given and not declared\n"
    "  result_unknown        $(tasks.t.results.r) of a task without that result; the same of steps\n"
    "  workspace_unbound     a workspace is needed and not bound\n"
    "  workspace_unknown     one is bound and not declared\n"
    "  second_claim          two volume claims in one task\n"
    "  results_too_large     more results than a termination message holds, even empty\n"
    "  result_newline        echo writes a result that a condition compares whole\n"
    "  unused_param          a parameter is declared and not used\n"
    "  deprecated_version    v1beta1\n"
    "  deprecated_field      fields that v1 has no more\n"
    "  image_latest          an image without a version\n"
    "  image_without_digest  an image without a digest\n"
    "  other_kind            what is not Tekton's, and not checked\n"
    "\n"
    "Exit code: 0 accepted (there may be warnings), 1 something is refused, 2 a file could not be read or the command\n"
    "line is wrong.\n";

struct command {
    struct lint_options options;
    const char *catalogs[DOCUMENT_MAX_CATALOGS];
    size_t catalog_count;
    struct catalog_dir catalog;
    struct lint_printer printer;
    enum lint_format format;
    struct arena *a; /* of what is written */
    bool help;
    int argc;
    char **argv;
    int exit_code;
};

static int usage_error(const char *message, const char *what)
{
    fprintf(stderr, "component-hub: %s%s\ncomponent-hub lint --help shows the options\n", message, what);
    return 2;
}

static int take_gate(struct command *c, const char *name)
{
    bool known = tekton_gate_named(str_of(name), &c->options.gate);
    return known ? 0 : usage_error("--gate is stable, beta or alpha, not ", name);
}

static int take_option(struct command *c, int option)
{
    switch (option) {
    case 'g':
        return take_gate(c, optarg);
    case 't':
        c->options.tekton_only = true;
        return 0;
    case 'c':
        if (c->catalog_count == DOCUMENT_MAX_CATALOGS)
            return usage_error("too many --catalog: ", optarg);
        c->catalogs[c->catalog_count++] = optarg;
        return 0;
    case 'f':
        c->format = lint_format_named(optarg);
        return c->format < LINT_FORMATS ? 0 : usage_error("--format is text, json, sarif or github, not ", optarg);
    case 'h':
        c->help = true;
        return 0;
    default:
        return usage_error("wrong option", ""); /* getopt has said which */
    }
}

static int read_options(struct command *c)
{
    static const struct option options[] = {
        {"gate", required_argument, NULL, 'g'},    {"tekton-only", no_argument, NULL, 't'},
        {"catalog", required_argument, NULL, 'c'}, {"format", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    optind = 1;
    for (int option; (option = getopt_long(c->argc, c->argv, "h", options, NULL)) != -1;) {
        int code = take_option(c, option);
        if (code != 0)
            return code;
    }
    return c->help || optind < c->argc ? 0 : usage_error("which files?", "");
}

/* An error of ours counts like one of Tekton's. A key that is given twice is a fault of a text that can be read: others
   let the last one win. */
static int code_of(const struct lint_report *report)
{
    if (report->unreadable.status != OK && strcmp(report->unreadable.code, "yaml_duplicate_key") != 0)
        return 2;
    return report->problems.errors > 0;
}

struct one_file {
    struct command *c;
    struct arena *a;
    const char *name;
    int code;
};

static enum status lint_file(void *arg)
{
    struct one_file *one = arg;
    struct lint_report report;
    struct err e = {0};
    struct str text;
    if (file_read(one->a, one->name, NODE_MAX_BYTES, &text, &e) != OK) {
        fprintf(stderr, "component-hub: %s\n", e.message);
        one->code = 2;
        return OK;
    }
    struct lint_options options = one->c->options;
    catalog_dir_lint(one->a, &one->c->catalog, text, &options, &report);
    lint_print_file(&one->c->printer, strcmp(one->name, "-") == 0 ? "<stdin>" : one->name, &report);
    one->code = code_of(&report);
    return OK;
}

/* In an arena of its own, which goes before the next file is read. */
static int run_file(struct command *c, const char *name)
{
    struct one_file one = {.c = c, .a = arena_new(0), .name = name};
    if (!one.a || arena_guard(one.a, lint_file, &one) != OK) {
        fprintf(stderr, "component-hub: %s needs more memory than there is\n", name);
        one.code = 2;
    }
    arena_free(one.a);
    return one.code;
}

static enum status run(void *arg)
{
    struct command *c = arg;
    struct err e = {0};
    if (catalog_dir_open(c->a, c->catalogs, c->catalog_count, &c->catalog, &e) != OK) {
        fprintf(stderr, "component-hub: %s\n", e.message);
        c->exit_code = 2;
        return OK;
    }
    lint_print_begin(&c->printer, c->a, c->format);
    for (int i = optind; i < c->argc; i++) {
        int code = run_file(c, c->argv[i]);
        c->exit_code = code > c->exit_code ? code : c->exit_code;
    }
    lint_print_end(&c->printer);
    struct str text = buf_take(&c->printer.out);
    if (c->printer.out.over || fwrite(text.p, 1, text.n, stdout) != text.n || fflush(stdout) != 0) {
        fprintf(stderr, "component-hub: standard output does not take all of it\n");
        c->exit_code = 2;
    }
    return OK;
}

int cli_lint(int argc, char **argv)
{
    struct command c = {.options = {.gate = GATE_BETA}, .argc = argc, .argv = argv};
    c.exit_code = read_options(&c);
    if (c.exit_code != 0 || c.help) {
        if (c.exit_code == 0)
            fputs(USAGE, stdout);
        return c.exit_code;
    }
    c.a = arena_new(0);
    if (!c.a || arena_guard(c.a, run, &c) != OK) {
        fputs("component-hub: out of memory\n", stderr);
        c.exit_code = 2;
    }
    arena_free(c.a);
    return c.exit_code;
}
