/*
 * What documents keep of Tekton that they cannot say (annotation component-hub.dev/tekton, which
 * documents/tekton_read.c writes) is put back where it stood. What the document says itself comes first: nothing that
 * is there is replaced, but for the fields of a param that only Tekton has. The whole is judged by Tekton's rules
 * afterwards, as always.
 *
 *   of the pipeline  {metadata: {labels, annotations}, spec: {field: value},
 *                     pipelineSpec: {params: {name: {type, default, …}}, workspaces: {name: {…}}, results: [...],
 * field: value}} of a task        {params: {name: value}, workspaces: {name: {subPath}}, when: [...], matrix,
 * taskRunSpec: {…}, taskSpec: {…}, taskRef: {…}, field: value}
 *
 * A param stands for itself only as long as the argument has the text that was read.
 */
#include "catalog/check.h"
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/tekton/build.h"

#define KEY "tekton"

/* ---- what is kept */

static const struct node *of_pipeline(const struct plan *p)
{
    return annotation_value(p->a, p->graph->component.annotations, KEY);
}

/* Of a task that stands in the document itself, also in a pipeline that is written out there; nothing of what the
   document only refers to. */
static const struct node *of_task(const struct plan *p, const struct task_plan *t)
{
    const struct node *graph = p->graph->component.graph, *task = NULL;
    struct str rest = t->task->path, part;
    if (t->task->condition_of.n)
        return NULL;
    while (str_split(&rest, '/', &part)) {
        part = str_replace(p->a, str_replace(p->a, part, STR("~1"), STR("/")), STR("~0"), STR("~"));
        task = node_get_str(node_get(graph, "tasks"), part);
        graph = node_path(task, "componentRef", "spec", "implementation", "graph", NULL);
    }
    return annotation_value(p->a, node_get(task, "annotations"), KEY);
}

static const struct node *entry(const struct node *list, const char *key, struct str name)
{
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++)
        if (str_eq(node_text_of(list->items[i], key), name))
            return list->items[i];
    return NULL;
}

/* The value that a matrix gives to a param, in whichever of its parts. */
static const struct node *in_matrix(const struct node *matrix, struct str name)
{
    const struct node *found = entry(node_get(matrix, "params"), "name", name), *include = node_get(matrix, "include");
    for (size_t i = 0; !found && node_is_seq(include) && i < include->count; i++)
        found = entry(node_get(include->items[i], "params"), "name", name);
    return node_get(found, "value");
}

struct node *kept_param(const struct plan *p, const struct task_plan *t, size_t input)
{
    const struct graph_value *v = &t->task->inputs[input];
    struct str name = t->task->component->interface.inputs[input].name;
    const struct node *kept = v->source == SOURCE_TEXT ? of_task(p, t) : NULL;
    const struct node *value = node_get_str(node_get(kept, "params"), name);
    if (!value)
        value = in_matrix(node_get(kept, "matrix"), name);
    return value && str_eq(graph_text(p->a, value), v->text) ? node_copy(p->a, value) : NULL;
}

void kept_types(struct plan *p)
{
    const struct node *params = node_path(of_pipeline(p), "pipelineSpec", "params", NULL);
    const struct interface *i = &p->graph->component.interface;
    for (size_t k = 0; k < i->input_count; k++) {
        struct str type = node_text_of(node_get_str(params, i->inputs[k].name), "type");
        bool whole = (str_is(type, "array") && str_is(i->inputs[k].type, "JsonArray")) ||
                     (str_is(type, "object") && str_is(i->inputs[k].type, "JsonObject"));
        p->params[k].by_whole = p->params[k].by_whole || whole;
    }
}

bool kept_is_tekton(const struct plan *p)
{
    return node_is_map(of_pipeline(p));
}

/* ---- putting it back */

/* Fields of `from` that `to` does not have; maps are merged. */
static void fill(struct arena *a, struct node *to, const struct node *from, const char *const *except)
{
    for (size_t i = 0; node_is_map(from) && i < from->count; i++) {
        const struct pair *pair = &from->pairs[i];
        bool left_out = false;
        for (size_t k = 0; except && except[k]; k++)
            left_out = left_out || str_is(pair->key, except[k]);
        struct node *there = node_get_str(to, pair->key);
        if (!left_out && !there)
            node_set(a, to, pair->key, node_copy(a, pair->value));
        else if (!left_out && node_is_map(there))
            fill(a, there, pair->value, NULL);
    }
}

