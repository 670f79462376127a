/*
 * Objects of tekton.dev/v1beta1 as v1: Task, TaskRun, Pipeline, PipelineRun, as Tekton's own conversion has them.
 *
 * What v1 has no field for is left out (PipelineResources, bundles, probes of steps …), as are `status` and managedBy;
 * Tekton's conversion leaves out pipelineRef and pipelineSpec of a task as well. Unlike Tekton we do not note what was
 * left out in annotations: there is no way back here. Fields that are no fields of v1beta1 stay as they are.
 *
 * Source: the conversion.go files of pkg/apis/pipeline/v1beta1 in Tekton Pipelines 1.15.1, against which
 * tests/conformance/test_convert.py holds this.
 */
#ifndef PIPELINE_CREATOR_TEKTON_CONVERT_H
#define PIPELINE_CREATOR_TEKTON_CONVERT_H

#include "base/node.h"

/* A new tree that shares what did not change. The document is as it was read, or decoded (decode.h); parts of a wrong
   type are not touched. *lost: something other than the status was left out. NULL when it is of another version or
   kind. */
struct node *tekton_to_v1(struct arena *a, const struct node *document, bool *lost);

#endif
