#include "pipeline-creator/compile/rbac.h"

#include "catalog/catalog.h"
#include "catalog/check.h"
#include "pipeline-creator/tekton/build.h"
#include "pipeline-creator/tekton/decode.h"

#define OBJECTS        3 /* of each account */
#define RULE           "kfp.PolicyRule"
#define KEY            "rbac"
#define GROUP          "rbac.authorization.k8s.io"
#define NAME_MAX_BYTES 57

struct accounts {
    struct plan *p;
    struct map seen; /* name → number in rules */
    struct str *names;
    struct node **rules; /* a list for each account */
    size_t count;
};

/* Decoded; an empty list where there are none or they are wrong. */
static const struct node *rules_in(struct plan *p, const struct task_plan *t, const struct node *annotations)
{
    const struct node *given = annotation_value(p->a, annotations, KEY);
    struct faults *f = faults_new(p->a);
    if (!given)
        return node_seq(p->a);
    const struct node *out = tekton_decode(p->a, "[]" RULE, given, true, f);
    for (size_t i = 0; i < f->count; i++) {
        struct str told = utf8_cut(tekton_decode_told(p->a, &f->list[i]), 300);
        struct problem *problem =
            task_problem(p, t, SEVERITY_ERROR, "invalid_rbac", "component-hub.dev/" KEY ": %.*s", STR_ARG(told));
        problem_hint(p->ps, problem, "a list such as [{apiGroups: [batch], resources: [jobs], verbs: [create, get]}]");
    }
    return f->count ? node_seq(p->a) : out;
}

static struct str pipeline_name(const struct plan *p)
{
    struct str title = p->graph->component.name;
    return str_sub(name_slug(p->a, title.n ? title : STR("pipeline")), 0, NAME_MAX_BYTES);
}

static struct str account_of(const struct plan *p, const struct task_plan *t)
{
    if (t->pod && t->pod->service_account.n)
        return t->pod->service_account;
    return p->options.service_account.n ? p->options.service_account : pipeline_name(p);
}

static void add_rules(struct accounts *x, struct str account, const struct node *rules)
{
    if (node_count(rules) == 0)
        return;
    const size_t *at = map_find(&x->seen, account);
    size_t k = at ? *at : x->count;
    if (!at) {
        (void)map_add(&x->seen, account, k);
        x->names[k] = account;
        x->rules[k] = node_seq(x->p->a);
        x->count++;
    }
    for (size_t i = 0; i < rules->count; i++) {
        bool had = false;
        for (size_t m = 0; m < x->rules[k]->count; m++)
            had = had || node_equal(x->rules[k]->items[m], rules->items[i]);
        if (!had)
            node_push(x->p->a, x->rules[k], rules->items[i]);
    }
}

static struct node *object(struct arena *a, const char *version, const char *kind, struct str name)
{
    struct node *n = node_map(a);
    node_put(a, n, "apiVersion", node_cstr(a, version));
    node_put(a, n, "kind", node_cstr(a, kind));
    node_put(a, n, "metadata", build_named(a, name));
    return n;
}

static void put_reference(struct arena *a, struct node *to, const char *kind, struct str name, bool role)
{
    if (role)
        node_put(a, to, "apiGroup", node_cstr(a, GROUP));
    node_put(a, to, "kind", node_cstr(a, kind));
    node_put_str(a, to, "name", name);
}

static void add_objects(struct arena *a, struct str name, struct node *rules, struct node **out)
{
    struct node *reference = node_map(a), *subject = node_map(a), *subjects = node_seq(a);
    out[0] = object(a, "v1", "ServiceAccount", name);
    out[1] = object(a, GROUP "/v1", "Role", name);
    out[2] = object(a, GROUP "/v1", "RoleBinding", name);
    node_put(a, out[1], "rules", rules);
    put_reference(a, reference, "Role", name, true);
    put_reference(a, subject, "ServiceAccount", name, false);
    node_push(a, subjects, subject);
    node_put(a, out[2], "roleRef", reference);
    node_put(a, out[2], "subjects", subjects);
}

static void tell_account(struct plan *p, struct str name)
{
    struct problem *problem =
        problem_add(p->ps, SEVERITY_INFO, "service_account_made", STR("/metadata"), NULL,
                    "the rules are for the service account %.*s, which no option names", STR_ARG(name));
    problem_hint(p->ps, problem, "set serviceAccountName: %.*s in the pipeline's options", STR_ARG(name));
}

void rbac_make(struct plan *p, struct node ***list, size_t *count)
{
    struct accounts x = {.p = p};
    bool made = false;
    map_init(&x.seen, p->a, 0);
    x.names = arena_array_of(p->a, p->graph->task_count, struct str);
    x.rules = arena_array_of(p->a, p->graph->task_count, struct node *);
    for (size_t k = 0; k < p->graph->task_count; k++) {
        const struct task_plan *t = &p->tasks[k];
        size_t before = x.count;
        add_rules(&x, account_of(p, t), rules_in(p, t, t->task->component->annotations));
        add_rules(&x, account_of(p, t), rules_in(p, t, t->task->annotations));
        bool named = p->options.service_account.n || (t->pod && t->pod->service_account.n);
        made = made || (x.count > before && !named);
    }
    *list = arena_array_of(p->a, x.count * OBJECTS, struct node *);
    *count = x.count * OBJECTS;
    for (size_t k = 0; k < x.count; k++)
        add_objects(p->a, x.names[k], x.rules[k], *list + k * OBJECTS);
    if (made)
        tell_account(p, pipeline_name(p));
}
