#include "pipeline-creator/tekton/rules.h"

static const char *const SECTIONS[] = {"tasks", "finally"};

/* Resolvers in taskRef; without paths, as every fault of a gate. */
static void beta_fields(const struct rules *r, const struct node *tasks)
{
    for (size_t i = 0; i < node_count(tasks); i++) {
        const struct node *ref = node_get(tasks->items[i], "taskRef");
        if (node_text_of(ref, "resolver").n)
            rule_gate(r, "taskref.resolver", GATE_BETA);
        if (node_count(node_get(ref, "params")))
            rule_gate(r, "taskref.params", GATE_BETA);
    }
}

static void not_empty(const struct rules *r, const struct node *spec)
{
    static const char *const paths[] = {"description", "params", "resources", "tasks", "workspaces"};
    if (!object_empty(spec))
        return;
    struct fault *one = fault_no_path(r->f, "empty", "expected at least one, got none");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        fault_path(one, str_of(paths[i]));
}

static void whens(const struct rules *r, const struct node *tasks, const char *field)
{
    for (size_t i = 0; i < node_count(tasks); i++) {
        size_t mark = r->f->count;
        rule_when(r, node_get(tasks->items[i], "when"));
        fault_via_item(r->f, mark, field, i);
    }
}

/* False, with a fault, at the first task with an artifact in its parameters. */
static bool without_artifacts(const struct rules *r, const struct node *tasks, const char *field)
{
    for (size_t i = 0; i < node_count(tasks); i++) {
        const struct node *params = node_get(tasks->items[i], "params");
        struct texts values = {.a = r->a};
        for (size_t k = 0; k < node_count(params); k++)
            value_texts(&values, node_get(params->items[k], "value"));
        for (size_t k = 0; k < values.count; k++) {
            size_t mark = r->f->count;
            if (!reference_named_task_artifact(values.items[k]))
                continue;
            fault_add(r->f, "feature_flag", "params",
                      "feature flag enable-artifacts should be set to true to use artifacts feature.");
            fault_via_item(r->f, mark, field, i);
            return false;
        }
    }
    return true;
}

/* A rule over the tasks of both sections, under the section's name. */
static void in_sections(const struct rules *r, const struct node *spec,
                        void (*rule)(const struct rules *r, const struct node *tasks))
{
    for (size_t i = 0; i < 2; i++) {
        size_t mark = r->f->count;
        rule(r, node_get(spec, SECTIONS[i]));
        fault_via(r->f, mark, SECTIONS[i]);
    }
}

static void params_in_sections(const struct rules *r, const struct node *spec,
                               void (*rule)(const struct rules *r, const struct node *tasks,
                                            const struct node *declared))
{
    for (size_t i = 0; i < 2; i++) {
        size_t mark = r->f->count;
        rule(r, node_get(spec, SECTIONS[i]), node_get(spec, "params"));
        fault_via(r->f, mark, SECTIONS[i]);
    }
}

static void sections(const struct rules *r, const struct node *spec)
{
    const struct node *tasks = node_get(spec, "tasks"), *finally = node_get(spec, "finally");
    if (node_count(finally) && node_count(tasks) == 0)
        fault_add(r->f, "finally_without_tasks", "finally",
                  "invalid value: spec.tasks is empty but spec.finally has %zu tasks", finally->count);
    rule_final_results(r, tasks, finally);
    whens(r, tasks, "tasks");
    whens(r, finally, "finally");
    if (!r->set->artifacts && without_artifacts(r, tasks, "tasks"))
        (void)without_artifacts(r, finally, "finally");
    in_sections(r, spec, rule_matrix);
    rule_tasks_prefixes(r, tasks, "tasks");
    rule_tasks_prefixes(r, finally, "finally");
}

void rule_pipeline_spec(const struct rules *r, struct node *spec)
{
    const struct node *tasks = node_get(spec, "tasks"), *finally = node_get(spec, "finally");
    struct map names;
    map_init(&names, r->a, node_count(tasks) + node_count(finally));
    beta_fields(r, tasks);
    beta_fields(r, finally);
    not_empty(r, spec);
    if (r->beta1 && node_count(node_get(spec, "resources")))
        fault_disallowed(r->f, "resources");
    rule_pipeline_tasks(r, tasks, &names, "tasks");
    rule_pipeline_tasks(r, finally, &names, "finally");
    rule_graph(r, tasks);
    params_in_sections(r, spec, rule_pipeline_params);
    in_sections(r, spec, rule_tasks_context);
    rule_execution_status(r, tasks, finally);
    rule_pipeline_workspaces(r, node_get(spec, "workspaces"));
    rule_pipeline_results(r, spec);
    rule_child_results(r, tasks, finally);
    sections(r, spec);
}

/* The steps of inline tasks use what the task or the pipeline declares. */
static void embedded_tasks(const struct rules *r, const struct node *tasks, const struct node *declared,
                           const char *field)
{
    for (size_t i = 0; i < node_count(tasks); i++) {
        const struct node *spec = node_get(tasks->items[i], "taskSpec"), *own = node_get(spec, "params");
        struct node *all = node_seq(r->a);
        size_t mark = r->f->count;
        if (!spec)
            continue;
        for (size_t k = 0; k < node_count(own); k++)
            node_push(r->a, all, own->items[k]);
        for (size_t k = 0; k < node_count(declared); k++)
            node_push(r->a, all, declared->items[k]);
        rule_steps_use_declared(r, node_get(spec, "steps"), all);
        fault_via_item(r->f, mark, field, i);
    }
}

void rule_pipeline(const struct rules *r, struct node *pipeline)
{
    struct node *spec = node_get(pipeline, "spec");
    rule_metadata(r, pipeline);
    size_t mark = r->f->count;
    rule_pipeline_spec(r, spec);
    for (size_t i = 0; i < 2; i++)
        embedded_tasks(r, node_get(spec, SECTIONS[i]), node_get(spec, "params"), SECTIONS[i]);
    params_in_sections(r, spec, rule_tasks_use_declared);
    for (size_t i = 0; i < 2; i++) {
        size_t inner = r->f->count;
        rule_tasks_workspaces(r, node_get(spec, "workspaces"), node_get(spec, SECTIONS[i]));
        fault_via(r->f, inner, SECTIONS[i]);
    }
    fault_via(r->f, mark, "spec");
}
