/* Runs, leases, what engines record, and logs. */
#include "registry/testing.h"

#define TASKS                                                                                                          \
    "[{\"task_no\":0,\"path\":\"a\",\"tekton_name\":\"a-t\",\"component_digest\":null},"                               \
    "{\"task_no\":1,\"path\":\"g/b\",\"tekton_name\":\"g-b\",\"component_digest\":null}]"

/* A new run of the document; returns its id. */
static const char *new_run_of(struct with_db *t, const char *version, const char *retry_of)
{
    char *id = arena_alloc(t->a, UUID_TEXT);
    assert_int_equal(uuid7(id), OK);
    must(t, SQL_RUN_CREATE, T(id), T("default"), T("my run"), T(version), db_bytes(STR("document")),
         db_bytes(STR("manifest")), T("{\"p\":\"1\"}"), T("{}"), T("local"), T(TASKS), T(retry_of), T(""), T("1"));
    return id;
}

static const char *new_run(struct with_db *t)
{
    return new_run_of(t, "", "");
}

static struct node *get_run(struct with_db *t, const char *id)
{
    must(t, SQL_RUN_GET, T(id));
    return got_json(t);
}

static void run_to(struct with_db *t, const char *id, const char *state)
{
    must(t, SQL_RUN_STATE, T(id), T(""), T(state), T(""), T(""), T(""), T(""), T(""), T(""));
}

static void task_to(struct with_db *t, const char *id, const char *task, const char *matrix, const char *state)
{
    must(t, SQL_TASK_STATE, T(id), T(""), T(task), T(matrix), T(state), T("Reason"), T(""), T(""), T(""), T(""), T(""));
}

static void attempt_to(struct with_db *t, const char *id, const char *task, const char *attempt, const char *state)
{
    must(t, SQL_ATTEMPT_STATE, T(id), T(""), T(task), T(""), T(attempt), T(state), T(""), T(""), T(""), T(""), T(""));
}

static void step_to(struct with_db *t, const char *id, const char *task, const char *attempt, const char *step,
                    const char *state, const char *code)
{
    must(t, SQL_STEP_STATE, T(id), T(""), T(task), T(""), T(attempt), T(step), T(str_printf(t->a, "step%s", step).p),
         T(state), T(""), T(code), T(""), T(""));
}

static bool append(struct with_db *t, const char *id, const char *task, const char *step, long seq, struct str data)
{
    must(t, SQL_LOG_APPEND, T(id), T(""), T(task), T(""), T("1"), T(step), T(str_printf(t->a, "step%s", step).p),
         N(t, seq), T(""), db_bytes(data));
    return db_get_bool(&t->r, 0, 0);
}

