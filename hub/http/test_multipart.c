#include "base/testing.h"

#include "hub/http/http.h"

#define FILE_PART "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.yaml\"\r\n\r\nhello\r\n"
#define PART      "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"

static void reads(void **state)
{
    struct upload *u;
    size_t n;
    struct err e = {0};
    struct str body = STR(FILE_PART "--x\r\ncontent-type: application/yaml\r\nContent-Disposition: Form-Data;"
                                    "filename=b;NAME=\"q\\\"uo\\\\te; x\"\r\n\r\n\r\n--xy\r\n\r\n--x--\r\n");
    assert_int_equal(multipart_parse(*state, body, STR("x"), &u, &n, &e), ERR_SYNTAX); /* "--xy" is no delimiter line */
    body = STR(FILE_PART "--x\r\ncontent-type: application/yaml\r\nContent-Disposition: Form-Data;"
                         "filename=b;NAME=\"q\\\"uo\\\\te; x\"\r\n\r\n\r\n-x\0\r\n\r\n--x-- \r\n");
    assert_ok(multipart_parse(*state, body, STR("x"), &u, &n, &e), &e);
    assert_int_equal(n, 2);
    assert_str(u[0].name, "file");
    assert_str(u[0].filename, "a.yaml");
    assert_str(u[0].content_type, "text/plain");
    assert_str(u[0].data, "hello");
    assert_str(u[1].name, "q\"uo\\te; x");
    assert_str(u[1].filename, "b");
    assert_str(u[1].content_type, "application/yaml");
    assert_str_eq(u[1].data, STR("\r\n-x\0\r\n"));
    assert_ok(multipart_parse(*state, STR("--x--"), STR("x"), &u, &n, &e), &e);
    assert_int_equal(n, 0);
}

static void refuses(void **state)
{
    static const char *const bodies[] = {
        "",
        "--x",
        "--x\r\n",
        "preamble\r\n" FILE_PART "--x--",
        "\r\n" FILE_PART "--x--",
        FILE_PART,
        FILE_PART "--x",
        FILE_PART "--x-",
        FILE_PART "--x--\r\nepilogue",
        "--x\nContent-Disposition: form-data; name=a\n\nb\n--x--",
        "--x\r\n\r\nno headers\r\n--x--",
        "--x\r\nContent-Type: a/b\r\n\r\nno name\r\n--x--",
        "--x\r\nContent-Disposition: attachment; name=a\r\n\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name=\"a\r\n\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name=\"a\"b\r\n\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name\r\n\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name=a\r\nnonsense\r\n\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name=a\r\n: b\r\n\r\n\r\n--x--",
    };
    struct upload *u;
    size_t n;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct err e = {0};
        if (multipart_parse(*state, str_of(bodies[i]), STR("x"), &u, &n, &e) == OK)
            fail_msg("was read: %s", bodies[i]);
        assert_error(e.status, &e, ERR_SYNTAX, "multipart_broken");
        assert_int_equal(n, 0);
    }
    static const char *const boundaries[] = {"", "a ", "a\"b", "a\r\nb",
                                             "1234567890123456789012345678901234567890123456789012345678901234567890x"};
    for (size_t i = 0; i < sizeof boundaries / sizeof boundaries[0]; i++) {
        struct err e = {0};
        assert_error(multipart_parse(*state, STR(FILE_PART "--x--"), str_of(boundaries[i]), &u, &n, &e), &e, ERR_SYNTAX,
                     "multipart_broken");
    }
}

static void has_limits(void **state)
{
    struct upload *u;
    size_t n;
    struct buf b;
    struct err e = {0};
    for (int parts = 16; parts <= 17; parts++) {
        buf_init(&b, *state, 0);
        for (int i = 0; i < parts; i++)
            buf_cstr(&b, PART);
        buf_cstr(&b, "--x--");
        enum status s = multipart_parse(*state, buf_take(&b), STR("x"), &u, &n, &e);
        assert_int_equal(s, parts == 16 ? OK : ERR_LIMIT);
    }
    for (int size = 8000; size <= 9000; size += 1000) {
        buf_init(&b, *state, 0);
        buf_cstr(&b, "--x\r\nContent-Disposition: form-data; name=a\r\nX: ");
        for (int i = 0; i < size; i++)
            buf_char(&b, 'x');
        buf_cstr(&b, "\r\n\r\n\r\n--x--");
        enum status s = multipart_parse(*state, buf_take(&b), STR("x"), &u, &n, &e);
        assert_int_equal(s, size == 8000 ? OK : ERR_SYNTAX);
    }
}

static enum status work(void *arg)
{
    struct upload *u;
    size_t n;
    struct err e = {0};
    return multipart_parse(arg, STR(FILE_PART "--x--"), STR("x"), &u, &n, &e);
}

static void survives_every_failed_allocation(void **state)
{
    (void)state;
    for (long nth = 1;; nth++) {
        struct arena *a = arena_new(0);
        arena_fail_at(nth);
        enum status s = arena_guard(a, work, a);
        bool failed = arena_count() >= nth;
        arena_fail_at(0);
        arena_free(a);
        assert_int_equal(s, failed ? ERR_NOMEM : OK);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(reads),
        with_arena(refuses),
        with_arena(has_limits),
        cmocka_unit_test(survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
