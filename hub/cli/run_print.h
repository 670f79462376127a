/* What `component-hub run` prints of a run's events. */
#ifndef HUB_CLI_RUN_PRINT_H
#define HUB_CLI_RUN_PRINT_H

#include "pipeline-creator/launch/launch.h"
#include "pipeline-creator/tekton/pipelinerun.h"

#define PRINT_TASKS 1024 /* start times that are remembered; further tasks are printed without a duration */

struct printer {
    bool json, quiet;
    struct str run_name;
    enum run_state state; /* of the run, when it has ended */
    int64_t run_started;
    int64_t started[PRINT_TASKS];
    bool open_line;     /* the last log line has no end yet … */
    unsigned open_task; /* … and is this task's */
};

void print_event(void *context, const struct run_event *event); /* context: a printer */

#endif
