#include "hub/http/internal.h"

#include <stdlib.h>

#define QUEUE_MAX   1000
#define THREADS_MAX 64

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct job *head, **tail;
    unsigned waiting, threads;
    bool stopping;
    pthread_t ids[THREADS_MAX];
};

static enum status work(void *arg)
{
    struct job *job = arg;
    return job->work(&job->ex->rq);
}

static struct job *take(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->head == NULL && !p->stopping)
        pthread_cond_wait(&p->more, &p->lock);
    struct job *job = p->head;
    if (job != NULL) {
        p->head = job->next;
        if (p->head == NULL)
            p->tail = &p->head;
        p->waiting--;
    }
    pthread_mutex_unlock(&p->lock);
    return job;
}

static void *pool_main(void *arg)
{
    struct pool *p = arg;
    struct job *job;
    while ((job = take(p)) != NULL) {
        job->result = arena_guard(job->ex->rq.arena, work, job);
        loop_send(job->loop, &job->super);
    }
    return NULL;
}

enum status pool_start(unsigned threads, struct pool **out, struct err *e)
{
    struct pool *p = calloc(1, sizeof *p);
    if (p == NULL)
        return err_set(e, ERR_NOMEM, "out_of_memory", "There is no memory for the workers.");
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->more, NULL);
    p->tail = &p->head;
    *out = p;
    threads = threads < THREADS_MAX ? threads : THREADS_MAX;
    for (; p->threads < threads; p->threads++) {
        int why = pthread_create(&p->ids[p->threads], NULL, pool_main, p);
        if (why != 0)
            return err_errno(e, why, "no_thread", "A worker thread");
    }
    return OK;
}

void pool_stop(struct pool *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->more);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->threads; i++)
        pthread_join(p->ids[i], NULL);
    pthread_cond_destroy(&p->more);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

bool pool_put(struct pool *p, struct job *job)
{
    pthread_mutex_lock(&p->lock);
    bool room = p->waiting < QUEUE_MAX && !p->stopping;
    if (room) {
        job->next = NULL;
        *p->tail = job;
        p->tail = &job->next;
        p->waiting++;
        pthread_cond_signal(&p->more);
    }
    pthread_mutex_unlock(&p->lock);
    return room;
}

unsigned pool_waiting(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    unsigned n = p->waiting;
    pthread_mutex_unlock(&p->lock);
    return n;
}
