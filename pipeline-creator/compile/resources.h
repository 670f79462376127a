/* A compiled run as objects that stand by themselves: a Task for each distinct spec, a Pipeline, the PipelineRun. */
#ifndef PIPELINE_CREATOR_COMPILE_RESOURCES_H
#define PIPELINE_CREATOR_COMPILE_RESOURCES_H

#include "base/node.h"

struct resources {
    struct node **list; /* what others refer to comes first, the PipelineRun last */
    size_t count;
};

/*
 * run: a PipelineRun with everything inline, which stays as it is; the objects share nodes with it and are to be read
 * only. Tasks and the Pipeline are named `<what it is for>-<10 hex digits of the content's SHA-256>`, so that applying
 * them again changes nothing and two pipelines share what is the same. What Tekton would not take by itself stays
 * inline: custom tasks, and specs that live on parameters or workspaces of the run which they do not declare.
 * Call within arena_guard.
 */
void resources_make(struct arena *a, const struct node *run, struct resources *out);

#endif
