/* One fork and exec, with everything prepared before and only async-signal-safe calls between. */
#ifndef PIPELINE_CREATOR_LAUNCH_SPAWN_H
#define PIPELINE_CREATOR_LAUNCH_SPAWN_H

#include <sys/types.h>

#include "base/str.h"

/* In the child: 0 = /dev/null, 1 and 2 = out_fd, SPAWN_ARGS_FD = args_fd, SPAWN_STATUS_FD = status_fd, nothing else. */
#define SPAWN_ARGS_FD   3
#define SPAWN_STATUS_FD 4

/* A folder below `base`, reached without following links, that appears at `path` (SPAWN_STAGE "/…") before the program
   starts: whatever the permissions on the way to it, whatever another task does to the path meanwhile. */
struct spawn_bind {
    const char *below; /* "" = base itself */
    const char *path;
};
#define SPAWN_MAX_BINDS 64
/* A tmpfs of the child's own mount namespace covers this folder when there are binds. */
#define SPAWN_STAGE "/tmp"

struct spawn {
    const char *program;
    char *const *argv;
    char *const *env;
    const char *work_dir;                    /* NULL = / */
    int null_fd, out_fd, args_fd, status_fd; /* args_fd, status_fd: -1 = none */
    const char *base;
    const struct spawn_bind *binds; /* at most SPAWN_MAX_BINDS */
    size_t bind_count;
    bool own_user_namespace; /* needed for binds unless root */
    bool drop;               /* become uid and gid */
    bool session;            /* setsid */
    uid_t uid;
    gid_t gid;
};

/* When something fails before exec the child writes "!<what> <errno>\n" to status_fd, else to out_fd, and exits
   with 126. */
MUST_USE enum status spawn_process(const struct spawn *s, pid_t *pid, int *pidfd, struct err *e);

#endif