static void a_new_run_has_the_documented_shape(void **state)
{
    struct with_db *t = *state;
    published(t, .kind = "pipeline", .name = "pipe", .main = "document");
    must(t, SQL_VERSION_GET, T("default"), T("pipeline"), T("pipe"), T("latest"));
    const char *id = new_run_of(t, got(t, 0, 2), "");
    const struct node *r = get_run(t, id);
    static const char *const fields[] = {"id",          "name",     "namespace",  "engine",  "state",      "reason",
                                         "message",     "pipeline", "parameters", "results", "created_at", "started_at",
                                         "finished_at", "retry_of", "resume_of",  "tasks"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        assert_non_null(node_get(r, fields[i]));
    assert_string_equal(text_at(t, node_get(r, "id")), id);
    assert_string_equal(text_at(t, node_get(r, "state")), "pending");
    assert_string_equal(text_at(t, node_path(r, "pipeline", "name", NULL)), "pipe");
    assert_string_equal(text_at(t, node_path(r, "pipeline", "digest", NULL)), digest_of(t, "document"));
    assert_string_equal(text_at(t, node_path(r, "parameters", "p", NULL)), "1");
    const struct node *task = node_at(node_get(r, "tasks"), 1);
    static const char *const of_task[] = {"name",   "tekton_name", "state",       "reason", "message", "attempt",
                                          "matrix", "started_at",  "finished_at", "params", "results", "steps"};
    for (size_t i = 0; i < sizeof of_task / sizeof *of_task; i++)
        assert_non_null(node_get(task, of_task[i]));
    assert_string_equal(text_at(t, node_get(task, "name")), "g/b");
    must(t, SQL_RUN_MANIFEST, T(id));
    assert_string_equal(got(t, 0, 0), "manifest");
    assert_string_equal(got(t, 0, 1), digest_of(t, "manifest"));
    must(t, SQL_RUN_DOCUMENT, T(id));
    assert_string_equal(got(t, 0, 0), "document");
    assert_string_equal(got(t, 0, 3), "local");
    const char *again = new_run_of(t, "", id);
    assert_string_equal(text_at(t, node_get(get_run(t, again), "retry_of")), id);
    assert_true(node_is_null(node_get(get_run(t, again), "pipeline")));
    refused(t, ERR_CONFLICT, "run_exists", SQL_RUN_CREATE, T(id), T("default"), T("x"), T(""), db_bytes(STR("d")),
            db_bytes(STR("m")), T(""), T(""), T("local"), T("[]"), T(""), T(""), T("1"));
    refused(t, ERR_NOT_FOUND, "run_not_found", SQL_RUN_GET, T("no uuid"));
}

static void states_go_forward_and_the_last_one_stays(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t);
    run_to(t, id, "running");
    assert_false(node_is_null(node_get(get_run(t, id), "started_at")));
    must(t, SQL_RUN_STATE, T(id), T(""), T("succeeded"), T("Completed"), T("fine"), T("{\"r\":2}"), T("ref"), T(""),
         T("2026-01-02T03:04:05.5Z"));
    assert_string_equal(got(t, 0, 1), "t");
    const struct node *r = get_run(t, id);
    assert_string_equal(text_at(t, node_get(r, "finished_at")), "2026-01-02T03:04:05.500000Z");
    assert_string_equal(text_at(t, node_path(r, "results", "r", NULL)), "2");
    run_to(t, id, "running");
    assert_string_equal(got(t, 0, 0), "succeeded");
    assert_string_equal(got(t, 0, 1), "f");
    refused(t, ERR_INVALID, "bad_state", SQL_TASK_STATE, T(id), T(""), T("0"), T(""), T("done"), T(""), T(""), T(""),
            T(""), T(""), T(""));
    refused(t, ERR_NOT_FOUND, "task_not_found", SQL_TASK_STATE, T(id), T(""), T("7"), T(""), T("failed"), T(""), T(""),
            T(""), T(""), T(""), T(""));
}

static void a_task_shows_its_newest_attempt_and_a_fan_out_its_instances(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t);
    attempt_to(t, id, "0", "1", "failed");
    step_to(t, id, "0", "1", "0", "failed", "3");
    attempt_to(t, id, "0", "2", "running");
    step_to(t, id, "0", "2", "0", "succeeded", "0");
    step_to(t, id, "0", "2", "1", "running", "");
    task_to(t, id, "0", "", "running");
    task_to(t, id, "1", "1", "running");
    task_to(t, id, "1", "0", "succeeded");
    const struct node *tasks = node_get(get_run(t, id), "tasks");
    assert_int_equal(node_count(tasks), 3);
    assert_string_equal(text_at(t, node_get(node_at(tasks, 0), "attempt")), "2");
    assert_true(node_is_null(node_get(node_at(tasks, 0), "matrix")));
    const struct node *steps = node_get(node_at(tasks, 0), "steps");
    assert_int_equal(node_count(steps), 2);
    assert_string_equal(text_at(t, node_get(node_at(steps, 0), "exit_code")), "0");
    assert_true(node_is_null(node_get(node_at(steps, 1), "exit_code")));
    assert_string_equal(text_at(t, node_get(node_at(tasks, 1), "matrix")), "0");
    assert_string_equal(text_at(t, node_get(node_at(tasks, 2), "state")), "running");
    const char *row = (must(t, SQL_RUN_GET, T(id)), got(t, 0, 1));
    task_to(t, id, "0", "", "succeeded");
    must(t, SQL_RUN_GET, T(id));
    assert_string_not_equal(got(t, 0, 1), row); /* the ETag covers the tasks */
}

