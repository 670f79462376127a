/*
 * The head of an HTTP/1 request, read again and strictly from the bytes that h2o's parser accepted.
 *
 * h2o 2.2.5 is lenient where a proxy in front may read differently (two lengths, a length and chunks, bare LF, folded
 * lines, two Hosts) and hides those headers from handlers. Reading the bytes again makes each of these a 400.
 * Pure; after RFC 9112.
 */
#ifndef HUB_HTTP_HEAD_H
#define HUB_HTTP_HEAD_H

#include "hub/http/http.h"

#define HEAD_MAX_FIELDS 100

struct head {
    struct str method, target, host;
    unsigned minor;        /* HTTP/1.<minor> */
    struct param *headers; /* all of them, names in lower case */
    size_t count;
    bool has_body; /* a length (0 too) or chunks were announced */
    size_t length; /* bytes from the start of raw to the first one after the head */
};

struct head_fault { /* why a head was refused */
    int status;     /* 400, 414, 431 or 505 */
    const char *code, *detail;
};

/* raw: from the first byte of the request on, and at least its whole head. Copies what it keeps. */
bool head_parse(struct arena *a, struct str raw, struct head *out, struct head_fault *fault);

#endif
