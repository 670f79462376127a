#include "hub/http/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define PROBLEM_TYPE STR("application/problem+json")

int http_status_of(enum status s)
{
    switch (s) {
    case OK:
        return 200;
    case ERR_SYNTAX:
        return 400;
    case ERR_DENIED:
        return 403;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_CONFLICT:
        return 409;
    case ERR_STALE:
        return 412;
    case ERR_LIMIT:
        return 413;
    case ERR_INVALID:
    case ERR_UNSUPPORTED:
        return 422;
    case ERR_UNAVAILABLE:
    case ERR_NOMEM:
        return 503;
    case ERR_IO:
    case ERR_INTERNAL:
        break;
    }
    return 500;
}

const char *status_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } table[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].status == status)
            return table[i].reason;
    }
    return "Other";
}

/* ---- headers */
static void put(h2o_req_t *req, const char *name, struct str value)
{
    h2o_add_header_by_str(&req->pool, &req->res.headers, name, strlen(name), 0, NULL, value.p, value.n);
}

static const char *policy(enum page page)
{
    switch (page) {
    case PAGE_APPLICATION:
        return "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
               "frame-ancestors 'none'";
    case PAGE_USER_BYTES:
        return "sandbox; default-src 'none'; frame-ancestors 'self'";
    case PAGE_API:
        break;
    }
    return "default-src 'none'; frame-ancestors 'none'";
}

void security_headers(h2o_req_t *req, enum page page)
{
    put(req, "X-Content-Type-Options", STR("nosniff"));
    put(req, "Referrer-Policy", STR("no-referrer"));
    put(req, "Cross-Origin-Resource-Policy", STR("same-origin"));
    if (page == PAGE_APPLICATION)
        put(req, "Cross-Origin-Opener-Policy", STR("same-origin"));
    put(req, "Content-Security-Policy", str_of(policy(page)));
}

static bool has_header(const struct exchange *ex, const char *name)
{
    for (size_t i = 0; i < ex->header_count; i++) {
        if (str_eq_nocase(str_of(ex->headers[i].name), str_of(name)))
            return true;
    }
    return false;
}

static void put_default(struct exchange *ex, const char *name, struct str value)
{
    if (!has_header(ex, name))
        put(ex->req, name, value);
}

void answer_header(struct request *rq, const char *name, struct str value)
{
    struct exchange *ex = exchange_of(rq);
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) {
            log_error("an answer's header was left out: control character", LOG_C("name", name));
            return;
        }
    }
    if (ex->header_count == EXCHANGE_MAX_HEADERS) {
        log_error("an answer's header was left out: too many", LOG_C("name", name));
        return;
    }
    ex->headers[ex->header_count++] = (struct header){name, str_dup(ex->out, value)};
}

void exchange_head(struct exchange *ex, int status, struct str type, size_t length)
{
    h2o_req_t *req = ex->req;
    bool kept = !has_header(ex, "Content-Security-Policy");
    req->res.status = status;
    req->res.reason = status_reason(status);
    req->res.content_length = length;
    if (kept) {
        security_headers(req, ex->page);
    } else {
        put(req, "X-Content-Type-Options", STR("nosniff"));
        put(req, "Referrer-Policy", STR("no-referrer"));
    }
    if (type.p != NULL)
        put_default(ex, "Content-Type", type);
    put_default(ex, "X-Request-Id", str_of(ex->rq.id));
    if (ex->page == PAGE_USER_BYTES && status == 200)
        put_default(ex, "Content-Disposition", STR("attachment"));
    put_default(ex, "Cache-Control", status >= 400 ? STR("no-store") : STR("no-cache"));
    if (status == 503)
        put_default(ex, "Retry-After", STR("1"));
    if (status == 401)
        put_default(ex, "WWW-Authenticate", STR("Bearer realm=\"component-hub\""));
    for (size_t i = 0; i < ex->header_count; i++)
        put(req, ex->headers[i].name, ex->headers[i].value);
}

/* ---- entity tags (RFC 9110 §13.1.2, weak comparison) */
static struct str opaque(struct str tag)
{
    if (str_starts(tag, "W/"))
        tag = str_from(tag, 2);
    return tag.n >= 2 && tag.p[0] == '"' && tag.p[tag.n - 1] == '"' ? str_sub(tag, 1, tag.n - 2) : tag;
}

bool etag_matches(struct str list, struct str etag)
{
    struct str wanted = opaque(etag);
    list = str_trim(list);
    if (str_is(list, "*"))
        return true;
    while (list.n > 0) {
        if (str_starts(list, "W/"))
            list = str_from(list, 2);
        if (list.p[0] != '"')
            return false;
        ptrdiff_t close = str_find_char(str_from(list, 1), '"');
        if (close < 0)
            return false;
        if (str_eq(str_sub(list, 1, (size_t)close), wanted))
            return true;
        list = str_trim(str_from(list, (size_t)close + 2));
        if (list.n > 0 && list.p[0] != ',')
            return false;
        list = str_trim(str_from(list, 1));
    }
    return false;
}

