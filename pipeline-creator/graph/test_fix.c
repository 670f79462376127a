/* Fixes of problems; tests/conformance/test_fixes.py applies them. */
#include "base/testing.h"
#include "pipeline-creator/graph/read.h"

#define ECHO                                                                                                           \
    "{name: Echo, inputs: [{name: text, default: hello}], outputs: [{name: out}], implementation: {container: "        \
    "{image: busybox, command: [echo, {inputValue: text}, {outputPath: out}]}}}"
#define TASKS(x) "name: P\nimplementation: {graph: {tasks: {" x "}}}\n"
#define E        "componentRef: {spec: " ECHO "}"

/* The problem of that code, with the fixes that hold. */
static const struct problem *told(struct arena *a, const char *text, const char *code)
{
    struct node *document = NULL;
    struct err e = {0};
    struct problems ps;
    struct graph g;
    problems_init(&ps, a);
    assert_ok(node_parse_yaml(a, str_of(text), &document, &e), &e);
    struct graph_known known = {
        .key = STR("wrong"),
        .found = true,
        .text = STR("name: W\nimplementation: {graph: {tasks: {a: {" E ", arguments: {Text: x}}}}}\n"),
        .namespace = STR("n"),
        .name = STR("wrong"),
        .version = STR("1.0.0")};
    struct graph_input in = {.document = document, .known = &known, .known_count = 1};
    enum status status = graph_read(a, &in, &g, &ps, &e);
    assert_int_equal(status, ps.errors ? ERR_INVALID : OK);
    graph_fixes_hold(document, &ps);
    for (size_t i = 0; i < ps.count; i++)
        if (str_is(ps.list[i].code, code))
            return &ps.list[i];
    fail_msg("no problem %s", code);
    return NULL;
}

static void fix_is(struct arena *a, const char *text, const char *code, const char *patch)
{
    const struct problem *p = told(a, text, code);
    if (!patch) {
        assert_null(p->fix);
        return;
    }
    assert_non_null(p->fix);
    assert_str(node_to_json(a, p->fix), patch);
}

static void near_names_are_unique_or_none(void **state)
{
    struct reader r = {.a = *state};
    struct near n = near_to(STR("texts"));
    near_try(&r, &n, STR("number"));
    assert_int_equal(near_best(&n).n, 0);
    near_try(&r, &n, STR("text"));
    assert_str(near_best(&n), "text");
    near_try(&r, &n, STR("textx"));
    assert_int_equal(near_best(&n).n, 0);
    near_try(&r, &n, STR("TEXTS"));
    assert_str(near_best(&n), "TEXTS");
}

static void names_are_the_same_but_for_case_and_separators(void **state)
{
    (void)state;
    assert_true(near_same(STR("Learning rate"), STR("learning_rate")));
    assert_true(near_same(STR("a-b"), STR("AB")));
    assert_false(near_same(STR("ab"), STR("abc")));
}

static void a_key_with_a_slash_is_escaped_in_the_path(void **state)
{
    fix_is(*state, TASKS("'a/b~c': {" E ", arguments: {nobody's: x}}"), "unknown_argument",
           "[{\"op\":\"remove\",\"path\":\"/implementation/graph/tasks/a~1b~0c/arguments/nobody's\"}]");
}

static void an_argument_that_is_renamed_must_fit(void **state)
{
    fix_is(*state, TASKS("a: {" E ", arguments: {Text: x}}"), "unknown_argument",
           "[{\"op\":\"remove\",\"path\":\"/implementation/graph/tasks/a/arguments/Text\"},"
           "{\"op\":\"add\",\"path\":\"/implementation/graph/tasks/a/arguments/text\",\"value\":\"x\"}]");
    fix_is(*state, TASKS("a: {" E ", arguments: {Text: {graphInput: {inputName: none}}}}"), "unknown_argument", NULL);
}

static void a_task_that_was_meant_must_not_close_a_circle(void **state)
{
    fix_is(*state,
           TASKS("First: {" E ", arguments: {text: {taskOutput: {taskId: second, outputName: out}}}}, "
                 "second: {" E ", arguments: {text: {taskOutput: {taskId: first, outputName: out}}}}"),
           "unknown_task", NULL);
}

static void nothing_is_offered_inside_referenced_components(void **state)
{
    fix_is(*state, TASKS("a: {componentRef: {name: wrong}}"), "unknown_argument", NULL);
}

static void depends_on_that_is_a_text_stays_one(void **state)
{
    fix_is(*state, TASKS("a: {" E "}, b: {" E ", annotations: {component-hub.dev/depends-on: '[\"a\", \"nobody\"]'}}"),
           "unknown_task",
           "[{\"op\":\"replace\",\"path\":\"/implementation/graph/tasks/b/annotations/component-hub.dev~1depends-on\","
           "\"value\":\"[\\\"a\\\"]\"}]");
}

static void nothing_is_offered_inside_other_annotations_that_are_texts(void **state)
{
    fix_is(*state, TASKS("a: {" E ", annotations: {component-hub.dev/template: '{\"Text\": [\"a\"]}'}}"),
           "unknown_argument", NULL);
}

static void without_a_document_no_fix_holds(void **state)
{
    struct problems ps;
    problems_init(&ps, *state);
    struct problem *p = problem_add(&ps, SEVERITY_ERROR, "x", STR("/a"), NULL, "x");
    problem_fix(&ps, p, "remove", STR("/a"), NULL);
    graph_fixes_hold(NULL, &ps);
    assert_null(ps.list[0].fix);
}

static void conditions_that_exclude_each_other_make_a_task_unreachable(void **state)
{
    const char *tasks = TASKS("first: {" E "}, a: {" E ", isEnabled: {and: [{'==': [{taskOutput: {taskId: first, "
                              "outputName: out}}, x]}, {'!=': [{taskOutput: {taskId: first, outputName: out}}, x]}]}}");
    assert_str(told(*state, tasks, "unreachable_task")->path, "/implementation/graph/tasks/a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(near_names_are_unique_or_none),
        with_arena(names_are_the_same_but_for_case_and_separators),
        with_arena(a_key_with_a_slash_is_escaped_in_the_path),
        with_arena(an_argument_that_is_renamed_must_fit),
        with_arena(a_task_that_was_meant_must_not_close_a_circle),
        with_arena(nothing_is_offered_inside_referenced_components),
        with_arena(depends_on_that_is_a_text_stays_one),
        with_arena(nothing_is_offered_inside_other_annotations_that_are_texts),
        with_arena(without_a_document_no_fix_holds),
        with_arena(conditions_that_exclude_each_other_make_a_task_unreachable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
