/*
 * The last word on what users gave in Kubernetes' and Tekton's own shapes: Tekton's rules, applied to the whole run.
 * What the compiler makes by itself needs no judge; tests hold it against Tekton's own code.
 */
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/tekton/admit.h"

static bool has_shapes_of_users(const struct plan *p)
{
    if (p->options.pod_template || p->options.claim_template || p->options.pod_metadata)
        return true;
    for (size_t k = 0; k < p->graph->task_count; k++)
        if (p->tasks[k].pod)
            return true;
    return false;
}

/* The number in "….<key>[12]….", or SIZE_MAX. */
static size_t index_in(struct str path, struct str key)
{
    ptrdiff_t at = str_find(path, key);
    size_t n = 0;
    if (at < 0)
        return SIZE_MAX;
    struct str rest = str_from(path, (size_t)at + key.n);
    for (size_t i = 0; i < rest.n && i < 9 && rest.p[i] >= '0' && rest.p[i] <= '9'; i++)
        n = n * 10 + (size_t)(rest.p[i] - '0');
    return n;
}

static const struct task_plan *task_at(const struct plan *p, struct str path)
{
    size_t ordinary = index_in(path, STR(".tasks[")), last = index_in(path, STR(".finally["));
    size_t wanted = last == SIZE_MAX ? ordinary : last;
    for (size_t k = 0; wanted != SIZE_MAX && k < p->graph->task_count; k++)
        if (p->tasks[k].task->exit_handler == (last != SIZE_MAX) && wanted-- == 0)
            return &p->tasks[k];
    return NULL;
}

void judge(struct plan *p, const struct node *manifest)
{
    if (!has_shapes_of_users(p) || p->ps->errors)
        return;
    struct tekton_settings settings = tekton_settings_of(GATE_BETA);
    struct faults *f = faults_new(p->a);
    struct node *object = NULL;
    if (tekton_admit(p->a, manifest, true, &settings, f, &object) == TEKTON_ACCEPTED)
        return;
    for (size_t i = 0; i < f->count; i++) {
        struct str path = f->list[i].path_count ? f->list[i].paths[0] : STR("the run");
        const struct task_plan *t = task_at(p, path);
        struct str what = f->list[i].message;
        if (t && t->pod)
            kubernetes_problem(p, t, SEVERITY_ERROR, "refused_by_tekton", NULL, "Tekton refuses it: %.*s (%.*s)",
                               STR_ARG(what), STR_ARG(path));
        else
            problem_add(p->ps, SEVERITY_ERROR, "refused_by_tekton", STR("/metadata/annotations"), NULL,
                        "Tekton refuses what the options make: %.*s (%.*s)", STR_ARG(what), STR_ARG(path));
    }
}
