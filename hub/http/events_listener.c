/* The thread that listens for events of the database and hands them to the loops. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/http/internal.h"

#define PAGE        "500"
#define PAGE_ROWS   500
#define SLICE_MS    200  /* how soon it notices that it has to stop */
#define IDLE_MS     1000 /* how often it looks without a notification */
#define EAGER_MS    5000 /* after a notification it looks in every slice: an older transaction may hold events back */
#define BACKOFF_MAX 5000

struct events_listener {
    struct hub *hub;
    pthread_t thread;
    pthread_mutex_t lock; /* of closed; held while messages are sent */
    bool closed;
    struct event_id last;
    char last_text[48];
};

struct shared_event {
    struct event e; /* first */
    atomic_uint refs;
    char bytes[];
};

struct event_message {
    struct message super;
    const struct event *event; /* NULL: the start, floor is the position */
    struct event_id floor;
};

const struct event *event_hold(const struct event *e)
{
    struct shared_event *s = (struct shared_event *)(uintptr_t)e;
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return e;
}

void event_release(const struct event *e)
{
    struct shared_event *s = (struct shared_event *)(uintptr_t)e;
    if (atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1)
        free(s);
}

struct str event_frame(struct arena *a, struct str id, struct str topic, struct str payload, struct str at)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_cstr(&b, "id: ");
    buf_str(&b, id);
    buf_cstr(&b, "\ndata: ");
    struct json j = json_to(&b);
    json_object(&j);
    json_put_str(&j, "id", id);
    json_put_str(&j, "topic", topic);
    json_put_str(&j, "at", at);
    /* A line break would end the data line; in JSON it can only be white space. */
    json_put_raw(&j, "payload", payload.n > 0 ? str_replace(a, payload, STR("\n"), STR(" ")) : STR("null"));
    json_object_end(&j);
    buf_cstr(&b, "\n\n");
    return buf_take(&b);
}

static struct str put(char **at, struct str s)
{
    char *start = *at;
    memcpy(start, s.n ? s.p : "", s.n);
    *at += s.n;
    return (struct str){start, s.n};
}

/* One reference; NULL when memory is out. */
static struct event *event_new(struct arena *a, const struct db_result *r, size_t row)
{
    struct str id = db_get(r, row, 0), topic = db_get(r, row, 1), payload = db_get(r, row, 2);
    struct str frame = event_frame(a, id, topic, payload, db_get(r, row, 3));
    struct shared_event *s = malloc(sizeof *s + topic.n + payload.n + frame.n);
    if (s == NULL)
        return NULL;
    char *at = s->bytes;
    s->e = (struct event){event_id_parse(id), put(&at, topic), put(&at, payload), put(&at, frame)};
    atomic_init(&s->refs, 1);
    return &s->e;
}

static void deliver(struct worker_loop *loop, struct message *m)
{
    struct event_message *em = (struct event_message *)m;
    if (em->event == NULL) {
        loop->events.floor = em->floor;
        loop->events.floor_known = true;
    } else {
        events_deliver(loop, em->event);
        event_release(em->event);
    }
    free(em);
}

static bool is_closed(struct events_listener *l)
{
    pthread_mutex_lock(&l->lock);
    bool closed = l->closed;
    pthread_mutex_unlock(&l->lock);
    return closed;
}

static void send_all(struct events_listener *l, const struct event *e, struct event_id floor)
{
    pthread_mutex_lock(&l->lock);
    for (unsigned i = 0; i < l->hub->loop_count && !l->closed; i++) {
        struct event_message *em = h2o_mem_alloc(sizeof *em);
        *em =
            (struct event_message){.super.deliver = deliver, .event = e != NULL ? event_hold(e) : NULL, .floor = floor};
        loop_send(&l->hub->loops[i], &em->super);
    }
    pthread_mutex_unlock(&l->lock);
}

static void set_last(struct events_listener *l, struct str id)
{
    if (id.n >= sizeof l->last_text)
        return;
    memcpy(l->last_text, id.n ? id.p : "", id.n);
    l->last_text[id.n] = '\0';
    l->last = event_id_parse(id);
}

struct batch {
    struct events_listener *listener;
    struct arena *a;
    const struct db_result *r;
};

static enum status send_page(void *arg)
{
    struct batch *p = arg;
    for (size_t i = 0; i < db_count(p->r); i++) {
        struct event *e = event_new(p->a, p->r, i);
        if (e == NULL)
            return ERR_NOMEM;
        send_all(p->listener, e, e->id);
        event_release(e);
        set_last(p->listener, db_get(p->r, i, 0));
    }
    return OK;
}

