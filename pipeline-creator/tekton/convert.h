/*
 * Objects of tekton.dev/v1beta1 as v1: Task, TaskRun, Pipeline, PipelineRun, as Tekton's own conversion has them.
 *
 * What v1 has no field for is left out (PipelineResources, bundles, probes of steps …), as are `status` and managedBy;
 * Tekton's conversion leaves out pipelineRef and pipelineSpec of a task as well. Unlike Tekton we do not note what was
 * left out in annotations: there is no way back here.
 *
 * Source: the conversion.go files of pkg/apis/pipeline/v1beta1 in Tekton Pipelines 1.15.1.
 */
#ifndef PIPELINE_CREATOR_TEKTON_CONVERT_H
#define PIPELINE_CREATOR_TEKTON_CONVERT_H

#include "base/node.h"

/* A new tree that shares what did not change; `object` is decoded (decode.h). NULL when it is of another version or
   kind. */
struct node *tekton_to_v1(struct arena *a, const struct node *object);

#endif
