#include "pipeline-creator/launch/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEP_PROCESSES 4096
#define STEP_FILES     4096
#define STEP_FILE_SIZE ((rlim_t)64 << 30)

/* ---- the child: from here to execve only async-signal-safe calls, no allocation, no stdio */

/* Decimal into the end of a buffer; returns where it begins. */
static const char *decimal(unsigned long v, char buffer[24])
{
    char *p = buffer + 23;
    *p = '\0';
    do
        *--p = (char)('0' + v % 10);
    while (v /= 10);
    return p;
}

static void put(int fd, const char *text)
{
    ssize_t ignored = write(fd, text, strlen(text));
    (void)ignored;
}

static void give_up(int fd, const char *what) __attribute__((noreturn));
static void give_up(int fd, const char *what)
{
    char number[24];
    const char *error = decimal((unsigned long)errno, number);
    put(fd, "!");
    put(fd, what);
    put(fd, " ");
    put(fd, error);
    put(fd, "\n");
    _exit(126);
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool fine = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return fine;
}

/* "1000 1000 1": one id stands for itself. */
static void identity_map(unsigned long id, char map[64])
{
    char number[24];
    size_t n = 0;
    for (int k = 0; k < 2; k++) {
        for (const char *p = decimal(id, number); *p; p++)
            map[n++] = *p;
        map[n++] = ' ';
    }
    map[n++] = '1';
    map[n] = '\0';
}

/* The same uid and gid inside a user namespace of our own, which allows the mounts below. */
static void enter_user_namespace(int report)
{
    char users[64], groups[64];
    identity_map(geteuid(), users);
    identity_map(getegid(), groups);
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
        give_up(report, "user-namespace");
    if (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", users) ||
        !write_file("/proc/self/gid_map", groups))
        give_up(report, "user-map");
}

/* In the child's own mount namespace, since a bind takes only folders that were opened there. */
static void open_binds(const struct spawn *s, int fds[SPAWN_MAX_BINDS], int report)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    int base = open(s->base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (base < 0)
        give_up(report, "folder");
    for (size_t i = 0; i < s->bind_count; i++) {
        fds[i] = s->binds[i].below[0] ? (int)syscall(SYS_openat2, base, s->binds[i].below, &how, sizeof how) : base;
        if (fds[i] < 0)
            give_up(report, "folder");
    }
}

static void stage(const struct spawn *s, int report)
{
    if (s->own_user_namespace)
        enter_user_namespace(report);
    else if (unshare(CLONE_NEWNS))
        give_up(report, "mount-namespace");
    int fds[SPAWN_MAX_BINDS];
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
        give_up(report, "private-mounts");
    open_binds(s, fds, report);
    if (mount("stage", SPAWN_STAGE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64k"))
        give_up(report, "stage");
    for (size_t i = 0; i < s->bind_count; i++) {
        char number[24], source[48] = "/proc/self/fd/";
        size_t n = strlen(source);
        for (const char *p = decimal((unsigned long)fds[i], number); *p; p++)
            source[n++] = *p;
        source[n] = '\0';
        if (mkdir(s->binds[i].path, 0755) || mount(source, s->binds[i].path, NULL, MS_BIND, NULL))
            give_up(report, "bind");
    }
}

static void limit(int resource, rlim_t most)
{
    struct rlimit r;
    if (getrlimit((__rlimit_resource_t)resource, &r))
        return;
    if (r.rlim_max == RLIM_INFINITY || r.rlim_max > most)
        r.rlim_max = most;
    if (r.rlim_cur == RLIM_INFINITY || r.rlim_cur > r.rlim_max)
        r.rlim_cur = r.rlim_max;
    setrlimit((__rlimit_resource_t)resource, &r);
}

static void drop(const struct spawn *s, int report)
{
    /* the raw calls: glibc's would signal the other threads, which are not here */
    if (syscall(SYS_setgroups, 0, NULL) || syscall(SYS_setresgid, s->gid, s->gid, s->gid) ||
        syscall(SYS_setresuid, s->uid, s->uid, s->uid))
        give_up(report, "drop-privileges");
}

static void child(const struct spawn *s, pid_t parent) __attribute__((noreturn));
static void child(const struct spawn *s, pid_t parent)
{
    int report = s->status_fd >= 0 ? s->status_fd : s->out_fd;
    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL); /* an ignored SIGPIPE would stay ignored over exec */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (s->session)
        setsid();
    if (s->bind_count)
        stage(s, report);
    if (s->drop)
        drop(s, report);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent) /* after drop, which clears it */
        _exit(126);
    if (chdir(s->work_dir ? s->work_dir : "/"))
        give_up(report, "working-directory");
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NPROC, STEP_PROCESSES);
    limit(RLIMIT_NOFILE, STEP_FILES);
    limit(RLIMIT_FSIZE, STEP_FILE_SIZE);
    /* first out of the way of the numbers they go to */
    int null_fd = fcntl(s->null_fd, F_DUPFD, 16), out_fd = fcntl(s->out_fd, F_DUPFD, 16);
    int args_fd = s->args_fd < 0 ? -1 : fcntl(s->args_fd, F_DUPFD, 16);
    int status_fd = s->status_fd < 0 ? -1 : fcntl(s->status_fd, F_DUPFD, 16);
    if (dup2(null_fd, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(out_fd, 2) < 0 ||
        (args_fd >= 0 && dup2(args_fd, SPAWN_ARGS_FD) < 0) || (status_fd >= 0 && dup2(status_fd, SPAWN_STATUS_FD) < 0))
        _exit(126);
    unsigned first = status_fd >= 0 ? SPAWN_STATUS_FD + 1 : args_fd >= 0 ? SPAWN_ARGS_FD + 1 : 3;
    if (syscall(SYS_close_range, first, ~0u, 0))
        for (int fd = (int)first; fd < 65536; fd++)
            close(fd);
    execve(s->program, s->argv, s->env);
    give_up(status_fd >= 0 ? SPAWN_STATUS_FD : 2, "exec");
}

/* ---- the parent */

enum status spawn_process(const struct spawn *s, pid_t *pid, int *pidfd, struct err *e)
{
    /* no signal handler of ours may run in the child */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    *pid = fork();
    if (*pid == 0)
        child(s, parent);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (*pid < 0)
        return err_errno(e, error, "no_process", "no process could be started");
    *pidfd = (int)syscall(SYS_pidfd_open, *pid, 0);
    if (*pidfd >= 0)
        return OK;
    error = errno;
    kill(*pid, SIGKILL);
    waitpid(*pid, NULL, 0);
    return err_errno(e, error, "no_process", "the kernel gives no descriptor for a process");
}
