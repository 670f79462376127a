/*
 * Settings of the commands that need a hub's database or state: one table of flags and COMPONENT_HUB_* variables,
 * which --help prints and the README repeats. A flag wins over its variable.
 */
#ifndef HUB_CLI_SETTINGS_H
#define HUB_CLI_SETTINGS_H

#include "base/log.h"
#include "base/str.h"

#define SETTINGS_MAX_HOSTS 16

enum auth_mode { AUTH_MODE_TOKEN, AUTH_MODE_NONE };

struct settings {
    const char *database; /* libpq URL */
    const char *state;    /* folder of token, keys and running steps */
    const char *share;    /* folder with migrations/, static/, catalog/starter/ */
    char host[256];
    unsigned port;
    unsigned loops; /* 0 = one a core */
    enum auth_mode auth;
    struct str allowed_hosts[SETTINGS_MAX_HOSTS];
    size_t allowed_host_count;
    enum log_level log_level;
    enum log_format log_format;
    bool access_log;
    unsigned parallel_tasks;
    bool unsafe_local;
    bool print_link;
    bool routes;                           /* print the routes and leave */
    struct str images[SETTINGS_MAX_HOSTS]; /* allowed image prefixes; none = all */
    size_t image_count;
    /* import */
    const char *namespace;
    bool quiet, dry_run;
    /* what is left after the flags */
    char **rest;
    int rest_count;
};

enum settings_use { USE_SERVE = 1 << 0, USE_MIGRATE = 1 << 1, USE_IMPORT = 1 << 2 };

/*
 * Environment first, then flags. Returns -1 to go on, or the exit code to leave with (0 after --help, 2 after a wrong
 * flag, which it has explained on standard error). `summary` and `operands` are for --help.
 */
MUST_USE int settings_load(struct settings *s, enum settings_use use, const char *command, const char *operands,
                           const char *summary, int argc, char **argv);

#endif
