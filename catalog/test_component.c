#include "catalog/test_support.h"

/* A component with the given inputs, outputs and container fields, in flow style. */
static const char *made(const char *inputs, const char *outputs, const char *container)
{
    static char text[4000];
    snprintf(text, sizeof text,
             "name: Made\ninputs: [%s]\noutputs: [%s]\nimplementation: {container: {image: a/b:1, %s}}\n", inputs,
             outputs, container);
    return text;
}

static const char ECHO[] =
    "name: Echo Sample\n"
    "description: |\n  Says it. Twice.\n"
    "metadata:\n"
    "  annotations:\n"
    "    author: Ada Lovelace <ada@example.org>\n"
    "    component-hub.dev/version: 1.4.0\n"
    "    component-hub.dev/tags: text, demo\n"
    "    component-hub.dev/featured: 'true'\n"
    "  labels: {team: analytics}\n"
    "inputs:\n"
    "- {name: text, type: str, default: hello, description: what to say}\n"
    "- {name: data, type: {GCSPath: {data_type: CSV}}, optional: true}\n"
    "outputs:\n"
    "- {name: said, type: Markdown}\n"
    "implementation:\n"
    "  container:\n"
    "    image: alpine:3.20\n"
    "    command: [echo, {inputValue: text}]\n"
    "    args: [{if: {cond: {isPresent: data}, then: [--data, {inputPath: data}]}}, {outputPath: said}]\n";

static void a_component_gives_its_interface_and_what_a_card_shows(void **state)
{
    (void)state;
    struct upload u = accepted(ECHO, FORMAT_COMPONENT_V1);
    assert_int_equal(u.ps.count, 0);
    assert_int_equal(u.p.kind, KIND_COMPONENT);
    assert_str(u.p.title, "Echo Sample");
    assert_str(u.p.name, "echo-sample");
    assert_str(u.p.version, "1.4.0");
    assert_str(u.p.provider, "Ada Lovelace");
    assert_str(first_sentence(u.a, u.p.description), "Says it.");
    assert_true(u.p.featured);
    assert_int_equal(u.p.tag_count, 2);
    assert_str(u.p.tags[1], "demo");
    assert_str(node_text_of(u.p.labels, "team"), "analytics");
    assert_str(fact(&u, "image"), "alpine:3.20");
    assert_int_equal(u.p.interface.input_count, 2);
    const struct port *text = &u.p.interface.inputs[0], *data = &u.p.interface.inputs[1];
    assert_str(text->type, "String");
    assert_str(text->default_value->text, "hello");
    assert_int_equal(text->line, 12);
    assert_str(data->type, "GCSPath");
    assert_true(data->optional);
    assert_null(data->default_value);
    assert_str(u.p.interface.outputs[0].type, "Markdown");
    assert_true(str_find(u.p.search_text, STR("what to say")) >= 0);
    assert_true(str_find(u.p.search_text, STR("analytics")) >= 0);
    done(&u);
}

static void a_graph_is_a_pipeline_and_its_inside_is_left_to_the_graph_checks(void **state)
{
    static const char graph[] =
        "name: Two steps\ninputs: [{name: x}]\nimplementation:\n  graph:\n    tasks:\n"
        "      a: {componentRef: {name: echo}, arguments: {text: {graphInput: {inputName: nowhere}}}}\n"
        "      b: {componentRef: {spec: {name: Inner, implementation: {container: {image: i}}}}}\n";
    (void)state;
    struct upload u = accepted(graph, FORMAT_GRAPH);
    assert_int_equal(u.p.kind, KIND_PIPELINE);
    assert_str(fact(&u, "components"), "[\"echo\",\"Inner\"]");
    assert_str(fact(&u, "tasks"), "2");
    done(&u);
    u = accepted("name: Empty\nimplementation: {graph: {tasks: {}}}", FORMAT_GRAPH);
    done(&u);
    refused_text("name: x\nimplementation: {graph: {}}", "missing_field", "/implementation/graph/tasks");
    refused_text("name: x\nimplementation: {graph: {tasks: [a]}}", "wrong_type", "/implementation/graph/tasks");
    refused_text("name: x\nimplementation: {graph: {tasks: {a: b}}}", "wrong_type", "/implementation/graph/tasks/a");
}

