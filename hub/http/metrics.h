/* Figures of one loop. Written by its thread only, read by any: so relaxed atomics, without locked instructions. */
#ifndef HUB_HTTP_METRICS_H
#define HUB_HTTP_METRICS_H

#include <stdatomic.h>

#include "hub/http/http.h"

#define METRICS_CLASSES 6 /* 1xx to 5xx; [0] is anything else */
#define METRICS_BUCKETS 12

typedef _Atomic uint64_t counter;

struct metrics {
    counter requests[METHOD_COUNT + 1][METRICS_CLASSES];
    counter buckets[METRICS_BUCKETS + 1]; /* not cumulative; the last one is +Inf */
    counter duration_us, bytes;
    counter connections, accepted, refused, streams, longest_turn_ms;
    counter db_sent, db_failed, db_retried, db_forgotten, db_reconnects, db_batches, db_refused;
    counter db_waiting, db_in_flight, db_connections;
};

static inline void counter_add(counter *c, uint64_t n)
{
    atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + n, memory_order_relaxed);
}
static inline void counter_set(counter *c, uint64_t n)
{
    atomic_store_explicit(c, n, memory_order_relaxed);
}
static inline uint64_t counter_get(const counter *c)
{
    return atomic_load_explicit(c, memory_order_relaxed);
}

void metrics_request(struct metrics *m, enum method method, int status, uint64_t us, uint64_t bytes);
void metrics_db(struct metrics *m, const struct db *db);

#endif
