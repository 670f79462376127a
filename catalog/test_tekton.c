#include "catalog/test_support.h"

#define TASK     "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\n"
#define PIPELINE "apiVersion: tekton.dev/v1\nkind: Pipeline\nmetadata: {name: p}\n"
#define RUN      "apiVersion: tekton.dev/v1\nkind: PipelineRun\nmetadata: {name: r}\n"

static void a_task_gives_params_results_and_workspaces_as_ports(void **state)
{
    static const char text[] = "apiVersion: tekton.dev/v1beta1\nkind: Task\n"
                               "metadata:\n  name: git-clone\n  labels: {app.kubernetes.io/version: \"0.9\"}\n"
                               "  annotations: {tekton.dev/displayName: git clone, tekton.dev/tags: \"git, clone\", "
                               "tekton.dev/pipelines.minVersion: 0.38.0}\n"
                               "spec:\n  description: Clones.\n"
                               "  params:\n  - {name: url, description: where}\n  - {name: depth, default: \"1\"}\n"
                               "  - {name: paths, type: array, default: [a]}\n  - {name: more, default: [b]}\n"
                               "  - {name: who, type: object, properties: {name: {type: string}}}\n"
                               "  results:\n  - {name: commit, description: sha}\n  - {name: files, type: array}\n"
                               "  workspaces: [{name: output}, {name: keys, optional: true}, {name: url}]\n"
                               "  steps:\n  - {name: clone, image: alpine/git}\n  - {name: also, ref: {name: other}}\n";
    static const struct {
        const char *name, *type;
        bool has_default;
        bool optional;
    } wanted[] = {{"url", "String", false, false},     {"depth", "String", true, false},
                  {"paths", "JsonArray", true, false}, {"more", "JsonArray", true, false},
                  {"who", "JsonObject", false, false}, {"output", "Workspace", false, false},
                  {"keys", "Workspace", false, true},  {"workspaces.url", "Workspace", false, false}};
    (void)state;
    struct upload u = accepted(text, FORMAT_TEKTON_TASK);
    assert_int_equal(u.p.kind, KIND_COMPONENT);
    assert_str(u.p.title, "git clone");
    assert_str(u.p.version, "0.9");
    assert_str(u.p.description, "Clones.");
    assert_int_equal(u.p.tag_count, 2);
    assert_str(fact(&u, "min_tekton_version"), "0.38.0");
    assert_str(fact(&u, "workspaces"), "[\"output\",\"keys\",\"url\"]");
    assert_str(fact(&u, "step_actions"), "[\"other\"]");
    assert_int_equal(u.p.interface.input_count, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < u.p.interface.input_count; i++) {
        const struct port *p = &u.p.interface.inputs[i];
        assert_str(p->name, wanted[i].name);
        assert_str(p->type, wanted[i].type);
        assert_int_equal(p->default_value != NULL, wanted[i].has_default);
        assert_int_equal(p->optional, wanted[i].optional);
    }
    assert_int_equal(u.p.interface.output_count, 5);
    assert_str(u.p.interface.outputs[2].name, "output");
    assert_str(u.p.interface.outputs[2].type, "Workspace");
    assert_str(u.p.interface.outputs[4].name, "url");
    assert_str(u.p.interface.outputs[0].type, "String");
    assert_str(u.p.interface.outputs[1].type, "JsonArray");
    done(&u);
}

static void a_stepaction_is_a_component(void **state)
{
    (void)state;
    struct upload u = accepted("apiVersion: tekton.dev/v1beta1\nkind: StepAction\nmetadata: {name: s}\n"
                               "spec: {image: bash, params: [{name: a}], results: [{name: b}], script: x}",
                               FORMAT_TEKTON_STEPACTION);
    assert_str(u.p.interface.inputs[0].name, "a");
    assert_str(u.p.interface.outputs[0].name, "b");
    assert_str(fact(&u, "images"), "[\"bash\"]");
    done(&u);
    refused_text("apiVersion: tekton.dev/v1beta1\nkind: StepAction\nmetadata: {name: s}\nspec: {script: x}",
                 "missing_field", "/spec/image");
}

