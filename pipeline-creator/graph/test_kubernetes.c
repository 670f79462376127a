/* The annotation `kubernetes`, and the executor configs of KFP's own compiled samples (CORPUS) read through it. */
#include "base/file.h"
#include "base/testing.h"
#include "pipeline-creator/graph/graph.h"

#define ECHO                                                                                                           \
    "{spec: {name: Echo, inputs: [{name: text, default: hello}], outputs: [{name: name, type: String}], "              \
    "implementation: {container: {image: busybox, command: [echo, {inputValue: text}, {outputPath: name}]}}}}"
#define PIPELINE                                                                                                       \
    "{name: P, inputs: [{name: claim, type: String, default: mine}], implementation: {graph: {tasks: {"                \
    "createpvc: {componentRef: " ECHO "}, t: {componentRef: " ECHO ", annotations: {}}}}}}"

struct reading {
    struct graph graph;
    struct problems ps;
    const struct graph_task *task; /* t */
};

static struct node *parse(struct arena *a, const char *text)
{
    struct node *n = NULL;
    struct err e = {0};
    assert_ok(node_parse_yaml(a, str_of(text), &n, &e), &e);
    return n;
}

static struct reading *read_config(struct arena *a, struct node *config)
{
    struct err e = {0};
    struct reading *r = arena_new_of(a, struct reading);
    struct node *document = parse(a, PIPELINE);
    struct node *task = node_path(document, "implementation", "graph", "tasks", "t", NULL);
    node_put(a, node_get(task, "annotations"), "component-hub.dev/kubernetes", config);
    struct graph_input in = {.document = document};
    problems_init(&r->ps, a);
    enum status status = graph_read(a, &in, &r->graph, &r->ps, &e);
    assert_int_equal(status, r->ps.errors ? ERR_INVALID : OK);
    for (size_t i = 0; i < r->ps.count && r->ps.list[i].severity == SEVERITY_ERROR; i++)
        print_message("%.*s: %.*s\n", STR_ARG(r->ps.list[i].code), STR_ARG(r->ps.list[i].message));
    r->task = &r->graph.tasks[1];
    return r;
}

static const struct node *entry(const struct reading *r, const char *list)
{
    return node_at(node_get(r->task->kubernetes, list), 0);
}

static void both_spellings_of_protobuf_are_read(void **state)
{
    struct reading *r = read_config(*state, parse(*state, "{secret_as_env: [{secret_name: s, key_to_env: [{secret_key: "
                                                          "k, env_var: E}]}], active_deadline_seconds: '90', "
                                                          "pod_metadata: {labels: {under_score: kept}}}"));
    assert_int_equal(r->ps.errors, 0);
    assert_str(node_text_of(entry(r, "secretAsEnv"), "name"), "s");
    assert_str(node_text_of(node_at(node_get(entry(r, "secretAsEnv"), "keyToEnv"), 0), "envVar"), "E");
    assert_str(node_text(node_path(r->task->kubernetes, "podMetadata", "labels", "under_score", NULL)), "kept");
    assert_str(r->task->timeout, "90s");
}

static void a_name_from_elsewhere_is_an_input_of_the_task(void **state)
{
    struct reading *r = read_config(
        *state, parse(*state, "{pvcMount: [{componentInputParameter: claim, mountPath: /a}, {taskOutputParameter: "
                              "{producerTask: createpvc, outputParameterKey: name}, mountPath: /b}]}"));
    assert_int_equal(r->ps.errors, 0);
    const struct interface *i = &r->task->component->interface;
    assert_int_equal(r->task->kubernetes_inputs, 2);
    assert_int_equal(i->input_count, 3);
    assert_int_equal(r->task->inputs[1].source, SOURCE_INPUT);
    assert_int_equal(r->task->inputs[2].source, SOURCE_OUTPUT);
    assert_int_equal(r->graph.tasks[0].component->interface.input_count, 1); /* the component itself is as it was */
}

static void a_reference_is_an_order(void **state)
{
    struct node *config =
        parse(*state, "{imagePullSecret: [{secretNameParameter: {taskOutput: {taskId: t, outputName: name}}}]}");
    struct reading *r = read_config(*state, config);
    assert_int_equal(r->ps.errors, 1);
    assert_str(r->ps.list[0].code, "self_reference");
}

static void the_newer_field_for_a_name_counts(void **state)
{
    struct reading *r =
        read_config(*state, parse(*state, "{secretAsVolume: [{secretName: old, secretNameParameter: {runtimeValue: "
                                          "{constant: new}}, mountPath: /a}]}"));
    assert_str(node_text_of(entry(r, "secretAsVolume"), "name"), "new");
}

static struct node *read_file(struct arena *a, const char *name)
{
    const char *corpus = getenv("CORPUS");
    struct str path = str_printf(a, "%s/kfp-ir-kubernetes/%s", corpus ? corpus : "../shared/corpus", name);
    struct str text;
    struct err e = {0};
    struct node **documents = NULL;
    size_t count = 0;
    assert_ok(file_read(a, path.p, 1 << 20, &text, &e), &e);
    assert_ok(node_parse_yaml_stream(a, text, 4, &documents, &count, &e), &e);
    assert_int_equal(count, 2);
    return node_path(documents[1], "platforms", "kubernetes", "deploymentSpec", "executors", NULL);
}

static void executor_configs_of_kfp_are_read(void **state)
{
    static const struct {
        const char *file, *field, *name; /* what the first entry names, NULL = it names nothing */
    } files[] = {
        {"config_map_as_env.yaml", "configMapAsEnv", "my-cm"},
        {"config_map_as_vol.yaml", "configMapAsVolume", "my-cm"},
        {"create_mount_delete_dynamic_pvc.yaml", "pvcMount", NULL},
        {"empty_dir_mounts.yaml", "emptyDirMounts", NULL},
        {"field_path_as_env.yaml", "fieldPathAsEnv", "KFP_RUN_NAME"},
        {"image_pull_secrets.yaml", "imagePullSecret", "my-secret"},
        {"node_selector.yaml", "nodeSelector", NULL},
        {"secret_as_env.yaml", "secretAsEnv", "my-secret"},
        {"secret_as_vol.yaml", "secretAsVolume", "my-secret"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const struct node *executors = read_file(*state, files[i].file);
        assert_true(node_count(executors) > 0);
        for (size_t k = 0; k < executors->count; k++) {
            struct reading *r = read_config(*state, executors->pairs[k].value);
            assert_int_equal(r->ps.errors, 0);
            assert_non_null(node_get(r->task->kubernetes, files[i].field));
            if (files[i].name)
                assert_str(node_text_of(entry(r, files[i].field), "name"), files[i].name);
            if (str_is(str_of(files[i].field), "pvcMount"))
                assert_non_null(node_get(entry(r, "pvcMount"), "input"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(both_spellings_of_protobuf_are_read),
        with_arena(a_name_from_elsewhere_is_an_input_of_the_task),
        with_arena(a_reference_is_an_order),
        with_arena(the_newer_field_for_a_name_counts),
        with_arena(executor_configs_of_kfp_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
