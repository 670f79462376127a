/* Any bytes as YAML: what is read can be written, and reads back equal, as YAML and as JSON. */
#include "base/node.h"
#include "tests/fuzz/fuzz.h"

#define MAX_DOCUMENTS 100

/* JSON has no .inf and .nan, and jansson no integers beyond 64 bits. */
static bool fits_json(const struct node *n)
{
    int64_t v;
    if (n->kind == NODE_SCALAR)
        return n->type == SCALAR_INT     ? node_int(n, &v)
               : n->type == SCALAR_FLOAT ? str_find_char(n->text, 'n') < 0 && str_find_char(n->text, 'N') < 0
                                         : true;
    for (size_t i = 0; i < n->count; i++)
        if (!fits_json(n->kind == NODE_MAP ? n->pairs[i].value : n->items[i]))
            return false;
    return true;
}

static void check(struct arena *a, const struct node *n)
{
    struct node *back;
    struct err e = {0};
    struct buf b, again;
    buf_init(&b, a, NODE_MAX_BYTES);
    node_write_yaml(&b, n);
    if (!b.over) {
        MUST(node_parse_yaml(a, buf_take(&b), &back, &e) == OK);
        MUST(node_equal(n, back));
        buf_init(&again, a, 0);
        node_write_yaml(&again, back);
        MUST(str_eq(buf_take(&b), buf_take(&again)));
    }
    buf_init(&b, a, NODE_MAX_BYTES);
    node_write_json(&b, n);
    if (!b.over && fits_json(n)) {
        MUST(node_parse_json(a, buf_take(&b), &back, &e) == OK);
        MUST(node_equal(n, back));
    }
}

struct work {
    struct arena *a;
    struct node **documents;
    size_t count;
};

static enum status check_all(void *arg)
{
    struct work *w = arg;
    for (size_t i = 0; i < w->count; i++) {
        check(w->a, w->documents[i]);
        MUST(node_equal(w->documents[i], node_copy(w->a, w->documents[i])));
    }
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct work w = {.a = arena_new((size_t)512 << 20)};
    struct node *one;
    struct err e = {0}, single = {0};
    struct str text = {(const char *)data, size};
    if (w.a == NULL)
        return 0;
    enum status s = node_parse_yaml_stream(w.a, text, MAX_DOCUMENTS, &w.documents, &w.count, &e);
    if (s == OK)
        MUST(arena_guard(w.a, check_all, &w) == OK);
    else
        MUST(e.status == s && e.code[0] != '\0' && e.message[0] != '\0' && e.line > 0 && e.column > 0);
    enum status alone = node_parse_yaml(w.a, text, &one, &single);
    MUST((alone == OK) == (s == OK && w.count == 1));
    MUST(alone != OK || node_equal(one, w.documents[0]));
    arena_free(w.a);
    return 0;
}
