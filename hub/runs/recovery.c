/* The recorder's thread: the lease of the engine, what was not finished when its last holder went away, and the
   writing of what runs say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "hub/runs/maintenance.h"
#include "hub/runs/parts.h"
#include "hub/runs/recorder.h"

#define LEASE_SECONDS  30
#define LEASE_RENEW_MS 10000
#define BATCH_BYTES    ((size_t)1 << 20)

/* ---- the lease */

enum lease { LEASE_HELD, LEASE_ELSEWHERE, LEASE_UNKNOWN };

static void set_lease(struct supervisor *s, enum lease lease)
{
    pthread_mutex_lock(&s->lock);
    s->leased = s->leased && lease == LEASE_HELD;
    if (lease == LEASE_ELSEWHERE)
        err_set(&s->why_not, ERR_UNAVAILABLE, "engine_held", "Another hub on this database holds the local engine.");
    else if (lease == LEASE_UNKNOWN)
        err_set(&s->why_not, ERR_UNAVAILABLE, "database_unavailable", "The database does not answer.");
    pthread_mutex_unlock(&s->lock);
}

static enum lease renew_lease(struct supervisor *s, struct db_sync *db)
{
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%d", LEASE_SECONDS);
    struct db_arg args[4] = {db_text(STR("local")), db_text(STR("local")), db_text(str_of(s->holder)),
                             db_text(str_of(seconds))};
    struct db_result r;
    enum lease lease = LEASE_UNKNOWN;
    if (db_sync_run(db, SQL_LEASE_TAKE, args, 4, &r) == OK)
        lease = db_get_bool(&r, 0, 0) ? LEASE_HELD : LEASE_ELSEWHERE;
    if (lease == LEASE_HELD)
        snprintf(s->epoch, sizeof s->epoch, "%.*s", STR_ARG(db_get(&r, 0, 1)));
    db_result_free(&r);
    set_lease(s, lease);
    return lease;
}

/* So that another hub need not wait for the end of the lease. */
static void drop_lease(struct supervisor *s, struct db_sync *db)
{
    struct db_arg args[2] = {db_text(STR("local")), db_text(str_of(s->holder))};
    struct db_result r;
    (void)db_sync_run(db, SQL_LEASE_DROP, args, 2, &r);
    db_result_free(&r);
}

/* ---- what was not finished */

/* False when memory is short: the run stays as it is until the next start. */
static bool take_up(struct supervisor *s, const struct db_result *r, size_t row)
{
    char id[UUID_TEXT];
    struct str text = db_get(r, row, 0), manifest = db_get(r, row, 3), run = db_get(r, row, 7);
    struct err e = {0};
    enum submission_kind kind = SUBMIT_RESUME;
    snprintf(id, sizeof id, "%.*s", STR_ARG(text));
    if (str_is(db_get(r, row, 2), "true"))
        kind = SUBMIT_END;
    else if (str_is(db_get(r, row, 1), "pending"))
        kind = SUBMIT_NEW;
    if (supervisor_queue(s, kind, id, kind == SUBMIT_END ? STR("") : manifest, run, false, &e) == OK)
        return true;
    log_error("a run could not be taken up", LOG_C("run", id), LOG_C("error", e.message));
    return false;
}

/* Somebody may have asked for it after the runs were read, and before the engine knew them. */
static void take_up_cancels(struct supervisor *s, struct db_sync *db)
{
    struct db_arg engine = db_text(STR("local"));
    struct db_result r;
    enum status status = db_sync_run(db, SQL_RUN_CANCELS, &engine, 1, &r);
    for (size_t i = 0; status == OK && i < db_count(&r); i++) {
        char id[UUID_TEXT];
        snprintf(id, sizeof id, "%.*s", STR_ARG(db_get(&r, i, 0)));
        supervisor_cancel(s, id);
    }
    db_result_free(&r);
}

