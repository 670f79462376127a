/*
 * Tekton's validation rules, one function for each of Tekton's, in files by noun. They read decoded objects (decode.h)
 * and add faults (fault.h) whose paths begin at the object that they were given. Only admit.c calls in from outside.
 */
#ifndef PIPELINE_CREATOR_TEKTON_RULES_H
#define PIPELINE_CREATOR_TEKTON_RULES_H

#include "pipeline-creator/tekton/admit.h"
#include "pipeline-creator/tekton/decode.h"
#include "pipeline-creator/tekton/reference.h"

struct rules {
    struct arena *a;
    struct faults *f;
    const struct tekton_settings *set;
    bool beta1;  /* the object is of v1beta1, whose rules differ here and there */
    bool alpha1; /* of v1alpha1 */
};

/* ---- rules.c: what all of them need */

/* A feature of the gate `want` is used: a fault, without a path, when the gate is narrower. */
void rule_gate(const struct rules *r, const char *feature, enum tekton_gate want);
/* Every name of the list's items ("name" of each); the map's values are their indices. */
struct map item_names(const struct rules *r, const struct node *list);
struct map set_of(const struct rules *r, const struct str *names, size_t count);
bool set_has(const struct map *m, struct str name);
/* No field has a value, as far as Kubernetes' semantic equality goes: an empty list is none, an empty object is one. */
bool object_empty(const struct node *n);
/* disable-inline-spec names this place. */
bool inline_disabled(const struct rules *r, const char *where);
bool dns_label(struct str s);
bool dns_subdomain(struct str s);
/* Go's filepath.Clean. */
struct str clean_path(struct arena *a, struct str path);
void rule_metadata(const struct rules *r, const struct node *object);

/* ---- rules_params.c */

/* "string", "array", "object"; "" for no value. */
struct str value_type(const struct node *value);
/* Adds all texts of a value. */
void value_texts(struct texts *out, const struct node *value);
void param_expressions(struct texts *out, const struct node *param);

struct specs { /* names of declared parameters */
    struct map all, arrays, objects;
};
struct specs specs_of(const struct rules *r, const struct node *declared);
void rule_param_types(const struct rules *r, const struct node *declared);
void rule_params_unique(const struct rules *r, const struct node *declared);
void rule_param_enums(const struct rules *r, const struct node *declared);
void rule_param_names(const struct rules *r, const struct node *declared);
/* Defaults refer to parameters that are declared, and not in a circle; StepActions of v1alpha1 only. */
void rule_default_references(const struct rules *r, const struct node *declared);
void rule_object_properties(const struct rules *r, const struct node *declared);
/* Parameters that are given: names differ, without regard to case. */
void rule_given_params(const struct rules *r, const struct node *params);
/* The same with regard to case, told by index. */
void rule_given_params_by_index(const struct rules *r, const struct node *params);
void rule_names_differ(const struct rules *r, const struct node *list, bool by_index, bool skip_empty);

/* ---- rules_inline.c: parameters that a run hands down to an inline spec */

/* The parameters that the steps of an inline spec may use. */
struct inline_params {
    const struct rules *r;
    struct node *declared; /* list of ParamSpec */
    struct map index;
};
void inline_init(struct inline_params *in, const struct rules *r);
void inline_given(struct inline_params *in, const struct node *params);
/* False where Tekton's code panics; the fault is added. The same for those of a pipeline task. */
bool inline_declared(struct inline_params *in, const struct node *declared);
bool inline_task(struct inline_params *in, const struct node *params);

/* ---- rules_variables.c: variables in the texts of steps */

void rule_steps_use_declared(const struct rules *r, const struct node *steps, const struct node *declared);
void rule_steps_arrays(const struct rules *r, const struct node *steps, const struct node *declared);
void rule_steps_context(const struct rules *r, const struct node *steps);
/* The same for a StepAction, which is like one step. */
void rule_action_uses_declared(const struct rules *r, const struct node *action, const struct node *declared);
void rule_action_arrays(const struct rules *r, const struct node *action, const struct node *declared);
/* All expressions of a step or sidecar. */
void step_expressions(struct texts *out, const struct node *step);

