/* Texts of any bytes: the canonical form of what has one is JSON, and its own canonical form. */
#include "pipeline-creator/tekton/canonical.h"
#include "pipeline-creator/tekton/lint.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_ARENA ((size_t)64 << 20)

struct work {
    struct arena *a;
    struct str text;
    bool created;
};

static void again(struct arena *a, struct str form, const struct canonical_options *o)
{
    const struct canonical_options json = {.json = true, .creation_timestamp = o->creation_timestamp};
    struct node *document;
    struct err e = {0};
    struct faults *f = faults_new(a);
    struct str second;
    enum status s = node_parse_json(a, form, &document, &e);
    /* What is read from YAML may be deeper or more than JSON may be, by the structs that Go always writes. */
    if (s == ERR_LIMIT)
        return;
    MUST(s == OK);
    MUST(tekton_canonical(a, document, &json, f, &second));
    MUST(str_eq(form, second));
}

static enum status canonical_guarded(void *arg)
{
    struct work *w = arg;
    struct node **documents;
    size_t count;
    bool json;
    struct err e = {0};
    if (tekton_read(w->a, w->text, &documents, &count, &json, &e) != OK)
        return OK;
    for (size_t i = 0; i < count; i++) {
        const struct canonical_options o = {.json = json, .creation_timestamp = w->created};
        struct faults *f = faults_new(w->a);
        struct str form;
        bool made = tekton_canonical(w->a, documents[i], &o, f, &form);
        MUST(made == (f->count == 0));
        if (made)
            again(w->a, form, &o);
    }
    return OK;
}

/* The first byte chooses the form. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct work w = {
        .a = arena_new(FUZZ_ARENA), .text = {(const char *)data + 1, size - 1}, .created = (data[0] & 1) != 0};
    if (w.a && arena_guard(w.a, canonical_guarded, &w) == ERR_LIMIT)
        fputs("too much for the arena\n", stderr);
    arena_free(w.a);
    return 0;
}
