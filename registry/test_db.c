/* The asynchronous side against a real server. */
#include "base/log.h"
#include "registry/testing.h"

#define MAX_ASKED 8192

struct asked {
    struct db_query *q;
    unsigned calls;
    enum status status;
    char code[48];
    int64_t number; /* first column */
};

struct fixture {
    struct with_db *t; /* first connection, for looking from outside */
    struct test_loop loop;
    struct db *db;
    struct asked asked[MAX_ASKED];
    unsigned n;
};

static int setup(void **state)
{
    void *t;
    struct fixture *f = calloc(1, sizeof *f);
    if (!f || with_db_setup(&t) != 0)
        return -1;
    f->t = t;
    *state = f;
    return publish(f->t, (struct pub){.name = "x"});
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    void *t = f->t;
    f->loop.db = NULL;
    db_free(f->db);
    free(f);
    return with_db_teardown(&t);
}

static void start(struct fixture *f, unsigned readers, unsigned deadline_ms)
{
    struct err e = {0};
    struct db_loop lent = loop_lend(&f->loop);
    const struct db_config c = {.url = f->t->url, .readers = readers, .deadline_ms = deadline_ms};
    assert_int_equal(db_new(&lent, &c, &f->db, &e), OK);
    f->loop.db = f->db;
}

static void start_and_wait(struct fixture *f, unsigned readers, unsigned deadline_ms)
{
    start(f, readers, deadline_ms);
    loop_until(&f->loop, db_ready(f->db));
}

static void on_done(void *context, const struct db_result *r)
{
    struct asked *a = context;
    a->calls++;
    a->status = r->status;
    a->number = db_get_int(r, 0, 0);
    snprintf(a->code, sizeof a->code, "%s", r->e.code);
}

static struct asked *ask_args(struct fixture *f, enum sql statement, const struct db_arg *args, size_t count)
{
    assert_true(f->n < MAX_ASKED);
    struct asked *a = &f->asked[f->n++];
    a->q = db_send(f->db, statement, args, (unsigned)count, on_done, a);
    assert_non_null(a->q);
    assert_int_equal(a->calls, 0);
    return a;
}
#define ask(f, statement, ...) ask_args((f), (statement), ARGS(__VA_ARGS__))

static struct asked *ping(struct fixture *f)
{
    return ask_args(f, SQL_PING, NULL, 0);
}

static bool all_called(const struct fixture *f)
{
    for (unsigned i = 0; i < f->n; i++)
        if (f->asked[i].calls == 0)
            return false;
    return true;
}

static void each_called_once(const struct fixture *f)
{
    for (unsigned i = 0; i < f->n; i++)
        assert_int_equal(f->asked[i].calls, 1);
}

static struct db_counters counters(const struct fixture *f)
{
    struct db_counters c;
    db_counters(f->db, &c);
    return c;
}

/* Ends the server's side of all connections but the one that asks. */
static void kill_backends(struct fixture *f)
{
    pg_sql(f->t->url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
                      "datname = current_database() AND application_name = 'component-hub'");
}

/* A lock that statements about tags wait for, while connections still come up; ended by PQfinish. */
static PGconn *lock_tags(struct fixture *f)
{
    PGconn *c = PQconnectdb(str_printf(f->t->a, "%s application_name=locker", f->t->url).p);
    PQclear(PQexec(c, "BEGIN"));
    PGresult *r = PQexec(c, "LOCK TABLE tag IN ACCESS EXCLUSIVE MODE");
    assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
    PQclear(r);
    return c;
}

/* Looks among the tags, and finds nothing. */
static struct asked *ask_tag(struct fixture *f)
{
    return ask(f, SQL_VERSION_GET, T("default"), T("component"), T("x"), T("no-such-tag"));
}

static struct asked *drop_tag(struct fixture *f)
{
    return ask(f, SQL_TAG_DELETE, T("default"), T("component"), T("x"), T("no-such-tag"), T("-1"), T("1"));
}

/* ---- */

