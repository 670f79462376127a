/* Order, skipping, retries, ends: with a runner that starts no processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline-creator/launch/test_fake.h"

#define WANTS_A "params: [{name: p, value: '$(tasks.a.results.r)'}], "

struct world {
    struct heard *heard;
    struct engine *engine;
    struct fake *fake;
    char dir[64];
};

static struct world world_with(struct run_sink *sink)
{
    struct world w = {.heard = heard_new(), .fake = fake_new()};
    snprintf(w.dir, sizeof w.dir, "/tmp/test-schedule-XXXXXX");
    assert_non_null(mkdtemp(w.dir));
    struct local_config c = {.grace_us = 100000};
    struct err e = {0};
    assert_int_equal(local_with(&c, sink ? *sink : (struct run_sink){hear, w.heard}, &w.fake->runner, strdup(w.dir), -1,
                                &w.engine, &e),
                     OK);
    return w;
}

static struct world world_new(void)
{
    return world_with(NULL);
}

static void world_free(struct world *w)
{
    engine_free(w->engine);
    assert_int_equal(access(w->dir, F_OK), -1); /* nothing is left behind */
    arena_free(w->heard->a);
}

static void submit(struct world *w, const char *spec)
{
    struct err e = {0};
    if (engine_submit(w->engine, "run-1", run_of(w->heard->a, spec), &e))
        fail_msg("%s: %s", e.code, e.message);
}

/* Runs a spec and compares what was heard of tasks and the run. */
static void becomes(const char *spec, const char *expected)
{
    struct world w = world_new();
    submit(&w, spec);
    assert_true(run_to_end(w.engine, 10000));
    assert_string_equal(buf_take(&w.heard->tasks).p, expected);
    assert_int_equal(w.heard->finals, 1);
    world_free(&w);
}

static void is_refused(const char *spec, enum status status, const char *code)
{
    struct world w = world_new();
    struct err e = {0};
    assert_int_equal(engine_submit(w.engine, "run-1", run_of(w.heard->a, spec), &e), status);
    assert_string_equal(e.code, code);
    assert_int_equal(engine_active(w.engine), 0);
    world_free(&w);
}

static void tasks_run_after_those_they_name(void **state)
{
    (void)state;
    becomes(TASKS TASK("b", "runAfter: [a], ", "'true'") TASK("a", "", "'true'"),
            "a running\na succeeded Succeeded\nb running\nb succeeded Succeeded\nrun succeeded Succeeded\n");
}

static void results_flow_and_order_tasks(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, TASKS TASK("b", "params: [{name: p, value: 'got $(tasks.a.results.r)'}], ", "show, '$(params.p)'")
                   TASK("a", "", "write, r, \"one\\n two \"") "    results: [{name: out, value: "
                                                              "'$(tasks.a.results.r)'}, {name: none, value: "
                                                              "'$(tasks.b.results.r)'}]\n");
    assert_true(run_to_end(w.engine, 10000));
    assert_string_equal(buf_take(&w.heard->log).p, "got one\n two ");
    assert_string_equal(str_cstr(w.heard->a, node_to_json(w.heard->a, w.heard->results)), "{\"out\":\"one\\n two \"}");
    world_free(&w);
}

static void a_failure_stops_the_graph_and_finally_runs(void **state)
{
    (void)state;
    becomes(TASKS TASK("a", "", "fail") TASK("b", "runAfter: [a], ", "'true'") FINALLY TASK(
                "f", "params: [{name: p, value: '$(tasks.status) $(tasks.a.status) $(tasks.b.status)'}], ", "'true'"),
            "a running\na failed Failed\nb skipped StoppingSkip\nf running\nf succeeded Succeeded\n"
            "run failed Failed\n");
}

static void what_runs_may_finish_when_another_task_fails(void **state)
{
    (void)state;
    becomes(TASKS TASK("a", "", "fail") TASK("c", "", "'true'") TASK("d", "runAfter: [c], ", "'true'"),
            "a running\nc running\na failed Failed\nd skipped StoppingSkip\nc succeeded Succeeded\n"
            "run failed Failed\n");
}

