#include "hub/runs/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "hub/runs/names.h"
#include "hub/runs/recorder.h"

#define LEASE_SECONDS  30
#define LEASE_RENEW_MS 10000
#define BATCH_BYTES    ((size_t)1 << 20)
#define RETRY_MS       500

struct submission {
    struct submission *next;
    char run_id[UUID_TEXT];
    bool cancel;
    size_t length;
    char manifest[];
};

struct supervisor {
    struct supervisor_config config;
    char engine_dir[4096];
    char holder[UUID_TEXT];
    int lock_fd;
    struct queue *queue;
    pthread_t engine_thread, recorder_thread;
    bool engine_started, recorder_started;
    struct run_names *names; /* the engine's thread only */

    pthread_mutex_t lock; /* of what follows */
    struct submission *first, **last;
    unsigned waiting;
    struct engine *engine;  /* NULL until it is up */
    struct str description; /* of the engine, malloc'ed JSON */
    struct err why_not;
    bool ready, leased;
    char epoch[32];

    atomic_bool stopping;
};

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

/* ---- the recorder's thread */

static void set_lease(struct supervisor *s, const struct db_result *r)
{
    bool held = r->status == OK && db_get_bool(r, 0, 0);
    pthread_mutex_lock(&s->lock);
    s->leased = s->leased && held;
    if (held) {
        struct str epoch = db_get(r, 0, 1);
        snprintf(s->epoch, sizeof s->epoch, "%.*s", STR_ARG(epoch));
    } else if (r->status == OK) {
        err_set(&s->why_not, ERR_UNAVAILABLE, "engine_held", "Another hub on this database holds the local engine.");
    } else {
        err_set(&s->why_not, ERR_UNAVAILABLE, "database_unavailable", "The database does not answer.");
    }
    pthread_mutex_unlock(&s->lock);
}

static bool renew_lease(struct supervisor *s, struct db_sync *db)
{
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%d", LEASE_SECONDS);
    struct db_arg args[4] = {db_text(STR("local")), db_text(STR("local")), db_text(str_of(s->holder)),
                             db_text(str_of(seconds))};
    struct db_result r;
    (void)db_sync_run(db, SQL_LEASE_TAKE, args, 4, &r);
    set_lease(s, &r);
    bool held = r.status == OK && db_get_bool(&r, 0, 0);
    db_result_free(&r);
    return held;
}

static void note_end(struct supervisor *s, const char *run_id, enum run_state state, const char *reason,
                     const char *message)
{
    struct run_event ev = {.kind = EVENT_RUN,
                           .at = clock_now_us(),
                           .run_id = run_id,
                           .state = state,
                           .reason = str_of(reason),
                           .message = str_of(message),
                           .matrix_index = -1,
                           .exit_code = -1};
    if (queue_push(s->queue, &ev) != OK)
        log_error("the end of a run could not be noted", LOG_C("run", run_id));
}

