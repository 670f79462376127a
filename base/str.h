/* Strings as (pointer, length), and a bounded builder. Text is UTF-8; a str may hold any bytes, NUL included. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

struct str {
    const char *p; /* may be NULL when n is 0; not NUL-terminated unless said so */
    size_t n;
};

#define STR(literal) ((struct str){"" literal "", sizeof(literal) - 1})
#define STR_NONE     ((struct str){NULL, 0})
/* For printf: printf("%.*s", STR_ARG(s)); cut at INT_MAX. */
#define STR_ARG(s) (int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n), (s).n ? (s).p : ""

/* NULL gives the empty string; borrows. These three are inline, so that the length of a literal is a constant. */
static inline struct str str_of(const char *cstr)
{
    return cstr == NULL ? STR_NONE : (struct str){cstr, strlen(cstr)};
}
static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool str_is(struct str a, const char *literal)
{
    return str_eq(a, str_of(literal));
}
bool str_eq_nocase(struct str a, struct str b); /* ASCII */
int str_cmp(struct str a, struct str b);        /* bytes, shorter first */
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
/* Index or -1. */
ptrdiff_t str_find(struct str s, struct str needle);
ptrdiff_t str_find_char(struct str s, char c);
ptrdiff_t str_rfind_char(struct str s, char c);
struct str str_sub(struct str s, size_t from, size_t len); /* clamped */
struct str str_from(struct str s, size_t from);            /* the rest; clamped */
struct str str_trim(struct str s);                         /* ASCII white space off both ends */
/* Takes the part before the next `sep` off *rest. False when *rest is used up; "a," gives "a" and "". Start with a
   str whose p is not NULL; after the last part rest->p is NULL. */
bool str_split(struct str *rest, char sep, struct str *part);
/* Decimal, whole string, no sign for u64; false on anything else or overflow. */
bool str_u64(struct str s, uint64_t *out);
bool str_i64(struct str s, int64_t *out);
bool str_utf8(struct str s);     /* valid UTF-8 without surrogates or over-long forms; NUL counts as invalid */
uint64_t str_hash(struct str s); /* for tables: keyed, so it differs from process to process */

/* Copies into the arena. The copy is NUL-terminated one past its length. */
struct str str_dup(struct arena *a, struct str s);
const char *str_cstr(struct arena *a, struct str s); /* NUL-terminated copy; embedded NULs stay */
struct str str_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str str_cat(struct arena *a, struct str x, struct str y);
/* STR_JOIN(a, x, y, z): one behind the other. */
struct str str_join(struct arena *a, const struct str *parts, size_t count);
#define STR_JOIN(a, ...)                                                                                               \
    str_join((a), (const struct str[]){__VA_ARGS__}, sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
struct str str_lower(struct arena *a, struct str s);                                     /* ASCII */
struct str str_replace(struct arena *a, struct str s, struct str what, struct str with); /* all; what not empty */

/*
 * A builder in an arena with a limit set at creation. Reaching the limit sets `over` and drops what does not fit;
 * a chain of puts is checked once at the end.
 */
struct buf {
    struct arena *a;
    char *p;
    size_t n, cap, limit;
    bool over;
};

void buf_init(struct buf *b, struct arena *a, size_t limit); /* limit 0 = 64 MiB */
/* Room for n more bytes and a NUL at p + n. False, with `over` set, when that is beyond the limit: then nothing more is
   taken, so that no piece can be missing in the middle. Done beforehand, it saves the copies of growing. */
bool buf_reserve(struct buf *b, size_t n);
static inline void buf_put(struct buf *b, const void *p, size_t n)
{
    if (n == 0 || ((b->over || n >= b->cap - b->n) && !buf_reserve(b, n)))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}
static inline void buf_str(struct buf *b, struct str s)
{
    buf_put(b, s.p, s.n);
}
static inline void buf_cstr(struct buf *b, const char *s)
{
    buf_str(b, str_of(s));
}
static inline void buf_char(struct buf *b, char c)
{
    if ((!b->over && b->cap - b->n > 1) || buf_reserve(b, 1))
        b->p[b->n++] = c;
}
void buf_u64(struct buf *b, uint64_t v);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What was built, NUL-terminated one past its length. Valid as long as the arena; further puts may move it. */
struct str buf_take(struct buf *b);

#endif
