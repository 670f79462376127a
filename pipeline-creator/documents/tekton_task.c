/* A task of a Tekton pipeline as a task of the graph. */
#include "pipeline-creator/documents/tekton.h"

struct task_reading {
    struct tekton *t;
    const struct tekton_task *from;
    struct node *task;  /* of the graph */
    struct node *raw;   /* what the native form cannot say: annotation `tekton` */
    struct node *after; /* depends-on */
};

static struct str pointer_of(struct task_reading *r, const char *key)
{
    return pointer_key(r->t->a, r->from->pointer, str_of(key));
}

/* ---- order */

static void add_after(void *context, struct str task)
{
    struct task_reading *r = context;
    for (size_t i = 0; i < r->after->count; i++)
        if (str_eq(node_text(r->after->items[i]), task))
            return;
    if (map_find(&r->t->names, task) && !str_eq(task, r->from->name))
        node_push(r->t->a, r->after, made_text(r->t->a, task, r->from->node));
}

/* What the graph does not see as an edge is an order: results in values that are kept as Tekton's text. */
static void order_by_raw(struct task_reading *r, const struct node *value)
{
    if (!r->from->finally) /* Tekton runs these after all others anyhow */
        tekton_value_tasks(r->t->a, value, add_after, r);
}

static void read_order(struct task_reading *r)
{
    const struct node *list = node_get(r->from->node, "runAfter");
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++) {
        struct str name = node_text(list->items[i]);
        if (map_find(&r->t->names, name))
            node_push(r->t->a, r->after, made_text(r->t->a, name, list->items[i]));
        else
            tekton_lost(r->t, pointer_of(r, "runAfter"), list->items[i], "an entry of runAfter",
                        "there is no task of that name");
    }
}

/* ---- what it runs */

static struct node *object_of(struct task_reading *r, struct str api, struct str kind, const struct node *at)
{
    struct node *object = made_map(r->t->a, at);
    put(r->t->a, object, "apiVersion", made_text(r->t->a, api, at));
    put(r->t->a, object, "kind", made_text(r->t->a, kind, at));
    return object;
}

static void use_spec(struct task_reading *r, struct node *spec)
{
    put(r->t->a, r->task, "componentRef", made_pair(r->t->a, "spec", spec));
}

/* {apiVersion, kind, metadata, spec} with all that stands in taskSpec. */
static void embed(struct task_reading *r, const struct node *spec)
{
    static const char *const custom[] = {"apiVersion", "kind", "metadata", "spec", NULL};
    static const char *const task[] = {"apiVersion", "kind", "metadata", NULL};
    struct arena *a = r->t->a;
    struct str api = node_text_of(spec, "apiVersion"), kind = node_text_of(spec, "kind");
    bool is_custom = api.n && !str_starts(api, "tekton.dev/");
    struct node *object = object_of(r, api.n ? api : r->from->api, kind.n ? kind : STR("Task"), spec);
    struct node *metadata = node_get(spec, "metadata");
    if (node_is_map(metadata))
        put(a, object, "metadata", metadata);
    if (!is_custom) {
        put(a, object, "spec", rest_of(a, spec, task));
    } else {
        struct node *inner = node_get(spec, "spec"), *rest = rest_of(a, spec, custom);
        if (!node_is_null(inner))
            put(a, object, "spec", inner);
        put_some(a, r->raw, "taskSpec", rest);
    }
    use_spec(r, object);
}

/* A Task of the stream, as it stands there. */
static void embed_found(struct task_reading *r, const struct node *found)
{
    static const char *const known[] = {"apiVersion", "kind", "metadata", "spec", NULL};
    struct arena *a = r->t->a;
    struct node *object = object_of(r, node_text_of(found, "apiVersion"), STR("Task"), found);
    struct node *metadata = node_get(found, "metadata");
    if (node_is_map(metadata))
        put(a, object, "metadata", metadata);
    put(a, object, "spec", node_get(found, "spec"));
    if (node_count(rest_of(a, found, known)) > 0)
        tekton_lost(r->t, pointer_of(r, "taskRef"), found, "fields of the Task beside its spec",
                    "they mean nothing here");
    use_spec(r, object);
}