static void a_component_needs_a_name_and_exactly_one_implementation(void **state)
{
    (void)state;
    refused_text("implementation: {container: {image: a}}", "missing_field", "/name");
    refused_text("name: ''\nimplementation: {container: {image: a}}", "missing_field", "/name");
    refused_text("name: [a]\nimplementation: {container: {image: a}}", "wrong_type", "/name");
    refused_text("name: a\ninputs: []\noutputs: []", "missing_implementation", "/implementation");
    refused_text("name: a\nimplementation: {}", "missing_implementation", "/implementation");
    refused_text("name: a\nimplementation: {container: , graph: }", "missing_implementation", "/implementation");
    refused_text("name: a\nimplementation: [container]", "wrong_type", "/implementation");
    refused_text("name: a\nimplementation: {container: {image: a}, graph: {tasks: {}}}", "two_implementations",
                 "/implementation");
    refused_text("name: a\nimplementation: {container: [image]}", "wrong_type", "/implementation/container");
}

static void an_image_is_needed(void **state)
{
    (void)state;
    refused_text("name: a\nimplementation: {container: {command: [x]}}", "missing_field",
                 "/implementation/container/image");
    refused_text("name: a\nimplementation: {container: {image: ''}}", "missing_field",
                 "/implementation/container/image");
    refused_text("name: a\nimplementation: {container: {image: the image}}", "bad_image",
                 "/implementation/container/image");
    refused_text("name: a\nimplementation: {container: {image: {inputValue: a}}}", "wrong_type",
                 "/implementation/container/image");
}

static void the_place_of_an_error_is_told(void **state)
{
    (void)state;
    struct upload u =
        upload_text("name: a\nimplementation:\n  container:\n    image: b\n    args:\n    - {inputValue: c}\n");
    assert_int_equal(u.s, ERR_INVALID);
    assert_string_equal(u.e.code, "unknown_port");
    assert_int_equal(u.e.line, 6);
    assert_int_equal(u.e.column, 20);
    assert_non_null(strstr(u.e.message, "/implementation/container/args/0/inputValue"));
    done(&u);
    u = upload_text("name: a\nimplementation: {container: {args: [{inputValue: c}, {outputPath: d}]}}\n");
    assert_int_equal(u.ps.errors, 3);
    assert_non_null(strstr(u.e.message, "and further errors"));
    done(&u);
}

static void ports_need_unique_names_that_are_text(void **state)
{
    (void)state;
    refused_text(made("{type: String}", "", ""), "missing_field", "/inputs/0/name");
    refused_text(made("{name: ' '}", "", ""), "missing_field", "/inputs/0/name");
    refused_text(made("{name: 3}", "", ""), "wrong_type", "/inputs/0/name");
    refused_text(made("a", "", ""), "wrong_type", "/inputs/0");
    refused_text(made("{name: a}, {name: b}, {name: a}", "", ""), "duplicate_name", "/inputs/2/name");
    refused_text(made("", "{name: a}, {name: a}", "args: [{outputPath: a}]"), "duplicate_name", "/outputs/1/name");
    refused_text("name: a\ninputs: {a: String}\nimplementation: {container: {image: a}}", "wrong_type", "/inputs");
    /* The two sides are apart. */
    struct upload u =
        accepted(made("{name: a}", "{name: a}", "args: [{inputPath: a}, {outputPath: a}]"), FORMAT_COMPONENT_V1);
    done(&u);
}

static void types_are_names_or_maps(void **state)
{
    (void)state;
    refused_text(made("{name: a, type: 3}", "", ""), "wrong_type", "/inputs/0/type");
    refused_text(made("{name: a, type: {}}", "", ""), "wrong_type", "/inputs/0/type");
    struct upload u =
        accepted(made("{name: a, type: }, {name: b, type: [x]}, {name: c, type: {X: }}", "", ""), FORMAT_COMPONENT_V1);
    assert_str(u.p.interface.inputs[2].type, "X");
    done(&u);
}

