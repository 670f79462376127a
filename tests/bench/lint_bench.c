/*
 * Times Tekton's rules over one large PipelineRun in this process.
 *
 *   lint_bench [--tasks N] [--runs N] [--emit FILE]
 *
 * Each task has an inline spec with parameters, a result, two steps and a condition, and takes the result of one before
 * it. --emit writes the run as JSON, so that Tekton's own code can be timed over the same bytes (tekton-oracle -bench).
 * Prints one line of JSON with medians: from the text to the verdict, and from the parsed document to the verdict
 * (decoding, defaults, validation).
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "pipeline-creator/tekton/admit.h"
#include "tests/bench/measure.h"

#define TASKS_MAX 5000

struct bench {
    struct str text;
    const struct node *tree; /* judge this; NULL = the text */
    enum tekton_verdict verdict;
    struct arena *a;
};

static void write_task(struct buf *b, unsigned long k)
{
    buf_printf(b, "%s{\"name\":\"task-%lu\",\"params\":[{\"name\":\"label\",\"value\":\"$(params.mode) %lu\"}",
               k ? "," : "", k, k);
    if (k)
        buf_printf(b, ",{\"name\":\"note\",\"value\":\"$(tasks.task-%lu.results.loss)\"}", k % 8 ? k - 1 : k / 2);
    buf_cstr(
        b, "],\"taskSpec\":{\"params\":[{\"name\":\"label\",\"type\":\"string\"},{\"name\":\"note\",\"default\":\"\"}],"
           "\"results\":[{\"name\":\"loss\",\"description\":\"How far it is off.\"}],\"steps\":["
           "{\"name\":\"prepare\",\"image\":\"busybox:1.36\",\"command\":[\"mkdir\",\"-p\"],\"args\":[\"/scratch/"
           "$(params.label)\"]},"
           "{\"name\":\"train\",\"image\":\"python:3.11-alpine\",\"env\":[{\"name\":\"NOTE\",\"value\":\"$(params.note)"
           "\"}],"
           "\"computeResources\":{\"limits\":{\"cpu\":\"500m\",\"memory\":\"1Gi\"}},"
           "\"script\":\"#!/bin/sh\\nset -e\\npython3 -u train.py --label \\\"$0\\\" > $(results.loss.path)\\n\"}]}");
    if (k % 50 == 49)
        buf_cstr(b, ",\"when\":[{\"input\":\"$(params.mode)\",\"operator\":\"notin\",\"values\":[\"dry\"]}]");
    if (k % 7 == 6)
        buf_printf(b, ",\"runAfter\":[\"task-%lu\"]", k - 3);
    buf_char(b, '}');
}

static struct str write_run(struct arena *a, unsigned long tasks)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_cstr(&b,
             "{\"apiVersion\":\"tekton.dev/v1\",\"kind\":\"PipelineRun\",\"metadata\":{\"name\":\"large\"},\"spec\":{"
             "\"params\":[{\"name\":\"mode\",\"value\":\"fast\"}],\"pipelineSpec\":{\"params\":[{\"name\":\"mode\","
             "\"type\":\"string\"}],\"tasks\":[");
    for (unsigned long k = 0; k < tasks; k++)
        write_task(&b, k);
    buf_cstr(&b, "]}}}");
    return buf_take(&b);
}

static enum status judge(void *arg)
{
    struct bench *bench = arg;
    struct tekton_settings settings = tekton_settings_of(GATE_BETA);
    struct faults *f = faults_new(bench->a);
    struct node *tree, *object;
    struct err e = {0};
    if (!bench->tree && node_parse_json(bench->a, bench->text, &tree, &e) != OK)
        return ERR_SYNTAX;
    bench->verdict = tekton_admit(bench->a, bench->tree ? bench->tree : tree, true, &settings, f, &object);
    if (f->count)
        fprintf(stderr, "lint_bench: %.*s\n", STR_ARG(faults_text(f)));
    return OK;
}

/* In a fresh arena, as each request has. -1 when the run is not accepted. */
static int64_t time_once(struct bench *bench)
{
    int64_t started = now_ns();
    bench->a = arena_new(0);
    enum status s = bench->a ? arena_guard(bench->a, judge, bench) : ERR_NOMEM;
    arena_free(bench->a);
    return s == OK && bench->verdict == TEKTON_ACCEPTED ? now_ns() - started : -1;
}

static int measure(struct arena *a, unsigned long tasks, unsigned long runs, const char *emit)
{
    struct bench bench = {.text = write_run(a, tasks)};
    struct node *tree;
    struct err e = {0};
    if (node_parse_json(a, bench.text, &tree, &e) != OK || (emit && file_write(emit, bench.text, 0644, &e) != OK)) {
        fprintf(stderr, "lint_bench: %s\n", e.message);
        return 2;
    }
    int64_t from_text = median(&bench, runs, time_once);
    bench.tree = tree;
    int64_t from_tree = median(&bench, runs, time_once);
    printf("{\"tasks\":%lu,\"bytes\":%zu,\"runs\":%lu,\"ns_from_text\":%lld,\"ns_from_tree\":%lld}\n", tasks,
           bench.text.n, runs, (long long)from_text, (long long)from_tree);
    return from_text < 0 || from_tree < 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"tasks", required_argument, NULL, 't'},
                                            {"runs", required_argument, NULL, 'r'},
                                            {"emit", required_argument, NULL, 'e'},
                                            {NULL, 0, NULL, 0}};
    unsigned long tasks = 500, runs = 50;
    const char *emit = NULL;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 't')
            tasks = strtoul(optarg, NULL, 10);
        else if (option == 'r')
            runs = strtoul(optarg, NULL, 10);
        else if (option == 'e')
            emit = optarg;
        else
            tasks = 0;
    }
    if (optind != argc || tasks == 0 || tasks > TASKS_MAX || runs == 0 || runs > 1000000) {
        fputs("usage: lint_bench [--tasks N] [--runs N] [--emit FILE]\n", stderr);
        return 2;
    }
    struct arena *a = arena_new(0);
    int code = a ? measure(a, tasks, runs, emit) : 2;
    arena_free(a);
    return code;
}
