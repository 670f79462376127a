#include <errno.h>

#include "base/err.h"
#include "base/testing.h"

static void an_error_has_status_code_and_message(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(err_set(&e, ERR_CONFLICT, "name_taken", "the name %s is taken", "a"), ERR_CONFLICT);
    assert_int_equal(e.status, ERR_CONFLICT);
    assert_string_equal(e.code, "name_taken");
    assert_string_equal(e.message, "the name a is taken");
}

static void nobody_needs_to_want_the_detail(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, ERR_LIMIT, "x", "y"), ERR_LIMIT);
    assert_int_equal(err_hint(NULL, "z"), ERR_LIMIT);
    assert_int_equal(err_errno(NULL, EACCES, "x", "y"), ERR_IO);
}

static void a_new_error_leaves_nothing_of_the_one_before(void **state)
{
    (void)state;
    struct err e = {0};
    (void)err_set(&e, ERR_SYNTAX, "a", "a");
    assert_int_equal(err_hint(&e, "try %d", 1), ERR_SYNTAX);
    assert_string_equal(e.hint, "try 1");
    e.line = e.column = 7;
    (void)err_set(&e, ERR_SYNTAX, "b", "b");
    assert_string_equal(e.hint, "");
    assert_int_equal(e.line, 0);
    assert_int_equal(e.column, 0);
}

static void an_error_may_be_told_in_terms_of_itself(void **state)
{
    (void)state;
    struct err e = {0};
    (void)err_set(&e, ERR_SYNTAX, "inner", "a comma is missing");
    (void)err_set(&e, ERR_INVALID, e.code, "in the file x: %s", e.message);
    assert_string_equal(e.code, "inner");
    assert_string_equal(e.message, "in the file x: a comma is missing");
}

static void long_messages_are_cut_between_characters(void **state)
{
    (void)state;
    struct err e = {0};
    char text[2000];
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa4", 3);
    for (int shift = 0; shift < 3; shift++) {
        (void)err_set(&e, ERR_SYNTAX, text, "%.*s%s", shift, "aaa", text);
        assert_in_range(strlen(e.message), sizeof e.message - 3, sizeof e.message - 1);
        assert_true(str_utf8(str_of(e.message)));
        assert_true(str_utf8(str_of(e.code)));
        (void)err_hint(&e, "%.*s%s", shift, "aaa", text);
        assert_true(str_utf8(str_of(e.hint)));
    }
}

static void errors_of_the_system_name_the_reason(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(err_errno(&e, ENOENT, "file_read", "%s cannot be read", "x"), ERR_NOT_FOUND);
    assert_string_equal(e.message, "x cannot be read: No such file or directory");
    assert_int_equal(err_errno(&e, ENOMEM, "file_read", "x"), ERR_NOMEM);
    assert_int_equal(err_errno(&e, EACCES, "file_read", "x"), ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_has_status_code_and_message),
        cmocka_unit_test(nobody_needs_to_want_the_detail),
        cmocka_unit_test(a_new_error_leaves_nothing_of_the_one_before),
        cmocka_unit_test(an_error_may_be_told_in_terms_of_itself),
        cmocka_unit_test(long_messages_are_cut_between_characters),
        cmocka_unit_test(errors_of_the_system_name_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
