#include "catalog/test_support.h"

static struct str normal(struct arena *a, const char *yaml)
{
    struct node *n;
    struct err e = {0};
    assert_int_equal(node_parse_yaml(a, str_of(yaml), &n, &e), OK);
    return type_normal(a, n);
}

static void types_are_folded_into_one_spelling(void **state)
{
    static const struct {
        const char *written, *normal;
    } cases[] = {
        {"String", "String"},
        {"string", "String"},
        {"STRING", "String"},
        {"Text", "String"},
        {"NUMBER_INTEGER", "Integer"},
        {"int", "Integer"},
        {"NUMBER_DOUBLE", "Float"},
        {"Double", "Float"},
        {"Bool", "Boolean"},
        {"BOOLEAN", "Boolean"},
        {"List", "JsonArray"},
        {"LIST", "JsonArray"},
        {"array", "JsonArray"},
        {"List[str]", "JsonArray"},
        {"typing.List[int]", "JsonArray"},
        {"Dict", "JsonObject"},
        {"STRUCT", "JsonObject"},
        {"object", "JsonObject"},
        {"Dict[str, int]", "JsonObject"},
        {"Any", ""},
        {"null", ""},
        {"''", ""},
        {"GCSPath", "GCSPath"},
        {"{GCSPath: {data_type: CSV}}", "GCSPath"},
        {"{schemaTitle: system.Model, schemaVersion: 0.0.1}", "Model"},
        {"system.Dataset@0.0.1", "Dataset"},
        {"model", "Model"},
        {"google.VertexModel@0.0.1", "google.VertexModel"},
        {"List[Dataset]", "List[Dataset]"},
        {"UI metadata", "UI metadata"},
        {"{}", ""},
        {"[String]", ""},
    };
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_str(normal(a, cases[i].written), cases[i].normal);
    assert_str(type_normal(a, NULL), "");
    arena_free(a);
}

static void normal_types_stay_as_they_are(void **state)
{
    static const char *const types[] = {"String",  "Integer", "Float", "Boolean",       "JsonArray", "JsonObject",
                                        "Dataset", "Model",   "HTML",  "List[Dataset]", "CSV",       "TaskFinalStatus"};
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_str(type_normal(a, node_cstr(a, types[i])), types[i]);
    arena_free(a);
}

