/* Pipeline documents of any bytes: compiling them twice, and reading back what comes out, in a small arena. */
#include "pipeline-creator/compile/compile.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_ARENA ((size_t)32 << 20)

/* What a hub would answer: one component, one pipeline that nests itself, and nothing for all else. */
static const char ECHO[] =
    "name: Echo\ninputs: [{name: text, default: hello}]\noutputs: [{name: output, type: String}]\n"
    "implementation: {container: {image: busybox, command: [echo, {inputValue: text}, {inputPath: "
    "text}, {outputPath: output}]}}\n";
static const char NESTED[] = "name: Nested\ninputs: [{name: text, optional: true}]\noutputs: [{name: output}]\n"
                             "implementation: {graph: {tasks: {a: {componentRef: {name: echo}, arguments: {text: "
                             "{graphInput: {inputName: text}}}}}, outputValues: {output: {taskOutput: {taskId: a, "
                             "outputName: output}}}}}\n";

struct work {
    struct arena *a;
    struct compile_input in;
    struct compile_output out;
    struct err e;
};

static enum status compile_guarded(void *arg)
{
    struct work *w = arg;
    struct graph_known *known = NULL;
    size_t count = 0;
    for (unsigned turn = 0; turn <= GRAPH_MAX_DEPTH; turn++) {
        w->in.known = known;
        w->in.known_count = count;
        enum status status = compile_pipeline(w->a, &w->in, &w->out, &w->e);
        if (w->out.missing_count == 0)
            return status;
        known = arena_grow(w->a, known, count * sizeof *known, (count + w->out.missing_count) * sizeof *known);
        for (size_t i = 0; i < w->out.missing_count; i++) {
            struct str key = w->out.missing[i].key;
            bool echo = str_starts(key, "e"), nested = str_starts(key, "n");
            known[count++] = (struct graph_known){.key = key,
                                                  .found = echo || nested,
                                                  .text = echo ? str_of(ECHO) : str_of(NESTED),
                                                  .namespace = STR("x"),
                                                  .name = STR("y"),
                                                  .version = STR("1.0.0")};
        }
    }
    return OK;
}

static enum status read_back(void *arg)
{
    struct work *w = arg;
    struct node *back = NULL;
    MUST(node_parse_yaml(w->a, w->out.yaml, &back, &w->e) == OK);
    MUST(node_equal(back, w->out.manifest));
    return OK;
}

static bool gave_up(enum status status)
{
    return status == ERR_LIMIT || status == ERR_NOMEM;
}

/* The first byte chooses whether it is compiled for launching. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct str document = {(const char *)data + 1, size - 1};
    struct work once = {.a = arena_new(FUZZ_ARENA), .in = {.document = document, .launch = data[0] & 1}};
    struct work twice = {.a = arena_new(FUZZ_ARENA), .in = once.in};
    if (once.a && twice.a) {
        enum status status = arena_guard(once.a, compile_guarded, &once);
        MUST(status == OK || status == ERR_INVALID || gave_up(status));
        MUST(status != ERR_INVALID || once.out.problems.errors > 0);
        if (status == OK && once.out.manifest) {
            MUST(arena_guard(twice.a, compile_guarded, &twice) == OK);
            MUST(str_eq(once.out.yaml, twice.out.yaml));
            status = arena_guard(once.a, read_back, &once);
            MUST(status == OK || gave_up(status));
        }
    }
    arena_free(once.a);
    arena_free(twice.a);
    return 0;
}
