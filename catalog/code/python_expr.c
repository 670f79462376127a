/* Literals and annotations as trees. */
#include "catalog/code/python.h"

#define MAX_DEPTH 16
#define MAX_ITEMS 1000

static bool hex(struct str s, size_t at, size_t digits, uint32_t *out)
{
    *out = 0;
    for (size_t i = at; i < at + digits; i++) {
        char c = i < s.n ? s.p[i] : '\0';
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit > 15)
            return false;
        *out = *out << 4 | digit;
    }
    return true;
}

static void put_utf8(struct buf *b, uint32_t c)
{
    if (c < 0x80) {
        buf_char(b, (char)c);
    } else if (c < 0x800) {
        buf_char(b, (char)(0xc0 | c >> 6));
        buf_char(b, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_char(b, (char)(0xe0 | c >> 12));
        buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(b, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_char(b, (char)(0xf0 | c >> 18));
        buf_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(b, (char)(0x80 | (c & 0x3f)));
    }
}

/* One escape behind its backslash; gives what was used of it, 0 when it is none of those that are understood. */
static size_t escape(struct buf *b, struct str s, size_t at)
{
    static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
    uint32_t c;
    char e = s.p[at];
    const char *simple = e ? strchr(from, e) : NULL;
    if (e == '\n')
        return 1;
    if (simple) {
        buf_char(b, to[simple - from]);
        return 1;
    }
    size_t digits = e == 'x' ? 2 : e == 'u' ? 4 : e == 'U' ? 8 : 0;
    if (digits == 0 || !hex(s, at + 1, digits, &c) || c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    put_utf8(b, c);
    return 1 + digits;
}

bool python_string(struct arena *a, struct str literal, struct str *out)
{
    struct buf b;
    bool raw = false;
    size_t at = 0;
    for (; at < literal.n && literal.p[at] != '"' && literal.p[at] != '\''; at++) {
        if (strchr("bBfFtT", literal.p[at]))
            return false;
        raw = raw || literal.p[at] == 'r' || literal.p[at] == 'R';
    }
    struct str s = str_from(literal, at);
    size_t quotes = s.n >= 6 && s.p[1] == s.p[0] && s.p[2] == s.p[0] ? 3 : 1;
    s = str_sub(s, quotes, s.n - 2 * quotes);
    buf_init(&b, a, CODE_MAX_BYTES + 1);
    for (size_t i = 0; i < s.n;) {
        if (s.p[i] != '\\' || raw || i + 1 >= s.n) {
            buf_char(&b, s.p[i++]);
            continue;
        }
        size_t used = escape(&b, s, i + 1);
        if (used == 0)
            buf_char(&b, '\\'); /* as Python does with one that it does not know */
        i += 1 + used;
    }
    *out = buf_take(&b);
    return true;
}

static struct expr *make(struct reader *r, enum expr_kind kind, struct str text)
{
    struct expr *e = arena_new_of(r->a, struct expr);
    *e = (struct expr){.kind = kind, .text = text, .at = r->next};
    return e;
}

static void push(struct reader *r, struct expr *e, struct expr *item, struct str keyword)
{
    if (e->count % 8 == 0) {
        size_t n = e->count;
        e->items = arena_grow(r->a, e->items, n * sizeof *e->items, (n + 8) * sizeof *e->items);
        e->keywords = arena_grow(r->a, e->keywords, n * sizeof *e->keywords, (n + 8) * sizeof *e->keywords);
    }
    e->items[e->count] = item;
    e->keywords[e->count++] = keyword;
}

static struct expr *not_understood(struct reader *r)
{
    code_error(r->ps, r->next, "syntax", "only literals and names of types can be read here, nothing that is computed",
               "\"%.*s\" is not understood here",
               STR_ARG(r->next->kind == TOKEN_NEWLINE ? STR("end of line") : r->next->text));
    return NULL;
}

/* What is between brackets, behind the opening one; a dictionary has a colon in each entry. */
static bool items(struct reader *r, struct expr *e, const char *close)
{
    while (!python_op(r->next, close)) {
        struct str keyword = STR_NONE;
        if (r->next->kind == TOKEN_NAME && python_op(r->next + 1, "=")) {
            keyword = r->next->text;
            r->next += 2;
        }
        struct expr *item = e->count < MAX_ITEMS ? python_expr(r) : not_understood(r);
        if (!item)
            return false;
        push(r, e, item, keyword);
        if (e->kind == EXPR_DICT && e->count % 2 == 1) {
            if (!python_op(r->next, ":"))
                return not_understood(r) != NULL;
            r->next++;
            continue;
        }
        if (python_op(r->next, ","))
            r->next++;
        else if (!python_op(r->next, close))
            return not_understood(r) != NULL;
    }
    if (e->kind == EXPR_DICT && e->count % 2 == 1)
        return not_understood(r) != NULL;
    r->next++;
    return true;
}

static struct expr *strings(struct reader *r)
{
    struct expr *e = make(r, EXPR_STRING, STR(""));
    for (; r->next->kind == TOKEN_STRING; r->next++) {
        struct str part;
        if (!python_string(r->a, r->next->text, &part))
            return not_understood(r);
        e->text = str_cat(r->a, e->text, part);
    }
    return e;
}

static struct expr *name(struct reader *r)
{
    struct expr *e = make(r, EXPR_NAME, r->next->text);
    r->next++;
    while (python_op(r->next, ".") && r->next[1].kind == TOKEN_NAME) {
        e->text = r->next[1].text;
        r->next += 2;
    }
    if (python_op(r->next, "(") || python_op(r->next, "[")) {
        e->trailer = r->next->text.p[0];
        r->next++;
        return items(r, e, e->trailer == '(' ? ")" : "]") ? e : NULL;
    }
    return e;
}

static struct expr *bracketed(struct reader *r, enum expr_kind kind, const char *close)
{
    struct expr *e = make(r, kind, STR(""));
    r->next++;
    return items(r, e, close) ? e : NULL;
}

static struct expr *primary(struct reader *r)
{
    const struct token *t = r->next;
    bool minus = python_op(t, "-");
    if (t->kind == TOKEN_NUMBER || (minus && t[1].kind == TOKEN_NUMBER)) {
        struct str text = minus ? str_cat(r->a, t->text, t[1].text) : t->text;
        struct expr *e = make(r, EXPR_NUMBER, text);
        r->next += minus ? 2 : 1;
        return e;
    }
    if (t->kind == TOKEN_STRING)
        return strings(r);
    if (t->kind == TOKEN_NAME)
        return name(r);
    if (python_op(t, "["))
        return bracketed(r, EXPR_LIST, "]");
    if (python_op(t, "("))
        return bracketed(r, EXPR_LIST, ")");
    return python_op(t, "{") ? bracketed(r, EXPR_DICT, "}") : not_understood(r);
}

struct expr *python_expr(struct reader *r)
{
    if (r->depth >= MAX_DEPTH)
        return not_understood(r);
    r->depth++;
    struct expr *first = primary(r);
    struct expr *either = NULL;
    while (first && python_op(r->next, "|")) {
        if (!either) {
            either = make(r, EXPR_UNION, STR(""));
            push(r, either, first, STR_NONE);
        }
        r->next++;
        first = primary(r);
        if (first)
            push(r, either, first, STR_NONE);
    }
    r->depth--;
    return first && either ? either : first;
}
