/*
 * A component as the compiler reads it, whatever format it is written in. One of container, graph, task and custom is
 * there:
 *   ComponentSpec (KFP v1, Cloud-Pipelines, Tangle)          container or graph
 *   KFP v2 IR of one component with a container executor      container: translated into that of a ComponentSpec
 *   Tekton Task (tekton.dev/v1, v1beta1)                      task: its spec as it is written
 *   Tekton StepAction                                         task: a Task with this one step
 *   any other Kubernetes object with an API group of its own  custom: a custom task of Tekton; with `spec` it stands in
 *                                                            the pipeline, without one it is referred to by its name.
 *                                                            Its ports are what a document uses, as params and results
 *
 * Ports of `task`, in this order (stored interfaces have the same):
 *   inputs   params (string → String, array → JsonArray, object → JsonObject; the default is the param's), then
 *            workspaces, of type Workspace, optional as declared;
 *   outputs  results (types likewise), then the same workspaces, which pass on what was bound: connecting the output
 *            `w` of A to an input of type Workspace of B means that both see the same folder.
 * Their names are Tekton's; a workspace whose name a param or result has taken is called `workspaces.<name>`.
 *
 * What is bound to an input of type Workspace:
 *   nothing          where it is required, or something is connected to the output of the same name: a fresh folder
 *                    `<task>/<workspace>` on the run's volume; else it is left out;
 *   another task's   the same as that task has;
 *   a text           YAML or JSON: {emptyDir: {}}, {secret: {secretName: s}}, {configMap: {name: c}} or
 *                    {persistentVolumeClaim: {claimName: c}}, and Tekton's projected, csi and volumeClaimTemplate, each
 *                    with a subPath where wanted; an emptyDir is a task's own and cannot be passed on;
 *   a pipeline input of type Workspace: what options.workspaces, the parameter or the default bind, as such a text or
 *                    map; else a folder `.workspaces/<input>` on the run's volume, shared by all that use the input.
 */
#ifndef CATALOG_COMPONENT_H
#define CATALOG_COMPONENT_H

#include "catalog/interface.h"

struct component {
    struct str name, description;
    struct interface interface;
    const struct node *document;    /* the whole spec */
    const struct node *container;   /* implementation.container or NULL */
    const struct node *resources;   /* of the container, as Kubernetes writes them, or NULL */
    const struct node *graph;       /* implementation.graph or NULL */
    const struct node *task;        /* spec of a Tekton Task or NULL */
    const struct node *custom;      /* a custom task's object or NULL */
    size_t param_count;             /* of a task: how many of its inputs are params, the others being workspaces */
    size_t result_count;            /* likewise of its outputs */
    const struct node *annotations; /* metadata.annotations or NULL */
    const struct node *labels;      /* metadata.labels or NULL */
};

/* Whether the component stands in the pipeline as it is, rather than as steps that are made for it. */
static inline bool component_is_embedded(const struct component *c)
{
    return c->task || c->custom;
}

/* A component in any of the formats above; errors as in component_read, and unsupported_format. */
MUST_USE enum status component_read_any(struct arena *a, const struct node *document, struct str path,
                                        struct component *out, struct problems *ps);

/*
 * Checks and reads. Errors go to ps with paths below `path`; returns ERR_INVALID when there was one, the rest of *out
 * being as far as it could be read. Checked: names (present, unique, strings), types, defaults that fit their type,
 * container image, command and args (every placeholder known, naming a declared port, of the right shape, nested
 * concat/if), env, fileOutputs, exactly one implementation, unknown fields (warnings).
 * The graph itself is checked by pipeline-creator/graph.
 */
MUST_USE enum status component_read(struct arena *a, const struct node *document, struct str path,
                                    struct component *out, struct problems *ps);

/* The value of an annotation of ours, `component-hub.dev/<key>`: a node, a JSON or YAML string being parsed. NULL when
   absent; what cannot be parsed comes back as the string it is. */
const struct node *annotation_value(struct arena *a, const struct node *annotations, const char *key);

#endif
