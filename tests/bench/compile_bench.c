/*
 * Times compiling one large pipeline in this process, and libyaml going over what comes out.
 *
 *   compile_bench [--tasks N] [--runs N] [--inline] [--emit FILE]
 *
 * The pipeline is a mix of chains and fans: tasks consume one of those before them by value, every third one by file as
 * well; some have a condition, every seventh waits for another. The component is known by its digest, or with --inline
 * stands in each task. --emit writes the document, so that others can read the same one. Prints one line of JSON with
 * medians: from the document's text to YAML, from the document in memory to YAML (where a compiler begins that is
 * called from a program), and libyaml parsing and emitting the bytes that were compiled.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/digest.h"
#include "base/file.h"
#include "pipeline-creator/compile/compile.h"
#include "tests/bench/measure.h"

static const char COMPONENT[] = "name: Train\n"
                                "description: A component of ordinary size.\n"
                                "inputs:\n"
                                "- {name: table, type: CSV, optional: true, description: The table.}\n"
                                "- {name: label, type: String, default: label}\n"
                                "- {name: epochs, type: Integer, default: '200'}\n"
                                "- {name: learning_rate, type: Float, default: '0.5'}\n"
                                "- {name: note, type: String, optional: true}\n"
                                "outputs:\n"
                                "- {name: model, type: CSV}\n"
                                "- {name: loss, type: Float}\n"
                                "implementation:\n"
                                "  container:\n"
                                "    image: python:3.11-alpine\n"
                                "    command:\n"
                                "    - python3\n"
                                "    - -u\n"
                                "    - -c\n"
                                "    - |\n"
                                "      import sys\n"
                                "      print(sys.argv)\n"
                                "    args:\n"
                                "    - if: {cond: {isPresent: table}, then: [--table, {inputPath: table}]}\n"
                                "    - {inputValue: label}\n"
                                "    - {inputValue: epochs}\n"
                                "    - {inputValue: learning_rate}\n"
                                "    - {concat: ['note=', {inputValue: note}]}\n"
                                "    - {outputPath: model}\n"
                                "    - {outputPath: loss}\n";

struct bench {
    struct arena *documents; /* lives through all runs */
    struct str document;
    const struct node *tree; /* compile from this; NULL = from the text */
    struct graph_known known;
    struct compile_output out;
    struct err e;
    struct arena *a;
    struct str yaml; /* of the last compile, kept in `documents` */
    size_t task_count;
};

static void write_component(struct buf *b, bool embedded, struct str digest)
{
    if (!embedded) {
        buf_printf(b, "        componentRef: {digest: '%.*s'}\n", STR_ARG(digest));
        return;
    }
    buf_cstr(b, "        componentRef:\n          spec:\n");
    struct str rest = str_of(COMPONENT), line;
    while (str_split(&rest, '\n', &line))
        if (line.n)
            buf_printf(b, "            %.*s\n", STR_ARG(line));
}

static void write_task(struct buf *b, unsigned long k, bool embedded, struct str digest)
{
    buf_printf(b, "      task %lu:\n", k);
    write_component(b, embedded, digest);
    buf_printf(
        b, "        arguments:\n          label: 'column %lu'\n          epochs: {graphInput: {inputName: epochs}}\n",
        k);
    if (k > 0) /* chains of eight, and fans from the first of each */
        buf_printf(b, "          note: {taskOutput: {taskId: task %lu, outputName: loss}}\n", k % 8 ? k - 1 : k / 2);
    if (k > 0 && k % 3 == 0)
        buf_printf(b, "          table: {taskOutput: {taskId: task %lu, outputName: model}}\n", k / 3);
    if (k % 50 == 49)
        buf_printf(b, "        isEnabled: {'!=': {op1: {graphInput: {inputName: mode}}, op2: 'skip %lu'}}\n", k);
    buf_printf(b, "        annotations:\n          editor.position: '{\"x\":%lu,\"y\":%lu}'\n", k % 8 * 200,
               k / 8 * 100);
    if (k % 7 == 6)
        buf_printf(b, "          component-hub.dev/depends-on: [task %lu]\n", k - 3);
}

static struct str write_document(struct arena *a, unsigned long tasks, bool embedded, struct str digest)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_cstr(&b, "name: Large pipeline\ninputs:\n- {name: epochs, type: Integer, default: '100'}\n"
                 "- {name: mode, type: String, default: fast}\nimplementation:\n  graph:\n    tasks:\n");
    for (unsigned long k = 0; k < tasks; k++)
        write_task(&b, k, embedded, digest);
    return buf_take(&b);
}

static enum status compile_once(void *arg)
{
    struct bench *bench = arg;
    struct compile_input in = {.document = bench->tree ? STR_NONE : bench->document,
                               .tree = bench->tree,
                               .known = &bench->known,
                               .known_count = 1};
    return compile_pipeline(bench->a, &in, &bench->out, &bench->e);
}

