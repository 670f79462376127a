/*
 * What the compiler decides before it writes: how each output travels, what everything is called. Internal to compile/.
 */
#ifndef PIPELINE_CREATOR_COMPILE_PLAN_H
#define PIPELINE_CREATOR_COMPILE_PLAN_H

#include "pipeline-creator/compile/compile.h"
#include "pipeline-creator/tekton/names.h"

#define HELPER_IMAGE    "busybox:1.36"
#define VOLUME          "artifacts"              /* the workspace that files travel on */
#define FOLDER_OUTPUTS  "/component-hub/outputs" /* files that nobody reads */
#define FOLDER_INPUTS   "/component-hub/inputs"  /* values that a program wants as a file */
#define FOLDER_SECRETS  "/component-hub/secrets" /* secrets that a program wants as a file */
#define SECRET_VARIABLE "HUB_SECRET_"            /* + number: a secret that a program wants as a value */
#define FOLDER_FILES    "/component-hub/files"   /* fileOutputs, as the helper sees them */
#define ANNOTATION_HOLD ((size_t)200000)         /* of the 262,144 bytes that Kubernetes allows for all annotations */

/* How an output travels. */
enum passing {
    PASS_UNUSED, /* nobody reads it: a file that goes with the pod */
    PASS_RESULT, /* a Tekton result */
    PASS_FILE,   /* a file on the volume */
    PASS_BOTH,   /* a file on the volume, copied into a result */
    PASS_LIST    /* only as the array result `list` */
};

struct output_plan {
    struct str name; /* of the result and of the folder */
    enum passing how;
    bool by_value, by_file; /* what consumers want */
    bool by_text, by_whole; /* and in which shape: as text, or as one of Tekton's arrays or objects */
    bool by_list;           /* a loop goes over it: */
    struct str list;        /* array result with its items; p NULL = none */
    bool copied;            /* a step of ours copies it into results */
    bool produced;          /* the command line has a place for it */
    struct str file;        /* fileOutputs: the path in the container; empty = outputPath */
};

struct input_plan {
    struct str name; /* of the task's parameter and of its file */
    bool value_used, path_used;
    bool param;         /* the task has a parameter for it */
    struct str literal; /* what stands in the command line itself, escaped; p NULL = a parameter does */
    struct str *parts;  /* SOURCE_PARTS in a literal: the parameter of each part, p NULL for text; NULL = none */
};

/* What a workspace of a Tekton Task is bound to. */
struct space_use {
    bool bound, visited;
    struct str folder; /* on the run's volume; p NULL = another binding: */
    size_t space;      /* of plan.spaces */
};

/* A workspace of the pipeline beside the volume. */
struct space_plan {
    struct str name;
    struct str claim;           /* persistentVolumeClaim; empty = none */
    bool alone;                 /* an emptyDir: each task has its own */
    const struct node *binding; /* as it stands in the run */
    const void *origin;         /* what asked for it */
};

/* What a task says about its pod, as parts of Tekton's objects. */
struct pod_plan {
    struct node *env, *env_from, *mounts, *fields; /* of the main step */
    struct node *volumes, *first_steps, *sidecars; /* of the task */
    struct node *labels, *annotations;
    struct node *template; /* of its pod; stands for what the pipeline's podTemplate says under the same keys */
    struct str service_account;
};

struct task_plan {
    const struct graph_task *task;
    struct str name; /* of the PipelineTask */
    struct input_plan *inputs;
    struct output_plan *outputs;
    struct space_use *spaces;            /* of a Tekton Task: one for each of its workspaces */
    bool volume;                         /* it reads or writes files on the volume */
    struct str iteration;                /* result: the number of a matrix's iteration; p NULL = none */
    bool tolerant;                       /* a collector: parts may be missing, so that they are files */
    bool dollar;                         /* its steps need TEXT_DOLLAR */
    const struct graph_condition **when; /* its own and those of what it consumes */
    size_t when_count;
    struct pod_plan *pod; /* NULL = the task says nothing about it */
};

