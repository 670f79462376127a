/* Documents of every format: read as a native document, written, read again, which must be the same; and drawn. */
#include "pipeline-creator/documents/documents.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_ARENA ((size_t)32 << 20)

struct work {
    struct arena *a;
    struct str text;
    struct problems ps;
};

/* Equal, scalars by their text: what is no text of JSON comes back as a string. */
static bool same(const struct node *x, const struct node *y)
{
    if (x->kind != y->kind)
        return false;
    if (x->kind == NODE_SCALAR)
        return str_eq(node_text(x), node_text(y));
    bool equal = x->count == y->count;
    for (size_t i = 0; equal && i < x->count; i++)
        equal = x->kind == NODE_SEQ
                    ? same(x->items[i], y->items[i])
                    : str_eq(x->pairs[i].key, y->pairs[i].key) && same(x->pairs[i].value, y->pairs[i].value);
    return equal;
}

static enum status run(void *arg)
{
    struct work *w = arg;
    struct document first, second;
    struct err e = {0};
    problems_init(&w->ps, w->a);
    enum status status = document_read(w->a, w->text, &first, &w->ps, &e);
    MUST(status == OK || status == ERR_INVALID || status == ERR_NOMEM);
    MUST(status != ERR_INVALID || w->ps.errors > 0);
    if (status != OK || first.format == DOCUMENT_OTHER)
        return status;
    struct str written = document_write(w->a, first.native), svg = document_draw(w->a, first.native);
    MUST(svg.n == 0 || (str_starts(svg, "<svg ") && str_ends(svg, "</svg>\n")));
    problems_init(&w->ps, w->a);
    status = document_read(w->a, written, &second, &w->ps, &e);
    if (status == ERR_NOMEM)
        return status;
    /* Shared parts count each time they are written: what is read back may be too much. */
    if (status != OK) {
        MUST(str_is(w->ps.list[0].code, "yaml_nodes") || str_is(w->ps.list[0].code, "yaml_depth"));
        return status;
    }
    MUST(second.format == DOCUMENT_NATIVE && same(first.native, second.native));
    MUST(str_eq(written, document_write(w->a, second.native)));
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct work w = {.a = arena_new(FUZZ_ARENA), .text = {(const char *)data, size}};
    if (w.a) {
        enum status status = arena_guard(w.a, run, &w);
        MUST(status == OK || status == ERR_INVALID || status == ERR_LIMIT || status == ERR_NOMEM);
    }
    arena_free(w.a);
    return 0;
}
