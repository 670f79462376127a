#include "catalog/test_support.h"

static struct str key(struct arena *a, const char *version, int64_t us)
{
    return version_order_key(a, str_of(version), us);
}

/* SemVer 2.0.0 §11, its own examples in its own order, and a few around them. */
static void order_keys_follow_the_precedence_of_the_specification(void **state)
{
    static const char *const order[] = {
        "0.0.0-0",
        "0.0.1",
        "0.9.0",
        "0.10.0",
        "1.0.0-0.3.7",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.1.0",
        "1.0.0-alpha.2",
        "1.0.0-alpha.10",
        "1.0.0-alpha.beta",
        "1.0.0-alpha-1",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "2.0.0",
        "2.1.0",
        "2.1.1",
        "18446744073709551615.0.0",
    };
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        for (size_t j = 0; j < sizeof order / sizeof order[0]; j++) {
            int c = str_cmp(key(a, order[i], 5), key(a, order[j], 5));
            if ((c < 0) != (i < j) || (c == 0) != (i == j))
                fail_msg("%s and %s compare as %d", order[i], order[j], c);
        }
    arena_free(a);
}

static void numeric_identifiers_compare_by_value_even_beyond_64_bits(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    assert_true(str_cmp(key(a, "1.0.0-9", 0), key(a, "1.0.0-10", 0)) < 0);
    assert_true(str_cmp(key(a, "1.0.0-99999999999999999999999", 0), key(a, "1.0.0-100000000000000000000000", 0)) < 0);
    assert_true(str_cmp(key(a, "1.0.0-99999999999999999999999", 0), key(a, "1.0.0-a", 0)) < 0);
    arena_free(a);
}

static void what_is_not_semver_sorts_below_it_and_by_time(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    assert_true(str_cmp(key(a, "zebra", 9000), key(a, "0.0.0-0", 0)) < 0);
    assert_true(str_cmp(key(a, "zebra", 10), key(a, "aardvark", 11)) < 0);
    assert_true(str_cmp(key(a, "v1.0.0", -5), key(a, "b", 3)) < 0);
    arena_free(a);
}

static void build_metadata_does_not_rank_but_time_breaks_the_tie(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    assert_true(str_cmp(key(a, "1.0.0+zzz", 1), key(a, "1.0.0+aaa", 2)) < 0);
    assert_true(str_cmp(key(a, "1.0.0+zzz", 9), key(a, "1.0.1", 2)) < 0);
    arena_free(a);
}

static void semver_is_read_as_the_specification_says(void **state)
{
    static const char *const good[] = {"0.0.4",
                                       "1.2.3",
                                       "1.1.2-prerelease+meta",
                                       "1.0.0--a-b",
                                       "1.0.0-0A.is.legal",
                                       "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
                                       "2.0.0+build.1848",
                                       "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay"};
    static const char *const bad[] = {"",
                                      "1",
                                      "1.2",
                                      "1.2.3.4",
                                      "01.1.1",
                                      "1.01.1",
                                      "1.1.01",
                                      "v1.2.3",
                                      "1.2.3-",
                                      "1.2.3+",
                                      "1.2.3-01",
                                      "1.2.3-a..b",
                                      "1.2.3-a_b",
                                      "1.2.3+a+b",
                                      "1.2.3 ",
                                      "-1.2.3",
                                      "1..3",
                                      "alpha",
                                      "18446744073709551616.0.0",
                                      "1.2.3-+b",
                                      "+1.2.3"};
    struct semver v;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!semver_parse(str_of(good[i]), &v))
            fail_msg("%s is refused", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (semver_parse(str_of(bad[i]), &v))
            fail_msg("%s is taken", bad[i]);
    assert_true(semver_parse(STR("10.20.30-rc.1+b.7"), &v));
    assert_int_equal(v.major, 10);
    assert_int_equal(v.minor, 20);
    assert_int_equal(v.patch, 30);
    assert_str(v.pre, "rc.1");
    assert_true(version_is_prerelease(STR("1.0.0-a")));
    assert_false(version_is_prerelease(STR("1.0.0+a-b")));
    assert_false(version_is_prerelease(STR("main-1")));
}

/* ---- a plain comparison, written apart from the keys */

static int compare_identifier(struct str x, struct str y)
{
    bool nx = true, ny = true;
    for (size_t i = 0; i < x.n; i++)
        nx = nx && x.p[i] >= '0' && x.p[i] <= '9';
    for (size_t i = 0; i < y.n; i++)
        ny = ny && y.p[i] >= '0' && y.p[i] <= '9';
    if (nx != ny)
        return nx ? -1 : 1;
    if (nx && x.n != y.n)
        return x.n < y.n ? -1 : 1;
    return str_cmp(x, y);
}