struct param_plan {
    struct str name;
    struct str value;    /* as it stands in spec.params: escaped; p NULL = none */
    struct str fallback; /* default, likewise */
    bool dollar;
    bool escaped;           /* value is not what was given */
    bool by_text, by_whole; /* as in output_plan */
    bool as_text, as_list;  /* who uses it: texts, loops */
    bool open;              /* templates put text behind it */
};

struct options {
    const struct node *pod_template, *pod_metadata;
    bool restricted; /* containers get what Kubernetes' "restricted" standard wants of them */
    struct str service_account, helper_image;
    struct str timeout, tasks_timeout, finally_timeout;
    struct str claim, size, storage_class, access_mode;
    const struct node *claim_template;
    const struct node *workspaces; /* map input → binding or NULL */
};

struct plan {
    struct arena *a;
    const struct graph *graph;
    struct problems *ps;
    struct options options;
    struct param_plan *params;
    struct task_plan *tasks;
    struct str *results; /* names of the pipeline's results; p NULL = that output is none */
    struct space_plan *spaces;
    size_t space_count, space_cap;
    struct name_set *space_names, *param_names; /* that are taken */
    bool volume;
    size_t *seen, stamp; /* scratch: tasks that were mentioned already */
};

/* options.c: the document's options overlaid with those of the call. */
void options_read(struct plan *p, const struct node *document, const struct node *given);

/* check.c: puts a task behind those of the document for each condition that has to be computed. */
void checks_add(struct plan *p, struct graph *g);

/* usage.c: which ports the command line of a task uses, given which inputs are present. */
void usage_read(struct plan *p, struct task_plan *t);
/* Whether an `if` takes its `then`; conditions that are only known when running are a problem. */
bool usage_condition(struct plan *p, const struct task_plan *t, const struct node *cond);

/* loop.c: loops that are one task with a matrix. */
/* Which inputs of the pipeline are used as texts, which by loops; which are arrays therefore. */
void loop_uses(struct plan *p);
/* Marks the output that a task loops over. */
void loop_mark(struct plan *p, const struct graph_task *t);
/* The task's `matrix`, or NULL. */
struct node *loop_matrix_node(struct plan *p, const struct task_plan *t);

/* collect.c: tasks of ours that make a list of what a loop's iterations made. */
/* Takes the names that its parameters have: Tekton would put an array of the pipeline in their place. */
void collect_reserve_names(const struct graph *g, struct name_set *params);
/* Conditions of a collector, and whether its parts come as values or as files. Its producers are planned. */
void collect_plan(struct plan *p, struct task_plan *t);
/* The one step of a collector. */
void collect_step(struct plan *p, struct task_plan *t, struct node *step);
/* Numbers of iterations, beside what a matrix made: the parameter, and its declaration. */
void collect_order(struct plan *p, const struct task_plan *t, struct node *params, struct node *declared);

/* plan.c */
/* Adds a condition to those of a task, once. */
void plan_add_when(struct plan *p, struct task_plan *t, const struct graph_condition *c);
bool plan_same_condition(const struct graph_condition *x, const struct graph_condition *y);
void plan_make(struct plan *p);

/* command.c: command, args and env of the main step. */
struct node *command_list(struct plan *p, struct task_plan *t, const struct node *list);
struct node *command_env(struct plan *p, struct task_plan *t);
/* $(params.x), or the text itself where it stands in the command line. */
struct str command_value(struct plan *p, const struct task_plan *t, size_t input);
/* Where a program finds an input or puts an output. */
struct str path_of_input(struct plan *p, const struct task_plan *t, size_t input);
struct str path_of_output(struct plan *p, const struct task_plan *t, size_t output);
struct str folder_of_output(struct plan *p, const struct task_plan *t, size_t output);

/* kubernetes.c: what the annotation `kubernetes` of a task means. */
void kubernetes_plan(struct plan *p, struct task_plan *t);
/* The variables of the main step beside the component's own, name → value: text is escaped with regard to them. NULL:
   it may have any. */
