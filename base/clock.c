#include "base/clock.h"

#include <string.h>
#include <time.h>

#include "base/digest.h"

#define US_PER_SECOND ((int64_t)1000000)

int64_t clock_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

int64_t clock_mono_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- calendar: days since 1970 of the proleptic Gregorian calendar, after Howard Hinnant's "chrono-compatible
   low-level date algorithms". Years run from March, so that the leap day is the last. */

static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void civil_from_days(int64_t z, int64_t *y, int64_t *m, int64_t *d)
{
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp + (mp < 10 ? 3 : -9);
    *y = yoe + era * 400 + (*m <= 2);
}

/* ---- times */

static char *put_digits(char *at, int64_t v, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        at[i] = (char)('0' + v % 10);
        v /= 10;
    }
    return at + width;
}

/* What four digits for the year can say. */
#define MIN_US (-(int64_t)62167219200 * US_PER_SECOND)
#define MAX_US ((int64_t)253402300800 * US_PER_SECOND - 1)

size_t time_text(int64_t us, char out[TIME_TEXT])
{
    us = us < MIN_US ? MIN_US : us > MAX_US ? MAX_US : us;
    int64_t seconds = us / US_PER_SECOND, fraction = us % US_PER_SECOND;
    if (fraction < 0) {
        fraction += US_PER_SECOND;
        seconds--;
    }
    int64_t days = seconds / 86400, rest = seconds % 86400, y, m, d;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    civil_from_days(days, &y, &m, &d);
    char *at = put_digits(out, y, 4);
    *at++ = '-';
    at = put_digits(at, m, 2);
    *at++ = '-';
    at = put_digits(at, d, 2);
    *at++ = 'T';
    at = put_digits(at, rest / 3600, 2);
    *at++ = ':';
    at = put_digits(at, rest / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, rest % 60, 2);
    *at++ = '.';
    at = put_digits(at, fraction, 6);
    *at++ = 'Z';
    *at = '\0';
    return (size_t)(at - out);
}

/* `width` digits off the front. */
static bool take_digits(struct str *s, size_t width, int64_t *out)
{
    uint64_t v;
    if (s->n < width || !str_u64(str_sub(*s, 0, width), &v))
        return false;
    *out = (int64_t)v;
    *s = str_from(*s, width);
    return true;
}

static bool take_char(struct str *s, const char *any)
{
    if (s->n == 0 || s->p[0] == '\0' || strchr(any, s->p[0]) == NULL)
        return false;
    *s = str_from(*s, 1);
    return true;
}

/* ".123…": digits beyond micro-seconds are dropped. */
static bool take_fraction(struct str *s, int64_t *us)
{
    *us = 0;
    if (!take_char(s, "."))
        return true;
    int64_t unit = US_PER_SECOND;
    size_t digits = 0;
    for (; s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9'; digits++) {
        unit /= 10;
        *us += unit * (s->p[0] - '0');
        *s = str_from(*s, 1);
    }
    return digits > 0;
}

/* "Z" or "+01:30", in seconds. */
static bool take_offset(struct str *s, int64_t *seconds)
{
    int64_t h, m;
    *seconds = 0;
    if (take_char(s, "Zz"))
        return true;
    bool west = s->n > 0 && s->p[0] == '-';
    if (!take_char(s, "+-") || !take_digits(s, 2, &h) || !take_char(s, ":") || !take_digits(s, 2, &m) || h > 23 ||
        m > 59)
        return false;
    *seconds = (h * 60 + m) * (west ? -60 : 60);
    return true;
}

static int64_t days_in(int64_t y, int64_t m)
{
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && leap ? 29 : days[m - 1];
}

bool time_parse(struct str s, int64_t *us)
{
    int64_t y, m, d, hour, minute, second, fraction, offset;
    if (!take_digits(&s, 4, &y) || !take_char(&s, "-") || !take_digits(&s, 2, &m) || !take_char(&s, "-") ||
        !take_digits(&s, 2, &d) || !take_char(&s, "Tt ") || !take_digits(&s, 2, &hour) || !take_char(&s, ":") ||
        !take_digits(&s, 2, &minute) || !take_char(&s, ":") || !take_digits(&s, 2, &second) ||
        !take_fraction(&s, &fraction) || !take_offset(&s, &offset) || s.n > 0)
        return false;
    /* A leap second is taken as the second after it, as POSIX time has none. */
    if (m < 1 || m > 12 || d < 1 || d > days_in(y, m) || hour > 23 || minute > 59 || second > 60)
        return false;
    int64_t seconds = days_from_civil(y, m, d) * 86400 + hour * 3600 + minute * 60 + second - offset;
    *us = seconds * US_PER_SECOND + fraction;
    return true;
}

/* ---- durations, as Go's time package reads and writes them */

#define NS_PER_SECOND ((int64_t)1000000000)

static const struct {
    const char *name;
    int64_t ns;
} units[] = {{"ns", 1},           {"us", 1000},         {"\xc2\xb5s", 1000}, /* U+00B5 micro sign */
             {"\xce\xbcs", 1000},                                            /* U+03BC Greek mu */
             {"ms", 1000000},     {"s", NS_PER_SECOND}, {"m", 60 * NS_PER_SECOND}, {"h", 3600 * NS_PER_SECOND}};

