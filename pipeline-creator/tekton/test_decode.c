#include "base/testing.h"
#include "pipeline-creator/tekton/cel.h"
#include "pipeline-creator/tekton/decode.h"
#include "pipeline-creator/tekton/schema.h"

static bool scalar_type(struct str type)
{
    static const char *const types[] = {"string",   "bool", "int",           "int32",       "int64", "quantity",
                                        "duration", "time", "int-or-string", "param-value", "raw"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_is(type, types[i]))
            return true;
    return false;
}

static struct str bare(struct str type)
{
    while (str_starts(type, "*") || str_starts(type, "[]") || str_starts(type, "{}"))
        type = str_from(type, str_starts(type, "*") ? 1 : 2);
    return type;
}

static void check_table(const struct schema *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str rest = str_of(list[i].fields);
        struct schema_field field;
        assert_ptr_equal(schema_find(str_of(list[i].name)), &list[i]);
        while (schema_next(&rest, &field))
            assert_true(scalar_type(bare(field.type)) || schema_find(bare(field.type)) != NULL);
    }
}

static void every_type_of_the_tables_is_in_them(void **state)
{
    (void)state;
    check_table(SCHEMA_KUBERNETES, SCHEMA_KUBERNETES_COUNT);
    check_table(SCHEMA_TEKTON, SCHEMA_TEKTON_COUNT);
    check_table(SCHEMA_EXECUTOR, SCHEMA_EXECUTOR_COUNT);
}

static struct faults *decode_faults(struct arena *a, const char *type, const char *text, struct node **out)
{
    struct node *n;
    struct err e = {0};
    struct faults *f = faults_new(a);
    assert_ok(node_parse_yaml(a, str_of(text), &n, &e), &e);
    *out = tekton_decode(a, type, n, false, f);
    return f;
}

