/*
 * The types of Tekton's objects and of what they contain, as data: a line of fields for each struct.
 *
 * A field is its JSON name, "?" where Go leaves it out when empty, ":" and its type: another struct ("v1.Step"), or one
 * of string, bool, int, int32, int64, quantity, duration, time, int-or-string, param-value, raw. "*T" is a pointer to
 * T,
 * "[]T" a list, "{}T" a map from strings. The lines are in the order of Go's fields.
 *
 * Source: the Go types of Tekton Pipelines 1.15.1 and the k8s.io/api that it is built with, printed by
 * `tekton-oracle -types`.
 */
#ifndef PIPELINE_CREATOR_TEKTON_SCHEMA_H
#define PIPELINE_CREATOR_TEKTON_SCHEMA_H

#include "base/str.h"

struct schema {
    const char *name;
    const char *fields; /* separated by spaces */
};

extern const struct schema SCHEMA_KUBERNETES[], SCHEMA_TEKTON[]; /* sorted by name */
extern const struct schema SCHEMA_EXECUTOR[];                    /* "kfp.…": of documents, not of Tekton's objects */
extern const size_t SCHEMA_KUBERNETES_COUNT, SCHEMA_TEKTON_COUNT, SCHEMA_EXECUTOR_COUNT;

struct schema_field {
    struct str name, type;
    bool omit_empty;
};

/* NULL when there is no such struct. */
const struct schema *schema_find(struct str name);
/* Finds a field as Go's decoder does: the exact name, else one that differs in case. False when there is none. */
bool schema_field(const struct schema *s, struct str name, struct schema_field *out);
/* The next of the fields that `rest` (at first str_of(s->fields)) has; false behind the last. */
bool schema_next(struct str *rest, struct schema_field *out);

#endif
