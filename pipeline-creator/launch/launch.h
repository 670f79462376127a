/*
 * Engines: they run a compiled PipelineRun and say what happens. They know no database and no HTTP.
 *
 * An engine lives on one thread that lives as long as the engine (the sandbox dies with the thread that started it).
 * All calls come from that thread, except engine_wake() and engine_cancel(), which any thread may make.
 */
#ifndef PIPELINE_CREATOR_LAUNCH_H
#define PIPELINE_CREATOR_LAUNCH_H

#include "base/node.h"
#include "base/problem.h"

/* run, task, attempt and step share the states of DESIGN §7 */
enum run_state {
    STATE_PENDING,
    STATE_RUNNING,
    STATE_SUCCEEDED,
    STATE_FAILED,
    STATE_CANCELLED,
    STATE_TIMED_OUT,
    STATE_SKIPPED
};
const char *state_name(enum run_state s);
bool state_parse(struct str s, enum run_state *out);
bool state_is_final(enum run_state s);

/* Log bytes in one event; a line longer than that arrives in pieces. */
#define LOG_CHUNK_MAX ((size_t)64 << 10)
/* Kept of one step's output: the first 4 MiB and the last 12 MiB, a marker between (applied by whoever stores). */
#define LOG_HEAD_MAX ((size_t)4 << 20)
#define LOG_TAIL_MAX ((size_t)12 << 20)

enum run_event_kind { EVENT_RUN, EVENT_TASK, EVENT_ATTEMPT, EVENT_STEP, EVENT_LOG };

/* What happened. Everything is borrowed for the length of the call. */
struct run_event {
    enum run_event_kind kind;
    int64_t at; /* micro-seconds since 1970 */
    const char *run_id;
    enum run_state state; /* all but EVENT_LOG */
    struct str reason;    /* CamelCase word as Tekton's: "Succeeded", "Failed", "TaskRunTimeout", "HubRestarted", … */
    struct str message;   /* a sentence */
    unsigned task_no;     /* 0-based: order of spec.tasks, then finally; matrix combinations get further numbers */
    struct str tekton_name; /* PipelineTask name */
    int matrix_index;       /* -1 = no matrix */
    unsigned attempt;       /* 1-based */
    unsigned step_no;       /* 0-based; EVENT_STEP and EVENT_LOG */
    struct str step_name;
    int exit_code;              /* EVENT_STEP final; -1 = none */
    const struct node *params;  /* EVENT_TASK when it starts: map name → value (string, list, map) */
    const struct node *results; /* EVENT_TASK or EVENT_RUN when final: map name → value */
    struct str data;            /* EVENT_LOG: bytes as the program wrote them, stdout and stderr as they came */
};

struct run_sink {
    void (*emit)(void *context, const struct run_event *event);
    void *context;
};

struct local_config {
    const char *state_dir;   /* runs live below it while they run; made 0700 */
    unsigned parallel_tasks; /* of one run; 0 = 4 */
    unsigned max_runs;       /* at once; further ones wait as pending; 0 = 8 */
    int64_t step_timeout_us; /* of a step that has none of its own; 0 = none */
    size_t step_log_max;     /* bytes of output after which a step is ended; 0 = 1 GiB */
    uint64_t disk_max;       /* bytes of one run's folder, looked at every second; 0 = 10 GiB */
    int64_t grace_us;        /* between SIGTERM and SIGKILL on cancel; 0 = 10 s */
    bool unsafe;             /* run without a sandbox when there is none; never set without being asked */
    bool keep;               /* keep the folder of a finished run */
    bool resumable;          /* what engines leave in state_dir stays until engine_sweep, for engine_resume */
};

struct engine;

/* Probes the sandbox by running `true` in it with the real flags. On failure the reason is in e (ERR_UNAVAILABLE,
   with what bwrap said) and nothing is returned. Removes what earlier processes left in state_dir, unless they are
   resumable. */
