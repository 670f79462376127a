#include "base/json.h"

#include "base/clock.h"
#include "base/scalar.h"
#include "base/utf8.h"

/* Most bytes of most strings. */
static bool is_calm(unsigned char c)
{
    return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
}

static const char escapes[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

static void put_string(struct buf *b, struct str s)
{
    static const char hex[] = "0123456789abcdef";
    size_t start = 0, i = 0; /* what is between them is fine as it is */
    buf_char(b, '"');
    for (;;) {
        while (i < s.n && is_calm((unsigned char)s.p[i]))
            i++;
        if (i == s.n)
            break;
        unsigned char c = (unsigned char)s.p[i];
        uint32_t cp;
        size_t len = c < 0x80 ? 1 : utf8_next(s.p + i, s.n - i, &cp);
        if (c >= 0x80 && len > 0) {
            i += len;
            continue;
        }
        buf_put(b, s.p + start, i - start);
        if (len == 0) {
            buf_cstr(b, "\xef\xbf\xbd"); /* U+FFFD for a byte that belongs to no character */
        } else if (c >= 0x20 || escapes[c] != 0) {
            buf_put(b, (char[]){'\\', c >= 0x20 ? (char)c : escapes[c]}, 2);
        } else {
            buf_put(b, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
        }
        start = ++i;
    }
    if (start < s.n) /* of an empty text p may be NULL */
        buf_put(b, s.p + start, s.n - start);
    buf_char(b, '"');
}

size_t json_str_size(struct str s)
{
    size_t size = 2, i = 0;
    while (i < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        uint32_t cp;
        size_t len = c < 0x80 ? 1 : utf8_next(s.p + i, s.n - i, &cp);
        if (is_calm(c) || (c >= 0x80 && len > 0))
            size += len;
        else if (len == 0)
            size += 3; /* U+FFFD */
        else
            size += c >= 0x20 || escapes[c] != 0 ? 2 : 6;
        i += len > 0 ? len : 1;
    }
    return size;
}

/* Before a value. */
static void next(struct json *j)
{
    if (j->comma)
        buf_char(j->b, ',');
    j->comma = true;
}

static void open(struct json *j, char bracket)
{
    next(j);
    buf_char(j->b, bracket);
    j->comma = false;
}

static void close(struct json *j, char bracket)
{
    buf_char(j->b, bracket);
    j->comma = true;
}

void json_object(struct json *j)
{
    open(j, '{');
}

void json_object_end(struct json *j)
{
    close(j, '}');
}

void json_array(struct json *j)
{
    open(j, '[');
}

void json_array_end(struct json *j)
{
    close(j, ']');
}

void json_key_str(struct json *j, struct str key)
{
    next(j);
    put_string(j->b, key);
    buf_char(j->b, ':');
    j->comma = false;
}

void json_key(struct json *j, const char *key)
{
    json_key_str(j, str_of(key));
}

void json_str(struct json *j, struct str s)
{
    next(j);
    put_string(j->b, s);
}

void json_cstr(struct json *j, const char *s)
{
    if (s == NULL)
        json_null(j);
    else
        json_str(j, str_of(s));
}

void json_int(struct json *j, int64_t v)
{
    next(j);
    if (v < 0)
        buf_char(j->b, '-');
    buf_u64(j->b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void json_bool(struct json *j, bool v)
{
    json_raw(j, v ? STR("true") : STR("false"));
}

void json_null(struct json *j)
{
    json_raw(j, STR("null"));
}

void json_raw(struct json *j, struct str s)
{
    next(j);
    buf_str(j->b, s);
}

void json_time(struct json *j, int64_t us)
{
    char text[TIME_TEXT];
    if (us == 0)
        json_null(j);
    else
        json_str(j, (struct str){text, time_text(us, text)});
}

static void put_scalar(struct json *j, const struct node *n)
{
    struct number v;
    if (n->type == SCALAR_STR) {
        json_str(j, n->text);
        return;
    }
    scalar_canonical(n, &v);
    struct str text = {v.text, v.n};
    if (scalar_beyond_json(n, &v))
        json_str(j, text);
    else
        json_raw(j, text);
}

void json_node(struct json *j, const struct node *n)
{
    if (n == NULL) {
        json_null(j);
        return;
    }
    switch (n->kind) {
    case NODE_SCALAR:
        put_scalar(j, n);
        return;
    case NODE_SEQ:
        json_array(j);
        for (size_t i = 0; i < n->count; i++)
            json_node(j, n->items[i]);
        json_array_end(j);
        return;
    case NODE_MAP:
        json_object(j);
        for (size_t i = 0; i < n->count; i++) {
            json_key_str(j, n->pairs[i].key);
            json_node(j, n->pairs[i].value);
        }
        json_object_end(j);
        return;
    }
}

void json_put_str(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    json_str(j, s);
}

void json_put_cstr(struct json *j, const char *key, const char *s)
{
    json_key(j, key);
    json_cstr(j, s);
}

void json_put_int(struct json *j, const char *key, int64_t v)
{
    json_key(j, key);
    json_int(j, v);
}

void json_put_bool(struct json *j, const char *key, bool v)
{
    json_key(j, key);
    json_bool(j, v);
}

void json_put_raw(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    json_raw(j, s);
}

void json_put_time(struct json *j, const char *key, int64_t us)
{
    json_key(j, key);
    json_time(j, us);
}
