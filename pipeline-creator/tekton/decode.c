#include "pipeline-creator/tekton/decode.h"

#include <math.h>
#include <stdlib.h>

#include "pipeline-creator/tekton/go_json.h"
#include "pipeline-creator/tekton/schema.h"

/* Where the decoder stands: a field, an item or a key below its parent. */
struct place {
    const struct place *up;
    enum { PLACE_FIELD, PLACE_INDEX, PLACE_KEY } kind;
    struct str name;
    size_t index;
};

struct decoder {
    struct arena *a;
    struct faults *f;
    bool json;
    bool lenient;     /* unknown fields are fine: the webhook leaves metadata to the API server */
    bool resolved;    /* they are fine everywhere, and names are exact */
    struct str owner; /* the struct whose field is being decoded, without its package: for Go's message */
};

static struct node *decode(struct decoder *d, struct str type, const struct node *n, const struct place *at);

/* "spec.tasks[0].retries"; as Go names it: "spec.tasks.retries". */
static void put_place(struct buf *b, const struct place *at, bool as_go)
{
    if (!at)
        return;
    put_place(b, at->up, as_go);
    if (at->kind == PLACE_FIELD) {
        if (b->n)
            buf_char(b, '.');
        buf_str(b, at->name);
    } else if (!as_go && at->kind == PLACE_INDEX) {
        buf_printf(b, "[%zu]", at->index);
    } else if (!as_go) {
        buf_char(b, '[');
        buf_str(b, at->name);
        buf_char(b, ']');
    }
}

static struct str place_text(struct decoder *d, const struct place *at, bool as_go)
{
    struct buf b;
    buf_init(&b, d->a, 0);
    put_place(&b, at, as_go);
    return buf_take(&b);
}

static void complain(struct decoder *d, const char *code, struct str message, const struct node *n,
                     const struct place *at)
{
    struct fault *one = fault_no_path(d->f, code, "%.*s", STR_ARG(message));
    fault_path(one, place_text(d, at, false));
    one->line = n->line;
    one->column = n->column;
}

static bool letter_bool(const struct decoder *d, const struct node *n)
{
    return !d->json && go_yaml_letter(n);
}

static const char *json_kind(const struct decoder *d, const struct node *n)
{
    static const char *const scalars[] = {"string", "null", "bool", "number", "number"};
    if (letter_bool(d, n))
        return "bool";
    return n->kind == NODE_MAP ? "object" : n->kind == NODE_SEQ ? "array" : scalars[n->type];
}

static struct node *wrong_type(struct decoder *d, struct str type, const struct node *n, const struct place *at)
{
    struct str go = place_text(d, at, true);
    complain(d, "wrong_type",
             str_printf(d->a, "json: cannot unmarshal %s into Go struct field %.*s.%.*s of type %.*s", json_kind(d, n),
                        STR_ARG(d->owner), STR_ARG(go), STR_ARG(type)),
             n, at);
    if (letter_bool(d, n) && d->f->count)
        fault_details(d->f, &d->f->list[d->f->count - 1], "%.*s is true or false to Kubernetes: put it into quotes",
                      STR_ARG(n->text));
    return NULL;
}

static struct node *made(struct decoder *d, enum node_kind kind, const struct node *from)
{
    struct node *n = arena_new_of(d->a, struct node);
    n->kind = kind;
    n->line = from->line;
    n->column = from->column;
    return n;
}

/* With the keys of `from`, which its reader knows to differ; the caller sets the values. */
static struct node *made_map(struct decoder *d, const struct node *from)
{
    struct node *n = made(d, NODE_MAP, from);
    n->pairs = arena_array_of(d->a, from->count, struct pair);
    n->count = n->cap = from->count;
    if (n->count)
        memcpy(n->pairs, from->pairs, n->count * sizeof(struct pair));
    return n;
}

static struct node *made_str(struct decoder *d, struct str text, const struct node *from)
{
    struct node *n = made(d, NODE_SCALAR, from);
    n->type = SCALAR_STR;
    n->text = text;
    return n;
}

/* ---- scalars */

static bool is_text(const struct decoder *d, const struct node *n)
{
    return node_is_string(n) && !letter_bool(d, n);
}

/* A number as the integer that Go reads; in YAML a float without a fraction is one as well. */
static bool integer(const struct decoder *d, const struct node *n, int64_t least, int64_t most, int64_t *out)
{
    if (!node_is_scalar(n))
        return false;
    if (n->type == SCALAR_FLOAT && !d->json) {
        double value = strtod(str_cstr(d->a, n->text), NULL);
        if (!(fabs(value) < 9e15) || floor(value) < value)
            return false;
        *out = (int64_t)value;
    } else if (n->type != SCALAR_INT || !node_int(n, out)) {
        return false;
    }
    return *out >= least && *out <= most;
}

static struct node *decode_integer(struct decoder *d, struct str type, const struct node *n, const struct place *at)
{
    int64_t value;
    bool small = str_is(type, "int32");
    if (!integer(d, n, small ? INT32_MIN : INT64_MIN, small ? INT32_MAX : INT64_MAX, &value))
        return wrong_type(d, type, n, at);
    struct node *made_int = node_int_new(d->a, value);
    made_int->line = n->line;
    made_int->column = n->column;
    return made_int;
}

