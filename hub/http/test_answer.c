#include "base/testing.h"

#include "hub/http/internal.h"

static void statuses(void **state)
{
    (void)state;
    static const struct {
        enum status s;
        int http;
    } rows[] = {
        {OK, 200},        {ERR_INVALID, 422}, {ERR_SYNTAX, 400},      {ERR_NOT_FOUND, 404}, {ERR_CONFLICT, 409},
        {ERR_STALE, 412}, {ERR_LIMIT, 413},   {ERR_UNSUPPORTED, 422}, {ERR_DENIED, 403},    {ERR_UNAVAILABLE, 503},
        {ERR_NOMEM, 503}, {ERR_IO, 500},      {ERR_INTERNAL, 500},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(http_status_of(rows[i].s), rows[i].http);
        assert_string_not_equal(status_reason(rows[i].http), "Other");
    }
    assert_int_equal(http_status_of((enum status) - 99), 500);
    assert_string_equal(status_reason(299), "Other");
}

static void entity_tags(void **state)
{
    (void)state;
    struct str etag = STR("\"a,b\"");
    static const char *const match[] = {"\"a,b\"", "W/\"a,b\"", "*", " \"x\" , W/\"a,b\"", "\"\",\"a,b\""};
    static const char *const differ[] = {"", "\"a\"", "a,b", "\"a,b", "\"x\" \"a,b\"", "w/\"a,b\"", ",", "\"x\","};
    for (size_t i = 0; i < sizeof match / sizeof match[0]; i++)
        assert_true(etag_matches(str_of(match[i]), etag));
    for (size_t i = 0; i < sizeof differ / sizeof differ[0]; i++)
        assert_false(etag_matches(str_of(differ[i]), etag));
    assert_true(etag_matches(STR("\"1\""), STR("W/\"1\"")));
}

static void problems_have_their_form(void **state)
{
    struct str body = problem_body(*state, 404, "not_found", STR("No \"x\"."), STR("Look."), STR("/a?b"), NULL);
    assert_str(body, "{\"type\":\"/problems/not_found\",\"title\":\"Not Found\",\"status\":404,"
                     "\"detail\":\"No \\\"x\\\".\",\"instance\":\"/a?b\",\"code\":\"not_found\",\"hint\":\"Look.\","
                     "\"problems\":[]}");
    struct problems ps;
    problems_init(&ps, *state);
    problem_add(&ps, SEVERITY_ERROR, "bad", STR("/a"), NULL, "Bad.");
    struct node *n;
    struct err e = {0};
    body = problem_body(*state, 422, "invalid", STR("x"), STR_NONE, STR("/"), &ps);
    assert_ok(node_parse_json(*state, body, &n, &e), &e);
    assert_null(node_get(n, "hint"));
    assert_int_equal(node_count(node_get(n, "problems")), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses),
        cmocka_unit_test(entity_tags),
        with_arena(problems_have_their_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
