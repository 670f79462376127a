/* The supervisor's insides: what its two threads share. Inside hub/runs only. */
#ifndef HUB_RUNS_PARTS_H
#define HUB_RUNS_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "hub/runs/names.h"
#include "hub/runs/queue.h"
#include "hub/runs/supervisor.h"

#define RETRY_MS 500

enum submission_kind {
    SUBMIT_NEW,
    SUBMIT_RESUME, /* it was under way when the last process ended */
    SUBMIT_CANCEL,
    SUBMIT_END,  /* it was to be cancelled when the last process ended */
    SUBMIT_SWEEP /* nothing more is to be resumed */
};

struct submission { /* for the engine's thread */
    struct submission *next;
    enum submission_kind kind;
    char run_id[UUID_TEXT];
    size_t manifest_n, run_n;
    char bytes[]; /* the manifest; then what the database knows of the run, JSON with its tasks, if it began earlier */
};

struct supervisor {
    struct supervisor_config config;
    char engine_dir[4096];
    char holder[UUID_TEXT];
    char epoch[32]; /* the recorder's thread only */
    int lock_fd;
    struct queue *queue;
    pthread_t engine_thread, recorder_thread;
    bool engine_started, recorder_started;
    struct run_names *names; /* the engine's thread only */

    pthread_mutex_t lock; /* of what follows */
    struct submission *first, **last;
    unsigned waiting;
    bool abandoned;         /* the engine is to give up its runs: they are another hub's */
    struct engine *engine;  /* NULL while it is not up; changed by its own thread */
    struct str description; /* of the engine, malloc'ed JSON */
    struct err why_not;
    bool ready, leased;

    atomic_bool stopping;
};

/* Queues something for the engine's thread. ERR_NOMEM, or ERR_UNAVAILABLE when limited and too much waits. */
MUST_USE enum status supervisor_queue(struct supervisor *s, enum submission_kind kind, const char *run_id,
                                      struct str manifest, struct str run, bool limited, struct err *e);
/* Drops what is queued and has the engine give up its runs. They stay as they are in the database. */
void supervisor_abandon(struct supervisor *s);

/* ---- recovery.c: the recorder's thread. It holds the lease, takes up what was not finished, writes what runs say. */
void *recorder_main(void *supervisor);

#endif
