#include "pipeline-creator/tekton/rules.h"

static bool artifact(struct str s)
{
    return reference_step_artifact(s) || reference_task_artifact(s);
}

static bool any_artifact(const struct node *list, const char *field)
{
    for (size_t i = 0; i < node_count(list); i++)
        if (artifact(field ? node_text_of(list->items[i], field) : node_text(list->items[i])))
            return true;
    return false;
}

/* False, with the fault, when the step uses artifacts and may not: then nothing else is said about it. */
static bool artifacts_allowed(const struct rules *r, const struct node *step)
{
    if (r->set->artifacts ||
        !(artifact(node_text_of(step, "script")) || any_artifact(node_get(step, "command"), NULL) ||
          any_artifact(node_get(step, "args"), NULL) || any_artifact(node_get(step, "env"), "value")))
        return true;
    fault_add(r->f, "feature_flag", "",
              "feature flag enable-artifacts should be set to true to use artifacts feature.");
    return false;
}

/* What a step that refers to a StepAction leaves to it. */
static void step_with_ref(const struct rules *r, const struct node *step)
{
    static const struct {
        const char *field, *called;
    } fields[] = {
        {"image", "image"},
        {"command", "command"},
        {"args", "args"},
        {"script", "script"},
        {"workingDir", "working dir"},
        {"env", "env"},
        {"volumeMounts", "volumeMounts"},
        {"results", "results"},
    };
    rule_ref(r, node_get(step, "ref"));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct node *value = node_get(step, fields[i].field);
        bool given = strcmp(fields[i].field, "env") == 0 ? value != NULL : node_count(value) || node_text(value).n;
        if (given)
            fault_add(r->f, "with_ref", fields[i].field, "%s cannot be used with Ref", fields[i].called);
    }
}

static void script_and_command(const struct rules *r, const struct node *step)
{
    if (node_text_of(step, "script").n && node_count(node_get(step, "command")))
        fault_add(r->f, "script_and_command", "script", "script cannot be used with command");
}

static void step_without_ref(const struct rules *r, const struct node *step)
{
    if (node_count(node_get(step, "params")))
        fault_add(r->f, "without_ref", "params", "params cannot be used without Ref");
    if (node_text_of(step, "image").n == 0)
        fault_missing(r->f, "Image");
    script_and_command(r, step);
}

static void step_name(const struct rules *r, const struct node *step)
{
    struct str name = node_text_of(step, "name");
    if (name.n == 0 || dns_label(name))
        return;
    struct str quoted = go_quote(r->a, name);
    struct fault *one = fault_add(r->f, "invalid_name", "name", "invalid value %.*s", STR_ARG(quoted));
    fault_details(r->f, one,
                  "Task step name must be a valid DNS Label, For more info refer to "
                  "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names");
}

static void step_mounts(const struct rules *r, const struct node *step)
{
    const struct node *mounts = node_get(step, "volumeMounts");
    for (size_t i = 0; i < node_count(mounts); i++) {
        struct str name = node_text_of(mounts->items[i], "name"), path = node_text_of(mounts->items[i], "mountPath");
        struct str clean = clean_path(r->a, path), quoted = go_quote(r->a, name), quoted_path = go_quote(r->a, path);
        size_t mark = r->f->count;
        if (str_starts(clean, "/tekton/") && !str_starts(clean, "/tekton/home"))
            fault_add(r->f, "reserved_mount", "mountPath",
                      "volumeMount cannot be mounted under /tekton/ (volumeMount %.*s mounted at %.*s)",
                      STR_ARG(quoted), STR_ARG(quoted_path));
        if (str_starts(name, "tekton-internal-"))
            fault_add(r->f, "reserved_mount", "name", "volumeMount name %.*s cannot start with \"tekton-internal-\"",
                      STR_ARG(quoted));
        fault_via_item(r->f, mark, "volumeMounts", i);
    }
}

static void step_on_error(const struct rules *r, const struct node *step)
{
    struct str on_error = node_text_of(step, "onError");
    if (on_error.n == 0 || str_starts(on_error, "$(params") || str_is(on_error, "continue") ||
        str_is(on_error, "stopAndFail"))
        return;
    struct fault *one = fault_add(r->f, "invalid_value", "onError", "invalid value: \"%.*s\"", STR_ARG(on_error));
    fault_details(r->f, one, "Task step onError must be either \"continue\" or \"stopAndFail\"");
}

static void step_alpha_features(const struct rules *r, const struct node *step)
{
    if (str_starts(str_trim(node_text_of(step, "script")), "#!win"))
        rule_gate(r, "windows script support", GATE_ALPHA);
    if (node_get(step, "stdoutConfig"))
        rule_gate(r, "step stdout stream support", GATE_ALPHA);
    if (node_get(step, "stderrConfig"))
        rule_gate(r, "step stderr stream support", GATE_ALPHA);
}

/* ---- references that are only allowed in some fields */

struct forbidden {
    bool (*found)(struct str s);
    const char *code, *message;
    bool in_script;
};

