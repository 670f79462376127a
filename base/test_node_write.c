#include "base/node.h"
#include "base/testing.h"

static struct node *parse(struct arena *a, struct str text)
{
    struct node *n = NULL;
    struct err e = {0};
    enum status s = node_parse_yaml(a, text, &n, &e);
    if (s != OK)
        print_error("%.*s\n", STR_ARG(text));
    assert_ok(s, &e);
    return n;
}

static struct str write_yaml(struct arena *a, const struct node *n)
{
    struct buf b;
    buf_init(&b, a, 0);
    size_t json = node_write_yaml(&b, n);
    assert_false(b.over);
    assert_int_equal(json, node_to_json(a, n).n);
    return buf_take(&b);
}

static void the_style_is_that_of_kubectl(void **state)
{
    static const char text[] = "apiVersion: tekton.dev/v1\n"
                               "kind: Task\n"
                               "metadata:\n"
                               "  name: x\n"
                               "  labels: {}\n"
                               "spec:\n"
                               "  params:\n"
                               "  - name: a\n"
                               "    default: \"1\"\n"
                               "  - name: b\n"
                               "    default: []\n"
                               "  matrix:\n"
                               "  - - 1\n"
                               "    - 2.5\n"
                               "  - - - true\n"
                               "  - {}\n"
                               "  steps:\n"
                               "  - args:\n"
                               "    - --input\n"
                               "    - $(params.a)\n"
                               "    - null\n"
                               "    script: |\n"
                               "      #!/bin/sh\n"
                               "      echo \"$x\"\n"
                               "    command:\n"
                               "    - sh\n";
    assert_str(write_yaml(*state, parse(*state, str_of(text))), text);
}

