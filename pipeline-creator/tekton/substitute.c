#include "pipeline-creator/tekton/substitute.h"

#include <string.h>

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* "[*]", "[3]", "['x.y']" at s[at]; returns what follows, 0 when it is none of them. */
static size_t parse_bracket(struct str s, size_t at, struct subst_ref *out)
{
    ptrdiff_t close = str_find_char(str_from(s, at), ']');
    if (close < 2)
        return 0;
    struct str inner = str_sub(s, at + 1, (size_t)close - 1);
    size_t after = at + (size_t)close + 1;
    char quote = inner.p[0];
    if (quote == '\'' || quote == '"') {
        if (inner.n < 3 || inner.p[inner.n - 1] != quote || out->parts == SUBST_PARTS)
            return 0;
        out->part[out->parts++] = str_sub(inner, 1, inner.n - 2);
        return after;
    }
    if (after != s.n) /* an index stands at the end */
        return 0;
    if (str_is(inner, "*")) {
        out->index = SUBST_STAR;
        return after;
    }
    uint64_t at_value;
    if (!str_u64(inner, &at_value) || at_value > SIZE_MAX / 2)
        return 0;
    out->index = SUBST_AT;
    out->at = (size_t)at_value;
    return after;
}

bool subst_parse(struct str text, struct subst_ref *out)
{
    *out = (struct subst_ref){.text = text};
    size_t i = 0;
    while (i < text.n) {
        if (text.p[i] == '[') {
            i = out->parts ? parse_bracket(text, i, out) : 0;
            if (!i)
                return false;
            continue;
        }
        if (text.p[i] == '.') {
            if (!i || i + 1 == text.n)
                return false;
            i++;
        } else if (i) {
            return false;
        }
        size_t start = i;
        while (i < text.n && name_char(text.p[i]))
            i++;
        if (i == start || out->parts == SUBST_PARTS)
            return false;
        out->part[out->parts++] = str_sub(text, start, i - start);
    }
    return out->parts > 0;
}

struct str subst_rest(struct arena *a, const struct subst_ref *ref, size_t from)
{
    struct str joined = from < ref->parts ? ref->part[from] : STR_NONE;
    for (size_t i = from + 1; i < ref->parts; i++)
        joined = str_printf(a, "%.*s.%.*s", STR_ARG(joined), STR_ARG(ref->part[i]));
    return joined;
}

static const struct node *missing(const struct subst *s, const struct subst_ref *ref, const char *what)
{
    if (s->err && s->err->status == OK) {
        enum status ignored = err_set(s->err, ERR_INVALID, "bad_reference", "$(%.*s) %s", STR_ARG(ref->text), what);
        (void)ignored;
    }
    return NULL;
}

const struct node *subst_value(const struct subst *s, const struct subst_ref *ref)
{
    size_t used = ref->parts;
    const struct node *n = s->find(s->context, ref, &used);
    if (used > ref->parts)
        return n;
    for (; n && used < ref->parts; used++) {
        if (!node_is_map(n))
            return missing(s, ref, "names a key of something that has no keys");
        n = node_get_str(n, ref->part[used]);
        if (!n)
            return missing(s, ref, "names a key that is not there");
    }
    if (!n || ref->index != SUBST_AT)
        return n;
    if (!node_is_seq(n))
        return missing(s, ref, "has an index, but the value is not a list");
    n = node_at(n, ref->at);
    return n ? n : missing(s, ref, "is beyond the end of the list");
}

/* Longer than any name in a cluster. Without an end to it, looking for the ends of very many would take for ever. */
#define REFERENCE_MAX 4096

/* The next "$(…)" that can be a reference, from *at on. Moves *at behind it; *start is where the "$" stands. */
static bool next_reference(struct str text, size_t *at, size_t *start, struct subst_ref *ref)
{
    while (*at + 2 < text.n) {
        const char *dollar = memchr(text.p + *at, '$', text.n - *at - 2);
        if (!dollar)
            return false;
        *start = (size_t)(dollar - text.p);
        *at = *start + 1;
        if (text.p[*start + 1] != '(')
            continue;
        struct str rest = str_sub(text, *start + 2, REFERENCE_MAX);
        ptrdiff_t close = str_find_char(rest, ')');
        if (close < 1 || !subst_parse(str_sub(rest, 0, (size_t)close), ref))
            continue;
        *at = *start + 2 + (size_t)close + 1;
        return true;
    }
    return false;
}

