#include "hub/runs/recorder.h"

#include "base/clock.h"
#include "base/log.h"

#define BATCH_ARENA_LIMIT ((size_t)64 << 20)

static struct str number(struct arena *a, long long v)
{
    return str_printf(a, "%lld", v);
}

static struct str time_of(struct arena *a, int64_t us)
{
    char text[TIME_TEXT];
    size_t n = time_text(us, text);
    return str_dup(a, (struct str){text, n});
}

static struct str or_empty(struct str s)
{
    return s.p ? s : STR("");
}

/* started_at for what begins, finished_at for what ends: the same moment, one of the two given. */
static void times(struct arena *a, const struct record *r, struct db_arg *started, struct db_arg *finished)
{
    struct str at = time_of(a, r->at);
    *started = db_text(r->state == STATE_RUNNING ? at : STR(""));
    *finished = db_text(state_is_final(r->state) ? at : STR(""));
}

static enum status send(struct recorder *r, enum sql statement, const struct db_arg *args, unsigned count,
                        struct err *e)
{
    struct db_result result;
    enum status s = db_sync_run(r->db, statement, args, count, &result);
    if (s != OK)
        *e = result.e;
    db_result_free(&result);
    return s;
}

static enum status write_run(struct recorder *r, const struct record *rec, struct err *e)
{
    struct db_arg args[9];
    args[0] = db_text(str_of(rec->run_id));
    args[1] = db_text(r->epoch);
    args[2] = db_text(str_of(state_name(rec->state)));
    args[3] = db_text(or_empty(rec->reason));
    args[4] = db_text(or_empty(rec->message));
    args[5] = db_text(or_empty(rec->results));
    args[6] = db_text(STR(""));
    times(r->scratch, rec, &args[7], &args[8]);
    return send(r, SQL_RUN_STATE, args, 9, e);
}

/* run, epoch, task, matrix: what the statements about tasks begin with. */
static void task_args(struct recorder *r, const struct record *rec, struct db_arg *args)
{
    args[0] = db_text(str_of(rec->run_id));
    args[1] = db_text(r->epoch);
    args[2] = db_text(number(r->scratch, rec->task_no));
    args[3] = db_text(number(r->scratch, rec->matrix_index));
}

static enum status write_task(struct recorder *r, const struct record *rec, struct err *e)
{
    struct db_arg args[11];
    task_args(r, rec, args);
    args[4] = db_text(str_of(state_name(rec->state)));
    args[5] = db_text(or_empty(rec->reason));
    args[6] = db_text(or_empty(rec->message));
    args[7] = db_text(or_empty(rec->params));
    args[8] = db_text(or_empty(rec->results));
    times(r->scratch, rec, &args[9], &args[10]);
    return send(r, SQL_TASK_STATE, args, 11, e);
}

static enum status write_attempt(struct recorder *r, const struct record *rec, struct err *e)
{
    struct db_arg args[11];
    task_args(r, rec, args);
    args[4] = db_text(number(r->scratch, rec->attempt));
    args[5] = db_text(str_of(state_name(rec->state)));
    args[6] = db_text(or_empty(rec->reason));
    args[7] = db_text(or_empty(rec->message));
    args[8] = db_text(STR(""));
    times(r->scratch, rec, &args[9], &args[10]);
    return send(r, SQL_ATTEMPT_STATE, args, 11, e);
}

static enum status write_step(struct recorder *r, const struct record *rec, struct err *e)
{
    struct db_arg args[12];
    task_args(r, rec, args);
    args[4] = db_text(number(r->scratch, rec->attempt));
    args[5] = db_text(number(r->scratch, rec->step_no));
    args[6] = db_text(or_empty(rec->step_name));
    args[7] = db_text(str_of(state_name(rec->state)));
    args[8] = db_text(or_empty(rec->reason));
    args[9] = db_text(rec->exit_code < 0 ? STR("") : number(r->scratch, rec->exit_code));
    times(r->scratch, rec, &args[10], &args[11]);
    return send(r, SQL_STEP_STATE, args, 12, e);
}

static enum status write_log(struct recorder *r, const struct record *rec, struct err *e)
{
    struct db_arg args[10];
    task_args(r, rec, args);
    args[4] = db_text(number(r->scratch, rec->attempt));
    args[5] = db_text(number(r->scratch, rec->step_no));
    args[6] = db_text(or_empty(rec->step_name));
    args[7] = db_text(number(r->scratch, (long long)rec->seq));
    args[8] = db_text(time_of(r->scratch, rec->at));
    args[9] = db_bytes(rec->data);
    return send(r, SQL_LOG_APPEND, args, 10, e);
}

static enum status write_record(struct recorder *r, const struct record *rec, struct err *e)
{
    switch (rec->kind) {
    case EVENT_RUN:
        return write_run(r, rec, e);
    case EVENT_TASK:
        return write_task(r, rec, e);
    case EVENT_ATTEMPT:
        return write_attempt(r, rec, e);
    case EVENT_STEP:
        return write_step(r, rec, e);
    case EVENT_LOG:
        return write_log(r, rec, e);
    }
    return err_set(e, ERR_INTERNAL, "bad_record", "A record of an unknown kind.");
}

/* What another attempt may mend. */
static bool passing(enum status s)
{
    return s == ERR_UNAVAILABLE || s == ERR_NOMEM;
}

/* One record in a transaction of its own, so that a refused one takes nobody with it. */
static enum status write_alone(struct recorder *r, const struct record *rec, struct err *e)
{
    *e = (struct err){0};
    enum status s = write_record(r, rec, e);
    if (s != OK && !passing(s)) {
        log_warn("a run's record was refused", LOG_C("run", rec->run_id), LOG_C("code", e->code),
                 LOG_C("error", e->message));
        s = OK;
    }
    return s;
}

struct batch_work {
    struct recorder *recorder;
    const struct record *batch;
    struct err *e;
};

static enum status write_batch(void *arg)
{
    struct batch_work *w = arg;
    struct recorder *r = w->recorder;
    enum status s = db_sync_begin(r->db, w->e);
    for (const struct record *rec = w->batch; s == OK && rec; rec = rec->next)
        s = write_record(r, rec, w->e);
    if (s == OK)
        return db_sync_commit(r->db, w->e);
    db_sync_rollback(r->db);
    if (passing(s))
        return s;
    s = OK;
    for (const struct record *rec = w->batch; s == OK && rec; rec = rec->next)
        s = write_alone(r, rec, w->e);
    return s;
}

enum status recorder_write(struct recorder *r, const struct record *batch, struct err *e)
{
    *e = (struct err){0};
    r->scratch = arena_new(BATCH_ARENA_LIMIT);
    if (!r->scratch)
        return err_set(e, ERR_NOMEM, "no_memory", "The hub is out of memory.");
    struct batch_work w = {r, batch, e};
    enum status s = arena_guard(r->scratch, write_batch, &w);
    arena_free(r->scratch);
    r->scratch = NULL;
    return s;
}