static void a_failure_that_may_happen_is_ignored(void **state)
{
    (void)state;
    becomes(TASKS TASK("a", "onError: continue, ", "fail") TASK("b", "runAfter: [a], ", "'true'"),
            "a running\na failed FailureIgnored\nb running\nb succeeded Succeeded\nrun succeeded Succeeded\n");
}

static void a_failed_finally_task_fails_the_run(void **state)
{
    (void)state;
    becomes(TASKS TASK("a", "", "'true'") FINALLY TASK("f", "", "fail") TASK("g", "", "'true'"),
            "a running\na succeeded Succeeded\nf running\ng running\nf failed Failed\ng succeeded Succeeded\n"
            "run failed Failed\n");
}

static void a_skipped_task_skips_its_consumers_not_its_followers(void **state)
{
    (void)state;
    becomes(TASKS TASK("a", NEVER, "'true'") TASK("follower", "runAfter: [a], ", "'true'")
                TASK("consumer", "params: [{name: p, value: '$(tasks.a.results.r)'}], ", "'true'")
                    TASK("heir", "runAfter: [consumer], ", "'true'"),
            "a skipped WhenExpressionsSkip\nconsumer skipped MissingResultsSkip\nheir skipped ParentTasksSkip\n"
            "follower running\nfollower succeeded Succeeded\nrun succeeded Completed\n");
}

static void a_condition_that_does_not_hold_counts_before_what_is_missing(void **state)
{
    (void)state;
    /* With what is missing, no reference is filled in: `in` does not hold, `notin` does. */
    becomes(TASKS TASK("a", NEVER, "'true'") TASK("b", "", "write, r, yes")
                TASK("both",
                     "params: [{name: p, value: '$(tasks.a.results.r)'}], "
                     "when: [{input: '$(tasks.b.results.r)', operator: in, values: ['yes']}], ",
                     "'true'") TASK("heir", "runAfter: [both], ", "'true'")
                    TASK("other",
                         "params: [{name: p, value: '$(tasks.a.results.r)'}], "
                         "when: [{input: '$(tasks.b.results.r)', operator: notin, values: ['yes']}], ",
                         "'true'") TASK("last", "runAfter: [other], ", "'true'"),
            "a skipped WhenExpressionsSkip\nb running\nb succeeded Succeeded\nboth skipped WhenExpressionsSkip\n"
            "other skipped MissingResultsSkip\nlast skipped ParentTasksSkip\nheir running\n"
            "heir succeeded Succeeded\nrun succeeded Completed\n");
}

static void a_condition_reads_results(void **state)
{
    (void)state;
    becomes(TASKS TASK("a", "", "write, r, heads")
                TASK("yes", "when: [{input: '$(tasks.a.results.r)', operator: in, values: [heads]}], ", "'true'")
                    TASK("no", "when: [{input: '$(tasks.a.results.r)', operator: notin, values: [heads]}], ", "'true'"),
            "a running\na succeeded Succeeded\nno skipped WhenExpressionsSkip\nyes running\nyes succeeded Succeeded\n"
            "run succeeded Completed\n");
}

static void a_result_that_was_not_written_fails_its_consumer(void **state)
{
    (void)state;
    becomes(TASKS TASK("a", "", "'true'") TASK("b", "params: [{name: p, value: '$(tasks.a.results.r)'}], ", "'true'"),
            "a running\na succeeded Succeeded\nb failed InvalidTaskResultReference\nrun failed Failed\n");
}

static void the_consumer_says_whether_a_missing_result_may_be(void **state)
{
    (void)state;
    /* seen on Tekton 1.15; that the producer may fail excuses nothing */
    becomes(TASKS TASK("a", "onError: continue, ", "fail") TASK("b", "onError: continue, " WANTS_A, "'true'")
                TASK("heir", "runAfter: [b], ", "'true'"),
            "a running\na failed FailureIgnored\nb skipped MissingResultsSkip\nheir skipped ParentTasksSkip\n"
            "run succeeded Completed\n");
    becomes(TASKS TASK("a", "", "'true'") TASK("b", "onError: continue, " WANTS_A, "'true'"),
            "a running\na succeeded Succeeded\nb skipped MissingResultsSkip\nrun succeeded Completed\n");
    becomes(TASKS TASK("a", "onError: continue, ", "fail") TASK("b", WANTS_A, "'true'"),
            "a running\na failed FailureIgnored\nb failed InvalidTaskResultReference\nrun failed Failed\n");
}

