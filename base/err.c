#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Copies at most cap - 1 bytes and does not leave half a UTF-8 character at the cut. */
static void put_cut(char *out, size_t cap, const char *text)
{
    size_t n = strlen(text);
    if (n >= cap) {
        n = cap - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
    }
    memcpy(out, text, n);
    out[n] = '\0';
}

/* One byte more than any field, so that put_cut sees that something was cut. Printed here first, because the
   arguments may point into the err that is being filled. */
struct scratch {
    char text[sizeof((struct err *)0)->message + 1];
};

static void print(struct scratch *s, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static void print(struct scratch *s, const char *format, va_list args)
{
    if (vsnprintf(s->text, sizeof s->text, format, args) < 0)
        s->text[0] = '\0';
}

/* For err_hint(NULL, …), so that callers who want no detail still get the status. */
static _Thread_local enum status last_status;

static enum status fill(struct err *e, enum status status, const char *code, const char *message)
{
    last_status = status;
    if (e == NULL)
        return status;
    struct err fresh = {.status = status};
    put_cut(fresh.code, sizeof fresh.code, code);
    put_cut(fresh.message, sizeof fresh.message, message);
    *e = fresh;
    return status;
}

enum status err_set(struct err *e, enum status status, const char *code, const char *format, ...)
{
    struct scratch s;
    va_list args;
    va_start(args, format);
    print(&s, format, args);
    va_end(args);
    return fill(e, status, code, s.text);
}

enum status err_hint(struct err *e, const char *format, ...)
{
    if (e == NULL)
        return last_status;
    struct scratch s;
    va_list args;
    va_start(args, format);
    print(&s, format, args);
    va_end(args);
    put_cut(e->hint, sizeof e->hint, s.text);
    return e->status;
}

enum status err_errno(struct err *e, int errnum, const char *code, const char *format, ...)
{
    struct scratch s;
    va_list args;
    va_start(args, format);
    print(&s, format, args);
    va_end(args);

    char reason[128];
    const char *why = strerror_r(errnum, reason, sizeof reason);
    size_t n = strlen(s.text);
    snprintf(s.text + n, sizeof s.text - n, ": %s", why);
    return fill(e, errnum == ENOMEM ? ERR_NOMEM : errnum == ENOENT ? ERR_NOT_FOUND : ERR_IO, code, s.text);
}
