#include "base/node.h"
#include "base/testing.h"

static struct node *parse(struct arena *a, const char *text)
{
    struct node *n = NULL;
    struct err e = {0};
    assert_ok(node_parse_yaml(a, str_of(text), &n, &e), &e);
    assert_non_null(n);
    return n;
}

static struct err refuse(struct arena *a, struct str text, enum status status, const char *code)
{
    struct node *n = NULL;
    struct err e = {0};
    assert_error(node_parse_yaml(a, text, &n, &e), &e, status, code);
    assert_null(n);
    return e;
}

static void assert_at(struct err e, unsigned line, unsigned column)
{
    if (e.line != line || e.column != column)
        fail_msg("%u:%u, not %u:%u: %s", e.line, e.column, line, column, e.message);
}

static void every_node_knows_its_line_and_column(void **state)
{
    struct node *n = parse(*state, "# comment\n"
                                   "a: 1\n"
                                   "b\xc3\xa4:\n"
                                   "  - x\n"
                                   "  - {k:   v, \"\xc3\xb6\": w}\n"
                                   "c: |\n"
                                   "  text\n"
                                   "d:\n");
    assert_int_equal(n->line, 2);
    assert_int_equal(n->column, 1);
    assert_int_equal(n->pairs[0].key_line, 2);
    assert_int_equal(n->pairs[0].value->column, 4);
    assert_int_equal(n->pairs[1].key_line, 3);
    const struct node *list = n->pairs[1].value, *map = node_at(list, 1);
    assert_int_equal(list->line, 4);
    assert_int_equal(list->column, 3);
    assert_int_equal(node_at(list, 0)->column, 5);
    assert_int_equal(map->line, 5);
    assert_int_equal(map->column, 5);
    assert_int_equal(map->pairs[0].value->column, 11);
    assert_int_equal(map->pairs[1].key_column, 14);
    assert_int_equal(map->pairs[1].value->column, 19); /* characters, not bytes */
    assert_int_equal(node_get(n, "c")->line, 6);
    assert_int_equal(node_get(n, "d")->line, 8);
}

static void styles_are_remembered(void **state)
{
    struct node *n = parse(*state, "a: p\nb: 'q'\nc: \"r\"\nd: |\n  l\ne: >\n  f\n  g\nf: [1]\ng:\n- 1\n");
    assert_int_equal(node_get(n, "a")->style, STYLE_PLAIN);
    assert_int_equal(node_get(n, "b")->style, STYLE_QUOTED);
    assert_int_equal(node_get(n, "c")->style, STYLE_QUOTED);
    assert_int_equal(node_get(n, "d")->style, STYLE_LITERAL);
    assert_int_equal(node_get(n, "e")->style, STYLE_FOLDED);
    assert_int_equal(node_get(n, "f")->style, STYLE_FLOW);
    assert_int_equal(node_get(n, "g")->style, STYLE_ANY);
    assert_str(node_text_of(n, "d"), "l\n");
    assert_str(node_text_of(n, "e"), "f g\n");
}

static void quoted_scalars_are_strings(void **state)
{
    struct node *n = parse(*state, "['1', \"true\", '~', 1, true, ~, '', ]");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(node_at(n, i)->type, SCALAR_STR);
    assert_int_equal(node_at(n, 3)->type, SCALAR_INT);
    assert_int_equal(node_at(n, 4)->type, SCALAR_BOOL);
    assert_int_equal(node_at(n, 5)->type, SCALAR_NULL);
    assert_int_equal(node_at(n, 6)->type, SCALAR_STR);
    assert_int_equal(n->count, 7);
}

