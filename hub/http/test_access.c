#include "base/testing.h"

#include "hub/http/access.h"

static const struct str names[] = {{"hub.example.org", 15}};
static const struct access_rules loopback = {names, 1, true}, beyond = {names, 1, false};

static void hosts(void **state)
{
    (void)state;
    static const char *const fine[] = {"localhost",   "LocalHost:8080",  "127.0.0.1",
                                       "127.0.0.1:1", "[::1]",           "[::1]:65535",
                                       "localhost.",  "hub.example.org", "HUB.example.org:443"};
    static const char *const bad[] = {"",
                                      "evil.example",
                                      "localhost.evil.example",
                                      "a.hub.example.org",
                                      "127.0.0.2",
                                      "[::2]",
                                      "localhost:x",
                                      "localhost:65536",
                                      "localhost:1:2",
                                      ":80",
                                      "[::1",
                                      "[::1]x",
                                      "user@localhost",
                                      "::1",
                                      "127.0.0.1.nip.io"};
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        assert_true(host_allowed(&loopback, str_of(fine[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(host_allowed(&loopback, str_of(bad[i])));
    /* Beyond loopback an address is fine: only names can be made to point at us. */
    assert_true(host_allowed(&beyond, STR("10.1.2.3:8080")) && host_allowed(&beyond, STR("[fd00::1]:80")));
    assert_false(host_allowed(&beyond, STR("evil.example")) || host_allowed(&beyond, STR("10.1.2.3.nip.io")) ||
                 host_allowed(&beyond, STR("[x]")) || host_allowed(&beyond, STR("10.1.2")));
}

static void origins(void **state)
{
    (void)state;
    static const struct {
        const char *origin, *host;
        bool ours;
    } rows[] = {
        {"http://localhost:8080", "localhost:8080", true},
        {"http://LOCALHOST:8080", "localhost:8080", true},
        {"http://localhost", "localhost", true},
        {"http://localhost", "localhost:80", true},
        {"https://hub.example.org", "hub.example.org", true},
        {"https://hub.example.org", "hub.example.org:443", true},
        {"http://[::1]:8080", "[::1]:8080", true},
        {"http://localhost:3000", "localhost:8080", false},
        {"http://127.0.0.1:8080", "localhost:8080", false},
        {"https://localhost:8080", "localhost:80", false},
        {"http://evil.example", "localhost:8080", false},
        {"http://localhost:8080.evil.example", "localhost:8080", false},
        {"http://localhost:8080@evil.example", "localhost:8080", false},
        {"null", "localhost:8080", false},
        {"", "localhost:8080", false},
        {"file://", "localhost", false},
        {"localhost:8080", "localhost:8080", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (origin_is_ours(str_of(rows[i].origin), str_of(rows[i].host)) != rows[i].ours)
            fail_msg("%s for %s", rows[i].origin, rows[i].host);
    }
}

static const char *check(const struct access_rules *rules, struct access_request rq)
{
    if (rq.host.p == NULL)
        rq.host = STR("localhost:8080");
    struct access_verdict v = access_check(rules, &rq);
    static char text[64];
    snprintf(text, sizeof text, "%d %s", v.status, v.code ? v.code : "");
    assert_true(v.status == 0 || (v.detail != NULL && v.hint != NULL));
    return text;
}
#define verdict(rules, want, ...) assert_string_equal(check(&(rules), (struct access_request){__VA_ARGS__}), want)
#define FINE                      "0 "

static void principals(void **state)
{
    (void)state;
    verdict(loopback, FINE, .reads = true);
    verdict(loopback, "401 sign_in", .flags = ROUTE_CHANGES);
    verdict(loopback, "401 sign_in", .flags = 0); /* not a read, not marked: changes */
    verdict(loopback, "401 sign_in", .reads = true, .flags = ROUTE_CHANGES);
    verdict(loopback, FINE, .flags = ROUTE_OPEN);
    verdict(loopback, FINE, .flags = ROUTE_CHANGES, .via = AUTH_TOKEN);
    verdict(loopback, FINE, .flags = ROUTE_CHANGES, .via = AUTH_ANYBODY);
    verdict(beyond, "401 sign_in", .reads = true);
    verdict(beyond, "401 sign_in", .flags = ROUTE_OPEN);
    verdict(beyond, FINE, .reads = true, .via = AUTH_COOKIE);
    verdict(beyond, FINE, .reads = true, .flags = ROUTE_PUBLIC);
    verdict(beyond, FINE, .flags = ROUTE_PUBLIC | ROUTE_OPEN);
}

static void forgeries(void **state)
{
    (void)state;
    struct str ours = STR("http://localhost:8080"), evil = STR("https://evil.example");
    const unsigned f = ROUTE_CHANGES;
    verdict(loopback, "403 origin_needed", .flags = f, .via = AUTH_COOKIE);
    verdict(loopback, FINE, .flags = f, .via = AUTH_COOKIE, .origin = ours);
    verdict(loopback, FINE, .flags = f, .via = AUTH_COOKIE, .fetch_site = STR("same-origin"));
    verdict(loopback, FINE, .flags = f, .via = AUTH_COOKIE, .fetch_site = STR("none"));
    verdict(loopback, "403 foreign_origin", .flags = f, .via = AUTH_COOKIE, .origin = ours,
            .fetch_site = STR("cross-site"));
    verdict(loopback, "403 foreign_origin", .flags = f, .via = AUTH_COOKIE, .fetch_site = STR("same-site"));
    verdict(loopback, "403 foreign_origin", .flags = f, .via = AUTH_TOKEN, .origin = evil);
    verdict(loopback, "403 foreign_origin", .flags = f, .via = AUTH_TOKEN, .origin = STR(""));
    verdict(loopback, "403 foreign_origin", .flags = f, .via = AUTH_ANYBODY, .origin = STR("null"));
    verdict(loopback, "403 foreign_origin", .flags = ROUTE_OPEN, .origin = evil);
    /* Reading from elsewhere is left to the browser, which does not hand out the answer. */
    verdict(loopback, FINE, .reads = true, .origin = evil, .fetch_site = STR("cross-site"));
}

static void media(void **state)
{
    (void)state;
#define BODY(...) .flags = ROUTE_CHANGES, .via = AUTH_TOKEN, .has_body = true, __VA_ARGS__
    verdict(loopback, FINE, BODY(.content_type = STR("application/json; charset=utf-8")));
    verdict(loopback, FINE, BODY(.content_type = STR_NONE));
    verdict(loopback, "415 media_type", BODY(.content_type = STR("application/x-www-form-urlencoded")));
    verdict(loopback, "415 media_type", BODY(.content_type = STR(" Text/Plain ;charset=UTF-8")));
    verdict(loopback, "415 media_type", BODY(.content_type = STR("multipart/form-data; boundary=x")));
    verdict(loopback, "415 content_encoding", BODY(.content_encoding = STR("gzip")));
    verdict(loopback, FINE, BODY(.content_encoding = STR("Identity")));
    verdict(loopback, FINE, .flags = ROUTE_CHANGES | ROUTE_MULTIPART, .via = AUTH_TOKEN, .has_body = true,
            .content_type = STR("multipart/form-data; boundary=x"));
    verdict(loopback, "415 media_type", .flags = ROUTE_CHANGES | ROUTE_MULTIPART, .via = AUTH_TOKEN, .has_body = true,
            .content_type = STR("text/plain"));
    verdict(loopback, FINE, .flags = ROUTE_CHANGES, .via = AUTH_TOKEN, .content_type = STR("text/plain"));
    assert_str(media_type(STR("  a/b ; c=d")), "a/b");
    assert_str(media_type(STR_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts),     cmocka_unit_test(origins), cmocka_unit_test(principals),
        cmocka_unit_test(forgeries), cmocka_unit_test(media),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
