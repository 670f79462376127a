/*
 * A ComponentSpec as KFP v1, Cloud-Pipelines and Tangle write it: name, description, metadata, inputs, outputs and
 * implementation.container or implementation.graph. The compiler reads components through this.
 */
#ifndef CATALOG_COMPONENT_H
#define CATALOG_COMPONENT_H

#include "catalog/interface.h"

struct component {
    struct str name, description;
    struct interface interface;
    const struct node *document;    /* the whole spec */
    const struct node *container;   /* implementation.container or NULL */
    const struct node *graph;       /* implementation.graph or NULL */
    const struct node *annotations; /* metadata.annotations or NULL */
    const struct node *labels;      /* metadata.labels or NULL */
};

/*
 * Checks and reads. Errors go to ps with paths below `path`; returns ERR_INVALID when there was one, the rest of *out
 * being as far as it could be read. Checked: names (present, unique, strings), types, defaults that fit their type,
 * container image, command and args (every placeholder known, naming a declared port, of the right shape, nested
 * concat/if), env, fileOutputs, exactly one implementation, unknown fields (warnings).
 * The graph itself is checked by pipeline-creator/graph.
 */
MUST_USE enum status component_read(struct arena *a, const struct node *document, struct str path,
                                    struct component *out, struct problems *ps);

/* The value of an annotation of ours, `component-hub.dev/<key>`: a node, a JSON or YAML string being parsed. NULL when
   absent; what cannot be parsed comes back as the string it is. */
const struct node *annotation_value(struct arena *a, const struct node *annotations, const char *key);

#endif
