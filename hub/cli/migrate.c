#include <stdio.h>

#include "hub/cli/cli.h"
#include "hub/cli/settings.h"
#include "registry/migrate.h"

struct progress {
    bool dry_run;
    unsigned count;
};

static void report(void *context, const char *name)
{
    struct progress *p = context;
    p->count++;
    printf("%s %s\n", p->dry_run ? "would apply" : "applied", name);
}

int cli_migrate(int argc, char **argv)
{
    struct settings s;
    int code = settings_load(&s, USE_MIGRATE, "migrate", "",
                             "Applies the migrations that the database does not have yet, each in a transaction.\n"
                             "Refuses when one that was applied has been edited or is missing.",
                             argc, argv);
    if (code >= 0)
        return code;
    char folder[4096];
    int n = snprintf(folder, sizeof folder, "%s/migrations", s.share);
    if (n < 0 || (size_t)n >= sizeof folder) {
        fprintf(stderr, "component-hub migrate: --share is too long\n");
        return 2;
    }
    struct progress p = {.dry_run = s.dry_run};
    struct err e = {0};
    if (migrate_run(s.database, folder, s.dry_run, report, &p, &e) != OK) {
        fprintf(stderr, "component-hub migrate: %s\n", e.message);
        if (e.hint[0])
            fprintf(stderr, "  %s\n", e.hint);
        return e.status == ERR_CONFLICT || e.status == ERR_INVALID ? 1 : 2;
    }
    if (p.count == 0)
        printf("The database is up to date.\n");
    return 0;
}
