/* KFP v2 intermediate representation (api/v2alpha1/pipeline_spec.proto): what its readers share. */
#ifndef CATALOG_KFP_IR_H
#define CATALOG_KFP_IR_H

#include "catalog/interface.h"

/* Ports from inputDefinitions and outputDefinitions: parameters, then artifacts. */
void ir_interface(struct problems *ps, const struct node *component, struct str path, struct interface *out);
/* The component that a document wraps, as KFP's own loader takes it where the root only holds one task; else the root.
 *path becomes its pointer in the document. */
const struct node *ir_component(struct arena *a, const struct node *document, struct str *path);

#endif
