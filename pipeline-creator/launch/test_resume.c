/* Runs that another process had begun: what is taken as it was, what begins again, and their volumes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "pipeline-creator/launch/test_fake.h"

struct world {
    struct heard *heard;
    struct engine *engine;
    char base[64], dir[80]; /* the state folder, and the engine's below it */
    unsigned attempt;       /* the last that began */
    bool deaf;              /* writing down needs memory */
    unsigned finals;        /* of the run, heard all the same */
};

static void hear_attempt(void *context, const struct run_event *ev)
{
    struct world *w = context;
    if (ev->kind == EVENT_ATTEMPT && ev->state == STATE_RUNNING)
        w->attempt = ev->attempt;
    w->finals += ev->kind == EVENT_RUN && state_is_final(ev->state);
    if (!w->deaf)
        hear(w->heard, ev);
}

static void start_engine(struct world *w, const char *name)
{
    struct local_config c = {.grace_us = 100000, .resumable = true};
    struct err e = {0};
    snprintf(w->dir, sizeof w->dir, "%s/%s", w->base, name);
    assert_int_equal(mkdir(w->dir, 0700), 0);
    assert_int_equal(
        local_with(&c, (struct run_sink){hear_attempt, w}, &fake_new()->runner, strdup(w->dir), -1, &w->engine, &e),
        OK);
}

static void begin(struct world *w)
{
    *w = (struct world){.heard = heard_new()};
    snprintf(w->base, sizeof w->base, "/tmp/test-resume-XXXXXX");
    assert_non_null(mkdtemp(w->base));
    start_engine(w, "engine-one");
}

static void end(struct world *w)
{
    engine_free(w->engine);
    assert_int_equal(rmdir(w->base), 0); /* nothing is left behind */
    arena_free(w->heard->a);
}

static enum status resume(struct world *w, const char *spec, const struct run_history *h, struct err *e)
{
    *e = (struct err){0};
    return engine_resume(w->engine, "run-1", run_of(w->heard->a, spec), h, e);
}

/* What becomes of a run with this history. */
static void goes_on(struct world *w, const char *spec, const struct run_history *h, const char *expected)
{
    struct err e;
    if (resume(w, spec, h, &e))
        fail_msg("%s: %s", e.code, e.message);
    assert_true(run_to_end(w->engine, 10000));
    assert_string_equal(buf_take(&w->heard->tasks).p, expected);
    assert_int_equal(w->heard->finals, 1);
}

#define HISTORY(...)                                                                                                   \
    (&(struct run_history){                                                                                            \
        .tasks = (const struct task_history[]){__VA_ARGS__},                                                           \
        .count = sizeof((const struct task_history[]){__VA_ARGS__}) / sizeof(struct task_history),                     \
    })
#define WAS(name, ...)                                                                                                 \
    {                                                                                                                  \
        .tekton_name = STR(name), .matrix_index = -1, __VA_ARGS__                                                      \
    }
#define WAS_AT(name, ...)                                                                                              \
    {                                                                                                                  \
        .tekton_name = STR(name), __VA_ARGS__                                                                          \
    }
#define SUCCEEDED(map) .state = STATE_SUCCEEDED, .reason = STR("Succeeded"), .attempts = 1, .results = (map)
#define RUNNING(n)     .state = STATE_RUNNING, .attempts = (n)

static struct node *result(struct world *w, const char *text)
{
    struct node *n = node_map(w->heard->a);
    node_put(w->heard->a, n, "r", node_cstr(w->heard->a, text));
    return n;
}

static void what_had_finished_is_not_run_again_and_its_results_are_there(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    goes_on(&w,
            TASKS TASK("a", "", "fail") TASK("b", "params: [{name: p, value: '$(tasks.a.results.r)'}], retries: 1, ",
                                             "show, 'got $(params.p)'") TASK("c", "runAfter: [b], ", "'true'")
                TASK("d", NEVER "runAfter: [a], ", "fail") "    results: [{name: out, value: "
                                                           "'$(tasks.a.results.r)'}]\n",
            HISTORY(WAS("a", SUCCEEDED(result(&w, "kept"))), WAS("b", RUNNING(1)), WAS("c", .state = STATE_PENDING),
                    WAS("d", .state = STATE_SKIPPED, .reason = STR("WhenExpressionsSkip"))),
            "b succeeded Succeeded\nc running\nc succeeded Succeeded\nrun succeeded Completed\n");
    assert_string_equal(buf_take(&w.heard->log).p, "got kept");
    assert_string_equal(str_cstr(w.heard->a, node_to_json(w.heard->a, w.heard->results)), "{\"out\":\"kept\"}");
    assert_int_equal(w.heard->attempts, 2);
    end(&w);
}

