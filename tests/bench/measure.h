/* What the benches in C share: a clock, and the median of rounds. */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static inline int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int compare_times(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

struct bench; /* each program's own */

/* The median of what `once` takes, in ns; -1 when a round fails, which `once` says by a negative number. */
static inline int64_t median(struct bench *bench, unsigned long runs, int64_t (*once)(struct bench *bench))
{
    int64_t *times = calloc(runs, sizeof *times), middle = times ? 0 : -1;
    for (unsigned long i = 0; middle == 0 && i < runs; i++)
        middle = (times[i] = once(bench)) < 0 ? -1 : 0;
    if (middle == 0) {
        qsort(times, runs, sizeof *times, compare_times);
        middle = times[runs / 2];
    }
    free(times);
    return middle;
}

#endif
