/* One asynchronous connection: coming up, statements out, results in, going down. Facts about libpq 15's pipeline mode
   that this rests on: a NULL ends each statement's result, none follows a sync; an error aborts what follows it up to
   the next sync; PQpipelineSync also sends. */
#include "registry/db_private.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"

#define CONNECT_MS 10000

static void on_readable(void *arg);
static void on_writable(void *arg);

static void unwatch(struct conn *c)
{
    if (c->watch)
        c->db->loop.unwatch(c->watch);
    c->watch = NULL;
    c->asked = false;
}

static void want_write(struct conn *c)
{
    if (!c->asked)
        c->db->loop.want_write(c->watch);
    c->asked = true;
}

static void cancel_timer(struct conn *c)
{
    if (c->timer)
        c->db->loop.timer_cancel(c->timer);
    c->timer = NULL;
}

/* ---- going down */

static unsigned back_off_ms(struct conn *c)
{
    static const unsigned steps[] = {50, 200, 1000, 3000};
    unsigned ms = steps[c->backoff];
    if (c->backoff + 1 < sizeof steps / sizeof steps[0])
        c->backoff++;
    /* up to a quarter more, so that many connections do not come back at one moment */
    uint64_t *x = &c->db->random;
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return ms + (unsigned)(*x % (ms / 4 + 1));
}

static void on_back_off(void *arg)
{
    struct conn *c = arg;
    c->timer = NULL;
    conn_start(c);
    db_deliver(c->db);
}

/* Reads that were not tried again before go to the head of their queue in their order; the rest fails. */
static void give_back(struct conn *c)
{
    struct db *db = c->db;
    while (c->flight.tail) {
        struct db_query *q = c->flight.tail;
        if (!q->done) {
            query_free(q);
        } else if (q->write || q->retried || q->deadline <= clock_mono_ms()) {
            query_fail(q, "database_unavailable", "The connection to the database was lost.");
        } else {
            list_take(q);
            q->retried = true;
            db->counters.retried++;
            list_put_first(&db->reads, q);
        }
    }
}

static void fail_waiting(struct list *l)
{
    while (l->head)
        query_fail(l->head, "database_unavailable", "The database cannot be reached.");
}

static void close_now(struct conn *c)
{
    cancel_timer(c);
    unwatch(c);
    PQfinish(c->pg);
    c->pg = NULL;
    c->state = CONN_WAITS;
    c->syncs = 0;
    c->dirty = c->unread_null = false;
    give_back(c);
}

void conn_stop(struct conn *c)
{
    close_now(c);
}

void conn_down(struct conn *c, const char *why)
{
    struct db *db = c->db;
    const char *detail = c->pg ? PQerrorMessage(c->pg) : "";
    /* the first line only: further ones may quote statements */
    log_warn("database connection down", LOG_C("why", why),
             LOG_S("detail", ((struct str){detail, strcspn(detail, "\n")})), LOG_I("in_flight", c->flight.n));
    if (c->state == CONN_READY)
        db_hold(db);
    else
        c->failures++;
    close_now(c);
    db->counters.reconnects++;
    if (db_class_down(db, c->writer))
        fail_waiting(c->writer ? &db->writes : &db->reads);
    conn_wait(c);
    db_pump(db);
    db_soon(db);
}

void conn_wait(struct conn *c)
{
    if (c->state == CONN_WAITS && !c->timer)
        c->timer = c->db->loop.timer(c->db->loop.loop, back_off_ms(c), on_back_off, c);
}

/* ---- coming up */

static void on_connect_timeout(void *arg)
{
    struct conn *c = arg;
    c->timer = NULL;
    conn_down(c, "connecting took too long");
    db_deliver(c->db);
}

/* libpq may go on with another socket (next address, retry without TLS), even one of the same number. */
static bool watch_socket(struct conn *c)
{
    struct stat st;
    int fd = PQsocket(c->pg);
    if (fd < 0 || fstat(fd, &st) != 0)
        return false;
    if (c->watch && fd == c->fd && st.st_ino == c->inode)
        return true;
    unwatch(c);
    c->fd = fd;
    c->inode = st.st_ino;
    c->watch = c->db->loop.watch(c->db->loop.loop, fd, on_readable, on_writable, c);
    return c->watch != NULL;
}

static void flush(struct conn *c)
{
    int r = PQflush(c->pg);
    if (r < 0)
        conn_down(c, "sending");
    else if (r > 0)
        want_write(c);
}

/* Everything that this connection may be asked, and how it has to behave, in one batch. */
static void prepare_all(struct conn *c)
{
    struct params p;
    char timeout[16];
    int n = snprintf(timeout, sizeof timeout, "%u", c->db->deadline_ms - c->db->deadline_ms / 10);
    const char *read_only =
        c->writer ? "off" : "on"; /* a read that is sent twice must not be able to change anything */
    struct db_arg args[] = {db_text((struct str){timeout, (size_t)n}), db_text(str_of(read_only))};
    params_set(&p, args, 2);
    /* no JIT: it costs more than it saves for statements of a few rows */
    bool ok = PQsetnonblocking(c->pg, 1) == 0 && PQenterPipelineMode(c->pg) == 1 &&
              PQsendQueryParams(c->pg,
                                "SELECT set_config('statement_timeout', $1::text, false), "
                                "set_config('default_transaction_read_only', $2::text, false), "
                                "set_config('jit', 'off', false)",
                                2, NULL, p.values, p.lengths, p.formats, 0) == 1;
    for (int i = 0; ok && i < SQL_COUNT; i++) {
        struct statement s = statement_of((enum sql)i);
        if (s.write == c->writer)
            ok = PQsendPrepare(c->pg, s.name, s.text, 0, NULL) == 1;
    }
    if (!ok || PQpipelineSync(c->pg) != 1) {
        conn_down(c, "preparing");
        return;
    }
    c->state = CONN_PREPARES;
    c->prepared = 0;
    c->syncs = 1;
    flush(c);
}

