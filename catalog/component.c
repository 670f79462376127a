#include "catalog/component.h"

#include <string.h>

#include "catalog/check.h"
#include "catalog/placeholders.h"

static void check_type(struct problems *ps, const struct node *type, struct str path)
{
    if (node_is_null(type) || node_is_seq(type))
        return; /* KFP reads lists and does nothing with them */
    bool fine = node_is_map(type) ? type->count > 0 : type->type == SCALAR_STR;
    if (!fine)
        check_error(ps, "wrong_type", path, type, "type: String, type: {GCSPath: {…}}, or none",
                    "a type is a name or a map with a name, not a %s", node_kind_name(type));
}

static const char *const INPUT_FIELDS[] = {"name",     "type",        "description", "default",
                                           "optional", "annotations", "value",       NULL};
static const char *const OUTPUT_FIELDS[] = {"name", "type", "description", "annotations", "value", NULL};

/* Reads one port into *port. False: it has no name that could be used. */
static bool read_port(struct problems *ps, const struct node *n, struct str path, bool input, const struct port *before,
                      size_t count, struct port *port)
{
    if (!node_is_map(n)) {
        check_error(ps, "wrong_type", path, n, "{name: x, type: String}", "%s is a map with a name, not a %s",
                    input ? "an input" : "an output", node_kind_name(n));
        return false;
    }
    *port = (struct port){.line = n->line, .column = n->column};
    check_known(ps, n, path, input ? INPUT_FIELDS : OUTPUT_FIELDS);
    const struct node *name = check_required(ps, n, path, "name", NULL);
    if (name && !node_is_string(name)) {
        check_error(ps, "wrong_type", pointer_key(ps->a, path, STR("name")), name, "put quotes around it",
                    "a name must be text, not a %s", node_kind_name(name));
        name = NULL;
    }
    check_type(ps, node_get(n, "type"), pointer_key(ps->a, path, STR("type")));
    port->name = node_text(name);
    port->type = type_normal(ps->a, node_get(n, "type"));
    port->description = check_text(ps, n, path, "description");
    if (input) {
        port->optional = check_bool(ps, n, path, "optional");
        check_default(ps, port, pointer_key(ps->a, path, STR("default")), node_get(n, "default"));
    }
    return name && check_port_name(ps, before, count, pointer_key(ps->a, path, STR("name")), name, port->name);
}

static struct port *read_ports(struct problems *ps, const struct node *document, struct str path, bool input,
                               size_t *count)
{
    const char *key = input ? "inputs" : "outputs";
    const struct node *list = check_list(ps, document, path, key);
    path = pointer_key(ps->a, path, str_of(key));
    size_t room, n = 0;
    struct port *ports = check_ports_room(ps, path, list, node_count(list), &room);
    for (size_t i = 0; i < room; i++)
        if (read_port(ps, list->items[i], pointer_index(ps->a, path, i), input, ports, n, &ports[n]))
            n++;
    *count = n;
    return ports;
}

static void check_env(struct command_check *c, const struct node *env, struct str path)
{
    for (size_t i = 0; i < node_count(env); i++)
        command_check_item(c, env->pairs[i].value, pointer_key(c->ps->a, path, env->pairs[i].key));
}

static void check_file_outputs(struct command_check *c, const struct node *files, struct str path)
{
    for (size_t i = 0; i < node_count(files); i++) {
        const struct pair *pair = &files->pairs[i];
        struct str at = pointer_key(c->ps->a, path, pair->key);
        command_check_output(c, pair->key, at, pair->value);
        if (!node_is_string(pair->value) || node_text(pair->value).n == 0)
            check_error(c->ps, "wrong_type", at, pair->value, "fileOutputs: {<output>: /tmp/out}",
                        "an output's file is a path, not a %s", node_kind_name(pair->value));
    }
}

static void check_image(struct problems *ps, const struct node *container, struct str path)
{
    struct str image =
        check_required_text(ps, container, path, "image", "name the container image that the component runs");
    for (size_t i = 0; i < image.n; i++) {
        if ((unsigned char)image.p[i] > ' ' && image.p[i] != 0x7f)
            continue;
        struct str shown = check_excerpt(ps->a, image);
        check_error(ps, "bad_image", pointer_key(ps->a, path, STR("image")), node_get(container, "image"), NULL,
                    "%.*s is not the name of an image: it has white space", STR_ARG(shown));
        return;
    }
}

