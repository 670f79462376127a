/* Expressions in the parameters and conditions of tasks: what they may refer to. */
#include "pipeline-creator/tekton/rules.h"

/* Told of the expressions of one parameter or condition; adds faults at the path `at`. */
typedef void look(const struct rules *r, const struct texts *expressions, const char *at, const void *context);

static void look_at_params(const struct rules *r, const struct node *params, const char *field, look *see,
                           const void *context)
{
    for (size_t i = 0; i < node_count(params); i++) {
        struct texts all = {.a = r->a};
        size_t mark = r->f->count;
        param_expressions(&all, params->items[i]);
        see(r, &all, "value", context);
        fault_via_key(r->f, mark, field, node_text_of(params->items[i], "name"));
    }
}

static void look_at_task(const struct rules *r, const struct node *task, look *see, const void *context)
{
    const struct node *when = node_get(task, "when");
    look_at_params(r, node_get(task, "params"), "params", see, context);
    for (size_t i = 0; i < node_count(when); i++) {
        struct texts all = {.a = r->a};
        size_t mark = r->f->count;
        when_expressions(&all, when->items[i]);
        see(r, &all, "", context);
        fault_via_item(r->f, mark, "when", i);
    }
}

static void look_at_tasks(const struct rules *r, const struct node *tasks, const char *field, look *see,
                          const void *context)
{
    for (size_t i = 0; i < node_count(tasks); i++) {
        size_t mark = r->f->count;
        look_at_task(r, tasks->items[i], see, context);
        fault_via_item(r->f, mark, field, i);
    }
}

/* ---- $(tasks.t.status), $(tasks.t.reason), $(tasks.status) */

static bool execution_status(struct str s)
{
    return str_starts(s, "tasks.") && (str_ends(s, ".status") || str_ends(s, ".reason"));
}

static void no_status(const struct rules *r, const struct texts *all, const char *at, const void *context)
{
    (void)context;
    for (size_t i = 0; i < all->count && !reference_any_like_result(all); i++) {
        if (!execution_status(all->items[i]))
            continue;
        fault_add(r->f, "status_in_task", at,
                  "invalid value: pipeline tasks can not refer to execution status of any other pipeline task or "
                  "aggregate status of tasks");
        return;
    }
}

static void status_of_known(const struct rules *r, const struct texts *all, const char *at, const void *context)
{
    const struct map *tasks = context;
    if (reference_any_like_result(all))
        return;
    for (size_t i = 0; i < all->count; i++) {
        struct str name = all->items[i];
        if (!execution_status(name) || str_is(name, "tasks.status"))
            continue;
        name = str_from(name, 6);
        name = str_ends(name, ".status") || str_ends(name, ".reason") ? str_sub(name, 0, name.n - 7) : name;
        if (!set_has(tasks, name))
            fault_add(r->f, "unknown_task", at, "invalid value: pipeline task %.*s is not defined in the pipeline",
                      STR_ARG(name));
    }
}

void rule_execution_status(const struct rules *r, const struct node *tasks, const struct node *finally)
{
    struct map names = item_names(r, tasks);
    look_at_tasks(r, tasks, "tasks", no_status, NULL);
    look_at_tasks(r, finally, "finally", status_of_known, &names);
}

/* ---- results in finally */

struct sections {
    struct map tasks, finally;
};

static void final_result(const struct rules *r, const struct texts *all, const char *at, const void *context)
{
    const struct sections *s = context;
    for (size_t i = 0; i < all->count; i++) {
        struct result_ref ref;
        if (!reference_result(r->a, all->items[i], &ref))
            continue;
        if (set_has(&s->finally, ref.task))
            fault_add(r->f, "result_of_final_task", at,
                      "invalid value: invalid task result reference, final task has task result reference from a final "
                      "task %.*s",
                      STR_ARG(ref.task));
        else if (!set_has(&s->tasks, ref.task))
            fault_add(r->f, "unknown_task", at,
                      "invalid value: invalid task result reference, final task has task result reference from a task "
                      "%.*s which is not defined in the pipeline",
                      STR_ARG(ref.task));
    }
}

