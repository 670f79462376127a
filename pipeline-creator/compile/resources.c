#include "pipeline-creator/compile/resources.h"

#include "base/digest.h"
#include "catalog/catalog.h"
#include "pipeline-creator/graph/map.h"
#include "pipeline-creator/tekton/admit.h"

#define NAME_KEPT   40 /* of the name; with '-' and the digits at most 51 of Tekton's 63 */
#define HASH_DIGITS 10

struct making {
    struct arena *a;
    struct resources *out;
    struct faults *faults;
    struct map named; /* JSON of a task's content → number in out->list */
};

static struct node *replaced(struct arena *a, const struct node *map, const char *key, const char *by,
                             struct node *value)
{
    struct node *out = node_without(a, map, key);
    node_put(a, out, by, value);
    return out;
}

static struct str content_name(struct arena *a, struct str prefix, struct str content)
{
    struct str slug = str_sub(prefix, 0, NAME_KEPT);
    while (slug.n && slug.p[slug.n - 1] == '-')
        slug.n--;
    return STR_JOIN(a, slug, STR("-"), str_sub(sha256_hex(a, content), 0, HASH_DIGITS));
}

static struct node *object_of(struct arena *a, const char *kind, struct str name, const struct node *metadata,
                              struct node *spec)
{
    struct node *object = node_map(a), *own = metadata ? node_without(a, metadata, "name") : node_map(a);
    node_put_str(a, own, "name", name);
    node_put(a, object, "apiVersion", node_cstr(a, "tekton.dev/v1"));
    node_put(a, object, "kind", node_cstr(a, kind));
    node_put(a, object, "metadata", own);
    node_put(a, object, "spec", spec);
    return object;
}

static bool stands_alone(struct making *m, const struct node *object)
{
    struct tekton_settings settings = tekton_settings_of(GATE_BETA);
    struct node *decoded = NULL;
    m->faults->count = 0;
    return tekton_admit(m->a, object, true, &settings, m->faults, &decoded) == TEKTON_ACCEPTED;
}

static void add(struct making *m, struct node *object)
{
    struct resources *r = m->out;
    /* grown by doubling: at powers of two */
    if ((r->count & (r->count - 1)) == 0)
        r->list = arena_grow(m->a, r->list, r->count * sizeof(struct node *),
                             (r->count ? r->count * 2 : 1) * sizeof(struct node *));
    r->list[r->count++] = object;
}

/* The Task for an inline spec; NULL when it has to stay inline. */
static const struct node *task_for(struct making *m, struct str task, const struct node *spec)
{
    struct str content = node_to_json(m->a, spec);
    const size_t *seen = map_find(&m->named, content);
    if (seen)
        return m->out->list[*seen];
    struct node *object = object_of(m->a, "Task", content_name(m->a, task, content), node_get(spec, "metadata"),
                                    node_without(m->a, spec, "metadata"));
    if (!stands_alone(m, object))
        return NULL;
    (void)map_add(&m->named, content, m->out->count);
    add(m, object);
    return object;
}

static struct node *task_entry(struct making *m, struct node *task)
{
    const struct node *spec = node_get(task, "taskSpec");
    if (!spec || node_get(spec, "apiVersion"))
        return task;
    const struct node *object = task_for(m, node_text_of(task, "name"), spec);
    if (!object)
        return task;
    struct node *reference = node_map(m->a);
    node_put_str(m->a, reference, "name", node_text_of(node_get(object, "metadata"), "name"));
    node_put(m->a, reference, "kind", node_cstr(m->a, "Task"));
    return replaced(m->a, task, "taskSpec", "taskRef", reference);
}

static struct node *pipeline_spec(struct making *m, const struct node *inline_spec)
{
    struct node *spec = node_map(m->a);
    for (size_t i = 0; i < node_count(inline_spec); i++) {
        const struct pair *pair = &inline_spec->pairs[i];
        if (!str_is(pair->key, "tasks") && !str_is(pair->key, "finally")) {
            node_set(m->a, spec, pair->key, pair->value);
            continue;
        }
        struct node *list = node_seq(m->a);
        for (size_t k = 0; k < node_count(pair->value); k++)
            node_push(m->a, list, task_entry(m, pair->value->items[k]));
        node_set(m->a, spec, pair->key, list);
    }
    return spec;
}

/* What a run is called, without what makes each run's name its own. */
static struct str pipeline_prefix(struct arena *a, const struct node *run)
{
    const struct node *metadata = node_get(run, "metadata");
    struct str title = node_text_of(node_get(metadata, "annotations"), "component-hub.dev/title");
    return name_slug(a, title.n ? title : STR("pipeline"));
}

void resources_make(struct arena *a, const struct node *run, struct resources *out)
{
    struct making m = {.a = a, .out = out, .faults = faults_new(a)};
    *out = (struct resources){0};
    const struct node *spec = node_get(run, "spec");
    map_init(&m.named, a, node_count(node_path(spec, "pipelineSpec", "tasks", NULL)));

    struct node *inner = pipeline_spec(&m, node_get(spec, "pipelineSpec"));
    struct str name = content_name(a, pipeline_prefix(a, run), node_to_json(a, inner));
    struct node *pipeline = object_of(a, "Pipeline", name, NULL, inner);
    struct node *run_spec = NULL;
    if (stands_alone(&m, pipeline)) {
        add(&m, pipeline);
        struct node *reference = node_map(a);
        node_put_str(a, reference, "name", name);
        run_spec = replaced(a, spec, "pipelineSpec", "pipelineRef", reference);
    } else {
        run_spec = replaced(a, spec, "pipelineSpec", "pipelineSpec", inner);
    }
    add(&m, replaced(a, run, "spec", "spec", run_spec));
}
