/*
 * GET /api/v1/runs/{id}/logs: what the steps wrote. Of one task it comes byte for byte; of several, each line gets
 * "[task : step] " before it, as tkn prints it. With follow=true the answer goes on until everything has ended.
 */
#include "hub/api/api.h"

#include <stdlib.h>
#include <string.h>

#define READ_BYTES     "262144"
#define POLL_MS        300  /* while something comes */
#define POLL_IDLE_MS   1000 /* after a while without */
#define IDLE_ROUNDS    10
#define SLOW_READER_MS 100
#define POSITION_MAX   200
#define SOURCE_MAX     512

/* Columns of SQL_LOG_READ. */
enum { LOG_TASK, LOG_TEKTON_NAME, LOG_MATRIX, LOG_ATTEMPT, LOG_STEP, LOG_SEQ, LOG_POSITION, LOG_DATA, LOG_FINAL };

/* Lives in the request's arena; `stream` is NULL once the client has gone. */
struct following {
    struct stream *stream;
    bool follow, prefixed;
    bool in_line;            /* the last byte sent was no newline */
    char source[SOURCE_MAX]; /* "task\nattempt\nstep" of that byte */
    char position[POSITION_MAX];
    unsigned idle;
};

static void read_more(struct request *rq);

static void on_closed(void *context)
{
    struct following *f = context;
    f->stream = NULL;
}

static bool remember(char *to, size_t size, struct str s)
{
    if (s.n >= size)
        return false;
    memcpy(to, s.p ? s.p : "", s.n);
    to[s.n] = '\0';
    return true;
}

/* Each line with its prefix. A line of another step that was cut off is ended first. */
static void put_prefixed(struct buf *b, struct following *f, struct str prefix, struct str source, struct str data)
{
    bool same = str_eq(str_of(f->source), source);
    if (f->in_line && !same) {
        buf_char(b, '\n');
        f->in_line = false;
    }
    while (data.n) {
        ptrdiff_t newline = str_find_char(data, '\n');
        size_t n = newline < 0 ? data.n : (size_t)newline + 1;
        if (!f->in_line)
            buf_str(b, prefix);
        buf_put(b, data.p, n);
        f->in_line = newline < 0;
        data = str_from(data, n);
    }
    if (!remember(f->source, sizeof f->source, source))
        f->source[0] = '\0';
}

struct chunk_work {
    struct arena *a;
    struct following *f;
    const struct db_result *r;
    size_t row;
    struct str out;
};

static enum status format_chunk(void *arg)
{
    struct chunk_work *w = arg;
    const struct db_result *r = w->r;
    struct str task = db_get(r, w->row, LOG_TASK), step = db_get(r, w->row, LOG_STEP);
    struct str attempt = db_get(r, w->row, LOG_ATTEMPT), matrix = db_get(r, w->row, LOG_MATRIX);
    struct buf b;
    buf_init(&b, w->a, 0);
    if (matrix.n)
        task = str_printf(w->a, "%.*s-%.*s", STR_ARG(task), STR_ARG(matrix));
    struct str prefix = str_printf(w->a, "[%.*s : %.*s] ", STR_ARG(task), STR_ARG(step));
    struct str source = str_printf(w->a, "%.*s\n%.*s\n%.*s", STR_ARG(task), STR_ARG(attempt), STR_ARG(step));
    put_prefixed(&b, w->f, prefix, source, db_get(r, w->row, LOG_DATA));
    w->out = buf_take(&b);
    return OK;
}

/* False when the reader is too slow to take it now, or memory is out: it is read again later. */
static bool send_chunk(struct following *f, const struct db_result *r, size_t row)
{
    struct str data = db_get(r, row, LOG_DATA);
    if (!f->prefixed)
        return stream_write(f->stream, data);
    struct following before = *f;
    struct arena *a = arena_new(0); /* not the request's, which may live for hours */
    struct chunk_work w = {a, f, r, row, STR_NONE};
    bool sent = a && arena_guard(a, format_chunk, &w) == OK && stream_write(f->stream, w.out);
    arena_free(a);
    if (!sent) {
        before.stream = f->stream;
        *f = before;
    }
    return sent;
}

static void wait_and_read(struct request *rq, struct following *f)
{
    f->idle++;
    request_after(rq, f->idle > IDLE_ROUNDS ? POLL_IDLE_MS : POLL_MS, read_more);
}

static void on_chunks(struct request *rq, const struct db_result *r)
{
    struct following *f = rq->state;
    if (r->status != OK) {
        if (!f->stream)
            answer_error(rq, &r->e, NULL);
        else if (r->status == ERR_UNAVAILABLE)
            request_after(rq, POLL_IDLE_MS, read_more);
        else
            stream_end(f->stream);
        return;
    }
    if (!f->stream) {
        f->stream = request_stream(rq, STR("text/plain; charset=utf-8"), on_closed, f);
        if (!f->stream)
            return;
    }
    size_t last = db_count(r) - 1;
    for (size_t i = 0; i < last; i++) {
        if (!send_chunk(f, r, i)) {
            if (f->stream)
                request_after(rq, SLOW_READER_MS, read_more);
            return;
        }
        remember(f->position, sizeof f->position, db_get(r, i, LOG_POSITION));
        f->idle = 0;
    }
    remember(f->position, sizeof f->position, db_get(r, last, LOG_POSITION));
    bool final = str_is(db_get(r, last, LOG_FINAL), "true");
    if (final || (!f->follow && last == 0))
        stream_end(f->stream);
    else if (last > 0) /* there may be more already */
        read_more(rq);
    else
        wait_and_read(rq, f);
}

static void read_more(struct request *rq)
{
    struct following *f = rq->state;
    struct db_arg args[5] = {
        db_text(request_path_param(rq, "id")), db_text(request_query(rq, "task")), db_text(request_query(rq, "step")),
        db_text(str_of(f->position)),          db_text(STR(READ_BYTES)),
    };
    request_db(rq, SQL_LOG_READ, args, 5, on_chunks);
}

void api_run_logs(struct request *rq)
{
    struct str follow = request_query(rq, "follow");
    if (follow.n && !str_is(follow, "true") && !str_is(follow, "false")) {
        answer_problem(rq, 422, "bad_parameter", "follow=%.*s is not understood; expected true or false.",
                       STR_ARG(follow));
        return;
    }
    struct following *f = arena_new_of(rq->arena, struct following);
    f->follow = str_is(follow, "true");
    f->prefixed = request_query(rq, "task").n == 0;
    rq->state = f;
    read_more(rq);
}
