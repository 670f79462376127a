/* Tekton's defaults, as SetDefaults of each kind sets them in an install that nobody has configured. */
#include "pipeline-creator/tekton/admit.h"

struct defaults {
    struct arena *a;
    bool beta1;
};

static void set_text(const struct defaults *d, struct node *map, const char *field, const char *text)
{
    if (map && node_text_of(map, field).n == 0)
        node_put(d->a, map, field, node_cstr(d->a, text));
}

/* The object at the field; made when it is not there. */
static struct node *object_at(const struct defaults *d, struct node *map, const char *field)
{
    struct node *n = node_get(map, field);
    if (!n) {
        n = node_map(d->a);
        node_put(d->a, map, field, n);
    }
    return n;
}

static void properties(const struct defaults *d, const struct node *owner)
{
    const struct node *all = node_get(owner, "properties");
    for (size_t i = 0; i < node_count(all); i++)
        set_text(d, all->pairs[i].value, "type", "string");
}

static void params(const struct defaults *d, const struct node *list)
{
    for (size_t i = 0; i < node_count(list); i++) {
        struct node *spec = list->items[i], *value = node_get(spec, "default");
        bool object = node_get(spec, "properties") != NULL;
        if (node_text_of(spec, "type").n || object)
            properties(d, spec);
        set_text(d, spec, "type", object || node_is_map(value) ? "object" : node_is_seq(value) ? "array" : "string");
    }
}

static void results(const struct defaults *d, const struct node *list)
{
    for (size_t i = 0; i < node_count(list); i++) {
        set_text(d, list->items[i], "type", node_get(list->items[i], "properties") ? "object" : "string");
        properties(d, list->items[i]);
    }
}

static void task_spec(const struct defaults *d, struct node *spec)
{
    params(d, node_get(spec, "params"));
    results(d, node_get(spec, "results"));
}

static void task_ref(const struct defaults *d, struct node *ref)
{
    if (ref && node_text_of(ref, "resolver").n == 0)
        set_text(d, ref, "kind", "Task");
}

static void pipeline_spec(const struct defaults *d, struct node *spec)
{
    static const char *const sections[] = {"tasks", "finally"};
    params(d, node_get(spec, "params"));
    for (size_t k = 0; k < 2; k++) {
        const struct node *tasks = node_get(spec, sections[k]);
        for (size_t i = 0; i < node_count(tasks); i++) {
            task_ref(d, node_get(tasks->items[i], "taskRef"));
            task_spec(d, node_get(tasks->items[i], "taskSpec"));
        }
    }
}

static void task_run_spec(const struct defaults *d, struct node *spec)
{
    task_ref(d, node_get(spec, "taskRef"));
    set_text(d, spec, "timeout", "1h0m0s");
    set_text(d, spec, "serviceAccountName", "default");
    task_spec(d, node_get(spec, "taskSpec"));
}

static void pipeline_run_spec(const struct defaults *d, struct node *spec)
{
    if (!d->beta1) {
        set_text(d, object_at(d, spec, "timeouts"), "pipeline", "1h0m0s");
        set_text(d, object_at(d, spec, "taskRunTemplate"), "serviceAccountName", "default");
    } else {
        if (node_get(spec, "timeouts"))
            set_text(d, node_get(spec, "timeouts"), "pipeline", "1h0m0s");
        else
            set_text(d, spec, "timeout", "1h0m0s");
        set_text(d, spec, "serviceAccountName", "default");
    }
    pipeline_spec(d, node_get(spec, "pipelineSpec"));
}

static void custom_run_spec(const struct defaults *d, struct node *spec)
{
    set_text(d, spec, "serviceAccountName", "default");
}

/* Annotations that are Tekton's own to set. */
static void reserved_annotations(struct node *metadata)
{
    struct node *annotations = node_get(metadata, "annotations");
    for (size_t i = node_count(annotations); i > 0; i--) {
        struct str key = annotations->pairs[i - 1].key;
        if (str_find(key, STR("chains.tekton.dev/")) < 0)
            continue;
        annotations->count--;
        memmove(&annotations->pairs[i - 1], &annotations->pairs[i],
                (annotations->count - i + 1) * sizeof annotations->pairs[0]);
    }
}

void tekton_defaults(struct arena *a, const char *type, struct node *object)
{
    static const struct {
        const char *kind;
        void (*set)(const struct defaults *d, struct node *spec);
    } kinds[] = {{".Task", task_spec},        {".StepAction", task_spec},          {".Pipeline", pipeline_spec},
                 {".TaskRun", task_run_spec}, {".PipelineRun", pipeline_run_spec}, {".CustomRun", custom_run_spec}};
    struct defaults d = {.a = a, .beta1 = strncmp(type, "v1beta1.", 8) == 0};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_ends(str_of(type), kinds[i].kind))
            kinds[i].set(&d, object_at(&d, object, "spec"));
    if (str_ends(str_of(type), ".TaskRun") || str_ends(str_of(type), ".PipelineRun"))
        reserved_annotations(object_at(&d, object, "metadata"));
    if (str_ends(str_of(type), ".TaskRun"))
        set_text(&d, object_at(&d, object_at(&d, object, "metadata"), "labels"), "app.kubernetes.io/managed-by",
                 "tekton-pipelines");
}
