/* What a request waits for: statements, timers, workers. Each is forgotten when the request goes or is answered. */
#include "hub/http/internal.h"

#include <stdlib.h>

#include "base/log.h"

struct wait {
    h2o_linklist_t link; /* in the exchange; unlinked when it is over */
    struct exchange *ex;
    struct db_query *query;
    struct timer *timer;
    void (*done)(struct request *rq, const struct db_result *r);
    void (*fire)(struct request *rq);
    const struct db_result *result;
};

/* Not from the arena: a stream may wait a thousand times. */
static struct wait *wait_new(struct exchange *ex)
{
    struct wait *w = calloc(1, sizeof *w);
    if (w == NULL)
        arena_fail(ex->rq.arena, ERR_NOMEM);
    w->ex = ex;
    h2o_linklist_insert(&ex->waits, &w->link);
    return w;
}

static void wait_free(struct wait *w)
{
    h2o_linklist_unlink(&w->link);
    free(w);
}

void waits_forget(struct exchange *ex)
{
    while (!h2o_linklist_is_empty(&ex->waits)) {
        struct wait *w = H2O_STRUCT_FROM_MEMBER(struct wait, link, ex->waits.next);
        if (w->query != NULL)
            db_forget(w->query);
        if (w->timer != NULL)
            timer_cancel(&ex->rq.loop->timers, w->timer);
        wait_free(w);
    }
}

static void call_done(struct exchange *ex, void *context)
{
    struct wait w = *(struct wait *)context;
    if (w.fire != NULL)
        w.fire(&ex->rq);
    else
        w.done(&ex->rq, w.result);
}

static void over(struct wait *w)
{
    struct wait copy = *w;
    wait_free(w);
    exchange_run(copy.ex, call_done, &copy);
}

static void on_result(void *context, const struct db_result *r)
{
    struct wait *w = context;
    w->result = r;
    over(w);
}

static void on_timer(void *context)
{
    over(context);
}

static void on_refused(void *context)
{
    struct wait *w = context;
    struct db_result r = {.status = ERR_UNAVAILABLE};
    err_set(&r.e, ERR_UNAVAILABLE, "database_unavailable", "The database cannot be asked right now.");
    w->result = &r;
    over(w);
}

static void start_timer(struct wait *w, unsigned ms, void (*fire)(void *arg))
{
    w->timer = loop_timer(w->ex->rq.loop, ms, fire, w);
    if (w->timer == NULL) {
        struct arena *a = w->ex->rq.arena;
        wait_free(w);
        arena_fail(a, ERR_NOMEM);
    }
}

void request_db(struct request *rq, enum sql statement, const struct db_arg *args, unsigned count,
                void (*done)(struct request *rq, const struct db_result *r))
{
    struct exchange *ex = exchange_of(rq);
    if (!exchange_waits(ex))
        return;
    struct wait *w = wait_new(ex);
    w->done = done;
    if (rq->loop->db != NULL)
        w->query = db_send(rq->loop->db, statement, args, count, on_result, w);
    if (w->query == NULL)
        start_timer(w, 1, on_refused);
}

void request_after(struct request *rq, unsigned ms, void (*fire)(struct request *rq))
{
    struct exchange *ex = exchange_of(rq);
    if (!exchange_waits(ex))
        return;
    struct wait *w = wait_new(ex);
    w->fire = fire;
    start_timer(w, ms, on_timer);
}

/* ---- workers */
static void call_worked(struct exchange *ex, void *context)
{
    const struct job *job = context;
    job->done(&ex->rq, job->result);
}

static void on_worked(struct worker_loop *loop, struct message *m)
{
    struct job *job = (struct job *)m;
    struct exchange *ex = job->ex;
    loop->job_count--;
    ex->working--;
    if (ex->req != NULL && exchange_waits(ex))
        exchange_run(ex, call_worked, job);
    free(job);
    exchange_release(ex);
}

/*
 * A worker may still read the body when the connection is long gone, so the input buffer it lies in is taken from the
 * connection. That is fine for h2o, because after a body it closes the connection without looking at the rest.
 */
static void keep_input(struct exchange *ex)
{
    if (ex->rq.body.n == 0 || ex->kept_input != NULL)
        return;
    ex->kept_input = ex->conn->sock->input;
    h2o_buffer_init(&ex->conn->sock->input, &h2o_socket_buffer_prototype);
    ex->req->http1_is_persistent = 0;
}

void request_work(struct request *rq, enum status (*work)(struct request *rq),
                  void (*done)(struct request *rq, enum status s))
{
    struct exchange *ex = exchange_of(rq);
    if (!exchange_waits(ex))
        return;
    struct job *job = ex->job == NULL && ex->working == 0 ? calloc(1, sizeof *job) : NULL;
    if (job == NULL)
        arena_fail(rq->arena, ERR_NOMEM);
    *job = (struct job){.super.deliver = on_worked, .ex = ex, .loop = rq->loop, .work = work, .done = done};
    ex->job = job;
}

/* Not in request_work itself: the loop would still be in the arena's guard when a worker enters one. */
void work_submit(struct exchange *ex, bool go)
{
    struct job *job = ex->job;
    if (job == NULL)
        return;
    ex->job = NULL;
    if (!go || ex->req == NULL || !exchange_waits(ex)) {
        free(job);
        return;
    }
    waits_forget(ex); /* their callbacks would use the arena while the worker does */
    keep_input(ex);
    exchange_hold(ex);
    ex->working++;
    ex->rq.loop->job_count++;
    if (pool_put(ex->rq.hub->pool, job))
        return;
    free(job);
    ex->working--;
    ex->rq.loop->job_count--;
    exchange_expire(ex, "busy", "Too much work is waiting. Try again in a moment.");
    exchange_release(ex);
}