static void nothing_starts_beside_a_task_whose_result_is_missing(void **state)
{
    (void)state;
    becomes(TASKS TASK("a", "", "'true'") TASK("before", "runAfter: [a], ", "'true'") TASK("b", WANTS_A, "'true'")
                TASK("after", "runAfter: [a], ", "'true'") TASK("b2", WANTS_A, "'true'")
                    FINALLY TASK("f", "", "'true'"),
            "a running\na succeeded Succeeded\nb failed InvalidTaskResultReference\nafter skipped StoppingSkip\n"
            "b2 skipped StoppingSkip\nbefore skipped StoppingSkip\nf running\nf succeeded Succeeded\n"
            "run failed Failed\n");
}

static void a_task_is_tried_again(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, TASKS TASK("a", "retries: 2, ", "flaky"));
    assert_true(run_to_end(w.engine, 10000));
    assert_int_equal(w.heard->attempts, 3);
    assert_string_equal(buf_take(&w.heard->tasks).p, "a running\na succeeded Succeeded\nrun succeeded Succeeded\n");
    world_free(&w);
}

static void retries_come_to_an_end(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, TASKS TASK("a", "retries: 2, ", "fail"));
    assert_true(run_to_end(w.engine, 10000));
    assert_int_equal(w.heard->attempts, 3);
    assert_string_equal(buf_take(&w.heard->tasks).p, "a running\na failed Failed\nrun failed Failed\n");
    world_free(&w);
}

static void a_matrix_fans_out_and_its_results_are_gathered(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, TASKS "    - {name: m, matrix: {params: [{name: x, value: [u, v]}]}, taskSpec: {params: [{name: x}], "
                     "results: [{name: r}], steps: [{command: [write, r, 'is $(params.x)']}]}}\n"
                     "    - {name: z, params: [{name: all, value: '$(tasks.m.results.r[*])'}, {name: n, value: "
                     "'$(tasks.m.matrix.length)'}], taskSpec: {params: [{name: all, type: array}, {name: n}], "
                     "steps: [{command: [show, '$(params.all[1])/$(params.n)']}]}}\n");
    assert_true(run_to_end(w.engine, 10000));
    assert_string_equal(buf_take(&w.heard->log).p, "is v/2");
    assert_string_equal(buf_take(&w.heard->tasks).p,
                        "m[0] running\nm[1] running\nm[0] succeeded Succeeded\nm[1] succeeded Succeeded\n"
                        "z running\nz succeeded Succeeded\nrun succeeded Succeeded\n");
    world_free(&w);
}

static void an_empty_matrix_is_skipped_with_what_follows(void **state)
{
    (void)state;
    becomes(TASKS TASK("m", "matrix: {params: [{name: x, value: []}]}, ", "'true'")
                TASK("b", "runAfter: [m], ", "'true'"),
            "m skipped EmptyArrayInMatrixParams\nb skipped ParentTasksSkip\nrun succeeded Completed\n");
}

static void at_most_so_many_tasks_run_at_once(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, TASKS TASK("a", "", "'true'") TASK("b", "", "'true'") TASK("c", "", "'true'") TASK("d", "", "'true'")
                   TASK("e", "", "'true'") TASK("f", "", "'true'"));
    assert_true(run_to_end(w.engine, 10000));
    assert_int_equal(w.fake->most, 4);
    world_free(&w);
}

static void what_was_ready_when_another_task_failed_runs(void **state)
{
    (void)state;
    /* on a cluster all five begin at once; here the last one waits for a place meanwhile */
    becomes(
        TASKS TASK("a", "", "fail") TASK("b", "", "'true'") TASK("c", "", "'true'") TASK("d", "", "'true'")
            TASK("condition", "", "'true'") TASK("then", "runAfter: [condition], ", "'true'"),
        "a running\nb running\nc running\nd running\na failed Failed\nthen skipped StoppingSkip\ncondition running\n"
        "b succeeded Succeeded\nc succeeded Succeeded\nd succeeded Succeeded\ncondition succeeded Succeeded\n"
        "run failed Failed\n");
}