static void connect_on(struct conn *c)
{
    c->wants = PQconnectPoll(c->pg);
    if (c->wants == PGRES_POLLING_FAILED || !watch_socket(c))
        conn_down(c, "connecting");
    else if (c->wants == PGRES_POLLING_WRITING)
        want_write(c);
    else if (c->wants == PGRES_POLLING_OK)
        prepare_all(c);
}

static void no_notices(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

void conn_start(struct conn *c)
{
    struct db *db = c->db;
    struct connect_params p;
    connect_params(&p, db->url);
    c->state = CONN_CONNECTS;
    c->pg = PQconnectStartParams(p.keys, p.values, 1);
    if (!c->pg || PQstatus(c->pg) == CONNECTION_BAD || !watch_socket(c)) {
        conn_down(c, "connecting");
        return;
    }
    PQsetNoticeReceiver(c->pg, no_notices, NULL);
    c->timer = db->loop.timer(db->loop.loop, CONNECT_MS, on_connect_timeout, c);
    c->wants = PGRES_POLLING_WRITING;
    want_write(c);
}

static void up(struct conn *c)
{
    cancel_timer(c);
    c->state = CONN_READY;
    c->failures = 0;
    c->backoff = 0;
    log_debug("database connection up", LOG_I("connection", c - c->db->conns));
}

/* ---- statements out */

bool conn_send(struct conn *c, struct db_query *q)
{
    struct statement s = statement_of(q->statement);
    struct params p;
    bool own_batch = q->alone || c->writer;
    params_set(&p, q->args, q->count);
    if (own_batch && c->dirty)
        conn_sync(c);
    if (c->state != CONN_READY)
        return false;
    list_put(&c->flight, q);
    c->db->counters.sent++;
    if (PQsendQueryPrepared(c->pg, s.name, (int)q->count, p.values, p.lengths, p.formats, s.binary) != 1) {
        conn_down(c, "sending");
        return false;
    }
    c->dirty = true;
    if (own_batch)
        conn_sync(c);
    return c->state == CONN_READY;
}

void conn_sync(struct conn *c)
{
    c->dirty = false;
    if (PQpipelineSync(c->pg) != 1) {
        conn_down(c, "sending");
        return;
    }
    c->syncs++;
    c->db->counters.batches++;
    flush(c);
}

/* ---- results in */

/* Takes the result of the oldest statement in flight; owns r. */
static void take_result(struct conn *c, PGresult *r)
{
    struct db *db = c->db;
    struct db_query *q = c->flight.head;
    list_take(q);
    if (!q->done) {
        PQclear(r);
        query_free(q);
    } else if (PQresultStatus(r) == PGRES_PIPELINE_ABORTED && !q->write && !q->alone) {
        PQclear(r);
        q->alone = true;
        db->counters.retried++;
        list_put(&db->reads, q);
    } else {
        q->result = r;
        list_put(&db->answered, q);
    }
}

/* One of the answers to prepare_all. False when it is an error. */
static bool take_prepared(struct conn *c, const PGresult *r)
{
    ExecStatusType s = PQresultStatus(r);
    if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK) {
        c->prepared++;
        return true;
    }
    unsigned at = 0; /* the settings came first, then this class's statements in their order */
    const char *name = "settings";
    for (int i = 0; i < SQL_COUNT && at < c->prepared; i++) {
        struct statement t = statement_of((enum sql)i);
        if (t.write == c->writer) {
            at++;
            name = t.name;
        }
    }
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE),
               *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    log_error("a statement cannot be prepared; is the database migrated?", LOG_C("statement", name),
              LOG_C("sqlstate", state), LOG_C("message", message));
    return false;
}

/* Reads all results that are there. False when the connection is lost. */
static bool drain(struct conn *c)
{
    while ((c->flight.head || c->syncs > 0) && !PQisBusy(c->pg)) {
        PGresult *r = PQgetResult(c->pg);
        if (!r) {
            if (!c->unread_null)
                return false;
            c->unread_null = false;
            continue;
        }
        if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
            PQclear(r);
            c->syncs--;
            if (c->state == CONN_PREPARES)
                up(c);
            continue;
        }
        bool lost = result_lost(r) || c->unread_null;
        c->unread_null = true;
        if (!lost && c->state == CONN_PREPARES)
            lost = !take_prepared(c, r);
        if (lost || c->state == CONN_PREPARES || !c->flight.head) {
            PQclear(r);
            if (lost)
                return false;
            continue;
        }
        take_result(c, r);
    }
    return PQstatus(c->pg) == CONNECTION_OK;
}

static void on_readable(void *arg)
{
    struct conn *c = arg;
    struct db *db = c->db;
    if (c->state == CONN_CONNECTS) {
        if (c->wants == PGRES_POLLING_READING)
            connect_on(c);
        db_deliver(db);
        return;
    }
    /* what came before an end of the connection still counts, so drain whatever the outcome */
    bool alive = PQconsumeInput(c->pg) == 1;
    if (!drain(c) || !alive)
        conn_down(c, "reading");
    else
        flush(c); /* libpq may hold back output until input was read */
    db_pump(db);
    db_deliver(db);
}

static void on_writable(void *arg)
{
    struct conn *c = arg;
    c->asked = false;
    if (c->state == CONN_CONNECTS) {
        if (c->wants == PGRES_POLLING_WRITING)
            connect_on(c);
    } else if (c->pg) {
        flush(c);
    }
    db_deliver(c->db);
}
