/* Shared by the files that read Tekton's pipelines; nobody else includes it. */
#ifndef PIPELINE_CREATOR_DOCUMENTS_TEKTON_H
#define PIPELINE_CREATOR_DOCUMENTS_TEKTON_H

#include "pipeline-creator/documents/convert.h"
#include "pipeline-creator/graph/map.h"

enum tekton_type { TEKTON_STRING, TEKTON_ARRAY, TEKTON_OBJECT };

/* A task of the pipeline, in the order tasks, finally. */
struct tekton_task {
    struct str name;
    const struct node *node;
    const struct node *spec; /* of its Task where that is inline or in the stream; NULL = not known */
    struct str api;          /* apiVersion of that Task */
    struct str pointer;
    bool finally;
};

struct tekton {
    struct arena *a;
    struct problems *ps;
    const struct node *const *trees;
    size_t count;
    struct str api;        /* apiVersion of the object */
    struct map params;     /* name → enum tekton_type */
    struct map workspaces; /* name → 1 where the input has the name `workspaces.<name>` */
    struct map names;      /* of tasks → number */
    struct tekton_task *tasks;
    size_t task_count;
    unsigned depth; /* of pipelines in pipelines */
};

enum tekton_type tekton_type_of(struct str name);
/* KFP's name of the type. */
struct str tekton_port_type(enum tekton_type type);
/* An object of Tekton's in the stream, by kind and name; NULL when it is not there. */
const struct node *tekton_find(const struct tekton *t, const char *kind, struct str name);
/* The entry of a list of maps whose `key` is `name`, or NULL. */
const struct node *tekton_named(const struct node *list, const char *key, struct str name);
/* A warning that something was left behind, with why. */
void tekton_lost(struct tekton *t, struct str pointer, const struct node *at, const char *what, const char *why);
/* The input of the pipeline that stands for its workspace. */
struct str tekton_workspace_input(const struct tekton *t, struct str workspace);

/* tekton_value.c */
/* What a param's value or the input of a `when` is in a native document. */
struct tekton_value {
    struct node *argument; /* text, graphInput, taskOutput, dynamicData; NULL when it is mixed or cannot be said */
    struct node *pieces;   /* of a mixed text, as `template` takes them; else NULL */
};
/* Reads a value. False: native documents cannot say it (parts of lists and maps, dollars that are no variables). */
bool tekton_value_read(const struct tekton *t, const struct node *value, struct tekton_value *out);
bool tekton_has_dollar(const struct node *n); /* in any text of it */
/* Whether its matrix is a loop of ours: one task, over one list that another task or the run gives. A list that is
   known would be unrolled, which gives tasks of other names. */
bool tekton_is_loop(const struct tekton *t, const struct tekton_task *task);
/* Calls use(context, task) for each task whose results a tree mentions. */
void tekton_value_tasks(struct arena *a, const struct node *value, void (*use)(void *context, struct str task),
                        void *context);
/* `when` as the predicate of isEnabled, NULL when there is none; the entries that it cannot say are put into *raw. */
struct node *tekton_when_read(const struct tekton *t, const struct node *list, struct node *raw);

/* tekton_task.c: the task of the graph. */
struct node *tekton_task_read(struct tekton *t, size_t number);

/* tekton_to_native.c: a native document for the spec of a pipeline that stands inside another. */
struct node *tekton_nested(struct tekton *outer, const struct node *spec, struct str name, struct str pointer);

#endif
