/* Which reader a component's document is for. */
#include "catalog/check.h"
#include "catalog/component_formats.h"
#include "catalog/reading.h"
#include "catalog/recognise.h"

static enum status unsupported(struct problems *ps, const struct node *document, struct str path, const char *what)
{
    check_error(ps, "unsupported_format", path, document,
                "a component is a ComponentSpec, a Tekton Task or StepAction, or a custom task",
                "%s cannot be used as a component", what);
    return ERR_INVALID;
}

/* A custom task: Tekton makes a CustomRun of it, for a controller that knows the kind. */
static enum status read_custom(struct arena *a, const struct node *document, struct str path, struct component *out,
                               struct problems *ps)
{
    static const char *const known[] = {"apiVersion", "kind", "metadata", "spec", NULL};
    size_t errors = ps->errors;
    const struct node *metadata = check_map(ps, document, path, "metadata");
    struct str at = pointer_key(a, path, STR("metadata"));
    check_known(ps, document, path, known);
    (void)check_map(ps, document, path, "spec");
    out->name = check_text(ps, metadata, at, "name");
    out->annotations = check_map(ps, metadata, at, "annotations");
    out->labels = check_map(ps, metadata, at, "labels");
    out->custom = document;
    return ps->errors > errors ? ERR_INVALID : OK;
}

static enum status read_object(struct arena *a, const struct node *document, struct str path, struct component *out,
                               struct problems *ps)
{
    struct str api = node_text_of(document, "apiVersion");
    if (kubernetes_is(document, "tekton.dev", "Task") || kubernetes_is(document, "tekton.dev", "StepAction")) {
        if (str_is(api, "tekton.dev/v1") || str_is(api, "tekton.dev/v1beta1") || str_is(api, "tekton.dev/v1alpha1"))
            return component_read_tekton(a, document, path, out, ps);
        check_error(ps, "unsupported_version", pointer_key(a, path, STR("apiVersion")),
                    node_get(document, "apiVersion"), "use apiVersion: tekton.dev/v1", "Tekton has no Task of %.*s",
                    STR_ARG(api));
        return ERR_INVALID;
    }
    static const char *const others[] = {
        "Pipeline",         "PipelineRun",        "TaskRun",       "ClusterTask",     "CustomRun",      "Run",
        "PipelineResource", "VerificationPolicy", "EventListener", "TriggerTemplate", "TriggerBinding", "Trigger"};
    ptrdiff_t slash = str_find_char(api, '/');
    struct str group = str_sub(api, 0, slash < 0 ? 0 : (size_t)slash);
    bool custom = str_find_char(group, '.') > 0 && !str_ends(group, ".k8s.io");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        custom = custom && !(str_ends(group, "tekton.dev") && str_is(node_text_of(document, "kind"), others[i]));
    if (!custom)
        return unsupported(ps, document, path, "a Kubernetes object of this kind");
    return read_custom(a, document, path, out, ps);
}

enum status component_read_any(struct arena *a, const struct node *document, struct str path, struct component *out,
                               struct problems *ps)
{
    *out = (struct component){.document = document};
    if (!node_is_map(document) || node_get(document, "implementation"))
        return component_read(a, document, path, out, ps);
    if (node_get(document, "apiVersion") && node_get(document, "kind"))
        return read_object(a, document, path, out, ps);
    if (node_get(document, "pipelineInfo") || node_get(document, "deploymentSpec"))
        return ir_is_component(document) ? component_read_ir(a, document, path, out, ps)
                                         : unsupported(ps, document, path, "a KFP v2 pipeline of several tasks");
    if (node_get(document, "doc_type") && node_get(document, "pipelines"))
        return unsupported(ps, document, path, "an Elyra pipeline");
    return component_read(a, document, path, out, ps);
}
