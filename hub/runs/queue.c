#include "hub/runs/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled, drained;
    struct record *first, *last;
    size_t bytes, max_bytes;
    uint64_t next_seq;
    bool closed;
};

struct queue *queue_new(size_t max_bytes)
{
    struct queue *q = calloc(1, sizeof *q);
    if (!q)
        return NULL;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->filled, &monotonic);
    pthread_cond_init(&q->drained, &monotonic);
    pthread_condattr_destroy(&monotonic);
    q->max_bytes = max_bytes;
    return q;
}

void queue_free(struct queue *q)
{
    if (!q)
        return;
    for (struct record *r = q->first, *next; r; r = next) {
        next = r->next;
        free(r);
    }
    pthread_cond_destroy(&q->filled);
    pthread_cond_destroy(&q->drained);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

static struct str put(char **to, struct str s)
{
    if (!s.p)
        return STR_NONE;
    if (s.n)
        memcpy(*to, s.p, s.n);
    struct str copy = {*to, s.n};
    *to += s.n;
    return copy;
}

static struct record *record_of(const struct run_event *ev, struct str params, struct str results)
{
    size_t text =
        ev->reason.n + ev->message.n + ev->tekton_name.n + ev->step_name.n + ev->data.n + params.n + results.n;
    /* A log chunk gets room for the ones that may be joined to it. */
    size_t room =
        ev->kind == EVENT_LOG && text < LOG_CHUNK_MAX ? LOG_CHUNK_MAX + ev->tekton_name.n + ev->step_name.n : text;
    struct record *r = malloc(sizeof *r + room);
    if (!r)
        return NULL;
    *r = (struct record){.size = sizeof *r + room,
                         .kind = ev->kind,
                         .state = ev->state,
                         .at = ev->at,
                         .task_no = ev->task_no,
                         .attempt = ev->attempt,
                         .step_no = ev->step_no,
                         .matrix_index = ev->matrix_index,
                         .exit_code = ev->exit_code};
    struct str id = str_of(ev->run_id);
    memcpy(r->run_id, id.p, id.n < sizeof r->run_id ? id.n : sizeof r->run_id - 1);
    char *to = r->bytes;
    r->reason = put(&to, ev->reason);
    r->message = put(&to, ev->message);
    r->tekton_name = put(&to, ev->tekton_name);
    r->step_name = put(&to, ev->step_name);
    r->params = put(&to, params);
    r->results = put(&to, results);
    r->data = put(&to, ev->data);
    return r;
}

/* Appends the chunk to the newest record when that is of the same step and has room. Called with the lock held. */
static bool join(struct queue *q, const struct run_event *ev)
{
    struct record *r = q->last;
    if (ev->kind != EVENT_LOG || !r || r->kind != EVENT_LOG || r->task_no != ev->task_no || r->attempt != ev->attempt ||
        r->step_no != ev->step_no || strcmp(r->run_id, ev->run_id) != 0)
        return false;
    size_t used = (size_t)(r->data.p - r->bytes) + r->data.n, room = r->size - sizeof *r;
    if (r->data.n + ev->data.n > LOG_CHUNK_MAX || used + ev->data.n > room)
        return false;
    memcpy(r->bytes + used, ev->data.p, ev->data.n);
    r->data.n += ev->data.n;
    return true;
}

struct json_work {
    struct arena *arena;
    const struct node *node;
    struct str out;
};

static enum status to_json(void *arg)
{
    struct json_work *w = arg;
    w->out = node_to_json(w->arena, w->node);
    return OK;
}

static enum status json_of(struct arena *a, const struct node *n, struct str *out)
{
    *out = STR_NONE;
    if (!n)
        return OK;
    struct json_work w = {a, n, STR_NONE};
    enum status s = arena_guard(a, to_json, &w);
    *out = w.out;
    return s;
}

static enum status enqueue(struct queue *q, struct record *r)
{
    pthread_mutex_lock(&q->lock);
    while (q->bytes + r->size > q->max_bytes && q->first && !q->closed)
        pthread_cond_wait(&q->drained, &q->lock);
    if (q->closed) {
        pthread_mutex_unlock(&q->lock);
        free(r);
        return ERR_UNAVAILABLE;
    }
    if (r->kind == EVENT_LOG)
        r->seq = q->next_seq++;
    if (q->last)
        q->last->next = r;
    else
        q->first = r;
    q->last = r;
    q->bytes += r->size;
    pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->lock);
    return OK;
}

enum status queue_push(struct queue *q, const struct run_event *event)
{
    pthread_mutex_lock(&q->lock);
    bool joined = !q->closed && join(q, event);
    pthread_mutex_unlock(&q->lock);
    if (joined)
        return OK;
    struct arena *a = arena_new(0);
    struct str params, results;
    if (!a)
        return ERR_NOMEM;
    enum status s = json_of(a, event->params, &params);
    if (s == OK)
        s = json_of(a, event->results, &results);
    struct record *r = s == OK ? record_of(event, params, results) : NULL;
    arena_free(a);
    if (!r)
        return ERR_NOMEM;
    return enqueue(q, r);
}

static void deadline_in(int ms, struct timespec *t)
{
    clock_gettime(CLOCK_MONOTONIC, t);
    t->tv_sec += ms / 1000;
    t->tv_nsec += (long)(ms % 1000) * 1000000;
    if (t->tv_nsec >= 1000000000) {
        t->tv_sec++;
        t->tv_nsec -= 1000000000;
    }
}

struct record *queue_take(struct queue *q, size_t max_bytes, int timeout_ms)
{
    struct timespec until;
    deadline_in(timeout_ms, &until);
    pthread_mutex_lock(&q->lock);
    while (!q->first && !q->closed) {
        if (pthread_cond_timedwait(&q->filled, &q->lock, &until) == ETIMEDOUT)
            break;
    }
    struct record *taken = q->first, *end = taken;
    size_t bytes = 0;
    if (taken) {
        bytes = taken->size;
        while (end->next && bytes + end->next->size <= max_bytes) {
            end = end->next;
            bytes += end->size;
        }
        q->first = end->next;
        if (!q->first)
            q->last = NULL;
        end->next = NULL;
        q->bytes -= bytes;
        pthread_cond_broadcast(&q->drained);
    }
    pthread_mutex_unlock(&q->lock);
    return taken;
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->filled);
    pthread_cond_broadcast(&q->drained);
    pthread_mutex_unlock(&q->lock);
}

size_t queue_bytes(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    size_t bytes = q->bytes;
    pthread_mutex_unlock(&q->lock);
    return bytes;
}
