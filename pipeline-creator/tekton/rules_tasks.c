/* The tasks of a pipeline, each for itself. */
#include "pipeline-creator/tekton/rules.h"

static void task_name(const struct rules *r, const struct node *task)
{
    struct str name = node_text_of(task, "name"), quoted = go_quote(r->a, name);
    if (dns_label(name))
        return;
    struct fault *one = fault_add(r->f, "invalid_name", "name", "invalid value %.*s", STR_ARG(quoted));
    fault_details(r->f, one,
                  "Pipeline Task name must be a valid DNS Label.For more info refer to "
                  "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names");
}

static void ref_or_spec(const struct rules *r, const struct node *task)
{
    static const char *const fields[] = {"taskRef", "taskSpec", "pipelineRef", "pipelineSpec"};
    struct str given[4];
    size_t count = 0;
    for (size_t i = 0; i < 4; i++) {
        if (!node_get(task, fields[i]))
            continue;
        if (i >= 2)
            rule_gate(r, fields[i], GATE_ALPHA);
        given[count++] = str_of(fields[i]);
    }
    if (count == 1)
        return;
    struct fault *one = fault_no_path(r->f, count ? "more_than_one" : "not_one", "expected exactly one, got %s",
                                      count ? "multiple" : "neither");
    for (size_t i = 0; i < (count ? count : r->set->gate == GATE_ALPHA ? 4 : 2); i++)
        fault_path(one, count ? given[i] : str_of(fields[i]));
}

static void inline_specs(const struct rules *r, const struct node *task)
{
    if (!inline_disabled(r, "pipeline"))
        return;
    if (node_get(task, "taskSpec"))
        fault_disallowed(r->f, "taskSpec");
    if (node_get(task, "pipelineSpec"))
        fault_disallowed(r->f, "pipelineSpec");
}

static void embedded_or_type(const struct rules *r, const struct node *task)
{
    const struct node *spec = node_get(task, "taskSpec");
    if (node_count(node_get(spec, "steps")) == 0)
        return;
    if (node_text_of(spec, "apiVersion").n)
        fault_add(r->f, "type_of_embedded", "taskSpec.apiVersion",
                  "taskSpec.apiVersion cannot be specified when using taskSpec.steps");
    if (node_text_of(spec, "kind").n)
        fault_add(r->f, "type_of_embedded", "taskSpec.kind",
                  "taskSpec.kind cannot be specified when using taskSpec.steps");
}

static void on_error(const struct rules *r, const struct node *task)
{
    struct str value = node_text_of(task, "onError");
    int64_t retries = 0;
    if (value.n == 0 || str_starts(value, "$(params"))
        return;
    rule_gate(r, "OnError", GATE_BETA);
    if (!str_is(value, "continue") && !str_is(value, "stopAndFail")) {
        struct fault *one = fault_add(r->f, "invalid_value", "OnError", "invalid value: %.*s", STR_ARG(value));
        fault_details(r->f, one, "PipelineTask OnError must be either \"continue\" or \"stopAndFail\"");
    }
    if (str_is(value, "continue") && node_int(node_get(task, "retries"), &retries) && retries > 0)
        fault_no_path(r->f, "retries_and_continue",
                      "PipelineTask OnError cannot be set to \"continue\" when Retries is greater than 0");
}

/* ---- custom tasks: those with a kind or apiVersion that is not Tekton's own */

static bool custom(const struct node *target)
{
    struct str kind = node_text_of(target, "kind");
    return (kind.n && !str_is(kind, "Task")) || node_text_of(target, "apiVersion").n;
}

static bool group_and_version(struct str s)
{
    ptrdiff_t slash = str_find_char(s, '/');
    return slash > 0 && (size_t)slash + 1 < s.n && str_rfind_char(s, '/') == slash;
}

