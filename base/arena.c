#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN       ((size_t)16)
#define FIRST_CHUNK ((size_t)8 << 10)
#define LAST_CHUNK  ((size_t)256 << 10)

struct guard {
    jmp_buf env;
    struct guard *outer;
    volatile enum status status; /* set just before the jump, read after it */
};

struct deferred {
    void (*release)(void *arg);
    void *arg;
    struct deferred *next;
};

#ifndef HUB_ARENA_MALLOC
struct chunk {
    alignas(16) struct chunk *next; /* the room follows */
};
#endif

struct arena {
    size_t used, limit;
    struct guard *guard;
    struct deferred *deferred;
#ifdef HUB_ARENA_MALLOC
    /* In a table and not linked, so that a block is exactly as large as asked for and ASan sees both of its ends. */
    void **blocks;
    size_t count, cap;
#else
    struct chunk *chunks;
    char *at, *end;    /* free room of the newest chunk */
    char *last;        /* the newest allocation in it, so that it can grow in place */
    size_t chunk_size; /* of the next chunk; doubles, so that small requests stay small */
#endif
};

static _Thread_local long fail_at;
static _Thread_local long counted;

void arena_fail_at(long nth)
{
    fail_at = nth;
    counted = 0;
}

long arena_count(void)
{
    return counted;
}

/* True when the test hook wants this allocation to fail. */
static bool told_to_fail(void)
{
    counted++;
    if (fail_at == 0 || counted != fail_at)
        return false;
    fail_at = 0;
    return true;
}

struct arena *arena_new(size_t limit)
{
    if (told_to_fail())
        return NULL;
    struct arena *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    /* Far below SIZE_MAX, so that rounding up never overflows. */
    a->limit = limit == 0 ? ARENA_DEFAULT_LIMIT : limit < SIZE_MAX / 4 ? limit : SIZE_MAX / 4;
#ifndef HUB_ARENA_MALLOC
    a->chunk_size = FIRST_CHUNK;
#endif
    return a;
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    for (struct deferred *d = a->deferred; d != NULL; d = d->next)
        d->release(d->arg);
#ifdef HUB_ARENA_MALLOC
    for (size_t i = 0; i < a->count; i++)
        free(a->blocks[i]);
    free(a->blocks);
#else
    while (a->chunks != NULL) {
        struct chunk *next = a->chunks->next;
        free(a->chunks);
        a->chunks = next;
    }
#endif
    free(a);
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

void arena_fail(struct arena *a, enum status status)
{
    struct guard *g = a->guard;
    if (g == NULL) {
        fprintf(stderr, "arena: %s after %zu bytes, and nobody guards it\n",
                status == ERR_LIMIT ? "limit reached" : "out of memory", a->used);
        abort();
    }
    g->status = status;
    longjmp(g->env, 1);
}

enum status arena_guard(struct arena *a, enum status (*fn)(void *arg), void *arg)
{
    struct guard g = {.outer = a->guard};
    enum status s;
    a->guard = &g;
    if (setjmp(g.env) == 0)
        s = fn(arg);
    else
        s = g.status;
    a->guard = g.outer;
    return s;
}

static size_t rounded(size_t n)
{
    return (n + ALIGN - 1) & ~(ALIGN - 1);
}

#ifdef HUB_ARENA_MALLOC

static void *take(struct arena *a, size_t n)
{
    if (a->count == a->cap) {
        size_t cap = a->cap ? a->cap * 2 : 64;
        void **grown = realloc(a->blocks, cap * sizeof *grown);
        if (grown == NULL)
            return NULL;
        a->blocks = grown;
        a->cap = cap;
    }
    void *p = calloc(1, n ? n : 1);
    if (p != NULL)
        a->blocks[a->count++] = p;
    return p;
}

static void *extend(struct arena *a, const void *p, size_t old, size_t grown)
{
    (void)a, (void)p, (void)old, (void)grown;
    return NULL;
}

#else

/* A chunk with room for n (rounded) bytes. One for a large allocation stands alone, behind the newest, so that the
   room left in the newest is not lost. */
static void *take_chunk(struct arena *a, size_t n)
{
    bool alone = n > a->chunk_size / 2;
    size_t size = alone ? n : a->chunk_size;
    /* calloc gives large blocks as fresh zero pages, without touching them. */
    struct chunk *c = alone ? calloc(1, sizeof *c + size) : malloc(sizeof *c + size);
    if (c == NULL)
        return NULL;
    if (alone && a->chunks != NULL) {
        c->next = a->chunks->next;
        a->chunks->next = c;
        return c + 1;
    }
    c->next = a->chunks;
    a->chunks = c;
    a->last = (char *)(c + 1);
    a->at = a->last + n;
    a->end = a->last + size;
    if (a->chunk_size < LAST_CHUNK)
        a->chunk_size *= 2;
    return alone ? a->last : memset(a->last, 0, n);
}

static void *take(struct arena *a, size_t n)
{
    n = n ? rounded(n) : ALIGN;
    if (n > (size_t)(a->end - a->at))
        return take_chunk(a, n);
    a->last = a->at;
    a->at += n;
    return memset(a->last, 0, n);
}

/* Builders grow the newest allocation most of the time: then no copy is needed. */
static void *extend(struct arena *a, const void *p, size_t old, size_t grown)
{
    if (p == NULL || (const char *)p != a->last || rounded(grown) > (size_t)(a->end - a->last))
        return NULL;
    char *start = a->last;
    if (start + rounded(grown) > a->at)
        a->at = start + rounded(grown);
    memset(start + old, 0, grown - old);
    return start;
}

#endif

/* NULL with *why set when it cannot be had. */
static void *try_alloc(struct arena *a, size_t n, enum status *why)
{
    if (n > a->limit - a->used) {
        *why = ERR_LIMIT;
        return NULL;
    }
    *why = ERR_NOMEM;
    void *p = told_to_fail() ? NULL : take(a, n);
    if (p != NULL) {
        /* Rounded, so that many tiny allocations count what they cost. */
        size_t cost = rounded(n);
        a->used = cost > a->limit - a->used ? a->limit : a->used + cost;
    }
    return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
    enum status why;
    void *p = try_alloc(a, n, &why);
    if (p == NULL)
        arena_fail(a, why);
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n))
        arena_fail(a, ERR_LIMIT);
    return arena_alloc(a, n);
}

void *arena_grow(struct arena *a, const void *p, size_t old, size_t grown)
{
    if (grown < old)
        grown = old;
    if (grown - old <= a->limit - a->used && fail_at == 0) {
        void *same = extend(a, p, old, grown);
        if (same != NULL) {
            counted++;
            a->used += grown - old;
            return same;
        }
    }
    void *fresh = arena_alloc(a, grown);
    if (old > 0)
        memcpy(fresh, p, old);
    return fresh;
}

void arena_defer(struct arena *a, void (*release)(void *arg), void *arg)
{
    enum status why;
    struct deferred *d = try_alloc(a, sizeof *d, &why);
    if (d == NULL) {
        release(arg);
        arena_fail(a, why);
    }
    d->release = release;
    d->arg = arg;
    d->next = a->deferred;
    a->deferred = d;
}
