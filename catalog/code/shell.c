/* Shell scripts: what sets their variables, and the script as typed behind it. */
#include "catalog/code/python.h"

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "Learning rate" is $Learning_rate. */
static struct str variable_of(struct arena *a, struct str name)
{
    char *text = arena_alloc(a, name.n + 1);
    for (size_t i = 0; i < name.n; i++)
        text[i] = letter(name.p[i]) || digit(name.p[i]) ? name.p[i] : '_';
    return (struct str){text, name.n};
}

/* Variables by which shells and programs work themselves. */
static bool reserved(struct str name)
{
    static const char *const names[] = {"PATH", "IFS",    "ENV", "BASH_ENV", "HOME", "PWD",  "SHELL",   "SHELLOPTS",
                                        "PS4",  "CDPATH", "_",   "UID",      "EUID", "PPID", "BASHOPTS"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(name, names[i]))
            return true;
    return str_starts(name, "LD_");
}

static void port_error(struct problems *ps, const char *kind, size_t i, const char *code, const char *hint,
                       struct str message)
{
    struct str path = pointer_index(ps->a, str_cat(ps->a, STR("/"), str_of(kind)), i);
    problem_hint(ps, problem_add(ps, SEVERITY_ERROR, code, path, NULL, "%.*s", STR_ARG(message)), "%s", hint);
}

static bool type_valid(struct str type)
{
    for (size_t i = 0; i < type.n; i++)
        if (!letter(type.p[i]) && !(i > 0 && digit(type.p[i])))
            return false;
    return true;
}

/* Variables of all ports, inputs first; no two may be one. */
static bool check_ports(struct problems *ps, const char *kind, const struct code_port *list, size_t count,
                        struct str *variables, size_t *known)
{
    for (size_t i = 0; i < count; i++) {
        struct str name = list[i].name, variable = variable_of(ps->a, name);
        if (name.n == 0 || digit(name.p[0]) || reserved(variable))
            port_error(ps, kind, i, "bad_name", "begin it with a letter; names by which shells work are taken",
                       str_printf(ps->a, "\"%.*s\" cannot be a variable of a script", STR_ARG(name)));
        if (!type_valid(list[i].type))
            port_error(ps, kind, i, "bad_type", "a type is a word such as String, Integer or CSV",
                       str_printf(ps->a, "\"%.*s\" is no name of a type", STR_ARG(list[i].type)));
        for (size_t j = 0; j < *known; j++)
            if (str_eq(variables[j], variable))
                port_error(ps, kind, i, "duplicate_name", "rename it: inputs and outputs share the names of variables",
                           str_printf(ps->a, "there is a variable $%.*s already", STR_ARG(variable)));
        variables[(*known)++] = variable;
    }
    return ps->errors == 0;
}

/* $1 and $2 are a flag and its value, again and again. */
static struct str program(struct arena *a, const struct code_request *rq, const struct str *variables)
{
    struct buf b;
    size_t all = rq->input_count + rq->output_count;
    buf_init(&b, a, 4 * CODE_MAX_BYTES);
    if (all > 0) {
        buf_cstr(&b, "while [ $# -gt 0 ]; do\n  case $1 in\n");
        for (size_t i = 0; i < all; i++) {
            bool output = i >= rq->input_count;
            buf_printf(&b, "    --%s%.*s) export %.*s=\"$2\"%s ;;\n", output ? "output-" : "", STR_ARG(variables[i]),
                       STR_ARG(variables[i]), output ? "; mkdir -p \"$(dirname \"$2\")\"" : "");
        }
        buf_cstr(&b, "  esac\n  shift 2\ndone\n");
    }
    buf_str(&b, rq->source);
    return buf_take(&b);
}

/* "#!/bin/bash" asks for bash, others than shells are none. */
static const char *interpreter(const struct code_request *rq, struct problems *ps)
{
    static const struct token first = {.line = 1, .column = 1};
    if (!str_starts(rq->source, "#!"))
        return "sh";
    ptrdiff_t end = str_find_char(rq->source, '\n');
    struct str line = str_trim(str_sub(rq->source, 0, end < 0 ? rq->source.n : (size_t)end));
    if (str_ends(line, "bash") || str_find(line, STR("bash ")) >= 0)
        return "bash";
    if (str_ends(line, "/sh") || str_ends(line, " sh") || str_find(line, STR("/sh ")) >= 0)
        return "sh";
    code_error(ps, &first, "unsupported_function", "begin it with #!/bin/sh or #!/bin/bash, or with no such line",
               "\"%.*s\" is no shell", STR_ARG(str_sub(line, 0, 60)));
    return NULL;
}

static struct node *arguments(struct arena *a, const struct code_request *rq, const struct str *variables)
{
    struct node *args = node_seq(a);
    for (size_t i = 0; i < rq->input_count; i++)
        code_argument(a, args, str_cat(a, STR("--"), variables[i]), "inputValue", rq->inputs[i].name,
                      rq->inputs[i].optional || rq->inputs[i].has_default);
    for (size_t i = 0; i < rq->output_count; i++)
        code_argument(a, args, str_cat(a, STR("--output-"), variables[rq->input_count + i]), "outputPath",
                      rq->outputs[i].name, false);
    return args;
}

/* What has no type is text. */
static const struct code_port *typed(struct arena *a, const struct code_port *list, size_t count)
{
    struct code_port *ports = arena_array_of(a, count + 1, struct code_port);
    for (size_t i = 0; i < count; i++) {
        ports[i] = list[i];
        if (ports[i].type.n == 0)
            ports[i].type = STR("String");
    }
    return ports;
}

static bool is_for_shell(const struct code_request *rq, struct problems *ps)
{
    if (rq->function.n || rq->package_count)
        code_error(ps, NULL, "not_for_shell", "leave them out", "a function and packages are of Python");
    if (rq->name.n == 0)
        code_error(ps, NULL, "missing_name", "give a name", "a component needs a name");
    if (rq->input_count + rq->output_count > CODE_MAX_PORTS)
        code_error(ps, NULL, "too_many", NULL, "more than %d inputs and outputs", CODE_MAX_PORTS);
    return ps->errors == 0;
}

struct node *code_shell(struct arena *a, const struct code_request *rq, struct problems *ps)
{
    struct str *variables = arena_array_of(a, CODE_MAX_PORTS, struct str);
    size_t known = 0;
    const char *shell = interpreter(rq, ps);
    if (!shell || !is_for_shell(rq, ps) || !check_ports(ps, "inputs", rq->inputs, rq->input_count, variables, &known) ||
        !check_ports(ps, "outputs", rq->outputs, rq->output_count, variables, &known))
        return NULL;
    struct code_parts parts = {.title = rq->name,
                               .image = rq->image,
                               .inputs = typed(a, rq->inputs, rq->input_count),
                               .input_count = rq->input_count,
                               .outputs = typed(a, rq->outputs, rq->output_count),
                               .output_count = rq->output_count,
                               .command = node_seq(a),
                               .args = arguments(a, rq, variables)};
    if (parts.image.n == 0)
        parts.image = strcmp(shell, "bash") == 0 ? STR("bash:5.2") : STR("busybox:1.36");
    node_push(a, parts.command, node_cstr(a, shell));
    node_push(a, parts.command, node_cstr(a, "-ec"));
    node_push(a, parts.command, node_str(a, program(a, rq, variables)));
    node_push(a, parts.command, node_cstr(a, shell));
    return code_document(a, &parts, ps);
}
