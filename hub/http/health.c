#include "hub/auth/session.h"
#include "hub/http/events.h"
#include "hub/http/internal.h"

#include "base/clock.h"

static const uint64_t bucket_us[METRICS_BUCKETS] = {500,   1000,   2500,   5000,   10000,   25000,
                                                    50000, 100000, 250000, 500000, 1000000, 5000000};

void metrics_request(struct metrics *m, enum method method, int status, uint64_t us, uint64_t bytes)
{
    int class = status >= 100 && status < 600 ? status / 100 : 0;
    size_t bucket = 0;
    while (bucket < METRICS_BUCKETS && us > bucket_us[bucket])
        bucket++;
    counter_add(&m->requests[method <= METHOD_COUNT ? method : METHOD_COUNT][class], 1);
    counter_add(&m->buckets[bucket], 1);
    counter_add(&m->duration_us, us);
    counter_add(&m->bytes, bytes);
}

void metrics_db(struct metrics *m, const struct db *db)
{
    struct db_counters c;
    db_counters(db, &c);
    counter_set(&m->db_sent, c.sent);
    counter_set(&m->db_failed, c.failed);
    counter_set(&m->db_retried, c.retried);
    counter_set(&m->db_forgotten, c.forgotten);
    counter_set(&m->db_reconnects, c.reconnects);
    counter_set(&m->db_batches, c.batches);
    counter_set(&m->db_refused, c.refused);
    counter_set(&m->db_waiting, c.waiting);
    counter_set(&m->db_in_flight, c.in_flight);
    counter_set(&m->db_connections, c.connections);
}

void health_live(struct request *rq)
{
    answer_kept(rq, 200, STR("application/json"), STR("{\"status\":\"ok\"}"), STR_NONE);
}

/* Of every loop: the next request may come to another one. */
static bool database_ready(const struct hub *hub)
{
    for (unsigned i = 0; i < hub->loop_count; i++) {
        if (!atomic_load_explicit(&hub->loops[i].database_ready, memory_order_relaxed))
            return false;
    }
    return true;
}

void health_ready(struct request *rq)
{
    const struct server_config *c = &rq->hub->config;
    const char *why = NULL;
    if (atomic_load(&rq->hub->stopping))
        why = "The hub is stopping.";
    else if (c->database_url != NULL && !database_ready(rq->hub))
        why = "The database cannot be reached.";
    else if (c->not_ready != NULL)
        why = c->not_ready(c->app);
    if (why != NULL)
        answer_problem(rq, 503, "not_ready", "%s", why);
    else
        answer_kept(rq, 200, STR("application/json"), STR("{\"status\":\"ready\"}"), STR_NONE);
}

/* ---- /metrics: Prometheus' text format */
static uint64_t sum(const struct hub *hub, size_t offset)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < hub->loop_count; i++)
        total += counter_get((const counter *)(const void *)((const char *)&hub->loops[i].metrics + offset));
    return total;
}

static void put_requests(struct buf *b, const struct hub *hub)
{
    buf_cstr(b, "# HELP component_hub_http_requests_total Requests answered.\n"
                "# TYPE component_hub_http_requests_total counter\n");
    for (int m = 0; m <= METHOD_COUNT; m++) {
        for (size_t class = 0; class < METRICS_CLASSES; class ++) {
            uint64_t n =
                sum(hub, offsetof(struct metrics, requests) + ((size_t)m * METRICS_CLASSES + class) * sizeof(counter));
            if (n > 0)
                buf_printf(b, "component_hub_http_requests_total{method=\"%s\",class=\"%zuxx\"} %llu\n",
                           method_name((enum method)m), class, (unsigned long long)n);
        }
    }
}