static void defaults_fit_their_types(void **state)
{
    static const char *const good[] = {
        "{name: a, type: Integer, default: '3'}",
        "{name: a, type: Integer, default: 3}",
        "{name: a, type: Integer, default: -1}",
        "{name: a, type: Integer, default: 3.0}",
        "{name: a, type: Float, default: 1e-3}",
        "{name: a, type: Float, default: '.5'}",
        "{name: a, type: Float, default: 3}",
        "{name: a, type: Float, default: 'inf'}",
        "{name: a, type: Bool, default: 'False'}",
        "{name: a, type: Bool, default: true}",
        "{name: a, type: Boolean, default: 'no'}",
        "{name: a, type: Boolean, default: 1}",
        "{name: a, type: JsonArray, default: '[1, 2]'}",
        "{name: a, type: List, default: [1, 2]}",
        "{name: a, type: Dict, default: '{}'}",
        "{name: a, type: JsonObject, default: {x: 1}}",
        "{name: a, type: String, default: 3}",
        "{name: a, type: String, default: true}",
        "{name: a, default: 2024-01-01}",
        "{name: a, type: GCSPath, default: 'gs://x'}",
        "{name: a, type: CSV, default: ''}",
        "{name: a, type: Integer, default: }",
    };
    static const char *const bad[] = {
        "{name: a, type: Integer, default: three}",     "{name: a, type: Integer, default: 3.5}",
        "{name: a, type: Integer, default: 1e3}",       "{name: a, type: Integer, default: true}",
        "{name: a, type: Float, default: 1.2.3}",       "{name: a, type: Float, default: '1e'}",
        "{name: a, type: Float, default: '.'}",         "{name: a, type: Boolean, default: maybe}",
        "{name: a, type: JsonArray, default: '{}'}",    "{name: a, type: JsonArray, default: 3}",
        "{name: a, type: JsonArray, default: '[1'}",    "{name: a, type: JsonObject, default: [x]}",
        "{name: a, type: JsonObject, default: 'text'}", "{name: a, type: String, default: [x]}",
        "{name: a, type: Integer, default: {x: 1}}",    "{name: a, type: CSV, default: [x]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct upload u = accepted(made(good[i], "", ""), FORMAT_COMPONENT_V1);
        assert_int_equal(u.ps.count, 0);
        done(&u);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refused_text(made(bad[i], "", ""), "bad_default", "/inputs/0/default");
    /* Generated components write '' for "nothing". */
    warned(made("{name: a, type: List, default: ''}", "", ""), "empty_default", "/inputs/0/default");
    warned(made("{name: a, type: Integer, default: ''}", "", ""), "empty_default", "/inputs/0/default");
}

static void optional_is_a_boolean_or_its_text(void **state)
{
    (void)state;
    struct upload u =
        accepted(made("{name: a, optional: 'True'}, {name: b, optional: yes}, {name: c, optional: 'false'}", "", ""),
                 FORMAT_COMPONENT_V1);
    assert_true(u.p.interface.inputs[0].optional);
    assert_true(u.p.interface.inputs[1].optional);
    assert_false(u.p.interface.inputs[2].optional);
    done(&u);
    refused_text(made("{name: a, optional: maybe}", "", ""), "wrong_type", "/inputs/0/optional");
    refused_text(made("{name: a, optional: 1}", "", ""), "wrong_type", "/inputs/0/optional");
}

static void every_placeholder_of_kfp_is_known(void **state)
{
    static const char *const args[] = {
        "{inputValue: i}",
        "{inputPath: i}",
        "{inputUri: i}",
        "{inputMetadata: i}",
        "{inputOutputPortName: i}",
        "{outputPath: o}",
        "{outputUri: o}",
        "{outputMetadata: o}",
        "{executorInput: }",
        "executorInput",
        "{concat: [a, {inputValue: i}, {concat: [b]}]}",
        "{if: {cond: {isPresent: i}, then: [a, {inputPath: i}], else: [b]}}",
        "{if: {cond: {isPresent: i}, then: [a], else: b}}",
        "{if: {cond: true, then: a}}",
        "{if: {cond: {inputValue: i}, then: [{if: {cond: 'true', then: [{concat: [x]}]}}]}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof args / sizeof args[0]; i++) {
        char text[300];
        snprintf(text, sizeof text, "args: [{outputPath: o}, %s]", args[i]);
        struct upload u = accepted(made("{name: i}", "{name: o}", text), FORMAT_COMPONENT_V1);
        assert_int_equal(u.ps.count, 0);
        done(&u);
    }
}

static void broken_placeholders_are_refused_where_they_are(void **state)
{
#define AT "/implementation/container/args/0"
    static const struct {
        const char *arg, *code, *path;
    } cases[] = {
        {"{inputValue: o}", "unknown_port", AT "/inputValue"},
        {"{outputPath: i}", "unknown_port", AT "/outputPath"},
        {"{inputvalue: i}", "unknown_placeholder", AT "/inputvalue"},
        {"{env: i}", "unknown_placeholder", AT "/env"},
        {"{inputValue: i, inputPath: i}", "bad_placeholder", AT},
        {"{}", "bad_placeholder", AT},
        {"{inputValue: [i]}", "bad_placeholder", AT "/inputValue"},
        {"{inputValue: }", "bad_placeholder", AT "/inputValue"},
        {"[a]", "wrong_type", AT},
        {"null", "wrong_type", AT},
        {"{concat: a}", "bad_placeholder", AT "/concat"},
        {"{concat: [{inputValue: x}]}", "unknown_port", AT "/concat/0/inputValue"},
        {"{if: a}", "bad_placeholder", AT "/if"},
        {"{if: {then: [a]}}", "missing_field", AT "/if/cond"},
        {"{if: {cond: true}}", "missing_field", AT "/if/then"},
        {"{if: {cond: {isPresent: x}, then: []}}", "unknown_port", AT "/if/cond/isPresent"},
        {"{if: {cond: {present: i}, then: []}}", "bad_placeholder", AT "/if/cond"},
        {"{if: {cond: [i], then: []}}", "bad_placeholder", AT "/if/cond"},
        {"{if: {cond: true, then: [], else: [{inputPath: x}]}}", "unknown_port", AT "/if/else/0/inputPath"},
    };
#undef AT
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[300];
        snprintf(text, sizeof text, "args: [%s, {outputPath: o}]", cases[i].arg);
        refused_text(made("{name: i}", "{name: o}", text), cases[i].code, cases[i].path);
    }
    struct upload u = upload_text(made("{name: i}", "", "args: [{inputvalue: i}]"));
    assert_string_equal(u.e.hint, "did you mean inputValue?");
    done(&u);
}

