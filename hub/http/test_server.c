/* The server as a whole, on loopback, with handlers made up here: what has to be seen from inside or takes odd routes.
 */
#include "registry/testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "base/log.h"
#include "hub/http/events.h"
#include "hub/http/server.h"

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define AUTH  "Authorization: Bearer " TOKEN "\r\n"

/* ---- handlers */
static atomic_int created, streams_closed, worked;

static void on_fired(struct request *rq)
{
    answer_kept(rq, 200, STR("text/plain"), STR("late"), STR_NONE);
}

static void get_late(struct request *rq)
{
    request_after(rq, 100, on_fired);
}

static void get_never(struct request *rq)
{
    (void)rq;
}

static void get_twice(struct request *rq)
{
    answer_json(rq, 200, STR("1"), STR("tag"));
    answer_json(rq, 500, STR("2"), STR_NONE);
}

static void get_hog(struct request *rq)
{
    for (;;)
        arena_alloc(rq->arena, (size_t)16 << 20);
}

static void post_create(struct request *rq)
{
    if (rq->body.n == 1) {
        answer_problem(rq, 500, "broken", "Broken.");
        return;
    }
    answer_header(rq, "Location", STR("/somewhere"));
    answer_json(rq, 201, str_printf(rq->arena, "%d", atomic_fetch_add(&created, 1)), STR("tag"));
}

static enum status slow_sum(struct request *rq)
{
    uint64_t *sum = arena_alloc(rq->arena, sizeof *sum);
    usleep(300000);
    for (size_t i = 0; i < rq->body.n; i++)
        *sum += (unsigned char)rq->body.p[i];
    rq->state = sum;
    atomic_fetch_add(&worked, 1);
    return OK;
}

static void on_summed(struct request *rq, enum status s)
{
    answer_json(rq, s == OK ? 200 : 500, str_printf(rq->arena, "%lu", (unsigned long)*(uint64_t *)rq->state), STR_NONE);
}

static void post_sum(struct request *rq)
{
    request_work(rq, slow_sum, on_summed);
}

struct ticking {
    struct stream *stream;
    int n;
};

static void on_closed(void *context)
{
    ((struct ticking *)context)->stream = NULL;
    atomic_fetch_add(&streams_closed, 1);
}

static void tick(struct request *rq)
{
    struct ticking *t = rq->state;
    if (t->stream == NULL)
        return;
    if (t->n++ == 3) {
        stream_end(t->stream);
        return;
    }
    stream_write(t->stream, STR("tick "));
    request_after(rq, 20, tick);
}

static void get_ticks(struct request *rq)
{
    struct ticking *t = arena_new_of(rq->arena, struct ticking);
    rq->state = t;
    t->stream = request_stream(rq, STR("text/plain"), on_closed, t);
    if (t->stream != NULL)
        tick(rq);
}

/* Until a megabyte waits for a reader that does not read. */
static void get_flood(struct request *rq)
{
    static char block[65536];
    struct ticking *t = arena_new_of(rq->arena, struct ticking);
    t->stream = request_stream(rq, STR("text/plain"), on_closed, t);
    while (t->stream != NULL && stream_write(t->stream, (struct str){block, sizeof block}))
        t->n++;
    if (t->stream != NULL)
        stream_end(t->stream);
}

static void on_event(struct request *rq, const struct event *e)
{
    answer_json(rq, 200, e->payload, STR_NONE);
}

static void get_next_event(struct request *rq)
{
    if (!request_subscribe(rq, STR("run"), on_event))
        answer_problem(rq, 503, "busy", "Busy.");
}

static void on_ping(struct request *rq, const struct db_result *r)
{
    if (r->status != OK)
        answer_error(rq, &r->e, NULL);
    else
        answer_json(rq, 200, db_get(r, 0, 0), STR_NONE);
}

static void get_ping(struct request *rq)
{
    request_db(rq, SQL_PING, NULL, 0, on_ping);
}

