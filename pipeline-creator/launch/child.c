/* One TaskRun: attempts, and in each its steps one after the other. */
#include <signal.h>

#include "base/clock.h"
#include "pipeline-creator/launch/local.h"

static struct arena *arena_of(const struct child *c)
{
    return c->task->run->a;
}

static const struct local_config *config_of(const struct child *c)
{
    return &c->task->run->local->c;
}

static int64_t in_us(int64_t us)
{
    return us ? clock_mono_ms() + (us + 999) / 1000 : 0;
}

struct ending {
    enum run_state state;
    const char *reason;
    struct str message;
};

/* What an end from outside means for the attempt. */
static struct ending of_cause(const struct child *c)
{
    struct arena *a = arena_of(c);
    const struct prun_task *t = c->task->spec;
    switch (c->cause) {
    case CAUSE_TASK_TIMEOUT:
        return (struct ending){STATE_TIMED_OUT, "TaskRunTimeout",
                               str_printf(a, "Task %.*s did not finish within %.*s.", STR_ARG(t->name),
                                          STR_ARG(duration_text(a, t->timeout_us)))};
    case CAUSE_STEP_TIMEOUT:
        return (struct ending){
            STATE_TIMED_OUT, "StepTimeout",
            str_printf(a, "Step %.*s did not finish within its timeout.", STR_ARG(c->steps[c->step].name))};
    case CAUSE_OUTPUT:
        return (struct ending){STATE_FAILED, "OutputLimitExceeded",
                               str_printf(a, "Step %.*s wrote more than %zu bytes of output.",
                                          STR_ARG(c->steps[c->step].name), config_of(c)->step_log_max)};
    case CAUSE_DISK:
        return (struct ending){
            STATE_FAILED, "DiskLimitExceeded",
            str_printf(a, "The run uses more than %llu bytes of disk.", (unsigned long long)config_of(c)->disk_max)};
    case CAUSE_RUN_TIMEOUT:
    case CAUSE_PART_TIMEOUT:
        return (struct ending){STATE_CANCELLED, "TaskRunCancelled",
                               STR("Ended because the run's timeout was reached.")};
    default:
        return (struct ending){STATE_CANCELLED, "TaskRunCancelled", STR("Cancelled.")};
    }
}

static void remove_folder(struct child *c)
{
    struct run *r = c->task->run;
    if (c->dir && !r->local->c.keep && r->cause != CAUSE_ERROR)
        folder_remove(str_printf(r->a, "%s/%s", r->dir, c->dir).p);
}

static void finish(struct child *c, struct ending end)
{
    struct run *r = c->task->run;
    bool ignored = c->task->spec->go_on && (end.state == STATE_FAILED || end.state == STATE_TIMED_OUT);
    c->state = end.state;
    c->reason = ignored ? STR("FailureIgnored") : str_of(end.reason);
    c->message = end.message;
    r->running--;
    r->changed = true;
    emit_attempt(c, end.state, c->reason, c->message);
    emit_child(c);
    remove_folder(c);
}

static void begin_attempt(struct child *c);

static void end_attempt(struct child *c, struct ending end)
{
    c->attempt_end_ms = c->step_end_ms = c->kill_ms = 0;
    for (size_t i = 0; i < c->step_count; i++) { /* those that did not get their turn */
        if (state_is_final(c->steps[i].state))
            continue;
        c->steps[i].state = STATE_SKIPPED;
        emit_step(c, i, STR("Skipped"), STR_NONE);
    }
    bool ours = c->cause == CAUSE_NONE || c->cause == CAUSE_TASK_TIMEOUT || c->cause == CAUSE_STEP_TIMEOUT;
    bool again = end.state != STATE_SUCCEEDED && ours && c->attempt <= c->task->spec->retries &&
                 c->task->run->cause == CAUSE_NONE && !c->task->run->part_over;
    if (!again) {
        finish(c, end);
        return;
    }
    emit_attempt(c, end.state, str_of(end.reason), end.message);
    remove_folder(c);
    c->attempt++;
    begin_attempt(c);
}

