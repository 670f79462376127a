/* bubblewrap: its arguments and its processes. Inside launch/ only. */
#ifndef PIPELINE_CREATOR_LAUNCH_SANDBOX_H
#define PIPELINE_CREATOR_LAUNCH_SANDBOX_H

#include "pipeline-creator/launch/runner.h"
#include "pipeline-creator/launch/spawn.h"

#define SANDBOX_UID        "1000"        /* what a step sees as its uid and gid */
#define SANDBOX_BIN        "/tekton/bin" /* last in PATH: `python` where the host has only python3 */
#define SANDBOX_ROOT_SIZE  "67108864"
#define SANDBOX_TMP_SIZE   "1073741824"
#define SANDBOX_SHM_SIZE   "268435456"
#define SANDBOX_STAGED_RUN SPAWN_STAGE "/run"
/* Whom steps run as on disk when the hub is root: nobody. */
#define SANDBOX_ROOT_DROPS_TO 65534

/* NUL-separated, for --args. staged: the run's folder is at SANDBOX_STAGED_RUN, shared mounts at SPAWN_STAGE "/m<i>".
 */
void sandbox_arguments(struct buf *b, struct arena *a, const struct step_spec *spec, bool staged);

/* ---- one process: sandbox_process.c */

enum watch_kind { WATCH_OUTPUT, WATCH_STATUS, WATCH_EXIT, WATCH_WAKE };

struct watch { /* what epoll hands back */
    enum watch_kind kind;
    struct step_process *process;
};

struct step_process {
    struct step_process *next;
    void *owner;
    pid_t pid, inner; /* inner: the sandbox's first process, 0 while not known */
    int pidfd, inner_pidfd, out_fd, status_fd;
    struct watch on_output, on_status, on_exit;
    bool exited; /* the outer process is gone */
    bool plain;  /* no sandbox around it */
    int code;    /* of the program, -1 = not known */
    int64_t partial_since_ms;
    size_t status_n, out_n;
    char status[1024]; /* what bubblewrap reports, and why it could not */
    char *out;         /* LOG_CHUNK_MAX bytes */
    char last[256];    /* the end of the output, for messages */
    size_t last_n;
};

struct sandbox {
    struct runner runner;
    char *program; /* bubblewrap, NULL = none */
    char version[64];
    int epoll, wake_fd, null_fd;
    struct watch on_wake;
    struct step_process *processes;
    bool root;
};

/* Adds a started process to the loop; on failure it is ended. Takes the descriptors. */
MUST_USE enum status process_watch(struct sandbox *s, struct step_process *p, struct err *e);
void process_event(struct sandbox *s, const struct watch *w);
void process_flush(struct sandbox *s, struct step_process *p);
/* Tells the listener and frees it. */
void process_finish(struct sandbox *s, struct step_process *p);
bool process_done(const struct step_process *p);
void process_signal(struct step_process *p, int signal);

#endif
