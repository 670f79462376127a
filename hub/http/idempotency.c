/*
 * Idempotency-Key around handlers of ROUTE_CREATES routes, which know nothing of it.
 *
 * Before the handler a claim is asked for (idempotency_begin); its answer is held back until it is stored
 * (idempotency_finish), so that a client that saw the answer finds it again. A 5xx is not stored, the claim is dropped;
 * so it is when the request ends without an answer. When the hub dies, the database gives it out again after a while.
 */
#include "hub/http/internal.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/log.h"

#define KEY_MAX     200
#define ANSWER_MAX  ((size_t)1 << 20) /* larger ones are not stored: the client then gets a fresh one */
#define HASH_INLINE ((size_t)64 << 10)

struct claim {
    struct exchange *ex; /* NULL once the request is gone */
    struct str key;
    unsigned char digest[SHA256_BYTES];
    char id[24]; /* as idempotency_begin gave it; "" before that */
    struct answer answer;
    bool settling; /* the answer is being stored */
};

static bool key_ok(struct str key)
{
    if (key.n == 0 || key.n > KEY_MAX)
        return false;
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] < ' ' || key.p[i] > '~')
            return false;
    }
    return true;
}

static struct str namespace_of(const struct request *rq)
{
    struct str name = request_path_param(rq, "namespace");
    if (name.p == NULL)
        name = request_query(rq, "namespace");
    return name.p != NULL && name.n > 0 ? name : STR("default");
}

/* The query belongs to what was asked: the same file published under another name is another request. */
static enum status hash(struct request *rq)
{
    struct claim *c = exchange_of(rq)->claim;
    unsigned char parts[2 * SHA256_BYTES];
    ptrdiff_t mark = str_find_char(rq->target, '?');
    struct str query = mark < 0 ? STR("") : str_from(rq->target, (size_t)mark);
    enum status s = sha256(rq->body, parts);
    if (s == OK)
        s = sha256(query, parts + SHA256_BYTES);
    return s == OK ? sha256((struct str){(const char *)parts, sizeof parts}, c->digest) : s;
}

/* "name: value" lines, kept with the answer. */
static struct str pack_headers(struct exchange *ex, const struct answer *answer)
{
    struct buf b;
    buf_init(&b, ex->out, 8192);
    if (answer->etag.n > 0)
        buf_printf(&b, "ETag: %.*s\n", STR_ARG(answer->etag));
    for (size_t i = 0; i < ex->header_count; i++)
        if (str_eq_nocase(str_of(ex->headers[i].name), STR("location")))
            buf_printf(&b, "Location: %.*s\n", STR_ARG(ex->headers[i].value));
    return buf_take(&b);
}

static void unpack_headers(struct request *rq, struct str text, struct answer *answer)
{
    struct str rest = text, line;
    while (str_split(&rest, '\n', &line)) {
        if (str_starts(line, "ETag: "))
            answer->etag = str_dup(rq->arena, str_from(line, 6));
        else if (str_starts(line, "Location: "))
            answer_header(rq, "Location", str_from(line, 10));
    }
}

static void replay(struct request *rq, const struct db_result *r)
{
    struct answer a = {.status = (int)db_get_int(r, 0, 1), .body = str_dup(rq->arena, db_get(r, 0, 2))};
    bool empty = a.body.n == 0;
    a.type = empty ? STR_NONE : a.status >= 400 ? STR("application/problem+json") : STR("application/json");
    unpack_headers(rq, db_get(r, 0, 3), &a);
    answer_header(rq, "Idempotency-Replayed", STR("true"));
    exchange_answer(exchange_of(rq), &a);
}

static void on_begun(struct request *rq, const struct db_result *r)
{
    struct exchange *ex = exchange_of(rq);
    struct claim *c = ex->claim;
    struct str state = r->status == OK && db_count(r) == 1 ? db_get(r, 0, 0) : STR("");
    struct str id = state.n > 0 ? db_get(r, 0, 4) : STR_NONE;
    if (r->status == OK && str_is(state, "new") && id.n > 0 && id.n < sizeof c->id) {
        for (size_t i = 0; i < id.n; i++)
            c->id[i] = id.p[i];
        exchange_handle(ex);
        return;
    }
    ex->claim = NULL;
    free(c);
    if (r->status != OK)
        answer_error(rq, &r->e, NULL);
    else if (str_is(state, "done"))
        replay(rq, r);
    else if (str_is(state, "running"))
        answer_problem(rq, 409, "idempotency_running", "The first request with this Idempotency-Key still runs.");
    else
        answer_problem(rq, 422, "idempotency_mismatch",
                       "This Idempotency-Key was used for another request; take a new one.");
}

