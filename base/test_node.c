#include "base/node.h"
#include "base/scalar.h"
#include "base/testing.h"

static void looking_up_chains_over_what_is_not_there(void **state)
{
    struct node *map = node_map(*state), *inner = node_map(*state), *list = node_seq(*state);
    node_put(*state, map, "metadata", inner);
    node_put_str(*state, inner, "name", STR("x"));
    node_put(*state, map, "list", list);
    node_push(*state, list, node_int_new(*state, 7));

    assert_str(node_text(node_path(map, "metadata", "name", NULL)), "x");
    assert_null(node_path(map, "nothing", "name", "deeper", NULL));
    assert_null(node_get(node_get(NULL, "a"), "b"));
    assert_null(node_get(list, "a"));
    assert_null(node_at(map, 0));
    assert_null(node_at(list, 1));
    assert_non_null(node_at(list, 0));
    assert_str(node_text_of(map, "metadata"), "");
    assert_str(node_text_of(inner, "name"), "x");
    assert_int_equal(node_count(NULL), 0);
    assert_int_equal(node_count(map), 2);
    assert_str(node_pair(map, "list")->key, "list");
    assert_null(node_pair(map, "x"));
}

static void scalars_have_values(void **state)
{
    int64_t v = 0;
    assert_true(node_bool(node_bool_new(*state, true), false));
    assert_true(node_bool(node_cstr(*state, "true"), false));
    assert_false(node_bool(node_cstr(*state, "false"), true));
    assert_true(node_bool(node_cstr(*state, "yes"), true));
    assert_true(node_bool(NULL, true));
    assert_false(node_bool(node_int_new(*state, 1), false));
    assert_true(node_int(node_int_new(*state, INT64_MIN), &v));
    assert_true(v == INT64_MIN);
    assert_true(node_int(node_cstr(*state, "12"), &v));
    assert_int_equal(v, 12);
    assert_false(node_int(node_cstr(*state, "0x1"), &v));
    assert_false(node_int(NULL, &v));
    assert_true(node_is_null(node_null(*state)));
    assert_true(node_is_null(NULL));
    assert_str(node_text(node_null(*state)), "");
    assert_false(node_is_null(node_cstr(*state, "")));
    assert_true(node_is_string(node_cstr(*state, "")));
    assert_false(node_is_string(node_null(*state)));
}

static void kinds_have_names(void **state)
{
    struct node *f = node_cstr(*state, "1.5");
    f->type = SCALAR_FLOAT;
    assert_string_equal(node_kind_name(NULL), "null");
    assert_string_equal(node_kind_name(node_null(*state)), "null");
    assert_string_equal(node_kind_name(node_map(*state)), "map");
    assert_string_equal(node_kind_name(node_seq(*state)), "list");
    assert_string_equal(node_kind_name(node_cstr(*state, "x")), "string");
    assert_string_equal(node_kind_name(node_int_new(*state, 1)), "number");
    assert_string_equal(node_kind_name(f), "number");
    assert_string_equal(node_kind_name(node_bool_new(*state, false)), "boolean");
}

static void setting_replaces_and_keeps_the_order(void **state)
{
    struct node *map = node_map(*state);
    for (int i = 0; i < 100; i++)
        node_set(*state, map, str_printf(*state, "k%d", i), node_int_new(*state, i));
    node_put(*state, map, "k50", node_cstr(*state, "new"));
    assert_int_equal(map->count, 100);
    assert_str(map->pairs[50].key, "k50");
    assert_str(node_text(map->pairs[50].value), "new");
    assert_true(node_remove(map, "k0"));
    assert_false(node_remove(map, "k0"));
    assert_true(node_remove(map, "k99"));
    assert_int_equal(map->count, 98);
    assert_str(map->pairs[0].key, "k1");
    assert_str(map->pairs[97].key, "k98");
    assert_false(node_remove(NULL, "x"));
}

static struct node *parse(struct arena *a, const char *text)
{
    struct node *n = NULL;
    struct err e = {0};
    assert_ok(node_parse_yaml(a, str_of(text), &n, &e), &e);
    return n;
}

