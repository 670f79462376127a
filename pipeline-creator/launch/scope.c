/* What each variable stands for, in the pipeline and in a task. */
#include "pipeline-creator/launch/local.h"

const char *task_status(const struct task *t)
{
    switch (t->state) {
    case STATE_SUCCEEDED:
        return "Succeeded";
    case STATE_FAILED:
    case STATE_TIMED_OUT:
    case STATE_CANCELLED:
        return "Failed";
    default:
        return "None";
    }
}

/* $(tasks.status): of the graph, known when finally runs. */
static const char *graph_status(const struct run *r)
{
    bool skipped = false;
    for (size_t i = 0; i < r->pr->dag_count; i++) {
        if (!state_is_final(r->tasks[i].state))
            return "None";
        if (str_is(str_of(task_status(&r->tasks[i])), "Failed"))
            return "Failed";
        skipped = skipped || r->tasks[i].state == STATE_SKIPPED;
    }
    return skipped ? "Completed" : "Succeeded";
}

struct str inside(struct arena *a, const struct child *c, const char *path)
{
    const struct run *r = c->task->run;
    if (r->local->runner->mapped)
        return str_of(path);
    return str_printf(a, "%s/%s%s", r->dir, c->dir, path);
}

static const struct node *text_node(const struct scope *s, struct str text)
{
    return node_str(s->a, text);
}

/* A name may have dots in it where nothing shorter is known. */
static const struct node *named(const struct scope *s, const struct node *map, const struct subst_ref *ref, size_t from,
                                size_t *used)
{
    if (from >= ref->parts)
        return NULL;
    const struct node *n = node_get_str(map, subst_rest(s->a, ref, from));
    *used = ref->parts;
    if (n)
        return n;
    *used = from + 1;
    return node_get_str(map, ref->part[from]);
}

static const struct node *matrix_length(const struct scope *s, const struct task *t, const struct subst_ref *ref)
{
    size_t n = t->child_count;
    if (ref->parts == 5 && str_is(ref->part[4], "length"))
        n = node_count(node_get_str(t->results, ref->part[3]));
    else if (ref->parts != 4 || !str_is(ref->part[3], "length"))
        return NULL;
    return text_node(s, str_printf(s->a, "%zu", n));
}

static const struct node *find_task(const struct scope *s, const struct subst_ref *ref, size_t *used)
{
    if (ref->parts == 2 && str_is(ref->part[0], "tasks") && str_is(ref->part[1], "status"))
        return text_node(s, str_of(graph_status(s->run)));
    ptrdiff_t i = ref->parts > 2 ? prun_task_index(s->run->pr, ref->part[1]) : -1;
    if (i < 0)
        return NULL;
    const struct task *t = &s->run->tasks[i];
    if (!state_is_final(t->state))
        return NULL;
    *used = ref->parts;
    if (str_is(ref->part[2], "results"))
        return s->no_results ? NULL : named(s, t->results, ref, 3, used);
    if (ref->parts == 3 && str_is(ref->part[2], "status"))
        return text_node(s, str_of(task_status(t)));
    if (ref->parts == 3 && str_is(ref->part[2], "reason"))
        return text_node(s, t->state == STATE_SKIPPED ? STR("None") : t->reason);
    return str_is(ref->part[2], "matrix") ? matrix_length(s, t, ref) : NULL;
}

static struct str task_run_name(const struct scope *s)
{
    const struct child *c = s->child;
    const struct prun *pr = s->run->pr;
    struct str base = str_printf(s->a, "%.*s-%.*s", STR_ARG(pr->name), STR_ARG(c->task->spec->name));
    return c->matrix_index < 0 ? base : str_printf(s->a, "%.*s-%d", STR_ARG(base), c->matrix_index);
}

static const struct node *find_task_context(const struct scope *s, struct str what, struct str field)
{
    const struct prun *pr = s->run->pr;
    if (str_is(what, "pipelineTask") && str_is(field, "retries") && s->task)
        return text_node(s, str_printf(s->a, "%u", s->task->retries));
    if (!s->child)
        return NULL;
    if (str_is(what, "taskRun") && str_is(field, "name"))
        return text_node(s, task_run_name(s));
    if (str_is(what, "taskRun") && str_is(field, "namespace"))
        return text_node(s, pr->namespace);
    if (str_is(what, "taskRun") && str_is(field, "uid"))
        return text_node(s, str_printf(s->a, "%.*s-%u", STR_ARG(pr->uid), s->child->no));
    if (str_is(what, "task") && str_is(field, "name"))
        return text_node(s, s->child->task->spec->name);
    if (str_is(what, "task") && str_is(field, "retry-count"))
        return text_node(s, str_printf(s->a, "%u", s->child->attempt - 1));
    return NULL;
}

