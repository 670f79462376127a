#include "base/node.h"
#include "base/testing.h"

static struct node *parse(struct arena *a, const char *text)
{
    struct node *n = NULL;
    struct err e = {0};
    assert_ok(node_parse_json(a, str_of(text), &n, &e), &e);
    assert_non_null(n);
    return n;
}

static struct err refuse(struct arena *a, struct str text, enum status status, const char *code)
{
    struct node *n = NULL;
    struct err e = {0};
    assert_error(node_parse_json(a, text, &n, &e), &e, status, code);
    assert_null(n);
    return e;
}

static void values_keep_their_types_and_order(void **state)
{
    struct node *n =
        parse(*state, "{\"z\": \"1\", \"a\": [1, -2, 1.5, 1e3, true, false, null, \"\\u00e4\\n\"], \"m\": {}}");
    assert_str(n->pairs[0].key, "z");
    assert_str(n->pairs[1].key, "a");
    assert_int_equal(n->pairs[0].value->type, SCALAR_STR);
    static const enum scalar_type types[] = {SCALAR_INT,  SCALAR_INT,  SCALAR_FLOAT, SCALAR_FLOAT,
                                             SCALAR_BOOL, SCALAR_BOOL, SCALAR_NULL,  SCALAR_STR};
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(node_at(n->pairs[1].value, i)->type, types[i]);
    assert_str(node_text(node_at(n->pairs[1].value, 3)), "1000.0");
    assert_str(node_text(node_at(n->pairs[1].value, 7)), "\xc3\xa4\n");
    assert_true(node_is_map(n->pairs[2].value));
    assert_int_equal(n->line, 0);
}

static void a_scalar_is_a_document_too(void **state)
{
    assert_str(node_text(parse(*state, " \"x\" ")), "x");
    assert_true(node_is_null(parse(*state, "null")));
    assert_str(node_text(parse(*state, "\xef\xbb\xbf"
                                       "1")),
               "1");
}

static void errors_say_where(void **state)
{
    struct err e = refuse(*state, STR("{\n  \"a\": 1,\n  \"b\" 2\n}"), ERR_SYNTAX, "json_syntax");
    assert_int_equal(e.line, 3);
    assert_true(e.column > 0);
    (void)refuse(*state, STR("{\"a\": 1} x"), ERR_SYNTAX, "json_syntax");
    (void)refuse(*state, STR("{\"a\": 1,}"), ERR_SYNTAX, "json_syntax");
    (void)refuse(*state, STR("{'a': 1}"), ERR_SYNTAX, "json_syntax");
    (void)refuse(*state, STR("[01]"), ERR_SYNTAX, "json_syntax");
    (void)refuse(*state, STR("[NaN]"), ERR_SYNTAX, "json_syntax");
    (void)refuse(*state, STR("\"abc"), ERR_SYNTAX, "json_syntax");
    (void)refuse(*state, STR("[\"\\"), ERR_SYNTAX, "json_syntax");
    (void)refuse(*state, STR("// x\n1"), ERR_SYNTAX, "json_syntax");
    (void)refuse(*state, STR(""), ERR_SYNTAX, "json_empty");
    (void)refuse(*state, STR(" \n"), ERR_SYNTAX, "json_empty");
    (void)refuse(*state, STR_NONE, ERR_SYNTAX, "json_empty");
}

static void duplicate_keys_are_refused(void **state)
{
    struct err e = refuse(*state, STR("{\"a\": 1,\n \"a\": 2}"), ERR_SYNTAX, "json_duplicate_key");
    assert_int_equal(e.line, 2);
}

static void text_that_is_not_utf8_is_refused(void **state)
{
    (void)refuse(*state, STR("[\"\xff\"]"), ERR_SYNTAX, "json_utf8");
    (void)refuse(*state, STR("[\"a\\u0000\"]"), ERR_SYNTAX, "json_utf8");
    (void)refuse(*state, STR("{\"a\\u0000\": 1}"), ERR_SYNTAX, "json_utf8");
    (void)refuse(*state, STR("[\"\\ud800\"]"), ERR_SYNTAX, "json_syntax");
}

