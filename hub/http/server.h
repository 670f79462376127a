/*
 * The HTTP server as `component-hub serve` uses it.
 *
 *     struct server_config c = {.port = 8080, .token = token, .database_url = url, .tables = tables, .table_count = n};
 *     s = server_start(&c, &hub, &e);      // listens; SIGTERM and SIGINT are blocked from here on
 *     ... print server_port(hub) ...
 *     server_run(hub);                     // until SIGTERM, SIGINT or server_stop(); then graceful
 *     server_free(hub);
 *
 * Threads: one for each event loop, the workers, and one that listens for events of the database. Signals are taken by
 * the thread in server_run with signalfd; a child process has to unblock SIGTERM and SIGINT before exec.
 */
#ifndef HUB_HTTP_SERVER_H
#define HUB_HTTP_SERVER_H

#include "hub/auth/auth.h"
#include "hub/http/http.h"

struct route_table {
    const struct route *routes;
    size_t count;
};

struct server_config {               /* zero means the default; what it points to has to live until server_free */
    const char *host;                /* numeric address or "localhost"; default 127.0.0.1 */
    uint16_t port;                   /* 0 = any free one, see server_port */
    unsigned loops, workers;         /* default: one loop for each core, 2 workers */
    const struct str *allowed_hosts; /* names (without port) that Host may have, besides those of loopback */
    size_t allowed_host_count;
    bool auth_none;               /* everybody may; loopback only */
    struct str token, cookie_key; /* cookie_key: STR_NONE = derived from the token */
    const char *database_url;     /* NULL: none; request_db then answers 503 (for tests) */
    unsigned db_readers;          /* read connections for each loop; default 1 */
    const char *static_dir;       /* the browser application; NULL: none */
    bool access_log;
    unsigned max_connections; /* default 10,000 */
    unsigned max_streams;     /* for each loop; default 256 */
    unsigned request_ms;      /* until a handler has to have answered; default 60,000 */
    unsigned drain_ms;        /* for requests under way when stopping; default 30,000 */
    const struct route_table *tables;
    size_t table_count;
    void *app; /* see hub_app */
    /* For /readyz besides the database: NULL when ready, else a sentence. Any loop's thread; must not block. */
    const char *(*not_ready)(void *app);
};

/* Health, metrics, session, events, openapi.yaml: to be listed among the tables. */
extern const struct route_table http_routes;

/* Binds, loads static_dir, starts all threads; nothing is left running on an error. Codes: address_in_use, bad_address,
   cannot_listen, auth_none_beyond_loopback, token_short, bad_route, static_too_large, what reading static_dir gives. */
MUST_USE enum status server_start(const struct server_config *c, struct hub **out, struct err *e);
uint16_t server_port(const struct hub *hub);
const struct auth *server_auth(const struct hub *hub);
bool server_loopback(const struct hub *hub);
enum auth_via request_via(const struct request *rq); /* how the sender showed who it is */
/* Returns after a graceful stop: OK, or ERR_UNAVAILABLE when requests had to be cut off (drain_ms, second signal). */
enum status server_run(struct hub *hub);
/* Any thread, also before server_run. */
void server_stop(struct hub *hub);
void server_free(struct hub *hub); /* after server_run; NULL is fine */

#endif
