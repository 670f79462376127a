#include "hub/runs/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "hub/runs/history.h"
#include "hub/runs/parts.h"

/* ---- who holds the engine */

/* The holder's name stays with the state folder, so that a restarted hub has its lease back at once. */
static enum status read_holder(struct supervisor *s, struct err *e)
{
    char path[4200];
    struct arena *a = arena_new(0);
    struct str text;
    if (!a)
        return err_set(e, ERR_NOMEM, "no_memory", "The hub is out of memory.");
    snprintf(path, sizeof path, "%s/engine-id", s->config.state_dir);
    if (!file_exists(path)) {
        enum status made = uuid7(s->holder);
        if (made == OK)
            made = file_write(path, str_of(s->holder), 0600, e);
        arena_free(a);
        return made;
    }
    enum status status = file_read(a, path, 256, &text, e);
    if (status == OK && (text = str_trim(text), uuid_valid(text)))
        memcpy(s->holder, text.p, UUID_TEXT - 1);
    else if (status == OK)
        status = err_set(e, ERR_INVALID, "bad_engine_id", "%s does not hold an id; remove it to get a new one.", path);
    arena_free(a);
    return status;
}

/* Two processes with one state folder would share its lease and step on each other's runs. */
static enum status lock_state(struct supervisor *s, struct err *e)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/engine.lock", s->config.state_dir);
    s->lock_fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (s->lock_fd < 0)
        return err_errno(e, errno, "state_unwritable", "Cannot open %s", path);
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return OK;
    err_set(e, ERR_CONFLICT, "state_in_use", "Another hub uses the state folder %s.", s->config.state_dir);
    return err_hint(e, "Stop it, or give this one another --state.");
}

/* ---- the engine's thread */

static void push(struct supervisor *s, const struct run_event *event)
{
    if (queue_push(s->queue, event) != OK && !atomic_load(&s->stopping))
        log_error("an event of a run was lost: no memory", LOG_C("run", event->run_id));
}

struct naming {
    struct supervisor *s;
    struct arena *a;
    const struct run_event *event;
};

static enum status push_named(void *arg)
{
    const struct naming *n = arg;
    struct run_event named = *n->event;
    names_apply(n->s->names, n->a, &named);
    push(n->s, &named);
    return OK;
}

static void on_event(void *context, const struct run_event *event)
{
    struct supervisor *s = context;
    bool plain = event->kind != EVENT_RUN && !event->params && !event->results && event->matrix_index < 0;
    struct arena *a = plain ? NULL : arena_new(0);
    struct naming n = {s, a, event};
    if (!a || arena_guard(a, push_named, &n) != OK)
        push(s, event);
    arena_free(a);
    if (event->kind == EVENT_RUN && state_is_final(event->state))
        names_drop(&s->names, event->run_id);
}

/* ---- what is queued for the engine */

static enum status read_manifest(struct arena *a, const struct submission *sub, struct node **out, struct err *e)
{
    return node_parse_yaml(a, (struct str){sub->bytes, sub->manifest_n}, out, e);
}

static struct str run_of(const struct submission *sub)
{
    return (struct str){sub->bytes + sub->manifest_n, sub->run_n};
}

struct start_work {
    struct supervisor *s;
    struct arena *a;
    const struct submission *sub;
    struct err *e;
};

static enum status start_run(void *arg)
{
    struct start_work *w = arg;
    struct supervisor *s = w->s;
    const char *id = w->sub->run_id;
    struct node *manifest;
    struct run_history history;
    enum status status = read_manifest(w->a, w->sub, &manifest, w->e);
    if (status != OK)
        return status;
    names_add(&s->names, id, manifest);
    if (w->sub->kind == SUBMIT_RESUME) {
        status = history_read(w->a, run_of(w->sub), s->names, id, &history, w->e);
        if (status == OK)
            status = engine_resume(s->engine, id, manifest, &history, w->e);
    } else {
        status = engine_submit(s->engine, id, manifest, w->e);
    }
    if (status != OK)
        names_drop(&s->names, id);
    return status;
}

/* A new run, or one from before a restart. */
static void handle_run(struct supervisor *s, const struct submission *sub)
{
    struct err e = {0};
    enum status status = ERR_UNAVAILABLE;
    struct arena *a = arena_new(0);
    struct start_work w = {s, a, sub, &e};
    if (!s->engine) {
        pthread_mutex_lock(&s->lock);
        e = s->why_not;
        pthread_mutex_unlock(&s->lock);
    } else {
        status = a ? arena_guard(a, start_run, &w) : ERR_NOMEM;
    }
    if (status != OK)
        history_end(s->queue, sub->run_id, run_of(sub), STATE_FAILED,
                    sub->kind == SUBMIT_RESUME  ? "HubRestarted"
                    : status == ERR_UNSUPPORTED ? "Unsupported"
                                                : "NotStarted",
                    e.message[0] ? e.message : "The hub is out of memory.");
    arena_free(a);
}

