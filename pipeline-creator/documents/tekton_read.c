/* Tekton's Pipeline and PipelineRun (docs/pipelines.md, docs/pipelineruns.md of tektoncd/pipeline) as native documents.
 */
#include "catalog/check.h"
#include "pipeline-creator/documents/tekton.h"

#define DEFAULT_TIMEOUT "1h0m0s" /* what Tekton gives to a run that names none; ours would be no time-out */
#define MAX_NESTING     8

/* The fields of a PipelineRun, wherever its version has them. */
struct run {
    const struct node *spec, *pipeline;
    struct str pipeline_pointer;
    struct node *raw; /* annotation `tekton` of the pipeline */
    struct node *options;
};

enum tekton_type tekton_type_of(struct str name)
{
    return str_is(name, "array") ? TEKTON_ARRAY : str_is(name, "object") ? TEKTON_OBJECT : TEKTON_STRING;
}

struct str tekton_port_type(enum tekton_type type)
{
    return type == TEKTON_ARRAY ? STR("JsonArray") : type == TEKTON_OBJECT ? STR("JsonObject") : STR("String");
}

const struct node *tekton_named(const struct node *list, const char *key, struct str name)
{
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++)
        if (str_eq(node_text_of(list->items[i], key), name))
            return list->items[i];
    return NULL;
}

const struct node *tekton_find(const struct tekton *t, const char *kind, struct str name)
{
    for (size_t i = 0; name.n && i < t->count; i++)
        if (str_starts(node_text_of(t->trees[i], "apiVersion"), "tekton.dev/") &&
            str_is(node_text_of(t->trees[i], "kind"), kind) &&
            str_eq(node_text(node_path(t->trees[i], "metadata", "name", NULL)), name))
            return t->trees[i];
    return NULL;
}

void tekton_lost(struct tekton *t, struct str pointer, const struct node *at, const char *what, const char *why)
{
    problem_add(t->ps, SEVERITY_WARNING, "not_carried", pointer, at, "%s is left out: %s", what, why);
}

struct str tekton_workspace_input(const struct tekton *t, struct str workspace)
{
    const size_t *clash = map_find(&t->workspaces, workspace);
    if (!clash)
        return STR_NONE;
    return *clash ? str_cat(t->a, STR("workspaces."), workspace) : workspace;
}

/* ---- inputs */

/* Inputs are texts: a list or map is its JSON. */
static struct node *default_of(struct tekton *t, struct node *value)
{
    return node_is_scalar(value) ? made_text(t->a, node_text(value), value)
                                 : made_text(t->a, node_to_json(t->a, value), value);
}

static enum tekton_type param_type(const struct node *declared, const struct node *value)
{
    struct str type = node_text_of(declared, "type");
    const struct node *known = node_is_null(value) ? node_get(declared, "default") : value;
    if (type.n)
        return tekton_type_of(type);
    return node_is_seq(known) ? TEKTON_ARRAY : node_is_map(known) ? TEKTON_OBJECT : TEKTON_STRING;
}

/* One param, declared by the pipeline, given by the run, or both; what was given is the default of the next run. */
static void read_input(struct tekton *t, struct node *inputs, struct node *raw, const struct node *declared,
                       const struct node *given, struct str pointer)
{
    static const char *const known[] = {"name", "type", "description", "default", NULL};
    struct arena *a = t->a;
    const struct node *at = declared ? declared : given;
    struct str name = node_text_of(at, "name");
    struct node *value = node_get(given, "value"), *fallback = node_get(declared, "default");
    enum tekton_type type = param_type(declared, value);
    if (name.n == 0 || !map_add(&t->params, name, type)) {
        tekton_lost(t, pointer, at, "a param", name.n ? "there are two of that name" : "it has no name");
        return;
    }
    struct node *input = made_map(a, at);
    put(a, input, "name", made_text(a, name, at));
    put(a, input, "type", made_text(a, tekton_port_type(type), at));
    put_text(a, input, "description", node_text_of(declared, "description"), at);
    struct node *used = node_is_null(value) ? fallback : value;
    if (!node_is_null(used))
        put(a, input, "default", default_of(t, used));
    node_push(a, inputs, input);
    struct node *rest = rest_of(a, declared, known);
    if (tekton_has_dollar(used)) /* of Tekton, not of a text that arrives as typed */
        put(a, rest, "value", used);
    if (type != TEKTON_STRING)
        put(a, rest, "type", made_text(a, type == TEKTON_ARRAY ? STR("array") : STR("object"), at));
    if (!node_is_null(value) && !node_is_null(fallback) && !node_equal(value, fallback))
        put(a, rest, "default", fallback);
    if (rest->count)
        put_key(a, raw, name, rest);
}

