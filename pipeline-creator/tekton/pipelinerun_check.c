/* What a PipelineRun may ask of an engine that has no cluster. */
#include "pipeline-creator/tekton/pipelinerun.h"

static enum status unsupported(struct err *e, const char *code, struct str task, const char *what, const char *hint)
{
    enum status s = task.n ? err_set(e, ERR_UNSUPPORTED, code, "task %.*s %s", STR_ARG(task), what)
                           : err_set(e, ERR_UNSUPPORTED, code, "the run %s", what);
    return s ? err_hint(e, "%s", hint) : OK;
}

static const char use_cluster[] = "Run it on a cluster with Tekton.";

/* What a pod template says about nodes, images and accounts has no meaning here; what programs would see has. */
static enum status check_template(const struct node *template, struct err *e)
{
    if (node_count(node_get(template, "env")))
        return unsupported(e, "unsupported_env", STR_NONE, "sets variables by a pod template",
                           "Set them on the tasks, or run it on a cluster with Tekton.");
    if (node_count(node_get(template, "volumes")))
        return unsupported(e, "unsupported_volume", STR_NONE, "has volumes of a pod template", use_cluster);
    return OK;
}

static enum status check_templates(const struct node *spec, struct err *e)
{
    const struct node *each = node_get(spec, "taskRunSpecs");
    enum status s = check_template(node_path(spec, "taskRunTemplate", "podTemplate", NULL), e);
    s = s ? s : check_template(node_get(spec, "podTemplate"), e); /* v1beta1 */
    for (size_t i = 0; !s && i < node_count(each); i++) {
        s = check_template(node_get(node_at(each, i), "podTemplate"), e);
        s = s ? s : check_template(node_get(node_at(each, i), "taskPodTemplate"), e);
    }
    return s;
}

enum status prun_check_run(const struct node *run, struct err *e)
{
    struct str version = node_text_of(run, "apiVersion"), kind = node_text_of(run, "kind");
    if (!str_is(kind, "PipelineRun") || (!str_is(version, "tekton.dev/v1") && !str_is(version, "tekton.dev/v1beta1")))
        return err_set(e, ERR_INVALID, "not_a_pipelinerun", "a tekton.dev/v1 PipelineRun is needed, not %.*s %.*s",
                       STR_ARG(version), STR_ARG(kind));
    const struct node *spec = node_get(run, "spec");
    if (node_get(spec, "pipelineRef"))
        return unsupported(e, "unsupported_pipeline_ref", STR_NONE, "refers to a pipeline that is not part of it",
                           "Put the Pipeline into the same file, or embed it as pipelineSpec.");
    if (!node_is_map(node_get(spec, "pipelineSpec")))
        return err_set(e, ERR_INVALID, "no_pipeline", "the run has neither pipelineSpec nor pipelineRef");
    if (node_text_of(spec, "status").n)
        return unsupported(e, "unsupported_status", STR_NONE, "sets spec.status", "Take spec.status out.");
    if (node_text_of(spec, "managedBy").n && !str_is(node_text_of(spec, "managedBy"), "tekton.dev/pipeline"))
        return unsupported(e, "unsupported_managed_by", STR_NONE, "is managed by another controller", use_cluster);
    return check_templates(spec, e);
}

static enum status check_volumes(const struct prun_task *t, struct err *e)
{
    const struct node *list = node_get(t->spec, "volumes");
    for (size_t i = 0; i < node_count(list); i++)
        if (!node_get(node_at(list, i), "emptyDir"))
            return unsupported(e, "unsupported_volume", t->name, "has a volume that is not an emptyDir",
                               "Use a workspace or an emptyDir; config maps, secrets, claims and host paths need a "
                               "cluster.");
    return OK;
}

static enum status check_env(const struct prun_task *t, const struct node *step, struct err *e)
{
    if (node_count(node_get(step, "envFrom")))
        return unsupported(e, "unsupported_env", t->name, "takes environment from a config map or secret", use_cluster);
    const struct node *env = node_get(step, "env");
    for (size_t i = 0; i < node_count(env); i++) {
        const struct node *from = node_get(node_at(env, i), "valueFrom");
        if (from && !node_get(from, "fieldRef"))
            return unsupported(e, "unsupported_env", t->name,
                               "takes an environment variable from a secret, a config map or a resource", use_cluster);
    }
    return OK;
}

static enum status check_when(struct str task, const struct node *when, struct err *e)
{
    for (size_t i = 0; i < node_count(when); i++) {
        const struct node *w = node_at(when, i);
        if (node_get(w, "cel"))
            return unsupported(e, "unsupported_cel", task, "has a CEL condition, which Tekton calls alpha",
                               "Use input, operator and values.");
        struct str op = node_text_of(w, "operator");
        if (!str_is(op, "in") && !str_is(op, "notin"))
            return err_set(e, ERR_INVALID, "bad_when", "task %.*s: the operator of a condition is in or notin",
                           STR_ARG(task));
    }
    return OK;
}

