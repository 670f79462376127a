#include "base/testing.h"

#include "hub/auth/auth.h"

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NOW   ((int64_t)1700000000)

static struct auth make(void)
{
    struct auth auth;
    struct err e = {0};
    assert_ok(auth_init(&auth, false, STR(TOKEN), STR_NONE, &e), &e);
    return auth;
}

static void tokens(void **state)
{
    (void)state;
    struct auth auth = make();
    assert_int_equal(auth_check(&auth, STR("Bearer " TOKEN), STR_NONE, NOW), AUTH_TOKEN);
    assert_int_equal(auth_check(&auth, STR("bearer   " TOKEN " "), STR_NONE, NOW), AUTH_TOKEN);
    static const char *const wrong[] = {"",
                                        "Bearer",
                                        "Bearer ",
                                        "Bearer " TOKEN "0",
                                        ("Basic " TOKEN),
                                        TOKEN,
                                        "Bearer 0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(auth_check(&auth, str_of(wrong[i]), STR_NONE, NOW), AUTH_NOBODY);
    assert_int_equal(auth_check(&auth, STR_NONE, STR_NONE, NOW), AUTH_NOBODY);
    struct err e = {0};
    assert_error(auth_init(&auth, false, STR("short"), STR_NONE, &e), &e, ERR_INVALID, "token_short");
    assert_ok(auth_init(&auth, true, STR_NONE, STR_NONE, &e), &e);
    assert_int_equal(auth_check(&auth, STR_NONE, STR_NONE, NOW), AUTH_ANYBODY);
    assert_false(auth_token_ok(&auth, STR("")) || auth_code_ok(&auth, STR("")));
}

static void codes(void **state)
{
    (void)state;
    struct auth auth = make();
    char code[AUTH_CODE_HEX + 1];
    assert_int_equal(auth_code_of(STR(TOKEN), code), OK);
    assert_string_equal(code, auth.code);
    assert_int_equal(strlen(code), AUTH_CODE_HEX);
    assert_true(auth_code_ok(&auth, str_of(code)));
    assert_false(auth_code_ok(&auth, STR("")) || auth_code_ok(&auth, STR(TOKEN)));
    /* Neither is the other, so the link does not give the token away. */
    assert_false(auth_token_ok(&auth, str_of(code)));
}

static void cookies(void **state)
{
    (void)state;
    struct auth auth = make(), other;
    char value[AUTH_COOKIE_MAX], second[AUTH_COOKIE_MAX], header[512];
    struct err e = {0};
    assert_int_equal(auth_cookie(&auth, NOW + 10, value), OK);
    assert_int_equal(auth_cookie(&auth, NOW + 10, second), OK);
    assert_string_not_equal(value, second);
    assert_true(auth_cookie_ok(&auth, str_of(value), NOW));
    assert_false(auth_cookie_ok(&auth, str_of(value), NOW + 10));
    for (size_t i = 0; value[i]; i++) { /* whatever is changed, it no longer holds */
        char kept = value[i];
        value[i] = kept == '1' ? '2' : '1';
        assert_false(auth_cookie_ok(&auth, str_of(value), NOW));
        value[i] = kept;
    }
    for (size_t n = 0; n < strlen(value); n++)
        assert_false(auth_cookie_ok(&auth, (struct str){value, n}, NOW));
    snprintf(header, sizeof header, "a=b;component_hub_session=%s; c", value);
    assert_int_equal(auth_check(&auth, STR_NONE, str_of(header), NOW), AUTH_COOKIE);
    assert_int_equal(auth_check(&auth, STR("Bearer x"), str_of(header), NOW), AUTH_NOBODY);
    /* Another token, or another key, ends the session. */
    assert_ok(auth_init(&other, false, STR("another token of enough length"), STR_NONE, &e), &e);
    assert_false(auth_cookie_ok(&other, str_of(value), NOW));
    assert_ok(auth_init(&other, false, STR(TOKEN), STR("a key"), &e), &e);
    assert_false(auth_cookie_ok(&other, str_of(value), NOW));
}

static void finds_cookies(void **state)
{
    (void)state;
    struct str name = STR("n");
    assert_str(cookie_value(STR("n=1"), name), "1");
    assert_str(cookie_value(STR("m=2; n=1=3;n=4"), name), "1=3");
    assert_str(cookie_value(STR(" n="), name), "");
    assert_null(cookie_value(STR("nn=1; n"), name).p);
    assert_null(cookie_value(STR_NONE, name).p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens),
        cmocka_unit_test(codes),
        cmocka_unit_test(cookies),
        cmocka_unit_test(finds_cookies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
