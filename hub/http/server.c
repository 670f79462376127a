#include "hub/http/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define LOOPS_MAX      64
#define BACKLOG        4096
#define OTHER_FILES    256   /* descriptors that are not client connections */
#define REQ_TIMEOUT_MS 60000 /* to read a whole request (head and body), and for an idle connection */

/* ---- addresses */
struct address {
    struct sockaddr_storage sa;
    socklen_t len;
    bool loopback;
};

static enum status parse_address(const char *host, uint16_t port, struct address *out, struct err *e)
{
    *out = (struct address){0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&out->sa;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->sa;
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        out->len = sizeof *v4;
        out->loopback = ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    } else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        out->len = sizeof *v6;
        out->loopback = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
    } else {
        return err_set(e, ERR_INVALID, "bad_address", "'%s' is not an IP address, nor localhost.", host);
    }
    return OK;
}

static enum status bind_error(int why, const char *host, unsigned port, struct err *e)
{
    if (why != EADDRINUSE)
        return err_errno(e, why, "cannot_listen", "Listening on %s port %u", host, port);
    err_set(e, ERR_CONFLICT, "address_in_use", "Port %u of %s is taken by another program.", port, host);
    return err_hint(e, "Stop it, or take another port with --listen (0 = any free one).");
}

static int open_listener(const struct address *at, bool shared)
{
    int on = 1, fd = socket(at->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (shared)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&at->sa, at->len) == 0 && (!shared || listen(fd, BACKLOG) == 0))
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage sa = {0};
    socklen_t len = sizeof sa;
    if (getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
        return 0;
    return ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&sa)->sin6_port
                                          : ((struct sockaddr_in *)&sa)->sin_port);
}

static enum status listen_all(struct hub *hub, struct err *e)
{
    const struct server_config *c = &hub->config;
    struct address at;
    enum status s = parse_address(c->host, c->port, &at, e);
    if (s != OK)
        return s;
    /* With SO_REUSEPORT a second hub would share the port with the first one unnoticed; without it the bind fails. */
    int probe = c->port != 0 ? open_listener(&at, false) : -1;
    if (c->port != 0 && probe < 0)
        return bind_error(errno, c->host, c->port, e);
    if (probe >= 0)
        close(probe);
    for (unsigned i = 0; i < hub->loop_count; i++) {
        int fd = open_listener(&at, true);
        if (fd < 0)
            return bind_error(errno, c->host, c->port, e);
        hub->loops[i].listen_fd = fd;
        if (i == 0) {
            hub->port = port_of(fd);
            s = parse_address(c->host, hub->port, &at, e);
            if (s != OK)
                return s;
        }
    }
    return OK;
}

/* ---- configuration */
static void set_defaults(struct server_config *c)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (c->host == NULL)
        c->host = "127.0.0.1";
    if (c->loops == 0)
        c->loops = cores > 0 ? (unsigned)cores : 1;
    c->loops = c->loops < LOOPS_MAX ? c->loops : LOOPS_MAX;
    c->workers = c->workers ? c->workers : 2;
    c->max_connections = c->max_connections ? c->max_connections : 10000;
    c->max_streams = c->max_streams ? c->max_streams : 256;
    c->request_ms = c->request_ms ? c->request_ms : 60000;
    c->drain_ms = c->drain_ms ? c->drain_ms : 30000;
}

/* h2o would spin when accept runs out of descriptors, so there are always more of them than connections. */
static void fit_descriptors(struct server_config *c)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    rlim_t room = limit.rlim_cur > 2 * OTHER_FILES ? limit.rlim_cur - OTHER_FILES : limit.rlim_cur / 2;
    if (c->max_connections > room)
        c->max_connections = (unsigned)room;
}