static const struct route routes[] = {
    {METHOD_GET, "/late", get_late, 0},
    {METHOD_GET, "/never", get_never, 0},
    {METHOD_GET, "/twice", get_twice, 0},
    {METHOD_GET, "/hog", get_hog, 0},
    {METHOD_POST, "/create/{namespace}", post_create, ROUTE_CHANGES | ROUTE_CREATES},
    {METHOD_POST, "/sum", post_sum, ROUTE_OPEN},
    {METHOD_GET, "/ticks", get_ticks, ROUTE_STREAM},
    {METHOD_GET, "/flood", get_flood, ROUTE_STREAM},
    {METHOD_GET, "/next", get_next_event, 0},
    {METHOD_GET, "/ping", get_ping, 0},
};
static const struct route_table tables[] = {{routes, sizeof routes / sizeof routes[0]}};

/* ---- the server, and a client */
struct running {
    struct hub *hub;
    pthread_t thread;
    enum status ended;
};

static void *run_server(void *arg)
{
    struct running *r = arg;
    r->ended = server_run(r->hub);
    return NULL;
}

static struct running start(struct server_config c)
{
    struct running r = {0};
    struct err e = {0};
    const struct route_table all[] = {tables[0], http_routes};
    c.token = STR(TOKEN);
    c.tables = all;
    c.table_count = 2;
    c.loops = 2;
    assert_ok(server_start(&c, &r.hub, &e), &e);
    return r;
}

static void go(struct running *r)
{
    assert_int_equal(pthread_create(&r->thread, NULL, run_server, r), 0);
}

static enum status stop(struct running *r)
{
    server_stop(r->hub);
    pthread_join(r->thread, NULL);
    server_free(r->hub);
    return r->ended;
}