/* One compile: a fresh arena, as each request has. -1 when it does not compile. */
static int64_t time_compile(struct bench *bench)
{
    int64_t started = now_ns();
    bench->a = arena_new(0);
    enum status status = bench->a ? arena_guard(bench->a, compile_once, bench) : ERR_NOMEM;
    bench->task_count = bench->out.task_count;
    if (status != OK) {
        fprintf(stderr, "compile_bench: %s\n", bench->e.message);
        for (size_t i = 0; i < bench->out.problems.count && i < 5; i++)
            fprintf(stderr, "  %.*s\n", STR_ARG(bench->out.problems.list[i].message));
    }
    int64_t kept = now_ns();
    if (status == OK && !bench->yaml.n)
        bench->yaml = str_dup(bench->documents, bench->out.yaml);
    kept = now_ns() - kept;
    arena_free(bench->a);
    return status == OK ? now_ns() - started - kept : -1;
}

/* libyaml's events from its parser straight into its emitter. */
static int64_t time_libyaml(struct bench *bench)
{
    int64_t started = now_ns();
    yaml_parser_t parser;
    yaml_emitter_t emitter;
    yaml_event_t event;
    size_t written = 0;
    unsigned char *out = malloc(bench->yaml.n * 2);
    bool ok = out && yaml_parser_initialize(&parser) && yaml_emitter_initialize(&emitter);
    if (!ok)
        return -1;
    yaml_parser_set_input_string(&parser, (const unsigned char *)bench->yaml.p, bench->yaml.n);
    yaml_emitter_set_output_string(&emitter, out, bench->yaml.n * 2, &written);
    for (bool end = false; ok && !end;) {
        ok = yaml_parser_parse(&parser, &event) == 1;
        end = ok && event.type == YAML_STREAM_END_EVENT;
        ok = ok && yaml_emitter_emit(&emitter, &event) == 1;
    }
    yaml_emitter_delete(&emitter);
    yaml_parser_delete(&parser);
    free(out);
    return ok && written > 0 ? now_ns() - started : -1;
}

static int measure(struct bench *bench, unsigned long runs)
{
    struct node *tree = NULL;
    if (node_parse_yaml(bench->documents, bench->document, &tree, &bench->e) != OK)
        return 2;
    int64_t from_text = median(bench, runs, time_compile);
    bench->tree = tree;
    int64_t from_tree = median(bench, runs, time_compile);
    int64_t libyaml = median(bench, runs, time_libyaml);
    if (from_text < 0 || from_tree < 0 || libyaml < 0)
        return 1;
    printf("{\"tasks\":%zu,\"document_bytes\":%zu,\"yaml_bytes\":%zu,\"runs\":%lu,\"ns_from_text\":%lld,"
           "\"ns_from_tree\":%lld,\"ns_libyaml\":%lld}\n",
           bench->task_count, bench->document.n, bench->yaml.n, runs, (long long)from_text, (long long)from_tree,
           (long long)libyaml);
    return 0;
}

static int usage(void)
{
    fputs("usage: compile_bench [--tasks N] [--runs N] [--inline] [--emit FILE]\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"tasks", required_argument, NULL, 't'},
                                            {"runs", required_argument, NULL, 'r'},
                                            {"inline", no_argument, NULL, 'i'},
                                            {"emit", required_argument, NULL, 'e'},
                                            {NULL, 0, NULL, 0}};
    unsigned long tasks = 500, runs = 50;
    bool embedded = false;
    const char *emit = NULL;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 't')
            tasks = strtoul(optarg, NULL, 10);
        else if (option == 'r')
            runs = strtoul(optarg, NULL, 10);
        else if (option == 'i')
            embedded = true;
        else if (option == 'e')
            emit = optarg;
        else
            return usage();
    }
    if (optind != argc || tasks == 0 || tasks > GRAPH_MAX_TASKS || runs == 0 || runs > 1000000)
        return usage();

    struct bench bench = {.documents = arena_new(0)};
    if (!bench.documents)
        return 2;
    struct str digest = str_cat(bench.documents, STR("sha256:"), sha256_hex(bench.documents, str_of(COMPONENT)));
    bench.document = write_document(bench.documents, tasks, embedded, digest);
    bench.known = (struct graph_known){.key = digest,
                                       .found = true,
                                       .text = str_of(COMPONENT),
                                       .namespace = STR("bench"),
                                       .name = STR("train"),
                                       .version = STR("1.0.0"),
                                       .digest = digest};
    int code = 0;
    if (emit && file_write(emit, bench.document, 0644, &bench.e) != OK) {
        fprintf(stderr, "compile_bench: %s\n", bench.e.message);
        code = 2;
    }
    if (code == 0)
        code = measure(&bench, runs);
    arena_free(bench.documents);
    return code;
}
