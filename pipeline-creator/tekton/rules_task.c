#include "pipeline-creator/tekton/rules.h"

static void volumes(const struct rules *r, const struct node *list)
{
    struct map seen;
    map_init(&seen, r->a, node_count(list));
    for (size_t i = 0; i < node_count(list); i++) {
        struct str name = node_text_of(list->items[i], "name"), quoted = go_quote(r->a, name);
        size_t mark = r->f->count;
        if (map_add(&seen, name, i))
            continue;
        fault_add(r->f, "duplicate_name", "name", "multiple volumes with same name %.*s", STR_ARG(quoted));
        fault_via_index(r->f, mark, i);
    }
}

/* Runs a rule and puts `field` before what it found. */
static void under(const struct rules *r, const char *field, void (*rule)(const struct rules *, const struct node *),
                  const struct node *n)
{
    size_t mark = r->f->count;
    rule(r, n);
    fault_via(r->f, mark, field);
}

void rule_task_spec(const struct rules *r, struct node *spec)
{
    struct node *steps = node_get(spec, "steps");
    const struct node *params = node_get(spec, "params"), *results = node_get(spec, "results");
    if (node_count(steps) == 0)
        fault_missing(r->f, "steps");
    under(r, "volumes", volumes, node_get(spec, "volumes"));
    under(r, "workspaces", rule_declared_workspaces, spec);
    rule_workspace_usages(r, spec);
    template_merge(r->a, steps, node_get(spec, "stepTemplate"));
    under(r, "steps", rule_steps, steps);
    under(r, "sidecars", rule_sidecars, node_get(spec, "sidecars"));
    under(r, "params", rule_param_types, params);
    rule_params_unique(r, params);
    under(r, "params", rule_param_enums, params);
    rule_param_names(r, params);
    rule_steps_arrays(r, steps, params);
    rule_steps_context(r, steps);
    rule_task_script_results(r, steps, results);
    under(r, "results", rule_task_results, results);
    if (r->beta1 && node_get(spec, "resources"))
        fault_disallowed(r->f, "resources");
}

void rule_task(const struct rules *r, struct node *task)
{
    struct node *spec = node_get(task, "spec");
    rule_metadata(r, task);
    size_t mark = r->f->count;
    rule_task_spec(r, spec);
    rule_steps_use_declared(r, node_get(spec, "steps"), node_get(spec, "params"));
    fault_via(r->f, mark, "spec");
}

/* ---- StepAction */

static void action_script(const struct rules *r, const struct node *spec)
{
    struct str script = node_text_of(spec, "script"), first;
    if (script.n == 0)
        return;
    if (node_count(node_get(spec, "command")))
        fault_add(r->f, "script_and_command", "script", "script cannot be used with command");
    if (str_starts(str_trim(script), "#!win"))
        rule_gate(r, "windows script support", GATE_ALPHA);
    if (reference_count(script, "params", &first))
        fault_add(r->f, "param_in_script", "script", "param substitution in scripts is not allowed.");
}

/* The name of each mount is one parameter. Tekton stops at the first that is not. */
static void action_mounts(const struct rules *r, const struct node *spec)
{
    const struct node *mounts = node_get(spec, "volumeMounts");
    struct map names = item_names(r, node_get(spec, "params"));
    for (size_t i = 0; i < node_count(mounts); i++) {
        struct str name = node_text_of(mounts->items[i], "name"), first = STR("");
        size_t mark = r->f->count;
        bool single = reference_count(name, "params", &first) == 1 && str_eq(first, name);
        if (single)
            reference_known(r->f, name, "params", &names);
        else
            fault_details(r->f, fault_add(r->f, "invalid_value", "name", "invalid value: %.*s", STR_ARG(name)),
                          "expect the Name to be a single param reference");
        fault_via_item(r->f, mark, "volumeMounts", i);
        if (!single)
            return;
    }
}

static void action_spec(const struct rules *r, const struct node *spec)
{
    const struct node *params = node_get(spec, "params"), *results = node_get(spec, "results");
    struct str script = node_text_of(spec, "script");
    if (node_text_of(spec, "image").n == 0)
        fault_missing(r->f, "Image");
    action_script(r, spec);
    rule_action_uses_declared(r, spec, params);
    under(r, "params", rule_param_types, params);
    rule_params_unique(r, params);
    rule_param_names(r, params);
    rule_action_arrays(r, spec, params);
    if (r->alpha1)
        rule_default_references(r, params);
    struct node *none = node_seq(r->a);
    rule_script_results(r, results ? results : none, script, "step.results");
    rule_script_results(r, results ? results : none, script, "results");
    under(r, "results", rule_step_results, results);
    action_mounts(r, spec);
}

void rule_step_action(const struct rules *r, const struct node *action)
{
    rule_metadata(r, action);
    under(r, "spec", action_spec, node_get(action, "spec"));
}

/* ---- CustomRun: one fault at a time */

static bool custom_target(const struct rules *r, const struct node *spec, const char *field)
{
    static const char *const wanted[] = {"apiVersion", "kind"};
    const struct node *target = node_get(spec, field);
    for (size_t i = 0; target && i < 2; i++) {
        if (node_text_of(target, wanted[i]).n)
            continue;
        struct fault *one = fault_no_path(r->f, "missing_field", "missing field(s)");
        fault_path(one, str_printf(r->a, "spec.%s.%s", field, wanted[i]));
        return false;
    }
    return true;
}

static bool custom_spec(const struct rules *r, const struct node *spec)
{
    bool ref = node_get(spec, "customRef"), inlined = node_get(spec, "customSpec");
    struct str message = node_text_of(spec, "statusMessage");
    if (object_empty(spec))
        fault_missing(r->f, "spec");
    else if (ref && inlined)
        fault_both(r->f, "spec.customRef", "spec.customSpec");
    else if (!ref && !inlined)
        fault_neither(r->f, "spec.customRef", "spec.customSpec");
    else if (!custom_target(r, spec, "customRef") || !custom_target(r, spec, "customSpec"))
        return false;
    else if (node_text_of(spec, "status").n == 0 && message.n)
        fault_add(
            r->f, "invalid_value", "statusMessage",
            "invalid value: statusMessage should not be set if status is not set, but it is currently set to %.*s",
            STR_ARG(message));
    else
        return true;
    return false;
}

void rule_custom_run(const struct rules *r, const struct node *run)
{
    const struct node *spec = node_get(run, "spec");
    size_t mark = r->f->count;
    rule_metadata(r, run);
    if (r->f->count > mark || !custom_spec(r, spec))
        return;
    under(r, "spec.params", rule_given_params, node_get(spec, "params"));
    if (r->f->count == mark)
        under(r, "spec.workspaces", rule_workspace_bindings, node_get(spec, "workspaces"));
}
