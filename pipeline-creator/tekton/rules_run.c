/* TaskRun and PipelineRun. */
#include "pipeline-creator/tekton/rules.h"

#define DEFAULT_TIMEOUT_MINUTES 60
#define MINUTE                  60000000000LL

/* The fields that v1 renamed. */
static const char *step_specs(const struct rules *r)
{
    return r->beta1 ? "stepOverrides" : "stepSpecs";
}

static const char *sidecar_specs(const struct rules *r)
{
    return r->beta1 ? "sidecarOverrides" : "sidecarSpecs";
}

const int64_t *timeout_of(const struct rules *r, const struct node *owner, const char *field)
{
    const struct node *n = node_get(owner, field);
    int64_t *nanoseconds = arena_new_of(r->a, int64_t);
    struct str problem;
    return n && go_duration_parse(r->a, n->text, nanoseconds, &problem) ? nanoseconds : NULL;
}

static void pod_env(const struct rules *r, const struct node *pod_template)
{
    const struct node *env = node_get(pod_template, "env");
    for (size_t i = 0; i < node_count(env); i++) {
        struct str name = node_text_of(env->items[i], "name");
        for (const char *const *no = r->set->forbidden_env; no && *no; no++)
            if (str_is(name, *no))
                fault_add(r->f, "forbidden_env", "PodTemplate.Env",
                          "invalid value: PodTemplate cannot update a forbidden env: %.*s", STR_ARG(name));
    }
}

static void named_specs(const struct rules *r, const struct node *owner, const char *field)
{
    const struct node *list = node_get(owner, field);
    size_t start = r->f->count;
    if (!list)
        return;
    rule_gate(r, field, GATE_BETA);
    for (size_t i = 0; i < list->count; i++) {
        size_t mark = r->f->count;
        if (node_text_of(list->items[i], "name").n == 0)
            fault_missing(r->f, "name");
        fault_via_index(r->f, mark, i);
    }
    rule_names_differ(r, list, true, true);
    fault_via(r->f, start, field);
}

