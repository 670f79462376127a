/* One process: its output, what bubblewrap says about it, its end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "pipeline-creator/launch/launch.h"
#include "pipeline-creator/launch/sandbox.h"

/* A child that has not reached exec yet holds a copy, and epoll would go on reporting a descriptor that is only closed.
 */
static void close_fd(const struct sandbox *s, int *fd)
{
    if (*fd >= 0) {
        epoll_ctl(s->epoll, EPOLL_CTL_DEL, *fd, NULL);
        close(*fd);
    }
    *fd = -1;
}

static bool watch_fd(struct sandbox *s, int fd, struct watch *w, enum watch_kind kind, struct step_process *p)
{
    *w = (struct watch){kind, p};
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = w};
    return fd < 0 || !epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev);
}

enum status process_watch(struct sandbox *s, struct step_process *p, struct err *e)
{
    p->out = malloc(LOG_CHUNK_MAX);
    if (p->out && watch_fd(s, p->out_fd, &p->on_output, WATCH_OUTPUT, p) &&
        watch_fd(s, p->status_fd, &p->on_status, WATCH_STATUS, p) &&
        watch_fd(s, p->pidfd, &p->on_exit, WATCH_EXIT, p)) {
        p->next = s->processes;
        s->processes = p;
        return OK;
    }
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
    close_fd(s, &p->out_fd);
    close_fd(s, &p->status_fd);
    close_fd(s, &p->pidfd);
    free(p->out);
    free(p);
    return err_set(e, ERR_IO, "no_process", "a process could not be watched");
}

static void remember_end(struct step_process *p, struct str bytes)
{
    struct str tail = str_from(bytes, bytes.n > sizeof p->last ? bytes.n - sizeof p->last : 0);
    size_t keep = p->last_n + tail.n > sizeof p->last ? sizeof p->last - tail.n : p->last_n;
    memmove(p->last, p->last + (p->last_n - keep), keep);
    memcpy(p->last + keep, tail.p, tail.n);
    p->last_n = keep + tail.n;
}

static void hand_out(struct sandbox *s, struct step_process *p, size_t n)
{
    if (!n)
        return;
    remember_end(p, (struct str){p->out, n});
    s->runner.listener.output(p->owner, (struct str){p->out, n});
    memmove(p->out, p->out + n, p->out_n - n);
    p->out_n -= n;
    p->partial_since_ms = clock_mono_ms();
}

void process_flush(struct sandbox *s, struct step_process *p)
{
    hand_out(s, p, p->out_n);
}

static void read_output(struct sandbox *s, struct step_process *p)
{
    ssize_t n = read(p->out_fd, p->out + p->out_n, LOG_CHUNK_MAX - p->out_n);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        close_fd(s, &p->out_fd);
        process_flush(s, p);
        return;
    }
    if (!p->out_n)
        p->partial_since_ms = clock_mono_ms();
    p->out_n += (size_t)n;
    ptrdiff_t line = str_rfind_char((struct str){p->out, p->out_n}, '\n');
    if (line >= 0)
        hand_out(s, p, (size_t)line + 1);
    if (p->out_n == LOG_CHUNK_MAX)
        process_flush(s, p);
}

/* The number after a key of bubblewrap's report, -1 when it is not there yet. */
static long report_number(const struct step_process *p, const char *key)
{
    struct str text = {p->status, p->status_n};
    ptrdiff_t at = str_find(text, str_of(key));
    if (at < 0)
        return -1;
    struct str rest = str_trim(str_from(text, (size_t)at + strlen(key)));
    size_t n = 0;
    while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
        n++;
    uint64_t v;
    return n && n < rest.n && str_u64(str_sub(rest, 0, n), &v) && v < 1u << 30 ? (long)v : -1;
}

static void read_status(const struct sandbox *s, struct step_process *p)
{
    if (p->status_n == sizeof p->status) /* a report is about 120 bytes: something else wrote here */
        p->status_n = 0;
    ssize_t n = read(p->status_fd, p->status + p->status_n, sizeof p->status - p->status_n);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        close_fd(s, &p->status_fd);
        return;
    }
    p->status_n += (size_t)n;
    long inner = report_number(p, "\"child-pid\":"), code = report_number(p, "\"exit-code\":");
    if (inner > 0 && !p->inner) {
        p->inner = (pid_t)inner;
        p->inner_pidfd = (int)syscall(SYS_pidfd_open, p->inner, 0);
    }
    if (code >= 0)
        p->code = (int)code;
}