static struct node *decode_string(struct decoder *d, struct str type, const struct node *n, const struct place *at)
{
    return is_text(d, n) ? made_str(d, n->text, n) : wrong_type(d, type, n, at);
}

static struct node *decode_bool(struct decoder *d, struct str type, const struct node *n, const struct place *at)
{
    bool letter = letter_bool(d, n);
    if (!letter && (!node_is_scalar(n) || n->type != SCALAR_BOOL))
        return wrong_type(d, type, n, at);
    struct node *made_bool = node_bool_new(d->a, letter ? go_yaml_letter_value(n) : node_bool(n, false));
    made_bool->line = n->line;
    made_bool->column = n->column;
    return made_bool;
}

static struct node *decode_quantity(struct decoder *d, struct str type, const struct node *n, const struct place *at)
{
    (void)type;
    struct str text = is_text(d, n) ? n->text : go_json_text(d->a, n, d->json);
    /* Tekton trims the text as JSON has it, where other white space is an escape. */
    while (str_starts(text, " "))
        text = str_from(text, 1);
    while (str_ends(text, " "))
        text.n--;
    const char *problem = quantity_problem(text);
    if (!problem)
        return made_str(d, text, n);
    complain(d, "bad_quantity", str_of(problem), n, at);
    return NULL;
}

static struct node *decode_duration(struct decoder *d, struct str type, const struct node *n, const struct place *at)
{
    int64_t nanoseconds;
    struct str problem;
    (void)type;
    if (!is_text(d, n)) {
        complain(d, "wrong_type",
                 str_printf(d->a, "json: cannot unmarshal %s into Go value of type string", json_kind(d, n)), n, at);
        return NULL;
    }
    if (go_duration_parse(d->a, n->text, &nanoseconds, &problem))
        return made_str(d, n->text, n);
    complain(d, "bad_duration", problem, n, at);
    return NULL;
}

static struct node *decode_time(struct decoder *d, struct str type, const struct node *n, const struct place *at)
{
    (void)type;
    if (node_is_string(n) && time_valid(n->text))
        return made_str(d, n->text, n);
    struct str text = node_is_scalar(n) ? n->text : STR("");
    complain(d, "bad_time", str_printf(d->a, "parsing time %.*s", STR_ARG(go_quote(d->a, text))), n, at);
    return NULL;
}

static struct node *decode_int_or_string(struct decoder *d, struct str type, const struct node *n,
                                         const struct place *at)
{
    return is_text(d, n) ? decode_string(d, type, n, at) : decode_integer(d, STR("int32"), n, at);
}

static struct node *decode_raw(struct decoder *d, struct str type, const struct node *n, const struct place *at)
{
    (void)type;
    (void)at;
    return node_copy(d->a, n);
}

/* ---- values of parameters */

static bool text_or_null(const struct decoder *d, const struct node *n)
{
    return is_text(d, n) || node_is_null(n);
}

/* A list or map of strings as it is; anything else as the text that it is in JSON. */
static struct node *decode_param_value(struct decoder *d, struct str type, const struct node *n, const struct place *at)
{
    bool strings = n->kind != NODE_SCALAR;
    (void)at;
    (void)type;
    for (size_t i = 0; strings && i < n->count; i++)
        strings = text_or_null(d, n->kind == NODE_SEQ ? n->items[i] : n->pairs[i].value);
    if (n->kind == NODE_SCALAR && text_or_null(d, n))
        return made_str(d, node_text(n), n);
    if (!strings)
        return made_str(d, go_json_text(d->a, n, d->json), n);
    struct node *value = n->kind == NODE_MAP ? made_map(d, n) : made(d, NODE_SEQ, n);
    for (size_t i = 0; i < n->count; i++) {
        if (n->kind == NODE_SEQ)
            node_push(d->a, value, made_str(d, node_text(n->items[i]), n->items[i]));
        else
            value->pairs[i].value = made_str(d, node_text(n->pairs[i].value), n->pairs[i].value);
    }
    return value;
}

static const struct decoder_of {
    const char *type;
    struct node *(*decode)(struct decoder *d, struct str type, const struct node *n, const struct place *at);
} SCALARS[] = {
    {"string", decode_string},
    {"bool", decode_bool},
    {"int", decode_integer},
    {"int32", decode_integer},
    {"int64", decode_integer},
    {"quantity", decode_quantity},
    {"duration", decode_duration},
    {"time", decode_time},
    {"raw", decode_raw},
    {"int-or-string", decode_int_or_string},
    {"param-value", decode_param_value},
};

/* ---- composites */

/* What Go has in a list or map for null. */
static struct node *zero(struct decoder *d, struct str type, const struct node *n)
{
    if (str_starts(type, "[]"))
        return made(d, NODE_SEQ, n);
    if (str_starts(type, "{}") || schema_find(type))
        return made(d, NODE_MAP, n);
    return made_str(d, STR(""), n);
}

