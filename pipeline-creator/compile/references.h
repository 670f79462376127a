/* A compiled run whose Tasks are fetched from the hub, by digest. */
#ifndef PIPELINE_CREATOR_COMPILE_REFERENCES_H
#define PIPELINE_CREATOR_COMPILE_REFERENCES_H

#include "pipeline-creator/compile/plan.h"

/*
 * run: the inline PipelineRun that was made of the plan; stays as it is. A task whose component is a published Tekton
 * Task that stands unchanged in the run gets a `taskRef` by Tekton's http resolver: the URL of the version's content at
 * `hub`, and its SHA-256, which the resolver compares. What was made for this pipeline (containers of KFP components
 * with their places for files, Tasks with settings of the document) stays inline; where nothing else is there, an info
 * says so.
 */
struct node *references_make(struct plan *p, const struct node *run, struct str hub);

#endif
