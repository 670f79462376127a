#include "pipeline-creator/compile/test_support.h"

#define MAKE                                                                                                           \
    "{name: Make, outputs: [{name: data}], implementation: {container: {image: busybox, command: [make, {outputPath: " \
    "data}]}}}"
#define USE                                                                                                            \
    "{name: Use, inputs: [{name: value, optional: true}, {name: file, optional: true}], outputs: [{name: out}], "      \
    "implementation: {container: {image: busybox, command: [use, {inputValue: value}, {inputPath: file}, "             \
    "{outputPath: out}]}}}"

static const char FEATURES[] =
    "name: All features\n"
    "inputs: [{name: text, default: '$(params.text) $$'}, {name: spare, optional: true}]\n"
    "outputs: [{name: out, type: String}]\n"
    "implementation:\n"
    "  graph:\n"
    "    tasks:\n"
    "      make: {componentRef: {spec: " MAKE "}}\n"
    "      both:\n"
    "        componentRef: {spec: " USE "}\n"
    "        arguments: {value: {taskOutput: {taskId: make, outputName: data}}, file: {graphInput: {inputName: "
    "text}}}\n"
    "        isEnabled: {'==': {op1: {graphInput: {inputName: text}}, op2: yes}}\n"
    "      group:\n"
    "        componentRef:\n"
    "          spec:\n"
    "            name: Group\n"
    "            inputs: [{name: i}]\n"
    "            implementation:\n"
    "              graph:\n"
    "                tasks:\n"
    "                  use: {componentRef: {spec: " USE "}, arguments: {file: {graphInput: {inputName: i}}}}\n"
    "        arguments: {i: {taskOutput: {taskId: make, outputName: data}}}\n"
    "        annotations: {component-hub.dev/depends-on: [both]}\n"
    "      last: {componentRef: {spec: " USE "}, annotations: {component-hub.dev/exit-handler: true}}\n"
    "    outputValues: {out: {taskOutput: {taskId: both, outputName: out}}}\n";

static bool has(const struct compile_output *out, const char *code)
{
    for (size_t i = 0; i < out->problems.count; i++)
        if (str_is(out->problems.list[i].code, code))
            return true;
    return false;
}

static void the_same_document_gives_the_same_bytes(void **state)
{
    struct compile_output *x = compile_text(*state, (struct compile_input){0}, FEATURES);
    struct compile_output *y = compile_text(*state, (struct compile_input){0}, FEATURES);
    assert_int_equal(x->problems.errors, 0);
    assert_str_eq(x->yaml, y->yaml);
}

static void a_tree_compiles_as_its_text_does(void **state)
{
    struct err e = {0};
    struct node *tree = NULL;
    struct compile_output out;
    assert_ok(node_parse_yaml(*state, str_of(FEATURES), &tree, &e), &e);
    struct compile_input in = {.tree = tree};
    assert_ok(compile_pipeline(*state, &in, &out, &e), &e);
    assert_str_eq(out.yaml, compile_text(*state, (struct compile_input){0}, FEATURES)->yaml);
}

static void tasks_are_listed_as_in_the_manifest(void **state)
{
    struct compile_output *out = compile_text(*state, (struct compile_input){0}, FEATURES);
    assert_int_equal(out->task_count, 4);
    const struct node *spec = node_path(out->manifest, "spec", "pipelineSpec", NULL);
    for (size_t i = 0; i < 3; i++)
        assert_str_eq(out->tasks[i].tekton_name, node_text_of(node_at(node_get(spec, "tasks"), i), "name"));
    assert_str(out->tasks[2].path, "group/use");
    assert_str(out->tasks[2].tekton_name, "group-use");
    assert_str(out->tasks[3].path, "last");
    assert_str(node_text_of(node_at(node_get(spec, "finally"), 0), "name"), "last");
}

static void checking_gives_no_manifest(void **state)
{
    struct err e = {0};
    struct compile_input in = {.document = str_of(FEATURES)};
    struct compile_output out;
    assert_ok(compile_check(*state, &in, &out, &e), &e);
    assert_null(out.manifest);
    assert_int_equal(out.yaml.n, 0);
    assert_int_equal(out.pipeline.interface.input_count, 2);
}

