/*
 * Strict decoding of Tekton's objects, as the webhook does it (Go's encoding/json with unknown fields disallowed), by
 * the tables of schema.h.
 *
 * What comes out is a tree of its own in which checks need not look at types again: field names as in the table (Go
 * takes them in any case), null left out (as Go leaves the zero value), strings are SCALAR_STR, a param-value is a
 * string, a list of strings or a map of strings (anything else has become its JSON text, as in Tekton). Nodes keep line
 * and column.
 */
#ifndef PIPELINE_CREATOR_TEKTON_DECODE_H
#define PIPELINE_CREATOR_TEKTON_DECODE_H

#include "pipeline-creator/tekton/fault.h"

/*
 * Decodes `n` as the struct `type` ("v1.Task"). Adds one fault for each unknown field and wrong type; then the tree
 * must not be used. `json`: the text was JSON, in which 1.0 is no integer; in YAML it is. Codes: unknown_field,
 * wrong_type, bad_quantity, bad_duration, bad_time.
 */
struct node *tekton_decode(struct arena *a, const char *type, const struct node *n, bool json, struct faults *f);
/* The same as Tekton's controller reads what a resolver has fetched: unknown fields are lost without a fault, and so
   are names in another case. */
struct node *tekton_decode_resolved(struct arena *a, const char *type, const struct node *n, bool json,
                                    struct faults *f);

/* A fault of decoding for those who wrote a document and know no Go: "path: a text is wanted, not a number". */
struct str tekton_decode_told(struct arena *a, const struct fault *one);

/* Go's time.ParseDuration, to the nanosecond (base/clock.h counts in micro-seconds); what is wrong is in *problem, in
   Go's words. */
bool go_duration_parse(struct arena *a, struct str s, int64_t *nanoseconds, struct str *problem);
/* As Go prints it: "1h0m0s", "1.5s", "60ns". */
struct str go_duration_text(struct arena *a, int64_t nanoseconds);
/* resource.ParseQuantity: NULL when it is one, else what is wrong. */
const char *quantity_problem(struct str s);
/* A quantity that is one, in its canonical form: "500m" for 0.5, "1536Mi" for 1.5Gi. */
struct str quantity_text(struct arena *a, struct str s);
/* RFC 3339, as metav1.Time reads it. */
bool time_valid(struct str s);

#endif
