/* What of a run need not run again. */
#ifndef HUB_RUNS_FINISHED_H
#define HUB_RUNS_FINISHED_H

#include "pipeline-creator/compile/compile.h"
#include "pipeline-creator/graph/map.h"

#define FINISHED_MAX_RUNS 20 /* that resume each other */

struct finished {
    struct arena *a;
    struct map seen; /* paths of tasks that a newer run has said something about */
    struct compile_finished *list;
    size_t count, cap;
};

void finished_init(struct finished *f, struct arena *a);
/*
 * run: a run as the API gives it, with tasks. Adds its tasks that succeeded; instances of a fan-out are not among them.
 * Of runs that resume each other the newest is added first. ERR_INVALID when it is no such run. Borrows the run.
 */
MUST_USE enum status finished_add(struct finished *f, const struct node *run, struct err *e);

#endif
