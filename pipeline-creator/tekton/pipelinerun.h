/*
 * A PipelineRun (tekton.dev/v1, v1beta1 read leniently) as an engine needs it: tasks with their order, resolved params,
 * bindings, time limits. What only a cluster can do is refused here, with a code, a sentence and a hint.
 *
 * Everything is in the arena; nodes of the document are borrowed from the tree that was given.
 */
#ifndef PIPELINE_CREATOR_PIPELINERUN_H
#define PIPELINE_CREATOR_PIPELINERUN_H

#include "pipeline-creator/tekton/substitute.h"

#define PRUN_MAX_TASKS   5000
#define PRUN_MAX_RETRIES 100
#define PRUN_MAX_STEPS   200

enum prun_volume {
    PRUN_NONE,      /* optional and not given */
    PRUN_EMPTY_DIR, /* fresh for each TaskRun, as in Tekton */
    PRUN_CLAIM      /* one folder of the run: a claim or a claim template */
};

struct prun_workspace {
    struct str name;
    enum prun_volume kind;
    struct str claim;    /* name of the volume; claims of the same name are one volume */
    struct str sub_path; /* may hold variables of the run */
};

struct prun_task {
    struct str name;
    unsigned no;
    bool finally;
    struct node *node; /* the PipelineTask */
    struct node *spec; /* its taskSpec */
    unsigned retries;
    int64_t timeout_us; /* of one attempt; 0 = none */
    bool go_on;         /* onError: continue */
    size_t *before;     /* runAfter */
    size_t before_count;
    size_t *needs; /* whose results, status or reason it refers to */
    size_t needs_count;
};

struct prun {
    struct str name, namespace, uid, pipeline; /* uid: the id the hub gave the run */
    struct node *labels, *annotations;         /* of the run; maps or NULL */
    struct node *params;                       /* map name → value, defaults applied */
    struct node *results;                      /* pipelineSpec.results or NULL */
    struct prun_task *tasks;                   /* spec.tasks, then finally */
    size_t count, dag_count;
    struct prun_workspace *workspaces;
    size_t workspace_count;
    int64_t timeout_us, tasks_timeout_us, finally_timeout_us; /* 0 = none */
};

/* ERR_INVALID or ERR_UNSUPPORTED; within arena_guard. */
MUST_USE enum status prun_read(struct arena *a, struct node *run, const char *run_id, struct prun **out, struct err *e);

/* NULL when there is none. */
const struct prun_workspace *prun_workspace_of(const struct prun *r, struct str name);
ptrdiff_t prun_task_index(const struct prun *r, struct str name);

/*
 * Params: specs is a list of {name, type, default, enum}, given a list of {name, value}, extra a map laid over them
 * (may be NULL). Out: map name → value, strings throughout; values not declared are kept. A declared one without a
 * value is ERR_INVALID unless `outer` (may be NULL) has it. owner: for the message.
 */
MUST_USE enum status prun_params(struct arena *a, const struct node *specs, const struct node *given,
                                 const struct node *extra, const struct node *outer, struct str owner,
                                 struct node **out, struct err *e);
/* "string", "array" or "object" as Tekton infers it. */
struct str prun_type_of(const struct node *spec);
/* A step with the step template applied. */
struct node *prun_step(struct arena *a, const struct prun_task *t, size_t i);
/* "build" or "unnamed-2". */
struct str prun_step_name(struct arena *a, const struct prun_task *t, size_t i);
size_t prun_step_count(const struct prun_task *t);
/* A Go duration or nothing; "0" and nothing are 0. */
MUST_USE enum status prun_duration(const struct node *n, const char *what, int64_t *out_us, struct err *e);

/* pipelinerun_check.c: what only a cluster can do. */
MUST_USE enum status prun_check_run(const struct node *run, struct err *e);
MUST_USE enum status prun_check_task(struct arena *a, const struct prun_task *t, struct err *e);

#endif