static void core_tags_set_the_type(void **state)
{
    struct node *n = parse(*state, "[!!str 1, !!int '0x10', !!float 1, !!float 1.5, !!bool 'yes', !!null '', !!str , "
                                   "! 1, !!binary aGk=, !!map {}, !!seq [], !!timestamp 2020-01-01]");
    static const enum scalar_type types[] = {SCALAR_STR,  SCALAR_INT, SCALAR_FLOAT, SCALAR_FLOAT, SCALAR_BOOL,
                                             SCALAR_NULL, SCALAR_STR, SCALAR_STR,   SCALAR_STR};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_int_equal(node_at(n, i)->type, types[i]);
    assert_str(node_text(node_at(n, 2)), "1.0");
    assert_str(node_text(node_at(n, 8)), "aGk=");
    assert_true(node_is_map(node_at(n, 9)));
    assert_true(node_is_string(node_at(n, 11)));
}

static void tags_that_mean_something_else_are_refused(void **state)
{
    assert_at(refuse(*state, STR("a: 1\nb: !Ref x\n"), ERR_UNSUPPORTED, "yaml_tag"), 2, 4);
    assert_at(refuse(*state, STR("!!python/object:os.system x"), ERR_UNSUPPORTED, "yaml_tag"), 1, 1);
    (void)refuse(*state, STR("!!set {a}"), ERR_UNSUPPORTED, "yaml_tag");
    (void)refuse(*state, STR("!!seq {a: 1}"), ERR_UNSUPPORTED, "yaml_tag");
    (void)refuse(*state, STR("- !x [1]"), ERR_UNSUPPORTED, "yaml_tag");
    (void)refuse(*state, STR("!!int x"), ERR_SYNTAX, "yaml_tag");
    (void)refuse(*state, STR("!!bool 1"), ERR_SYNTAX, "yaml_tag");
    (void)refuse(*state, STR("!!null x"), ERR_SYNTAX, "yaml_tag");
    struct err e = refuse(*state, STR("!Ref x"), ERR_UNSUPPORTED, "yaml_tag");
    assert_string_equal(e.message, "the tag !Ref is not supported here");
}

static void yaml_reports_the_line_of_a_duplicate_key(void **state)
{
    struct err e = refuse(*state, STR("a: 1\nb:\n  x: 1\n  y: 2\n  x: 3\n"), ERR_SYNTAX, "yaml_duplicate_key");
    assert_at(e, 5, 3);
    assert_string_equal(e.message, "the key \"x\" is there twice, first on line 3");
    assert_at(refuse(*state, STR("{a: 1, 'a': 2}"), ERR_SYNTAX, "yaml_duplicate_key"), 1, 8);
}

static void duplicate_keys_are_found_in_large_maps(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    for (int i = 0; i < 50000; i++)
        buf_printf(&b, "key%d: 1\n", i);
    struct node *n = NULL;
    struct err e = {0};
    assert_ok(node_parse_yaml(*state, buf_take(&b), &n, &e), &e);
    assert_int_equal(n->count, 50000);
    buf_cstr(&b, "key777: 2\n");
    assert_at(refuse(*state, buf_take(&b), ERR_SYNTAX, "yaml_duplicate_key"), 50001, 1);
}

static void syntax_errors_say_where(void **state)
{
    assert_at(refuse(*state, STR("a: 1\n b: 2\n"), ERR_SYNTAX, "yaml_syntax"), 2, 3);
    assert_at(refuse(*state, STR("a: [1, 2\nb: 3\n"), ERR_SYNTAX, "yaml_syntax"), 2, 2);
    assert_at(refuse(*state, STR("a:\n\t- b\n"), ERR_SYNTAX, "yaml_syntax"), 2, 1);
    assert_at(refuse(*state, STR("a: b: c\n"), ERR_SYNTAX, "yaml_syntax"), 1, 5);
    struct err e = refuse(*state, STR("a: 'x\nb: 1\n"), ERR_SYNTAX, "yaml_syntax");
    assert_true(e.line >= 2);
    assert_string_equal(e.hint, "close the quotes");
    (void)refuse(*state, STR("a: @x"), ERR_SYNTAX, "yaml_syntax");
    (void)refuse(*state, STR("- a\nb: 1"), ERR_SYNTAX, "yaml_syntax");
    (void)refuse(*state, STR("\"\\q\""), ERR_SYNTAX, "yaml_syntax");
    (void)refuse(*state, STR("%YAML 3.0\n---\na"), ERR_SYNTAX, "yaml_syntax");
    (void)refuse(*state, STR("}"), ERR_SYNTAX, "yaml_syntax");
    (void)refuse(*state, STR("\"\\ud800\""), ERR_SYNTAX, "yaml_syntax");
}

