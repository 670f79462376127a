/* What the unit tests of this folder share: cmocka, an arena for each test, and checks that say what they got. */
#ifndef BASE_TESTING_H
#define BASE_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static inline int testing_arena(void **state)
{
    *state = arena_new(0);
    return *state == NULL ? -1 : 0;
}

static inline int testing_free(void **state)
{
    arena_fail_at(0);
    arena_free(*state);
    return 0;
}

/* A test whose *state is an arena of its own. */
#define with_arena(test) cmocka_unit_test_setup_teardown(test, testing_arena, testing_free)

static inline void testing_str(struct str got, struct str want, const char *file, int line)
{
    if (str_eq(got, want))
        return;
    print_error("got:  \"%.*s\"\nwant: \"%.*s\"\n", STR_ARG(got), STR_ARG(want));
    _fail(file, line);
}
#define assert_str(got, want)    testing_str((got), str_of(want), __FILE__, __LINE__)
#define assert_str_eq(got, want) testing_str((got), (want), __FILE__, __LINE__)

static inline void testing_error(enum status got, const struct err *e, enum status want, const char *code,
                                 const char *file, int line)
{
    if (got == want && e->status == want && strcmp(e->code, code) == 0 && e->message[0] != '\0')
        return;
    print_error("got status %d, code \"%s\": %s\nwant status %d, code \"%s\"\n", (int)got, e->code, e->message,
                (int)want, code);
    _fail(file, line);
}
/* The call failed with this status and code, and says something. */
#define assert_error(got, e, want, code) testing_error((got), (e), (want), (code), __FILE__, __LINE__)

static inline void testing_ok(enum status got, const struct err *e, const char *file, int line)
{
    if (got == OK)
        return;
    print_error("status %d, code \"%s\", line %u, column %u: %s\n", (int)got, e->code, e->line, e->column, e->message);
    _fail(file, line);
}
#define assert_ok(got, e) testing_ok((got), (e), __FILE__, __LINE__)

/* Runs work(a, e) with the first allocation failing, then with the second, and so on until it gets through. Each time
   the answer has to be ERR_NOMEM with a message. Returns how many allocations there are. */
static inline long testing_each_allocation_fails(enum status (*work)(struct arena *a, struct err *e))
{
    for (long nth = 1;; nth++) {
        struct arena *a = arena_new(0);
        struct err e = {0};
        assert_non_null(a);
        arena_fail_at(nth);
        enum status s = work(a, &e);
        bool failed = arena_count() >= nth;
        arena_fail_at(0);
        arena_free(a);
        if (!failed) {
            assert_ok(s, &e);
            return nth - 1;
        }
        assert_int_equal(s, ERR_NOMEM);
        assert_int_equal(e.status, ERR_NOMEM);
        assert_true(e.message[0] != '\0');
    }
}

/* xorshift64*: the same numbers on every run. */
static inline uint64_t testing_random(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * 0x2545f4914f6cdd1du;
}

#endif
