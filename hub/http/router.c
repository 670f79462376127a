#include "hub/http/router.h"

#include <stdlib.h>
#include <string.h>

struct piece {
    struct str text;
    bool param;
};

struct entry {
    const struct route *route;
    struct piece *pieces;
    size_t count;
};

struct router {
    struct entry *entries;              /* by number of segments, then literals first */
    size_t first[URI_MAX_SEGMENTS + 2]; /* entries of n segments: first[n] up to first[n + 1] */
};

static const char *const method_names[METHOD_COUNT] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

enum method method_of(struct str name)
{
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (str_is(name, method_names[m]))
            return (enum method)m;
    }
    return METHOD_COUNT;
}

const char *method_name(enum method m)
{
    return m < METHOD_COUNT ? method_names[m] : "OTHER";
}

static enum status compile(struct arena *a, const struct route *route, struct entry *out, struct err *e)
{
    *out = (struct entry){route, arena_array_of(a, URI_MAX_SEGMENTS, struct piece), 0};
    struct str pattern = str_of(route->pattern), rest, text;
    rest = pattern.n > 1 ? str_from(pattern, 1) : STR_NONE;
    if (!str_starts(pattern, "/") || route->handle == NULL || (unsigned)route->method >= METHOD_COUNT)
        return err_set(e, ERR_INVALID, "bad_route", "The route '%.*s' is not complete.", STR_ARG(pattern));
    while (str_split(&rest, '/', &text)) {
        bool param = text.n > 2 && text.p[0] == '{' && text.p[text.n - 1] == '}';
        bool braces = str_find_char(text, '{') >= 0 || str_find_char(text, '}') >= 0;
        if (text.n == 0 || (braces && !param) || out->count == URI_MAX_SEGMENTS)
            return err_set(e, ERR_INVALID, "bad_route", "The route '%.*s' has a bad segment.", STR_ARG(pattern));
        if (param)
            text = str_sub(text, 1, text.n - 2);
        out->pieces[out->count++] = (struct piece){text, param};
    }
    return OK;
}

/* Order of looking: fewer segments first; then, at the first segment that differs, the literal before the parameter. */
static int compare(const void *x, const void *y)
{
    const struct entry *a = x, *b = y;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (size_t i = 0; i < a->count; i++) {
        if (a->pieces[i].param != b->pieces[i].param)
            return a->pieces[i].param ? 1 : -1;
        int d = a->pieces[i].param ? 0 : str_cmp(a->pieces[i].text, b->pieces[i].text);
        if (d != 0)
            return d;
    }
    return a->route->method < b->route->method ? -1 : a->route->method > b->route->method;
}

enum status router_new(struct arena *a, const struct route_table *tables, size_t count, struct router **out,
                       struct err *e)
{
    size_t total = 0, n = 0;
    for (size_t t = 0; t < count; t++)
        total += tables[t].count;
    struct router *r = arena_new_of(a, struct router);
    r->entries = arena_array_of(a, total + 1, struct entry);
    for (size_t t = 0; t < count; t++) {
        for (size_t i = 0; i < tables[t].count; i++) {
            enum status s = compile(a, &tables[t].routes[i], &r->entries[n++], e);
            if (s != OK)
                return s;
        }
    }
    if (total > 0)
        qsort(r->entries, total, sizeof *r->entries, compare);
    for (size_t i = 1; i < total; i++) {
        if (compare(&r->entries[i - 1], &r->entries[i]) == 0)
            return err_set(e, ERR_INVALID, "bad_route", "The route '%s %s' is there twice.",
                           method_name(r->entries[i].route->method), r->entries[i].route->pattern);
    }
    size_t at = 0;
    for (size_t segments = 0; segments <= URI_MAX_SEGMENTS + 1; segments++) {
        while (at < total && r->entries[at].count < segments)
            at++;
        r->first[segments] = at;
    }
    *out = r;
    return OK;
}

static bool matches(const struct entry *entry, const struct str *segments)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct piece *p = &entry->pieces[i];
        if (p->param ? segments[i].n == 0 : !str_eq(p->text, segments[i]))
            return false;
    }
    return true;
}

const struct route *router_find(const struct router *r, enum method method, const struct str *segments, size_t count,
                                struct param *params, size_t *param_count, unsigned *allow)
{
    enum method wanted = method == METHOD_HEAD ? METHOD_GET : method;
    *allow = 0;
    *param_count = 0;
    if (count > URI_MAX_SEGMENTS)
        return NULL;
    for (size_t i = r->first[count]; i < r->first[count + 1]; i++) {
        const struct entry *entry = &r->entries[i];
        if (!matches(entry, segments))
            continue;
        *allow |= 1u << entry->route->method;
        if (entry->route->method != wanted)
            continue;
        for (size_t k = 0; k < entry->count; k++) {
            if (entry->pieces[k].param)
                params[(*param_count)++] = (struct param){entry->pieces[k].text, segments[k]};
        }
        return entry->route;
    }
    return NULL;
}

struct str router_allow(struct arena *a, unsigned allow)
{
    struct buf b;
    buf_init(&b, a, 128);
    if (allow & 1u << METHOD_GET)
        allow |= 1u << METHOD_HEAD;
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (allow & 1u << m) {
            buf_cstr(&b, method_names[m]);
            buf_cstr(&b, ", ");
        }
    }
    buf_cstr(&b, "OPTIONS");
    return buf_take(&b);
}
