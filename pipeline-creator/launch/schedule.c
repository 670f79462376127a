/* What of a run starts, is skipped, or ends it: Tekton's rules (pkg/reconciler/pipelinerun/resources). */
#include <signal.h>

#include "base/clock.h"
#include "pipeline-creator/launch/local.h"

#define SKIP_WHEN    "WhenExpressionsSkip"
#define SKIP_PARENT  "ParentTasksSkip"
#define SKIP_MISSING "MissingResultsSkip"

static const char no_images[] = "Steps run with this machine's /usr in place of their images.";

int64_t earlier(int64_t a, int64_t b)
{
    return !a ? b : !b ? a : a < b ? a : b;
}

/* When a time limit is reached that counts from `since`, or from now when that is 0. */
static int64_t due_ms(int64_t limit_us, int64_t since)
{
    int64_t passed = since ? clock_now_us() - since : 0, left = passed > 0 ? limit_us - passed : limit_us;
    if (!limit_us)
        return 0;
    return clock_mono_ms() + (left > 0 ? (left + 999) / 1000 : 0);
}

static bool is_failure(enum run_state s)
{
    return s == STATE_FAILED || s == STATE_TIMED_OUT || s == STATE_CANCELLED;
}

void task_close(struct task *t, enum run_state state, struct str reason, struct str message)
{
    t->state = state;
    t->reason = reason;
    t->message = message;
    t->run->changed = true;
    if (is_failure(state) && !t->spec->go_on && !t->spec->finally)
        t->run->stopping = true;
}

static void end_task(struct task *t, enum run_state state, const char *reason, const char *message)
{
    task_close(t, state, str_of(reason), str_of(message));
    emit_task(t);
}

/* ---- may it start? */

static bool all_final(const struct run *r, const size_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!state_is_final(r->tasks[list[i]].state))
            return false;
    return true;
}

/* Skipped by its own conditions is not inherited; any other skip is. */
static bool passes_on(const struct task *t)
{
    return t->state == STATE_SKIPPED && !str_is(t->reason, SKIP_WHEN);
}

static bool parent_was_skipped(const struct task *t)
{
    const struct prun_task *spec = t->spec;
    for (size_t i = 0; i < spec->before_count; i++)
        if (passes_on(&t->run->tasks[spec->before[i]]))
            return true;
    for (size_t i = 0; i < spec->needs_count; i++)
        if (passes_on(&t->run->tasks[spec->needs[i]]))
            return true;
    return false;
}

struct missing {
    struct scope scope;
    bool result;          /* one is not there */
    bool excused;         /* then the task is skipped for it, else it fails */
    struct subst_ref ref; /* the first */
};

static void see_missing(void *context, const struct subst_ref *ref)
{
    struct missing *m = context;
    bool result = ref->parts > 3 && str_is(ref->part[2], "results") &&
                  (str_is(ref->part[0], "tasks") || str_is(ref->part[0], "finally"));
    struct subst s = scope_subst(&m->scope, NULL);
    if (!result || m->result || subst_value(&s, ref))
        return;
    ptrdiff_t i = prun_task_index(m->scope.run->pr, ref->part[1]);
    m->result = true;
    m->ref = *ref;
    if (i < 0)
        return;
    m->excused = m->scope.task && (m->scope.task->go_on || m->scope.task->finally);
    m->excused = m->excused || m->scope.run->tasks[i].state == STATE_SKIPPED;
}

static struct missing missing_results(struct task *t)
{
    struct run *r = t->run;
    struct missing m = {.scope = {.a = r->a, .run = r, .task = t->spec}};
    subst_each(node_get(t->spec->node, "params"), see_missing, &m);
    subst_each(node_get(t->spec->node, "when"), see_missing, &m);
    subst_each(node_get(t->spec->node, "matrix"), see_missing, &m);
    return m;
}

static void end_without_results(struct task *t, const struct missing *m)
{
    if (m->excused)
        end_task(t, STATE_SKIPPED, SKIP_MISSING, "Results were missing");
    else
        end_task(t, STATE_FAILED, "InvalidTaskResultReference",
                 str_printf(t->run->a, "$(%.*s) is not there: the task did not write it.", STR_ARG(m->ref.text)).p);
}

