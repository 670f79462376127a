#include "catalog/code/python.h"

/* Puts packages into a file of requirements, so that none of them becomes part of a script, and then runs the rest. */
static const char INSTALL[] =
    "requirements=$(mktemp)\n"
    "while [ \"$1\" != -- ]; do\n"
    "  printf '%s\\n' \"$1\" >> \"$requirements\"\n"
    "  shift\n"
    "done\n"
    "shift\n"
    "PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet --no-warn-script-location "
    "--requirement \"$requirements\" ||\n"
    "  PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet "
    "--no-warn-script-location --user --requirement \"$requirements\"\n"
    "exec \"$@\"\n";

/* What pip takes as a name with extras and versions; no options, addresses or paths. */
static bool package_valid(struct str s)
{
    static const char more[] = "._-[],<>=!~*+";
    bool valid = s.n > 0 && s.n <= 200;
    for (size_t i = 0; valid && i < s.n; i++) {
        char c = s.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        valid = word || (i > 0 && c != '\0' && strchr(more, c) != NULL);
    }
    return valid;
}

static bool check_packages(struct arena *a, const struct code_request *rq, struct problems *ps)
{
    for (size_t i = 0; i < rq->package_count; i++)
        if (!package_valid(rq->packages[i])) {
            struct problem *p =
                problem_add(ps, SEVERITY_ERROR, "bad_package", pointer_index(a, STR("/packages"), i), NULL,
                            "\"%.*s\" is no package with an optional version", STR_ARG(rq->packages[i]));
            problem_hint(ps, p, "write it as pandas, pandas==2.2.0 or fsspec[http]>=2024,<2026");
        }
    if (rq->package_count > CODE_MAX_PACKAGES)
        (void)problem_add(ps, SEVERITY_ERROR, "too_many", STR("/packages"), NULL, "more than %d packages",
                          CODE_MAX_PACKAGES);
    else if (rq->package_count > 0)
        problem_hint(ps,
                     problem_add(ps, SEVERITY_WARNING, "needs_network", STR("/packages"), NULL,
                                 "each run installs packages with pip, which needs the network"),
                     "an image that has them needs none");
    return ps->errors == 0;
}

static struct node *command_of(struct arena *a, const struct code_request *rq, struct str program)
{
    struct node *command = node_seq(a);
    if (rq->package_count > 0) {
        static const char *const first[] = {"sh", "-ec", INSTALL, "sh"};
        for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
            node_push(a, command, node_cstr(a, first[i]));
        for (size_t i = 0; i < rq->package_count; i++)
            node_push(a, command, node_str(a, rq->packages[i]));
        node_push(a, command, node_cstr(a, "--"));
    }
    node_push(a, command, node_cstr(a, "python3"));
    node_push(a, command, node_cstr(a, "-u"));
    node_push(a, command, node_cstr(a, "-c"));
    node_push(a, command, node_str(a, program));
    return command;
}

/* "train_model" is "Train model". */
static struct str title_of(struct arena *a, struct str name)
{
    char *text = arena_alloc(a, name.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i] == '_' ? ' ' : name.p[i];
        if (c != ' ' || (n > 0 && text[n - 1] != ' '))
            text[n++] = c;
    }
    if (n > 0 && text[0] >= 'a' && text[0] <= 'z')
        text[0] = (char)(text[0] - 'a' + 'A');
    return str_trim((struct str){text, n});
}

static void arguments(struct arena *a, const struct function *f, struct code_parts *parts)
{
    struct code_port *inputs = arena_array_of(a, f->parameter_count + 1, struct code_port);
    struct code_port *outputs = arena_array_of(a, f->parameter_count + f->result_count + 1, struct code_port);
    parts->inputs = inputs;
    parts->outputs = outputs;
    parts->args = node_seq(a);
    for (size_t i = 0; i < f->parameter_count; i++) {
        const struct parameter *p = &f->parameters[i];
        bool out = p->passing == PASS_PATH_OUT;
        const char *key = out ? "outputPath" : p->passing == PASS_PATH_IN ? "inputPath" : "inputValue";
        if (out)
            outputs[parts->output_count++] = p->port;
        else
            inputs[parts->input_count++] = p->port;
        code_argument(a, parts->args, str_cat(a, STR("--"), p->port.name), key, p->port.name, p->port.optional && !out);
    }
    for (size_t i = 0; i < f->result_count; i++) {
        const struct code_port *port = &f->results[i].port;
        outputs[parts->output_count++] = *port;
        code_argument(a, parts->args, str_cat(a, STR("----output-"), port->name), "outputPath", port->name, false);
    }
}

static struct node *python(struct arena *a, const struct code_request *rq, struct problems *ps)
{
    struct function f = {0};
    struct code_parts parts = {.image = rq->image.n ? rq->image : STR("python:3.11-slim")};
    if (rq->input_count + rq->output_count > 0) {
        code_error(ps, NULL, "not_for_python", "annotate the function's parameters instead",
                   "inputs and outputs are read off the function");
        return NULL;
    }
    if (!check_packages(a, rq, ps) || !python_function(a, rq, ps, &f))
        return NULL;
    parts.title = rq->name.n ? rq->name : title_of(a, f.name);
    parts.description = f.description;
    parts.command = command_of(a, rq, python_program(a, &f));
    arguments(a, &f, &parts);
    return code_document(a, &parts, ps);
}

struct node *code_component(struct arena *a, const struct code_request *rq, struct problems *ps)
{
    if (rq->source.n > CODE_MAX_BYTES)
        code_error(ps, NULL, "too_large", "put it into an image, or into a package that is installed",
                   "the code has more than %zu KiB", CODE_MAX_BYTES >> 10);
    else if (!str_utf8(rq->source))
        code_error(ps, NULL, "not_utf8", NULL, "the code is not text in UTF-8");
    if (ps->errors > 0)
        return NULL;
    return rq->language == CODE_PYTHON ? python(a, rq, ps) : code_shell(a, rq, ps);
}
