#include "catalog/test_support.h"

#define EXECUTOR "deploymentSpec: {executors: {exec-echo: {container: {image: 'python:3.12'}}}}\n"
#define ECHO_COMPONENT                                                                                                 \
    "  comp-echo:\n    executorLabel: exec-echo\n    inputDefinitions:\n      parameters:\n"                           \
    "        text: {parameterType: STRING, description: what to say}\n"
#define ROOT_DAG                                                                                                       \
    "root:\n  dag: {tasks: {echo: {componentRef: {name: comp-echo}, "                                                  \
    "inputs: {parameters: {text: {componentInputParameter: text}}}}}}\n"

static const char PIPELINE[] =
    "pipelineInfo: {name: say-it, displayName: Say it, description: Says things.}\n"
    "schemaVersion: 2.1.0\nsdkVersion: kfp-2.14.6\n" EXECUTOR "components:\n" ECHO_COMPONENT ROOT_DAG
    "  inputDefinitions:\n"
    "    parameters:\n"
    "      text: {parameterType: STRING, defaultValue: hello, isOptional: true}\n"
    "      times: {parameterType: NUMBER_INTEGER, defaultValue: 3.0}\n"
    "      rate: {parameterType: NUMBER_DOUBLE, defaultValue: 1.0}\n"
    "      items: {parameterType: LIST, defaultValue: [a, b]}\n"
    "      status: {parameterType: TASK_FINAL_STATUS}\n"
    "    artifacts:\n"
    "      data: {artifactType: {schemaTitle: system.Dataset, schemaVersion: 0.0.1}}\n"
    "      many: {artifactType: {schemaTitle: system.Model, schemaVersion: 0.0.1}, isArtifactList: true}\n"
    "  outputDefinitions: {parameters: {out: {parameterType: STRUCT}}}\n"
    "---\nplatforms: {kubernetes: {deploymentSpec: {}}}\n";

static void a_pipeline_gives_the_interface_of_its_root(void **state)
{
    static const struct {
        const char *name, *type, *value;
        bool optional;
    } wanted[] = {
        {"text", "String", "hello", true},         {"times", "Integer", "3", false},
        {"rate", "Float", "1.0", false},           {"items", "JsonArray", NULL, false},
        {"status", "TaskFinalStatus", NULL, true}, {"data", "Dataset", NULL, false},
        {"many", "List[Model]", NULL, false},
    };
    (void)state;
    struct upload u = accepted(PIPELINE, FORMAT_KFP_IR);
    assert_int_equal(u.ps.count, 0);
    assert_str(u.p.title, "Say it");
    assert_str(u.p.description, "Says things.");
    assert_str(fact(&u, "platforms"), "[\"kubernetes\"]");
    assert_str(fact(&u, "images"), "[\"python:3.12\"]");
    assert_str(fact(&u, "tasks"), "1");
    assert_int_equal(u.p.interface.input_count, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < u.p.interface.input_count; i++) {
        const struct port *p = &u.p.interface.inputs[i];
        assert_str(p->name, wanted[i].name);
        assert_str(p->type, wanted[i].type);
        assert_int_equal(p->optional, wanted[i].optional);
        if (wanted[i].value)
            assert_str(node_text(p->default_value), wanted[i].value);
    }
    assert_str(u.p.interface.outputs[0].type, "JsonObject");
    done(&u);
}

static void json_is_read_and_its_errors_have_places(void **state)
{
    (void)state;
    struct upload u = accepted(
        "{\n\t\"pipelineInfo\": {\"name\": \"a\\/b \\ud83d\\ude00\"},\n\t\"root\": {\"dag\": {\"tasks\": {}}}\n}",
        FORMAT_KFP_IR);
    assert_str(u.p.title, "a/b 😀");
    done(&u);
    u = upload_text("{\n  \"pipelineInfo\": {},\n  \"root\": {\"dag\": {\"tasks\": {}}}\n}");
    assert_string_equal(u.e.code, "missing_field");
    assert_int_equal(u.e.line, 2);
    done(&u);
    u = upload_text("{\n  \"pipelineInfo\": {\n  \"root\" }\n}}");
    assert_int_equal(u.s, ERR_SYNTAX);
    assert_true(u.e.line > 0);
    done(&u);
}

static void parameters_of_the_old_schema_are_read(void **state)
{
    (void)state;
    struct upload u =
        accepted("pipelineInfo: {name: old}\nschemaVersion: 2.0.0\nroot:\n  dag: {tasks: {}}\n"
                 "  inputDefinitions: {parameters: {a: {type: INT}, b: {type: DOUBLE}, c: {type: STRING}}}\n",
                 FORMAT_KFP_IR);
    assert_str(u.p.interface.inputs[0].type, "Integer");
    assert_str(u.p.interface.inputs[1].type, "Float");
    done(&u);
}

static void a_component_without_a_graph_is_a_component(void **state)
{
    (void)state;
    struct upload u = accepted("pipelineInfo: {name: echo}\n" EXECUTOR "root:\n  executorLabel: exec-echo\n"
                               "  inputDefinitions: {parameters: {text: {parameterType: STRING}}}\n",
                               FORMAT_COMPONENT_V2);
    assert_int_equal(u.p.kind, KIND_COMPONENT);
    assert_str(fact(&u, "image"), "python:3.12");
    assert_str(u.p.interface.inputs[0].name, "text");
    done(&u);
}

