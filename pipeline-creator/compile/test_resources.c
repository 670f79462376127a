#include "pipeline-creator/compile/test_support.h"
#include "pipeline-creator/launch/inline.h"

#include <string.h>

#define ECHO                                                                                                           \
    "{name: Echo, inputs: [{name: text}], implementation: {container: {image: busybox, command: [echo, {inputValue: "  \
    "text}]}}}"
#define PIPELINE(tasks)                                                                                                \
    "name: My pipeline\ninputs: [{name: text, default: hello}]\nimplementation: {graph: {tasks: {" tasks "}}}\n"
#define SAY(id, text) #id ": {componentRef: {spec: " ECHO "}, arguments: {text: " text "}}"

static struct compile_output *resources_of(struct arena *a, const char *text)
{
    return compile_text(a, (struct compile_input){.form = COMPILE_RESOURCES}, text);
}

static struct str kind(const struct compile_output *out, size_t i)
{
    return node_text_of(out->objects[i], "kind");
}

static struct str name(const struct compile_output *out, size_t i)
{
    return node_text_of(node_get(out->objects[i], "metadata"), "name");
}

static void tasks_with_one_spec_share_one_task_object(void **state)
{
    struct compile_output *out =
        resources_of(*state, PIPELINE(SAY(a, "{graphInput: {inputName: text}}") ", " SAY(
                                 b, "other") ", c: {componentRef: {spec: " ECHO "}, arguments: {text: $(x.y)}}"));
    assert_int_equal(out->object_count, 4); /* c has its text in the command line: another spec */
    assert_str_eq(kind(out, 0), STR("Task"));
    assert_str_eq(kind(out, 1), STR("Task"));
    assert_str_eq(kind(out, 2), STR("Pipeline"));
    assert_str_eq(kind(out, 3), STR("PipelineRun"));
    const struct node *tasks = node_path(out->objects[2], "spec", "tasks", NULL);
    for (size_t i = 0; i < 3; i++) {
        assert_null(node_get(node_at(tasks, i), "taskSpec"));
        assert_str_eq(node_text_of(node_get(node_at(tasks, i), "taskRef"), "name"), name(out, i == 2));
    }
    assert_str_eq(node_text(node_path(out->objects[3], "spec", "pipelineRef", "name", NULL)), name(out, 2));
}

static void names_come_from_the_content(void **state)
{
    static const char one[] = PIPELINE(SAY(a, "x"));
    struct compile_output *x = resources_of(*state, one);
    struct compile_output *y = resources_of(*state, one);
    struct compile_output *z = resources_of(*state, PIPELINE(SAY(a, "y")));
    assert_str_eq(x->yaml, y->yaml);
    assert_true(str_starts(name(x, 0), "a-") && name(x, 0).n == 12);
    assert_true(str_starts(name(x, 1), "my-pipeline-"));
    assert_str_eq(name(x, 0), name(z, 0));
    assert_false(str_eq(name(x, 1), name(z, 1)));
}

static void long_names_stay_within_what_tekton_takes(void **state)
{
    struct compile_output *out = resources_of(
        *state, PIPELINE(SAY(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, "x")));
    assert_int_equal(out->object_count, 3);
    assert_true(name(out, 0).n <= 51);
}

static void put_together_again_they_are_the_inline_run(void **state)
{
    struct compile_output *out = resources_of(*state, PIPELINE(SAY(a, "x") ", last: {componentRef: {spec: " ECHO
                                                                           "}, arguments: {text: y}, annotations: "
                                                                           "{component-hub.dev/exit-handler: true}}"));
    struct err e = {0};
    struct node *run = NULL;
    assert_ok(inline_run(*state, out->objects, out->object_count, out->objects[out->object_count - 1], &run, &e), &e);
    assert_true(node_equal(node_get(run, "spec"), node_get(out->manifest, "spec")));
}

/* Six tasks of some 120 kB: too much for one object, little for each of several. */
static struct str large(struct arena *a)
{
    char *filler = arena_alloc(a, 120000);
    memset(filler, 'x', 120000);
    struct buf b;
    buf_init(&b, a, 0);
    buf_cstr(&b, "name: Large\nimplementation:\n  graph:\n    tasks:\n");
    for (int i = 0; i < 6; i++)
        buf_printf(&b,
                   "      t%d: {componentRef: {spec: {name: L, implementation: {container: {image: b, command: "
                   "[\"%.*s\"]}}}}}\n",
                   i, 119000 + i, filler);
    return buf_take(&b);
}

static void what_is_too_large_for_one_object_fits_into_several(void **state)
{
    struct str text = large(*state);
    assert_int_equal(compile_text(*state, (struct compile_input){0}, text.p)->problems.errors, 1);
    struct compile_output *out = resources_of(*state, text.p);
    assert_int_equal(out->problems.errors, 0);
    assert_int_equal(out->object_count, 8);
}

static void launching_what_is_too_large_takes_resources_and_says_so(void **state)
{
    struct compile_output *out = compile_text(*state, (struct compile_input){.launch = true}, large(*state).p);
    assert_int_equal(out->problems.errors, 0);
    assert_int_equal(out->form, COMPILE_RESOURCES);
    assert_true(str_is(out->problems.list[0].code, "launched_as_resources"));
    assert_non_null(node_path(out->manifest, "spec", "pipelineSpec", NULL));
}

static void one_task_that_is_too_large_is_told(void **state)
{
    struct str many = STR("");
    char *filler = arena_alloc(*state, 120000);
    memset(filler, 'x', 120000);
    for (int i = 0; i < 6; i++)
        many = str_printf(*state, "%.*s, \"%.*s\"", STR_ARG(many), 119000 + i, filler);
    struct str text = str_printf(*state,
                                 "name: P\nimplementation: {graph: {tasks: {a: {componentRef: {spec: {name: L, "
                                 "implementation: {container: {image: b, command: [x%.*s]}}}}}}}}\n",
                                 STR_ARG(many));
    struct compile_output *out = resources_of(*state, text.p);
    assert_int_equal(out->problems.errors, 1);
    assert_true(str_starts(out->problems.list[0].message, "the Task has "));
    assert_null(out->objects);
    assert_int_equal(out->yaml.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(tasks_with_one_spec_share_one_task_object),
        with_arena(names_come_from_the_content),
        with_arena(long_names_stay_within_what_tekton_takes),
        with_arena(put_together_again_they_are_the_inline_run),
        with_arena(what_is_too_large_for_one_object_fits_into_several),
        with_arena(launching_what_is_too_large_takes_resources_and_says_so),
        with_arena(one_task_that_is_too_large_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