static void a_cancelled_run_runs_no_finally(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, TASKS TASK("a", "", "hold") TASK("b", "runAfter: [a], ", "'true'") FINALLY TASK("f", "", "'true'"));
    engine_turn(w.engine, 0);
    engine_cancel(w.engine, "unknown");
    engine_cancel(w.engine, "run-1");
    assert_true(run_to_end(w.engine, 10000));
    assert_string_equal(buf_take(&w.heard->tasks).p, "a running\nb skipped Cancelled\nf skipped Cancelled\n"
                                                     "a cancelled TaskRunCancelled\nrun cancelled Cancelled\n");
    engine_cancel(w.engine, "run-1");
    engine_turn(w.engine, 0);
    assert_int_equal(w.heard->finals, 1);
    world_free(&w);
}

static void a_stubborn_step_is_killed_after_the_grace_period(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, TASKS TASK("a", "retries: 3, ", "stubborn"));
    engine_turn(w.engine, 0);
    int64_t before = clock_mono_ms();
    engine_cancel(w.engine, "run-1");
    assert_true(run_to_end(w.engine, 10000));
    assert_true(clock_mono_ms() - before >= 100);
    assert_int_equal(w.heard->state, STATE_CANCELLED);
    assert_int_equal(w.heard->attempts, 1);
    world_free(&w);
}

static void the_pipelines_timeout_ends_everything(void **state)
{
    (void)state;
    becomes("  timeouts: {pipeline: 100ms}\n" TASKS TASK("a", "", "hold") FINALLY TASK("f", "", "'true'"),
            "a running\nf skipped PipelineRunTimeoutSkip\na cancelled TaskRunCancelled\n"
            "run timed_out PipelineRunTimeout\n");
}

static void the_timeout_of_tasks_leaves_time_for_finally(void **state)
{
    (void)state;
    becomes("  timeouts: {pipeline: 1h, tasks: 100ms}\n" TASKS TASK("a", "", "hold")
                TASK("b", "runAfter: [a], ", "'true'") FINALLY TASK("f", "", "'true'"),
            "a running\nb skipped TasksTimeoutSkip\na cancelled TaskRunCancelled\nf running\nf succeeded Succeeded\n"
            "run failed Failed\n");
}

static void a_task_that_takes_too_long_is_tried_again(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, TASKS TASK("a", "timeout: 50ms, retries: 1, ", "hold"));
    assert_true(run_to_end(w.engine, 10000));
    assert_int_equal(w.heard->attempts, 2);
    assert_string_equal(buf_take(&w.heard->tasks).p, "a running\na timed_out TaskRunTimeout\nrun failed Failed\n");
    world_free(&w);
}

static void a_step_has_a_time_of_its_own(void **state)
{
    (void)state;
    becomes(TASKS "    - {name: a, taskSpec: {steps: [{command: [hold], timeout: 50ms}]}}\n",
            "a running\na timed_out StepTimeout\nrun failed Failed\n");
}

static void steps_run_in_order_and_stop_at_a_failure(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, TASKS "    - {name: a, taskSpec: {steps: [{name: x, command: ['true']}, {name: y, onError: continue, "
                     "command: [fail]}, {name: z, command: [fail]}, {name: q, command: ['true']}]}}\n");
    assert_true(run_to_end(w.engine, 10000));
    assert_string_equal(buf_take(&w.heard->steps).p, "a/x succeeded 0\na/y failed 1\na/z failed 1\na/q skipped -1\n");
    world_free(&w);
}

/* A text of n bytes as a result's value. */
static enum run_state with_result_of(size_t n, unsigned steps, struct str *message)
{
    struct world w = world_new();
    char *text = arena_alloc(w.heard->a, n + 1);
    memset(text, 'x', n);
    struct buf spec;
    buf_init(&spec, w.heard->a, 0);
    buf_printf(&spec, TASKS "    - {name: a, taskSpec: {results: [{name: big}], steps: [{command: [write, big, %s]}",
               text);
    for (unsigned i = 1; i < steps; i++)
        buf_cstr(&spec, ", {command: ['true']}");
    buf_cstr(&spec, "]}}\n");
    submit(&w, buf_take(&spec).p);
    assert_true(run_to_end(w.engine, 10000));
    static char copy[1024];
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(w.heard->task_message));
    *message = str_of(copy);
    enum run_state state = w.heard->state;
    world_free(&w);
    return state;
}

