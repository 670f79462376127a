/* Shared by the files of registry/db*.c only. */
#ifndef REGISTRY_DB_PRIVATE_H
#define REGISTRY_DB_PRIVATE_H

#include <libpq-fe.h>
#include <sys/types.h>

#include "registry/db.h"

struct statement {
    const char *name, *text;
    bool binary, write;
};
struct statement statement_of(enum sql statement);

/* Arguments as libpq wants them. All go as binary, which for text and bytea are the bytes themselves: no copy, no
   terminator, and a NUL inside is refused by the server instead of cutting the text short. */
struct params {
    const char *values[DB_MAX_ARGS];
    int lengths[DB_MAX_ARGS], formats[DB_MAX_ARGS];
};
void params_set(struct params *p, const struct db_arg *args, unsigned count);

/* What a result means for the asker; fills out. `r` stays the caller's. NULL for r is a lost connection. */
void result_read(struct db_result *out, PGresult *r, enum sql statement);
/* The connection is gone or going, so this is no answer to the statement. */
bool result_lost(const PGresult *r);
void result_unavailable(struct db_result *out, const char *code, const char *message);

/* Connection parameters around the URL, for PQconnectdbParams and PQconnectStartParams. */
#define CONNECT_PARAMS 8
struct connect_params {
    const char *keys[CONNECT_PARAMS], *values[CONNECT_PARAMS];
};
void connect_params(struct connect_params *p, const char *url);
MUST_USE enum status connect_check(const char *url, struct err *e);

/* ---- the asynchronous side */

struct db_query;
struct list {
    struct db_query *head, *tail;
    unsigned n;
};

struct db_query {
    struct db *db;
    struct list *in; /* the one list it is on */
    struct db_query *prev, *next;
    enum sql statement;
    bool write;
    void (*done)(void *context, const struct db_result *r); /* NULL: forgotten */
    void *context;
    int64_t deadline; /* clock_mono_ms */
    bool alone;       /* gets a batch of its own: it was aborted by another's error before */
    bool retried;     /* its connection went down once already */
    PGresult *result; /* once answered; NULL: failed, for the reason in code and message */
    const char *code, *message;
    size_t bytes;
    unsigned count;
    struct db_arg args[];
};

enum conn_state { CONN_WAITS, CONN_CONNECTS, CONN_PREPARES, CONN_READY };

struct conn {
    struct db *db;
    bool writer;
    enum conn_state state;
    unsigned failures; /* attempts to connect that failed, one after another */
    unsigned backoff;
    PGconn *pg;
    PostgresPollingStatusType wants;
    void *watch, *timer;
    int fd;
    ino_t inode;        /* of the socket: libpq may give a new one the old number */
    struct list flight; /* sent, not answered, in order */
    unsigned syncs;     /* sent, not answered */
    bool dirty;         /* statements were sent after the last sync */
    bool unread_null;   /* a result was read, the NULL that ends it was not */
    bool asked;         /* for a call when it can be written */
    unsigned prepared;  /* statements whose PREPARE was answered */
};

struct db {
    struct db_loop loop;
    char *url;
    unsigned deadline_ms;
    unsigned count; /* of connections; the last one is for writes */
    struct conn *conns;
    struct list reads, writes; /* waiting for a connection */
    struct list answered;      /* to be told to the asker */
    /* timers: tell what is answered; look for what takes too long; reads wait after a loss */
    void *soon, *tick, *hold;
    bool closing;
    size_t bytes;
    uint64_t random;
    struct db_counters counters;
};

void list_put(struct list *l, struct db_query *q);
void list_put_first(struct list *l, struct db_query *q);
void list_take(struct db_query *q);

/* db.c */
void query_fail(struct db_query *q, const char *code, const char *message);
void query_free(struct db_query *q);
void db_pump(struct db *db);                          /* sends what waits as far as there is room */
void db_deliver(struct db *db);                       /* calls the askers of what is answered */
void db_hold(struct db *db);                          /* waiting reads are sent after a moment only */
void db_soon(struct db *db);                          /* has db_deliver called by the loop */
bool db_class_down(const struct db *db, bool writer); /* the database cannot be reached for reads, or writes */

/* db_conn.c */
void conn_start(struct conn *c);
/* Closes; retries or fails what was in flight; connects again after a while. */
void conn_down(struct conn *c, const char *why);
void conn_stop(struct conn *c); /* closes for good */
/* False when the connection went down instead; q is then where conn_down put it. */
bool conn_send(struct conn *c, struct db_query *q);
void conn_sync(struct conn *c);
void conn_wait(struct conn *c); /* has it connect again after a while, unless that is so already */

#endif