static struct node *param_value(const struct node *ref, const char *name)
{
    return node_get(tekton_named(node_get(ref, "params"), "name", str_of(name)), "value");
}

/* What a resolver would fetch: by URL or by name, as far as that says what it is. */
static void remote(struct task_reading *r, const struct node *ref)
{
    struct arena *a = r->t->a;
    struct str resolver = node_text_of(ref, "resolver"), url = node_text(param_value(ref, "url"));
    struct str name = node_text(param_value(ref, "name")), version = node_text(param_value(ref, "version"));
    struct str path = node_text(param_value(ref, "pathInRepo"));
    struct node *component = made_map(a, ref);
    if (str_is(resolver, "http") && url.n)
        put(a, component, "url", made_text(a, url, ref));
    if (name.n == 0)
        name = path.n ? path : node_text_of(ref, "bundle").n ? node_text_of(ref, "name") : r->from->name;
    if (version.n)
        name = STR_JOIN(a, name, STR("@"), version);
    put(a, component, "name", made_text(a, name, ref));
    put(a, r->task, "componentRef", component);
    put(a, r->raw, "taskRef", rest_of(a, ref, (const char *const[]){NULL}));
    struct problem *p = problem_add(r->t->ps, SEVERITY_WARNING, "remote_task", pointer_of(r, "taskRef"), ref,
                                    "the task of %.*s comes from the resolver %.*s, which is not asked here",
                                    STR_ARG(r->from->name), STR_ARG(resolver.n ? resolver : STR("of bundles")));
    problem_hint(r->t->ps, p, "publish that task in the hub, or put it into the same file");
}

static void refer(struct task_reading *r, const struct node *ref)
{
    static const char *const known[] = {"apiVersion", "kind", "name", "metadata", NULL};
    struct arena *a = r->t->a;
    struct str api = node_text_of(ref, "apiVersion"), name = node_text_of(ref, "name");
    if (api.n && !str_starts(api, "tekton.dev/")) {
        struct node *object = object_of(r, api, node_text_of(ref, "kind"), ref);
        struct node *metadata = rest_of(a, node_get(ref, "metadata"), (const char *const[]){"name", NULL});
        if (metadata->count > 0)
            tekton_lost(r->t, pointer_of(r, "taskRef"), ref, "metadata of a taskRef", "Tekton has no such field");
        put_text(a, metadata, "name", name, ref);
        put_some(a, object, "metadata", metadata);
        put_some(a, r->raw, "taskRef", rest_of(a, ref, known));
        use_spec(r, object);
    } else if (node_text_of(ref, "resolver").n || node_text_of(ref, "bundle").n) {
        remote(r, ref);
    } else if (r->from->spec) {
        embed_found(r, tekton_find(r->t, "Task", name));
    } else {
        put(a, r->task, "componentRef", made_pair(a, "name", made_text(a, name, ref)));
    }
}

static void nest(struct task_reading *r, const struct node *spec, struct str pointer)
{
    problem_add(r->t->ps, SEVERITY_WARNING, "nested_pipeline", pointer, r->from->node,
                "the pipeline of %.*s compiles to tasks beside the others, not to a run of its own",
                STR_ARG(r->from->name));
    use_spec(r, tekton_nested(r->t, spec, r->from->name, pointer));
}

static void read_implementation(struct task_reading *r)
{
    const struct node *n = r->from->node, *spec = node_get(n, "pipelineSpec"), *ref = node_get(n, "pipelineRef");
    struct str key = node_is_map(spec) ? pointer_of(r, "pipelineSpec") : pointer_of(r, "pipelineRef");
    if (!spec && node_is_map(ref))
        spec = node_get(tekton_find(r->t, "Pipeline", node_text_of(ref, "name")), "spec");
    if (node_is_map(node_get(n, "taskSpec")))
        embed(r, node_get(n, "taskSpec"));
    else if (node_is_map(node_get(n, "taskRef")))
        refer(r, node_get(n, "taskRef"));
    else if (node_is_map(spec))
        nest(r, spec, key);
    else if (node_is_map(ref))
        put(r->t->a, r->task, "componentRef",
            made_pair(r->t->a, "name", made_text(r->t->a, node_text_of(ref, "name"), ref)));
    else
        problem_add(r->t->ps, SEVERITY_ERROR, "missing_implementation", r->from->pointer, n,
                    "the task has neither a taskRef nor a taskSpec");
}

