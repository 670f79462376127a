#include "base/testing.h"
#include "pipeline-creator/tekton/admit.h"
#include "pipeline-creator/tekton/convert.h"
#include "pipeline-creator/tekton/decode.h"

static struct node *decoded(struct arena *a, const char *type, const char *text)
{
    struct node *n;
    struct err e = {0};
    struct faults *f = faults_new(a);
    assert_ok(node_parse_yaml(a, str_of(text), &n, &e), &e);
    n = tekton_decode(a, type, n, false, f);
    assert_int_equal(f->count, 0);
    return n;
}

static void converts_to(struct arena *a, const char *type, const char *from, const char *want, bool loses)
{
    bool lost = !loses;
    struct node *wanted;
    struct err e = {0};
    assert_ok(node_parse_yaml(a, str_of(want), &wanted, &e), &e);
    struct node *got = tekton_to_v1(a, decoded(a, type, from), &lost);
    assert_int_equal(lost, loses);
    if (!node_equal(got, wanted))
        assert_str(node_to_json(a, got), str_cstr(a, node_to_json(a, wanted)));
}

#define OLD(kind) "apiVersion: tekton.dev/v1beta1\nkind: " kind "\nmetadata: {name: x}\n"
#define NEW(kind) "apiVersion: tekton.dev/v1\nkind: " kind "\nmetadata: {name: x}\n"

static void resources_of_steps_are_compute_resources(void **state)
{
    converts_to(*state, "v1beta1.Task",
                OLD("Task") "spec:\n"
                            "  resources: {inputs: [{name: git, type: git}]}\n"
                            "  stepTemplate: {name: t, resources: {limits: {cpu: 1}}, tty: true}\n"
                            "  sidecars: [{name: s, resources: {limits: {cpu: 2}}, tty: true}]\n"
                            "  steps: [{name: a, image: i, resources: {limits: {cpu: 3}}, stdin: true}]\n",
                NEW("Task") "spec:\n"
                            "  stepTemplate: {computeResources: {limits: {cpu: '1'}}}\n"
                            "  sidecars: [{name: s, computeResources: {limits: {cpu: '2'}}, tty: true}]\n"
                            "  steps: [{name: a, image: i, computeResources: {limits: {cpu: '3'}}}]\n",
                true);
}

static void what_a_run_says_of_its_pods_moves_to_the_template(void **state)
{
    converts_to(*state, "v1beta1.PipelineRun",
                OLD("PipelineRun") "spec:\n"
                                   "  pipelineRef: {name: p, bundle: b}\n"
                                   "  serviceAccountName: sa\n"
                                   "  podTemplate: {nodeSelector: {a: b}}\n"
                                   "  timeout: 1h\n"
                                   "  taskRunSpecs:\n"
                                   "  - pipelineTaskName: t\n"
                                   "    taskServiceAccountName: other\n"
                                   "    taskPodTemplate: {hostNetwork: true}\n"
                                   "    stepOverrides: [{name: s, resources: {requests: {memory: 1Gi}}}]\n"
                                   "status: {startTime: '2026-01-01T00:00:00Z'}\n",
                NEW("PipelineRun") "spec:\n"
                                   "  pipelineRef: {name: p}\n"
                                   "  taskRunTemplate: {serviceAccountName: sa, podTemplate: {nodeSelector: {a: b}}}\n"
                                   "  timeouts: {pipeline: 1h}\n"
                                   "  taskRunSpecs:\n"
                                   "  - pipelineTaskName: t\n"
                                   "    serviceAccountName: other\n"
                                   "    podTemplate: {hostNetwork: true}\n"
                                   "    stepSpecs: [{name: s, computeResources: {requests: {memory: 1Gi}}}]\n",
                true);
}

static void a_task_run_keeps_its_account_and_its_embedded_task_is_converted(void **state)
{
    converts_to(*state, "v1beta1.TaskRun",
                OLD("TaskRun") "spec:\n"
                               "  serviceAccountName: sa\n"
                               "  sidecarOverrides: [{name: s, resources: {}}]\n"
                               "  taskSpec: {steps: [{image: i, resources: {}}]}\n",
                NEW("TaskRun") "spec:\n"
                               "  serviceAccountName: sa\n"
                               "  sidecarSpecs: [{name: s, computeResources: {}}]\n"
                               "  taskSpec: {steps: [{image: i, computeResources: {}}]}\n",
                false);
}

static void tasks_of_a_pipeline_are_converted_in_both_sections(void **state)
{
    converts_to(*state, "v1beta1.Pipeline",
                OLD("Pipeline") "spec:\n"
                                "  tasks: [{name: a, taskRef: {name: t, bundle: b}, resources: {inputs: []}, matrix: "
                                "{params: []}}]\n"
                                "  finally: [{name: b, taskSpec: {steps: [{image: i, resources: {}}]}}]\n",
                NEW("Pipeline") "spec:\n"
                                "  tasks: [{name: a, taskRef: {name: t}}]\n"
                                "  finally: [{name: b, taskSpec: {steps: [{image: i, computeResources: {}}]}}]\n",
                true);
}

static void other_versions_and_kinds_are_not_converted(void **state)
{
    bool lost;
    assert_null(tekton_to_v1(*state, decoded(*state, "v1.Task", NEW("Task") "spec: {steps: [{image: i}]}"), &lost));
    assert_null(
        tekton_to_v1(*state, decoded(*state, "v1beta1.StepAction", OLD("StepAction") "spec: {image: i}"), &lost));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(resources_of_steps_are_compute_resources),
        with_arena(what_a_run_says_of_its_pods_moves_to_the_template),
        with_arena(a_task_run_keeps_its_account_and_its_embedded_task_is_converted),
        with_arena(tasks_of_a_pipeline_are_converted_in_both_sections),
        with_arena(other_versions_and_kinds_are_not_converted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
