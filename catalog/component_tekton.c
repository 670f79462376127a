/* Tekton's Task and StepAction as the compiler reads them (docs/tasks.md, docs/stepactions.md of tektoncd/pipeline). */
#include "catalog/component.h"
#include "catalog/component_formats.h"
#include "catalog/tekton.h"

/* A copy in which the step's own results are those of the task. */
static struct node *with_task_results(struct arena *a, const struct node *n)
{
    if (node_is_seq(n) || node_is_map(n)) {
        struct node *out = node_is_seq(n) ? node_seq(a) : node_map(a);
        for (size_t i = 0; i < n->count; i++) {
            if (node_is_seq(n))
                node_push(a, out, with_task_results(a, n->items[i]));
            else
                node_set(a, out, n->pairs[i].key, with_task_results(a, n->pairs[i].value));
        }
        return out;
    }
    struct node *out = node_copy(a, n);
    if (node_is_string(n) && str_find(n->text, STR("$(step.results")) >= 0)
        out->text = str_replace(a, n->text, STR("$(step.results"), STR("$(results"));
    return out;
}

/* The Task of one step that a StepAction is. */
static const struct node *task_of_action(struct problems *ps, const struct node *spec, struct str path)
{
    static const char *const of_task[] = {"description", "params", "results"};
    struct arena *a = ps->a;
    struct node *task = node_map(a), *step = with_task_results(a, spec), *steps = node_seq(a);
    for (size_t i = 0; i < sizeof of_task / sizeof of_task[0]; i++) {
        struct node *field = node_get(spec, of_task[i]);
        if (!node_is_null(field))
            node_put(a, task, of_task[i], field);
        (void)node_remove(step, of_task[i]);
    }
    if (node_count(node_get(spec, "volumeMounts")) > 0)
        check_error(ps, "step_action_volume", pointer_key(ps->a, path, STR("volumeMounts")),
                    node_get(spec, "volumeMounts"), "use it as a step of a Task that has the volume",
                    "the StepAction mounts a volume, which the task around it must have: alone it cannot be a task");
    struct node *named = node_map(a);
    node_put(a, named, "name", node_cstr(a, "main"));
    node_set_all(a, named, step);
    node_push(a, steps, named);
    node_put(a, task, "steps", steps);
    return task;
}

enum status component_read_tekton(struct arena *a, const struct node *document, struct str path, struct component *out,
                                  struct problems *ps)
{
    size_t errors = ps->errors;
    struct package ignored = {0};
    struct reading r = {.a = a, .ps = ps, .package = &ignored, .facts = node_map(a)};
    const struct node *metadata = check_map(ps, document, path, "metadata");
    struct str at = pointer_key(a, path, STR("metadata"));
    *out = (struct component){.document = document, .name = check_text(ps, metadata, at, "name")};
    out->annotations = check_map(ps, metadata, at, "annotations");
    out->labels = check_map(ps, metadata, at, "labels");
    struct str title = node_text_of(out->annotations, "tekton.dev/displayName");
    if (title.n)
        out->name = title;
    const struct node *spec =
        check_required(ps, document, path, "spec", NULL) ? check_map(ps, document, path, "spec") : NULL;
    at = pointer_key(a, path, STR("spec"));
    if (!spec)
        return ERR_INVALID;
    out->description = check_text(ps, spec, at, "description");
    struct tekton_counts counts = tekton_ports(&r, spec, at, &out->interface);
    out->param_count = counts.params;
    out->result_count = counts.results;
    if (str_is(node_text_of(document, "kind"), "StepAction"))
        out->task = task_of_action(ps, spec, at);
    else
        out->task = spec;
    if (node_count(node_get(out->task, "steps")) == 0)
        check_error(ps, "missing_field", pointer_key(a, at, STR("steps")), spec, NULL, "a task has at least one step");
    return ps->errors > errors ? ERR_INVALID : OK;
}
