/* One event loop: its connections, its turn, and how it comes to an end. */
#include "hub/http/internal.h"

#include <errno.h>
#include <h2o/http1.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"

#define ACCEPT_BATCH    64
#define USER_TIMEOUT_MS 30000 /* a client that takes nothing for so long is cut off by the kernel */
#define TICK_MS         1000
#define DRAIN_TICK_MS   50
#define IDLE_MS         300  /* a client that is in the middle of something has sent its next request by then */
#define CUT_MS          1000 /* for the last answers to go out */
#define SLOW_TURN_MS    100

void loop_send(struct worker_loop *loop, struct message *m)
{
    h2o_multithread_send_message(&loop->inbox, &m->super);
}

static void on_messages(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
    struct worker_loop *loop = H2O_STRUCT_FROM_MEMBER(struct worker_loop, inbox, receiver);
    while (!h2o_linklist_is_empty(messages)) {
        struct message *m = H2O_STRUCT_FROM_MEMBER(struct message, super.link, messages->next);
        h2o_linklist_unlink(&m->super.link);
        m->deliver(loop, m);
    }
}

struct timer *loop_timer(struct worker_loop *loop, unsigned ms, void (*fire)(void *arg), void *arg)
{
    return timer_add(&loop->timers, clock_mono_ms() + (ms > 0 ? ms : 1), fire, arg);
}

/* As h2o does when memory is out: without its clock a loop is not worth anything. */
static void loop_timer_must(struct worker_loop *loop, unsigned ms, void (*fire)(void *arg))
{
    if (loop_timer(loop, ms, fire, loop) == NULL)
        abort();
}

