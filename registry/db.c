#include "registry/db_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"

#define HOLD_MS 20

/* ---- lists of statements; each is on one of them */

void list_put(struct list *l, struct db_query *q)
{
    q->in = l;
    q->next = NULL;
    q->prev = l->tail;
    *(l->tail ? &l->tail->next : &l->head) = q;
    l->tail = q;
    l->n++;
}

void list_put_first(struct list *l, struct db_query *q)
{
    q->in = l;
    q->prev = NULL;
    q->next = l->head;
    *(l->head ? &l->head->prev : &l->tail) = q;
    l->head = q;
    l->n++;
}

void list_take(struct db_query *q)
{
    struct list *l = q->in;
    *(q->prev ? &q->prev->next : &l->head) = q->next;
    *(q->next ? &q->next->prev : &l->tail) = q->prev;
    l->n--;
    q->in = NULL;
    q->prev = q->next = NULL;
}

/* ---- statements */

static struct db_query *query_new(struct db *db, enum sql statement, const struct db_arg *args, unsigned count,
                                  size_t bytes, bool keep)
{
    struct db_query *q = malloc(sizeof *q + count * sizeof q->args[0] + (keep ? bytes : 0));
    if (!q)
        return NULL;
    *q = (struct db_query){.db = db, .statement = statement, .count = count, .bytes = bytes};
    q->write = statement_of(statement).write;
    q->deadline = clock_mono_ms() + db->deadline_ms;
    char *to = (char *)(q->args + count);
    for (unsigned i = 0; i < count; i++) {
        q->args[i] = args[i];
        if (!keep || args[i].s.n == 0)
            continue;
        memcpy(to, args[i].s.p, args[i].s.n);
        q->args[i].s.p = to;
        to += args[i].s.n;
    }
    db->bytes += bytes;
    return q;
}

void query_free(struct db_query *q)
{
    if (q->in)
        list_take(q);
    q->db->bytes -= q->bytes;
    PQclear(q->result);
    free(q);
}

void query_fail(struct db_query *q, const char *code, const char *message)
{
    if (q->in)
        list_take(q);
    q->code = code;
    q->message = message;
    list_put(&q->db->answered, q);
}

static void answer(struct db_query *q)
{
    struct db_result r;
    struct db *db = q->db;
    list_take(q);
    if (q->result)
        result_read(&r, q->result, q->statement);
    else
        result_unavailable(&r, q->code, q->message);
    if (r.status == ERR_UNAVAILABLE || r.status == ERR_INTERNAL)
        db->counters.failed++;
    void (*done)(void *, const struct db_result *) = q->done;
    q->done = NULL;
    done(q->context, &r);
    query_free(q);
}

void db_deliver(struct db *db)
{
    /* what the askers send meanwhile and fails at once waits for the next time: no endless loop here */
    for (unsigned n = db->answered.n; n > 0 && db->answered.head; n--)
        answer(db->answered.head);
    if (db->answered.head && !db->closing)
        db_soon(db);
}

static void on_soon(void *arg)
{
    struct db *db = arg;
    db->soon = NULL;
    db_deliver(db);
}

void db_soon(struct db *db)
{
    if (!db->soon && db->answered.head)
        db->soon = db->loop.timer(db->loop.loop, 0, on_soon, db);
}

/* ---- time */

static unsigned outstanding(const struct db *db)
{
    unsigned n = db->reads.n + db->writes.n;
    for (unsigned i = 0; i < db->count; i++)
        n += db->conns[i].flight.n;
    return n;
}

static void expire_waiting(struct list *l, int64_t now)
{
    for (struct db_query *q = l->head, *next; q; q = next) {
        next = q->next;
        if (q->deadline <= now)
            query_fail(q, "database_timeout", "The database did not answer in time.");
    }
}

/* A connection that holds a statement over its deadline is closed: the server was told to give up before that, so
   that it, or the way to it, is stuck. */
static void expire_flight(struct conn *c, int64_t now)
{
    bool late = false;
    for (struct db_query *q = c->flight.head, *next; q; q = next) {
        next = q->next;
        if (q->deadline > now)
            continue;
        late = true;
        if (q->done)
            query_fail(q, "database_timeout", "The database did not answer in time.");
        else
            query_free(q);
    }
    if (late)
        conn_down(c, "no answer in time");
}

static void start_tick(struct db *db);

static void on_tick(void *arg)
{
    struct db *db = arg;
    int64_t now = clock_mono_ms();
    db->tick = NULL;
    expire_waiting(&db->reads, now);
    expire_waiting(&db->writes, now);
    for (unsigned i = 0; i < db->count; i++)
        expire_flight(&db->conns[i], now);
    start_tick(db);
    db_deliver(db);
}

static void start_tick(struct db *db)
{
    unsigned every = db->deadline_ms / 20;
    if (!db->tick && outstanding(db) > 0)
        db->tick = db->loop.timer(db->loop.loop, every < 5 ? 5 : every, on_tick, db);
}

/* ---- choosing a connection */

/* After two failures in a row: the first alone may be a server that recovers from a crash of one of its processes. */
bool db_class_down(const struct db *db, bool writer)
{
    for (unsigned i = 0; i < db->count; i++)
        if (db->conns[i].writer == writer && db->conns[i].failures < 2)
            return false;
    return true;
}

/* The least busy one that has room, or NULL. */
static struct conn *choose(struct db *db, bool writer)
{
    struct conn *best = NULL;
    for (unsigned i = 0; i < db->count; i++) {
        struct conn *c = &db->conns[i];
        if (c->writer == writer && c->state == CONN_READY && c->flight.n < DB_MAX_DEPTH &&
            (!best || c->flight.n < best->flight.n))
            best = c;
    }
    return best;
}

