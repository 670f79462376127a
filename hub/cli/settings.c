#include "hub/cli/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct setting {
    const char *flag;
    const char *argument; /* NULL = a switch */
    const char *variable; /* NULL = flag only */
    unsigned use;
    bool (*set)(struct settings *s, const char *value);
    const char *help;
};

static bool set_database(struct settings *s, const char *v)
{
    s->database = v;
    return *v != '\0';
}

static bool set_state(struct settings *s, const char *v)
{
    s->state = v;
    return *v != '\0';
}

static bool set_share(struct settings *s, const char *v)
{
    s->share = v;
    return *v != '\0';
}

static bool set_listen(struct settings *s, const char *v)
{
    struct str text = str_of(v);
    ptrdiff_t colon = str_rfind_char(text, ':');
    uint64_t port;
    if (colon <= 0 || !str_u64(str_from(text, (size_t)colon + 1), &port) || port > 65535)
        return false;
    struct str host = str_sub(text, 0, (size_t)colon);
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = str_sub(host, 1, host.n - 2);
    if (host.n >= sizeof s->host)
        return false;
    memcpy(s->host, host.p, host.n);
    s->host[host.n] = '\0';
    s->port = (unsigned)port;
    return true;
}

static bool set_small(const char *v, unsigned max, unsigned *out)
{
    uint64_t n;
    if (!str_u64(str_of(v), &n) || n > max)
        return false;
    *out = (unsigned)n;
    return true;
}

static bool set_loops(struct settings *s, const char *v)
{
    return set_small(v, 64, &s->loops);
}

static bool set_parallel(struct settings *s, const char *v)
{
    return set_small(v, 256, &s->parallel_tasks) && s->parallel_tasks > 0;
}

static bool set_auth(struct settings *s, const char *v)
{
    s->auth = strcmp(v, "none") == 0 ? AUTH_MODE_NONE : AUTH_MODE_TOKEN;
    return s->auth == AUTH_MODE_NONE || strcmp(v, "token") == 0;
}

/* Comma-separated, added to what is there. */
static bool add_list(const char *v, struct str *list, size_t *count)
{
    struct str rest = str_of(v), part;
    while (str_split(&rest, ',', &part)) {
        part = str_trim(part);
        if (part.n == 0)
            continue;
        if (*count == SETTINGS_MAX_HOSTS)
            return false;
        list[(*count)++] = part;
    }
    return true;
}

static bool add_hosts(struct settings *s, const char *v)
{
    return add_list(v, s->allowed_hosts, &s->allowed_host_count);
}

static bool add_images(struct settings *s, const char *v)
{
    return add_list(v, s->images, &s->image_count);
}

static bool set_level(struct settings *s, const char *v)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (unsigned i = 0; i < 4; i++) {
        if (strcmp(v, names[i]) == 0) {
            s->log_level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

static bool set_format(struct settings *s, const char *v)
{
    static const char *const names[] = {"auto", "json", "text"};
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(v, names[i]) == 0) {
            s->log_format = (enum log_format)i;
            return true;
        }
    }
    return false;
}

static bool read_switch(const char *v, bool *out)
{
    *out = strcmp(v, "true") == 0 || strcmp(v, "1") == 0 || strcmp(v, "yes") == 0;
    return *out || strcmp(v, "false") == 0 || strcmp(v, "0") == 0 || strcmp(v, "no") == 0 || *v == '\0';
}

static bool set_no_access_log(struct settings *s, const char *v)
{
    bool off;
    bool understood = read_switch(v, &off);
    s->access_log = !off;
    return understood;
}

static bool set_unsafe(struct settings *s, const char *v)
{
    return read_switch(v, &s->unsafe_local);
}

static bool set_print_link(struct settings *s, const char *v)
{
    return read_switch(v, &s->print_link);
}

static bool set_routes(struct settings *s, const char *v)
{
    return read_switch(v, &s->routes);
}

static bool set_namespace(struct settings *s, const char *v)
{
    s->namespace = v;
    return *v != '\0';
}

static bool set_quiet(struct settings *s, const char *v)
{
    return read_switch(v, &s->quiet);
}

static bool set_dry_run(struct settings *s, const char *v)
{
    return read_switch(v, &s->dry_run);
}

#define USE_ALL (USE_SERVE | USE_MIGRATE | USE_IMPORT)

