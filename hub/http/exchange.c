#include "hub/http/internal.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/http/head.h"
#include "hub/http/uri.h"

static struct conn *conn_of(h2o_req_t *req)
{
    return req->conn->callbacks->get_socket(req->conn)->on_close.data;
}

void exchange_hold(struct exchange *ex)
{
    ex->refs++;
}

void exchange_release(struct exchange *ex)
{
    if (--ex->refs > 0)
        return;
    if (ex->kept_input != NULL)
        h2o_buffer_dispose(&ex->kept_input);
    if (ex->out != ex->rq.arena)
        arena_free(ex->out);
    arena_free(ex->rq.arena); /* ex is in there */
}

/* h2o drops its request: after the answer was sent, or because the connection ended. */
static void on_gone(void *cell)
{
    struct exchange *ex = *(struct exchange **)cell;
    ex->conn->current = NULL;
    ex->conn->idle_ms = clock_mono_ms();
    ex->conn = NULL;
    ex->req = NULL;
    h2o_linklist_unlink(&ex->link);
    waits_forget(ex);
    events_unsubscribe_all(ex);
    if (ex->stream != NULL)
        stream_gone(ex);
    if (ex->claim != NULL)
        idempotency_gone(ex);
    exchange_release(ex);
}

struct running {
    struct exchange *ex;
    void (*fn)(struct exchange *ex, void *context);
    void *context;
};

static enum status run(void *arg)
{
    struct running *r = arg;
    r->fn(r->ex, r->context);
    return OK;
}

static void send_canned(h2o_req_t *req)
{
    static h2o_generator_t generator;
    static const char body[] = "{\"type\":\"/problems/out_of_memory\",\"title\":\"Service Unavailable\",\"status\":503,"
                               "\"detail\":\"There is no memory for this request.\",\"instance\":\"\","
                               "\"code\":\"out_of_memory\",\"problems\":[]}";
    req->res.status = 503;
    req->res.reason = status_reason(503);
    req->res.content_length = sizeof body - 1;
    req->res.headers.size = 0;
    req->http1_is_persistent = 0;
    security_headers(req, PAGE_API);
    h2o_add_header_by_str(&req->pool, &req->res.headers, H2O_STRLIT("Content-Type"), 0, NULL,
                          H2O_STRLIT("application/problem+json"));
    h2o_add_header_by_str(&req->pool, &req->res.headers, H2O_STRLIT("Retry-After"), 0, NULL, H2O_STRLIT("1"));
    h2o_iovec_t iov = h2o_iovec_init(body, sizeof body - 1);
    bool head = h2o_memis(req->method.base, req->method.len, H2O_STRLIT("HEAD"));
    h2o_start_response(req, &generator);
    h2o_send(req, &iov, head ? 0 : 1, H2O_SEND_STATE_FINAL);
}

struct refusal {
    int status;
    const char *code, *detail;
};

static void refuse(struct exchange *ex, void *context)
{
    const struct refusal *r = context;
    ex->header_count = 0;
    answer_problem(&ex->rq, r->status, r->code, "%s", r->detail);
}

/* Answers although the request's arena cannot be used: it is full, or a worker has it. */
static void answer_apart(struct exchange *ex, struct refusal r)
{
    if (ex->sent || ex->req == NULL)
        return;
    waits_forget(ex);
    ex->answered = false; /* one that was begun did not get through */
    if (ex->out == ex->rq.arena) {
        struct arena *spare = arena_new(0);
        if (spare != NULL)
            ex->out = spare;
    }
    struct running running = {ex, refuse, &r};
    if (ex->out != ex->rq.arena && arena_guard(ex->out, run, &running) == OK)
        return;
    if (ex->sent)
        return;
    ex->answered = ex->sent = true;
    send_canned(ex->req);
}