static void faults_of_decoding_have_a_place_and_gos_words(void **state)
{
    static const struct {
        const char *text, *path, *message;
    } cases[] = {
        {"spec: {steps: [{image: i}, {nmae: x}]}", "spec.steps[1].nmae", "json: unknown field \"nmae\""},
        {"spec: {steps: [{image: 5}]}", "spec.steps[0].image",
         "json: cannot unmarshal number into Go struct field Step.spec.steps.image of type string"},
        {"spec: {steps: x}", "spec.steps",
         "json: cannot unmarshal string into Go struct field TaskSpec.spec.steps of type []v1.Step"},
        {"spec: {steps: [{timeout: soon}]}", "spec.steps[0].timeout", "time: invalid duration \"soon\""},
        {"metadata: {labels: {a: 1}}", "metadata.labels[a]",
         "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"},
        {"spec: {steps: [{computeResources: {limits: {cpu: lots}}}]}", "spec.steps[0].computeResources.limits[cpu]",
         "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"},
        {"spec: {steps: [{computeResources: {limits: {cpu: 1Qi}}}]}", "spec.steps[0].computeResources.limits[cpu]",
         "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"},
        {"spec: {sidecars: [{readinessProbe: {periodSeconds: 99999999999}}]}",
         "spec.sidecars[0].readinessProbe.periodSeconds",
         "json: cannot unmarshal number into Go struct field Probe.spec.sidecars.readinessProbe.periodSeconds of type "
         "int32"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct node *out;
        struct faults *f = decode_faults(*state, "v1.Task", cases[i].text, &out);
        assert_int_equal(f->count, 1);
        assert_str(f->list[0].paths[0], cases[i].path);
        assert_str(f->list[0].message, cases[i].message);
        assert_int_equal(f->list[0].line, 1);
    }
}

static void fields_are_found_in_any_case_and_null_is_nothing(void **state)
{
    struct node *out;
    struct faults *f = decode_faults(*state, "v1.Task", "Spec: {STEPS: [{Image: i, script: null}, null]}", &out);
    assert_int_equal(f->count, 0);
    assert_str(node_to_json(*state, out), "{\"spec\":{\"steps\":[{\"image\":\"i\"},{}]}}");
}

static void unknown_fields_of_metadata_are_left_to_the_api_server(void **state)
{
    struct node *out;
    struct faults *f =
        decode_faults(*state, "v1.Pipeline",
                      "metadata: {name: x, nope: 1, ownerReferences: [{nope: 1}]}\nspec: {tasks: [{nope: 1}]}", &out);
    assert_int_equal(f->count, 1);
    assert_str(f->list[0].paths[0], "spec.tasks[0].nope");
}

static void values_of_parameters_are_strings_lists_or_maps_of_them(void **state)
{
    struct node *out;
    struct faults *f = decode_faults(*state, "v1.TaskRunSpec",
                                     "params: [{name: a, value: [x, null]}, {name: b, value: {k: v}}, {name: c, value: "
                                     "1}, {name: d, value: [1]}, {name: e, value: null}, {name: f}]",
                                     &out);
    assert_int_equal(f->count, 0);
    assert_str(node_to_json(*state, out),
               "{\"params\":[{\"name\":\"a\",\"value\":[\"x\",\"\"]},{\"name\":\"b\",\"value\":{\"k\":\"v\"}},"
               "{\"name\":\"c\",\"value\":\"1\"},{\"name\":\"d\",\"value\":\"[1]\"},{\"name\":\"e\",\"value\":\"\"},"
               "{\"name\":\"f\"}]}");
}

static void durations_are_read_and_written_as_go_does(void **state)
{
    static const struct {
        const char *text, *printed;
    } good[] = {{"1h", "1h0m0s"}, {"1.5h", "1h30m0s"},        {"90s", "1m30s"}, {"-1m", "-1m0s"},
                {"0", "0s"},      {"1500ms", "1.5s"},         {"60ns", "60ns"}, {"1500ns", "1.5\xc2\xb5s"},
                {".5s", "500ms"}, {"1h1m1s1ms", "1h1m1.001s"}};
    static const char *const bad[] = {"", "1", "h", "1x", "1h2", "-", "9223372036854775808ns", "1 h"};
    int64_t value;
    struct str problem;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(go_duration_parse(*state, str_of(good[i].text), &value, &problem));
        assert_str(go_duration_text(*state, value), good[i].printed);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(go_duration_parse(*state, str_of(bad[i]), &value, &problem));
}

static void quantities_and_times_are_told_from_other_text(void **state)
{
    static const char *const quantities[] = {"1", "100m", "1.5Gi", "1e3", "-2", "1E", ".5", "12e-3", "+1k"};
    static const char *const none[] = {"", "x", "1 Gi", "1GB", "1ee3", "1Mi5", "Gi!"};
    static const char *const times[] = {"2026-01-31T09:15:00Z", "2024-02-29T00:00:00.123+02:00"};
    static const char *const no_times[] = {"", "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z",
                                           "2026-01-01T00:00:00Z."};
    (void)state;
    for (size_t i = 0; i < sizeof quantities / sizeof quantities[0]; i++)
        assert_null(quantity_problem(str_of(quantities[i])));
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_non_null(quantity_problem(str_of(none[i])));
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        assert_true(time_valid(str_of(times[i])));
    for (size_t i = 0; i < sizeof no_times / sizeof no_times[0]; i++)
        assert_false(time_valid(str_of(no_times[i])));
}

static void cel_has_to_parse_and_to_fit_its_types(void **state)
{
    static const char *const good[] = {"'$(params.x)' == 'a'",
                                       "size('a') > 0 && !false",
                                       "[1, 2].all(x, x > 0)",
                                       "{'a': 1}.a + 1 == 2 ? true : 'b' in ['b']",
                                       "has({'a': 1}.a)",
                                       "timestamp('t').getHours() in [1]",
                                       "'a'.matches(r'\\d+') // why not"};
    static const char *const bad[] = {"",        "'a' ==",          "a == 'a'",           "'a' == 1",
                                      "'a",      "[1].all(x, 'a')", "nope('a')",          "has('a')",
                                      "1 + 'a'", "true ? 1 : 'a'",  "$(params.x) == 'a'", "'a'.b"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(cel_problem(*state, str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(cel_problem(*state, str_of(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(every_type_of_the_tables_is_in_them),
        with_arena(faults_of_decoding_have_a_place_and_gos_words),
        with_arena(fields_are_found_in_any_case_and_null_is_nothing),
        with_arena(unknown_fields_of_metadata_are_left_to_the_api_server),
        with_arena(values_of_parameters_are_strings_lists_or_maps_of_them),
        with_arena(durations_are_read_and_written_as_go_does),
        with_arena(quantities_and_times_are_told_from_other_text),
        with_arena(cel_has_to_parse_and_to_fit_its_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