static struct node *decode_list(struct decoder *d, struct str item, const struct node *n, const struct place *at)
{
    struct node *list = made(d, NODE_SEQ, n);
    for (size_t i = 0; i < n->count; i++) {
        struct place here = {.up = at, .kind = PLACE_INDEX, .index = i};
        struct node *value = node_is_null(n->items[i]) ? NULL : decode(d, item, n->items[i], &here);
        node_push(d->a, list, value ? value : zero(d, item, n->items[i]));
    }
    return list;
}

static struct node *decode_map(struct decoder *d, struct str item, const struct node *n, const struct place *at)
{
    struct node *map = made_map(d, n);
    for (size_t i = 0; i < n->count; i++) {
        const struct node *from = n->pairs[i].value;
        struct place here = {.up = at, .kind = PLACE_KEY, .name = n->pairs[i].key};
        struct node *value = node_is_null(from) ? NULL : decode(d, item, from, &here);
        map->pairs[i].value = value ? value : zero(d, item, from);
    }
    return map;
}

static void unknown_field(struct decoder *d, const struct pair *pair, const struct place *at)
{
    struct place here = {.up = at, .kind = PLACE_FIELD, .name = pair->key};
    struct node key = {.line = pair->key_line, .column = pair->key_column};
    struct str quoted = go_quote(d->a, pair->key);
    complain(d, "unknown_field", str_cat(d->a, STR("json: unknown field "), quoted), &key, &here);
}

/* Tekton writes the object with its defaults and reads it again before it validates: an empty list that may be left out
   is then none. Defaults look at empty properties, so those stay. */
static bool lost_when_written(const struct schema_field *field, const struct node *value)
{
    return field->omit_empty && (str_starts(field->type, "[]") || str_starts(field->type, "{}")) && value->count == 0 &&
           !str_is(field->name, "properties");
}

static struct node *decode_struct(struct decoder *d, const struct schema *s, const struct node *n,
                                  const struct place *at)
{
    struct node *object = made(d, NODE_MAP, n);
    struct str outer = d->owner, name = str_of(s->name);
    d->owner = str_from(name, (size_t)str_find_char(name, '.') + 1);
    for (size_t i = 0; i < n->count; i++) {
        struct schema_field field;
        const struct node *from = n->pairs[i].value;
        bool known = schema_field(s, n->pairs[i].key, &field);
        if (!known || (d->resolved && !str_eq(field.name, n->pairs[i].key))) {
            if (!d->lenient && !d->resolved)
                unknown_field(d, &n->pairs[i], at);
            continue;
        }
        /* Only a param-value takes null for something: the empty string. */
        if (node_is_null(from) && !str_is(field.type, "param-value"))
            continue;
        struct place here = {.up = at, .kind = PLACE_FIELD, .name = field.name};
        d->lenient = d->lenient || (!at && str_is(n->pairs[i].key, "metadata"));
        struct node *value = decode(d, field.type, from, &here);
        d->lenient = d->lenient && at;
        if (value && !lost_when_written(&field, value))
            node_set(d->a, object, field.name, value);
    }
    d->owner = outer;
    return object;
}

/* NULL when a fault was found. Depth is that of the tree, which its reader has bounded. */
static struct node *decode(struct decoder *d, struct str type, const struct node *n, const struct place *at)
{
    if (str_starts(type, "*"))
        type = str_from(type, 1);
    for (size_t i = 0; i < sizeof SCALARS / sizeof SCALARS[0]; i++)
        if (str_is(type, SCALARS[i].type))
            return SCALARS[i].decode(d, type, n, at);
    if (str_starts(type, "[]"))
        return node_is_seq(n) ? decode_list(d, str_from(type, 2), n, at) : wrong_type(d, type, n, at);
    if (!node_is_map(n))
        return wrong_type(d, type, n, at);
    return str_starts(type, "{}") ? decode_map(d, str_from(type, 2), n, at)
                                  : decode_struct(d, schema_find(type), n, at);
}

struct node *tekton_decode(struct arena *a, const char *type, const struct node *n, bool json, struct faults *f)
{
    struct decoder d = {.a = a, .f = f, .json = json};
    return decode(&d, str_of(type), n, NULL);
}

struct node *tekton_decode_resolved(struct arena *a, const char *type, const struct node *n, bool json,
                                    struct faults *f)
{
    struct decoder d = {.a = a, .f = f, .json = json, .resolved = true};
    return decode(&d, str_of(type), n, NULL);
}

struct str tekton_decode_told(struct arena *a, const struct fault *one)
{
    static const struct str begin = {"cannot unmarshal ", sizeof "cannot unmarshal " - 1};
    struct str text = str_replace(a, one->message, STR("json: "), STR(""));
    ptrdiff_t into = str_find(text, STR(" into ")), type = str_find(text, STR(" of type "));
    if (str_starts(text, begin.p) && into > 0 && type > into)
        text = STR_JOIN(a, str_from(text, (size_t)type + sizeof " of type " - 1), STR(" is wanted, not "),
                        str_sub(text, begin.n, (size_t)into - begin.n));
    return one->path_count ? STR_JOIN(a, one->paths[0], STR(": "), text) : text;
}
