#include "base/arena.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN ((size_t)16)

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
    size_t size;                    /* of the room */
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
    char *clean;       /* of which this much is zero already; never before at */
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

#ifndef HUB_ARENA_MALLOC

/* ---- chunks
 *
 * Chunks have a few standard sizes, and each thread keeps some of those that it frees: the pages of a fresh one cost
 * more than what most requests do with them. Only an allocation beyond KEPT_SIZE has a chunk of just its size. */

#define FIRST_CHUNK ((size_t)8 << 10)
#define LAST_CHUNK  ((size_t)256 << 10)
#define SIZES       8 /* FIRST_CHUNK, and so on by doubling up to KEPT_SIZE */
#define KEPT_SIZE   (FIRST_CHUNK << (SIZES - 1))
#define KEPT_SMALL  8 /* of each size below LAST_CHUNK, so that many small ones do not take the place of large ones */
#define KEPT_BYTES  ((size_t)8 << 20)
#define CLEAN_AHEAD ((size_t)2048)

struct kept {
    struct chunk *list[SIZES];
    size_t count[SIZES], bytes;
    bool at_exit; /* kept_free() will run when the thread ends */
};
static _Thread_local struct kept kept;
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;
static pthread_key_t kept_key;
static bool kept_usable;

static void kept_free(void *arg)
{
    struct kept *k = arg;
    for (size_t i = 0; i < SIZES; i++)
        while (k->list[i] != NULL) {
            struct chunk *next = k->list[i]->next;
            free(k->list[i]);
            k->list[i] = next;
        }
    *k = (struct kept){0}; /* an arena that is freed still later asks for kept_free() again */
}

static void kept_setup(void)
{
    kept_usable = pthread_key_create(&kept_key, kept_free) == 0;
}

static bool will_be_freed(void)
{
    (void)pthread_once(&kept_once, kept_setup);
    if (!kept.at_exit)
        kept.at_exit = kept_usable && pthread_setspecific(kept_key, &kept) == 0;
    return kept.at_exit;
}

/* The number of the least standard size with room for n; SIZES when there is none. */
static size_t size_number(size_t n)
{
    size_t i = 0;
    while (i < SIZES && FIRST_CHUNK << i < n)
        i++;
    return i;
}

/* A chunk with room for n bytes or more (at most KEPT_SIZE), with anything in it. */
static struct chunk *chunk_get(size_t n)
{
    size_t i = size_number(n);
    if (kept.list[i] != NULL) {
        struct chunk *c = kept.list[i];
        kept.list[i] = c->next;
        kept.count[i]--;
        kept.bytes -= c->size;
        return c;
    }
    size_t size = FIRST_CHUNK << i;
    struct chunk *c = malloc(sizeof *c + size);
    if (c != NULL)
        c->size = size;
    return c;
}

static void chunk_drop(struct chunk *c)
{
    size_t i = size_number(c->size);
    bool enough = i == SIZES || (c->size < LAST_CHUNK && kept.count[i] == KEPT_SMALL);
    if (enough || c->size > KEPT_BYTES - kept.bytes || !will_be_freed()) {
        free(c);
        return;
    }
    c->next = kept.list[i];
    kept.list[i] = c;
    kept.count[i]++;
    kept.bytes += c->size;
}

#endif

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
        chunk_drop(a->chunks);
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
    /* calloc gives what is too large to be kept as fresh zero pages, without touching them. */
    bool huge = n > KEPT_SIZE;
    struct chunk *c = huge ? calloc(1, sizeof *c + n) : chunk_get(alone ? n : a->chunk_size);
    if (c == NULL)
        return NULL;
    if (huge)
        c->size = n;
    else
        memset(c + 1, 0, n);
    if (alone && a->chunks != NULL) {
        c->next = a->chunks->next;
        a->chunks->next = c;
        return c + 1;
    }
    c->next = a->chunks;
    a->chunks = c;
    a->last = (char *)(c + 1);
    a->at = a->clean = a->last + n;
    a->end = a->last + c->size;
    if (a->chunk_size < LAST_CHUNK)
        a->chunk_size *= 2;
    return a->last;
}

/* Takes n bytes behind what is taken. They are zeroed some way ahead, for most allocations are of a few bytes. */
static void advance(struct arena *a, size_t n)
{
    a->at += n;
    if (a->at <= a->clean)
        return;
    size_t ahead = (size_t)(a->end - a->at) < CLEAN_AHEAD ? (size_t)(a->end - a->at) : CLEAN_AHEAD;
    memset(a->clean, 0, (size_t)(a->at - a->clean) + ahead);
    a->clean = a->at + ahead;
}

static void *take(struct arena *a, size_t n)
{
    n = n ? rounded(n) : ALIGN;
    if (n > (size_t)(a->end - a->at))
        return take_chunk(a, n);
    a->last = a->at;
    advance(a, n);
    return a->last;
}

/* Builders grow the newest allocation most of the time: then no copy is needed. */
static void *extend(struct arena *a, const void *p, size_t old, size_t grown)
{
    if (p == NULL || (const char *)p != a->last || rounded(grown) > (size_t)(a->end - a->last))
        return NULL;
    char *start = a->last;
    size_t had = (size_t)(a->at - start);
    if (had > old) /* room that was handed out may have been written to */
        memset(start + old, 0, had - old);
    if (rounded(grown) > had)
        advance(a, rounded(grown) - had);
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