static void attempts_count_on(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    goes_on(&w, TASKS TASK("a", "retries: 3, ", "fail"), HISTORY(WAS("a", RUNNING(2))),
            "a failed Failed\nrun failed Failed\n");
    assert_int_equal(w.heard->attempts, 2);
    assert_int_equal(w.attempt, 4);
    end(&w);
    begin(&w); /* one whose first attempt nobody heard of had not begun */
    goes_on(&w, TASKS TASK("a", "", "'true'"), HISTORY(WAS("a", RUNNING(0))),
            "a running\na succeeded Succeeded\nrun succeeded Succeeded\n");
    assert_int_equal(w.attempt, 1);
    end(&w);
}

static void without_retries_it_has_failed_and_finally_runs(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    goes_on(&w,
            TASKS TASK("a", "", "'true'") TASK("b", "runAfter: [a], ", "'true'") TASK("c", "retries: 1, ", "'true'")
                FINALLY TASK("f", "params: [{name: p, value: '$(tasks.a.status) $(tasks.a.reason)'}], ",
                             "show, '$(params.p)'"),
            HISTORY(WAS("a", RUNNING(1)), WAS("c", RUNNING(1))),
            "a failed HubRestarted\nb skipped StoppingSkip\nc succeeded Succeeded\nf running\n"
            "f succeeded Succeeded\nrun failed HubRestarted\n");
    assert_string_equal(buf_take(&w.heard->log).p, "Failed HubRestarted");
    end(&w);
}

static void a_failure_that_may_happen_is_ignored(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    goes_on(&w, TASKS TASK("a", "onError: continue, ", "'true'") TASK("b", "runAfter: [a], ", "'true'"),
            HISTORY(WAS("a", RUNNING(1))),
            "a failed FailureIgnored\nb running\nb succeeded Succeeded\nrun succeeded Succeeded\n");
    end(&w);
}

static void what_had_failed_still_stops_the_graph(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    goes_on(&w, TASKS TASK("a", "", "'true'") TASK("b", "", "'true'") FINALLY TASK("f", "retries: 1, ", "'true'"),
            HISTORY(WAS("a", .state = STATE_FAILED, .reason = STR("Failed"), .attempts = 1)),
            "b skipped StoppingSkip\nf running\nf succeeded Succeeded\nrun failed Failed\n");
    end(&w);
    begin(&w);
    goes_on(&w, TASKS TASK("a", "", "fail") FINALLY TASK("f", "retries: 1, ", "'true'") TASK("g", "", "'true'"),
            HISTORY(WAS("a", SUCCEEDED(NULL)), WAS("f", RUNNING(1)), WAS("g", RUNNING(1))),
            "g failed HubRestarted\nf succeeded Succeeded\nrun failed HubRestarted\n");
    end(&w);
}

#define MATRIX                                                                                                         \
    "    - {name: z, params: [{name: all, value: '$(tasks.m.results.r[*])'}], taskSpec: {params: [{name: all, type: "  \
    "array}], steps: [{command: [show, '$(params.all[0]) $(params.all[1]) $(params.all[2])']}]}}\n"                    \
    "    - {name: m, retries: 1, matrix: {params: [{name: x, value: '$(tasks.a.results.r[*])'}]}, taskSpec: {params: " \
    "[{name: x}], results: [{name: r}], steps: [{command: [write, r, 'is $(params.x)']}]}}\n"                          \
    "    - {name: a, taskSpec: {results: [{name: r, type: array}], steps: [{command: [fail]}]}}\n"

static struct node *list_result(struct world *w, const char *letters)
{
    struct node *n = node_map(w->heard->a), *list = node_seq(w->heard->a);
    for (size_t i = 0; letters[i]; i++)
        node_push(w->heard->a, list, node_str(w->heard->a, (struct str){letters + i, 1}));
    node_put(w->heard->a, n, "r", list);
    return n;
}

static void each_combination_has_its_own_past(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    goes_on(&w, TASKS MATRIX,
            HISTORY(WAS("a", SUCCEEDED(list_result(&w, "uvw"))),
                    WAS_AT("m", .matrix_index = 0, SUCCEEDED(result(&w, "was u"))),
                    WAS_AT("m", .matrix_index = 1, RUNNING(1))),
            "m[2] running\nm[1] succeeded Succeeded\nm[2] succeeded Succeeded\nz running\n"
            "z succeeded Succeeded\nrun succeeded Succeeded\n");
    assert_string_equal(buf_take(&w.heard->log).p, "was u is v is w");
    end(&w);
    begin(&w); /* all of them through, but for the last that has no retries left */
    goes_on(&w, TASKS MATRIX,
            HISTORY(WAS("a", SUCCEEDED(list_result(&w, "uvw"))),
                    WAS_AT("m", .matrix_index = 0, SUCCEEDED(result(&w, "was u"))),
                    WAS_AT("m", .matrix_index = 1, SUCCEEDED(result(&w, "was v"))),
                    WAS_AT("m", .matrix_index = 2, RUNNING(2))),
            "m[2] failed HubRestarted\nz skipped StoppingSkip\nrun failed HubRestarted\n");
    end(&w);
}

