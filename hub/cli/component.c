#include "catalog/code/code.h"
#include "hub/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

static const char USAGE[] =
    "usage: component-hub component new [options] FILE\n"
    "\n"
    "Writes the component.yaml of a Python function or a shell script (- is standard input). The code is carried in "
    "it;\n"
    "it is not run, and nothing is published.\n"
    "\n"
    "      --name TITLE         of the component (the name of the function or file)\n"
    "      --image IMAGE        where it runs (python:3.11-slim; busybox:1.36, or bash:5.2 for #!/bin/bash)\n"
    "      --output FILE        where the component is written (standard output)\n"
    "      --language LANGUAGE  python or shell, where FILE does not end in .py, .sh or .bash\n"
    "  -h, --help               this text\n"
    "\n"
    "Python: inputs and outputs are read off the function's header, which has to begin at the first column:\n"
    "      --function NAME      which one, when there are several\n"
    "      --package PACKAGE    installed with pip when a task starts, which needs the network; may be repeated\n"
    "\n"
    "    def split(table_path: InputPath('CSV'), share: float = 0.8, train_path: OutputPath('CSV') = None\n"
    "              ) -> NamedTuple('Outputs', [('rows', int)]):\n"
    "        import csv ...\n"
    "\n"
    "  takes a file `table` and a number `share`, gives a file and `rows`. Types are str, int, float, bool, list, dict "
    "or a\n"
    "  name like 'CSV'. Only the function is carried: it imports what it needs itself.\n"
    "\n"
    "Shell: inputs and outputs are said here, and are environment variables of the script. An input is its value, an\n"
    "output the path of the file to write. What may be left out has a default (= alone: empty) or ends in ?:\n"
    "      --input NAME[?][:TYPE[=DEFAULT]]   may be repeated\n"
    "      --output NAME[:TYPE]               may be repeated; with a / or a . in it, it is the file to write\n"
    "  TYPE is String unless it is given.\n"
    "\n"
    "    component-hub component new greet.sh --name Greet --input who:String=world --output text --output "
    "./greet.yaml\n"
    "    with greet.sh:  printf 'Hello, %s' \"$who\" > \"$text\"\n"
    "\n"
    "Exit code: 0 written, 1 the code has errors, 2 a file could not be read or written or the command line is "
    "wrong.\n";

struct command {
    struct arena *a;
    struct code_request rq;
    const char *file, *output, *language;
    struct str packages[CODE_MAX_PACKAGES];
    struct code_port inputs[CODE_MAX_PORTS], outputs[CODE_MAX_PORTS];
    bool help;
    int argc;
    char **argv;
    int exit_code;
};

static int usage_error(const char *message, const char *what)
{
    fprintf(stderr, "component-hub: %s%s\ncomponent-hub component new --help shows the options\n", message, what);
    return 2;
}

/* NAME[?][:TYPE[=DEFAULT]] */
static struct code_port port_of(const char *text)
{
    struct str s = str_of(text);
    struct code_port port = {0};
    ptrdiff_t equals = str_find_char(s, '=');
    if (equals >= 0) {
        port.default_value = str_from(s, (size_t)equals + 1);
        port.has_default = port.default_value.n > 0;
        port.optional = true;
        s = str_sub(s, 0, (size_t)equals);
    }
    ptrdiff_t colon = str_find_char(s, ':');
    if (colon >= 0)
        port.type = str_from(s, (size_t)colon + 1);
    port.name = colon >= 0 ? str_sub(s, 0, (size_t)colon) : s;
    if (str_ends(port.name, "?")) {
        port.optional = true;
        port.name.n--;
    }
    return port;
}

static int take_input(struct command *c)
{
    if (c->rq.input_count == CODE_MAX_PORTS)
        return usage_error("there are too many inputs", "");
    c->inputs[c->rq.input_count++] = port_of(optarg);
    return 0;
}

static bool is_file(const char *name)
{
    return strpbrk(name, "/.") != NULL || strcmp(name, "-") == 0;
}

static int take_output(struct command *c)
{
    if (is_file(optarg)) {
        c->output = optarg;
        return 0;
    }
    if (c->rq.output_count == CODE_MAX_PORTS)
        return usage_error("there are too many outputs", "");
    c->outputs[c->rq.output_count++] = port_of(optarg);
    return 0;
}

static int take_package(struct command *c)
{
    if (c->rq.package_count == CODE_MAX_PACKAGES)
        return usage_error("there are too many packages", "");
    c->packages[c->rq.package_count++] = str_of(optarg);
    return 0;
}