static void characters_that_are_not_text_are_refused(void **state)
{
    struct err e = refuse(*state, STR("a: 1\nb: \xff\n"), ERR_SYNTAX, "yaml_utf8");
    assert_at(e, 2, 4);
    assert_string_equal(e.message, "the byte 0xff is not UTF-8 text");
    assert_at(refuse(*state, STR("a: 1\r\n\xc3\xa4: \x01\n"), ERR_SYNTAX, "yaml_utf8"), 2, 4);
    assert_at(refuse(*state, STR("a\0b"), ERR_SYNTAX, "yaml_utf8"), 1, 2);
    (void)refuse(*state, STR("\xed\xa0\x80"), ERR_SYNTAX, "yaml_utf8");
    (void)refuse(*state, STR("a: \"x\\0y\""), ERR_SYNTAX, "yaml_utf8");
    (void)refuse(*state,
                 STR("\xff\xfe"
                     "a\0"),
                 ERR_SYNTAX, "yaml_utf8"); /* UTF-16 */
}

static void a_byte_order_mark_is_skipped(void **state)
{
    struct node *n = parse(*state, "\xef\xbb\xbf"
                                   "a: 1\n");
    assert_str(n->pairs[0].key, "a");
    assert_int_equal(n->pairs[0].key_column, 1);
}