static void statements_sent_before_the_connection_is_up_are_answered(void **state)
{
    struct fixture *f = *state;
    start(f, 1, 0);
    struct asked *read = ping(f);
    struct asked *write = ask(f, SQL_LOG_PARTITIONS, T("1"));
    loop_until(&f->loop, all_called(f));
    assert_int_equal(read->status, OK);
    assert_int_equal(read->number, 1);
    assert_int_equal(write->status, OK);
}

static void reads_of_one_turn_share_a_batch(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    uint64_t before = counters(f).batches;
    for (int i = 0; i < 100; i++)
        ping(f);
    loop_until(&f->loop, all_called(f));
    each_called_once(f);
    assert_int_equal(counters(f).batches - before, 1);
    assert_int_equal(counters(f).in_flight, 0);
}

static void a_failing_read_takes_no_other_with_it(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    struct asked *first = ping(f);
    struct asked *bad =
        ask(f, SQL_ASSET_LIST, T(""), T(""), T(""), T(""), T(""), T(""), T(""), T("nonsense"), T(""), T(""), T(""));
    for (int i = 0; i < 50; i++)
        ping(f);
    loop_until(&f->loop, all_called(f));
    each_called_once(f);
    assert_int_equal(first->status, OK);
    assert_int_equal(bad->status, ERR_INVALID);
    assert_string_equal(bad->code, "bad_sort");
    for (unsigned i = 2; i < f->n; i++)
        assert_int_equal(f->asked[i].status, OK);
    assert_int_equal(counters(f).retried, 50);
}

static void what_is_not_found_is_told_without_aborting_the_batch(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    struct asked *a = ask_tag(f);
    ping(f);
    loop_until(&f->loop, all_called(f));
    assert_int_equal(a->status, ERR_NOT_FOUND);
    assert_string_equal(a->code, "version_not_found");
    assert_int_equal(counters(f).retried, 0);
}

static void a_failing_write_takes_no_other_with_it(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    for (int i = 0; i < 20; i++)
        ask(f, SQL_BLOB_PUT, i == 7 ? digest_arg(f->t, "something else") : T(NULL),
            db_bytes(str_printf(f->t->a, "data %d", i)));
    loop_until(&f->loop, all_called(f));
    each_called_once(f);
    for (unsigned i = 0; i < f->n; i++)
        assert_int_equal(f->asked[i].status, i == 7 ? ERR_INVALID : OK);
    assert_int_equal(pg_number(f->t->url, "SELECT count(*) FROM blob"), 20);
}

static void a_read_that_would_write_is_refused(void **state)
{
    struct fixture *f = *state;
    /* reads may be sent twice, so the server has to see to it that they change nothing */
    pg_sql(f->t->url, "CREATE OR REPLACE FUNCTION tag_history(p_asset asset) RETURNS json LANGUAGE sql VOLATILE AS "
                      "$$ INSERT INTO namespace (name) VALUES ('written') RETURNING to_json(name) $$");
    start_and_wait(f, 1, 0);
    struct asked *a = ask(f, SQL_TAG_HISTORY, T("default"), T("component"), T("x"));
    loop_until(&f->loop, all_called(f));
    assert_int_equal(a->status, ERR_INTERNAL);
    assert_int_equal(pg_number(f->t->url, "SELECT count(*) FROM namespace WHERE name = 'written'"), 0);
}

static void reads_under_way_survive_the_loss_of_their_connections(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 2, 0);
    unsigned rounds = 0;
    for (int64_t end = clock_mono_ms() + 1500; clock_mono_ms() < end || !all_called(f);) {
        for (int i = 0; i < 40 && f->n < 6000 && clock_mono_ms() < end; i++)
            ping(f);
        if (rounds++ % 60 == 30 && clock_mono_ms() < end)
            kill_backends(f);
        loop_turn(&f->loop, 5);
        if (clock_mono_ms() > end + 8000)
            fail_msg("some were never answered");
    }
    each_called_once(f);
    unsigned failed = 0;
    for (unsigned i = 0; i < f->n; i++)
        failed += f->asked[i].status != OK;
    print_message("%u reads, %u failed, %u retried, %u reconnects\n", f->n, failed, (unsigned)counters(f).retried,
                  (unsigned)counters(f).reconnects);
    assert_true(counters(f).reconnects > 0);
    assert_int_equal(failed, 0);
}

