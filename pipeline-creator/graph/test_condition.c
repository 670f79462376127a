/* What conditions are lowered to, and what comparisons by order mean. */
#include "base/testing.h"
#include "pipeline-creator/graph/compare.h"
#include "pipeline-creator/graph/graph.h"

/* A task whose isEnabled is given, behind one whose outputs it may use; `x` and `y` are inputs of the pipeline. */
#define BEFORE                                                                                                         \
    "name: P\ninputs: [{name: x, default: a}, {name: y, default: b}, {name: absent, optional: true}]\n"                \
    "implementation: {graph: {tasks: {first: {componentRef: &e {spec: {name: E, outputs: [{name: o}], "                \
    "implementation: {container: {image: busybox, command: [e, {outputPath: o}]}}}}}, guarded: {componentRef: *e, "    \
    "isEnabled: "
#define AFTER  "}}}}\n"
#define X      "{graphInput: {inputName: x}}"
#define Y      "{graphInput: {inputName: y}}"
#define ABSENT "{graphInput: {inputName: absent}}"
#define OUTPUT "{taskOutput: {taskId: first, outputName: o}}"

static const struct graph *lowered(struct arena *a, const char *condition)
{
    struct node *document = NULL;
    struct err e = {0};
    struct graph *g = arena_new_of(a, struct graph);
    struct problems ps;
    problems_init(&ps, a);
    assert_ok(node_parse_yaml(a, str_printf(a, BEFORE "%s" AFTER, condition), &document, &e), &e);
    struct graph_input in = {.document = document};
    assert_ok(graph_read(a, &in, g, &ps, &e), &e);
    return g;
}

static void is_when(struct arena *a, const char *condition, size_t count)
{
    const struct graph *g = lowered(a, condition);
    assert_int_equal(g->check_count, 0);
    assert_int_equal(g->tasks[1].condition_count, count);
}

static const struct graph_check *is_check(struct arena *a, const char *condition, size_t when)
{
    const struct graph *g = lowered(a, condition);
    assert_int_equal(g->check_count, 1);
    assert_int_equal(g->tasks[1].condition_count, when + 1);
    assert_int_equal(g->checks[0].condition_count, when);
    assert_int_equal(g->tasks[1].conditions[when].check, 1);
    return &g->checks[0];
}

static void what_when_can_say_stays_so(void **state)
{
    is_when(*state, "{'==': [" X ", a]}", 1);
    is_when(*state, "{'!=': [a, " OUTPUT "]}", 1);
    is_when(*state, OUTPUT, 1);
    is_when(*state, "{and: [{'==': [" X ", a]}, {not: {or: [" Y ", {'==': [" OUTPUT ", b]}]}}]}", 3);
    is_when(*state, "{or: [{'==': [" X ", a]}, {or: [{'==': [b, " X "]}, {not: {'!=': [" X ", c]}}]}]}", 1);
}

static void all_the_rest_is_one_check(void **state)
{
    assert_int_equal(is_check(*state, "{'<': [" X ", '1']}", 0)->test.part_count, 1);
    assert_int_equal(is_check(*state, "{'==': [" X ", " Y "]}", 0)->test.part_count, 1);
    const struct graph_check *c =
        is_check(*state, "{and: [{'<': [" X ", '1']}, {and: [{'==': [" Y ", b]}, {'>': [" OUTPUT ", '1']}]}]}", 1);
    assert_int_equal(c->test.part_count, 2);
    assert_int_equal(is_check(*state, "{or: [{'==': [" X ", a]}, {'==': [" Y ", b]}]}", 0)->test.parts->kind, TEST_ANY);
    is_check(*state, "{not: {and: [{'==': [" X ", a]}, {'==': [" X ", b]}]}}", 0);
    is_check(*state, "{'==': [" X ", $(params.y)]}", 0);
}

static void not_turns_the_comparison_and_no_other_one_in_its_place(void **state)
{
    const struct graph_test *t = is_check(*state, "{not: {'>=': [" X ", '1']}}", 0)->test.parts;
    assert_int_equal(t->kind, TEST_LESS_OR_EQUAL); /* 1 <= x, which does not hold of nan either */
    assert_true(t->negated);
    assert_str(t->left.text, "1");
}

static void what_is_known_is_decided_while_compiling(void **state)
{
    is_when(*state, "{'<': ['9', '10']}", 0);
    is_when(*state, "{'<': ['10', '9']}", 1); /* never */
    is_when(*state, "{or: [{'<': [" X ", '1']}, {'==': [a, a]}]}", 0);
    is_when(*state, "{and: [{'<': [" X ", '1']}, {'==': [a, b]}]}", 1);
    is_when(*state, "{or: [{'==': [a, b]}, {'==': [" X ", a]}]}", 1);
}

static void what_is_absent_is_equal_to_nothing_and_in_no_order(void **state)
{
    is_when(*state, "{'==': [" ABSENT ", " X "]}", 1);
    is_when(*state, "{'!=': [" ABSENT ", '']}", 0);
    is_when(*state, "{'<': [" ABSENT ", '1']}", 1);
    is_when(*state, "{'>=': [" ABSENT ", '1']}", 1);
    is_when(*state, "{not: {'>=': [" ABSENT ", '1']}}", 0);
}

static void numbers_compare_by_all_their_digits(void **state)
{
    (void)state;
    assert_int_equal(graph_compare(STR("9007199254740992"), STR("9007199254740993")), COMPARE_LESS);
    assert_int_equal(graph_compare(STR("-2"), STR("-10")), COMPARE_GREATER);
    assert_int_equal(graph_compare(STR(" 1.50\n"), STR("15e-1")), COMPARE_SAME);
    assert_int_equal(graph_compare(STR("-0"), STR(".000e5")), COMPARE_SAME);
    assert_int_equal(graph_compare(STR("1e999999999"), STR("inf")), COMPARE_LESS);
    assert_int_equal(graph_compare(STR("-inf"), STR("-1e999999999")), COMPARE_LESS);
    assert_int_equal(graph_compare(STR("nan"), STR("0.9")), COMPARE_NO_ORDER);
}

static void other_texts_compare_by_their_bytes(void **state)
{
    (void)state;
    assert_int_equal(graph_compare(STR("10"), STR("9a")), COMPARE_LESS);
    assert_int_equal(graph_compare(STR("B"), STR("a")), COMPARE_LESS);
    assert_int_equal(graph_compare(STR("z"), STR("\xc3\xa4")), COMPARE_LESS);
    assert_int_equal(graph_compare(STR(""), STR("")), COMPARE_SAME);
    assert_int_equal(graph_compare(STR("1e1234567890"), STR("2")), COMPARE_LESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(what_when_can_say_stays_so),
        with_arena(all_the_rest_is_one_check),
        with_arena(not_turns_the_comparison_and_no_other_one_in_its_place),
        with_arena(what_is_known_is_decided_while_compiling),
        with_arena(what_is_absent_is_equal_to_nothing_and_in_no_order),
        cmocka_unit_test(numbers_compare_by_all_their_digits),
        cmocka_unit_test(other_texts_compare_by_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