static void reap(const struct sandbox *s, struct step_process *p)
{
    int status = 0;
    pid_t got = waitpid(p->pid, &status, WNOHANG);
    if (!got)
        return;
    p->exited = true;
    if (p->plain && got == p->pid)
        p->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (p->plain) /* what it left behind in its session */
        kill(-p->pid, SIGKILL);
    close_fd(s, &p->pidfd);
}

void process_event(struct sandbox *s, const struct watch *w)
{
    struct step_process *p = w->process;
    if (w->kind == WATCH_OUTPUT && p->out_fd >= 0)
        read_output(s, p);
    else if (w->kind == WATCH_STATUS && p->status_fd >= 0)
        read_status(s, p);
    else if (w->kind == WATCH_EXIT && p->pidfd >= 0)
        reap(s, p);
}

bool process_done(const struct step_process *p)
{
    /* In a sandbox nothing outlives the first process, so the end of the output is certain to come. */
    return p->exited && p->status_fd < 0 && (p->out_fd < 0 || p->plain);
}

/* "!stage 1\n" from before exec, else the last line that bubblewrap wrote. */
static size_t failure(const struct step_process *p, char *out, size_t room)
{
    struct str report = {p->status, p->status_n}, what = STR_NONE, number = STR_NONE;
    if (report.n && report.p[0] == '!') {
        report = str_trim(str_from(report, 1));
        uint64_t error = 0;
        if (str_split(&report, ' ', &what) && str_split(&report, ' ', &number) && str_u64(number, &error))
            return (size_t)snprintf(out, room, "%.*s: %s", STR_ARG(what), strerror((int)error));
    }
    struct str last = str_trim((struct str){p->last, p->last_n});
    ptrdiff_t line = str_rfind_char(last, '\n');
    last = str_from(last, (size_t)(line + 1));
    return (size_t)snprintf(out, room, "%.*s", STR_ARG(last));
}

void process_finish(struct sandbox *s, struct step_process *p)
{
    while (p->plain && p->out_fd >= 0) { /* what is in the pipe already */
        size_t before = p->out_n;
        struct step_process *self = p;
        fcntl(p->out_fd, F_SETFL, O_NONBLOCK);
        read_output(s, self);
        if (p->out_fd >= 0 && p->out_n == before)
            break;
    }
    process_flush(s, p);
    char text[320];
    size_t n = p->code < 0 ? failure(p, text, sizeof text) : 0;
    struct step_end end = {
        .exited = p->code >= 0, .exit_code = p->code, .message = {text, n < sizeof text ? n : sizeof text - 1}};
    for (struct step_process **link = &s->processes; *link; link = &(*link)->next)
        if (*link == p) {
            *link = p->next;
            break;
        }
    void *owner = p->owner;
    close_fd(s, &p->out_fd);
    close_fd(s, &p->status_fd);
    close_fd(s, &p->inner_pidfd);
    free(p->out);
    free(p);
    s->runner.listener.ended(owner, &end);
}

/* The sandbox's first process ignores SIGTERM; its children are the program and what lost its parent. */
static bool signal_children(pid_t inner, int signal)
{
    char path[64], text[4096];
    int length = snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)inner, (int)inner);
    int fd = length > 0 && (size_t)length < sizeof path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, sizeof text);
    close(fd);
    struct str rest = {text, n > 0 ? (size_t)n : 0}, part;
    bool any = false;
    while (rest.p && str_split(&rest, ' ', &part)) {
        uint64_t pid;
        if (str_u64(str_trim(part), &pid) && pid > 1 && pid < 1u << 30)
            any |= !kill((pid_t)pid, signal);
    }
    return any;
}

void process_signal(struct step_process *p, int signal)
{
    if (p->exited)
        return;
    if (p->plain) {
        kill(-p->pid, signal);
    } else if (signal != SIGKILL && p->inner && signal_children(p->inner, signal)) {
        return;
    } else if (p->inner_pidfd >= 0) {
        /* the first process is gone only when all others are, and only then does the outer one end */
        syscall(SYS_pidfd_send_signal, p->inner_pidfd, SIGKILL, NULL, 0);
    } else {
        syscall(SYS_pidfd_send_signal, p->pidfd, SIGKILL, NULL, 0);
    }
}
