/* The blocking side; what holds for all statements; idempotency keys. */
#include "base/log.h"
#include "registry/db_private.h"
#include "registry/testing.h"

static void kill_others(struct with_db *t)
{
    pg_sql(t->url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
                   "datname = current_database()");
    pg_sql(t->url, "SELECT pg_sleep(0.05)");
}

static void every_statement_takes_text_and_bytes_only(void **state)
{
    struct with_db *t = *state;
    PGconn *c = PQconnectdb(t->url);
    /* all arguments are sent in binary form, which is right for these two types alone */
    for (int i = 0; i < SQL_COUNT; i++) {
        struct statement s = statement_of((enum sql)i);
        PGresult *r = PQprepare(c, s.name, s.text, 0, NULL);
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
            fail_msg("%s: %s", s.name, PQerrorMessage(c));
        PQclear(r);
        r = PQdescribePrepared(c, s.name);
        assert_true(PQnparams(r) <= DB_MAX_ARGS);
        for (int k = 0; k < PQnparams(r); k++)
            if (PQparamtype(r, k) != 25 && PQparamtype(r, k) != 17)
                fail_msg("%s: $%d is of type %u", s.name, k + 1, PQparamtype(r, k));
        for (int k = 0; s.binary && k < PQnfields(r); k++)
            if (PQftype(r, k) != 25 && PQftype(r, k) != 17)
                fail_msg("%s: column %d is of type %u", s.name, k, PQftype(r, k));
        PQclear(r);
    }
    PQfinish(c);
}

static void every_read_runs_in_a_read_only_transaction(void **state)
{
    struct with_db *t = *state;
    PGconn *c = PQconnectdb(t->url);
    PQclear(PQexec(c, "SET default_transaction_read_only = on"));
    for (int i = 0; i < SQL_COUNT; i++) {
        struct statement s = statement_of((enum sql)i);
        if (s.write)
            continue;
        struct params p;
        struct db_arg none[DB_MAX_ARGS] = {{0}};
        PQclear(PQprepare(c, s.name, s.text, 0, NULL));
        PGresult *r = PQdescribePrepared(c, s.name);
        int n = PQnparams(r);
        PQclear(r);
        params_set(&p, none, (unsigned)n);
        r = PQexecPrepared(c, s.name, n, p.values, p.lengths, p.formats, 1);
        const char *sqlstate = PQresultErrorField(r, PG_DIAG_SQLSTATE);
        if (sqlstate && strcmp(sqlstate, "25006") == 0)
            fail_msg("%s writes", s.name);
        PQclear(r);
    }
    PQfinish(c);
}

static void a_lost_connection_is_found_again(void **state)
{
    struct with_db *t = *state;
    must(t, SQL_ASSET_LIST, T(""), T(""), T(""), T(""), T(""), T(""), T(""), T(""), T(""), T(""), T(""));
    kill_others(t);
    must(t, SQL_ASSET_LIST, T(""), T(""), T(""), T(""), T(""), T(""), T(""), T(""), T(""), T(""), T(""));
    kill_others(t);
    refused(t, ERR_UNAVAILABLE, "database_unavailable", SQL_LOG_PARTITIONS, T("1"));
    must(t, SQL_LOG_PARTITIONS, T("1"));
}

static void a_transaction_holds_together(void **state)
{
    struct with_db *t = *state;
    struct err e = {0};
    assert_int_equal(db_sync_begin(t->s, &e), OK);
    must(t, SQL_BLOB_PUT, T(NULL), db_bytes(STR("x")));
    db_sync_rollback(t->s);
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM blob"), 0);
    assert_int_equal(db_sync_begin(t->s, &e), OK);
    must(t, SQL_BLOB_PUT, T(NULL), db_bytes(STR("x")));
    assert_int_equal(db_sync_commit(t->s, &e), OK);
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM blob"), 1);
    assert_int_equal(db_sync_begin(t->s, &e), OK);
    refused(t, ERR_INVALID, "digest_mismatch", SQL_BLOB_PUT, digest_arg(t, "y"), db_bytes(STR("x")));
    assert_error(db_sync_commit(t->s, &e), &e, ERR_UNAVAILABLE, "database_conflict"); /* it was rolled back */
    must(t, SQL_LOG_PARTITIONS, T("1"));
}

