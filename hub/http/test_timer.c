#include "base/testing.h"

#include "hub/http/timer.h"

static struct timers timers;
static int64_t fired[4096];
static size_t fired_count;

static void fire(void *arg)
{
    fired[fired_count++] = *(const int64_t *)arg;
}

static void fires_in_order(void **state)
{
    (void)state;
    enum { N = 2000 };
    static int64_t at[N];
    static struct timer *timer[N];
    uint64_t seed = 7;
    size_t left = N;
    for (size_t i = 0; i < N; i++) {
        at[i] = (int64_t)(testing_random(&seed) % 1000);
        timer[i] = timer_add(&timers, at[i], fire, &at[i]);
    }
    for (size_t i = 0; i < N; i += 3) {
        timer_cancel(&timers, timer[i]);
        left--;
    }
    for (int64_t now = 0; now <= 1000; now += 10) {
        int32_t wait = timers_wait(&timers, now, 50);
        assert_in_range(wait, 0, 50);
        timers_run(&timers, now);
        for (size_t i = 0; i < fired_count; i++)
            assert_true(fired[i] <= now && (i == 0 || fired[i - 1] <= fired[i]));
    }
    assert_int_equal(fired_count, left);
    assert_int_equal(timers_wait(&timers, 0, 50), 50);
    timers_free(&timers);
}

static struct timer *victim;

static void cancel_victim(void *arg)
{
    (void)arg;
    timer_cancel(&timers, victim);
}

static void add_another(void *arg)
{
    timer_add(&timers, 6, fire, arg);
}

static void callbacks_may_change_the_heap(void **state)
{
    (void)state;
    int64_t value = 6;
    fired_count = 0;
    timer_add(&timers, 1, cancel_victim, NULL);
    victim = timer_add(&timers, 2, fire, &value);
    timer_add(&timers, 3, add_another, &value);
    timers_run(&timers, 5);
    assert_int_equal(fired_count, 0);
    assert_int_equal(timers_wait(&timers, 5, 50), 1);
    timers_run(&timers, 6);
    assert_int_equal(fired_count, 1);
    timers_free(&timers);
}

static void has_a_limit(void **state)
{
    (void)state;
    for (int i = 0; i < TIMERS_MAX; i++)
        assert_non_null(timer_add(&timers, i, fire, NULL));
    assert_null(timer_add(&timers, 0, fire, NULL));
    timers_free(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_in_order),
        cmocka_unit_test(callbacks_may_change_the_heap),
        cmocka_unit_test(has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