/* ---- what it is given */

/* Whether its ports are known: those of a Task, not of a task of another controller. */
static bool has_types(const struct task_reading *r)
{
    return r->from->spec && node_text_of(r->from->spec, "apiVersion").n == 0;
}

/* A param that the Task does not declare, but that its text may mention: no input of the component. */
static bool is_undeclared(const struct task_reading *r, struct str name)
{
    return has_types(r) && !tekton_named(node_get(r->from->spec, "params"), "name", name);
}

static void read_param(struct task_reading *r, struct node *arguments, struct node *templates, struct node *raw,
                       const struct node *param, struct str pointer)
{
    struct arena *a = r->t->a;
    struct str name = node_text_of(param, "name");
    struct node *value = node_get(param, "value");
    struct tekton_value read;
    if (name.n == 0 || !value || node_get_str(arguments, name) || node_get_str(templates, name)) {
        tekton_lost(r->t, pointer, param, "a param",
                    name.n == 0 || !value ? "it has no name or no value" : "there are two of that name");
        return;
    }
    if (is_undeclared(r, name)) {
        put_key(a, raw, name, value);
        order_by_raw(r, value);
        return;
    }
    bool said = tekton_value_read(r->t, value, &read);
    /* A list or map is one only where the type says so; ports of other controllers' tasks have none. */
    bool is_text = node_is_scalar(value) || node_get(read.argument, "graphInput") || has_types(r);
    if (!said || !is_text) {
        put_key(a, raw, name, value);
        order_by_raw(r, value);
    }
    if (read.pieces)
        put_key(a, templates, name, read.pieces);
    else
        put_key(a, arguments, name, read.argument);
}

static void read_params(struct task_reading *r, struct node *arguments)
{
    struct arena *a = r->t->a;
    const struct node *list = node_get(r->from->node, "params");
    struct node *templates = made_map(a, list), *raw = made_map(a, list);
    struct str pointer = pointer_of(r, "params");
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++)
        read_param(r, arguments, templates, raw, list->items[i], pointer_index(a, pointer, i));
    if (templates->count)
        annotate(a, r->task, "template", templates);
    put_some(a, r->raw, "params", raw);
}

static void read_workspace(struct task_reading *r, struct node *arguments, struct node *raw, const struct node *w)
{
    static const char *const known[] = {"name", "workspace", NULL};
    struct arena *a = r->t->a;
    struct str name = node_text_of(w, "name"), of_pipeline = node_text_of(w, "workspace");
    struct str input = tekton_workspace_input(r->t, of_pipeline.n ? of_pipeline : name);
    const struct node *spec = r->from->spec;
    bool taken =
        tekton_named(node_get(spec, "params"), "name", name) || tekton_named(node_get(spec, "results"), "name", name);
    struct node *rest = rest_of(a, w, known);
    if (input.n == 0 || name.n == 0) {
        tekton_lost(r->t, pointer_of(r, "workspaces"), w, "a workspace", "the pipeline does not declare it");
        return;
    }
    put_key(a, arguments, taken ? str_cat(a, STR("workspaces."), name) : name, argument_input(a, input, w));
    if (rest->count)
        put_key(a, raw, name, rest);
}

static void read_workspaces(struct task_reading *r, struct node *arguments)
{
    const struct node *list = node_get(r->from->node, "workspaces");
    struct node *raw = made_map(r->t->a, list);
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++)
        read_workspace(r, arguments, raw, list->items[i]);
    put_some(r->t->a, r->raw, "workspaces", raw);
}

