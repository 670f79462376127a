/* The component around a program. */
#include "catalog/catalog.h"
#include "catalog/code/python.h"

static void put_text(struct arena *a, struct node *map, const char *key, struct str text)
{
    if (text.n)
        node_put_str(a, map, key, text);
}

static struct node *ports(struct arena *a, const struct code_port *list, size_t count, bool inputs)
{
    struct node *seq = node_seq(a);
    for (size_t i = 0; i < count; i++) {
        struct node *port = node_map(a);
        node_put_str(a, port, "name", list[i].name);
        put_text(a, port, "type", list[i].type);
        put_text(a, port, "description", list[i].description);
        if (inputs && list[i].has_default)
            node_put_str(a, port, "default", list[i].default_value);
        if (inputs && list[i].optional)
            node_put(a, port, "optional", node_bool_new(a, true));
        node_push(a, seq, port);
    }
    return seq;
}

static struct node *placeholder(struct arena *a, const char *key, struct str name)
{
    struct node *map = node_map(a);
    node_put_str(a, map, key, name);
    return map;
}

void code_argument(struct arena *a, struct node *args, struct str flag, const char *key, struct str name, bool optional)
{
    struct node *to = optional ? node_seq(a) : args;
    node_push(a, to, node_str(a, flag));
    node_push(a, to, placeholder(a, key, name));
    if (!optional)
        return;
    struct node *condition = node_map(a);
    node_put(a, condition, "cond", placeholder(a, "isPresent", name));
    node_put(a, condition, "then", to);
    struct node *wrapped = node_map(a);
    node_put(a, wrapped, "if", condition);
    node_push(a, args, wrapped);
}

/* What an upload of it would be told; places in it mean nothing to who has written the code. */
static bool check(struct arena *a, const struct node *document, struct problems *ps)
{
    static const enum asset_kind kind = KIND_COMPONENT;
    struct problems found;
    struct package package;
    struct err e = {0};
    struct buf b;
    problems_init(&found, a);
    buf_init(&b, a, 8 * CODE_MAX_BYTES);
    (void)node_write_yaml(&b, document);
    enum status status = package_read(a, buf_take(&b), STR("component.yaml"), &kind, &package, &found, &e);
    if (status == ERR_NOMEM || status == ERR_LIMIT)
        arena_fail(a, status);
    for (size_t i = 0; status != OK && i < found.count; i++) {
        struct problem *p = problem_add(ps, found.list[i].severity, str_cstr(a, found.list[i].code), STR(""), NULL,
                                        "%.*s", STR_ARG(found.list[i].message));
        p->hint = found.list[i].hint;
    }
    if (status != OK && ps->errors == 0)
        (void)problem_from_err(ps, &e);
    return status == OK;
}

struct node *code_document(struct arena *a, const struct code_parts *parts, struct problems *ps)
{
    struct node *document = node_map(a), *container = node_map(a), *implementation = node_map(a);
    node_put_str(a, document, "name", parts->title);
    put_text(a, document, "description", parts->description);
    if (parts->input_count)
        node_put(a, document, "inputs", ports(a, parts->inputs, parts->input_count, true));
    if (parts->output_count)
        node_put(a, document, "outputs", ports(a, parts->outputs, parts->output_count, false));
    node_put_str(a, container, "image", parts->image);
    node_put(a, container, "command", parts->command);
    if (node_count(parts->args))
        node_put(a, container, "args", parts->args);
    node_put(a, implementation, "container", container);
    node_put(a, document, "implementation", implementation);
    return check(a, document, ps) ? document : NULL;
}