static void make_children(struct task *t, struct node *combos)
{
    struct run *r = t->run;
    size_t count = combos ? node_count(combos) : 1;
    t->children = arena_array_of(r->a, count, struct child);
    t->child_count = count;
    t->matrix = combos != NULL;
    for (size_t i = 0; i < count; i++) {
        t->children[i] = (struct child){.task = t,
                                        .no = i ? r->next_no++ : t->spec->no,
                                        .matrix_index = combos ? (int)i : -1,
                                        .combo = node_at(combos, i),
                                        .state = STATE_PENDING};
        child_recall(&t->children[i]);
    }
    t->state = STATE_RUNNING;
    r->changed = true;
}

static void fan_out(struct task *t)
{
    struct run *r = t->run;
    struct err e = {0};
    struct scope scope = {.a = r->a, .run = r, .task = t->spec};
    struct node *matrix = scope_apply(&scope, node_get(t->spec->node, "matrix"), &e), *combos = NULL;
    enum status st = OK;
    if (matrix && matrix_is_empty(matrix)) {
        end_task(t, STATE_SKIPPED, "EmptyArrayInMatrixParams", "Matrix Parameters have an empty array");
        return;
    }
    if (!e.status && matrix)
        st = matrix_fan_out(r->a, matrix, &combos, &e);
    if (st || e.status)
        end_task(t, STATE_FAILED, "InvalidMatrixParameterTypes", str_dup(r->a, str_of(e.message)).p);
    else
        make_children(t, combos);
}

/* Whether a task that has not started may. Ends one that never will, looking at things in Tekton's order
   (ResolvedPipelineTask.skip and IsFinallySkipped): it decides whether the skip is inherited. */
static bool may_start(struct task *t)
{
    struct run *r = t->run;
    const struct prun_task *spec = t->spec;
    if (r->part_over && !t->past) {
        end_task(t, STATE_SKIPPED, spec->finally ? "FinallyTimeoutSkip" : "TasksTimeoutSkip",
                 spec->finally ? "PipelineRun Finally timeout has been reached"
                               : "PipelineRun Tasks timeout has been reached");
        return false;
    }
    if (r->stopping && !spec->finally && !t->past) {
        end_task(t, STATE_SKIPPED, "StoppingSkip", "PipelineRun was stopping");
        return false;
    }
    if (!all_final(r, spec->before, spec->before_count) || !all_final(r, spec->needs, spec->needs_count))
        return false;
    const struct missing missing = missing_results(t);
    struct err e = {0};
    /* Results that a task wants are filled in together or not at all: conditions then see the references. */
    struct scope scope = {.a = r->a, .run = r, .task = spec, .no_results = missing.result};
    const struct node *when = scope_apply(&scope, node_get(spec->node, "when"), &e);
    if (spec->finally && missing.result)
        end_without_results(t, &missing);
    else if (e.status)
        end_task(t, STATE_FAILED, "Failed", str_dup(r->a, str_of(e.message)).p);
    else if (!when_holds(when))
        end_task(t, STATE_SKIPPED, SKIP_WHEN, "When Expressions evaluated to false");
    else if (!spec->finally && parent_was_skipped(t))
        end_task(t, STATE_SKIPPED, SKIP_PARENT, "Parent Tasks were skipped");
    else if (missing.result)
        end_without_results(t, &missing);
    else
        return true;
    return false;
}

static bool is_ready(struct task *t)
{
    const struct run *r = t->run;
    if (t->state != STATE_PENDING)
        return false;
    /* what had begun gets its children even then, so that each is told its end; but not when memory is short */
    if (r->cause == CAUSE_NONE || (t->past && r->cause != CAUSE_ERROR))
        return may_start(t);
    bool late = r->cause == CAUSE_RUN_TIMEOUT;
    end_task(t, STATE_SKIPPED, late ? "PipelineRunTimeoutSkip" : "Cancelled",
             late ? "PipelineRun timeout has been reached" : "The run ended before this task started.");
    return false;
}

/* Looks at all that may start before it starts one: where one fails for a missing result, nothing starts beside it
   (runNextSchedulableTask). A task that had begun before a restart finds what it depends on as it was, and so comes to
   the same combinations. */
static void start_ready(struct run *r, size_t from, size_t to)
{
    bool stopping = r->stopping;
    for (size_t i = from; i < to; i++)
        r->tasks[i].ready = is_ready(&r->tasks[i]);
    for (size_t i = from; i < to; i++)
        if (r->tasks[i].ready && (stopping == r->stopping || r->tasks[i].past))
            fan_out(&r->tasks[i]);
}

/* ---- has it ended? */