static bool has_resources(const struct node *resources)
{
    static const char *const fields[] = {"limits", "requests", "claims"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (node_count(node_get(resources, fields[i])))
            return true;
    return false;
}

/* Resources of the task or of its steps, not both. */
static void compute_resources(const struct rules *r, const struct node *owner)
{
    const struct node *list = node_get(owner, step_specs(r));
    if (!node_get(owner, "computeResources"))
        return;
    rule_gate(r, "computeResources", GATE_BETA);
    for (size_t i = 0; i < node_count(list); i++) {
        if (!has_resources(node_get(list->items[i], r->beta1 ? "resources" : "computeResources")))
            continue;
        fault_both(r->f, r->beta1 ? "stepOverrides.resources" : "stepSpecs.resources", "computeResources");
        return;
    }
}

static void specs_of_steps(const struct rules *r, const struct node *owner)
{
    named_specs(r, owner, step_specs(r));
    named_specs(r, owner, sidecar_specs(r));
    compute_resources(r, owner);
}

/* ---- TaskRun */

static void breakpoints(const struct rules *r, const struct node *debug)
{
    const struct node *points = node_get(debug, "breakpoints"), *before = node_get(points, "beforeSteps");
    struct str on_failure = node_text_of(points, "onFailure");
    struct map seen;
    if (!points)
        return;
    if (on_failure.n == 0)
        fault_add(r->f, "invalid_value", "breakpoints.onFailure",
                  "invalid value: onFailure breakpoint is empty, it is only allowed to be set as enabled");
    else if (!str_is(on_failure, "enabled"))
        fault_add(r->f, "invalid_value", "breakpoints.onFailure",
                  "invalid value: %.*s is not a valid onFailure breakpoint value, onFailure breakpoint is only allowed "
                  "to be set as enabled",
                  STR_ARG(on_failure));
    map_init(&seen, r->a, node_count(before));
    for (size_t i = 0; i < node_count(before); i++) {
        struct str step = node_text(before->items[i]);
        size_t mark = r->f->count;
        if (map_add(&seen, step, i))
            continue;
        fault_add(r->f, "duplicate_name", "",
                  "before step must be unique, the same step: %.*s is defined multiple times at", STR_ARG(step));
        fault_via_item(r->f, mark, "breakpoints.beforeSteps", i);
    }
}

/* What is wrong with the declarations themselves. Tekton says it again for each task; it is the same each time. */
static void inline_declarations(const struct rules *r, const struct node *declared)
{
    rule_param_types(r, declared);
    rule_params_unique(r, declared);
    size_t mark = r->f->count;
    rule_param_enums(r, declared);
    fault_via(r->f, mark, "params");
    rule_param_names(r, declared);
}

static void task_run_params(const struct rules *r, const struct node *spec)
{
    const struct node *task = node_get(spec, "taskSpec"), *steps = node_get(task, "steps");
    struct inline_params in;
    if (!task)
        return;
    inline_init(&in, r);
    inline_given(&in, node_get(spec, "params"));
    if (!inline_declared(&in, node_get(task, "params")) || !steps)
        return;
    inline_declarations(r, in.declared);
    rule_steps_arrays(r, steps, in.declared);
    rule_steps_use_declared(r, steps, in.declared);
}

static void task_run_status(const struct rules *r, const struct node *spec)
{
    struct str status = node_text_of(spec, "status"), message = node_text_of(spec, "statusMessage");
    int64_t retries;
    if (status.n && !str_is(status, "TaskRunCancelled") && !str_is(status, "TaskRunPending"))
        fault_add(r->f, "invalid_value", "status", "invalid value: %.*s should be TaskRunCancelled or TaskRunPending",
                  STR_ARG(status));
    if (status.n == 0 && message.n)
        fault_add(
            r->f, "invalid_value", "statusMessage",
            "invalid value: statusMessage should not be set if status is not set, but it is currently set to %.*s",
            STR_ARG(message));
    if (!r->beta1 && node_int(node_get(spec, "retries"), &retries) && retries < 0)
        fault_add(r->f, "invalid_value", "retries", "invalid value: %lld should be >= 0", (long long)retries);
}

static void ref_and_spec(const struct rules *r, const struct node *spec, const char *ref, const char *inlined,
                         const char *where)
{
    const struct node *x = node_get(spec, ref), *y = node_get(spec, inlined);
    size_t mark = r->f->count;
    if (!x && !y)
        fault_neither(r->f, ref, inlined);
    if (x && y)
        fault_both(r->f, ref, inlined);
    if (y && inline_disabled(r, where))
        fault_disallowed(r->f, inlined);
    mark = r->f->count;
    if (x)
        rule_ref(r, x);
    fault_via(r->f, mark, ref);
}

static void negative(const struct rules *r, const int64_t *timeout, const char *path)
{
    if (!timeout || *timeout >= 0)
        return;
    struct str text = go_duration_text(r->a, *timeout);
    fault_add(r->f, "invalid_value", path, "invalid value: %.*s should be >= 0", STR_ARG(text));
}

void rule_task_run_spec(const struct rules *r, struct node *spec)
{
    struct node *task = node_get(spec, "taskSpec");
    ref_and_spec(r, spec, "taskRef", "taskSpec", "taskrun");
    size_t mark = r->f->count;
    if (task)
        rule_task_spec(r, task);
    fault_via(r->f, mark, "taskSpec");
    mark = r->f->count;
    rule_given_params(r, node_get(spec, "params"));
    fault_via(r->f, mark, "params");
    task_run_params(r, spec);
    mark = r->f->count;
    rule_workspace_bindings(r, node_get(spec, "workspaces"));
    fault_via(r->f, mark, "workspaces");
    mark = r->f->count;
    if (node_get(spec, "debug")) {
        rule_gate(r, "debug", GATE_ALPHA);
        breakpoints(r, node_get(spec, "debug"));
    }
    fault_via(r->f, mark, "debug");
    specs_of_steps(r, spec);
    task_run_status(r, spec);
    pod_env(r, node_get(spec, "podTemplate"));
    negative(r, timeout_of(r, spec, "timeout"), "timeout");
    if (r->beta1 && node_get(spec, "resources"))
        fault_disallowed(r->f, "resources");
}

/* A run that waits has not started. */
static void pending(const struct rules *r, const struct node *run, const char *kind)
{
    struct str status = node_text(node_path(run, "spec", "status", NULL));
    if (str_starts(status, kind) && str_is(str_from(status, strlen(kind)), "Pending") &&
        node_path(run, "status", "startTime", NULL))
        fault_add(r->f, "pending_after_start", "spec.status", "invalid value: %s cannot be Pending after it is started",
                  kind);
}

void rule_task_run(const struct rules *r, struct node *run)
{
    rule_metadata(r, run);
    pending(r, run, "TaskRun");
    size_t mark = r->f->count;
    rule_task_run_spec(r, node_get(run, "spec"));
    fault_via(r->f, mark, "spec");
}

/* ---- PipelineRun */

static void run_params(const struct rules *r, const struct node *spec)
{
    const struct node *params = node_get(spec, "params");
    size_t mark = r->f->count;
    rule_given_params(r, params);
    fault_via(r->f, mark, "params");
    for (size_t i = 0; i < node_count(params); i++) {
        struct texts all = {.a = r->a}, like = {.a = r->a};
        struct result_ref ref;
        bool any = false;
        param_expressions(&all, params->items[i]);
        for (size_t k = 0; k < all.count; k++) {
            if (reference_like_result(all.items[k]))
                texts_add(&like, all.items[k]);
            any = any || reference_result(r->a, all.items[k], &ref);
        }
        if (!any)
            continue;
        struct str list = go_list(r->a, like.items, like.count);
        mark = r->f->count;
        fault_add(r->f, "result_in_run", "value",
                  "invalid value: cannot use result expressions in %.*s as PipelineRun parameter values",
                  STR_ARG(list));
        fault_via_key(r->f, mark, "params", node_text_of(params->items[i], "name"));
    }
}

static bool collect_inline(struct inline_params *in, const struct node *spec, const struct node *pipeline)
{
    const struct node *tasks = node_get(pipeline, "tasks");
    inline_given(in, node_get(spec, "params"));
    if (!inline_declared(in, node_get(pipeline, "params")))
        return false;
    for (size_t i = 0; i < node_count(tasks); i++)
        if (!inline_task(in, node_get(tasks->items[i], "params")) ||
            !inline_declared(in, node_path(tasks->items[i], "taskSpec", "params", NULL)))
            return false;
    return true;
}

static void run_inline_params(const struct rules *r, const struct node *spec)
{
    const struct node *pipeline = node_get(spec, "pipelineSpec"), *tasks = node_get(pipeline, "tasks");
    struct inline_params in;
    bool told = false;
    if (!pipeline)
        return;
    inline_init(&in, r);
    if (!collect_inline(&in, spec, pipeline) || !tasks)
        return;
    for (size_t i = 0; i < tasks->count; i++) {
        const struct node *steps = node_path(tasks->items[i], "taskSpec", "steps", NULL);
        if (!steps)
            continue;
        if (!told)
            inline_declarations(r, in.declared);
        told = true;
        rule_steps_arrays(r, steps, in.declared);
        rule_steps_use_declared(r, steps, in.declared);
    }
    rule_pipeline_params(r, tasks, in.declared);
    rule_tasks_use_declared(r, tasks, in.declared);
}

/* A part's timeout against that of all: no longer, and none only if there is none. */
static void part_timeout(const struct rules *r, const int64_t *part, int64_t all, const char *limit, const char *path)
{
    if (!part || all == 0 || (*part <= all && *part != 0))
        return;
    struct str text = go_duration_text(r->a, *part);
    fault_add(r->f, "timeout_too_long", path, "invalid value: %.*s%s %s", STR_ARG(text),
              *part == 0 ? " (no timeout)" : "", limit);
}

static void timeouts(const struct rules *r, const struct node *spec)
{
    const struct node *all = node_get(spec, "timeouts");
    const int64_t *tasks = timeout_of(r, all, "tasks"), *finally = timeout_of(r, all, "finally");
    const int64_t *pipeline = timeout_of(r, all, "pipeline");
    /* Tekton takes the default's number of minutes for nanoseconds here. After SetDefaults nothing comes here. */
    int64_t most = pipeline ? *pipeline : DEFAULT_TIMEOUT_MINUTES, sum;
    const char *limit = pipeline ? "should be <= pipeline duration" : "should be <= default timeout duration";
    if (!all)
        return;
    negative(r, tasks, "timeouts.tasks");
    negative(r, finally, "timeouts.finally");
    negative(r, pipeline, "timeouts.pipeline");
    part_timeout(r, tasks, most, limit, "timeouts.tasks");
    part_timeout(r, finally, most, limit, "timeouts.finally");
    if (!tasks || !finally)
        return;
    if (__builtin_add_overflow(*tasks, *finally, &sum))
        sum = INT64_MIN;
    if (sum <= most)
        return;
    struct str x = go_duration_text(r->a, *tasks), y = go_duration_text(r->a, *finally);
    struct fault *one = fault_add(r->f, "timeout_too_long", "timeouts.tasks", "invalid value: %.*s + %.*s %s",
                                  STR_ARG(x), STR_ARG(y), limit);
    fault_path(one, STR("timeouts.finally"));
}

/* The timeout of one task's run against that of all tasks, else of the pipeline, else the default. */
static void run_spec_timeout(const struct rules *r, const struct node *one, const struct node *all)
{
    const int64_t *timeout = timeout_of(r, one, "timeout"), *tasks = timeout_of(r, all, "tasks");
    const int64_t *pipeline = timeout_of(r, all, "pipeline"), *limit = tasks ? tasks : pipeline;
    int64_t most = limit ? *limit : DEFAULT_TIMEOUT_MINUTES * MINUTE;
    if (!timeout)
        return;
    if (*timeout < 0 || most < 0) {
        negative(r, *timeout < 0 ? timeout : &most, "timeout");
        return;
    }
    if (most == 0 || *timeout <= most)
        return;
    struct str x = go_duration_text(r->a, *timeout), y = go_duration_text(r->a, most);
    fault_add(r->f, "timeout_too_long", "timeout", "invalid value: %.*s should be <= %s %.*s", STR_ARG(x),
              tasks      ? "pipeline tasks duration"
              : pipeline ? "pipeline duration"
                         : "default pipeline duration",
              STR_ARG(y));
}

static void task_run_specs(const struct rules *r, const struct node *spec)
{
    const struct node *list = node_get(spec, "taskRunSpecs");
    for (size_t i = 0; i < node_count(list); i++) {
        size_t mark = r->f->count;
        specs_of_steps(r, list->items[i]);
        pod_env(r, node_get(list->items[i], r->beta1 ? "taskPodTemplate" : "podTemplate"));
        run_spec_timeout(r, list->items[i], node_get(spec, "timeouts"));
        fault_via_item(r->f, mark, "taskRunSpecs", i);
    }
}

static void run_workspaces(const struct rules *r, const struct node *spec)
{
    const struct node *list = node_get(spec, "workspaces");
    struct map last;
    map_init(&last, r->a, node_count(list));
    for (size_t i = 0; i < node_count(list); i++) {
        struct str name = node_text_of(list->items[i], "name"), quoted = go_quote(r->a, name);
        size_t mark = r->f->count;
        rule_workspace_binding(r, list->items[i]);
        if (!map_add(&last, name, i)) {
            size_t *before = map_find(&last, name);
            fault_add(r->f, "duplicate_name", "name",
                      "workspace %.*s provided by pipelinerun more than once, at index %zu and %zu", STR_ARG(quoted),
                      *before, i);
            *before = i;
        }
        fault_via_item(r->f, mark, "workspaces", i);
    }
}

static void run_status(const struct rules *r, const struct node *spec)
{
    static const char *const known[] = {"", "Cancelled", "CancelledRunFinally", "StoppedRunFinally",
                                        "PipelineRunPending"};
    struct str status = node_text_of(spec, "status");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_is(status, known[i]))
            return;
    fault_add(r->f, "invalid_value", "status",
              "invalid value: %.*s should be Cancelled, CancelledRunFinally, StoppedRunFinally or PipelineRunPending",
              STR_ARG(status));
}