static void text_without_a_document_is_empty(void **state)
{
    static const char *const texts[] = {"", " \n\n", "# only a comment\n", "---\n", "---\n...\n---\n", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        (void)refuse(*state, str_of(texts[i]), ERR_SYNTAX, "yaml_empty");
    (void)refuse(*state, STR_NONE, ERR_SYNTAX, "yaml_empty");
}

static void null_is_a_document(void **state)
{
    assert_true(node_is_null(parse(*state, "null\n")));
    assert_true(node_is_null(parse(*state, "--- ~\n")));
    assert_str(parse(*state, "--- ''\n")->text, "");
}

static void one_document_means_one(void **state)
{
    assert_at(refuse(*state, STR("a: 1\n---\nb: 2\n"), ERR_SYNTAX, "yaml_documents"), 3, 1);
    assert_int_equal(parse(*state, "---\na: 1\n---\n")->count, 1);
}

static void streams_give_their_documents_without_empty_ones(void **state)
{
    struct node **documents = NULL;
    size_t count = 0;
    struct err e = {0};
    struct str text = STR("---\na: 1\n---\n# nothing\n---\n- x\n---\n...\n---\ntext\n");
    assert_ok(node_parse_yaml_stream(*state, text, 3, &documents, &count, &e), &e);
    assert_int_equal(count, 3);
    assert_true(node_is_map(documents[0]));
    assert_true(node_is_seq(documents[1]));
    assert_int_equal(documents[1]->line, 6);
    assert_str(node_text(documents[2]), "text");
    assert_error(node_parse_yaml_stream(*state, text, 2, &documents, &count, &e), &e, ERR_LIMIT, "yaml_documents");
    assert_ok(node_parse_yaml_stream(*state, STR(""), 2, &documents, &count, &e), &e);
    assert_int_equal(count, 0);
}

static void anchors_hold_within_their_document(void **state)
{
    struct node **documents = NULL;
    size_t count = 0;
    struct err e = {0};
    struct str text = STR("a: &x 1\nb: *x\n---\nc: *x\n");
    assert_error(node_parse_yaml_stream(*state, text, 9, &documents, &count, &e), &e, ERR_SYNTAX, "yaml_alias");
    assert_at(e, 4, 4);
}

static void aliases_share_what_they_refer_to(void **state)
{
    struct node *n = parse(*state, "a: &x {k: v}\nb: *x\nc: &x 2\nd: *x\ne: [*x]\n");
    assert_ptr_equal(node_get(n, "a"), node_get(n, "b"));
    assert_str(node_text_of(n, "d"), "2");
    assert_ptr_equal(node_at(node_get(n, "e"), 0), node_get(n, "c"));
}

static void an_alias_may_be_a_key_when_it_is_a_scalar(void **state)
{
    struct node *n = parse(*state, "&k name: v\nother:\n  *k : w\n");
    assert_str(node_text(node_path(n, "other", "name", NULL)), "w");
    (void)refuse(*state, STR("a: &m {x: 1}\nb: {*m : 1}\n"), ERR_UNSUPPORTED, "yaml_key");
    assert_at(refuse(*state, STR("a: 1\n? [x]\n: 1\n"), ERR_UNSUPPORTED, "yaml_key"), 2, 3);
    (void)refuse(*state, STR("? {x: 1}\n: 1\n"), ERR_UNSUPPORTED, "yaml_key");
}

static void aliases_to_nothing_or_to_their_own_inside_are_refused(void **state)
{
    assert_at(refuse(*state, STR("a: *x\n"), ERR_SYNTAX, "yaml_alias"), 1, 4);
    assert_at(refuse(*state, STR("a: &x\n  b: [*x]\n"), ERR_SYNTAX, "yaml_alias"), 2, 7);
    (void)refuse(*state, STR("&x [&x [*x]]"), ERR_SYNTAX, "yaml_alias");
    assert_int_equal(parse(*state, "&x [&x [1, 2], *x]")->count, 2);
}

static void many_anchors_are_found(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    for (int i = 0; i < 30000; i++)
        buf_printf(&b, "- &a%d %d\n", i, i);
    for (int i = 0; i < 30000; i += 7)
        buf_printf(&b, "- *a%d\n", i);
    struct node *n = parse(*state, buf_take(&b).p);
    assert_str(node_text(node_at(n, 30000 + 1000)), "7000");
}

static void merge_keys_add_what_is_missing(void **state)
{
    struct node *n = parse(*state, "base: &b {x: 1, y: 2}\n"
                                   "more: &m {y: 3, z: 4}\n"
                                   "one: {a: 0, <<: *b, y: 9}\n"
                                   "two: {<<: [*b, *m], q: 7}\n"
                                   "inline: {<<: {p: 1}}\n");
    assert_true(node_equal(node_get(n, "one"), parse(*state, "{a: 0, x: 1, y: 9}")));
    assert_true(node_equal(node_get(n, "two"), parse(*state, "{x: 1, y: 2, z: 4, q: 7}")));
    assert_true(node_equal(node_get(n, "inline"), parse(*state, "{p: 1}")));
    assert_str(node_get(n, "one")->pairs[0].key, "a");
    assert_int_equal(node_pair(node_get(n, "one"), "x")->key_line, 1);
}

static void merging_many_keys_keeps_the_first_of_each(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    buf_cstr(&b, "a: &a\n");
    for (int i = 0; i < 300; i++)
        buf_printf(&b, "  k%d: a\n", i);
    buf_cstr(&b, "b: &b\n");
    for (int i = 200; i < 500; i++)
        buf_printf(&b, "  k%d: b\n", i);
    buf_cstr(&b, "c:\n  k0: own\n  <<: [*a, *b]\n");
    struct node *c = node_get(parse(*state, buf_take(&b).p), "c");
    assert_int_equal(c->count, 500);
    assert_str(node_text_of(c, "k0"), "own");
    assert_str(node_text_of(c, "k250"), "a");
    assert_str(node_text_of(c, "k300"), "b");
}

static void merge_keys_want_maps(void **state)
{
    assert_at(refuse(*state, STR("a: 1\n<<: x\n"), ERR_SYNTAX, "yaml_merge"), 2, 1);
    (void)refuse(*state, STR("<<: [{a: 1}, 2]\n"), ERR_SYNTAX, "yaml_merge");
    assert_at(refuse(*state, STR("<<: {a: 1}\n<<: {b: 1}\n"), ERR_SYNTAX, "yaml_duplicate_key"), 2, 1);
    (void)refuse(*state, STR("<<: {a: 1}\nb: 1\nb: 2\n"), ERR_SYNTAX, "yaml_duplicate_key");
    assert_str(node_text_of(parse(*state, "'<<': x"), "<<"), "x");
}

/* ---- limits */

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
    struct str deeper = str_printf(*state, "[%s%s]", open.p, shut.p);
    assert_at(refuse(*state, deeper, ERR_LIMIT, "yaml_depth"), 1, NODE_MAX_DEPTH + 1);
    (void)refuse(*state, repeated(*state, "- ", 100000), ERR_LIMIT, "yaml_depth");
}

