/* Request targets: paths into decoded segments, and queries into parameters. Pure; after RFC 3986 and RFC 9112 §3.2. */
#ifndef HUB_HTTP_URI_H
#define HUB_HTTP_URI_H

#include "hub/http/http.h"

#define URI_MAX_SEGMENTS 32
#define URI_MAX_QUERY    100

struct uri {
    struct str authority; /* of an absolute-form target, else STR_NONE */
    struct str path;      /* decoded, dot segments removed; always starts with '/', or is "*" */
    struct str segments[URI_MAX_SEGMENTS];
    size_t segment_count; /* "/" has none, "/a/" has "a" and "" */
    struct param *query;
    size_t query_count;
};

/* ERR_SYNTAX with code bad_request for bad escapes, NUL, bytes that are not UTF-8, and what is over the limits. */
MUST_USE enum status uri_parse(struct arena *a, struct str target, struct uri *out, struct err *e);
/* Percent-decoding of one piece; with plus, '+' means a space. False for bad escapes, NUL and what is not UTF-8. */
bool uri_decode(struct arena *a, struct str in, bool plus, struct str *out);
/* application/x-www-form-urlencoded pairs. */
MUST_USE enum status query_parse(struct arena *a, struct str text, struct param **out, size_t *count, struct err *e);

#endif
