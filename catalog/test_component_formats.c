/* Components of other formats than ComponentSpec, as the compiler reads them. */
#include "base/testing.h"
#include "catalog/component.h"

struct read {
    struct component c;
    struct problems ps;
    enum status status;
};

static struct read *read_text(struct arena *a, const char *text)
{
    struct node *document = NULL;
    struct err e = {0};
    struct read *r = arena_new_of(a, struct read);
    assert_ok(node_parse_yaml(a, str_of(text), &document, &e), &e);
    problems_init(&r->ps, a);
    r->status = component_read_any(a, document, STR("/spec"), &r->c, &r->ps);
    return r;
}

static void refused(struct arena *a, const char *text, const char *code, const char *path)
{
    struct read *r = read_text(a, text);
    assert_int_equal(r->status, ERR_INVALID);
    assert_int_not_equal(r->ps.count, 0);
    assert_str(r->ps.list[0].code, code);
    assert_str(r->ps.list[0].path, path);
}

/* ---- KFP v2 */

#define IR(container)                                                                                                  \
    "pipelineInfo: {name: c, description: Does it.}\nschemaVersion: 2.1.0\n"                                           \
    "components:\n  comp-c:\n    executorLabel: exec-c\n"                                                              \
    "    inputDefinitions:\n      parameters: {p: {parameterType: NUMBER_INTEGER, defaultValue: 3.0}}\n"               \
    "      artifacts: {a: {artifactType: {schemaTitle: system.Dataset, schemaVersion: 0.0.1}, isOptional: true}}\n"    \
    "    outputDefinitions:\n      parameters: {o: {parameterType: STRING}}\n"                                         \
    "      artifacts: {m: {artifactType: {schemaTitle: system.Model, schemaVersion: 0.0.1}}}\n"                        \
    "deploymentSpec: {executors: {exec-c: {container: {image: x, " container "}}}}\n"                                  \
    "root: {dag: {tasks: {c: {componentRef: {name: comp-c}}}}}\n"