static void a_pipeline_gives_params_and_results(void **state)
{
    (void)state;
    struct upload u = accepted(PIPELINE "spec:\n  params: [{name: a, default: x}]\n"
                                        "  results: [{name: r, value: $(tasks.t.results.r)}]\n"
                                        "  tasks: [{name: t, taskRef: {name: git-clone}}]\n"
                                        "  finally: [{name: u, taskSpec: {steps: [{image: i}]}}]\n",
                               FORMAT_TEKTON_PIPELINE);
    assert_int_equal(u.p.kind, KIND_PIPELINE);
    assert_str(node_text(u.p.interface.inputs[0].default_value), "x");
    assert_str(u.p.interface.outputs[0].type, "");
    assert_str(fact(&u, "task_refs"), "[\"git-clone\"]");
    assert_str(fact(&u, "images"), "[\"i\"]");
    assert_str(fact(&u, "tasks"), "2");
    done(&u);
}

static void what_a_run_binds_is_the_default_and_kfps_note_gives_types(void **state)
{
    static const char text[] =
        "apiVersion: tekton.dev/v1\nkind: PipelineRun\nmetadata:\n  generateName: train-\n  annotations:\n"
        "    pipelines.kubeflow.org/pipeline_spec: '{\"name\": \"Train it\", \"description\": \"Trains.\", \"inputs\": "
        "[{\"name\": \"n\", \"type\": \"Integer\", \"optional\": true}]}'\n"
        "spec:\n  params: [{name: n, value: '7'}, {name: extra, value: [a]}]\n"
        "  pipelineSpec:\n    params: [{name: n, default: '1'}, {name: m}]\n"
        "    tasks:\n    - {name: loop, taskSpec: {apiVersion: custom.tekton.dev/v1alpha1, kind: PipelineLoop}}\n";
    (void)state;
    struct upload u = accepted(text, FORMAT_TEKTON_PIPELINERUN);
    assert_str(u.p.title, "Train it");
    assert_str(u.p.description, "Trains.");
    assert_int_equal(u.p.interface.input_count, 3);
    assert_str(u.p.interface.inputs[0].type, "Integer");
    assert_str(node_text(u.p.interface.inputs[0].default_value), "7");
    assert_true(u.p.interface.inputs[0].optional);
    assert_null(u.p.interface.inputs[1].default_value);
    assert_str(u.p.interface.inputs[2].type, "JsonArray");
    assert_str(fact(&u, "custom_tasks"), "[\"custom.tekton.dev/v1alpha1 PipelineLoop\"]");
    done(&u);
    u = accepted("apiVersion: tekton.dev/v1\nkind: PipelineRun\nmetadata: {generateName: train-}\n"
                 "spec: {pipelineRef: {name: train}}",
                 FORMAT_TEKTON_PIPELINERUN);
    assert_str(u.p.title, "train");
    assert_str(fact(&u, "pipeline_ref"), "train");
    done(&u);
}

