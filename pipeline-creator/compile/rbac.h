/* What the tasks of a pipeline may do with the cluster, as Kubernetes' RBAC objects. */
#ifndef PIPELINE_CREATOR_COMPILE_RBAC_H
#define PIPELINE_CREATOR_COMPILE_RBAC_H

#include "pipeline-creator/compile/plan.h"

/*
 * Rules stand in the annotation `component-hub.dev/rbac` of components, and of tasks for what hangs on their arguments:
 * a list of rbac.authorization.k8s.io/v1 PolicyRule; a wrong one is the error invalid_rbac. Gives a ServiceAccount, a
 * Role with the rules and a RoleBinding for each account that tasks with rules run as: the task's, else that of the
 * options, else one named after the pipeline, with the info that the options have to name it. The objects have no
 * namespace. Once, after plan_make.
 */
void rbac_make(struct plan *p, struct node ***list, size_t *count);

#endif
