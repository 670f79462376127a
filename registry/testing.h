/*
 * What the unit tests of this folder share: a private PostgreSQL, fresh databases, short ways to run statements and to
 * look into their JSON, publishing, and an event loop over poll().
 *
 * The server is started by the first test that needs one, through tests/registry-pg.sh, and ends with the program.
 * With TEST_DATABASE_URL that server is used instead; databases that were made there are dropped at the end.
 */
#ifndef REGISTRY_TESTING_H
#define REGISTRY_TESTING_H

#include "base/testing.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/node.h"
#include "registry/db.h"
#include "registry/migrate.h"

/* ---- the server */

static struct {
    char url[512];
    unsigned made;      /* databases */
    char template[64];  /* name of the one that is migrated and copied */
    char current[1024]; /* URL of the last one */
} pg;

/* Runs something on a connection of its own; the first column of the first row is copied to `out`. */
static inline void pg_sql_to(const char *url, const char *sql, char *out, size_t size)
{
    PGconn *c = PQconnectdb(url);
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s: %s%s", sql, PQerrorMessage(c), PQresultErrorMessage(r));
    if (size > 0)
        snprintf(out, size, "%s", PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) > 0 ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    PQfinish(c);
}

static inline void pg_sql(const char *url, const char *sql)
{
    char none[1];
    pg_sql_to(url, sql, none, 0);
}

static inline long pg_number(const char *url, const char *sql)
{
    char text[64];
    pg_sql_to(url, sql, text, sizeof text);
    return strtol(text, NULL, 10);
}

static inline void pg_drop_all(void)
{
    for (unsigned i = 0; i < pg.made; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS hub_test_%ld_%u WITH (FORCE)", (long)getpid(), i);
        PGconn *c = PQconnectdb(pg.url);
        PQclear(PQexec(c, sql));
        PQfinish(c);
    }
}