static struct node *list_of(struct plan *p, struct node *map, const char *key)
{
    struct node *list = node_get(map, key);
    if (!list) {
        list = node_seq(p->a);
        node_put(p->a, map, key, list);
    }
    return list;
}

/* The entry of that name, made where it is absent. */
static struct node *entry_of(struct plan *p, struct node *list, const char *key, struct str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(node_text_of(list->items[i], key), name))
            return list->items[i];
    struct node *made = node_map(p->a);
    node_put_str(p->a, made, key, name);
    node_push(p->a, list, made);
    return made;
}

static void put_matrix(struct plan *p, struct node *task, const struct node *matrix)
{
    const struct node *params = node_get(task, "params");
    struct node *left = node_seq(p->a);
    if (!node_is_map(matrix) || node_get(task, "matrix"))
        return;
    for (size_t i = 0; i < node_count(params); i++)
        if (!in_matrix(matrix, node_text_of(params->items[i], "name")))
            node_push(p->a, left, params->items[i]);
    (void)node_remove(task, "params");
    build_put(p->a, task, "params", left);
    node_put(p->a, task, "matrix", node_copy(p->a, matrix));
}

/* Params that the Task does not declare: Tekton hands them on to what is inline. */
static void put_undeclared(struct plan *p, const struct task_plan *t, struct node *task, const struct node *kept)
{
    for (size_t i = 0; node_is_map(kept) && i < kept->count; i++) {
        const struct pair *pair = &kept->pairs[i];
        if (interface_input(&t->task->component->interface, pair->key))
            continue;
        struct node *param = build_named(p->a, pair->key);
        node_put(p->a, param, "value", node_copy(p->a, pair->value));
        node_push(p->a, list_of(p, task, "params"), param);
    }
}

static void put_task(struct plan *p, const struct task_plan *t, struct node *task, struct node *spec)
{
    static const char *const read[] = {"params",      "workspaces", "when",     "matrix", "name",
                                       "taskRunSpec", "taskRef",    "taskSpec", NULL};
    static const char *const bodies[] = {"taskRef", "taskSpec"};
    const struct node *kept = of_task(p, t), *when = node_get(kept, "when");
    const struct node *spaces = node_get(kept, "workspaces");
    if (!node_is_map(kept))
        return;
    for (size_t i = 0; node_is_seq(when) && i < when->count; i++)
        node_push(p->a, list_of(p, task, "when"), node_copy(p->a, when->items[i]));
    for (size_t i = 0; node_is_map(spaces) && i < spaces->count; i++)
        if (entry(node_get(task, "workspaces"), "name", spaces->pairs[i].key))
            fill(p->a, entry_of(p, node_get(task, "workspaces"), "name", spaces->pairs[i].key), spaces->pairs[i].value,
                 NULL);
    put_undeclared(p, t, task, node_get(kept, "params"));
    put_matrix(p, task, node_get(kept, "matrix"));
    /* What a resolver would have fetched stands in the hub by now: that is in taskSpec, and no reference is needed. */
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        if (node_get(task, bodies[i]))
            fill(p->a, node_get(task, bodies[i]), node_get(kept, bodies[i]), NULL);
    if (node_is_map(node_get(kept, "taskRunSpec")))
        fill(p->a, entry_of(p, list_of(p, spec, "taskRunSpecs"), "pipelineTaskName", t->name),
             node_get(kept, "taskRunSpec"), NULL);
    fill(p->a, task, kept, read);
}

/* A value with variables of Tekton's in it, unless another is given. */
static void put_value(struct plan *p, struct node *spec, size_t input, const struct node *value)
{
    const struct port *port = &p->graph->component.interface.inputs[input];
    bool given = p->graph->parameter_given[input];
    if (value && !given && port->default_value &&
        str_eq(graph_text(p->a, value), graph_text(p->a, port->default_value)))
        node_put(p->a, entry_of(p, list_of(p, spec, "params"), "name", p->params[input].name), "value",
                 node_copy(p->a, value));
}

