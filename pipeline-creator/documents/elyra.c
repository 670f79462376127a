/*
 * Elyra's .pipeline (JSON of the pipeline-flow schema 3.0, versions 4 to 8 of its own) as a native document.
 *
 * A node is a task. What it runs is a component of a catalog, which is referred to by the name it is shown with (and by
 * its URL where there is one), or a notebook or script, which lies beside the file: then the reference has the name of
 * that file, and the warning `file_elsewhere` says what to publish under it. Elyra passes files of notebooks through an
 * object store, so that its edges are an order; outputs of components are passed as such.
 */
#include "pipeline-creator/documents/elyra.h"
#include "catalog/catalog.h"
#include "pipeline-creator/graph/map.h"

struct elyra {
    struct arena *a;
    struct problems *ps;
    const struct node *defaults;
    struct str pointer; /* of the nodes */
    struct map ids;     /* of nodes → number in tasks */
    struct str *names;  /* of tasks */
    const struct node **nodes;
    size_t *numbers; /* of the nodes in the file */
    size_t count;
};

/* ---- names */

static struct str file_stem_of(struct str path)
{
    ptrdiff_t slash = str_rfind_char(path, '/');
    struct str file = slash < 0 ? path : str_from(path, (size_t)slash + 1);
    ptrdiff_t dot = str_rfind_char(file, '.');
    return dot > 0 ? str_sub(file, 0, (size_t)dot) : file;
}

static const struct node *properties_of(const struct node *n)
{
    return node_path(n, "app_data", "component_parameters", NULL);
}

/* What a person called it, else what it is shown with, else its file. */
static struct str label_of(const struct node *n)
{
    struct str label = node_text(node_path(n, "app_data", "label", NULL));
    if (label.n == 0)
        label = node_text(node_get(properties_of(n), "label"));
    if (label.n == 0)
        label = node_text(node_path(n, "app_data", "ui_data", "label", NULL));
    if (label.n == 0)
        label = file_stem_of(node_text_of(properties_of(n), "filename"));
    return label.n ? label : STR("task");
}

static struct str unique_name(struct elyra *e, struct map *taken, const struct node *n)
{
    struct str label = label_of(n), name = label;
    for (size_t k = 2; !map_add(taken, name, 0); k++)
        name = str_printf(e->a, "%.*s %zu", STR_ARG(label), k);
    return name;
}

static struct str node_pointer(struct elyra *e, size_t task)
{
    return pointer_index(e->a, e->pointer, e->numbers[task]);
}

static void list_nodes(struct elyra *e, const struct node *nodes)
{
    struct map taken;
    size_t most = node_count(nodes);
    map_init(&taken, e->a, most);
    map_init(&e->ids, e->a, most);
    e->names = arena_array_of(e->a, most, struct str);
    e->nodes = arena_array_of(e->a, most, const struct node *);
    e->numbers = arena_array_of(e->a, most, size_t);
    for (size_t i = 0; node_is_seq(nodes) && i < most; i++) {
        const struct node *n = nodes->items[i];
        struct str type = node_text_of(n, "type");
        if (!str_is(type, "execution_node")) {
            struct problem *p =
                problem_add(e->ps, SEVERITY_WARNING, "not_carried", pointer_index(e->a, e->pointer, i), n,
                            "a node of type %.*s is left out: it runs nothing by itself", STR_ARG(type));
            problem_hint(e->ps, p, "put the nodes of a sub-pipeline into the pipeline itself");
            continue;
        }
        e->names[e->count] = unique_name(e, &taken, n);
        e->nodes[e->count] = n;
        e->numbers[e->count] = i;
        (void)map_add(&e->ids, node_text_of(n, "id"), e->count);
        e->count++;
    }
}

/* ---- what a node runs */

static bool is_generic(const struct node *n)
{
    struct str op = node_text_of(n, "op");
    return str_is(op, "execute-notebook-node") || str_is(op, "execute-python-node") || str_is(op, "execute-r-node");
}

static void refer_to_file(struct elyra *e, size_t task, struct node *component)
{
    const struct node *n = e->nodes[task], *file = node_get(properties_of(n), "filename");
    struct str name = name_slug(e->a, file_stem_of(node_text(file)));
    put(e->a, component, "name", made_text(e->a, name, file ? file : n));
    struct problem *p = problem_add(e->ps, SEVERITY_WARNING, "file_elsewhere",
                                    pointer_key(e->a, node_pointer(e, task), STR("app_data")), file ? file : n,
                                    "%.*s runs the file %.*s, which is not part of the document",
                                    STR_ARG(e->names[task]), STR_ARG(node_text(file)));
    problem_hint(e->ps, p, "publish a component named %.*s that runs it", STR_ARG(name));
}

static struct node *component_of(struct elyra *e, size_t task)
{
    const struct node *n = e->nodes[task];
    struct node *component = made_map(e->a, n), *source = node_path(n, "app_data", "component_source", NULL);
    struct str label = node_text(node_path(n, "app_data", "ui_data", "label", NULL));
    if (is_generic(n)) {
        refer_to_file(e, task, component);
        return component;
    }
    put(e->a, component, "name",
        made_text(e->a, name_slug(e->a, label.n ? label : node_text_of(n, "op")), source ? source : n));
    if (str_starts(node_text(source), "https://") || str_starts(node_text(source), "http://"))
        put(e->a, component, "url", source);
    return component;
}

