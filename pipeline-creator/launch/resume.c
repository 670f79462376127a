/* A run that an earlier process began: what is known of its tasks, and its volumes. */
#include "pipeline-creator/launch/local.h"

static bool has_volumes(const struct run *r)
{
    for (size_t i = 0; i < r->pr->workspace_count; i++)
        if (r->pr->workspaces[i].kind == PRUN_CLAIM)
            return true;
    return false;
}

static struct past *remember(struct arena *a, const struct task_history *h)
{
    struct past *p = arena_new_of(a, struct past);
    *p = (struct past){NULL, *h};
    p->told.reason = str_dup(a, h->reason);
    p->told.message = str_dup(a, h->message);
    p->told.results = h->results ? node_copy(a, h->results) : NULL;
    return p;
}

/* Puts one piece of history to its task; began: whether something ran. */
static enum status recall_task(struct run *r, const struct task_history *h, bool *began, struct err *e)
{
    ptrdiff_t i = prun_task_index(r->pr, h->tekton_name);
    if (i < 0)
        return err_set(e, ERR_INVALID, "bad_history", "the run has no task %.*s", STR_ARG(h->tekton_name));
    if (h->state == STATE_PENDING)
        return OK;
    struct task *t = &r->tasks[i];
    struct past *p = remember(r->a, h);
    p->next = t->past;
    t->past = p;
    *began = *began || h->attempts;
    if (t->spec->finally)
        r->finally_began_us = earlier(r->finally_began_us, h->started_at);
    if (h->matrix_index < 0 && state_is_final(h->state)) {
        t->results = p->told.results ? node_copy(r->a, p->told.results) : NULL;
        task_close(t, h->state, p->told.reason, p->told.message);
    }
    return OK;
}

enum status run_recall(struct run *r, const struct run_history *history, struct err *e)
{
    bool found, began = false;
    r->began_us = history->started_at;
    for (size_t i = 0; i < history->count; i++) {
        enum status s = recall_task(r, &history->tasks[i], &began, e);
        if (s)
            return s;
    }
    enum status s = folder_adopt(r->local->dir, r->id, &found, e);
    if (!s && !found && began && has_volumes(r))
        return err_set(e, ERR_NOT_FOUND, "run_folder_gone",
                       "The run cannot go on: the files that its tasks passed to each other are not on this machine.");
    return s;
}

void child_interrupted(struct child *c)
{
    c->state = STATE_FAILED;
    c->reason = c->task->spec->go_on ? STR("FailureIgnored") : STR(HUB_RESTARTED);
    c->message = STR("The hub was restarted while this task ran.");
    emit_child(c);
}

void child_recall(struct child *c)
{
    const struct task *t = c->task;
    const struct past *p = t->past;
    while (p && p->told.matrix_index != c->matrix_index)
        p = p->next;
    if (!p)
        return;
    c->attempt = p->told.attempts;
    if (state_is_final(p->told.state)) {
        c->state = p->told.state;
        c->reason = p->told.reason;
        c->message = p->told.message;
        c->results = p->told.results ? node_copy(t->run->a, p->told.results) : NULL;
    } else if (c->attempt > t->spec->retries) {
        child_interrupted(c);
    }
}
