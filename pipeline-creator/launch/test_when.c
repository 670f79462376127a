#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pipeline-creator/launch/local.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct node *yaml(const char *text)
{
    struct node *n;
    struct err e = {0};
    if (node_parse_yaml(arena, str_of(text), &n, &e) != OK)
        fail_msg("%s: %s", text, e.message);
    return n;
}

static void fans_out_to(const char *matrix, const char *json)
{
    struct node *combos = NULL;
    struct err e = {0};
    if (matrix_fan_out(arena, yaml(matrix), &combos, &e) != OK)
        fail_msg("%s", e.message);
    assert_string_equal(str_cstr(arena, node_to_json(arena, combos)), json);
}

static void later_parameters_vary_slowest(void **state)
{
    (void)state;
    fans_out_to(
        "{params: [{name: a, value: [1, 2]}, {name: b, value: [x, y]}]}",
        "[{\"a\":\"1\",\"b\":\"x\"},{\"a\":\"2\",\"b\":\"x\"},{\"a\":\"1\",\"b\":\"y\"},{\"a\":\"2\",\"b\":\"y\"}]");
}

static void includes_alone_are_the_combinations(void **state)
{
    (void)state;
    fans_out_to(
        "{include: [{params: [{name: i, value: one}]}, {params: [{name: i, value: two}, {name: d, value: z}]}]}",
        "[{\"i\":\"one\"},{\"i\":\"two\",\"d\":\"z\"}]");
}

static void an_include_that_fits_adds_to_a_combination(void **state)
{
    (void)state;
    fans_out_to(
        "{params: [{name: a, value: [1, 2]}], include: [{params: [{name: a, value: '1'}, {name: f, value: q}]}]}",
        "[{\"a\":\"1\",\"f\":\"q\"},{\"a\":\"2\"}]");
}

static void an_include_that_fits_nowhere_is_a_combination_of_its_own(void **state)
{
    (void)state;
    fans_out_to("{params: [{name: a, value: [1, 2]}], include: [{params: [{name: a, value: '3'}]}]}",
                "[{\"a\":\"1\"},{\"a\":\"2\"},{\"a\":\"3\"}]");
}

static void an_include_without_common_names_adds_to_all(void **state)
{
    (void)state;
    fans_out_to("{params: [{name: a, value: [1, 2]}], include: [{params: [{name: c, value: z}]}]}",
                "[{\"a\":\"1\",\"c\":\"z\"},{\"a\":\"2\",\"c\":\"z\"}]");
}

static void an_empty_list_is_noticed(void **state)
{
    (void)state;
    assert_true(matrix_is_empty(yaml("{params: [{name: a, value: [1]}, {name: b, value: []}]}")));
    assert_false(matrix_is_empty(yaml("{params: [{name: a, value: [1]}]}")));
    assert_false(matrix_is_empty(yaml("{include: [{params: []}]}")));
}

static void more_than_256_combinations_are_refused(void **state)
{
    (void)state;
    struct node *many = node_seq(arena), *combos;
    for (int i = 0; i < 17; i++)
        node_push(arena, many, node_int_new(arena, i));
    struct node *matrix = yaml("{params: [{name: a}, {name: b}]}");
    node_put(arena, node_at(node_get(matrix, "params"), 0), "value", many);
    node_put(arena, node_at(node_get(matrix, "params"), 1), "value", many);
    struct err e = {0};
    assert_int_equal(matrix_fan_out(arena, matrix, &combos, &e), ERR_INVALID);
    assert_string_equal(e.code, "matrix_too_large");
}

static void a_matrix_needs_lists(void **state)
{
    (void)state;
    struct node *combos;
    struct err e = {0};
    assert_int_equal(matrix_fan_out(arena, yaml("{params: [{name: a, value: text}]}"), &combos, &e), ERR_INVALID);
}

static void conditions_are_all_needed(void **state)
{
    (void)state;
    assert_true(when_holds(NULL));
    assert_true(
        when_holds(yaml("[{input: a, operator: in, values: [b, a]}, {input: a, operator: notin, values: [c]}]")));
    assert_false(when_holds(yaml("[{input: a, operator: in, values: [a]}, {input: a, operator: notin, values: [a]}]")));
    assert_false(when_holds(yaml("[{input: 'a ', operator: in, values: [a]}]")));
    assert_true(when_holds(yaml("[{input: '', operator: in, values: ['']}]")));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(later_parameters_vary_slowest),
        TEST(includes_alone_are_the_combinations),
        TEST(an_include_that_fits_adds_to_a_combination),
        TEST(an_include_that_fits_nowhere_is_a_combination_of_its_own),
        TEST(an_include_without_common_names_adds_to_all),
        TEST(an_empty_list_is_noticed),
        TEST(more_than_256_combinations_are_refused),
        TEST(a_matrix_needs_lists),
        TEST(conditions_are_all_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
