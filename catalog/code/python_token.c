#include <stdarg.h>
#include <stdio.h>

#include "catalog/code/python.h"

void code_error(struct problems *ps, const struct token *at, const char *code, const char *hint, const char *format,
                ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct problem *p = problem_add(ps, SEVERITY_ERROR, code, STR("/source"), NULL, "%s", message);
    if (at) {
        p->line = at->line;
        p->column = at->column;
    }
    if (hint)
        problem_hint(ps, p, "%s", hint);
}

struct lexer {
    struct problems *ps;
    struct str s;
    size_t at, line_start, depth;
    unsigned line;
    struct token *list;
    size_t count, cap;
    bool fresh;        /* nothing of the logical line yet */
    size_t open_token; /* which one opened the outermost bracket */
};

static char peek(const struct lexer *x, size_t ahead)
{
    return x->at + ahead < x->s.n ? x->s.p[x->at + ahead] : '\0';
}

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

static struct token *add(struct lexer *x, enum token_kind kind, size_t n)
{
    if (x->count == x->cap) {
        size_t cap = x->cap ? x->cap * 2 : 256;
        x->list = arena_grow(x->ps->a, x->list, x->cap * sizeof *x->list, cap * sizeof *x->list);
        x->cap = cap;
    }
    struct token *t = &x->list[x->count++];
    *t = (struct token){.kind = kind,
                        .text = str_sub(x->s, x->at, n),
                        .line = x->line,
                        .column = (unsigned)(x->at - x->line_start) + 1,
                        .first = x->fresh};
    x->fresh = kind == TOKEN_NEWLINE;
    return t;
}

static void new_line(struct lexer *x)
{
    x->line++;
    x->line_start = x->at;
}

/* The length of a string's prefix (r, b, f, u and pairs of them), when a quote follows. */
static bool string_prefix(const struct lexer *x, size_t *n)
{
    size_t i = 0;
    while (i < 3 && peek(x, i) != '\0' && strchr("rRbBuUfFtT", peek(x, i)) != NULL)
        i++;
    *n = i;
    return i < 3 && (peek(x, i) == '"' || peek(x, i) == '\'');
}

static bool string(struct lexer *x, size_t prefix)
{
    struct token *t = add(x, TOKEN_STRING, 0);
    size_t begin = x->at, index = x->count - 1;
    x->at += prefix;
    char quote = peek(x, 0);
    size_t quotes = peek(x, 1) == quote && peek(x, 2) == quote ? 3 : 1;
    x->at += quotes;
    while (x->at < x->s.n) {
        char c = peek(x, 0);
        bool ends = c == quote && (quotes == 1 || (peek(x, 1) == quote && peek(x, 2) == quote));
        if (ends) {
            x->at += quotes;
            x->list[index].text = str_sub(x->s, begin, x->at - begin);
            return true;
        }
        if (c == '\n' && quotes == 1)
            break;
        size_t step = c == '\\' && x->at + 1 < x->s.n ? 2 : 1;
        bool breaks = c == '\n' || (step == 2 && peek(x, 1) == '\n');
        x->at += step;
        if (breaks)
            new_line(x);
    }
    code_error(x->ps, t, "syntax", NULL, "this string is not closed");
    return false;
}

static void number(struct lexer *x)
{
    size_t n = 1;
    while (name_char(peek(x, n)) || peek(x, n) == '.' ||
           ((peek(x, n) == '+' || peek(x, n) == '-') && strchr("eE", peek(x, n - 1)) && peek(x, 1) != 'x'))
        n++;
    (void)add(x, TOKEN_NUMBER, n);
    x->at += n;
}

static bool operator(struct lexer *x)
{
    static const char *const pairs[] = {"->", "**", ":=", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "|=", "&="};
    size_t n = 1;
    char c = peek(x, 0);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (c == pairs[i][0] && peek(x, 1) == pairs[i][1])
            n = 2;
    struct token *t = add(x, TOKEN_OP, n);
    x->at += n;
    if (c == '(' || c == '[' || c == '{') {
        x->open_token = x->depth++ == 0 ? x->count - 1 : x->open_token;
    } else if (c == ')' || c == ']' || c == '}') {
        if (x->depth == 0) {
            code_error(x->ps, t, "syntax", NULL, "nothing is opened that this %c closes", c);
            return false;
        }
        x->depth--;
    }
    return true;
}

static void line_end(struct lexer *x)
{
    if (x->depth == 0 && !x->fresh)
        (void)add(x, TOKEN_NEWLINE, 0);
    x->at++;
    new_line(x);
}

static bool step(struct lexer *x)
{
    size_t prefix;
    char c = peek(x, 0);
    if (c == '\n') {
        line_end(x);
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
        x->at++;
    } else if (c == '#') {
        while (x->at < x->s.n && peek(x, 0) != '\n')
            x->at++;
    } else if (c == '\\' && (peek(x, 1) == '\n' || (peek(x, 1) == '\r' && peek(x, 2) == '\n'))) {
        x->at += peek(x, 1) == '\n' ? 2 : 3;
        new_line(x);
    } else if (string_prefix(x, &prefix)) {
        return string(x, prefix);
    } else if ((c >= '0' && c <= '9') || (c == '.' && peek(x, 1) >= '0' && peek(x, 1) <= '9')) {
        number(x);
    } else if (name_char(c)) {
        size_t n = 1;
        while (name_char(peek(x, n)))
            n++;
        (void)add(x, TOKEN_NAME, n);
        x->at += n;
    } else {
        return operator(x);
    }
    return true;
}

struct token *python_tokens(struct problems *ps, struct str source, size_t *count)
{
    struct lexer x = {.ps = ps, .s = source, .line = 1, .fresh = true};
    if (str_starts(source, "\xef\xbb\xbf"))
        x.at = x.line_start = 3;
    while (x.at < x.s.n)
        if (!step(&x))
            return NULL;
    if (x.depth > 0) {
        code_error(ps, &x.list[x.open_token], "syntax", NULL, "this %c is not closed", x.list[x.open_token].text.p[0]);
        return NULL;
    }
    if (!x.fresh)
        (void)add(&x, TOKEN_NEWLINE, 0);
    (void)add(&x, TOKEN_END, 0);
    *count = x.count;
    return x.list;
}

bool python_op(const struct token *t, const char *text)
{
    return t->kind == TOKEN_OP && str_is(t->text, text);
}

bool python_name(const struct token *t, const char *text)
{
    return t->kind == TOKEN_NAME && str_is(t->text, text);
}
