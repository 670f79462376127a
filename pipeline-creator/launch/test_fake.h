/* For tests of the local engine: a runner that starts no processes. Included after cmocka.h. */
#ifndef PIPELINE_CREATOR_LAUNCH_TEST_FAKE_H
#define PIPELINE_CREATOR_LAUNCH_TEST_FAKE_H

#include <signal.h>
#include <unistd.h>

#include "pipeline-creator/launch/test_run.h"

/*
 * The fake's programs: `true`; `fail`; `write RESULT TEXT`; `show TEXT`; `hold` (until SIGTERM); `stubborn` (until
 * SIGKILL); `flaky FILE` (fails until it has been run twice).
 */
struct step_process {
    struct step_process *next;
    void *owner;
    const char *program;
    int code;
};

struct fake {
    struct runner runner;
    struct step_process *list;
    unsigned running, most;
    unsigned flaky;
};

static inline const char *host_of(const struct step_spec *spec, const char *inside)
{
    for (size_t i = 0; i < spec->mount_count; i++)
        if (!strcmp(spec->mounts[i].inside, inside))
            return spec->mounts[i].host;
    return NULL;
}

static inline void write_result(const struct step_spec *spec)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/%s", spec->run_dir, host_of(spec, "/tekton/results"), spec->argv[1]);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(spec->argv[2], f);
    fclose(f);
}

static inline enum status fake_start(struct runner *r, const struct step_spec *spec, void *owner,
                                     struct step_process **out, struct err *e)
{
    (void)e;
    struct fake *f = (struct fake *)r;
    struct step_process *p = calloc(1, sizeof *p);
    const char *program = spec->argv[0];
    *p = (struct step_process){NULL, owner, program, 0};
    if (!strcmp(program, "write"))
        write_result(spec);
    else if (!strcmp(program, "show"))
        r->listener.output(owner, str_of(spec->argv[1]));
    else if (!strcmp(program, "fail"))
        p->code = 1;
    else if (!strcmp(program, "flaky"))
        p->code = ++f->flaky % 3 != 0;
    struct step_process **end = &f->list;
    while (*end)
        end = &(*end)->next;
    *end = *out = p;
    f->running++;
    f->most = f->running > f->most ? f->running : f->most;
    return OK;
}

static inline void fake_stop(struct runner *r, struct step_process *p, int signal)
{
    (void)r;
    if (signal == SIGKILL || strcmp(p->program, "stubborn") != 0)
        p->program = "";
    p->code = 128 + signal;
}

static inline void fake_wait(struct runner *r, int timeout_ms)
{
    struct fake *f = (struct fake *)r;
    for (struct step_process **link = &f->list; *link; link = &(*link)->next) {
        struct step_process *p = *link;
        if (!strcmp(p->program, "hold") || !strcmp(p->program, "stubborn"))
            continue;
        *link = p->next;
        f->running--;
        struct step_end end = {.exited = true, .exit_code = p->code};
        void *owner = p->owner;
        free(p);
        r->listener.ended(owner, &end);
        return;
    }
    usleep(timeout_ms > 0 && timeout_ms < 5 ? (useconds_t)timeout_ms * 1000 : 5000);
}

static inline void fake_wake(struct runner *r)
{
    (void)r;
}

static inline void fake_describe(const struct runner *r, struct json *j)
{
    (void)r;
    json_put_cstr(j, "sandbox", "fake");
}

static inline void fake_free(struct runner *r)
{
    struct fake *f = (struct fake *)r;
    while (f->list) {
        struct step_process *p = f->list;
        f->list = p->next;
        free(p);
    }
    free(f);
}

static inline struct fake *fake_new(void)
{
    struct fake *f = calloc(1, sizeof *f);
    f->runner = (struct runner){.mapped = true,
                                .uid = geteuid(),
                                .gid = getegid(),
                                .start = fake_start,
                                .stop = fake_stop,
                                .wait = fake_wait,
                                .wake = fake_wake,
                                .describe = fake_describe,
                                .free = fake_free};
    return f;
}

#define TASK(name, rest, command)                                                                                      \
    "    - {name: " name ", " rest "taskSpec: {results: [{name: r}], steps: [{name: s, command: [" command "]}]}}\n"
#define TASKS   "  pipelineSpec:\n    tasks:\n"
#define FINALLY "    finally:\n"
#define NEVER   "when: [{input: a, operator: in, values: [b]}], "

#endif
