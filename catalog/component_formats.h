/* The readers behind component_read_any, one a format; each as component_read. */
#ifndef CATALOG_COMPONENT_FORMATS_H
#define CATALOG_COMPONENT_FORMATS_H

#include "catalog/component.h"

/* Task of tekton.dev/v1 or v1beta1, StepAction. */
MUST_USE enum status component_read_tekton(struct arena *a, const struct node *document, struct str path,
                                           struct component *out, struct problems *ps);
/* KFP v2: a component with one container executor, as a container of KFP v1; code ir_component_unsupported for what
   plain placeholders cannot do. */
MUST_USE enum status component_read_ir(struct arena *a, const struct node *document, struct str path,
                                       struct component *out, struct problems *ps);

#endif