static void ask(struct request *rq)
{
    struct claim *c = exchange_of(rq)->claim;
    struct str principal = str_printf(rq->arena, "%lld", (long long)rq->principal);
    struct str route = str_printf(rq->arena, "%s %.*s", method_name(rq->method), STR_ARG(rq->path));
    const struct db_arg args[] = {
        db_text(principal),
        db_text(namespace_of(rq)),
        db_text(route),
        db_text(c->key),
        db_bytes((struct str){(const char *)c->digest, sizeof c->digest}),
    };
    request_db(rq, SQL_IDEMPOTENCY_BEGIN, args, sizeof args / sizeof args[0], on_begun);
}

static void on_hashed(struct request *rq, enum status s)
{
    struct err e = {0};
    if (s == OK) {
        ask(rq);
        return;
    }
    err_set(&e, s, "out_of_memory", "There is no memory for this request.");
    answer_error(rq, &e, NULL);
}

bool idempotency_begin(struct exchange *ex)
{
    struct request *rq = &ex->rq;
    struct str key = request_header(rq, "idempotency-key");
    if (!(rq->route->flags & ROUTE_CREATES) || key.p == NULL)
        return false;
    if (!key_ok(key)) {
        answer_problem(rq, 400, "bad_key", "Idempotency-Key has to be 1 to %d printable characters.", KEY_MAX);
        return true;
    }
    struct claim *c = calloc(1, sizeof *c);
    if (c == NULL)
        arena_fail(rq->arena, ERR_NOMEM);
    c->ex = ex;
    c->key = key;
    ex->claim = c;
    if (rq->body.n > HASH_INLINE)
        request_work(rq, hash, on_hashed);
    else
        on_hashed(rq, hash(rq));
    return true;
}

static void send_held(struct exchange *ex, void *context)
{
    exchange_send(ex, context);
}

static void on_settled(void *context, const struct db_result *r)
{
    struct claim *c = context;
    struct exchange *ex = c->ex;
    if (r->status != OK)
        log_warn("an Idempotency-Key could not be settled", LOG_C("message", r->e.message));
    if (ex != NULL) {
        ex->claim = NULL;
        exchange_run(ex, send_held, &c->answer);
    }
    free(c);
}

static struct db_query *send_finish(struct exchange *ex, struct claim *c)
{
    const struct answer *answer = &c->answer;
    const struct db_arg args[] = {
        db_text(str_of(c->id)),
        db_text(str_printf(ex->out, "%d", answer->status)),
        db_text(answer->body.n > 0 ? answer->body : STR("")),
        db_text(pack_headers(ex, answer)),
    };
    return db_send(ex->rq.loop->db, SQL_IDEMPOTENCY_FINISH, args, 4, on_settled, c);
}

static struct db_query *send_drop(struct exchange *ex, struct claim *c)
{
    const struct db_arg args[] = {db_text(str_of(c->id))};
    return db_send(ex->rq.loop->db, SQL_IDEMPOTENCY_DROP, args, 1, on_settled, c);
}

/* A client may ask again as soon as it has the answer, on another loop: so it gets it when the claim is settled. */
bool idempotency_hold(struct exchange *ex, const struct answer *answer)
{
    struct claim *c = ex->claim;
    if (c->settling) /* takes too long: now the deadline's answer goes out, and on_settled finds it sent */
        return false;
    if (c->id[0] != '\0' && ex->rq.loop->db != NULL) {
        bool keep =
            answer->status < 500 && answer->body.n <= ANSWER_MAX && (answer->body.n == 0 || str_utf8(answer->body));
        c->answer = *answer;
        c->settling = (keep ? send_finish(ex, c) : send_drop(ex, c)) != NULL;
        if (c->settling)
            return true;
    }
    ex->claim = NULL;
    free(c);
    return false;
}

void idempotency_gone(struct exchange *ex)
{
    struct claim *c = ex->claim;
    ex->claim = NULL;
    c->ex = NULL;
    if (c->settling) /* goes on: the answer is worth keeping although nobody waits for it */
        return;
    /* What could not be dropped is given out again after two minutes. */
    if (c->id[0] == '\0' || ex->rq.loop->db == NULL || send_drop(ex, c) == NULL)
        free(c);
}
