#include "pipeline-creator/tekton/canonical.h"

#include <stdlib.h>

#include "base/clock.h"
#include "pipeline-creator/tekton/admit.h"
#include "pipeline-creator/tekton/decode.h"
#include "pipeline-creator/tekton/go_json.h"
#include "pipeline-creator/tekton/schema.h"

struct writer {
    struct buf *b;
    const struct canonical_options *o;
    bool failed; /* a param-value that is not there: Go cannot write it */
};

static void put(struct writer *w, struct str type, const struct node *n);

static bool zero_number(const struct node *n)
{
    int64_t value;
    return !node_int(n, &value) || value == 0;
}

/* Go's omitempty: of numbers, booleans, texts, lists, maps and pointers; a struct is never empty. */
static bool empty(struct str type, const struct node *n)
{
    if (str_starts(type, "*"))
        return n == NULL;
    if (str_starts(type, "[]") || str_starts(type, "{}"))
        return node_count(n) == 0;
    if (str_is(type, "string"))
        return node_text(n).n == 0;
    if (str_is(type, "bool"))
        return !node_bool(n, false);
    return (str_is(type, "int") || str_is(type, "int32") || str_is(type, "int64")) && zero_number(n);
}

static void put_list(struct writer *w, struct str item, const struct node *n)
{
    buf_char(w->b, '[');
    for (size_t i = 0; i < n->count; i++) {
        if (i)
            buf_char(w->b, ',');
        put(w, item, n->items[i]);
    }
    buf_char(w->b, ']');
}

static int by_key(const void *x, const void *y)
{
    const struct pair *l = x, *r = y;
    return str_cmp(l->key, r->key);
}

static void put_map(struct writer *w, struct str item, const struct node *n)
{
    struct pair *pairs = arena_array_of(w->b->a, n->count, struct pair);
    if (n->count) {
        memcpy(pairs, n->pairs, n->count * sizeof *pairs);
        qsort(pairs, n->count, sizeof *pairs, by_key);
    }
    buf_char(w->b, '{');
    for (size_t i = 0; i < n->count; i++) {
        if (i)
            buf_char(w->b, ',');
        go_json_str(w->b, pairs[i].key, true);
        buf_char(w->b, ':');
        put(w, item, pairs[i].value);
    }
    buf_char(w->b, '}');
}

static void put_struct(struct writer *w, const struct schema *s, const struct node *n)
{
    struct str rest = str_of(s->fields);
    struct schema_field field;
    bool any = false;
    buf_char(w->b, '{');
    while (schema_next(&rest, &field)) {
        const struct node *value = node_get_str(n, field.name);
        /* The one field with omitzero. */
        bool created = str_is(field.name, "creationTimestamp");
        if (created ? !value && !w->o->creation_timestamp : field.omit_empty && empty(field.type, value))
            continue;
        if (any)
            buf_char(w->b, ',');
        any = true;
        go_json_str(w->b, field.name, true);
        buf_char(w->b, ':');
        put(w, field.type, value);
    }
    buf_char(w->b, '}');
}

static void put_time(struct writer *w, const struct node *n)
{
    char text[TIME_TEXT];
    int64_t us;
    if (!n || !time_parse(n->text, &us)) {
        buf_cstr(w->b, "null");
        return;
    }
    buf_char(w->b, '"');
    buf_put(w->b, text, time_text(us, text) - strlen(".123456Z")); /* to the second */
    buf_cstr(w->b, "Z\"");
}

static void put_duration(struct writer *w, const struct node *n)
{
    int64_t nanoseconds = 0;
    struct str problem;
    (void)go_duration_parse(w->b->a, node_text(n), &nanoseconds, &problem);
    go_json_str(w->b, go_duration_text(w->b->a, nanoseconds), true);
}

static void put_param_value(struct writer *w, const struct node *n)
{
    w->failed = w->failed || !n;
    if (node_is_seq(n))
        put_list(w, STR("string"), n);
    else if (node_is_map(n))
        put_map(w, STR("string"), n);
    else
        go_json_str(w->b, node_text(n), true);
}

static void put_quantity(struct writer *w, const struct node *n)
{
    go_json_str(w->b, n ? quantity_text(w->b->a, n->text) : STR("0"), true);
}

static void put_string(struct writer *w, const struct node *n)
{
    go_json_str(w->b, node_text(n), true);
}

static void put_bool(struct writer *w, const struct node *n)
{
    buf_cstr(w->b, node_bool(n, false) ? "true" : "false");
}

static void put_integer(struct writer *w, const struct node *n)
{
    int64_t value = 0;
    (void)node_int(n, &value);
    buf_printf(w->b, "%lld", (long long)value);
}

