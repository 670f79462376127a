#include "base/testing.h"
#include "pipeline-creator/graph/graph.h"
#include "pipeline-creator/tekton/lint.h"

static struct lint_report linted(struct arena *a, const char *text, enum tekton_gate gate, bool tekton_only)
{
    struct lint_options options = {.gate = gate, .tekton_only = tekton_only};
    struct lint_report report;
    lint_text(a, str_of(text), &options, &report);
    return report;
}

static const struct problem *with_code(const struct lint_report *r, const char *code)
{
    for (size_t i = 0; i < r->problems.count; i++)
        if (str_is(r->problems.list[i].code, code))
            return &r->problems.list[i];
    return NULL;
}

#define HEAD(kind) "apiVersion: tekton.dev/v1\nkind: " kind "\nmetadata: {name: x}\n"

static void each_document_has_a_verdict(void **state)
{
    struct lint_report r = linted(*state,
                                  HEAD("Task") "spec: {steps: [{image: i}]}\n---\n" HEAD("Task") "spec: {}\n---\n" HEAD(
                                      "Task") "spec: {nope: 1}\n",
                                  GATE_BETA, true);
    assert_int_equal(r.count, 3);
    assert_int_equal(r.documents[0].verdict, TEKTON_ACCEPTED);
    assert_int_equal(r.documents[1].verdict, TEKTON_REFUSED);
    assert_int_equal(r.documents[2].verdict, TEKTON_UNDECODABLE);
    assert_int_equal(r.problems.count, 2);
    assert_str(r.problems.list[0].path, "spec.steps");
    assert_int_equal(r.problems.list[0].line, 9);
    for (size_t i = 0; i < r.count; i++) {
        assert_int_equal(r.documents[i].first_problem, i < 2 ? 0 : 1);
        assert_int_equal(r.documents[i].problem_count, i > 0);
    }
}

static void a_path_of_tekton_finds_its_line(void **state)
{
    static const struct {
        const char *path;
        unsigned line;
    } places[] = {
        {"spec.pipelineSpec.tasks[0].params[second].value", 9},
        {"spec.pipelineSpec.tasks[1].taskSpec.steps[0].script", 12},
        {"spec[1].params", 10},      /* of the inline pipeline, without its name */
        {"spec.tasks[b].Image", 10}, /* fields that are not there are left out */
        {"metadata.name", 3},
        {"", 1},
    };
    struct node *document;
    struct err e = {0};
    const char *text = HEAD("PipelineRun") "spec:\n  pipelineSpec:\n    tasks:\n    - name: a\n      params:\n"
                                           "      - {name: second, value: v}\n    - name: b\n      taskSpec:\n"
                                           "        steps: [{image: i, script: s}]\n";
    assert_int_equal(node_parse_yaml(*state, str_of(text), &document, &e), OK);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        assert_int_equal(lint_place(document, str_of(places[i].path))->line, places[i].line);
}

