#include "hub/http/timer.h"

#include <stdlib.h>

struct timer {
    int64_t at;
    size_t index; /* in the heap */
    void (*fire)(void *arg);
    void *arg;
};

static void put(struct timers *t, size_t i, struct timer *timer)
{
    t->heap[i] = timer;
    timer->index = i;
}

static void sift_up(struct timers *t, struct timer *timer)
{
    size_t i = timer->index;
    while (i > 0 && t->heap[(i - 1) / 2]->at > timer->at) {
        put(t, i, t->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(t, i, timer);
}

static void sift_down(struct timers *t, struct timer *timer)
{
    size_t i = timer->index;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= t->count)
            break;
        if (child + 1 < t->count && t->heap[child + 1]->at < t->heap[child]->at)
            child++;
        if (t->heap[child]->at >= timer->at)
            break;
        put(t, i, t->heap[child]);
        i = child;
    }
    put(t, i, timer);
}

static bool reserve(struct timers *t)
{
    if (t->count < t->cap)
        return true;
    if (t->cap >= TIMERS_MAX)
        return false;
    size_t cap = t->cap ? t->cap * 2 : 64;
    struct timer **grown = realloc(t->heap, cap * sizeof(struct timer *));
    if (grown == NULL)
        return false;
    t->heap = grown;
    t->cap = cap;
    return true;
}

struct timer *timer_add(struct timers *t, int64_t at_ms, void (*fire)(void *arg), void *arg)
{
    struct timer *timer = reserve(t) ? malloc(sizeof *timer) : NULL;
    if (timer == NULL)
        return NULL;
    *timer = (struct timer){at_ms, t->count, fire, arg};
    t->heap[t->count++] = timer;
    sift_up(t, timer);
    return timer;
}

static void take_out(struct timers *t, struct timer *timer)
{
    size_t i = timer->index;
    struct timer *last = t->heap[--t->count];
    if (last == timer)
        return;
    put(t, i, last);
    sift_up(t, last);
    sift_down(t, last);
}

void timer_cancel(struct timers *t, struct timer *timer)
{
    take_out(t, timer);
    free(timer);
}

void timers_run(struct timers *t, int64_t now_ms)
{
    while (t->count > 0 && t->heap[0]->at <= now_ms) {
        struct timer due = *t->heap[0];
        timer_cancel(t, t->heap[0]);
        due.fire(due.arg);
    }
}

int32_t timers_wait(const struct timers *t, int64_t now_ms, int32_t most)
{
    if (t->count == 0)
        return most;
    int64_t left = t->heap[0]->at - now_ms;
    return left <= 0 ? 0 : left < most ? (int32_t)left : most;
}

void timers_free(struct timers *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->heap[i]);
    free(t->heap);
    *t = (struct timers){0};
}