static void nothing_is_compiled_while_references_are_missing(void **state)
{
    struct compile_output *out =
        compile_text(*state, (struct compile_input){0},
                     "name: P\nimplementation: {graph: {tasks: {a: {componentRef: {name: starter/echo}}}}}\n");
    assert_int_equal(out->missing_count, 1);
    assert_null(out->manifest);
    assert_int_equal(out->problems.errors, 0);
}

static void a_run_is_named_or_gets_a_prefix_from_the_title(void **state)
{
    contains(compile_text(*state, (struct compile_input){0}, FEATURES), "  generateName: all-features-\n");
    contains(compile_text(*state, (struct compile_input){.name = STR("my-run-1")}, FEATURES), "  name: my-run-1\n");
}

static void options_of_the_call_come_before_those_of_the_document(void **state)
{
    struct err e = {0};
    struct node *options = NULL;
    assert_ok(node_parse_yaml(*state, STR("{helperImage: mine:1, timeouts: {pipeline: 5m}}"), &options, &e), &e);
    struct compile_output *out = compile_text(*state, (struct compile_input){.options = options}, FEATURES);
    contains(out, "image: mine:1\n");
    contains(out, "pipeline: 5m\n");
}

static void no_time_out_means_none(void **state)
{
    contains(compile_text(*state, (struct compile_input){0}, FEATURES), "  timeouts:\n    pipeline: \"0\"\n");
}

static void a_parameter_with_dollars_is_compared_as_it_stands(void **state)
{
    struct err e = {0};
    struct node *parameters = NULL;
    assert_ok(node_parse_yaml(*state, STR("{text: cost$$5}"), &parameters, &e), &e);
    struct str text = str_replace(*state, str_of(FEATURES), STR("op2: yes"), STR("op2: cost$$5"));
    struct compile_output *out = compile_text(*state, (struct compile_input){.parameters = parameters}, text.p);
    contains(out, "value: cost$$$5\n");
    contains(out, "values:\n        - cost$$$5\n");
}

static void the_largest_tasks_are_told_when_it_is_too_large(void **state)
{
    char *filler = arena_alloc(*state, 120001);
    memset(filler, 'x', 120000);
    struct buf b;
    buf_init(&b, *state, 0);
    buf_cstr(&b, "name: Large\nimplementation:\n  graph:\n    tasks:\n");
    for (int i = 0; i < 6; i++)
        buf_printf(&b,
                   "      t%d: {componentRef: {spec: {name: L, implementation: {container: {image: b, command: "
                   "[\"%.*s\"]}}}}}\n",
                   i, 100000 + i, filler);
    struct compile_output *out = compile_text(*state, (struct compile_input){0}, buf_take(&b).p);
    assert_true(has(out, "too_large"));
    assert_true(str_find(out->problems.list[0].message, STR("t5 10")) > 0);
    assert_null(out->manifest);
    assert_int_equal(out->yaml.n, 0);
}

static void an_argument_that_linux_cannot_take_is_refused(void **state)
{
    char *filler = arena_alloc(*state, 140001);
    memset(filler, 'x', 140000);
    struct str text = str_printf(*state,
                                 "name: P\nimplementation: {graph: {tasks: {a: {componentRef: {spec: " USE
                                 "}, arguments: {value: \"%s\"}}}}}\n",
                                 filler);
    assert_true(has(compile_text(*state, (struct compile_input){0}, text.p), "argument_too_long"));
}

#define WITH_SECRET                                                                                                    \
    "name: P\ninputs: [{name: My Token, type: Secret}]\n"                                                              \
    "implementation: {graph: {tasks: {a: {componentRef: {spec: " USE "}, arguments: {value: {graphInput: {inputName: " \
    "My Token, type: String}}}}}}}\n"

static void only_the_reference_of_a_secret_stands_in_the_manifest(void **state)
{
    struct node *parameters = node_map(*state);
    node_put_str(*state, parameters, "My Token", STR("vault/pass.word"));
    struct compile_input in = {.parameters = parameters, .launch = true};
    struct compile_output *out = compile_text(*state, in, WITH_SECRET);
    contains(out, "secretKeyRef:\n                name: vault\n                key: pass.word\n");
    contains(out, "- $(HUB_SECRET_0)\n");
    assert_null(node_path(out->manifest, "spec", "params", NULL));
    assert_null(node_path(out->manifest, "spec", "pipelineSpec", "params", NULL));
}