/* The default of the pipeline itself, where a run gave another value, and what natively has no word. */
static void put_params(struct plan *p, struct node *spec, struct node *pipeline, const struct node *kept)
{
    static const char *const read[] = {"value", "default", "type", NULL};
    const struct interface *i = &p->graph->component.interface;
    for (size_t k = 0; k < i->input_count; k++) {
        const struct node *fields = node_get_str(kept, i->inputs[k].name);
        if (!fields || !entry(node_get(pipeline, "params"), "name", p->params[k].name))
            continue;
        struct node *param = entry_of(p, node_get(pipeline, "params"), "name", p->params[k].name);
        if (node_get(fields, "default"))
            node_put(p->a, param, "default", node_copy(p->a, node_get(fields, "default")));
        if (p->params[k].by_whole && node_get(fields, "type"))
            node_put(p->a, param, "type", node_get(fields, "type"));
        put_value(p, spec, k, node_get(fields, "value"));
        fill(p->a, param, fields, read);
    }
}

/* Workspaces that no task is connected to, but that its text may mention. */
static void put_workspaces(struct plan *p, struct node *spec, struct node *pipeline, const struct node *kept)
{
    for (size_t i = 0; node_is_map(kept) && i < kept->count; i++) {
        struct str name = kept->pairs[i].key;
        const struct node *binding = node_get_str(p->options.workspaces, name);
        const struct port *input = interface_input(&p->graph->component.interface, name);
        if (!input || !type_is_workspace(input->type) || !node_is_map(binding))
            continue;
        struct node *declared = entry_of(p, list_of(p, pipeline, "workspaces"), "name", name);
        fill(p->a, declared, kept->pairs[i].value, NULL);
        if (input->description.n)
            node_put_str(p->a, declared, "description", input->description);
        if (input->optional)
            node_put(p->a, declared, "optional", node_bool_new(p->a, true));
        fill(p->a, entry_of(p, list_of(p, spec, "workspaces"), "name", name), binding, NULL);
    }
}

static void put_pipeline(struct plan *p, struct node *manifest)
{
    static const char *const ours[] = {"params", "workspaces", "results", "tasks", "finally", NULL};
    static const char *const read[] = {"pipelineSpec", "params", "workspaces", "taskRunSpecs", NULL};
    static const char *const parts[] = {"labels", "annotations"};
    const struct node *kept = of_pipeline(p), *of_spec = node_get(kept, "pipelineSpec");
    const struct node *results = node_get(of_spec, "results");
    struct node *spec = node_get(manifest, "spec"), *pipeline = node_get(spec, "pipelineSpec");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct node *from = node_path(kept, "metadata", parts[i], NULL), *metadata = node_get(manifest, "metadata");
        if (node_is_map(from) && !node_get(metadata, parts[i]))
            node_put(p->a, metadata, parts[i], node_map(p->a));
        if (node_is_map(from))
            fill(p->a, node_get(metadata, parts[i]), from, NULL);
    }
    put_params(p, spec, pipeline, node_get(of_spec, "params"));
    put_workspaces(p, spec, pipeline, node_get(of_spec, "workspaces"));
    for (size_t i = 0; node_is_seq(results) && i < results->count; i++)
        fill(p->a, entry_of(p, list_of(p, pipeline, "results"), "name", node_text_of(results->items[i], "name")),
             results->items[i], NULL);
    fill(p->a, pipeline, of_spec, ours);
    fill(p->a, spec, node_get(kept, "spec"), read);
}

void kept_put_back(struct plan *p, struct node *manifest)
{
    struct node *spec = node_get(manifest, "spec"), *pipeline = node_get(spec, "pipelineSpec");
    struct node *lists[] = {node_get(pipeline, "tasks"), node_get(pipeline, "finally")};
    size_t at[] = {0, 0};
    for (size_t k = 0; k < p->graph->task_count; k++) {
        size_t last = p->tasks[k].task->exit_handler;
        put_task(p, &p->tasks[k], lists[last]->items[at[last]++], spec);
    }
    if (kept_is_tekton(p))
        put_pipeline(p, manifest);
}