static void fail_attempt(struct child *c, const char *reason, const struct err *e)
{
    struct str message = str_printf(arena_of(c), "%s%s%s", e->message, e->hint[0] ? " " : "", e->hint);
    end_attempt(c, (struct ending){STATE_FAILED, reason, message});
}

static void run_step(struct child *c);

/* All steps are through: results decide whether it was a success. */
static void succeed(struct child *c)
{
    struct err e = {0};
    c->step = c->step_count - 1;
    enum status s = results_read(c, true, &e);
    if (s)
        fail_attempt(c, s == ERR_LIMIT ? "TaskRunResultLargerThanAllowedLimit" : "TaskRunValidationFailed", &e);
    else
        end_attempt(c, (struct ending){STATE_SUCCEEDED, "Succeeded", STR("All steps have completed.")});
}

static void next_step(struct child *c)
{
    if (c->step + 1 < c->step_count) {
        c->step++;
        run_step(c);
    } else {
        succeed(c);
    }
}

static void write_exit_code(struct child *c, int code)
{
    struct arena *a = arena_of(c);
    struct err ignored = {0};
    struct str path = str_printf(a, "%s/%s/tekton/steps/step-%.*s/exitCode", c->task->run->dir, c->dir,
                                 STR_ARG(c->steps[c->step].name));
    enum status s = folder_write(path.p, str_printf(a, "%d", code), 0644, &ignored);
    (void)s; /* only a later step that reads it would notice */
}

static bool step_goes_on(struct child *c)
{
    struct err ignored = {0};
    struct scope scope = {.a = arena_of(c), .run = c->task->run, .task = c->task->spec, .child = c, .step = c->step};
    struct subst s = scope_subst(&scope, &ignored);
    const struct node *step = prun_step(arena_of(c), c->task->spec, c->step);
    return str_is(subst_text(arena_of(c), &s, node_text_of(step, "onError")), "continue");
}

/* The program ran to its end by itself. */
static void step_exited(struct child *c, int code)
{
    struct arena *a = arena_of(c);
    struct step *step = &c->steps[c->step];
    step->exit_code = code;
    step->state = code ? STATE_FAILED : STATE_SUCCEEDED;
    write_exit_code(c, code);
    bool go_on = code && step_goes_on(c);
    emit_step(c, c->step, code ? go_on ? STR("Continued") : STR("Error") : STR("Completed"),
              code ? str_printf(a, "Exited with code %d.", code) : STR_NONE);
    struct err e = {0};
    enum status s = results_read(c, false, &e);
    if (s == ERR_LIMIT) {
        fail_attempt(c, "TaskRunResultLargerThanAllowedLimit", &e);
    } else if (code && !go_on) {
        struct err ignored = {0}; /* what a failed task left is read as far as it can be */
        s = results_read(c, true, &ignored);
        end_attempt(c, (struct ending){STATE_FAILED, "Failed",
                                       str_printf(a, "Step %.*s exited with code %d.", STR_ARG(step->name), code)});
    } else {
        next_step(c);
    }
}

static enum status ended_guarded(void *context)
{
    const struct {
        struct child *c;
        const struct step_end *end;
    } *in = context;
    struct child *c = in->c;
    struct step *step = &c->steps[c->step];
    c->process = NULL;
    c->step_end_ms = c->kill_ms = 0;
    c->told = false;
    if (c->cause != CAUSE_NONE) {
        struct ending end = of_cause(c);
        step->exit_code = in->end->exited ? in->end->exit_code : -1;
        step->state = end.state;
        emit_step(c, c->step, str_of(end.reason), end.message);
        end_attempt(c, end);
    } else if (!in->end->exited) {
        step->state = STATE_FAILED;
        struct str why = str_printf(arena_of(c), "Step %.*s could not be started: %.*s", STR_ARG(step->name),
                                    STR_ARG(in->end->message));
        emit_step(c, c->step, STR("StartError"), why);
        end_attempt(c, (struct ending){STATE_FAILED, "Failed", why});
    } else {
        step_exited(c, in->end->exit_code);
    }
    return OK;
}

