#include "pipeline-creator/compile/references.h"

#include "pipeline-creator/tekton/build.h"

/* "<hub>/api/v1/assets/<namespace>/component/<name>/versions/<digest>/content" of a task named
   "namespace/name@version". */
static struct str content_url(struct arena *a, struct str hub, const struct graph_task *t)
{
    ptrdiff_t slash = str_find_char(t->name, '/'), at = str_rfind_char(t->name, '@');
    if (slash <= 0 || at <= slash)
        return STR_NONE;
    struct str namespace = str_sub(t->name, 0, (size_t)slash);
    struct str name = str_sub(t->name, (size_t)slash + 1, (size_t)(at - slash) - 1);
    return STR_JOIN(a, hub, STR("/api/v1/assets/"), namespace, STR("/component/"), name, STR("/versions/"), t->digest,
                    STR("/content"));
}

/* The spec without what says where it comes from, which a reference says better. */
static bool is_unchanged(struct arena *a, const struct component *c, const struct node *spec)
{
    return c->task && str_is(node_text_of(c->document, "kind"), "Task") &&
           node_equal(node_without(a, spec, "metadata"), c->task);
}

/* by_name: Tekton's name of a task → its number. */
static struct node *task_entry(struct plan *p, const struct map *by_name, struct node *task, struct str hub,
                               size_t *count)
{
    struct arena *a = p->a;
    const struct node *spec = node_get(task, "taskSpec");
    const size_t *number = spec ? map_find(by_name, node_text_of(task, "name")) : NULL;
    const struct graph_task *t = number ? p->tasks[*number].task : NULL;
    struct str url = t && t->digest.n && is_unchanged(a, t->component, spec) ? content_url(a, hub, t) : STR_NONE;
    if (url.n == 0)
        return task;
    struct node *reference = node_map(a), *params = node_seq(a);
    node_push(a, params, build_param(a, STR("url"), url));
    node_push(a, params, build_param(a, STR("digest"), t->digest));
    node_put(a, reference, "resolver", node_cstr(a, "http"));
    node_put(a, reference, "params", params);
    struct node *out = node_without(a, task, "taskSpec");
    node_put(a, out, "taskRef", reference);
    ++*count;
    return out;
}

struct node *references_make(struct plan *p, const struct node *run, struct str hub)
{
    static const char *const lists[] = {"tasks", "finally"};
    struct arena *a = p->a;
    struct node *out = node_without(a, run, NULL);
    struct node *spec = node_without(a, node_get(run, "spec"), NULL);
    struct node *inner = node_without(a, node_get(spec, "pipelineSpec"), NULL);
    size_t count = 0;
    struct map by_name;
    map_init(&by_name, a, p->graph->task_count);
    for (size_t k = 0; k < p->graph->task_count; k++)
        (void)map_add(&by_name, p->tasks[k].name, k);
    for (size_t m = 0; m < sizeof lists / sizeof lists[0]; m++) {
        const struct node *tasks = node_get(inner, lists[m]);
        struct node *entries = node_seq(a);
        for (size_t k = 0; k < node_count(tasks); k++)
            node_push(a, entries, task_entry(p, &by_name, tasks->items[k], hub, &count));
        build_put(a, inner, lists[m], entries);
    }
    node_put(a, spec, "pipelineSpec", inner);
    node_put(a, out, "spec", spec);
    if (count == 0) {
        struct problem *problem = problem_add(p->ps, SEVERITY_INFO, "no_references", STR(""), NULL,
                                              "no task is a published Tekton Task: everything stays inline");
        problem_hint(p->ps, problem, "components of other formats are made into Tasks for each pipeline");
    }
    return out;
}