static void reads_that_wait_in_the_server_are_tried_once_more(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    PGconn *locker = lock_tags(f);
    for (int i = 0; i < 30; i++)
        ask_tag(f);
    loop_turn(&f->loop, 50);
    kill_backends(f);
    loop_until(&f->loop, counters(f).reconnects >= 2 && db_ready(f->db));
    assert_int_equal(counters(f).retried, 30);
    PQfinish(locker);
    loop_until(&f->loop, all_called(f));
    each_called_once(f);
    for (unsigned i = 0; i < f->n; i++)
        assert_int_equal(f->asked[i].status, ERR_NOT_FOUND);
}

static void a_crash_of_the_server_is_survived(void **state)
{
    struct fixture *f = *state;
    if (getenv("TEST_DATABASE_URL"))
        skip(); /* not our server's processes */
    start_and_wait(f, 2, 0);
    char sql[96];
    for (int i = 0; i < 20; i++)
        ping(f);
    snprintf(sql, sizeof sql, "SELECT min(pid) FROM pg_stat_activity WHERE datname = current_database()");
    /* a killed backend makes the server end all others and recover: new connections are refused meanwhile */
    kill((pid_t)pg_number(f->t->url, sql), SIGKILL);
    loop_until(&f->loop, all_called(f));
    each_called_once(f);
    loop_until(&f->loop, counters(f).reconnects >= 3 && db_ready(f->db));
    struct asked *after = ping(f);
    loop_until(&f->loop, after->calls == 1);
    assert_int_equal(after->status, OK);
    for (unsigned i = 0; i < f->n; i++)
        assert_true(f->asked[i].status == OK || f->asked[i].status == ERR_UNAVAILABLE);
}

static void reads_that_lose_two_connections_are_unavailable(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    PGconn *locker = lock_tags(f);
    struct asked *a = ask_tag(f);
    for (int i = 0; i < 2; i++) {
        loop_until(&f->loop, db_ready(f->db) && counters(f).in_flight == 1);
        loop_turn(&f->loop, 20);
        kill_backends(f);
        loop_until(&f->loop, !db_ready(f->db));
    }
    loop_until(&f->loop, all_called(f));
    assert_int_equal(a->calls, 1);
    assert_int_equal(a->status, ERR_UNAVAILABLE);
    PQfinish(locker);
}

static void a_write_that_loses_its_connection_is_not_repeated(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    PGconn *locker = lock_tags(f);
    struct asked *a = drop_tag(f), *behind = ask(f, SQL_LOG_PARTITIONS, T("1"));
    loop_turn(&f->loop, 50);
    kill_backends(f);
    loop_until(&f->loop, all_called(f));
    assert_int_equal(a->status, ERR_UNAVAILABLE);
    assert_int_equal(behind->status, ERR_UNAVAILABLE);
    loop_until(&f->loop, db_ready(f->db));
    assert_int_equal(counters(f).retried, 0);
    PQfinish(locker);
}

static void a_wrong_number_of_arguments_is_an_error_of_that_statement_only(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    struct asked *read = ask(f, SQL_PING, T("x")), *write = ask(f, SQL_IDEMPOTENCY_SWEEP, T("x"));
    struct asked *fine = ping(f);
    loop_until(&f->loop, all_called(f));
    assert_int_equal(read->status, ERR_INTERNAL);
    assert_int_equal(write->status, ERR_INTERNAL);
    assert_int_equal(fine->status, OK);
    assert_int_equal(counters(f).reconnects, 0);
}