static void what_is_no_reference_to_a_secret_is_not_repeated(void **state)
{
    struct node *parameters = node_map(*state);
    node_put_str(*state, parameters, "My Token", STR("Correct Horse"));
    struct compile_output *out = compile_text(*state, (struct compile_input){.parameters = parameters}, WITH_SECRET);
    assert_true(has(out, "invalid_secret"));
    for (size_t i = 0; i < out->problems.count; i++)
        assert_true(str_find(out->problems.list[i].message, STR("Horse")) < 0);
}

static void a_secret_without_a_name_is_asked_for_under_its_inputs_name_but_not_launched(void **state)
{
    struct compile_output *out = compile_text(*state, (struct compile_input){0}, WITH_SECRET);
    assert_true(has(out, "missing_parameter"));
    contains(out, "name: my-token\n                key: value\n");
    assert_null(compile_text(*state, (struct compile_input){.launch = true}, WITH_SECRET)->manifest);
}

static void a_condition_that_is_computed_is_a_task_of_its_own_that_says_whose(void **state)
{
    struct str text = str_replace(*state, str_of(FEATURES), STR("        arguments: {i:"),
                                  STR("        isEnabled: {'>': [{graphInput: {inputName: text}}, '1']}\n"
                                      "        arguments: {i:"));
    struct compile_output *out = compile_text(*state, (struct compile_input){0}, text.p);
    size_t before = compile_text(*state, (struct compile_input){0}, FEATURES)->task_count, found = 0;
    assert_int_equal(out->task_count, before + 1);
    for (size_t i = 0; i < out->task_count; i++) {
        if (out->tasks[i].condition_of.n == 0)
            continue;
        found++;
        assert_str(out->tasks[i].condition_of, "group");
        assert_str(out->tasks[i].path, "group (condition)");
        assert_str(out->tasks[i].tekton_name, "group-condition");
    }
    assert_int_equal(found, 1);
}

static void broken_text_is_a_problem_with_its_line(void **state)
{
    struct compile_output *out = compile_text(*state, (struct compile_input){0}, "name: P\nx: [\n");
    assert_int_equal(out->problems.count, 1);
    assert_true(out->problems.list[0].line > 0);
}

struct work {
    struct arena *a;
    struct compile_output out;
    struct err e;
};

static enum status compile_guarded(void *arg)
{
    struct work *w = arg;
    struct compile_input in = {.document = str_of(FEATURES)};
    return compile_pipeline(w->a, &in, &w->out, &w->e);
}

static void each_failing_allocation_ends_in_the_guard(void **state)
{
    (void)state;
    for (long nth = 1;; nth++) {
        struct work w = {.a = arena_new(0)};
        arena_fail_at(nth);
        enum status status = arena_guard(w.a, compile_guarded, &w);
        bool failed = arena_count() >= nth;
        arena_fail_at(0);
        arena_free(w.a);
        assert_int_equal(status, failed ? ERR_NOMEM : OK);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(the_same_document_gives_the_same_bytes),
        with_arena(a_tree_compiles_as_its_text_does),
        with_arena(tasks_are_listed_as_in_the_manifest),
        with_arena(checking_gives_no_manifest),
        with_arena(nothing_is_compiled_while_references_are_missing),
        with_arena(a_run_is_named_or_gets_a_prefix_from_the_title),
        with_arena(options_of_the_call_come_before_those_of_the_document),
        with_arena(no_time_out_means_none),
        with_arena(a_parameter_with_dollars_is_compared_as_it_stands),
        with_arena(the_largest_tasks_are_told_when_it_is_too_large),
        with_arena(an_argument_that_linux_cannot_take_is_refused),
        with_arena(only_the_reference_of_a_secret_stands_in_the_manifest),
        with_arena(what_is_no_reference_to_a_secret_is_not_repeated),
        with_arena(a_secret_without_a_name_is_asked_for_under_its_inputs_name_but_not_launched),
        with_arena(a_condition_that_is_computed_is_a_task_of_its_own_that_says_whose),
        with_arena(broken_text_is_a_problem_with_its_line),
        cmocka_unit_test(each_failing_allocation_ends_in_the_guard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
