/* Reading foreign formats piece by piece; whole documents are in tests/conformance/test_documents.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pipeline-creator/documents/documents.h"

struct reading {
    struct arena *a;
    struct problems ps;
    struct document document;
    enum status status;
};

static struct reading read_text(struct arena *a, struct str text)
{
    struct reading r = {.a = a};
    struct err e = {0};
    problems_init(&r.ps, a);
    r.status = document_read(a, text, &r.document, &r.ps, &e);
    return r;
}

/* A Pipeline with a task `a` that gives the result r, and a task `b` with these fields (YAML, in flow style). */
static struct reading read_task(struct arena *a, const char *fields)
{
    return read_text(a, str_printf(a,
                                   "apiVersion: tekton.dev/v1\n"
                                   "kind: Pipeline\n"
                                   "metadata: {name: p}\n"
                                   "spec:\n"
                                   "  params: [{name: x}, {name: list, type: array}]\n"
                                   "  workspaces: [{name: w}]\n"
                                   "  tasks:\n"
                                   "  - {name: a, taskSpec: {results: [{name: r}, {name: many, type: array}]}}\n"
                                   "  - {name: b, taskSpec: {params: [{name: i}, {name: k}]}, %s}\n",
                                   fields));
}

static const struct node *task_b(const struct reading *r)
{
    return node_path(r->document.native, "implementation", "graph", "tasks", "b", NULL);
}

static const struct node *annotation(const struct reading *r, const char *key)
{
    return node_path(task_b(r), "annotations", str_printf(r->a, "component-hub.dev/%s", key).p, NULL);
}

#define assert_json(n, json) assert_string_equal(node_to_json(*state, (n)).p, (json))

static int make(void **state)
{
    *state = arena_new(0);
    return 0;
}

static int drop(void **state)
{
    arena_free(*state);
    return 0;
}