static void read_inputs(struct tekton *t, struct run *r, struct node *inputs, struct node *raw_pipeline)
{
    const struct node *declared = node_get(r->pipeline, "params"), *given = node_get(r->spec, "params");
    struct node *raw = made_map(t->a, declared);
    struct str pointer = pointer_key(t->a, r->pipeline_pointer, STR("params"));
    for (size_t i = 0; node_is_seq(declared) && i < declared->count; i++)
        read_input(t, inputs, raw, declared->items[i],
                   tekton_named(given, "name", node_text_of(declared->items[i], "name")),
                   pointer_index(t->a, pointer, i));
    /* Given without being declared: Tekton hands it on to inline tasks. */
    for (size_t i = 0; node_is_seq(given) && i < given->count; i++)
        if (!tekton_named(declared, "name", node_text_of(given->items[i], "name")))
            read_input(t, inputs, raw, NULL, given->items[i], pointer_index(t->a, STR("/spec/params"), i));
    put_some(t->a, raw_pipeline, "params", raw);
}

/* `bound`: the run gives it. An optional one that is there is there; that it need not be is Tekton's word alone. */
static void add_workspace(struct tekton *t, struct node *inputs, struct node *raw, const struct node *w, bool bound,
                          struct str pointer)
{
    static const char *const known[] = {"name", "description", "optional", NULL};
    struct arena *a = t->a;
    struct str name = node_text_of(w, "name");
    if (name.n == 0 || !map_add(&t->workspaces, name, map_find(&t->params, name) ? 1 : 0)) {
        tekton_lost(t, pointer, w, "a workspace", name.n ? "there are two of that name" : "it has no name");
        return;
    }
    struct node *input = made_map(a, w), *rest = rest_of(a, w, known);
    put(a, input, "name", made_text(a, tekton_workspace_input(t, name), w));
    put_text(a, input, "type", STR("Workspace"), w);
    put_text(a, input, "description", node_text_of(w, "description"), w);
    if (node_bool(node_get(w, "optional"), false))
        put(a, bound ? rest : input, "optional", node_bool_new(a, true));
    node_push(a, inputs, input);
    put_key(a, raw, tekton_workspace_input(t, name), rest);
}

static void read_workspaces(struct tekton *t, struct run *r, struct node *inputs, struct node *raw_pipeline)
{
    static const char *const name_only[] = {"name", NULL};
    struct arena *a = t->a;
    const struct node *declared = node_get(r->pipeline, "workspaces"), *bound = node_get(r->spec, "workspaces");
    struct node *raw = made_map(a, declared), *bindings = made_map(a, bound);
    struct str pointer = pointer_key(a, r->pipeline_pointer, STR("workspaces"));
    for (size_t i = 0; node_is_seq(declared) && i < declared->count; i++)
        add_workspace(t, inputs, raw, declared->items[i],
                      tekton_named(bound, "name", node_text_of(declared->items[i], "name")) != NULL,
                      pointer_index(a, pointer, i));
    for (size_t i = 0; node_is_seq(bound) && i < bound->count; i++) {
        struct str name = node_text_of(bound->items[i], "name");
        if (!map_find(&t->workspaces, name)) { /* bound without being declared: inline tasks may use it */
            struct node *w = made_map(a, bound->items[i]);
            put_text(a, w, "name", name, bound->items[i]);
            add_workspace(t, inputs, raw, w, true, pointer_index(a, STR("/spec/workspaces"), i));
        }
        struct str input = tekton_workspace_input(t, name);
        if (input.n)
            put_key(a, bindings, input, rest_of(a, bound->items[i], name_only));
    }
    put_some(a, raw_pipeline, "workspaces", raw);
    put_some(a, r->options, "workspaces", bindings);
}

/* ---- tasks */

