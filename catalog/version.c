/* Versions: SemVer 2.0.0 (semver.org), its precedence (§11) as a byte string, and the next one. */
#include "catalog/catalog.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.n > 0;
}

/* Dot-separated identifiers of [0-9A-Za-z-]; numeric ones without leading zeros where `numeric` says so. */
static bool identifiers_valid(struct str s, bool numeric)
{
    struct str part;
    if (s.n == 0)
        return false;
    while (str_split(&s, '.', &part)) {
        if (part.n == 0)
            return false;
        for (size_t i = 0; i < part.n; i++) {
            char c = part.p[i];
            if (!is_digit(c) && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '-')
                return false;
        }
        if (numeric && all_digits(part) && part.n > 1 && part.p[0] == '0')
            return false;
    }
    return true;
}

static bool core_number(struct str *rest, uint64_t *out)
{
    struct str part;
    return str_split(rest, '.', &part) && str_u64(part, out) && !(part.n > 1 && part.p[0] == '0');
}

bool semver_parse(struct str v, struct semver *out)
{
    *out = (struct semver){0};
    ptrdiff_t plus = str_find_char(v, '+');
    if (plus >= 0) {
        if (!identifiers_valid(str_from(v, (size_t)plus + 1), false))
            return false;
        v = str_sub(v, 0, (size_t)plus);
    }
    ptrdiff_t dash = str_find_char(v, '-');
    if (dash >= 0) {
        out->pre = str_from(v, (size_t)dash + 1);
        if (!identifiers_valid(out->pre, true))
            return false;
        v = str_sub(v, 0, (size_t)dash);
    }
    if (v.n == 0)
        return false;
    return core_number(&v, &out->major) && core_number(&v, &out->minor) && core_number(&v, &out->patch) && !v.p;
}

/* Sixteen digits whose order is that of the numbers, negative times included. */
static void put_time(struct buf *b, int64_t us)
{
    buf_printf(b, "%016llx", (unsigned long long)((uint64_t)us ^ (UINT64_C(1) << 63)));
}

/*
 * others:  '0' time
 * SemVer:  '1' major minor patch (16 hex digits each), then
 *          '3' for a release, else for each identifier '1' length(3) digits | '2' text '!', and '0' at the end,
 *          then the time, so that versions that differ in build metadata only have an order too.
 * Numbers go by value: equal length first, so the length leads. '!' and '0' are below whatever may follow in a longer
 * text or list, hence a prefix comes first. Numeric identifiers come before others, all of them before the release.
 */
struct str version_order_key(struct arena *a, struct str version, int64_t created_us)
{
    struct buf b;
    struct semver v;
    buf_init(&b, a, 0);
    if (!semver_parse(version, &v)) {
        buf_char(&b, '0');
        put_time(&b, created_us);
        return buf_take(&b);
    }
    buf_printf(&b, "1%016llx%016llx%016llx", (unsigned long long)v.major, (unsigned long long)v.minor,
               (unsigned long long)v.patch);
    if (v.pre.n == 0) {
        buf_char(&b, '3');
    } else {
        struct str rest = v.pre, part;
        while (str_split(&rest, '.', &part)) {
            if (all_digits(part))
                buf_printf(&b, "1%03zu", part.n);
            else
                buf_char(&b, '2');
            buf_str(&b, part);
            if (!all_digits(part))
                buf_char(&b, '!');
        }
        buf_char(&b, '0');
    }
    put_time(&b, created_us);
    return buf_take(&b);
}

bool version_is_prerelease(struct str version)
{
    struct semver v;
    return semver_parse(version, &v) && v.pre.n > 0;
}

static bool bump(uint64_t *n)
{
    if (*n == UINT64_MAX)
        return false;
    ++*n;
    return true;
}

struct str version_propose(struct arena *a, struct str last, enum interface_change change)
{
    struct semver v;
    if (!semver_parse(last, &v))
        return STR("1.0.0");
    /* After 2.0.0-rc.1 comes 2.0.0, where that is as large a step as the change asks for. */
    bool enough = change == INTERFACE_BREAKING     ? v.minor == 0 && v.patch == 0
                  : change == INTERFACE_COMPATIBLE ? v.patch == 0
                                                   : true;
    if (v.pre.n && enough)
        return str_printf(a, "%llu.%llu.%llu", (unsigned long long)v.major, (unsigned long long)v.minor,
                          (unsigned long long)v.patch);
    if (change == INTERFACE_IDENTICAL && bump(&v.patch))
        return str_printf(a, "%llu.%llu.%llu", (unsigned long long)v.major, (unsigned long long)v.minor,
                          (unsigned long long)v.patch);
    if (change != INTERFACE_BREAKING && bump(&v.minor))
        return str_printf(a, "%llu.%llu.0", (unsigned long long)v.major, (unsigned long long)v.minor);
    return bump(&v.major) ? str_printf(a, "%llu.0.0", (unsigned long long)v.major) : STR_NONE;
}