/* The unit at the front, up to the next digit or point. */
static bool take_unit(struct str *s, int64_t *ns)
{
    size_t n = 0;
    while (n < s->n && s->p[n] != '.' && (s->p[n] < '0' || s->p[n] > '9'))
        n++;
    struct str name = str_sub(*s, 0, n);
    *s = str_from(*s, n);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (str_is(name, units[i].name)) {
            *ns = units[i].ns;
            return true;
        }
    return false;
}

/* One "1.5h". A fraction finer than a nano-second is dropped, as Go does. */
static bool take_part(struct str *s, int64_t *out)
{
    int64_t whole = 0, unit;
    size_t digits = 0;
    for (; s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9'; digits++) {
        if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, s->p[0] - '0', &whole))
            return false;
        *s = str_from(*s, 1);
    }
    int64_t fraction = 0, scale = 1;
    if (take_char(s, "."))
        for (; s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9'; digits++) {
            if (scale < 1000000000000) { /* 1e12: products below stay in range */
                fraction = fraction * 10 + (s->p[0] - '0');
                scale *= 10;
            }
            *s = str_from(*s, 1);
        }
    if (digits == 0 || !take_unit(s, &unit) || __builtin_mul_overflow(whole, unit, out))
        return false;
    int64_t extra = (int64_t)((__int128)fraction * unit / scale);
    return !__builtin_add_overflow(*out, extra, out);
}

bool duration_parse(struct str s, int64_t *us)
{
    int64_t total = 0, part;
    bool negative = s.n > 0 && s.p[0] == '-';
    (void)take_char(&s, "+-");
    if (str_is(s, "0")) {
        *us = 0;
        return true;
    }
    if (s.n == 0)
        return false;
    while (s.n > 0)
        if (!take_part(&s, &part) || __builtin_add_overflow(total, part, &total))
            return false;
    *us = (negative ? -total : total) / 1000;
    return true;
}

/* Digits of v with at most `places` behind the point, without zeros at the end. */
static void put_fraction(struct buf *b, uint64_t v, uint64_t scale)
{
    buf_u64(b, v / scale);
    v %= scale;
    if (v == 0)
        return;
    buf_char(b, '.');
    while (v > 0) {
        scale /= 10;
        buf_char(b, (char)('0' + v / scale));
        v %= scale;
    }
}

struct str duration_text(struct arena *a, int64_t us)
{
    struct buf b;
    buf_init(&b, a, 64);
    uint64_t v = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    if (v == 0)
        return str_dup(a, STR("0s"));
    if (us < 0)
        buf_char(&b, '-');
    if (v < 1000) {
        buf_u64(&b, v);
        buf_cstr(&b, "\xc2\xb5s");
        return buf_take(&b);
    }
    if (v < 1000000) {
        put_fraction(&b, v, 1000);
        buf_cstr(&b, "ms");
        return buf_take(&b);
    }
    uint64_t minutes = v / 60000000;
    if (minutes >= 60) {
        buf_u64(&b, minutes / 60);
        buf_char(&b, 'h');
    }
    if (minutes > 0) {
        buf_u64(&b, minutes % 60);
        buf_char(&b, 'm');
    }
    put_fraction(&b, v % 60000000, 1000000);
    buf_char(&b, 's');
    return buf_take(&b);
}

/* ---- UUIDv7 (RFC 9562, §5.7 and §6.2 method 1): 48 bits of milli-seconds, a 12-bit counter, 62 random bits */

enum status uuid7(char out[UUID_TEXT])
{
    static _Thread_local uint64_t last_ms;
    static _Thread_local unsigned counter;
    uint8_t b[16];
    enum status s = random_bytes(b + 6, sizeof b - 6);
    if (s != OK)
        return s;
    uint64_t ms = (uint64_t)clock_now_us() / 1000;
    if (ms > last_ms) {
        /* The upper bit is left free, so that there is room to count. */
        counter = ((unsigned)b[6] << 8 | b[7]) & 0x7ff;
        last_ms = ms;
    } else if (++counter > 0xfff) {
        /* Used up within a milli-second (or the clock went back): borrow the next one. */
        counter = 0;
        last_ms++;
    }
    for (int i = 0; i < 6; i++)
        b[i] = (uint8_t)(last_ms >> (40 - 8 * i));
    b[6] = (uint8_t)(0x70 | counter >> 8);
    b[7] = (uint8_t)counter;
    b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
    static const char hex[] = "0123456789abcdef";
    char *at = out;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = hex[b[i] >> 4];
        *at++ = hex[b[i] & 15];
    }
    *at = '\0';
    return OK;
}

bool uuid_valid(struct str s)
{
    if (s.n != UUID_TEXT - 1)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = s.p[i], low = (char)(c | 0x20);
        if (dash ? c != '-' : (c < '0' || c > '9') && (low < 'a' || low > 'f'))
            return false;
    }
    return true;
}
