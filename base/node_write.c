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
    if (n <= 16 && !b->over && b->cap - b->n > 16) {
        memcpy(b->p + b->n, spaces, 16); /* of a fixed size it is one instruction; what is too much is written over */
        b->n += n;
        return;
    }
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
static const bool calm[256] = {['!'] = true, ['#' ... '9'] = true, [';' ... '['] = true, [']' ... '~'] = true};

static struct look look_at(struct str s)
{
    struct look l = {.blank = true};
    size_t i = 0;
    for (;;) {
        size_t start = i;
        while (i < s.n && calm[(unsigned char)s.p[i]])
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

/* ---- writing maps and lists */

struct writer {
    struct buf *b;
    size_t json; /* how long it is as JSON, so far */
};

/* indent: that of the map or list it is in. */
static void put_text(struct writer *w, struct str s, size_t indent, bool key)
{
    struct buf *b = w->b;
    struct look l = look_at(s);
    w->json += l.special || l.lines || l.tabs || l.escapes ? json_str_size(s) : s.n + 2;
    if (plain_ok(s, &l))
        buf_str(b, s);
    else if (!key && literal_ok(s, &l))
        put_literal(b, s, indent + 2);
    else if (l.escapes && !l.special && !l.lines && !l.tabs)
        put_single(b, s);
    else
        put_double(b, s);
}

static void put_scalar(struct writer *w, const struct node *n, size_t indent)
{
    struct number v;
    if (n->type == SCALAR_STR) {
        put_text(w, n->text, indent, false);
        return;
    }
    scalar_canonical(n, &v);
    buf_put(w->b, v.text, v.n);
    w->json += v.n + (scalar_beyond_json(n, &v) ? 2 : 0);
}

static void put_map(struct writer *w, const struct node *map, size_t indent);
static void put_seq(struct writer *w, const struct node *seq, size_t indent);

/* True when it fits on the rest of a line: then it is written, with the newline. */
static bool put_inline(struct writer *w, const struct node *n, size_t indent)
{
    if (n != NULL && n->kind == NODE_SCALAR) {
        put_scalar(w, n, indent);
    } else if (n != NULL && n->count > 0) {
        return false;
    } else {
        struct str text = n == NULL ? STR("null") : n->kind == NODE_MAP ? STR("{}") : STR("[]");
        buf_str(w->b, text);
        w->json += text.n;
    }
    buf_char(w->b, '\n');
    return true;
}

/* A key, up to and with its ":". One that is too long to be seen as a key is announced by "? ". */
static void put_key(struct writer *w, struct str key, size_t indent)
{
    struct buf *b = w->b;
    size_t start = b->n, json = w->json;
    put_text(w, key, indent, true);
    if (b->n - start > KEY_MAX) {
        b->n = start;
        w->json = json;
        buf_cstr(b, "? ");
        put_text(w, key, indent, true);
        buf_char(b, '\n');
        put_indent(b, indent);
    }
    buf_char(b, ':');
}

/* What JSON has around and between the parts of a map (with a ":" for each) or list, of which there are some. */
static size_t json_marks(const struct node *n)
{
    return n->count + 1 + (n->kind == NODE_MAP ? n->count : 0);
}

/* The first line's indent is written already. */
static void put_map(struct writer *w, const struct node *map, size_t indent)
{
    struct buf *b = w->b;
    w->json += json_marks(map);
    for (size_t i = 0; i < map->count && !b->over; i++) {
        const struct node *value = map->pairs[i].value;
        if (i > 0)
            put_indent(b, indent);
        put_key(w, map->pairs[i].key, indent);
        if (value == NULL || value->kind == NODE_SCALAR || value->count == 0) {
            buf_char(b, ' ');
            put_inline(w, value, indent);
            continue;
        }
        buf_char(b, '\n');
        put_indent(b, value->kind == NODE_MAP ? indent + 2 : indent);
        if (value->kind == NODE_MAP)
            put_map(w, value, indent + 2);
        else
            put_seq(w, value, indent);
    }
}

static void put_seq(struct writer *w, const struct node *seq, size_t indent)
{
    struct buf *b = w->b;
    w->json += json_marks(seq);
    for (size_t i = 0; i < seq->count && !b->over; i++) {
        const struct node *item = seq->items[i];
        if (i > 0)
            put_indent(b, indent);
        buf_put(b, "- ", 2);
        if (put_inline(w, item, indent))
            continue;
        if (item->kind == NODE_MAP)
            put_map(w, item, indent + 2);
        else
            put_seq(w, item, indent + 2);
    }
}

size_t node_write_yaml(struct buf *b, const struct node *n)
{
    struct writer w = {.b = b};
    if (put_inline(&w, n, 0))
        return w.json;
    if (n->kind == NODE_MAP)
        put_map(&w, n, 0);
    else
        put_seq(&w, n, 0);
    return w.json;
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
