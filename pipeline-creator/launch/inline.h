/*
 * A stream of Tekton documents that refer to each other by name (Task, Pipeline, StepAction, PipelineRun) into one
 * PipelineRun with everything inline, as the engines take it.
 */
#ifndef PIPELINE_CREATOR_LAUNCH_INLINE_H
#define PIPELINE_CREATOR_LAUNCH_INLINE_H

#include "base/node.h"

/*
 * run: one of the documents. What is not among the documents stays a reference (an engine refuses it). The result
 * shares nodes with the documents and is to be read only. ERR_INVALID where something refers to itself.
 */
MUST_USE enum status inline_run(struct arena *a, struct node *const *documents, size_t count, const struct node *run,
                                struct node **out, struct err *e);
bool inline_is_run(const struct node *document);

#endif
