#include "hub/http/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define QUEUE_BYTES ((size_t)1 << 20)
#define BATCH       64 /* pieces in one write */

struct piece {
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
    bool writing, ending, final;
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
    h2o_iovec_t iov[BATCH];
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
    s->writing = true;
    s->final = final;
    s->last_ms = clock_mono_ms();
    h2o_send(s->ex->req, iov, n, final ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

static void drop_pieces(struct stream *s, size_t n)
{
    while (n-- > 0 && s->head != NULL) {
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

struct stream *request_stream(struct request *rq, struct str content_type, void (*closed)(void *context),
                              void *context)
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
    h2o_start_response(ex->req, &s->super);
    if (rq->method == METHOD_HEAD)
        s->ending = true;
    if (s->ending || rq->loop->phase != PHASE_RUNNING) {
        s->ending = true;
        push(s);
        return s;
    }
    /* The headers go out at once, so that an EventSource knows it is connected. */
    s->writing = true;
    h2o_send(ex->req, NULL, 0, H2O_SEND_STATE_IN_PROGRESS);
    return s;
}

bool stream_write(struct stream *s, struct str bytes)
{
    if (s->ending || s->ex->req == NULL)
        return false;
    if (bytes.n == 0)
        return true;
    if (bytes.n > QUEUE_BYTES - s->queued)
        return false;
    struct piece *p = malloc(sizeof *p + bytes.n);
    if (p == NULL)
        return false;
    p->next = NULL;
    p->n = bytes.n;
    memcpy(p->bytes, bytes.p, bytes.n);
    *s->tail = p;
    s->tail = &p->next;
    s->queued += bytes.n;
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
