/* Housekeeping of the database: log partitions ahead, and what has been kept long enough. */
#ifndef HUB_RUNS_MAINTENANCE_H
#define HUB_RUNS_MAINTENANCE_H

#include "registry/db.h"

#define MAINTENANCE_EVERY_MS     ((int64_t)10 * 60 * 1000)
#define MAINTENANCE_DAYS_AHEAD   "3"    /* of log partitions */
#define MAINTENANCE_LOG_DAYS     "90"   /* logs are kept */
#define MAINTENANCE_EVENT_HOURS  "72"   /* events are kept, for clients that come back */
#define MAINTENANCE_BLOB_HOURS   "24"   /* bytes that nothing refers to are kept */
#define MAINTENANCE_BLOBS_AT_ONE "1000" /* removed in one go */

/* Blocks. What fails is logged and tried again the next time. */
void maintenance_run(struct db_sync *db);

#endif
