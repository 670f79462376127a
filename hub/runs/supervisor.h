/*
 * Launching: the thread on which the local engine lives, and the recorder that puts what it says into the database.
 *
 * A run is in the database before it gets here. After a restart the supervisor takes up what was not finished: tasks
 * that were under way begin again where they have retries left. One process at a time holds an engine's lease; the
 * others say so in supervisor_engines(), and one that loses it gives up its runs.
 */
#ifndef HUB_RUNS_SUPERVISOR_H
#define HUB_RUNS_SUPERVISOR_H

#include "base/json.h"
#include "pipeline-creator/launch/launch.h"

#define SUPERVISOR_MAX_QUEUED 1000 /* runs that wait for the engine's thread */

struct supervisor;

struct supervisor_config {
    const char *database;
    const char *state_dir; /* of the hub; the engine's folder lies below it */
    struct local_config local;
    struct launch_policy policy; /* borrowed for the life of the supervisor */
};

/* Starts both threads. An engine that cannot work is no error: see supervisor_ready. */
MUST_USE enum status supervisor_start(const struct supervisor_config *c, struct supervisor **out, struct err *e);
/* Ends running steps (their runs are taken up again at the next start), writes what is queued, joins the threads. */
void supervisor_stop(struct supervisor *s);

/* Any thread, all of these. */
bool supervisor_ready(struct supervisor *s, struct err *why_not);
const struct launch_policy *supervisor_policy(const struct supervisor *s);
/* manifest: YAML of the PipelineRun, copied. ERR_UNAVAILABLE when the engine is not ready or the queue is full. */
MUST_USE enum status supervisor_submit(struct supervisor *s, const char *run_id, struct str manifest, struct err *e);
void supervisor_cancel(struct supervisor *s, const char *run_id);
/* [{name, ready, reason, sandbox, notes[], …}]; the arena is for scratch. */
void supervisor_engines(struct supervisor *s, struct arena *a, struct json *j);

#endif