static void beta1_run(const struct rules *r, const struct node *spec)
{
    rule_propagated_workspaces(r, spec);
    negative(r, timeout_of(r, spec, "timeout"), "timeout");
    if (node_get(spec, "timeouts") && node_get(spec, "timeout")) {
        fault_disallowed(r->f, "timeout");
        fault_disallowed(r->f, "timeouts");
    }
    pod_env(r, node_get(spec, "podTemplate"));
    if (node_get(spec, "resources"))
        fault_disallowed(r->f, "resources");
}

void rule_pipeline_run_spec(const struct rules *r, struct node *spec)
{
    struct node *pipeline = node_get(spec, "pipelineSpec");
    ref_and_spec(r, spec, "pipelineRef", "pipelineSpec", "pipelinerun");
    size_t mark = r->f->count;
    if (pipeline)
        rule_pipeline_spec(r, pipeline);
    fault_via(r->f, mark, "pipelineSpec");
    run_params(r, spec);
    run_inline_params(r, spec);
    timeouts(r, spec);
    task_run_specs(r, spec);
    run_status(r, spec);
    run_workspaces(r, spec);
    if (r->beta1)
        beta1_run(r, spec);
    mark = r->f->count;
    pod_env(r, node_path(spec, "taskRunTemplate", "podTemplate", NULL));
    fault_via(r->f, mark, "taskRunTemplate");
}

void rule_pipeline_run(const struct rules *r, struct node *run)
{
    rule_metadata(r, run);
    pending(r, run, "PipelineRun");
    size_t mark = r->f->count;
    rule_pipeline_run_spec(r, node_get(run, "spec"));
    fault_via(r->f, mark, "spec");
}
