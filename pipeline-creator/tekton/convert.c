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

struct conversion {
    struct arena *a;
    bool lost;
};

static struct node *convert(struct conversion *c, struct str type, struct node *n);

static void put(struct arena *a, struct node *map, const char *name, struct node *value)
{
    const char *dot = strchr(name, '.');
    if (!dot) {
        node_put(a, map, name, value);
        return;
    }
    struct str outer = {name, (size_t)(dot - name)};
    struct node *inner = node_get_str(map, outer);
    if (!node_is_map(inner)) {
        inner = node_map(a);
        node_set(a, map, outer, inner);
    }
    node_put(a, inner, dot + 1, value);
}

/* A matrix of nothing is none. */
static bool left_out(const struct schema_field *field, const struct node *value)
{
    return str_is(field->name, "matrix") && node_count(node_get(value, "params")) == 0 &&
           node_count(node_get(value, "include")) == 0;
}

static struct node *convert_struct(struct conversion *c, const struct schema *s, const struct node *n)
{
    struct str type = str_of(s->name);
    struct arena *a = c->a;
    struct node *out = node_map(a);
    out->line = n->line;
    out->column = n->column;
    type = str_from(type, (size_t)str_find_char(type, '.') + 1);
    for (size_t i = 0; i < n->count; i++) {
        struct schema_field field;
        struct node *value = n->pairs[i].value;
        if (!schema_field(s, n->pairs[i].key, &field)) {
            node_set(a, out, n->pairs[i].key, value);
            continue;
        }
        const char *name = renamed(a, type, field.name);
        if (name && !left_out(&field, value))
            put(a, out, name, convert(c, field.type, value));
        c->lost = c->lost || (!name && !str_is(field.name, "status"));
    }
    return out;
}

static struct node *convert(struct conversion *c, struct str type, struct node *n)
{
    if (str_starts(type, "*"))
        type = str_from(type, 1);
    if (str_starts(type, "[]v1beta1.") && node_is_seq(n)) {
        struct node *list = node_seq(c->a);
        for (size_t i = 0; i < n->count; i++)
            node_push(c->a, list, convert(c, str_from(type, 2), n->items[i]));
        return list;
    }
    return str_starts(type, "v1beta1.") && node_is_map(n) ? convert_struct(c, schema_find(type), n) : n;
}

struct node *tekton_to_v1(struct arena *a, const struct node *document, bool *lost)
{
    static const char *const kinds[] = {"Task", "TaskRun", "Pipeline", "PipelineRun"};
    struct conversion c = {.a = a};
    struct str kind = node_text_of(document, "kind");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!str_is(kind, kinds[i]) || !str_is(node_text_of(document, "apiVersion"), "tekton.dev/v1beta1"))
            continue;
        struct node *out = convert_struct(&c, schema_find(str_cat(a, STR("v1beta1."), kind)), document);
        node_put(a, out, "apiVersion", node_cstr(a, "tekton.dev/v1"));
        *lost = c.lost;
        return out;
    }
    return NULL;
}
