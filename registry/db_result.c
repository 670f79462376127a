/* Statements, parameters and results: what the asynchronous and the blocking side have in common. */
#define SQL_TABLE_TEXTS /* this file alone has the texts */
#include "registry/db_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

struct statement statement_of(enum sql statement)
{
    return (struct statement){sql_table[statement].name, sql_table[statement].text, sql_table[statement].binary != 0,
                              sql_table[statement].write != 0};
}

void params_set(struct params *p, const struct db_arg *args, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        /* an empty value still needs a pointer: NULL means SQL NULL */
        p->values[i] = args[i].type == DB_NULL ? NULL : args[i].s.n == 0 ? "" : args[i].s.p;
        p->lengths[i] = (int)args[i].s.n; /* DB_MAX_BYTES is less than INT_MAX */
        p->formats[i] = 1;
    }
}

/* ---- connections */

void connect_params(struct connect_params *p, const char *url)
{
    /* later ones win: the URL over the defaults, the encoding over all */
    *p = (struct connect_params){
        {"application_name", "connect_timeout", "tcp_user_timeout", "dbname", "client_encoding", NULL},
        {"component-hub", "10", "30000", url, "UTF8", NULL},
    };
}

enum status connect_check(const char *url, struct err *e)
{
    char *message = NULL;
    PQconninfoOption *options = url ? PQconninfoParse(url, &message) : NULL;
    if (options) {
        PQconninfoFree(options);
        return OK;
    }
    /* the message would repeat parts of the URL, which may hold a password */
    PQfreemem(message);
    return err_set(e, ERR_INVALID, "database_url", "The database URL cannot be read.");
}

/* ---- errors */

bool result_lost(const PGresult *r)
{
    if (!r)
        return true;
    ExecStatusType s = PQresultStatus(r);
    if (s != PGRES_FATAL_ERROR && s != PGRES_BAD_RESPONSE && s != PGRES_NONFATAL_ERROR)
        return false;
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    /* libpq's own errors carry no SQLSTATE; 57P01 to 57P03 are shut-down, crash and start-up; 08 is connections, but
       08P01 comes for a wrong number of arguments, which is a bug */
    return !state || strncmp(state, "57P0", 4) == 0 || (strncmp(state, "08", 2) == 0 && strcmp(state, "08P01") != 0);
}

void result_unavailable(struct db_result *out, const char *code, const char *message)
{
    *out = (struct db_result){.status = ERR_UNAVAILABLE};
    err_set(&out->e, ERR_UNAVAILABLE, code, "%s", message);
    err_hint(&out->e, "Try again in a moment.");
}

static enum status status_of_http(const char *digits)
{
    static const struct {
        const char *http;
        enum status status;
    } table[] = {
        {"400", ERR_SYNTAX}, {"403", ERR_DENIED}, {"404", ERR_NOT_FOUND}, {"409", ERR_CONFLICT},
        {"412", ERR_STALE},  {"413", ERR_LIMIT},  {"422", ERR_INVALID},   {"503", ERR_UNAVAILABLE},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strncmp(digits, table[i].http, 3) == 0)
            return table[i].status;
    return ERR_INTERNAL;
}

static const char *field(const PGresult *r, int code)
{
    const char *s = PQresultErrorField(r, code);
    return s ? s : "";
}

/* The status of a SQLSTATE that is not one of ours. */
static enum status read_sqlstate(struct err *e, const char *state)
{
    if (strncmp(state, "53", 2) == 0) /* out of connections, memory, disk */
        return err_set(e, ERR_UNAVAILABLE, "database_unavailable", "The database has no resources left.");
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
        return err_set(e, ERR_UNAVAILABLE, "database_conflict", "Another change was going on at the same moment.");
    if (strcmp(state, "57014") == 0 || strcmp(state, "55P03") == 0)
        return err_set(e, ERR_UNAVAILABLE, "database_timeout", "The database did not answer in time.");
    if (strcmp(state, "22021") == 0 || strcmp(state, "22P05") == 0)
        return err_set(e, ERR_INVALID, "invalid_text", "Text must be valid UTF-8 without NUL characters.");
    return err_set(e, ERR_INTERNAL, "internal", "The database refused a statement.");
}