/* What was not finished when the last holder of the engine went away. Launching begins after that. */
static bool recover(struct supervisor *s, struct db_sync *db)
{
    struct db_arg args[2] = {db_text(STR("local")), db_text(str_of(s->epoch))};
    struct db_result r;
    struct err e = {0};
    bool all = true;
    enum status status = db_sync_run(db, SQL_RUN_RECOVER, args, 2, &r);
    db_result_free(&r);
    if (status != OK)
        return false;
    status = db_sync_run(db, SQL_RUN_UNFINISHED, args, 1, &r);
    for (size_t i = 0; status == OK && i < db_count(&r); i++)
        all = take_up(s, &r, i) && all;
    db_result_free(&r);
    if (status != OK)
        return false;
    take_up_cancels(s, db);
    if (!all || supervisor_queue(s, SUBMIT_SWEEP, "", STR(""), STR(""), false, &e) != OK)
        log_warn("what earlier runs left on disk stays until the next start");
    pthread_mutex_lock(&s->lock);
    s->leased = true;
    pthread_mutex_unlock(&s->lock);
    return true;
}

/* The lease, and what follows from it; recovered: the epoch whose runs the engine has, or "". True while it is held. */
static bool keep_lease(struct supervisor *s, struct db_sync *db, char *recovered)
{
    enum lease lease = renew_lease(s, db);
    bool same = strcmp(recovered, s->epoch) == 0;
    if (recovered[0] && (lease == LEASE_ELSEWHERE || (lease == LEASE_HELD && !same))) {
        supervisor_abandon(s); /* another hub has, or had, the engine: it took our runs up */
        recovered[0] = '\0';
    }
    if (lease != LEASE_HELD || same)
        return lease == LEASE_HELD;
    if (!recover(s, db))
        return false;
    memcpy(recovered, s->epoch, sizeof s->epoch);
    return true;
}

/* ---- what runs say */

static void free_batch(struct record *batch)
{
    for (struct record *next; batch; batch = next) {
        next = batch->next;
        free(batch);
    }
}

/* Until it is written. On the way out the database gets a few seconds. */
static void write_until_done(struct supervisor *s, struct recorder *rec, struct record *batch)
{
    int64_t give_up = 0;
    struct err e;
    while (recorder_write(rec, batch, &e) != OK) {
        if (atomic_load(&s->stopping)) {
            if (!give_up)
                give_up = clock_mono_ms() + 5000;
            if (clock_mono_ms() > give_up) {
                log_error("what runs said last could not be written", LOG_C("error", e.message));
                break;
            }
        }
        log_warn("the recorder waits for the database", LOG_C("error", e.message));
        usleep(RETRY_MS * 1000);
    }
    free_batch(batch);
}

static struct db_sync *connect_database(struct supervisor *s)
{
    struct db_sync *db = NULL;
    struct err e = {0};
    while (!atomic_load(&s->stopping) && db_sync_open(s->config.database, &db, &e) != OK) {
        pthread_mutex_lock(&s->lock);
        s->why_not = e;
        pthread_mutex_unlock(&s->lock);
        usleep(RETRY_MS * 1000);
    }
    return db;
}

void *recorder_main(void *supervisor)
{
    struct supervisor *s = supervisor;
    struct db_sync *db = connect_database(s);
    struct recorder rec = {.db = db, .epoch = STR("")};
    int64_t renew = 0, maintain = 0;
    char recovered[sizeof s->epoch] = "";
    while (db) {
        bool stopping = atomic_load(&s->stopping);
        if (!stopping && clock_mono_ms() >= renew)
            renew = clock_mono_ms() + (keep_lease(s, db, recovered) ? LEASE_RENEW_MS : 1000);
        if (!stopping && clock_mono_ms() >= maintain) {
            maintenance_run(db);
            maintain = clock_mono_ms() + MAINTENANCE_EVERY_MS;
        }
        rec.epoch = str_of(s->epoch);
        struct record *batch = queue_take(s->queue, BATCH_BYTES, 200);
        if (batch)
            write_until_done(s, &rec, batch);
        else if (stopping)
            break;
    }
    if (db) {
        drop_lease(s, db);
        db_sync_close(db);
    }
    return NULL;
}