void rule_final_results(const struct rules *r, const struct node *tasks, const struct node *finally)
{
    struct sections s = {item_names(r, tasks), item_names(r, finally)};
    for (size_t i = 0; i < node_count(finally); i++) {
        struct str name = node_text_of(finally->items[i], "name");
        size_t mark = r->f->count;
        if (node_count(node_get(finally->items[i], "runAfter")) == 0)
            continue;
        fault_add(r->f, "run_after_in_finally", "",
                  "invalid value: no runAfter allowed under spec.finally, final task %.*s has runAfter specified",
                  STR_ARG(name));
        fault_via_item(r->f, mark, "finally", i);
    }
    look_at_tasks(r, finally, "finally", final_result, &s);
}

/* ---- results of tasks that are pipelines themselves: not handed up yet */

static void child_results(const struct rules *r, const struct node *tasks, const struct map *children,
                          const char *field)
{
    for (size_t i = 0; i < node_count(tasks); i++) {
        struct result_ref *refs;
        size_t count = task_result_refs(r, tasks->items[i], &refs), mark = r->f->count;
        for (size_t k = 0; k < count; k++) {
            struct str quoted = go_quote(r->a, refs[k].task);
            if (set_has(children, refs[k].task))
                fault_add(r->f, "result_of_pipeline", "",
                          "invalid value: result reference to pipelineTask %.*s is not supported: referenced task uses "
                          "pipelineRef or pipelineSpec and result propagation from child Pipelines is not yet "
                          "implemented",
                          STR_ARG(quoted));
        }
        fault_via_item(r->f, mark, field, i);
    }
}

void rule_child_results(const struct rules *r, const struct node *tasks, const struct node *finally)
{
    struct map children;
    map_init(&children, r->a, 8);
    for (size_t i = 0; i < node_count(tasks); i++)
        if (node_get(tasks->items[i], "pipelineRef") || node_get(tasks->items[i], "pipelineSpec"))
            (void)map_add(&children, node_text_of(tasks->items[i], "name"), i);
    if (children.count == 0)
        return;
    child_results(r, tasks, &children, "tasks");
    child_results(r, finally, &children, "finally");
}

/* ---- first parts of variables */

static void prefix_known(const struct rules *r, const struct texts *all, const char *at, const void *context)
{
    static const char *const prefixes[] = {"params", "tasks", "finally", "context", "workspaces", "results"};
    (void)context;
    for (size_t i = 0; i < all->count; i++) {
        struct str rest = all->items[i], first = STR("");
        bool found = false;
        (void)str_split(&rest, '.', &first);
        for (size_t k = 0; k < sizeof prefixes / sizeof prefixes[0]; k++)
            found = found || str_is(first, prefixes[k]);
        if (found)
            continue;
        fault_add(
            r->f, "unknown_variable", at,
            "invalid value: invalid variable reference \"$(%.*s)\", must start with a valid prefix: params, tasks, "
            "finally, context, workspaces, or results; if you meant a shell variable, use ${VAR} instead",
            STR_ARG(all->items[i]));
    }
}

void rule_tasks_prefixes(const struct rules *r, const struct node *tasks, const char *field)
{
    for (size_t i = 0; i < node_count(tasks); i++) {
        const struct node *task = tasks->items[i], *include = node_path(task, "matrix", "include", NULL);
        size_t mark = r->f->count;
        look_at_task(r, task, prefix_known, NULL);
        look_at_params(r, node_path(task, "matrix", "params", NULL), "matrix.params", prefix_known, NULL);
        for (size_t k = 0; k < node_count(include); k++) {
            size_t inner = r->f->count;
            look_at_params(r, node_get(include->items[k], "params"), "params", prefix_known, NULL);
            fault_via_item(r->f, inner, "matrix.include", k);
        }
        fault_via_item(r->f, mark, field, i);
    }
}
