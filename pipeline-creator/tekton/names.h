/* Names that Tekton accepts, derived from what people wrote, each given once. */
#ifndef PIPELINE_CREATOR_TEKTON_NAMES_H
#define PIPELINE_CREATOR_TEKTON_NAMES_H

#include "pipeline-creator/graph/map.h"

#define TEKTON_NAME_MAX 63

/* The names that are taken in one place, say the tasks of a pipeline or the parameters of a task. */
struct name_set {
    struct map taken;
};

void names_init(struct name_set *n, struct arena *a, size_t expected);
/* A DNS label (RFC 1123, at most 63) for a PipelineTask or a step: lower case, runs of other characters become '-',
   cut with 8 digits of the text's SHA-256 at the end, "-2", "-3", … where it is taken; `otherwise` where nothing
   remains. */
struct str names_label(struct name_set *n, struct str wanted, const char *otherwise);
/* A name for parameters, results and workspaces: [a-zA-Z_][a-zA-Z0-9_-]*, at most 63, without dots (Tekton reads
   them as keys of objects) and unique without regard to case. What is such a name already stays as it is. */
struct str names_variable(struct name_set *n, struct str wanted, const char *otherwise);

#endif
