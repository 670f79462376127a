/*
 * Events of the database (table event, channel hub_event) for the clients of GET /api/v1/events and for handlers.
 *
 * One thread listens and hands each event to every loop, which keeps the newest in a ring. A client that was away
 * says Last-Event-ID and gets what it missed from the ring, or from the database when that is too far back.
 */
#ifndef HUB_HTTP_EVENTS_H
#define HUB_HTTP_EVENTS_H

#include "hub/http/http.h"

#define EVENTS_RING       1024 /* events a loop keeps */
#define EVENTS_MAX_TOPICS 32   /* of one client */

struct event_id { /* "<transaction>.<number>" as event_since writes it; ordered */
    uint64_t xid, no;
};

struct event { /* shared by all loops, never changed */
    struct event_id id;
    struct str topic, payload; /* payload is JSON */
    struct str frame;          /* as it is sent: "id: …\ndata: {id, topic, at, payload}\n\n" */
};

/* Anything that cannot be read is the beginning: {0, 0}. */
struct event_id event_id_parse(struct str text);
int event_id_cmp(struct event_id a, struct event_id b);
/* True when topic is the filter, or lies below it: "run" and "run/1" match "run/1". */
bool event_topic_matches(struct str filter, struct str topic);

/*
 * Calls fn(context, event) in this loop for each event of the topic (prefix as above), until unsubscribed; the topic is
 * copied. fn may unsubscribe itself. NULL when memory or the limit (10,000 for each loop) is reached.
 */
struct events_subscription;
struct events_subscription *events_subscribe(struct worker_loop *loop, struct str topic,
                                             void (*fn)(void *context, const struct event *e), void *context);
void events_unsubscribe(struct events_subscription *s);
/*
 * The same for a request: fn runs within the guard of its arena, until the request ends. Not called while a worker has
 * the arena, so look once more after request_work. False when the limit is reached.
 */
bool request_subscribe(struct request *rq, struct str topic, void (*fn)(struct request *rq, const struct event *e));

void events_get(struct request *rq); /* GET /api/v1/events?topic=a,b */

#endif
