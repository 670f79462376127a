/* Uploads of any bytes: package_read() and what callers do with its result, in a small arena. */
#include "catalog/catalog.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_ARENA ((size_t)8 << 20)

/* What is published is written into the database as JSON, shown on cards and compared with the next version. */
static void use(struct arena *a, const struct package *p)
{
    struct interface back;
    struct node *n;
    struct buf b;
    struct err e = {0};
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    interface_json(&j, &p->interface);
    MUST(node_parse_json(a, buf_take(&b), &n, &e) == OK);
    MUST(interface_from_node(a, n, &back, &e) == OK);
    MUST(interface_compare(&p->interface, &back) == INTERFACE_IDENTICAL);
    MUST(name_valid(p->name) && p->title.n > 0 && p->document != NULL && p->member_count > 0);
    MUST(p->version.n == 0 || version_valid(p->version));
    MUST(first_sentence(a, p->description).n <= 200);
    MUST(str_utf8(p->search_text) && node_to_json(a, p->facts).n > 0);
}

struct work {
    struct arena *a;
    const struct package *p;
};

static enum status use_guarded(void *arg)
{
    struct work *w = arg;
    use(w->a, w->p);
    return OK;
}

/* The first byte chooses the kind that is asked for, as publishing with ?kind= does. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(FUZZ_ARENA);
    struct problems ps;
    struct package p;
    struct err e = {0};
    if (!a || size == 0) {
        arena_free(a);
        return 0;
    }
    problems_init(&ps, a);
    enum asset_kind kind = (enum asset_kind)(data[0] % (KIND_COUNT + 1));
    struct str bytes = {(const char *)data + 1, size - 1};
    enum status s = package_read(a, bytes, STR("upload"), kind == KIND_COUNT ? NULL : &kind, &p, &ps, &e);
    if (s == OK) {
        struct work w = {a, &p};
        s = arena_guard(a, use_guarded, &w);
        MUST(s == OK || s == ERR_LIMIT || s == ERR_NOMEM);
    } else {
        MUST(e.status == s && e.code[0] != '\0' && e.message[0] != '\0');
    }
    arena_free(a);
    return 0;
}
