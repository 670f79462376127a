#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "pipeline-creator/launch/launch.h"

static const struct str images[] = {{"docker.io/library/", 18}, {"ghcr.io/us/", 11}};
static const struct str accounts[] = {{"trainer", 7}};
static const struct str secrets[] = {{"allowed", 7}};

/* The first problem's code, or "" when the manifest may be launched. */
static const char *verdict(const char *spec, bool with_images)
{
    static char code[64];
    struct arena *a = arena_new(0);
    struct node *run;
    struct err e = {0};
    struct problems ps;
    problems_init(&ps, a);
    struct str text = str_printf(a, "{apiVersion: tekton.dev/v1, kind: PipelineRun, spec: %s}", spec);
    if (node_parse_yaml(a, text, &run, &e) != OK)
        fail_msg("%s: %s", spec, e.message);
    struct launch_policy p = {images, with_images ? 2 : 0, accounts, 1, secrets, 1};
    enum status s = launch_check(a, &p, run, &ps);
    assert_int_equal(s, ps.errors ? ERR_DENIED : OK);
    snprintf(code, sizeof code, "%.*s", STR_ARG(ps.count ? ps.list[0].code : STR_NONE));
    arena_free(a);
    return code;
}

#define STEP(fields)   "{pipelineSpec: {tasks: [{name: a, taskSpec: {steps: [{image: x, " fields "}]}}]}}"
#define TASK(fields)   "{pipelineSpec: {tasks: [{name: a, taskSpec: {" fields "}}]}}"
#define POD(fields)    "{taskRunTemplate: {podTemplate: {" fields "}}}"
#define FINALLY(field) "{pipelineSpec: {tasks: [], finally: [{name: a, taskSpec: {steps: [{image: x, " field "}]}}]}}"

