/*
 * PostgreSQL for one event loop: libpq in pipeline mode, prepared named statements from registry/sql, back-off.
 *
 * A struct db belongs to one thread. It has one or more read connections, whose statements of one turn share a batch
 * (one sync, one send), and one write connection with a sync after each statement, so that a failing write never takes
 * others with it. Reads that fail because a connection went down are retried once; writes are answered
 * ERR_UNAVAILABLE. The wait queue is bounded: full = ERR_UNAVAILABLE at once.
 */
#ifndef REGISTRY_DB_H
#define REGISTRY_DB_H

#include "base/err.h"
#include "base/str.h"
#include "sql_table.h" /* enum sql: SQL_ASSET_GET, … generated from registry/sql */

#define DB_MAX_ARGS    32
#define DB_MAX_WAITING 4096                /* statements waiting for a connection */
#define DB_MAX_DEPTH   128                 /* statements in flight on one connection */
#define DB_MAX_BYTES   ((size_t)256 << 20) /* of arguments that wait or are in flight, all together */

/* What the event loop lends: watching a descriptor, one-shot timers. hub/http implements it over h2o. Its callbacks may
   call any of these again, unwatch of the very watch included. After db_free none is called any more. */
struct db_loop {
    void *loop;
    /* Watches fd (which stays the caller's) for reading until closed. NULL when it cannot. */
    void *(*watch)(void *loop, int fd, void (*readable)(void *arg), void (*writable)(void *arg), void *arg);
    void (*want_write)(void *watch); /* one call of writable when it can be written */
    void (*unwatch)(void *watch);
    void *(*timer)(void *loop, unsigned ms, void (*fire)(void *arg), void *arg); /* fires once */
    void (*timer_cancel)(void *timer);                                           /* before it fires only */
};

struct db_config {
    const char *url;      /* conninfo or URI as libpq reads it */
    unsigned readers;     /* read connections; 0 = 1 */
    unsigned deadline_ms; /* of one statement; then its connection is closed; 0 = 10,000. The server is told to give
                             up at nine tenths of it, so that mostly the one statement fails and not its connection. */
};

enum db_arg_type { DB_NULL, DB_TEXT, DB_BYTES };
struct db_arg {
    enum db_arg_type type;
    struct str s;
};
static inline struct db_arg db_text(struct str s)
{
    return (struct db_arg){s.p ? DB_TEXT : DB_NULL, s}; /* STR_NONE is NULL, an empty literal is '' */
}
static inline struct db_arg db_bytes(struct str s)
{
    return (struct db_arg){DB_BYTES, s};
}

/* Borrowed for the length of the callback (async) or until db_result_free (sync). */
struct db_result {
    enum status status; /* OK, or what the database's error means: see e */
    struct err e;
    void *rows; /* PGresult; for the accessors below */
};
size_t db_count(const struct db_result *r);
struct str db_get(const struct db_result *r, size_t row, unsigned column);  /* p = NULL for SQL NULL */
int64_t db_get_int(const struct db_result *r, size_t row, unsigned column); /* text results; 0 for NULL */
bool db_get_bool(const struct db_result *r, size_t row, unsigned column);
/* SQL functions of ours raise SQLSTATE 'CHnnn' (nnn = HTTP status), MESSAGE = code, DETAIL = sentence, HINT = hint;
   that becomes e.code, e.message, e.hint. Reads say the same in a last column named "error" of the first row. */

struct db;
struct db_query;
MUST_USE enum status db_new(const struct db_loop *loop, const struct db_config *c, struct db **out, struct err *e);
void db_free(struct db *db); /* answers what is under way with ERR_UNAVAILABLE */
/* At the end of each turn of the loop: one sync and one send for each connection that has something new. */
void db_turn_end(struct db *db);
bool db_ready(const struct db *db); /* at least one read and the write connection are up */

/*
 * Sends a statement; done is called exactly once, later (never from within this call), unless db_forget came first.
 * Arguments are copied where they have to wait. Returns a handle for db_forget, valid until done was called; NULL when
 * memory ran out or db_free is under way, and then done is never called.
 */
struct db_query *db_send(struct db *db, enum sql statement, const struct db_arg *args, unsigned count,
                         void (*done)(void *context, const struct db_result *r), void *context);
/* The asker is gone: done will not be called. A statement that waits is dropped; one under way runs to its end. */
void db_forget(struct db_query *q);

struct db_counters {
    uint64_t sent, failed, retried, forgotten, reconnects, batches, refused;
    unsigned waiting, in_flight, connections;
};
void db_counters(const struct db *db, struct db_counters *out);

/* ---- blocking, for the command line and for threads of their own */
struct db_sync;
MUST_USE enum status db_sync_open(const char *url, struct db_sync **out, struct err *e);
void db_sync_close(struct db_sync *s);
/* Prepares on first use. On a lost connection: reads are tried once more, writes give ERR_UNAVAILABLE; the connection
   is reset by the next call. Free the result with db_result_free, also after an error. */
enum status db_sync_run(struct db_sync *s, enum sql statement, const struct db_arg *args, unsigned count,
                        struct db_result *r);
void db_result_free(struct db_result *r);
/* BEGIN, COMMIT, ROLLBACK around db_sync_run calls. */
MUST_USE enum status db_sync_begin(struct db_sync *s, struct err *e);
MUST_USE enum status db_sync_commit(struct db_sync *s, struct err *e);
void db_sync_rollback(struct db_sync *s);
/* LISTEN on a channel (at most 4), then wait for a notification at most timeout_ms: OK, or ERR_NOT_FOUND when none
   came. After a lost connection it connects and listens again and says OK, since something may have been missed. */
MUST_USE enum status db_sync_listen(struct db_sync *s, const char *channel, struct err *e);
MUST_USE enum status db_sync_wait(struct db_sync *s, int timeout_ms, struct err *e);
/* The channel and the payload of the next notification that db_sync_wait has read, both valid until the next call;
   false when there is none left. Wait for more once it said so. */
bool db_sync_notified(struct db_sync *s, struct str *channel, struct str *payload);
int db_sync_fd(const struct db_sync *s);

#endif
