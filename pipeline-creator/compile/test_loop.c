#include "base/testing.h"
#include "pipeline-creator/compile/compile.h"

#define ECHO                                                                                                           \
    "{name: Echo, inputs: [{name: text}], outputs: [{name: out, type: String}], implementation: {container: {image: "  \
    "busybox, command: [echo, {inputValue: text}, {outputPath: out}]}}}"
#define LIST                                                                                                           \
    "{name: List, outputs: [{name: list, type: JsonArray}], implementation: {container: {image: busybox, command: "    \
    "[list, {outputPath: list}]}}}"
#define PIPELINE(inputs, tasks)                                                                                        \
    "name: P\ninputs: [" inputs "]\noutputs: [{name: o, type: JsonArray}]\nimplementation:\n  graph:\n    tasks:\n"    \
    "      list: {componentRef: {spec: " LIST "}}\n" tasks                                                             \
    "    outputValues: {o: {taskOutput: {taskId: each, outputName: out}}}\n"
#define LOOP(over)                                                                                                     \
    "      each: {componentRef: {spec: " ECHO "}, annotations: {component-hub.dev/iterate: {input: text, " over "}}}"  \
    "\n"
#define OVER_LIST  "over: {taskOutput: {taskId: list, outputName: list}}"
#define OVER_WORDS "over: {graphInput: {inputName: words}}"

static struct compile_output *compile_text(struct arena *a, const char *text)
{
    struct err e = {0};
    struct compile_output *out = arena_new_of(a, struct compile_output);
    struct compile_input in = {.document = str_of(text)};
    enum status status = compile_pipeline(a, &in, out, &e);
    for (size_t i = 0; status != OK && i < out->problems.count; i++)
        print_error("%.*s\n", STR_ARG(out->problems.list[i].message));
    assert_ok(status, &e);
    return out;
}

/* A part of the task's place in the manifest, as JSON. */
static void has_part(struct arena *a, const struct compile_output *out, const char *path, const char *key,
                     const char *json)
{
    for (size_t i = 0; i < out->task_count; i++) {
        if (!str_is(out->tasks[i].path, path))
            continue;
        const struct node *task = node_at(node_path(out->manifest, "spec", "pipelineSpec", "tasks", NULL), i);
        const struct node *part = node_get(task, key);
        if (!part)
            part = node_path(task, "taskSpec", key, NULL);
        assert_str(part ? node_to_json(a, part) : STR("nothing"), json);
        return;
    }
    fail_msg("no task %s", path);
}

static void the_list_that_only_a_loop_wants_is_one_array_result(void **state)
{
    struct compile_output *out = compile_text(*state, PIPELINE("", LOOP(OVER_LIST)));
    has_part(*state, out, "list", "results", "[{\"name\":\"list\",\"type\":\"array\"}]");
    has_part(*state, out, "each", "matrix",
             "{\"params\":[{\"name\":\"text\",\"value\":\"$(tasks.list.results.list[*])\"}]}");
    has_part(*state, out, "each", "params", "[{\"name\":\"text\"}]");
    assert_int_equal(node_count(node_path(node_at(node_path(out->manifest, "spec", "pipelineSpec", "tasks", NULL), 0),
                                          "taskSpec", "steps", NULL)),
                     1);
}

static void a_list_that_is_a_text_for_others_is_two_results(void **state)
{
    struct compile_output *out =
        compile_text(*state, PIPELINE("", LOOP(OVER_LIST) "      text: {componentRef: {spec: " ECHO
                                                          "}, arguments: {text: {taskOutput: "
                                                          "{taskId: list, outputName: list}}}}\n"));
    has_part(*state, out, "list", "results", "[{\"name\":\"list\"},{\"name\":\"list-list\",\"type\":\"array\"}]");
    has_part(*state, out, "text", "params", "[{\"name\":\"text\",\"value\":\"$(tasks.list.results.list)\"}]");
}

static void an_input_that_only_a_loop_uses_is_an_array_parameter(void **state)
{
    struct compile_output *out = compile_text(*state, PIPELINE("{name: words, default: [a, 1]}", LOOP(OVER_WORDS)));
    const struct node *spec = node_get(out->manifest, "spec");
    assert_str(node_to_json(*state, node_get(spec, "params")), "[{\"name\":\"words\",\"value\":[\"a\",\"1\"]}]");
    assert_str(node_text_of(node_at(node_path(spec, "pipelineSpec", "params", NULL), 0), "type"), "array");
    has_part(*state, out, "each", "matrix", "{\"params\":[{\"name\":\"text\",\"value\":\"$(params.words[*])\"}]}");
}

