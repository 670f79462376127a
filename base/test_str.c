#include "base/str.h"
#include "base/testing.h"

static void comparing_looks_at_bytes_and_length(void **state)
{
    (void)state;
    assert_true(str_eq(STR("ab"), STR("ab")));
    assert_false(str_eq(STR("ab"), STR("abc")));
    assert_true(str_eq(STR_NONE, STR("")));
    assert_true(str_eq(str_of(NULL), STR("")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_true(str_is(STR("ab"), "ab"));
    assert_true(str_eq_nocase(STR("aBc-1"), STR("AbC-1")));
    assert_false(str_eq_nocase(STR("a["), STR("A{")));
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("ab"), STR("a")) > 0);
    assert_true(str_cmp(STR("\x80"), STR("a")) > 0);
    assert_int_equal(str_cmp(STR_NONE, STR("")), 0);
}

static void finding_gives_the_place_or_minus_one(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("hallo"), STR("ll")), 2);
    assert_int_equal(str_find(STR("hallo"), STR("x")), -1);
    assert_int_equal(str_find(STR("a"), STR("ab")), -1);
    assert_int_equal(str_find(STR_NONE, STR("")), 0);
    assert_int_equal(str_find_char(STR("a/b/c"), '/'), 1);
    assert_int_equal(str_rfind_char(STR("a/b/c"), '/'), 3);
    assert_int_equal(str_find_char(STR_NONE, 'x'), -1);
    assert_true(str_starts(STR("abc"), "ab"));
    assert_true(str_starts(STR_NONE, ""));
    assert_false(str_starts(STR("a"), "ab"));
    assert_true(str_ends(STR("abc"), "bc"));
    assert_false(str_ends(STR("c"), "bc"));
}

static void parts_are_clamped(void **state)
{
    (void)state;
    assert_str(str_sub(STR("hallo"), 1, 3), "all");
    assert_str(str_sub(STR("hallo"), 4, 30), "o");
    assert_str(str_sub(STR("hallo"), 9, 3), "");
    assert_str(str_from(STR("hallo"), 3), "lo");
    assert_str(str_from(STR("hallo"), SIZE_MAX), "");
    assert_str(str_sub(STR_NONE, 1, 1), "");
    assert_str(str_trim(STR(" \t\r\n a b \v\f")), "a b");
    assert_str(str_trim(STR("  ")), "");
}

static void splitting_gives_every_part_also_empty_ones(void **state)
{
    (void)state;
    struct str rest = STR("a,,b,"), part;
    static const char *const want[] = {"a", "", "b", ""};
    for (size_t i = 0; i < 4; i++) {
        assert_true(str_split(&rest, ',', &part));
        assert_str(part, want[i]);
    }
    assert_false(str_split(&rest, ',', &part));
    rest = STR("");
    assert_true(str_split(&rest, ',', &part));
    assert_str(part, "");
    assert_false(str_split(&rest, ',', &part));
}

static void numbers_are_whole_strings_within_range(void **state)
{
    (void)state;
    uint64_t u = 0;
    int64_t i = 0;
    assert_true(str_u64(STR("18446744073709551615"), &u));
    assert_true(u == UINT64_MAX);
    assert_true(str_u64(STR("007"), &u));
    assert_int_equal(u, 7);
    static const char *const bad[] = {"", "18446744073709551616", "99999999999999999999", "1 ", " 1", "+1", "1a", "-"};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_false(str_u64(str_of(bad[k]), &u));
        assert_false(str_i64(str_of(bad[k]), &i));
    }
    assert_false(str_u64(STR("-1"), &u));
    assert_true(str_i64(STR("-9223372036854775808"), &i));
    assert_true(i == INT64_MIN);
    assert_false(str_i64(STR("-9223372036854775809"), &i));
    assert_true(str_i64(STR("9223372036854775807"), &i));
    assert_true(i == INT64_MAX);
    assert_false(str_i64(STR("9223372036854775808"), &i));
}