static void the_top_may_be_anything(void **state)
{
    static const char *const texts[] = {"{}\n", "[]\n", "null\n", "x\n", "\"1\"\n", "|-\n  a\n  b\n", "- 1\n- - x\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_str(write_yaml(*state, parse(*state, str_of(texts[i]))), texts[i]);
    assert_str(write_yaml(*state, NULL), "null\n");
}

static void missing_values_are_null(void **state)
{
    struct node *map = node_map(*state), *list = node_seq(*state);
    node_put(*state, map, "a", NULL);
    node_push(*state, list, NULL);
    node_put(*state, map, "b", list);
    assert_str(write_yaml(*state, map), "a: null\nb:\n- null\n");
    assert_str(node_to_json(*state, map), "{\"a\":null,\"b\":[null]}");
}

static void numbers_are_written_in_one_form(void **state)
{
    struct node *n = parse(*state, STR("[0x1F, 017, 1_000, 1e3, .inf, -.inf, .nan, yes, ~, 1.50, -0, 08]"));
    assert_str(write_yaml(*state, n), "- 31\n- 15\n- 1000\n- 1000.0\n- .inf\n- -.inf\n- .nan\n- true\n- null\n- 1.50\n"
                                      "- 0\n- 8.0\n");
    assert_str(node_to_json(*state, n), "[31,15,1000,1000.0,\".inf\",\"-.inf\",\".nan\",true,null,1.50,0,8.0]");
}

/* How a string is written where it is the value of a key. */
static void strings_are_quoted_where_a_reader_would_err(void **state)
{
    static const char *const cases[][2] = {
        {"x", "x"},
        {"two words", "two words"},
        {"", "\"\""},
        {"y", "\"y\""},
        {"NO", "\"NO\""},
        {"~", "\"~\""},
        {"null", "\"null\""},
        {"nuLL", "\"nuLL\""},
        {"1", "\"1\""},
        {"-1.5", "\"-1.5\""},
        {"1_0", "\"1_0\""},
        {"0x1g", "0x1g"},
        {"0xFF", "\"0xFF\""},
        {"0o7", "\"0o7\""},
        {"1e3", "\"1e3\""},
        {".5", "\".5\""},
        {".inf", "\".inf\""},
        {"1:20", "\"1:20\""},
        {"190:20:30.15", "\"190:20:30.15\""},
        {"2020-01-01", "\"2020-01-01\""},
        {"2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\""},
        {"1.2.3", "1.2.3"},
        {"10.0.0.1", "10.0.0.1"},
        {"1.27-alpine", "1.27-alpine"},
        {"=", "\"=\""},
        {"<<", "\"<<\""},
        {"<", "<"},
        {"-", "\"-\""},
        {"- x", "\"- x\""},
        {"-x", "-x"},
        {"--x", "--x"},
        {"---", "\"---\""},
        {"...", "\"...\""},
        {"? x", "\"? x\""},
        {"a: b", "\"a: b\""},
        {"a:b", "a:b"},
        {"a:", "\"a:\""},
        {"a #b", "\"a #b\""},
        {"a#b", "a#b"},
        {"#a", "\"#a\""},
        {" a", "\" a\""},
        {"a ", "\"a \""},
        {"{{x}}", "\"{{x}}\""},
        {"{\"a\": 1}", "'{\"a\": 1}'"},
        {"[\"it's\"]", "'[\"it''s\"]'"},
        {"it's", "it's"},
        {"'a'", "\"'a'\""},
        {"\\d: x", "'\\d: x'"},
        {"*a", "\"*a\""},
        {"&a", "\"&a\""},
        {"!a", "\"!a\""},
        {"@a", "\"@a\""},
        {"`a`", "\"`a`\""},
        {"%a", "\"%a\""},
        {"|", "\"|\""},
        {">", "\">\""},
        {"a\tb", "\"a\\tb\""},
        {"a\rb", "\"a\\rb\""},
        {"a\x1b[0m", "\"a\\u001B[0m\""},
        {"a\x7f", "\"a\\u007F\""},
        {"\xc3\xa4\xf0\x9f\x98\x80", "\xc3\xa4\xf0\x9f\x98\x80"},
        {"a\xc2\x85"
         "b",
         "\"a\\u0085b\""},
        {"a\xe2\x80\xa8"
         "b",
         "\"a\\u2028b\""},
        {"\xef\xbb\xbf"
         "a",
         "\"\\uFEFFa\""},
        {"a\xff"
         "b",
         "\"a\xef\xbf\xbd"
         "b\""},
        {"\n", "\"\\n\""},
        {"a\nb", "|-\n  a\n  b"},
        {"a\nb\n", "|\n  a\n  b"},
        {"a\nb\n\n", "|+\n  a\n  b\n"},
        {" a\nb", "|2-\n   a\n  b"},
        {"\na\n", "|2\n\n  a"},
        {"\ta\nb", "|2-\n  \ta\n  b"},
        {"a\n\n  b\n", "|\n  a\n\n    b"},
        {"a \nb", "|-\n  a \n  b"},
        {"# a\nb", "|-\n  # a\n  b"},
        {"--- \nb", "|-\n  --- \n  b"},
        {"a\nb ", "\"a\\nb \""},
        {"a\n  \n", "\"a\\n  \\n\""},
        {"a\r\nb\n", "\"a\\r\\nb\\n\""},
        {"a\nb\xe2\x80\xa9\n", "\"a\\nb\\u2029\\n\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct node *map = node_map(*state);
        node_put_str(*state, map, "k", str_of(cases[i][0]));
        assert_str(write_yaml(*state, map), str_printf(*state, "k: %s\n", cases[i][1]).p);
    }
}

static void keys_are_quoted_like_strings_but_never_blocks(void **state)
{
    struct node *map = node_map(*state);
    static const char *const keys[] = {"a", "on", "1", "", "a: b", "a\nb", "<<", "x y", "{}"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        node_put(*state, map, keys[i], node_null(*state));
    struct str text = write_yaml(*state, map);
    assert_str(text, "a: null\n\"on\": null\n\"1\": null\n\"\": null\n\"a: b\": null\n\"a\\nb\": null\n\"<<\": null\n"
                     "x y: null\n\"{}\": null\n");
    assert_true(node_equal(parse(*state, text), map));
}

static void keys_longer_than_readers_look_ahead_are_announced(void **state)
{
    char key[3001];
    memset(key, 'k', 3000);
    for (int len = 990; len <= 3000; len += len < 1030 ? 1 : 985) {
        struct node *map = node_map(*state), *inner = node_map(*state), *list = node_seq(*state);
        struct str k = str_dup(*state, (struct str){key, (size_t)len});
        node_set(*state, map, k, inner);
        node_set(*state, inner, k, list);
        node_push(*state, list, node_map(*state));
        node_set(*state, node_at(list, 0), k, node_cstr(*state, "a\nb"));
        node_set(*state, map, str_cat(*state, k, STR(": \n")), node_cstr(*state, "x"));
        struct str text = write_yaml(*state, map);
        assert_true(node_equal(parse(*state, text), map));
        assert_int_equal(str_starts(text, "? "), len > 1000);
    }
}

static void deep_trees_are_indented_without_end(void **state)
{
    struct node *n = node_cstr(*state, "x");
    for (int i = 0; i < NODE_MAX_DEPTH; i++) {
        struct node *map = node_map(*state);
        node_put(*state, map, "k", n);
        n = map;
    }
    assert_true(node_equal(parse(*state, write_yaml(*state, n)), n));
}

static void a_limit_of_the_builder_is_noticed(void **state)
{
    struct buf b;
    buf_init(&b, *state, 10);
    node_write_yaml(&b, parse(*state, STR("{a: {b: [1, 2, 3, 4, 5, 6]}}")));
    assert_true(b.over);
    assert_true(buf_take(&b).n <= 10);
}

/* ---- random trees */

static struct str random_text(struct arena *a, uint64_t *seed)
{
    static const char *const pieces[] = {"a",
                                         "b",
                                         " ",
                                         "  ",
                                         "\n",
                                         "\n\n",
                                         "\t",
                                         ":",
                                         ": ",
                                         " #",
                                         "#",
                                         "-",
                                         "- ",
                                         "?",
                                         "? ",
                                         "\"",
                                         "'",
                                         "\\",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         "&",
                                         "*",
                                         "!",
                                         "|",
                                         ">",
                                         "%",
                                         "@",
                                         "`",
                                         "~",
                                         "null",
                                         "true",
                                         "no",
                                         "y",
                                         "0",
                                         "1",
                                         "08",
                                         "0x1F",
                                         "1e3",
                                         ".5",
                                         "_",
                                         ".inf",
                                         "=",
                                         "<<",
                                         "---",
                                         "...",
                                         "1:20",
                                         "\r",
                                         "\x07",
                                         "\x7f",
                                         "\x1b",
                                         "key: v",
                                         "|2",
                                         "2020-01-01",
                                         "\xc3\xa4",
                                         "\xf0\x9f\x98\x80",
                                         "\xc2\x85",
                                         "\xe2\x80\xa8",
                                         "\xef\xbb\xbf",
                                         "\xef\xbf\xbf",
                                         "\xc2\xa0",
                                         "some more words",
                                         "$(params.x)"};
    struct buf b;
    buf_init(&b, a, 0);
    for (uint64_t n = testing_random(seed) % 8; n > 0; n--)
        buf_cstr(&b, pieces[testing_random(seed) % (sizeof pieces / sizeof pieces[0])]);
    return buf_take(&b);
}

static struct node *random_scalar(struct arena *a, uint64_t *seed)
{
    struct node *n;
    uint64_t bits = testing_random(seed);
    double v = (double)(int64_t)bits / (double)(1 + bits % 1000003);
    switch (testing_random(seed) % 8) {
    case 0:
        return node_null(a);
    case 1:
        return node_bool_new(a, bits % 2 == 0);
    case 2:
        return node_int_new(a, (int64_t)(bits >> bits % 64));
    case 3:
        n = node_str(a, str_printf(a, "%.17e", v));
        n->type = SCALAR_FLOAT;
        return n;
    default:
        return node_str(a, random_text(a, seed));
    }
}

static struct node *random_tree(struct arena *a, uint64_t *seed, int depth)
{
    uint64_t kind = testing_random(seed) % 10, count = testing_random(seed) % 5;
    if (depth == 0 || kind < 4)
        return random_scalar(a, seed);
    struct node *n = kind < 7 ? node_seq(a) : node_map(a);
    for (; count > 0; count--) {
        if (n->kind == NODE_SEQ)
            node_push(a, n, random_tree(a, seed, depth - 1));
        else
            node_set(a, n, random_text(a, seed), random_tree(a, seed, depth - 1));
    }
    return n;
}

static void whatever_is_written_reads_back_equal(void **state)
{
    (void)state;
    uint64_t seed = 20240229;
    for (int i = 0; i < 6000; i++) {
        struct arena *a = arena_new(0);
        struct node *n = random_tree(a, &seed, 5), *json = NULL;
        struct err e = {0};
        struct str text = write_yaml(a, n);
        struct node *back = parse(a, text);
        if (!node_equal(n, back))
            fail_msg("%s\n%s", text.p, write_yaml(a, back).p);
        assert_str_eq(write_yaml(a, back), text);

        struct str compact = node_to_json(a, n);
        assert_ok(node_parse_json(a, compact, &json, &e), &e);
        if (!node_equal(n, json))
            fail_msg("%s\n%s", compact.p, node_to_json(a, json).p);
        arena_free(a);
    }
}

static enum status write_both(void *arg)
{
    struct arena *a = arg;
    struct node *n = node_map(a);
    struct buf b;
    buf_init(&b, a, 0);
    for (int i = 0; i < 60; i++)
        node_set(a, n, str_printf(a, "key %d: \xe2\x80\xa8", i), node_cstr(a, "text\nof lines"));
    node_write_yaml(&b, n);
    (void)buf_take(&b);
    (void)node_to_json(a, node_copy(a, n));
    return OK;
}

static enum status write_guarded(struct arena *a, struct err *e)
{
    enum status s = arena_guard(a, write_both, a);
    return s == OK ? OK : err_set(e, s, "out_of_memory", "no memory");
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(testing_each_allocation_fails(write_guarded) > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(the_style_is_that_of_kubectl),
        with_arena(the_top_may_be_anything),
        with_arena(missing_values_are_null),
        with_arena(numbers_are_written_in_one_form),
        with_arena(strings_are_quoted_where_a_reader_would_err),
        with_arena(keys_are_quoted_like_strings_but_never_blocks),
        with_arena(keys_longer_than_readers_look_ahead_are_announced),
        with_arena(deep_trees_are_indented_without_end),
        with_arena(a_limit_of_the_builder_is_noticed),
        cmocka_unit_test(whatever_is_written_reads_back_equal),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
