/* Any bytes as JSON: what is read can be written, and reads back equal, as JSON and as YAML. */
#include "base/node.h"
#include "tests/fuzz/fuzz.h"

struct work {
    struct arena *a;
    struct node *n;
};

static enum status check(void *arg)
{
    struct work *w = arg;
    struct node *back;
    struct err e = {0};
    struct buf b;
    struct str json = node_to_json(w->a, w->n);
    MUST(node_parse_json(w->a, json, &back, &e) == OK);
    MUST(node_equal(w->n, back));
    MUST(str_eq(json, node_to_json(w->a, back)));
    buf_init(&b, w->a, NODE_MAX_BYTES);
    node_write_yaml(&b, w->n);
    if (b.over)
        return OK;
    MUST(node_parse_yaml(w->a, buf_take(&b), &back, &e) == OK);
    MUST(node_equal(w->n, back));
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct work w = {.a = arena_new((size_t)512 << 20)};
    struct err e = {0};
    if (w.a == NULL)
        return 0;
    enum status s = node_parse_json(w.a, (struct str){(const char *)data, size}, &w.n, &e);
    if (s == OK)
        MUST(arena_guard(w.a, check, &w) == OK);
    else
        MUST(e.status == s && e.code[0] != '\0' && e.message[0] != '\0');
    arena_free(w.a);
    return 0;
}
