/*
 * What the files of hub/http share. The only header of the project that includes h2o.
 *
 * An exchange is one request with its answer. It lives in the arena of its request and is counted: h2o's request holds
 * one reference, a job on a worker thread another, a guarded callback a third while it runs. h2o may drop its request
 * at any time; then req is NULL, everything the exchange waits for is forgotten, and no callback of it runs any more.
 */
#ifndef HUB_HTTP_INTERNAL_H
#define HUB_HTTP_INTERNAL_H

#include <h2o.h>
#include <pthread.h>
#include <stdatomic.h>

#include "hub/auth/auth.h"
#include "hub/http/access.h"
#include "hub/http/events.h"
#include "hub/http/http.h"
#include "hub/http/metrics.h"
#include "hub/http/router.h"
#include "hub/http/server.h"
#include "hub/http/timer.h"

#define EXCHANGE_MAX_HEADERS 24
#define KEEPALIVE_MS         15000

struct message { /* for a loop; freed by whoever delivers it */
    h2o_multithread_message_t super;
    void (*deliver)(struct worker_loop *loop, struct message *m);
};

struct conn { /* one client connection, from accept to close */
    h2o_linklist_t link;
    struct worker_loop *loop;
    h2o_socket_t *sock;
    struct exchange *current; /* NULL between requests, and for answers that h2o makes by itself */
    int64_t idle_ms;          /* since when: accepted, or the last answer sent */
    int linger_fd;            /* see linger.c; -1 = none */
    bool told_to_close;
};

struct header {
    const char *name;
    struct str value;
};

enum page { PAGE_API, PAGE_USER_BYTES, PAGE_APPLICATION }; /* which Content-Security-Policy */

struct answer {
    int status;
    struct str type, body, etag; /* type.p == NULL: no body at all */
};

struct exchange {
    struct request rq; /* first: handlers get a pointer to this */
    h2o_req_t *req;    /* NULL once h2o has dropped it */
    struct conn *conn;
    h2o_linklist_t link; /* in the loop's list of live exchanges, oldest first */
    unsigned refs;
    unsigned working; /* jobs on worker threads: the arena is theirs */
    bool answered;    /* the handler has; */
    bool sent;        /* and h2o has got it */
    enum page page;
    enum auth_via via;
    unsigned allow; /* methods of the path, for 405 and OPTIONS */
    h2o_linklist_t waits, subscriptions;
    struct job *job; /* for a worker, as soon as the guard has been left */
    struct stream *stream;
    struct claim *claim;      /* of an Idempotency-Key; see idempotency.c */
    h2o_buffer_t *kept_input; /* the connection's input, when a worker reads the body in it */
    struct arena *out;        /* where answers are built: the request's arena, or a spare one while a worker has it */
    struct header headers[EXCHANGE_MAX_HEADERS];
    size_t header_count;
    int64_t started_ms;
    uint64_t started_us;
};

struct loop_events {           /* see events.c */
    const struct event **ring; /* in order; everything after floor is in it */
    size_t first, count;
    struct event_id floor;
    bool floor_known;
    h2o_linklist_t subscriptions, clients;
    unsigned subscription_count;
};

enum phase { PHASE_RUNNING, PHASE_DRAINING, PHASE_CUTTING, PHASE_DONE };

struct worker_loop {
    struct hub *hub;
    unsigned index;
    pthread_t thread;
    h2o_context_t ctx;
    h2o_accept_ctx_t accept;
    h2o_socket_t *listener;
    int listen_fd;
    h2o_multithread_receiver_t inbox;
    struct timers timers;
    struct db *db;
    atomic_bool database_ready; /* as of its last turn; for /readyz, which speaks for all loops */
    h2o_linklist_t conns, exchanges, streams, lingering;
    unsigned conn_count, stream_count, job_count, lingering_count;
    struct loop_events events;
    struct metrics metrics;
    uint64_t random;
    enum phase phase;
    int64_t phase_ms; /* when the phase began */
    bool cut_off;     /* requests had to be */
};

struct hub {
    struct arena *arena; /* of what is read only after start */
    struct server_config config;
    struct auth auth;
    struct access_rules rules;
    struct router *router;
    struct static_table *files;
    h2o_globalconf_t h2o;
    bool h2o_ready;
    struct worker_loop *loops;
    unsigned loop_count, loops_started, loops_running;
    uint16_t port;
    int stop_fd; /* eventfd */
    atomic_uint connections;
    atomic_bool stopping, stopping_now; /* now: without waiting for requests */
    struct pool *pool;
    struct events_listener *listener;
    int64_t started_us;
    pthread_mutex_t start_lock; /* loops tell server_start how their start went */
    pthread_cond_t start_cond;
    unsigned loops_reported;
    struct err start_error;
};

