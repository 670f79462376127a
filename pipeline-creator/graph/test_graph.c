#include "base/digest.h"
#include "base/testing.h"
#include "pipeline-creator/graph/graph.h"
#include "pipeline-creator/graph/map.h"

#define ECHO                                                                                                           \
    "{name: Echo, inputs: [{name: text, default: hello}], outputs: [{name: out}], implementation: {container: "        \
    "{image: busybox, command: [echo, {inputValue: text}, {outputPath: out}]}}}"

struct reading {
    struct graph graph;
    struct problems ps;
    enum status status;
};

static struct reading *read_with(struct arena *a, const char *text, struct graph_input in)
{
    struct node *document = NULL;
    struct err e = {0};
    struct reading *r = arena_new_of(a, struct reading);
    assert_ok(node_parse_yaml(a, str_of(text), &document, &e), &e);
    in.document = document;
    problems_init(&r->ps, a);
    r->status = graph_read(a, &in, &r->graph, &r->ps, &e);
    return r;
}

static struct reading *read_text(struct arena *a, const char *text)
{
    return read_with(a, text, (struct graph_input){0});
}

static const struct problem *find(const struct reading *r, const char *code)
{
    for (size_t i = 0; i < r->ps.count; i++)
        if (str_is(r->ps.list[i].code, code))
            return &r->ps.list[i];
    return NULL;
}

static const struct problem *has(const struct reading *r, const char *code)
{
    const struct problem *p = find(r, code);
    if (!p) {
        for (size_t i = 0; i < r->ps.count; i++)
            print_error("%.*s: %.*s\n", STR_ARG(r->ps.list[i].code), STR_ARG(r->ps.list[i].message));
        fail_msg("no problem %s", code);
    }
    return p;
}

static struct graph_known known(const char *key, const char *text)
{
    return (struct graph_known){.key = str_of(key),
                                .found = text != NULL,
                                .text = str_of(text),
                                .namespace = STR("starter"),
                                .name = STR("echo"),
                                .version = STR("1.2.0"),
                                .digest = STR_NONE};
}

static struct str pipeline_of(struct arena *a, const char *tasks)
{
    return str_printf(a, "name: P\nimplementation:\n  graph:\n    tasks:\n%s", tasks);
}

/* ---- maps and order */

static void a_map_keeps_what_was_added_first(void **state)
{
    struct map m;
    map_init(&m, *state, 0);
    for (size_t i = 0; i < 1000; i++)
        assert_true(map_add(&m, str_printf(*state, "key-%zu", i), i));
    assert_false(map_add(&m, STR("key-7"), 99));
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(*map_find(&m, str_printf(*state, "key-%zu", i)), i);
    assert_null(map_find(&m, STR("key-1000")));
}

static void order_follows_edges_and_then_numbers(void **state)
{
    const size_t from[] = {3, 2}, to[] = {0, 1};
    size_t order[4], cycle = 0;
    assert_true(graph_order(*state, 4, from, to, 2, order, &cycle));
    const size_t want[] = {2, 1, 3, 0};
    assert_memory_equal(order, want, sizeof want);
}

