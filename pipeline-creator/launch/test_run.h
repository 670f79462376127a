/* For tests of the local engine: a sink that writes down what it hears, and a loop that waits for the end. */
#ifndef PIPELINE_CREATOR_LAUNCH_TEST_RUN_H
#define PIPELINE_CREATOR_LAUNCH_TEST_RUN_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "pipeline-creator/launch/local.h"

struct heard {
    struct arena *a;
    struct buf tasks;  /* "name state reason\n" of tasks, "run state reason\n" */
    struct buf log;    /* what steps wrote */
    struct buf steps;  /* "task/step state code\n" */
    unsigned attempts; /* that started */
    enum run_state state;
    unsigned finals; /* of the run */
    struct str message, task_message;
    struct node *results;
    size_t log_bytes;
};

static inline void hear(void *context, const struct run_event *ev)
{
    struct heard *h = context;
    if (ev->kind == EVENT_LOG) {
        h->log_bytes += ev->data.n;
        if (h->log.n < 1 << 20)
            buf_str(&h->log, ev->data);
    } else if (ev->kind == EVENT_STEP && state_is_final(ev->state)) {
        buf_printf(&h->steps, "%.*s/%.*s %s %d\n", STR_ARG(ev->tekton_name), STR_ARG(ev->step_name),
                   state_name(ev->state), ev->exit_code);
    } else if (ev->kind == EVENT_ATTEMPT && ev->state == STATE_RUNNING) {
        h->attempts++;
    } else if (ev->kind == EVENT_TASK) {
        buf_printf(&h->tasks, "%.*s", STR_ARG(ev->tekton_name));
        if (ev->matrix_index >= 0)
            buf_printf(&h->tasks, "[%d]", ev->matrix_index);
        buf_printf(&h->tasks, " %s", state_name(ev->state));
        if (state_is_final(ev->state)) {
            buf_printf(&h->tasks, " %.*s", STR_ARG(ev->reason));
            h->task_message = str_dup(h->a, ev->message);
        }
        buf_char(&h->tasks, '\n');
    } else if (ev->kind == EVENT_RUN && state_is_final(ev->state)) {
        buf_printf(&h->tasks, "run %s %.*s\n", state_name(ev->state), STR_ARG(ev->reason));
        h->state = ev->state;
        h->finals++;
        h->message = str_dup(h->a, ev->message);
        h->results = ev->results ? node_copy(h->a, ev->results) : NULL;
    }
}

static inline struct heard *heard_new(void)
{
    struct arena *a = arena_new(0);
    struct heard *h = arena_new_of(a, struct heard);
    *h = (struct heard){.a = a};
    buf_init(&h->tasks, a, 0);
    buf_init(&h->log, a, 0);
    buf_init(&h->steps, a, 0);
    return h;
}

/* Turns until nothing runs; false after the given time. */
static inline bool run_to_end(struct engine *en, int64_t most_ms)
{
    int64_t end = clock_mono_ms() + most_ms;
    while (engine_active(en) && clock_mono_ms() < end)
        engine_turn(en, 200);
    return !engine_active(en);
}

static inline struct node *run_of(struct arena *a, const char *spec)
{
    struct node *n = NULL;
    struct err e = {0};
    struct str text =
        str_printf(a, "apiVersion: tekton.dev/v1\nkind: PipelineRun\nmetadata: {name: r}\nspec:\n%s", spec);
    if (node_parse_yaml(a, text, &n, &e)) {
        fprintf(stderr, "line %u: %s\n%s\n", e.line, e.message, text.p);
        abort();
    }
    return n;
}

#endif