static void a_slow_statement_times_out_alone(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 500);
    PGconn *locker = lock_tags(f);
    int64_t began = clock_mono_ms();
    struct asked *slow = ask_tag(f);
    struct asked *other = ping(f);
    loop_until(&f->loop, all_called(f));
    assert_int_equal(slow->status, ERR_UNAVAILABLE);
    assert_string_equal(slow->code, "database_timeout");
    assert_int_equal(other->status, OK);
    assert_in_range(clock_mono_ms() - began, 400, 1500);
    assert_int_equal(counters(f).reconnects, 0);
    PQfinish(locker);
}

static void a_connection_that_hangs_is_closed_at_the_deadline(void **state)
{
    struct fixture *f = *state;
    if (getenv("TEST_DATABASE_URL"))
        skip(); /* not our server's processes */
    start_and_wait(f, 1, 400);
    struct asked *pid = ask_args(f, SQL_PING, NULL, 0);
    loop_until(&f->loop, pid->calls == 1);
    /* a stopped process keeps its socket and says nothing, as a broken network does */
    PGconn *c = PQconnectdb(f->t->url);
    PGresult *r = PQexec(c, "SELECT pid FROM pg_stat_activity WHERE application_name = 'component-hub' AND "
                            "datname = current_database() AND pid <> pg_backend_pid() ORDER BY backend_start");
    PQfinish(c);
    pid_t stopped[8];
    int n = PQntuples(r);
    assert_in_range(n, 1, 8);
    for (int i = 0; i < n; i++) {
        stopped[i] = (pid_t)strtol(PQgetvalue(r, i, 0), NULL, 10);
        kill(stopped[i], SIGSTOP);
    }
    PQclear(r);
    struct asked *read = ping(f);
    struct asked *write = ask(f, SQL_LOG_PARTITIONS, T("1"));
    loop_until(&f->loop, all_called(f));
    for (int i = 0; i < n; i++)
        kill(stopped[i], SIGCONT);
    assert_int_equal(read->status, ERR_UNAVAILABLE);
    assert_string_equal(read->code, "database_timeout");
    assert_int_equal(write->status, ERR_UNAVAILABLE);
    assert_true(counters(f).reconnects >= 2);
    loop_until(&f->loop, db_ready(f->db));
    struct asked *again = ping(f);
    loop_until(&f->loop, again->calls == 1);
    assert_int_equal(again->status, OK);
}

static void beyond_the_queue_statements_are_refused_at_once(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    PGconn *locker = lock_tags(f);
    for (unsigned i = 0; i < DB_MAX_DEPTH + DB_MAX_WAITING; i++)
        ask_tag(f);
    assert_int_equal(counters(f).waiting, DB_MAX_WAITING);
    assert_int_equal(counters(f).in_flight, DB_MAX_DEPTH);
    struct asked *over = ping(f);
    loop_until(&f->loop, over->calls == 1);
    assert_int_equal(over->status, ERR_UNAVAILABLE);
    assert_string_equal(over->code, "database_busy");
    assert_int_equal(counters(f).refused, 1);
    PQfinish(locker);
    loop_until(&f->loop, all_called(f));
    each_called_once(f);
    for (unsigned i = 0; i + 1 < f->n; i++)
        assert_int_equal(f->asked[i].status, ERR_NOT_FOUND);
}

static void arguments_that_wait_are_limited_in_size(void **state)
{
    struct fixture *f = *state;
    start(f, 1, 0);
    char *large = calloc(1, DB_MAX_BYTES + 1);
    assert_non_null(large);
    struct asked *over = ask(f, SQL_BLOB_PUT, T(NULL), db_bytes((struct str){large, DB_MAX_BYTES + 1}));
    free(large);
    loop_until(&f->loop, over->calls == 1);
    assert_string_equal(over->code, "database_busy");
    struct db_arg args[DB_MAX_ARGS + 1] = {{0}};
    assert_null(db_send(f->db, SQL_PING, args, DB_MAX_ARGS + 1, on_done, over));
}

