#include "base/testing.h"

#include "hub/http/router.h"

static void handle(struct request *rq)
{
    (void)rq;
}

static const struct route routes[] = {
    {METHOD_GET, "/", handle, 0},
    {METHOD_GET, "/runs/{id}", handle, 0},
    {METHOD_DELETE, "/runs/{id}", handle, 0},
    {METHOD_POST, "/runs/search", handle, 0},
    {METHOD_GET, "/runs", handle, 0},
    {METHOD_GET, "/{kind}/latest", handle, 0},
    {METHOD_GET, "/assets/{namespace}/{name}", handle, 0},
};
static const struct route more[] = {{METHOD_POST, "/runs", handle, 0}};

static struct router *make(struct arena *a)
{
    const struct route_table tables[] = {{routes, sizeof routes / sizeof routes[0]}, {more, 1}};
    struct router *r;
    struct err e = {0};
    assert_ok(router_new(a, tables, 2, &r, &e), &e);
    return r;
}

static struct {
    struct param params[URI_MAX_SEGMENTS];
    size_t count;
    unsigned allow;
} found;

static const char *find(struct arena *a, const struct router *r, enum method m, const char *target)
{
    struct uri u;
    struct err e = {0};
    assert_ok(uri_parse(a, str_of(target), &u, &e), &e);
    const struct route *route =
        router_find(r, m, u.segments, u.segment_count, found.params, &found.count, &found.allow);
    return route ? route->pattern : "";
}

static void finds(void **state)
{
    struct router *r = make(*state);
    assert_string_equal(find(*state, r, METHOD_GET, "/"), "/");
    assert_string_equal(find(*state, r, METHOD_HEAD, "/runs"), "/runs");
    assert_string_equal(find(*state, r, METHOD_POST, "/runs"), "/runs");
    assert_string_equal(find(*state, r, METHOD_GET, "/runs/7"), "/runs/{id}");
    assert_int_equal(found.count, 1);
    assert_str(found.params[0].name, "id");
    assert_str(found.params[0].value, "7");
    assert_string_equal(find(*state, r, METHOD_GET, "/assets/a%2Fb/c"), "/assets/{namespace}/{name}");
    assert_str(found.params[0].value, "a/b");
    assert_str(found.params[1].value, "c");
}

static void prefers_literals(void **state)
{
    struct router *r = make(*state);
    assert_string_equal(find(*state, r, METHOD_POST, "/runs/search"), "/runs/search");
    /* The literal pattern has no GET, the other has. */
    assert_string_equal(find(*state, r, METHOD_GET, "/runs/search"), "/runs/{id}");
    assert_string_equal(find(*state, r, METHOD_GET, "/runs/latest"), "/runs/{id}");
    assert_string_equal(find(*state, r, METHOD_GET, "/models/latest"), "/{kind}/latest");
}

static void says_what_is_allowed(void **state)
{
    struct router *r = make(*state);
    assert_string_equal(find(*state, r, METHOD_PUT, "/runs/search"), "");
    assert_str(router_allow(*state, found.allow), "GET, HEAD, POST, DELETE, OPTIONS");
    assert_string_equal(find(*state, r, METHOD_COUNT, "/runs"), "");
    assert_str(router_allow(*state, found.allow), "GET, HEAD, POST, OPTIONS");
    static const char *const missing[] = {"/x", "/runs/", "/runs//x", "//", "/assets/a/b/c", "/RUNS"};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        assert_string_equal(find(*state, r, METHOD_GET, missing[i]), "");
        assert_int_equal(found.allow, 0);
    }
}

static void refuses_bad_tables(void **state)
{
    static const struct route bad[] = {
        {METHOD_GET, "runs", handle, 0}, {METHOD_GET, "/a//b", handle, 0}, {METHOD_GET, "/a{b}", handle, 0},
        {METHOD_GET, "/{}", handle, 0},  {METHOD_GET, "/a/", handle, 0},   {METHOD_GET, "/a", NULL, 0},
        {METHOD_COUNT, "/a", handle, 0},
    };
    struct router *r;
    struct err e = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct route_table t = {&bad[i], 1};
        assert_error(router_new(*state, &t, 1, &r, &e), &e, ERR_INVALID, "bad_route");
    }
    /* The names of parameters do not tell two routes apart. */
    static const struct route twice[] = {{METHOD_GET, "/a/{b}", handle, 0}, {METHOD_GET, "/a/{c}", handle, 0}};
    const struct route_table t = {twice, 2};
    assert_error(router_new(*state, &t, 1, &r, &e), &e, ERR_INVALID, "bad_route");
}

static void knows_methods(void **state)
{
    (void)state;
    for (int m = 0; m < METHOD_COUNT; m++)
        assert_int_equal(method_of(str_of(method_name((enum method)m))), m);
    assert_int_equal(method_of(STR("get")), METHOD_COUNT);
    assert_int_equal(method_of(STR("OPTIONS")), METHOD_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(finds),
        with_arena(prefers_literals),
        with_arena(says_what_is_allowed),
        with_arena(refuses_bad_tables),
        cmocka_unit_test(knows_methods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
