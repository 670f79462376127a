#include "base/testing.h"
#include "pipeline-creator/graph/graph.h"

#define ECHO                                                                                                           \
    "{name: Echo, inputs: [{name: text, default: hello}], outputs: [{name: out}], implementation: {container: "        \
    "{image: busybox, command: [echo, {inputValue: text}, {outputPath: out}]}}}"
#define PIPELINE(tasks) "name: P\nimplementation:\n  graph:\n    tasks:\n" tasks
#define LOOP(id, over)                                                                                                 \
    "      '" id "': {componentRef: {spec: " ECHO "}, annotations: {component-hub.dev/iterate: {input: text, " over    \
    "}}}\n"

struct reading {
    struct graph graph;
    struct problems ps;
    enum status status;
};

static struct reading *read_text(struct arena *a, const char *text)
{
    struct node *document = NULL;
    struct err e = {0};
    struct reading *r = arena_new_of(a, struct reading);
    assert_ok(node_parse_yaml(a, str_of(text), &document, &e), &e);
    struct graph_input in = {.document = document};
    problems_init(&r->ps, a);
    r->status = graph_read(a, &in, &r->graph, &r->ps, &e);
    return r;
}

static size_t count_of(const struct reading *r, const char *code)
{
    size_t count = 0;
    for (size_t i = 0; i < r->ps.count; i++)
        count += str_is(r->ps.list[i].code, code);
    return count;
}

static void a_limit_gives_a_task_for_each_item_that_waits_for_the_one_before(void **state)
{
    struct reading *r = read_text(*state, PIPELINE(LOOP("each", "over: [a, b, c], parallelism: 2")));
    assert_int_equal(r->status, OK);
    assert_int_equal(r->graph.task_count, 3);
    assert_str(r->graph.tasks[2].path, "each[2]");
    assert_str(r->graph.tasks[2].inputs[0].text, "c");
    assert_int_equal(r->graph.tasks[1].after_count, 0);
    assert_int_equal(r->graph.tasks[2].after_count, 1);
    assert_int_equal(r->graph.tasks[2].after[0], 0);
}

static void a_list_without_a_limit_is_one_task(void **state)
{
    struct reading *r = read_text(*state, PIPELINE(LOOP("each", "over: '[1, \"b\"]'")));
    assert_int_equal(r->graph.task_count, 1);
    assert_int_equal(r->graph.tasks[0].inputs[0].source, SOURCE_ITEM);
    assert_int_equal(r->graph.tasks[0].loop->count, 2);
    assert_str(r->graph.tasks[0].loop->items[0], "1");
    assert_str(r->graph.tasks[0].loop->items[1], "b");
}

static void the_annotation_may_be_a_json_string(void **state)
{
    struct reading *r = read_text(
        *state, PIPELINE("      each: {componentRef: {spec: " ECHO "}, annotations: {component-hub.dev/iterate: "
                         "'{\"input\": \"text\", \"over\": {\"taskOutput\": {\"taskId\": \"list\", "
                         "\"outputName\": \"out\"}}}'}}\n"
                         "      list: {componentRef: {spec: " ECHO "}}\n"));
    assert_int_equal(r->status, OK);
    assert_int_equal(r->graph.tasks[0].loop->over.source, SOURCE_OUTPUT);
    assert_int_equal(r->graph.tasks[0].loop->over.index, 1);
}

static const char *list_of(struct arena *a, size_t count)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, "%s%zu", i ? "," : "[", i);
    buf_char(&b, ']');
    return str_cstr(a, buf_take(&b));
}

static void more_items_than_a_matrix_takes_are_tasks(void **state)
{
    static const size_t counts[][2] = {{256, 1}, {257, 257}, {5000, 5000}};
    for (size_t i = 0; i < 3; i++) {
        struct str text = str_printf(*state, PIPELINE(LOOP("each", "over: %s")), list_of(*state, counts[i][0]));
        struct reading *r = read_text(*state, str_cstr(*state, text));
        assert_int_equal(r->status, OK);
        assert_int_equal(r->graph.task_count, counts[i][1]);
    }
    struct str text = str_printf(*state, PIPELINE(LOOP("each", "over: %s")), list_of(*state, 5001));
    assert_int_equal(count_of(read_text(*state, str_cstr(*state, text)), "too_many_tasks"), 1);
}