static int64_t ago(int64_t seconds)
{
    return clock_now_us() - seconds * 1000000;
}

static struct run_history since(const struct run_history *h, int64_t started_at)
{
    return (struct run_history){started_at, h->tasks, h->count};
}

static void time_limits_count_from_the_first_start(void **state)
{
    (void)state;
    struct world w;
    const struct run_history was = *HISTORY(WAS("a", RUNNING(1)), WAS("b", .state = STATE_PENDING));
    struct run_history h = since(&was, ago(3600));
    begin(&w);
    goes_on(&w,
            "  timeouts: {pipeline: 30m}\n" TASKS TASK("a", "retries: 1, ", "'true'")
                TASK("b", "runAfter: [a], ", "'true'"),
            &h, "b skipped PipelineRunTimeoutSkip\na failed HubRestarted\nrun timed_out PipelineRunTimeout\n");
    end(&w);
    begin(&w);
    goes_on(&w,
            "  timeouts: {pipeline: 4h, tasks: 30m}\n" TASKS TASK("a", "retries: 1, ", "'true'")
                TASK("b", "runAfter: [a], ", "'true'") FINALLY TASK("f", "", "'true'"),
            &h,
            "b skipped TasksTimeoutSkip\na failed HubRestarted\nf running\nf succeeded Succeeded\n"
            "run failed HubRestarted\n");
    end(&w);
    begin(&w); /* there is time left */
    goes_on(&w, "  timeouts: {pipeline: 2h}\n" TASKS TASK("a", "retries: 1, ", "'true'") TASK("b", "", "'true'"), &h,
            "b running\na succeeded Succeeded\nb succeeded Succeeded\nrun succeeded Succeeded\n");
    end(&w);
}

static void the_time_of_finally_counts_from_its_first_task(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    goes_on(&w,
            "  timeouts: {pipeline: 4h, finally: 30m}\n" TASKS TASK("a", "", "'true'")
                FINALLY TASK("f", "retries: 1, ", "'true'") TASK("g", "", "'true'"),
            HISTORY(WAS("a", SUCCEEDED(NULL)), WAS("f", RUNNING(1), .started_at = ago(3600))),
            "g skipped FinallyTimeoutSkip\nf failed HubRestarted\nrun failed HubRestarted\n");
    end(&w);
}

static void a_run_that_is_cancelled_before_it_goes_on_tells_every_end(void **state)
{
    (void)state;
    struct world w;
    struct err e;
    begin(&w);
    assert_int_equal(
        resume(&w, TASKS TASK("a", "retries: 1, ", "'true'") TASK("b", "", "'true'") FINALLY TASK("f", "", "'true'"),
               HISTORY(WAS("a", RUNNING(1))), &e),
        OK);
    engine_cancel(w.engine, "run-1");
    assert_true(run_to_end(w.engine, 10000));
    assert_string_equal(buf_take(&w.heard->tasks).p,
                        "b skipped Cancelled\nf skipped Cancelled\na failed HubRestarted\nrun cancelled Cancelled\n");
    end(&w);
}

#define ON_VOLUME                                                                                                      \
    "  workspaces: [{name: w, volumeClaimTemplate: {spec: {}}}]\n"                                                     \
    "  pipelineSpec:\n    workspaces: [{name: w}]\n    tasks:\n"                                                       \
    "    - {name: a, retries: 1, workspaces: [{name: w}], taskSpec: {workspaces: [{name: w}], steps: [{command: "      \
    "[hold]}]}}\n"

static bool is_there(const char *base, const char *below)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", base, below);
    return access(path, F_OK) == 0;
}

/* The second engine on a state folder, when the first had begun a run with a volume and has gone. */
static void restart_with_volume(struct world *w)
{
    char path[256];
    struct err e = {0};
    begin(w);
    assert_int_equal(engine_submit(w->engine, "run-1", run_of(w->heard->a, ON_VOLUME), &e), OK);
    assert_int_equal(engine_submit(w->engine, "run-2", run_of(w->heard->a, ON_VOLUME), &e), OK);
    engine_turn(w->engine, 0);
    snprintf(path, sizeof path, "%s/run-1/volumes/0", w->dir);
    assert_int_equal(folder_make(path, "made", 0755, geteuid(), getegid(), &e), OK);
    engine_free(w->engine);
    assert_true(is_there(w->dir, "run-1/t0-1"));
    start_engine(w, "engine-two");
    w->heard->tasks.n = 0;
}