/* ---- sending */
void exchange_send(struct exchange *ex, const struct answer *answer)
{
    static h2o_generator_t generator;
    h2o_req_t *req = ex->req;
    if (req == NULL || ex->sent)
        return;
    struct answer a = *answer;
    bool reads = ex->rq.method == METHOD_GET || ex->rq.method == METHOD_HEAD;
    if (a.etag.p != NULL && a.etag.n > 0) {
        bool quoted = str_starts(a.etag, "\"") || str_starts(a.etag, "W/\"");
        struct str etag = quoted ? a.etag : str_printf(ex->out, "\"%.*s\"", STR_ARG(a.etag));
        answer_header(&ex->rq, "ETag", etag);
        struct str known = request_header(&ex->rq, "if-none-match");
        if (reads && a.status == 200 && known.p != NULL && etag_matches(known, etag))
            a = (struct answer){304, STR_NONE, STR_NONE, STR_NONE};
    }
    bool bodiless = a.type.p == NULL;
    size_t length = a.status == 204 || a.status == 304 ? SIZE_MAX : bodiless ? 0 : a.body.n;
    if (ex->rq.loop->phase != PHASE_RUNNING)
        req->http1_is_persistent = 0;
    ex->sent = true; /* from here on nothing allocates in the arena */
    exchange_head(ex, a.status, a.type, length);
    h2o_iovec_t body = str_iovec(a.body);
    bool send_body = !bodiless && a.body.n > 0 && ex->rq.method != METHOD_HEAD;
    h2o_start_response(req, &generator);
    h2o_send(req, &body, send_body ? 1 : 0, H2O_SEND_STATE_FINAL);
}

void exchange_answer(struct exchange *ex, const struct answer *answer)
{
    if (ex->answered) {
        log_error("a handler answered twice", LOG_S("path", ex->rq.path), LOG_C("request_id", ex->rq.id));
        return;
    }
    if (ex->req == NULL)
        return;
    ex->answered = true;
    waits_forget(ex);
    if (ex->claim != NULL && idempotency_hold(ex, answer))
        return;
    exchange_send(ex, answer);
}

void answer_kept(struct request *rq, int status, struct str content_type, struct str body, struct str etag)
{
    exchange_answer(exchange_of(rq), &(struct answer){status, content_type, body, etag});
}

void answer_bytes(struct request *rq, int status, struct str content_type, struct str body, struct str etag)
{
    /* Bodies often point into a database result, which goes before the last byte is written. */
    struct arena *a = exchange_of(rq)->out;
    answer_kept(rq, status, str_dup(a, content_type), str_dup(a, body), etag);
}

void answer_json(struct request *rq, int status, struct str body, struct str etag)
{
    answer_kept(rq, status, STR("application/json"), str_dup(exchange_of(rq)->out, body), etag);
}

void answer_empty(struct request *rq, int status)
{
    answer_kept(rq, status, STR_NONE, STR_NONE, STR_NONE);
}

struct str problem_body(struct arena *a, int status, const char *code, struct str detail, struct str hint,
                        struct str instance, const struct problems *ps)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_put_str(&j, "type", str_printf(a, "/problems/%s", code));
    json_put_cstr(&j, "title", status_reason(status));
    json_put_int(&j, "status", status);
    json_put_str(&j, "detail", detail);
    json_put_str(&j, "instance", instance);
    json_put_cstr(&j, "code", code);
    if (hint.n > 0)
        json_put_str(&j, "hint", hint);
    json_key(&j, "problems");
    if (ps != NULL) {
        problems_json(&j, ps);
    } else {
        json_array(&j);
        json_array_end(&j);
    }
    json_object_end(&j);
    return buf_take(&b);
}

void answer_problem(struct request *rq, int status, const char *code, const char *format, ...)
{
    struct exchange *ex = exchange_of(rq);
    char detail[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    size_t length = n < 0 ? 0 : (size_t)n < sizeof detail ? (size_t)n : sizeof detail - 1;
    struct str text = {detail, length};
    exchange_answer(ex,
                    &(struct answer){status, PROBLEM_TYPE,
                                     problem_body(ex->out, status, code, text, STR_NONE, rq->target, NULL), STR_NONE});
}

void answer_error(struct request *rq, const struct err *e, const struct problems *ps)
{
    struct exchange *ex = exchange_of(rq);
    struct err shown = *e;
    struct problems own;
    int status = http_status_of(e->status == OK ? ERR_INTERNAL : e->status);
    if (status == 500) { /* what went wrong inside is for the log, not for the client */
        log_error("internal error", LOG_C("code", e->code), LOG_C("message", e->message), LOG_C("request_id", rq->id));
        err_set(&shown, e->status, "internal", "Something went wrong inside; the log has it under request id %s.",
                rq->id);
    }
    if (shown.code[0] == '\0')
        err_set(&shown, e->status, status == 404 ? "not_found" : "error", "%s", status_reason(status));
    if (ps == NULL && shown.line > 0) {
        problems_init(&own, ex->out);
        problem_from_err(&own, &shown);
        ps = &own;
    }
    exchange_answer(ex, &(struct answer){status, PROBLEM_TYPE,
                                         problem_body(ex->out, status, shown.code, str_of(shown.message),
                                                      str_of(shown.hint), rq->target, ps),
                                         STR_NONE});
}