static void a_transaction_that_lost_its_connection_does_nothing_more(void **state)
{
    struct with_db *t = *state;
    struct err e = {0};
    assert_int_equal(db_sync_begin(t->s, &e), OK);
    must(t, SQL_BLOB_PUT, T(NULL), db_bytes(STR("x")));
    kill_others(t);
    refused(t, ERR_UNAVAILABLE, "database_unavailable", SQL_BLOB_PUT, T(NULL), db_bytes(STR("y")));
    refused(t, ERR_UNAVAILABLE, "database_unavailable", SQL_BLOB_PUT, T(NULL), db_bytes(STR("z")));
    assert_error(db_sync_commit(t->s, &e), &e, ERR_UNAVAILABLE, "database_unavailable");
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM blob"), 0);
    must(t, SQL_BLOB_PUT, T(NULL), db_bytes(STR("after")));
}

static void notifications_wake_also_after_a_lost_connection(void **state)
{
    struct with_db *t = *state;
    struct err e = {0};
    struct str channel, payload;
    assert_int_equal(db_sync_listen(t->s, "hub_event", &e), OK);
    assert_error(db_sync_wait(t->s, 10, &e), &e, ERR_NOT_FOUND, "no_notification");
    assert_true(db_sync_fd(t->s) >= 0);
    pg_sql(t->url, "NOTIFY hub_event, 'one'; NOTIFY hub_event, 'two'");
    assert_int_equal(db_sync_wait(t->s, 5000, &e), OK);
    assert_true(db_sync_notified(t->s, &channel, &payload));
    assert_str(channel, "hub_event");
    assert_str(payload, "one");
    assert_true(db_sync_notified(t->s, &channel, &payload));
    assert_str(payload, "two");
    assert_false(db_sync_notified(t->s, &channel, &payload));
    kill_others(t);
    assert_int_equal(db_sync_wait(t->s, 5000, &e), OK); /* something may have been missed */
    pg_sql(t->url, "NOTIFY hub_event, 'three'");
    assert_int_equal(db_sync_wait(t->s, 5000, &e), OK);
    assert_int_equal(db_sync_listen(t->s, "b", &e), OK);
    assert_int_equal(db_sync_listen(t->s, "c", &e), OK);
    assert_int_equal(db_sync_listen(t->s, "d", &e), OK);
    assert_error(db_sync_listen(t->s, "e", &e), &e, ERR_LIMIT, "too_many_channels");
}

static void what_is_too_large_is_refused_before_it_is_sent(void **state)
{
    struct with_db *t = *state;
    char *large = calloc(1, DB_MAX_BYTES + 1);
    assert_non_null(large);
    refused(t, ERR_LIMIT, "statement_too_large", SQL_BLOB_PUT, T(NULL),
            db_bytes((struct str){large, DB_MAX_BYTES + 1}));
    free(large);
}

static void a_bad_url_is_an_error_and_shows_no_password(void **state)
{
    struct err e = {0};
    struct db_sync *s;
    (void)state;
    assert_error(db_sync_open("postgresql://u:secret@/x?nonsense=1", &s, &e), &e, ERR_INVALID, "database_url");
    assert_null(strstr(e.message, "secret"));
    e = (struct err){0};
    assert_error(db_sync_open("host=/nowhere password=secret", &s, &e), &e, ERR_UNAVAILABLE, "database_unavailable");
    assert_null(strstr(e.message, "secret"));
}

/* ---- idempotency keys */

static const char *begin(struct with_db *t, const char *key, const char *body)
{
    must(t, SQL_IDEMPOTENCY_BEGIN, T("1"), T("default"), T("POST /assets"), T(key), digest_arg(t, body));
    return got(t, 0, 0);
}

