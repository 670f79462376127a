/* Code of any bytes: either a component that reads back, the same twice, or an error; never both, never neither. */
#include "catalog/code/code.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_ARENA ((size_t)64 << 20)

struct work {
    struct arena *a;
    struct code_request rq;
    struct str yaml;
};

static enum status make(void *arg)
{
    struct work *w = arg;
    struct problems ps;
    struct buf b;
    struct node *again;
    problems_init(&ps, w->a);
    struct node *document = code_component(w->a, &w->rq, &ps);
    MUST((document == NULL) == (ps.errors > 0));
    if (!document)
        return OK;
    buf_init(&b, w->a, 0);
    (void)node_write_yaml(&b, document);
    w->yaml = buf_take(&b);
    MUST(node_parse_yaml(w->a, w->yaml, &again, NULL) == OK);
    MUST(node_equal(document, again));
    return OK;
}

/* The first byte chooses the language. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct code_port ports[] = {{.name = {"first one", 9}}, {.name = {"b", 1}, .optional = true}};
    if (size == 0)
        return 0;
    struct work once = {
        .a = arena_new(FUZZ_ARENA),
        .rq = {.language = data[0] == '#' ? CODE_SHELL : CODE_PYTHON, .source = {(const char *)data, size}}};
    if (once.rq.language == CODE_SHELL) {
        once.rq.name = STR("Script");
        once.rq.inputs = ports;
        once.rq.input_count = 2;
    }
    struct work twice = {.a = arena_new(FUZZ_ARENA), .rq = once.rq};
    if (once.a && twice.a && arena_guard(once.a, make, &once) == OK && arena_guard(twice.a, make, &twice) == OK)
        MUST(str_eq(once.yaml, twice.yaml));
    arena_free(once.a);
    arena_free(twice.a);
    return 0;
}
