/* The local engine: runs that wait, runs that run, and one turn of the loop. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "pipeline-creator/launch/local.h"

#define DEFAULT_PARALLEL 4
#define DEFAULT_RUNS     8
#define DEFAULT_LOG_MAX  ((size_t)1 << 30)
#define DEFAULT_DISK     ((uint64_t)10 << 30)
#define DEFAULT_GRACE_US 10000000

static struct local *of(struct engine *en)
{
    return (struct local *)en;
}

static bool is_id(const char *id)
{
    size_t n = strlen(id);
    for (size_t i = 0; i < n; i++)
        if (!((id[i] >= 'a' && id[i] <= 'z') || (id[i] >= 'A' && id[i] <= 'Z') || (id[i] >= '0' && id[i] <= '9') ||
              (id[i] == '-' && i)))
            return false;
    return n && n <= RUN_ID_MAX;
}

static void append(struct local *l, struct run *r)
{
    struct run **end = &l->runs;
    while (*end)
        end = &(*end)->next;
    *end = r;
}

struct submitting {
    struct local *local;
    const char *id;
    const struct node *document;
    const struct run_history *history; /* NULL: it is new */
    struct arena *a;
    struct run *run;
    struct err *e;
};

static enum status make_run_folder(struct run *r, struct err *e)
{
    /* others may pass through it, not look: steps that run as another user come by here */
    enum status s = folder_make(r->local->dir, r->id, 0711, geteuid(), getegid(), e);
    struct str users = STR("root:x:0:0:root:/:/usr/sbin/nologin\nstep:x:1000:1000:step:/tekton/home:/bin/sh\n"
                           "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n");
    struct str groups = STR("root:x:0:\nstep:x:1000:\nnogroup:x:65534:\n");
    s = s ? s : folder_write(str_printf(r->a, "%s/passwd", r->dir).p, users, 0644, e);
    s = s ? s : folder_write(str_printf(r->a, "%s/group", r->dir).p, groups, 0644, e);
    return s;
}

static enum status submit_guarded(void *context)
{
    struct submitting *in = context;
    struct run *r = arena_new_of(in->a, struct run);
    *r = (struct run){.local = in->local, .a = in->a, .state = STATE_PENDING};
    memcpy(r->id, in->id, strlen(in->id));
    struct node *document = node_copy(in->a, in->document);
    enum status s = prun_read(in->a, document, in->id, &r->pr, in->e);
    if (s)
        return s;
    r->dir = str_printf(in->a, "%s/%s", in->local->dir, r->id).p;
    r->next_no = (unsigned)r->pr->count;
    r->tasks = arena_array_of(in->a, r->pr->count, struct task);
    for (size_t i = 0; i < r->pr->count; i++)
        r->tasks[i] = (struct task){.run = r, .spec = &r->pr->tasks[i], .state = STATE_PENDING};
    in->run = r;
    s = make_run_folder(r, in->e);
    return s || !in->history ? s : run_recall(r, in->history, in->e);
}

static enum status local_submit(struct engine *en, const char *run_id, const struct node *pipeline_run,
                                const struct run_history *history, struct err *e)
{
    struct local *l = of(en);
    unsigned waiting = 0;
    *e = (struct err){0};
    if (!is_id(run_id))
        return err_set(e, ERR_INVALID, "bad_run_id", "the id of a run is letters, digits and dashes");
    for (const struct run *r = l->runs; r; r = r->next) {
        waiting += r->state == STATE_PENDING;
        if (!strcmp(r->id, run_id))
            return err_set(e, ERR_CONFLICT, "run_exists", "the run %s is here already", run_id);
    }
    if (waiting >= WAITING_MAX)
        return err_set(e, ERR_LIMIT, "too_many_runs", "%d runs are waiting already", WAITING_MAX);
    struct submitting in = {l, run_id, pipeline_run, history, arena_new(RUN_MEMORY), NULL, e};
    if (!in.a)
        return err_set(e, ERR_NOMEM, "no_memory", "no memory for a run");
    enum status s = arena_guard(in.a, submit_guarded, &in);
    if (s) {
        if (in.run)
            folder_remove(in.run->dir);
        arena_free(in.a);
        return e->status ? s : err_set(e, s, "no_memory", "the run is too large");
    }
    append(l, in.run);
    return OK;
}

