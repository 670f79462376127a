#include "catalog/text.h"

#include "catalog/catalog.h"
#include "catalog/check.h"

#define CARD_MAX 200

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Text on one line up to the first blank line, runs of white space made one blank, heading marks taken off. */
static struct str first_paragraph(struct arena *a, struct str text)
{
    struct buf b;
    buf_init(&b, a, 16 * CARD_MAX);
    text = str_trim(text);
    while (text.n && text.p[0] == '#')
        text = str_from(text, 1);
    text = str_trim(text);
    size_t newlines = 0, spaces = 0;
    for (size_t i = 0; i < text.n && newlines < 2 && !b.over; i++) {
        char c = text.p[i];
        newlines += c == '\n';
        if (is_space(c)) {
            spaces++;
            continue;
        }
        if (spaces)
            buf_char(&b, ' ');
        spaces = newlines = 0;
        buf_char(&b, c);
    }
    return buf_take(&b);
}

/* A full stop that belongs to a word: "e.g.", "i.e.", "J. Doe", "etc.", "vs.". */
static bool abbreviates(struct str s, size_t dot)
{
    size_t start = dot;
    while (start && s.p[start - 1] != ' ' && s.p[start - 1] != '.' && s.p[start - 1] != '(')
        start--;
    struct str word = str_sub(s, start, dot - start);
    return word.n <= 1 || str_is(word, "etc") || str_is(word, "vs") || str_is(word, "incl") || str_is(word, "resp");
}

struct str first_sentence(struct arena *a, struct str text)
{
    struct str s = first_paragraph(a, text);
    for (size_t i = 0; i < s.n; i++) {
        bool end = i + 1 == s.n || s.p[i + 1] == ' ';
        if (!end || (s.p[i] != '.' && s.p[i] != '!' && s.p[i] != '?'))
            continue;
        if (s.p[i] == '.' && i + 1 < s.n && abbreviates(s, i))
            continue;
        s = str_sub(s, 0, i + 1);
        break;
    }
    if (s.n <= CARD_MAX)
        return s;
    static const size_t dots = sizeof "…" - 1;
    struct str cut = utf8_cut(s, CARD_MAX - dots);
    ptrdiff_t blank = str_rfind_char(cut, ' ');
    if (blank > 0 && s.p[cut.n] != ' ')
        cut = str_sub(cut, 0, (size_t)blank);
    return str_cat(a, str_trim(cut), STR("…"));
}

/* "**A** [link](http://…)" → "A link" */
static struct str plain(struct arena *a, struct str line)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];
        if (c == '*' || c == '`' || c == '[')
            continue;
        if (c == ']') {
            ptrdiff_t close = str_find_char(str_from(line, i), ')');
            if (i + 1 < line.n && line.p[i + 1] == '(' && close > 0)
                i += (size_t)close;
            continue;
        }
        buf_char(&b, c);
    }
    return str_trim(buf_take(&b));
}

struct str markdown_heading(struct arena *a, struct str text)
{
    struct str rest = text, line;
    while (rest.p && str_split(&rest, '\n', &line)) {
        size_t marks = 0;
        line = str_trim(line);
        while (marks < line.n && line.p[marks] == '#')
            marks++;
        if (marks == 0 || marks > 6 || marks == line.n || line.p[marks] != ' ')
            continue;
        struct str heading = plain(a, str_from(line, marks));
        if (heading.n)
            return heading;
    }
    return STR_NONE;
}

void search_add(struct buf *b, struct str text)
{
    if (text.n == 0)
        return;
    buf_str(b, text);
    buf_char(b, '\n');
}

void search_add_node(struct buf *b, const struct node *n)
{
    if (!n || b->over)
        return;
    if (n->kind == NODE_SCALAR) {
        if (n->type == SCALAR_STR)
            search_add(b, n->text);
        return;
    }
    for (size_t i = 0; i < n->count; i++)
        search_add_node(b, n->kind == NODE_SEQ ? n->items[i] : n->pairs[i].value);
}

struct str file_base(struct str path)
{
    for (size_t i = path.n; i > 0; i--)
        if (path.p[i - 1] == '/' || path.p[i - 1] == '\\')
            return str_from(path, i);
    return path;
}

struct str file_stem(struct str path)
{
    struct str base = file_base(path);
    ptrdiff_t dot = str_rfind_char(base, '.');
    return dot > 0 ? str_sub(base, 0, (size_t)dot) : base;
}
