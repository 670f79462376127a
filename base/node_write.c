/*
 * Nodes to YAML and JSON.
 *
 * Block style as kubectl prints it: two spaces, the items of a list at the column of their key. A string is written
 * plain when no reader of YAML takes it for anything else, as a literal block when it has lines, else quoted.
 */
#include <string.h>

#include "base/json.h"
#include "base/scalar.h"
#include "base/utf8.h"

/* libyaml and PyYAML look at most 1,024 characters ahead for the ":" of a key. */
#define KEY_MAX 1000

static void put_indent(struct buf *b, size_t n)
{
    static const char spaces[] = "                                                                ";
    for (; n > sizeof spaces - 1; n -= sizeof spaces - 1)
        buf_put(b, spaces, sizeof spaces - 1);
    buf_put(b, spaces, n);
}

/* ---- looking at a string */

struct look {
    bool lines;   /* has a newline */
    bool tabs;    /* has a tab */
    bool special; /* only double quotes can carry it */
    bool escapes; /* has " or \, which double quotes would have to escape */
    bool splits;  /* has ": " or " #", or ends in ":" or a space */
    bool blank;   /* no character but white space */
};

/* Not printable, a line break to YAML 1.1 (NEL, LS, PS), or a byte order mark. */
static bool is_special(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 ||
           c == 0xfeff || c == 0xfffe || c == 0xffff;
}

/* Most bytes of most texts: neither white space nor anything that look_at() has to look at. */
static bool is_calm(char c)
{
    return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != ':';
}

static struct look look_at(struct str s)
{
    struct look l = {.blank = true};
    size_t i = 0;
    for (;;) {
        size_t start = i;
        while (i < s.n && is_calm(s.p[i]))
            i++;
        l.blank &= i == start;
        if (i == s.n)
            return l;
        uint32_t c;
        size_t len = utf8_next(s.p + i, s.n - i, &c);
        if (len == 0 || is_special(c)) {
            l.special = true;
            return l;
        }
        char next = i + 1 < s.n ? s.p[i + 1] : ' ';
        l.lines |= c == '\n';
        l.tabs |= c == '\t';
        l.escapes |= c == '"' || c == '\\';
        l.splits |= (c == ':' && (next == ' ' || next == '\n' || next == '\t')) || (c == ' ' && next == '#');
        l.blank &= c == ' ' || c == '\n' || c == '\t';
        i += len;
    }
}

static bool may_start_plain(struct str s)
{
    switch (s.p[0]) {
    case '-': /* an option is fine, an item of a list or the start of a document is not */
        return s.n > 1 && s.p[1] != ' ' && !str_starts(s, "---");
    case '.':
        return !str_starts(s, "...");
    case ' ':
    case '?':
    case ':':
    case ',':
    case '[':
    case ']':
    case '{':
    case '}':
    case '#':
    case '&':
    case '*':
    case '!':
    case '|':
    case '>':
    case '\'':
    case '"':
    case '%':
    case '@':
    case '`':
        return false;
    default:
        return true;
    }
}

/* May stand without quotes, in block context. */
static bool plain_ok(struct str s, const struct look *l)
{
    if (s.n == 0 || l->special || l->lines || l->tabs || l->splits)
        return false;
    return may_start_plain(s) && s.p[s.n - 1] != ' ' && !scalar_ambiguous(s);
}

/* May be a literal block. Lines of only white space at either end would need more care than quotes do. */
static bool literal_ok(struct str s, const struct look *l)
{
    if (!l->lines || l->special || l->blank)
        return false;
    char last = s.p[s.n - 1];
    if (last == ' ' || last == '\t')
        return false;
    size_t end = s.n;
    while (end > 0 && s.p[end - 1] == '\n')
        end--;
    size_t start = end;
    while (start > 0 && s.p[start - 1] != '\n')
        start--;
    return str_trim(str_sub(s, start, end - start)).n > 0;
}

/* ---- writing a string */

static void put_double(struct buf *b, struct str s)
{
    size_t start = 0, i = 0;
    buf_char(b, '"');
    while (i < s.n) {
        uint32_t c = 0;
        size_t len = utf8_next(s.p + i, s.n - i, &c);
        const char *escape = c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\t' ? "\\t" : NULL;
        if (len > 0 && escape == NULL && !is_special(c)) {
            i += len;
            continue;
        }
        buf_put(b, s.p + start, i - start);
        if (len == 0)
            buf_cstr(b, "\xef\xbf\xbd"); /* U+FFFD for a byte that belongs to no character */
        else if (escape != NULL)
            buf_cstr(b, escape);
        else if (c == '\r')
            buf_cstr(b, "\\r");
        else
            buf_printf(b, "\\u%04X", (unsigned)c);
        i += len > 0 ? len : 1;
        start = i;
    }
    buf_put(b, s.p + start, s.n - start);
    buf_char(b, '"');
}