static void handle(struct supervisor *s, const struct submission *sub)
{
    switch (sub->kind) {
    case SUBMIT_NEW:
    case SUBMIT_RESUME:
        handle_run(s, sub);
        break;
    case SUBMIT_CANCEL:
        if (s->engine)
            engine_cancel(s->engine, sub->run_id);
        break;
    case SUBMIT_END:
        history_end(s->queue, sub->run_id, run_of(sub), STATE_CANCELLED, "Cancelled", "The run was cancelled.");
        break;
    case SUBMIT_SWEEP:
        if (s->engine)
            engine_sweep(s->engine);
        break;
    }
}

static struct submission *take_queued(struct supervisor *s)
{
    struct submission *list = s->first;
    s->first = NULL;
    s->last = &s->first;
    s->waiting = 0;
    return list;
}

static void free_queued(struct submission *list)
{
    for (struct submission *next; list; list = next) {
        next = list->next;
        free(list);
    }
}

enum status supervisor_queue(struct supervisor *s, enum submission_kind kind, const char *run_id, struct str manifest,
                             struct str run, bool limited, struct err *e)
{
    struct submission *sub = malloc(sizeof *sub + manifest.n + run.n);
    if (!sub)
        return err_set(e, ERR_NOMEM, "no_memory", "The hub is out of memory.");
    *sub = (struct submission){.kind = kind, .manifest_n = manifest.n, .run_n = run.n};
    snprintf(sub->run_id, sizeof sub->run_id, "%s", run_id);
    if (manifest.n)
        memcpy(sub->bytes, manifest.p, manifest.n);
    if (run.n)
        memcpy(sub->bytes + manifest.n, run.p, run.n);
    pthread_mutex_lock(&s->lock);
    bool full = limited && s->waiting >= SUPERVISOR_MAX_QUEUED;
    if (!full) {
        *s->last = sub;
        s->last = &sub->next;
        s->waiting++;
        if (s->engine)
            engine_wake(s->engine);
    }
    pthread_mutex_unlock(&s->lock);
    if (!full)
        return OK;
    free(sub);
    return err_set(e, ERR_UNAVAILABLE, "engine_busy", "%d runs wait for the engine already.", SUPERVISOR_MAX_QUEUED);
}

void supervisor_abandon(struct supervisor *s)
{
    pthread_mutex_lock(&s->lock);
    s->abandoned = true;
    struct submission *list = take_queued(s);
    if (s->engine)
        engine_wake(s->engine);
    pthread_mutex_unlock(&s->lock);
    free_queued(list);
}

struct describe_work {
    struct arena *a;
    struct engine *engine;
    struct str out;
};

static enum status describe(void *arg)
{
    struct describe_work *w = arg;
    struct buf b;
    buf_init(&b, w->a, 0);
    struct json j = json_to(&b);
    engine_describe(w->engine, &j);
    w->out = buf_take(&b);
    return OK;
}

static void keep_description(struct supervisor *s, struct engine *engine)
{
    struct arena *a = arena_new(0);
    struct describe_work w = {a, engine, STR_NONE};
    if (a && arena_guard(a, describe, &w) == OK) {
        char *copy = malloc(w.out.n);
        if (copy) {
            memcpy(copy, w.out.p, w.out.n);
            s->description = (struct str){copy, w.out.n};
        }
    }
    arena_free(a);
}

static void start_engine(struct supervisor *s)
{
    struct local_config local = s->config.local;
    struct engine *engine = NULL;
    struct err e = {0};
    local.state_dir = s->engine_dir;
    local.resumable = true;
    enum status status = local_engine_new(&local, (struct run_sink){on_event, s}, &engine, &e);
    pthread_mutex_lock(&s->lock);
    s->ready = status == OK;
    s->engine = engine;
    if (status != OK)
        s->why_not = e;
    else if (!s->description.p)
        keep_description(s, engine);
    pthread_mutex_unlock(&s->lock);
    if (status != OK)
        log_warn("runs cannot be launched on this machine", LOG_C("code", e.code), LOG_C("reason", e.message));
}

static void stop_engine(struct supervisor *s)
{
    struct engine *engine = s->engine;
    pthread_mutex_lock(&s->lock);
    s->engine = NULL;
    s->ready = false;
    pthread_mutex_unlock(&s->lock);
    engine_free(engine);
    names_free(&s->names);
}

static void handle_all(struct supervisor *s)
{
    pthread_mutex_lock(&s->lock);
    bool abandoned = s->abandoned;
    s->abandoned = false;
    struct submission *list = take_queued(s);
    pthread_mutex_unlock(&s->lock);
    if (abandoned) { /* ends the steps; should its runs come back they are resumed as after a restart */
        stop_engine(s);
        start_engine(s);
    }
    for (const struct submission *sub = list; sub; sub = sub->next)
        handle(s, sub);
    free_queued(list);
}

