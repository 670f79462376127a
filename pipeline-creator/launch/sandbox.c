/* The runner: starts steps in bubblewrap and waits for them. */
#include "pipeline-creator/launch/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

#define PARTIAL_LINE_MS 200 /* how long the beginning of a line waits for its end */
#define PROBE_MS        20000

static char *const no_env[] = {NULL};

/* An anonymous file with the text, at its beginning. */
static enum status memory_file(struct str text, int *fd, struct err *e)
{
    *fd = memfd_create("arguments", MFD_CLOEXEC);
    if (*fd < 0)
        return err_errno(e, errno, "no_process", "no memory file");
    for (size_t done = 0; done < text.n;) {
        ssize_t n = write(*fd, text.p + done, text.n - done);
        if (n <= 0) {
            close(*fd);
            return err_errno(e, errno, "no_process", "writing a memory file");
        }
        done += (size_t)n;
    }
    lseek(*fd, 0, SEEK_SET);
    return OK;
}

struct starting { /* kept together so that a guard can release it */
    struct sandbox *s;
    const struct step_spec *spec;
    struct arena *a;
    struct err *e;
    struct step_process *p;
    int args_fd, out[2], status[2];
    struct spawn spawn;
};

static enum status open_pipes(struct starting *t)
{
    if (pipe2(t->out, O_CLOEXEC) || (!t->p->plain && pipe2(t->status, O_CLOEXEC)))
        return err_errno(t->e, errno, "no_process", "no pipe");
    fcntl(t->out[0], F_SETPIPE_SZ, 1 << 18); /* a wish; fewer wake-ups for steps that write much */
    return OK;
}

static void plan_binds(struct starting *t, bool staged)
{
    if (!staged)
        return;
    struct spawn_bind *binds = arena_array_of(t->a, t->spec->mount_count + 1, struct spawn_bind);
    binds[t->spawn.bind_count++] = (struct spawn_bind){"", SANDBOX_STAGED_RUN};
    for (size_t i = 0; i < t->spec->mount_count; i++)
        if (t->spec->mounts[i].shared)
            binds[t->spawn.bind_count++] =
                (struct spawn_bind){t->spec->mounts[i].host, str_printf(t->a, SPAWN_STAGE "/m%zu", i).p};
    t->spawn.binds = binds;
    t->spawn.base = t->spec->run_dir;
    t->spawn.own_user_namespace = !t->s->root;
}

static enum status plan_sandbox(struct starting *t)
{
    bool staged = t->s->root;
    for (size_t i = 0; i < t->spec->mount_count; i++)
        staged = staged || t->spec->mounts[i].shared;
    plan_binds(t, staged);
    if (t->spawn.bind_count > SPAWN_MAX_BINDS)
        return err_set(t->e, ERR_LIMIT, "too_many_mounts", "a step has more than %d shared folders", SPAWN_MAX_BINDS);
    struct buf args;
    buf_init(&args, t->a, (size_t)16 << 20);
    sandbox_arguments(&args, t->a, t->spec, staged);
    if (args.over)
        return err_set(t->e, ERR_LIMIT, "step_too_large", "a step's environment is too large");
    size_t count = 0;
    while (t->spec->argv[count])
        count++;
    static const char *const head[] = {"bwrap", "--args", "3", "--json-status-fd", "4", "--"};
    const size_t heads = sizeof head / sizeof *head;
    const char **argv = arena_array_of(t->a, heads + count + 1, const char *);
    memcpy(argv, head, sizeof head);
    memcpy(argv + heads, t->spec->argv, count * sizeof *argv);
    t->spawn.program = t->s->program;
    memcpy(&t->spawn.argv, &argv, sizeof argv); /* execve's char *const[] changes nothing */
    t->spawn.env = no_env;
    t->spawn.drop = t->s->root;
    t->spawn.uid = t->s->runner.uid;
    t->spawn.gid = t->s->runner.gid;
    return memory_file(buf_take(&args), &t->args_fd, t->e);
}

static void plan_plain(struct starting *t)
{
    t->spawn.program = t->spec->argv[0];
    memcpy(&t->spawn.argv, &t->spec->argv, sizeof t->spawn.argv);
    memcpy(&t->spawn.env, &t->spec->env, sizeof t->spawn.env);
    t->spawn.work_dir = t->spec->work_dir;
    t->spawn.session = true;
}

static enum status start_guarded(void *context)
{
    struct starting *t = context;
    enum status st = open_pipes(t);
    if (!st && t->p->plain)
        plan_plain(t);
    else if (!st)
        st = plan_sandbox(t);
    if (st)
        return st;
    t->spawn.null_fd = t->s->null_fd;
    t->spawn.out_fd = t->out[1];
    t->spawn.args_fd = t->args_fd;
    t->spawn.status_fd = t->status[1];
    return spawn_process(&t->spawn, &t->p->pid, &t->p->pidfd, t->e);
}

