#include "registry/migrate.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "registry/db_private.h"

#define MAX_FILES          9999
#define MAX_BYTES          ((size_t)16 << 20)
#define LOCK_KEY           "7236583390215431" /* any number, the same in every version of the program */
#define MAX_MIGRATION_TEXT 256

struct migration {
    unsigned number;
    const char *name; /* of the file */
    const char *text;
    uint8_t sha[SHA256_BYTES];
};

struct run {
    struct arena *a;
    const char *folder;
    struct err *e;
    struct migration *list; /* number 1 first */
    size_t count;
    PGconn *pg;
};

/* ---- the folder */

/* NNNN_name.sql with NNNN > 0. */
static bool read_number(struct str name, unsigned *number)
{
    uint64_t n;
    if (name.n < 10 || name.p[4] != '_' || !str_u64(str_sub(name, 0, 4), &n) || n == 0)
        return false;
    *number = (unsigned)n;
    return true;
}

static enum status load_file(struct run *run, struct str name, struct migration *m)
{
    struct str text = STR_NONE;
    if (!read_number(name, &m->number))
        return err_set(run->e, ERR_INVALID, "migration_name", "%.*s is not named like 0001_what_it_does.sql.",
                       STR_ARG(name));
    m->name = str_cstr(run->a, name);
    const char *path = str_printf(run->a, "%s/%s", run->folder, m->name).p;
    enum status s = file_read(run->a, path, MAX_BYTES, &text, run->e);
    if (s == OK)
        s = sha256(text, m->sha);
    m->text = str_cstr(run->a, text);
    if (s == OK && strlen(m->text) != text.n)
        return err_set(run->e, ERR_INVALID, "migration_text", "%s has NUL characters.", m->name);
    return s;
}

static enum status load_folder(void *arg)
{
    struct run *run = arg;
    struct str *names;
    size_t count;
    enum status s = dir_list(run->a, run->folder, MAX_FILES, &names, &count, run->e);
    if (s != OK)
        return s;
    run->list = arena_array_of(run->a, count, struct migration);
    for (size_t i = 0; i < count && s == OK; i++)
        if (str_ends(names[i], ".sql"))
            s = load_file(run, names[i], &run->list[run->count++]);
    return s;
}

/* The names come sorted, so the numbers do. */
static enum status check_numbers(const struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct migration *m = &run->list[i];
        if (i > 0 && m->number == run->list[i - 1].number)
            return err_set(run->e, ERR_INVALID, "migration_duplicate", "%s and %s have the same number.",
                           run->list[i - 1].name, m->name);
        if (m->number != i + 1)
            return err_set(run->e, ERR_INVALID, "migration_gap", "There is no migration %04zu before %s.", i + 1,
                           m->name);
    }
    return OK;
}

/* ---- the database */

static enum status sql_failed(const struct run *run, const PGresult *r, const char *what)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *message = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (result_lost(r) || PQstatus(run->pg) != CONNECTION_OK)
        return err_set(run->e, ERR_UNAVAILABLE, "database_unavailable", "The database went away during %s.", what);
    return err_set(run->e, ERR_INTERNAL, "migration_failed", "%s: %s (SQLSTATE %s)", what, message ? message : "failed",
                   state ? state : "unknown");
}

/* Runs one statement; *out, when asked for, is the caller's to clear. */
static enum status sql_run(const struct run *run, const char *what, const char *sql, const struct db_arg *args,
                           unsigned count, PGresult **out)
{
    struct params p;
    params_set(&p, args, count);
    PGresult *r = PQexecParams(run->pg, sql, (int)count, NULL, p.values, p.lengths, p.formats, 1);
    ExecStatusType got = PQresultStatus(r);
    if (got != PGRES_COMMAND_OK && got != PGRES_TUPLES_OK) {
        enum status s = sql_failed(run, r, what);
        PQclear(r);
        return s;
    }
    if (out)
        *out = r;
    else
        PQclear(r);
    return OK;
}

static enum status connect_to(struct run *run, const char *url)
{
    struct connect_params p;
    enum status s = connect_check(url, run->e);
    if (s != OK)
        return s;
    connect_params(&p, url);
    run->pg = PQconnectdbParams(p.keys, p.values, 1);
    if (run->pg && PQstatus(run->pg) == CONNECTION_OK)
        return OK;
    const char *why = PQerrorMessage(run->pg); /* has host and cause, never the password */
    err_set(run->e, ERR_UNAVAILABLE, "database_unavailable", "The database cannot be reached: %.*s",
            STR_ARG(str_trim((struct str){why, strnlen(why, MAX_MIGRATION_TEXT)})));
    return err_hint(run->e, "Look whether PostgreSQL runs and the database URL is right.");
}

