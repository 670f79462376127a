#include "hub/http/head.h"

#include <string.h>

struct reader {
    struct str rest;
    struct head *head;
    struct head_fault *fault;
};

static bool refuse(struct reader *r, int status, const char *code, const char *detail)
{
    *r->fault = (struct head_fault){status, code, detail};
    return false;
}

static bool malformed(struct reader *r, const char *detail)
{
    return refuse(r, 400, "bad_request", detail);
}

static bool is_token_char(unsigned char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return true;
    return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_token_char((unsigned char)s.p[i]))
            return false;
    }
    return s.n > 0;
}

/* Takes a line that ends in CRLF; an LF or CR that stands alone is refused, since readers differ about it. */
static bool take_line(struct reader *r, struct str *line)
{
    const char *lf = r->rest.n ? memchr(r->rest.p, '\n', r->rest.n) : NULL;
    if (lf == NULL)
        return malformed(r, "The head of the request does not end.");
    size_t n = (size_t)(lf - r->rest.p);
    if (n == 0 || r->rest.p[n - 1] != '\r')
        return malformed(r, "A line of the head ends in a bare line feed.");
    *line = (struct str){r->rest.p, n - 1};
    r->rest = str_from(r->rest, n + 1);
    if (memchr(line->p, '\r', line->n) != NULL)
        return malformed(r, "The head has a bare carriage return.");
    return true;
}

static bool take_request_line(struct reader *r)
{
    struct str line;
    struct str first = str_sub(r->rest, 0, HTTP_MAX_URL + 64);
    if (first.n == HTTP_MAX_URL + 64 && memchr(first.p, '\n', first.n) == NULL)
        return refuse(r, 414, "uri_too_long", "The request line is longer than 8 KiB.");
    if (!take_line(r, &line))
        return false;
    ptrdiff_t one = str_find_char(line, ' '), two = str_rfind_char(line, ' ');
    if (one < 0 || two == one)
        return malformed(r, "The request line is not 'method target version'.");
    r->head->method = str_sub(line, 0, (size_t)one);
    r->head->target = str_sub(line, (size_t)one + 1, (size_t)(two - one) - 1);
    struct str version = str_from(line, (size_t)two + 1);
    if (!is_token(r->head->method) || r->head->target.n == 0)
        return malformed(r, "The request line is not 'method target version'.");
    if (r->head->target.n > HTTP_MAX_URL)
        return refuse(r, 414, "uri_too_long", "The address is longer than 8 KiB.");
    for (size_t i = 0; i < r->head->target.n; i++) {
        unsigned char c = (unsigned char)r->head->target.p[i];
        if (c <= ' ' || c == 0x7f || c == '#')
            return malformed(r, "The address has a space, a control character or a fragment.");
    }
    if (!str_is(version, "HTTP/1.1") && !str_is(version, "HTTP/1.0"))
        return refuse(r, 505, "http_version", "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    r->head->minor = version.p[7] == '1';
    return true;
}

static bool value_ok(struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool take_fields(struct reader *r, struct arena *a)
{
    r->head->headers = arena_array_of(a, HEAD_MAX_FIELDS, struct param);
    for (;;) {
        struct str line;
        if (!take_line(r, &line))
            return false;
        if (line.n == 0)
            return true;
        if (r->head->count == HEAD_MAX_FIELDS)
            return refuse(r, 431, "too_many_headers", "There are more than 100 header fields.");
        ptrdiff_t colon = str_find_char(line, ':');
        if (line.p[0] == ' ' || line.p[0] == '\t')
            return malformed(r, "A header field is folded over two lines.");
        if (colon < 0 || !is_token(str_sub(line, 0, (size_t)colon)))
            return malformed(r, "A header field is not 'name: value'.");
        struct param *p = &r->head->headers[r->head->count++];
        p->name = str_lower(a, str_sub(line, 0, (size_t)colon));
        p->value = str_trim(str_from(line, (size_t)colon + 1));
        if (!value_ok(p->value))
            return malformed(r, "A header field has a control character.");
    }
}

/* Exactly one Host; one length or chunks, and then nothing that two readers could take differently. */
static bool check_framing(struct reader *r)
{
    size_t hosts = 0, lengths = 0, codings = 0;
    for (size_t i = 0; i < r->head->count; i++) {
        const struct param *p = &r->head->headers[i];
        if (str_is(p->name, "host")) {
            r->head->host = p->value;
            hosts++;
        } else if (str_is(p->name, "content-length")) {
            uint64_t n;
            if (!str_u64(p->value, &n))
                return malformed(r, "Content-Length is not a number.");
            lengths++;
        } else if (str_is(p->name, "transfer-encoding")) {
            if (!str_eq_nocase(p->value, STR("chunked")) || r->head->minor == 0)
                return malformed(r, "Transfer-Encoding is other than chunked.");
            codings++;
        }
    }
    if (hosts != 1 || r->head->host.n == 0)
        return malformed(r, hosts > 1 ? "There is more than one Host." : "There is no Host.");
    if (lengths + codings > 1)
        return malformed(r, "The length of the body is given more than once.");
    r->head->has_body = lengths + codings > 0;
    return true;
}

/* The length of the head, or SIZE_MAX when it is longer than allowed. */
static size_t head_length(struct str raw)
{
    struct str look = str_sub(raw, 0, HTTP_MAX_HEADERS);
    const char *end = look.n ? memmem(look.p, look.n, "\r\n\r\n", 4) : NULL;
    if (end != NULL)
        return (size_t)(end - look.p) + 4;
    /* Without an end within the limit it is either too long or malformed; the line reader tells which. */
    return look.n < HTTP_MAX_HEADERS ? look.n : SIZE_MAX;
}

bool head_parse(struct arena *a, struct str raw, struct head *out, struct head_fault *fault)
{
    *out = (struct head){.minor = 1};
    struct reader r = {STR_NONE, out, fault};
    size_t skipped = str_starts(raw, "\r\n") ? 2 : 0; /* RFC 9112 §2.2: one empty line before a request is fine */
    raw = str_from(raw, skipped);
    size_t n = head_length(raw);
    if (n == SIZE_MAX) {
        if (memchr(raw.p, '\n', HTTP_MAX_URL + 64) == NULL)
            return refuse(&r, 414, "uri_too_long", "The request line is longer than 8 KiB.");
        return refuse(&r, 431, "headers_too_large", "The head of the request is longer than 32 KiB.");
    }
    r.rest = str_dup(a, str_sub(raw, 0, n));
    if (!take_request_line(&r) || !take_fields(&r, a) || !check_framing(&r))
        return false;
    out->length = skipped + n - r.rest.n;
    return true;
}