static void results_have_the_limit_of_tekton(void **state)
{
    (void)state;
    struct str message;
    assert_int_equal(with_result_of(3900, 1, &message), STATE_SUCCEEDED);
    assert_int_equal(with_result_of(4090, 1, &message), STATE_FAILED);
    assert_true(str_find(message, STR("big")) >= 0);
    assert_int_equal(with_result_of(100000, 1, &message), STATE_FAILED);
    assert_int_equal(with_result_of(1900, 6, &message), STATE_SUCCEEDED);
    assert_int_equal(with_result_of(2040, 6, &message), STATE_FAILED);
    assert_true(str_find(message, STR("2048")) >= 0);
}

static void parameters_propagate_and_have_defaults(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, "  params: [{name: p, value: outer}, {name: q, value: 'text $(params.p)'}]\n" TASKS
               "    - {name: a, taskSpec: {params: [{name: p, default: inner}], steps: [{command: [show, '$(params.p) "
               "$(params.q) $(context.pipelineRun.name) $(nothing)']}]}}\n");
    assert_true(run_to_end(w.engine, 10000));
    assert_string_equal(buf_take(&w.heard->log).p, "outer text inner r $(nothing)");
    world_free(&w);
}

/* What a task shows of a result that another one wrote: a dollar and this. */
static void arrives_as(const char *written, const char *shown)
{
    struct world w = world_new();
    struct buf spec;
    buf_init(&spec, w.heard->a, 0);
    buf_printf(&spec,
               TASKS "    - {name: a, taskSpec: {results: [{name: r}], steps: [{env: [{name: D, value: $}], command: "
                     "[write, r, '$(D)%s']}]}}\n"
                     "    - {name: b, retries: 1, params: [{name: p, value: '$(tasks.a.results.r)'}], workspaces: "
                     "[{name: w}], taskSpec: {params: [{name: p}], workspaces: [{name: w}], results: [{name: r}], "
                     "steps: [{command: [show, '$(params.p)']}]}}\n"
                     "    params: [{name: x, default: outer}]\n"
                     "    workspaces: [{name: w}]\n"
                     "  workspaces: [{name: w, emptyDir: {}}]\n",
               written);
    submit(&w, buf_take(&spec).p);
    assert_true(run_to_end(w.engine, 10000));
    assert_string_equal(buf_take(&w.heard->log).p, shown);
    assert_int_equal(w.heard->state, shown[0] ? STATE_SUCCEEDED : STATE_FAILED);
    world_free(&w);
}

static void variables_in_a_result_are_read_as_by_tekton(void **state)
{
    (void)state;
    /* all but $(params.unheard-of) and $(nothing.at-all) seen on Tekton 1.15 */
    arrives_as("(context.taskRun.name)", "r-b");
    arrives_as("(context.task.name)", "b");
    arrives_as("(context.task.retry-count)", "0");
    arrives_as("(context.pipelineTask.retries)", "1");
    arrives_as("(workspaces.w.path)", "/workspace/w");
    arrives_as("(workspaces.w.bound)", "true");
    arrives_as("(results.r.path)", "/tekton/results/r");
    arrives_as("(context.pipelineRun.name)", "$(context.pipelineRun.name)");
    arrives_as("(tasks.status)", "$(tasks.status)");
    arrives_as("(tasks.a.results.r)", "$(tasks.a.results.r)");
    arrives_as("(params.p)", "$(params.p)");
    arrives_as("(nothing.at-all)", "$(nothing.at-all)");
    arrives_as("(params.x)", "");
    arrives_as("(params.unheard-of)", "");
}

