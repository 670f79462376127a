#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/utf8.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n == 0 ? 0 : memcmp(a.p, b.p, n);
    if (c != 0)
        return c;
    return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return n == 0 || (s.n >= n && memcmp(s.p, prefix, n) == 0);
}

bool str_ends(struct str s, const char *suffix)
{
    size_t n = strlen(suffix);
    return n == 0 || (s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0);
}

ptrdiff_t str_find(struct str s, struct str needle)
{
    if (needle.n == 0)
        return 0;
    if (s.n < needle.n)
        return -1;
    const char *at = memmem(s.p, s.n, needle.p, needle.n);
    return at == NULL ? -1 : at - s.p;
}

ptrdiff_t str_find_char(struct str s, char c)
{
    const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);
    return at == NULL ? -1 : at - s.p;
}

ptrdiff_t str_rfind_char(struct str s, char c)
{
    const char *at = s.n == 0 ? NULL : memrchr(s.p, c, s.n);
    return at == NULL ? -1 : at - s.p;
}

struct str str_sub(struct str s, size_t from, size_t len)
{
    struct str rest = str_from(s, from);
    if (len < rest.n)
        rest.n = len;
    return rest;
}

struct str str_from(struct str s, size_t from)
{
    if (s.p == NULL)
        return s;
    if (from > s.n)
        from = s.n;
    return (struct str){s.p + from, s.n - from};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    while (s.n > 0 && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    return s;
}

bool str_split(struct str *rest, char sep, struct str *part)
{
    if (rest->p == NULL)
        return false;
    ptrdiff_t at = str_find_char(*rest, sep);
    if (at < 0) {
        *part = *rest;
        *rest = STR_NONE;
    } else {
        *part = str_sub(*rest, 0, (size_t)at);
        *rest = str_from(*rest, (size_t)at + 1);
    }
    return true;
}

bool str_u64(struct str s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, (unsigned)(s.p[i] - '0'), &v))
            return false;
    }
    *out = v;
    return true;
}

bool str_i64(struct str s, int64_t *out)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    uint64_t v;
    if (!str_u64(negative ? str_from(s, 1) : s, &v) || v > (uint64_t)INT64_MAX + negative)
        return false;
    /* Negated as unsigned: INT64_MIN has no positive counterpart. */
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

bool str_utf8(struct str s)
{
    size_t i = 0;
    while (i < s.n) {
        uint32_t cp;
        size_t len = utf8_next(s.p + i, s.n - i, &cp);
        if (len == 0 || cp == 0)
            return false;
        i += len;
    }
    return true;
}

/* ---- hash: SipHash-1-3 (Aumasson, Bernstein), keyed by the kernel's random bytes of this process, so that nobody
   can prepare keys that fall into one slot. */

static uint64_t hash_key[2];

__attribute__((constructor)) static void hash_seed(void)
{
    const void *random = (const void *)getauxval(AT_RANDOM);
    if (random != NULL)
        memcpy(hash_key, random, sizeof hash_key);
}

