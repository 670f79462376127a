/*
 * Who may, as far as the request alone tells: Host, Origin, Sec-Fetch-Site, media types, and whether a principal is
 * needed. Pure; DESIGN §7. A Referer is not consulted: it is optional, stripped by privacy tools, and Origin is sent
 * by every browser of today on what changes.
 */
#ifndef HUB_HTTP_ACCESS_H
#define HUB_HTTP_ACCESS_H

#include "hub/auth/auth.h"
#include "hub/http/http.h"

struct access_rules {
    const struct str *allowed_hosts; /* besides localhost, 127.0.0.1 and [::1]; lower case, without port */
    size_t allowed_host_count;
    bool loopback; /* bound to a loopback address: then reading is open */
};

struct access_request {
    bool reads; /* GET, HEAD */
    unsigned flags;
    struct str host, origin, fetch_site, content_type, content_encoding; /* STR_NONE when absent */
    bool has_body;
    enum auth_via via;
};

struct access_verdict {
    int status; /* 0 = go on */
    const char *code, *detail, *hint;
};

/* Host header or authority of a target: "name", "name:port", "1.2.3.4:port", "[::1]:port". */
bool host_allowed(const struct access_rules *rules, struct str host);
/* True when the Origin is the one this request's Host stands for, port included. */
bool origin_is_ours(struct str origin, struct str host);
/* "multipart/form-data" of "Multipart/Form-Data; boundary=x", in its own case. */
struct str media_type(struct str content_type);
struct access_verdict access_check(const struct access_rules *rules, const struct access_request *rq);

#endif
