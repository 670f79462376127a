/*
 * What a task says about its pod, for a component that is a Tekton Task: it holds for all of the Task's steps, by way
 * of the stepTemplate. What steps say themselves counts more, as always with a stepTemplate. Resources are those of the
 * whole pod (scheduling.c).
 */
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/tekton/build.h"

/* The list under `key`, with `before` and `after` it: a new one, for the component's own is shared. */
static void extend(struct arena *a, struct node *map, const char *key, const struct node *before,
                   const struct node *after)
{
    const struct node *parts[] = {before, node_get(map, key), after};
    struct node *all = node_seq(a);
    for (size_t m = 0; m < 3; m++)
        for (size_t i = 0; i < node_count(parts[m]); i++)
            node_push(a, all, parts[m]->items[i]);
    build_put(a, map, key, all);
}

static void fill_template(struct arena *a, struct node *spec, const struct pod_plan *pod)
{
    const struct node *own = node_get(spec, "stepTemplate");
    struct node *template = own ? node_copy(a, own) : node_map(a);
    struct node *env = node_get(template, "env") ? node_get(template, "env") : node_seq(a);
    kubernetes_add_env(a, env, pod->env);
    build_put(a, template, "env", env);
    extend(a, template, "envFrom", NULL, pod->env_from);
    extend(a, template, "volumeMounts", NULL, pod->mounts);
    for (size_t i = 0; i < pod->fields->count; i++)
        if (!str_is(pod->fields->pairs[i].key, "computeResources"))
            node_set(a, template, pod->fields->pairs[i].key, pod->fields->pairs[i].value);
    build_put(a, spec, "stepTemplate", template);
}

void embed_pod(struct plan *p, const struct task_plan *t, struct node *spec)
{
    struct arena *a = p->a;
    if (t->pod) {
        fill_template(a, spec, t->pod);
        extend(a, spec, "volumes", NULL, t->pod->volumes);
        extend(a, spec, "steps", t->pod->first_steps, NULL);
        extend(a, spec, "sidecars", NULL, t->pod->sidecars);
    }
    static const char *const lists[] = {"steps", "sidecars"};
    for (size_t i = 0; p->options.restricted && i < 2; i++) {
        if (!node_get(spec, lists[i]))
            continue;
        node_put(a, spec, lists[i], node_copy(a, node_get(spec, lists[i])));
        restricted_apply(a, node_get(spec, lists[i]));
    }
}
