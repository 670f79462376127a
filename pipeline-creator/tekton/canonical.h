/*
 * The canonical form of a Task, Pipeline or StepAction: the object after Tekton's defaults, as Go's encoding/json
 * writes the Go struct. Its SHA-256 is what Trusted Resources signs and verifies.
 *
 * Source: Checksum of each kind in pkg/apis/pipeline/{v1,v1beta1} and pkg/apis/pipeline/internal/checksum of
 * github.com/tektoncd/pipeline v1.15.1; tests/conformance/test_canonical.py holds this against that code.
 */
#ifndef PIPELINE_CREATOR_TEKTON_CANONICAL_H
#define PIPELINE_CREATOR_TEKTON_CANONICAL_H

#include "pipeline-creator/tekton/fault.h"

struct canonical_options {
    bool json; /* the text was JSON (decode.h) */
    /* Tekton up to 1.9 (k8s.io/apimachinery before 0.34) writes `creationTimestamp: null` into metadata; a signature of
       one form is no good for the other. */
    bool creation_timestamp;
};

/*
 * False when there is none, with a fault that says why: a kind that is not signed ("unhandled_kind"), a value of the
 * wrong type (the codes of decode.h), a value that is missing where Go has none to write ("missing_value"). Fields that
 * Tekton does not know are left out, as its controller leaves them out before it verifies. Call within arena_guard.
 */
bool tekton_canonical(struct arena *a, const struct node *document, const struct canonical_options *o, struct faults *f,
                      struct str *out);

/* A decoded object of any type of the tables, written so. False where Go has nothing to write for a value. */
bool go_struct_json(struct buf *b, const char *type, const struct node *object, const struct canonical_options *o);

#endif
