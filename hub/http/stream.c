#include "hub/http/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define QUEUE_BYTES ((size_t)1 << 20)
#define BATCH       64 /* pieces in one write */
#define CHUNK_ROOM  24 /* "ffffffffffffffff\r\n" and "\r\n" */

struct piece { /* framed as a chunk where the client speaks HTTP/1.1 */
    struct piece *next;
    size_t n;
    char bytes[];
};

struct stream {
    h2o_generator_t super; /* first */
    h2o_linklist_t link;   /* in the loop */
    struct exchange *ex;
    struct piece *head, **tail; /* waiting, and in front of them those in flight */
    size_t in_flight;           /* pieces */
    size_t queued;              /* bytes, in flight ones too */
    bool chunked, writing, ending, final;
    void (*closed)(void *context);
    void *context;
    struct str comment;
    int64_t last_ms; /* of the last write, for keep-alive */
};

static void call_closed(struct stream *s)
{
    void (*closed)(void *context) = s->closed;
    s->closed = NULL;
    if (closed != NULL)
        closed(s->context);
}

/* Hands what waits to h2o; one write at a time, the next when proceed says so. */
static void push(struct stream *s)
{
    h2o_iovec_t iov[BATCH + 1];
    if (s->writing || s->final || s->ex->req == NULL)
        return;
    size_t n = 0;
    struct piece *p = s->head;
    for (; p != NULL && n < BATCH; p = p->next)
        iov[n++] = h2o_iovec_init(p->bytes, p->n);
    bool final = s->ending && p == NULL;
    if (n == 0 && !final)
        return;
    s->in_flight = n;
    if (final && s->chunked && s->ex->rq.method != METHOD_HEAD)
        iov[n++] = h2o_iovec_init(H2O_STRLIT("0\r\n\r\n"));
    s->writing = true;
    s->final = final;
    s->last_ms = clock_mono_ms();
    h2o_send(s->ex->req, iov, n, final ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

static void drop_pieces(struct stream *s, size_t n)
{
    for (; n > 0 && s->head != NULL; n--) {
        struct piece *p = s->head;
        s->head = p->next;
        s->queued -= p->n;
        free(p);
    }
    if (s->head == NULL)
        s->tail = &s->head;
}

static void on_proceed(h2o_generator_t *self, h2o_req_t *req)
{
    (void)req;
    struct stream *s = (struct stream *)self;
    struct exchange *ex = s->ex;
    drop_pieces(s, s->in_flight);
    s->in_flight = 0;
    s->writing = false;
    exchange_hold(ex);
    push(s);
    exchange_release(ex);
}

struct stream *request_stream(struct request *rq, struct str content_type, void (*closed)(void *context), void *context)
{
    struct exchange *ex = exchange_of(rq);
    if (ex->answered || ex->req == NULL || rq->loop->stream_count >= rq->hub->config.max_streams) {
        if (!ex->answered)
            answer_problem(rq, 503, "too_many_streams", "Too many streams are open.");
        return NULL;
    }
    struct stream *s = arena_new_of(rq->arena, struct stream);
    struct str type = str_dup(rq->arena, content_type);
    *s = (struct stream){.super.proceed = on_proceed, .ex = ex, .closed = closed, .context = context};
    s->tail = &s->head;
    s->last_ms = clock_mono_ms();
    ex->stream = s;
    ex->answered = ex->sent = true;
    ex->req->http1_is_persistent = 0; /* a stream ends with its connection */
    h2o_linklist_insert(&rq->loop->streams, &s->link);
    counter_set(&rq->loop->metrics.streams, ++rq->loop->stream_count);
    exchange_head(ex, 200, type, SIZE_MAX);
    /* Chunks are framed here: with h2o's own filter the headers would wait for the first byte of the body. */
    s->chunked = ex->req->version == 0x101;
    if (s->chunked)
        h2o_add_header(&ex->req->pool, &ex->req->res.headers, H2O_TOKEN_TRANSFER_ENCODING, NULL, H2O_STRLIT("chunked"));
    h2o_start_response(ex->req, &s->super);
    s->ending = rq->method == METHOD_HEAD || rq->loop->phase != PHASE_RUNNING;
    if (s->ending) {
        push(s);
        return s;
    }
    s->writing = true;
    h2o_send(ex->req, NULL, 0, H2O_SEND_STATE_IN_PROGRESS);
    return s;
}

static struct piece *piece_new(struct str bytes, bool chunked)
{
    struct piece *p = malloc(sizeof *p + bytes.n + CHUNK_ROOM);
    if (p == NULL)
        return NULL;
    size_t n = chunked ? (size_t)snprintf(p->bytes, CHUNK_ROOM, "%zx\r\n", bytes.n) : 0;
    memcpy(p->bytes + n, bytes.p, bytes.n);
    n += bytes.n;
    if (chunked) {
        memcpy(p->bytes + n, "\r\n", 2);
        n += 2;
    }
    p->next = NULL;
    p->n = n;
    return p;
}

bool stream_write(struct stream *s, struct str bytes)
{
    if (s->ending || s->ex->req == NULL)
        return false;
    if (bytes.n == 0)
        return true;
    if (bytes.n + CHUNK_ROOM > QUEUE_BYTES - s->queued)
        return false;
    struct piece *p = piece_new(bytes, s->chunked);
    if (p == NULL)
        return false;
    *s->tail = p;
    s->tail = &p->next;
    s->queued += p->n;
    push(s);
    return true;
}

void stream_end(struct stream *s)
{
    struct exchange *ex = s->ex;
    if (s->ending)
        return;
    s->ending = true;
    exchange_hold(ex);
    call_closed(s);
    waits_forget(ex);
    push(s);
    exchange_release(ex);
}

void stream_keepalive(struct stream *s, struct str comment)
{
    s->comment = comment;
}

void stream_gone(struct exchange *ex)
{
    struct stream *s = ex->stream;
    struct worker_loop *loop = ex->rq.loop;
    h2o_linklist_unlink(&s->link);
    counter_set(&loop->metrics.streams, --loop->stream_count);
    s->ending = s->final = true;
    call_closed(s);
    drop_pieces(s, SIZE_MAX);
    ex->stream = NULL;
}

/* A write may end a stream and its neighbours in the list, so each round starts at the front again. */
void streams_tick(struct worker_loop *loop, int64_t now_ms)
{
    h2o_linklist_t todo;
    h2o_linklist_init_anchor(&todo);
    h2o_linklist_insert_list(&todo, &loop->streams);
    while (!h2o_linklist_is_empty(&todo)) {
        struct stream *s = H2O_STRUCT_FROM_MEMBER(struct stream, link, todo.next);
        h2o_linklist_unlink(&s->link);
        h2o_linklist_insert(&loop->streams, &s->link);
        if (s->comment.n > 0 && !s->writing && now_ms - s->last_ms >= KEEPALIVE_MS)
            stream_write(s, s->comment);
    }
}

void streams_end(struct worker_loop *loop)
{
    h2o_linklist_t todo;
    h2o_linklist_init_anchor(&todo);
    h2o_linklist_insert_list(&todo, &loop->streams);
    while (!h2o_linklist_is_empty(&todo)) {
        struct stream *s = H2O_STRUCT_FROM_MEMBER(struct stream, link, todo.next);
        h2o_linklist_unlink(&s->link);
        h2o_linklist_insert(&loop->streams, &s->link);
        stream_end(s);
    }
}
