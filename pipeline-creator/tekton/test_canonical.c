#include "base/testing.h"
#include "pipeline-creator/tekton/canonical.h"
#include "pipeline-creator/tekton/decode.h"
#include "pipeline-creator/tekton/go_json.h"

static struct str canonical(struct arena *a, const char *text, const struct canonical_options *o, struct faults *f)
{
    struct node *n;
    struct err e = {0};
    struct str form;
    assert_ok(node_parse_yaml(a, str_of(text), &n, &e), &e);
    (void)tekton_canonical(a, n, o, f, &form);
    return form;
}

#define TASK(spec) "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {uid: u, name: t}\nspec: " spec "\n"
#define FORM(spec)                                                                                                     \
    "{\"kind\":\"Task\",\"apiVersion\":\"tekton.dev/v1\",\"metadata\":{\"name\":\"t\"},\"spec\":" spec "}"

static void form_is(struct arena *a, const char *text, const char *form)
{
    const struct canonical_options o = {0};
    struct faults *f = faults_new(a);
    assert_str(canonical(a, text, &o, f), form);
    assert_int_equal(f->count, 0);
}

static void fields_are_in_gos_order_and_structs_are_always_written(void **state)
{
    form_is(*state, TASK("{steps: [{script: s, image: i}], description: d}"),
            FORM("{\"description\":\"d\",\"steps\":[{\"name\":\"\",\"image\":\"i\",\"computeResources\":{},"
                 "\"script\":\"s\"}]}"));
}

static void unknown_and_empty_fields_are_left_out(void **state)
{
    form_is(*state, TASK("{steps: [], nope: 1, Description: other, volumes: [{name: v, emptyDir: {}}]}"),
            FORM("{\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}]}"));
}

static void the_older_form_has_creation_timestamps(void **state)
{
    const struct canonical_options o = {.creation_timestamp = true};
    struct str form = canonical(*state, TASK("{}"), &o, faults_new(*state));
    assert_str(form, "{\"kind\":\"Task\",\"apiVersion\":\"tekton.dev/v1\",\"metadata\":{\"name\":\"t\","
                     "\"creationTimestamp\":null},\"spec\":{}}");
}

static void what_has_no_form_says_why(void **state)
{
    static const struct {
        const char *text, *code;
    } none[] = {
        {"apiVersion: tekton.dev/v1\nkind: TaskRun\n", "unhandled_kind"},
        {"apiVersion: v1\nkind: Task\n", "unhandled_kind"},
        {TASK("{steps: {}}"), "wrong_type"},
        {TASK("{steps: [{timeout: soon}]}"), "bad_duration"},
        {TASK("{steps: [{params: [{name: x}]}]}"), "missing_value"},
    };
    const struct canonical_options o = {0};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct faults *f = faults_new(*state);
        assert_int_equal(canonical(*state, none[i].text, &o, f).n, 0);
        assert_int_equal(f->count, 1);
        assert_string_equal(f->list[0].code, none[i].code);
    }
}

static void quantities_are_as_kubernetes_writes_them(void **state)
{
    static const struct {
        const char *text, *canonical;
    } known[] = {{"0", "0"},
                 {"-", "0"},
                 {"0.5", "500m"},
                 {"1.5Gi", "1536Mi"},
                 {"1000m", "1"},
                 {"+1", "+1"},
                 {"1024Ki", "1Mi"},
                 {"0.1n", "1n"},
                 {"1e3", "1e3"},
                 {"1000e3", "1e6"},
                 {"-2048", "-2048"},
                 {"100000", "100k"},
                 {"1.5Ki", "1536"},
                 {"0.5Ki", "512"},
                 {"8Ki", "8Ki"},
                 {"99999999999999999999Ei", "9223372036854775807"},
                 {"12345678901234567890123", "12345678901234567890123"},
                 {"1e-20", "1e-9"},
                 {"0.0000000019", "2n"},
                 {"9.9999999999", "10"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_str(quantity_text(*state, str_of(known[i].text)), known[i].canonical);
}

static struct str yaml_as_json(struct arena *a, const char *text)
{
    struct node *n;
    struct err e = {0};
    assert_ok(node_parse_yaml(a, str_of(text), &n, &e), &e);
    return go_json_text(a, n, false);
}

static void yaml_becomes_json_as_kubernetes_reader_makes_it(void **state)
{
    assert_str(yaml_as_json(*state, "{b: y, a: N, c: 'y', d: [0x10, 1_000, 010]}"),
               "{\"a\":false,\"b\":true,\"c\":\"y\",\"d\":[16,1000,8]}");
    assert_str(yaml_as_json(*state, "[1.50, 1e3, 1e21, 1e-7, 0.1, 123456789012345678901, -0.0, 18446744073709551615]"),
               "[1.5,1000,1e+21,1e-7,0.1,123456789012345680000,-0,18446744073709551615]");
    assert_str(yaml_as_json(*state, "\"<&>\\u2028\\x7f\\x01\\n\\t\\\"\""),
               "\"\\u003c\\u0026\\u003e\\u2028\x7f\\u0001\\n\\t\\\"\"");
}

static void single_letters_are_truth_values_in_yaml_only(void **state)
{
    struct node *n;
    struct err e = {0};
    struct faults *f = faults_new(*state);
    assert_ok(node_parse_yaml(*state, STR("{name: y, default: [n, x]}"), &n, &e), &e);
    assert_str(node_to_json(*state, tekton_decode(*state, "v1.ParamSpec", n, true, f)),
               "{\"name\":\"y\",\"default\":[\"n\",\"x\"]}");
    assert_int_equal(f->count, 0);
    assert_str(node_to_json(*state, tekton_decode(*state, "v1.ParamSpec", n, false, f)),
               "{\"default\":\"[false,\\\"x\\\"]\"}");
    assert_int_equal(f->count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(fields_are_in_gos_order_and_structs_are_always_written),
        with_arena(unknown_and_empty_fields_are_left_out),
        with_arena(the_older_form_has_creation_timestamps),
        with_arena(what_has_no_form_says_why),
        with_arena(quantities_are_as_kubernetes_writes_them),
        with_arena(yaml_becomes_json_as_kubernetes_reader_makes_it),
        with_arena(single_letters_are_truth_values_in_yaml_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
