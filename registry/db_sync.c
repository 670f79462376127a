/* Blocking statements over one connection, for the command line and for threads that may wait. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "registry/db_private.h"

#define MAX_CHANNELS 4

struct db_sync {
    char *url;
    PGconn *pg; /* NULL: to be connected by the next call */
    bool prepared[SQL_COUNT];
    bool in_transaction;
    bool transaction_lost; /* the connection went down in it: nothing runs until it is rolled back */
    unsigned channels;
    char *channel[MAX_CHANNELS];
    PGnotify *note; /* handed out last, or read by db_sync_wait and */
    bool fresh;     /* not handed out yet */
};

static void no_notices(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

static enum status unavailable(struct err *e)
{
    err_set(e, ERR_UNAVAILABLE, "database_unavailable", "The database cannot be reached.");
    return err_hint(e, "Look whether PostgreSQL runs and the database URL is right.");
}

static void lose(struct db_sync *s)
{
    PQfinish(s->pg);
    s->pg = NULL;
    memset(s->prepared, 0, sizeof s->prepared);
    s->transaction_lost = s->in_transaction;
}

/* LISTEN takes no parameters; the channel is quoted, and comes from the program, not from users. */
static bool listen_on(struct db_sync *s, const char *channel)
{
    char *quoted = PQescapeIdentifier(s->pg, channel, strlen(channel));
    char command[160] = "LISTEN ";
    size_t n = quoted ? strlen(quoted) : 0;
    bool ok = quoted && n < sizeof command - 8;
    if (ok) {
        memcpy(command + 7, quoted, n + 1);
        PGresult *r = PQexec(s->pg, command);
        ok = PQresultStatus(r) == PGRES_COMMAND_OK;
        PQclear(r);
    }
    PQfreemem(quoted);
    return ok;
}

static enum status connected(struct db_sync *s, struct err *e)
{
    struct connect_params p;
    if (s->pg)
        return OK;
    connect_params(&p, s->url);
    s->pg = PQconnectdbParams(p.keys, p.values, 1);
    bool ok = s->pg && PQstatus(s->pg) == CONNECTION_OK;
    if (ok)
        PQsetNoticeReceiver(s->pg, no_notices, NULL);
    for (unsigned i = 0; ok && i < s->channels; i++)
        ok = listen_on(s, s->channel[i]);
    if (ok)
        return OK;
    lose(s);
    return unavailable(e);
}

enum status db_sync_open(const char *url, struct db_sync **out, struct err *e)
{
    *out = NULL;
    enum status st = connect_check(url, e);
    if (st != OK)
        return st;
    struct db_sync *s = calloc(1, sizeof *s);
    if (s)
        s->url = strdup(url);
    if (!s || !s->url) {
        free(s);
        return err_set(e, ERR_NOMEM, "out_of_memory", "There is no memory for a database connection.");
    }
    st = connected(s, e);
    if (st != OK) {
        db_sync_close(s);
        return st;
    }
    *out = s;
    return OK;
}

void db_sync_close(struct db_sync *s)
{
    if (!s)
        return;
    PQfreemem(s->note);
    PQfinish(s->pg);
    for (unsigned i = 0; i < s->channels; i++)
        free(s->channel[i]);
    free(s->url);
    free(s);
}

/* ---- statements */

static PGresult *run_once(struct db_sync *s, enum sql statement, const struct db_arg *args, unsigned count)
{
    struct statement t = statement_of(statement);
    struct params p;
    if (!s->prepared[statement]) {
        PGresult *r = PQprepare(s->pg, t.name, t.text, 0, NULL);
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
            return r;
        PQclear(r);
        s->prepared[statement] = true;
    }
    params_set(&p, args, count);
    return PQexecPrepared(s->pg, t.name, (int)count, p.values, p.lengths, p.formats, t.binary);
}

enum status db_sync_run(struct db_sync *s, enum sql statement, const struct db_arg *args, unsigned count,
                        struct db_result *r)
{
    size_t bytes = 0;
    *r = (struct db_result){.status = OK};
    for (unsigned i = 0; i < count; i++)
        bytes += args[i].s.n;
    if (count > DB_MAX_ARGS || bytes > DB_MAX_BYTES)
        return r->status = err_set(&r->e, ERR_LIMIT, "statement_too_large", "That is too much for one statement.");
    if (s->transaction_lost)
        return r->status = unavailable(&r->e);
    unsigned tries = s->in_transaction || statement_of(statement).write ? 1 : 2;
    while (tries-- > 0) {
        r->status = connected(s, &r->e);
        if (r->status != OK)
            return r->status;
        PGresult *got = run_once(s, statement, args, count);
        bool lost = result_lost(got) || PQstatus(s->pg) != CONNECTION_OK;
        result_read(r, lost ? NULL : got, statement);
        if (!lost)
            break;
        PQclear(got);
        lose(s);
    }
    return r->status;
}

static enum status command(struct db_sync *s, const char *sql, struct err *e)
{
    PGresult *r = PQexec(s->pg, sql);
    /* COMMIT of a failed transaction succeeds by rolling back: its tag tells */
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(r), sql) == 0;
    bool lost = result_lost(r);
    PQclear(r);
    if (ok)
        return OK;
    if (lost) {
        lose(s);
        return unavailable(e);
    }
    return err_set(e, ERR_UNAVAILABLE, "database_conflict", "The transaction could not be completed.");
}

