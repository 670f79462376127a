/*
 * What the database knows of a run whose process ended before it did: as history for the engine that takes it up, or
 * to be closed when none can. run: JSON as SQL_RUN_UNFINISHED gives it, with its tasks in order; instances of a
 * fan-out follow each other and stand for their task. One thread: the engine's.
 */
#ifndef HUB_RUNS_HISTORY_H
#define HUB_RUNS_HISTORY_H

#include "hub/runs/names.h"
#include "hub/runs/queue.h"

/* Lives in the arena; call within its guard. names: has those of the run. */
MUST_USE enum status history_read(struct arena *a, struct str run, const struct run_names *names, const char *run_id,
                                  struct run_history *out, struct err *e);
/* Tells the end of the run, and before it that of its tasks: those under way failed, the others were skipped.
   run may be empty: then nothing is told of tasks. */
void history_end(struct queue *q, const char *run_id, struct str run, enum run_state state, const char *reason,
                 const char *message);

#endif