static void ports_fit_when_nothing_is_lost(void **state)
{
    static const char *const yes[][2] = {
        {"String", "String"},     {"", "Model"},           {"Model", ""},         {"Integer", "Float"},
        {"Integer", "String"},    {"Float", "String"},     {"Boolean", "String"}, {"JsonArray", "String"},
        {"JsonObject", "String"}, {"Dataset", "Artifact"}, {"Artifact", "Model"}, {"GCSPath", "String"},
        {"string", "STRING"},
    };
    static const char *const no[][2] = {
        {"String", "Integer"},  {"Float", "Integer"},  {"String", "JsonArray"},     {"Boolean", "Integer"},
        {"Model", "Dataset"},   {"Model", "String"},   {"String", "Model"},         {"String", "Artifact"},
        {"Artifact", "String"}, {"String", "GCSPath"}, {"JsonArray", "JsonObject"}, {"CSV", "csv"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (!type_fits(str_of(yes[i][0]), str_of(yes[i][1])))
            fail_msg("%s does not fit %s", yes[i][0], yes[i][1]);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (type_fits(str_of(no[i][0]), str_of(no[i][1])))
            fail_msg("%s fits %s", no[i][0], no[i][1]);
    assert_true(type_is_value(STR("String")));
    assert_true(type_is_value(STR("JsonObject")));
    assert_false(type_is_value(STR("Model")));
    assert_false(type_is_value(STR("")));
}

/* ---- comparison; an interface in short: "in: {a: Integer, b?: String=x}" as YAML lists */

static struct interface read(struct arena *a, const char *yaml)
{
    struct node *n;
    struct err e = {0};
    struct interface i;
    assert_int_equal(node_parse_yaml(a, str_of(yaml), &n, &e), OK);
    assert_int_equal(interface_from_node(a, n, &i, &e), OK);
    return i;
}

static const char BASE[] =
    "inputs: [{name: a, type: Integer}, {name: b, type: String, default: x}, {name: c, optional: true}]\n"
    "outputs: [{name: m, type: Model, description: d}]";

static void changes_are_judged_by_what_they_do_to_users(void **state)
{
#define INS  "inputs: [{name: a, type: Integer}, {name: b, type: String, default: x}, {name: c, optional: true}"
#define OUTS "outputs: [{name: m, type: Model, description: d}"
    static const struct {
        const char *why, *yaml;
        enum interface_change change;
    } cases[] = {
        {"the same", INS "]\n" OUTS "]", INTERFACE_IDENTICAL},
        {"another order",
         "inputs: [{name: c, optional: true}, {name: b, type: String, default: x}, {name: a, type: Integer}]\n" OUTS
         "]",
         INTERFACE_IDENTICAL},
        {"an optional input more", INS ", {name: d, optional: true}]\n" OUTS "]", INTERFACE_COMPATIBLE},
        {"an input with default more", INS ", {name: d, default: 1}]\n" OUTS "]", INTERFACE_COMPATIBLE},
        {"a required input more", INS ", {name: d}]\n" OUTS "]", INTERFACE_BREAKING},
        {"an output more", INS "]\n" OUTS ", {name: n}]", INTERFACE_COMPATIBLE},
        {"an output less", INS "]\noutputs: []", INTERFACE_BREAKING},
        {"an output of another type", INS "]\noutputs: [{name: m, type: Dataset, description: d}]", INTERFACE_BREAKING},
        {"another text", INS "]\noutputs: [{name: m, type: Model, description: e}]", INTERFACE_COMPATIBLE},
        {"an input less", "inputs: [{name: a, type: Integer}, {name: b, type: String, default: x}]\n" OUTS "]",
         INTERFACE_BREAKING},
        {"a wider input",
         "inputs: [{name: a, type: Float}, {name: b, type: String, default: x}, {name: c, optional: true}]\n" OUTS "]",
         INTERFACE_COMPATIBLE},
        {"a narrower input",
         "inputs: [{name: a, type: Boolean}, {name: b, type: String, default: x}, {name: c, optional: true}]\n" OUTS
         "]",
         INTERFACE_BREAKING},
        {"another default",
         "inputs: [{name: a, type: Integer}, {name: b, type: String, default: y}, {name: c, optional: true}]\n" OUTS
         "]",
         INTERFACE_COMPATIBLE},
        {"no default any more",
         "inputs: [{name: a, type: Integer}, {name: b, type: String}, {name: c, optional: true}]\n" OUTS "]",
         INTERFACE_BREAKING},
        {"optional instead of a default",
         "inputs: [{name: a, type: Integer}, {name: b, type: String, optional: true}, {name: c, optional: true}]\n" OUTS
         "]",
         INTERFACE_COMPATIBLE},
        {"made required",
         "inputs: [{name: a, type: Integer}, {name: b, type: String, default: x}, {name: c}]\n" OUTS "]",
         INTERFACE_BREAKING},
        {"made optional",
         "inputs: [{name: a, type: Integer, optional: true}, {name: b, type: String, default: x}, "
         "{name: c, optional: true}]\n" OUTS "]",
         INTERFACE_COMPATIBLE},
    };
#undef INS
#undef OUTS
    (void)state;
    struct arena *a = arena_new(0);
    struct interface base = read(a, BASE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct interface to = read(a, cases[i].yaml);
        if (interface_compare(&base, &to) != cases[i].change)
            fail_msg("%s: %d", cases[i].why, (int)interface_compare(&base, &to));
    }
    arena_free(a);
}

static void a_default_written_as_number_or_as_text_is_the_same(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct interface x = read(a, "{inputs: [{name: a, default: 3}], outputs: []}");
    struct interface y = read(a, "{inputs: [{name: a, default: '3'}], outputs: []}");
    struct interface z = read(a, "{inputs: [{name: a, default: [3]}], outputs: []}");
    assert_int_equal(interface_compare(&x, &y), INTERFACE_IDENTICAL);
    assert_int_equal(interface_compare(&x, &z), INTERFACE_COMPATIBLE);
    assert_int_equal(interface_compare(&z, &z), INTERFACE_IDENTICAL);
    struct interface yes = read(a, "{inputs: [{name: a, default: True}], outputs: []}");
    struct interface json = read(a, "{inputs: [{name: a, default: true}], outputs: []}");
    struct interface text = read(a, "{inputs: [{name: a, default: 'True'}], outputs: []}");
    struct interface other = read(a, "{inputs: [{name: a, default: 'true!'}], outputs: []}");
    assert_int_equal(interface_compare(&yes, &json), INTERFACE_IDENTICAL);
    assert_int_equal(interface_compare(&json, &text), INTERFACE_IDENTICAL);
    assert_int_equal(interface_compare(&json, &other), INTERFACE_COMPATIBLE);
    arena_free(a);
}

static void what_is_written_as_json_reads_back(void **state)
{
    static const char json[] =
        "{\"inputs\":[{\"name\":\"a "
        "\\\"b\\\"\",\"type\":\"Integer\",\"default\":3,\"optional\":false,\"description\":\"x\"},"
        "{\"name\":\"c\",\"type\":null,\"default\":null,\"optional\":true,\"description\":\"\"}],"
        "\"outputs\":[{\"name\":\"m\",\"type\":\"Model\",\"description\":\"\"}]}";
    (void)state;
    struct arena *a = arena_new(0);
    struct interface i = read(a, json);
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    interface_json(&j, &i);
    assert_str(buf_take(&b), json);
    assert_str(interface_input(&i, STR("a \"b\""))->description, "x");
    assert_null(interface_input(&i, STR("m")));
    assert_str(interface_output(&i, STR("m"))->type, "Model");
    assert_null(interface_output(&i, STR("c")));
    arena_free(a);
}

static void what_is_no_interface_is_refused(void **state)
{
    static const char *const bad[] = {
        "{}", "{inputs: []}", "{inputs: [], outputs: {}}", "{inputs: [{}], outputs: []}", "{inputs: [x], outputs: []}",
        "[]"};
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct node *n;
        struct err e = {0};
        struct interface out;
        assert_int_equal(node_parse_yaml(a, str_of(bad[i]), &n, &e), OK);
        assert_int_equal(interface_from_node(a, n, &out, &e), ERR_INVALID);
        assert_string_equal(e.code, "bad_interface");
    }
    arena_free(a);
}

static void more_ports_than_the_limit_are_refused(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct node *n = node_map(a), *list = node_seq(a);
    for (size_t i = 0; i <= INTERFACE_MAX_PORTS; i++) {
        struct node *port = node_map(a);
        node_put_str(a, port, "name", str_printf(a, "p%zu", i));
        node_push(a, list, port);
    }
    node_put(a, n, "inputs", list);
    node_put(a, n, "outputs", node_seq(a));
    struct err e = {0};
    struct interface out;
    assert_int_equal(interface_from_node(a, n, &out, &e), ERR_LIMIT);
    assert_string_equal(e.code, "too_many_ports");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_folded_into_one_spelling),
        cmocka_unit_test(normal_types_stay_as_they_are),
        cmocka_unit_test(ports_fit_when_nothing_is_lost),
        cmocka_unit_test(changes_are_judged_by_what_they_do_to_users),
        cmocka_unit_test(a_default_written_as_number_or_as_text_is_the_same),
        cmocka_unit_test(what_is_written_as_json_reads_back),
        cmocka_unit_test(what_is_no_interface_is_refused),
        cmocka_unit_test(more_ports_than_the_limit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