static void a_cycle_is_told_in_the_order_of_need(void **state)
{
    const size_t from[] = {0, 1, 2, 3, 3}, to[] = {1, 2, 0, 0, 4};
    size_t order[5], cycle = 0;
    assert_false(graph_order(*state, 5, from, to, 5, order, &cycle));
    assert_int_equal(cycle, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal((order[i] + 1) % 3, order[(i + 1) % 3]);
}

/* ---- references */

static void what_only_a_hub_can_resolve_is_missing(void **state)
{
    struct str text = pipeline_of(*state, "      a: {componentRef: {name: starter/echo}}\n"
                                          "      b: {componentRef: {name: echo, tag: '1.2.0'}}\n"
                                          "      c: {componentRef: {name: starter/echo}}\n");
    struct reading *r = read_text(*state, text.p);
    assert_int_equal(r->status, OK);
    assert_int_equal(r->graph.missing_count, 2);
    assert_str(r->graph.missing[0].key, "starter/echo");
    assert_str(r->graph.missing[0].task, "a");
    assert_str(r->graph.missing[0].path, "/implementation/graph/tasks/a/componentRef");
    assert_int_equal(r->graph.missing[0].line, 5);
    assert_str(r->graph.missing[1].key, "echo@1.2.0");
}

static void what_was_found_is_locked_once(void **state)
{
    const struct graph_known list[] = {known("starter/echo", ECHO)};
    struct str text = pipeline_of(*state, "      a: {componentRef: {name: starter/echo}}\n"
                                          "      b: {componentRef: {name: starter/echo}}\n");
    struct reading *r = read_with(*state, text.p, (struct graph_input){.known = list, .known_count = 1});
    assert_int_equal(r->status, OK);
    assert_int_equal(r->graph.missing_count, 0);
    assert_int_equal(r->graph.lock_count, 1);
    assert_int_equal(r->graph.task_count, 2);
    assert_ptr_equal(r->graph.tasks[0].component, r->graph.tasks[1].component);
    assert_str(r->graph.tasks[1].name, "starter/echo@1.2.0");
}

static void a_digest_comes_before_an_inline_spec_and_falls_back_on_it(void **state)
{
    struct str digest = str_cat(*state, STR("sha256:"), sha256_hex(*state, STR(ECHO)));
    struct str text = str_printf(*state, "%s      a: {componentRef: {digest: '%.*s', spec: " ECHO "}}\n",
                                 "name: P\nimplementation:\n  graph:\n    tasks:\n", STR_ARG(digest));
    struct reading *r = read_text(*state, text.p);
    assert_int_equal(r->graph.missing_count, 1);
    assert_str_eq(r->graph.missing[0].key, digest);

    struct graph_known list[] = {known(digest.p, NULL)};
    r = read_with(*state, text.p, (struct graph_input){.known = list, .known_count = 1});
    assert_int_equal(r->status, OK);
    assert_int_equal(r->graph.missing_count, 0);
    assert_int_equal(has(r, "unverified")->severity, SEVERITY_WARNING);

    list[0] = known(digest.p, ECHO);
    r = read_with(*state, text.p, (struct graph_input){.known = list, .known_count = 1});
    assert_null(find(r, "unverified"));
    assert_str_eq(r->graph.tasks[0].digest, digest);
}

static void a_deprecated_component_is_a_warning(void **state)
{
    struct graph_known list[] = {known("x", ECHO)};
    list[0].deprecated = true;
    struct str text = pipeline_of(*state, "      a: {componentRef: {name: x}}\n");
    struct reading *r = read_with(*state, text.p, (struct graph_input){.known = list, .known_count = 1});
    assert_int_equal(r->status, OK);
    assert_int_equal(has(r, "deprecated")->severity, SEVERITY_WARNING);
}

/* ---- nesting */

static void a_pipeline_inside_of_itself_is_refused(void **state)
{
    struct str text = pipeline_of(*state, "      a: {componentRef: {name: self}}\n");
    struct graph_known list[] = {known("self", text.p)};
    struct reading *r = read_with(*state, text.p, (struct graph_input){.known = list, .known_count = 1});
    assert_int_equal(r->status, ERR_INVALID);
    assert_str(has(r, "recursive_pipeline")->path, "/implementation/graph/tasks/a");
}

static void pipelines_that_use_each_other_are_refused(void **state)
{
    struct str one = pipeline_of(*state, "      a: {componentRef: {name: two}}\n");
    struct str two = pipeline_of(*state, "      b: {componentRef: {name: one}}\n");
    struct graph_known list[] = {known("one", one.p), known("two", two.p)};
    struct reading *r = read_with(*state, one.p, (struct graph_input){.known = list, .known_count = 2});
    has(r, "recursive_pipeline");
}

/* A pipeline whose pipelines nest to the depth, by reference: a document itself cannot nest as deeply. */
static struct reading *read_nested(struct arena *a, size_t depth)
{
    struct graph_known *list = arena_array_of(a, depth + 1, struct graph_known);
    for (size_t i = 0; i < depth; i++) {
        struct str task = str_printf(a, "      t: {componentRef: {name: p%zu}}\n", i + 1);
        list[i] = known(str_printf(a, "p%zu", i).p, pipeline_of(a, task.p).p);
    }
    list[depth] = known(str_printf(a, "p%zu", depth).p, ECHO);
    return read_with(a, list[0].text.p, (struct graph_input){.known = list, .known_count = depth + 1});
}

static void pipelines_nest_up_to_a_depth(void **state)
{
    struct reading *r = read_nested(*state, GRAPH_MAX_DEPTH);
    assert_int_equal(r->status, OK);
    assert_int_equal(r->graph.task_count, 1);
    assert_str(r->graph.tasks[0].path, "t/t/t/t/t/t/t/t/t/t/t/t/t/t/t/t");
}

static void deeper_nesting_is_refused(void **state)
{
    has(read_nested(*state, GRAPH_MAX_DEPTH + 1), "too_deep");
}

static void tasks_are_counted_after_flattening_even_where_pipelines_hold_none(void **state)
{
    /* ten to the power of twelve tasks */
    struct graph_known list[13];
    for (int i = 0; i < 12; i++) {
        struct buf b;
        buf_init(&b, *state, 0);
        for (int k = 0; k < 10; k++)
            buf_printf(&b, "      t%d: {componentRef: {name: p%d}}\n", k, i + 1);
        list[i] = known(str_printf(*state, "p%d", i).p, pipeline_of(*state, buf_take(&b).p).p);
    }
    list[12] = known("p12", "name: P\nimplementation: {graph: {tasks: {}}}");
    struct reading *r = read_with(*state, list[0].text.p, (struct graph_input){.known = list, .known_count = 13});
    has(r, "too_many_tasks");
    list[12] = known("p12", ECHO);
    r = read_with(*state, list[0].text.p, (struct graph_input){.known = list, .known_count = 13});
    has(r, "too_many_tasks");
}

static void ids_with_slashes_keep_paths_apart(void **state)
{
    struct str text = pipeline_of(*state, "      a/b~: {componentRef: {spec: " ECHO "}}\n");
    struct reading *r = read_text(*state, text.p);
    assert_str(r->graph.tasks[0].path, "a~1b~0");
    assert_str(r->graph.tasks[0].id, "a/b~");
}

static void outputs_of_a_nested_pipeline_lead_to_what_makes_them(void **state)
{
    struct reading *r = read_text(
        *state,
        "name: P\nimplementation:\n  graph:\n    tasks:\n"
        "      use: {componentRef: {spec: " ECHO "}, arguments: {text: {taskOutput: {taskId: group, outputName: "
        "o}}}}\n"
        "      group:\n        componentRef:\n          spec:\n            name: G\n            outputs: [{name: o}]\n"
        "            implementation: {graph: {tasks: {x: {componentRef: {spec: " ECHO "}}}, outputValues: "
        "{o: {taskOutput: {taskId: x, outputName: out}}}}}\n");
    assert_int_equal(r->status, OK);
    assert_int_equal(r->graph.tasks[0].inputs[0].source, SOURCE_OUTPUT);
    assert_str(r->graph.tasks[r->graph.tasks[0].inputs[0].index].path, "group/x");
}

/* ---- parameters */

static void parameters_must_name_inputs_and_fit_their_types(void **state)
{
    struct err e = {0};
    struct node *parameters = NULL;
    assert_ok(node_parse_yaml(*state, STR("{n: many, other: 1}"), &parameters, &e), &e);
    struct str text = str_printf(*state, "inputs: [{name: n, type: Integer}]\n%.*s",
                                 STR_ARG(pipeline_of(*state, "      a: {componentRef: {spec: " ECHO "}}\n")));
    struct reading *r = read_with(*state, text.p, (struct graph_input){.parameters = parameters});
    has(r, "type_mismatch");
    has(r, "unknown_parameter");
    assert_null(find(r, "missing_parameter"));
}

static void a_required_input_without_value_is_an_error_only_when_launching(void **state)
{
    struct str text = str_printf(*state, "inputs: [{name: n}]\n%.*s",
                                 STR_ARG(pipeline_of(*state, "      a: {componentRef: {spec: " ECHO "}}\n")));
    struct reading *r = read_text(*state, text.p);
    assert_int_equal(r->status, OK);
    assert_int_equal(has(r, "missing_parameter")->severity, SEVERITY_WARNING);
    r = read_with(*state, text.p, (struct graph_input){.launch = true});
    assert_int_equal(r->status, ERR_INVALID);
    assert_int_equal(has(r, "missing_parameter")->severity, SEVERITY_ERROR);
}

static void texts_fit_types_as_kfp_reads_them(void **state)
{
    assert_true(graph_text_fits(*state, STR("-12"), STR("Integer")));
    assert_false(graph_text_fits(*state, STR("1.5"), STR("Integer")));
    assert_true(graph_text_fits(*state, STR("1e-3"), STR("Float")));
    assert_false(graph_text_fits(*state, STR("1e-3x"), STR("Float")));
    assert_true(graph_text_fits(*state, STR("True"), STR("Boolean")));
    assert_false(graph_text_fits(*state, STR("maybe"), STR("Boolean")));
    assert_true(graph_text_fits(*state, STR("[1]"), STR("JsonArray")));
    assert_false(graph_text_fits(*state, STR("[1]"), STR("JsonObject")));
    assert_true(graph_text_fits(*state, STR("anything"), STR("Model")));
}

static void a_problem_in_a_nested_reference_is_told_where_the_document_refers_to_it(void **state)
{
    struct str inner = pipeline_of(*state, "      x: {componentRef: {spec: " ECHO "}, arguments: {nothing: y}}\n");
    struct graph_known list[] = {known("inner", inner.p)};
    struct str text = pipeline_of(*state, "      a: {componentRef: {spec: " ECHO "}}\n"
                                          "      b: {componentRef: {name: inner}}\n");
    struct reading *r = read_with(*state, text.p, (struct graph_input){.known = list, .known_count = 1});
    const struct problem *p = has(r, "unknown_argument");
    assert_str(p->path, "/implementation/graph/tasks/b");
    assert_int_equal(p->line, 6);
    assert_true(str_find(p->message, STR("b/x")) >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(a_map_keeps_what_was_added_first),
        with_arena(order_follows_edges_and_then_numbers),
        with_arena(a_cycle_is_told_in_the_order_of_need),
        with_arena(what_only_a_hub_can_resolve_is_missing),
        with_arena(what_was_found_is_locked_once),
        with_arena(a_digest_comes_before_an_inline_spec_and_falls_back_on_it),
        with_arena(a_deprecated_component_is_a_warning),
        with_arena(a_pipeline_inside_of_itself_is_refused),
        with_arena(pipelines_that_use_each_other_are_refused),
        with_arena(pipelines_nest_up_to_a_depth),
        with_arena(deeper_nesting_is_refused),
        with_arena(tasks_are_counted_after_flattening_even_where_pipelines_hold_none),
        with_arena(ids_with_slashes_keep_paths_apart),
        with_arena(outputs_of_a_nested_pipeline_lead_to_what_makes_them),
        with_arena(parameters_must_name_inputs_and_fit_their_types),
        with_arena(a_required_input_without_value_is_an_error_only_when_launching),
        with_arena(texts_fit_types_as_kfp_reads_them),
        with_arena(a_problem_in_a_nested_reference_is_told_where_the_document_refers_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