void exchange_run(struct exchange *ex, void (*fn)(struct exchange *ex, void *context), void *context)
{
    struct running r = {ex, fn, context};
    exchange_hold(ex); /* an answer can end the request at once, and the guard still has to be left */
    enum status s = arena_guard(ex->rq.arena, run, &r);
    work_submit(ex, s == OK);
    if (s == ERR_LIMIT)
        answer_apart(ex, (struct refusal){413, "too_large", "This needs more memory than one request may have."});
    else if (s != OK)
        answer_apart(ex, (struct refusal){503, "out_of_memory", "There is no memory for this request."});
    if (s != OK && ex->stream != NULL && ex->req != NULL)
        stream_end(ex->stream);
    exchange_release(ex);
}

void exchange_expire(struct exchange *ex, const char *code, const char *detail)
{
    exchange_hold(ex);
    answer_apart(ex, (struct refusal){503, code, detail});
    exchange_release(ex);
}

static bool is_hex(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

static void set_id(struct exchange *ex)
{
    struct str given = request_header(&ex->rq, "x-request-id");
    if (given.n >= 8 && given.n < sizeof ex->rq.id && is_hex(given)) {
        memcpy(ex->rq.id, given.p, given.n);
        return;
    }
    uint64_t words[2] = {loop_random(ex->rq.loop), loop_random(ex->rq.loop)};
    for (size_t i = 0; i < 32; i++)
        ex->rq.id[i] = "0123456789abcdef"[words[i / 16] >> (4 * (i % 16)) & 15];
}

/* Reads the head again (head.h says why). False when it was refused; the connection then ends with the answer. */
static bool read_head(struct exchange *ex, struct uri *uri)
{
    struct request *rq = &ex->rq;
    struct head head;
    struct head_fault fault;
    struct str raw = {ex->conn->sock->input->bytes, ex->conn->sock->input->size};
    bool ok = head_parse(rq->arena, raw, &head, &fault);
    rq->target = head.target;
    rq->headers = head.headers;
    rq->header_count = ok ? head.count : 0;
    rq->method = method_of(head.method);
    set_id(ex);
    if (!ok) {
        ex->req->http1_is_persistent = 0;
        answer_problem(rq, fault.status, fault.code, "%s", fault.detail);
        return false;
    }
    /* What follows a body is never read as a request: even a body that two readers would cut differently is harmless.
     */
    if (head.has_body || ex->req->entity.base != NULL)
        ex->req->http1_is_persistent = 0;
    rq->body = iovec_str(ex->req->entity);
    struct err e = {0};
    if (uri_parse(rq->arena, head.target, uri, &e) != OK) {
        ex->req->http1_is_persistent = 0;
        answer_error(rq, &e, NULL);
        return false;
    }
    rq->path = uri->path;
    rq->query = uri->query;
    rq->query_count = uri->query_count;
    if (uri->authority.p != NULL && !str_eq_nocase(uri->authority, head.host)) {
        answer_problem(rq, 400, "bad_request", "The address and Host name different servers.");
        return false;
    }
    if (!host_allowed(&rq->hub->rules, head.host)) {
        struct err refused = {0};
        err_set(&refused, ERR_DENIED, "unknown_host", "This hub does not answer for the host '%.*s'.",
                STR_ARG(str_sub(head.host, 0, 100)));
        answer_problem(rq, 421, refused.code, "%s Start it with --allowed-host to change that.", refused.message);
        return false;
    }
    return true;
}

/* The routes' methods, or for what is not a route: the browser application, else 404. */
static void answer_unrouted(struct exchange *ex, bool options)
{
    struct request *rq = &ex->rq;
    struct str allow = router_allow(rq->arena, ex->allow);
    if (options && (ex->allow != 0 || str_is(rq->path, "*"))) {
        answer_header(rq, "Allow", allow);
        answer_empty(rq, 204);
    } else if (ex->allow != 0) {
        answer_header(rq, "Allow", allow);
        answer_problem(rq, 405, "method_not_allowed", "This address can be asked for with %.*s only.", STR_ARG(allow));
    } else if ((rq->method != METHOD_GET && rq->method != METHOD_HEAD) || !static_serve(ex)) {
        answer_problem(rq, 404, "not_found", "There is nothing at this address.");
    }
}

static bool check_access(struct exchange *ex)
{
    struct request *rq = &ex->rq;
    const struct access_request ar = {
        .reads = rq->method == METHOD_GET || rq->method == METHOD_HEAD,
        .flags = rq->route->flags,
        .host = request_header(rq, "host"),
        .origin = request_header(rq, "origin"),
        .fetch_site = request_header(rq, "sec-fetch-site"),
        .content_type = request_header(rq, "content-type"),
        .content_encoding = request_header(rq, "content-encoding"),
        .has_body = rq->body.n > 0,
        .via = ex->via,
    };
    struct access_verdict v = access_check(&rq->hub->rules, &ar);
    if (v.status != 0) {
        exchange_answer(ex, &(struct answer){v.status, STR("application/problem+json"),
                                             problem_body(rq->arena, v.status, v.code, str_of(v.detail), str_of(v.hint),
                                                          rq->target, NULL),
                                             STR_NONE});
        return false;
    }
    size_t most = rq->route->flags & ROUTE_MULTIPART ? HTTP_MAX_BODY : HTTP_MAX_JSON;
    if (rq->body.n > most) {
        answer_problem(rq, 413, "too_large", "The body has %zu bytes, %zu are the most here.", rq->body.n, most);
        return false;
    }
    if (rq->route->flags & ROUTE_STREAM && rq->loop->stream_count >= rq->hub->config.max_streams) {
        answer_problem(rq, 503, "too_many_streams", "Too many streams are open.");
        return false;
    }
    return true;
}

void exchange_handle(struct exchange *ex)
{
    ex->rq.route->handle(&ex->rq);
}

static void serve(struct exchange *ex, void *context)
{
    (void)context;
    struct request *rq = &ex->rq;
    struct uri *uri = arena_new_of(rq->arena, struct uri);
    if (!read_head(ex, uri))
        return;
    ex->via = auth_check(&rq->hub->auth, request_header(rq, "authorization"), request_header(rq, "cookie"),
                         clock_now_us() / 1000000);
    rq->principal = ex->via == AUTH_NOBODY ? 0 : AUTH_PRINCIPAL;
    rq->path_params = arena_array_of(rq->arena, uri->segment_count + 1, struct param);
    if (!str_is(rq->path, "*"))
        rq->route = router_find(rq->hub->router, rq->method, uri->segments, uri->segment_count, rq->path_params,
                                &rq->path_param_count, &ex->allow);
    if (rq->route == NULL) {
        answer_unrouted(ex, h2o_memis(ex->req->method.base, ex->req->method.len, H2O_STRLIT("OPTIONS")));
        return;
    }
    if (rq->route->flags & ROUTE_USER_BYTES)
        ex->page = PAGE_USER_BYTES;
    if (check_access(ex) && !idempotency_begin(ex))
        exchange_handle(ex);
}

struct opening {
    struct arena *arena;
    struct exchange *ex;
};

static enum status open_exchange(void *arg)
{
    struct opening *o = arg;
    o->ex = arena_new_of(o->arena, struct exchange);
    return OK;
}

static int on_req(h2o_handler_t *self, h2o_req_t *req)
{
    (void)self;
    struct conn *conn = conn_of(req);
    struct opening o = {arena_new(0), NULL};
    if (o.arena == NULL || arena_guard(o.arena, open_exchange, &o) != OK) {
        arena_free(o.arena);
        send_canned(req);
        return 0;
    }
    struct exchange *ex = o.ex;
    ex->rq.arena = ex->out = o.arena;
    ex->rq.loop = conn->loop;
    ex->rq.hub = conn->loop->hub;
    ex->req = req;
    ex->conn = conn;
    ex->refs = 1;
    ex->started_ms = clock_mono_ms();
    ex->started_us = (uint64_t)clock_now_us();
    conn->current = ex;
    h2o_linklist_init_anchor(&ex->waits);
    h2o_linklist_init_anchor(&ex->subscriptions);
    h2o_linklist_insert(&conn->loop->exchanges, &ex->link);
    struct exchange **cell = h2o_mem_alloc_shared(&req->pool, sizeof *cell, on_gone);
    *cell = ex;
    if (conn->loop->phase != PHASE_RUNNING)
        req->http1_is_persistent = 0;
    exchange_run(ex, serve, NULL);
    return 0;
}

/* ---- answers that h2o makes by itself (413, 400, 417): they get our form and our headers too */
struct rewrite {
    h2o_ostream_t super;
    h2o_iovec_t body;
};

static void rewrite_send(h2o_ostream_t *super, h2o_req_t *req, h2o_iovec_t *bufs, size_t count, h2o_send_state_t state)
{
    (void)bufs, (void)count;
    struct rewrite *r = (struct rewrite *)super;
    bool head = h2o_memis(req->method.base, req->method.len, H2O_STRLIT("HEAD"));
    h2o_ostream_send_next(super, req, &r->body, head ? 0 : 1, state);
}

static h2o_iovec_t h2o_problem(h2o_req_t *req)
{
    bool large = req->res.status == 413;
    size_t room = 512;
    char *text = h2o_mem_alloc_pool(&req->pool, room);
    int n = snprintf(text, room,
                     "{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"instance\":\"\","
                     "\"code\":\"%s\",\"problems\":[]}",
                     large ? "too_large" : "bad_request", status_reason(req->res.status), req->res.status,
                     large ? "The body is larger than 33 MiB, the most that is taken anywhere."
                           : "The request cannot be read.",
                     large ? "too_large" : "bad_request");
    return h2o_iovec_init(text, (size_t)n);
}

static void on_setup_ostream(h2o_filter_t *self, h2o_req_t *req, h2o_ostream_t **slot)
{
    (void)self;
    struct conn *conn = conn_of(req);
    if (conn->current == NULL && req->res.status != 503) {
        h2o_iovec_t body = h2o_problem(req);
        req->res.headers.size = 0;
        req->res.reason = status_reason(req->res.status);
        req->res.content_length = body.len;
        h2o_add_header_by_str(&req->pool, &req->res.headers, H2O_STRLIT("Content-Type"), 0, NULL,
                              H2O_STRLIT("application/problem+json"));
        security_headers(req, PAGE_API);
        struct rewrite *r = (struct rewrite *)h2o_add_ostream(req, sizeof *r, slot);
        r->super.do_send = rewrite_send;
        r->body = body;
        slot = &r->super.next;
        linger_prepare(conn);
    }
    h2o_setup_next_ostream(req, slot);
}

static void log_access(h2o_logger_t *self, h2o_req_t *req)
{
    (void)self;
    struct conn *conn = conn_of(req);
    struct exchange *ex = conn->current;
    enum method method = ex != NULL ? ex->rq.method : method_of(iovec_str(req->method));
    uint64_t us = ex != NULL ? (uint64_t)clock_now_us() - ex->started_us : 0;
    us = us < (uint64_t)1 << 40 ? us : 0; /* the wall clock may step back */
    metrics_request(&conn->loop->metrics, method, req->res.status, us, req->bytes_sent);
    if (!conn->loop->hub->config.access_log)
        return;
    struct str path = ex != NULL && ex->rq.path.n > 0 ? ex->rq.path : iovec_str(req->path);
    ptrdiff_t query = ex != NULL && ex->rq.path.n > 0 ? -1 : str_find_char(path, '?');
    log_info("request", LOG_S("method", iovec_str(req->method)),
             LOG_S("path", query < 0 ? path : str_sub(path, 0, (size_t)query)), LOG_I("status", req->res.status),
             LOG_I("bytes", req->bytes_sent), LOG_I("ms", us / 1000),
             LOG_I("principal", ex != NULL ? ex->rq.principal : 0), LOG_C("request_id", ex != NULL ? ex->rq.id : ""));
}

void exchange_register(h2o_pathconf_t *path)
{
    h2o_create_handler(path, sizeof(h2o_handler_t))->on_req = on_req;
    h2o_create_filter(path, sizeof(h2o_filter_t))->on_setup_ostream = on_setup_ostream;
    h2o_create_logger(path, sizeof(h2o_logger_t))->log_access = log_access;
}
