#include "hub/cli/run_print.h"

#include <stdio.h>

static void end_line(struct printer *p)
{
    if (p->open_line)
        putchar('\n');
    p->open_line = false;
}

static void print_label(const struct run_event *ev)
{
    printf("%.*s", STR_ARG(ev->tekton_name));
    if (ev->matrix_index >= 0)
        printf("[%d]", ev->matrix_index);
}

static void print_log(struct printer *p, const struct run_event *ev)
{
    if (p->open_line && p->open_task != ev->task_no)
        end_line(p);
    struct str rest = ev->data;
    while (rest.n) {
        ptrdiff_t end = str_find_char(rest, '\n');
        struct str line = str_sub(rest, 0, end < 0 ? rest.n : (size_t)end + 1);
        if (!p->open_line) {
            putchar('[');
            print_label(ev);
            fputs("] ", stdout);
        }
        fwrite(line.p, 1, line.n, stdout);
        p->open_line = end < 0;
        p->open_task = ev->task_no;
        rest = str_from(rest, line.n);
    }
}

static void print_duration(int64_t from, int64_t to)
{
    if (from)
        printf(" (%.1f s)", (double)(to - from) / 1e6);
}

static void print_task(struct printer *p, const struct run_event *ev)
{
    int64_t *started = ev->task_no < PRINT_TASKS ? &p->started[ev->task_no] : NULL;
    end_line(p);
    print_label(ev);
    if (!state_is_final(ev->state)) {
        puts(": started");
        if (started)
            *started = ev->at;
        return;
    }
    printf(": %s", state_name(ev->state));
    print_duration(started ? *started : 0, ev->at);
    if (ev->state != STATE_SUCCEEDED)
        printf(" %.*s: %.*s", STR_ARG(ev->reason), STR_ARG(ev->message));
    putchar('\n');
}

static void print_retry(struct printer *p, const struct run_event *ev)
{
    end_line(p);
    print_label(ev);
    printf(": attempt %u %s%s%.*s\n", ev->attempt, state_is_final(ev->state) ? state_name(ev->state) : "started",
           ev->message.n ? ": " : "", STR_ARG(ev->message));
}

static void print_results(const struct node *results)
{
    struct arena *a = node_count(results) ? arena_new(0) : NULL;
    if (!a)
        return;
    puts("results:");
    for (size_t i = 0; i < results->count; i++) {
        const struct node *value = results->pairs[i].value;
        struct str text = node_is_scalar(value) ? node_text(value) : node_to_json(a, value);
        printf("  %.*s: ", STR_ARG(results->pairs[i].key));
        fwrite(text.p, 1, text.n, stdout);
        putchar('\n');
    }
    arena_free(a);
}

static void print_run(struct printer *p, const struct run_event *ev)
{
    end_line(p);
    if (!state_is_final(ev->state)) {
        p->run_started = ev->at;
        if (!p->quiet)
            printf("run %.*s: %s. %.*s\n", STR_ARG(p->run_name), state_name(ev->state), STR_ARG(ev->message));
        return;
    }
    print_results(ev->results);
    printf("run %.*s: %s", STR_ARG(p->run_name), state_name(ev->state));
    print_duration(p->run_started, ev->at);
    printf(" %.*s: %.*s\n", STR_ARG(ev->reason), STR_ARG(ev->message));
}

static void print_text(struct printer *p, const struct run_event *ev)
{
    if (ev->kind == EVENT_RUN)
        print_run(p, ev);
    else if (p->quiet)
        return;
    else if (ev->kind == EVENT_LOG)
        print_log(p, ev);
    else if (ev->kind == EVENT_TASK)
        print_task(p, ev);
    else if (ev->kind == EVENT_ATTEMPT && ev->attempt > 1)
        print_retry(p, ev);
}

static void put_place(struct json *j, const struct run_event *ev)
{
    if (ev->kind == EVENT_RUN)
        return;
    json_put_str(j, "task", ev->tekton_name);
    json_put_int(j, "task_no", ev->task_no);
    if (ev->matrix_index >= 0)
        json_put_int(j, "matrix_index", ev->matrix_index);
    if (ev->attempt)
        json_put_int(j, "attempt", ev->attempt);
    if (ev->kind != EVENT_STEP && ev->kind != EVENT_LOG)
        return;
    json_put_str(j, "step", ev->step_name);
    json_put_int(j, "step_no", ev->step_no);
}

static void put_state(struct json *j, const struct run_event *ev)
{
    if (ev->kind == EVENT_LOG) {
        json_put_str(j, "data", ev->data);
        return;
    }
    json_put_cstr(j, "state", state_name(ev->state));
    json_put_str(j, "reason", ev->reason);
    if (ev->message.n)
        json_put_str(j, "message", ev->message);
    if (ev->kind == EVENT_STEP && ev->exit_code >= 0)
        json_put_int(j, "exit_code", ev->exit_code);
    if (ev->params) {
        json_key(j, "params");
        json_node(j, ev->params);
    }
    if (ev->results) {
        json_key(j, "results");
        json_node(j, ev->results);
    }
}

static enum status print_json(void *context)
{
    static const char *const kinds[] = {"run", "task", "attempt", "step", "log"};
    const struct {
        struct arena *a;
        const struct run_event *ev;
    } *in = context;
    struct buf b;
    buf_init(&b, in->a, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_put_time(&j, "time", in->ev->at);
    json_put_cstr(&j, "event", kinds[in->ev->kind]);
    json_put_cstr(&j, "run", in->ev->run_id);
    put_place(&j, in->ev);
    put_state(&j, in->ev);
    json_object_end(&j);
    buf_char(&b, '\n');
    struct str line = buf_take(&b);
    fwrite(line.p, 1, line.n, stdout);
    return OK;
}

void print_event(void *context, const struct run_event *ev)
{
    struct printer *p = context;
    if (ev->kind == EVENT_RUN && state_is_final(ev->state))
        p->state = ev->state;
    if (!p->json) {
        print_text(p, ev);
    } else if (!p->quiet || ev->kind == EVENT_RUN) {
        struct {
            struct arena *a;
            const struct run_event *ev;
        } in = {arena_new(0), ev};
        if (!in.a || arena_guard(in.a, print_json, &in) != OK)
            fputs("component-hub: out of memory\n", stderr);
        arena_free(in.a);
    }
    fflush(stdout);
}