static void list_tasks(struct tekton *t, const struct node *spec, struct str pointer)
{
    static const char *const keys[] = {"tasks", "finally"};
    size_t most = node_count(node_get(spec, keys[0])) + node_count(node_get(spec, keys[1]));
    t->tasks = arena_array_of(t->a, most, struct tekton_task);
    map_init(&t->names, t->a, most);
    for (size_t k = 0; k < 2; k++) {
        const struct node *list = node_get(spec, keys[k]);
        struct str under = pointer_key(t->a, pointer, str_of(keys[k]));
        for (size_t i = 0; node_is_seq(list) && i < list->count; i++) {
            struct tekton_task *task = &t->tasks[t->task_count];
            *task = (struct tekton_task){.name = node_text_of(list->items[i], "name"),
                                         .node = list->items[i],
                                         .api = t->api,
                                         .pointer = pointer_index(t->a, under, i),
                                         .finally = k == 1};
            if (task->name.n == 0)
                task->name = str_printf(t->a, "%s-%zu", k ? "finally" : "task", i); /* Tekton names such tasks itself */
            const struct node *ref = node_get(task->node, "taskRef"), *inner = node_get(task->node, "taskSpec");
            struct str api = node_text_of(ref, "apiVersion");
            if (node_is_map(inner))
                task->spec = inner;
            else if (api.n == 0 || str_starts(api, "tekton.dev/"))
                task->spec = node_get(tekton_find(t, "Task", node_text_of(ref, "name")), "spec");
            if (map_add(&t->names, task->name, t->task_count))
                t->task_count++;
            else
                problem_add(t->ps, SEVERITY_ERROR, "duplicate_name", task->pointer, task->node,
                            "there are two tasks with the name %.*s", STR_ARG(task->name));
        }
    }
}

static struct node *read_tasks(struct tekton *t, const struct node *spec)
{
    struct node *tasks = made_map(t->a, spec);
    for (size_t i = 0; i < t->task_count; i++)
        put_key(t->a, tasks, t->tasks[i].name, tekton_task_read(t, i));
    return tasks;
}

/* ---- results */

static void read_results(struct tekton *t, const struct node *spec, struct node *document, struct node *graph,
                         struct node *raw_pipeline)
{
    static const char *const known[] = {"name", "type", "description", "value", NULL};
    struct arena *a = t->a;
    const struct node *list = node_get(spec, "results");
    struct node *outputs = made_list(a, list), *values = made_map(a, list), *raw = made_map(a, list);
    struct node *whole = made_list(a, list);
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++) {
        const struct node *item = list->items[i];
        struct node *value = node_get(item, "value"), *rest = rest_of(a, item, known);
        struct tekton_value read;
        struct str name = node_text_of(item, "name"), type = node_text_of(item, "type");
        bool said = name.n && value && tekton_value_read(t, value, &read) && node_get(read.argument, "taskOutput");
        if (!said || node_get_str(values, name)) {
            node_push(a, whole, list->items[i]);
            continue;
        }
        struct node *output = made_map(a, item);
        put(a, output, "name", made_text(a, name, item));
        if (type.n)
            put(a, output, "type", made_text(a, tekton_port_type(tekton_type_of(type)), item));
        put_text(a, output, "description", node_text_of(item, "description"), item);
        node_push(a, outputs, output);
        put_key(a, values, name, read.argument);
        if (rest->count)
            put_key(a, raw, name, rest);
    }
    put_some(a, document, "outputs", outputs);
    put_some(a, graph, "outputValues", values);
    put_some(a, raw_pipeline, "results", whole);
    if (raw->count)
        tekton_lost(t, STR_NONE, list, "a field of results", "it is none that Tekton knows");
}

/* ---- the run */

static void read_timeouts(struct tekton *t, struct run *r)
{
    struct arena *a = t->a;
    struct node *timeouts = rest_of(a, node_get(r->spec, "timeouts"), (const char *const[]){NULL});
    const struct node *old = node_get(r->spec, "timeout");
    if (!node_get(timeouts, "pipeline"))
        put(a, timeouts, "pipeline", made_text(a, node_text(old).n ? node_text(old) : STR(DEFAULT_TIMEOUT), old));
    put(a, r->options, "timeouts", timeouts);
}