static void a_wrapped_component_is_what_the_caller_asks_for(void **state)
{
    static const char wrapped[] = "pipelineInfo: {name: echo}\n" EXECUTOR "components:\n" ECHO_COMPONENT ROOT_DAG
                                  "  inputDefinitions: {parameters: {text: {parameterType: STRING}}}\n";
    (void)state;
    struct upload u = accepted(wrapped, FORMAT_KFP_IR);
    assert_int_equal(u.p.kind, KIND_PIPELINE);
    done(&u);
    u = accepted_as(upload_as(wrapped, KIND_COMPONENT), FORMAT_COMPONENT_V2);
    assert_int_equal(u.p.kind, KIND_COMPONENT);
    assert_str(u.p.interface.inputs[0].description, "what to say");
    done(&u);
    refused(upload_as(PIPELINE, KIND_COMPONENT), "kind_mismatch", NULL);
    refused(upload_as(wrapped, KIND_MODEL), "kind_mismatch", NULL);
}

static void references_inside_of_the_document_must_lead_somewhere(void **state)
{
    (void)state;
    refused_text("pipelineInfo: {name: a}\nroot: {dag: {tasks: {t: {componentRef: {name: comp-x}}}}}",
                 "unknown_component", "/root/dag/tasks/t/componentRef/name");
    refused_text("pipelineInfo: {name: a}\ncomponents: {c: {executorLabel: e}}\nroot: {dag: {tasks: {}}}",
                 "unknown_executor", "/components/c/executorLabel");
    refused_text("pipelineInfo: {name: a}\ncomponents: {c: {dag: {tasks: {t: {componentRef: {name: d}}}}}}\n"
                 "root: {dag: {tasks: {}}}",
                 "unknown_component", "/components/c/dag/tasks/t/componentRef/name");
}

static void broken_ir_is_refused_where_it_is_broken(void **state)
{
#define HEAD "pipelineInfo: {name: a}\n"
    static const struct {
        const char *text, *code, *path;
    } cases[] = {
        {"pipelineInfo: {}\nroot: {dag: {tasks: {}}}", "missing_field", "/pipelineInfo/name"},
        {"pipelineInfo: {description: x}\nroot: {dag: {tasks: {}}}", "missing_field", "/pipelineInfo/name"},
        {"components: {}\nroot: {dag: {tasks: {}}}", "missing_field", "/pipelineInfo"},
        {HEAD "components: {}", "missing_field", "/root"},
        {HEAD "root: [a]", "wrong_type", "/root"},
        {HEAD "root: {inputDefinitions: {}}", "missing_implementation", "/root"},
        {HEAD "root: {dag: {}}", "missing_field", "/root/dag/tasks"},
        {HEAD "root: {dag: {tasks: [a]}}", "wrong_type", "/root/dag/tasks"},
        {HEAD "root: {dag: {tasks: {a: b}}}", "wrong_type", "/root/dag/tasks/a"},
        {HEAD "root: {dag: {tasks: {a: {}}}}", "missing_field", "/root/dag/tasks/a/componentRef"},
        {HEAD "root: {dag: {tasks: {a: {componentRef: {}}}}}", "missing_field", "/root/dag/tasks/a/componentRef/name"},
        {HEAD "components: {c: {}}\nroot: {dag: {tasks: {}}}", "missing_implementation", "/components/c"},
        {HEAD "components: {c: d}\nroot: {dag: {tasks: {}}}", "wrong_type", "/components/c"},
        {HEAD "components: {c: {executorLabel: e, dag: {tasks: {}}}}\ndeploymentSpec: {executors: {e: {}}}\n"
              "root: {dag: {tasks: {}}}",
         "two_implementations", "/components/c"},
        {HEAD "root: {dag: {tasks: {}}, inputDefinitions: {parameters: {a: {}}}}", "missing_field",
         "/root/inputDefinitions/parameters/a/parameterType"},
        {HEAD "root: {dag: {tasks: {}}, inputDefinitions: {parameters: {a: {parameterType: STIRNG}}}}", "unknown_type",
         "/root/inputDefinitions/parameters/a/parameterType"},
        {HEAD "root: {dag: {tasks: {}}, inputDefinitions: {parameters: {a: x}}}", "wrong_type",
         "/root/inputDefinitions/parameters/a"},
        {HEAD "root: {dag: {tasks: {}}, inputDefinitions: {parameters: {a: {parameterType: LIST, defaultValue: 3}}}}",
         "bad_default", "/root/inputDefinitions/parameters/a/defaultValue"},
        {HEAD
         "root: {dag: {tasks: {}}, inputDefinitions: {parameters: {a: {parameterType: LIST}}, artifacts: {a: {}}}}",
         "duplicate_name", "/root/inputDefinitions/artifacts/a"},
        {HEAD "root: {dag: {tasks: {}}}\n---\na: b", "several_documents", NULL},
        {HEAD "root: {dag: {tasks: {}}}\n---\nplatforms: {}\n---\na: b", "several_documents", NULL},
    };
#undef HEAD
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused_text(cases[i].text, cases[i].code, cases[i].path);
}

static void a_misspelt_part_is_suggested(void **state)
{
    (void)state;
    struct upload u = upload_text("pipelineInfo: {name: a}\ncomponents_1: {comp-x: {}}\n"
                                  "root: {dag: {tasks: {t: {componentRef: {name: comp-x}}}}}");
    assert_string_equal(u.e.code, "unknown_component");
    assert_str(problem_with(&u, "unknown_field")->hint, "did you mean components?");
    done(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipeline_gives_the_interface_of_its_root),
        cmocka_unit_test(json_is_read_and_its_errors_have_places),
        cmocka_unit_test(parameters_of_the_old_schema_are_read),
        cmocka_unit_test(a_component_without_a_graph_is_a_component),
        cmocka_unit_test(a_wrapped_component_is_what_the_caller_asks_for),
        cmocka_unit_test(references_inside_of_the_document_must_lead_somewhere),
        cmocka_unit_test(broken_ir_is_refused_where_it_is_broken),
        cmocka_unit_test(a_misspelt_part_is_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