/* Everything after l->last; what could not be handed on for want of memory comes with the next call. */
static enum status read_events(struct events_listener *l, struct db_sync *db)
{
    size_t rows = PAGE_ROWS;
    while (rows == PAGE_ROWS && !is_closed(l)) {
        const struct db_arg args[] = {db_text(str_of(l->last_text)), db_text(STR(PAGE))};
        struct db_result r = {0};
        enum status s = db_sync_run(db, SQL_EVENT_SINCE, args, 2, &r);
        struct arena *a = s == OK ? arena_new(0) : NULL;
        rows = s == OK ? db_count(&r) : 0;
        if (s == OK)
            s = a == NULL ? ERR_NOMEM : arena_guard(a, send_page, &(struct batch){l, a, &r});
        arena_free(a);
        db_result_free(&r);
        if (s != OK)
            return s;
    }
    return OK;
}

static enum status find_start(struct events_listener *l, struct db_sync *db)
{
    struct db_result r = {0};
    if (l->last_text[0] != '\0')
        return OK;
    enum status s = db_sync_run(db, SQL_EVENT_LAST, NULL, 0, &r);
    if (s == OK && db_count(&r) == 1) {
        set_last(l, db_get(&r, 0, 0));
        send_all(l, NULL, l->last);
    }
    db_result_free(&r);
    return s;
}

static enum status listen_on(struct events_listener *l, struct db_sync *db, struct err *e)
{
    enum status s = db_sync_listen(db, "hub_event", e);
    if (s == OK)
        s = find_start(l, db);
    int64_t eager_until = 0, looked = 0;
    while (s == OK && !is_closed(l)) {
        int64_t now = clock_mono_ms();
        if (now < eager_until || now - looked >= IDLE_MS) {
            s = read_events(l, db);
            looked = now;
        }
        if (s != OK)
            break;
        s = db_sync_wait(db, SLICE_MS, e);
        if (s == OK) {
            eager_until = clock_mono_ms() + EAGER_MS;
            s = read_events(l, db);
        } else if (s == ERR_NOT_FOUND) {
            s = OK;
        }
    }
    return s;
}

static void pause_ms(struct events_listener *l, int64_t ms)
{
    for (int64_t until = clock_mono_ms() + ms; clock_mono_ms() < until && !is_closed(l);)
        nanosleep(&(struct timespec){0, 50 * 1000 * 1000}, NULL);
}

static void *listener_main(void *arg)
{
    struct events_listener *l = arg;
    int64_t backoff = 100;
    while (!is_closed(l)) {
        struct db_sync *db = NULL;
        struct err e = {0};
        int64_t began = clock_mono_ms();
        enum status s = db_sync_open(l->hub->config.database_url, &db, &e);
        if (s == OK)
            s = listen_on(l, db, &e);
        db_sync_close(db);
        if (s == OK || is_closed(l))
            continue;
        log_warn("listening for events was interrupted", LOG_C("error", e.message));
        backoff = clock_mono_ms() - began > 2 * BACKOFF_MAX ? 100
                  : backoff * 2 < BACKOFF_MAX               ? backoff * 2
                                                            : BACKOFF_MAX;
        pause_ms(l, backoff);
    }
    return NULL;
}

enum status events_start(struct hub *hub, struct err *e)
{
    struct events_listener *l = calloc(1, sizeof *l);
    if (l == NULL)
        return err_set(e, ERR_NOMEM, "out_of_memory", "There is no memory for the listener.");
    l->hub = hub;
    pthread_mutex_init(&l->lock, NULL);
    int why = pthread_create(&l->thread, NULL, listener_main, l);
    if (why != 0) {
        free(l);
        return err_errno(e, why, "no_thread", "The thread that listens for events");
    }
    hub->listener = l;
    return OK;
}

void events_close(struct hub *hub)
{
    struct events_listener *l = hub->listener;
    if (l == NULL)
        return;
    pthread_mutex_lock(&l->lock);
    l->closed = true;
    pthread_mutex_unlock(&l->lock);
}

bool events_join(struct hub *hub)
{
    struct events_listener *l = hub->listener;
    struct timespec until;
    if (l == NULL)
        return true;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 5;
    if (pthread_timedjoin_np(l->thread, NULL, &until) != 0)
        return false;
    pthread_mutex_destroy(&l->lock);
    free(l);
    hub->listener = NULL;
    return true;
}