static void lists_filter_page_and_leave_out_the_archived(void **state)
{
    struct with_db *t = *state;
    published(t, .kind = "pipeline", .name = "pipe");
    must(t, SQL_VERSION_GET, T("default"), T("pipeline"), T("pipe"), T("latest"));
    const char *version = got(t, 0, 2), *ids[5];
    for (int i = 0; i < 5; i++)
        ids[i] = new_run_of(t, i == 1 ? version : "", "");
    run_to(t, ids[0], "failed");
    must(t, SQL_RUN_LIST, T(""), T(""), T(""), T("2"), T(""), T(""));
    const struct node *page = got_json(t);
    assert_string_equal(text_at(t, node_get(node_at(node_get(page, "items"), 0), "id")), ids[4]);
    assert_null(node_get(node_at(node_get(page, "items"), 0), "tasks"));
    const char *cursor = text_at(t, node_get(page, "next_cursor"));
    must(t, SQL_RUN_LIST, T(""), T(""), T("default"), T("3"), T(cursor), T(""));
    page = got_json(t);
    assert_string_equal(text_at(t, node_get(node_at(node_get(page, "items"), 0), "id")), ids[2]);
    assert_true(node_is_null(node_get(page, "next_cursor")));
    static const char *const filters[][3] = {
        /* state, pipeline, namespace */
        {"failed", "", ""},   {"", "default/pipe", ""}, {"", "default/pipe@1.0.0", ""}, {"", "default/pipe@2.0.0", ""},
        {"", "nonsense", ""}, {"", "", "nowhere"}};
    static const size_t want[] = {1, 1, 1, 0, 0, 0};
    for (size_t i = 0; i < 6; i++) {
        must(t, SQL_RUN_LIST, T(filters[i][0]), T(filters[i][1]), T(filters[i][2]), T(""), T(""), T(""));
        assert_int_equal(node_count(node_get(got_json(t), "items")), want[i]);
    }
    refused(t, ERR_CONFLICT, "run_not_finished", SQL_RUN_ARCHIVE, T(ids[1]), T("true"), T("-1"), T("1"));
    must(t, SQL_RUN_ARCHIVE, T(ids[0]), T("true"), T("-1"), T("1"));
    static const char *const archived[] = {"", "true", "all"};
    static const size_t counts[] = {4, 1, 5};
    for (size_t i = 0; i < 3; i++) {
        must(t, SQL_RUN_LIST, T(""), T(""), T(""), T(""), T(""), T(archived[i]));
        assert_int_equal(node_count(node_get(got_json(t), "items")), counts[i]);
    }
    refused(t, ERR_STALE, "stale", SQL_RUN_ARCHIVE, T(ids[0]), T("false"), T("1"), T("1"));
    refused(t, ERR_INVALID, "bad_cursor", SQL_RUN_LIST, T(""), T(""), T(""), T(""), T("WyJydW5zIiwieCJd"), T(""));
}

static void cancelling_is_a_wish_that_is_noted_once(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t);
    must(t, SQL_RUN_CANCEL, T(id), T("1"));
    assert_string_equal(got(t, 0, 0), "pending");
    assert_string_equal(got(t, 0, 1), "t");
    assert_string_equal(got(t, 0, 2), "local");
    must(t, SQL_RUN_CANCELS, T("local"));
    assert_string_equal(got(t, 0, 0), id);
    must(t, SQL_RUN_CANCEL, T(id), T("1"));
    assert_string_equal(got(t, 0, 1), "f");
    must(t, SQL_RUN_UNFINISHED, T("local"));
    assert_string_equal(got(t, 0, 2), "true");
    assert_string_equal(got(t, 0, 3), "manifest");
    refused(t, ERR_CONFLICT, "run_not_finished", SQL_RUN_DELETE, T(id), T("-1"), T("1"));
    run_to(t, id, "cancelled");
    must(t, SQL_RUN_CANCELS, T("local"));
    assert_int_equal(db_count(&t->r), 0);
}

static void deleting_takes_the_logs_along(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t), *retry = new_run_of(t, "", id);
    append(t, id, "0", "0", 0, STR("line\n"));
    run_to(t, id, "failed");
    must(t, SQL_RUN_DELETE, T(id), T("-1"), T("1"));
    refused(t, ERR_NOT_FOUND, "run_not_found", SQL_RUN_GET, T(id));
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM log_chunk"), 0);
    assert_true(node_is_null(node_get(get_run(t, retry), "retry_of")));
}

