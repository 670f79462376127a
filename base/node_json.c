/* JSON to nodes. jansson reads it strictly; its tree is copied into the arena and released. */
#include <jansson.h>

#include "base/node.h"
#include "base/scalar.h"

struct scan {
    size_t at, line_start; /* bytes */
    unsigned line, depth;
    size_t opened, scalars, keys;
};

static size_t skip_string(struct str s, size_t i)
{
    for (i++; i < s.n && s.p[i] != '"' && s.p[i] != '\n'; i++)
        i += s.p[i] == '\\';
    return i < s.n ? i : s.n - 1;
}

static enum status too_much(const struct scan *c, struct str text, struct err *e, const char *code, const char *what,
                            int limit)
{
    unsigned column = 1;
    for (size_t i = c->line_start; i < c->at; i++)
        column += ((unsigned char)text.p[i] & 0xc0) != 0x80;
    err_set(e, ERR_LIMIT, code, "the document has %s %d", what, limit);
    if (e != NULL) {
        e->line = c->line;
        e->column = column;
    }
    return ERR_LIMIT;
}

/* Depth and number of values are known before jansson spends memory on them: it would take about 40 times the size of
   the text. Whether the text is right is not looked at. */
static enum status check_size(struct str text, struct err *e)
{
    struct scan c = {.line = 1};
    bool in_scalar = false;
    for (; c.at < text.n; c.at++) {
        bool scalar = false;
        switch (text.p[c.at]) {
        case '\n':
            c.line++;
            c.line_start = c.at + 1;
            break;
        case '{':
        case '[':
            c.opened++;
            if (++c.depth > NODE_MAX_DEPTH)
                return too_much(&c, text, e, "json_depth", "objects and lists nested deeper than", NODE_MAX_DEPTH);
            break;
        case '}':
        case ']':
            c.depth -= c.depth > 0;
            break;
        case ':':
            c.keys++;
            break;
        case '"':
            c.scalars++;
            c.at = skip_string(text, c.at);
            break;
        case ' ':
        case '\t':
        case '\r':
        case ',':
            break;
        default:
            scalar = true;
        }
        c.scalars += scalar && !in_scalar;
        in_scalar = scalar;
        if (c.opened + c.scalars > NODE_MAX_COUNT + c.keys)
            return too_much(&c, text, e, "json_nodes", "more values than", NODE_MAX_COUNT);
    }
    return OK;
}

static enum status read_failed(const json_error_t *from, struct err *e)
{
    const char *code = "json_syntax";
    /* jansson says nothing at all where memory is out while it reads. */
    if (from->text[0] == '\0' || json_error_code(from) == json_error_out_of_memory)
        return err_set(e, ERR_NOMEM, "out_of_memory", "there is not enough memory to read this document");
    switch (json_error_code(from)) {
    case json_error_duplicate_key:
        code = "json_duplicate_key";
        break;
    case json_error_invalid_utf8:
    case json_error_null_character:
    case json_error_null_byte_in_key:
        code = "json_utf8";
        break;
    case json_error_numeric_overflow:
        code = "json_number";
        break;
    default:
        break;
    }
    err_set(e, ERR_SYNTAX, code, "%s", from->text);
    if (e != NULL && from->line > 0) {
        e->line = (unsigned)from->line;
        e->column = from->column > 0 ? (unsigned)from->column : 1;
    }
    return ERR_SYNTAX;
}

static struct node *scalar(struct arena *a, enum scalar_type type, struct str text)
{
    struct node *n = node_str(a, text);
    n->type = type;
    return n;
}

static struct str string_of(struct arena *a, const char *p, size_t n)
{
    return str_dup(a, (struct str){p, n});
}

static struct node *convert(struct arena *a, json_t *from);

static struct node *convert_object(struct arena *a, json_t *from)
{
    struct node *n = node_map(a);
    n->pairs = arena_array_of(a, json_object_size(from), struct pair);
    for (void *it = json_object_iter(from); it != NULL; it = json_object_iter_next(from, it)) {
        struct pair *p = &n->pairs[n->count++];
        p->key = string_of(a, json_object_iter_key(it), json_object_iter_key_len(it));
        p->value = convert(a, json_object_iter_value(it));
    }
    return n;
}

static struct node *convert_array(struct arena *a, json_t *from)
{
    struct node *n = node_seq(a);
    n->count = json_array_size(from);
    n->items = arena_array_of(a, n->count, struct node *);
    for (size_t i = 0; i < n->count; i++)
        n->items[i] = convert(a, json_array_get(from, i));
    return n;
}

static struct node *convert(struct arena *a, json_t *from)
{
    struct number v;
    switch (json_typeof(from)) {
    case JSON_OBJECT:
        return convert_object(a, from);
    case JSON_ARRAY:
        return convert_array(a, from);
    case JSON_STRING:
        return node_str(a, string_of(a, json_string_value(from), json_string_length(from)));
    case JSON_INTEGER:
        return node_int_new(a, json_integer_value(from));
    case JSON_REAL:
        scalar_from_double(json_real_value(from), &v);
        return scalar(a, SCALAR_FLOAT, string_of(a, v.text, v.n));
    case JSON_TRUE:
    case JSON_FALSE:
        return node_bool_new(a, json_is_true(from));
    case JSON_NULL:
        break;
    }
    return node_null(a);
}

struct run {
    struct arena *a;
    json_t *root;
    struct node *out;
};

static enum status run_convert(void *arg)
{
    struct run *run = arg;
    run->out = convert(run->a, run->root);
    return OK;
}

enum status node_parse_json(struct arena *a, struct str text, struct node **out, struct err *e)
{
    json_error_t error;
    if (text.n > NODE_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "json_size", "the text has more than %zu MB", NODE_MAX_BYTES >> 20);
    if (str_starts(text, "\xef\xbb\xbf"))
        text = str_from(text, 3); /* byte order mark */
    if (str_trim(text).n == 0)
        return err_set(e, ERR_SYNTAX, "json_empty", "there is nothing in this document");
    enum status s = check_size(text, e);
    if (s != OK)
        return s;
    struct run run = {.a = a, .root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error)};
    if (run.root == NULL)
        return read_failed(&error, e);
    s = arena_guard(a, run_convert, &run);
    json_decref(run.root);
    if (s != OK)
        return err_set(e, s, s == ERR_LIMIT ? "memory_limit" : "out_of_memory",
                       "there is not enough memory to read this document");
    *out = run.out;
    return OK;
}
