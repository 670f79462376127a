/*
 * Workspaces of Tekton Tasks (catalog/component.h says what can be bound to them). A folder is a subPath of the run's
 * one volume, for Tekton's affinity assistant refuses a task with two claims.
 */
#include "catalog/check.h"
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/tekton/build.h"

#define INPUT_FOLDERS ".workspaces/" /* no task has such a name */

static size_t space_count(const struct task_plan *t)
{
    const struct component *c = t->task->component;
    return c->task ? c->interface.input_count - c->param_count : 0;
}

static struct str space_name(const struct task_plan *t, size_t k)
{
    return node_text_of(node_at(node_get(t->task->component->task, "workspaces"), k), "name");
}

/* ---- workspaces of the pipeline */

/* The claim that it is on; empty for none. One that is made for the run has no name yet. */
static struct str claim_of(struct plan *p, struct str name, const struct node *binding)
{
    if (node_get(binding, "volumeClaimTemplate"))
        return str_cat(p->a, STR("the new claim of "), name);
    return node_text(node_path(binding, "persistentVolumeClaim", "claimName", NULL));
}

static size_t add_space(struct plan *p, struct str wanted, const struct node *binding, const void *origin)
{
    struct name_set *taken = p->space_names;
    for (size_t i = 0; i < p->space_count; i++)
        if (p->spaces[i].origin == origin)
            return i;
    if (p->space_count == p->space_cap) {
        size_t cap = p->space_cap ? p->space_cap * 2 : 8;
        p->spaces = arena_grow(p->a, p->spaces, p->space_count * sizeof *p->spaces, cap * sizeof *p->spaces);
        p->space_cap = cap;
    }
    struct str name = names_label(taken, wanted, "workspace");
    p->spaces[p->space_count] = (struct space_plan){.name = name,
                                                    .claim = claim_of(p, name, binding),
                                                    .alone = node_get(binding, "emptyDir") != NULL,
                                                    .binding = binding,
                                                    .origin = origin};
    return p->space_count++;
}

/* Equal constants are one workspace of the pipeline. */
static size_t constant_space(struct plan *p, struct str wanted, const struct node *binding)
{
    for (size_t i = 0; i < p->space_count; i++)
        if (node_equal(p->spaces[i].binding, binding))
            return i;
    return add_space(p, wanted, binding, binding);
}

static void use_constant(struct plan *p, const struct task_plan *t, size_t k, struct space_use *use, struct str text)
{
    const struct node *binding = check_inner(p->a, text);
    use->bound = true;
    if (node_is_map(binding))
        use->space = constant_space(p, STR_JOIN(p->a, t->name, STR("-"), space_name(t, k)), binding);
}

static const struct node *input_binding(struct plan *p, size_t input)
{
    const struct port *port = &p->graph->component.interface.inputs[input];
    const struct node *given = node_get_str(p->options.workspaces, port->name);
    struct str text = p->graph->parameter_given[input] ? p->graph->parameter_values[input] : STR_NONE;
    if (!node_is_null(given)) {
        if (graph_text_fits(p->a, graph_text(p->a, given), port->type))
            return node_is_map(given) ? given : check_inner(p->a, node_text(given));
        struct problem *problem = problem_add(p->ps, SEVERITY_ERROR, "invalid_options", STR("/options/workspaces"),
                                              given, "options: workspaces: %.*s is not a binding", STR_ARG(port->name));
        problem_hint(p->ps, problem, "for example {persistentVolumeClaim: {claimName: data}}");
        return NULL;
    }
    if (text.p)
        return check_inner(p->a, text);
    if (node_is_null(port->default_value))
        return NULL;
    return node_is_map(port->default_value) ? port->default_value : check_inner(p->a, node_text(port->default_value));
}

/* Somebody wrote another type to a reference, or a component says of a file that it is a workspace. */
static void refuse(struct plan *p, const struct task_plan *t, size_t k)
{
    task_problem(p, t, SEVERITY_ERROR, "not_a_workspace",
                 "%.*s takes the workspace of a Tekton Task or of the pipeline, and is given something else",
                 STR_ARG(t->task->component->interface.inputs[t->task->component->param_count + k].name));
}

static void use_input(struct plan *p, const struct task_plan *t, size_t k, struct space_use *use, size_t input)
{
    if (!type_is_workspace(p->graph->component.interface.inputs[input].type)) {
        refuse(p, t, k);
        return;
    }
    const struct node *binding = input_binding(p, input);
    use->bound = true;
    if (binding)
        use->space = add_space(p, p->params[input].name, binding, &p->params[input]);
    else
        use->folder = str_cat(p->a, STR(INPUT_FOLDERS), p->params[input].name);
}

/* ---- what each is bound to */

static struct space_use *resolve(struct plan *p, struct task_plan *t, size_t k);

/* Somebody is connected to the workspace of another task: they share what that has. */
static void use_other(struct plan *p, const struct task_plan *t, size_t k, struct space_use *use)
{
    const struct graph_value *v = &t->task->inputs[t->task->component->param_count + k];
    struct task_plan *from = &p->tasks[v->index];
    const struct component *c = from->task->component;
    if (!c->task || v->port < c->result_count) {
        refuse(p, t, k);
        return;
    }
    *use = *resolve(p, from, v->port - c->result_count);
    use->visited = true;
    if (use->bound && !use->folder.p && p->spaces[use->space].alone) {
        struct problem *problem = task_problem(
            p, t, SEVERITY_ERROR, "workspace_not_shared", "%.*s of %.*s is an emptyDir, which no other task sees",
            STR_ARG(space_name(from, v->port - c->result_count)), STR_ARG(from->task->path));
        problem_hint(p->ps, problem, "leave that workspace unbound: it is then a folder on the run's volume");
    }
}

