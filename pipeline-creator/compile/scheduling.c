/*
 * Where pods run: selectors, tolerations, affinity, pull secrets of a task as the pod template of its TaskRun.
 *
 * Tekton takes the whole of a key from the task's template when it has it (MergePodTemplateWithDefault), so that what
 * the pipeline's podTemplate says under the same key is put before what the task adds.
 */
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/tekton/build.h"

struct scheduling {
    struct plan *p;
    struct task_plan *t;
    const struct node *config;
    struct node *out;
};

/* What stands under a key already: the task's own template, else the pipeline's. */
static const struct node *before(const struct scheduling *x, const char *key)
{
    const struct node *own = node_get(node_get(x->config, "podTemplate"), key);
    return own ? own : node_get(x->p->options.pod_template, key);
}

static struct node *copy_or(struct scheduling *x, const char *key, struct node *otherwise)
{
    const struct node *had = before(x, key);
    return had ? node_copy(x->p->a, had) : otherwise;
}

static void plan_selector(struct scheduling *x)
{
    const struct node *given = node_get(x->config, "nodeSelector"), *labels = node_get(given, "value");
    if (!labels)
        labels = node_get(given, "labels");
    if (node_count(labels) == 0)
        return;
    struct node *all = copy_or(x, "nodeSelector", node_map(x->p->a));
    node_set_all(x->p->a, all, labels);
    node_put(x->p->a, x->out, "nodeSelector", all);
}

static void plan_tolerations(struct scheduling *x)
{
    static const char *const fields[] = {"key", "operator", "value", "effect", "tolerationSeconds"};
    const struct node *list = node_get(x->config, "tolerations");
    if (node_count(list) == 0)
        return;
    struct node *all = copy_or(x, "tolerations", node_seq(x->p->a));
    for (size_t i = 0; i < list->count; i++) {
        struct node *value = node_get(list->items[i], "value");
        if (node_is_seq(value)) {
            for (size_t k = 0; k < value->count; k++)
                node_push(x->p->a, all, value->items[k]);
            continue;
        }
        const struct node *from = node_is_map(value) ? value : list->items[i];
        struct node *one = node_map(x->p->a);
        for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++)
            if (node_get(from, fields[k]))
                node_put(x->p->a, one, fields[k], node_get(from, fields[k]));
        node_push(x->p->a, all, one);
    }
    node_put(x->p->a, x->out, "tolerations", all);
}

static void plan_pull_secrets(struct scheduling *x)
{
    const struct node *list = node_get(x->config, "imagePullSecret");
    if (node_count(list) == 0)
        return;
    struct node *all = copy_or(x, "imagePullSecrets", node_seq(x->p->a));
    for (size_t i = 0; i < list->count; i++) {
        int64_t input = 0;
        bool dynamic = node_int(node_get(list->items[i], "input"), &input);
        struct str name = dynamic ? command_value(x->p, x->t, (size_t)input) : node_text_of(list->items[i], "name");
        node_push(x->p->a, all, build_named(x->p->a, name));
    }
    node_put(x->p->a, x->out, "imagePullSecrets", all);
}

/* ---- affinity */

/* The list below `key`, made when it is not there. */
static struct node *list_in(struct arena *a, struct node *map, const char *key)
{
    struct node *list = node_get(map, key);
    if (!list) {
        list = node_seq(a);
        node_put(a, map, key, list);
    }
    return list;
}

static struct node *map_in(struct arena *a, struct node *map, const char *key)
{
    struct node *inner = node_get(map, key);
    if (!inner) {
        inner = node_map(a);
        node_put(a, map, key, inner);
    }
    return inner;
}

#define REQUIRED  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"

static struct node *weighted(struct arena *a, const struct node *term, const char *key, struct node *value)
{
    struct node *n = node_map(a);
    node_put(a, n, "weight", node_get(term, "weight"));
    node_put(a, n, key, value);
    return n;
}

/* Terms that are required are alternatives, as in Kubernetes. */
static struct node *node_affinity(struct scheduling *x, const struct node *list)
{
    struct arena *a = x->p->a;
    struct node *out = node_map(a);
    for (size_t i = 0; i < list->count; i++) {
        const struct node *from = list->items[i];
        if (node_get(from, "value"))
            return node_get(from, "value");
        struct node *term = node_map(a);
        if (node_get(from, "matchExpressions"))
            node_put(a, term, "matchExpressions", node_get(from, "matchExpressions"));
        if (node_get(from, "matchFields"))
            node_put(a, term, "matchFields", node_get(from, "matchFields"));
        if (node_get(from, "weight"))
            node_push(a, list_in(a, out, PREFERRED), weighted(a, from, "preference", term));
        else
            node_push(a, list_in(a, map_in(a, out, REQUIRED), "nodeSelectorTerms"), term);
    }
    return out;
}

static void put_selector(struct arena *a, struct node *to, const char *key, const struct node *from, const char *labels,
                         const char *expressions)
{
    struct node *selector = node_map(a);
    if (node_get(from, labels))
        node_put(a, selector, "matchLabels", node_get(from, labels));
    if (node_get(from, expressions))
        node_put(a, selector, "matchExpressions", node_get(from, expressions));
    build_put(a, to, key, selector);
}