static const struct {
    const char *spec, *code;
} table[] = {
    {STEP("script: echo"), ""},
    {STEP("securityContext: {runAsUser: 1000, runAsNonRoot: true, capabilities: {drop: [ALL]}}"), ""},
    {STEP("securityContext: {privileged: false, allowPrivilegeEscalation: false}"), ""},
    {STEP("securityContext: {privileged: true}"), "policy_privileged"},
    {STEP("securityContext: {privileged: 'yes'}"), "policy_privileged"},
    {STEP("securityContext: {allowPrivilegeEscalation: true}"), "policy_privileged"},
    {STEP("securityContext: {capabilities: {add: [NET_ADMIN]}}"), "policy_capability"},
    {STEP("securityContext: {capabilities: {add: NET_ADMIN}}"), "policy_capability"},
    {STEP("securityContext: {procMount: Unmasked}"), "policy_field"},
    {STEP("securityContext: {seccompProfile: {type: Unconfined}}"), "policy_privileged"},
    {STEP("securityContext: {seccompProfile: {type: RuntimeDefault}}"), ""},
    {STEP("env: [{name: A, valueFrom: {secretKeyRef: {name: allowed, key: k}}}]"), ""},
    {STEP("env: [{name: A, valueFrom: {secretKeyRef: {name: other, key: k}}}]"), "policy_secret"},
    {STEP("envFrom: [{secretRef: {name: other}}]"), "policy_secret"},
    {STEP("ports: [{hostPort: 80}]"), "policy_host_network"},
    {STEP("volumeDevices: [{name: d, devicePath: /dev/x}]"), "policy_volume"},
    {STEP("ref: {name: action}"), "policy_reference"},
    {FINALLY("securityContext: {privileged: true}"), "policy_privileged"},
    {TASK("sidecars: [{image: x, securityContext: {privileged: true}}]"), "policy_privileged"},
    {TASK("stepTemplate: {securityContext: {privileged: true}}"), "policy_privileged"},
    {TASK("volumes: [{name: v, emptyDir: {}}, {name: w, persistentVolumeClaim: {claimName: c}}]"), ""},
    {TASK("volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {}}}}]"), ""},
    {TASK("volumes: [{name: v, persistentVolumeClaim: {claimName: $(params.kubernetes-1)}}]"), ""},
    {TASK("volumes: [{name: v, secret: {secretName: $(params.kubernetes-1)}}]"), "policy_secret"},
    {TASK("volumes: [{name: v, image: {reference: x}}]"), "policy_volume"},
    {TASK("sidecars: [{image: x, readinessProbe: {httpGet: {port: 80, path: /}}}]"), ""},
    {TASK("sidecars: [{image: x, readinessProbe: {httpGet: {port: 80, host: 10.0.0.1}}}]"), "policy_host_network"},
    {TASK("sidecars: [{image: x, lifecycle: {preStop: {tcpSocket: {port: 80, host: a}}}}]"), "policy_host_network"},
    {TASK("sidecars: [{image: x, env: [{name: A, valueFrom: {secretKeyRef: {name: other, key: k}}}]}]"),
     "policy_secret"},
    {TASK("volumes: [{name: v, hostPath: {path: /}}]"), "policy_host_path"},
    {TASK("volumes: [{name: v, secret: {secretName: other}}]"), "policy_secret"},
    {TASK("volumes: [{name: v, secret: {secretName: allowed}}]"), ""},
    {TASK("volumes: [{name: v, projected: {sources: [{secret: {name: other}}]}}]"), "policy_secret"},
    {TASK("volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]"), "policy_volume"},
    {TASK("volumes: [{name: v, nfs: {server: s, path: /}}]"), "policy_volume"},
    {TASK("volumes: [{name: v, aVolumeOfTheFuture: {}}]"), "policy_volume"},
    {TASK("volumes: [{name: v, csi: {driver: d}}]"), "policy_volume"},
    {"{workspaces: [{name: w, volumeClaimTemplate: {}, subPath: a}]}", ""},
    {"{workspaces: [{name: w, secret: {secretName: other}}]}", "policy_secret"},
    {"{workspaces: [{name: w, csi: {driver: d}}]}", "policy_volume"},
    {POD("nodeSelector: {a: b}, tolerations: [], affinity: {}"), ""},
    {POD("hostNetwork: true"), "policy_host_network"},
    {POD("hostNetwork: false"), ""},
    {POD("hostPID: true"), "policy_host_network"},
    {POD("hostIPC: true"), "policy_host_network"},
    {POD("hostUsers: true"), "policy_host_network"},
    {POD("automountServiceAccountToken: true"), "policy_service_account"},
    {POD("volumes: [{name: v, hostPath: {path: /etc}}]"), "policy_host_path"},
    {POD("securityContext: {sysctls: []}"), "policy_field"},
    {POD("imagePullSecrets: [{name: other}]"), "policy_secret"},
    {POD("priorityClassName: system-node-critical"), "policy_field"},
    {POD("schedulerName: mine"), "policy_field"},
    {POD("aFieldOfTheFuture: 1"), "policy_field"},
    {"{taskRunTemplate: {serviceAccountName: default}}", ""},
    {"{taskRunTemplate: {serviceAccountName: trainer}}", ""},
    {"{taskRunTemplate: {serviceAccountName: admin}}", "policy_service_account"},
    {"{serviceAccountName: admin}", "policy_service_account"},
    {"{podTemplate: {hostNetwork: true}}", "policy_host_network"},
    {"{taskRunSpecs: [{pipelineTaskName: a, serviceAccountName: admin}]}", "policy_service_account"},
    {"{taskRunSpecs: [{pipelineTaskName: a, podTemplate: {nodeSelector: {a: b}, tolerations: [], affinity: {}}}]}", ""},
    {"{taskRunSpecs: [{pipelineTaskName: a, podTemplate: {imagePullSecrets: [{name: other}]}}]}", "policy_secret"},
    {"{taskRunSpecs: [{pipelineTaskName: a, podTemplate: {hostNetwork: true}}]}", "policy_host_network"},
    {"{taskRunSpecs: [{pipelineTaskName: a, taskPodTemplate: {hostNetwork: true}}]}", "policy_host_network"},
    {"{pipelineRef: {name: p}}", "policy_reference"},
    {"{pipelineSpec: {tasks: [{name: a, taskRef: {name: t}}]}}", "policy_reference"},
    {"{pipelineSpec: {tasks: [{name: a, taskSpec: {apiVersion: x/v1, kind: Loop, spec: {}}}]}}", "policy_reference"},
};

static void the_table_is_followed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *code = verdict(table[i].spec, false);
        if (!str_is(str_of(code), table[i].code))
            fail_msg("%s gave \"%s\", not \"%s\"", table[i].spec, code, table[i].code);
    }
}

#define IMAGE(name) "{pipelineSpec: {tasks: [{name: a, taskSpec: {steps: [{image: '" name "'}]}}]}}"

static void images_must_begin_as_the_list_says(void **state)
{
    (void)state;
    assert_string_equal(verdict(IMAGE("docker.io/library/python:3"), true), "");
    assert_string_equal(verdict(IMAGE("evil.io/docker.io/library/python"), true), "policy_image");
    assert_string_equal(verdict(IMAGE("docker.io"), true), "policy_image");
    assert_string_equal(verdict(IMAGE("docker.io/library/$(params.x)"), true), "policy_image");
    assert_string_equal(verdict(IMAGE("anything"), false), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_followed),
        cmocka_unit_test(images_must_begin_as_the_list_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
