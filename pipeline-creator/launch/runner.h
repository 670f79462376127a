/*
 * How one step becomes a process: the part of the local engine that a sandbox, a container daemon or a test can fill.
 * One thread. A runner hands out processes, waits for them, and tells its listener what they say and how they end.
 */
#ifndef PIPELINE_CREATOR_LAUNCH_RUNNER_H
#define PIPELINE_CREATOR_LAUNCH_RUNNER_H

#include <sys/types.h>

#include "base/json.h"

/* A folder that the step sees. */
struct step_mount {
    const char *host;   /* relative to the run's folder */
    const char *inside; /* absolute */
    bool read_only;
    bool shared; /* other tasks can change the path: it must be resolved without following links */
};

struct step_spec {
    const char *run_dir; /* path of the run's folder, where passwd and group lie */
    const char *const *argv;
    const char *const *env; /* "NAME=value" */
    const char *work_dir;   /* absolute, inside */
    const struct step_mount *mounts;
    size_t mount_count;
    bool bash_as_sh; /* sh in the image knows more than Debian's */
};

struct step_end {
    bool exited;        /* the program ran and ended; else it could not be started */
    int exit_code;      /* 128 + signal when one ended it */
    struct str message; /* why it could not be started */
};

struct runner_listener {
    void (*output)(void *owner, struct str bytes); /* whole lines where they are short enough */
    void (*ended)(void *owner, const struct step_end *end);
};

struct step_process;

struct runner {
    struct runner_listener listener;
    bool mapped; /* the step sees its folders at /tekton and /workspace, not where they lie on disk */
    uid_t uid;   /* whom the step's folders belong to on disk */
    gid_t gid;
    MUST_USE enum status (*start)(struct runner *r, const struct step_spec *spec, void *owner,
                                  struct step_process **out, struct err *e);
    /* SIGTERM goes to the program, SIGKILL to everything in the sandbox. `ended` follows. */
    void (*stop)(struct runner *r, struct step_process *p, int signal);
    void (*wait)(struct runner *r, int timeout_ms);
    void (*wake)(struct runner *r); /* any thread */
    void (*describe)(const struct runner *r, struct json *j);
    void (*free)(struct runner *r); /* ends what still runs */
};

/* Tries the sandbox in probe_dir, which is like a folder of a run.
   bubblewrap, or nothing around the process when unsafe is set and bubblewrap does not work here. */
MUST_USE enum status sandbox_new(const char *probe_dir, bool unsafe, struct runner **out, struct err *e);

#endif
