#include "pipeline-creator/tekton/convert.h"

#include "pipeline-creator/tekton/schema.h"

/* Fields that are not the same in v1. `to` may have two parts; NULL = left out. "*" = any type. */
static const struct change {
    const char *type, *from, *to;
} CHANGES[] = {
    {"Task", "status", NULL},
    {"TaskRun", "status", NULL},
    {"Pipeline", "status", NULL},
    {"PipelineRun", "status", NULL},
    {"Step", "resources", "computeResources"},
    {"StepTemplate", "resources", "computeResources"},
    {"Sidecar", "resources", "computeResources"},
    {"TaskRunStepOverride", "resources", "computeResources"},
    {"TaskRunSidecarOverride", "resources", "computeResources"},
    {"*", "resources", NULL},
    {"*", "bundle", NULL},
    {"*", "managedBy", NULL},
    {"*", "stepOverrides", "stepSpecs"},
    {"*", "sidecarOverrides", "sidecarSpecs"},
    {"PipelineTaskRunSpec", "taskServiceAccountName", "serviceAccountName"},
    {"PipelineTaskRunSpec", "taskPodTemplate", "podTemplate"},
    {"PipelineRunSpec", "serviceAccountName", "taskRunTemplate.serviceAccountName"},
    {"PipelineRunSpec", "podTemplate", "taskRunTemplate.podTemplate"},
    {"PipelineRunSpec", "timeout", "timeouts.pipeline"},
    {"PipelineTask", "pipelineRef", NULL},
    {"PipelineTask", "pipelineSpec", NULL},
    {"StepTemplate", "name", NULL},
};

/* Of a container, but not of a step. */
static const char *const NOT_OF_STEPS[] = {"ports",
                                           "livenessProbe",
                                           "readinessProbe",
                                           "startupProbe",
                                           "terminationMessagePath",
                                           "terminationMessagePolicy",
                                           "lifecycle",
                                           "stdin",
                                           "stdinOnce",
                                           "tty"};

/* The field's name in v1, NULL when it is left out. */
static const char *renamed(struct arena *a, struct str type, struct str field)
{
    bool step = str_is(type, "Step") || str_is(type, "StepTemplate");
    for (size_t i = 0; step && i < sizeof NOT_OF_STEPS / sizeof NOT_OF_STEPS[0]; i++)
        if (str_is(field, NOT_OF_STEPS[i]))
            return NULL;
    for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++)
        if (str_is(field, CHANGES[i].from) && (str_is(type, CHANGES[i].type) || strcmp(CHANGES[i].type, "*") == 0))
            return CHANGES[i].to;
    return str_cstr(a, field);
}

static struct node *convert(struct arena *a, struct str type, struct node *n);

static void put(struct arena *a, struct node *map, const char *name, struct node *value)
{
    const char *dot = strchr(name, '.');
    if (!dot) {
        node_put(a, map, name, value);
        return;
    }
    struct str outer = {name, (size_t)(dot - name)};
    struct node *inner = node_get_str(map, outer);
    if (!inner) {
        inner = node_map(a);
        node_set(a, map, outer, inner);
    }
    node_put(a, inner, dot + 1, value);
}

static struct node *convert_struct(struct arena *a, const struct schema *s, const struct node *n)
{
    struct str type = str_of(s->name);
    struct node *out = node_map(a);
    out->line = n->line;
    out->column = n->column;
    type = str_from(type, (size_t)str_find_char(type, '.') + 1);
    for (size_t i = 0; i < n->count; i++) {
        struct schema_field field;
        const char *name = renamed(a, type, n->pairs[i].key);
        if (name && schema_field(s, n->pairs[i].key, &field))
            put(a, out, name, convert(a, field.type, n->pairs[i].value));
    }
    return out;
}

static struct node *convert(struct arena *a, struct str type, struct node *n)
{
    if (str_starts(type, "*"))
        type = str_from(type, 1);
    if (str_starts(type, "[]v1beta1.")) {
        struct node *list = node_seq(a);
        for (size_t i = 0; i < node_count(n); i++)
            node_push(a, list, convert(a, str_from(type, 2), n->items[i]));
        return list;
    }
    return str_starts(type, "v1beta1.") ? convert_struct(a, schema_find(type), n) : n;
}

struct node *tekton_to_v1(struct arena *a, const struct node *object)
{
    static const char *const kinds[] = {"Task", "TaskRun", "Pipeline", "PipelineRun"};
    struct str kind = node_text_of(object, "kind");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!str_is(kind, kinds[i]) || !str_is(node_text_of(object, "apiVersion"), "tekton.dev/v1beta1"))
            continue;
        struct node *out = convert_struct(a, schema_find(str_cat(a, STR("v1beta1."), kind)), object);
        node_put(a, out, "apiVersion", node_cstr(a, "tekton.dev/v1"));
        return out;
    }
    return NULL;
}