static inline struct exchange *exchange_of(struct request *rq)
{
    return (struct exchange *)rq;
}
/* Whether it may still wait for something: not after its answer, but a stream goes on. */
static inline bool exchange_waits(const struct exchange *ex)
{
    return ex->req != NULL && (!ex->answered || ex->stream != NULL);
}
static inline struct str iovec_str(h2o_iovec_t v)
{
    return (struct str){v.base, v.len};
}
static inline h2o_iovec_t str_iovec(struct str s)
{
    return h2o_iovec_init(s.p, s.n);
}

/* ---- loop.c */
void *loop_main(void *loop); /* thread */
void loop_send(struct worker_loop *loop, struct message *m);
void loop_stop(struct worker_loop *loop); /* any thread */
struct timer *loop_timer(struct worker_loop *loop, unsigned ms, void (*fire)(void *arg), void *arg);
uint64_t loop_random(struct worker_loop *loop);

/* ---- linger.c: after an answer that came before the whole request was read */
void linger_prepare(struct conn *conn);
void linger_start(struct conn *conn);
void linger_end_all(struct worker_loop *loop);

/* ---- dbloop.c */
MUST_USE enum status loop_db_open(struct worker_loop *loop, struct err *e);

/* ---- exchange.c */
void exchange_register(h2o_pathconf_t *path); /* handler, filter and logger */
void exchange_hold(struct exchange *ex);
void exchange_release(struct exchange *ex);
/* Runs fn within the arena's guard; when that fails the client gets 503 or 413. */
void exchange_run(struct exchange *ex, void (*fn)(struct exchange *ex, void *context), void *context);
/* A loop's way to end one that has waited too long, or at shutdown. */
void exchange_expire(struct exchange *ex, const char *code, const char *detail);
void exchange_handle(struct exchange *ex); /* calls the route's handler */

/* ---- answer.c */
void exchange_answer(struct exchange *ex, const struct answer *answer);
void exchange_send(struct exchange *ex, const struct answer *answer); /* past the idempotency hook */
/* Status, headers of the exchange and of the house. length SIZE_MAX = not known. */
void exchange_head(struct exchange *ex, int status, struct str type, size_t length);
struct str problem_body(struct arena *a, int status, const char *code, struct str detail, struct str hint,
                        struct str instance, const struct problems *ps);
const char *status_reason(int status);
bool etag_matches(struct str if_none_match, struct str etag);
void security_headers(h2o_req_t *req, enum page page);

/* ---- wait.c */
void waits_forget(struct exchange *ex);
void work_submit(struct exchange *ex, bool go); /* what request_work asked for on the way */

/* ---- stream.c */
void stream_gone(struct exchange *ex);
void streams_tick(struct worker_loop *loop, int64_t now_ms);
void streams_end(struct worker_loop *loop);

/* ---- worker.c */
struct job {
    struct message super; /* first */
    struct exchange *ex;
    struct worker_loop *loop;
    enum status (*work)(struct request *rq);
    void (*done)(struct request *rq, enum status s);
    enum status result;
    struct job *next;
};
MUST_USE enum status pool_start(unsigned threads, struct pool **out, struct err *e);
void pool_stop(struct pool *p); /* finishes what is queued */
bool pool_put(struct pool *p, struct job *job);
unsigned pool_waiting(struct pool *p);

/* ---- idempotency.c */
bool idempotency_begin(struct exchange *ex);                             /* true: it took over */
bool idempotency_hold(struct exchange *ex, const struct answer *answer); /* true: it will send later */
void idempotency_gone(struct exchange *ex);

/* ---- static.c */
MUST_USE enum status static_load(struct hub *hub, const char *dir, struct err *e);
bool static_serve(struct exchange *ex); /* true when it answered */
void static_openapi(struct request *rq);

/* ---- events.c */
MUST_USE enum status events_loop_init(struct worker_loop *loop);
void events_loop_free(struct worker_loop *loop);
void events_deliver(struct worker_loop *loop, const struct event *e);
void events_unsubscribe_all(struct exchange *ex);

/* ---- events_listener.c */
MUST_USE enum status events_start(struct hub *hub, struct err *e);
void events_close(struct hub *hub); /* no more messages to loops after this */
bool events_join(struct hub *hub);  /* false when its thread is stuck in a connect */
const struct event *event_hold(const struct event *e);
void event_release(const struct event *e);
/* "id: …\ndata: {id, topic, at, payload}\n\n" */
struct str event_frame(struct arena *a, struct str id, struct str topic, struct str payload, struct str at);

/* ---- health.c */
void health_live(struct request *rq);
void health_ready(struct request *rq);
void health_metrics(struct request *rq);

#endif