static void a_list_without_value_is_an_array_parameter_without_value(void **state)
{
    struct compile_output *out = compile_text(*state, PIPELINE("{name: words}", LOOP(OVER_WORDS)));
    const struct node *spec = node_get(out->manifest, "spec");
    assert_null(node_get(spec, "params"));
    assert_str(node_to_json(*state, node_path(spec, "pipelineSpec", "params", NULL)),
               "[{\"name\":\"words\",\"type\":\"array\"}]");
}

static void a_list_that_was_unrolled_is_no_parameter(void **state)
{
    struct compile_output *out =
        compile_text(*state, PIPELINE("{name: words, default: [a, b]}", LOOP(OVER_WORDS ", parallelism: 1")));
    assert_null(node_path(out->manifest, "spec", "params", NULL));
    assert_null(node_path(out->manifest, "spec", "pipelineSpec", "params", NULL));
    has_part(*state, out, "each[1]", "runAfter", "[\"each-0\"]");
}

static void parts_that_may_be_missing_travel_as_files(void **state)
{
#define GROUP(condition)                                                                                               \
    "      each: {componentRef: {spec: {name: G, inputs: [{name: i}], outputs: [{name: out, type: String}], "          \
    "implementation: {graph: {tasks: {a: {componentRef: {spec: " ECHO "}, arguments: {text: {graphInput: {inputName: " \
    "i}}}}, b: {componentRef: {spec: " ECHO "}, arguments: {text: {graphInput: {inputName: i}}}, isEnabled: {'==': "   \
    "{op1: " condition ", op2: x}}}}, outputValues: {out: {taskOutput: {taskId: b, outputName: out}}}}}}}, "           \
    "annotations: {component-hub.dev/iterate: {input: i, over: [x, y]}}}\n"
    struct compile_output *out =
        compile_text(*state, PIPELINE("", GROUP("{taskOutput: {taskId: a, outputName: out}}")));
    has_part(*state, out, "each[*]/out", "workspaces", "[{\"name\":\"artifacts\",\"workspace\":\"artifacts\"}]");
    has_part(*state, out, "each[*]/out", "runAfter", "[\"each-0-b\",\"each-1-b\"]");
    has_part(*state, out, "each[*]/out", "when", "nothing");

    /* known when compiling: the item that fails it is no part at all */
    out = compile_text(*state, PIPELINE("", GROUP("{graphInput: {inputName: i}}")));
    has_part(*state, out, "each[*]/out", "params",
             "[{\"name\":\"item-0\",\"value\":\"$(tasks.each-0-b.results.out)\"}]");
    has_part(*state, out, "each[*]/out", "workspaces", "nothing");
}

static void the_numbers_of_iterations_come_beside_what_a_matrix_made(void **state)
{
    struct compile_output *out = compile_text(*state, PIPELINE("", LOOP("over: [a, b]")));
    has_part(*state, out, "each", "results", "[{\"name\":\"out\"},{\"name\":\"iteration\"}]");
    has_part(*state, out, "each[*]/out", "params",
             "[{\"name\":\"items\",\"value\":\"$(tasks.each.results.out[*])\"},{\"name\":\"iterations\",\"value\":\"$("
             "tasks.each.results.iteration[*])\"}]");
}

static void a_loop_that_never_runs_still_has_a_collector_that_tekton_takes(void **state)
{
    struct compile_output *out = compile_text(
        *state, PIPELINE("", "      each: {componentRef: {spec: " ECHO "}, isEnabled: {'==': {op1: a, op2: b}}, "
                             "annotations: {component-hub.dev/iterate: {input: text, over: [a]}}}\n"));
    const struct node *tasks = node_path(out->manifest, "spec", "pipelineSpec", "tasks", NULL);
    assert_str(node_to_json(*state, node_path(node_at(tasks, 2), "taskSpec", "params", NULL)),
               "[{\"name\":\"items\",\"type\":\"array\"},{\"name\":\"iterations\",\"type\":\"array\"}]");
    has_part(*state, out, "each[*]/out", "when", "[{\"input\":\"false\",\"operator\":\"in\",\"values\":[\"true\"]}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(the_list_that_only_a_loop_wants_is_one_array_result),
        with_arena(a_list_that_is_a_text_for_others_is_two_results),
        with_arena(an_input_that_only_a_loop_uses_is_an_array_parameter),
        with_arena(a_list_without_value_is_an_array_parameter_without_value),
        with_arena(a_list_that_was_unrolled_is_no_parameter),
        with_arena(parts_that_may_be_missing_travel_as_files),
        with_arena(the_numbers_of_iterations_come_beside_what_a_matrix_made),
        with_arena(a_loop_that_never_runs_still_has_a_collector_that_tekton_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