static void configure_h2o(struct hub *hub)
{
    h2o_globalconf_t *g = &hub->h2o;
    h2o_config_init(g);
    hub->h2o_ready = true;
    g->server_name = h2o_iovec_init(H2O_STRLIT("component-hub"));
    g->max_request_entity_size = HTTP_MAX_BODY;
    h2o_socket_buffer_mmap_settings.threshold = 4 * HTTP_MAX_BODY; /* bodies stay out of files in /tmp */
    g->http1.req_timeout = REQ_TIMEOUT_MS;
    g->http1.upgrade_to_http2 = 0; /* h2o 2.2.5 has no answer to HTTP/2's rapid reset */
    h2o_hostconf_t *host = h2o_config_register_host(g, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    exchange_register(&host->fallback_path);
}

struct preparing {
    struct hub *hub;
    struct err *e;
};

static enum status prepare(void *arg)
{
    struct hub *hub = ((struct preparing *)arg)->hub;
    struct err *e = ((struct preparing *)arg)->e;
    struct server_config *c = &hub->config;
    struct address at;
    set_defaults(c);
    fit_descriptors(c);
    enum status s = parse_address(c->host, c->port, &at, e);
    if (s != OK)
        return s;
    if (c->auth_none && !at.loopback)
        return err_set(e, ERR_INVALID, "auth_none_beyond_loopback",
                       "Without sign-in the hub listens on a loopback address only, not on %s.", c->host);
    if (c->auth_none)
        log_warn("anybody on this machine may change things and launch runs", LOG_C("auth", "none"));
    hub->rules = (struct access_rules){c->allowed_hosts, c->allowed_host_count, at.loopback};
    s = auth_init(&hub->auth, c->auth_none, c->token, c->cookie_key, e);
    if (s == OK)
        s = router_new(hub->arena, c->tables, c->table_count, &hub->router, e);
    if (s == OK && c->static_dir != NULL)
        s = static_load(hub, c->static_dir, e);
    hub->loops = arena_array_of(hub->arena, c->loops, struct worker_loop);
    hub->loop_count = c->loops;
    for (unsigned i = 0; i < hub->loop_count; i++) {
        hub->loops[i].hub = hub;
        hub->loops[i].index = i;
        hub->loops[i].listen_fd = -1;
    }
    return s;
}

/* ---- start */
static enum status start_loops(struct hub *hub, struct err *e)
{
    for (; hub->loops_running < hub->loop_count; hub->loops_running++, hub->loops_started++) {
        struct worker_loop *loop = &hub->loops[hub->loops_running];
        int why = pthread_create(&loop->thread, NULL, loop_main, loop);
        if (why != 0)
            return err_errno(e, why, "no_thread", "The thread of an event loop");
    }
    pthread_mutex_lock(&hub->start_lock);
    while (hub->loops_reported < hub->loops_running)
        pthread_cond_wait(&hub->start_cond, &hub->start_lock);
    if (hub->start_error.status != OK && e != NULL)
        *e = hub->start_error;
    enum status s = hub->start_error.status;
    pthread_mutex_unlock(&hub->start_lock);
    return s;
}

static enum status start(struct hub *hub, struct err *e)
{
    hub->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (hub->stop_fd < 0)
        return err_errno(e, errno, "no_descriptor", "An event descriptor");
    enum status s = arena_guard(hub->arena, prepare, &(struct preparing){hub, e});
    if (s == ERR_NOMEM || s == ERR_LIMIT)
        err_set(e, s, "out_of_memory", "There is no memory to start.");
    if (s == OK)
        s = listen_all(hub, e);
    if (s != OK)
        return s;
    configure_h2o(hub);
    s = pool_start(hub->config.workers, &hub->pool, e);
    if (s == OK)
        s = start_loops(hub, e);
    if (s == OK && hub->config.database_url != NULL)
        s = events_start(hub, e);
    return s;
}

static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

enum status server_start(const struct server_config *c, struct hub **out, struct err *e)
{
    struct err unused = {0};
    struct hub *hub = calloc(1, sizeof *hub);
    struct arena *arena = arena_new(0);
    e = e != NULL ? e : &unused;
    *out = NULL;
    if (hub == NULL || arena == NULL) {
        free(hub);
        arena_free(arena);
        return err_set(e, ERR_NOMEM, "out_of_memory", "There is no memory to start.");
    }
    hub->arena = arena;
    hub->config = *c;
    hub->started_us = clock_now_us();
    pthread_mutex_init(&hub->start_lock, NULL);
    pthread_cond_init(&hub->start_cond, NULL);
    block_signals();
    enum status s = start(hub, e);
    if (s != OK) {
        server_free(hub);
        return s;
    }
    *out = hub;
    return OK;
}

uint16_t server_port(const struct hub *hub)
{
    return hub->port;
}

const struct auth *server_auth(const struct hub *hub)
{
    return &hub->auth;
}

bool server_loopback(const struct hub *hub)
{
    return hub->rules.loopback;
}

enum auth_via request_via(const struct request *rq)
{
    return ((const struct exchange *)rq)->via;
}

/* ---- stop */
void server_stop(struct hub *hub)
{
    uint64_t one = 1;
    (void)!write(hub->stop_fd, &one, sizeof one);
}

static void stop_loops(struct hub *hub)
{
    atomic_store(&hub->stopping, true);
    for (unsigned i = 0; i < hub->loops_running; i++)
        loop_stop(&hub->loops[i]);
}

/* Joins the loops; a second signal on the way cuts them short. */
static void join_loops(struct hub *hub, int signals)
{
    for (unsigned i = 0; i < hub->loops_running; i++) {
        struct timespec until;
        do {
            struct signalfd_siginfo info;
            if (signals >= 0 && read(signals, &info, sizeof info) == (ssize_t)sizeof info)
                atomic_store(&hub->stopping_now, true);
            clock_gettime(CLOCK_REALTIME, &until);
            until.tv_nsec += 50 * 1000 * 1000;
            until.tv_sec += until.tv_nsec / 1000000000;
            until.tv_nsec %= 1000000000;
        } while (pthread_timedjoin_np(hub->loops[i].thread, NULL, &until) == ETIMEDOUT);
    }
    hub->loops_running = 0;
}

enum status server_run(struct hub *hub)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    struct pollfd fds[2] = {{hub->stop_fd, POLLIN, 0}, {signals, POLLIN, 0}};
    while (poll(fds, signals >= 0 ? 2 : 1, -1) < 0 && errno == EINTR)
        ;
    struct signalfd_siginfo info;
    if (signals >= 0)
        (void)!read(signals, &info, sizeof info);
    log_info("stopping", LOG_I("connections", atomic_load(&hub->connections)));
    events_close(hub);
    stop_loops(hub);
    join_loops(hub, signals);
    if (signals >= 0)
        close(signals);
    bool cut_off = false;
    for (unsigned i = 0; i < hub->loop_count; i++)
        cut_off |= hub->loops[i].cut_off;
    return cut_off ? ERR_UNAVAILABLE : OK;
}

void server_free(struct hub *hub)
{
    if (hub == NULL)
        return;
    bool clean = true;
    events_close(hub);
    if (hub->loops_running > 0) {
        stop_loops(hub);
        join_loops(hub, -1);
    }
    pool_stop(hub->pool);
    clean &= events_join(hub);
    for (unsigned i = 0; i < hub->loop_count; i++) {
        if (i >= hub->loops_started && hub->loops[i].listen_fd >= 0) /* the others' is their loop's */
            close(hub->loops[i].listen_fd);
        clean &= hub->loops[i].conn_count == 0;
    }
    if (!clean) /* a thread or a connection still refers to all of this; the process is about to end */
        return;
    if (hub->h2o_ready)
        h2o_config_dispose(&hub->h2o);
    if (hub->stop_fd >= 0)
        close(hub->stop_fd);
    pthread_cond_destroy(&hub->start_cond);
    pthread_mutex_destroy(&hub->start_lock);
    arena_free(hub->arena);
    free(hub);
}