static void forbid(const struct rules *r, const struct forbidden *f, struct str value, const char *field)
{
    if (f->found(value))
        fault_add(r->f, f->code, field, "%s", f->message);
}

static void forbid_in_lists(const struct rules *r, const struct forbidden *f, const struct node *step)
{
    static const char *const lists[] = {"volumeMounts", "volumeDevices"};
    static const struct {
        size_t list;
        const char *field, *path;
    } fields[] = {
        {0, "name", "volumeMounts.name"},
        {0, "mountPath", "volumeMounts.mountPath"},
        {0, "subPath", "volumeMounts.subPath"},
        {1, "name", "volumeDevices.name"},
        {1, "devicePath", "volumeDevices.devicePath"},
    };
    for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++) {
        const struct node *list = node_get(step, lists[fields[k].list]);
        for (size_t i = 0; i < node_count(list); i++)
            forbid(r, f, node_text_of(list->items[i], fields[k].field), fields[k].path);
    }
}

static void forbid_in_step(const struct rules *r, const struct forbidden *f, const struct node *step)
{
    static const char *const fields[] = {"name", "image", "imagePullPolicy", "workingDir"};
    const struct node *env = node_get(step, "envFrom");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        forbid(r, f, node_text_of(step, fields[i]), fields[i]);
    if (f->in_script)
        forbid(r, f, node_text_of(step, "script"), "script");
    for (size_t i = 0; i < node_count(env); i++) {
        const struct node *from = env->items[i];
        forbid(r, f, node_text_of(from, "prefix"), "envFrom.prefix");
        forbid(r, f, node_text_of(node_get(from, "configMapRef"), "name"), "envFrom.configMapRef");
        forbid(r, f, node_text_of(node_get(from, "secretRef"), "name"), "envFrom.secretRef");
    }
    forbid_in_lists(r, f, step);
}

/* False when Tekton stops here, and forgets what it had found before. */
static bool step_timeout(const struct rules *r, const struct node *step, size_t mark)
{
    const int64_t *timeout = timeout_of(r, step, "timeout");
    if (!timeout || *timeout >= 0)
        return true;
    struct str text = go_duration_text(r->a, *timeout);
    r->f->count = mark;
    fault_add(r->f, "invalid_value", "negative timeout", "invalid value: %.*s", STR_ARG(text));
    return false;
}

static void step_name_unique(const struct rules *r, const struct node *step, size_t index, struct map *seen)
{
    struct str name = node_text_of(step, "name");
    if (name.n == 0 || map_add(seen, name, index))
        return;
    if (r->beta1)
        fault_add(r->f, "duplicate_name", "name", "invalid value: %.*s", STR_ARG(name));
    else
        fault_both(r->f, "name", NULL);
}

/* v1beta1 looks at the name only where it comes to it, v1 first of all. */
static void rule_step(const struct rules *r, const struct node *step, size_t index, struct map *seen)
{
    static const struct forbidden results = {
        reference_step_result, "step_result_here",
        "stepResult substitutions are only allowed in env, command and args. Found usage in", true};
    static const struct forbidden artifacts = {
        reference_step_artifact, "step_artifact_here",
        "stepArtifact substitutions are only allowed in env, command, args and script. Found usage in", false};
    size_t mark = r->f->count;
    if (!artifacts_allowed(r, step))
        return;
    if (node_get(step, "ref"))
        step_with_ref(r, step);
    else
        step_without_ref(r, step);
    if (r->beta1)
        step_name_unique(r, step, index, seen);
    step_name(r, step);
    if (!step_timeout(r, step, mark))
        return;
    step_mounts(r, step);
    step_on_error(r, step);
    step_alpha_features(r, step);
    forbid_in_step(r, &results, step);
    forbid_in_step(r, &artifacts, step);
}

void rule_steps(const struct rules *r, const struct node *steps)
{
    struct map seen;
    map_init(&seen, r->a, node_count(steps));
    for (size_t i = 0; i < node_count(steps); i++) {
        const struct node *step = steps->items[i], *results = node_get(step, "results");
        size_t mark = r->f->count;
        if (!r->beta1)
            step_name_unique(r, step, i, &seen);
        rule_step(r, step, i, &seen);
        rule_script_results(r, results, node_text_of(step, "script"), "step.results");
        rule_when(r, node_get(step, "when"));
        fault_via_index(r->f, mark, i);
        mark = r->f->count;
        rule_step_results(r, results);
        fault_via_index(r->f, mark, i);
        fault_via(r->f, mark, "results");
    }
}

void rule_sidecars(const struct rules *r, const struct node *sidecars)
{
    for (size_t i = 0; i < node_count(sidecars); i++) {
        const struct node *sidecar = sidecars->items[i];
        if (str_is(node_text_of(sidecar, "name"), "tekton-log-results"))
            fault_add(r->f, "reserved_name", r->beta1 ? "" : "name",
                      "Invalid: cannot use reserved sidecar name tekton-log-results ");
        if (r->beta1)
            continue;
        if (node_text_of(sidecar, "image").n == 0)
            fault_missing(r->f, "image");
        script_and_command(r, sidecar);
    }
}
