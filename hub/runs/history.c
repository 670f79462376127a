#include "hub/runs/history.h"

#include "base/clock.h"
#include "base/log.h"

static int matrix_of(const struct node *task)
{
    int64_t index;
    return node_int(node_get(task, "matrix"), &index) ? (int)index : -1;
}

static int64_t time_of(const struct node *n)
{
    int64_t us = 0;
    return time_parse(node_text_of(n, "started_at"), &us) ? us : 0;
}

static enum status read_task(struct arena *a, const struct node *task, const struct run_names *names,
                             const char *run_id, struct task_history *out, struct err *e)
{
    int64_t attempts = 0;
    (void)node_int(node_get(task, "attempt"), &attempts);
    *out = (struct task_history){
        .tekton_name = node_text_of(task, "tekton_name"),
        .matrix_index = matrix_of(task),
        .reason = node_text_of(task, "reason"),
        .message = node_text_of(task, "message"),
        .attempts = (unsigned)attempts,
        .started_at = time_of(task),
    };
    out->results = names_restore(names, a, run_id, out->tekton_name, node_get(task, "results"));
    if (!state_parse(node_text_of(task, "state"), &out->state))
        return err_set(e, ERR_INVALID, "bad_history", "The run has a task in a state that is not known.");
    return OK;
}

enum status history_read(struct arena *a, struct str run, const struct run_names *names, const char *run_id,
                         struct run_history *out, struct err *e)
{
    struct node *n;
    enum status status = node_parse_json(a, run, &n, e);
    if (status != OK)
        return status;
    const struct node *list = node_get(n, "tasks");
    size_t count = node_count(list);
    struct task_history *tasks = arena_array_of(a, count + 1, struct task_history);
    for (size_t i = 0; status == OK && i < count; i++)
        status = read_task(a, node_at(list, i), names, run_id, &tasks[i], e);
    *out = (struct run_history){time_of(n), tasks, count};
    return status;
}

struct ending {
    struct queue *queue;
    struct arena *a;
    struct str run;
    const char *id, *reason;
};

static enum status end_task(const struct ending *end, const struct node *task, unsigned no)
{
    bool running = str_is(node_text_of(task, "state"), "running");
    struct run_event ev = {
        .kind = EVENT_TASK,
        .at = clock_now_us(),
        .run_id = end->id,
        .state = running ? STATE_FAILED : STATE_SKIPPED,
        .reason = running ? STR("HubRestarted") : str_of(end->reason),
        .message = running ? STR("The hub was restarted while this task ran.")
                           : STR("The run ended before this task started."),
        .task_no = no,
        .tekton_name = node_text_of(task, "tekton_name"),
        .matrix_index = matrix_of(task),
        .exit_code = -1,
    };
    return queue_push(end->queue, &ev);
}

static enum status end_tasks(void *arg)
{
    const struct ending *end = arg;
    struct node *run;
    struct err e = {0};
    struct str name = STR_NONE;
    unsigned no = 0;
    enum status status = node_parse_json(end->a, end->run, &run, &e);
    const struct node *tasks = status == OK ? node_get(run, "tasks") : NULL;
    for (size_t i = 0; status == OK && i < node_count(tasks); i++) {
        const struct node *task = node_at(tasks, i);
        enum run_state state;
        if (i > 0 && !str_eq(name, node_text_of(task, "tekton_name")))
            no++;
        name = node_text_of(task, "tekton_name");
        if (state_parse(node_text_of(task, "state"), &state) && !state_is_final(state))
            status = end_task(end, task, no);
    }
    return status;
}

void history_end(struct queue *q, const char *run_id, struct str run, enum run_state state, const char *reason,
                 const char *message)
{
    struct arena *a = run.n ? arena_new(0) : NULL;
    struct ending end = {q, a, run, run_id, reason};
    if (run.n && (!a || arena_guard(a, end_tasks, &end) != OK))
        log_error("the tasks of a run that ended could not be noted", LOG_C("run", run_id));
    arena_free(a);
    struct run_event ev = {.kind = EVENT_RUN,
                           .at = clock_now_us(),
                           .run_id = run_id,
                           .state = state,
                           .reason = str_of(reason),
                           .message = str_of(message),
                           .matrix_index = -1,
                           .exit_code = -1};
    if (queue_push(q, &ev) != OK)
        log_error("the end of a run could not be noted", LOG_C("run", run_id));
}
