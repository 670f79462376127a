/* KFP v2 intermediate representation (api/v2alpha1/pipeline_spec.proto), as the SDK writes it in YAML or JSON. */
#include "catalog/kfp_ir.h"

#include "catalog/reading.h"

static const char *const PARAMETER_TYPES[] = {
    "STRING", "NUMBER_INTEGER",    "NUMBER_DOUBLE", "BOOLEAN", "LIST",
    "STRUCT", "TASK_FINAL_STATUS", "TASK_CONFIG",   "INT",     "DOUBLE", /* the last two: schema 2.0.0 */
    NULL,
};

static void read_parameter_type(struct problems *ps, const struct node *n, struct str path, struct port *port)
{
    /* Schema 2.0.0 called it "type". */
    const char *key = node_get(n, "parameterType") || !node_get(n, "type") ? "parameterType" : "type";
    struct str type = check_required_text(ps, n, path, key, "STRING, NUMBER_INTEGER, NUMBER_DOUBLE, BOOLEAN, LIST, …");
    if (type.n == 0)
        return;
    size_t k = 0;
    while (PARAMETER_TYPES[k] && !str_is(type, PARAMETER_TYPES[k]))
        k++;
    if (!PARAMETER_TYPES[k]) {
        struct str shown = check_excerpt(ps->a, type);
        check_error(ps, "unknown_type", pointer_key(ps->a, path, str_of(key)), node_get(n, key),
                    check_suggestion(type, PARAMETER_TYPES), "%.*s is not a type of parameters", STR_ARG(shown));
    }
    port->type = type_normal(ps->a, node_get(n, key));
}

static struct str artifact_type(struct arena *a, const struct node *n)
{
    struct str name = type_normal(a, node_get(n, "artifactType"));
    if (!node_bool(node_get(n, "isArtifactList"), false))
        return name;
    return name.n ? str_printf(a, "List[%.*s]", STR_ARG(name)) : STR("List[Artifact]");
}

static void read_definition(struct problems *ps, const struct pair *pair, struct str path, bool artifact, bool input,
                            struct port *port)
{
    const struct node *n = pair->value;
    *port = (struct port){.name = pair->key, .line = pair->key_line, .column = pair->key_column};
    if (!node_is_map(n)) {
        check_error(ps, "wrong_type", path, n, NULL, "a definition is a map, not a %s", node_kind_name(n));
        return;
    }
    port->description = check_text(ps, n, path, "description");
    if (artifact)
        port->type = artifact_type(ps->a, n);
    else
        read_parameter_type(ps, n, path, port);
    if (!input)
        return;
    /* Filled by the engine when the task is an exit handler. */
    bool engine = str_is(port->type, "TaskFinalStatus") || str_is(port->type, "TaskConfig");
    port->optional = engine || check_bool(ps, n, path, "isOptional") || check_bool(ps, n, path, "optional");
    check_default(ps, port, pointer_key(ps->a, path, STR("defaultValue")), node_get(n, "defaultValue"));
    /* The SDK keeps numbers as doubles: 3.0 is the integer 3. */
    struct str text = node_text(port->default_value);
    ptrdiff_t dot = str_find_char(text, '.');
    int64_t whole;
    if (str_is(port->type, "Integer") && dot > 0 && str_i64(str_sub(text, 0, (size_t)dot), &whole))
        port->default_value = node_int_new(ps->a, whole);
}

static struct port *read_definitions(struct problems *ps, const struct node *component, struct str path, bool input,
                                     size_t *count)
{
    static const char *const kinds[] = {"parameters", "artifacts"};
    const char *key = input ? "inputDefinitions" : "outputDefinitions";
    const struct node *definitions = check_map(ps, component, path, key);
    path = pointer_key(ps->a, path, str_of(key));
    size_t total = node_count(node_get(definitions, kinds[0])) + node_count(node_get(definitions, kinds[1])), room;
    struct port *ports = check_ports_room(ps, path, definitions, total, &room);
    size_t n = 0;
    for (size_t k = 0; k < 2; k++) {
        const struct node *map = check_map(ps, definitions, path, kinds[k]);
        struct str under = pointer_key(ps->a, path, str_of(kinds[k]));
        for (size_t i = 0; i < node_count(map) && n < room; i++) {
            const struct pair *pair = &map->pairs[i];
            struct str at = pointer_key(ps->a, under, pair->key);
            if (!check_port_name(ps, ports, n, at, pair->value, pair->key))
                continue;
            read_definition(ps, pair, at, k == 1, input, &ports[n++]);
        }
    }
    *count = n;
    return ports;
}

