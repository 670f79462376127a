#include "hub/runs/maintenance.h"

#include "base/log.h"

static const struct chore {
    const char *name;
    enum sql statement;
    const char *args[2];
} chores[] = {
    {"log partitions", SQL_LOG_PARTITIONS, {MAINTENANCE_DAYS_AHEAD}},
    {"old logs", SQL_LOG_EXPIRE, {MAINTENANCE_LOG_DAYS}},
    {"old events", SQL_EVENT_SWEEP, {MAINTENANCE_EVENT_HOURS}},
    {"old idempotency keys", SQL_IDEMPOTENCY_SWEEP, {NULL}},
    {"unused blobs", SQL_BLOB_SWEEP, {MAINTENANCE_BLOB_HOURS, MAINTENANCE_BLOBS_AT_ONE}},
};

void maintenance_run(struct db_sync *db)
{
    for (size_t i = 0; i < sizeof chores / sizeof chores[0]; i++) {
        struct db_arg args[2];
        struct db_result r;
        unsigned count = 0;
        while (count < 2 && chores[i].args[count]) {
            args[count] = db_text(str_of(chores[i].args[count]));
            count++;
        }
        if (db_sync_run(db, chores[i].statement, args, count, &r) != OK)
            log_warn("housekeeping failed", LOG_C("chore", chores[i].name), LOG_C("error", r.e.message));
        else if (db_get_int(&r, 0, 0) > 0)
            log_debug("housekeeping", LOG_C("chore", chores[i].name), LOG_I("count", db_get_int(&r, 0, 0)));
        db_result_free(&r);
    }
}
