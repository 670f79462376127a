/*
 * What an engine said, on its way to the database: a bounded queue between the engine's thread and the recorder's.
 * When the database is away the queue fills, and then the engine waits: nothing that happened is dropped.
 */
#ifndef HUB_RUNS_QUEUE_H
#define HUB_RUNS_QUEUE_H

#include <stdint.h>

#include "pipeline-creator/launch/launch.h"

#define QUEUE_MAX_BYTES ((size_t)32 << 20)

/* A run_event that owns its texts. */
struct record {
    struct record *next;
    size_t size;
    enum run_event_kind kind;
    enum run_state state;
    int64_t at;
    char run_id[37];
    unsigned task_no, attempt, step_no;
    int matrix_index, exit_code;
    uint64_t seq; /* EVENT_LOG: rises from chunk to chunk, with gaps, so that a chunk written twice is kept once */
    struct str reason, message, tekton_name, step_name, data;
    struct str params, results; /* JSON; p = NULL when the event had none */
    char bytes[];               /* the texts above */
};

struct queue;

struct queue *queue_new(size_t max_bytes); /* NULL when memory is out */
void queue_free(struct queue *q);          /* after both threads are done with it */

/*
 * Copies the event. Waits while the queue is full, until there is room or queue_close() was called. Log chunks of one
 * step that nobody has taken yet are joined up to LOG_CHUNK_MAX. ERR_NOMEM, or ERR_UNAVAILABLE once closed.
 */
MUST_USE enum status queue_push(struct queue *q, const struct run_event *event);
/*
 * Takes up to max_bytes of the oldest records (at least one), waiting at most timeout_ms for the first. NULL when
 * there was none. The caller frees each with free(). Order is kept.
 */
struct record *queue_take(struct queue *q, size_t max_bytes, int timeout_ms);
/* Pushes fail and waits end from now on; what is queued can still be taken. */
void queue_close(struct queue *q);
size_t queue_bytes(struct queue *q);

#endif