/* r[*] of a matrix: what each combination wrote, in their order. */
static void gather(struct task *t)
{
    struct arena *a = t->run->a;
    t->results = node_map(a);
    for (size_t i = 0; i < t->child_count; i++) {
        const struct node *results = t->children[i].results;
        for (size_t k = 0; k < node_count(results); k++) {
            struct node *list = node_get_str(t->results, results->pairs[k].key);
            if (!list)
                node_set(a, t->results, results->pairs[k].key, list = node_seq(a));
            node_push(a, list, results->pairs[k].value);
        }
    }
}

static void settle(struct task *t)
{
    enum run_state worst = STATE_SUCCEEDED;
    struct str reason = STR("Succeeded");
    for (size_t i = 0; i < t->child_count; i++) {
        const struct child *c = &t->children[i];
        if (!state_is_final(c->state))
            return;
        if (!is_failure(worst) && c->state != STATE_SUCCEEDED) {
            worst = c->state;
            reason = c->reason;
        }
    }
    if (t->matrix)
        gather(t);
    else
        t->results = t->children[0].results;
    task_close(t, worst, reason, STR_NONE);
}

static void start_children(struct run *r)
{
    for (size_t i = 0; i < r->pr->count && r->running < r->local->c.parallel_tasks; i++) {
        struct task *t = &r->tasks[i];
        for (size_t k = 0; t->state == STATE_RUNNING && k < t->child_count; k++)
            if (t->children[k].state == STATE_PENDING && r->running < r->local->c.parallel_tasks)
                child_start(&t->children[k]);
    }
}

/* ---- the end of the run */

static struct node *pipeline_results(struct run *r)
{
    struct arena *a = r->a;
    struct node *made = node_map(a);
    const struct node *list = r->pr->results;
    for (size_t i = 0; i < node_count(list); i++) {
        struct missing m = {.scope = {.a = a, .run = r}};
        struct err e = {0};
        struct subst s = scope_subst(&m.scope, &e);
        struct node *value = node_get(node_at(list, i), "value");
        /* one that refers to something that is not there is left out */
        struct node *got = subst_node(a, &s, value);
        subst_each(value, see_missing, &m);
        if (got && !m.result && !e.status)
            node_set(a, made, node_text_of(node_at(list, i), "name"), got);
    }
    return made;
}

struct tally {
    unsigned done, failed, ignored, cancelled, skipped, broken, restarted;
};

static struct tally count_tasks(const struct run *r)
{
    struct tally n = {0};
    for (size_t i = 0; i < r->pr->count; i++) {
        const struct task *t = &r->tasks[i];
        n.skipped += t->state == STATE_SKIPPED;
        n.done += t->state != STATE_SKIPPED;
        n.cancelled += t->state == STATE_CANCELLED;
        n.failed += t->state == STATE_FAILED || t->state == STATE_TIMED_OUT;
        n.ignored += is_failure(t->state) && t->spec->go_on;
        n.broken += is_failure(t->state) && !t->spec->go_on;
        n.restarted += str_is(t->reason, HUB_RESTARTED) && !t->spec->go_on;
    }
    return n;
}

static void finish(struct run *r)
{
    struct tally n = count_tasks(r);
    struct str reason = STR("Failed"), message;
    if (r->cause == CAUSE_ERROR) { /* memory is short: nothing is allocated on this way */
        r->state = STATE_FAILED;
        emit_run(r, NULL, STR("InternalError"), STR("The engine ran out of memory for this run."));
        return;
    }
    const struct node *results = pipeline_results(r);
    enum run_state state = STATE_FAILED; /* set at the end: an allocation that fails comes back here */
    message = str_printf(r->a, "Tasks Completed: %u (Failed: %u (Ignored: %u), Cancelled %u), Skipped: %u", n.done,
                         n.failed, n.ignored, n.cancelled, n.skipped);
    if (r->cause == CAUSE_CANCEL) {
        state = STATE_CANCELLED;
        reason = STR("Cancelled");
        message = STR("The run was cancelled.");
    } else if (r->cause == CAUSE_RUN_TIMEOUT) {
        state = STATE_TIMED_OUT;
        reason = STR("PipelineRunTimeout");
        message =
            str_printf(r->a, "The run did not finish within %.*s.", STR_ARG(duration_text(r->a, r->pr->timeout_us)));
    } else if (r->cause == CAUSE_DISK) {
        reason = STR("DiskLimitExceeded");
    } else if (!n.broken) {
        state = STATE_SUCCEEDED;
        reason = n.skipped ? STR("Completed") : STR("Succeeded");
    } else if (n.restarted) {
        reason = STR(HUB_RESTARTED);
    }
    r->state = state;
    emit_run(r, results, reason, message);
}

