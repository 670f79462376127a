#include "base/testing.h"

#include "hub/http/uri.h"

static struct uri parse(struct arena *a, const char *target)
{
    struct uri u;
    struct err e = {0};
    assert_ok(uri_parse(a, str_of(target), &u, &e), &e);
    return u;
}

static void paths(void **state)
{
    static const struct {
        const char *target, *path;
        size_t segments;
    } rows[] = {
        {"/", "/", 0},
        {"/a", "/a", 1},
        {"/a/", "/a/", 2},
        {"/a//b", "/a//b", 3},
        {"/a/./b", "/a/b", 2},
        {"/a/../b", "/b", 1},
        {"/a/%2e%2E/b", "/b", 1},
        {"/../../b", "/b", 1},
        {"/a/..", "/", 0},
        {"/a/b/..", "/a/", 2},
        {"/a/.", "/a/", 2},
        {"/.", "/", 0},
        {"/%41%c3%a4", "/A\xc3\xa4", 1},
        {"/a%2Fb", "/a/b", 1},
        {"/a+b", "/a+b", 1},
        {"/..%2f..%2fx", "/../../x", 1},
        {"*", "*", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct uri u = parse(*state, rows[i].target);
        assert_str(u.path, rows[i].path);
        assert_int_equal(u.segment_count, rows[i].segments);
    }
    struct uri u = parse(*state, "/a%2Fb/c");
    assert_str(u.segments[0], "a/b");
    assert_str(u.segments[1], "c");
}

static void absolute_forms(void **state)
{
    struct uri u = parse(*state, "http://example.org:80/a?b");
    assert_str(u.authority, "example.org:80");
    assert_str(u.path, "/a");
    assert_str(u.query[0].name, "b");
    u = parse(*state, "HTTPS://example.org?x=1");
    assert_str(u.authority, "example.org");
    assert_str(u.path, "/");
    assert_null(parse(*state, "/a").authority.p);
}

static void queries(void **state)
{
    struct uri u = parse(*state, "/?a=1&b&c=&a=2&&d%3D=%26+x&=y");
    assert_int_equal(u.query_count, 6);
    assert_str(u.query[0].value, "1");
    assert_str(u.query[1].name, "b");
    assert_str(u.query[1].value, "");
    assert_str(u.query[4].name, "d=");
    assert_str(u.query[4].value, "& x");
    assert_str(u.query[5].name, "");
    assert_int_equal(parse(*state, "/?").query_count, 0);
    assert_str(parse(*state, "/?a=b=c").query[0].value, "b=c");
}

static void refuses(void **state)
{
    static const char *const rows[] = {"a",     "",           "/%",           "/%4",         "/%4g",  "/%00",
                                       "/%ff",  "/%ed%a0%80", "/%c0%af",      "/?a=%",       "/?%ff", "/?a=%00",
                                       "//%zz", "http:",      "ftp://x.org/", "localhost:80"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct uri u;
        struct err e = {0};
        assert_error(uri_parse(*state, str_of(rows[i]), &u, &e), &e, ERR_SYNTAX, "bad_request");
    }
}

static void has_limits(void **state)
{
    struct uri u;
    struct err e = {0};
    struct buf b;
    for (int n = URI_MAX_SEGMENTS; n <= URI_MAX_SEGMENTS + 1; n++) {
        buf_init(&b, *state, 0);
        for (int i = 0; i < n; i++)
            buf_cstr(&b, "/x");
        assert_int_equal(uri_parse(*state, buf_take(&b), &u, &e), n == URI_MAX_SEGMENTS ? OK : ERR_SYNTAX);
    }
    for (int n = URI_MAX_QUERY; n <= URI_MAX_QUERY + 1; n++) {
        buf_init(&b, *state, 0);
        buf_cstr(&b, "/?x");
        for (int i = 1; i < n; i++)
            buf_cstr(&b, "&x");
        assert_int_equal(uri_parse(*state, buf_take(&b), &u, &e), n == URI_MAX_QUERY ? OK : ERR_SYNTAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(paths), with_arena(absolute_forms), with_arena(queries), with_arena(refuses), with_arena(has_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