static void a_key_gives_the_first_answer_again(void **state)
{
    struct with_db *t = *state;
    assert_string_equal(begin(t, "k", "body"), "new");
    const char *claim = got(t, 0, 4);
    assert_string_equal(begin(t, "k", "body"), "running");
    assert_string_equal(begin(t, "k", "other"), "mismatch");
    assert_string_equal(begin(t, "another", "other"), "new");
    must(t, SQL_IDEMPOTENCY_FINISH, T(claim), T("201"), T("{\"a\":1}"), T("ETag: x"));
    assert_string_equal(got(t, 0, 0), "t");
    assert_string_equal(begin(t, "k", "body"), "done");
    assert_string_equal(got(t, 0, 1), "201");
    assert_string_equal(got(t, 0, 2), "{\"a\":1}");
    assert_string_equal(got(t, 0, 3), "ETag: x");
    assert_string_equal(begin(t, "k", "other"), "mismatch");
    refused(t, ERR_INVALID, "bad_key", SQL_IDEMPOTENCY_BEGIN, T("1"), T("default"), T("r"), T(""), digest_arg(t, ""));
}

static void a_dropped_key_may_be_used_again(void **state)
{
    struct with_db *t = *state;
    assert_string_equal(begin(t, "k", "body"), "new");
    must(t, SQL_IDEMPOTENCY_DROP, T(got(t, 0, 4)));
    assert_string_equal(begin(t, "k", "another body"), "new");
}

static void an_abandoned_key_goes_to_the_next_and_the_late_answer_is_not_kept(void **state)
{
    struct with_db *t = *state;
    assert_string_equal(begin(t, "k", "body"), "new");
    const char *late = got(t, 0, 4);
    pg_sql(t->url, "UPDATE idempotency SET started_at = now() - interval '3 minutes'");
    assert_string_equal(begin(t, "k", "body"), "new");
    const char *claim = got(t, 0, 4);
    must(t, SQL_IDEMPOTENCY_FINISH, T(late), T("500"), T("late"), T(""));
    assert_string_equal(got(t, 0, 0), "f");
    must(t, SQL_IDEMPOTENCY_FINISH, T(claim), T("201"), T("good"), T(""));
    assert_string_equal(begin(t, "k", "body"), "done");
    assert_string_equal(got(t, 0, 2), "good");
}

static void keys_expire(void **state)
{
    struct with_db *t = *state;
    assert_string_equal(begin(t, "k", "body"), "new");
    must(t, SQL_IDEMPOTENCY_FINISH, T(got(t, 0, 4)), T("201"), T("old"), T(""));
    pg_sql(t->url, "UPDATE idempotency SET expires_at = now() - interval '1 second'");
    assert_string_equal(begin(t, "k", "another body"), "new");
    pg_sql(t->url, "UPDATE idempotency SET expires_at = now() - interval '1 second'");
    assert_int_equal(run_args(t, SQL_IDEMPOTENCY_SWEEP, NULL, 0), OK);
    assert_string_equal(got(t, 0, 0), "1");
}

int main(void)
{
    log_setup(LOG_ERROR, LOG_JSON);
    const struct CMUnitTest tests[] = {
        with_database(every_statement_takes_text_and_bytes_only),
        with_database(every_read_runs_in_a_read_only_transaction),
        with_database(a_lost_connection_is_found_again),
        with_database(a_transaction_holds_together),
        with_database(a_transaction_that_lost_its_connection_does_nothing_more),
        with_database(notifications_wake_also_after_a_lost_connection),
        with_database(what_is_too_large_is_refused_before_it_is_sent),
        cmocka_unit_test(a_bad_url_is_an_error_and_shows_no_password),
        with_database(a_key_gives_the_first_answer_again),
        with_database(a_dropped_key_may_be_used_again),
        with_database(an_abandoned_key_goes_to_the_next_and_the_late_answer_is_not_kept),
        with_database(keys_expire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