static void test_values(void **state)
{
    static const struct {
        const char *value, *argument, *template, *raw;
    } cases[] = {
        {"plain", "\"plain\"", NULL, NULL},
        {"5", "\"5\"", NULL, NULL},
        {"'$(params.x)'", "{\"graphInput\":{\"inputName\":\"x\"}}", NULL, NULL},
        {"'$(params[\"x\"])'", "{\"graphInput\":{\"inputName\":\"x\"}}", NULL, NULL},
        {"'$(params.list[*])'", "{\"graphInput\":{\"inputName\":\"list\"}}", NULL, NULL},
        {"['$(params.list[*])']", "{\"graphInput\":{\"inputName\":\"list\"}}", NULL, NULL},
        {"'$(tasks.a.results.r)'", "{\"taskOutput\":{\"taskId\":\"a\",\"outputName\":\"r\"}}", NULL, NULL},
        {"'$(tasks.a.results.many[*])'", "{\"taskOutput\":{\"taskId\":\"a\",\"outputName\":\"many\"}}", NULL, NULL},
        {"'$(context.pipelineRun.name)'", "{\"dynamicData\":{\"system/pipeline_run.name\":{}}}", NULL, NULL},
        {"'a $(params.x)'", NULL, "[\"a \",{\"graphInput\":{\"inputName\":\"x\"}}]", NULL},
        {"[one, two]", "\"[\\\"one\\\",\\\"two\\\"]\"", NULL, NULL},
        {"'$(params.list[0])'", "\"$(params.list[0])\"", NULL, "\"$(params.list[0])\""},
        {"'$(params.list)'", "\"$(params.list)\"", NULL, "\"$(params.list)\""},
        {"'$(params.none)'", "\"$(params.none)\"", NULL, "\"$(params.none)\""},
        {"'costs 5$'", "\"costs 5$\"", NULL, "\"costs 5$\""},
        {"'$(tasks.a.results.r.key)'", "\"$(tasks.a.results.r.key)\"", NULL, "\"$(tasks.a.results.r.key)\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading r = read_task(*state, str_printf(*state, "params: [{name: i, value: %s}]", cases[i].value).p);
        assert_int_equal(r.status, OK);
        assert_int_equal(r.ps.count, 0);
        const struct node *argument = node_path(task_b(&r), "arguments", "i", NULL);
        const struct node *template = node_get(annotation(&r, "template"), "i");
        const struct node *raw = node_path(annotation(&r, "tekton"), "params", "i", NULL);
        const struct node *found[] = {argument, template, raw};
        const char *wanted[] = {cases[i].argument, cases[i].template, cases[i].raw};
        for (size_t k = 0; k < 3; k++) {
            assert_int_equal(found[k] != NULL, wanted[k] != NULL);
            if (wanted[k])
                assert_json(found[k], wanted[k]);
        }
    }
}

static void test_raw_results_are_an_order(void **state)
{
    struct reading r = read_task(*state, "params: [{name: i, value: '$(tasks.a.results.many[0])'}]");
    assert_json(annotation(&r, "depends-on"), "[\"a\"]");
}

static void test_when(void **state)
{
    struct reading r = read_task(*state, "when: [{input: '$(params.x)', operator: in, values: [u, v]},"
                                         " {cel: \"'a' == 'b'\"}]");
    assert_json(node_get(task_b(&r), "isEnabled"),
                "{\"or\":{\"op1\":{\"==\":{\"op1\":{\"graphInput\":{\"inputName\":\"x\"}},\"op2\":\"u\"}},"
                "\"op2\":{\"==\":{\"op1\":{\"graphInput\":{\"inputName\":\"x\"}},\"op2\":\"v\"}}}}");
    assert_json(node_get(annotation(&r, "tekton"), "when"), "[{\"cel\":\"'a' == 'b'\"}]");
}

static void test_settings(void **state)
{
    struct reading r = read_task(*state, "retries: 2, timeout: 5m, onError: continue, runAfter: [a], displayName: B,"
                                         " workspaces: [{name: s, workspace: w, subPath: d}]");
    assert_json(node_get(task_b(&r), "executionOptions"), "{\"retryStrategy\":{\"maxRetries\":2}}");
    assert_json(annotation(&r, "timeout"), "\"5m\"");
    assert_json(annotation(&r, "on-error"), "\"continue\"");
    assert_json(annotation(&r, "depends-on"), "[\"a\"]");
    assert_json(node_get(task_b(&r), "arguments"), "{\"s\":{\"graphInput\":{\"inputName\":\"w\"}}}");
    assert_json(annotation(&r, "tekton"), "{\"workspaces\":{\"s\":{\"subPath\":\"d\"}},\"displayName\":\"B\"}");
}

static void test_matrix(void **state)
{
    struct reading r = read_task(*state, "matrix: {params: [{name: i, value: '$(params.list[*])'}]}");
    assert_json(annotation(&r, "iterate"), "{\"input\":\"i\",\"over\":{\"graphInput\":{\"inputName\":\"list\"}}}");
    r = read_task(*state, "matrix: {params: [{name: i, value: [u]}, {name: k, value: [v]}]}");
    assert_null(annotation(&r, "iterate"));
    assert_non_null(node_get(annotation(&r, "tekton"), "matrix"));
}

static void test_places(void **state)
{
    struct reading r = read_task(*state, "params: [{name: i, value: plain}]");
    const struct node *argument = node_path(task_b(&r), "arguments", "i", NULL);
    assert_int_equal(argument->line, 9);
    r = read_task(*state, "runAfter: [nobody]");
    assert_int_equal(r.ps.count, 1);
    assert_string_equal(r.ps.list[0].code.p, "not_carried");
    assert_string_equal(r.ps.list[0].path.p, "/spec/tasks/1/runAfter");
    assert_int_equal(r.ps.list[0].line, 9);
}

static void test_pipelines_nest_to_a_depth(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    buf_cstr(&b, "apiVersion: tekton.dev/v1\nkind: Pipeline\nspec: ");
    for (int i = 0; i < 12; i++)
        buf_cstr(&b, "{tasks: [{name: a, pipelineSpec: ");
    buf_cstr(&b, "{}");
    for (int i = 0; i < 12; i++)
        buf_cstr(&b, "}]}");
    struct reading r = read_text(*state, buf_take(&b));
    assert_int_equal(r.status, ERR_INVALID);
    assert_int_equal(r.ps.errors, 1);
    assert_string_equal(r.ps.list[r.ps.count - 1].code.p, "too_deep");
}

static void test_other_documents_stay(void **state)
{
    struct reading r = read_text(*state, STR("a: 1"));
    struct err e = {0};
    assert_int_equal(r.status, OK);
    assert_int_equal(r.document.format, DOCUMENT_OTHER);
    assert_int_equal(document_require(&r.document, &r.ps, &e), ERR_INVALID);
    assert_string_equal(r.ps.list[0].code.p, "unsupported_format");
}

static void test_large_drawings_end(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    buf_cstr(&b, "implementation:\n  graph:\n    tasks:\n");
    for (int i = 0; i < DRAW_MAX_TASKS + 1; i++)
        buf_printf(&b, "      t%d: {annotations: {component-hub.dev/depends-on: [t%d]}}\n", i, i * 7 / 8);
    struct reading r = read_text(*state, buf_take(&b));
    struct str svg = document_draw(*state, r.document.native);
    assert_true(str_find(svg, STR("The first 5000 tasks are shown.")) > 0);
    assert_true(str_find(svg, STR(">t4999<")) > 0);
    assert_true(str_find(svg, STR(">t5000<")) < 0);
    assert_true(str_ends(svg, "</svg>\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, make, drop),
        cmocka_unit_test_setup_teardown(test_raw_results_are_an_order, make, drop),
        cmocka_unit_test_setup_teardown(test_when, make, drop),
        cmocka_unit_test_setup_teardown(test_settings, make, drop),
        cmocka_unit_test_setup_teardown(test_matrix, make, drop),
        cmocka_unit_test_setup_teardown(test_places, make, drop),
        cmocka_unit_test_setup_teardown(test_pipelines_nest_to_a_depth, make, drop),
        cmocka_unit_test_setup_teardown(test_other_documents_stay, make, drop),
        cmocka_unit_test_setup_teardown(test_large_drawings_end, make, drop),
    };
    return cmocka_run_group_tests_name("documents", tests, NULL, NULL);
}