static void put_single(struct buf *b, struct str s)
{
    ptrdiff_t at;
    buf_char(b, '\'');
    while ((at = str_find_char(s, '\'')) >= 0) {
        buf_put(b, s.p, (size_t)at + 1);
        buf_char(b, '\'');
        s = str_from(s, (size_t)at + 1);
    }
    buf_str(b, s);
    buf_char(b, '\'');
}

/* `indent` is where the lines of the text start; it is two more than the map or list that the string is in, which is
   what the indicator counts from. */
static void put_literal(struct buf *b, struct str s, size_t indent)
{
    buf_char(b, '|');
    if (s.p[0] == ' ' || s.p[0] == '\n' || s.p[0] == '\t')
        buf_char(b, '2');
    if (s.p[s.n - 1] != '\n')
        buf_char(b, '-');
    else if (s.n > 1 && s.p[s.n - 2] == '\n')
        buf_char(b, '+');
    for (struct str line; str_split(&s, '\n', &line);) {
        if (s.p == NULL && line.n == 0)
            break; /* behind the last newline */
        buf_char(b, '\n');
        if (line.n > 0)
            put_indent(b, indent);
        buf_str(b, line);
    }
}

/* indent: that of the map or list it is in. */
static void put_text(struct buf *b, struct str s, size_t indent, bool key)
{
    struct look l = look_at(s);
    if (plain_ok(s, &l))
        buf_str(b, s);
    else if (!key && literal_ok(s, &l))
        put_literal(b, s, indent + 2);
    else if (l.escapes && !l.special && !l.lines && !l.tabs)
        put_single(b, s);
    else
        put_double(b, s);
}

static void put_scalar(struct buf *b, const struct node *n, size_t indent)
{
    struct number v;
    if (n->type == SCALAR_STR) {
        put_text(b, n->text, indent, false);
        return;
    }
    scalar_canonical(n, &v);
    buf_put(b, v.text, v.n);
}

/* ---- writing maps and lists */

static void put_map(struct buf *b, const struct node *map, size_t indent);
static void put_seq(struct buf *b, const struct node *seq, size_t indent);

/* True when it fits on the rest of a line: then it is written, with the newline. */
static bool put_inline(struct buf *b, const struct node *n, size_t indent)
{
    if (n != NULL && n->kind != NODE_SCALAR && n->count > 0)
        return false;
    if (n == NULL)
        buf_cstr(b, "null");
    else if (n->kind == NODE_SCALAR)
        put_scalar(b, n, indent);
    else
        buf_cstr(b, n->kind == NODE_MAP ? "{}" : "[]");
    buf_char(b, '\n');
    return true;
}

/* A key, up to and with its ":". One that is too long to be seen as a key is announced by "? ". */
static void put_key(struct buf *b, struct str key, size_t indent)
{
    size_t start = b->n;
    put_text(b, key, indent, true);
    if (b->n - start > KEY_MAX) {
        b->n = start;
        buf_cstr(b, "? ");
        put_text(b, key, indent, true);
        buf_char(b, '\n');
        put_indent(b, indent);
    }
    buf_char(b, ':');
}

/* The first line's indent is written already. */
static void put_map(struct buf *b, const struct node *map, size_t indent)
{
    for (size_t i = 0; i < map->count && !b->over; i++) {
        const struct node *value = map->pairs[i].value;
        if (i > 0)
            put_indent(b, indent);
        put_key(b, map->pairs[i].key, indent);
        if (value == NULL || value->kind == NODE_SCALAR || value->count == 0) {
            buf_char(b, ' ');
            put_inline(b, value, indent);
            continue;
        }
        buf_char(b, '\n');
        put_indent(b, value->kind == NODE_MAP ? indent + 2 : indent);
        if (value->kind == NODE_MAP)
            put_map(b, value, indent + 2);
        else
            put_seq(b, value, indent);
    }
}

static void put_seq(struct buf *b, const struct node *seq, size_t indent)
{
    for (size_t i = 0; i < seq->count && !b->over; i++) {
        const struct node *item = seq->items[i];
        if (i > 0)
            put_indent(b, indent);
        buf_cstr(b, "- ");
        if (put_inline(b, item, indent))
            continue;
        if (item->kind == NODE_MAP)
            put_map(b, item, indent + 2);
        else
            put_seq(b, item, indent + 2);
    }
}

void node_write_yaml(struct buf *b, const struct node *n)
{
    if (put_inline(b, n, 0))
        return;
    if (n->kind == NODE_MAP)
        put_map(b, n, 0);
    else
        put_seq(b, n, 0);
}

void node_write_json(struct buf *b, const struct node *n)
{
    struct json j = json_to(b);
    json_node(&j, n);
}

struct str node_to_json(struct arena *a, const struct node *n)
{
    struct buf b;
    buf_init(&b, a, SIZE_MAX); /* half a document is no use: the arena's limit holds */
    node_write_json(&b, n);
    return buf_take(&b);
}
