/*
 * Closing gently after an answer that came while the client was still sending (413).
 *
 * h2o closes the socket at once; the kernel then answers what still arrives with a reset, and most clients show
 * "connection reset" instead of the answer. So a duplicate of the descriptor is kept, the sending side is shut, and
 * what comes is thrown away for two seconds at most.
 */
#include "hub/http/internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define LINGER_MS  2000
#define LINGER_MAX 64 /* for each loop; beyond that the client sees a reset */

struct lingering {
    h2o_linklist_t link;
    struct worker_loop *loop;
    h2o_socket_t *sock;
    struct timer *timer;
};

void linger_prepare(struct conn *conn)
{
    if (conn->linger_fd < 0 && conn->loop->lingering_count < LINGER_MAX)
        conn->linger_fd = fcntl(h2o_socket_get_fd(conn->sock), F_DUPFD_CLOEXEC, 0);
}

static void end(struct lingering *l)
{
    if (l->timer != NULL)
        timer_cancel(&l->loop->timers, l->timer);
    h2o_socket_close(l->sock);
    h2o_linklist_unlink(&l->link);
    l->loop->lingering_count--;
    free(l);
}

static void on_timer(void *arg)
{
    struct lingering *l = arg;
    l->timer = NULL;
    end(l);
}

static void on_read(h2o_socket_t *sock, const char *err)
{
    struct lingering *l = sock->data;
    h2o_buffer_consume(&sock->input, sock->input->size);
    if (err != NULL)
        end(l);
}

void linger_start(struct conn *conn)
{
    if (conn->linger_fd < 0)
        return;
    struct lingering *l = calloc(1, sizeof *l);
    struct timer *timer = l != NULL ? loop_timer(conn->loop, LINGER_MS, on_timer, l) : NULL;
    if (timer == NULL) {
        free(l);
        close(conn->linger_fd);
        return;
    }
    shutdown(conn->linger_fd, SHUT_WR);
    l->loop = conn->loop;
    l->timer = timer;
    l->sock = h2o_evloop_socket_create(conn->loop->ctx.loop, conn->linger_fd, 0);
    l->sock->data = l;
    h2o_linklist_insert(&l->loop->lingering, &l->link);
    l->loop->lingering_count++;
    h2o_socket_read_start(l->sock, on_read);
}

void linger_end_all(struct worker_loop *loop)
{
    while (!h2o_linklist_is_empty(&loop->lingering))
        end(H2O_STRUCT_FROM_MEMBER(struct lingering, link, loop->lingering.next));
}
