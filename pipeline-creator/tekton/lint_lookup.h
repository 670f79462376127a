/*
 * What a document refers to and does not have beside it: Tasks, StepActions and Pipelines that a hub may know. Pure:
 * what is not known yet becomes `missing` (lint.h).
 */
#ifndef PIPELINE_CREATOR_TEKTON_LINT_LOOKUP_H
#define PIPELINE_CREATOR_TEKTON_LINT_LOOKUP_H

#include "pipeline-creator/tekton/lint.h"

/* What a key stands for. */
struct lint_known {
    struct str key;
    struct str who;            /* "namespace/name@version" */
    const struct node *object; /* decoded, with defaults; NULL: nothing, or nothing that Tekton takes */
};

struct lint_lookup {
    struct arena *a;
    struct str origin;
    struct lint_known *known;
    size_t known_count;
    struct str missing[LINT_MAX_LOOKUPS];
    size_t missing_count;
};

/* Reads what is known, LINT_MAX_LOOKUPS at most. */
void lint_lookup_init(struct lint_lookup *l, struct arena *a, const struct lint_options *options);
/* The "Task", "StepAction" or "Pipeline" that a taskRef, ref or pipelineRef means; NULL when that is not known, or when
   only a cluster can tell. */
const struct lint_known *lint_lookup(struct lint_lookup *l, const char *kind, const struct node *ref);

#endif