void ir_interface(struct problems *ps, const struct node *component, struct str path, struct interface *out)
{
    out->inputs = read_definitions(ps, component, path, true, &out->input_count);
    out->outputs = read_definitions(ps, component, path, false, &out->output_count);
}

/* What references may name. */
struct declared {
    struct names components, executors;
};

static void check_executor(struct reading *r, const struct declared *d, const struct node *component, struct str path)
{
    const struct node *label = node_get(component, "executorLabel");
    if (node_is_null(label) || names_have(&d->executors, node_text(label)))
        return;
    struct str shown = check_excerpt(r->a, node_text(label));
    check_error(r->ps, "unknown_executor", pointer_key(r->a, path, STR("executorLabel")), label, NULL,
                "deploymentSpec.executors has no %.*s", STR_ARG(shown));
}

static void check_dag(struct reading *r, const struct declared *d, const struct node *dag, struct str path)
{
    const struct node *tasks = check_map(r->ps, dag, path, "tasks");
    (void)check_required(r->ps, dag, path, "tasks", NULL);
    path = pointer_key(r->a, path, STR("tasks"));
    for (size_t i = 0; i < node_count(tasks); i++) {
        const struct pair *pair = &tasks->pairs[i];
        struct str at = pointer_key(r->a, path, pair->key);
        if (!node_is_map(pair->value)) {
            check_error(r->ps, "wrong_type", at, pair->value, NULL, "a task is a map, not a %s",
                        node_kind_name(pair->value));
            continue;
        }
        if (!check_required(r->ps, pair->value, at, "componentRef", NULL))
            continue;
        const struct node *ref = check_map(r->ps, pair->value, at, "componentRef");
        at = pointer_key(r->a, at, STR("componentRef"));
        struct str name = ref ? check_required_text(r->ps, ref, at, "name", NULL) : STR_NONE;
        if (name.n == 0 || names_have(&d->components, name))
            continue;
        struct str shown = check_excerpt(r->a, name), task = check_excerpt(r->a, pair->key);
        check_error(r->ps, "unknown_component", pointer_key(r->a, at, STR("name")), node_get(ref, "name"), NULL,
                    "the task %.*s uses the component %.*s, which is not in components", STR_ARG(task), STR_ARG(shown));
    }
}

/* A component's body: exactly one of an executor's label and a graph. */
static void check_body(struct reading *r, const struct declared *d, const struct node *component, struct str path)
{
    const struct node *dag = check_map(r->ps, component, path, "dag");
    const struct node *label = node_get(component, "executorLabel");
    if (node_is_null(label) && !node_get(component, "dag"))
        check_error(r->ps, "missing_implementation", path, component, NULL, "neither a dag nor an executorLabel");
    if (!node_is_null(label) && dag)
        check_error(r->ps, "two_implementations", path, component, NULL, "both a dag and an executorLabel");
    check_executor(r, d, component, path);
    if (dag)
        check_dag(r, d, dag, pointer_key(r->a, path, STR("dag")));
}

static void check_components(struct reading *r, const struct declared *d)
{
    const struct node *components = check_map(r->ps, r->documents[0], STR_NONE, "components");
    for (size_t i = 0; i < node_count(components); i++) {
        const struct pair *pair = &components->pairs[i];
        struct str at = pointer_key(r->a, STR("/components"), pair->key);
        if (node_is_map(pair->value))
            check_body(r, d, pair->value, at);
        else
            check_error(r->ps, "wrong_type", at, pair->value, NULL, "a component is a map, not a %s",
                        node_kind_name(pair->value));
    }
}

static void read_executors(struct reading *r)
{
    const struct node *deployment = check_map(r->ps, r->documents[0], STR_NONE, "deploymentSpec");
    const struct node *executors = check_map(r->ps, deployment, STR("/deploymentSpec"), "executors");
    fact_int(r, "executors", node_count(executors));
    for (size_t i = 0; i < node_count(executors); i++) {
        const struct node *n = executors->pairs[i].value;
        fact_add(r, "images", node_text(node_path(n, "container", "image", NULL)));
        if (node_get(n, "importer"))
            fact_bool(r, "imports_artifacts", true);
    }
}