static void custom_target(const struct rules *r, const struct node *target, const char *what, const char *field)
{
    struct str version = node_text_of(target, "apiVersion"), quoted = go_quote(r->a, version);
    size_t mark = r->f->count;
    if (!target)
        return;
    if (node_text_of(target, "kind").n == 0)
        fault_add(r->f, "missing_field", "kind", "invalid value: custom task %s must specify kind", what);
    if (version.n == 0)
        fault_add(r->f, "missing_field", "apiVersion", "invalid value: custom task %s must specify apiVersion", what);
    else if (!group_and_version(version))
        fault_add(r->f, "invalid_api_version", "apiVersion",
                  "invalid value: invalid apiVersion format %.*s, must be in the format \"group/version\"",
                  STR_ARG(quoted));
    fault_via(r->f, mark, field);
}

/* ---- all of it */

static void own_task(const struct rules *r, const struct node *task)
{
    static const struct {
        const char *field;
        void (*ref)(const struct rules *r, const struct node *ref);
        void (*spec)(const struct rules *r, struct node *spec);
    } parts[] = {{"taskSpec", NULL, rule_task_spec},
                 {"taskRef", rule_ref, NULL},
                 {"pipelineRef", rule_ref, NULL},
                 {"pipelineSpec", NULL, rule_pipeline_spec}};
    for (size_t i = 0; i < (r->beta1 ? 2 : 4); i++) {
        struct node *part = node_get(task, parts[i].field);
        size_t mark = r->f->count;
        if (part && parts[i].ref)
            parts[i].ref(r, part);
        else if (part)
            parts[i].spec(r, part);
        fault_via(r->f, mark, parts[i].field);
    }
}

static void rule_one_task(const struct rules *r, const struct node *task)
{
    const struct node *ref = node_get(task, "taskRef"), *spec = node_get(task, "taskSpec");
    ref_or_spec(r, task);
    inline_specs(r, task);
    embedded_or_type(r, task);
    on_error(r, task);
    if (r->beta1 && node_get(task, "resources"))
        fault_disallowed(r->f, "resources");
    if (custom(ref) || custom(spec)) {
        custom_target(r, ref, "ref", "taskRef");
        custom_target(r, spec, "spec", "taskSpec");
    } else {
        own_task(r, task);
    }
}

void rule_pipeline_tasks(const struct rules *r, const struct node *tasks, struct map *names, const char *field)
{
    for (size_t i = 0; i < node_count(tasks); i++) {
        size_t mark = r->f->count;
        task_name(r, tasks->items[i]);
        if (!map_add(names, node_text_of(tasks->items[i], "name"), i))
            fault_both(r->f, "name", NULL);
        rule_one_task(r, tasks->items[i]);
        fault_via_item(r->f, mark, field, i);
    }
}

void task_all_params(const struct rules *r, const struct node *task, struct node *out)
{
    const struct node *params = node_get(task, "params"), *of_matrix = node_path(task, "matrix", "params", NULL);
    const struct node *include = node_path(task, "matrix", "include", NULL);
    for (size_t i = 0; i < node_count(params); i++)
        node_push(r->a, out, params->items[i]);
    for (size_t i = 0; i < node_count(of_matrix); i++)
        node_push(r->a, out, of_matrix->items[i]);
    for (size_t i = 0; i < node_count(include); i++) {
        const struct node *more = node_get(include->items[i], "params");
        for (size_t k = 0; k < node_count(more); k++)
            node_push(r->a, out, more->items[k]);
    }
}

size_t task_result_refs(const struct rules *r, const struct node *task, struct result_ref **out)
{
    struct node *params = node_seq(r->a);
    struct texts all = {.a = r->a};
    const struct node *when = node_get(task, "when"), *spec = node_get(task, "taskSpec");
    size_t count = 0;
    task_all_params(r, task, params);
    for (size_t i = 0; i < params->count; i++)
        param_expressions(&all, params->items[i]);
    for (size_t i = 0; i < node_count(when); i++)
        when_expressions(&all, when->items[i]);
    for (size_t k = 0; k < 2 && !r->beta1; k++) {
        const struct node *list = node_get(spec, k ? "sidecars" : "steps");
        for (size_t i = 0; i < node_count(list); i++)
            step_expressions(&all, list->items[i]);
    }
    *out = arena_array_of(r->a, all.count, struct result_ref);
    for (size_t i = 0; i < all.count; i++)
        if (reference_result(r->a, all.items[i], &(*out)[count]))
            count++;
    return count;
}