static void our_own_checks_tell_what_tekton_takes(void **state)
{
    static const struct {
        const char *code, *text;
    } cases[] = {
        {"missing_value", HEAD("TaskRun") "spec: {taskRef: {name: t}, params: [{name: a}]}"},
        {"image_latest", HEAD("Task") "spec: {steps: [{image: 'r:5000/i'}]}"},
        {"image_latest", HEAD("Task") "spec: {steps: [{image: 'i:latest'}]}"},
        {"image_without_digest", HEAD("Task") "spec: {steps: [{image: 'i:1'}]}"},
        {"unused_param", HEAD("Task") "spec: {params: [{name: p}], steps: [{image: 'i@sha256:1'}]}"},
        {"deprecated_version", "apiVersion: tekton.dev/v1beta1\nkind: Task\nmetadata: {name: x}\n"
                               "spec: {steps: [{image: 'i@sha256:1'}]}"},
        {"deprecated_field", "apiVersion: tekton.dev/v1beta1\nkind: Task\nmetadata: {name: x}\n"
                             "spec: {steps: [{image: 'i@sha256:1', tty: true}]}"},
        {"pipeline_resources", "apiVersion: tekton.dev/v1alpha1\nkind: PipelineResource\nmetadata: {name: x}"},
        {"other_kind", "apiVersion: v1\nkind: Secret"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lint_report with = linted(*state, cases[i].text, GATE_BETA, false);
        struct lint_report without = linted(*state, cases[i].text, GATE_BETA, true);
        assert_non_null(with_code(&with, cases[i].code));
        assert_null(with_code(&without, cases[i].code));
    }
}

#define IMAGE "image: 'i@sha256:1'"
#define KNOWN_TASK                                                                                                     \
    "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: known}\nspec:\n"                                          \
    "  params: [{name: text}, {name: words, type: array, default: []}]\n"                                              \
    "  results: [{name: out}]\n"                                                                                       \
    "  workspaces: [{name: w}, {name: o, optional: true}]\n"                                                           \
    "  steps: [{" IMAGE ", args: [$(params.text), '$(params.words[*])'], script: 'echo yes > $(results.out.path)'}]\n" \
    "---\n"
#define CALL(more)                                                                                                     \
    "{name: a, taskRef: {name: known}, params: [{name: text, value: x}], workspaces: [{name: w}]" more "}"
#define TASKS(tasks) KNOWN_TASK HEAD("Pipeline") "spec: {workspaces: [{name: w}, {name: v}], tasks: [" tasks "]}"

/* Each with the code and path of what is wrong, or NULL. */
static void tasks_of_the_same_text_are_looked_up(void **state)
{
    static const struct {
        const char *code, *path, *text;
    } cases[] = {
        {NULL, NULL, TASKS(CALL(""))},
        {NULL, NULL, TASKS("{name: a, taskRef: {name: elsewhere}, params: [{name: nobody, value: x}]}")},
        {NULL, NULL, TASKS("{name: a, taskRef: {resolver: hub, params: [{name: name, value: known}]}}")},
        {"param_required", "spec.tasks[0]",
         TASKS("{name: a, taskRef: {name: known}, workspaces: [{name: w}], params: [{name: words, value: [x]}]}")},
        {NULL, NULL,
         TASKS("{name: a, taskRef: {name: known}, workspaces: [{name: w}], matrix: {params: [{name: text, value: "
               "[x]}]}}")},
        {"param_unknown", "spec.tasks[0].params[1]",
         TASKS("{name: a, taskRef: {name: known}, workspaces: [{name: w}], params: [{name: text, value: x}, "
               "{name: z, value: x}]}")},
        {"param_type", "spec.tasks[0].params[0]",
         TASKS("{name: a, taskRef: {name: known}, workspaces: [{name: w}], params: [{name: text, value: [x]}]}")},
        {"workspace_unbound", "spec.tasks[0]",
         TASKS("{name: a, taskRef: {name: known}, params: [{name: text, value: x}]}")},
        {"workspace_unknown", "spec.tasks[0].workspaces[1]",
         TASKS("{name: a, taskRef: {name: known}, params: [{name: text, value: x}], workspaces: [{name: w}, {name: "
               "v}]}")},
        {"result_unknown", "spec.tasks[1]",
         TASKS(CALL("") ", {name: b, taskRef: {name: other}, params: [{name: p, value: $(tasks.a.results.nope)}]}")},
        {NULL, NULL,
         TASKS(CALL("") ", {name: b, taskRef: {name: other}, params: [{name: p, value: $(tasks.a.results.out)}]}")},
        {"result_newline", "spec.tasks[1].when[0]",
         TASKS(CALL("") ", {name: b, taskRef: {name: other}, when: [{input: $(tasks.a.results.out), operator: in, "
                        "values: ['yes']}]}")},
        {NULL, NULL,
         TASKS(CALL("") ", {name: b, taskRef: {name: other}, when: [{input: $(tasks.a.results.out), operator: in, "
                        "values: [\"yes\\n\"]}]}")},
        {"param_required", "spec",
         KNOWN_TASK HEAD("TaskRun") "spec: {taskRef: {name: known}, workspaces: [{name: w, "
                                    "emptyDir: {}}]}"},
        {"workspace_unbound", "spec",
         KNOWN_TASK HEAD("TaskRun") "spec: {taskRef: {name: known}, params: [{name: text, "
                                    "value: x}]}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lint_report r = linted(*state, cases[i].text, GATE_BETA, false);
        assert_int_equal(r.documents[1].verdict, TEKTON_ACCEPTED);
        assert_int_equal(r.problems.count, cases[i].code != NULL);
        if (cases[i].code) {
            assert_str(r.problems.list[0].code, cases[i].code);
            assert_str(r.problems.list[0].path, cases[i].path);
            assert_true(r.problems.list[0].line > 9);
        }
        r = linted(*state, cases[i].text, GATE_BETA, true);
        assert_int_equal(r.problems.count, 0);
    }
}

/* ---- what a hub knows */

#define ORIGIN "https://hub.example.org"
#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define STEP_ACTION                                                                                                    \
    "apiVersion: tekton.dev/v1beta1\nkind: StepAction\nmetadata: {name: say}\n"                                        \
    "spec: {params: [{name: text}], results: [{name: out}], image: i}"
#define PIPELINE             HEAD("Pipeline") "spec: {params: [{name: text}], workspaces: [{name: w}], tasks: [" CALL("") "]}"
#define TASK_REF(ref)        HEAD("TaskRun") "spec: {taskRef: " ref "}"
#define RESOLVER(by, params) TASK_REF("{resolver: " by ", params: [" params "]}")
#define NAMED(name, value)   "{name: " name ", value: '" value "'}"
#define URL(path)            RESOLVER("http", NAMED("url", path))
#define CONTENT              "/api/v1/assets/mine/component/known/versions/1.0.0/content"

static struct lint_report known_linted(struct arena *a, const char *text)
{
    static const struct {
        const char *key, *text; /* NULL: the hub does not have it */
    } hub[] = {
        {"known", KNOWN_TASK},     {"say", STEP_ACTION}, {"whole", PIPELINE},
        {"unreadable", "a: ["},    {"elsewhere", NULL},  {"broken", HEAD("Task") "spec: {}"},
        {"other", "kind: Secret"}, {"nowhere", NULL},    {"two", KNOWN_TASK KNOWN_TASK},
    };
    enum { COUNT = sizeof hub / sizeof hub[0] };
    struct graph_known known[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        known[i] = (struct graph_known){.key = str_of(hub[i].key),
                                        .found = hub[i].text != NULL,
                                        .text = hub[i].text ? str_of(hub[i].text) : STR_NONE,
                                        .namespace = STR("mine"),
                                        .name = str_of(hub[i].key),
                                        .version = STR("1.0.0")};
    struct lint_options options = {.gate = GATE_BETA, .known = known, .known_count = COUNT};
    struct lint_report report;
    lint_text(a, str_of(text), &options, &report);
    assert_int_equal(report.missing_count, 0);
    return report;
}

#define PIPE(tasks)       HEAD("Pipeline") "spec: {workspaces: [{name: w}], tasks: [" tasks "]}"
#define STEPS(step, more) HEAD("Task") "spec: {steps: [{name: a, ref: {name: say}, params: [" step "]}" more "]}"

/* Each with the code, path and number of what is wrong. */
static void what_a_hub_knows_is_compared(void **state)
{
    static const struct {
        const char *code, *path, *text;
    } cases[] = {
        {NULL, NULL, PIPE(CALL(""))},
        {"param_required", "spec.tasks[0]", PIPE("{name: a, taskRef: {name: known}, workspaces: [{name: w}]}")},
        {"param_type", "spec.tasks[0].params[0]",
         PIPE("{name: a, taskRef: {name: known}, workspaces: [{name: w}], params: [{name: text, value: [x]}]}")},
        {"param_unknown", "spec.tasks[0].params[1]",
         PIPE("{name: a, taskRef: {name: known}, workspaces: [{name: w}], params: [{name: text, value: x}, {name: z, "
              "value: x}]}")},
        {"result_unknown", "spec.tasks[1]",
         PIPE(CALL("") ", {name: b, taskRef: {name: elsewhere}, params: [{name: p, value: $(tasks.a.results.no)}]}")},
        {"workspace_unknown", "spec.tasks[0].workspaces[1]",
         PIPE("{name: a, taskRef: {name: known}, params: [{name: text, value: x}], workspaces: [{name: w}, {name: v, "
              "workspace: w}]}")},
        {"param_required", "spec",
         HEAD("PipelineRun") "spec: {pipelineRef: {name: whole}, workspaces: [{name: w, emptyDir: {}}]}"},
        {"workspace_unbound", "spec",
         HEAD("PipelineRun") "spec: {pipelineRef: {name: whole}, params: [{name: text, value: x}]}"},
        {NULL, NULL, STEPS("{name: text, value: x}", "")},
        {"param_required", "spec.steps[0]", STEPS("", "")},
        {"param_unknown", "spec.steps[0].params[1]", STEPS("{name: text, value: x}, {name: z, value: x}", "")},
        {"result_unknown", "spec.steps[1]",
         STEPS("{name: text, value: x}", ", {name: b, " IMAGE ", args: [$(steps.a.results.no)]}")},
        {NULL, NULL, STEPS("{name: text, value: x}", ", {name: b, " IMAGE ", args: [$(steps.a.results.out)]}")},
        /* another kind, and what is no Task that can be read: not known */
        {NULL, NULL, TASK_REF("{name: say}")},
        {NULL, NULL, TASK_REF("{name: broken}")},
        {NULL, NULL, TASK_REF("{name: unreadable}")},
        {NULL, NULL, TASK_REF("{name: two}")},
        {NULL, NULL, TASK_REF("{name: other}")},
        {NULL, NULL, TASK_REF("{name: nowhere}")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lint_report r = known_linted(*state, cases[i].text);
        assert_int_equal(r.documents[0].verdict, TEKTON_ACCEPTED);
        assert_int_equal(r.problems.count, cases[i].code != NULL);
        if (cases[i].code) {
            assert_str(r.problems.list[0].code, cases[i].code);
            assert_str(r.problems.list[0].path, cases[i].path);
            assert_true(r.problems.list[0].hint.n > 0);
        }
    }
}

static void a_step_fails_by_a_parameter_that_its_action_does_not_know(void **state)
{
    struct lint_report r = known_linted(*state, STEPS("{name: text, value: x}, {name: z, value: x}", ""));
    assert_int_equal(r.problems.list[0].severity, SEVERITY_ERROR);
    r = known_linted(*state, TASK_REF("{name: known}, workspaces: [{name: w, emptyDir: {}}], params: [{name: text, "
                                      "value: x}, {name: z, value: x}]"));
    assert_int_equal(r.problems.list[0].severity, SEVERITY_WARNING);
    assert_str(r.problems.list[0].hint, "compared with mine/known@1.0.0");
}

static void what_stands_in_the_text_comes_before_what_a_hub_knows(void **state)
{
    const char *mine = HEAD("Task") "spec: {steps: [{" IMAGE "}]}\n---\n";
    const char *text = str_printf(*state, "%s%s", mine, TASK_REF("{name: x}")).p;
    struct lint_report r = linted(*state, text, GATE_BETA, false);
    assert_int_equal(r.missing_count, 0);
    assert_int_equal(r.problems.count, 0);
}

static void references_have_keys_of_a_hub(void **state)
{
    static const struct {
        const char *key, *text;
    } cases[] = {
        {"known", TASK_REF("{name: known}")},
        {"known", HEAD("PipelineRun") "spec: {pipelineRef: {name: known}}"},
        {"known", HEAD("Task") "spec: {steps: [{ref: {name: known}}]}"},
        {"known", RESOLVER("hub", NAMED("name", "known"))},
        {"known@1.0", RESOLVER("hub", NAMED("name", "known") "," NAMED("version", "1.0") "," NAMED("kind", "task"))},
        {"known", RESOLVER("hub", NAMED("name", "known") "," NAMED("url", ORIGIN "/"))},
        {DIGEST, RESOLVER("http", NAMED("url", "https://elsewhere/a.yaml") "," NAMED("digest", DIGEST))},
        {"mine/known@1.0.0", URL(ORIGIN CONTENT)},
        {NULL, TASK_REF("{name: known, apiVersion: example.org/v1, kind: Wait}")},
        {NULL, RESOLVER("hub", NAMED("name", "known") "," NAMED("version", ">= 1.0"))},
        {NULL, RESOLVER("hub", NAMED("name", "known") "," NAMED("kind", "pipeline"))},
        {NULL, RESOLVER("hub", NAMED("name", "known") "," NAMED("url", "https://elsewhere"))},
        {NULL, RESOLVER("hub", NAMED("name", "mine/known"))},
        {NULL, RESOLVER("git", NAMED("name", "known"))},
        {NULL, RESOLVER("http", NAMED("url", "https://elsewhere/a.yaml") "," NAMED("digest", "sha256:12"))},
        {NULL, URL("https://elsewhere" CONTENT)},
        {NULL, URL(ORIGIN ".elsewhere" CONTENT)},
        {NULL, URL(ORIGIN CONTENT "/more")},
        {NULL, URL(ORIGIN CONTENT "?path=other")},
        {NULL, URL(ORIGIN "/api/v1/assets//component/known/versions/1.0.0/content")},
        {NULL, URL(ORIGIN "/api/v1/assets/mine/component/known/versions/1.0.0")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lint_options options = {.gate = GATE_BETA, .origin = STR(ORIGIN)};
        struct lint_report r;
        lint_text(*state, str_of(cases[i].text), &options, &r);
        assert_int_equal(r.documents[0].verdict, TEKTON_ACCEPTED);
        assert_int_equal(r.missing_count, cases[i].key != NULL);
        if (cases[i].key)
            assert_str(r.missing[0], cases[i].key);
        options.tekton_only = true;
        lint_text(*state, str_of(cases[i].text), &options, &r);
        assert_int_equal(r.missing_count, 0);
    }
}

static void no_more_than_so_many_references_are_looked_up(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    for (int i = 0; i < 2 * (LINT_MAX_LOOKUPS + 50); i++) /* each twice */
        buf_printf(&b, TASK_REF("{name: t%d}") "\n---\n", i / 2);
    struct lint_report r = linted(*state, str_cstr(*state, buf_take(&b)), GATE_BETA, false);
    assert_int_equal(r.count, 2 * (LINT_MAX_LOOKUPS + 50));
    assert_int_equal(r.missing_count, LINT_MAX_LOOKUPS);
    assert_str(r.missing[LINT_MAX_LOOKUPS - 1], "t199");
    assert_int_equal(r.problems.count, 0);
}

#define CLAIMS(first, second)                                                                                          \
    HEAD("PipelineRun")                                                                                                \
    "spec:\n  workspaces: [{name: a, " first "}, {name: b, " second "}]\n  pipelineSpec:\n"                            \
    "    workspaces: [{name: a}, {name: b}]\n    tasks: [{name: t, taskRef: {name: x}, workspaces: [{name: a}, "       \
    "{name: p, workspace: b}]}]\n"

static void one_task_takes_one_claim(void **state)
{
    static const struct {
        const char *text;
        bool second;
    } cases[] = {
        {CLAIMS("persistentVolumeClaim: {claimName: x}", "persistentVolumeClaim: {claimName: z}"), true},
        {CLAIMS("persistentVolumeClaim: {claimName: x}", "volumeClaimTemplate: {spec: {}}"), true},
        {CLAIMS("persistentVolumeClaim: {claimName: x}, subPath: a", "persistentVolumeClaim: {claimName: x}"), false},
        {CLAIMS("persistentVolumeClaim: {claimName: x}", "emptyDir: {}"), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lint_report r = linted(*state, cases[i].text, GATE_BETA, false);
        assert_int_equal(r.documents[0].verdict, TEKTON_ACCEPTED);
        assert_int_equal(with_code(&r, "second_claim") != NULL, cases[i].second);
    }
}

static void results_have_to_fit_into_the_termination_message(void **state)
{
    struct buf b;
    for (int count = 60; count <= 120; count += 60) {
        buf_init(&b, *state, 0);
        buf_cstr(&b, HEAD("Task") "spec:\n  steps: [{" IMAGE "}]\n  results:\n");
        for (int i = 0; i < count; i++)
            buf_printf(&b, "  - {name: result-%03d}\n", i);
        struct lint_report r = linted(*state, str_cstr(*state, buf_take(&b)), GATE_BETA, false);
        assert_int_equal(with_code(&r, "results_too_large") != NULL, count == 120);
    }
}

static void what_can_be_mended_has_a_fix(void **state)
{
    struct lint_report r = linted(*state,
                                  TASKS("{name: a, taskRef: {name: known}, workspaces: [{name: w}], params: "
                                        "[{name: text, value: x}, {name: z, value: x}]}"),
                                  GATE_BETA, false);
    assert_str(node_to_json(*state, with_code(&r, "param_unknown")->fix),
               "[{\"op\":\"remove\",\"path\":\"/spec/tasks/0/params/1\"}]");
    r = linted(*state, "apiVersion: tekton.dev/v1beta1\nkind: Task\nmetadata: {name: x}\nspec: {steps: [{" IMAGE "}]}",
               GATE_BETA, false);
    assert_str(node_to_json(*state, with_code(&r, "deprecated_version")->fix),
               "[{\"op\":\"replace\",\"path\":\"\",\"value\":{\"apiVersion\":\"tekton.dev/v1\",\"kind\":\"Task\","
               "\"metadata\":{\"name\":\"x\"},\"spec\":{\"steps\":[{\"image\":\"i@sha256:1\"}]}}}]");
    r = linted(*state,
               "apiVersion: tekton.dev/v1beta1\nkind: Task\nmetadata: {name: x}\nspec: {steps: [{" IMAGE
               ", tty: true}]}",
               GATE_BETA, false);
    assert_null(with_code(&r, "deprecated_version")->fix); /* it would lose something */
}

static void a_parameter_that_any_step_uses_is_used(void **state)
{
    struct lint_report r = linted(*state,
                                  HEAD("Task") "spec:\n  params: [{name: a}, {name: b.c}, {name: d, type: array}]\n"
                                               "  steps: [{image: $(params.a), args: ['$(params[\"b.c\"])', "
                                               "'$(params.d[*])']}]\n",
                                  GATE_BETA, false);
    assert_null(with_code(&r, "unused_param"));
    assert_int_equal(r.problems.count, 0);
}

static void what_cannot_be_read_has_one_problem(void **state)
{
    struct lint_report r = linted(*state, "a: [", GATE_BETA, true);
    assert_error(r.unreadable.status, &r.unreadable, ERR_SYNTAX, "yaml_syntax");
    assert_int_equal(r.problems.count, 1);
    r = linted(*state, "a: 1\na: 2", GATE_BETA, true);
    assert_error(r.unreadable.status, &r.unreadable, ERR_SYNTAX, "yaml_duplicate_key");
    assert_str(r.problems.list[0].code, "yaml_duplicate_key");
    r = linted(*state, "", GATE_BETA, true);
    assert_int_equal(r.count, 0);
    assert_int_equal(r.unreadable.status, OK);
}

static void json_keeps_its_lines_and_its_numbers(void **state)
{
    struct lint_report r =
        linted(*state,
               "{\"apiVersion\": \"tekton.dev/v1\", \"kind\": \"TaskRun\",\n\"metadata\": {\"name\": "
               "\"x\"},\n\"spec\": {\"taskRef\": {\"name\": \"t\"},\n\"retries\": 1.0}}",
               GATE_BETA, true);
    assert_int_equal(r.documents[0].verdict, TEKTON_UNDECODABLE);
    assert_int_equal(r.problems.list[0].line, 4);
    r = linted(*state, HEAD("TaskRun") "spec: {taskRef: {name: t}, retries: 1.0}", GATE_BETA, true);
    assert_int_equal(r.documents[0].verdict, TEKTON_ACCEPTED);
}

struct work {
    struct arena *a;
    const char *text;
};

static enum status lint_work(void *arg)
{
    struct work *w = arg;
    struct lint_options options = {.gate = GATE_ALPHA};
    struct lint_report report;
    lint_text(w->a, str_of(w->text), &options, &report);
    return OK;
}

static void each_allocation_may_fail(void **state)
{
    long count = 0;
    (void)state;
    for (bool failed = true; failed; count++) {
        struct work w = {arena_new(0), HEAD("TaskRun") "spec:\n  params: [{name: a, value: {k: v}}]\n  taskSpec:\n"
                                                       "    stepTemplate: {env: [{name: E, value: v}]}\n    steps:\n"
                                                       "    - {image: i, env: [{name: E}], script: $(params.a.k)}\n"
                                                       "    - {image: j, when: [{cel: \"'a' == 1\"}], onError: x}\n"};
        arena_fail_at(count + 1);
        enum status s = arena_guard(w.a, lint_work, &w);
        failed = arena_count() > count;
        arena_fail_at(0);
        assert_true(s == OK || s == ERR_NOMEM);
        arena_free(w.a);
    }
    assert_true(count > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(each_document_has_a_verdict),
        with_arena(a_path_of_tekton_finds_its_line),
        with_arena(our_own_checks_tell_what_tekton_takes),
        with_arena(a_parameter_that_any_step_uses_is_used),
        with_arena(what_cannot_be_read_has_one_problem),
        with_arena(json_keeps_its_lines_and_its_numbers),
        with_arena(tasks_of_the_same_text_are_looked_up),
        with_arena(what_a_hub_knows_is_compared),
        with_arena(a_step_fails_by_a_parameter_that_its_action_does_not_know),
        with_arena(what_stands_in_the_text_comes_before_what_a_hub_knows),
        with_arena(references_have_keys_of_a_hub),
        with_arena(no_more_than_so_many_references_are_looked_up),
        with_arena(one_task_takes_one_claim),
        with_arena(results_have_to_fit_into_the_termination_message),
        with_arena(what_can_be_mended_has_a_fix),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
