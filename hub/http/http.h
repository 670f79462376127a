/*
 * The HTTP side: requests and answers without h2o's types, so that handlers can be read and tested by themselves.
 * Only hub/http includes h2o.
 *
 * A request belongs to the event loop it came in on. Its handler answers exactly once, now or later; whatever it waits
 * for (database, worker) is forgotten by itself when the client goes away, and no callback runs after that.
 */
#ifndef HUB_HTTP_HTTP_H
#define HUB_HTTP_HTTP_H

#include "base/json.h"
#include "base/problem.h"
#include "registry/db.h"

#define HTTP_MAX_BODY    ((size_t)33 << 20) /* 32 MiB of payload and what multipart adds */
#define HTTP_MAX_JSON    ((size_t)8 << 20)  /* bodies of all routes but publishing */
#define HTTP_MAX_HEADERS ((size_t)32 << 10)
#define HTTP_MAX_URL     ((size_t)8 << 10)

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_COUNT };

struct param { /* of the path, the query, or a header */
    struct str name, value;
};

struct upload { /* one part of a multipart/form-data body; borrows the body */
    struct str name, filename, content_type, data;
};

struct hub;         /* the whole service: configuration, shared tables (read only after start) */
struct worker_loop; /* one event loop's own things */

struct request {
    struct arena *arena; /* freed with the request */
    enum method method;
    struct str path;                             /* decoded and normalised */
    struct str target;                           /* as sent, for `instance` */
    struct param *path_params, *query, *headers; /* header names in lower case */
    size_t path_param_count, query_count, header_count;
    struct str body;
    char id[33];       /* request id, hex */
    int64_t principal; /* 0 = nobody, 1 = local */
    const struct route *route;
    struct hub *hub;
    struct worker_loop *loop;
    void *state; /* the handler's own, in the arena */
};

/* Values, or STR_NONE when absent. */
struct str request_path_param(const struct request *rq, const char *name);
struct str request_query(const struct request *rq, const char *name);
struct str request_header(const struct request *rq, const char *lower_case_name);
/* Content-Type without its parameters; empty when absent. */
struct str request_media_type(const struct request *rq);

/* "http://name:port" as the client wrote it in Host, which has been checked: nothing in it needs quoting. */
struct str request_origin(const struct request *rq);
/* Whether reading needs no token here: on loopback. */
bool request_reading_open(const struct request *rq);

typedef void (*handler)(struct request *rq);

enum route_flags {
    ROUTE_CHANGES = 1 << 0,    /* needs a principal; Origin and content-type rules apply */
    ROUTE_MULTIPART = 1 << 1,  /* takes multipart/form-data, and bodies up to HTTP_MAX_BODY */
    ROUTE_OPEN = 1 << 2,       /* changing, but needs no principal (POST /session, /compile, /check, /lint, …) */
    ROUTE_STREAM = 1 << 3,     /* answers with request_stream */
    ROUTE_CREATES = 1 << 4,    /* takes Idempotency-Key */
    ROUTE_USER_BYTES = 1 << 5, /* serves what users published: attachment, sandbox */
    ROUTE_PUBLIC = 1 << 6,     /* needs no principal even when bound beyond loopback: health, session */
};

struct route {
    enum method method;
    const char *pattern; /* "/api/v1/assets/{namespace}/{kind}/{name}"; a segment is a literal or one parameter */
    handler handle;
    unsigned flags;
};

/* ---- answers; each ends the request */
/* 200 and so on with a JSON body; etag may be STR_NONE; If-None-Match is honoured (304). */
void answer_json(struct request *rq, int status, struct str body, struct str etag);
void answer_bytes(struct request *rq, int status, struct str content_type, struct str body, struct str etag);
/* As answer_bytes, for a body that lives as long as the arena of the request, or for ever: it is not copied. */
void answer_kept(struct request *rq, int status, struct str content_type, struct str body, struct str etag);
void answer_empty(struct request *rq, int status);
/* application/problem+json from an err (status by the one table) and, where given, problems. */
void answer_error(struct request *rq, const struct err *e, const struct problems *ps);
void answer_problem(struct request *rq, int status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Adds a header to the answer to come; values are copied, names have to be literals. Replaces the default of the same
   name (Cache-Control, Content-Disposition, Content-Security-Policy, …). */
void answer_header(struct request *rq, const char *name, struct str value);
int http_status_of(enum status s);

/* ---- streams (logs that follow, events) */
struct stream;
/* Starts an answer that goes on: 200 with this content type. closed is called once when the client has gone or
   stream_end was called (then from within it); after that the stream is invalid. closed must not allocate in the arena.
   NULL (and answered) when there are too many streams already. HEAD gets the headers only, and closes at once. The
   request's waits go on until the stream is closed. */
struct stream *request_stream(struct request *rq, struct str content_type, void (*closed)(void *context),
                              void *context);
/* Queues bytes (copied). False when more than 1 MiB is waiting for a slow reader: the caller stops or drops. */
bool stream_write(struct stream *s, struct str bytes);
void stream_end(struct stream *s);
/* Sends `comment` (a literal, such as ":\n\n") whenever nothing else was sent for 15 s: that is also how a client that
   went away is noticed. */
void stream_keepalive(struct stream *s, struct str comment);

/* ---- waiting: from handlers and their callbacks only, where the arena is guarded */
/* Sends a statement; done(rq, result) runs in the request's loop, within its arena's guard. */
void request_db(struct request *rq, enum sql statement, const struct db_arg *args, unsigned count,
                void (*done)(struct request *rq, const struct db_result *r));
/* Runs work(rq) on a worker thread (no answers there: put the outcome in rq->state), then done(rq) in the loop. The
   status is what work returned, or ERR_NOMEM / ERR_LIMIT from the arena. The queue is bounded (1,000): full = 503.
   The work starts when the calling handler or callback has returned, and has the arena for itself: until done is called
   nothing else is waited for (what was is forgotten). The body stays readable for it, also when the client goes. */
void request_work(struct request *rq, enum status (*work)(struct request *rq),
                  void (*done)(struct request *rq, enum status s));
/* Calls fire(rq) after ms. */
void request_after(struct request *rq, unsigned ms, void (*fire)(struct request *rq));

/* ---- bodies */
/* JSON object body into a tree; answers the error itself and returns false when it is not one. */
bool request_json(struct request *rq, struct node **out);
/* The published bytes: multipart field `file` or the raw body. Answers errors itself. */
bool request_upload(struct request *rq, struct upload *out);
/* All parts of a multipart/form-data body. Answers errors itself. */
bool request_form(struct request *rq, struct upload **out, size_t *count);
/* Parses multipart/form-data; at most 16 parts, headers of 8 KiB a part (RFC 7578). Pure; used by request_upload. */
MUST_USE enum status multipart_parse(struct arena *a, struct str body, struct str boundary, struct upload **out,
                                     size_t *count, struct err *e);
/* If-Match as an integer row version: answers 428 or 412-shaped errors itself. `*` gives -1. */
bool request_if_match(struct request *rq, int64_t *row_version);
/* limit (1..200, default 50) and cursor; answers 400-shaped errors itself. */
bool request_paging(struct request *rq, unsigned *limit, struct str *cursor);

/* What server_config.app was set to: the service's own shared tables. Any thread. */
void *hub_app(const struct hub *hub);

#endif