static enum status check_step(struct arena *a, const struct prun_task *t, size_t i, struct err *e)
{
    const struct node *step = prun_step(a, t, i);
    struct str script = node_text_of(step, "script");
    if (!node_is_map(step))
        return err_set(e, ERR_INVALID, "bad_step", "task %.*s: step %zu is not a map", STR_ARG(t->name), i + 1);
    if (node_get(step, "ref"))
        return unsupported(e, "unsupported_step_ref", t->name, "refers to a StepAction that is not part of the run",
                           "Put the StepAction into the same file.");
    if (node_get(step, "stdoutConfig") || node_get(step, "stderrConfig"))
        return unsupported(e, "unsupported_stream", t->name, "redirects a stream, which Tekton calls alpha",
                           "Redirect in the script.");
    if (str_starts(script, "#!win"))
        return unsupported(e, "unsupported_windows", t->name, "has a script for Windows", use_cluster);
    if (!script.n && !node_count(node_get(step, "command")))
        return unsupported(e, "unsupported_entrypoint", t->name,
                           "has a step with neither script nor command: what its image starts is not known here",
                           "Give the step a command.");
    enum status s = check_env(t, step, e);
    return s ? s : check_when(t->name, node_get(step, "when"), e);
}

struct alpha {
    bool artifacts;
};

static void see_alpha(void *context, const struct subst_ref *ref)
{
    struct alpha *found = context;
    struct str kind = ref->parts > 1 ? ref->part[1] : STR_NONE;
    if ((str_is(ref->part[0], "step") || str_is(ref->part[0], "artifacts")) &&
        (str_is(kind, "artifacts") || str_is(kind, "path")))
        found->artifacts = true;
    if (ref->parts > 2 && str_is(ref->part[0], "tasks") &&
        (str_is(ref->part[2], "outputs") || str_is(ref->part[2], "inputs")))
        found->artifacts = true;
}

static enum status check_reference(const struct prun_task *t, struct err *e)
{
    const struct node *ref = node_get(t->node, "taskRef"), *spec = t->spec;
    if (node_get(ref, "apiVersion") && !str_starts(node_text_of(ref, "apiVersion"), "tekton.dev/"))
        return unsupported(e, "unsupported_custom_task", t->name, "is a custom task, which needs its controller",
                           use_cluster);
    if (node_get(ref, "resolver") || node_get(ref, "bundle"))
        return unsupported(e, "unsupported_resolver", t->name, "is fetched by a resolver of the cluster", use_cluster);
    if (ref)
        return unsupported(e, "unsupported_task_ref", t->name, "refers to a Task that is not part of the run",
                           "Put the Task into the same file, or embed it as taskSpec.");
    if (node_get(t->node, "pipelineSpec") || node_get(t->node, "pipelineRef"))
        return unsupported(e, "unsupported_child_pipeline", t->name,
                           "is a pipeline in a pipeline, which Tekton calls alpha", "Write its tasks out.");
    if (!node_is_map(spec))
        return err_set(e, ERR_INVALID, "no_task_spec", "task %.*s has no taskSpec", STR_ARG(t->name));
    struct str kind = node_text_of(spec, "kind");
    if (node_get(spec, "apiVersion") && kind.n && !str_is(kind, "Task"))
        return unsupported(e, "unsupported_custom_task", t->name, "is a custom task, which needs its controller",
                           use_cluster);
    return OK;
}

enum status prun_check_task(struct arena *a, const struct prun_task *t, struct err *e)
{
    enum status s = check_reference(t, e);
    if (s)
        return s;
    size_t steps = prun_step_count(t);
    if (!steps || steps > PRUN_MAX_STEPS)
        return err_set(e, ERR_INVALID, "bad_steps", "task %.*s must have 1 to %d steps", STR_ARG(t->name),
                       PRUN_MAX_STEPS);
    if (node_count(node_get(t->spec, "sidecars")))
        return unsupported(e, "unsupported_sidecar", t->name, "has sidecars", use_cluster);
    struct alpha found = {false};
    subst_each(t->node, see_alpha, &found);
    if (found.artifacts)
        return unsupported(e, "unsupported_artifacts", t->name, "uses Tekton's artifacts, which are alpha",
                           "Use results or a workspace.");
    s = check_volumes(t, e);
    s = s ? s : check_when(t->name, node_get(t->node, "when"), e);
    for (size_t i = 0; !s && i < steps; i++)
        s = check_step(a, t, i, e);
    return s;
}