static void loops_in_loops_are_bounded(void **state)
{
    const char *list = list_of(*state, 100);
    struct str text = str_printf(
        *state,
        PIPELINE("      outer:\n"
                 "        componentRef: {spec: {name: Q, inputs: [{name: i}], implementation: {graph: {tasks: {inner: "
                 "{componentRef: {spec: " ECHO "}, annotations: {component-hub.dev/iterate: {input: text, over: %s, "
                 "parallelism: 1}}}}}}}}\n"
                 "        annotations: {component-hub.dev/iterate: {input: i, over: %s}}\n"),
        list, list);
    struct reading *r = read_text(*state, str_cstr(*state, text));
    assert_int_equal(count_of(r, "too_many_tasks"), 1);
}

static void names_with_brackets_are_not_taken_for_iterations(void **state)
{
    struct reading *r =
        read_text(*state, PIPELINE(LOOP("a", "over: [x, y], parallelism: 1") "      'a[0]': {componentRef: "
                                                                             "{spec: " ECHO "}}\n"));
    assert_str(r->graph.tasks[0].path, "a[0]");
    assert_str(r->graph.tasks[2].path, "a~20]");
}

static void a_problem_of_the_body_is_told_once(void **state)
{
    struct reading *r = read_text(
        *state,
        PIPELINE("      outer:\n"
                 "        componentRef: {spec: {name: Q, inputs: [{name: i}], implementation: {graph: {tasks: {inner: "
                 "{componentRef: {spec: " ECHO "}, arguments: {nonsense: a}, odd: 1}}}}}}\n"
                 "        annotations: {component-hub.dev/iterate: {input: i, over: [1, 2, 3]}}\n"));
    assert_int_equal(count_of(r, "unknown_argument"), 1);
    assert_int_equal(count_of(r, "unknown_field"), 1);
    assert_int_equal(count_of(r, "unused_input"), 1);
}

#define GROUP                                                                                                          \
    "{name: Q, inputs: [{name: i}], outputs: [{name: o, type: String}], implementation: {graph: {tasks: {inner: "      \
    "{componentRef: {spec: " ECHO "}, arguments: {text: {graphInput: {inputName: i}}}}}, outputValues: {o: "           \
    "{taskOutput: {taskId: inner, outputName: out}}}}}}"

static void what_iterations_made_is_collected_once_for_all_that_want_it(void **state)
{
    struct reading *r = read_text(
        *state,
        PIPELINE("      loop: {componentRef: {spec: " GROUP "}, annotations: {component-hub.dev/iterate: {input: "
                 "i, over: [a, b]}}}\n"
                 "      x: {componentRef: {spec: " ECHO "}, arguments: {text: {taskOutput: {taskId: loop, "
                 "outputName: o}}}}\n"
                 "      y: {componentRef: {spec: " ECHO "}, arguments: {text: {taskOutput: {taskId: loop, "
                 "outputName: o}}}}\n"));
    assert_int_equal(r->status, OK);
    assert_int_equal(r->graph.task_count, 5);
    const struct graph_task *collector = &r->graph.tasks[4];
    assert_str(collector->path, "loop[*]/o");
    assert_true(collector->collects);
    assert_int_equal(collector->component->interface.input_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(collector->inputs[i].index, i);
    for (size_t i = 2; i < 4; i++) {
        assert_int_equal(r->graph.tasks[i].inputs[0].index, 4);
        assert_str(r->graph.tasks[i].inputs[0].type, "JsonArray");
    }
}

static void depends_on_a_loop_waits_for_all_of_it(void **state)
{
    struct reading *r = read_text(*state, PIPELINE("      loop: {componentRef: {spec: " GROUP
                                                   "}, annotations: {component-hub.dev/iterate: {input: "
                                                   "i, over: [a, b]}}}\n"
                                                   "      x: {componentRef: {spec: " ECHO
                                                   "}, annotations: {component-hub.dev/depends-on: [loop]}}\n"));
    assert_int_equal(r->graph.tasks[2].after_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(a_limit_gives_a_task_for_each_item_that_waits_for_the_one_before),
        with_arena(a_list_without_a_limit_is_one_task),
        with_arena(the_annotation_may_be_a_json_string),
        with_arena(more_items_than_a_matrix_takes_are_tasks),
        with_arena(loops_in_loops_are_bounded),
        with_arena(names_with_brackets_are_not_taken_for_iterations),
        with_arena(a_problem_of_the_body_is_told_once),
        with_arena(what_iterations_made_is_collected_once_for_all_that_want_it),
        with_arena(depends_on_a_loop_waits_for_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
