/*
 * Pipeline document → a tekton.dev/v1 PipelineRun with everything inline, or the same as objects that refer to each
 * other (DESIGN §5). Pure: no I/O, no clock; the same input gives the same bytes.
 */
#ifndef PIPELINE_CREATOR_COMPILE_H
#define PIPELINE_CREATOR_COMPILE_H

#include "pipeline-creator/graph/graph.h"

#define COMPILE_MAX_BYTES                                                                                              \
    ((size_t)600000) /* of one object as JSON; beyond: error too_large with what takes the space */

enum compile_form {
    COMPILE_PIPELINERUN, /* one PipelineRun with everything inline */
    COMPILE_RESOURCES,   /* a Task for each distinct spec, a Pipeline, a PipelineRun: see resources.h */
    COMPILE_REFERENCES,  /* a PipelineRun that fetches published Tasks from a hub, by digest: see references.h */
    COMPILE_RBAC         /* what its tasks may do: ServiceAccounts, Roles, RoleBindings, or nothing: see rbac.h */
};

/* "pipelinerun", "resources", "references", "rbac"; false for any other name. */
bool compile_form_named(struct str name, enum compile_form *out);

/* A task of an earlier run that succeeded, and is not to run again where it need not. Fan-outs are not given. */
struct compile_finished {
    struct str path;             /* in the document */
    const struct node *results;  /* map output → text, as far as they were stored; NULL = none */
    struct str component_digest; /* what it ran with: another one runs again; empty = not looked at */
};

struct compile_input {
    struct str document;           /* YAML or JSON text as typed (keeps lines and columns), or … */
    const struct node *tree;       /* … a tree; exactly one of the two */
    const struct node *parameters; /* map input → value, or NULL */
    const struct node *options;    /* map, or NULL; overrides the document's `options` annotation */
    struct str name;               /* metadata.name of the run; empty = generateName from the title */
    const struct graph_known *known;
    size_t known_count;
    enum compile_form form;
    struct str
        hub; /* COMPILE_REFERENCES: where the cluster reaches the hub: "http://host[:port]", no slash at the end */
    const struct compile_finished *finished; /* to resume a run: only the rest is compiled; see resume.h */
    size_t finished_count;
    /* A required parameter without a value is an error (missing_parameter), else a warning; and what is too large for
       one PipelineRun is given as resources, with an info. */
    bool launch;
};

struct compile_task {            /* which task became what, for the record of runs */
    struct str path;             /* in the document: "train" or "outer/inner"; "train (condition)": */
    struct str condition_of;     /* path of the task whose condition this one computes; empty: a task of the document */
    struct str tekton_name;      /* PipelineTask name */
    struct str component_digest; /* "sha256:…" or empty */
    struct str component_name;   /* "namespace/name@version" or empty */
};

struct compile_output {
    struct node *manifest;  /* the inline PipelineRun, in either form; NULL when there are errors or references miss */
    enum compile_form form; /* of `objects` and `yaml` */
    struct node **objects;  /* what to apply, in this order; shares nodes with the manifest */
    size_t object_count;
    struct str yaml; /* the objects as a stream */
    struct problems problems;
    struct graph_reference *missing; /* not resolved yet: fetch, add to known, call again; no manifest then */
    size_t missing_count;
    struct compile_task *tasks;
    size_t task_count;
    struct graph_known *lock; /* what each reference resolved to, in the order of first use */
    size_t lock_count;
    struct component pipeline; /* the document as a component: its interface */
};

/*
 * ERR_INVALID when the document has errors (they are in out->problems), OK otherwise, also with missing references.
 * Everything lives in the arena. Call within arena_guard. Any thread.
 */
MUST_USE enum status compile_pipeline(struct arena *a, const struct compile_input *in, struct compile_output *out,
                                      struct err *e);

/* As compile_pipeline but stops after the checks: problems, missing, interface, lock. */
MUST_USE enum status compile_check(struct arena *a, const struct compile_input *in, struct compile_output *out,
                                   struct err *e);

#endif