static void close_all(int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static enum status sandbox_start(struct runner *r, const struct step_spec *spec, void *owner, struct step_process **out,
                                 struct err *e)
{
    struct sandbox *s = (struct sandbox *)r;
    struct starting t = {.s = s, .spec = spec, .e = e, .args_fd = -1, .out = {-1, -1}, .status = {-1, -1}};
    t.p = calloc(1, sizeof *t.p);
    t.a = arena_new(0);
    if (!t.p || !t.a) {
        free(t.p);
        arena_free(t.a);
        return err_set(e, ERR_NOMEM, "no_memory", "no memory for a process");
    }
    *t.p = (struct step_process){.owner = owner,
                                 .pidfd = -1,
                                 .inner_pidfd = -1,
                                 .code = -1,
                                 .plain = !s->program,
                                 .out_fd = -1,
                                 .status_fd = -1};
    enum status st = arena_guard(t.a, start_guarded, &t);
    arena_free(t.a);
    close_all((int[]){t.args_fd, t.out[1], t.status[1]}, 3);
    if (st) {
        close_all((int[]){t.out[0], t.status[0]}, 2);
        free(t.p);
        return e->status ? st : err_set(e, st, "no_memory", "no memory for a process");
    }
    t.p->out_fd = t.out[0];
    t.p->status_fd = t.status[0];
    st = process_watch(s, t.p, e);
    if (!st)
        *out = t.p;
    return st;
}

static void sandbox_stop(struct runner *r, struct step_process *p, int signal)
{
    (void)r;
    process_signal(p, signal);
}

static int flush_partial_lines(struct sandbox *s, int timeout_ms)
{
    int64_t now = clock_mono_ms();
    for (struct step_process *p = s->processes; p; p = p->next) {
        if (!p->out_n)
            continue;
        int64_t left = p->partial_since_ms + PARTIAL_LINE_MS - now;
        if (left <= 0)
            process_flush(s, p);
        else if (timeout_ms < 0 || left < timeout_ms)
            timeout_ms = (int)left;
    }
    return timeout_ms;
}

static void finish_done(struct sandbox *s)
{
    struct step_process *p = s->processes;
    while (p) {
        struct step_process *next = p->next;
        if (process_done(p)) {
            process_finish(s, p);
            next = s->processes; /* the listener may have started another */
        }
        p = next;
    }
}

static void sandbox_wait(struct runner *r, int timeout_ms)
{
    struct sandbox *s = (struct sandbox *)r;
    struct epoll_event events[64];
    timeout_ms = flush_partial_lines(s, timeout_ms);
    int n = epoll_wait(s->epoll, events, 64, timeout_ms);
    for (int i = 0; i < n; i++) {
        const struct watch *w = events[i].data.ptr;
        uint64_t count;
        if (w->kind != WATCH_WAKE)
            process_event(s, w);
        else if (read(s->wake_fd, &count, sizeof count) < 0)
            continue;
    }
    finish_done(s);
}

static void sandbox_wake(struct runner *r)
{
    struct sandbox *s = (struct sandbox *)r;
    uint64_t one = 1;
    ssize_t ignored = write(s->wake_fd, &one, sizeof one);
    (void)ignored;
}

static void sandbox_describe(const struct runner *r, struct json *j)
{
    const struct sandbox *s = (const struct sandbox *)r;
    json_put_cstr(j, "sandbox", s->program ? s->version : "none");
    json_key(j, "notes");
    json_array(j);
    json_cstr(j, "Images are not used: steps run with this machine's /usr in their place.");
    if (s->program)
        json_cstr(j, "Steps have no network.");
    else
        json_cstr(j, "Steps run without a sandbox, with the rights of the hub.");
    if (s->root)
        json_cstr(j, "The hub runs as root; steps run as nobody (65534).");
    json_cstr(j, "Requests and limits of CPU and memory are not enforced.");
    json_array_end(j);
}

static void sandbox_free(struct runner *r)
{
    struct sandbox *s = (struct sandbox *)r;
    for (struct step_process *p = s->processes; p; p = p->next)
        process_signal(p, SIGKILL);
    for (int64_t end = clock_mono_ms() + 5000; s->processes && clock_mono_ms() < end;)
        sandbox_wait(r, 100);
    close_all((int[]){s->epoll, s->wake_fd, s->null_fd}, 3);
    free(s->program);
    free(s);
}

/* ---- is there a sandbox here? */

struct probe {
    bool ended;
    struct step_end end;
    char message[256];
    char output[256];
    size_t output_n;
};

static void probe_output(void *owner, struct str bytes)
{
    struct probe *p = owner;
    size_t n = bytes.n < sizeof p->output - p->output_n ? bytes.n : sizeof p->output - p->output_n;
    memcpy(p->output + p->output_n, bytes.p, n);
    p->output_n += n;
}

static void probe_ended(void *owner, const struct step_end *end)
{
    struct probe *p = owner;
    p->ended = true;
    p->end = *end;
    snprintf(p->message, sizeof p->message, "%.*s", STR_ARG(end->message));
}

static enum status probe_run(struct sandbox *s, const struct step_spec *spec, struct probe *p, struct err *e)
{
    s->runner.listener = (struct runner_listener){probe_output, probe_ended};
    struct step_process *process;
    enum status st = sandbox_start(&s->runner, spec, p, &process, e);
    for (int64_t end = clock_mono_ms() + PROBE_MS; !st && !p->ended && clock_mono_ms() < end;)
        sandbox_wait(&s->runner, 100);
    if (!st && !p->ended)
        process_signal(process, SIGKILL);
    for (int k = 0; !st && !p->ended && k < 50; k++)
        sandbox_wait(&s->runner, 100);
    return st;
}

/* Runs `true` with the real flags in the state folder. */
static enum status probe(struct sandbox *s, const char *dir, struct err *e)
{
    const char *const argv[] = {"/usr/bin/true", NULL}, *const env[] = {"A=b", NULL};
    struct step_spec spec = {.run_dir = dir, .argv = argv, .env = env, .work_dir = "/tmp"};
    struct probe p = {0};
    enum status st = probe_run(s, &spec, &p, e);
    if (st)
        return st;
    if (p.ended && p.end.exited && !p.end.exit_code)
        return OK;
    st = err_set(e, ERR_UNAVAILABLE, "sandbox_unavailable", "bubblewrap does not work here: %s",
                 p.ended ? p.message : "it did not end");
    return st ? err_hint(e, "User namespaces must be allowed (in a container: --privileged or a seccomp profile; on "
                            "Ubuntu an AppArmor profile with userns); or ask for unsafe-local.")
              : OK;
}

static void read_version(struct sandbox *s)
{
    const char *const argv[] = {s->program, "--version", NULL}, *const env[] = {NULL};
    struct step_spec spec = {.argv = argv, .env = env, .work_dir = "/"};
    struct probe p = {0};
    struct err ignored = {0};
    char *program = s->program;
    s->program = NULL; /* without a sandbox of its own */
    if (!probe_run(s, &spec, &p, &ignored) && p.output_n)
        snprintf(s->version, sizeof s->version, "%.*s", STR_ARG(str_trim((struct str){p.output, p.output_n})));
    s->program = program;
}

static char *find_program(void)
{
    static const char *const places[] = {"/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (!access(places[i], X_OK))
            return strdup(places[i]);
    return NULL;
}

static enum status try_sandbox(struct sandbox *s, const char *dir, struct err *e)
{
    s->program = find_program();
    if (!s->program) {
        enum status st = err_set(e, ERR_UNAVAILABLE, "no_sandbox", "bubblewrap (bwrap) is not installed");
        return st ? err_hint(e, "apt-get install bubblewrap; or ask for unsafe-local.") : OK;
    }
    snprintf(s->version, sizeof s->version, "bubblewrap");
    s->runner.mapped = true;
    if (s->root) {
        s->runner.uid = SANDBOX_ROOT_DROPS_TO;
        s->runner.gid = SANDBOX_ROOT_DROPS_TO;
    }
    enum status st = probe(s, dir, e);
    if (!st)
        read_version(s);
    return st;
}

static enum status open_loop(struct sandbox *s, struct err *e)
{
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    s->on_wake.kind = WATCH_WAKE;
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &s->on_wake};
    if (s->epoll < 0 || s->wake_fd < 0 || s->null_fd < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake_fd, &ev))
        return err_errno(e, errno, "no_engine", "no event loop");
    return OK;
}

enum status sandbox_new(const char *dir, bool unsafe, struct runner **out, struct err *e)
{
    struct sandbox *s = calloc(1, sizeof *s);
    if (!s)
        return err_set(e, ERR_NOMEM, "no_memory", "no memory for the engine");
    s->runner = (struct runner){.start = sandbox_start,
                                .stop = sandbox_stop,
                                .wait = sandbox_wait,
                                .wake = sandbox_wake,
                                .describe = sandbox_describe,
                                .free = sandbox_free,
                                .uid = geteuid(),
                                .gid = getegid()};
    s->epoll = s->wake_fd = s->null_fd = -1;
    s->root = !geteuid();
    enum status st = open_loop(s, e);
    st = st ? st : try_sandbox(s, dir, e);
    if (st && unsafe && s->epoll >= 0) {
        free(s->program);
        s->program = NULL;
        s->root = s->runner.mapped = false;
        s->runner.uid = geteuid();
        s->runner.gid = getegid();
        st = OK;
    }
    if (st)
        sandbox_free(&s->runner);
    else
        *out = &s->runner;
    return st;
}