static void commands_are_lists_and_numbers_in_them_are_passed_as_text(void **state)
{
    (void)state;
    refused_text(made("", "", "command: echo hello"), "wrong_type", "/implementation/container/command");
    refused_text(made("", "", "args: {a: b}"), "wrong_type", "/implementation/container/args");
    warned(made("", "", "args: [--port, 80]"), "not_text", "/implementation/container/args/1");
}

static void env_and_file_outputs_are_checked(void **state)
{
    (void)state;
    struct upload u =
        accepted(made("{name: i}", "{name: o}", "env: {A: b, C: {inputValue: i}}, fileOutputs: {o: /tmp/o}"),
                 FORMAT_COMPONENT_V1);
    assert_int_equal(u.ps.count, 0);
    done(&u);
    warned(made("", "", "env: {A: 1}"), "not_text", "/implementation/container/env/A");
    refused_text(made("", "", "env: [{name: A, value: b}]"), "wrong_type", "/implementation/container/env");
    refused_text(made("", "", "env: {A: [b]}"), "wrong_type", "/implementation/container/env/A");
    refused_text(made("", "", "env: {A: {inputValue: x}}"), "unknown_port",
                 "/implementation/container/env/A/inputValue");
    refused_text(made("", "{name: o}", "fileOutputs: {p: /tmp/o}"), "unknown_port",
                 "/implementation/container/fileOutputs/p");
    refused_text(made("", "{name: o}", "fileOutputs: {o: [x]}"), "wrong_type",
                 "/implementation/container/fileOutputs/o");
}

static void an_output_that_nothing_writes_is_a_warning(void **state)
{
    (void)state;
    warned(made("", "{name: o}", "command: [x]"), "output_without_path", "/outputs");
}

static void unknown_fields_are_warnings_and_near_ones_are_suggested(void **state)
{
    (void)state;
    warned("name: a\nicon: b\nimplementation: {container: {image: a}}", "unknown_field", "/icon");
    warned(made("{name: a, defualt: 3}", "", ""), "unknown_field", "/inputs/0/defualt");
    warned(made("", "", "a/b: 3"), "unknown_field", "/implementation/container/a~1b");
    struct upload u = upload_text(made("{name: a, defualt: 3}", "", ""));
    const struct problem *p = problem_with(&u, "unknown_field");
    assert_str(p->hint, "did you mean default?");
    assert_int_equal(p->line, 2);
    assert_int_equal(p->column, 20);
    done(&u);
    /* metadata is the author's own ground. */
    u = accepted("name: a\nmetadata: {x: 1, annotations: {y: [2]}}\nimplementation: {container: {image: a}}",
                 FORMAT_COMPONENT_V1);
    assert_int_equal(u.ps.count, 0);
    done(&u);
}