static void local_sweep(struct engine *en)
{
    folder_sweep(of(en)->dir);
}

static void local_wake(struct engine *en)
{
    of(en)->runner->wake(of(en)->runner);
}

static void local_cancel(struct engine *en, const char *run_id)
{
    struct local *l = of(en);
    if (!is_id(run_id))
        return;
    pthread_mutex_lock(&l->lock);
    if (l->cancel_count == l->cancel_cap) {
        size_t cap = l->cancel_cap ? l->cancel_cap * 2 : 16;
        void *grown = realloc(l->cancels, cap * sizeof *l->cancels);
        if (grown) {
            l->cancels = grown;
            l->cancel_cap = cap;
        }
    }
    if (l->cancel_count < l->cancel_cap)
        memcpy(l->cancels[l->cancel_count++], run_id, strlen(run_id) + 1);
    pthread_mutex_unlock(&l->lock);
    local_wake(en);
}

static void take_cancels(struct local *l)
{
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->cancel_count; i++)
        for (struct run *r = l->runs; r; r = r->next)
            if (!strcmp(r->id, l->cancels[i]) && !state_is_final(r->state))
                run_stop(r, CAUSE_CANCEL);
    l->cancel_count = 0;
    pthread_mutex_unlock(&l->lock);
}

static void finish_folder(struct run *r)
{
    if (!r->local->c.keep)
        folder_remove(r->dir);
}

static void remove_finished(struct local *l)
{
    for (struct run **link = &l->runs; *link;) {
        struct run *r = *link;
        if (!state_is_final(r->state)) {
            link = &r->next;
            continue;
        }
        *link = r->next;
        finish_folder(r);
        arena_free(r->a);
    }
}

static enum status advance_guarded(void *context)
{
    struct run *r = context;
    run_tick(r, clock_mono_ms());
    run_advance(r);
    return OK;
}

static void advance(struct run *r)
{
    if (!arena_guard(r->a, advance_guarded, r))
        return;
    r->cause = CAUSE_ERROR;
    r->changed = true;
    if (arena_guard(r->a, advance_guarded, r))
        r->changed = true; /* the next turn goes on with it */
}

/* Starts what waits and moves everything on. True when something happened. */
static bool move_on(struct local *l)
{
    unsigned running = 0;
    bool moved = false;
    for (const struct run *r = l->runs; r; r = r->next)
        running += r->state == STATE_RUNNING;
    take_cancels(l);
    for (struct run *r = l->runs; r; r = r->next) {
        if (r->state == STATE_PENDING && (running < l->c.max_runs || r->cause)) {
            run_start(r);
            running++;
        }
        moved = moved || r->changed;
        if (r->state == STATE_RUNNING)
            advance(r);
    }
    remove_finished(l);
    return moved;
}

static void local_turn(struct engine *en, int timeout_ms)
{
    struct local *l = of(en);
    if (move_on(l))
        timeout_ms = 0;
    int64_t due = 0, now = clock_mono_ms();
    for (const struct run *r = l->runs; r; r = r->next)
        if (r->state == STATE_RUNNING)
            due = earlier(due, run_due(r));
    if (due) {
        int64_t left = due > now ? due - now : 0;
        if (timeout_ms < 0 || left < timeout_ms)
            timeout_ms = (int)left;
    }
    l->runner->wait(l->runner, timeout_ms);
    move_on(l);
}

static unsigned local_active(const struct engine *en)
{
    const struct local *l = (const struct local *)en;
    unsigned n = 0;
    for (const struct run *r = l->runs; r; r = r->next)
        n += !state_is_final(r->state);
    return n;
}

static void local_describe(const struct engine *en, struct json *j)
{
    const struct local *l = (const struct local *)en;
    json_object(j);
    json_put_cstr(j, "name", "local");
    l->runner->describe(l->runner, j);
    json_put_int(j, "parallel_tasks", l->c.parallel_tasks);
    json_put_int(j, "max_runs", l->c.max_runs);
    json_object_end(j);
}