static void runs_wait_for_their_turn(void **state)
{
    (void)state;
    struct world w = world_new();
    struct err e = {0};
    for (int i = 0; i < 12; i++) {
        char id[16];
        snprintf(id, sizeof id, "run-%d", i);
        assert_int_equal(engine_submit(w.engine, id, run_of(w.heard->a, TASKS TASK("a", "", "hold")), &e), OK);
    }
    assert_int_equal(engine_submit(w.engine, "run-3", run_of(w.heard->a, TASKS TASK("a", "", "hold")), &e),
                     ERR_CONFLICT);
    for (int i = 0; i < 5; i++)
        engine_turn(w.engine, 0);
    assert_int_equal(w.fake->running, 8);
    assert_int_equal(engine_active(w.engine), 12);
    for (int i = 0; i < 12; i++) {
        char id[16];
        snprintf(id, sizeof id, "run-%d", i);
        engine_cancel(w.engine, id);
    }
    assert_true(run_to_end(w.engine, 10000));
    assert_int_equal(w.heard->finals, 12);
    world_free(&w);
}

static void what_only_a_cluster_has_is_refused(void **state)
{
    (void)state;
    is_refused("  pipelineRef: {name: p}\n", ERR_UNSUPPORTED, "unsupported_pipeline_ref");
    is_refused(TASKS "    - {name: a, taskRef: {name: t}}\n", ERR_UNSUPPORTED, "unsupported_task_ref");
    is_refused(TASKS "    - {name: a, taskRef: {resolver: git}}\n", ERR_UNSUPPORTED, "unsupported_resolver");
    is_refused(TASKS "    - {name: a, taskRef: {apiVersion: x/v1, kind: Loop}}\n", ERR_UNSUPPORTED,
               "unsupported_custom_task");
    is_refused(TASKS "    - {name: a, taskSpec: {apiVersion: x/v1, kind: Loop, spec: {}}}\n", ERR_UNSUPPORTED,
               "unsupported_custom_task");
    is_refused(TASKS "    - {name: a, pipelineSpec: {tasks: []}}\n", ERR_UNSUPPORTED, "unsupported_child_pipeline");
    is_refused(TASKS "    - {name: a, taskSpec: {steps: [{image: x}]}}\n", ERR_UNSUPPORTED, "unsupported_entrypoint");
    is_refused(TASKS "    - {name: a, taskSpec: {sidecars: [{image: x}], steps: [{script: x}]}}\n", ERR_UNSUPPORTED,
               "unsupported_sidecar");
    is_refused(TASKS "    - {name: a, taskSpec: {volumes: [{name: v, hostPath: {path: /}}], steps: [{script: x}]}}\n",
               ERR_UNSUPPORTED, "unsupported_volume");
    is_refused("  taskRunTemplate: {podTemplate: {env: [{name: A, value: a}]}}\n" TASKS TASK("a", "", "'true'"),
               ERR_UNSUPPORTED, "unsupported_env");
    is_refused(
        "  taskRunSpecs: [{pipelineTaskName: a, podTemplate: {volumes: [{name: v, emptyDir: {}}]}}]\n" TASKS TASK(
            "a", "", "'true'"),
        ERR_UNSUPPORTED, "unsupported_volume");
    is_refused("  workspaces: [{name: w, secret: {secretName: s}}]\n" TASKS TASK("a", "", "'true'"), ERR_UNSUPPORTED,
               "unsupported_workspace");
    is_refused(TASKS "    - {name: a, when: [{cel: x}], taskSpec: {steps: [{script: x}]}}\n", ERR_UNSUPPORTED,
               "unsupported_cel");
    is_refused(TASKS "    - {name: a, taskSpec: {steps: [{script: x, env: [{name: A, valueFrom: {secretKeyRef: {name: "
                     "s, key: k}}}]}]}}\n",
               ERR_UNSUPPORTED, "unsupported_env");
}

static void what_is_wrong_is_refused(void **state)
{
    (void)state;
    is_refused(TASKS TASK("a", "runAfter: [b], ", "'true'") TASK("b", "runAfter: [a], ", "'true'"), ERR_INVALID,
               "circle");
    is_refused(TASKS TASK("a", "runAfter: [z], ", "'true'"), ERR_INVALID, "bad_run_after");
    is_refused(TASKS TASK("a", "", "'true'") TASK("a", "", "'true'"), ERR_INVALID, "bad_task_name");
    is_refused(TASKS TASK("a", "params: [{name: p, value: '$(tasks.z.results.r)'}], ", "'true'"), ERR_INVALID,
               "bad_reference");
    is_refused(TASKS "    - {name: a, taskSpec: {params: [{name: p}], steps: [{script: x}]}}\n", ERR_INVALID,
               "param_missing");
    is_refused(TASKS TASK("a", "timeout: soon, ", "'true'"), ERR_INVALID, "bad_duration");
    is_refused("  pipelineSpec: {tasks: []}\n", ERR_INVALID, "no_tasks");
}

