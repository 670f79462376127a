/* What the database says of a run, as history for an engine, and closed where no engine takes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "hub/runs/history.h"

#define RUN_ID "01890a5d-ac96-774b-bcce-b302099a8057"

static const char manifest[] =
    "metadata:\n  annotations:\n    component-hub.dev/names: '{\"params\": {}, \"results\": {}, \"tasks\": {\"one\": "
    "{\"path\": \"One\", \"inputs\": {}, \"outputs\": {\"said\": \"What Was Said\", \"other\": \"said\"}}}}'\n"
    "spec: {pipelineSpec: {tasks: [{name: one}, {name: many}, {name: last}]}}\n";

static const char run[] =
    "{\"started_at\": \"2026-01-31T09:15:00Z\", \"tasks\": ["
    "{\"name\": \"One\", \"tekton_name\": \"one\", \"state\": \"succeeded\", \"reason\": \"Succeeded\", \"attempt\": 2,"
    " \"matrix\": null, \"started_at\": \"2026-01-31T09:15:01Z\", \"results\": {\"What Was Said\": \"x\", \"said\":"
    " [\"y\"], \"more\": \"z\"}},"
    "{\"tekton_name\": \"many\", \"state\": \"succeeded\", \"attempt\": 1, \"matrix\": 0, \"results\": {}},"
    "{\"tekton_name\": \"many\", \"state\": \"running\", \"attempt\": 3, \"matrix\": 1, \"results\": {}},"
    "{\"tekton_name\": \"last\", \"state\": \"pending\", \"attempt\": null, \"matrix\": null, \"results\": {}}]}";

static void it_has_states_attempts_and_results_with_tektons_names(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct run_names *names = NULL;
    struct node *document;
    struct run_history h;
    struct err e = {0};
    assert_int_equal(node_parse_yaml(a, str_of(manifest), &document, &e), OK);
    names_add(&names, RUN_ID, document);
    assert_int_equal(history_read(a, str_of(run), names, RUN_ID, &h, &e), OK);
    int64_t at;
    assert_true(time_parse(STR("2026-01-31T09:15:00Z"), &at));
    assert_int_equal(h.started_at, at);
    assert_int_equal(h.count, 4);
    assert_int_equal(h.tasks[0].started_at, at + 1000000);
    assert_int_equal(h.tasks[0].state, STATE_SUCCEEDED);
    assert_int_equal(h.tasks[0].attempts, 2);
    assert_int_equal(h.tasks[0].matrix_index, -1);
    assert_string_equal(str_cstr(a, node_to_json(a, h.tasks[0].results)),
                        "{\"said\":\"x\",\"other\":[\"y\"],\"more\":\"z\"}");
    assert_int_equal(h.tasks[2].state, STATE_RUNNING);
    assert_int_equal(h.tasks[2].matrix_index, 1);
    assert_int_equal(h.tasks[2].attempts, 3);
    assert_int_equal(h.tasks[3].state, STATE_PENDING);
    assert_int_equal(h.tasks[3].attempts, 0);
    assert_int_equal(history_read(a, STR("{\"tasks\": [{\"state\": \"odd\"}]}"), names, RUN_ID, &h, &e), ERR_INVALID);
    names_free(&names);
    arena_free(a);
}

static void expect(struct queue *q, enum run_event_kind kind, enum run_state state, unsigned task_no, int matrix,
                   const char *reason)
{
    struct record *r = queue_take(q, 1, 0);
    assert_non_null(r);
    assert_int_equal(r->kind, kind);
    assert_int_equal(r->state, state);
    assert_int_equal(r->task_no, task_no);
    assert_int_equal(r->matrix_index, matrix);
    assert_true(str_is(r->reason, reason));
    free(r);
}

static void where_no_engine_takes_it_every_task_is_closed(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    history_end(q, RUN_ID, str_of(run), STATE_CANCELLED, "Cancelled", "The run was cancelled.");
    expect(q, EVENT_TASK, STATE_FAILED, 1, 1, "HubRestarted");
    expect(q, EVENT_TASK, STATE_SKIPPED, 2, -1, "Cancelled");
    expect(q, EVENT_RUN, STATE_CANCELLED, 0, -1, "Cancelled");
    history_end(q, RUN_ID, STR(""), STATE_FAILED, "NotStarted", "No.");
    expect(q, EVENT_RUN, STATE_FAILED, 0, -1, "NotStarted");
    assert_null(queue_take(q, 1, 0));
    queue_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_states_attempts_and_results_with_tektons_names),
        cmocka_unit_test(where_no_engine_takes_it_every_task_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