void child_ended(void *owner, const struct step_end *end)
{
    struct child *c = owner;
    struct run *r = c->task->run;
    struct {
        struct child *c;
        const struct step_end *end;
    } in = {c, end};
    if (arena_guard(r->a, ended_guarded, &in))
        r->cause = CAUSE_ERROR; /* run_advance ends it */
    r->changed = true;
}

void child_output(void *owner, struct str bytes)
{
    struct child *c = owner;
    size_t max = config_of(c)->step_log_max;
    if (c->cause == CAUSE_OUTPUT)
        return;
    c->output += bytes.n;
    if (max && c->output > max) {
        bytes.n -= c->output - max < bytes.n ? c->output - max : bytes.n;
        child_end(c, CAUSE_OUTPUT);
    }
    if (bytes.n)
        emit_log(c, bytes);
}

/* Starts c->step, or passes over it when its conditions do not hold. */
static void run_step(struct child *c)
{
    struct runner *u = c->task->run->local->runner;
    struct planned_step plan;
    struct err e = {0};
    enum status s = plan_step(c, &plan, &e);
    if (!s && plan.skip) {
        c->steps[c->step].state = STATE_SKIPPED;
        emit_step(c, c->step, STR("WhenExpressionsSkip"), STR_NONE);
        next_step(c);
        return;
    }
    c->output = 0;
    s = s ? s : u->start(u, &plan.spec, c, &c->process, &e);
    if (s) {
        c->process = NULL;
        fail_attempt(c, "TaskRunValidationFailed", &e);
        return;
    }
    c->steps[c->step].state = STATE_RUNNING;
    int64_t timeout = plan.timeout_us ? plan.timeout_us : config_of(c)->step_timeout_us;
    c->step_end_ms = in_us(timeout);
    emit_step(c, c->step, STR("Running"), STR_NONE);
}

static void begin_attempt(struct child *c)
{
    struct err e = {0};
    c->steps = NULL;
    c->step_count = 0;
    c->cause = CAUSE_NONE;
    c->results = NULL;
    enum status s = plan_attempt(c, &e);
    if (c->attempt == 1)
        emit_child(c);
    emit_attempt(c, STATE_RUNNING, STR("Running"), STR_NONE);
    if (s) {
        fail_attempt(c, "TaskRunValidationFailed", &e);
        return;
    }
    c->attempt_end_ms = in_us(c->task->spec->timeout_us);
    run_step(c);
}

void child_start(struct child *c)
{
    c->state = STATE_RUNNING;
    c->reason = STR("Running");
    c->attempt++;
    c->task->run->running++;
    begin_attempt(c);
}

void child_end(struct child *c, enum cause cause)
{
    struct runner *u = c->task->run->local->runner;
    if (c->state != STATE_RUNNING || !c->process)
        return;
    if (c->cause == CAUSE_NONE || cause == CAUSE_CANCEL)
        c->cause = cause;
    if (c->told)
        return;
    c->told = true;
    c->kill_ms = clock_mono_ms() + config_of(c)->grace_us / 1000;
    u->stop(u, c->process, SIGTERM);
}

int64_t child_due(const struct child *c)
{
    if (c->state != STATE_RUNNING)
        return 0;
    return c->told ? c->kill_ms : earlier(c->attempt_end_ms, c->step_end_ms);
}

void child_tick(struct child *c, int64_t now_ms)
{
    struct runner *u = c->task->run->local->runner;
    if (c->state != STATE_RUNNING || !c->process)
        return;
    if (c->told && c->kill_ms && now_ms >= c->kill_ms) {
        c->kill_ms = 0;
        u->stop(u, c->process, SIGKILL);
    } else if (!c->told && c->attempt_end_ms && now_ms >= c->attempt_end_ms) {
        child_end(c, CAUSE_TASK_TIMEOUT);
    } else if (!c->told && c->step_end_ms && now_ms >= c->step_end_ms) {
        child_end(c, CAUSE_STEP_TIMEOUT);
    }
}
