/* One loop's side of the events: the ring, the subscriptions of handlers, and the clients of GET /api/v1/events. */
#include "hub/http/events.h"

#include <stdlib.h>
#include <string.h>

#include "hub/http/internal.h"

#define SUBSCRIPTIONS_MAX 10000
#define PAGE              200 /* events asked of the database at once */

struct events_subscription {
    h2o_linklist_t link; /* in the loop */
    h2o_linklist_t of_request;
    struct worker_loop *loop;
    struct exchange *ex; /* NULL for one that is not a request's */
    void (*fn)(void *context, const struct event *e);
    void (*request_fn)(struct request *rq, const struct event *e);
    void *context;
    size_t topic_length;
    char topic[];
};

struct client {
    h2o_linklist_t link;
    struct request *rq;
    struct stream *stream;
    struct str topics[EVENTS_MAX_TOPICS];
    size_t topic_count;
    struct event_id last; /* sent, or passed over */
    bool live;            /* not catching up from the database */
};

/* ---- ids and topics */
struct event_id event_id_parse(struct str text)
{
    struct event_id id = {0};
    struct str rest = text, xid;
    if (!str_split(&rest, '.', &xid) || !str_u64(xid, &id.xid) || rest.p == NULL || !str_u64(rest, &id.no))
        return (struct event_id){0};
    return id;
}

int event_id_cmp(struct event_id a, struct event_id b)
{
    if (a.xid != b.xid)
        return a.xid < b.xid ? -1 : 1;
    return a.no < b.no ? -1 : a.no > b.no;
}

bool event_topic_matches(struct str filter, struct str topic)
{
    if (topic.n < filter.n || !str_eq(str_sub(topic, 0, filter.n), filter))
        return false;
    return topic.n == filter.n || topic.p[filter.n] == '/';
}

/* ---- the ring */
static const struct event *ring_at(const struct loop_events *le, size_t i)
{
    return le->ring[(le->first + i) % EVENTS_RING];
}

static void ring_put(struct loop_events *le, const struct event *e)
{
    if (le->count == EVENTS_RING) {
        const struct event *oldest = ring_at(le, 0);
        le->floor = oldest->id;
        event_release(oldest);
        le->first = (le->first + 1) % EVENTS_RING;
        le->count--;
    }
    le->ring[(le->first + le->count++) % EVENTS_RING] = event_hold(e);
}

enum status events_loop_init(struct worker_loop *loop)
{
    h2o_linklist_init_anchor(&loop->events.subscriptions);
    h2o_linklist_init_anchor(&loop->events.clients);
    loop->events.ring = calloc(EVENTS_RING, sizeof(struct event *));
    return loop->events.ring != NULL ? OK : ERR_NOMEM;
}

void events_loop_free(struct worker_loop *loop)
{
    struct loop_events *le = &loop->events;
    for (size_t i = 0; i < le->count; i++)
        event_release(ring_at(le, i));
    free(le->ring);
    while (!h2o_linklist_is_empty(&le->subscriptions))
        events_unsubscribe(H2O_STRUCT_FROM_MEMBER(struct events_subscription, link, le->subscriptions.next));
    *le = (struct loop_events){0};
}

/* ---- subscriptions of handlers */
static struct events_subscription *subscribe(struct worker_loop *loop, struct str topic)
{
    struct events_subscription *s = NULL;
    if (loop->events.subscription_count < SUBSCRIPTIONS_MAX)
        s = calloc(1, sizeof *s + topic.n + 1);
    if (s == NULL)
        return NULL;
    s->loop = loop;
    s->topic_length = topic.n;
    memcpy(s->topic, topic.n ? topic.p : "", topic.n);
    h2o_linklist_insert(&loop->events.subscriptions, &s->link);
    loop->events.subscription_count++;
    return s;
}

struct events_subscription *events_subscribe(struct worker_loop *loop, struct str topic,
                                             void (*fn)(void *context, const struct event *e), void *context)
{
    struct events_subscription *s = subscribe(loop, topic);
    if (s != NULL) {
        s->fn = fn;
        s->context = context;
    }
    return s;
}

bool request_subscribe(struct request *rq, struct str topic, void (*fn)(struct request *rq, const struct event *e))
{
    struct exchange *ex = exchange_of(rq);
    struct events_subscription *s = ex->req != NULL ? subscribe(rq->loop, topic) : NULL;
    if (s == NULL)
        return false;
    s->ex = ex;
    s->request_fn = fn;
    h2o_linklist_insert(&ex->subscriptions, &s->of_request);
    return true;
}

void events_unsubscribe(struct events_subscription *s)
{
    h2o_linklist_unlink(&s->link);
    if (h2o_linklist_is_linked(&s->of_request))
        h2o_linklist_unlink(&s->of_request);
    s->loop->events.subscription_count--;
    free(s);
}

void events_unsubscribe_all(struct exchange *ex)
{
    while (!h2o_linklist_is_empty(&ex->subscriptions))
        events_unsubscribe(H2O_STRUCT_FROM_MEMBER(struct events_subscription, of_request, ex->subscriptions.next));
}

struct waking {
    void (*fn)(struct request *rq, const struct event *e);
    const struct event *event;
};

static void wake(struct exchange *ex, void *context)
{
    const struct waking *w = context;
    w->fn(&ex->rq, w->event);
}

static void call(struct events_subscription *s, const struct event *e)
{
    struct exchange *ex = s->ex;
    if (ex == NULL) {
        s->fn(s->context, e);
    } else if (ex->working == 0 && exchange_waits(ex)) {
        struct waking w = {s->request_fn, e};
        exchange_run(ex, wake, &w);
    }
}