static bool is_consumed(const struct task_plan *t, size_t k)
{
    return t->outputs[t->task->component->result_count + k].by_value;
}

static struct space_use *resolve(struct plan *p, struct task_plan *t, size_t k)
{
    struct space_use *use = &t->spaces[k];
    const struct component *c = t->task->component;
    const struct graph_value *v = &t->task->inputs[c->param_count + k];
    if (use->visited)
        return use;
    use->visited = true;
    if (v->source == SOURCE_OUTPUT)
        use_other(p, t, k, use);
    else if (v->source == SOURCE_INPUT)
        use_input(p, t, k, use, v->index);
    else if (v->source == SOURCE_TEXT)
        use_constant(p, t, k, use, v->text);
    else if (v->source == SOURCE_NONE && (!c->interface.inputs[c->param_count + k].optional || is_consumed(t, k))) {
        use->bound = true;
        use->folder = STR_JOIN(p->a, t->name, STR("/"), space_name(t, k));
    }
    return use;
}

static void check_claims(struct plan *p, const struct task_plan *t)
{
    struct str first = t->volume ? STR("the run's volume") : STR_NONE;
    for (size_t k = 0; k < space_count(t); k++) {
        const struct space_use *use = &t->spaces[k];
        struct str claim = use->bound && !use->folder.p ? p->spaces[use->space].claim : STR_NONE;
        if (claim.n == 0 || str_eq(claim, first) || (t->volume && str_eq(claim, p->options.claim)))
            continue;
        if (first.n) {
            struct problem *problem =
                task_problem(p, t, SEVERITY_ERROR, "several_claims",
                             "its workspaces are on %.*s and on %.*s, and Tekton lets a task have one claim",
                             STR_ARG(first), STR_ARG(claim));
            problem_hint(p->ps, problem,
                         "bind them to one claim, for example by options.artifacts.claim, or copy in a task between");
            return;
        }
        first = claim;
    }
}

/* Tekton binds what a task only mentions to a workspace of the pipeline that has the same name. */
static void reserve_names(struct plan *p)
{
    p->space_names = arena_new_of(p->a, struct name_set);
    names_init(p->space_names, p->a, 8);
    (void)names_label(p->space_names, STR(VOLUME), VOLUME);
    for (size_t m = 0; m < p->graph->task_count; m++) {
        const struct task_plan *t = &p->tasks[m];
        for (size_t k = 0; k < space_count(t); k++)
            if (t->task->component->interface.inputs[t->task->component->param_count + k].optional)
                (void)names_label(p->space_names, space_name(t, k), "workspace");
    }
}

static void check_volume_name(struct plan *p, const struct task_plan *t)
{
    for (size_t k = 0; k < space_count(t); k++)
        if (p->volume && !t->spaces[k].bound && str_is(space_name(t, k), VOLUME))
            task_problem(p, t, SEVERITY_ERROR, "workspace_name_taken",
                         "its optional workspace " VOLUME " has the name of the run's volume and would be bound to it");
}

void spaces_plan(struct plan *p)
{
    const struct graph *g = p->graph;
    bool any = false;
    for (size_t m = 0; m < g->task_count; m++) {
        struct task_plan *t = &p->tasks[m];
        size_t count = space_count(t);
        any = any || count > 0;
        t->spaces = arena_array_of(p->a, count, struct space_use);
        for (size_t k = 0; k < count; k++) {
            const struct graph_value *v = &t->task->inputs[t->task->component->param_count + k];
            if (v->source == SOURCE_OUTPUT)
                p->tasks[v->index].outputs[v->port].by_value = true;
        }
    }
    if (!any)
        return;
    for (size_t k = 0; k < g->component.interface.output_count; k++) {
        const struct graph_value *v = &g->outputs[k];
        if (v->source == SOURCE_OUTPUT && type_is_workspace(v->type))
            p->tasks[v->index].outputs[v->port].by_value = true;
    }
    reserve_names(p);
    for (size_t m = 0; m < g->task_count; m++) {
        struct task_plan *t = &p->tasks[m];
        for (size_t k = 0; k < space_count(t); k++) {
            const struct space_use *use = resolve(p, t, k);
            t->volume = t->volume || (use->bound && use->folder.p);
        }
        p->volume = p->volume || t->volume;
        check_claims(p, t);
    }
    for (size_t m = 0; m < g->task_count; m++)
        check_volume_name(p, &p->tasks[m]);
}

/* ---- writing */

void spaces_task(struct plan *p, const struct task_plan *t, struct node *list)
{
    for (size_t k = 0; k < space_count(t); k++) {
        const struct space_use *use = &t->spaces[k];
        if (!use->bound)
            continue;
        struct node *one = build_named(p->a, space_name(t, k));
        node_put_str(p->a, one, "workspace", use->folder.p ? STR(VOLUME) : p->spaces[use->space].name);
        if (use->folder.p)
            node_put_str(p->a, one, "subPath",
                         p->options.claim.n ? str_cat(p->a, STR("$(context.pipelineRun.uid)/"), use->folder)
                                            : use->folder);
        node_push(p->a, list, one);
    }
}

void spaces_pipeline(struct plan *p, struct node *list)
{
    for (size_t i = 0; i < p->space_count; i++)
        node_push(p->a, list, build_named(p->a, p->spaces[i].name));
}

void spaces_run(struct plan *p, struct node *list)
{
    for (size_t i = 0; i < p->space_count; i++) {
        struct node *one = build_named(p->a, p->spaces[i].name);
        const struct node *binding = p->spaces[i].binding;
        for (size_t k = 0; k < node_count(binding); k++)
            node_set(p->a, one, binding->pairs[k].key, node_copy(p->a, binding->pairs[k].value));
        node_push(p->a, list, one);
    }
}