static void what_was_read_can_be_added_to(void **state)
{
    struct node *n = parse(*state, "a: [1, 2]\nb: 1\n");
    for (int i = 0; i < 20; i++)
        node_push(*state, node_get(n, "a"), node_int_new(*state, i));
    node_put(*state, n, "c", node_null(*state));
    assert_int_equal(node_count(node_get(n, "a")), 22);
    assert_str(node_text(node_at(node_get(n, "a"), 1)), "2");
    assert_str(node_text(node_at(node_get(n, "a"), 21)), "19");
    assert_int_equal(node_count(n), 3);
}

static void equality_ignores_order_style_and_place(void **state)
{
    assert_true(node_equal(parse(*state, "a: 1\nb: [x, 'y']\n"), parse(*state, "\n\n{b: [\"x\", y], a: 0x1}")));
    assert_true(node_equal(parse(*state, "a: yes"), parse(*state, "a: true")));
    assert_true(node_equal(parse(*state, "a: ~"), parse(*state, "a:")));
    assert_true(node_equal(parse(*state, "a: 1e3"), parse(*state, "a: 1000.0")));
    assert_true(node_equal(parse(*state, "a: .nan"), parse(*state, "a: .NaN")));
    assert_false(node_equal(parse(*state, "a: 1"), parse(*state, "a: 1.0")));
    assert_false(node_equal(parse(*state, "a: 1"), parse(*state, "a: '1'")));
    assert_false(node_equal(parse(*state, "a: 1"), parse(*state, "b: 1")));
    assert_false(node_equal(parse(*state, "[1, 2]"), parse(*state, "[2, 1]")));
    assert_false(node_equal(parse(*state, "[1, 2]"), parse(*state, "[1]")));
    assert_false(node_equal(parse(*state, "{}"), parse(*state, "[]")));
    assert_true(node_equal(NULL, node_null(*state)));
    assert_false(node_equal(NULL, node_cstr(*state, "")));
}

static void large_maps_in_another_order_are_equal(void **state)
{
    struct node *x = node_map(*state), *y = node_map(*state);
    enum { N = 60000 };
    x->pairs = arena_array_of(*state, N, struct pair);
    y->pairs = arena_array_of(*state, N, struct pair);
    x->count = y->count = N;
    for (int i = 0; i < N; i++) {
        x->pairs[i] = (struct pair){.key = str_printf(*state, "%d", i), .value = node_null(*state)};
        y->pairs[N - 1 - i] = x->pairs[i];
    }
    assert_true(node_equal(x, y));
    y->pairs[7].value = node_cstr(*state, "");
    assert_false(node_equal(x, y));
    y->pairs[7].key = STR("other");
    assert_false(node_equal(x, y));
}

static void copies_share_nothing(void **state)
{
    struct node *n = parse(*state, "a: &x {k: [1, two]}\nb: *x\n");
    assert_ptr_equal(node_get(n, "a"), node_get(n, "b"));
    struct node *copy = node_copy(*state, n);
    assert_true(node_equal(copy, n));
    assert_ptr_not_equal(node_get(copy, "a"), node_get(copy, "b"));
    assert_ptr_not_equal(node_at(node_path(copy, "a", "k", NULL), 1)->text.p,
                         node_at(node_path(n, "a", "k", NULL), 1)->text.p);
    node_put_str(*state, node_get(copy, "a"), "k", STR("changed"));
    assert_false(node_equal(copy, n));
    assert_int_equal(node_get(copy, "b")->line, 1);
    assert_null(node_copy(*state, NULL));
}