static void read_head(struct reading *r)
{
    static const char *const known[] = {"pipelineInfo",  "components", "deploymentSpec",      "root",
                                        "schemaVersion", "sdkVersion", "defaultPipelineRoot", NULL};
    const struct node *d = r->documents[0];
    struct package *p = r->package;
    check_known(r->ps, d, STR_NONE, known);
    bool named = check_required(r->ps, d, STR_NONE, "pipelineInfo", "pipelineInfo: {name: …}") != NULL;
    const struct node *info = named ? check_map(r->ps, d, STR_NONE, "pipelineInfo") : NULL;
    struct str name = info ? check_required_text(r->ps, info, STR("/pipelineInfo"), "name", NULL) : STR_NONE;
    struct str title = check_text(r->ps, info, STR("/pipelineInfo"), "displayName");
    p->title = title.n ? title : name;
    p->description = check_text(r->ps, info, STR("/pipelineInfo"), "description");
    fact_str(r, "schema_version", check_text(r->ps, d, STR_NONE, "schemaVersion"));
    fact_str(r, "sdk_version", check_text(r->ps, d, STR_NONE, "sdkVersion"));
    for (size_t i = 1; i < r->document_count; i++) {
        const struct node *platforms = node_get(r->documents[i], "platforms");
        for (size_t k = 0; node_is_map(platforms) && k < platforms->count; k++)
            fact_add(r, "platforms", platforms->pairs[k].key);
    }
}

/* All bodies, the root's and the components'; returns the root, NULL where there is none. */
static const struct node *read_bodies(struct reading *r)
{
    const struct node *document = r->documents[0];
    struct declared d = {names_of(r->a, node_get(document, "components")),
                         names_of(r->a, node_path(document, "deploymentSpec", "executors", NULL))};
    bool there = check_required(r->ps, document, STR_NONE, "root", "where a pipeline's tasks are") != NULL;
    const struct node *root = there ? check_map(r->ps, document, STR_NONE, "root") : NULL;
    if (root)
        check_body(r, &d, root, STR("/root"));
    check_components(r, &d);
    return root;
}

void read_pipeline_ir(struct reading *r)
{
    read_head(r);
    read_executors(r);
    const struct node *root = read_bodies(r);
    if (!root)
        return;
    fact_int(r, "tasks", node_count(node_path(root, "dag", "tasks", NULL)));
    ir_interface(r->ps, root, STR("/root"), &r->package->interface);
}

/* The one task of a root that has exactly one, else NULL. */
static const struct pair *only_task(const struct node *document)
{
    const struct node *tasks = node_path(document, "root", "dag", "tasks", NULL);
    return node_is_map(tasks) && tasks->count == 1 ? &tasks->pairs[0] : NULL;
}

bool ir_is_component(const struct node *document)
{
    const struct node *executors = node_path(document, "deploymentSpec", "executors", NULL);
    if (node_count(executors) != 1)
        return false;
    if (!node_path(document, "root", "dag", NULL))
        return node_path(document, "root", "executorLabel", NULL) != NULL;
    const struct pair *task = only_task(document);
    if (!task)
        return false;
    struct str name = node_text(node_path(document, "pipelineInfo", "name", NULL));
    struct str component = node_text(node_path(task->value, "componentRef", "name", NULL));
    return str_starts(component, "comp-") && str_eq(str_from(component, sizeof "comp-" - 1), name);
}

const struct node *ir_component(struct arena *a, const struct node *document, struct str *path)
{
    const struct pair *task = only_task(document);
    struct str name = task ? node_text(node_path(task->value, "componentRef", "name", NULL)) : STR_NONE;
    const struct node *component = node_get_str(node_get(document, "components"), name);
    *path = component ? pointer_key(a, STR("/components"), name) : STR("/root");
    return component ? component : node_get(document, "root");
}

void read_component_ir(struct reading *r)
{
    read_head(r);
    read_executors(r);
    if (!read_bodies(r))
        return;
    struct str path;
    const struct node *component = ir_component(r->a, r->documents[0], &path);
    ir_interface(r->ps, component, path, &r->package->interface);
    fact_str(r, "image", node_text(node_at(node_get(r->facts, "images"), 0)));
}
