#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/testing.h"

static void allocations_are_aligned_and_zeroed(void **state)
{
    for (size_t n = 0; n < 3000; n += 7) {
        const char *p = arena_alloc(*state, n);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
    }
}

static void allocations_do_not_overlap(void **state)
{
    unsigned char *blocks[400];
    size_t sizes[400];
    for (size_t i = 0; i < 400; i++) {
        sizes[i] = i * i % 9001;
        blocks[i] = arena_alloc(*state, sizes[i]);
        memset(blocks[i], (int)(i & 0xff), sizes[i]);
    }
    for (size_t i = 0; i < 400; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(blocks[i][k], i & 0xff);
}

static void growing_keeps_what_was_there_and_zeroes_the_rest(void **state)
{
    char *p = NULL;
    size_t n = 0;
    for (size_t grown = 3; grown < 200000; grown = grown * 2 + 1) {
        p = arena_grow(*state, p, n, grown);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 'x');
        for (size_t i = n; i < grown; i++)
            assert_int_equal(p[i], 0);
        memset(p, 'x', grown);
        n = grown;
    }
}

static void growing_an_older_allocation_does_not_touch_newer_ones(void **state)
{
    char *old = memset(arena_alloc(*state, 32), 'a', 32);
    char *newer = memset(arena_alloc(*state, 32), 'b', 32);
    char *grown = arena_grow(*state, old, 32, 64);
    memset(grown, 'c', 64);
    for (int i = 0; i < 32; i++)
        assert_int_equal(newer[i], 'b');
}

static void growing_to_less_keeps_everything(void **state)
{
    char *p = memset(arena_alloc(*state, 32), 'a', 32);
    p = arena_grow(*state, p, 32, 8);
    assert_int_equal(p[31], 'a');
}

static enum status take_a_kilobyte(void *arg)
{
    (void)arena_alloc(arg, 1024);
    return OK;
}

static void the_limit_is_reported_to_the_guard(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    assert_non_null(a);
    for (int i = 0; i < 4; i++)
        assert_int_equal(arena_guard(a, take_a_kilobyte, a), OK);
    assert_int_equal(arena_used(a), 4096);
    assert_int_equal(arena_guard(a, take_a_kilobyte, a), ERR_LIMIT);
    assert_int_equal(arena_used(a), 4096);
    arena_free(a);
}

static enum status take_too_many(void *arg)
{
    (void)arena_array(arg, SIZE_MAX / 2, 3);
    return OK;
}

static void an_array_whose_size_overflows_is_a_limit(void **state)
{
    assert_int_equal(arena_guard(*state, take_too_many, *state), ERR_LIMIT);
}

static enum status answer_stale(void *arg)
{
    (void)arg;
    return ERR_STALE;
}

static void the_guard_passes_the_status_on(void **state)
{
    assert_int_equal(arena_guard(*state, answer_stale, NULL), ERR_STALE);
}

static enum status give_up(void *arg)
{
    arena_fail(arg, ERR_NOMEM);
}

static enum status guard_again(void *arg)
{
    assert_int_equal(arena_guard(arg, give_up, arg), ERR_NOMEM);
    return ERR_CONFLICT;
}

static void the_innermost_guard_gets_control(void **state)
{
    assert_int_equal(arena_guard(*state, guard_again, *state), ERR_CONFLICT);
    assert_int_equal(arena_guard(*state, give_up, *state), ERR_NOMEM);
}

static void the_nth_allocation_fails_once(void **state)
{
    arena_fail_at(2);
    assert_int_equal(arena_guard(*state, take_a_kilobyte, *state), OK);
    assert_int_equal(arena_guard(*state, take_a_kilobyte, *state), ERR_NOMEM);
    assert_int_equal(arena_guard(*state, take_a_kilobyte, *state), OK);
    assert_int_equal(arena_count(), 3);
    arena_fail_at(1);
    assert_null(arena_new(0));
}

static int released[3];
static int releases;

static void note_release(void *arg)
{
    released[releases++] = *(int *)arg;
}