MUST_USE enum status local_engine_new(const struct local_config *c, struct run_sink sink, struct engine **out,
                                      struct err *e);
/* Ends what still runs, and says nothing of it. The files of those runs stay when they are resumable. */
void engine_free(struct engine *en);

/*
 * Takes a PipelineRun (tekton.dev/v1 or v1beta1, as a tree; copied). ERR_UNSUPPORTED with code, message and hint where
 * it needs what this engine cannot do (taskRef to a cluster, custom tasks, sidecars, …), ERR_INVALID where it is
 * wrong, ERR_LIMIT where too many wait. After OK the sink hears EVENT_RUN … until a final state, exactly once.
 */
MUST_USE enum status engine_submit(struct engine *en, const char *run_id, const struct node *pipeline_run,
                                   struct err *e);

/* What the sink had heard of a task, or of one combination of its matrix, when the engine that ran it ended. */
struct task_history {
    struct str tekton_name;
    int matrix_index;     /* -1 = no matrix, or the whole of a matrix that never was fanned out */
    enum run_state state; /* pending: it had not begun; running: it was under way, and ended with the engine */
    struct str reason, message;
    unsigned attempts;          /* begun until then; the last one counts as failed when the task was running */
    int64_t started_at;         /* micro-seconds since 1970; 0 = not known */
    const struct node *results; /* map name -> value with Tekton's names; NULL = none */
};
struct run_history {
    int64_t started_at; /* of the run; 0 = not known */
    const struct task_history *tasks;
    size_t count;
};

/*
 * Takes up a run that another engine on the same state_dir had begun; both resumable, the other gone. Everything is
 * copied. Errors are those of engine_submit, and
 *   ERR_NOT_FOUND run_folder_gone: tasks that began used a volume of the run, and it is not here (another machine),
 *   ERR_INVALID bad_history: it tells of a task that the run does not have.
 * Tasks whose state is final are taken as they are, without an event, and their results feed the others. A task that
 * was running begins its next attempt while it has retries left; else the sink hears of it failed with reason
 * HubRestarted, and the run goes on as after any failed task. The end of the interrupted attempt and of its steps is
 * not told: whoever kept the history closes them. Time limits of the run, its tasks and its finally count from the
 * times in the history, that of an attempt from its own beginning. The sink hears EVENT_RUN running once more.
 */
MUST_USE enum status engine_resume(struct engine *en, const char *run_id, const struct node *pipeline_run,
                                   const struct run_history *history, struct err *e);
/* All runs that are to be resumed have been: removes what else earlier engines left in state_dir. */
void engine_sweep(struct engine *en);

/* Any thread. Unknown or finished runs are fine. The sink hears STATE_CANCELLED. */
void engine_cancel(struct engine *en, const char *run_id);
/* Runs one turn: waits at most timeout_ms for something to happen, handles it, calls the sink. */
void engine_turn(struct engine *en, int timeout_ms);
void engine_wake(struct engine *en);             /* any thread: makes engine_turn return soon */
unsigned engine_active(const struct engine *en); /* runs not yet final */

/* What the engine tells people: {"name":"local","sandbox":"bubblewrap 0.8.0","notes":[…]} */
void engine_describe(const struct engine *en, struct json *j);

/*
 * The launch policy, first form (DESIGN §6): what a manifest may contain, deny by default, for every engine. Problems
 * go to ps (code policy_…); returns ERR_DENIED when there was one.
 */
struct launch_policy {
    const struct str *images; /* allowed prefixes; count 0 = all */
    size_t image_count;
    const struct str *service_accounts; /* beside "default" and none */
    size_t service_account_count;
    const struct str *secrets; /* names that may be mounted or read */
    size_t secret_count;
};
MUST_USE enum status launch_check(struct arena *a, const struct launch_policy *p, const struct node *pipeline_run,
                                  struct problems *ps);

#endif
