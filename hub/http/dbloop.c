/* struct db_loop (registry/db.h) over h2o's event loop and our timers. */
#include "hub/http/internal.h"

#include <fcntl.h>
#include <stdlib.h>

struct watch {
    h2o_socket_t *sock;
    void (*readable)(void *arg);
    void (*writable)(void *arg);
    void *arg;
};

static void on_readable(h2o_socket_t *sock, const char *err)
{
    (void)err; /* libpq finds out by itself */
    struct watch *w = sock->data;
    w->readable(w->arg);
}

static void on_writable(h2o_socket_t *sock, const char *err)
{
    (void)err;
    struct watch *w = sock->data;
    w->writable(w->arg);
}

/* h2o closes the descriptors it watches and stops for good when one is gone, so it gets a duplicate. */
static void *watch_fd(void *loop, int fd, void (*readable)(void *arg), void (*writable)(void *arg), void *arg)
{
    struct worker_loop *l = loop;
    struct watch *w = calloc(1, sizeof *w);
    int own = w != NULL ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (own < 0) {
        free(w);
        return NULL;
    }
    *w = (struct watch){h2o_evloop_socket_create(l->ctx.loop, own, H2O_SOCKET_FLAG_DONT_READ), readable, writable, arg};
    w->sock->data = w;
    h2o_socket_read_start(w->sock, on_readable);
    return w;
}

static void want_write(void *watch)
{
    struct watch *w = watch;
    if (!h2o_socket_is_writing(w->sock))
        h2o_socket_notify_write(w->sock, on_writable);
}

static void unwatch(void *watch)
{
    struct watch *w = watch;
    h2o_socket_read_stop(w->sock);
    h2o_socket_close(w->sock);
    free(w);
}

/* registry cancels by the timer alone, so it carries its loop. */
struct db_timer {
    struct worker_loop *loop;
    struct timer *timer;
    void (*fire)(void *arg);
    void *arg;
};

static void on_timer(void *arg)
{
    struct db_timer t = *(struct db_timer *)arg;
    free(arg);
    t.fire(t.arg);
}

static void *add_timer(void *loop, unsigned ms, void (*fire)(void *arg), void *arg)
{
    struct db_timer *t = malloc(sizeof *t);
    if (t == NULL)
        return NULL;
    *t = (struct db_timer){loop, NULL, fire, arg};
    t->timer = loop_timer(loop, ms, on_timer, t);
    if (t->timer == NULL) {
        free(t);
        return NULL;
    }
    return t;
}

static void cancel_timer(void *timer)
{
    struct db_timer *t = timer;
    timer_cancel(&t->loop->timers, t->timer);
    free(t);
}

enum status loop_db_open(struct worker_loop *loop, struct err *e)
{
    const struct server_config *c = &loop->hub->config;
    if (c->database_url == NULL)
        return OK;
    const struct db_loop dl = {loop, watch_fd, want_write, unwatch, add_timer, cancel_timer};
    const struct db_config dc = {.url = c->database_url, .readers = c->db_readers};
    return db_new(&dl, &dc, &loop->db, e);
}