static void only_well_formed_text_is_utf8(void **state)
{
    (void)state;
    static const char *const good[] = {
        "", "abc", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"};
    static const char *const bad[] = {"\x80",
                                      "\xc3",
                                      "\xc3(",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xe0\x80\x80",
                                      "\xe2\x82",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xff",
                                      "\xf0\x80\x80\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf8\x88\x80\x80\x80"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(str_utf8(str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(str_utf8(str_of(bad[i])));
    assert_false(str_utf8(STR("a\0b")));
}

static void hashes_depend_on_every_byte_and_the_length(void **state)
{
    (void)state;
    char text[40] = {0};
    uint64_t seen[41 + 40 * 8];
    size_t n = 0;
    for (size_t len = 0; len <= 40; len++)
        seen[n++] = str_hash((struct str){text, len});
    for (size_t bit = 0; bit < 40 * 8; bit++) {
        text[bit / 8] = (char)(1 << bit % 8);
        seen[n++] = str_hash((struct str){text, 40});
        text[bit / 8] = 0;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(seen[i] != seen[k]);
    assert_true(str_hash(STR("abc")) == str_hash(STR("abc")));
}

static void copies_end_with_a_nul(void **state)
{
    struct str s = str_dup(*state, str_sub(STR("abcdef"), 1, 3));
    assert_string_equal(s.p, "bcd");
    assert_string_equal(str_cstr(*state, str_sub(STR("xyz"), 0, 2)), "xy");
    assert_string_equal(str_dup(*state, STR_NONE).p, "");
    assert_str(str_cat(*state, STR("ab"), STR("cd")), "abcd");
    assert_str(str_cat(*state, STR_NONE, STR_NONE), "");
    assert_str(str_lower(*state, STR("AbC\xc3\x84")), "abc\xc3\x84");
}

static void replacing_changes_every_occurrence(void **state)
{
    assert_str(str_replace(*state, STR("a.b.c"), STR("."), STR("::")), "a::b::c");
    assert_str(str_replace(*state, STR("aaa"), STR("aa"), STR("b")), "ba");
    assert_str(str_replace(*state, STR("..."), STR("."), STR("")), "");
    assert_str(str_replace(*state, STR("abc"), STR("x"), STR("y")), "abc");
    assert_str(str_replace(*state, STR_NONE, STR("x"), STR("y")), "");
}

static void printing_makes_room_for_any_length(void **state)
{
    char want[1001];
    memset(want, '7', 1000);
    want[1000] = '\0';
    assert_str(str_printf(*state, "%s", want), want);
    assert_str(str_printf(*state, "%d-%s", 5, "x"), "5-x");
    want[255] = '\0';
    assert_str(str_printf(*state, "%s", want), want);
    want[256] = '7';
    want[255] = '7';
    want[256] = '\0';
    assert_str(str_printf(*state, "%s", want), want);
}

static void a_builder_collects_pieces(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    assert_str(buf_take(&b), "");
    buf_cstr(&b, "a");
    buf_char(&b, 'b');
    buf_str(&b, STR("c"));
    buf_u64(&b, 0);
    buf_u64(&b, UINT64_MAX);
    buf_printf(&b, "%c%s", 'd', "e");
    buf_put(&b, "", 0);
    assert_str(buf_take(&b), "abc018446744073709551615de");
    assert_int_equal(strlen(buf_take(&b).p), b.n);
    assert_false(b.over);
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%0400d", i);
    assert_int_equal(buf_take(&b).n, 26 + 400000);
}

static void a_builder_stops_at_its_limit(void **state)
{
    struct buf b;
    buf_init(&b, *state, 5);
    buf_cstr(&b, "abcde");
    assert_false(b.over);
    buf_cstr(&b, "f");
    assert_true(b.over);
    assert_str(buf_take(&b), "abcde");

    buf_init(&b, *state, 5);
    buf_cstr(&b, "abc");
    buf_printf(&b, "%0300d", 7);
    buf_char(&b, 'x'); /* would fit, but something is missing before it */
    assert_true(b.over);
    assert_str(buf_take(&b), "abc");
}

static void a_builder_keeps_the_room_that_was_reserved(void **state)
{
    struct buf b;
    buf_init(&b, *state, 2000);
    assert_true(buf_reserve(&b, 1000));
    const char *p = b.p;
    for (int i = 0; i < 1000; i++)
        buf_char(&b, 'x');
    assert_ptr_equal(b.p, p);
    assert_true(buf_reserve(&b, 1000));
    for (int i = 0; i < 1000; i++)
        buf_put(&b, "yz", 1);
    assert_false(b.over);
    buf_char(&b, 'z');
    assert_true(b.over);
    assert_int_equal(buf_take(&b).n, 2000);
    assert_false(buf_reserve(&b, 0));

    buf_init(&b, *state, 5);
    (void)buf_take(&b);
    buf_cstr(&b, "abcdef"); /* the room that taking made is no more than the limit either */
    assert_true(b.over);
    assert_str(buf_take(&b), "");
}

static void joining_puts_parts_behind_each_other(void **state)
{
    assert_str(STR_JOIN(*state, STR("a"), STR_NONE, STR("bc"), STR("")), "abc");
    struct str none = STR_JOIN(*state, STR_NONE);
    assert_int_equal(none.n, 0);
    assert_int_equal(none.p[0], '\0');
}

static enum status use_everything(void *arg)
{
    struct buf b;
    buf_init(&b, arg, 0);
    (void)buf_take(&b);
    for (int i = 0; i < 40; i++)
        buf_printf(&b, "%0300d", i);
    struct str s = str_replace(arg, buf_take(&b), STR("0"), STR("zero"));
    (void)str_lower(arg, str_cat(arg, s, str_printf(arg, "%.*s", STR_ARG(s))));
    (void)str_cstr(arg, STR("x"));
    (void)STR_JOIN(arg, s, STR("x"));
    return OK;
}

static enum status use_guarded(struct arena *a, struct err *e)
{
    enum status s = arena_guard(a, use_everything, a);
    return s == OK ? OK : err_set(e, s, "out_of_memory", "no memory");
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(testing_each_allocation_fails(use_guarded) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing_looks_at_bytes_and_length),
        cmocka_unit_test(finding_gives_the_place_or_minus_one),
        cmocka_unit_test(parts_are_clamped),
        cmocka_unit_test(splitting_gives_every_part_also_empty_ones),
        cmocka_unit_test(numbers_are_whole_strings_within_range),
        cmocka_unit_test(only_well_formed_text_is_utf8),
        cmocka_unit_test(hashes_depend_on_every_byte_and_the_length),
        with_arena(copies_end_with_a_nul),
        with_arena(replacing_changes_every_occurrence),
        with_arena(printing_makes_room_for_any_length),
        with_arena(a_builder_collects_pieces),
        with_arena(a_builder_stops_at_its_limit),
        with_arena(a_builder_keeps_the_room_that_was_reserved),
        with_arena(joining_puts_parts_behind_each_other),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