static void an_alias_brings_its_depth_along(void **state)
{
    struct str open = repeated(*state, "[", 40), shut = repeated(*state, "]", 40);
    struct str text = str_printf(*state, "[&a %s%s, %.23s*a%.23s]", open.p, shut.p, open.p, shut.p);
    (void)parse(*state, text.p);
    text = str_printf(*state, "[&a %s%s, %.24s*a%.24s]", open.p, shut.p, open.p, shut.p);
    (void)refuse(*state, text, ERR_LIMIT, "yaml_depth");
}

static void values_are_counted(void **state)
{
    struct str text = repeated(*state, "- 1\n", NODE_MAX_COUNT - 1);
    struct node *n = NULL;
    struct err e = {0};
    assert_ok(node_parse_yaml(*state, text, &n, &e), &e);
    assert_int_equal(n->count, NODE_MAX_COUNT - 1);
    assert_at(refuse(*state, repeated(*state, "- 1\n", NODE_MAX_COUNT), ERR_LIMIT, "yaml_nodes"), NODE_MAX_COUNT, 3);
}

static void nested_aliases_are_counted_as_if_written_out(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    buf_cstr(&b, "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 10; i++)
        buf_printf(&b, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1,
                   i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    (void)refuse(*state, buf_take(&b), ERR_LIMIT, "yaml_nodes");
}

static void text_behind_aliases_is_counted(void **state)
{
    struct str text = repeated(*state, "0123456789abcdef", 1 << 16);
    struct buf b;
    buf_init(&b, *state, 0);
    buf_printf(&b, "- &a %s\n", text.p);
    for (int i = 0; i < 9; i++)
        buf_cstr(&b, "- *a\n");
    (void)parse(*state, buf_take(&b).p);
    buf_cstr(&b, "- *a\n");
    assert_at(refuse(*state, buf_take(&b), ERR_LIMIT, "yaml_alias"), 11, 3);
}

static void keys_behind_aliases_are_counted(void **state)
{
    struct str text = repeated(*state, "0123456789abcdef", 1 << 16);
    struct buf b;
    buf_init(&b, *state, 0);
    buf_printf(&b, "- &a %s\n", text.p);
    for (int i = 0; i < 20; i++)
        buf_cstr(&b, "- *a : 1\n");
    (void)refuse(*state, buf_take(&b), ERR_LIMIT, "yaml_alias");
}

static void merging_is_counted_like_aliases(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    buf_cstr(&b, "- &a0 {k0: 1}\n");
    for (int i = 1; i < 2000; i++)
        buf_printf(&b, "- &a%d {<<: *a%d, k%d: 1}\n", i, i - 1, i);
    (void)refuse(*state, buf_take(&b), ERR_LIMIT, "yaml_nodes");
}

static void text_over_32_mb_is_refused(void **state)
{
    (void)refuse(*state, (struct str){"", NODE_MAX_BYTES + 1}, ERR_LIMIT, "yaml_size");
}

static void directives_are_counted(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    for (int i = 0; i < 100; i++)
        buf_printf(&b, "%%TAG !t%d! tag:x\n", i);
    assert_str(node_text(parse(*state, str_cat(*state, buf_take(&b), STR("---\na\n")).p)), "a");
    static const char *const breaks[] = {"\n", "\r", "\r\n", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    for (size_t k = 0; k < sizeof breaks / sizeof breaks[0]; k++) {
        buf_init(&b, *state, 0);
        for (int i = 0; i < 101; i++)
            buf_printf(&b, "%%TAG !t%d! tag:x%s", i, breaks[k]);
        struct err e = refuse(*state, buf_take(&b), ERR_LIMIT, "yaml_directives");
        assert_true(k > 2 || e.line == 101);
    }
}

static void a_small_arena_is_a_limit_not_a_crash(void **state)
{
    (void)state;
    struct arena *a = arena_new(2000);
    struct node *n = NULL;
    struct err e = {0};
    assert_non_null(a);
    struct str text = STR("a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]");
    assert_error(node_parse_yaml(a, text, &n, &e), &e, ERR_LIMIT, "memory_limit");
    arena_free(a);
}

static void nobody_needs_to_want_the_error(void **state)
{
    struct node *n = NULL;
    assert_int_equal(node_parse_yaml(*state, STR("a: [1"), &n, NULL), ERR_SYNTAX);
    assert_int_equal(node_parse_yaml(*state, STR(""), &n, NULL), ERR_SYNTAX);
    assert_int_equal(node_parse_yaml(*state, STR("a: 1\n---\nb: 1"), &n, NULL), ERR_SYNTAX);
}

static enum status parse_everything(struct arena *a, struct err *e)
{
    struct node **documents;
    size_t count;
    struct str text = STR("a: &x {k: v, l: [1, 2.5, !!float 3]}\n"
                          "b: {<<: *x, c: \"text\"}\n"
                          "---\n"
                          "- &y1 1\n- &y2 2\n- *y1\n- {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10,\n"
                          "   k: 11, l: 12, m: 13, n: 14, o: 15, p: 16, q: 17, r: 18}\n");
    return node_parse_yaml_stream(a, text, 9, &documents, &count, e);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(testing_each_allocation_fails(parse_everything) > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(every_node_knows_its_line_and_column),
        with_arena(styles_are_remembered),
        with_arena(quoted_scalars_are_strings),
        with_arena(core_tags_set_the_type),
        with_arena(tags_that_mean_something_else_are_refused),
        with_arena(yaml_reports_the_line_of_a_duplicate_key),
        with_arena(duplicate_keys_are_found_in_large_maps),
        with_arena(syntax_errors_say_where),
        with_arena(characters_that_are_not_text_are_refused),
        with_arena(a_byte_order_mark_is_skipped),
        with_arena(text_without_a_document_is_empty),
        with_arena(null_is_a_document),
        with_arena(one_document_means_one),
        with_arena(streams_give_their_documents_without_empty_ones),
        with_arena(anchors_hold_within_their_document),
        with_arena(aliases_share_what_they_refer_to),
        with_arena(an_alias_may_be_a_key_when_it_is_a_scalar),
        with_arena(aliases_to_nothing_or_to_their_own_inside_are_refused),
        with_arena(many_anchors_are_found),
        with_arena(merge_keys_add_what_is_missing),
        with_arena(merging_many_keys_keeps_the_first_of_each),
        with_arena(merge_keys_want_maps),
        with_arena(nesting_ends_at_64),
        with_arena(an_alias_brings_its_depth_along),
        with_arena(values_are_counted),
        with_arena(nested_aliases_are_counted_as_if_written_out),
        with_arena(text_behind_aliases_is_counted),
        with_arena(keys_behind_aliases_are_counted),
        with_arena(merging_is_counted_like_aliases),
        with_arena(text_over_32_mb_is_refused),
        with_arena(directives_are_counted),
        cmocka_unit_test(a_small_arena_is_a_limit_not_a_crash),
        with_arena(nobody_needs_to_want_the_error),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
