/* Shared by the files that read Elyra's pipelines; nobody else includes it. */
#ifndef PIPELINE_CREATOR_DOCUMENTS_ELYRA_H
#define PIPELINE_CREATOR_DOCUMENTS_ELYRA_H

#include "pipeline-creator/documents/convert.h"

/* A node's properties with the pipeline's defaults beneath. */
struct elyra_properties {
    const struct node *own, *defaults;
    struct str pointer; /* of own */
};

/* The value of a property, widgets ({widget, value}, {activeControl, …}) taken off; NULL when it is absent or empty. */
struct node *elyra_property(const struct elyra_properties *p, const char *key);
/* The value inside a widget; what is none is itself. */
struct node *elyra_unwrap(struct node *value);

/* Environment, secrets, volumes, resources and labels of a node as the annotation `kubernetes`; an empty map when it
   sets none. What is malformed gets a warning and is left out. */
struct node *elyra_kubernetes(struct arena *a, const struct elyra_properties *p, struct problems *ps);
/* Whether elyra_kubernetes reads a property of that name. */
bool elyra_is_kubernetes(struct str key);

#endif
