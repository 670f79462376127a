#include "pipeline-creator/tekton/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct faults *faults_new(struct arena *a)
{
    struct faults *f = arena_new_of(a, struct faults);
    f->a = a;
    return f;
}

__attribute__((format(printf, 2, 0))) static struct str format_text(struct arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *p = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
    if (n > 0)
        vsnprintf(p, (size_t)n + 1, format, args);
    return (struct str){p, (size_t)(n < 0 ? 0 : n)};
}

__attribute__((format(printf, 3, 0))) static struct fault *add(struct faults *f, const char *code, const char *format,
                                                               va_list args)
{
    if (f->count == FAULTS_MAX) {
        f->dropped++;
        return arena_new_of(f->a, struct fault);
    }
    if (f->count == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 8;
        f->list = arena_grow(f->a, f->list, f->count * sizeof *f->list, f->cap * sizeof *f->list);
    }
    struct fault *one = &f->list[f->count++];
    *one = (struct fault){.code = code, .message = format_text(f->a, format, args)};
    return one;
}

struct fault *fault_add(struct faults *f, const char *code, const char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct fault *one = add(f, code, format, args);
    va_end(args);
    fault_path(one, str_of(path));
    return one;
}

struct fault *fault_no_path(struct faults *f, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct fault *one = add(f, code, format, args);
    va_end(args);
    return one;
}

void fault_path(struct fault *one, struct str path)
{
    if (one->path_count < FAULT_PATHS_MAX)
        one->paths[one->path_count++] = path;
}

void fault_details(struct faults *f, struct fault *one, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    one->details = format_text(f->a, format, args);
    va_end(args);
}

void fault_missing(struct faults *f, const char *path)
{
    fault_add(f, "missing_field", path, "missing field(s)");
}

void fault_missing_in(struct faults *f, struct str name, const char *suffix)
{
    struct fault *one = fault_no_path(f, "missing_field", "missing field(s)");
    fault_path(one, str_cat(f->a, name, str_of(suffix)));
}

void fault_both(struct faults *f, const char *x, const char *y)
{
    struct fault *one = fault_add(f, "more_than_one", x, "expected exactly one, got both");
    if (y)
        fault_path(one, str_of(y));
}

void fault_neither(struct faults *f, const char *x, const char *y)
{
    struct fault *one = fault_add(f, "not_one", x, "expected exactly one, got neither");
    fault_path(one, str_of(y));
}

void fault_disallowed(struct faults *f, const char *path)
{
    fault_add(f, "disallowed_field", path, "must not set the field(s)");
}

/* Takes the dot-separated parts of `text` onto the path: empty ones vanish, "[…]" goes to the part before it. */
static void put_parts(struct buf *b, struct str text)
{
    struct str part;
    if (!text.p)
        return;
    while (str_split(&text, '.', &part)) {
        if (part.n == 0)
            continue;
        if (b->n && !(str_starts(part, "[") && str_ends(part, "]")))
            buf_char(b, '.');
        buf_str(b, part);
    }
}

static void via(struct faults *f, size_t mark, struct str prefix)
{
    for (size_t i = mark; i < f->count; i++) {
        for (size_t k = 0; k < f->list[i].path_count; k++) {
            struct buf b;
            struct str *path = &f->list[i].paths[k];
            if (path->n + prefix.n > FAULT_PATH_MAX)
                continue;
            buf_init(&b, f->a, 0);
            put_parts(&b, prefix);
            put_parts(&b, *path);
            *path = buf_take(&b);
        }
    }
}

void fault_via(struct faults *f, size_t mark, const char *prefix)
{
    via(f, mark, str_of(prefix));
}

void fault_via_index(struct faults *f, size_t mark, size_t index)
{
    if (mark < f->count)
        via(f, mark, str_printf(f->a, "[%zu]", index));
}

void fault_via_item(struct faults *f, size_t mark, const char *field, size_t index)
{
    if (mark < f->count)
        via(f, mark, str_printf(f->a, "%s.[%zu]", field, index));
}

void fault_via_key(struct faults *f, size_t mark, const char *field, struct str key)
{
    if (mark < f->count)
        via(f, mark, STR_JOIN(f->a, str_of(field), STR(".["), key, STR("]")));
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

void str_sort(struct str *items, size_t count)
{
    if (count > 1)
        qsort(items, count, sizeof *items, by_text);
}

static int by_message(const void *x, const void *y)
{
    const struct fault *const *l = x, *const *r = y;
    int order = str_cmp((*l)->message, (*r)->message);
    return order ? order : str_cmp((*l)->details, (*r)->details);
}

static void put_paths(struct buf *b, struct str *paths, size_t count)
{
    str_sort(paths, count);
    for (size_t i = 0, written = 0; i < count; i++) {
        if (i && str_eq(paths[i], paths[i - 1]))
            continue;
        if (written++)
            buf_cstr(b, ", ");
        buf_str(b, paths[i]);
    }
}

struct str faults_text(struct faults *f)
{
    struct fault **sorted = arena_array_of(f->a, f->count, struct fault *);
    struct str *paths = arena_array_of(f->a, f->count * FAULT_PATHS_MAX, struct str);
    struct buf b;
    buf_init(&b, f->a, 0);
    for (size_t i = 0; i < f->count; i++)
        sorted[i] = &f->list[i];
    if (f->count > 1)
        qsort(sorted, f->count, sizeof(struct fault *), by_message);
    for (size_t i = 0, next; i < f->count; i = next) {
        size_t count = 0;
        for (next = i; next < f->count && by_message(&sorted[i], &sorted[next]) == 0; next++)
            for (size_t k = 0; k < sorted[next]->path_count; k++)
                paths[count++] = sorted[next]->paths[k];
        if (i)
            buf_char(&b, '\n');
        buf_str(&b, sorted[i]->message);
        buf_cstr(&b, ": ");
        put_paths(&b, paths, count);
        if (sorted[i]->details.n) {
            buf_char(&b, '\n');
            buf_str(&b, sorted[i]->details);
        }
    }
    return buf_take(&b);
}

struct str go_quote(struct arena *a, struct str s)
{
    static const char plain[] = "abfnrtv", control[] = "\a\b\f\n\r\t\v";
    struct buf b;
    buf_init(&b, a, 0);
    buf_char(&b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        const char *found = c ? strchr(control, c) : NULL;
        if (found) {
            buf_char(&b, '\\');
            buf_char(&b, plain[found - control]);
        } else if (c < 0x20 || c == 0x7f) {
            buf_printf(&b, "\\x%02x", c);
        } else {
            if (c == '"' || c == '\\')
                buf_char(&b, '\\');
            buf_char(&b, (char)c);
        }
    }
    buf_char(&b, '"');
    return buf_take(&b);
}

struct str go_list(struct arena *a, const struct str *items, size_t count)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_char(&b, '[');
    for (size_t i = 0; i < count && i < FAULT_VALUE_LIST; i++) {
        if (i)
            buf_char(&b, ' ');
        buf_str(&b, items[i]);
    }
    buf_char(&b, ']');
    return buf_take(&b);
}