static enum status submit(struct supervisor *s, const char *run_id, struct str manifest, bool cancel, struct err *e)
{
    struct submission *sub = malloc(sizeof *sub + manifest.n);
    if (!sub)
        return err_set(e, ERR_NOMEM, "no_memory", "The hub is out of memory.");
    *sub = (struct submission){.cancel = cancel, .length = manifest.n};
    snprintf(sub->run_id, sizeof sub->run_id, "%s", run_id);
    if (manifest.n)
        memcpy(sub->manifest, manifest.p, manifest.n);
    pthread_mutex_lock(&s->lock);
    bool full = s->waiting >= SUPERVISOR_MAX_QUEUED;
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

struct ending {
    struct supervisor *s;
    struct arena *a;
    struct str run; /* JSON, with its tasks in order: instances of a fan-out share their task's number */
    const char *id, *reason;
};

/* The tasks that did not get their turn. */
static enum status skip_tasks(void *arg)
{
    const struct ending *end = arg;
    struct node *run;
    struct err e = {0};
    struct str name = STR_NONE;
    unsigned no = 0;
    enum status status = node_parse_json(end->a, end->run, &run, &e);
    const struct node *tasks = status == OK ? node_get(run, "tasks") : NULL;
    for (size_t i = 0; i < node_count(tasks); i++) {
        const struct node *task = node_at(tasks, i);
        int64_t matrix = -1;
        if (i > 0 && !str_eq(name, node_text_of(task, "tekton_name")))
            no++;
        name = node_text_of(task, "tekton_name");
        (void)node_int(node_get(task, "matrix"), &matrix);
        if (!str_is(node_text_of(task, "state"), "pending"))
            continue;
        struct run_event ev = {.kind = EVENT_TASK,
                               .at = clock_now_us(),
                               .run_id = end->id,
                               .state = STATE_SKIPPED,
                               .reason = str_of(end->reason),
                               .message = STR("The run ended before this task started."),
                               .task_no = no,
                               .tekton_name = name,
                               .matrix_index = (int)matrix,
                               .exit_code = -1};
        if (status == OK)
            status = queue_push(end->s->queue, &ev);
    }
    return status;
}

static void end_run(struct supervisor *s, const char *id, struct str run, enum run_state state, const char *reason,
                    const char *message)
{
    struct arena *a = arena_new(0);
    struct ending end = {s, a, run, id, reason};
    if (!a || arena_guard(a, skip_tasks, &end) != OK)
        log_error("the tasks of a run that ended could not be noted", LOG_C("run", id));
    arena_free(a);
    note_end(s, id, state, reason, message);
}

/* A run that was under way when the last process ended: its steps ended with it. */
static void take_up(struct supervisor *s, const struct db_result *r, size_t row)
{
    char id[UUID_TEXT];
    struct str text = db_get(r, row, 0), state = db_get(r, row, 1), run = db_get(r, row, 7);
    struct err e = {0};
    snprintf(id, sizeof id, "%.*s", STR_ARG(text));
    if (str_is(db_get(r, row, 2), "true")) {
        end_run(s, id, run, STATE_CANCELLED, "Cancelled", "The run was cancelled.");
        return;
    }
    if (str_is(state, "pending")) {
        if (submit(s, id, db_get(r, row, 3), false, &e) != OK)
            end_run(s, id, run, STATE_FAILED, "NotStarted", e.message);
        return;
    }
    end_run(s, id, run, STATE_FAILED, "HubRestarted", "The hub was restarted while this run was under way.");
}

/* What was not finished when the last holder of the engine went away. Launching begins after that. */
static bool recover(struct supervisor *s, struct db_sync *db)
{
    struct db_arg args[2] = {db_text(STR("local")), db_text(str_of(s->epoch))};
    struct db_result r;
    enum status status = db_sync_run(db, SQL_RUN_RECOVER, args, 2, &r);
    db_result_free(&r);
    if (status != OK)
        return false;
    status = db_sync_run(db, SQL_RUN_UNFINISHED, args, 1, &r);
    for (size_t i = 0; status == OK && i < db_count(&r); i++)
        take_up(s, &r, i);
    db_result_free(&r);
    if (status != OK)
        return false;
    pthread_mutex_lock(&s->lock);
    s->leased = true;
    pthread_mutex_unlock(&s->lock);
    return true;
}

/* So that another hub need not wait for the end of the lease. */
static void drop_lease(struct supervisor *s, struct db_sync *db)
{
    struct db_arg args[2] = {db_text(STR("local")), db_text(str_of(s->holder))};
    struct db_result r;
    (void)db_sync_run(db, SQL_LEASE_DROP, args, 2, &r);
    db_result_free(&r);
}

static void free_batch(struct record *batch)
{
    for (struct record *next; batch; batch = next) {
        next = batch->next;
        free(batch);
    }
}

/* Until it is written. On the way out the database gets a few seconds. */
static void write_until_done(struct supervisor *s, struct recorder *rec, struct record *batch)
{
    int64_t give_up = 0;
    struct err e;
    while (recorder_write(rec, batch, &e) != OK) {
        if (atomic_load(&s->stopping)) {
            if (!give_up)
                give_up = clock_mono_ms() + 5000;
            if (clock_mono_ms() > give_up) {
                log_error("what runs said last could not be written", LOG_C("error", e.message));
                break;
            }
        }
        log_warn("the recorder waits for the database", LOG_C("error", e.message));
        usleep(RETRY_MS * 1000);
    }
    free_batch(batch);
}

static struct db_sync *connect_database(struct supervisor *s)
{
    struct db_sync *db = NULL;
    struct err e = {0};
    while (!atomic_load(&s->stopping) && db_sync_open(s->config.database, &db, &e) != OK) {
        pthread_mutex_lock(&s->lock);
        s->why_not = e;
        pthread_mutex_unlock(&s->lock);
        usleep(RETRY_MS * 1000);
    }
    return db;
}

static void *recorder_main(void *arg)
{
    struct supervisor *s = arg;
    struct db_sync *db = connect_database(s);
    struct recorder rec = {.db = db, .engine = STR("local"), .epoch = STR("")};
    int64_t renew = 0;
    char recovered[sizeof s->epoch] = ""; /* another epoch: another hub had the engine meanwhile */
    while (db) {
        if (clock_mono_ms() >= renew && !atomic_load(&s->stopping)) {
            bool held = renew_lease(s, db);
            if (held && strcmp(recovered, s->epoch) != 0) {
                held = recover(s, db);
                if (held)
                    memcpy(recovered, s->epoch, sizeof recovered);
            }
            renew = clock_mono_ms() + (held ? LEASE_RENEW_MS : 1000);
        }
        rec.epoch = str_of(s->epoch); /* only this thread changes it */
        struct record *batch = queue_take(s->queue, BATCH_BYTES, 200);
        if (batch)
            write_until_done(s, &rec, batch);
        else if (atomic_load(&s->stopping))
            break;
    }
    if (db) {
        drop_lease(s, db);
        db_sync_close(db);
    }
    return NULL;
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

struct start_work {
    struct supervisor *s;
    struct arena *a;
    const struct submission *sub;
    struct err *e;
};

static enum status start_run(void *arg)
{
    struct start_work *w = arg;
    struct node *manifest;
    enum status status = node_parse_yaml(w->a, (struct str){w->sub->manifest, w->sub->length}, &manifest, w->e);
    if (status != OK)
        return status;
    names_add(&w->s->names, w->sub->run_id, manifest);
    status = engine_submit(w->s->engine, w->sub->run_id, manifest, w->e);
    if (status != OK)
        names_drop(&w->s->names, w->sub->run_id);
    return status;
}

static void handle(struct supervisor *s, const struct submission *sub)
{
    if (sub->cancel) {
        engine_cancel(s->engine, sub->run_id);
        return;
    }
    struct err e = {0};
    struct arena *a = arena_new(0);
    struct start_work w = {s, a, sub, &e};
    enum status status = a ? arena_guard(a, start_run, &w) : ERR_NOMEM;
    if (status != OK)
        note_end(s, sub->run_id, STATE_FAILED, status == ERR_UNSUPPORTED ? "Unsupported" : "NotStarted",
                 e.message[0] ? e.message : "The hub is out of memory.");
    arena_free(a);
}

static void handle_all(struct supervisor *s)
{
    pthread_mutex_lock(&s->lock);
    struct submission *list = s->first;
    s->first = NULL;
    s->last = &s->first;
    s->waiting = 0;
    pthread_mutex_unlock(&s->lock);
    for (struct submission *next; list; list = next) {
        next = list->next;
        handle(s, list);
        free(list);
    }
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

static void *engine_main(void *arg)
{
    struct supervisor *s = arg;
    struct local_config local = s->config.local;
    struct engine *engine = NULL;
    struct err e = {0};
    local.state_dir = s->engine_dir;
    enum status status = local_engine_new(&local, (struct run_sink){on_event, s}, &engine, &e);
    pthread_mutex_lock(&s->lock);
    s->ready = status == OK;
    s->engine = engine;
    if (status == OK)
        keep_description(s, engine);
    else
        s->why_not = e;
    pthread_mutex_unlock(&s->lock);
    if (status != OK) {
        log_warn("runs cannot be launched on this machine", LOG_C("code", e.code), LOG_C("reason", e.message));
        return NULL;
    }
    while (!atomic_load(&s->stopping)) {
        handle_all(s);
        engine_turn(engine, 1000);
    }
    pthread_mutex_lock(&s->lock);
    s->engine = NULL;
    s->ready = false;
    pthread_mutex_unlock(&s->lock);
    engine_free(engine);
    names_free(&s->names);
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
    for (struct submission *next; s->first; s->first = next) {
        next = s->first->next;
        free(s->first);
    }
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
    bool ready = s->ready && s->leased;
    if (!ready && why_not)
        *why_not = s->why_not;
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
    return supervisor_ready(s, e) ? submit(s, run_id, manifest, false, e) : ERR_UNAVAILABLE;
}

void supervisor_cancel(struct supervisor *s, const char *run_id)
{
    struct err e = {0};
    if (submit(s, run_id, STR(""), true, &e) != OK)
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