static int take_option(struct command *c, int option)
{
    switch (option) {
    case 'f':
        c->rq.function = str_of(optarg);
        return 0;
    case 'n':
        c->rq.name = str_of(optarg);
        return 0;
    case 'm':
        c->rq.image = str_of(optarg);
        return 0;
    case 'l':
        c->language = optarg;
        return 0;
    case 'p':
        return take_package(c);
    case 'i':
        return take_input(c);
    case 'o':
        return take_output(c);
    case 'h':
        c->help = true;
        return 0;
    default:
        return usage_error("wrong option", ""); /* getopt has said which */
    }
}

/* A script is called as its file: greet.sh is "greet". */
static struct str name_of_script(struct str file)
{
    ptrdiff_t slash = str_rfind_char(file, '/');
    struct str base = str_from(file, (size_t)(slash + 1));
    ptrdiff_t dot = str_rfind_char(base, '.');
    return str_is(base, "-") ? STR_NONE : str_sub(base, 0, dot > 0 ? (size_t)dot : base.n);
}

static int choose_language(struct command *c)
{
    struct str file = str_of(c->file);
    struct str named = str_of(c->language);
    bool python = named.n ? str_is(named, "python") : str_ends(file, ".py");
    bool shell = named.n ? str_is(named, "shell") : str_ends(file, ".sh") || str_ends(file, ".bash");
    c->rq.language = python ? CODE_PYTHON : CODE_SHELL;
    if (shell && c->rq.name.n == 0)
        c->rq.name = name_of_script(file);
    return python || shell ? 0 : usage_error("--language python or --language shell has to say what it is: ", c->file);
}

static int read_options(struct command *c)
{
    static const struct option options[] = {
        {"function", required_argument, NULL, 'f'},
        {"name", required_argument, NULL, 'n'},
        {"image", required_argument, NULL, 'm'},
        {"language", required_argument, NULL, 'l'},
        {"package", required_argument, NULL, 'p'},
        {"input", required_argument, NULL, 'i'},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    optind = 1;
    for (int option; (option = getopt_long(c->argc, c->argv, "h", options, NULL)) != -1;) {
        int code = take_option(c, option);
        if (code != 0)
            return code;
    }
    if (c->help)
        return 0;
    if (optind + 2 != c->argc || strcmp(c->argv[optind], "new") != 0)
        return usage_error("it is component new, and one file", "");
    c->file = c->argv[optind + 1];
    return choose_language(c);
}

static int write_out(const struct command *c, struct str text)
{
    FILE *to = c->output && strcmp(c->output, "-") != 0 ? fopen(c->output, "w") : stdout;
    bool fine = to && fwrite(text.p, 1, text.n, to) == text.n && fflush(to) == 0;
    if (!fine)
        perror(c->output ? c->output : "component-hub: standard output");
    if (to && to != stdout && fclose(to) != 0 && fine) {
        perror(c->output);
        fine = false;
    }
    return fine ? 0 : 2;
}

static int make(struct command *c)
{
    struct problems ps;
    struct err e = {0};
    struct buf told, out;
    problems_init(&ps, c->a);
    buf_init(&told, c->a, 0);
    buf_init(&out, c->a, 0);
    if (file_read(c->a, c->file, CODE_MAX_BYTES + 1, &c->rq.source, &e) != OK) {
        fprintf(stderr, "component-hub: %s\n", e.message);
        return 2;
    }
    struct node *document = code_component(c->a, &c->rq, &ps);
    problems_text(&told, &ps, strcmp(c->file, "-") == 0 ? "<stdin>" : c->file);
    struct str text = buf_take(&told);
    (void)fwrite(text.p, 1, text.n, stderr);
    if (!document)
        return 1;
    (void)node_write_yaml(&out, document);
    return write_out(c, buf_take(&out));
}

static enum status guarded(void *arg)
{
    struct command *c = arg;
    c->rq.packages = c->packages;
    c->rq.inputs = c->inputs;
    c->rq.outputs = c->outputs;
    c->exit_code = read_options(c);
    if (c->exit_code == 0 && c->help)
        fputs(USAGE, stdout);
    else if (c->exit_code == 0)
        c->exit_code = make(c);
    return OK;
}

int cli_component(int argc, char **argv)
{
    struct command c = {.a = arena_new(0), .argc = argc, .argv = argv};
    if (!c.a || arena_guard(c.a, guarded, &c) != OK) {
        fputs("component-hub: out of memory\n", stderr);
        c.exit_code = 2;
    }
    arena_free(c.a);
    return c.exit_code;
}
