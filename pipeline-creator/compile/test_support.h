/* What tests of the compiler share. */
#ifndef PIPELINE_CREATOR_COMPILE_TEST_SUPPORT_H
#define PIPELINE_CREATOR_COMPILE_TEST_SUPPORT_H

#include "base/testing.h"
#include "pipeline-creator/compile/compile.h"

/* Compiles the text with what else `in` says; it fails exactly when there are problems that are errors. */
static inline struct compile_output *compile_text(struct arena *a, struct compile_input in, const char *text)
{
    struct err e = {0};
    struct compile_output *out = arena_new_of(a, struct compile_output);
    in.document = str_of(text);
    enum status status = compile_pipeline(a, &in, out, &e);
    assert_int_equal(status, out->problems.errors ? ERR_INVALID : OK);
    return out;
}

static inline void contains(const struct compile_output *out, const char *text)
{
    if (str_find(out->yaml, str_of(text)) < 0)
        fail_msg("%s is missing in\n%.*s", text, STR_ARG(out->yaml));
}

#endif