static void who_lost_the_lease_writes_nothing_more(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t);
    must(t, SQL_LEASE_TAKE, T("local"), T("local"), T("hub-1"), T("60"));
    assert_string_equal(got(t, 0, 0), "t");
    const char *epoch = got(t, 0, 1);
    must(t, SQL_LEASE_TAKE, T("local"), T("local"), T("hub-2"), T("60"));
    assert_string_equal(got(t, 0, 0), "f");
    assert_string_equal(got(t, 0, 2), "hub-1");
    must(t, SQL_LEASE_TAKE, T("local"), T("local"), T("hub-1"), T("60"));
    assert_string_equal(got(t, 0, 1), epoch);
    must(t, SQL_RUN_STATE, T(id), T(epoch), T("running"), T(""), T(""), T(""), T(""), T(""), T(""));
    must(t, SQL_LEASE_DROP, T("local"), T("hub-1"));
    must(t, SQL_LEASE_TAKE, T("local"), T("local"), T("hub-2"), T("60"));
    assert_string_equal(got(t, 0, 0), "t");
    assert_string_not_equal(got(t, 0, 1), epoch);
    refused(t, ERR_STALE, "lease_lost", SQL_RUN_STATE, T(id), T(epoch), T("failed"), T(""), T(""), T(""), T(""), T(""),
            T(""));
    refused(t, ERR_STALE, "lease_lost", SQL_LOG_APPEND, T(id), T(epoch), T("0"), T(""), T("1"), T("0"), T("s"), T("0"),
            T(""), db_bytes(STR("x")));
    assert_string_equal(text_at(t, node_get(get_run(t, id), "state")), "running");
}

static void after_a_restart_what_was_running_has_failed(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t), *done = new_run(t);
    run_to(t, id, "running");
    task_to(t, id, "0", "", "running");
    attempt_to(t, id, "0", "1", "running");
    step_to(t, id, "0", "1", "0", "succeeded", "0");
    step_to(t, id, "0", "1", "1", "running", "");
    attempt_to(t, done, "0", "1", "running");
    run_to(t, done, "failed");
    must(t, SQL_RUN_RECOVER, T("local"), T(""));
    assert_int_equal(db_count(&t->r), 1);
    assert_string_equal(got(t, 0, 0), id);
    assert_string_equal(got(t, 0, 2), "-1");
    const struct node *r = get_run(t, id), *task = node_at(node_get(r, "tasks"), 0);
    assert_string_equal(text_at(t, node_get(r, "state")), "running");
    assert_string_equal(text_at(t, node_get(task, "state")), "running"); /* its engine decides on it */
    assert_string_equal(text_at(t, node_get(node_at(node_get(task, "steps"), 0), "state")), "succeeded");
    assert_string_equal(text_at(t, node_get(node_at(node_get(task, "steps"), 1), "reason")), "HubRestarted");
    assert_string_equal(text_at(t, node_get(node_at(node_get(r, "tasks"), 1), "state")), "pending");
    attempt_to(t, id, "0", "2", "running"); /* and is tried again */
    must(t, SQL_RUN_RECOVER, T("local"), T(""));
    assert_int_equal(db_count(&t->r), 1);
    assert_string_equal(got(t, 0, 3), "2");
}

/* ---- logs */

/* Everything from a position on, as one text; *after moves on. */
static const char *read_log(struct with_db *t, const char *id, const char *task, const char *step, const char **after,
                            const char *limit, bool *final)
{
    struct buf b;
    buf_init(&b, t->a, 0);
    must(t, SQL_LOG_READ, T(id), T(task), T(step), T(*after), T(limit));
    size_t n = db_count(&t->r);
    for (size_t i = 0; i + 1 < n; i++)
        buf_str(&b, db_get(&t->r, i, 7));
    assert_true(n > 0);
    assert_null(db_get(&t->r, n - 1, 7).p);
    *after = got(t, n - 1, 6);
    *final = db_get_bool(&t->r, n - 1, 8);
    return buf_take(&b).p;
}