/* Inputs that the matrix gives are bound, so that nothing seems to be missing. */
static void bind_params(struct task_reading *r, struct node *arguments, const struct node *params)
{
    struct arena *a = r->t->a;
    for (size_t i = 0; node_is_seq(params) && i < params->count; i++) {
        struct str name = node_text_of(params->items[i], "name");
        struct node *value = node_get(params->items[i], "value");
        if (name.n && value && !node_get_str(arguments, name))
            put_key(a, arguments, name,
                    made_text(a, node_is_scalar(value) ? node_text(value) : node_to_json(a, value), value));
    }
}

/* A matrix that is no loop of ours is kept as it is. */
static void read_matrix(struct task_reading *r, struct node *arguments)
{
    struct arena *a = r->t->a;
    struct node *matrix = node_get(r->from->node, "matrix");
    const struct node *params = node_get(matrix, "params"), *one = node_at(params, 0);
    struct tekton_value over = {0};
    if (!node_is_map(matrix))
        return;
    if (tekton_is_loop(r->t, r->from) && tekton_value_read(r->t, node_get(one, "value"), &over)) {
        struct node *iterate = made_map(a, matrix);
        put(a, iterate, "input", made_text(a, node_text_of(one, "name"), one));
        put(a, iterate, "over", over.argument);
        annotate(a, r->task, "iterate", iterate);
        return;
    }
    put(a, r->raw, "matrix", matrix);
    order_by_raw(r, matrix);
    const struct node *include = node_get(matrix, "include");
    bind_params(r, arguments, params);
    for (size_t i = 0; node_is_seq(include) && i < include->count; i++)
        bind_params(r, arguments, node_get(include->items[i], "params"));
}

/* ---- settings */

static void read_settings(struct task_reading *r)
{
    struct arena *a = r->t->a;
    const struct node *n = r->from->node;
    struct node *retries = node_get(n, "retries"), *timeout = node_get(n, "timeout"), *error = node_get(n, "onError");
    if (node_is_scalar(retries) && !node_is_null(retries))
        put(a, r->task, "executionOptions", made_pair(a, "retryStrategy", made_pair(a, "maxRetries", retries)));
    if (node_is_scalar(timeout) && node_text(timeout).n)
        annotate(a, r->task, "timeout", made_text(a, node_text(timeout), timeout));
    if (str_is(node_text(error), "continue"))
        annotate(a, r->task, "on-error", error);
    else if (!node_is_null(error))
        put(a, r->raw, "onError", error);
    if (r->from->finally)
        annotate(a, r->task, "exit-handler", node_bool_new(a, true));
    if (r->after->count > 0)
        annotate(a, r->task, "depends-on", r->after);
}

static void read_when(struct task_reading *r)
{
    struct arena *a = r->t->a;
    struct node *list = node_get(r->from->node, "when"), *raw = made_list(a, list);
    struct node *predicate = tekton_when_read(r->t, list, raw);
    if (predicate)
        put(a, r->task, "isEnabled", predicate);
    put_some(a, r->raw, "when", raw);
    order_by_raw(r, raw);
}

struct node *tekton_task_read(struct tekton *t, size_t number)
{
    static const char *const known[] = {"name",    "taskRef", "taskSpec",   "pipelineRef", "pipelineSpec",
                                        "params",  "matrix",  "when",       "runAfter",    "retries",
                                        "timeout", "onError", "workspaces", NULL};
    struct arena *a = t->a;
    const struct tekton_task *from = &t->tasks[number];
    struct task_reading r = {t, from, made_map(a, from->node), made_map(a, from->node), made_list(a, from->node)};
    struct node *arguments = made_map(a, from->node);
    read_implementation(&r);
    read_order(&r);
    read_params(&r, arguments);
    read_workspaces(&r, arguments);
    read_matrix(&r, arguments);
    put_some(a, r.task, "arguments", arguments);
    read_when(&r);
    read_settings(&r);
    struct node *rest = rest_of(a, from->node, known);
    for (size_t i = 0; i < rest->count; i++)
        put_key(a, r.raw, rest->pairs[i].key, rest->pairs[i].value);
    if (r.raw->count > 0)
        annotate(a, r.task, "tekton", r.raw);
    return r.task;
}