static uint64_t rotl(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotl(v[1], 13) ^ v[0];
    v[3] = rotl(v[3], 16) ^ v[2];
    v[0] = rotl(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotl(v[1], 17) ^ v[2];
    v[3] = rotl(v[3], 21) ^ v[0];
    v[2] = rotl(v[2], 32);
}

uint64_t str_hash(struct str s)
{
    uint64_t v[4] = {hash_key[0] ^ 0x736f6d6570736575u, hash_key[1] ^ 0x646f72616e646f6du,
                     hash_key[0] ^ 0x6c7967656e657261u, hash_key[1] ^ 0x7465646279746573u};
    uint64_t word;
    size_t i = 0;
    for (; s.n - i >= 8; i += 8) {
        memcpy(&word, s.p + i, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = 0;
    if (i < s.n)
        memcpy(&word, s.p + i, s.n - i);
    word |= (uint64_t)s.n << 56;
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
    v[2] ^= 0xff;
    for (int k = 0; k < 3; k++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* ---- copies */

static struct str dup_plus(struct arena *a, struct str x, struct str y)
{
    size_t n;
    if (__builtin_add_overflow(x.n, y.n, &n) || n == SIZE_MAX)
        arena_fail(a, ERR_LIMIT);
    char *p = arena_alloc(a, n + 1);
    if (x.n > 0)
        memcpy(p, x.p, x.n);
    if (y.n > 0)
        memcpy(p + x.n, y.p, y.n);
    return (struct str){p, n};
}

struct str str_dup(struct arena *a, struct str s)
{
    return dup_plus(a, s, STR_NONE);
}

const char *str_cstr(struct arena *a, struct str s)
{
    return dup_plus(a, s, STR_NONE).p;
}

struct str str_cat(struct arena *a, struct str x, struct str y)
{
    return dup_plus(a, x, y);
}

struct str str_join(struct arena *a, const struct str *parts, size_t count)
{
    size_t n = 1, at = 0;
    for (size_t i = 0; i < count; i++)
        if (__builtin_add_overflow(n, parts[i].n, &n))
            arena_fail(a, ERR_LIMIT);
    char *p = arena_alloc(a, n);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].n > 0)
            memcpy(p + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return (struct str){p, at};
}

static struct str print(struct arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static struct str print(struct arena *a, const char *format, va_list args)
{
    char small[256];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    struct str s = STR("");
    if (n < 0) {
        va_end(again);
        arena_fail(a, ERR_LIMIT); /* longer than INT_MAX */
    }
    if ((size_t)n < sizeof small) {
        s = str_dup(a, (struct str){small, (size_t)n});
    } else {
        char *p = arena_alloc(a, (size_t)n + 1);
        vsnprintf(p, (size_t)n + 1, format, again);
        s = (struct str){p, (size_t)n};
    }
    va_end(again);
    return s;
}

struct str str_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str s = print(a, format, args);
    va_end(args);
    return s;
}

struct str str_lower(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = lower(s.p[i]);
    return (struct str){p, s.n};
}

struct str str_replace(struct arena *a, struct str s, struct str what, struct str with)
{
    if (what.n == 0 || str_find(s, what) < 0)
        return str_dup(a, s);
    struct buf b;
    buf_init(&b, a, SIZE_MAX);
    for (ptrdiff_t at; (at = str_find(s, what)) >= 0;) {
        buf_str(&b, str_sub(s, 0, (size_t)at));
        buf_str(&b, with);
        s = str_from(s, (size_t)at + what.n);
    }
    buf_str(&b, s);
    return buf_take(&b);
}

/* ---- builder */

#define BUF_FIRST         ((size_t)64)
#define BUF_DEFAULT_LIMIT ((size_t)64 << 20)

void buf_init(struct buf *b, struct arena *a, size_t limit)
{
    *b = (struct buf){.a = a, .limit = limit ? limit : BUF_DEFAULT_LIMIT};
}

/* Never more than the limit and a NUL, so that what fits into cap is within the limit. */
static void set_cap(struct buf *b, size_t cap)
{
    if (cap - 1 > b->limit)
        cap = b->limit + 1;
    b->p = arena_grow(b->a, b->p, b->n, cap);
    b->cap = cap;
}

bool buf_reserve(struct buf *b, size_t n)
{
    if (b->over || n > b->limit - b->n) {
        b->over = true;
        return false;
    }
    if (n < b->cap - b->n)
        return true;
    size_t need, cap;
    if (__builtin_add_overflow(b->n, n, &need) || __builtin_add_overflow(need, 1u, &need))
        arena_fail(b->a, ERR_LIMIT);
    if (__builtin_mul_overflow(b->cap, 2u, &cap) || cap < need)
        cap = need;
    set_cap(b, cap < BUF_FIRST ? BUF_FIRST : cap);
    return true;
}

void buf_u64(struct buf *b, uint64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    buf_put(b, digits + at, sizeof digits - at);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    if (n < 0) /* longer than INT_MAX */
        b->over = true;
    else if ((size_t)n < sizeof small)
        buf_put(b, small, (size_t)n);
    else if (buf_reserve(b, (size_t)n)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

struct str buf_take(struct buf *b)
{
    if (b->p == NULL)
        set_cap(b, 1);
    b->p[b->n] = '\0';
    return (struct str){b->p, b->n};
}