static void check_container(struct problems *ps, const struct component *out, struct str root, struct str path)
{
    static const char *const known[] = {"image", "command", "args", "env", "fileOutputs", NULL};
    const struct node *n = out->container;
    struct command_check c = {ps, &out->interface, arena_array_of(ps->a, out->interface.output_count, bool)};
    check_known(ps, n, path, known);
    check_image(ps, n, path);
    command_check_list(&c, check_list(ps, n, path, "command"), pointer_key(ps->a, path, STR("command")));
    command_check_list(&c, check_list(ps, n, path, "args"), pointer_key(ps->a, path, STR("args")));
    check_env(&c, check_map(ps, n, path, "env"), pointer_key(ps->a, path, STR("env")));
    check_file_outputs(&c, check_map(ps, n, path, "fileOutputs"), pointer_key(ps->a, path, STR("fileOutputs")));
    for (size_t i = 0; i < out->interface.output_count; i++) {
        const struct port *port = &out->interface.outputs[i];
        if (c.produced[i])
            continue;
        struct str shown = check_excerpt(ps->a, port->name);
        struct problem *p =
            problem_add(ps, SEVERITY_WARNING, "output_without_path", pointer_key(ps->a, root, STR("outputs")), NULL,
                        "nothing writes the output %.*s", STR_ARG(shown));
        p->line = port->line;
        p->column = port->column;
        problem_hint(ps, p, "pass {outputPath: <name>} in command or args");
    }
}

/* What a graph holds is for pipeline-creator/graph to check; here only that it is one. */
static void check_graph(struct problems *ps, const struct node *graph, struct str path)
{
    const struct node *tasks = node_get(graph, "tasks");
    if (!tasks)
        check_error(ps, "missing_field", pointer_key(ps->a, path, STR("tasks")), graph,
                    "tasks: {} is an empty pipeline", "tasks is missing");
    tasks = check_map(ps, graph, path, "tasks");
    path = pointer_key(ps->a, path, STR("tasks"));
    for (size_t i = 0; i < node_count(tasks); i++)
        if (!node_is_map(tasks->pairs[i].value))
            check_error(ps, "wrong_type", pointer_key(ps->a, path, tasks->pairs[i].key), tasks->pairs[i].value, NULL,
                        "a task is a map, not a %s", node_kind_name(tasks->pairs[i].value));
}

static void read_implementation(struct problems *ps, struct component *out, struct str root)
{
    static const char *const known[] = {"container", "graph", NULL};
    const struct node *n = check_map(ps, out->document, root, "implementation");
    struct str path = pointer_key(ps->a, root, STR("implementation"));
    if (n)
        check_known(ps, n, path, known);
    out->container = check_map(ps, n, path, "container");
    out->graph = check_map(ps, n, path, "graph");
    if (out->container && out->graph) {
        check_error(ps, "two_implementations", path, n, "keep one of the two",
                    "implementation has both a container and a graph");
    } else if (out->container) {
        check_container(ps, out, root, pointer_key(ps->a, path, STR("container")));
    } else if (out->graph) {
        check_graph(ps, out->graph, pointer_key(ps->a, path, STR("graph")));
    } else if (node_is_null(node_get(n, "container")) && node_is_null(node_get(n, "graph"))) {
        check_error(ps, "missing_implementation", path, n ? n : out->document,
                    "implementation: {container: {image: …, command: […]}}, or {graph: {tasks: …}}",
                    "the component says neither which container it runs nor which graph");
    }
}

enum status component_read(struct arena *a, const struct node *document, struct str path, struct component *out,
                           struct problems *ps)
{
    static const char *const known[] = {"name",    "description",    "metadata",          "inputs",
                                        "outputs", "implementation", "filter_categories", NULL};
    size_t errors = ps->errors;
    *out = (struct component){.document = document};
    if (!node_is_map(document)) {
        check_error(ps, "wrong_type", path, document, NULL, "a component is a map, not a %s", node_kind_name(document));
        return ERR_INVALID;
    }
    check_known(ps, document, path, known);
    out->name = check_text(ps, document, path, "name");
    out->description = check_text(ps, document, path, "description");
    const struct node *metadata = check_map(ps, document, path, "metadata");
    struct str under = pointer_key(a, path, STR("metadata"));
    out->annotations = check_map(ps, metadata, under, "annotations");
    out->labels = check_map(ps, metadata, under, "labels");
    out->interface.inputs = read_ports(ps, document, path, true, &out->interface.input_count);
    out->interface.outputs = read_ports(ps, document, path, false, &out->interface.output_count);
    read_implementation(ps, out, path);
    return ps->errors > errors ? ERR_INVALID : OK;
}

const struct node *annotation_value(struct arena *a, const struct node *annotations, const char *key)
{
    struct str name = str_cat(a, STR("component-hub.dev/"), str_of(key));
    struct node *value = node_get_str(annotations, name);
    if (!node_is_string(value))
        return value;
    struct node *parsed = check_inner(a, value->text);
    return node_is_null(parsed) ? value : parsed;
}