static int dial(const struct running *r)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(server_port(r->hub))};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = {10, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void send_text(int fd, struct str text)
{
    for (size_t n = 0; n < text.n;) {
        ssize_t w = send(fd, text.p + n, text.n - n, MSG_NOSIGNAL);
        if (w <= 0)
            return;
        n += (size_t)w;
    }
}

static char answer[1 << 16];

static const char *read_all(int fd)
{
    size_t n = 0;
    ssize_t r;
    while (n < sizeof answer - 1 && (r = recv(fd, answer + n, sizeof answer - 1 - n, 0)) > 0)
        n += (size_t)r;
    answer[n] = '\0';
    close(fd);
    return answer;
}

static int open_request(const struct running *r, const char *method, const char *path, const char *headers,
                        const char *body)
{
    char text[8192];
    int fd = dial(r);
    int n = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s", method, path,
                     headers);
    if (body != NULL)
        n += snprintf(text + n, sizeof text - (size_t)n, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    else
        n += snprintf(text + n, sizeof text - (size_t)n, "\r\n");
    assert_true(fd >= 0);
    send_text(fd, (struct str){text, (size_t)n});
    return fd;
}

static const char *ask(const struct running *r, const char *method, const char *path, const char *headers,
                       const char *body)
{
    return read_all(open_request(r, method, path, headers, body));
}

static void check(const char *got, int status, const char *contains)
{
    char line[32];
    snprintf(line, sizeof line, "HTTP/1.1 %d ", status);
    if (strncmp(got, line, strlen(line)) != 0 || strstr(got, contains) == NULL)
        fail_msg("want %d with '%s', got:\n%s", status, contains, got);
}

/* ---- tests */
static void handlers(void **state)
{
    (void)state;
    struct running r = start((struct server_config){.request_ms = 400});
    go(&r);
    check(ask(&r, "GET", "/late", "", NULL), 200, "late");
    check(ask(&r, "GET", "/twice", "", NULL), 200, "\r\n\r\n1");
    check(ask(&r, "GET", "/hog", "", NULL), 413, "too_large");
    check(ask(&r, "GET", "/never", "", NULL), 503, "deadline");
    check(ask(&r, "GET", "/ping", "", NULL), 503, "Retry-After: 1");
    check(ask(&r, "GET", "/twice", "If-None-Match: W/\"tag\"\r\n", NULL), 304, "ETag: \"tag\"");
    check(ask(&r, "HEAD", "/twice", "", NULL), 200, "Content-Length: 1\r\n");
    assert_non_null(strstr(answer, "\r\n\r\n"));
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
    check(ask(&r, "GET", "/healthz", "X-Request-Id: 0123456789abcdef\r\n", NULL), 200,
          "X-Request-Id: 0123456789abcdef");
    check(ask(&r, "GET", "/metrics", "", NULL), 200, "component_hub_http_requests_total{method=\"GET\",class=\"2xx\"}");
    assert_int_equal(stop(&r), OK);
}

static void workers(void **state)
{
    (void)state;
    struct running r = start((struct server_config){.request_ms = 60000});
    go(&r);
    check(ask(&r, "POST", "/sum", "", "\x01\x02\x03"), 200, "\r\n\r\n6");
    assert_int_equal(stop(&r), OK);

    /* The deadline comes first; the worker goes on with the body of a request that is no longer there. */
    atomic_store(&worked, 0);
    r = start((struct server_config){.request_ms = 1});
    go(&r);
    int fd = open_request(&r, "POST", "/sum", "", "\x01\x02\x03");
    check(read_all(fd), 200, "6"); /* deadlines are looked at once a second */
    for (int i = 0; i < 8; i++)
        close(open_request(&r, "POST", "/sum", "", "\x01\x02\x03"));
    assert_int_equal(stop(&r), OK);
    assert_int_equal(atomic_load(&worked), 9); /* stopping waits for them */
}

static void streams(void **state)
{
    (void)state;
    struct running r = start((struct server_config){.max_streams = 2});
    go(&r);
    atomic_store(&streams_closed, 0);
    check(ask(&r, "GET", "/ticks", "", NULL), 200, "5\r\ntick \r\n5\r\ntick \r\n5\r\ntick \r\n0\r\n\r\n");
    check(ask(&r, "HEAD", "/ticks", "", NULL), 200, "text/plain");
    check(ask(&r, "GET", "/flood", "", NULL), 200, "10000\r\n");
    int fds[6];
    for (int i = 0; i < 6; i++)
        fds[i] = open_request(&r, "GET", "/api/v1/events", "", NULL);
    usleep(100000);
    int refused = 0;
    for (int i = 0; i < 6; i++) {
        char first[16] = "";
        assert_true(recv(fds[i], first, 12, MSG_WAITALL) == 12);
        refused += strcmp(first, "HTTP/1.1 503") == 0;
    }
    assert_in_range(refused, 2, 4); /* two for each of two loops, however the kernel spread them */
    assert_int_equal(stop(&r), OK);
    for (int i = 0; i < 6; i++)
        read_all(fds[i]); /* they have ended */
    assert_int_equal(atomic_load(&streams_closed), 3);
}

static void stopping(void **state)
{
    (void)state;
    struct running r = start((struct server_config){0});
    int early = open_request(&r, "GET", "/late", "", NULL), idle = dial(&r);
    go(&r);
    usleep(30000);
    assert_int_equal(stop(&r), OK);
    check(read_all(early), 200, "late");
    assert_string_equal(read_all(idle), "");

    r = start((struct server_config){.drain_ms = 100});
    go(&r);
    int stuck = open_request(&r, "GET", "/never", "", NULL);
    usleep(30000);
    assert_int_equal(stop(&r), ERR_UNAVAILABLE);
    check(read_all(stuck), 503, "stopping");
}

static void bad_starts(void **state)
{
    (void)state;
    struct running r = start((struct server_config){0});
    struct hub *hub;
    struct err e = {0};
    struct server_config c = {.port = server_port(r.hub), .token = STR(TOKEN)};
    assert_error(server_start(&c, &hub, &e), &e, ERR_CONFLICT, "address_in_use");
    server_free(r.hub); /* also without server_run */
    c = (struct server_config){.host = "example.org", .token = STR(TOKEN)};
    assert_error(server_start(&c, &hub, &e), &e, ERR_INVALID, "bad_address");
    c = (struct server_config){.host = "0.0.0.0", .auth_none = true};
    assert_error(server_start(&c, &hub, &e), &e, ERR_INVALID, "auth_none_beyond_loopback");
    c = (struct server_config){.token = STR("x")};
    assert_error(server_start(&c, &hub, &e), &e, ERR_INVALID, "token_short");
    const struct route_table twice[] = {http_routes, http_routes};
    c = (struct server_config){.token = STR(TOKEN), .tables = twice, .table_count = 2};
    assert_error(server_start(&c, &hub, &e), &e, ERR_INVALID, "bad_route");
}

static void beyond_loopback(void **state)
{
    (void)state;
    struct running r = start((struct server_config){.host = "0.0.0.0"});
    go(&r);
    check(ask(&r, "GET", "/late", "", NULL), 401, "sign_in");
    check(ask(&r, "GET", "/late", AUTH, NULL), 200, "late");
    check(ask(&r, "GET", "/metrics", "", NULL), 401, "sign_in");
    check(ask(&r, "GET", "/healthz", "", NULL), 200, "ok");
    check(ask(&r, "GET", "/api/v1/session", "", NULL), 200, "false");
    assert_int_equal(stop(&r), OK);
}

static void wait_ready(const struct running *r)
{
    for (int i = 0; i < 500 && strncmp(ask(r, "GET", "/readyz", "", NULL), "HTTP/1.1 200", 12) != 0; i++)
        usleep(20000);
    check(answer, 200, "ready");
}

static void idempotency(void **state)
{
    struct with_db *t = *state;
    struct running r = start((struct server_config){.database_url = t->url});
    go(&r);
    wait_ready(&r);
    wait_ready(&r); /* the other loop too, most likely */
    check(ask(&r, "GET", "/ping", "", NULL), 200, "1");
    atomic_store(&created, 5);
    check(ask(&r, "POST", "/create/a", AUTH "Idempotency-Key: k\r\n", "body"), 201, "\r\n\r\n5");
    assert_null(strstr(answer, "Idempotency-Replayed"));
    for (int i = 0; i < 4; i++) {
        check(ask(&r, "POST", "/create/a", AUTH "Idempotency-Key: k\r\n", "body"), 201, "Idempotency-Replayed: true");
        check(answer, 201, "\r\n\r\n5");
        check(answer, 201, "Location: /somewhere\r\n");
        check(answer, 201, "ETag: \"tag\"\r\n");
    }
    check(ask(&r, "POST", "/create/a", AUTH "Idempotency-Key: k\r\n", "other"), 422, "idempotency_mismatch");
    check(ask(&r, "POST", "/create/a?x=1", AUTH "Idempotency-Key: k\r\n", "body"), 422, "idempotency_mismatch");
    check(ask(&r, "POST", "/create/b", AUTH "Idempotency-Key: k\r\n", "body"), 201, "\r\n\r\n6");
    check(ask(&r, "POST", "/create/a", AUTH, "body"), 201, "\r\n\r\n7");
    check(ask(&r, "POST", "/create/a", "Idempotency-Key: k\r\n", "body"), 401, "sign_in");
    check(ask(&r, "POST", "/create/a", AUTH "Idempotency-Key: \r\n", "body"), 400, "bad_key");
    /* What failed on our side is tried again. */
    check(ask(&r, "POST", "/create/a", AUTH "Idempotency-Key: f\r\n", "x"), 500, "broken");
    check(ask(&r, "POST", "/create/a", AUTH "Idempotency-Key: f\r\n", "body"), 201, "\r\n\r\n8");
    assert_int_equal(stop(&r), OK);
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM idempotency WHERE state <> 'done'"), 0);
}

static void emit(struct with_db *t, const char *topic, int from, int to)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "BEGIN; INSERT INTO event (topic, payload) SELECT '%s', json_build_object('n', g) FROM "
             "generate_series(%d, %d) g; NOTIFY hub_event; COMMIT",
             topic, from, to);
    pg_sql(t->url, sql);
}