static void logs_are_read_by_task_and_step_and_followed_to_their_end(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t), *all = "", *step = "", *other = "";
    bool final;
    assert_string_equal(read_log(t, id, "g/b", "step0", &step, "1000", &final), "");
    assert_false(final);
    attempt_to(t, id, "0", "1", "running");
    assert_true(append(t, id, "0", "0", 0, STR("a0 ")));
    assert_true(append(t, id, "1", "0", 0, STR("b0 ")));
    assert_true(append(t, id, "0", "1", 0, STR("a1 ")));
    assert_true(append(t, id, "0", "0", 1, STR("a0+ ")));
    assert_false(append(t, id, "0", "0", 1, STR("a0+ "))); /* sent again */
    assert_false(append(t, id, "0", "0", 2, STR("")));
    assert_string_equal(read_log(t, id, "", "", &all, "1000", &final), "a0 b0 a1 a0+ ");
    assert_string_equal(read_log(t, id, "a", "step0", &step, "1000", &final), "a0 a0+ ");
    assert_string_equal(got(t, 0, 0), "a");
    assert_string_equal(got(t, 0, 1), "a-t");
    assert_null(got(t, 0, 2));
    assert_string_equal(got(t, 0, 4), "step0");
    assert_string_equal(read_log(t, id, "g-b", "", &other, "1000", &final), "b0 "); /* by its Tekton name */
    assert_false(final);
    append(t, id, "0", "0", 2, STR("more"));
    assert_string_equal(read_log(t, id, "a", "step0", &step, "1000", &final), "more");
    assert_string_equal(read_log(t, id, "", "", &all, "1000", &final), "more");
    step_to(t, id, "0", "1", "0", "succeeded", "0");
    assert_string_equal(read_log(t, id, "a", "step0", &step, "1000", &final), "");
    assert_true(final);
    task_to(t, id, "1", "", "failed");
    assert_string_equal(read_log(t, id, "g-b", "", &other, "1000", &final), "");
    assert_true(final);
    assert_string_equal(read_log(t, id, "", "", &all, "1000", &final), "");
    assert_false(final);
    run_to(t, id, "failed");
    assert_string_equal(read_log(t, id, "", "", &all, "1000", &final), "");
    assert_true(final);
}

static void a_step_that_may_be_tried_again_is_not_final(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t), *after = "";
    bool final;
    step_to(t, id, "0", "1", "0", "failed", "1");
    attempt_to(t, id, "0", "1", "failed");
    task_to(t, id, "0", "", "running");
    read_log(t, id, "a", "step0", &after, "10", &final);
    assert_false(final);
    task_to(t, id, "0", "", "failed");
    read_log(t, id, "a", "step0", &after, "10", &final);
    assert_true(final);
}

static void reading_is_cut_into_pages_that_fit_the_limit(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t), *after = "", *text = "";
    bool final = false;
    for (int i = 0; i < 10; i++)
        append(t, id, "0", "0", i, str_printf(t->a, "%d234567890", i));
    run_to(t, id, "succeeded");
    for (int i = 0; i < 4; i++) {
        assert_false(final);
        text = str_printf(t->a, "%s%s", text, read_log(t, id, "a", "", &after, "35", &final)).p;
    }
    assert_true(final);
    assert_int_equal(strlen(text), 100);
    after = "";
    assert_int_equal(strlen(read_log(t, id, "", "", &after, "1", &final)), 10); /* one comes at least */
}

static void what_is_not_there_is_told(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t);
    char other[UUID_TEXT];
    assert_int_equal(uuid7(other), OK);
    refused(t, ERR_NOT_FOUND, "run_not_found", SQL_LOG_READ, T(other), T(""), T(""), T(""), T("10"));
    refused(t, ERR_NOT_FOUND, "task_not_found", SQL_LOG_READ, T(id), T("zzz"), T(""), T(""), T("10"));
    must(t, SQL_LOG_READ, T(id), T("a"), T("zzz"), T(""), T("10")); /* may come */
    task_to(t, id, "0", "", "skipped");
    refused(t, ERR_NOT_FOUND, "step_not_found", SQL_LOG_READ, T(id), T("a"), T("zzz"), T(""), T("10"));
    refused(t, ERR_INVALID, "bad_cursor", SQL_LOG_READ, T(id), T(""), T(""), T("x"), T("10"));
    refused(t, ERR_LIMIT, "chunk_too_large", SQL_LOG_APPEND, T(id), T(""), T("0"), T(""), T("1"), T("0"), T("s"),
            T("0"), T(""), db_bytes((struct str){arena_alloc(t->a, 65537), 65537}));
}

