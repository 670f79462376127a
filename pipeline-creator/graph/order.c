#include "pipeline-creator/graph/graph.h"

/* Edges by their start, and how many of each end's are not done yet. */
struct order {
    size_t *first, *next; /* lists of edges by start, ends by SIZE_MAX */
    size_t *waiting;
};

static void build(struct order *o, struct arena *a, size_t n, const size_t *from, const size_t *to, size_t edges)
{
    o->first = arena_array_of(a, n, size_t);
    o->next = arena_array_of(a, edges, size_t);
    o->waiting = arena_array_of(a, n, size_t);
    for (size_t i = 0; i < n; i++)
        o->first[i] = SIZE_MAX;
    for (size_t i = edges; i-- > 0;) {
        o->next[i] = o->first[from[i]];
        o->first[from[i]] = i;
        o->waiting[to[i]]++;
    }
}

/* A binary heap of numbers: the least is at heap[0]. */
static void heap_push(size_t *heap, size_t *count, size_t value)
{
    size_t i = (*count)++;
    while (i > 0 && heap[(i - 1) / 2] > value) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i] = value;
}

static size_t heap_pop(size_t *heap, size_t *count)
{
    size_t least = heap[0], last = heap[--*count];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= *count)
            break;
        if (child + 1 < *count && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= last)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return least;
}

/* Every number that is left waits for one that is left, so that walking back must meet itself. */
static size_t find_cycle(struct arena *a, size_t n, const size_t *from, const size_t *to, size_t edges,
                         const size_t *waiting, size_t *out)
{
    size_t *before = arena_array_of(a, n, size_t);
    size_t *seen = arena_array_of(a, n, size_t);
    size_t at = SIZE_MAX;
    for (size_t i = edges; i-- > 0;)
        if (waiting[from[i]] > 0 && waiting[to[i]] > 0) {
            before[to[i]] = from[i];
            at = to[i];
        }
    size_t step = 0;
    for (; seen[at] == 0; at = before[at])
        seen[at] = ++step;
    size_t length = step - seen[at] + 1;
    for (size_t i = length; i-- > 0; at = before[at])
        out[i] = at;
    return length;
}

bool graph_order(struct arena *a, size_t n, const size_t *from, const size_t *to, size_t edges, size_t *order,
                 size_t *cycle)
{
    struct order o;
    build(&o, a, n, from, to, edges);
    size_t *heap = arena_array_of(a, n, size_t);
    size_t ready = 0, done = 0;
    for (size_t i = 0; i < n; i++)
        if (o.waiting[i] == 0)
            heap_push(heap, &ready, i);
    while (ready > 0) {
        size_t at = heap_pop(heap, &ready);
        order[done++] = at;
        for (size_t edge = o.first[at]; edge != SIZE_MAX; edge = o.next[edge])
            if (--o.waiting[to[edge]] == 0)
                heap_push(heap, &ready, to[edge]);
    }
    if (done == n)
        return true;
    *cycle = find_cycle(a, n, from, to, edges, o.waiting, order);
    return false;
}
