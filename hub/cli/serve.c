#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "hub/api/routes.h"
#include "hub/auth/token.h"
#include "hub/cli/cli.h"
#include "hub/cli/settings.h"
#include "hub/http/server.h"
#include "hub/runs/supervisor.h"

struct service {
    struct settings settings;
    struct arena *arena;
    struct str token;
    char token_path[4200], static_dir[4200];
    struct supervisor *supervisor;
    struct hub *hub;
    struct err e;
};

static void explain(const struct err *e)
{
    fprintf(stderr, "component-hub serve: %s\n", e->message);
    if (e->hint[0])
        fprintf(stderr, "  %s\n", e->hint);
}

static const char *not_ready(void *app)
{
    struct err e;
    /* One sentence for each loop's thread, valid until its next call. */
    static __thread char why[sizeof e.message];
    if (supervisor_ready(app, &e))
        return NULL;
    snprintf(why, sizeof why, "%s", e.message);
    return why;
}

static enum status start_supervisor(struct service *sv)
{
    const struct settings *s = &sv->settings;
    struct supervisor_config c = {
        .database = s->database,
        .state_dir = s->state,
        .local = {.parallel_tasks = s->parallel_tasks, .unsafe = s->unsafe_local},
        .policy = {.images = s->images, .image_count = s->image_count},
    };
    return supervisor_start(&c, &sv->supervisor, &sv->e);
}

static enum status start_server(struct service *sv)
{
    const struct settings *s = &sv->settings;
    const struct route_table tables[] = {api_routes, http_routes};
    struct server_config c = {
        .host = s->host,
        .port = (uint16_t)s->port,
        .loops = s->loops,
        .allowed_hosts = s->allowed_hosts,
        .allowed_host_count = s->allowed_host_count,
        .auth_none = s->auth == AUTH_MODE_NONE,
        .token = sv->token,
        .database_url = s->database,
        .static_dir = sv->static_dir,
        .access_log = s->access_log,
        .tables = tables,
        .table_count = sizeof tables / sizeof tables[0],
        .app = sv->supervisor,
        .not_ready = not_ready,
    };
    return server_start(&c, &sv->hub, &sv->e);
}

static void print_routes(void)
{
    static const char *const methods[METHOD_COUNT] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    const struct route_table tables[] = {api_routes, http_routes};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < tables[t].count; i++)
            printf("%s %s\n", methods[tables[t].routes[i].method], tables[t].routes[i].pattern);
    }
}

/* What somebody who just started it needs: where it is, the link that signs in, what to try. */
static void print_welcome(const struct service *sv, unsigned port)
{
    const struct settings *s = &sv->settings;
    const char *host = strchr(s->host, ':') ? "[::1]" : strcmp(s->host, "0.0.0.0") == 0 ? "127.0.0.1" : s->host;
    printf("\n  Component Hub is at    http://%s:%u\n", host, port);
    if (s->auth == AUTH_MODE_TOKEN) {
        printf("  Sign the browser in:   http://%s:%u/#code=%s\n", host, port, server_auth(sv->hub)->code);
        printf("  Token for programs:    %s\n", sv->token_path);
    } else {
        printf("  Anybody on this machine may change everything here (--auth=none).\n");
    }
    printf("\n  Try in the browser: launch the pipeline Train and Evaluate, or build one in the Pipeline creator.\n"
           "  Or from a shell:\n"
           "    curl -H \"Authorization: Bearer $(cat %s)\" -H 'Content-Type: application/json' \\\n"
           "         -d '{\"pipeline\": \"starter/train-and-evaluate\"}' http://%s:%u/api/v1/runs\n"
           "    curl http://%s:%u/api/v1/runs\n\n  Ctrl-C stops it.\n\n",
           sv->token_path, host, port, host, port);
    fflush(stdout);
}

/* SIGTERM and SIGINT are server_run's to take; every thread started from here on leaves them alone. */
static void prepare_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static enum status start(void *arg)
{
    struct service *sv = arg;
    enum status s = token_file(sv->arena, sv->token_path, &sv->token, &sv->e);
    if (s == OK)
        s = start_supervisor(sv);
    if (s == OK)
        s = start_server(sv);
    return s;
}

static int serve(struct service *sv)
{
    prepare_signals();
    if (arena_guard(sv->arena, start, sv) != OK) {
        explain(&sv->e);
        supervisor_stop(sv->supervisor);
        return 2;
    }
    unsigned port = server_port(sv->hub);
    log_info("listening", LOG_C("host", sv->settings.host), LOG_I("port", port), LOG_C("version", HUB_VERSION));
    if (sv->settings.print_link || isatty(STDOUT_FILENO))
        print_welcome(sv, port);
    enum status s = server_run(sv->hub);
    supervisor_stop(sv->supervisor);
    server_free(sv->hub);
    log_info("stopped", LOG_C("how", s == OK ? "gracefully" : "with requests cut off"));
    return s == OK ? 0 : 1;
}

int cli_serve(int argc, char **argv)
{
    struct service sv = {0};
    struct settings *s = &sv.settings;
    int code = settings_load(s, USE_SERVE, "serve", "",
                             "Runs the service. Everything on loopback may read; whatever changes something needs the\n"
                             "token in STATE/token, or a browser that was signed in by the printed link.",
                             argc, argv);
    if (code >= 0)
        return code;
    if (s->routes) {
        print_routes();
        return 0;
    }
    snprintf(sv.token_path, sizeof sv.token_path, "%s/token", s->state);
    snprintf(sv.static_dir, sizeof sv.static_dir, "%s/static", s->share);
    sv.arena = arena_new(0);
    if (!sv.arena) {
        fprintf(stderr, "component-hub serve: out of memory\n");
        return 2;
    }
    code = serve(&sv);
    arena_free(sv.arena);
    return code;
}
