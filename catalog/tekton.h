/* What the readers of Tekton objects share. */
#ifndef CATALOG_TEKTON_H
#define CATALOG_TEKTON_H

#include "catalog/reading.h"

/* metadata: title (annotation tekton.dev/displayName, else name or generateName), version (label
   app.kubernetes.io/version), tags, labels, provider. */
void tekton_metadata(struct reading *r);
/* `params` declarations become inputs. */
void tekton_params(struct reading *r, const struct node *spec, struct str path, struct interface *out);
/* `results` become outputs; without a type they are `otherwise`. */
void tekton_results(struct reading *r, const struct node *spec, struct str path, const char *otherwise,
                    struct interface *out);
/* All ports of a Task or StepAction, as component.h has them. */
struct tekton_counts {
    size_t params, results;
};
struct tekton_counts tekton_ports(struct reading *r, const struct node *spec, struct str path, struct interface *out);

#endif
