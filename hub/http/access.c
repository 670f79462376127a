#include "hub/http/access.h"

#include <arpa/inet.h>
#include <string.h>

/* Splits "host:port"; the brackets of an IPv6 address stay. False when it is not of that form. */
static bool split_host(struct str text, struct str *name, struct str *port)
{
    ptrdiff_t colon = str_rfind_char(text, ':');
    *name = text;
    *port = STR("");
    if (text.n > 0 && text.p[0] == '[') {
        ptrdiff_t close = str_find_char(text, ']');
        if (close < 0)
            return false;
        *name = str_sub(text, 0, (size_t)close + 1);
        struct str rest = str_from(text, (size_t)close + 1);
        if (rest.n == 0)
            return true;
        if (rest.p[0] != ':')
            return false;
        *port = str_from(rest, 1);
    } else if (colon >= 0) {
        *name = str_sub(text, 0, (size_t)colon);
        *port = str_from(text, (size_t)colon + 1);
        if (str_find_char(*name, ':') >= 0)
            return false;
    }
    uint64_t n;
    return name->n > 0 && (port->n == 0 || (str_u64(*port, &n) && n <= 65535));
}

/* A page can be made to point at us under a name of its own (DNS rebinding), but not under an address. */
static bool is_address(struct str name)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char out[16];
    bool six = name.n > 2 && name.p[0] == '[';
    if (six)
        name = str_sub(name, 1, name.n - 2);
    if (name.n >= sizeof text)
        return false;
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    return inet_pton(six ? AF_INET6 : AF_INET, text, out) == 1;
}

bool host_allowed(const struct access_rules *rules, struct str host)
{
    struct str name, port;
    if (!split_host(host, &name, &port))
        return false;
    if (name.n > 1 && name.p[name.n - 1] == '.')
        name.n--;
    if (str_eq_nocase(name, STR("localhost")) || str_is(name, "127.0.0.1") || str_is(name, "[::1]"))
        return true;
    for (size_t i = 0; i < rules->allowed_host_count; i++) {
        if (str_eq_nocase(name, rules->allowed_hosts[i]))
            return true;
    }
    /* Probes of a cluster ask for the address of the pod. */
    return !rules->loopback && is_address(name);
}

bool origin_is_ours(struct str origin, struct str host)
{
    bool tls = str_starts(origin, "https://");
    if (!tls && !str_starts(origin, "http://"))
        return false;
    struct str name, port, host_name, host_port;
    if (!split_host(str_from(origin, tls ? 8 : 7), &name, &port) || !split_host(host, &host_name, &host_port))
        return false;
    struct str usual = tls ? STR("443") : STR("80");
    return str_eq_nocase(name, host_name) && str_eq(port.n ? port : usual, host_port.n ? host_port : usual);
}

struct str media_type(struct str content_type)
{
    ptrdiff_t end = str_find_char(content_type, ';');
    return str_trim(end < 0 ? content_type : str_sub(content_type, 0, (size_t)end));
}

static struct access_verdict check_origin(const struct access_request *rq)
{
    if (rq->origin.p != NULL && !origin_is_ours(rq->origin, rq->host))
        return (struct access_verdict){403, "foreign_origin", "This page is not ours: it may not change anything here.",
                                       "Origin has to be the address of this hub."};
    bool same = str_is(rq->fetch_site, "same-origin") || str_is(rq->fetch_site, "none");
    if (rq->fetch_site.p != NULL && !same)
        return (struct access_verdict){403, "foreign_origin", "Another site asked the browser to do this.",
                                       "Sec-Fetch-Site has to be same-origin."};
    /* A cookie travels by itself, so something has to say that our own page sent the request. */
    if (rq->via == AUTH_COOKIE && rq->origin.p == NULL && rq->fetch_site.p == NULL)
        return (struct access_verdict){403, "origin_needed",
                                       "With a session cookie a change has to come from our page.",
                                       "Send Origin, or use 'Authorization: Bearer' with the token instead."};
    return (struct access_verdict){0};
}

static struct access_verdict check_media(const struct access_request *rq)
{
    struct str type = media_type(rq->content_type);
    bool form = str_eq_nocase(type, STR("multipart/form-data"));
    if (str_eq_nocase(type, STR("application/x-www-form-urlencoded")) || str_eq_nocase(type, STR("text/plain")))
        return (struct access_verdict){
            415, "media_type", "This media type is not taken here, since a form of another site can send it.",
            "Set Content-Type to application/json or application/yaml (curl: -H 'Content-Type: application/yaml')."};
    if (form && !(rq->flags & ROUTE_MULTIPART))
        return (struct access_verdict){415, "media_type", "multipart/form-data is taken when publishing only.",
                                       "Send the document itself, as application/json or application/yaml."};
    if (rq->content_encoding.p != NULL && !str_eq_nocase(rq->content_encoding, STR("identity")))
        return (struct access_verdict){415, "content_encoding", "Compressed bodies are not taken.",
                                       "Send the body as it is, without Content-Encoding."};
    return (struct access_verdict){0};
}

struct access_verdict access_check(const struct access_rules *rules, const struct access_request *rq)
{
    bool changes = !rq->reads && (rq->flags & ROUTE_OPEN) == 0;
    bool needs_principal =
        (rq->flags & ROUTE_PUBLIC) == 0 && (changes || (rq->flags & ROUTE_CHANGES) || !rules->loopback);
    if (needs_principal && rq->via == AUTH_NOBODY)
        return (struct access_verdict){
            401, "sign_in", "This needs the token of the hub or a session.",
            "Send 'Authorization: Bearer <token>', or open the sign-in link that the hub printed when it started."};
    struct access_verdict v = {0};
    if (!rq->reads)
        v = check_origin(rq);
    if (!rq->reads && rq->has_body && v.status == 0)
        v = check_media(rq);
    return v;
}