static struct node *pod_affinity(struct scheduling *x, const struct node *list, bool anti)
{
    struct arena *a = x->p->a;
    struct node *out = node_map(a);
    for (size_t i = 0; i < list->count; i++) {
        const struct node *from = list->items[i];
        if (node_bool(node_get(from, "anti"), false) != anti)
            continue;
        struct node *term = node_map(a);
        put_selector(a, term, "labelSelector", from, "matchPodLabels", "matchPodExpressions");
        put_selector(a, term, "namespaceSelector", from, "matchNamespaceLabels", "matchNamespaceExpressions");
        if (node_count(node_get(from, "namespaces")))
            node_put(a, term, "namespaces", node_get(from, "namespaces"));
        if (node_text_of(from, "topologyKey").n == 0)
            kubernetes_problem(x->p, x->t, SEVERITY_ERROR, "invalid_kubernetes", from, "podAffinity needs topologyKey");
        node_put_str(a, term, "topologyKey", node_text_of(from, "topologyKey"));
        if (node_get(from, "weight"))
            node_push(a, list_in(a, out, PREFERRED), weighted(a, from, "podAffinityTerm", term));
        else
            node_push(a, list_in(a, out, REQUIRED), term);
    }
    return out;
}

/* Each kind of affinity that the task has stands for the pipeline's of that kind. */
static void plan_affinity(struct scheduling *x)
{
    const struct node *nodes = node_get(x->config, "nodeAffinity"), *pods = node_get(x->config, "podAffinity");
    if (node_count(nodes) + node_count(pods) == 0)
        return;
    struct node *all = copy_or(x, "affinity", node_map(x->p->a));
    if (node_count(nodes))
        node_put(x->p->a, all, "nodeAffinity", node_affinity(x, nodes));
    if (node_count(pods)) {
        build_put(x->p->a, all, "podAffinity", pod_affinity(x, pods, false));
        build_put(x->p->a, all, "podAntiAffinity", pod_affinity(x, pods, true));
    }
    node_put(x->p->a, x->out, "affinity", all);
}

/* All pods that share the volume run on one node, which Tekton chooses by the pipeline's podTemplate alone. */
static void warn_of_shared_volume(struct scheduling *x)
{
    const struct node *selector = node_get(x->out, "nodeSelector"), *affinity = node_get(x->out, "affinity");
    const struct node *at = selector ? node_get(x->config, "nodeSelector") : node_get(x->config, "nodeAffinity");
    const struct node *required = node_path(affinity, "nodeAffinity", REQUIRED, NULL);
    const struct node *common = x->p->options.pod_template;
    bool other = (selector && !node_equal(selector, node_get(common, "nodeSelector"))) ||
                 (required && !node_equal(required, node_path(common, "affinity", "nodeAffinity", REQUIRED, NULL)));
    if (!x->t->volume || !other)
        return;
    struct problem *problem = kubernetes_problem(
        x->p, x->t, SEVERITY_WARNING, "node_and_volume", at,
        "it passes files on the run's volume, whose tasks run on one node: Tekton chooses it without this, and the pod "
        "may wait for ever");
    problem_hint(
        x->p->ps, problem,
        "put it into podTemplate of the pipeline's options, or pass values; with Tekton's coschedule: disabled "
        "and a ReadWriteMany volume nothing is amiss");
}

void scheduling_plan(struct plan *p, struct task_plan *t)
{
    struct scheduling x = {p, t, t->task->kubernetes, node_map(p->a)};
    const struct node *own = node_get(x.config, "podTemplate");
    node_set_all(p->a, x.out, own);
    plan_selector(&x);
    plan_tolerations(&x);
    plan_affinity(&x);
    plan_pull_secrets(&x);
    warn_of_shared_volume(&x);
    t->pod->template = x.out;
}

/* Of a Tekton Task with many steps, resources are those of the pod: Tekton divides them. */
static struct node *task_resources(const struct task_plan *t)
{
    return t->task->component->task ? node_get(t->pod->fields, "computeResources") : NULL;
}

struct node *scheduling_task_runs(struct plan *p)
{
    struct node *list = node_seq(p->a);
    for (int last = 0; last <= 1; last++)
        for (size_t k = 0; k < p->graph->task_count; k++) {
            const struct task_plan *t = &p->tasks[k];
            bool has = t->pod && (t->pod->service_account.n || node_count(t->pod->template) || task_resources(t));
            if (!has || t->task->exit_handler != (last == 1))
                continue;
            struct node *one = node_map(p->a);
            node_put_str(p->a, one, "pipelineTaskName", t->name);
            if (t->pod->service_account.n)
                node_put_str(p->a, one, "serviceAccountName", t->pod->service_account);
            build_put(p->a, one, "podTemplate", t->pod->template);
            if (task_resources(t))
                node_put(p->a, one, "computeResources", task_resources(t));
            node_push(p->a, list, one);
        }
    return list;
}
