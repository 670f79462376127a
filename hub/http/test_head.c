#include "base/testing.h"

#include "hub/http/head.h"

#define START "GET /a HTTP/1.1\r\nHost: localhost\r\n"

static struct head read_head(struct arena *a, struct str raw, int want_status)
{
    struct head h;
    struct head_fault f = {0};
    bool ok = head_parse(a, raw, &h, &f);
    if (ok != (want_status == 0) || (!ok && f.status != want_status))
        fail_msg("%.*s: got %d (%s), want %d", STR_ARG(raw), ok ? 0 : f.status, ok ? "" : f.detail, want_status);
    if (!ok)
        assert_true(f.code != NULL && f.detail != NULL);
    return h;
}

static void reads_a_head(void **state)
{
    struct head h = read_head(*state,
                              STR("POST /a?b=c HTTP/1.1\r\nHOST:  example.org:80 \r\nX-Empty:\r\nContent-Length: 3\r\n"
                                  "\r\nabcGET"),
                              0);
    assert_str(h.method, "POST");
    assert_str(h.target, "/a?b=c");
    assert_str(h.host, "example.org:80");
    assert_int_equal(h.minor, 1);
    assert_int_equal(h.count, 3);
    assert_str(h.headers[0].name, "host");
    assert_str(h.headers[1].value, "");
    assert_true(h.has_body);
    assert_int_equal(h.length, strlen("POST /a?b=c HTTP/1.1\r\nHOST:  example.org:80 \r\nX-Empty:\r\n"
                                      "Content-Length: 3\r\n\r\n"));
    h = read_head(*state, STR("\r\n" START "\r\n"), 0);
    assert_int_equal(h.length, strlen("\r\n" START "\r\n"));
    assert_false(h.has_body);
    assert_int_equal(read_head(*state, STR("GET / HTTP/1.0\r\nHost: a\r\n\r\n"), 0).minor, 0);
    assert_true(read_head(*state, STR(START "Transfer-Encoding: Chunked\r\n\r\n"), 0).has_body);
}

static void refuses(void **state)
{
    static const struct {
        const char *raw;
        int status;
    } rows[] = {
        {"", 400},
        {"GET /a HTTP/1.1\r\n", 400},
        {"GET /a HTTP/1.1\r\n\r\n", 400},
        {"GET /a HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {START "Host: localhost\r\n\r\n", 400},
        {"GET /a HTTP/1.1\nHost: a\r\n\r\n", 400},
        {START "X: a\nY: b\r\n\r\n", 400},
        {START "X: a\rY: b\r\n\r\n", 400},
        {START "X: a\r\n b\r\n\r\n", 400},
        {START "X: a\r\n\tb\r\n\r\n", 400},
        {START "X : a\r\n\r\n", 400},
        {START ": a\r\n\r\n", 400},
        {START "X\r\n\r\n", 400},
        {START "X: \x01\r\n\r\n", 400},
        {START "X: \x7f\r\n\r\n", 400},
        {"GET /a\x7f HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /a\r\nHost: a\r\n\r\n", 400},
        {"G@T /a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /a HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"GET /a http/1.1\r\nHost: a\r\n\r\n", 505},
        {START "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
        {START "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {START "Content-Length: +1\r\n\r\n", 400},
        {START "Content-Length: 1, 1\r\n\r\n", 400},
        {START "Content-Length: \r\n\r\n", 400},
        {START "Content-Length: 99999999999999999999\r\n\r\n", 400},
        {START "Transfer-Encoding: gzip, chunked\r\n\r\n", 400},
        {START "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        read_head(*state, str_of(rows[i].raw), rows[i].status);
    read_head(*state, STR("GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

static void has_limits(void **state)
{
    struct buf b;
    for (size_t n = HTTP_MAX_URL - 1; n <= HTTP_MAX_URL + 100; n += 101) {
        buf_init(&b, *state, 0);
        buf_cstr(&b, "GET /");
        for (size_t i = 1; i < n; i++)
            buf_char(&b, 'a');
        buf_cstr(&b, " HTTP/1.1\r\nHost: a\r\n\r\n");
        read_head(*state, buf_take(&b), n <= HTTP_MAX_URL ? 0 : 414);
    }
    for (int fields = HEAD_MAX_FIELDS - 1; fields <= HEAD_MAX_FIELDS; fields++) {
        buf_init(&b, *state, 0);
        buf_cstr(&b, START);
        for (int i = 0; i < fields; i++)
            buf_printf(&b, "X-%d: 1\r\n", i);
        buf_cstr(&b, "\r\n");
        read_head(*state, buf_take(&b), fields < HEAD_MAX_FIELDS ? 0 : 431);
    }
    for (size_t n = 30000; n <= 40000; n += 10000) {
        buf_init(&b, *state, 0);
        buf_cstr(&b, START "X: ");
        for (size_t i = 0; i < n; i++)
            buf_char(&b, 'a');
        buf_cstr(&b, "\r\n\r\n");
        read_head(*state, buf_take(&b), n < HTTP_MAX_HEADERS ? 0 : 431);
    }
}

static enum status parse(void *arg)
{
    struct head h;
    struct head_fault f;
    return head_parse(arg, STR(START "X: y\r\n\r\n"), &h, &f) ? OK : ERR_SYNTAX;
}

static void survives_every_failed_allocation(void **state)
{
    (void)state;
    for (long nth = 1;; nth++) {
        struct arena *a = arena_new(0);
        arena_fail_at(nth);
        enum status s = arena_guard(a, parse, a);
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
        with_arena(reads_a_head),
        with_arena(refuses),
        with_arena(has_limits),
        cmocka_unit_test(survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