static void put_int_or_string(struct writer *w, const struct node *n)
{
    if (node_is_string(n))
        put_string(w, n);
    else
        put_integer(w, n);
}

/* What decoding kept as it was: its JSON, escaped for HTML; null for none. */
static void put_raw(struct writer *w, const struct node *n)
{
    struct arena *a = w->b->a;
    struct str text = n ? go_json_text(a, n, w->o->json) : STR("null");
    text = str_replace(a, str_replace(a, text, STR("<"), STR("\\u003c")), STR(">"), STR("\\u003e"));
    buf_str(w->b, str_replace(a, text, STR("&"), STR("\\u0026")));
}

static const struct {
    const char *type;
    void (*put)(struct writer *w, const struct node *n);
} SCALARS[] = {
    {"string", put_string},
    {"bool", put_bool},
    {"int", put_integer},
    {"int32", put_integer},
    {"int64", put_integer},
    {"quantity", put_quantity},
    {"duration", put_duration},
    {"time", put_time},
    {"raw", put_raw},
    {"int-or-string", put_int_or_string},
    {"param-value", put_param_value},
};

/* `n` is NULL for Go's zero value. Depth is that of the types, and of the tree, which its reader has bounded. */
static void put(struct writer *w, struct str type, const struct node *n)
{
    if (!n && (str_starts(type, "*") || str_starts(type, "[]") || str_starts(type, "{}"))) {
        buf_cstr(w->b, "null");
        return;
    }
    if (str_starts(type, "*"))
        type = str_from(type, 1);
    for (size_t i = 0; i < sizeof SCALARS / sizeof SCALARS[0]; i++) {
        if (str_is(type, SCALARS[i].type)) {
            SCALARS[i].put(w, n);
            return;
        }
    }
    if (str_starts(type, "[]"))
        put_list(w, str_from(type, 2), n);
    else if (str_starts(type, "{}"))
        put_map(w, str_from(type, 2), n);
    else
        put_struct(w, schema_find(type), n);
}

bool go_struct_json(struct buf *b, const char *type, const struct node *object, const struct canonical_options *o)
{
    struct writer w = {.b = b, .o = o};
    put(&w, str_of(type), object);
    return !w.failed;
}

/* Only what its author has given: no annotation that the signing itself or kubectl adds. */
static struct node *signed_metadata(struct arena *a, const struct node *metadata)
{
    static const char *const kept[] = {"name", "generateName", "namespace", "labels"};
    static const char *const others[] = {"kubectl-client-side-apply",
                                         "kubectl.kubernetes.io/last-applied-configuration", "tekton.dev/signature"};
    struct node *out = node_map(a), *annotations = node_get(metadata, "annotations");
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (node_get(metadata, kept[i]))
            node_put(a, out, kept[i], node_get(metadata, kept[i]));
    for (size_t i = 0; annotations && i < sizeof others / sizeof others[0]; i++)
        (void)node_remove(annotations, others[i]);
    if (annotations)
        node_put(a, out, "annotations", annotations);
    return out;
}

static const char *signed_type(struct arena *a, const struct node *document)
{
    static const char *const types[] = {"v1.Task", "v1.Pipeline", "v1beta1.Task", "v1beta1.Pipeline",
                                        "v1beta1.StepAction"};
    struct str version = node_text_of(document, "apiVersion");
    if (!str_starts(version, "tekton.dev/"))
        return NULL;
    struct str type = STR_JOIN(a, str_from(version, strlen("tekton.dev/")), STR("."), node_text_of(document, "kind"));
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_is(type, types[i]))
            return types[i];
    return NULL;
}

bool tekton_canonical(struct arena *a, const struct node *document, const struct canonical_options *o, struct faults *f,
                      struct str *out)
{
    const char *type = signed_type(a, document);
    struct buf b;
    *out = STR_NONE;
    if (!type) {
        fault_add(f, "unhandled_kind", "kind", "only a Task, a Pipeline or a StepAction of tekton.dev is signed");
        return false;
    }
    struct node *object = tekton_decode_resolved(a, type, document, o->json, f);
    if (f->count)
        return false;
    tekton_defaults(a, type, object);
    node_put(a, object, "metadata", signed_metadata(a, node_get(object, "metadata")));
    buf_init(&b, a, 0);
    if (!go_struct_json(&b, type, object, o)) {
        fault_add(f, "missing_value", "spec", "a parameter has no value: Tekton cannot write it");
        return false;
    }
    *out = buf_take(&b);
    if (b.over)
        fault_add(f, "too_large", "", "there is too much in this text");
    return !b.over;
}
