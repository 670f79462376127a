#include "catalog/recognise.h"

#include "catalog/check.h"
#include "catalog/reading.h"

static const struct {
    const char *name;
    enum asset_kind kind;
} FORMATS[FORMAT_COUNT] = {
    [FORMAT_COMPONENT_V1] = {"kfp-component-v1", KIND_COMPONENT},
    [FORMAT_COMPONENT_V2] = {"kfp-component-v2", KIND_COMPONENT},
    [FORMAT_TEKTON_TASK] = {"tekton-task", KIND_COMPONENT},
    [FORMAT_TEKTON_STEPACTION] = {"tekton-stepaction", KIND_COMPONENT},
    [FORMAT_GRAPH] = {"component-graph", KIND_PIPELINE},
    [FORMAT_KFP_IR] = {"kfp-ir", KIND_PIPELINE},
    [FORMAT_TEKTON_PIPELINE] = {"tekton-pipeline", KIND_PIPELINE},
    [FORMAT_TEKTON_PIPELINERUN] = {"tekton-pipelinerun", KIND_PIPELINE},
    [FORMAT_ELYRA] = {"elyra-pipeline", KIND_PIPELINE},
    [FORMAT_MLX_MODEL] = {"mlx-model", KIND_MODEL},
    [FORMAT_MLX_NOTEBOOK] = {"mlx-notebook", KIND_NOTEBOOK},
    [FORMAT_IPYNB] = {"ipynb", KIND_NOTEBOOK},
    [FORMAT_OLM_BUNDLE] = {"olm-bundle", KIND_OPERATOR},
    [FORMAT_MANIFESTS] = {"operator-manifests", KIND_OPERATOR},
    [FORMAT_MLX_DATASET] = {"mlx-dataset", KIND_DATASET},
};

static const char *const KINDS[KIND_COUNT] = {"component", "pipeline", "model", "notebook", "operator", "dataset"};

const char *kind_name(enum asset_kind k)
{
    return (unsigned)k < KIND_COUNT ? KINDS[k] : "?";
}

bool kind_parse(struct str s, enum asset_kind *out)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (str_is(s, KINDS[i])) {
            *out = (enum asset_kind)i;
            return true;
        }
    }
    return false;
}

const char *format_name(enum asset_format f)
{
    return (unsigned)f < FORMAT_COUNT ? FORMATS[f].name : "?";
}

enum asset_kind format_kind(enum asset_format f)
{
    return (unsigned)f < FORMAT_COUNT ? FORMATS[f].kind : KIND_COUNT;
}

/* ---- Kubernetes objects */

static bool is_object(const struct node *n)
{
    return node_is_string(node_get(n, "apiVersion")) && node_is_string(node_get(n, "kind"));
}

static const struct node *object_list(const struct node *document)
{
    if (node_is_seq(document))
        return document;
    return str_is(node_text_of(document, "kind"), "List") ? node_get(document, "items") : NULL;
}

const struct node *kubernetes_object(struct node *const *documents, size_t count, size_t n)
{
    for (size_t i = 0; i < count; i++) {
        const struct node *list = object_list(documents[i]);
        size_t here = node_is_seq(list) ? list->count : 1;
        if (n < here)
            return node_is_seq(list) ? list->items[n] : documents[i];
        n -= here;
    }
    return NULL;
}

bool kubernetes_is(const struct node *object, const char *group, const char *kind)
{
    struct str api = node_text_of(object, "apiVersion");
    ptrdiff_t slash = str_find_char(api, '/');
    return slash > 0 && str_is(str_sub(api, 0, (size_t)slash), group) && str_is(node_text_of(object, "kind"), kind);
}

static enum status unsupported(struct err *e, const struct node *n, const char *code, const char *why, const char *hint)
{
    struct str api = utf8_cut(node_text_of(n, "apiVersion"), 80), kind = utf8_cut(node_text_of(n, "kind"), 80);
    err_set(e, ERR_INVALID, code, "a Kubernetes object of kind %.*s (%.*s) %s", STR_ARG(kind), STR_ARG(api), why);
    e->line = n->line;
    e->column = n->column;
    return hint ? err_hint(e, "%s", hint) : ERR_INVALID;
}

/* Kinds that people try and that something of ours stands for. */
static const struct {
    const char *group, *kind, *hint;
} RELATIVES[] = {
    {"tekton.dev", "TaskRun", "publish the Task that it runs"},
    {"tekton.dev", "ClusterTask", "change kind to Task"},
    {"tekton.dev", "PipelineResource", "Tekton has removed PipelineResources; use params and workspaces"},
    {"custom.tekton.dev", "PipelineLoop", "publish the PipelineRun that it belongs to"},
    {"argoproj.io", "Workflow", "compile the pipeline with the KFP SDK v2, or for Tekton"},
    {"argoproj.io", "WorkflowTemplate", "compile the pipeline with the KFP SDK v2, or for Tekton"},
    {"pipelines.kubeflow.org", "PipelineVersion", "publish what is under spec.pipelineSpec"},
    {"com.ie.ibm.hpsys", "Dataset", "an asset of kind dataset is a YAML map of name, format, repository and license"},
    {"datashim.io", "Dataset", "an asset of kind dataset is a YAML map of name, format, repository and license"},
    {"serving.kserve.io", "InferenceService", "an asset of kind model is a YAML map with a model_identifier"},
};

