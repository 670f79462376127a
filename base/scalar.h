/* What the text of a scalar means to readers of YAML, and how it is written. For the node_*.c files only. */
#ifndef BASE_SCALAR_H
#define BASE_SCALAR_H

#include "base/node.h"

/* A plain scalar, by the rules in node.h: where PyYAML and Kubernetes' reader differ, as Kubernetes' reader does. */
enum scalar_type scalar_resolve(struct str text);

/* True for texts that some reader (YAML 1.1, YAML 1.2, PyYAML, go-yaml v2 and v3) takes for something other than a
   string when they are not quoted. Syntax is not looked at. */
bool scalar_ambiguous(struct str text);

/* Longest plain scalar that is taken for a number, and room for how one is written. */
#define SCALAR_NUMBER_MAX 320
struct number {
    char text[SCALAR_NUMBER_MAX + 32];
    size_t n;
};
/* The value of a scalar that is not a string, in a form that every reader takes for the same: null, true, false,
   decimal integers, floats with a point; .inf, -.inf and .nan are the ones that are not JSON. */
void scalar_canonical(const struct node *n, struct number *out);
/* Whether that is .inf, -.inf or .nan: texts in JSON. */
bool scalar_beyond_json(const struct node *n, const struct number *canonical);
/* A double, so that it reads back the same. */
void scalar_from_double(double v, struct number *out);

bool scalar_true(struct str text); /* of a boolean */
bool scalar_int64(struct str text, int64_t *out);
/* The same type and the same value. */
bool scalar_equal(const struct node *x, const struct node *y);

#endif