static void plain_scalars_mean_what_they_mean_to_kubernetes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum scalar_type type;
    } cases[] = {
        {"", SCALAR_NULL},
        {"~", SCALAR_NULL},
        {"null", SCALAR_NULL},
        {"Null", SCALAR_NULL},
        {"NULL", SCALAR_NULL},
        {"nULL", SCALAR_STR},
        {"true", SCALAR_BOOL},
        {"True", SCALAR_BOOL},
        {"TRUE", SCALAR_BOOL},
        {"tRUE", SCALAR_STR},
        {"yes", SCALAR_BOOL},
        {"No", SCALAR_BOOL},
        {"ON", SCALAR_BOOL},
        {"off", SCALAR_BOOL},
        {"oFF", SCALAR_STR},
        {"y", SCALAR_STR},
        {"n", SCALAR_STR},
        {"0", SCALAR_INT},
        {"-1", SCALAR_INT},
        {"+1", SCALAR_INT},
        {"0x1F", SCALAR_INT},
        {"0xG", SCALAR_STR},
        {"0o17", SCALAR_INT},
        {"0o8", SCALAR_STR},
        {"0b11", SCALAR_INT},
        {"017", SCALAR_INT},
        {"08", SCALAR_FLOAT},
        {"1_000", SCALAR_INT},
        {"0x", SCALAR_STR},
        {"-", SCALAR_STR},
        {"+", SCALAR_STR},
        {".", SCALAR_STR},
        {"1.", SCALAR_FLOAT},
        {".5", SCALAR_FLOAT},
        {"1e3", SCALAR_FLOAT},
        {"1e400", SCALAR_STR},
        {"1e", SCALAR_STR},
        {"1.5e-3", SCALAR_FLOAT},
        {"1.2.3", SCALAR_STR},
        {".inf", SCALAR_FLOAT},
        {"-.INF", SCALAR_FLOAT},
        {"+.Inf", SCALAR_FLOAT},
        {".nan", SCALAR_FLOAT},
        {"-.nan", SCALAR_STR},
        {"inf", SCALAR_STR},
        {"nan", SCALAR_STR},
        {"1:20", SCALAR_STR},
        {"2020-01-01", SCALAR_STR},
        {"=", SCALAR_STR},
        {"<<", SCALAR_STR},
        {"0.0", SCALAR_FLOAT},
        {"-0", SCALAR_INT},
        {"1 ", SCALAR_STR},
        {"12345678901234567890123", SCALAR_INT},
        {"0xFFFFFFFFFFFFFFFFF", SCALAR_STR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (scalar_resolve(str_of(cases[i].text)) != cases[i].type)
            fail_msg("\"%s\" is %d", cases[i].text, (int)scalar_resolve(str_of(cases[i].text)));
}

static void numbers_have_one_written_form(void **state)
{
    static const char *const cases[][2] = {
        {"0x1F", "31"},
        {"0o17", "15"},
        {"017", "15"},
        {"0b101", "5"},
        {"1_000", "1000"},
        {"+7", "7"},
        {"-0", "0"},
        {"-0x10", "-16"},
        {"1e3", "1000.0"},
        {".5", "0.5"},
        {"1.", "1.0"},
        {"08", "8.0"},
        {"1.50", "1.50"},
        {"-1.5e+3", "-1.5e+3"},
        {"1.5e3", "1500.0"},
        {"1e300", "1.0e+300"},
        {"1e-7", "1.0e-07"},
        {".inf", ".inf"},
        {"-.INF", "-.inf"},
        {".NaN", ".nan"},
        {"Yes", "true"},
        {"off", "false"},
        {"~", "null"},
        {"", "null"},
        {"0.1", "0.1"},
        {"12345678901234567890123", "12345678901234567890123"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"18446744073709551615", "18446744073709551615"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct node *n = node_cstr(*state, cases[i][0]);
        struct number out;
        n->type = scalar_resolve(n->text);
        scalar_canonical(n, &out);
        assert_string_equal(out.text, cases[i][1]);
        assert_int_equal(out.n, strlen(out.text));
    }
}

static void doubles_read_back_the_same(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = testing_random(&seed);
        double v;
        struct number out;
        memcpy(&v, &bits, sizeof v);
        scalar_from_double(v, &out);
        assert_int_equal(scalar_resolve((struct str){out.text, out.n}), SCALAR_FLOAT);
        double back = strtod(out.text, NULL);
        if (out.text[0] != '.' && out.text[1] != '.')
            assert_memory_equal(&back, &v, sizeof v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(looking_up_chains_over_what_is_not_there),
        with_arena(scalars_have_values),
        with_arena(kinds_have_names),
        with_arena(setting_replaces_and_keeps_the_order),
        with_arena(what_was_read_can_be_added_to),
        with_arena(equality_ignores_order_style_and_place),
        with_arena(large_maps_in_another_order_are_equal),
        with_arena(copies_share_nothing),
        cmocka_unit_test(plain_scalars_mean_what_they_mean_to_kubernetes),
        with_arena(numbers_have_one_written_form),
        cmocka_unit_test(doubles_read_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