static void numbers_out_of_range_are_refused(void **state)
{
    assert_str(node_text(parse(*state, "9223372036854775807")), "9223372036854775807");
    (void)refuse(*state, STR("9223372036854775808"), ERR_SYNTAX, "json_number");
    (void)refuse(*state, STR("1e400"), ERR_SYNTAX, "json_number");
}

static struct str repeated(struct arena *a, const char *piece, size_t times)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < times; i++)
        buf_cstr(&b, piece);
    return buf_take(&b);
}

static void nesting_ends_at_64(void **state)
{
    struct str open = repeated(*state, "[", NODE_MAX_DEPTH), shut = repeated(*state, "]", NODE_MAX_DEPTH);
    (void)parse(*state, str_cat(*state, open, shut).p);
    struct err e = refuse(*state, str_printf(*state, "[\"\xc3\xa4[[[\",\n\"\xc3\xa4\", %s%s]", open.p, shut.p),
                          ERR_LIMIT, "json_depth");
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, 6 + NODE_MAX_DEPTH - 1);
    (void)refuse(*state, repeated(*state, "{\"a\":", 100000), ERR_LIMIT, "json_depth");
}

static void values_are_counted_before_they_are_read(void **state)
{
    struct node *n = parse(*state, str_printf(*state, "[%s1]", repeated(*state, "1,", NODE_MAX_COUNT - 2).p).p);
    assert_int_equal(n->count, NODE_MAX_COUNT - 1);
    (void)refuse(*state, str_printf(*state, "[%s1]", repeated(*state, "1,", NODE_MAX_COUNT - 1).p), ERR_LIMIT,
                 "json_nodes");
    (void)refuse(*state, repeated(*state, "[{\"k\": \"v\"}],", 100000), ERR_LIMIT, "json_nodes");
    (void)refuse(*state, repeated(*state, "[] ", NODE_MAX_COUNT + 1), ERR_LIMIT, "json_nodes");
}

static void keys_are_not_counted_as_values(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    buf_char(&b, '{');
    for (int i = 0; i < 150000; i++)
        buf_printf(&b, "%s\"k%d\": \"v\"", i > 0 ? "," : "", i);
    buf_char(&b, '}');
    assert_int_equal(parse(*state, buf_take(&b).p)->count, 150000);
}

static void text_over_32_mb_is_refused(void **state)
{
    (void)refuse(*state, (struct str){"", NODE_MAX_BYTES + 1}, ERR_LIMIT, "json_size");
}

static void a_small_arena_is_a_limit_not_a_crash(void **state)
{
    (void)state;
    struct arena *a = arena_new(500);
    struct node *n = NULL;
    struct err e = {0};
    assert_non_null(a);
    assert_error(node_parse_json(a, STR("[1,2,3,4,5,6,7,8,9]"), &n, &e), &e, ERR_LIMIT, "memory_limit");
    arena_free(a);
}

static void nobody_needs_to_want_the_error(void **state)
{
    struct node *n = NULL;
    assert_int_equal(node_parse_json(*state, STR("[1"), &n, NULL), ERR_SYNTAX);
    assert_int_equal(node_parse_json(*state, repeated(*state, "[", 65), &n, NULL), ERR_LIMIT);
}

static enum status parse_everything(struct arena *a, struct err *e)
{
    struct node *n;
    return node_parse_json(a, STR("{\"a\": [1, 2.5, true, null, \"x\"], \"b\": {\"c\": {}}}"), &n, e);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(testing_each_allocation_fails(parse_everything) > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(values_keep_their_types_and_order),
        with_arena(a_scalar_is_a_document_too),
        with_arena(errors_say_where),
        with_arena(duplicate_keys_are_refused),
        with_arena(text_that_is_not_utf8_is_refused),
        with_arena(numbers_out_of_range_are_refused),
        with_arena(nesting_ends_at_64),
        with_arena(values_are_counted_before_they_are_read),
        with_arena(keys_are_not_counted_as_values),
        with_arena(text_over_32_mb_is_refused),
        cmocka_unit_test(a_small_arena_is_a_limit_not_a_crash),
        with_arena(nobody_needs_to_want_the_error),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