static const struct {
    const char *kind, *versions[3];
    enum asset_format format;
} TEKTON[] = {
    {"Task", {"tekton.dev/v1", "tekton.dev/v1beta1", NULL}, FORMAT_TEKTON_TASK},
    {"StepAction", {"tekton.dev/v1beta1", "tekton.dev/v1alpha1", NULL}, FORMAT_TEKTON_STEPACTION},
    {"Pipeline", {"tekton.dev/v1", "tekton.dev/v1beta1", NULL}, FORMAT_TEKTON_PIPELINE},
    {"PipelineRun", {"tekton.dev/v1", "tekton.dev/v1beta1", NULL}, FORMAT_TEKTON_PIPELINERUN},
};

static enum status recognise_object(const struct node *n, struct recognised *out, struct err *e)
{
    for (size_t i = 0; i < sizeof TEKTON / sizeof TEKTON[0]; i++) {
        if (!kubernetes_is(n, "tekton.dev", TEKTON[i].kind))
            continue;
        for (size_t k = 0; TEKTON[i].versions[k]; k++) {
            if (str_is(node_text_of(n, "apiVersion"), TEKTON[i].versions[k])) {
                out->format = TEKTON[i].format;
                return OK;
            }
        }
        unsupported(e, n, "unsupported_version", "is of a version that is not read", NULL);
        return err_hint(e, "use apiVersion: %s", TEKTON[i].versions[0]);
    }
    for (size_t i = 0; i < sizeof RELATIVES / sizeof RELATIVES[0]; i++)
        if (kubernetes_is(n, RELATIVES[i].group, RELATIVES[i].kind))
            return unsupported(e, n, "unsupported_kind", "is not an asset", RELATIVES[i].hint);
    if (out->has_crd || out->has_deployment)
        return unsupported(e, n, "incomplete_operator", "is a part of an operator",
                           "an operator is a ClusterServiceVersion, or CustomResourceDefinitions with a Deployment");
    return unsupported(
        e, n, "unsupported_kind", "is not an asset",
        "taken are Tekton's Task, StepAction, Pipeline and PipelineRun, OLM's ClusterServiceVersion, and "
        "CustomResourceDefinitions with a Deployment");
}

static enum status recognise_objects(struct node *const *documents, size_t count, struct recognised *out, struct err *e)
{
    const struct node *n, *first = kubernetes_object(documents, count, 0);
    size_t objects = 0;
    for (; (n = kubernetes_object(documents, count, objects)); objects++) {
        if (kubernetes_is(n, "operators.coreos.com", "ClusterServiceVersion")) {
            out->format = FORMAT_OLM_BUNDLE;
            return OK;
        }
        out->has_crd = out->has_crd || kubernetes_is(n, "apiextensions.k8s.io", "CustomResourceDefinition");
        out->has_deployment = out->has_deployment || kubernetes_is(n, "apps", "Deployment");
    }
    if (out->has_crd && out->has_deployment) {
        out->format = FORMAT_MANIFESTS;
        return OK;
    }
    enum status s = recognise_object(first, out, e);
    if (objects == 1 || s != OK)
        return s;
    n = kubernetes_object(documents, count, 1);
    struct str a = utf8_cut(node_text_of(first, "kind"), 80), b = utf8_cut(node_text_of(n, "kind"), 80);
    err_set(e, ERR_INVALID, "several_documents", "the file has %zu documents, the first two being a %.*s and a %.*s",
            objects, STR_ARG(a), STR_ARG(b));
    e->line = n ? n->line : 0;
    e->column = n ? n->column : 0;
    return err_hint(e, "publish each of them by itself");
}

/* ---- plain maps */

static bool has(const struct node *n, const char *key)
{
    return node_get(n, key) != NULL;
}

static bool looks_like_ir(const struct node *n)
{
    return has(n, "pipelineInfo") || (has(n, "root") && (has(n, "deploymentSpec") || has(n, "components"))) ||
           (has(n, "deploymentSpec") && has(n, "schemaVersion"));
}

static bool looks_like_component(const struct node *n)
{
    return has(n, "implementation") || (has(n, "name") && has(n, "inputs") && has(n, "outputs"));
}

static bool looks_like_dataset(const struct node *n)
{
    bool place = node_is_map(node_get(n, "repository")) || node_is_seq(node_get(n, "content"));
    return place && (has(n, "license") || has(n, "domain") || has(n, "format"));
}