static void more_than_500_ports_are_refused(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b;
    buf_init(&b, a, 0);
    buf_cstr(&b, "name: a\nimplementation: {container: {image: a}}\ninputs:\n");
    for (int i = 0; i <= INTERFACE_MAX_PORTS; i++)
        buf_printf(&b, "- {name: p%d}\n", i);
    refused(upload_bytes(buf_take(&b), "", NULL), "too_many_ports", "/inputs");
    arena_free(a);
}

static void paths_start_where_the_caller_says(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct problems ps;
    struct err e = {0};
    struct node *n;
    struct component c;
    problems_init(&ps, a);
    assert_int_equal(
        node_parse_yaml(a, STR("{inputs: [{}], outputs: [{name: o}], implementation: {container: {image: i}}}"), &n,
                        &e),
        OK);
    assert_int_equal(component_read(a, n, STR("/spec"), &c, &ps), ERR_INVALID);
    assert_int_equal(ps.errors, 1);
    assert_str(ps.list[0].path, "/spec/inputs/0/name");
    assert_str(ps.list[1].path, "/spec/outputs");
    /* A nameless one is fine inside of a graph, and what could be read is there. */
    assert_int_equal(c.name.n, 0);
    assert_int_equal(c.interface.output_count, 1);
    assert_non_null(c.container);
    assert_int_equal(component_read(a, node_seq(a), STR_NONE, &c, &ps), ERR_INVALID);
    arena_free(a);
}

static void our_annotations_are_yaml_or_json_or_the_text_that_they_are(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct node *n;
    assert_int_equal(node_parse_yaml(a,
                                     STR("component-hub.dev/a: {x: 1}\ncomponent-hub.dev/b: '{\"x\": [1]}'\n"
                                         "component-hub.dev/c: '[broken'\ncomponent-hub.dev/d: 90s\n"
                                         "component-hub.dev/e: true\ncomponent-hub.dev/f: ''\na: b\n"),
                                     &n, &e),
                     OK);
    assert_true(node_is_map(annotation_value(a, n, "a")));
    assert_true(node_is_seq(node_get(annotation_value(a, n, "b"), "x")));
    assert_str(node_text(annotation_value(a, n, "c")), "[broken");
    assert_str(node_text(annotation_value(a, n, "d")), "90s");
    assert_true(node_bool(annotation_value(a, n, "e"), false));
    assert_true(node_is_string(annotation_value(a, n, "f")));
    assert_null(annotation_value(a, n, "g"));
    assert_null(annotation_value(a, NULL, "a"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_component_gives_its_interface_and_what_a_card_shows),
        cmocka_unit_test(a_graph_is_a_pipeline_and_its_inside_is_left_to_the_graph_checks),
        cmocka_unit_test(a_component_needs_a_name_and_exactly_one_implementation),
        cmocka_unit_test(an_image_is_needed),
        cmocka_unit_test(the_place_of_an_error_is_told),
        cmocka_unit_test(ports_need_unique_names_that_are_text),
        cmocka_unit_test(types_are_names_or_maps),
        cmocka_unit_test(defaults_fit_their_types),
        cmocka_unit_test(optional_is_a_boolean_or_its_text),
        cmocka_unit_test(every_placeholder_of_kfp_is_known),
        cmocka_unit_test(broken_placeholders_are_refused_where_they_are),
        cmocka_unit_test(commands_are_lists_and_numbers_in_them_are_passed_as_text),
        cmocka_unit_test(env_and_file_outputs_are_checked),
        cmocka_unit_test(an_output_that_nothing_writes_is_a_warning),
        cmocka_unit_test(unknown_fields_are_warnings_and_near_ones_are_suggested),
        cmocka_unit_test(more_than_500_ports_are_refused),
        cmocka_unit_test(paths_start_where_the_caller_says),
        cmocka_unit_test(our_annotations_are_yaml_or_json_or_the_text_that_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
