/* Loops that are one task with a matrix, over a constant list, an array parameter, or a task's array result. */
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/compile/text.h"
#include "pipeline-creator/tekton/build.h"

static void use_text(struct plan *p, const struct graph_value *v)
{
    const struct graph_value *parts = NULL;
    size_t count = graph_parts(v, &parts);
    for (size_t i = 0; i < count; i++)
        if (parts[i].source == SOURCE_INPUT)
            p->params[parts[i].index].as_text = true;
}

/* Tekton Tasks take arrays as they are. */
static bool takes_array(const struct component *c, size_t input)
{
    return c->task && input < c->param_count && str_is(c->interface.inputs[input].type, "JsonArray");
}

static void use_inputs(struct plan *p, const struct graph_task *t)
{
    for (size_t m = 0; m < t->component->interface.input_count; m++)
        if (!takes_array(t->component, m))
            use_text(p, &t->inputs[m]);
    for (size_t m = 0; m < t->condition_count; m++)
        use_text(p, &t->conditions[m].left);
    if (t->loop && t->loop->over.source == SOURCE_INPUT)
        p->params[t->loop->over.index].as_list = true;
}

void loop_uses(struct plan *p)
{
    const struct interface *i = &p->graph->component.interface;
    for (size_t k = 0; k < p->graph->task_count; k++)
        use_inputs(p, &p->graph->tasks[k]);
    for (size_t k = 0; k < i->output_count; k++)
        use_text(p, &p->graph->outputs[k]);
    for (size_t k = 0; k < i->input_count; k++)
        p->params[k].by_whole = p->params[k].as_list && !p->params[k].as_text;
}

void loop_mark(struct plan *p, const struct graph_task *t)
{
    const struct graph_loop *l = t->loop;
    if (!l || l->over.source != SOURCE_OUTPUT)
        return;
    const struct task_plan *from = &p->tasks[l->over.index];
    const struct component *maker = from->task->component;
    struct output_plan *o = &from->outputs[l->over.port];
    o->by_list = true;
    if (!component_is_embedded(maker))
        return;
    o->by_value = true; /* its own result, which must be an array */
    if (maker->custom || str_is(maker->interface.outputs[l->over.port].type, "JsonArray"))
        return;
    struct problem *problem =
        problem_add(p->ps, SEVERITY_ERROR, "iterate_not_a_list", l->pointer, l->at,
                    "%.*s goes over a result of a Tekton Task that is no array", STR_ARG(t->path));
    problem_hint(p->ps, problem, "make a list of it with starter/json-list-items");
}

/* The same texts as constants. Those that Tekton would take for references were unrolled, unless they come from an
   input of the pipeline that others use too. */
static struct node *constants(struct plan *p, const struct task_plan *t)
{
    const struct graph_loop *l = t->task->loop;
    struct node *list = node_seq(p->a);
    bool dollar = false;
    for (size_t i = 0; i < l->count; i++) {
        struct str text = text_escape(p->a, l->items[i], NULL, &dollar);
        if (!text_can_pass(text) || text_has_reference(text)) {
            struct problem *problem = problem_add(
                p->ps, SEVERITY_ERROR, "unsupported_text", l->pointer, l->at,
                "an item of the loop of %.*s contains $( ), which Tekton would replace", STR_ARG(t->task->path));
            problem_hint(p->ps, problem, "write the list into the loop, or let nothing else use the input");
        }
        node_push(p->a, list, node_str(p->a, text));
    }
    return list;
}

static struct node *from_input(struct plan *p, const struct task_plan *t)
{
    const struct graph_loop *l = t->task->loop;
    struct str name = p->graph->component.interface.inputs[l->over.index].name;
    if (p->params[l->over.index].by_whole)
        return node_str(p->a, STR_JOIN(p->a, STR("$(params."), p->params[l->over.index].name, STR("[*])")));
    if (!l->items) {
        struct problem *problem =
            problem_add(p->ps, SEVERITY_ERROR, "iterate_input_used", l->pointer, l->at,
                        "%.*s goes over the input %.*s, which has no value yet and is used as a text too",
                        STR_ARG(t->task->path), STR_ARG(name));
        problem_hint(p->ps, problem, "give it a value or a default, or use two inputs");
        return NULL;
    }
    struct problem *problem =
        problem_add(p->ps, SEVERITY_INFO, "iterate_fixed", l->pointer, l->at,
                    "%.*s goes over the items that the input %.*s has now, since it is used as a text too",
                    STR_ARG(t->task->path), STR_ARG(name));
    problem_hint(p->ps, problem, "compile again for another list; launching does");
    return constants(p, t);
}

static struct node *list_of(struct plan *p, const struct task_plan *t)
{
    const struct graph_value *over = &t->task->loop->over;
    if (over->source == SOURCE_INPUT)
        return from_input(p, t);
    if (over->source == SOURCE_TEXT)
        return constants(p, t);
    const struct task_plan *from = &p->tasks[over->index];
    return node_str(p->a, STR_JOIN(p->a, STR("$(tasks."), from->name, STR(".results."), from->outputs[over->port].list,
                                   STR("[*])")));
}

struct node *loop_matrix_node(struct plan *p, const struct task_plan *t)
{
    if (!t->task->loop)
        return NULL;
    struct node *matrix = node_map(p->a), *params = node_seq(p->a);
    struct node *param = build_named(p->a, t->inputs[t->task->loop->port].name), *list = list_of(p, t);
    if (list)
        node_put(p->a, param, "value", list);
    node_push(p->a, params, param);
    node_put(p->a, matrix, "params", params);
    return matrix;
}