static void broken_tekton_objects_are_refused_where_they_are_broken(void **state)
{
    static const struct {
        const char *text, *code, *path;
    } cases[] = {
        {"apiVersion: tekton.dev/v1\nkind: Task\nspec: {steps: [{image: i}]}", "missing_field", "/metadata/name"},
        {TASK, "missing_field", "/spec"},
        {TASK "spec: [a]", "wrong_type", "/spec"},
        {TASK "spec: {params: []}", "missing_field", "/spec/steps"},
        {TASK "spec: {steps: []}", "missing_field", "/spec/steps"},
        {TASK "spec: {steps: [{script: x}]}", "missing_field", "/spec/steps/0/image"},
        {TASK "spec: {steps: [x]}", "wrong_type", "/spec/steps/0"},
        {TASK "spec: {steps: [{image: i}], params: [{type: string}]}", "missing_field", "/spec/params/0/name"},
        {TASK "spec: {steps: [{image: i}], params: [a]}", "wrong_type", "/spec/params/0"},
        {TASK "spec: {steps: [{image: i}], params: [{name: a}, {name: a}]}", "duplicate_name", "/spec/params/1/name"},
        {TASK "spec: {steps: [{image: i}], params: [{name: a, type: strnig}]}", "unknown_type", "/spec/params/0/type"},
        {TASK "spec: {steps: [{image: i}], params: [{name: a, type: array, default: x}]}", "bad_default",
         "/spec/params/0/default"},
        {TASK "spec: {steps: [{image: i}], params: [{name: a, type: string, default: [x]}]}", "bad_default",
         "/spec/params/0/default"},
        {TASK "spec: {steps: [{image: i}], results: [{name: a}, {name: a}]}", "duplicate_name", "/spec/results/1/name"},
        {TASK "spec: {steps: [{image: i}], resources: {inputs: []}}", "removed_field", "/spec/resources"},
        {PIPELINE "spec: {tasks: []}", "missing_field", "/spec/tasks"},
        {PIPELINE "spec: {tasks: [a]}", "wrong_type", "/spec/tasks/0"},
        {PIPELINE "spec: {tasks: [{taskRef: {name: a}}]}", "missing_field", "/spec/tasks/0/name"},
        {PIPELINE "spec: {tasks: [{name: a}]}", "missing_implementation", "/spec/tasks/0"},
        {PIPELINE "spec: {tasks: [{name: a, taskRef: {name: b}, taskSpec: {steps: []}}]}", "two_implementations",
         "/spec/tasks/0"},
        {PIPELINE "spec: {tasks: [{name: a, taskRef: {name: b}}, {name: a, taskRef: {name: b}}]}", "duplicate_name",
         "/spec/tasks/1/name"},
        {PIPELINE "spec: {tasks: [{name: a, taskRef: {name: b}}], finally: [{name: a, taskRef: {name: b}}]}",
         "duplicate_name", "/spec/finally/0/name"},
        {RUN "spec: {params: []}", "missing_implementation", "/spec"},
        {RUN "spec: {pipelineRef: {name: a}, pipelineSpec: {tasks: [{name: a, taskRef: {name: b}}]}}",
         "two_implementations", "/spec"},
        {RUN "spec: {pipelineSpec: {tasks: []}}", "missing_field", "/spec/pipelineSpec/tasks"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused_text(cases[i].text, cases[i].code, cases[i].path);
}

static void other_versions_and_relatives_are_named(void **state)
{
    static const struct {
        const char *text, *code, *hint;
    } cases[] = {
        {"apiVersion: tekton.dev/v1alpha1\nkind: Task\nmetadata: {name: a}", "unsupported_version",
         "use apiVersion: tekton.dev/v1"},
        {"apiVersion: tekton.dev/v1beta1\nkind: ClusterTask\nmetadata: {name: a}", "unsupported_kind",
         "change kind to Task"},
        {"apiVersion: tekton.dev/v1\nkind: TaskRun\nmetadata: {name: a}", "unsupported_kind",
         "publish the Task that it runs"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct upload u = upload_text(cases[i].text);
        assert_string_equal(u.e.code, cases[i].code);
        assert_string_equal(u.e.hint, cases[i].hint);
        done(&u);
    }
    refused_text(TASK "spec: {steps: [{image: i}]}\n---\n" PIPELINE, "several_documents", NULL);
    refused_text("kind: Task\nmetadata: {name: a}", "missing_field", NULL);
    refused_text("apiVersion: tekton.dev/v1\nmetadata: {name: a}", "missing_field", NULL);
}

static void many_tasks_are_compared_in_little_time(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b;
    buf_init(&b, a, 0);
    buf_cstr(&b, PIPELINE "spec:\n  tasks:\n");
    for (int i = 0; i < 20000; i++)
        buf_printf(&b, "  - {name: t%d, taskRef: {name: a}}\n", i);
    struct upload u = upload_bytes(buf_take(&b), "", NULL);
    assert_int_equal(u.s, OK);
    assert_str(fact(&u, "tasks"), "20000");
    done(&u);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_gives_params_results_and_workspaces_as_ports),
        cmocka_unit_test(a_stepaction_is_a_component),
        cmocka_unit_test(a_pipeline_gives_params_and_results),
        cmocka_unit_test(what_a_run_binds_is_the_default_and_kfps_note_gives_types),
        cmocka_unit_test(broken_tekton_objects_are_refused_where_they_are_broken),
        cmocka_unit_test(other_versions_and_relatives_are_named),
        cmocka_unit_test(many_tasks_are_compared_in_little_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
