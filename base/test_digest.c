#include "base/digest.h"
#include "base/testing.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void digests_are_those_of_fips_180(void **state)
{
    assert_str(sha256_hex(*state, STR_NONE), EMPTY);
    assert_str(sha256_hex(*state, STR("abc")), ABC);
}

static void digests_are_read_with_and_without_prefix(void **state)
{
    uint8_t a[SHA256_BYTES], b[SHA256_BYTES];
    assert_int_equal(sha256(STR("abc"), a), OK);
    assert_true(digest_parse(STR("sha256:" ABC), b));
    assert_memory_equal(a, b, sizeof a);
    assert_true(digest_parse(STR("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"), b));
    assert_memory_equal(a, b, sizeof a);
    assert_str(digest_text(*state, a), "sha256:" ABC);
    static const char *const bad[] = {"",
                                      "sha256:",
                                      "sha512:" ABC,
                                      ABC "0",
                                      "sha256:sha256:" ABC,
                                      "za7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(digest_parse(str_of(bad[i]), b));
    assert_memory_equal(a, b, sizeof a);
}

static void hex_goes_both_ways(void **state)
{
    struct str out = STR("x");
    assert_str(hex_encode(*state, STR("\x00\xff\x1a")), "00ff1a");
    assert_true(hex_decode(*state, STR("00fF1a"), &out));
    assert_str_eq(out, STR("\x00\xff\x1a"));
    assert_false(hex_decode(*state, STR("0"), &out));
    assert_false(hex_decode(*state, STR("0g"), &out));
    assert_true(hex_decode(*state, STR(""), &out));
    assert_int_equal(out.n, 0);
}

static void base64_is_that_of_rfc_4648(void **state)
{
    static const char *const cases[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xfb\xff", "+/8="}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_str(base64_encode(*state, str_of(cases[i][0])), cases[i][1]);
}

static void random_bytes_differ(void **state)
{
    (void)state;
    char a[32] = {0}, b[32] = {0};
    assert_int_equal(random_bytes(a, sizeof a), OK);
    assert_int_equal(random_bytes(b, sizeof b), OK);
    assert_memory_not_equal(a, b, sizeof a);
    assert_int_equal(random_bytes(NULL, 0), OK);
}

static void secrets_are_compared_whole(void **state)
{
    (void)state;
    assert_true(str_eq_secret(STR("abc"), STR("abc")));
    assert_false(str_eq_secret(STR("abc"), STR("abd")));
    assert_false(str_eq_secret(STR("abc"), STR("ab")));
    assert_true(str_eq_secret(STR_NONE, STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(digests_are_those_of_fips_180),
        with_arena(digests_are_read_with_and_without_prefix),
        with_arena(hex_goes_both_ways),
        with_arena(base64_is_that_of_rfc_4648),
        cmocka_unit_test(random_bytes_differ),
        cmocka_unit_test(secrets_are_compared_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
