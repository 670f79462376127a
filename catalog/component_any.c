/* Which reader a component's document is for. */
#include "catalog/check.h"
#include "catalog/component_formats.h"
#include "catalog/recognise.h"

static enum status unsupported(struct problems *ps, const struct node *document, struct str path, const char *what)
{
    check_error(ps, "unsupported_format", path, document,
                "a component is a ComponentSpec, a Tekton Task or StepAction, or a custom task",
                "%s cannot be used as a component", what);
    return ERR_INVALID;
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
    return unsupported(ps, document, path, "a Kubernetes object of this kind");
}

enum status component_read_any(struct arena *a, const struct node *document, struct str path, struct component *out,
                               struct problems *ps)
{
    *out = (struct component){.document = document};
    if (!node_is_map(document) || node_get(document, "implementation"))
        return component_read(a, document, path, out, ps);
    if (node_get(document, "apiVersion") && node_get(document, "kind"))
        return read_object(a, document, path, out, ps);
    if (node_get(document, "pipelineInfo") || node_get(document, "pipelineSpec"))
        return unsupported(ps, document, path, "KFP v2 pipeline IR");
    if (node_get(document, "doc_type") && node_get(document, "pipelines"))
        return unsupported(ps, document, path, "an Elyra pipeline");
    return component_read(a, document, path, out, ps);
}
