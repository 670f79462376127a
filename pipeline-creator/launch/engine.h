/* What an engine fills in; engine.c hands the calls of launch.h on. Inside launch/ only. */
#ifndef PIPELINE_CREATOR_LAUNCH_ENGINE_H
#define PIPELINE_CREATOR_LAUNCH_ENGINE_H

#include "pipeline-creator/launch/launch.h"

struct engine_ops {
    void (*free)(struct engine *en);
    /* history: NULL for a new run */
    enum status (*submit)(struct engine *en, const char *run_id, const struct node *pipeline_run,
                          const struct run_history *history, struct err *e);
    void (*sweep)(struct engine *en);
    void (*cancel)(struct engine *en, const char *run_id);
    void (*turn)(struct engine *en, int timeout_ms);
    void (*wake)(struct engine *en);
    unsigned (*active)(const struct engine *en);
    void (*describe)(const struct engine *en, struct json *j);
};

struct engine { /* first member of each engine's own struct */
    const struct engine_ops *ops;
};

#endif