static void what_is_forgotten_is_never_called(void **state)
{
    struct fixture *f = *state;
    start(f, 1, 0);
    db_forget(ping(f)->q); /* waits for the connection: dropped */
    assert_int_equal(counters(f).waiting, 0);
    loop_until(&f->loop, db_ready(f->db));
    assert_int_equal(counters(f).sent, 0);
    db_forget(ping(f)->q); /* sent: runs on */
    struct asked *kept = ping(f);
    assert_int_equal(counters(f).in_flight, 2);
    loop_until(&f->loop, kept->calls == 1);
    assert_int_equal(counters(f).in_flight, 0);
    db_forget(ask(f, SQL_BLOB_PUT, T(NULL), db_bytes(STR("stays")))->q); /* a write under way is not undone */
    loop_until(&f->loop, counters(f).in_flight == 0);
    assert_int_equal(pg_number(f->t->url, "SELECT count(*) FROM blob"), 2);
    assert_int_equal(counters(f).forgotten, 3);
    for (unsigned i = 0; i < f->n; i++)
        assert_int_equal(f->asked[i].calls, &f->asked[i] == kept);
}

static void what_is_forgotten_in_flight_is_not_tried_again(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    PGconn *locker = lock_tags(f);
    struct asked *gone = ask_tag(f), *kept = ask_tag(f);
    loop_turn(&f->loop, 20);
    db_forget(gone->q);
    kill_backends(f);
    loop_until(&f->loop, counters(f).reconnects >= 2 && db_ready(f->db));
    assert_int_equal(counters(f).retried, 1);
    PQfinish(locker);
    loop_until(&f->loop, kept->calls == 1);
    assert_int_equal(gone->calls, 0);
}

/* A callback that sends another statement and forgets a third one. */
struct chain {
    struct fixture *f;
    struct asked *victim;
    unsigned left;
};

static void on_chain(void *context, const struct db_result *r)
{
    struct chain *c = context;
    assert_int_equal(r->status, OK);
    if (c->victim)
        db_forget(c->victim->q);
    c->victim = NULL;
    if (c->left-- > 1)
        assert_non_null(db_send(c->f->db, SQL_PING, NULL, 0, on_chain, c));
}

static void callbacks_may_send_and_forget(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    struct chain c = {f, NULL, 20};
    assert_non_null(db_send(f->db, SQL_PING, NULL, 0, on_chain, &c));
    c.victim = ping(f); /* answered in the same batch as the first */
    loop_until(&f->loop, c.left == 0);
    assert_int_equal(f->asked[0].calls, 0);
}

static void a_server_that_is_not_there_is_told_soon_and_found_when_it_comes(void **state)
{
    struct fixture *f = *state;
    struct err e = {0};
    struct db_loop lent = loop_lend(&f->loop);
    const struct db_config bad = {.url = "host=/nowhere/at/all"};
    assert_int_equal(db_new(&lent, &bad, &f->db, &e), OK);
    f->loop.db = f->db;
    int64_t began = clock_mono_ms();
    struct asked *a = ping(f);
    loop_until(&f->loop, a->calls == 1);
    assert_int_equal(a->status, ERR_UNAVAILABLE);
    assert_true(clock_mono_ms() - began < 500);
    int64_t end = clock_mono_ms() + 1000;
    while (clock_mono_ms() < end)
        loop_turn(&f->loop, 50);
    assert_in_range(counters(f).reconnects, 4, 8); /* two connections, each after 50, 200 and 1,000 ms: no storm */
    assert_false(db_ready(f->db));
    assert_int_equal(db_new(&lent, &(struct db_config){.url = "no such thing"}, &(struct db *){NULL}, &e), ERR_INVALID);
}

static void a_second_address_is_tried_when_the_first_refuses(void **state)
{
    struct fixture *f = *state;
    const char *folder = strstr(pg.url, "host=/");
    if (getenv("TEST_DATABASE_URL") || !folder)
        skip(); /* needs the folder of the server's socket */
    /* libpq opens another socket on the way, which may get the number of the first */
    f->t->url = str_printf(f->t->a, "%s host=127.0.0.1,%s port=1,5432", f->t->url, folder + 5).p;
    start_and_wait(f, 2, 0);
    struct asked *a = ping(f);
    loop_until(&f->loop, a->calls == 1);
    assert_int_equal(a->status, OK);
    assert_int_equal(counters(f).reconnects, 0);
}