static void put_value(struct buf *b, const struct node *n)
{
    if (node_is_scalar(n))
        buf_str(b, node_text(n));
    else
        node_write_json(b, n);
}

struct str subst_text(struct arena *a, const struct subst *s, struct str text)
{
    struct subst_ref ref;
    size_t at = 0, start, copied = 0;
    struct buf b = {0};
    while (next_reference(text, &at, &start, &ref)) {
        const struct node *value = subst_value(s, &ref);
        if (!value)
            continue;
        if (!b.a)
            buf_init(&b, a, 0);
        buf_str(&b, str_sub(text, copied, start - copied));
        put_value(&b, value);
        copied = at;
    }
    if (!b.a)
        return text;
    buf_str(&b, str_from(text, copied));
    if (b.over)
        arena_fail(a, ERR_LIMIT);
    return buf_take(&b);
}

/* The value when the text is nothing but one reference to a list or map. */
static const struct node *isolated(const struct subst *s, struct str text)
{
    struct subst_ref ref;
    size_t at = 0, start;
    if (!str_starts(text, "$(") || !next_reference(text, &at, &start, &ref) || start || at != text.n)
        return NULL;
    const struct node *value = subst_value(s, &ref);
    return node_is_scalar(value) ? NULL : value;
}

static struct node *shared(const struct node *n)
{
    union {
        const struct node *in;
        struct node *out;
    } u = {.in = n}; /* trees share parts and nothing here changes them */
    return u.out;
}

static struct node *subst_scalar(struct arena *a, const struct subst *s, struct node *n)
{
    if (node_is_null(n) || str_find(n->text, STR("$(")) < 0)
        return n;
    const struct node *whole = isolated(s, n->text);
    if (whole)
        return shared(whole);
    struct str text = subst_text(a, s, n->text);
    if (text.p == n->text.p)
        return n;
    struct node *made = node_str(a, text);
    made->line = n->line;
    made->column = n->column;
    return made;
}

struct node *subst_node(struct arena *a, const struct subst *s, struct node *n)
{
    if (!n || n->kind == NODE_SCALAR)
        return n ? subst_scalar(a, s, n) : NULL;
    struct node *made = n->kind == NODE_SEQ ? node_seq(a) : node_map(a);
    made->line = n->line;
    made->column = n->column;
    for (size_t i = 0; i < n->count; i++) {
        if (n->kind == NODE_MAP) {
            node_set(a, made, n->pairs[i].key, subst_node(a, s, n->pairs[i].value));
            continue;
        }
        const struct node *whole = node_is_scalar(n->items[i]) ? isolated(s, node_text(n->items[i])) : NULL;
        if (!node_is_seq(whole)) {
            node_push(a, made, subst_node(a, s, n->items[i]));
            continue;
        }
        for (size_t k = 0; k < whole->count; k++)
            node_push(a, made, whole->items[k]);
    }
    return made;
}

void subst_each(const struct node *n, void (*see)(void *context, const struct subst_ref *ref), void *context)
{
    if (!n)
        return;
    if (n->kind == NODE_SCALAR) {
        struct subst_ref ref;
        size_t at = 0, start;
        while (next_reference(n->text, &at, &start, &ref))
            see(context, &ref);
        return;
    }
    for (size_t i = 0; i < n->count; i++)
        subst_each(n->kind == NODE_SEQ ? n->items[i] : n->pairs[i].value, see, context);
}

struct str subst_expand_env(struct arena *a, const struct node *env, struct str text)
{
    if (str_find_char(text, '$') < 0)
        return text;
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < text.n; i++) {
        char next = i + 1 < text.n ? text.p[i + 1] : '\0';
        if (text.p[i] != '$' || (next != '$' && next != '(')) {
            buf_char(&b, text.p[i]);
            continue;
        }
        if (next == '$') {
            buf_char(&b, '$');
            i++;
            continue;
        }
        ptrdiff_t close = str_find_char(str_from(text, i + 2), ')');
        struct str name = close < 0 ? STR_NONE : str_sub(text, i + 2, (size_t)close);
        const struct node *value = close < 0 ? NULL : node_get_str(env, name);
        if (!value) {
            buf_char(&b, '$');
            continue;
        }
        buf_str(&b, node_text(value));
        i += 2 + name.n;
    }
    if (b.over)
        arena_fail(a, ERR_LIMIT);
    return buf_take(&b);
}
