/* Any bytes as the head of a request: what it is read as, which route it finds, and who it says it is. */
#include <string.h>

#include "hub/auth/auth.h"
#include "hub/http/access.h"
#include "hub/http/head.h"
#include "hub/http/internal.h"
#include "hub/http/router.h"
#include "tests/fuzz/fuzz.h"

static void handle(struct request *rq)
{
    (void)rq;
}

static const struct route routes[] = {
    {METHOD_GET, "/", handle, 0},
    {METHOD_GET, "/a/{x}", handle, 0},
    {METHOD_POST, "/a/b", handle, 0},
    {METHOD_GET, "/{x}/{y}/{z}", handle, 0},
};

static void check_fields(const struct head *h)
{
    const struct str host = STR("localhost:8080");
    const struct access_rules rules = {NULL, 0, false};
    size_t hosts = 0;
    MUST(h->count <= HEAD_MAX_FIELDS && h->target.n > 0 && h->target.n <= HTTP_MAX_URL && h->method.n > 0);
    for (size_t i = 0; i < h->count; i++) {
        struct str name = h->headers[i].name, value = h->headers[i].value;
        hosts += str_is(name, "host");
        MUST(name.n > 0 && str_eq(str_trim(value), value));
        for (size_t k = 0; k < name.n; k++)
            MUST(name.p[k] > ' ' && name.p[k] != ':' && !(name.p[k] >= 'A' && name.p[k] <= 'Z'));
        MUST(value.n == 0 ||
             (!memchr(value.p, '\r', value.n) && !memchr(value.p, '\n', value.n) && !memchr(value.p, '\0', value.n)));
        host_allowed(&rules, value);
        MUST(!origin_is_ours(value, host) || str_find(str_sub(value, 0, 17), STR("://")) > 0);
        cookie_value(value, STR("a"));
        media_type(value);
        etag_matches(value, STR("\"x\""));
    }
    MUST(hosts == 1);
}

static void check_target(struct arena *a, const struct router *r, struct str target)
{
    struct uri *u = arena_new_of(a, struct uri);
    struct param params[URI_MAX_SEGMENTS];
    size_t count;
    unsigned allow;
    struct err e = {0};
    if (uri_parse(a, target, u, &e) != OK) {
        MUST(e.status == ERR_SYNTAX && e.message[0] != '\0');
        return;
    }
    MUST(str_utf8(u->path) && (u->path.p[0] == '/' || str_is(u->path, "*")));
    MUST(u->segment_count <= URI_MAX_SEGMENTS && u->query_count <= URI_MAX_QUERY);
    for (size_t i = 0; i < u->segment_count; i++)
        MUST(!str_is(u->segments[i], ".") && !str_is(u->segments[i], "..") && str_utf8(u->segments[i]));
    for (size_t i = 0; i < u->query_count; i++)
        MUST(str_utf8(u->query[i].name) && str_utf8(u->query[i].value));
    for (int m = 0; m <= METHOD_COUNT; m++) {
        const struct route *found =
            router_find(r, (enum method)m, u->segments, u->segment_count, params, &count, &allow);
        MUST(found == NULL || allow & 1u << found->method);
        for (size_t i = 0; found != NULL && i < count; i++)
            MUST(params[i].value.n > 0);
    }
}

struct work {
    struct arena *a;
    struct str raw;
};

static enum status check(void *arg)
{
    struct work *w = arg;
    const struct route_table table = {routes, sizeof routes / sizeof routes[0]};
    struct head h;
    struct head_fault f = {0};
    struct router *r;
    MUST(router_new(w->a, &table, 1, &r, NULL) == OK);
    if (head_parse(w->a, w->raw, &h, &f)) {
        MUST(h.length <= w->raw.n && h.length >= 4 && memcmp(w->raw.p + h.length - 4, "\r\n\r\n", 4) == 0);
        check_fields(&h);
        check_target(w->a, r, h.target);
    } else {
        MUST(f.status >= 400 && f.code != NULL && f.detail != NULL);
    }
    check_target(w->a, r, w->raw);
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct work w = {arena_new(0), {(const char *)data, size}};
    if (w.a == NULL)
        return 0;
    MUST(arena_guard(w.a, check, &w) == OK);
    arena_free(w.a);
    return 0;
}