static inline void pg_start(void)
{
    const char *given = getenv("TEST_DATABASE_URL");
    int in[2], out[2];
    if (pg.url[0])
        return;
    if (given) {
        snprintf(pg.url, sizeof pg.url, "%s", given);
        atexit(pg_drop_all);
        return;
    }
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        fail_msg("no pipes");
    pid_t child = fork();
    if (child == 0) {
        dup2(in[0], 0); /* its input ends with this program: then it stops the server */
        dup2(out[1], 1);
        execl("tests/registry-pg.sh", "registry-pg.sh", (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    FILE *f = fdopen(out[0], "r");
    if (child < 0 || !f || !fgets(pg.url, (int)sizeof pg.url, f))
        fail_msg("tests/registry-pg.sh gave no server");
    pg.url[strcspn(pg.url, "\n")] = '\0';
}

/* The URL with another database. */
static inline void pg_url_of(const char *database, char *out, size_t size)
{
    char *message = NULL;
    PQconninfoOption *list = PQconninfoParse(pg.url, &message);
    size_t n = 0;
    assert_non_null(list);
    for (PQconninfoOption *o = list; o->keyword; o++)
        if (o->val && strcmp(o->keyword, "dbname") != 0)
            n += (size_t)snprintf(out + n, size - n, "%s='%s' ", o->keyword, o->val);
    snprintf(out + n, size - n, "dbname=%s", database);
    PQconninfoFree(list);
}

/* A new database, empty or a copy of `template`; its URL holds until the next call. */
static inline const char *pg_new(const char *template)
{
    char name[64], sql[256];
    pg_start();
    snprintf(name, sizeof name, "hub_test_%ld_%u", (long)getpid(), pg.made++);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s", name, template);
    pg_sql(pg.url, sql);
    pg_url_of(name, pg.current, sizeof pg.current);
    return pg.current;
}

static inline const char *pg_migrated(void)
{
    struct err e = {0};
    if (!pg.template[0]) {
        unsigned number = pg.made;
        const char *url = pg_new("template0");
        if (migrate_run(url, "migrations", false, NULL, NULL, &e) != OK)
            fail_msg("%s", e.message);
        snprintf(pg.template, sizeof pg.template, "hub_test_%ld_%u", (long)getpid(), number);
    }
    return pg_new(pg.template);
}

/* ---- a test with a migrated database of its own and one blocking connection */

struct with_db {
    struct arena *a;
    const char *url;
    struct db_sync *s;
    struct db_result r; /* of the last statement */
    unsigned seq;       /* for made-up values */
};

static inline int with_db_setup(void **state)
{
    struct with_db *t = calloc(1, sizeof *t);
    struct err e = {0};
    if (!t)
        return -1;
    t->a = arena_new(0);
    t->url = pg_migrated();
    *state = t;
    if (db_sync_open(t->url, &t->s, &e) == OK)
        return 0;
    print_error("%s\n", e.message);
    return -1;
}

static inline int with_db_teardown(void **state)
{
    struct with_db *t = *state;
    db_result_free(&t->r);
    db_sync_close(t->s);
    arena_free(t->a);
    free(t);
    return 0;
}
#define with_database(test) cmocka_unit_test_setup_teardown(test, with_db_setup, with_db_teardown)

static inline struct db_arg T(const char *s) {
    return s ? db_text(str_of(s)) : (struct db_arg){.type = DB_NULL};
}

static inline struct db_arg
N(struct with_db *t, long n) {
    return db_text(str_printf(t->a, "%ld", n));
}

static inline enum status
run_args(struct with_db *t, enum sql statement, const struct db_arg *args, size_t count)
{
    db_result_free(&t->r);
    return db_sync_run(t->s, statement, args, (unsigned)count, &t->r);
}
#define ARGS(...)              (struct db_arg[]){__VA_ARGS__}, sizeof((struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg)
#define run(t, statement, ...) run_args((t), (statement), ARGS(__VA_ARGS__))

static inline void must_args(struct with_db *t, enum sql statement, const struct db_arg *args, size_t count,
                             const char *file, int line)
{
    if (run_args(t, statement, args, count) == OK)
        return;
    print_error("status %d, code %s: %s\n", (int)t->r.status, t->r.e.code, t->r.e.message);
    _fail(file, line);
}
/* The statement works. */
#define must(t, statement, ...) must_args((t), (statement), ARGS(__VA_ARGS__), __FILE__, __LINE__)
/* The statement gives that status and code. */
#define refused(t, want, code, statement, ...)                                                                         \
    assert_error(run((t), (statement), __VA_ARGS__), &(t)->r.e, (want), (code))

/* A value of the last result, as a copy. */
static inline const char *got(struct with_db *t, size_t row, unsigned column)
{
    struct str s = db_get(&t->r, row, column);
    return s.p ? str_cstr(t->a, s) : NULL;
}

/* The JSON of column 0 of the last result. */
static inline struct node *got_json(struct with_db *t)
{
    struct node *n = NULL;
    struct err e = {0};
    struct str s = db_get(&t->r, 0, 0);
    if (node_parse_json(t->a, s, &n, &e) != OK)
        fail_msg("%s: %.*s", e.message, STR_ARG(s));
    return n;
}

static inline const char *text_at(struct with_db *t, const struct node *n)
{
    return n ? str_cstr(t->a, node_is_null(n) ? STR("null") : node_text(n)) : "(none)";
}

/* ---- publishing */

struct pub {
    const char *ns, *kind, *name, *title, *description, *provider, *labels, *keywords, *featured, *version, *main,
        *package, *interface, *refs, *members, *search, *expected;
    bool prerelease;
};

/* What catalog makes of a version, for the numbers that tests use. */
static inline const char *order_key(struct arena *a, const char *version)
{
    unsigned long part[3] = {0, 0, 0};
    char *end = NULL;
    const char *p = version;
    for (int i = 0; i < 3; i++) {
        part[i] = strtoul(p, &end, 10);
        if (end == p || (i < 2 && *end != '.'))
            return str_printf(a, "0%s", version).p;
        p = end + 1;
    }
    return str_printf(a, "1%06lu.%06lu.%06lu%s", part[0], part[1], part[2], *end ? end : "~").p;
}

static inline struct db_arg digest_arg(struct with_db *t, const char *data)
{
    uint8_t *d = arena_alloc(t->a, SHA256_BYTES);
    if (!data)
        return (struct db_arg){.type = DB_NULL};
    assert_int_equal(sha256(str_of(data), d), OK);
    return db_bytes((struct str){(char *)d, SHA256_BYTES});
}

static inline const char *digest_of(struct with_db *t, const char *data)
{
    return str_printf(t->a, "sha256:%s", sha256_hex(t->a, str_of(data)).p).p;
}

static inline enum status publish(struct with_db *t, struct pub p)
{
    const char *version = p.version ? p.version : "1.0.0";
    const char *main = p.main ? p.main : str_printf(t->a, "main file %u of %s", t->seq++, p.name).p;
    must(t, SQL_BLOB_PUT, digest_arg(t, main), db_bytes(str_of(main)));
    if (p.package)
        must(t, SQL_BLOB_PUT, digest_arg(t, p.package), db_bytes(str_of(p.package)));
    return run(t, SQL_PUBLISH, T(p.ns ? p.ns : "default"), T(p.kind ? p.kind : "component"), T(p.name), T(p.title),
               T(p.description), T(p.provider), T(p.labels), T(p.keywords), T(p.featured), T(version),
               T(order_key(t->a, version)), T(p.prerelease ? "true" : "false"), digest_arg(t, main),
               T("component.yaml"), N(t, (long)strlen(main)), digest_arg(t, p.package), T(p.package ? "tgz" : ""),
               T("kfp-v1"), T("1"), T(p.interface ? p.interface : "{\"inputs\":[],\"outputs\":[]}"), T("{}"), T(NULL),
               T(p.refs ? p.refs : "[]"), T(p.members), T(p.search), T(p.expected), T("1"));
}
#define published(t, ...) assert_int_equal(publish((t), (struct pub){__VA_ARGS__}), OK)

/* ---- an event loop */

struct test_watch {
    struct test_loop *loop;
    int fd;
    bool used, wants_write;
    void (*readable)(void *), (*writable)(void *);
    void *arg;
};

struct test_timer {
    bool used;
    int64_t at;
    void (*fire)(void *);
    void *arg;
};

struct test_loop {
    struct test_watch watches[16];
    struct test_timer timers[64];
    bool no_watches, no_timers; /* both run out */
    struct db *db;              /* told of the end of each turn */
};

static inline void *loop_watch(void *loop, int fd, void (*readable)(void *), void (*writable)(void *), void *arg)
{
    struct test_loop *l = loop;
    for (size_t i = 0; i < 16 && !l->no_watches; i++)
        if (!l->watches[i].used) {
            l->watches[i] = (struct test_watch){l, fd, true, false, readable, writable, arg};
            return &l->watches[i];
        }
    return NULL;
}

static inline void loop_want_write(void *watch)
{
    ((struct test_watch *)watch)->wants_write = true;
}

static inline void loop_unwatch(void *watch)
{
    ((struct test_watch *)watch)->used = false;
}

static inline void *loop_timer(void *loop, unsigned ms, void (*fire)(void *), void *arg)
{
    struct test_loop *l = loop;
    for (size_t i = 0; i < 64 && !l->no_timers; i++)
        if (!l->timers[i].used) {
            l->timers[i] = (struct test_timer){true, clock_mono_ms() + ms, fire, arg};
            return &l->timers[i];
        }
    return NULL;
}

static inline void loop_timer_cancel(void *timer)
{
    ((struct test_timer *)timer)->used = false;
}

static inline struct db_loop loop_lend(struct test_loop *l)
{
    return (struct db_loop){l, loop_watch, loop_want_write, loop_unwatch, loop_timer, loop_timer_cancel};
}

/* One turn: waits at most `ms`, calls what is due, ends the turn. */
static inline void loop_turn(struct test_loop *l, int ms)
{
    struct pollfd fds[16];
    struct test_watch *of[16];
    nfds_t n = 0;
    int64_t now = clock_mono_ms();
    for (size_t i = 0; i < 16; i++)
        if (l->watches[i].used) {
            of[n] = &l->watches[i];
            fds[n++] =
                (struct pollfd){l->watches[i].fd, (short)(POLLIN | (l->watches[i].wants_write ? POLLOUT : 0)), 0};
        }
    for (size_t i = 0; i < 64; i++)
        if (l->timers[i].used && l->timers[i].at - now < ms)
            ms = l->timers[i].at <= now ? 0 : (int)(l->timers[i].at - now);
    poll(fds, n, ms);
    for (nfds_t i = 0; i < n; i++) {
        if (fds[i].revents & (POLLOUT | POLLERR | POLLHUP) && of[i]->used && of[i]->fd == fds[i].fd &&
            of[i]->wants_write) {
            of[i]->wants_write = false;
            of[i]->writable(of[i]->arg);
        }
        if (fds[i].revents & (POLLIN | POLLERR | POLLHUP) && of[i]->used && of[i]->fd == fds[i].fd)
            of[i]->readable(of[i]->arg);
    }
    now = clock_mono_ms();
    for (size_t i = 0; i < 64; i++)
        if (l->timers[i].used && l->timers[i].at <= now) {
            l->timers[i].used = false;
            l->timers[i].fire(l->timers[i].arg);
        }
    if (l->db)
        db_turn_end(l->db);
}

/* Turns until the condition holds; fails after ten seconds. */
#define loop_until(l, condition)                                                                                       \
    do {                                                                                                               \
        int64_t loop_end = clock_mono_ms() + 10000;                                                                    \
        while (!(condition)) {                                                                                         \
            if (clock_mono_ms() > loop_end)                                                                            \
                fail_msg("after ten seconds still not: %s", #condition);                                               \
            loop_turn((l), 50);                                                                                        \
        }                                                                                                              \
    } while (0)

#endif
