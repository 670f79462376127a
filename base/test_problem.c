#include "base/problem.h"
#include "base/testing.h"

static struct str as_json(const struct problems *ps)
{
    struct buf b;
    buf_init(&b, ps->a, 0);
    struct json j = json_to(&b);
    problems_json(&j, ps);
    return buf_take(&b);
}

static void problems_have_place_hint_and_file(void **state)
{
    struct problems ps;
    struct node at = {.line = 3, .column = 5};
    problems_init(&ps, *state);
    assert_str(as_json(&ps), "[]");
    struct problem *p = problem_add(&ps, SEVERITY_ERROR, "type_mismatch", STR("/a/0"), &at, "%s does not fit", "x");
    problem_hint(&ps, p, "use %d", 1);
    p->file = STR("x.yaml");
    assert_int_equal(ps.errors, 1);
    assert_str(as_json(&ps), "[{\"severity\":\"error\",\"code\":\"type_mismatch\",\"message\":\"x does not fit\","
                             "\"path\":\"/a/0\",\"line\":3,\"column\":5,\"hint\":\"use 1\",\"file\":\"x.yaml\"}]");
}

static void problems_come_in_the_order_of_their_lines(void **state)
{
    struct problems ps;
    problems_init(&ps, *state);
    for (unsigned i = 0; i < 40; i++) {
        struct node at = {.line = 10 - i % 10, .column = 1};
        (void)problem_add(&ps, SEVERITY_WARNING, "w", STR_NONE, &at, "%u", i);
    }
    (void)problem_add(&ps, SEVERITY_INFO, "i", STR_NONE, NULL, "somewhere");
    assert_int_equal(ps.errors, 0);
    struct buf b;
    buf_init(&b, *state, 0);
    problems_text(&b, &ps, "f");
    assert_true(str_starts(buf_take(&b), "f: info: somewhere [i]\n"
                                         "f:1:1: warning: 9 [w]\n"
                                         "f:1:1: warning: 19 [w]\n"
                                         "f:1:1: warning: 29 [w]\n"
                                         "f:1:1: warning: 39 [w]\n"
                                         "f:2:1: warning: 8 [w]\n"));
}

static void an_error_of_a_reader_becomes_a_problem(void **state)
{
    struct problems ps;
    struct node *n = NULL;
    struct err e = {0};
    problems_init(&ps, *state);
    assert_int_equal(node_parse_yaml(*state, STR("a: 1\na: 2\n"), &n, &e), ERR_SYNTAX);
    (void)problem_from_err(&ps, &e);
    struct buf b;
    buf_init(&b, *state, 0);
    problems_text(&b, &ps, NULL);
    assert_str(buf_take(&b), "2:1: error: the key \"a\" is there twice, first on line 1 [yaml_duplicate_key]\n"
                             "    hint: remove one of them, or give it another name\n");
}

static void beyond_500_they_are_only_counted(void **state)
{
    struct problems ps;
    problems_init(&ps, *state);
    for (int i = 0; i < PROBLEMS_MAX + 7; i++)
        assert_non_null(problem_add(&ps, SEVERITY_ERROR, "x", STR_NONE, NULL, "%d", i));
    assert_int_equal(ps.count, PROBLEMS_MAX);
    assert_int_equal(ps.dropped, 7);
    assert_int_equal(ps.errors, PROBLEMS_MAX + 7);
    struct buf b;
    buf_init(&b, *state, 0);
    problems_text(&b, &ps, NULL);
    assert_true(str_ends(buf_take(&b), "error: 499 [x]\nand 7 more\n"));
}

static void long_messages_are_cut(void **state)
{
    struct problems ps;
    problems_init(&ps, *state);
    char text[4000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_true(problem_add(&ps, SEVERITY_ERROR, "x", STR_NONE, NULL, "%s", text)->message.n < 1100);
}

static void pointers_escape_as_rfc_6901_wants(void **state)
{
    assert_str(pointer_key(*state, STR("/a"), STR("m~n/o")), "/a/m~0n~1o");
    assert_str(pointer_key(*state, STR(""), STR("")), "/");
    assert_str(pointer_index(*state, STR("/a"), 12), "/a/12");
}

static void a_fix_is_a_json_patch(void **state)
{
    struct problems ps;
    problems_init(&ps, *state);
    struct problem *p = problem_add(&ps, SEVERITY_INFO, "x", STR("/a"), NULL, "a is old");
    problem_fix(&ps, p, "remove", STR("/a"), NULL);
    problem_fix(&ps, p, "add", STR("/b"), node_int_new(*state, 2));
    assert_str(as_json(&ps),
               "[{\"severity\":\"info\",\"code\":\"x\",\"message\":\"a is old\",\"path\":\"/a\",\"line\":0,"
               "\"column\":0,\"hint\":\"\",\"file\":\"\",\"fix\":[{\"op\":\"remove\",\"path\":\"/a\"},"
               "{\"op\":\"add\",\"path\":\"/b\",\"value\":2}]}]");
}

static enum status report(void *arg)
{
    struct problems ps;
    struct buf b;
    problems_init(&ps, arg);
    for (int i = 0; i < 20; i++) {
        struct problem *p =
            problem_add(&ps, SEVERITY_ERROR, "x", pointer_key(arg, STR("/a"), STR("b/c")), NULL, "number %d", i);
        problem_hint(&ps, p, "none");
        problem_fix(&ps, p, "remove", STR("/a"), NULL);
    }
    (void)as_json(&ps);
    buf_init(&b, arg, 0);
    problems_text(&b, &ps, "f");
    return OK;
}

static enum status report_guarded(struct arena *a, struct err *e)
{
    enum status s = arena_guard(a, report, a);
    return s == OK ? OK : err_set(e, s, "out_of_memory", "no memory");
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(testing_each_allocation_fails(report_guarded) > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(problems_have_place_hint_and_file),
        with_arena(problems_come_in_the_order_of_their_lines),
        with_arena(an_error_of_a_reader_becomes_a_problem),
        with_arena(beyond_500_they_are_only_counted),
        with_arena(a_fix_is_a_json_patch),
        with_arena(long_messages_are_cut),
        with_arena(pointers_escape_as_rfc_6901_wants),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