enum status db_sync_begin(struct db_sync *s, struct err *e)
{
    enum status st = connected(s, e);
    if (st == OK)
        st = command(s, "BEGIN", e);
    s->in_transaction = st == OK;
    return st;
}

enum status db_sync_commit(struct db_sync *s, struct err *e)
{
    bool lost = s->transaction_lost;
    s->in_transaction = s->transaction_lost = false;
    return lost || !s->pg ? unavailable(e) : command(s, "COMMIT", e);
}

void db_sync_rollback(struct db_sync *s)
{
    struct err e;
    bool there = s->in_transaction && !s->transaction_lost && s->pg;
    s->in_transaction = s->transaction_lost = false;
    if (there && command(s, "ROLLBACK", &e) != OK && s->pg)
        lose(s); /* a connection in an unknown state is of no use */
}

/* ---- notifications */

enum status db_sync_listen(struct db_sync *s, const char *channel, struct err *e)
{
    enum status st = connected(s, e);
    if (st != OK)
        return st;
    if (s->channels == MAX_CHANNELS)
        return err_set(e, ERR_LIMIT, "too_many_channels", "One connection listens on at most %d channels.",
                       MAX_CHANNELS);
    char *copy = strdup(channel);
    if (!copy)
        return err_set(e, ERR_NOMEM, "out_of_memory", "There is no memory for the name of a channel.");
    if (!listen_on(s, channel)) {
        free(copy);
        lose(s);
        return unavailable(e);
    }
    s->channel[s->channels++] = copy;
    return OK;
}

bool db_sync_notified(struct db_sync *s, struct str *channel, struct str *payload)
{
    if (!s->fresh) {
        PQfreemem(s->note);
        s->note = s->pg ? PQnotifies(s->pg) : NULL;
    }
    s->fresh = false;
    if (!s->note)
        return false;
    *channel = str_of(s->note->relname);
    *payload = str_of(s->note->extra);
    return true;
}

enum status db_sync_wait(struct db_sync *s, int timeout_ms, struct err *e)
{
    int64_t until = clock_mono_ms() + timeout_ms;
    bool again = !s->pg;
    enum status st = connected(s, e);
    if (st != OK || again)
        return st;
    for (;;) {
        if (PQconsumeInput(s->pg) != 1) {
            lose(s);
            return connected(s, e); /* what came meanwhile is not known, so it counts as woken */
        }
        PQfreemem(s->note);
        s->note = PQnotifies(s->pg);
        s->fresh = s->note != NULL;
        if (s->fresh)
            return OK;
        int64_t left = until - clock_mono_ms();
        struct pollfd p = {.fd = PQsocket(s->pg), .events = POLLIN};
        int n = left <= 0 ? 0 : poll(&p, 1, (int)left);
        if (n == 0)
            return err_set(e, ERR_NOT_FOUND, "no_notification", "Nothing was notified in that time.");
        if (n < 0 && errno != EINTR)
            return err_errno(e, errno, "poll", "Waiting for the database failed");
    }
}

int db_sync_fd(const struct db_sync *s)
{
    return s->pg ? PQsocket(s->pg) : -1;
}