const struct node *kubernetes_variables(struct plan *p, const struct task_plan *t, const struct node *env);
/* The entries of `more` in `env`, each in place of one of the same name. */
void kubernetes_add_env(struct arena *a, struct node *env, const struct node *more);
/* A problem at a part of the annotation. */
struct problem *kubernetes_problem(struct plan *p, const struct task_plan *t, enum severity severity, const char *code,
                                   const struct node *at, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* scheduling.c: where pods run. */
void scheduling_plan(struct plan *p, struct task_plan *t);
/* spec.taskRunSpecs: pod template and service account of single tasks. */
struct node *scheduling_task_runs(struct plan *p);

/* restricted.c: fills in the security context of steps or sidecars. */
void restricted_apply(struct arena *a, const struct node *containers);

/* steps.c */
struct node *steps_task_spec(struct plan *p, struct task_plan *t);
/* What the task says about its pod, and which component it is: {labels, annotations}, or empty. */
struct node *steps_metadata(struct plan *p, const struct task_plan *t);

/* embed.c: tasks whose component is a Tekton Task or a custom task. Its spec goes into the pipeline as it is; its
 * params are bound. */
void embed_usage(struct task_plan *t);
/* Takes the names of params that keep the Task's default: Tekton would put a parameter of the pipeline of the same name
   in their place (propagated parameters). */
void embed_reserve_names(const struct graph *g, struct name_set *params);
/* Marks what the Task wants as array or object, and what it gives so. */
void embed_mark(struct plan *p);
void embed_inputs(struct plan *p, struct task_plan *t);
struct node *embed_param(struct plan *p, const struct task_plan *t, size_t input);
/* JSON or YAML text as the array or object of Tekton that it stands for: items and values are texts. */
struct node *embed_whole(struct arena *a, struct str text);
/* Type and properties of a pipeline parameter that Tasks take as a whole. */
void embed_param_type(struct plan *p, size_t input, struct node *param);
/* Sets taskSpec, or the taskRef of a custom task. */
void embed_task(struct plan *p, const struct task_plan *t, struct node *n);
/* Whether a default of the Task itself is meant, which nobody has to bind. */
bool embed_is_default(const struct task_plan *t, size_t input);

/* embed_pod.c: puts what the task says about its pod into the Task's spec. */
void embed_pod(struct plan *p, const struct task_plan *t, struct node *spec);

/* spaces.c: what the workspaces of Tekton Tasks are bound to. */
void spaces_plan(struct plan *p);
void spaces_task(struct plan *p, const struct task_plan *t, struct node *list);
void spaces_pipeline(struct plan *p, struct node *list);
void spaces_run(struct plan *p, struct node *list);

/* Text as it stands in spec.params for an input of the pipeline. */
struct str plan_param_text(struct plan *p, size_t input, struct str text);

/* task.c */
struct node *task_node(struct plan *p, struct task_plan *t);
/* A value as pipeline tasks refer to it: $(params.x), $(tasks.t.results.r), the text, or a mixture. */
struct str value_reference(struct plan *p, const struct graph_value *v);

/* judge.c: what Tekton refuses of a run is a problem; looked for where users gave its own shapes. */
void judge(struct plan *p, const struct node *manifest);

/* run.c: the PipelineRun around the tasks. */
struct node *run_node(struct plan *p, struct str name);

/* kept.c: what documents keep of Tekton that they cannot say. */
/* The value of a param as Tekton has it; NULL where the document says it all. */
struct node *kept_param(const struct plan *p, const struct task_plan *t, size_t input);
/* Whether the document was read from Tekton: its Tasks may mention what only the pipeline declares. */
bool kept_is_tekton(const struct plan *p);
/* Which inputs are Tekton's arrays and objects whoever uses them. */
void kept_types(struct plan *p);
/* Puts all the rest into the PipelineRun. */
void kept_put_back(struct plan *p, struct node *manifest);

/* A problem at a task. */
struct problem *task_problem(struct plan *p, const struct task_plan *t, enum severity severity, const char *code,
                             const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
