#include "base/clock.h"
#include "pipeline-creator/launch/local.h"

static void send(struct run *r, struct run_event *ev)
{
    ev->at = clock_now_us();
    ev->run_id = r->id;
    r->local->sink.emit(r->local->sink.context, ev);
}

static struct run_event of_child(const struct child *c, enum run_event_kind kind, enum run_state state)
{
    return (struct run_event){.kind = kind,
                              .state = state,
                              .task_no = c->no,
                              .tekton_name = c->task->spec->name,
                              .matrix_index = c->matrix_index,
                              .attempt = c->attempt,
                              .exit_code = -1};
}

void emit_run(struct run *r, const struct node *results, struct str reason, struct str message)
{
    struct run_event ev = {.kind = EVENT_RUN,
                           .state = r->state,
                           .reason = reason,
                           .message = message,
                           .matrix_index = -1,
                           .exit_code = -1,
                           .results = results};
    send(r, &ev);
}

void emit_task(struct task *t)
{
    struct run_event ev = {.kind = EVENT_TASK,
                           .state = t->state,
                           .reason = t->reason,
                           .message = t->message,
                           .task_no = t->spec->no,
                           .tekton_name = t->spec->name,
                           .matrix_index = -1,
                           .exit_code = -1};
    send(t->run, &ev);
}

void emit_child(struct child *c)
{
    struct run_event ev = of_child(c, EVENT_TASK, c->state);
    ev.reason = c->reason;
    ev.message = c->message;
    ev.params = c->state == STATE_RUNNING ? c->params : NULL;
    ev.results = state_is_final(c->state) ? c->results : NULL;
    send(c->task->run, &ev);
}

void emit_attempt(struct child *c, enum run_state state, struct str reason, struct str message)
{
    struct run_event ev = of_child(c, EVENT_ATTEMPT, state);
    ev.reason = reason;
    ev.message = message;
    send(c->task->run, &ev);
}

void emit_step(struct child *c, size_t step, struct str reason, struct str message)
{
    struct run_event ev = of_child(c, EVENT_STEP, c->steps[step].state);
    ev.step_no = (unsigned)step;
    ev.step_name = c->steps[step].name;
    ev.exit_code = c->steps[step].exit_code;
    ev.reason = reason;
    ev.message = message;
    send(c->task->run, &ev);
}

void emit_log(struct child *c, struct str data)
{
    struct run_event ev = of_child(c, EVENT_LOG, STATE_RUNNING);
    ev.step_no = (unsigned)c->step;
    ev.step_name = c->steps[c->step].name;
    ev.data = data;
    send(c->task->run, &ev);
}