static void placeholders_of_v2_become_those_of_v1(void **state)
{
    static const struct {
        const char *written, *read;
    } cases[] = {
        {"'plain {{x}} {{$'", "\"plain {{x}} {{$\""},
        {"\"{{$.inputs.parameters['p']}}\"", "{\"inputValue\":\"p\"}"},
        {"'{{$.inputs.parameters[\"p\"]}}'", "{\"inputValue\":\"p\"}"},
        {"\"{{$.outputs.parameters['o'].output_file}}\"", "{\"outputPath\":\"o\"}"},
        {"\"{{$.inputs.artifacts['a'].path}}\"", "{\"inputPath\":\"a\"}"},
        {"\"{{$.inputs.artifacts['a'].uri}}\"", "{\"inputUri\":\"a\"}"},
        {"\"{{$.outputs.artifacts['m'].path}}\"", "{\"outputPath\":\"m\"}"},
        {"\"{{$.outputs.artifacts['m'].uri}}\"", "{\"outputUri\":\"m\"}"},
        {"\"-p={{$.inputs.parameters['p']}};\"", "{\"concat\":[\"-p=\",{\"inputValue\":\"p\"},\";\"]}"},
        {"'{\"Concat\": [\"a\", {\"IfPresent\": {\"InputName\": \"a\", \"Then\": \"b\"}}]}'",
         "{\"concat\":[\"a\",{\"if\":{\"cond\":{\"isPresent\":\"a\"},\"then\":[\"b\"]}}]}"},
        {"'{\"IfPresent\": {\"InputName\": \"a\", \"Then\": [\"x\", \"y\"], \"Else\": [\"z\"]}}'",
         "{\"if\":{\"cond\":{\"isPresent\":\"a\"},\"then\":[\"x\",\"y\"],\"else\":[\"z\"]}}"},
        {"'{\"Concat\": 1}'", "\"{\\\"Concat\\\": 1}\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct str text = str_printf(*state, IR("args: [%s]"), cases[i].written);
        struct read *r = read_text(*state, str_cstr(*state, text));
        assert_int_equal(r->status, OK);
        assert_str(node_to_json(*state, node_at(node_get(r->c.container, "args"), 0)), cases[i].read);
    }
}

static void a_component_of_v2_has_ports_env_and_resources(void **state)
{
    struct read *r = read_text(*state, IR("env: [{name: E, value: \"{{$.inputs.parameters['p']}}\"}], resources: "
                                          "{cpuLimit: 2.0, resourceMemoryLimit: 1Gi, memoryRequest: 0.5, "
                                          "accelerator: {count: 1, type: nvidia.com/gpu}}"));
    assert_int_equal(r->status, OK);
    assert_str(r->c.name, "c");
    assert_str(r->c.description, "Does it.");
    assert_int_equal(r->c.interface.input_count, 2);
    assert_str(r->c.interface.inputs[0].type, "Integer");
    assert_str(node_text(r->c.interface.inputs[0].default_value), "3");
    assert_true(r->c.interface.inputs[1].optional);
    assert_str(r->c.interface.outputs[1].type, "Model");
    assert_str(node_to_json(*state, node_get(r->c.container, "env")), "{\"E\":{\"inputValue\":\"p\"}}");
    assert_str(node_to_json(*state, r->c.resources),
               "{\"limits\":{\"cpu\":\"2\",\"memory\":\"1Gi\",\"nvidia.com/gpu\":\"1\"},"
               "\"requests\":{\"memory\":\"0.5G\"}}");
}

static void what_only_kfp_can_do_is_refused_at_its_place(void **state)
{
#define AT "/spec/deploymentSpec/executors/exec-c/container"
    refused(*state, IR("args: [a, '{{$}}']"), "ir_component_unsupported", AT "/args/1");
    refused(*state, IR("args: [\"{{$.inputs.artifacts['a'].metadata['x']}}\"]"), "ir_component_unsupported",
            AT "/args/0");
    refused(*state, IR("env: [{name: E, value: '{{$.pipeline_job_name}}'}]"), "ir_component_unsupported", AT "/env/0");
    refused(*state, IR("resources: {resourceCpuLimit: \"{{$.inputs.parameters['p']}}\"}"), "ir_component_unsupported",
            AT "/resources");
    refused(*state, IR("args: [\"{{$.inputs.parameters['none']}}\"]"), "unknown_port", AT "/0/inputValue");
}

static void deep_placeholders_end(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    for (int i = 0; i < 25; i++)
        buf_cstr(&b, "{\"Concat\": [\"a\", ");
    buf_cstr(&b, "\"b\"");
    for (int i = 0; i < 25; i++)
        buf_cstr(&b, "]}");
    struct str nested = buf_take(&b);
    struct str text = str_printf(*state, IR("args: ['%.*s']"), STR_ARG(nested));
    struct read *r = read_text(*state, str_cstr(*state, text));
    assert_int_equal(r->status, ERR_INVALID);
    assert_str(r->ps.list[0].code, "ir_component_unsupported");
}

/* ---- Tekton */

static void a_step_action_is_a_task_of_one_step(void **state)
{
    struct read *r = read_text(*state, "apiVersion: tekton.dev/v1beta1\nkind: StepAction\nmetadata: {name: s}\n"
                                       "spec: {image: i, params: [{name: p}], results: [{name: r}], args: "
                                       "[$(step.results.r.path)], script: 'x > $(step.results.r.path)'}");
    assert_int_equal(r->status, OK);
    assert_int_equal(r->c.param_count, 1);
    assert_int_equal(r->c.result_count, 1);
    assert_str(node_to_json(*state, r->c.task),
               "{\"params\":[{\"name\":\"p\"}],\"results\":[{\"name\":\"r\"}],\"steps\":[{\"name\":\"main\",\"image\":"
               "\"i\",\"args\":[\"$(results.r.path)\"],\"script\":\"x > $(results.r.path)\"}]}");
    refused(*state,
            "apiVersion: tekton.dev/v1beta1\nkind: StepAction\nmetadata: {name: s}\n"
            "spec: {image: i, volumeMounts: [{name: $(params.v), mountPath: /v}]}",
            "step_action_volume", "/spec/spec/volumeMounts");
}

static void a_task_without_steps_or_spec_is_refused(void **state)
{
    refused(*state, "apiVersion: tekton.dev/v1\nkind: Task\nspec: {}\n", "missing_field", "/spec/spec/steps");
    refused(*state, "apiVersion: tekton.dev/v1\nkind: Task\n", "missing_field", "/spec/spec");
    refused(*state, "apiVersion: tekton.dev/v2\nkind: Task\nspec: {}\n", "unsupported_version", "/spec/apiVersion");
}

static void objects_with_a_group_of_their_own_are_custom_tasks(void **state)
{
    struct read *r = read_text(*state, "apiVersion: x.example.org/v1\nkind: Thing\nmetadata: {labels: {a: b}}\n");
    assert_int_equal(r->status, OK);
    assert_ptr_equal(r->c.custom, r->c.document);
    assert_int_equal(r->c.interface.input_count, 0);
    assert_str(node_text_of(r->c.labels, "a"), "b");
    refused(*state, "apiVersion: v1\nkind: Pod\n", "unsupported_format", "/spec");
    refused(*state, "apiVersion: batch/v1\nkind: Job\n", "unsupported_format", "/spec");
    refused(*state, "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n", "unsupported_format", "/spec");
    refused(*state, "apiVersion: tekton.dev/v1\nkind: TaskRun\n", "unsupported_format", "/spec");
    refused(*state, "apiVersion: x.example.org/v1\nkind: Thing\nspec: text\n", "wrong_type", "/spec/spec");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(placeholders_of_v2_become_those_of_v1),
        with_arena(a_component_of_v2_has_ports_env_and_resources),
        with_arena(what_only_kfp_can_do_is_refused_at_its_place),
        with_arena(deep_placeholders_end),
        with_arena(a_step_action_is_a_task_of_one_step),
        with_arena(a_task_without_steps_or_spec_is_refused),
        with_arena(objects_with_a_group_of_their_own_are_custom_tasks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
