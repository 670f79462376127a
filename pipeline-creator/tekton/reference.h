/*
 * Variable references as Tekton's admission checks find them in text: `$(params.x)`, `$(params["x.y"])`,
 * `$(tasks.t.results.r[*])`. These are its regular expressions, by hand and in linear time; what is substituted at run
 * time is another matter (substitute.h).
 */
#ifndef PIPELINE_CREATOR_TEKTON_REFERENCE_H
#define PIPELINE_CREATOR_TEKTON_REFERENCE_H

#include "pipeline-creator/graph/map.h"
#include "pipeline-creator/tekton/fault.h"

/* A growing list of texts. */
struct texts {
    struct arena *a;
    struct str *items;
    size_t count, cap;
};
void texts_add(struct texts *t, struct str s);

/* Adds what stands between "$(" and ")" of each variable in `s`: names joined by dots, an index or [*] at the end. */
void reference_expressions(struct texts *out, struct str s);

/* tasks.<task>.results.<result>[.<key>], or finally.…; a trailing index is no part of the result's name. */
struct result_ref {
    struct str task, result;
};
bool reference_like_result(struct str expression);
/* False as well for what is like one but has too many parts. */
bool reference_result(struct arena *a, struct str expression, struct result_ref *out);
bool reference_any_like_result(const struct texts *expressions);

/* $(steps.…results.…) anywhere in the text. */
bool reference_step_result(struct str s);
/* The first $(steps.<step>.results.<result>) of the text. */
bool reference_step_result_parts(struct str s, struct str *step, struct str *result);
/* $(steps.s.inputs.a), $(step.artifacts.path); the same for tasks. */
bool reference_step_artifact(struct str s);
bool reference_task_artifact(struct str s);
/* $(tasks.t.outputs.a) only, not the path. */
bool reference_named_task_artifact(struct str s);

/*
 * Checks of the variables in `value` that begin with `prefix`. A prefix is a small regular expression: "." is any
 * character, "\\." a dot. Each adds at most one fault, at path "".
 */
typedef void reference_check(struct faults *f, struct str value, const char *prefix, const struct map *names);
reference_check reference_known;           /* each names something in `names` */
reference_check reference_known_detail;    /* the same, and the message says which */
reference_check reference_not_these;       /* none names one of `names`, but by index */
reference_check reference_not_these_whole; /* none is all of one of `names` */
reference_check reference_isolated;        /* one of `names` stands alone in the text */
/* Whether the text is nothing but `$(<prefix>.<name>[*])`; then the name is checked, under <prefix>[<param>]. */
bool reference_whole_value(struct faults *f, struct str param, struct str value, const char *prefix,
                           const struct map *names);
/* Adds each variable with this prefix, "$(" and ")" included. */
void reference_variables(struct texts *out, struct str value, const char *prefix);
/* How many variables with this prefix there are, and the first. */
size_t reference_count(struct str value, const char *prefix, struct str *first);

#endif
