/* The local engine's own types: runs, their tasks, and the TaskRuns they become. Inside launch/ only; one thread. */
#ifndef PIPELINE_CREATOR_LAUNCH_LOCAL_H
#define PIPELINE_CREATOR_LAUNCH_LOCAL_H

#include <pthread.h>

#include "pipeline-creator/launch/engine.h"
#include "pipeline-creator/launch/runner.h"
#include "pipeline-creator/tekton/pipelinerun.h"

#define RUN_ID_MAX     64
#define MATRIX_MAX     256 /* Tekton's default-max-matrix-combinations-count */
#define RESULT_MAX     ((size_t)4096)
#define POD_RESULT_MAX ((size_t)12288) /* shared by the containers of a pod */
#define WAITING_MAX    1000
#define RUN_MEMORY     ((size_t)256 << 20)
#define FOLDER_VOLUMES "volumes" /* in a run's folder: what outlives a TaskRun */
#define HUB_RESTARTED  "HubRestarted"

/* Why something is being ended from outside. */
enum cause {
    CAUSE_NONE,
    CAUSE_CANCEL,       /* by a person */
    CAUSE_RUN_TIMEOUT,  /* timeouts.pipeline */
    CAUSE_PART_TIMEOUT, /* timeouts.tasks or timeouts.finally */
    CAUSE_TASK_TIMEOUT,
    CAUSE_STEP_TIMEOUT,
    CAUSE_OUTPUT,
    CAUSE_DISK,
    CAUSE_ERROR /* of the engine */
};

struct step { /* of the attempt that runs */
    struct str name;
    enum run_state state;
    int exit_code;
    struct node *results; /* of the step, map */
};

struct task;

struct child { /* a TaskRun: a task, or one combination of its matrix */
    struct task *task;
    unsigned no;         /* task_no of its events */
    int matrix_index;    /* -1 = no matrix */
    struct node *combo;  /* params of the matrix, or NULL */
    struct node *params; /* effective ones */
    struct node *results;
    enum run_state state;
    struct str reason, message;
    unsigned attempt; /* the last that began */
    const char *dir;  /* of the attempt, relative to the run's */
    struct step *steps;
    size_t step_count, step;
    struct step_process *process;
    enum cause cause;
    bool broken; /* a step failed: the others are skipped */
    bool told;   /* SIGTERM was sent */
    size_t output;
    int64_t attempt_end_ms, step_end_ms, kill_ms; /* 0 = never */
};

struct run;

struct past { /* of a task that had begun, or ended, before a restart */
    struct past *next;
    struct task_history told;
};

struct task {
    struct run *run;
    const struct prun_task *spec;
    enum run_state state;
    struct str reason, message;
    bool matrix;
    bool ready; /* start_ready: nothing is in its way */
    struct child *children;
    size_t child_count;
    struct node *results; /* map; lists for a matrix */
    struct past *past;    /* it had begun: whether it may begin is decided */
};

struct local;

struct run {
    struct run *next;
    struct local *local;
    struct arena *a;
    char id[RUN_ID_MAX + 1];
    const struct node *document;
    struct prun *pr;
    struct task *tasks;
    unsigned next_no; /* of further matrix combinations */
    unsigned running; /* children with a process or about to have one */
    const char *dir;
    enum run_state state;
    enum cause cause;
    bool stopping; /* a task failed: nothing of the graph starts any more */
    bool in_finally;
    bool part_over; /* timeouts.tasks, or in_finally timeouts.finally, has passed */
    bool changed;   /* run_advance has something to do */
    int64_t end_ms, part_end_ms, disk_at_ms;
    int64_t began_us, finally_began_us; /* before a restart; 0 = it begins now */
};

struct local {
    struct engine engine;
    struct local_config c;
    struct run_sink sink;
    struct runner *runner;
    char *dir; /* of this process, below state_dir */
    int lock_fd;
    struct run *runs; /* oldest first */
    pthread_mutex_t lock;
    char (*cancels)[RUN_ID_MAX + 1]; /* asked for by other threads; under lock */
    size_t cancel_count, cancel_cap;
};

/* ---- local.c */
/* With a runner of one's own: for tests. Takes the runner, also when it fails. */
MUST_USE enum status local_with(const struct local_config *c, struct run_sink sink, struct runner *runner, char *dir,
                                int lock_fd, struct engine **out, struct err *e);
int64_t earlier(int64_t a, int64_t b); /* of two times where 0 means never */

/* ---- events.c */
void emit_run(struct run *r, const struct node *results, struct str reason, struct str message);
void emit_task(struct task *t); /* one that has no child */
void emit_child(struct child *c);
void emit_attempt(struct child *c, enum run_state state, struct str reason, struct str message);
void emit_step(struct child *c, size_t step, struct str reason, struct str message);
void emit_log(struct child *c, struct str data);

/* ---- schedule.c: what of a run starts, is skipped, or ends it */
void run_start(struct run *r);
void run_advance(struct run *r);
void run_stop(struct run *r, enum cause cause); /* the whole of it; without finally */
int64_t run_due(const struct run *r);           /* the next time something is due; 0 = never */
void run_tick(struct run *r, int64_t now_ms);
/* Gives a task its end, without an event; a failure stops the graph. */
void task_close(struct task *t, enum run_state state, struct str reason, struct str message);

