/* Random pipelines: they compile twice to the same bytes, and no dependency gets lost. */
#include "base/testing.h"
#include "pipeline-creator/compile/compile.h"

#define MAX_TASKS 40
#define ROUNDS    300

/* Three outputs that can be consumed either way, inputs of both kinds, one that the program ignores. */
static const char COMPONENT[] =
    "name: Random\n"
    "inputs:\n"
    "- {name: value, type: String, optional: true}\n"
    "- {name: file, optional: true}\n"
    "- {name: ignored, optional: true}\n"
    "outputs: [{name: a, type: String}, {name: b}, {name: c d}]\n"
    "implementation:\n"
    "  container:\n"
    "    image: busybox\n"
    "    command: [run, {inputValue: value}, {inputPath: file}, {outputPath: a}, {outputPath: b}, {outputPath: c d}]\n";

struct edge {
    unsigned from, to;
};

struct graph_case {
    struct edge edges[MAX_TASKS * 5];
    size_t count;
};

static void reference(struct buf *b, struct graph_case *g, const char *input, unsigned from, unsigned to,
                      uint64_t *seed)
{
    static const char *const outputs[] = {"a", "b", "c d"};
    buf_printf(b, "%s{taskOutput: {taskId: t%u, outputName: %s}}", input, from, outputs[testing_random(seed) % 3]);
    g->edges[g->count++] = (struct edge){from, to};
}

/* Tasks stand in the document in any order: number k is written at a place of its own. */
static void write_task(struct buf *b, struct graph_case *g, unsigned k, uint64_t *seed)
{
    static const char *const inputs[] = {"value: ", "file: ", "ignored: "};
    buf_printf(b, "      t%u:\n        componentRef: {name: random}\n        arguments: {", k);
    const char *comma = "";
    for (size_t i = 0; i < 3; i++) {
        uint64_t choice = testing_random(seed) % 4;
        if (choice == 0)
            continue;
        buf_cstr(b, comma);
        comma = ", ";
        if (k > 0 && choice < 3)
            reference(b, g, inputs[i], (unsigned)(testing_random(seed) % k), k, seed);
        else if (choice == 3 && testing_random(seed) % 2)
            buf_printf(b, "%s{graphInput: {inputName: text}}", inputs[i]);
        else
            buf_printf(b, "%s'constant %u $$'", inputs[i], k);
    }
    buf_cstr(b, "}\n");
    if (k > 0 && testing_random(seed) % 4 == 0) {
        reference(b, g, "        isEnabled: {'==': {op2: x, op1: ", (unsigned)(testing_random(seed) % k), k, seed);
        buf_cstr(b, "}}\n");
    }
    if (k > 0 && testing_random(seed) % 4 == 0) {
        unsigned from = (unsigned)(testing_random(seed) % k);
        buf_printf(b, "        annotations: {component-hub.dev/depends-on: [t%u]}\n", from);
        g->edges[g->count++] = (struct edge){from, k};
    }
}

static struct str write_document(struct arena *a, struct graph_case *g, uint64_t *seed)
{
    unsigned count = (unsigned)(testing_random(seed) % MAX_TASKS) + 1;
    unsigned places[MAX_TASKS];
    for (unsigned k = 0; k < count; k++)
        places[k] = k;
    for (unsigned k = count; k-- > 1;) {
        unsigned other = (unsigned)(testing_random(seed) % (k + 1)), kept = places[k];
        places[k] = places[other];
        places[other] = kept;
    }
    struct buf b;
    buf_init(&b, a, 0);
    buf_cstr(&b, "name: Random\ninputs: [{name: text, default: hello}]\nimplementation:\n  graph:\n    tasks:\n");
    for (unsigned k = 0; k < count; k++)
        write_task(&b, g, places[k], seed);
    return buf_take(&b);
}

static bool mentions(const struct node *n, struct str wanted)
{
    if (node_is_scalar(n))
        return str_starts(n->text, wanted.p);
    for (size_t i = 0; i < node_count(n); i++)
        if (mentions(n->kind == NODE_SEQ ? n->items[i] : n->pairs[i].value, wanted))
            return true;
    return false;
}

static const struct node *find_task(const struct node *manifest, unsigned number)
{
    const struct node *tasks = node_path(manifest, "spec", "pipelineSpec", "tasks", NULL);
    struct str name = STR_NONE;
    char text[16];
    snprintf(text, sizeof text, "t%u", number);
    name = str_of(text);
    for (size_t i = 0; i < node_count(tasks); i++)
        if (str_eq(node_text_of(tasks->items[i], "name"), name))
            return tasks->items[i];
    fail_msg("task t%u got lost", number);
    return NULL;
}

static void keeps(struct arena *a, const struct node *manifest, struct edge edge)
{
    const struct node *task = find_task(manifest, edge.to), *after = node_get(task, "runAfter");
    struct str name = str_printf(a, "t%u", edge.from), result = str_printf(a, "$(tasks.t%u.results.", edge.from);
    bool kept = mentions(node_get(task, "params"), result) || mentions(node_get(task, "when"), result);
    for (size_t i = 0; i < node_count(after); i++)
        kept = kept || str_eq(node_text(after->items[i]), name);
    if (!kept)
        fail_msg("t%u does not wait for t%u", edge.to, edge.from);
}

static void random_pipelines_compile_twice_alike_and_keep_each_dependency(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (int round = 0; round < ROUNDS; round++) {
        struct arena *a = arena_new(0);
        struct graph_case *g = arena_new_of(a, struct graph_case);
        const struct graph_known known = {.key = STR("random"), .found = true, .text = str_of(COMPONENT)};
        struct compile_input in = {.document = write_document(a, g, &seed), .known = &known, .known_count = 1};
        struct compile_output once, twice;
        struct err e = {0};
        if (compile_pipeline(a, &in, &once, &e) != OK || compile_pipeline(a, &in, &twice, &e) != OK)
            print_error("%.*s\n%s\n", STR_ARG(in.document), e.message);
        assert_non_null(once.manifest);
        assert_str_eq(once.yaml, twice.yaml);
        for (size_t i = 0; i < g->count; i++)
            keeps(a, once.manifest, g->edges[i]);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_pipelines_compile_twice_alike_and_keep_each_dependency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
