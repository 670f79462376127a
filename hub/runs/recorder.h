/*
 * Writes records into the database, in order, a batch a transaction; on its own thread, over its own connection. When
 * the database is away it tries again until it is back: what the engine said is kept in the queue meanwhile.
 */
#ifndef HUB_RUNS_RECORDER_H
#define HUB_RUNS_RECORDER_H

#include "hub/runs/queue.h"
#include "registry/db.h"

struct recorder {
    struct db_sync *db;
    struct arena *scratch; /* made anew for each batch */
    struct str epoch;      /* of the engine's lease */
};

/*
 * Writes a batch: BEGIN, one statement a record, COMMIT. ERR_UNAVAILABLE: nothing was written, try again. A record
 * that the database refuses for what it is (a run that was deleted meanwhile) is left out and logged.
 */
MUST_USE enum status recorder_write(struct recorder *r, const struct record *batch, struct err *e);

#endif
