/* Events, audit, figures. */
#include "registry/testing.h"

static const char *last(struct with_db *t)
{
    assert_int_equal(run_args(t, SQL_EVENT_LAST, NULL, 0), OK);
    return got(t, 0, 0);
}

static size_t since(struct with_db *t, const char *id)
{
    must(t, SQL_EVENT_SINCE, T(id), T("100"));
    return db_count(&t->r);
}

static void exec(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(c));
    PQclear(r);
}

static void changes_append_events_in_order(void **state)
{
    struct with_db *t = *state;
    const char *start = last(t);
    assert_int_equal(since(t, start), 0);
    published(t, .name = "a");
    published(t, .name = "b");
    assert_int_equal(since(t, start), 2);
    assert_string_equal(got(t, 0, 1), "assets");
    assert_non_null(strstr(got(t, 0, 2), "\"published\""));
    assert_non_null(strstr(got(t, 1, 2), "\"b\""));
    const char *first = got(t, 0, 0), *second = got(t, 1, 0);
    assert_int_equal(since(t, first), 1);
    assert_string_equal(got(t, 0, 0), second);
    assert_int_equal(since(t, second), 0);
    must(t, SQL_EVENT_SINCE, T(start), T("1"));
    assert_int_equal(db_count(&t->r), 1);
    assert_int_equal(since(t, "nonsense"), 2);
    assert_int_equal(since(t, ""), 2);
    assert_int_equal(since(t, last(t)), 0);
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM audit WHERE verb = 'published'"), 2);
}

static void none_is_lost_when_transactions_end_in_another_order_than_they_began(void **state)
{
    struct with_db *t = *state;
    const char *start = last(t);
    PGconn *slow = PQconnectdb(t->url), *fast = PQconnectdb(t->url);
    /* slow begins first and appends last; fast appends and commits in between */
    exec(slow, "BEGIN; SELECT pg_current_xact_id()");
    exec(fast, "SELECT event_append(NULL, 'assets', '\"fast\"')");
    assert_int_equal(since(t, start), 0); /* held back: slow may still add older ones */
    exec(slow, "SELECT event_append(NULL, 'assets', '\"slow\"')");
    assert_int_equal(since(t, start), 0);
    exec(slow, "COMMIT");
    assert_int_equal(since(t, start), 2);
    assert_string_equal(got(t, 0, 2), "\"slow\"");
    assert_string_equal(got(t, 1, 2), "\"fast\"");
    /* the other way round: the lower number commits after a higher one was handed out */
    start = got(t, 1, 0);
    exec(slow, "BEGIN; SELECT pg_current_xact_id()");
    exec(fast, "BEGIN; SELECT event_append(NULL, 'assets', '\"lower number\"')");
    exec(slow, "SELECT event_append(NULL, 'assets', '\"higher number\"'); COMMIT");
    assert_int_equal(since(t, start), 1);
    const char *seen = got(t, 0, 0);
    assert_string_equal(got(t, 0, 2), "\"higher number\"");
    exec(fast, "COMMIT");
    assert_int_equal(since(t, seen), 1);
    assert_string_equal(got(t, 0, 2), "\"lower number\"");
    PQfinish(slow);
    PQfinish(fast);
}

static void a_failed_change_leaves_no_event(void **state)
{
    struct with_db *t = *state;
    const char *start = last(t);
    published(t, .name = "a", .main = "one");
    assert_int_equal(publish(t, (struct pub){.name = "a", .main = "two"}), ERR_CONFLICT);
    assert_int_equal(since(t, start), 1);
}

static void the_sweep_takes_old_events_and_those_of_another_server(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a");
    published(t, .name = "b");
    pg_sql(t->url, "UPDATE event SET at = now() - interval '2 days' WHERE payload::text LIKE '%\"a\"%'");
    pg_sql(t->url, "INSERT INTO event (xid, topic, payload) VALUES ('4000000000', 'assets', '0')");
    must(t, SQL_EVENT_SWEEP, T("24"));
    assert_string_equal(got(t, 0, 0), "2");
    assert_int_equal(since(t, ""), 1);
}

static void figures_count_what_is_there(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a");
    published(t, .name = "a", .version = "1.1.0");
    published(t, .name = "p", .kind = "pipeline");
    assert_int_equal(run_args(t, SQL_COUNTS, NULL, 0), OK);
    const struct node *n = got_json(t);
    assert_string_equal(text_at(t, node_path(n, "assets", "component", NULL)), "1");
    assert_string_equal(text_at(t, node_path(n, "assets", "pipeline", NULL)), "1");
    assert_string_equal(text_at(t, node_get(n, "versions")), "3");
    assert_int_equal(node_count(node_get(n, "runs")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_database(changes_append_events_in_order),
        with_database(none_is_lost_when_transactions_end_in_another_order_than_they_began),
        with_database(a_failed_change_leaves_no_event),
        with_database(the_sweep_takes_old_events_and_those_of_another_server),
        with_database(figures_count_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