static const struct node *find_context(const struct scope *s, const struct subst_ref *ref)
{
    const struct prun *pr = s->run->pr;
    struct str what = ref->parts == 3 ? ref->part[1] : STR_NONE, field = ref->parts == 3 ? ref->part[2] : STR_NONE;
    if (str_is(what, "pipeline") && str_is(field, "name"))
        return text_node(s, pr->pipeline);
    if (!str_is(what, "pipelineRun"))
        return find_task_context(s, what, field);
    if (str_is(field, "name"))
        return text_node(s, pr->name);
    if (str_is(field, "namespace"))
        return text_node(s, pr->namespace);
    return str_is(field, "uid") ? text_node(s, pr->uid) : NULL;
}

static const struct node *find_workspace(const struct scope *s, const struct subst_ref *ref)
{
    if (ref->parts < 3)
        return NULL;
    struct str name = ref->part[1], field = ref->part[ref->parts - 1];
    const struct prun_workspace *w = s->child ? bound_workspace(s->child, name) : prun_workspace_of(s->run->pr, name);
    if (str_is(field, "bound"))
        return text_node(s, w ? STR("true") : STR("false"));
    if (!s->child)
        return NULL;
    if (str_is(field, "path"))
        return text_node(s, w ? workspace_path(s->a, s->child, name) : STR_NONE);
    if (str_is(field, "claim") || str_is(field, "volume"))
        return text_node(s, w && w->kind == PRUN_CLAIM ? w->claim : STR_NONE);
    return NULL;
}

static struct step *step_named(const struct scope *s, struct str name)
{
    if (str_starts(name, "step-"))
        name = str_from(name, 5);
    for (size_t i = 0; i < s->child->step_count; i++)
        if (str_eq(s->child->steps[i].name, name))
            return &s->child->steps[i];
    return NULL;
}

static const struct node *path_node(const struct scope *s, const char *path)
{
    return text_node(s, inside(s->a, s->child, path));
}

static const struct node *find_step(const struct scope *s, const struct subst_ref *ref, size_t *used)
{
    const struct child *c = s->child;
    if (str_is(ref->part[0], "step")) { /* step.results.r.path: of the step itself */
        if (ref->parts < 4 || !str_is(ref->part[1], "results") || !str_is(ref->part[ref->parts - 1], "path"))
            return NULL;
        return path_node(s, str_printf(s->a, "/tekton/steps/step-%.*s/results/%.*s", STR_ARG(c->steps[s->step].name),
                                       STR_ARG(ref->part[2]))
                                .p);
    }
    const struct step *other = ref->parts > 3 ? step_named(s, ref->part[1]) : NULL;
    if (!other)
        return NULL;
    if (str_is(ref->part[2], "results"))
        return named(s, other->results, ref, 3, used);
    if (str_is(ref->part[2], "exitCode") && str_is(ref->part[3], "path"))
        return path_node(s, str_printf(s->a, "/tekton/steps/step-%.*s/exitCode", STR_ARG(other->name)).p);
    return NULL;
}

static bool declares_result(const struct scope *s, struct str name)
{
    const struct node *list = node_get(s->child->task->spec->spec, "results");
    for (size_t i = 0; i < node_count(list); i++)
        if (str_eq(node_text_of(node_at(list, i), "name"), name))
            return true;
    return false;
}

/* $(results.r.path), $(results["r"].path) */
static const struct node *find_result(const struct scope *s, const struct subst_ref *ref)
{
    if (ref->parts < 3 || !str_is(ref->part[ref->parts - 1], "path"))
        return NULL;
    struct subst_ref shorter = *ref;
    shorter.parts--;
    struct str name = subst_rest(s->a, &shorter, 1);
    if (!declares_result(s, name))
        return NULL;
    return path_node(s, str_printf(s->a, "/tekton/results/%.*s", STR_ARG(name)).p);
}

static const struct node *find_in_child(const struct scope *s, const struct subst_ref *ref, size_t *used)
{
    const struct node *n = NULL;
    if (str_is(ref->part[0], "params"))
        n = named(s, s->child->params, ref, 1, used);
    else if (str_is(ref->part[0], "inputs") && ref->parts > 2 && str_is(ref->part[1], "params"))
        n = named(s, s->child->params, ref, 2, used);
    else if (str_is(ref->part[0], "results") || str_is(ref->part[0], "outputs"))
        n = find_result(s, ref);
    else if (str_is(ref->part[0], "steps") || str_is(ref->part[0], "step"))
        n = find_step(s, ref, used);
    else if (str_is(ref->text, "credentials.path"))
        n = path_node(s, "/tekton/creds");
    return n;
}