static bool looks_like_model(const struct node *n)
{
    return has(n, "model_identifier") || (has(n, "framework") && (has(n, "train") || has(n, "serve")));
}

static enum status not_recognised(const struct node *n, struct err *e)
{
    static const char *const known[] = {"implementation", "pipelineInfo",     "apiVersion", "doc_type",
                                        "nbformat",       "model_identifier", "repository", NULL};
    if (!node_is_map(n)) {
        err_set(e, ERR_INVALID, "not_recognised", "the document is a %s; every asset is a map", node_kind_name(n));
    } else if (has(n, "pipelineSpec") || has(n, "pipeline_spec")) {
        const char *key = has(n, "pipelineSpec") ? "pipelineSpec" : "pipeline_spec";
        err_set(e, ERR_INVALID, "not_recognised", "the document wraps a pipeline in %s", key);
        e->line = n->line;
        e->column = n->column;
        return err_hint(e, "publish what is under %s", key);
    } else {
        err_set(e, ERR_INVALID, "not_recognised",
                "the map has none of the keys that tell an asset: implementation (component or graph), pipelineInfo "
                "and root (KFP), apiVersion and kind (Tekton, OLM), doc_type (Elyra), nbformat (Jupyter), "
                "model_identifier (model), repository and format (dataset)");
    }
    e->line = n->line;
    e->column = n->column;
    for (size_t i = 0; node_is_map(n) && i < n->count; i++) {
        const char *near = check_suggestion(n->pairs[i].key, known);
        if (!near)
            continue;
        struct str key = utf8_cut(n->pairs[i].key, 60);
        e->line = n->pairs[i].key_line;
        e->column = n->pairs[i].key_column;
        return err_hint(e, "is %.*s meant to be %s?", STR_ARG(key), near);
    }
    return err_hint(e, "component.yaml, a compiled pipeline, or the YAML of a model, notebook or dataset is wanted");
}

static enum status half_object(const struct node *n, struct err *e)
{
    const char *missing = has(n, "kind") ? "apiVersion" : "kind";
    struct str found = utf8_cut(node_text_of(n, has(n, "kind") ? "kind" : "apiVersion"), 80);
    err_set(e, ERR_INVALID, "missing_field", "a Kubernetes object %.*s without %s", STR_ARG(found), missing);
    e->line = n->line;
    e->column = n->column;
    return err_hint(e, "apiVersion: tekton.dev/v1 and kind: Task, say");
}

static enum status recognise_map(const struct node *n, struct recognised *out, struct err *e)
{
    const struct node *implementation = node_get(n, "implementation");
    if (looks_like_ir(n))
        out->format = !node_path(n, "root", "dag", NULL) && ir_is_component(n) ? FORMAT_COMPONENT_V2 : FORMAT_KFP_IR;
    else if (str_is(node_text_of(n, "doc_type"), "pipeline") || (has(n, "primary_pipeline") && has(n, "pipelines")))
        out->format = FORMAT_ELYRA;
    else if (has(n, "nbformat") || (has(n, "cells") && has(n, "metadata")))
        out->format = FORMAT_IPYNB;
    else if (looks_like_model(n))
        out->format = FORMAT_MLX_MODEL;
    else if (node_is_map(node_get(implementation, "github")))
        out->format = FORMAT_MLX_NOTEBOOK;
    else if (looks_like_component(n))
        out->format =
            has(implementation, "graph") && !has(implementation, "container") ? FORMAT_GRAPH : FORMAT_COMPONENT_V1;
    else if (looks_like_dataset(n))
        out->format = FORMAT_MLX_DATASET;
    else if (has(n, "kind") != has(n, "apiVersion"))
        return half_object(n, e);
    else
        return not_recognised(n, e);
    return OK;
}

enum status recognise(struct node *const *documents, size_t count, struct recognised *out, struct err *e)
{
    *out = (struct recognised){.format = FORMAT_COUNT};
    if (count == 0) {
        err_set(e, ERR_INVALID, "empty_document", "the file holds no document, only comments or white space");
        return err_hint(e, "publish the YAML or JSON of an asset, or an archive with one");
    }
    const struct node *first = kubernetes_object(documents, count, 0);
    if (is_object(first))
        return recognise_objects(documents, count, out, e);
    if (!node_is_map(documents[0]))
        return not_recognised(documents[0], e);
    enum status s = recognise_map(documents[0], out, e);
    bool platform = out->format == FORMAT_KFP_IR || out->format == FORMAT_COMPONENT_V2;
    if (s != OK || count == 1 || (platform && count == 2 && has(documents[1], "platforms")))
        return s;
    err_set(e, ERR_INVALID, "several_documents", "the file has %zu documents", count);
    e->line = documents[1]->line;
    e->column = documents[1]->column;
    return err_hint(e, platform ? "only one further document, with platforms, may follow a KFP pipeline"
                                : "publish each of them by itself");
}