/* Reads events until the one numbered `last`, and checks that all from `first` came, in order. */
static void expect_events(int fd, int first, int last, char *id, size_t id_size)
{
    static char text[1 << 20];
    size_t n = 0;
    char want[64], *at = text;
    for (int i = first; i <= last; i++) {
        snprintf(want, sizeof want, "\"payload\":{\"n\" : %d}", i);
        char *found;
        text[n] = '\0';
        while ((found = strstr(at, want)) == NULL) {
            ssize_t r = recv(fd, text + n, sizeof text - 1 - n, 0);
            if (r <= 0)
                fail_msg("no event %d in:\n%s", i, at);
            n += (size_t)r;
            text[n] = '\0';
        }
        at = found + strlen(want);
    }
    assert_null(strstr(at, "\"payload\""));
    char *line = NULL, *next = text;
    while ((next = strstr(next, "\nid: ")) != NULL)
        line = next += 5;
    assert_non_null(line);
    snprintf(id, id_size, "%.*s", (int)strcspn(line, "\n"), line);
    close(fd);
}

static void events(void **state)
{
    struct with_db *t = *state;
    char id[64], header[128];
    struct running r = start((struct server_config){.database_url = t->url});
    go(&r);
    wait_ready(&r);
    emit(t, "other", 1, 1);
    int fd = open_request(&r, "GET", "/api/v1/events?topic=run,x", "", NULL);
    int next = open_request(&r, "GET", "/next", "", NULL);
    usleep(300000);
    emit(t, "run/1", 1, 3);
    expect_events(fd, 1, 3, id, sizeof id);
    check(read_all(next), 200, "{\"n\" : 1}");
    emit(t, "runs", 99, 99); /* not below "run" */
    emit(t, "run/2", 4, 5);
    snprintf(header, sizeof header, "Last-Event-ID: %s\r\n", id);
    expect_events(open_request(&r, "GET", "/api/v1/events?topic=run,x", header, NULL), 4, 5, id, sizeof id);
    /* More than a loop keeps: from the database, then from the ring. */
    emit(t, "x", 6, 6 + EVENTS_RING + 700);
    expect_events(open_request(&r, "GET", "/api/v1/events?topic=run,x", header, NULL), 4, 6 + EVENTS_RING + 700, id,
                  sizeof id);
    expect_events(open_request(&r, "GET", "/api/v1/events?topic=run,x", "Last-Event-ID: nonsense\r\n", NULL), 1,
                  6 + EVENTS_RING + 700, id, sizeof id);
    assert_int_equal(stop(&r), OK);
}