/* ---- resume.c: what is known from before a restart */
/* Takes the volumes over and remembers the history; the run's folder is there, and its tasks are all pending. */
MUST_USE enum status run_recall(struct run *r, const struct run_history *history, struct err *e);
/* Gives a new child what is known of it. It stays pending when it is to begin, or to begin again. */
void child_recall(struct child *c);
/* It was under way and is not begun again. */
void child_interrupted(struct child *c);

/* ---- child.c: one TaskRun, attempt by attempt */
void child_start(struct child *c);
void child_end(struct child *c, enum cause cause);
void child_tick(struct child *c, int64_t now_ms);
int64_t child_due(const struct child *c);
void child_output(void *owner, struct str bytes);
void child_ended(void *owner, const struct step_end *end);

/* ---- scope.c: variables */
enum pass {
    PASS_ANY,
    PASS_PIPELINE_PARAMS,
    PASS_PIPELINE_CONTEXT,
    PASS_PIPELINE_RESULTS,
    PASS_PARAMS, /* of the task */
    PASS_CONTEXT,
    PASS_RESULTS, /* paths of results */
    PASS_WORKSPACES,
    PASS_CREDENTIALS,
    PASS_STEPS
};
struct scope {
    struct arena *a;
    struct run *run;
    const struct prun_task *task; /* context.pipelineTask; may be NULL */
    struct child *child;          /* NULL = of the pipeline */
    size_t step;
    bool no_results; /* $(tasks.x.results.y) stays as it is */
    enum pass pass;  /* the variables of others stay as they are */
};
const struct node *scope_find(void *context, const struct subst_ref *ref, size_t *used);
struct subst scope_subst(struct scope *s, struct err *e);
/* A tree with its variables replaced in as many passes as Tekton makes: what a value holds is seen by later passes. */
struct node *scope_apply(struct scope *s, struct node *n, struct err *e);
/* Whether $(params.…) is one of the task's own. */
bool scope_has_param(const struct scope *s, const struct subst_ref *ref);
/* Path of a workspace as the step sees it, empty when it is not bound. */
struct str workspace_path(struct arena *a, const struct child *c, struct str name);
/* What the step sees below "/": the same, or the attempt's folder when there is no sandbox. */
struct str inside(struct arena *a, const struct child *c, const char *path);
const char *task_status(const struct task *t);

/* ---- when.c, matrix.c */
/* All of a list of {input, operator, values}. */
bool when_holds(const struct node *when);
/* The combinations in Tekton's order: maps name → text. matrix is substituted already. */
MUST_USE enum status matrix_fan_out(struct arena *a, const struct node *matrix, struct node **out, struct err *e);
/* A list in matrix.params is empty: the task is skipped. */
bool matrix_is_empty(const struct node *matrix);

/* ---- plan.c */
MUST_USE enum status plan_attempt(struct child *c, struct err *e); /* params, folders, scripts */
struct planned_step {
    struct step_spec spec;
    bool skip;  /* its conditions do not hold */
    bool go_on; /* onError: continue */
    int64_t timeout_us;
};
MUST_USE enum status plan_step(struct child *c, struct planned_step *out, struct err *e);

/* ---- mounts.c */
MUST_USE enum status mounts_make(struct child *c, const struct node *step, struct step_mount **out, size_t *count,
                                 struct err *e);
/* Of a task's declared or propagated workspaces: the one named, and what the run binds it to (NULL = nothing). */
const struct node *task_workspace(const struct child *c, struct str name);
const struct prun_workspace *bound_workspace(const struct child *c, struct str name);

/* ---- results.c */
/* Reads what the attempt wrote so far; ERR_LIMIT with the result's name when it is too much. */
MUST_USE enum status results_read(struct child *c, bool last, struct err *e);

/* ---- folder.c */
/* Makes rel below base, without following links; new folders belong to uid:gid. */
MUST_USE enum status folder_make(const char *base, const char *rel, unsigned mode, uid_t uid, gid_t gid, struct err *e);
MUST_USE enum status folder_write(const char *path, struct str data, unsigned mode, struct err *e);
/* At most limit bytes of a regular file; ERR_NOT_FOUND, or ERR_LIMIT when there are more. */
MUST_USE enum status folder_read(struct arena *a, const char *dir, struct str name, size_t limit, struct str *out,
                                 struct err *e);
/* Bytes on disk; UINT64_MAX when it is nested too deeply to tell. */
uint64_t folder_size(const char *path);
/* Also what its owner may not enter; what is not there is fine. */
void folder_remove(const char *path);
/* This process's own folder in state_dir, locked. The caller frees *dir. */
MUST_USE enum status folder_claim(const char *state_dir, char **dir, int *lock_fd, struct err *e);
/* Removes the folders beside own_dir whose process is gone. */
void folder_sweep(const char *own_dir);
/* Moves the volumes that a run had below one of those into its folder below own_dir, which is there; found: whether
   one of them had a folder of that run. */
MUST_USE enum status folder_adopt(const char *own_dir, const char *run_id, bool *found, struct err *e);

#endif