static void put_durations(struct buf *b, const struct hub *hub)
{
    uint64_t below = 0;
    buf_cstr(b, "# HELP component_hub_http_request_seconds Time from the request to the end of its answer.\n"
                "# TYPE component_hub_http_request_seconds histogram\n");
    for (size_t i = 0; i <= METRICS_BUCKETS; i++) {
        below += sum(hub, offsetof(struct metrics, buckets) + i * sizeof(counter));
        if (i < METRICS_BUCKETS)
            buf_printf(b, "component_hub_http_request_seconds_bucket{le=\"%llu.%04llu\"} %llu\n",
                       (unsigned long long)(bucket_us[i] / 1000000), (unsigned long long)(bucket_us[i] % 1000000 / 100),
                       (unsigned long long)below);
        else
            buf_printf(b, "component_hub_http_request_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)below);
    }
    uint64_t us = sum(hub, offsetof(struct metrics, duration_us));
    buf_printf(b, "component_hub_http_request_seconds_sum %llu.%06llu\ncomponent_hub_http_request_seconds_count %llu\n",
               (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000), (unsigned long long)below);
}

static void put_simple(struct buf *b, const struct hub *hub)
{
    static const struct {
        const char *name, *type, *help;
        size_t offset;
    } rows[] = {
        {"http_response_bytes_total", "counter", "Bytes of bodies sent.", offsetof(struct metrics, bytes)},
        {"http_connections", "gauge", "Open connections.", offsetof(struct metrics, connections)},
        {"http_accepted_total", "counter", "Connections accepted.", offsetof(struct metrics, accepted)},
        {"http_refused_total", "counter", "Connections over the limit.", offsetof(struct metrics, refused)},
        {"http_streams", "gauge", "Open streams.", offsetof(struct metrics, streams)},
        {"loop_longest_turn_milliseconds", "gauge", "Longest turns of the event loops, added up.",
         offsetof(struct metrics, longest_turn_ms)},
        {"db_statements_total", "counter", "Statements sent.", offsetof(struct metrics, db_sent)},
        {"db_failed_total", "counter", "Statements that failed.", offsetof(struct metrics, db_failed)},
        {"db_retried_total", "counter", "Statements sent again.", offsetof(struct metrics, db_retried)},
        {"db_forgotten_total", "counter", "Statements nobody waited for.", offsetof(struct metrics, db_forgotten)},
        {"db_reconnects_total", "counter", "Reconnects.", offsetof(struct metrics, db_reconnects)},
        {"db_batches_total", "counter", "Batches sent.", offsetof(struct metrics, db_batches)},
        {"db_refused_total", "counter", "Statements refused, the queue being full.",
         offsetof(struct metrics, db_refused)},
        {"db_waiting", "gauge", "Statements waiting for a connection.", offsetof(struct metrics, db_waiting)},
        {"db_in_flight", "gauge", "Statements under way.", offsetof(struct metrics, db_in_flight)},
        {"db_connections", "gauge", "Connections that are up.", offsetof(struct metrics, db_connections)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        buf_printf(b, "# HELP component_hub_%s %s\n# TYPE component_hub_%s %s\ncomponent_hub_%s %llu\n", rows[i].name,
                   rows[i].help, rows[i].name, rows[i].type, rows[i].name,
                   (unsigned long long)sum(hub, rows[i].offset));
}

void health_metrics(struct request *rq)
{
    struct buf b;
    buf_init(&b, rq->arena, 0);
    buf_cstr(&b, "# HELP component_hub_build_info What runs here.\n# TYPE component_hub_build_info gauge\n"
                 "component_hub_build_info{version=\"" HUB_VERSION "\"} 1\n");
    buf_printf(&b,
               "# HELP component_hub_uptime_seconds Time since the start.\n# TYPE component_hub_uptime_seconds gauge\n"
               "component_hub_uptime_seconds %lld\n",
               (long long)((clock_now_us() - rq->hub->started_us) / 1000000));
    buf_printf(&b,
               "# HELP component_hub_workers_waiting Jobs waiting for a worker.\n"
               "# TYPE component_hub_workers_waiting gauge\ncomponent_hub_workers_waiting %u\n",
               pool_waiting(rq->hub->pool));
    put_requests(&b, rq->hub);
    put_durations(&b, rq->hub);
    put_simple(&b, rq->hub);
    answer_kept(rq, 200, STR("text/plain; version=0.0.4; charset=utf-8"), buf_take(&b), STR_NONE);
}

static const struct route routes[] = {
    {METHOD_GET, "/healthz", health_live, ROUTE_PUBLIC},
    {METHOD_GET, "/readyz", health_ready, ROUTE_PUBLIC},
    {METHOD_GET, "/metrics", health_metrics, 0},
    {METHOD_GET, "/api/v1/session", session_get, ROUTE_PUBLIC},
    {METHOD_POST, "/api/v1/session", session_post, ROUTE_PUBLIC | ROUTE_OPEN},
    {METHOD_DELETE, "/api/v1/session", session_delete, ROUTE_PUBLIC | ROUTE_OPEN},
    {METHOD_GET, "/api/v1/events", events_get, ROUTE_STREAM},
    {METHOD_GET, "/api/v1/openapi.yaml", static_openapi, ROUTE_PUBLIC},
};
const struct route_table http_routes = {routes, sizeof routes / sizeof routes[0]};