static void on_hold_end(void *arg)
{
    struct db *db = arg;
    db->hold = NULL;
    db_pump(db);
    db_deliver(db);
}

/* When a server stops, all connections go within milliseconds. A read is tried again only once, so it must not be spent
   on one that is about to go too. */
void db_hold(struct db *db)
{
    if (!db->hold)
        db->hold = db->loop.timer(db->loop.loop, HOLD_MS, on_hold_end, db);
}

void db_pump(struct db *db)
{
    struct list *const lists[] = {&db->reads, &db->writes};
    for (size_t i = db->hold ? 1 : 0; i < 2; i++) {
        struct conn *c;
        while (lists[i]->head && (c = choose(db, i == 1))) {
            struct db_query *q = lists[i]->head;
            list_take(q);
            if (!conn_send(c, q) && !q->in)
                list_put_first(lists[i], q); /* its connection went down before it was sent */
        }
    }
}

struct db_query *db_send(struct db *db, enum sql statement, const struct db_arg *args, unsigned count,
                         void (*done)(void *context, const struct db_result *r), void *context)
{
    size_t bytes = 0;
    if (db->closing || count > DB_MAX_ARGS)
        return NULL;
    for (unsigned i = 0; i < count; i++)
        bytes += args[i].s.n;
    bool writer = statement_of(statement).write;
    struct list *waiting = writer ? &db->writes : &db->reads;
    bool refused = db->reads.n + db->writes.n >= DB_MAX_WAITING || bytes > DB_MAX_BYTES - db->bytes;
    bool down = !refused && db_class_down(db, writer);
    struct conn *c = refused || down || waiting->head ? NULL : choose(db, writer);
    /* a write that goes out now is never sent again: its arguments, which may be large, need no copy */
    bool keep = !refused && !down && (!c || !writer);
    struct db_query *q = query_new(db, statement, args, count, refused || down ? 0 : bytes, keep);
    if (!q)
        return NULL;
    q->done = done;
    q->context = context;
    if (refused || down) {
        db->counters.refused++;
        query_fail(q, refused ? "database_busy" : "database_unavailable",
                   refused ? "Too much is waiting for the database." : "The database cannot be reached.");
        db_soon(db);
    } else if (!c) {
        list_put(waiting, q);
    } else if (!conn_send(c, q) && !q->in) {
        query_fail(q, "database_unavailable", "The connection to the database was lost.");
        db_soon(db);
    }
    start_tick(db);
    return q;
}

void db_forget(struct db_query *q)
{
    if (!q->done)
        return;
    q->done = NULL;
    q->db->counters.forgotten++;
    for (unsigned i = 0; i < q->db->count; i++)
        if (q->in == &q->db->conns[i].flight)
            return; /* it runs to its end, and is freed then */
    query_free(q);
}

void db_turn_end(struct db *db)
{
    for (unsigned i = 0; i < db->count; i++) {
        if (db->conns[i].dirty)
            conn_sync(&db->conns[i]);
        conn_wait(&db->conns[i]); /* these two in case that a timer could not be had before */
    }
    db_soon(db);
}

/* ---- the whole */

bool db_ready(const struct db *db)
{
    bool up[2] = {false, false};
    for (unsigned i = 0; i < db->count; i++)
        if (db->conns[i].state == CONN_READY)
            up[db->conns[i].writer] = true;
    return up[0] && up[1];
}

enum status db_new(const struct db_loop *loop, const struct db_config *config, struct db **out, struct err *e)
{
    *out = NULL;
    enum status s = connect_check(config->url, e);
    if (s != OK)
        return s;
    struct db *db = calloc(1, sizeof *db);
    unsigned count = (config->readers ? config->readers : 1) + 1;
    if (db) {
        db->url = strdup(config->url);
        db->conns = calloc(count, sizeof *db->conns);
    }
    if (!db || !db->url || !db->conns) {
        if (db) {
            free(db->url);
            free(db->conns);
        }
        free(db);
        return err_set(e, ERR_NOMEM, "out_of_memory", "There is no memory for database connections.");
    }
    db->loop = *loop;
    db->deadline_ms = config->deadline_ms ? config->deadline_ms : 10000;
    db->count = count;
    if (random_bytes(&db->random, sizeof db->random) != OK || db->random == 0)
        db->random = (uint64_t)clock_now_us() | 1; /* only for jitter */
    for (unsigned i = 0; i < count; i++) {
        db->conns[i].db = db;
        db->conns[i].writer = i == count - 1;
    }
    for (unsigned i = 0; i < count; i++)
        conn_start(&db->conns[i]);
    *out = db;
    return OK;
}

void db_free(struct db *db)
{
    if (!db)
        return;
    db->closing = true;
    for (unsigned i = 0; i < db->count; i++)
        conn_stop(&db->conns[i]);
    while (db->reads.head)
        query_fail(db->reads.head, "database_unavailable", "The service is stopping.");
    while (db->writes.head)
        query_fail(db->writes.head, "database_unavailable", "The service is stopping.");
    db_deliver(db);
    if (db->soon)
        db->loop.timer_cancel(db->soon);
    if (db->tick)
        db->loop.timer_cancel(db->tick);
    if (db->hold)
        db->loop.timer_cancel(db->hold);
    free(db->conns);
    free(db->url);
    free(db);
}

void db_counters(const struct db *db, struct db_counters *out)
{
    *out = db->counters;
    out->waiting = db->reads.n + db->writes.n;
    out->in_flight = out->connections = 0;
    for (unsigned i = 0; i < db->count; i++) {
        out->in_flight += db->conns[i].flight.n;
        out->connections += db->conns[i].state == CONN_READY;
    }
}
