#include "pipeline-creator/compile/test_support.h"

#define PART                                                                                                           \
    "{spec: {name: Part, inputs: [{name: value, optional: true}, {name: file, optional: true}], outputs: [{name: "     \
    "out}, {name: data}], implementation: {container: {image: busybox, command: [part, {inputValue: value}, "          \
    "{inputPath: file}, {outputPath: out}, {outputPath: data}]}}}}"
#define FROM(task, port) "{taskOutput: {taskId: " task ", outputName: " port "}}"

static const char COMPUTED[] =
    "name: P\n"
    "implementation:\n"
    "  graph:\n"
    "    tasks:\n"
    "      list: {componentRef: {spec: {name: List, outputs: [{name: items, type: JsonArray}], implementation: "
    "{container: {image: busybox, command: [list, {outputPath: items}]}}}}}\n"
    "      first: {componentRef: " PART "}\n"
    "      each:\n"
    "        componentRef: " PART "\n"
    "        annotations: {component-hub.dev/iterate: {input: value, over: " FROM(
        "list", "items") "}}\n"
                         "      guarded:\n"
                         "        componentRef: " PART "\n"
                         "        isEnabled: {'>': {op1: " FROM("first", "out") ", op2: 5}}\n"
                                                                                "      together: {componentRef: " PART
                                                                                ", arguments: {value: " FROM(
                                                                                    "each", "out") "}}\n";

static const char DOCUMENT[] =
    "name: P\n"
    "outputs: [{name: said, type: String}]\n"
    "implementation:\n"
    "  graph:\n"
    "    tasks:\n"
    "      first: {componentRef: " PART "}\n"
    "      second: {componentRef: " PART ", arguments: {value: " FROM(
        "first", "out") "}}\n"
                        "      third:\n"
                        "        componentRef: " PART "\n"
                        "        arguments: {value: " FROM("second", "out") ", file: " FROM(
                            "first", "data") "}\n"
                                             "        annotations: {component-hub.dev/depends-on: [second]}\n"
                                             "      guarded:\n"
                                             "        componentRef: " PART "\n"
                                             "        isEnabled: {'==': {op1: " FROM(
                                                 "second",
                                                 "out") ", op2: go}}\n"
                                                        "      last: {componentRef: " PART
                                                        ", annotations: {component-hub.dev/exit-handler: true}}\n"
                                                        "    outputValues: {said: " FROM("second", "out") "}\n";

static struct compile_output *resumed_of(struct arena *a, const char *document, const char *finished)
{
    struct err e = {0};
    struct node *list = NULL;
    struct compile_finished done[8] = {0};
    assert_ok(node_parse_yaml(a, str_of(finished), &list, &e), &e);
    for (size_t i = 0; i < list->count; i++)
        done[i] = (struct compile_finished){.path = list->pairs[i].key, .results = list->pairs[i].value};
    struct compile_input in = {.finished = done, .finished_count = list->count};
    return compile_text(a, in, document);
}

static struct compile_output *resumed(struct arena *a, const char *finished)
{
    return resumed_of(a, DOCUMENT, finished);
}

/* The tasks that run, in order. */
static void runs(struct arena *a, const struct compile_output *out, const char *expected)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < out->task_count; i++)
        buf_printf(&b, "%s%.*s", i ? " " : "", STR_ARG(out->tasks[i].path));
    assert_str(buf_take(&b), expected);
}

static void what_finished_is_left_out_and_its_results_become_constants(void **state)
{
    struct compile_output *out = resumed(*state, "{first: {out: a}, second: {out: go}, third: {}}");
    runs(*state, out, "guarded last");
    contains(out, "      when:\n      - input: go\n        operator: in\n        values:\n        - go\n");
    assert_true(str_find(out->yaml, STR("tasks.second")) < 0);
}

static void a_finished_task_whose_file_is_read_runs_again(void **state)
{
    struct compile_output *out = resumed(*state, "{first: {out: a}, second: {out: 'cost: $$5'}}");
    runs(*state, out, "first third guarded last");
    contains(out, "value: \"cost: $$$5\"\n"); /* as typed */
}

static void a_finished_task_whose_result_was_not_stored_runs_again(void **state)
{
    runs(*state, resumed(*state, "{first: {out: a}, second: {}, third: {}}"), "second guarded last");
}

static void a_result_that_cannot_be_a_constant_makes_its_task_run_again(void **state)
{
    runs(*state, resumed(*state, "{first: {out: a}, second: {out: $(steps.x.results.y)}, third: {}}"),
         "second guarded last");
}

static void exit_handlers_always_run(void **state)
{
    struct compile_output *out = resumed(*state, "{first: {out: a}, second: {out: b}, third: {}, last: {}}");
    runs(*state, out, "guarded last");
}

static void a_task_of_another_component_runs_again(void **state)
{
    struct err e = {0};
    struct compile_finished done = {.path = STR("first"), .component_digest = STR("sha256:other")};
    struct compile_input in = {.document = str_of(DOCUMENT), .finished = &done, .finished_count = 1};
    struct compile_output out;
    assert_ok(compile_pipeline(*state, &in, &out, &e), &e);
    runs(*state, &out, "first second third guarded last");
}

static void conditions_are_computed_again_only_for_who_still_asks(void **state)
{
    struct compile_output *out = resumed_of(*state, COMPUTED, "{list: {items: '[]'}, first: {out: '7'}}");
    runs(*state, out, "list each guarded together each[*]/out guarded (condition)");
    out = resumed_of(*state, COMPUTED, "{list: {items: '[]'}, first: {out: '7'}, guarded: {}}");
    runs(*state, out, "list each together each[*]/out");
}

static void nothing_left_to_run_is_told(void **state)
{
    struct compile_output *out =
        resumed(*state, "{first: {out: a}, second: {out: b}, third: {}, guarded: {}, last: {}}");
    assert_int_equal(out->problems.errors, 1);
    assert_true(str_is(out->problems.list[out->problems.count - 1].code, "nothing_to_resume"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(what_finished_is_left_out_and_its_results_become_constants),
        with_arena(a_finished_task_whose_file_is_read_runs_again),
        with_arena(a_finished_task_whose_result_was_not_stored_runs_again),
        with_arena(a_result_that_cannot_be_a_constant_makes_its_task_run_again),
        with_arena(exit_handlers_always_run),
        with_arena(a_task_of_another_component_runs_again),
        with_arena(conditions_are_computed_again_only_for_who_still_asks),
        with_arena(nothing_left_to_run_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