static void deferred_releases_run_newest_first(void **state)
{
    (void)state;
    int one = 1, two = 2;
    struct arena *a = arena_new(0);
    assert_non_null(a);
    releases = 0;
    arena_defer(a, note_release, &one);
    arena_defer(a, note_release, &two);
    assert_int_equal(releases, 0);
    arena_free(a);
    assert_int_equal(releases, 2);
    assert_int_equal(released[0], 2);
    assert_int_equal(released[1], 1);
}

static enum status defer_a_release(void *arg)
{
    static int three = 3;
    arena_defer(arg, note_release, &three);
    return OK;
}

static void a_release_that_cannot_be_noted_happens_at_once(void **state)
{
    releases = 0;
    arena_fail_at(1);
    assert_int_equal(arena_guard(*state, defer_a_release, *state), ERR_NOMEM);
    assert_int_equal(releases, 1);
    assert_int_equal(released[0], 3);
}

static void without_a_guard_the_process_aborts_and_says_why(void **state)
{
    int ends[2], status = 0;
    char said[200] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        (void)dup2(ends[1], STDERR_FILENO);
        (void)arena_alloc(*state, ARENA_DEFAULT_LIMIT + 1);
        _exit(0);
    }
    close(ends[1]);
    assert_true(read(ends[0], said, sizeof said - 1) > 0);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(said, "limit reached after 0 bytes"));
}

/* Chunks come back from earlier arenas with what was in them: sizes around those that are kept, and far more of them.
 */
static void what_comes_from_an_earlier_arena_is_zeroed(void **state)
{
    (void)state;
    static const size_t sizes[] = {16, 100, 4000, 8192, 70000, 262144, 262160, 1048576, 1048577, 3000000};
    for (int round = 0; round < 3; round++) {
        struct arena *a = arena_new(0);
        assert_non_null(a);
        for (size_t i = 0; i < 100; i++) {
            size_t n = sizes[i * 7 % 10];
            char *p = arena_alloc(a, n);
            assert_int_equal((uintptr_t)p % 16, 0);
            assert_int_equal(p[0], 0);
            assert_int_equal(memcmp(p, p + 1, n - 1), 0);
            memset(p, 0xaa, n);
            if (i % 3 == 0) {
                p = arena_grow(a, p, n / 2, n + 1000);
                for (size_t k = n / 2; k < n + 1000; k++)
                    assert_int_equal(p[k], 0);
            }
        }
        arena_free(a);
    }
}

static void *use_an_arena(void *arg)
{
    struct arena *a = arena_new(0);
    if (a != NULL)
        memset(arena_alloc(a, 100000), 1, 100000);
    arena_free(a);
    arena_free(arg);
    return NULL;
}

/* ASan and valgrind would tell what a thread leaves behind. */
static void arenas_may_end_in_another_thread(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        struct arena *a = arena_new(0);
        assert_non_null(a);
        memset(arena_alloc(a, 300000), 1, 300000);
        assert_int_equal(pthread_create(&thread, NULL, use_an_arena, a), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
    }
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(allocations_are_aligned_and_zeroed),
        with_arena(allocations_do_not_overlap),
        with_arena(growing_keeps_what_was_there_and_zeroes_the_rest),
        with_arena(growing_an_older_allocation_does_not_touch_newer_ones),
        with_arena(growing_to_less_keeps_everything),
        with_arena(the_limit_is_reported_to_the_guard),
        with_arena(an_array_whose_size_overflows_is_a_limit),
        with_arena(the_guard_passes_the_status_on),
        with_arena(the_innermost_guard_gets_control),
        with_arena(the_nth_allocation_fails_once),
        with_arena(deferred_releases_run_newest_first),
        with_arena(a_release_that_cannot_be_noted_happens_at_once),
        with_arena(without_a_guard_the_process_aborts_and_says_why),
        cmocka_unit_test(what_comes_from_an_earlier_arena_is_zeroed),
        cmocka_unit_test(arenas_may_end_in_another_thread),
        cmocka_unit_test(freeing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
