#include "base/testing.h"
#include "pipeline-creator/tekton/names.h"

static struct name_set *fresh(struct arena *a)
{
    struct name_set *n = arena_new_of(a, struct name_set);
    names_init(n, a, 0);
    return n;
}

static void labels_are_lower_case_words_joined_by_dashes(void **state)
{
    assert_str(names_label(fresh(*state), STR("Train the model (v2)!"), "task"), "train-the-model-v2");
    assert_str(names_label(fresh(*state), STR("outer/inner"), "task"), "outer-inner");
    assert_str(names_label(fresh(*state), STR("--x--"), "task"), "x");
    assert_str(names_label(fresh(*state), STR("训练"), "task"), "task");
    assert_str(names_label(fresh(*state), STR(""), "task"), "task");
}

static void each_label_is_given_once(void **state)
{
    struct name_set *n = fresh(*state);
    assert_str(names_label(n, STR("a b"), "task"), "a-b");
    assert_str(names_label(n, STR("a-b"), "task"), "a-b-2");
    assert_str(names_label(n, STR("A B"), "task"), "a-b-3");
    assert_str(names_label(n, STR("a-b-2"), "task"), "a-b-2-2");
}

static void long_names_are_cut_and_keep_telling_texts_apart(void **state)
{
    struct name_set *n = fresh(*state);
    char text[201];
    memset(text, 'a', 200);
    text[200] = '\0';
    struct str first = names_label(n, str_of(text), "task");
    text[199] = 'b';
    struct str second = names_label(n, str_of(text), "task");
    assert_int_equal(first.n, TEKTON_NAME_MAX);
    assert_int_equal(second.n, TEKTON_NAME_MAX);
    assert_false(str_eq(first, second));
    struct str again = names_label(n, str_of(text), "task");
    assert_true(again.n <= TEKTON_NAME_MAX);
    assert_false(str_eq(again, second));
}

static void variables_that_are_fine_stay_as_they_are(void **state)
{
    struct name_set *n = fresh(*state);
    assert_str(names_variable(n, STR("learning_rate"), "input"), "learning_rate");
    assert_str(names_variable(n, STR("maxDepth-2"), "input"), "maxDepth-2");
}

static void other_variables_are_derived(void **state)
{
    assert_str(names_variable(fresh(*state), STR("a.b"), "input"), "a-b");
    assert_str(names_variable(fresh(*state), STR("Number of rounds"), "input"), "number-of-rounds");
    assert_str(names_variable(fresh(*state), STR("3rd"), "input"), "input-3rd");
    assert_str(names_variable(fresh(*state), STR("数"), "input"), "input");
    assert_str(names_variable(fresh(*state), STR("_x_"), "input"), "x");
}

static void variables_that_differ_in_case_only_are_told_apart(void **state)
{
    struct name_set *n = fresh(*state);
    assert_str(names_variable(n, STR("x"), "input"), "x");
    assert_str(names_variable(n, STR("X"), "input"), "X-2");
}

static void a_thousand_tasks_of_one_name_are_quick(void **state)
{
    struct name_set *n = fresh(*state);
    for (int i = 0; i < 5000; i++)
        (void)names_label(n, STR("same"), "task");
    assert_str(names_label(n, STR("same"), "task"), "same-5001");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(labels_are_lower_case_words_joined_by_dashes),
        with_arena(each_label_is_given_once),
        with_arena(long_names_are_cut_and_keep_telling_texts_apart),
        with_arena(variables_that_are_fine_stay_as_they_are),
        with_arena(other_variables_are_derived),
        with_arena(variables_that_differ_in_case_only_are_told_apart),
        with_arena(a_thousand_tasks_of_one_name_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