/* ---- rules_step.c, template.c */

void rule_steps(const struct rules *r, const struct node *steps);
void rule_sidecars(const struct rules *r, const struct node *sidecars);
/* Merges steps with the template, in place, as Kubernetes' strategic merge does. */
void template_merge(struct arena *a, struct node *steps, const struct node *step_template);

/* ---- rules_results.c */

void rule_task_results(const struct rules *r, const struct node *results);
void rule_step_results(const struct rules *r, const struct node *results);
void rule_script_results(const struct rules *r, const struct node *results, struct str script, const char *prefix);
void rule_task_script_results(const struct rules *r, const struct node *steps, const struct node *results);
void rule_pipeline_results(const struct rules *r, const struct node *spec);

/* ---- rules_workspaces.c */

void rule_declared_workspaces(const struct rules *r, const struct node *task_spec);
void rule_workspace_usages(const struct rules *r, const struct node *task_spec);
void rule_workspace_binding(const struct rules *r, const struct node *binding);
void rule_workspace_bindings(const struct rules *r, const struct node *bindings);
void rule_pipeline_workspaces(const struct rules *r, const struct node *declared);
void rule_tasks_workspaces(const struct rules *r, const struct node *declared, const struct node *tasks);
/* v1beta1 only. */
void rule_propagated_workspaces(const struct rules *r, const struct node *run_spec);

/* ---- rules_when.c */

void rule_when(const struct rules *r, const struct node *when);
void when_expressions(struct texts *out, const struct node *when);

/* ---- rules_ref.c, rules_task.c, rules_action.c */

void rule_ref(const struct rules *r, const struct node *ref);
void rule_task_spec(const struct rules *r, struct node *spec);
void rule_task(const struct rules *r, struct node *task);
void rule_step_action(const struct rules *r, const struct node *action);
void rule_custom_run(const struct rules *r, const struct node *run);

/* ---- rules_matrix.c */

bool task_matrixed(const struct node *task);
void rule_matrix(const struct rules *r, const struct node *tasks);

/* ---- rules_pipeline.c, rules_tasks.c, rules_usage.c, rules_status.c, graph_check.c */

void rule_pipeline_spec(const struct rules *r, struct node *spec);
void rule_pipeline(const struct rules *r, struct node *pipeline);
void rule_pipeline_tasks(const struct rules *r, const struct node *tasks, struct map *names, const char *field);
/* ValidatePipelineParameterVariables of Tekton. */
void rule_pipeline_params(const struct rules *r, const struct node *tasks, const struct node *declared);
/* validatePipelineTaskParameterUsage of Tekton. */
void rule_tasks_use_declared(const struct rules *r, const struct node *tasks, const struct node *declared);
void rule_tasks_context(const struct rules *r, const struct node *tasks);
void rule_tasks_prefixes(const struct rules *r, const struct node *tasks, const char *field);
void rule_execution_status(const struct rules *r, const struct node *tasks, const struct node *finally);
void rule_final_results(const struct rules *r, const struct node *tasks, const struct node *finally);
void rule_child_results(const struct rules *r, const struct node *tasks, const struct node *finally);
void rule_graph(const struct rules *r, const struct node *tasks);
/* Values of params, matrix.params and matrix.include[].params of a task, one after the other. */
void task_all_params(const struct rules *r, const struct node *task, struct node *out);
/* The results of tasks that a task uses. */
size_t task_result_refs(const struct rules *r, const struct node *task, struct result_ref **out);

/* ---- rules_run.c */

void rule_task_run_spec(const struct rules *r, struct node *spec);
void rule_task_run(const struct rules *r, struct node *run);
void rule_pipeline_run_spec(const struct rules *r, struct node *spec);
void rule_pipeline_run(const struct rules *r, struct node *run);
/* NULL for none. */
const int64_t *timeout_of(const struct rules *r, const struct node *owner, const char *field);

#endif
