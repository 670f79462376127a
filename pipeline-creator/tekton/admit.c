#include "pipeline-creator/tekton/admit.h"

#include "pipeline-creator/tekton/rules.h"

#define NAME_SUFFIX "xxxxx" /* stands for what the API server draws behind generateName */

struct tekton_settings tekton_settings_of(enum tekton_gate gate)
{
    bool alpha = gate == GATE_ALPHA;
    return (struct tekton_settings){.gate = gate,
                                    .artifacts = alpha,
                                    .cel = alpha,
                                    .concise_resolvers = alpha,
                                    .param_enum = alpha,
                                    .max_matrix = 256};
}

static void step_action(const struct rules *r, struct node *n)
{
    rule_step_action(r, n);
}

static void custom_run(const struct rules *r, struct node *n)
{
    rule_custom_run(r, n);
}

static const struct {
    const char *type;
    void (*rule)(const struct rules *r, struct node *n);
} RULES[] = {
    {"v1.Task", rule_task},
    {"v1.TaskSpec", rule_task_spec},
    {"v1.TaskRun", rule_task_run},
    {"v1.TaskRunSpec", rule_task_run_spec},
    {"v1.Pipeline", rule_pipeline},
    {"v1.PipelineSpec", rule_pipeline_spec},
    {"v1.PipelineRun", rule_pipeline_run},
    {"v1.PipelineRunSpec", rule_pipeline_run_spec},
    {"v1beta1.Task", rule_task},
    {"v1beta1.TaskRun", rule_task_run},
    {"v1beta1.Pipeline", rule_pipeline},
    {"v1beta1.PipelineRun", rule_pipeline_run},
    {"v1beta1.StepAction", step_action},
    {"v1alpha1.StepAction", step_action},
    {"v1beta1.CustomRun", custom_run},
};

bool tekton_validate(const char *type, struct node *object, const struct tekton_settings *settings, struct faults *f)
{
    struct rules r = {.a = f->a, .f = f, .set = settings};
    r.beta1 = strncmp(type, "v1beta1.", 8) == 0 && strcmp(type, "v1beta1.StepAction") != 0;
    r.alpha1 = strncmp(type, "v1alpha1.", 9) == 0;
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        if (strcmp(RULES[i].type, type) == 0) {
            RULES[i].rule(&r, object);
            return true;
        }
    }
    return false;
}

/* The type of a document, NULL when Tekton's webhook has none for it. */
static const char *type_of(struct arena *a, const struct node *document)
{
    const struct node *version = node_get(document, "apiVersion"), *kind = node_get(document, "kind");
    struct str group = STR("tekton.dev/"), type;
    if (!node_is_string(version) || !node_is_string(kind) || !str_starts(version->text, group.p))
        return NULL;
    type = STR_JOIN(a, str_from(version->text, group.n), STR("."), kind->text);
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++)
        if (str_is(type, RULES[i].type) && !str_ends(type, "Spec"))
            return RULES[i].type;
    return NULL;
}

/* As the API server does before validation: the prefix is cut so that the name has at most 63 bytes. */
static void generate_name(struct arena *a, struct node *object)
{
    struct node *metadata = node_get(object, "metadata");
    struct str prefix = node_text_of(metadata, "generateName");
    if (node_text_of(metadata, "name").n == 0 && prefix.n)
        node_put_str(a, metadata, "name", str_cat(a, str_sub(prefix, 0, 63 - strlen(NAME_SUFFIX)), STR(NAME_SUFFIX)));
}

enum tekton_verdict tekton_admit(struct arena *a, const struct node *document, bool json,
                                 const struct tekton_settings *settings, struct faults *f, struct node **object)
{
    const char *type = type_of(a, document);
    *object = NULL;
    if (!type) {
        struct str version = node_text_of(document, "apiVersion"), kind = node_text_of(document, "kind");
        fault_add(f, "unhandled_kind", "", "unhandled kind: %.*s, Kind=%.*s", STR_ARG(version), STR_ARG(kind));
        return TEKTON_UNDECODABLE;
    }
    struct node *decoded = tekton_decode(a, type, document, json, f);
    if (f->count)
        return TEKTON_UNDECODABLE;
    *object = decoded;
    tekton_defaults(a, type, decoded);
    generate_name(a, decoded);
    tekton_validate(type, decoded, settings, f);
    return f->count || f->dropped ? TEKTON_REFUSED : TEKTON_ACCEPTED;
}
