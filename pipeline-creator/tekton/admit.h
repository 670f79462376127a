/*
 * Whether Tekton's admission webhook (v1.15) takes an object, and if not, why: strict decoding, defaults, validation.
 *
 * Kinds: Task, TaskRun, Pipeline, PipelineRun of tekton.dev/v1 and v1beta1, StepAction of v1beta1 and v1alpha1,
 * CustomRun of v1beta1. Messages and field paths are Tekton's own, its odd ones included. What only the API server
 * checks (field names in the wrong case, for one) is not checked here, nor what the webhook allows and the controller
 * then refuses.
 *
 * Source of the rules: pkg/apis/pipeline/{v1,v1beta1,v1alpha1}, pkg/substitution, pkg/reconciler/pipeline/dag of
 * github.com/tektoncd/pipeline v1.15.1; tests/conformance/tekton runs that code, and test_conformance.c holds ours
 * against recorded verdicts.
 */
#ifndef PIPELINE_CREATOR_TEKTON_ADMIT_H
#define PIPELINE_CREATOR_TEKTON_ADMIT_H

#include "pipeline-creator/tekton/fault.h"

enum tekton_gate { GATE_STABLE, GATE_BETA, GATE_ALPHA };

/* What an install can set and validation looks at. */
struct tekton_settings {
    enum tekton_gate gate;                              /* enable-api-fields */
    bool artifacts, cel, concise_resolvers, param_enum; /* flags of single alpha features */
    int64_t max_matrix;                                 /* default-max-matrix-combinations-count */
    struct str disable_inline;                          /* disable-inline-spec: "pipeline,taskrun" */
    const char *const *forbidden_env;                   /* default-forbidden-env, ends with NULL; may be NULL */
};

/* An install that nobody has configured; with GATE_ALPHA the single alpha features are on as well. */
struct tekton_settings tekton_settings_of(enum tekton_gate gate);

enum tekton_verdict { TEKTON_ACCEPTED, TEKTON_UNDECODABLE, TEKTON_REFUSED };

/*
 * Judges a new object. `json`: its text was JSON (see decode.h). *object is what validation saw: decoded, with
 * defaults; NULL when it could not be decoded. Call within arena_guard.
 */
enum tekton_verdict tekton_admit(struct arena *a, const struct node *document, bool json,
                                 const struct tekton_settings *settings, struct faults *f, struct node **object);

/* Validates a decoded object or spec ("v1.Task", "v1.TaskSpec", "v1.PipelineRunSpec" …) as it is, without defaults.
   Steps are merged with their template in place. False when there are no rules for the type. */
bool tekton_validate(const char *type, struct node *object, const struct tekton_settings *settings, struct faults *f);

/* Sets Tekton's defaults in a decoded object. */
void tekton_defaults(struct arena *a, const char *type, struct node *object);

#endif