/* Settings of single tasks go with the tasks. */
static void read_task_run_specs(struct tekton *t, struct run *r, struct node *tasks)
{
    static const char *const name_only[] = {"pipelineTaskName", NULL};
    const struct node *list = node_get(r->spec, "taskRunSpecs");
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++) {
        struct node *task = node_get_str(tasks, node_text_of(list->items[i], "pipelineTaskName"));
        if (!task) {
            tekton_lost(t, pointer_index(t->a, STR("/spec/taskRunSpecs"), i), list->items[i],
                        "an entry of taskRunSpecs", "there is no task of that name");
            continue;
        }
        struct node *annotations = sub_map(t->a, task, "annotations");
        struct node *raw = sub_map(t->a, annotations, HUB "tekton");
        put(t->a, raw, "taskRunSpec", rest_of(t->a, list->items[i], name_only));
    }
}

static void read_run(struct tekton *t, struct run *r, struct node *tasks)
{
    static const char *const known[] = {
        "pipelineRef",  "pipelineSpec",    "params",      "workspaces",         "timeouts", "timeout",
        "taskRunSpecs", "taskRunTemplate", "podTemplate", "serviceAccountName", NULL};
    static const char *const of_template[] = {"podTemplate", "serviceAccountName", NULL};
    struct arena *a = t->a;
    const struct node *template = node_get(r->spec, "taskRunTemplate");
    const struct node *from = template ? template : r->spec; /* v1beta1 has the two in the spec itself */
    struct node *rest = rest_of(a, r->spec, known);
    if (node_is_map(node_get(from, "podTemplate")))
        put(a, r->options, "podTemplate", node_get(from, "podTemplate"));
    put_text(a, r->options, "serviceAccountName", node_text_of(from, "serviceAccountName"),
             node_get(from, "serviceAccountName"));
    put_some(a, rest, "taskRunTemplate", rest_of(a, template, of_template));
    read_timeouts(t, r);
    read_task_run_specs(t, r, tasks);
    put_some(a, r->raw, "spec", rest);
}

/* Labels and annotations go along; what the API server writes does not. */
static void read_metadata(struct tekton *t, struct run *r, const struct node *metadata)
{
    static const char *const known[] = {"name", "generateName", "labels", "annotations", NULL};
    static const char *const servers[] = {"uid",           "resourceVersion", "generation", "creationTimestamp",
                                          "managedFields", "selfLink",        NULL};
    struct arena *a = t->a;
    struct node *kept = made_map(a, metadata), *rest = rest_of(a, metadata, known);
    put_some(a, kept, "labels", node_get(metadata, "labels"));
    put_some(a, kept, "annotations", node_get(metadata, "annotations"));
    put_some(a, r->raw, "metadata", kept);
    for (size_t i = 0; i < rest->count; i++) {
        bool server = false;
        for (size_t k = 0; servers[k]; k++)
            server = server || str_is(rest->pairs[i].key, servers[k]);
        if (!server)
            tekton_lost(t, pointer_key(a, STR("/metadata"), rest->pairs[i].key), rest->pairs[i].value,
                        str_cstr(a, STR_JOIN(a, STR("metadata."), rest->pairs[i].key)),
                        "where a run is made is said when launching");
    }
}

/* The spec of the pipeline: inline, or of the Pipeline in the stream that is named. */
static bool find_pipeline(struct tekton *t, struct run *r)
{
    const struct node *ref = node_get(r->spec, "pipelineRef");
    r->pipeline = node_get(r->spec, "pipelineSpec");
    r->pipeline_pointer = STR("/spec/pipelineSpec");
    if (node_is_map(r->pipeline))
        return true;
    r->pipeline = node_get(tekton_find(t, "Pipeline", node_text_of(ref, "name")), "spec");
    r->pipeline_pointer = STR("/spec");
    if (node_is_map(r->pipeline))
        return true;
    struct problem *p = problem_add(t->ps, SEVERITY_ERROR, "unknown_pipeline", STR("/spec/pipelineRef"), ref,
                                    "the run names a Pipeline that is not in this file");
    problem_hint(t->ps, p, "put the Pipeline into the same file, before `---`, or give its spec as pipelineSpec");
    return false;
}

/* ---- the document */

