/*
 * CEL as Tekton's admission checks it: an expression has to parse and to type-check with the standard functions and no
 * variable at all (Tekton puts values in before it evaluates). Nothing is evaluated here. Unlike cel-go, no message
 * types are known but google.protobuf.Timestamp and Duration, and those not as literals.
 *
 * Source: the CEL language definition (cel-spec), and cel-go 0.26 where that leaves a choice.
 */
#ifndef PIPELINE_CREATOR_TEKTON_CEL_H
#define PIPELINE_CREATOR_TEKTON_CEL_H

#include "base/str.h"

#define CEL_MAX_DEPTH 250 /* as cel-go's parser */

enum cel_token_kind {
    CEL_END,
    CEL_NAME, /* `escaped` ones too */
    CEL_INT,
    CEL_UINT,
    CEL_DOUBLE,
    CEL_STRING,
    CEL_BYTES,
    CEL_SYMBOL, /* "&&", "(", … and "in" */
    CEL_WRONG,
};

struct cel_token {
    enum cel_token_kind kind;
    struct str text;
    bool escaped;
};

/* Takes the next token off *rest. */
struct cel_token cel_next(struct str *rest);
/* NULL when it is an expression that type-checks, else what is wrong. */
const char *cel_problem(struct arena *a, struct str expression);

#endif
