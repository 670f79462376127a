/*
 * What an engine says with Tekton's names, said with the names of the pipeline document: the compiler leaves a map of
 * the two in the manifest (annotation component-hub.dev/names). One thread: the engine's.
 */
#ifndef HUB_RUNS_NAMES_H
#define HUB_RUNS_NAMES_H

#include "pipeline-creator/launch/launch.h"

struct run_names; /* of one run; a list is kept by a pointer to its first */

/* Remembers the names of a run. When memory is short they stay as they are. */
void names_add(struct run_names **list, const char *run_id, const struct node *manifest);
void names_drop(struct run_names **list, const char *run_id);
void names_free(struct run_names **list);
/*
 * Changes the event: parameters and results get the document's names, and an instance of a fan-out the number of its
 * task, as the registry counts. What it makes lives in the arena; call within its guard.
 */
void names_apply(const struct run_names *list, struct arena *a, struct run_event *event);
/* The other way: results of a task under the document's names, as names_apply made them, get Tekton's. */
const struct node *names_restore(const struct run_names *list, struct arena *a, const char *run_id,
                                 struct str tekton_name, const struct node *results);

#endif
