#include "base/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

/* Written once before threads start; atomic, so that a late log_setup() in a test is no race. */
static atomic_int log_level = LOG_INFO;
static atomic_bool log_as_text;

void log_setup(enum log_level level, enum log_format format)
{
    atomic_store(&log_level, (int)level);
    atomic_store(&log_as_text, format == LOG_TEXT || (format == LOG_AUTO && isatty(STDERR_FILENO) == 1));
}

bool log_enabled(enum log_level level)
{
    return (int)level >= atomic_load_explicit(&log_level, memory_order_relaxed);
}

/* A line that is being made. The last bytes are kept for the end of the line, so that one that is cut is still whole
   JSON: values are cut, fields behind that are left out. */
#define TAIL 8
struct line {
    size_t n;
    bool cut;
    char p[LOG_MAX];
};

static size_t room(const struct line *l)
{
    return sizeof l->p - TAIL - l->n;
}

static void put(struct line *l, const char *p, size_t n)
{
    if (n > room(l)) {
        l->cut = true;
        return;
    }
    memcpy(l->p + l->n, p, n);
    l->n += n;
}

static void put_cstr(struct line *l, const char *s)
{
    put(l, s, strlen(s));
}

/* The escape of a character that cannot stand as it is; its length, 0 when it can. */
static size_t escape(unsigned char c, char out[6])
{
    static const char hex[] = "0123456789abcdef";
    const char *named = c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\t' ? "\\t" : NULL;
    if (named != NULL) {
        memcpy(out, named, 2);
        return 2;
    }
    if (c >= 0x20 && c != 0x7f)
        return 0;
    memcpy(out, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
    return 6;
}

/* A string between quotes; the last quote always fits, since every piece leaves room for it. */
static void put_quoted(struct line *l, struct str s)
{
    if (room(l) < 2) {
        l->cut = true;
        return;
    }
    put(l, "\"", 1);
    for (size_t i = 0; i < s.n;) {
        char escaped[6];
        uint32_t c;
        size_t len = utf8_next(s.p + i, s.n - i, &c);
        const char *piece = s.p + i;
        size_t n = len;
        if (len == 0) {
            piece = "\xef\xbf\xbd"; /* U+FFFD for a byte that belongs to no character */
            n = 3;
        } else if (len == 1 && escape((unsigned char)s.p[i], escaped) > 0) {
            piece = escaped;
            n = escape((unsigned char)s.p[i], escaped);
        }
        if (n + 1 > room(l)) {
            l->cut = true;
            break;
        }
        put(l, piece, n);
        i += len > 0 ? len : 1;
    }
    put(l, "\"", 1);
}

static void put_int(struct line *l, int64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (v < 0)
        put(l, "-", 1);
    put(l, digits + at, sizeof digits - at);
}

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    return names[level];
}

static void json_line(struct line *l, enum log_level level, const char *msg, const struct log_field *fields, size_t n)
{
    char now[TIME_TEXT];
    put_cstr(l, "{\"time\":");
    put_quoted(l, (struct str){now, time_text(clock_now_us(), now)});
    put_cstr(l, ",\"level\":");
    put_quoted(l, str_of(level_name(level)));
    put_cstr(l, ",\"msg\":");
    put_quoted(l, str_of(msg));
    for (size_t i = 0; i < n && !l->cut; i++) {
        struct str key = str_of(fields[i].key);
        if (key.n + 32 > room(l)) /* the key, and a number or the start of a text */
            break;
        put(l, ",", 1);
        put_quoted(l, key);
        put(l, ":", 1);
        if (fields[i].type == LOG_FIELD_STR)
            put_quoted(l, fields[i].s);
        else
            put_int(l, fields[i].i);
    }
    memcpy(l->p + l->n, "}\n", 2);
    l->n += 2;
}

/* A value that a person reads without quotes. */
static bool bare(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '"' || s.p[i] == '=' || s.p[i] == '\\' ||
            (unsigned char)s.p[i] >= 0x7f)
            return false;
    return s.n > 0;
}

/* "09:15:00.123 info  listening host=localhost port=8080" */
static void text_line(struct line *l, enum log_level level, const char *msg, const struct log_field *fields, size_t n)
{
    char now[TIME_TEXT];
    time_text(clock_now_us(), now);
    put(l, now + 11, 12);
    put(l, " ", 1);
    put_cstr(l, level_name(level));
    put(l, "  ", level == LOG_INFO || level == LOG_WARN ? 2 : 1);
    put_cstr(l, msg);
    for (size_t i = 0; i < n && !l->cut; i++) {
        put(l, " ", 1);
        put_cstr(l, fields[i].key);
        put(l, "=", 1);
        if (fields[i].type == LOG_FIELD_INT)
            put_int(l, fields[i].i);
        else if (bare(fields[i].s) && fields[i].s.n <= room(l))
            put(l, fields[i].s.p, fields[i].s.n);
        else
            put_quoted(l, fields[i].s);
    }
    l->p[l->n++] = '\n';
}

void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t n)
{
    if (!log_enabled(level))
        return;
    int saved = errno;
    struct line l;
    l.n = 0;
    l.cut = false;
    if (atomic_load_explicit(&log_as_text, memory_order_relaxed))
        text_line(&l, level, msg, fields, n);
    else
        json_line(&l, level, msg, fields, n);
    /* One write, so that lines of threads do not mix. Where it cannot be written there is nobody to tell. */
    ssize_t written;
    do
        written = write(STDERR_FILENO, l.p, l.n);
    while (written < 0 && errno == EINTR);
    errno = saved;
}
