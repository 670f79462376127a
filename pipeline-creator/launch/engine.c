#include "pipeline-creator/launch/engine.h"

static const char *const names[] = {"pending", "running", "succeeded", "failed", "cancelled", "timed_out", "skipped"};

const char *state_name(enum run_state s)
{
    return names[s];
}

bool state_parse(struct str s, enum run_state *out)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(s, names[i])) {
            *out = (enum run_state)i;
            return true;
        }
    return false;
}

bool state_is_final(enum run_state s)
{
    return s != STATE_PENDING && s != STATE_RUNNING;
}

void engine_free(struct engine *en)
{
    if (en)
        en->ops->free(en);
}

enum status engine_submit(struct engine *en, const char *run_id, const struct node *pipeline_run, struct err *e)
{
    return en->ops->submit(en, run_id, pipeline_run, NULL, e);
}

enum status engine_resume(struct engine *en, const char *run_id, const struct node *pipeline_run,
                          const struct run_history *history, struct err *e)
{
    return en->ops->submit(en, run_id, pipeline_run, history, e);
}

void engine_sweep(struct engine *en)
{
    en->ops->sweep(en);
}

void engine_cancel(struct engine *en, const char *run_id)
{
    en->ops->cancel(en, run_id);
}

void engine_turn(struct engine *en, int timeout_ms)
{
    en->ops->turn(en, timeout_ms);
}

void engine_wake(struct engine *en)
{
    en->ops->wake(en);
}

unsigned engine_active(const struct engine *en)
{
    return en->ops->active(en);
}

void engine_describe(const struct engine *en, struct json *j)
{
    en->ops->describe(en, j);
}
