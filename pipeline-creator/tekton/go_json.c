#include "pipeline-creator/tekton/go_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- strings */

static bool line_separator(struct str s, size_t i) /* U+2028 or U+2029 */
{
    return i + 2 < s.n && (unsigned char)s.p[i] == 0xe2 && (unsigned char)s.p[i + 1] == 0x80 &&
           ((unsigned char)s.p[i + 2] & 0xfe) == 0xa8;
}

static void put_escaped(struct buf *b, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = strchr(from, c);
    if (at) {
        buf_char(b, '\\');
        buf_char(b, to[at - from]);
    } else {
        buf_printf(b, "\\u%04x", c);
    }
}

void go_json_str(struct buf *b, struct str s, bool html)
{
    size_t from = 0;
    buf_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool separator = line_separator(s, i);
        if (!separator && c >= 0x20 && c != '"' && c != '\\' && !(html && (c == '<' || c == '>' || c == '&')))
            continue;
        buf_str(b, str_sub(s, from, i - from));
        if (separator) {
            buf_printf(b, "\\u202%c", (unsigned char)s.p[i + 2] == 0xa8 ? '8' : '9');
            i += 2;
        } else {
            put_escaped(b, c);
        }
        from = i + 1;
    }
    buf_str(b, str_from(s, from));
    buf_char(b, '"');
}

/* ---- numbers */

static void put_plain(struct buf *b, const char *digits, size_t count, int exponent)
{
    size_t whole = exponent < 0 ? 0 : (size_t)exponent + 1;
    if (whole == 0)
        buf_cstr(b, "0.");
    for (int i = -1; i > exponent; i--)
        buf_char(b, '0');
    for (size_t i = 0; i < count || i < whole; i++) {
        if (i == whole && whole > 0)
            buf_char(b, '.');
        buf_char(b, i < count ? digits[i] : '0');
    }
}

/* The fewest digits that read back the same, as Go writes a float64: plain between 1e-6 and 1e21, else with an
   exponent of as few digits as it needs. */
static void put_double(struct buf *b, double v)
{
    char text[40], digits[20];
    size_t count = 0;
    double size = fabs(v);
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, size);
        double back = strtod(text, NULL);
        if (!(back < size) && !(back > size))
            break;
    }
    const char *e = strchr(text, 'e');
    if (!e || !isfinite(v)) {
        buf_cstr(b, "null");
        return;
    }
    for (const char *p = text; p < e && count < sizeof digits; p++)
        if (*p != '.')
            digits[count++] = *p;
    int exponent = (int)strtol(e + 1, NULL, 10);
    if (signbit(v))
        buf_char(b, '-');
    if (size > 0 && (size < 1e-6 || size >= 1e21))
        buf_printf(b, "%.*se%c%d", (int)(e - text), text, exponent < 0 ? '-' : '+', abs(exponent));
    else
        put_plain(b, digits, count, exponent);
}

static void put_yaml_number(struct buf *b, const struct node *n)
{
    struct str text = node_to_json(b->a, n);
    uint64_t u;
    int64_t i;
    if (n->type == SCALAR_INT && (str_i64(text, &i) || str_u64(text, &u)))
        buf_str(b, text);
    else
        put_double(b, strtod(str_cstr(b->a, text), NULL));
}

/* ---- trees */

bool go_yaml_letter(const struct node *n)
{
    return node_is_string(n) && n->style == STYLE_PLAIN && n->text.n == 1 && memchr("yYnN", n->text.p[0], 4) != NULL;
}

bool go_yaml_letter_value(const struct node *n)
{
    return (n->text.p[0] | 0x20) == 'y';
}

static int by_key(const void *x, const void *y)
{
    const struct pair *l = x, *r = y;
    return str_cmp(l->key, r->key);
}

static void put(struct buf *b, const struct node *n, bool json);

static void put_map(struct buf *b, const struct node *n, bool json)
{
    struct pair *pairs = arena_array_of(b->a, n->count, struct pair);
    if (n->count)
        memcpy(pairs, n->pairs, n->count * sizeof *pairs);
    if (!json && n->count)
        qsort(pairs, n->count, sizeof *pairs, by_key);
    buf_char(b, '{');
    for (size_t i = 0; i < n->count; i++) {
        if (i)
            buf_char(b, ',');
        go_json_str(b, pairs[i].key, !json);
        buf_char(b, ':');
        put(b, pairs[i].value, json);
    }
    buf_char(b, '}');
}

static void put_list(struct buf *b, const struct node *n, bool json)
{
    buf_char(b, '[');
    for (size_t i = 0; i < n->count; i++) {
        if (i)
            buf_char(b, ',');
        put(b, n->items[i], json);
    }
    buf_char(b, ']');
}

static void put_scalar(struct buf *b, const struct node *n, bool json)
{
    bool number = n->type == SCALAR_INT || n->type == SCALAR_FLOAT;
    if (!json && go_yaml_letter(n))
        buf_cstr(b, go_yaml_letter_value(n) ? "true" : "false");
    else if (n->type == SCALAR_STR)
        go_json_str(b, n->text, !json);
    else if (number && json)
        buf_str(b, n->text);
    else if (number)
        put_yaml_number(b, n);
    else
        buf_str(b, node_to_json(b->a, n));
}

/* Depth is that of the tree, which its reader has bounded. */
static void put(struct buf *b, const struct node *n, bool json)
{
    if (n->kind == NODE_MAP)
        put_map(b, n, json);
    else if (n->kind == NODE_SEQ)
        put_list(b, n, json);
    else
        put_scalar(b, n, json);
}

struct str go_json_text(struct arena *a, const struct node *n, bool json)
{
    struct buf b;
    buf_init(&b, a, 0);
    put(&b, n, json);
    return buf_take(&b);
}