/* ---- clients */
static void on_closed(void *context)
{
    struct client *c = context;
    h2o_linklist_unlink(&c->link);
    c->stream = NULL;
}

static bool wants(const struct client *c, struct str topic)
{
    for (size_t i = 0; i < c->topic_count; i++) {
        if (event_topic_matches(c->topics[i], topic))
            return true;
    }
    return c->topic_count == 0;
}

/* False when the client is gone: a reader that is too slow is dropped, and resumes where it was. */
static bool client_send(struct client *c, struct event_id id, struct str topic, struct str frame)
{
    if (event_id_cmp(id, c->last) <= 0)
        return true;
    c->last = id;
    if (!wants(c, topic))
        return true;
    if (c->stream != NULL && !stream_write(c->stream, frame))
        stream_end(c->stream);
    return c->stream != NULL;
}

static void go_live(struct client *c)
{
    const struct loop_events *le = &c->rq->loop->events;
    c->live = true;
    for (size_t i = 0; i < le->count; i++) {
        const struct event *e = ring_at(le, i);
        if (!client_send(c, e->id, e->topic, e->frame))
            return;
    }
}

static void catch_up(struct client *c);

static void on_page(struct request *rq, const struct db_result *r)
{
    struct client *c = rq->state;
    if (r->status != OK) { /* the client comes back with the id it has */
        if (c->stream != NULL)
            stream_end(c->stream);
        return;
    }
    size_t rows = db_count(r);
    for (size_t i = 0; i < rows; i++) {
        struct str id = db_get(r, i, 0), topic = db_get(r, i, 1);
        struct str frame =
            wants(c, topic) ? event_frame(rq->arena, id, topic, db_get(r, i, 2), db_get(r, i, 3)) : STR("");
        if (!client_send(c, event_id_parse(id), topic, frame))
            return;
    }
    if (rows < PAGE)
        go_live(c);
    else
        catch_up(c);
}

static void catch_up(struct client *c)
{
    struct request *rq = c->rq;
    const struct loop_events *le = &rq->loop->events;
    if ((le->floor_known && event_id_cmp(c->last, le->floor) >= 0) || rq->loop->db == NULL) {
        go_live(c);
        return;
    }
    const struct db_arg args[] = {
        db_text(str_printf(rq->arena, "%llu.%llu", (unsigned long long)c->last.xid, (unsigned long long)c->last.no)),
        db_text(str_printf(rq->arena, "%d", PAGE)),
    };
    request_db(rq, SQL_EVENT_SINCE, args, 2, on_page);
}

static bool read_topics(struct request *rq, struct client *c)
{
    struct str rest = request_query(rq, "topic"), topic;
    while (str_split(&rest, ',', &topic)) {
        topic = str_trim(topic);
        if (topic.n == 0)
            continue;
        if (c->topic_count == EVENTS_MAX_TOPICS) {
            answer_problem(rq, 400, "too_many_topics", "One stream can have at most %d topics.", EVENTS_MAX_TOPICS);
            return false;
        }
        c->topics[c->topic_count++] = topic;
    }
    return true;
}

void events_get(struct request *rq)
{
    const struct loop_events *le = &rq->loop->events;
    struct client *c = arena_new_of(rq->arena, struct client);
    struct str seen = request_header(rq, "last-event-id");
    if (seen.p == NULL)
        seen = request_query(rq, "last_event_id");
    c->rq = rq;
    rq->state = c;
    if (!read_topics(rq, c))
        return;
    answer_header(rq, "Cache-Control", STR("no-store"));
    answer_header(rq, "X-Accel-Buffering", STR("no")); /* nginx would hold events back */
    c->stream = request_stream(rq, STR("text/event-stream"), on_closed, c);
    if (c->stream == NULL)
        return;
    h2o_linklist_insert(&rq->loop->events.clients, &c->link);
    stream_keepalive(c->stream, STR(":\n\n"));
    if (seen.n > 0)
        c->last = event_id_parse(seen);
    else
        c->last = le->count > 0 ? ring_at(le, le->count - 1)->id : le->floor;
    /* The id without data sets what the browser says when it reconnects, before there was any event. */
    struct str hello = str_printf(rq->arena, "retry: 2000\nid: %llu.%llu\n\n", (unsigned long long)c->last.xid,
                                  (unsigned long long)c->last.no);
    stream_write(c->stream, hello);
    if (seen.n > 0)
        catch_up(c);
    else
        go_live(c);
}

void events_deliver(struct worker_loop *loop, const struct event *e)
{
    struct loop_events *le = &loop->events;
    h2o_linklist_t todo;
    ring_put(le, e);
    h2o_linklist_init_anchor(&todo);
    h2o_linklist_insert_list(&todo, &le->clients);
    while (!h2o_linklist_is_empty(&todo)) {
        struct client *c = H2O_STRUCT_FROM_MEMBER(struct client, link, todo.next);
        h2o_linklist_unlink(&c->link);
        h2o_linklist_insert(&le->clients, &c->link);
        if (c->live)
            client_send(c, e->id, e->topic, e->frame);
    }
    h2o_linklist_insert_list(&todo, &le->subscriptions);
    while (!h2o_linklist_is_empty(&todo)) {
        struct events_subscription *s = H2O_STRUCT_FROM_MEMBER(struct events_subscription, link, todo.next);
        h2o_linklist_unlink(&s->link);
        h2o_linklist_insert(&le->subscriptions, &s->link);
        if (event_topic_matches((struct str){s->topic, s->topic_length}, e->topic))
            call(s, e);
    }
}