/* ---- what it is given */

/* {value: <id of a node>, option: "output_<name>"}: an output of another node. */
static struct node *output_of(struct elyra *e, const struct node *value)
{
    const size_t *from = map_find(&e->ids, node_text_of(value, "value"));
    struct str option = node_text_of(value, "option");
    if (!from || option.n == 0)
        return NULL;
    if (str_starts(option, "elyra_"))
        option = str_from(option, sizeof "elyra_" - 1);
    if (str_starts(option, "output_"))
        option = str_from(option, sizeof "output_" - 1);
    return argument_output(e->a, e->names[*from], option, value);
}

static void read_argument(struct elyra *e, size_t task, struct node *arguments, const struct pair *pair)
{
    struct node *widget = pair->value, *value = elyra_unwrap(widget);
    struct str at = pointer_key(e->a, node_pointer(e, task), STR("app_data"));
    if (node_is_null(value) || (node_is_map(value) && value->count == 0))
        return; /* not filled in */
    if (str_is(node_text_of(widget, "widget"), "parameter")) {
        put_key(e->a, arguments, pair->key, argument_input(e->a, node_text(value), value));
    } else if (node_is_map(value) && node_get(value, "option")) {
        struct node *output = output_of(e, value);
        if (output)
            put_key(e->a, arguments, pair->key, output);
        else
            problem_add(e->ps, SEVERITY_WARNING, "not_carried", at, value,
                        "the input %.*s of %.*s is left out: it names a node that is not there", STR_ARG(pair->key),
                        STR_ARG(e->names[task]));
    } else {
        put_key(e->a, arguments, pair->key,
                made_text(e->a, node_is_scalar(value) ? node_text(value) : node_to_json(e->a, value), value));
    }
}

/* Properties of a component's node: its inputs, beside what is said for the pod. */
static struct node *arguments_of(struct elyra *e, size_t task)
{
    static const char *const others[] = {"label",         "component_source",     "component_source_type",
                                         "runtime_image", "disable_node_caching", NULL};
    const struct node *own = properties_of(e->nodes[task]);
    struct node *arguments = made_map(e->a, own);
    for (size_t i = 0; node_is_map(own) && i < own->count; i++) {
        const struct pair *pair = &own->pairs[i];
        bool other = elyra_is_kubernetes(pair->key);
        for (size_t k = 0; others[k]; k++)
            other = other || str_is(pair->key, others[k]);
        /* Declares an output, in older files. */
        bool output = str_starts(pair->key, "output_") && node_is_scalar(pair->value) && node_text(pair->value).n == 0;
        if (!other && !output)
            read_argument(e, task, arguments, pair);
    }
    return arguments;
}

/* ---- settings */

static struct node *edges_of(struct elyra *e, size_t task)
{
    const struct node *n = e->nodes[task], *ports = node_get(n, "inputs");
    struct node *after = made_list(e->a, n);
    for (size_t i = 0; node_is_seq(ports) && i < ports->count; i++) {
        const struct node *links = node_get(ports->items[i], "links");
        for (size_t k = 0; node_is_seq(links) && k < links->count; k++) {
            const size_t *from = map_find(&e->ids, node_text_of(links->items[k], "node_id_ref"));
            bool known = false;
            for (size_t m = 0; from && m < after->count; m++)
                known = known || str_eq(node_text(after->items[m]), e->names[*from]);
            if (from && *from != task && !known)
                node_push(e->a, after, made_text(e->a, e->names[*from], links->items[k]));
            if (!from)
                problem_add(e->ps, SEVERITY_WARNING, "not_carried", node_pointer(e, task), links->items[k],
                            "an edge to %.*s is left out: it comes from a node that is not there",
                            STR_ARG(e->names[task]));
        }
    }
    return after;
}

/* As the canvas writes positions: JSON in a text. */
static void read_position(struct elyra *e, const struct node *n, struct node *task)
{
    const struct node *ui = node_path(n, "app_data", "ui_data", NULL);
    const struct node *x = node_get(ui, "x_pos"), *y = node_get(ui, "y_pos");
    bool numbers = x && y && (x->type == SCALAR_INT || x->type == SCALAR_FLOAT) &&
                   (y->type == SCALAR_INT || y->type == SCALAR_FLOAT);
    if (!numbers)
        return;
    struct node *position = node_map(e->a);
    node_put(e->a, position, "x", node_copy(e->a, x));
    node_put(e->a, position, "y", node_copy(e->a, y));
    put(e->a, sub_map(e->a, task, "annotations"), "editor.position", made_text(e->a, node_to_json(e->a, position), ui));
}