static void hear_nothing(void *context, const struct run_event *event)
{
    (void)context;
    (void)event;
}

static void local_free(struct engine *en)
{
    struct local *l = of(en);
    l->sink.emit = hear_nothing; /* whoever starts the hub again sees what was left open */
    for (struct run *r = l->runs; r; r = r->next) {
        r->cause = CAUSE_ERROR;
        for (size_t i = 0; i < r->pr->count; i++)
            for (size_t k = 0; k < r->tasks[i].child_count; k++)
                r->tasks[i].children[k].cause = CAUSE_ERROR;
    }
    l->runner->free(l->runner);
    bool keep = l->c.keep || (l->runs && l->c.resumable);
    while (l->runs) {
        struct run *r = l->runs;
        l->runs = r->next;
        arena_free(r->a);
    }
    if (l->dir && !keep)
        folder_remove(l->dir);
    if (l->lock_fd >= 0)
        close(l->lock_fd);
    pthread_mutex_destroy(&l->lock);
    free(l->cancels);
    free(l->dir);
    free(l);
}

static const struct engine_ops ops = {local_free, local_submit, local_sweep,  local_cancel,
                                      local_turn, local_wake,   local_active, local_describe};

enum status local_with(const struct local_config *c, struct run_sink sink, struct runner *runner, char *dir,
                       int lock_fd, struct engine **out, struct err *e)
{
    struct local *l = calloc(1, sizeof *l);
    if (!l) {
        runner->free(runner);
        free(dir);
        if (lock_fd >= 0)
            close(lock_fd);
        return err_set(e, ERR_NOMEM, "no_memory", "no memory for the engine");
    }
    *l = (struct local){.engine = {&ops}, .c = *c, .sink = sink, .runner = runner, .dir = dir, .lock_fd = lock_fd};
    pthread_mutex_init(&l->lock, NULL);
    l->c.parallel_tasks = c->parallel_tasks ? c->parallel_tasks : DEFAULT_PARALLEL;
    l->c.max_runs = c->max_runs ? c->max_runs : DEFAULT_RUNS;
    l->c.step_log_max = c->step_log_max ? c->step_log_max : DEFAULT_LOG_MAX;
    l->c.disk_max = c->disk_max ? c->disk_max : DEFAULT_DISK;
    l->c.grace_us = c->grace_us ? c->grace_us : DEFAULT_GRACE_US;
    runner->listener = (struct runner_listener){child_output, child_ended};
    *out = &l->engine;
    return OK;
}

/* What stands for a run's folder when the sandbox is tried. */
static enum status make_probe_folder(const char *dir, char path[4096], struct err *e)
{
    static const char *const names[] = {"passwd", "group"};
    char file[4200];
    if (snprintf(path, 4096, "%s/probe", dir) >= 4096)
        return err_set(e, ERR_INVALID, "state_dir", "the path of the state folder is too long");
    enum status s = folder_make(dir, "probe", 0711, geteuid(), getegid(), e);
    for (size_t i = 0; !s && i < 2; i++) {
        snprintf(file, sizeof file, "%s/%s", path, names[i]);
        s = folder_write(file, STR(""), 0644, e);
    }
    return s;
}

enum status local_engine_new(const struct local_config *c, struct run_sink sink, struct engine **out, struct err *e)
{
    char *dir = NULL;
    int lock_fd = -1;
    struct runner *runner = NULL;
    *e = (struct err){0};
    enum status s = folder_claim(c->state_dir, &dir, &lock_fd, e);
    char probe[4096];
    if (!s && !c->resumable)
        folder_sweep(dir);
    s = s ? s : make_probe_folder(dir, probe, e);
    s = s ? s : sandbox_new(probe, c->unsafe, &runner, e);
    if (!s)
        return local_with(c, sink, runner, dir, lock_fd, out, e);
    if (dir)
        folder_remove(dir);
    free(dir);
    if (lock_fd >= 0)
        close(lock_fd);
    return s;
}