static void read_error(struct db_result *out, const PGresult *r, enum sql statement)
{
    const char *state = field(r, PG_DIAG_SQLSTATE);
    if (strncmp(state, "CH", 2) == 0) {
        out->status = err_set(&out->e, status_of_http(state + 2), field(r, PG_DIAG_MESSAGE_PRIMARY), "%s",
                              field(r, PG_DIAG_MESSAGE_DETAIL));
        if (*field(r, PG_DIAG_MESSAGE_HINT))
            err_hint(&out->e, "%s", field(r, PG_DIAG_MESSAGE_HINT));
        return;
    }
    out->status = read_sqlstate(&out->e, state);
    if (out->status == ERR_UNAVAILABLE)
        err_hint(&out->e, "Try again in a moment.");
    if (out->status == ERR_INTERNAL)
        log_error("database error", LOG_C("statement", statement_of(statement).name), LOG_C("sqlstate", state),
                  LOG_C("message", field(r, PG_DIAG_MESSAGE_PRIMARY)), LOG_C("where", field(r, PG_DIAG_CONTEXT)));
}

/* A last column `error` that is not NULL: "<HTTP status> <code> <sentence>". */
static void read_error_column(struct db_result *out, const PGresult *r)
{
    int last = PQnfields(r) - 1;
    if (last < 0 || PQntuples(r) == 0 || strcmp(PQfname(r, last), "error") != 0 || PQgetisnull(r, 0, last))
        return;
    const char *s = PQgetvalue(r, 0, last);
    size_t code = strcspn(s, " ");
    const char *word = s + code + (s[code] == ' ');
    size_t n = strcspn(word, " ");
    char name[sizeof out->e.code];
    size_t kept = n < sizeof name ? n : sizeof name - 1;
    memcpy(name, word, kept);
    name[kept] = '\0';
    out->status = err_set(&out->e, status_of_http(s), name, "%s", word + n + (word[n] == ' '));
}

void result_read(struct db_result *out, PGresult *r, enum sql statement)
{
    if (result_lost(r)) {
        result_unavailable(out, "database_unavailable", "The connection to the database was lost.");
        return;
    }
    *out = (struct db_result){.status = OK, .rows = r};
    switch (PQresultStatus(r)) {
    case PGRES_TUPLES_OK:
        read_error_column(out, r);
        return;
    case PGRES_COMMAND_OK:
        return;
    case PGRES_PIPELINE_ABORTED:
        result_unavailable(out, "database_conflict", "A statement before this one failed.");
        out->rows = r;
        return;
    default:
        read_error(out, r, statement);
    }
}

/* ---- reading rows */

size_t db_count(const struct db_result *r)
{
    return r->rows ? (size_t)PQntuples(r->rows) : 0;
}

struct str db_get(const struct db_result *r, size_t row, unsigned column)
{
    if (row >= db_count(r) || (int)column >= PQnfields(r->rows) || PQgetisnull(r->rows, (int)row, (int)column))
        return STR_NONE;
    return (struct str){PQgetvalue(r->rows, (int)row, (int)column),
                        (size_t)PQgetlength(r->rows, (int)row, (int)column)};
}

int64_t db_get_int(const struct db_result *r, size_t row, unsigned column)
{
    int64_t v;
    return str_i64(db_get(r, row, column), &v) ? v : 0;
}

bool db_get_bool(const struct db_result *r, size_t row, unsigned column)
{
    struct str s = db_get(r, row, column);
    return str_is(s, "t") || str_is(s, "true");
}

void db_result_free(struct db_result *r)
{
    PQclear(r->rows);
    r->rows = NULL;
}
