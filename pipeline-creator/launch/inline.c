#include "pipeline-creator/launch/inline.h"

#include "pipeline-creator/tekton/substitute.h"

struct inlining {
    struct arena *a;
    struct node *const *documents;
    size_t count;
    struct err *e;
};

static bool is_tekton(const struct node *document, const char *kind)
{
    return str_starts(node_text_of(document, "apiVersion"), "tekton.dev/") &&
           str_is(node_text_of(document, "kind"), kind);
}

bool inline_is_run(const struct node *document)
{
    return is_tekton(document, "PipelineRun");
}

/* The document a reference names; NULL for those that only a cluster can follow. */
static const struct node *find(const struct inlining *in, const struct node *ref, const char *kind)
{
    struct str name = node_text_of(ref, "name"), ref_kind = node_text_of(ref, "kind");
    if (!name.n || node_get(ref, "resolver") || node_get(ref, "bundle") || (ref_kind.n && !str_is(ref_kind, kind)))
        return NULL;
    for (size_t i = 0; i < in->count; i++)
        if (is_tekton(in->documents[i], kind) &&
            str_eq(node_text(node_path(in->documents[i], "metadata", "name", NULL)), name))
            return in->documents[i];
    return NULL;
}

/* ---- StepActions: their own parameters are put in, the rest is a step */

struct action {
    struct arena *a;
    struct node *params; /* name → value */
};

/* The value is itself a reference to a whole list or map of the task: then the key or index is one of that. */
static const struct node *forward(const struct action *action, const struct subst_ref *ref, const struct node *value)
{
    struct str text = node_text(value);
    struct subst_ref outer;
    if (!str_starts(text, "$(") || !str_ends(text, ")") || !subst_parse(str_sub(text, 2, text.n - 3), &outer))
        return NULL;
    struct str base = subst_rest(action->a, &outer, 0);
    if (ref->index == SUBST_AT)
        return node_str(action->a, str_printf(action->a, "$(%.*s[%zu])", STR_ARG(base), ref->at));
    return node_str(action->a,
                    str_printf(action->a, "$(%.*s.%.*s)", STR_ARG(base), STR_ARG(subst_rest(action->a, ref, 2))));
}

static const struct node *action_param(void *context, const struct subst_ref *ref, size_t *used)
{
    const struct action *action = context;
    if (ref->parts < 2 || !str_is(ref->part[0], "params"))
        return NULL;
    *used = 2;
    const struct node *value = node_get_str(action->params, ref->part[1]);
    if (!node_is_scalar(value) || (ref->parts == 2 && ref->index != SUBST_AT))
        return value;
    *used = ref->parts + 1;
    return forward(action, ref, value);
}

static void put_defaults(struct arena *a, const struct node *specs, struct node *params)
{
    for (size_t i = 0; i < node_count(specs); i++) {
        struct str name = node_text_of(node_at(specs, i), "name");
        struct node *fallback = node_get(node_at(specs, i), "default");
        struct node *given = node_get_str(params, name);
        if (!given && fallback)
            node_set(a, params, name, fallback);
        if (!node_is_map(given) || !node_is_map(fallback))
            continue;
        struct node *whole = node_without(a, fallback, NULL);
        node_set_all(a, whole, given);
        node_set(a, params, name, whole);
    }
}

static struct node *inline_step(const struct inlining *in, struct node *step)
{
    const struct node *found = find(in, node_get(step, "ref"), "StepAction");
    if (!found)
        return step;
    struct action action = {in->a, node_map(in->a)};
    const struct node *given = node_get(step, "params");
    for (size_t i = 0; i < node_count(given); i++)
        node_set(in->a, action.params, node_text_of(node_at(given, i), "name"), node_get(node_at(given, i), "value"));
    struct node *spec = node_get(found, "spec");
    put_defaults(in->a, node_get(spec, "params"), action.params);
    struct subst s = {action_param, &action, in->e};
    struct node *made = subst_node(in->a, &s, node_without(in->a, spec, "params"));
    for (size_t i = 0; i < step->count; i++)
        if (!str_is(step->pairs[i].key, "ref") && !str_is(step->pairs[i].key, "params"))
            node_set(in->a, made, step->pairs[i].key, step->pairs[i].value);
    node_remove(made, "description");
    return made;
}

static struct node *inline_spec(const struct inlining *in, struct node *spec)
{
    const struct node *steps = node_get(spec, "steps");
    struct node *made = node_seq(in->a);
    for (size_t i = 0; i < node_count(steps); i++)
        node_push(in->a, made, inline_step(in, node_at(steps, i)));
    struct node *copy = node_without(in->a, spec, NULL);
    if (made->count)
        node_put(in->a, copy, "steps", made);
    return copy;
}

static struct node *inline_task(const struct inlining *in, struct node *task)
{
    const struct node *found = find(in, node_get(task, "taskRef"), "Task");
    if (!found && !node_is_map(node_get(task, "taskSpec")))
        return task;
    struct node *made = node_without(in->a, task, found ? "taskRef" : NULL);
    if (found)
        node_put(in->a, made, "taskSpec", node_get(found, "spec"));
    struct node *spec = node_get(made, "taskSpec");
    if (node_is_map(spec))
        node_put(in->a, made, "taskSpec", inline_spec(in, spec));
    return made;
}

static void inline_tasks(const struct inlining *in, struct node *pipeline, const char *key)
{
    const struct node *tasks = node_get(pipeline, key);
    if (!tasks)
        return;
    struct node *made = node_seq(in->a);
    for (size_t i = 0; i < node_count(tasks); i++)
        node_push(in->a, made, inline_task(in, node_at(tasks, i)));
    node_put(in->a, pipeline, key, made);
}

static void label_pipeline(const struct inlining *in, struct node *run, const struct node *pipeline)
{
    struct node *meta = node_get(run, "metadata"), *labels = node_get(meta, "labels");
    meta = node_is_map(meta) ? node_without(in->a, meta, NULL) : node_map(in->a);
    labels = node_is_map(labels) ? node_without(in->a, labels, NULL) : node_map(in->a);
    node_put(in->a, labels, "tekton.dev/pipeline", node_path(pipeline, "metadata", "name", NULL));
    node_put(in->a, meta, "labels", labels);
    node_put(in->a, run, "metadata", meta);
}

enum status inline_run(struct arena *a, struct node *const *documents, size_t count, const struct node *run,
                       struct node **out, struct err *e)
{
    const struct inlining in = {a, documents, count, e};
    *out = node_without(a, run, NULL);
    struct node *spec = node_get(run, "spec");
    const struct node *found = find(&in, node_get(spec, "pipelineRef"), "Pipeline");
    if (!node_is_map(spec))
        return OK;
    spec = node_without(a, spec, found ? "pipelineRef" : NULL);
    node_put(a, *out, "spec", spec);
    if (found) {
        node_put(a, spec, "pipelineSpec", node_get(found, "spec"));
        label_pipeline(&in, *out, found);
    }
    struct node *pipeline = node_get(spec, "pipelineSpec");
    if (!node_is_map(pipeline))
        return OK;
    pipeline = node_without(a, pipeline, NULL);
    node_put(a, spec, "pipelineSpec", pipeline);
    inline_tasks(&in, pipeline, "tasks");
    inline_tasks(&in, pipeline, "finally");
    return e->status;
}