static void freeing_answers_what_is_under_way(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    PGconn *locker = lock_tags(f);
    for (unsigned i = 0; i < DB_MAX_DEPTH + 10; i++)
        ask_tag(f);
    drop_tag(f);
    f->loop.db = NULL;
    db_free(f->db);
    f->db = NULL;
    each_called_once(f);
    for (unsigned i = 0; i < f->n; i++)
        assert_int_equal(f->asked[i].status, ERR_UNAVAILABLE);
    for (size_t i = 0; i < 16; i++)
        assert_false(f->loop.watches[i].used);
    for (size_t i = 0; i < 64; i++)
        assert_false(f->loop.timers[i].used);
    PQfinish(locker);
}

static void a_loop_that_lends_nothing_for_a_while_is_survived(void **state)
{
    struct fixture *f = *state;
    f->loop.no_watches = f->loop.no_timers = true;
    start(f, 1, 0);
    struct asked *a = ping(f);
    loop_turn(&f->loop, 1);
    f->loop.no_watches = f->loop.no_timers = false;
    loop_until(&f->loop, db_ready(f->db));
    loop_until(&f->loop, a->calls == 1);
    assert_int_equal(a->status, OK);
}

static void text_that_is_no_text_is_refused_and_nothing_is_cut_short(void **state)
{
    struct fixture *f = *state;
    start_and_wait(f, 1, 0);
    struct asked *nul = ask(f, SQL_ASSET_GET, T("default"), T("component"), db_text(STR("x\0y")));
    struct asked *latin = ask(f, SQL_ASSET_GET, T("default"), T("component"), T("\xe9t\xe9"));
    struct asked *fine = ping(f);
    loop_until(&f->loop, all_called(f));
    assert_int_equal(nul->status, ERR_INVALID);
    assert_string_equal(nul->code, "invalid_text");
    assert_int_equal(latin->status, ERR_INVALID);
    assert_int_equal(fine->status, OK);
}

int main(void)
{
    log_setup(LOG_ERROR, LOG_JSON);
#define on_loop(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        on_loop(statements_sent_before_the_connection_is_up_are_answered),
        on_loop(reads_of_one_turn_share_a_batch),
        on_loop(a_failing_read_takes_no_other_with_it),
        on_loop(what_is_not_found_is_told_without_aborting_the_batch),
        on_loop(a_failing_write_takes_no_other_with_it),
        on_loop(a_read_that_would_write_is_refused),
        on_loop(reads_under_way_survive_the_loss_of_their_connections),
        on_loop(reads_that_wait_in_the_server_are_tried_once_more),
        on_loop(a_crash_of_the_server_is_survived),
        on_loop(reads_that_lose_two_connections_are_unavailable),
        on_loop(a_write_that_loses_its_connection_is_not_repeated),
        on_loop(a_wrong_number_of_arguments_is_an_error_of_that_statement_only),
        on_loop(a_slow_statement_times_out_alone),
        on_loop(a_connection_that_hangs_is_closed_at_the_deadline),
        on_loop(beyond_the_queue_statements_are_refused_at_once),
        on_loop(arguments_that_wait_are_limited_in_size),
        on_loop(what_is_forgotten_is_never_called),
        on_loop(what_is_forgotten_in_flight_is_not_tried_again),
        on_loop(callbacks_may_send_and_forget),
        on_loop(a_server_that_is_not_there_is_told_soon_and_found_when_it_comes),
        on_loop(a_second_address_is_tried_when_the_first_refuses),
        on_loop(freeing_answers_what_is_under_way),
        on_loop(a_loop_that_lends_nothing_for_a_while_is_survived),
        on_loop(text_that_is_no_text_is_refused_and_nothing_is_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