/* What was applied must be what the folder has; *applied is how many were. */
static enum status compare(const struct run *run, const PGresult *r, size_t *applied)
{
    *applied = (size_t)PQntuples(r);
    for (int i = 0; i < PQntuples(r); i++) {
        struct str number = {PQgetvalue(r, i, 0), (size_t)PQgetlength(r, i, 0)};
        struct str sha = {PQgetvalue(r, i, 1), (size_t)PQgetlength(r, i, 1)};
        const char *name = PQgetvalue(r, i, 2);
        uint64_t n;
        const struct migration *m = NULL;
        for (size_t k = 0; k < run->count && str_u64(number, &n); k++)
            if (run->list[k].number == n)
                m = &run->list[k];
        if (!m && run->count > 0 && str_u64(number, &n) && n > run->list[run->count - 1].number) {
            err_set(run->e, ERR_INVALID, "migration_newer",
                    "The database has migration %s, which this program does not know.", name);
            return err_hint(run->e, "Use the newer program that made it.");
        }
        if (!m)
            return err_set(run->e, ERR_INVALID, "migration_missing", "%s was applied, but its file is missing.", name);
        if (sha.n != sizeof m->sha || memcmp(sha.p, m->sha, sizeof m->sha) != 0) {
            err_set(run->e, ERR_INVALID, "migration_edited", "%s was edited after it was applied.", m->name);
            return err_hint(run->e, "Put the file back as it was; changes go into a new migration.");
        }
    }
    return OK;
}

static enum status read_applied(const struct run *run, size_t *applied)
{
    PGresult *r;
    *applied = 0;
    enum status s = sql_run(run, "looking for the schema", "SELECT to_regclass('schema_migration')::text", NULL, 0, &r);
    if (s != OK)
        return s;
    bool there = PQntuples(r) == 1 && !PQgetisnull(r, 0, 0);
    PQclear(r);
    if (!there)
        return check_numbers(run);
    s = sql_run(run, "reading the schema's history",
                "SELECT number::text, sha256, name FROM schema_migration ORDER BY number", NULL, 0, &r);
    if (s != OK)
        return s;
    s = compare(run, r, applied);
    PQclear(r);
    return s == OK ? check_numbers(run) : s;
}

/* The line of the file that the server points at. */
static unsigned line_of(const char *text, const PGresult *r)
{
    const char *at = PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);
    uint64_t n;
    unsigned line = 1;
    if (!at || !str_u64(str_of(at), &n))
        return 0;
    for (const char *p = text; *p && n > 1; p++) {
        n -= ((unsigned char)*p & 0xc0) != 0x80; /* it counts characters */
        line += *p == '\n';
    }
    return line;
}

/* A file may hold many statements, so it goes as one text without parameters. */
static enum status apply_text(const struct run *run, const struct migration *m)
{
    PGresult *r = PQexec(run->pg, m->text);
    ExecStatusType got = PQresultStatus(r);
    enum status s = OK;
    if (got != PGRES_COMMAND_OK && got != PGRES_TUPLES_OK && got != PGRES_EMPTY_QUERY) {
        s = sql_failed(run, r, m->name);
        run->e->line = line_of(m->text, r);
    } else if (PQtransactionStatus(run->pg) != PQTRANS_INTRANS) {
        s = err_set(run->e, ERR_INVALID, "migration_transaction",
                    "%s ends the transaction that it runs in; part of it may have been applied.", m->name);
    }
    PQclear(r);
    return s;
}

static enum status apply(const struct run *run, const struct migration *m)
{
    struct str number = str_sub(str_of(m->name), 0, 4);
    struct db_arg args[] = {db_text(number), db_text(str_of(m->name)),
                            db_bytes((struct str){(const char *)m->sha, sizeof m->sha})};
    enum status s = sql_run(run, m->name, "BEGIN", NULL, 0, NULL);
    if (s == OK)
        s = apply_text(run, m);
    if (s == OK)
        s = sql_run(
            run, m->name,
            "INSERT INTO schema_migration (number, name, sha256) VALUES ($1::text::integer, $2::text, $3::bytea)", args,
            3, NULL);
    return s == OK ? sql_run(run, m->name, "COMMIT", NULL, 0, NULL) : s;
}

static enum status migrate(const struct run *run, bool dry_run, void (*report)(void *, const char *), void *context)
{
    size_t applied;
    /* held until the connection ends; who comes second waits, and then finds everything applied */
    enum status s =
        sql_run(run, "waiting for another migration", "SELECT pg_advisory_lock(" LOCK_KEY ")", NULL, 0, NULL);
    if (s == OK)
        s = read_applied(run, &applied);
    if (s != OK)
        return s;
    if (!dry_run)
        s = sql_run(run, "making the schema's history",
                    "CREATE TABLE IF NOT EXISTS schema_migration (number integer PRIMARY KEY, name text NOT NULL, "
                    "sha256 bytea NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
                    NULL, 0, NULL);
    for (size_t i = applied; i < run->count && s == OK; i++) {
        if (!dry_run)
            s = apply(run, &run->list[i]);
        if (s == OK && report)
            report(context, run->list[i].name);
    }
    return s;
}

static void no_notices(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

enum status migrate_run(const char *url, const char *folder, bool dry_run,
                        void (*report)(void *context, const char *name), void *context, struct err *e)
{
    struct err own = {0};
    struct run run = {.a = arena_new(0), .folder = folder, .e = e ? e : &own};
    if (!run.a)
        return err_set(e, ERR_NOMEM, "out_of_memory", "There is no memory to read the migrations.");
    enum status s = arena_guard(run.a, load_folder, &run);
    if (s != OK && run.e->status == OK)
        err_set(run.e, s, "out_of_memory", "There is no memory to read the migrations.");
    if (s == OK)
        s = connect_to(&run, url);
    if (s == OK) {
        PQsetNoticeReceiver(run.pg, no_notices, NULL);
        s = migrate(&run, dry_run, report, context);
    }
    PQfinish(run.pg);
    arena_free(run.a);
    return s;
}
