/*
 * Arena: memory of one request, compile or run, freed at once.
 *
 * Allocation never returns NULL. When memory or the arena's limit runs out, control goes to the innermost
 * arena_guard() of that arena, which returns ERR_NOMEM or ERR_LIMIT; without a guard the process aborts with a
 * message. Code that holds something that is not arena memory (a parser, a file, a result of libpq) while it
 * allocates wraps itself in a guard of its own, releases, and passes the status on.
 *
 * An arena belongs to one thread at a time; it may be handed to another thread as a whole.
 * With HUB_ARENA_MALLOC defined each allocation is a malloc of its own, so that ASan sees overruns.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/err.h"

struct arena;

/* limit: most bytes it may hand out, 0 = ARENA_DEFAULT_LIMIT. NULL when memory is out. Owner: the caller. */
#define ARENA_DEFAULT_LIMIT ((size_t)256 << 20)
struct arena *arena_new(size_t limit);
void arena_free(struct arena *a); /* NULL is fine */
size_t arena_used(const struct arena *a);

/* Zeroed, aligned to 16 bytes, never NULL (see above). n = 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull, alloc_size(2)));
/* count * size, overflow counts as a limit reached. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
/* A grown copy of an array: `old` bytes are kept, the rest is zero. The old memory stays until the arena goes; the
   newest allocation may grow where it is. */
void *arena_grow(struct arena *a, const void *p, size_t old, size_t grown) __attribute__((returns_nonnull));

#define arena_new_of(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define arena_array_of(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

/* Calls release(arg) when the arena is freed (newest first). For things that must outlive a call. When it cannot be
   noted down, release(arg) is called at once, before control goes to the guard. */
void arena_defer(struct arena *a, void (*release)(void *arg), void *arg);

/*
 * Runs fn(arg). Returns what fn returns, or ERR_NOMEM / ERR_LIMIT when an allocation in this arena failed on the
 * way. Guards nest. What fn had allocated stays until the arena is freed.
 */
MUST_USE enum status arena_guard(struct arena *a, enum status (*fn)(void *arg), void *arg);

/* Gives up as a failed allocation does: for limits that are noticed deep inside (status: ERR_NOMEM or ERR_LIMIT). */
void arena_fail(struct arena *a, enum status status) __attribute__((noreturn));

/* For tests: the nth allocation from now (1 = next) in any arena of this thread fails, once; 0 = off. Making an arena
   counts as one. */
void arena_fail_at(long nth);
/* For tests: allocations done by this thread since the last arena_fail_at(). */
long arena_count(void);

#endif