static void of_a_long_log_the_beginning_and_the_end_stay(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t), *after = "";
    bool final = false;
    char *chunk = arena_alloc(t->a, 65536);
    for (int i = 0; i < 300; i++) { /* 18.75 MiB */
        memset(chunk, 'a' + i % 26, 65536);
        snprintf(chunk, 65536, "<%03d>", i);
        chunk[5] = '.';
        append(t, id, "0", "0", i, (struct str){chunk, 65536});
    }
    run_to(t, id, "succeeded");
    assert_int_equal(pg_number(t->url, "SELECT sum(raw_len) FROM log_chunk"), 16 << 20);
    struct buf b;
    buf_init(&b, t->a, 0);
    while (!final)
        buf_cstr(&b, read_log(t, id, "a", "step0", &after, "4194304", &final));
    const char *text = buf_take(&b).p, *marker = strstr(text, "\n[... 2883584 bytes are left out here ...]\n");
    assert_non_null(marker); /* 44 chunks */
    assert_int_equal(marker - text, 4 << 20);
    assert_int_equal(strncmp(text, "<000>", 5), 0);
    assert_int_equal(strncmp(marker - 65536, "<063>", 5), 0);
    assert_int_equal(strncmp(strchr(marker + 2, '\n') + 1, "<108>", 5), 0);
    assert_non_null(strstr(marker, "<299>"));
}

static void log_partitions_are_made_ahead_and_dropped_when_old(void **state)
{
    struct with_db *t = *state;
    const char *id = new_run(t), *after = "";
    bool final;
    must(t, SQL_LOG_PARTITIONS, T("9"));
    assert_string_equal(got(t, 0, 0), "2"); /* the migration made the first eight */
    must(t, SQL_LOG_PARTITIONS, T("9"));
    assert_string_equal(got(t, 0, 0), "0");
    pg_sql(t->url,
           "CREATE TABLE log_chunk_20250101 PARTITION OF log_chunk FOR VALUES FROM ('2025-01-01') TO ('2025-01-02')");
    pg_sql(t->url, "UPDATE run SET created_at = '2025-01-01'");
    must(t, SQL_LOG_APPEND, T(id), T(""), T("0"), T(""), T("1"), T("0"), T("s"), T("0"), T("2025-01-01T23:59:59Z"),
         db_bytes(STR("old ")));
    must(t, SQL_LOG_APPEND, T(id), T(""), T("0"), T(""), T("1"), T("0"), T("s"), T("1"), T("2025-01-02T00:00:00Z"),
         db_bytes(STR("rest ")));
    append(t, id, "0", "0", 2, STR("new"));
    assert_string_equal(read_log(t, id, "", "", &after, "1000", &final), "old rest new");
    must(t, SQL_LOG_EXPIRE, T("30"));
    assert_string_equal(got(t, 0, 0), "1");
    after = "";
    assert_string_equal(read_log(t, id, "", "", &after, "1000", &final), "new");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_database(a_new_run_has_the_documented_shape),
        with_database(states_go_forward_and_the_last_one_stays),
        with_database(a_task_shows_its_newest_attempt_and_a_fan_out_its_instances),
        with_database(lists_filter_page_and_leave_out_the_archived),
        with_database(cancelling_is_a_wish_that_is_noted_once),
        with_database(deleting_takes_the_logs_along),
        with_database(who_lost_the_lease_writes_nothing_more),
        with_database(after_a_restart_what_was_running_has_failed),
        with_database(logs_are_read_by_task_and_step_and_followed_to_their_end),
        with_database(a_step_that_may_be_tried_again_is_not_final),
        with_database(reading_is_cut_into_pages_that_fit_the_limit),
        with_database(what_is_not_there_is_told),
        with_database(of_a_long_log_the_beginning_and_the_end_stay),
        with_database(log_partitions_are_made_ahead_and_dropped_when_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