static struct str title_of(const struct node *metadata)
{
    struct str name = node_text_of(metadata, "name"), generated = node_text_of(metadata, "generateName");
    if (name.n == 0 && str_ends(generated, "-"))
        generated = str_sub(generated, 0, generated.n - 1);
    return name.n ? name : generated.n ? generated : STR("pipeline");
}

static struct node *read_pipeline(struct tekton *t, struct run *r, struct str name, struct node **tasks)
{
    static const char *const known[] = {"params", "workspaces", "tasks", "finally", "results", "description", NULL};
    struct arena *a = t->a;
    struct node *document = made_map(a, r->pipeline), *graph = made_map(a, r->pipeline);
    struct node *inputs = made_list(a, node_get(r->pipeline, "params")), *rest = rest_of(a, r->pipeline, known);
    map_init(&t->params, a, node_count(node_get(r->pipeline, "params")));
    map_init(&t->workspaces, a, 0);
    list_tasks(t, r->pipeline, r->pipeline_pointer);
    put(a, document, "name", made_text(a, name, r->pipeline));
    put_text(a, document, "description", node_text_of(r->pipeline, "description"),
             node_get(r->pipeline, "description"));
    struct node *metadata = made_map(a, r->pipeline);
    put(a, document, "metadata", metadata);
    read_inputs(t, r, inputs, rest);
    read_workspaces(t, r, inputs, rest);
    put_some(a, document, "inputs", inputs);
    *tasks = read_tasks(t, r->pipeline);
    put(a, graph, "tasks", *tasks);
    read_results(t, r->pipeline, document, graph, rest);
    put_some(a, r->raw, "pipelineSpec", rest);
    put(a, document, "implementation", made_pair(a, "graph", graph));
    return document;
}

/* What is known of the run is written last, where it stands first. */
static void finish(struct tekton *t, struct run *r, struct node *document)
{
    struct node *metadata = node_get(document, "metadata");
    if (r->options->count)
        annotate(t->a, metadata, "options", r->options);
    annotate(t->a, metadata, "tekton", r->raw);
}

struct node *tekton_nested(struct tekton *outer, const struct node *spec, struct str name, struct str pointer)
{
    struct tekton t = {.a = outer->a,
                       .ps = outer->ps,
                       .trees = outer->trees,
                       .count = outer->count,
                       .api = outer->api,
                       .depth = outer->depth + 1};
    struct run r = {
        .pipeline = spec, .pipeline_pointer = pointer, .raw = made_map(t.a, spec), .options = made_map(t.a, spec)};
    struct node *tasks = NULL;
    if (t.depth > MAX_NESTING) {
        problem_add(t.ps, SEVERITY_ERROR, "too_deep", pointer, spec, "pipelines nest too deeply here");
        return made_map(t.a, spec);
    }
    struct node *document = read_pipeline(&t, &r, name, &tasks);
    finish(&t, &r, document);
    return document;
}

struct node *tekton_to_native(struct arena *a, const struct node *const *trees, size_t count, const struct node *object,
                              struct problems *ps)
{
    struct tekton t = {.a = a, .ps = ps, .trees = trees, .count = count, .api = node_text_of(object, "apiVersion")};
    struct run r = {.raw = made_map(a, object), .options = made_map(a, object)};
    put_text(a, r.raw, "kind", node_text_of(object, "kind"), object); /* says that it comes from Tekton */
    const struct node *metadata = check_map(ps, object, STR_NONE, "metadata");
    const struct node *spec = check_map(ps, object, STR_NONE, "spec");
    struct node *tasks = NULL;
    bool is_run = str_is(node_text_of(object, "kind"), "PipelineRun");
    if (!spec) {
        problem_add(ps, SEVERITY_ERROR, "missing_field", STR("/spec"), object, "there is no spec");
        return NULL;
    }
    r.pipeline = spec;
    r.pipeline_pointer = STR("/spec");
    r.spec = is_run ? spec : NULL;
    if (is_run && !find_pipeline(&t, &r))
        return NULL;
    struct node *document = read_pipeline(&t, &r, title_of(metadata), &tasks);
    if (is_run)
        read_run(&t, &r, tasks);
    read_metadata(&t, &r, metadata);
    finish(&t, &r, document);
    return document;
}