static void an_engine_that_goes_says_nothing_and_leaves_nothing(void **state)
{
    (void)state;
    struct world w = world_new();
    submit(&w, TASKS TASK("a", "", "hold") TASK("b", "runAfter: [a], ", "'true'"));
    engine_turn(w.engine, 0);
    world_free(&w);
}

static void count_finals(void *context, const struct run_event *ev)
{
    *(unsigned *)context += ev->kind == EVENT_RUN && state_is_final(ev->state);
}

static void a_run_that_finds_no_memory_still_ends(void **state)
{
    (void)state;
    for (long nth = 1; nth < 600; nth++) {
        unsigned finals = 0;
        struct run_sink sink = {count_finals, &finals};
        struct world w = world_with(&sink);
        struct err e = {0};
        struct node *run = run_of(w.heard->a, TASKS TASK("a", "", "write, r, x") TASK(
                                                  "b", "params: [{name: p, value: '$(tasks.a.results.r)'}], ", "fail"));
        arena_fail_at(nth);
        enum status s = engine_submit(w.engine, "run-1", run, &e);
        if (s)
            assert_int_equal(s, ERR_NOMEM);
        for (int i = 0; i < 200 && engine_active(w.engine); i++)
            engine_turn(w.engine, 1);
        arena_fail_at(0);
        assert_int_equal(engine_active(w.engine), 0);
        assert_int_equal(finals, s ? 0 : 1);
        world_free(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_run_after_those_they_name),
        cmocka_unit_test(results_flow_and_order_tasks),
        cmocka_unit_test(a_failure_stops_the_graph_and_finally_runs),
        cmocka_unit_test(what_runs_may_finish_when_another_task_fails),
        cmocka_unit_test(a_failure_that_may_happen_is_ignored),
        cmocka_unit_test(a_failed_finally_task_fails_the_run),
        cmocka_unit_test(a_skipped_task_skips_its_consumers_not_its_followers),
        cmocka_unit_test(a_condition_that_does_not_hold_counts_before_what_is_missing),
        cmocka_unit_test(a_condition_reads_results),
        cmocka_unit_test(a_result_that_was_not_written_fails_its_consumer),
        cmocka_unit_test(the_consumer_says_whether_a_missing_result_may_be),
        cmocka_unit_test(nothing_starts_beside_a_task_whose_result_is_missing),
        cmocka_unit_test(a_task_is_tried_again),
        cmocka_unit_test(retries_come_to_an_end),
        cmocka_unit_test(a_matrix_fans_out_and_its_results_are_gathered),
        cmocka_unit_test(an_empty_matrix_is_skipped_with_what_follows),
        cmocka_unit_test(at_most_so_many_tasks_run_at_once),
        cmocka_unit_test(what_was_ready_when_another_task_failed_runs),
        cmocka_unit_test(a_cancelled_run_runs_no_finally),
        cmocka_unit_test(a_stubborn_step_is_killed_after_the_grace_period),
        cmocka_unit_test(the_pipelines_timeout_ends_everything),
        cmocka_unit_test(the_timeout_of_tasks_leaves_time_for_finally),
        cmocka_unit_test(a_task_that_takes_too_long_is_tried_again),
        cmocka_unit_test(a_step_has_a_time_of_its_own),
        cmocka_unit_test(steps_run_in_order_and_stop_at_a_failure),
        cmocka_unit_test(results_have_the_limit_of_tekton),
        cmocka_unit_test(parameters_propagate_and_have_defaults),
        cmocka_unit_test(variables_in_a_result_are_read_as_by_tekton),
        cmocka_unit_test(runs_wait_for_their_turn),
        cmocka_unit_test(what_only_a_cluster_has_is_refused),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(an_engine_that_goes_says_nothing_and_leaves_nothing),
        cmocka_unit_test(a_run_that_finds_no_memory_still_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