static void end_children(struct run *r, enum cause cause)
{
    for (size_t i = 0; i < r->pr->count; i++) {
        struct task *t = &r->tasks[i];
        for (size_t k = 0; k < t->child_count; k++) {
            struct child *c = &t->children[k];
            if (c->state == STATE_PENDING && c->attempt) {
                child_interrupted(c);
            } else if (c->state == STATE_PENDING) {
                c->state = STATE_SKIPPED;
                c->reason = STR("Cancelled");
                emit_child(c);
            } else if (c->process) {
                child_end(c, cause);
            } else if (c->state == STATE_RUNNING) { /* it lost its way when memory ran out */
                c->state = STATE_FAILED;
                c->reason = STR("InternalError");
                r->running--;
                emit_child(c);
            }
        }
    }
}

static bool settle_range(struct run *r, size_t from, size_t to)
{
    bool final = true;
    for (size_t i = from; i < to; i++)
        if (r->tasks[i].state == STATE_RUNNING)
            settle(&r->tasks[i]);
    start_ready(r, from, to);
    for (size_t i = from; i < to; i++)
        final = final && state_is_final(r->tasks[i].state);
    return final;
}

void run_stop(struct run *r, enum cause cause)
{
    if (r->cause == CAUSE_NONE)
        r->cause = cause;
    r->changed = true;
}

static void check_part(struct run *r, int64_t now_ms)
{
    if (!r->part_end_ms || now_ms < r->part_end_ms || r->part_over)
        return;
    r->part_over = r->changed = true;
    r->part_end_ms = 0;
}

void run_advance(struct run *r)
{
    while (r->changed && r->state == STATE_RUNNING) {
        r->changed = false;
        if (r->cause != CAUSE_NONE)
            end_children(r, r->cause);
        else if (r->part_over)
            end_children(r, CAUSE_PART_TIMEOUT);
        size_t dag = r->pr->dag_count;
        bool final = settle_range(r, r->in_finally ? dag : 0, r->in_finally || r->cause ? r->pr->count : dag);
        if (final && !r->in_finally && !r->cause && r->pr->count > dag) {
            r->in_finally = r->changed = true;
            r->part_over = false;
            r->part_end_ms = due_ms(r->pr->finally_timeout_us, r->finally_began_us);
            check_part(r, clock_mono_ms());
            continue;
        }
        if (final) {
            finish(r);
            return;
        }
        if (r->cause == CAUSE_NONE && !r->part_over)
            start_children(r);
    }
}

void run_start(struct run *r)
{
    r->state = STATE_RUNNING;
    r->changed = true;
    r->end_ms = due_ms(r->pr->timeout_us, r->began_us);
    r->part_end_ms = due_ms(r->pr->tasks_timeout_us, r->began_us);
    r->disk_at_ms = clock_mono_ms() + 1000;
    emit_run(r, NULL, STR("Running"), str_of(no_images));
}

int64_t run_due(const struct run *r)
{
    int64_t due = r->cause == CAUSE_NONE ? r->end_ms : 0;
    if (r->cause == CAUSE_NONE && !r->part_over)
        due = earlier(due, r->part_end_ms);
    if (r->running)
        due = earlier(due, r->disk_at_ms);
    for (size_t i = 0; i < r->pr->count; i++)
        for (size_t k = 0; r->tasks[i].state == STATE_RUNNING && k < r->tasks[i].child_count; k++)
            due = earlier(due, child_due(&r->tasks[i].children[k]));
    return due;
}

static void check_disk(struct run *r, int64_t now_ms)
{
    if (now_ms < r->disk_at_ms || !r->local->c.disk_max)
        return;
    if (folder_size(r->dir) > r->local->c.disk_max)
        run_stop(r, CAUSE_DISK);
    int64_t took = clock_mono_ms() - now_ms; /* a large folder is looked at less often */
    r->disk_at_ms = now_ms + (took > 100 ? took * 10 : 1000);
}

void run_tick(struct run *r, int64_t now_ms)
{
    if (r->end_ms && now_ms >= r->end_ms)
        run_stop(r, CAUSE_RUN_TIMEOUT);
    check_part(r, now_ms);
    if (r->running)
        check_disk(r, now_ms);
    for (size_t i = 0; i < r->pr->count; i++)
        for (size_t k = 0; r->tasks[i].state == STATE_RUNNING && k < r->tasks[i].child_count; k++)
            child_tick(&r->tasks[i].children[k], now_ms);
}