static void *engine_main(void *arg)
{
    struct supervisor *s = arg;
    start_engine(s);
    while (!atomic_load(&s->stopping)) {
        handle_all(s);
        if (s->engine)
            engine_turn(s->engine, 1000);
        else
            usleep(RETRY_MS * 1000);
    }
    stop_engine(s);
    return NULL;
}

/* ---- from outside */

static enum status start_threads(struct supervisor *s, struct err *e)
{
    int failed = pthread_create(&s->recorder_thread, NULL, recorder_main, s);
    s->recorder_started = failed == 0;
    if (!failed) {
        failed = pthread_create(&s->engine_thread, NULL, engine_main, s);
        s->engine_started = failed == 0;
    }
    return failed ? err_errno(e, failed, "no_thread", "Cannot start a thread") : OK;
}

enum status supervisor_start(const struct supervisor_config *c, struct supervisor **out, struct err *e)
{
    struct supervisor *s = calloc(1, sizeof *s);
    *out = NULL;
    if (!s)
        return err_set(e, ERR_NOMEM, "no_memory", "The hub is out of memory.");
    s->config = *c;
    s->last = &s->first;
    s->lock_fd = -1;
    pthread_mutex_init(&s->lock, NULL);
    snprintf(s->engine_dir, sizeof s->engine_dir, "%s/runs", c->state_dir);
    err_set(&s->why_not, ERR_UNAVAILABLE, "engine_starting", "The engine is starting.");
    s->queue = queue_new(QUEUE_MAX_BYTES);
    enum status status = s->queue ? dir_make(c->state_dir, 0700, e) : err_set(e, ERR_NOMEM, "no_memory", "No memory.");
    if (status == OK)
        status = lock_state(s, e);
    if (status == OK)
        status = read_holder(s, e);
    if (status == OK)
        status = start_threads(s, e);
    if (status != OK) {
        supervisor_stop(s);
        return status;
    }
    *out = s;
    return OK;
}

void supervisor_stop(struct supervisor *s)
{
    if (!s)
        return;
    atomic_store(&s->stopping, true);
    pthread_mutex_lock(&s->lock);
    if (s->engine)
        engine_wake(s->engine);
    pthread_mutex_unlock(&s->lock);
    if (s->engine_started)
        pthread_join(s->engine_thread, NULL);
    if (s->queue)
        queue_close(s->queue);
    if (s->recorder_started)
        pthread_join(s->recorder_thread, NULL);
    free_queued(s->first);
    queue_free(s->queue);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    if (s->description.p)
        free((void *)(uintptr_t)s->description.p);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

bool supervisor_ready(struct supervisor *s, struct err *why_not)
{
    pthread_mutex_lock(&s->lock);
    bool full = s->waiting >= SUPERVISOR_MAX_QUEUED, ready = s->ready && s->leased && !full;
    if (!ready && why_not)
        *why_not = s->why_not;
    if (full && why_not)
        err_set(why_not, ERR_UNAVAILABLE, "engine_busy", "%d runs wait for the engine already.", SUPERVISOR_MAX_QUEUED);
    pthread_mutex_unlock(&s->lock);
    if (!ready && why_not)
        why_not->status = ERR_UNAVAILABLE;
    return ready;
}

const struct launch_policy *supervisor_policy(const struct supervisor *s)
{
    return &s->config.policy;
}

enum status supervisor_submit(struct supervisor *s, const char *run_id, struct str manifest, struct err *e)
{
    return supervisor_ready(s, e) ? supervisor_queue(s, SUBMIT_NEW, run_id, manifest, STR(""), true, e)
                                  : ERR_UNAVAILABLE;
}

void supervisor_cancel(struct supervisor *s, const char *run_id)
{
    struct err e = {0};
    if (supervisor_queue(s, SUBMIT_CANCEL, run_id, STR(""), STR(""), true, &e) != OK)
        log_warn("a cancel could not be queued", LOG_C("run", run_id), LOG_C("error", e.message));
}

/* What the engine says of itself, but for its name. */
static void put_description(struct arena *a, struct json *j, struct str description)
{
    struct node *n = NULL;
    struct err e = {0};
    if (node_parse_json(a, description, &n, &e) != OK)
        return;
    for (size_t i = 0; i < node_count(n); i++) {
        if (str_is(n->pairs[i].key, "name"))
            continue;
        json_key_str(j, n->pairs[i].key);
        json_node(j, n->pairs[i].value);
    }
}

void supervisor_engines(struct supervisor *s, struct arena *a, struct json *j)
{
    struct err why_not;
    bool ready = supervisor_ready(s, &why_not);
    struct str description = STR_NONE;
    pthread_mutex_lock(&s->lock);
    if (s->description.n)
        description = s->description; /* set once, stays until supervisor_stop */
    pthread_mutex_unlock(&s->lock);
    json_array(j);
    json_object(j);
    json_put_cstr(j, "name", "local");
    json_put_bool(j, "ready", ready);
    json_put_cstr(j, "reason", ready ? NULL : why_not.message);
    if (description.n)
        put_description(a, j, description);
    json_object_end(j);
    json_array_end(j);
}