static const struct setting table[] = {
    {"database", "URL", "COMPONENT_HUB_DATABASE", USE_ALL, set_database,
     "PostgreSQL, as libpq reads it (DATABASE_URL is read as well; default: postgresql:///hub)"},
    {"listen", "HOST:PORT", "COMPONENT_HUB_LISTEN", USE_SERVE, set_listen,
     "address to serve on (default: 127.0.0.1:8080; port 0 takes a free one)"},
    {"state", "DIR", "COMPONENT_HUB_STATE", USE_SERVE, set_state,
     "folder of the token and of running steps (default: ./var)"},
    {"share", "DIR", "COMPONENT_HUB_SHARE", USE_ALL, set_share,
     "folder that has migrations/, static/ and catalog/starter/ (default: .)"},
    {"allowed-host", "NAME[,NAME]", "COMPONENT_HUB_ALLOWED_HOST", USE_SERVE, add_hosts,
     "further names this hub is reached by, beside localhost, 127.0.0.1 and [::1]"},
    {"auth", "token|none", "COMPONENT_HUB_AUTH", USE_SERVE, set_auth,
     "who may change things: holders of the token (default), or anybody on loopback"},
    {"loops", "N", "COMPONENT_HUB_LOOPS", USE_SERVE, set_loops, "event loops (default: one a core)"},
    {"parallel-tasks", "N", "COMPONENT_HUB_PARALLEL_TASKS", USE_SERVE, set_parallel,
     "tasks of one run at a time on this machine (default: 4)"},
    {"allowed-image", "PREFIX[,PREFIX]", "COMPONENT_HUB_ALLOWED_IMAGE", USE_SERVE, add_images,
     "images that runs may name (default: all)"},
    {"unsafe-local", NULL, "COMPONENT_HUB_UNSAFE_LOCAL", USE_SERVE, set_unsafe,
     "run steps without a sandbox where there is none; only for machines that hold nothing"},
    {"no-access-log", NULL, "COMPONENT_HUB_NO_ACCESS_LOG", USE_SERVE, set_no_access_log, "no line for each request"},
    {"print-link", NULL, "COMPONENT_HUB_PRINT_LINK", USE_SERVE, set_print_link,
     "print the sign-in link also when standard output is no terminal"},
    {"routes", NULL, NULL, USE_SERVE, set_routes, "print every method and path that is served, and leave"},
    {"namespace", "NAME", "COMPONENT_HUB_NAMESPACE", USE_IMPORT, set_namespace,
     "namespace to import into (default: starter)"},
    {"quiet", NULL, NULL, USE_IMPORT, set_quiet, "only a summary"},
    {"dry-run", NULL, NULL, USE_MIGRATE | USE_IMPORT, set_dry_run, "say what would be done, change nothing"},
    {"log-level", "debug|info|warn|error", "COMPONENT_HUB_LOG_LEVEL", USE_ALL, set_level, "default: info"},
    {"log-format", "auto|json|text", "COMPONENT_HUB_LOG_FORMAT", USE_ALL, set_format,
     "default: text on a terminal, else one JSON object a line"},
};
#define SETTING_COUNT (sizeof table / sizeof table[0])

static void print_help(enum settings_use use, const char *command, const char *operands, const char *summary)
{
    printf("Usage: component-hub %s [flags]%s%s\n\n%s\n\nFlags (and the variable that sets the same):\n", command,
           *operands ? " " : "", operands, summary);
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting *t = &table[i];
        if (!(t->use & (unsigned)use))
            continue;
        printf("  --%s%s%s\n", t->flag, t->argument ? " " : "", t->argument ? t->argument : "");
        if (t->variable)
            printf("      %s (%s)\n", t->help, t->variable);
        else
            printf("      %s\n", t->help);
    }
    printf("  -h, --help\n      this text\n");
}

static bool read_environment(struct settings *s, enum settings_use use)
{
    const char *url = getenv("DATABASE_URL");
    if (url && *url)
        s->database = url;
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *v = table[i].variable ? getenv(table[i].variable) : NULL;
        if (!v || !*v || !(table[i].use & (unsigned)use))
            continue;
        if (!table[i].set(s, v)) {
            fprintf(stderr, "component-hub: %s=%s is not understood; expected %s\n", table[i].variable, v,
                    table[i].argument ? table[i].argument : "true or false");
            return false;
        }
    }
    return true;
}

static const struct setting *find_flag(const char *name, size_t length, enum settings_use use)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if ((table[i].use & (unsigned)use) && strlen(table[i].flag) == length &&
            memcmp(table[i].flag, name, length) == 0)
            return &table[i];
    }
    return NULL;
}

/* One flag at argv[*i]; moves *i over its value. */
static bool read_flag(struct settings *s, enum settings_use use, const char *command, int argc, char **argv, int *i)
{
    const char *name = argv[*i] + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const struct setting *t = find_flag(name, length, use);
    if (!t) {
        fprintf(stderr, "component-hub %s: unknown flag %s; see component-hub %s --help\n", command, argv[*i], command);
        return false;
    }
    const char *value = equals ? equals + 1 : t->argument ? NULL : "true";
    if (!value && *i + 1 < argc)
        value = argv[++*i];
    if (!value) {
        fprintf(stderr, "component-hub %s: --%s needs %s\n", command, t->flag, t->argument);
        return false;
    }
    if (!t->set(s, value)) {
        fprintf(stderr, "component-hub %s: --%s %s is not understood; expected %s\n", command, t->flag, value,
                t->argument ? t->argument : "true or false");
        return false;
    }
    return true;
}

int settings_load(struct settings *s, enum settings_use use, const char *command, const char *operands,
                  const char *summary, int argc, char **argv)
{
    *s = (struct settings){.database = "postgresql:///hub",
                           .state = "var",
                           .share = ".",
                           .port = 8080,
                           .log_level = LOG_INFO,
                           .access_log = true,
                           .namespace = "starter",
                           .host = "127.0.0.1"};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
            print_help(use, command, operands, summary);
            return 0;
        }
    }
    if (!read_environment(s, use))
        return 2;
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (argv[i][2] == '\0') {
            i++;
            break;
        }
        if (!read_flag(s, use, command, argc, argv, &i))
            return 2;
    }
    s->rest = argv + i;
    s->rest_count = argc - i;
    if (s->rest_count > 0 && !*operands) {
        fprintf(stderr, "component-hub %s: unexpected %s\n", command, s->rest[0]);
        return 2;
    }
    log_setup(s->log_level, s->log_format);
    return -1;
}
