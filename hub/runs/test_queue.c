#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hub/runs/queue.h"

static struct run_event log_event(unsigned task, struct str data)
{
    return (struct run_event){.kind = EVENT_LOG,
                              .at = 1,
                              .run_id = "0192a000-0000-7000-8000-000000000001",
                              .task_no = task,
                              .tekton_name = STR("task"),
                              .step_name = STR("main"),
                              .matrix_index = -1,
                              .attempt = 1,
                              .data = data};
}

static void release(struct record *list)
{
    for (struct record *next; list; list = next) {
        next = list->next;
        free(list);
    }
}

static void records_come_out_in_the_order_they_went_in(void **state)
{
    (void)state;
    struct queue *q = queue_new(QUEUE_MAX_BYTES);
    for (unsigned i = 0; i < 10; i++) {
        struct run_event ev = log_event(i, STR("x"));
        assert_int_equal(queue_push(q, &ev), OK);
    }
    unsigned next = 0;
    for (struct record *list; (list = queue_take(q, 200000, 0));) {
        for (const struct record *r = list; r; r = r->next)
            assert_int_equal(r->task_no, next++);
        release(list);
    }
    assert_int_equal(next, 10);
    assert_int_equal(queue_bytes(q), 0);
    queue_free(q);
}

static void log_chunks_of_one_step_are_joined_up_to_the_limit(void **state)
{
    (void)state;
    static char big[LOG_CHUNK_MAX];
    memset(big, 'b', sizeof big);
    struct queue *q = queue_new(QUEUE_MAX_BYTES);
    struct run_event one = log_event(0, STR("one ")), two = log_event(0, STR("two")),
                     other = log_event(1, STR("other"));
    struct run_event full = log_event(1, (struct str){big, sizeof big});
    assert_int_equal(queue_push(q, &one), OK);
    assert_int_equal(queue_push(q, &two), OK);
    assert_int_equal(queue_push(q, &other), OK);
    assert_int_equal(queue_push(q, &full), OK);
    struct record *list = queue_take(q, QUEUE_MAX_BYTES, 0);
    assert_true(str_is(list->data, "one two"));
    assert_true(str_is(list->next->data, "other"));
    assert_int_equal(list->next->next->data.n, sizeof big);
    assert_null(list->next->next->next);
    release(list);
    queue_free(q);
}

static void texts_and_values_are_copied(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct node *results = node_map(a);
    node_put_str(a, results, "face", STR("heads"));
    struct run_event ev = {.kind = EVENT_TASK,
                           .run_id = "0192a000-0000-7000-8000-000000000001",
                           .state = STATE_SUCCEEDED,
                           .reason = STR("Succeeded"),
                           .results = results,
                           .matrix_index = -1,
                           .exit_code = -1};
    struct queue *q = queue_new(QUEUE_MAX_BYTES);
    assert_int_equal(queue_push(q, &ev), OK);
    arena_free(a);
    struct record *r = queue_take(q, 1, 0);
    assert_true(str_is(r->results, "{\"face\":\"heads\"}"));
    assert_true(str_is(r->reason, "Succeeded"));
    assert_null(r->params.p);
    assert_string_equal(r->run_id, "0192a000-0000-7000-8000-000000000001");
    release(r);
    queue_free(q);
}

struct pusher {
    struct queue *q;
    enum status status;
};

static void *push_one(void *arg)
{
    struct pusher *p = arg;
    struct run_event ev = log_event(7, STR("late"));
    p->status = queue_push(p->q, &ev);
    return NULL;
}

static void a_full_queue_makes_the_engine_wait_until_something_was_taken(void **state)
{
    (void)state;
    struct queue *q = queue_new(1);
    struct run_event first = log_event(0, STR("first"));
    assert_int_equal(queue_push(q, &first), OK);
    struct pusher p = {q, ERR_INTERNAL};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, push_one, &p), 0);
    usleep(50000);
    struct record *r = queue_take(q, 1, 0);
    assert_int_equal(r->task_no, 0);
    assert_null(r->next);
    release(r);
    pthread_join(thread, NULL);
    assert_int_equal(p.status, OK);
    r = queue_take(q, 1, 1000);
    assert_int_equal(r->task_no, 7);
    release(r);
    queue_free(q);
}

static void closing_ends_the_wait_of_a_pusher(void **state)
{
    (void)state;
    struct queue *q = queue_new(1);
    struct run_event first = log_event(0, STR("first"));
    assert_int_equal(queue_push(q, &first), OK);
    struct pusher p = {q, OK};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, push_one, &p), 0);
    usleep(20000);
    queue_close(q);
    pthread_join(thread, NULL);
    assert_int_equal(p.status, ERR_UNAVAILABLE);
    release(queue_take(q, QUEUE_MAX_BYTES, 0));
    assert_null(queue_take(q, QUEUE_MAX_BYTES, 0));
    queue_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_out_in_the_order_they_went_in),
        cmocka_unit_test(log_chunks_of_one_step_are_joined_up_to_the_limit),
        cmocka_unit_test(texts_and_values_are_copied),
        cmocka_unit_test(a_full_queue_makes_the_engine_wait_until_something_was_taken),
        cmocka_unit_test(closing_ends_the_wait_of_a_pusher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