uint64_t loop_random(struct worker_loop *loop) /* splitmix64; for request ids, not for secrets */
{
    uint64_t z = loop->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* ---- connections */
static void on_close(void *data)
{
    struct conn *c = data;
    h2o_linklist_unlink(&c->link);
    counter_set(&c->loop->metrics.connections, --c->loop->conn_count);
    atomic_fetch_sub_explicit(&c->loop->hub->connections, 1, memory_order_relaxed);
    linger_start(c);
    free(c);
}

static void refuse(h2o_socket_t *sock)
{
    static const char text[] = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
                               "Content-Type: text/plain\r\nContent-Length: 22\r\n\r\nToo many connections.\n";
    (void)!send(h2o_socket_get_fd(sock), text, sizeof text - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    h2o_socket_close(sock);
}

static void accept_one(struct worker_loop *loop, h2o_socket_t *sock)
{
    struct hub *hub = loop->hub;
    unsigned timeout = USER_TIMEOUT_MS;
    struct conn *c = calloc(1, sizeof *c);
    unsigned before = atomic_fetch_add_explicit(&hub->connections, 1, memory_order_relaxed);
    if (before >= hub->config.max_connections || c == NULL) {
        atomic_fetch_sub_explicit(&hub->connections, 1, memory_order_relaxed);
        counter_add(&loop->metrics.refused, 1);
        free(c);
        refuse(sock);
        return;
    }
    setsockopt(h2o_socket_get_fd(sock), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    c->loop = loop;
    c->sock = sock;
    c->idle_ms = clock_mono_ms();
    c->linger_fd = -1;
    h2o_linklist_insert(&loop->conns, &c->link);
    counter_add(&loop->metrics.accepted, 1);
    counter_set(&loop->metrics.connections, ++loop->conn_count);
    sock->on_close.cb = on_close;
    sock->on_close.data = c;
    h2o_http1_accept(&loop->accept, sock, *h2o_get_timestamp(&loop->ctx, NULL, NULL));
}

static void on_accept(h2o_socket_t *listener, const char *err)
{
    struct worker_loop *loop = listener->data;
    h2o_socket_t *sock;
    if (err != NULL)
        return;
    for (int i = 0; i < ACCEPT_BATCH && (sock = h2o_evloop_socket_accept(listener)) != NULL; i++)
        accept_one(loop, sock);
}

/* ---- the end: drain, then cut */
static void next_phase(struct worker_loop *loop, enum phase phase)
{
    loop->phase = phase;
    loop->phase_ms = clock_mono_ms();
}

static void start_draining(struct worker_loop *loop)
{
    h2o_socket_t *sock;
    if (loop->phase != PHASE_RUNNING)
        return;
    next_phase(loop, PHASE_DRAINING);
    /* What the kernel has accepted already would be reset with the listener, so it is served first. */
    while ((sock = h2o_evloop_socket_accept(loop->listener)) != NULL)
        accept_one(loop, sock);
    h2o_socket_read_stop(loop->listener);
    h2o_socket_close(loop->listener);
    loop->listener = NULL;
    /* Answers say "Connection: close" from now on. Not h2o_context_request_shutdown: that starts timers of HTTP/2. */
    loop->ctx.shutdown_requested = 1;
    streams_end(loop);
}

/* h2o keeps idle connections until they time out. An end of file makes it close them; what was sent before is read. */
static void close_idle(struct worker_loop *loop, int64_t now)
{
    for (h2o_linklist_t *l = loop->conns.next; l != &loop->conns; l = l->next) {
        struct conn *c = H2O_STRUCT_FROM_MEMBER(struct conn, link, l);
        bool idle = c->current == NULL && c->sock->input->size == 0;
        if (idle && !c->told_to_close && now - c->idle_ms >= IDLE_MS) {
            c->told_to_close = true;
            shutdown(h2o_socket_get_fd(c->sock), SHUT_RD);
        }
    }
}

static void expire(struct worker_loop *loop, int64_t before, const char *code, const char *detail)
{
    h2o_linklist_t todo;
    h2o_linklist_init_anchor(&todo);
    h2o_linklist_insert_list(&todo, &loop->exchanges);
    while (!h2o_linklist_is_empty(&todo)) {
        struct exchange *ex = H2O_STRUCT_FROM_MEMBER(struct exchange, link, todo.next);
        h2o_linklist_unlink(&ex->link);
        h2o_linklist_insert(&loop->exchanges, &ex->link);
        if (!ex->sent && ex->started_ms <= before)
            exchange_expire(ex, code, detail);
    }
}

static void cut(struct worker_loop *loop)
{
    next_phase(loop, PHASE_CUTTING);
    loop->cut_off = true;
    expire(loop, INT64_MAX, "stopping", "The hub is stopping.");
    streams_end(loop);
    for (h2o_linklist_t *l = loop->conns.next; l != &loop->conns; l = l->next) {
        struct conn *c = H2O_STRUCT_FROM_MEMBER(struct conn, link, l);
        if (c->current == NULL)
            shutdown(h2o_socket_get_fd(c->sock), SHUT_RDWR);
    }
}

/* Last means, a second after the last answers: then every write fails, and h2o closes what is left. */
static void break_off(struct worker_loop *loop)
{
    for (h2o_linklist_t *l = loop->conns.next; l != &loop->conns; l = l->next) {
        struct conn *c = H2O_STRUCT_FROM_MEMBER(struct conn, link, l);
        shutdown(h2o_socket_get_fd(c->sock), SHUT_RDWR);
    }
}

static void on_drain(void *arg)
{
    struct worker_loop *loop = arg;
    int64_t now = clock_mono_ms(), in_phase = now - loop->phase_ms;
    if (loop->phase == PHASE_DRAINING) {
        close_idle(loop, now);
        if (in_phase >= loop->hub->config.drain_ms || atomic_load(&loop->hub->stopping_now))
            cut(loop);
    } else if (in_phase >= CUT_MS) {
        break_off(loop);
    }
    bool quiet = loop->conn_count == 0 && loop->job_count == 0;
    if (quiet || (loop->phase == PHASE_CUTTING && in_phase >= 2 * CUT_MS && loop->job_count == 0))
        next_phase(loop, PHASE_DONE);
    else
        loop_timer_must(loop, DRAIN_TICK_MS, on_drain);
}

static void on_tick(void *arg)
{
    struct worker_loop *loop = arg;
    int64_t now = clock_mono_ms();
    expire(loop, now - loop->hub->config.request_ms, "deadline", "The answer took too long.");
    streams_tick(loop, now);
    if (loop->db != NULL)
        metrics_db(&loop->metrics, loop->db);
    if (loop->phase == PHASE_RUNNING)
        loop_timer_must(loop, TICK_MS, on_tick);
}

static void deliver_stop(struct worker_loop *loop, struct message *m)
{
    free(m);
    if (loop->phase == PHASE_RUNNING) {
        start_draining(loop);
        on_drain(loop);
    }
}

void loop_stop(struct worker_loop *loop)
{
    struct message *m = h2o_mem_alloc(sizeof *m);
    *m = (struct message){.deliver = deliver_stop};
    loop_send(loop, m);
}

/* ---- the thread */
static enum status open_loop(struct worker_loop *loop, struct err *e)
{
    h2o_evloop_t *evloop = h2o_evloop_create();
    h2o_context_init(&loop->ctx, evloop, &loop->hub->h2o);
    h2o_multithread_register_receiver(loop->ctx.queue, &loop->inbox, on_messages);
    h2o_linklist_init_anchor(&loop->conns);
    h2o_linklist_init_anchor(&loop->exchanges);
    h2o_linklist_init_anchor(&loop->streams);
    h2o_linklist_init_anchor(&loop->lingering);
    loop->accept = (h2o_accept_ctx_t){.ctx = &loop->ctx, .hosts = loop->hub->h2o.hosts};
    loop->listener = h2o_evloop_socket_create(evloop, loop->listen_fd, H2O_SOCKET_FLAG_DONT_READ);
    loop->listener->data = loop;
    if (random_bytes(&loop->random, sizeof loop->random) != OK)
        return err_set(e, ERR_IO, "no_randomness", "The system gave no random bytes.");
    enum status s = events_loop_init(loop);
    if (s == OK)
        s = loop_db_open(loop, e);
    else
        err_set(e, s, "out_of_memory", "There is no memory for an event loop.");
    loop_timer_must(loop, TICK_MS, on_tick);
    return s;
}

static void close_loop(struct worker_loop *loop)
{
    if (loop->listener != NULL)
        h2o_socket_close(loop->listener);
    linger_end_all(loop);
    if (loop->db != NULL)
        db_free(loop->db);
    loop->db = NULL;
    events_loop_free(loop);
    timers_free(&loop->timers);
    if (loop->conn_count > 0) /* cannot be closed from outside of h2o; the process ends anyway */
        return;
    h2o_evloop_t *evloop = loop->ctx.loop;
    /* Lets h2o free the sockets that were closed in this turn. */
    h2o_evloop_run(evloop, 0);
    h2o_multithread_unregister_receiver(loop->ctx.queue, &loop->inbox);
    h2o_multithread_queue_t *queue = loop->ctx.queue;
    h2o_context_dispose(&loop->ctx);
    free(queue); /* h2o 2.2.5 does not */
    h2o_evloop_destroy(evloop);
}

/*
 * h2o keeps freed memory for each thread and forgets it when the thread ends, so it is taken out of there: of the cache
 * of buffers by its own counter, of that of pools (at most 16 chunks, each beginning with the link to the next) by
 * allocating more than it can hold.
 */
static void free_caches(void)
{
    h2o_mem_recycle_t *buffers = &h2o_socket_buffer_prototype.allocator;
    h2o_mem_pool_t pool;
    while (buffers->cnt > 0)
        free(h2o_mem_alloc_recycle(buffers, 1));
    h2o_mem_init_pool(&pool);
    for (int i = 0; i < 17 * 4; i++)
        h2o_mem_alloc_pool(&pool, 1000);
    for (void *chunk = pool.chunks, *next; chunk != NULL; chunk = next) {
        next = *(void **)chunk;
        free(chunk);
    }
}

static void report_start(struct worker_loop *loop, enum status s, const struct err *e)
{
    struct hub *hub = loop->hub;
    pthread_mutex_lock(&hub->start_lock);
    hub->loops_reported++;
    if (s != OK && hub->start_error.status == OK)
        hub->start_error = *e;
    pthread_cond_signal(&hub->start_cond);
    pthread_mutex_unlock(&hub->start_lock);
}

static void turn(struct worker_loop *loop)
{
    int32_t wait = timers_wait(&loop->timers, clock_mono_ms(), 60000);
    if (h2o_evloop_run(loop->ctx.loop, wait) != 0 && errno != EINTR) {
        log_error("the event loop cannot go on", LOG_C("error", strerror(errno)));
        abort();
    }
    int64_t now = clock_mono_ms();
    timers_run(&loop->timers, now);
    if (loop->db != NULL) {
        db_turn_end(loop->db);
        atomic_store_explicit(&loop->database_ready, db_ready(loop->db), memory_order_relaxed);
    }
    /* From the moment the poll came back (h2o's clock, the wall's) to now. */
    int64_t took = clock_now_us() / 1000 - (int64_t)h2o_now(loop->ctx.loop);
    if (took > (int64_t)counter_get(&loop->metrics.longest_turn_ms) && took < 3600000)
        counter_set(&loop->metrics.longest_turn_ms, (uint64_t)took);
    if (took >= SLOW_TURN_MS && took < 3600000)
        log_warn("an event loop was held up", LOG_I("ms", took), LOG_I("loop", loop->index));
}

void *loop_main(void *arg)
{
    struct worker_loop *loop = arg;
    struct err e = {0};
    enum status s = open_loop(loop, &e);
    if (s == OK)
        h2o_socket_read_start(loop->listener, on_accept);
    report_start(loop, s, &e);
    while (loop->phase != PHASE_DONE) /* also after a bad start: the message to stop has to find somebody */
        turn(loop);
    close_loop(loop);
    free_caches();
    return NULL;
}
