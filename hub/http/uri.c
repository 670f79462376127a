#include "hub/http/uri.h"

#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool uri_decode(struct arena *a, struct str in, bool plus, struct str *out)
{
    *out = in.n ? in : STR("");
    if (in.n == 0)
        return true;
    if (memchr(in.p, '%', in.n) == NULL && !(plus && memchr(in.p, '+', in.n) != NULL))
        return str_utf8(in);
    char *p = arena_alloc(a, in.n);
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == '%') {
            if (in.n - i < 3)
                return false;
            int high = hex_value(in.p[i + 1]), low = hex_value(in.p[i + 2]);
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        p[n++] = c;
    }
    *out = (struct str){p, n};
    return str_utf8(*out); /* NUL counts as invalid there */
}

enum status query_parse(struct arena *a, struct str text, struct param **out, size_t *count, struct err *e)
{
    struct str rest = text, piece;
    size_t room = 1;
    for (size_t i = 0; i < text.n; i++)
        room += text.p[i] == '&';
    if (room > URI_MAX_QUERY)
        return err_set(e, ERR_SYNTAX, "bad_request", "The query has more than %d parameters.", URI_MAX_QUERY);
    *out = arena_array_of(a, room, struct param);
    *count = 0;
    while (rest.n > 0 && str_split(&rest, '&', &piece)) {
        if (piece.n == 0)
            continue;
        ptrdiff_t equals = str_find_char(piece, '=');
        struct param *p = &(*out)[*count];
        struct str value = equals < 0 ? STR("") : str_from(piece, (size_t)equals + 1);
        if (equals >= 0)
            piece = str_sub(piece, 0, (size_t)equals);
        if (!uri_decode(a, piece, true, &p->name) || !uri_decode(a, value, true, &p->value))
            return err_set(e, ERR_SYNTAX, "bad_request", "The query has a bad escape or is not UTF-8.");
        ++*count;
    }
    return OK;
}

/* "." and ".." go away as RFC 3986 §5.2.4 says; escaped dots are dots too. */
static bool put_segment(struct uri *u, struct str segment, bool last)
{
    bool up = str_is(segment, ".."), here = str_is(segment, ".");
    if (up && u->segment_count > 0)
        u->segment_count--;
    if (up || here) {
        if (!last || u->segment_count == 0)
            return true;
        segment = STR("");
    }
    if (u->segment_count == URI_MAX_SEGMENTS)
        return false;
    u->segments[u->segment_count++] = segment;
    return true;
}

static struct str join(struct arena *a, const struct uri *u)
{
    size_t n = 1;
    for (size_t i = 0; i < u->segment_count; i++)
        n += 1 + u->segments[i].n;
    char *p = arena_alloc(a, n), *at = p;
    for (size_t i = 0; i < u->segment_count; i++) {
        *at++ = '/';
        memcpy(at, u->segments[i].p, u->segments[i].n);
        at += u->segments[i].n;
    }
    if (u->segment_count == 0)
        *at++ = '/';
    return (struct str){p, (size_t)(at - p)};
}

/* Takes "http://authority" off an absolute-form target. */
static void take_authority(struct str *target, struct str *authority)
{
    size_t scheme = str_eq_nocase(str_sub(*target, 0, 7), STR("http://"))    ? 7
                    : str_eq_nocase(str_sub(*target, 0, 8), STR("https://")) ? 8
                                                                             : 0;
    if (scheme == 0)
        return;
    struct str rest = str_from(*target, scheme);
    size_t n = 0;
    while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
        n++;
    *authority = str_sub(rest, 0, n);
    *target = str_from(rest, n);
}

enum status uri_parse(struct arena *a, struct str target, struct uri *out, struct err *e)
{
    *out = (struct uri){.authority = STR_NONE};
    take_authority(&target, &out->authority);
    ptrdiff_t mark = str_find_char(target, '?');
    struct str path = mark < 0 ? target : str_sub(target, 0, (size_t)mark);
    struct str query = mark < 0 ? STR("") : str_from(target, (size_t)mark + 1);
    enum status s = query_parse(a, query, &out->query, &out->query_count, e);
    if (s != OK)
        return s;
    if (str_is(path, "*")) {
        out->path = STR("*");
        return OK;
    }
    if (path.n == 0 && out->authority.p != NULL)
        path = STR("/");
    if (!str_starts(path, "/"))
        return err_set(e, ERR_SYNTAX, "bad_request", "The address does not start with a slash.");
    struct str rest = path.n > 1 ? str_from(path, 1) : STR_NONE, piece, segment;
    while (str_split(&rest, '/', &piece)) {
        if (!uri_decode(a, piece, false, &segment))
            return err_set(e, ERR_SYNTAX, "bad_request", "The path has a bad escape or is not UTF-8.");
        if (!put_segment(out, segment, rest.p == NULL))
            return err_set(e, ERR_SYNTAX, "bad_request", "The path has more than %d segments.", URI_MAX_SEGMENTS);
    }
    out->path = join(a, out);
    return OK;
}
