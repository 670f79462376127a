/* One-shot timers of one thread, by the monotonic clock: a heap, so that any duration costs the same. */
#ifndef HUB_HTTP_TIMER_H
#define HUB_HTTP_TIMER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMERS_MAX 65536

struct timer;
struct timers {
    struct timer **heap;
    size_t count, cap;
};

/* NULL when memory or TIMERS_MAX is reached. The timer is gone once it has fired or was cancelled. */
struct timer *timer_add(struct timers *t, int64_t at_ms, void (*fire)(void *arg), void *arg);
void timer_cancel(struct timers *t, struct timer *timer);
/* Fires what is due. What a callback adds has to be due after now_ms, else it fires in this call too. */
void timers_run(struct timers *t, int64_t now_ms);
/* How long nothing is due, at most `most` ms. */
int32_t timers_wait(const struct timers *t, int64_t now_ms, int32_t most);
void timers_free(struct timers *t); /* what has not fired never will */

#endif
