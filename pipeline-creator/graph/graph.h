/*
 * The pipeline document (DESIGN §4), read and checked: tasks with their resolved components, typed arguments, order.
 * No I/O: what it needs from a hub it names in `missing`, the caller fetches and calls again.
 */
#ifndef PIPELINE_CREATOR_GRAPH_H
#define PIPELINE_CREATOR_GRAPH_H

#include "catalog/component.h"

#define GRAPH_MAX_TASKS 5000 /* after flattening */
#define GRAPH_MAX_DEPTH 16   /* of nested pipelines */

/* A reference in a document that only a hub can resolve. */
struct graph_reference {
    struct str key;  /* as it stands in the document: "sha256:<hex>" or "[namespace/]name[@version|tag]" */
    struct str path; /* JSON pointer of the componentRef */
    struct str task; /* path of the task, "a/b" */
    unsigned line, column;
};

/* What the hub found for a key. A key the hub does not know is given with found = false, so that it becomes a problem
   with the place rather than being asked for again. */
struct graph_known {
    struct str key;
    bool found;
    struct str text;                             /* the component's or pipeline's main file */
    struct str namespace, name, version, digest; /* digest: "sha256:<hex>" */
    bool is_pipeline;
    bool deprecated; /* gives a warning */
};

#endif