bool scope_has_param(const struct scope *s, const struct subst_ref *ref)
{
    size_t used, from = str_is(ref->part[0], "inputs") ? 2 : 1;
    return s->child && named(s, s->child->params, ref, from, &used);
}

/* One that only has a default is hidden by the pipeline's of that name, which is put into the task's text first. */
static bool is_hidden(const struct scope *s, const struct subst_ref *ref)
{
    size_t used, from = str_is(ref->part[0], "inputs") ? 2 : 1;
    const struct node *given = node_get(s->task->node, "params");
    for (size_t i = 0; i < node_count(given); i++)
        if (str_eq(node_text_of(node_at(given, i), "name"), ref->part[from]))
            return false;
    return !named(s, s->child->combo, ref, from, &used) && named(s, s->run->pr->params, ref, from, &used);
}

static enum pass pass_of(const struct scope *s, const struct subst_ref *ref)
{
    static const struct {
        const char *first;
        enum pass pass;
    } passes[] = {{"tasks", PASS_PIPELINE_RESULTS},
                  {"finally", PASS_PIPELINE_RESULTS},
                  {"results", PASS_RESULTS},
                  {"outputs", PASS_RESULTS},
                  {"step", PASS_RESULTS},
                  {"workspaces", PASS_WORKSPACES},
                  {"steps", PASS_STEPS}};
    if (str_is(ref->part[0], "params") || str_is(ref->part[0], "inputs"))
        return scope_has_param(s, ref) && (s->pass == PASS_PARAMS || !is_hidden(s, ref)) ? PASS_PARAMS
                                                                                         : PASS_PIPELINE_PARAMS;
    if (str_is(ref->part[0], "context"))
        return ref->parts > 1 && str_starts(ref->part[1], "pipeline") && !str_is(ref->part[1], "pipelineTask")
                   ? PASS_PIPELINE_CONTEXT
                   : PASS_CONTEXT;
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
        if (str_is(ref->part[0], passes[i].first))
            return passes[i].pass;
    return PASS_CREDENTIALS;
}

/* The order of pkg/reconciler/pipelinerun/pipelinerun.go and of applyParamsContextsResultsAndWorkspaces in
   pkg/reconciler/taskrun/taskrun.go; what the entrypoint does comes last. */
struct node *scope_apply(struct scope *s, struct node *n, struct err *e)
{
    static const enum pass of_pipeline[] = {PASS_PIPELINE_PARAMS, PASS_PIPELINE_CONTEXT, PASS_WORKSPACES,
                                            PASS_PIPELINE_RESULTS, PASS_CONTEXT};
    static const enum pass of_task[] = {PASS_PIPELINE_PARAMS, PASS_PIPELINE_CONTEXT, PASS_PIPELINE_RESULTS,
                                        PASS_PARAMS,          PASS_CONTEXT,          PASS_RESULTS,
                                        PASS_WORKSPACES,      PASS_CREDENTIALS,      PASS_STEPS};
    const enum pass *passes = s->child ? of_task : of_pipeline;
    size_t count = s->child ? sizeof of_task / sizeof *of_task : sizeof of_pipeline / sizeof *of_pipeline;
    struct subst subst = scope_subst(s, e);
    for (size_t i = 0; i < count; i++) {
        s->pass = passes[i];
        n = subst_node(s->a, &subst, n);
    }
    s->pass = PASS_ANY;
    return n;
}

const struct node *scope_find(void *context, const struct subst_ref *ref, size_t *used)
{
    const struct scope *s = context;
    if (s->pass != PASS_ANY && pass_of(s, ref) != s->pass)
        return NULL;
    bool inside_task = s->child && s->pass != PASS_PIPELINE_PARAMS;
    const struct node *n = inside_task ? find_in_child(s, ref, used) : NULL;
    if (n)
        return n;
    *used = ref->parts;
    if (str_is(ref->part[0], "params")) /* in a task: propagated from the pipeline */
        return named(s, s->run->pr->params, ref, 1, used);
    if (str_is(ref->part[0], "tasks") || str_is(ref->part[0], "finally"))
        return find_task(s, ref, used);
    if (str_is(ref->part[0], "context"))
        return find_context(s, ref);
    return str_is(ref->part[0], "workspaces") ? find_workspace(s, ref) : NULL;
}

struct subst scope_subst(struct scope *s, struct err *e)
{
    return (struct subst){scope_find, s, e};
}
