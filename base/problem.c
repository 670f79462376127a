#include "base/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static struct str print(struct arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static struct str print(struct arena *a, const char *format, va_list args)
{
    char text[1024];
    int n = vsnprintf(text, sizeof text, format, args);
    return str_dup(a, str_sub(str_of(text), 0, n < 0 ? 0 : (size_t)n));
}

void problems_init(struct problems *ps, struct arena *a)
{
    *ps = (struct problems){.a = a};
}

/* The entry to fill; a scratch one when the list is full. */
static struct problem *new_entry(struct problems *ps)
{
    if (ps->count == PROBLEMS_MAX) {
        ps->dropped++;
        return arena_new_of(ps->a, struct problem);
    }
    if (ps->count == ps->cap) {
        size_t cap = ps->cap == 0 ? 8 : ps->cap * 2;
        ps->list = arena_grow(ps->a, ps->list, ps->count * sizeof *ps->list, cap * sizeof *ps->list);
        ps->cap = cap;
    }
    return &ps->list[ps->count++];
}

static struct problem *add(struct problems *ps, const struct problem *filled)
{
    struct problem *p = new_entry(ps);
    *p = *filled;
    if (p->severity == SEVERITY_ERROR)
        ps->errors++;
    return p;
}

struct problem *problem_add(struct problems *ps, enum severity s, const char *code, struct str path,
                            const struct node *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct problem p = {
        .severity = s,
        .code = str_dup(ps->a, str_of(code)),
        .message = print(ps->a, format, args),
        .path = str_dup(ps->a, path),
        .line = at == NULL ? 0 : at->line,
        .column = at == NULL ? 0 : at->column,
    };
    va_end(args);
    return add(ps, &p);
}

struct problem *problem_from_err(struct problems *ps, const struct err *e)
{
    struct problem p = {
        .severity = SEVERITY_ERROR,
        .code = str_dup(ps->a, str_of(e->code)),
        .message = str_dup(ps->a, str_of(e->message)),
        .hint = str_dup(ps->a, str_of(e->hint)),
        .line = e->line,
        .column = e->column,
    };
    return add(ps, &p);
}

void problem_hint(struct problems *ps, struct problem *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    p->hint = print(ps->a, format, args);
    va_end(args);
}

void problem_fix(struct problems *ps, struct problem *p, const char *op, struct str pointer, struct node *value)
{
    struct node *step = node_map(ps->a);
    node_put(ps->a, step, "op", node_cstr(ps->a, op));
    node_put_str(ps->a, step, "path", str_dup(ps->a, pointer));
    if (value)
        node_put(ps->a, step, "value", value);
    if (!p->fix)
        p->fix = node_seq(ps->a);
    node_push(ps->a, p->fix, step);
}

struct str pointer_key(struct arena *a, struct str parent, struct str key)
{
    if (str_find_char(key, '~') < 0 && str_find_char(key, '/') < 0)
        return STR_JOIN(a, parent, STR("/"), key);
    struct buf b;
    buf_init(&b, a, 0);
    buf_str(&b, parent);
    buf_char(&b, '/');
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] == '~')
            buf_cstr(&b, "~0");
        else if (key.p[i] == '/')
            buf_cstr(&b, "~1");
        else
            buf_char(&b, key.p[i]);
    }
    return buf_take(&b);
}

struct str pointer_index(struct arena *a, struct str parent, size_t i)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_str(&b, parent);
    buf_char(&b, '/');
    buf_u64(&b, i);
    return buf_take(&b);
}

const char *severity_name(enum severity s)
{
    switch (s) {
    case SEVERITY_ERROR:
        return "error";
    case SEVERITY_WARNING:
        return "warning";
    case SEVERITY_INFO:
        break;
    }
    return "info";
}

static int by_line(const void *x, const void *y)
{
    const struct problem *a = *(const struct problem *const *)x, *b = *(const struct problem *const *)y;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a > b) - (a < b); /* both are in one array, in the order of being found */
}

static const struct problem **sorted(const struct problems *ps)
{
    const struct problem **list = arena_array_of(ps->a, ps->count, const struct problem *);
    for (size_t i = 0; i < ps->count; i++)
        list[i] = &ps->list[i];
    qsort(list, ps->count, sizeof *list, by_line);
    return list;
}

void problems_json(struct json *j, const struct problems *ps)
{
    const struct problem **list = sorted(ps);
    json_array(j);
    for (size_t i = 0; i < ps->count; i++) {
        const struct problem *p = list[i];
        json_object(j);
        json_put_cstr(j, "severity", severity_name(p->severity));
        json_put_str(j, "code", p->code);
        json_put_str(j, "message", p->message);
        json_put_str(j, "path", p->path);
        json_put_int(j, "line", p->line);
        json_put_int(j, "column", p->column);
        json_put_str(j, "hint", p->hint);
        json_put_str(j, "file", p->file);
        if (p->fix) {
            json_key(j, "fix");
            json_node(j, p->fix);
        }
        json_object_end(j);
    }
    json_array_end(j);
}

void problems_text(struct buf *b, const struct problems *ps, const char *file)
{
    const struct problem **list = sorted(ps);
    for (size_t i = 0; i < ps->count; i++) {
        const struct problem *p = list[i];
        struct str where = p->file.n > 0 ? p->file : str_of(file);
        buf_str(b, where);
        if (p->line > 0)
            buf_printf(b, "%s%u:%u", where.n > 0 ? ":" : "", p->line, p->column);
        if (where.n > 0 || p->line > 0)
            buf_cstr(b, ": ");
        buf_printf(b, "%s: ", severity_name(p->severity));
        buf_str(b, p->message);
        buf_cstr(b, " [");
        buf_str(b, p->code);
        buf_cstr(b, "]\n");
        if (p->hint.n > 0) {
            buf_cstr(b, "    hint: ");
            buf_str(b, p->hint);
            buf_char(b, '\n');
        }
    }
    if (ps->dropped > 0)
        buf_printf(b, "and %zu more\n", ps->dropped);
}