/* What only Elyra understands of a notebook's or script's node, for who makes a component of it. */
static void keep_generic(struct elyra *e, const struct elyra_properties *p, struct node *task)
{
    static const char *const keys[] = {"filename", "runtime_image",      "dependencies", "include_subdirectories",
                                       "outputs",  "pipeline_parameters"};
    struct node *kept = made_map(e->a, p->own);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct node *value = elyra_property(p, keys[i]);
        if (value)
            put(e->a, kept, keys[i], value);
    }
    if (kept->count > 0)
        annotate(e->a, task, "elyra", kept);
}

static struct node *read_node(struct elyra *e, size_t number)
{
    const struct node *n = e->nodes[number];
    struct elyra_properties p = {properties_of(n), e->defaults, node_pointer(e, number)};
    struct node *task = made_map(e->a, n);
    put(e->a, task, "componentRef", component_of(e, number));
    if (!is_generic(n))
        put_some(e->a, task, "arguments", arguments_of(e, number));
    read_position(e, n, task);
    struct node *after = edges_of(e, number), *kubernetes = elyra_kubernetes(e->a, &p, e->ps);
    if (after->count > 0)
        annotate(e->a, task, "depends-on", after);
    if (kubernetes->count > 0)
        annotate(e->a, task, "kubernetes", kubernetes);
    if (is_generic(n))
        keep_generic(e, &p, task);
    if (node_bool(elyra_property(&p, "disable_node_caching"), false))
        put(e->a, task, "executionOptions",
            made_pair(e->a, "cachingStrategy", made_pair(e->a, "maxCacheStaleness", made_text(e->a, STR("P0D"), n))));
    return task;
}

/* ---- the pipeline */

static void read_inputs(struct elyra *e, const struct node *properties, struct node *document)
{
    const struct node *list = node_get(properties, "pipeline_parameters");
    struct node *inputs = made_list(e->a, list);
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++) {
        const struct node *n = list->items[i], *fallback = node_get(n, "default_value");
        struct node *input = made_map(e->a, n), *value = node_get(n, "value");
        if (node_is_null(value))
            value = node_get(fallback, "value");
        if (node_text_of(n, "name").n == 0)
            continue;
        put(e->a, input, "name", made_text(e->a, node_text_of(n, "name"), n));
        put_text(e->a, input, "type", type_normal(e->a, node_get(fallback, "type")), n);
        put_text(e->a, input, "description", node_text_of(n, "description"), n);
        if (node_is_scalar(value) && node_text(value).n)
            put(e->a, input, "default", made_text(e->a, node_text(value), value));
        if (!node_bool(node_get(n, "required"), false))
            put(e->a, input, "optional", node_bool_new(e->a, true));
        node_push(e->a, inputs, input);
    }
    put_some(e->a, document, "inputs", inputs);
}

/* What only Elyra understands of the pipeline. */
static void keep_pipeline(struct elyra *e, const struct node *pipeline, struct node *document)
{
    static const char *const read[] = {"name", "description", "pipeline_parameters", "pipeline_defaults", NULL};
    const struct node *data = node_get(pipeline, "app_data"), *properties = node_get(data, "properties");
    struct node *kept = rest_of(e->a, properties, read), *type = node_get(data, "runtime_type");
    const struct node *prefix = elyra_property(&(struct elyra_properties){.own = e->defaults}, "cos_object_prefix");
    if (!node_is_null(type))
        put(e->a, kept, "runtime_type", type);
    put_text(e->a, kept, "cos_object_prefix", node_text(prefix), prefix);
    if (kept->count > 0)
        annotate(e->a, sub_map(e->a, document, "metadata"), "elyra", kept);
}

static const struct node *primary_of(const struct node *document, size_t *index)
{
    const struct node *list = node_get(document, "pipelines");
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++) {
        if (!str_eq(node_text_of(list->items[i], "id"), node_text_of(document, "primary_pipeline")))
            continue;
        *index = i;
        return list->items[i];
    }
    return NULL;
}

struct node *elyra_to_native(struct arena *a, const struct node *document, struct problems *ps)
{
    size_t index = 0;
    const struct node *pipeline = primary_of(document, &index);
    if (!pipeline) {
        problem_add(ps, SEVERITY_ERROR, "unknown_pipeline", STR("/primary_pipeline"), document,
                    "primary_pipeline names a pipeline that is not in pipelines");
        return NULL;
    }
    const struct node *properties = node_path(pipeline, "app_data", "properties", NULL);
    struct str name = node_text_of(properties, "name");
    struct elyra e = {.a = a,
                      .ps = ps,
                      .defaults = node_get(properties, "pipeline_defaults"),
                      .pointer = pointer_key(a, pointer_index(a, STR("/pipelines"), index), STR("nodes"))};
    struct node *out = made_map(a, document), *tasks = made_map(a, pipeline);
    list_nodes(&e, node_get(pipeline, "nodes"));
    put(a, out, "name", made_text(a, name.n ? name : STR("untitled"), properties));
    put_text(a, out, "description", node_text_of(properties, "description"), properties);
    keep_pipeline(&e, pipeline, out);
    read_inputs(&e, properties, out);
    for (size_t i = 0; i < e.count; i++)
        put_key(a, tasks, e.names[i], read_node(&e, i));
    put(a, out, "implementation", made_pair(a, "graph", made_pair(a, "tasks", tasks)));
    return out;
}