static void the_volumes_of_a_run_go_on_with_it(void **state)
{
    (void)state;
    struct world w;
    struct err e;
    restart_with_volume(&w);
    assert_int_equal(resume(&w, ON_VOLUME, HISTORY(WAS("a", RUNNING(1))), &e), OK);
    engine_turn(w.engine, 0);
    assert_int_equal(w.attempt, 2);
    assert_true(is_there(w.dir, "run-1/volumes/0/made"));
    assert_false(is_there(w.dir, "run-1/t0-1"));
    assert_true(is_there(w.base, "engine-one/run-2/volumes/0"));
    engine_sweep(w.engine);
    assert_false(is_there(w.base, "engine-one"));
    assert_true(is_there(w.dir, "run-1/volumes/0/made"));
    engine_free(w.engine); /* and once more */
    start_engine(&w, "engine-three");
    assert_int_equal(resume(&w, ON_VOLUME, HISTORY(WAS("a", RUNNING(1))), &e), OK);
    assert_true(is_there(w.dir, "run-1/volumes/0/made"));
    engine_sweep(w.engine);
    engine_cancel(w.engine, "run-1");
    assert_true(run_to_end(w.engine, 10000));
    assert_false(is_there(w.dir, "run-1"));
    end(&w);
}

static void without_its_volumes_a_run_cannot_go_on(void **state)
{
    (void)state;
    struct world w;
    struct err e;
    begin(&w);
    assert_int_equal(resume(&w, ON_VOLUME, HISTORY(WAS("a", RUNNING(1))), &e), ERR_NOT_FOUND);
    assert_string_equal(e.code, "run_folder_gone");
    assert_false(is_there(w.dir, "run-1"));
    assert_int_equal(resume(&w, ON_VOLUME, HISTORY(WAS("b", RUNNING(1))), &e), ERR_INVALID);
    assert_string_equal(e.code, "bad_history");
    assert_int_equal(engine_active(w.engine), 0);
    /* where nothing ran nothing is missed */
    assert_int_equal(resume(&w, ON_VOLUME, HISTORY(WAS("a", .state = STATE_PENDING)), &e), OK);
    assert_int_equal(resume(&w, ON_VOLUME, HISTORY(WAS("a", RUNNING(1))), &e), ERR_CONFLICT);
    engine_cancel(w.engine, "run-1");
    assert_true(run_to_end(w.engine, 10000));
    end(&w);
}

static void a_resumed_run_that_finds_no_memory_still_ends(void **state)
{
    (void)state;
    for (long nth = 1; nth < 600; nth++) {
        struct world w;
        struct err e = {0};
        begin(&w);
        struct node *run = run_of(w.heard->a, TASKS TASK("a", "", "fail")
                                                  TASK("b",
                                                       "params: [{name: p, value: '$(tasks.a.results.r)'}], retries: "
                                                       "1, ",
                                                       "write, r, x"));
        const struct run_history *h = HISTORY(WAS("a", SUCCEEDED(result(&w, "kept"))), WAS("b", RUNNING(1)));
        w.deaf = true;
        arena_fail_at(nth);
        enum status s = engine_resume(w.engine, "run-1", run, h, &e);
        if (s)
            assert_int_equal(s, ERR_NOMEM);
        for (int i = 0; i < 200 && engine_active(w.engine); i++)
            engine_turn(w.engine, 1);
        arena_fail_at(0);
        assert_int_equal(engine_active(w.engine), 0);
        assert_int_equal(w.finals, s ? 0 : 1);
        end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_had_finished_is_not_run_again_and_its_results_are_there),
        cmocka_unit_test(attempts_count_on),
        cmocka_unit_test(without_retries_it_has_failed_and_finally_runs),
        cmocka_unit_test(a_failure_that_may_happen_is_ignored),
        cmocka_unit_test(what_had_failed_still_stops_the_graph),
        cmocka_unit_test(each_combination_has_its_own_past),
        cmocka_unit_test(time_limits_count_from_the_first_start),
        cmocka_unit_test(the_time_of_finally_counts_from_its_first_task),
        cmocka_unit_test(a_run_that_is_cancelled_before_it_goes_on_tells_every_end),
        cmocka_unit_test(the_volumes_of_a_run_go_on_with_it),
        cmocka_unit_test(without_its_volumes_a_run_cannot_go_on),
        cmocka_unit_test(a_resumed_run_that_finds_no_memory_still_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
