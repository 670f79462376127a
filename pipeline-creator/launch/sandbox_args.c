/* What bubblewrap is told. Every flag is explained in README.md. */
#include "pipeline-creator/launch/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void arg(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text) + 1);
}

static void arg2(struct buf *b, const char *x, const char *y)
{
    arg(b, x);
    arg(b, y);
}

static void arg3(struct buf *b, const char *x, const char *y, const char *z)
{
    arg2(b, x, y);
    arg(b, z);
}

/* /bin and its like are links into /usr on most systems and folders on some. */
static void put_system(struct buf *b)
{
    static const char *const names[] = {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};
    arg3(b, "--ro-bind", "/usr", "/usr");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char target[256];
        ssize_t n = readlink(names[i], target, sizeof target - 1);
        struct stat st;
        if (n > 0) {
            target[n] = '\0';
            arg3(b, "--symlink", target, names[i]);
        } else if (!stat(names[i], &st) && S_ISDIR(st.st_mode)) {
            arg3(b, "--ro-bind", names[i], names[i]);
        }
    }
    static const char *const files[] = {"/etc/alternatives",   "/etc/ld.so.cache",     "/etc/ld.so.conf",
                                        "/etc/localtime",      "/etc/ca-certificates", "/etc/ssl/certs",
                                        "/etc/ssl/openssl.cnf"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        arg3(b, "--ro-bind-try", files[i], files[i]);
    if (access("/usr/bin/python", X_OK) && !access("/usr/bin/python3", X_OK))
        arg3(b, "--symlink", "/usr/bin/python3", SANDBOX_BIN "/python");
}

/* Where `sh` really is; a bind over it makes it bash. */
static void put_shell(struct buf *b)
{
    char *shell = realpath("/usr/bin/sh", NULL);
    if (shell && !access("/usr/bin/bash", X_OK))
        arg3(b, "--ro-bind", "/usr/bin/bash", shell);
    free(shell);
}

static void put_namespaces(struct buf *b)
{
    static const char *const flags[] = {"--die-with-parent", "--new-session", "--unshare-user", "--disable-userns",
                                        "--unshare-pid",     "--unshare-ipc", "--unshare-uts",  "--unshare-cgroup-try",
                                        "--unshare-net",     "--clearenv"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        arg(b, flags[i]);
    arg2(b, "--hostname", "step");
    arg2(b, "--uid", SANDBOX_UID);
    arg2(b, "--gid", SANDBOX_UID);
    arg2(b, "--cap-drop", "ALL");
}

static void put_memory_folders(struct buf *b)
{
    arg2(b, "--proc", "/proc");
    arg2(b, "--dev", "/dev");
    arg2(b, "--size", SANDBOX_SHM_SIZE);
    arg2(b, "--tmpfs", "/dev/shm");
    arg2(b, "--remount-ro", "/dev");
    arg2(b, "--size", SANDBOX_TMP_SIZE);
    arg2(b, "--perms", "1777");
    arg2(b, "--tmpfs", "/tmp");
    arg2(b, "--dir", "/var/tmp");
    arg2(b, "--dir", "/run");
}

void sandbox_arguments(struct buf *b, struct arena *a, const struct step_spec *spec, bool staged)
{
    put_namespaces(b);
    arg2(b, "--size", SANDBOX_ROOT_SIZE);
    arg2(b, "--tmpfs", "/");
    put_system(b);
    if (spec->bash_as_sh)
        put_shell(b);
    put_memory_folders(b);
    const char *base = staged ? SANDBOX_STAGED_RUN : spec->run_dir;
    arg3(b, "--ro-bind", str_printf(a, "%s/passwd", base).p, "/etc/passwd");
    arg3(b, "--ro-bind", str_printf(a, "%s/group", base).p, "/etc/group");
    for (size_t i = 0; i < spec->mount_count; i++) {
        const struct step_mount *m = &spec->mounts[i];
        struct str host = m->shared ? str_printf(a, SPAWN_STAGE "/m%zu", i) : str_printf(a, "%s/%s", base, m->host);
        arg3(b, m->read_only ? "--ro-bind" : "--bind", host.p, m->inside);
    }
    arg2(b, "--chdir", spec->work_dir);
    for (const char *const *env = spec->env; *env; env++) {
        const char *equals = strchr(*env, '=');
        if (equals)
            arg3(b, "--setenv", str_dup(a, (struct str){*env, (size_t)(equals - *env)}).p, equals + 1);
    }
}