static void ids_and_topics(void **state)
{
    (void)state;
    struct event_id a = event_id_parse(STR("12.34"));
    assert_true(a.xid == 12 && a.no == 34);
    static const char *const bad[] = {"", "12", "12.", ".34", "a.b", "12.34.5", "-1.2", "99999999999999999999.1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(event_id_cmp(event_id_parse(str_of(bad[i])), (struct event_id){0, 0}), 0);
    assert_true(event_id_cmp((struct event_id){1, 9}, (struct event_id){2, 1}) < 0);
    assert_true(event_id_cmp((struct event_id){2, 2}, (struct event_id){2, 1}) > 0);
    assert_true(event_topic_matches(STR("run"), STR("run")) && event_topic_matches(STR("run"), STR("run/1")));
    assert_false(event_topic_matches(STR("run"), STR("runs")) || event_topic_matches(STR("run/1"), STR("run")) ||
                 event_topic_matches(STR("run/1"), STR("run/12")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handlers), cmocka_unit_test(workers),    cmocka_unit_test(streams),
        cmocka_unit_test(stopping), cmocka_unit_test(bad_starts), cmocka_unit_test(beyond_loopback),
        with_database(idempotency), with_database(events),        cmocka_unit_test(ids_and_topics),
    };
    log_setup(LOG_ERROR, LOG_TEXT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
