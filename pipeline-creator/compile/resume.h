/* The rest of a pipeline whose run stopped half-way: what finished is left out, its stored results stand in its place.
 */
#ifndef PIPELINE_CREATOR_COMPILE_RESUME_H
#define PIPELINE_CREATOR_COMPILE_RESUME_H

#include "pipeline-creator/compile/plan.h"

/*
 * plan: made for the whole graph. The graph of what is still to run: tasks that are not among `finished`, exit
 * handlers, and finished ones that somebody needs again, because a file or folder of theirs is read, which went with
 * the volume of the first run, because a result that is used was not stored, or because the component is another one
 * now. Values of what is left out become constants, orders behind it disappear. Shares all else with plan->graph.
 */
struct graph *resume_graph(struct plan *plan, const struct compile_finished *finished, size_t count);

#endif