static int compare_number(uint64_t x, uint64_t y)
{
    return (x > y) - (x < y);
}

static int compare(struct str x, struct str y)
{
    struct semver v, w;
    assert_true(semver_parse(x, &v));
    assert_true(semver_parse(y, &w));
    int c = compare_number(v.major, w.major);
    c = c ? c : compare_number(v.minor, w.minor);
    c = c ? c : compare_number(v.patch, w.patch);
    if (c || (v.pre.n == 0 && w.pre.n == 0))
        return c;
    if (v.pre.n == 0 || w.pre.n == 0)
        return v.pre.n == 0 ? 1 : -1;
    struct str p = v.pre, q = w.pre, a, b;
    for (;;) {
        bool more = str_split(&p, '.', &a), other = str_split(&q, '.', &b);
        if (!more || !other)
            return (more ? 1 : 0) - (other ? 1 : 0);
        c = compare_identifier(a, b);
        if (c)
            return c;
    }
}

static uint32_t random_state = 20240607;

static uint32_t next_random(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % below;
}

static struct str random_version(struct arena *a)
{
    static const char *const words[] = {"a", "b",  "ab", "A",   "-",  "a-b", "0", "1",
                                        "2", "10", "11", "100", "0a", "a0",  "z"};
    struct buf b;
    buf_init(&b, a, 0);
    buf_printf(&b, "%u.%u.%u", next_random(3), next_random(12), next_random(2));
    size_t parts = next_random(4);
    for (size_t i = 0; i < parts; i++)
        buf_printf(&b, "%c%s", i ? '.' : '-', words[next_random(sizeof words / sizeof words[0])]);
    if (next_random(5) == 0)
        buf_cstr(&b, "+b.1");
    return buf_take(&b);
}

static int sign(int c)
{
    return (c > 0) - (c < 0);
}

static void order_keys_agree_with_a_plain_comparison_of_random_versions(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20000; i++) {
        struct arena *a = arena_new(0);
        struct str x = random_version(a), y = random_version(a);
        int wanted = sign(compare(x, y));
        int got = sign(str_cmp(version_order_key(a, x, 7), version_order_key(a, y, 7)));
        if (wanted != got)
            fail_msg("%.*s and %.*s: %d instead of %d", STR_ARG(x), STR_ARG(y), got, wanted);
        arena_free(a);
    }
}

static void the_next_version_follows_the_change(void **state)
{
    static const struct {
        const char *last;
        enum interface_change change;
        const char *next;
    } cases[] = {
        {"", INTERFACE_BREAKING, "1.0.0"},
        {"", INTERFACE_IDENTICAL, "1.0.0"},
        {"main", INTERFACE_COMPATIBLE, "1.0.0"},
        {"1.2.3", INTERFACE_IDENTICAL, "1.2.4"},
        {"1.2.3", INTERFACE_COMPATIBLE, "1.3.0"},
        {"1.2.3", INTERFACE_BREAKING, "2.0.0"},
        {"0.3.1", INTERFACE_BREAKING, "1.0.0"},
        {"1.2.3+build", INTERFACE_IDENTICAL, "1.2.4"},
        {"2.0.0-rc.1", INTERFACE_IDENTICAL, "2.0.0"},
        {"2.0.0-rc.1", INTERFACE_BREAKING, "2.0.0"},
        {"2.1.0-rc.1", INTERFACE_COMPATIBLE, "2.1.0"},
        {"2.1.0-rc.1", INTERFACE_BREAKING, "3.0.0"},
        {"2.1.1-rc.1", INTERFACE_COMPATIBLE, "2.2.0"},
        {"1.2.18446744073709551615", INTERFACE_IDENTICAL, "1.3.0"},
        {"1.18446744073709551615.0", INTERFACE_COMPATIBLE, "2.0.0"},
        {"18446744073709551615.0.0", INTERFACE_BREAKING, ""},
    };
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_str(version_propose(a, str_of(cases[i].last), cases[i].change), cases[i].next);
        if (cases[i].next[0] && cases[i].last[0] >= '0' && cases[i].last[0] <= '9')
            assert_true(compare(str_of(cases[i].next), str_of(cases[i].last)) > 0);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_keys_follow_the_precedence_of_the_specification),
        cmocka_unit_test(numeric_identifiers_compare_by_value_even_beyond_64_bits),
        cmocka_unit_test(what_is_not_semver_sorts_below_it_and_by_time),
        cmocka_unit_test(build_metadata_does_not_rank_but_time_breaks_the_tie),
        cmocka_unit_test(semver_is_read_as_the_specification_says),
        cmocka_unit_test(order_keys_agree_with_a_plain_comparison_of_random_versions),
        cmocka_unit_test(the_next_version_follows_the_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
