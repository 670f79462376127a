#include "pipeline-creator/compile/plan.h"

#include "pipeline-creator/compile/text.h"

/* ---- names */

/* The component alone decides, so that the tasks of one share what its first task got. */
static void name_ports(struct plan *p, struct map *named, struct task_plan *t)
{
    const struct interface *i = &t->task->component->interface;
    struct str component = {(const char *)&t->task->component, sizeof t->task->component};
    const size_t *seen = map_find(named, component);
    if (seen) {
        const struct task_plan *first = &p->tasks[*seen];
        for (size_t k = 0; k < i->input_count; k++)
            t->inputs[k].name = first->inputs[k].name;
        for (size_t k = 0; k < i->output_count; k++)
            t->outputs[k].name = first->outputs[k].name;
        return;
    }
    (void)map_add(named, component, (size_t)(t - p->tasks));
    if (component_is_embedded(t->task->component)) { /* Tekton's own names, which its text refers to */
        for (size_t k = 0; k < i->input_count; k++)
            t->inputs[k].name = i->inputs[k].name;
        for (size_t k = 0; k < i->output_count; k++)
            t->outputs[k].name = i->outputs[k].name;
        return;
    }
    struct name_set inputs, outputs;
    names_init(&inputs, p->a, i->input_count);
    names_init(&outputs, p->a, i->output_count);
    for (size_t k = 0; k < i->input_count; k++)
        t->inputs[k].name = names_variable(&inputs, i->inputs[k].name, "input");
    for (size_t k = 0; k < i->output_count; k++)
        t->outputs[k].name = names_variable(&outputs, i->outputs[k].name, "output");
}

static void name_all(struct plan *p)
{
    const struct graph *g = p->graph;
    struct name_set tasks, *params = arena_new_of(p->a, struct name_set);
    struct map named;
    map_init(&named, p->a, 0);
    names_init(&tasks, p->a, g->task_count);
    names_init(params, p->a, g->component.interface.input_count);
    collect_reserve_names(g, params);
    p->param_names = params;
    p->params = arena_array_of(p->a, g->component.interface.input_count, struct param_plan);
    p->tasks = arena_array_of(p->a, g->task_count, struct task_plan);
    embed_reserve_names(g, params);
    for (size_t k = 0; k < g->component.interface.input_count; k++)
        p->params[k].name = names_variable(params, g->component.interface.inputs[k].name, "input");
    for (size_t k = 0; k < g->task_count; k++) {
        struct task_plan *t = &p->tasks[k];
        const struct interface *i = &g->tasks[k].component->interface;
        t->task = &g->tasks[k];
        t->name = names_label(&tasks, t->task->path, "task");
        t->inputs = arena_array_of(p->a, i->input_count, struct input_plan);
        t->outputs = arena_array_of(p->a, i->output_count, struct output_plan);
        name_ports(p, &named, t);
        usage_read(p, t);
    }
}

/* ---- parameters */

static void refuse_text(struct plan *p, struct str pointer, const struct node *at, const char *what)
{
    struct problem *problem =
        problem_add(p->ps, SEVERITY_ERROR, "unsupported_text", pointer, at,
                    "%s contains $(steps.…), which Tekton replaces where nothing can prevent it, or a NUL", what);
    problem_hint(p->ps, problem, "write it in another way, for example with a space after the bracket");
}

struct str plan_param_text(struct plan *p, size_t input, struct str text)
{
    struct param_plan *param = &p->params[input];
    return (param->open ? text_escape_open : text_escape)(p->a, text, NULL, &param->dollar);
}

static struct str param_text(struct plan *p, size_t index, struct str text, struct str pointer, const struct node *at)
{
    if (!text_can_pass(text))
        refuse_text(p, pointer, at, "the value");
    return plan_param_text(p, index, text);
}

static void mark_open(struct plan *p, const struct graph_value *v)
{
    for (size_t i = 0; i + 1 < v->part_count; i++)
        if (v->parts[i].source == SOURCE_INPUT)
            p->params[v->parts[i].index].open = true;
}

static void mark_open_params(struct plan *p)
{
    for (size_t k = 0; k < p->graph->task_count; k++)
        for (size_t m = 0; m < p->graph->tasks[k].component->interface.input_count; m++)
            mark_open(p, &p->graph->tasks[k].inputs[m]);
}

static void plan_params(struct plan *p)
{
    const struct interface *i = &p->graph->component.interface;
    for (size_t k = 0; k < i->input_count; k++) {
        const struct port *port = &i->inputs[k];
        struct str pointer = pointer_index(p->a, STR("/inputs"), k);
        struct param_plan *param = &p->params[k];
        if (type_is_workspace(port->type))
            continue; /* spaces.c */
        if (graph_type_is_secret(port->type))
            continue; /* the tasks that use it refer to it themselves */
        if (!node_is_null(port->default_value))
            param->value = param->fallback =
                param_text(p, k, graph_text(p->a, port->default_value), pointer, port->default_value);
        struct str given = p->graph->parameter_given[k] ? p->graph->parameter_values[k] : STR_NONE;
        if (p->graph->parameter_given[k])
            param->value = param_text(p, k, given, pointer, NULL);
        struct str typed = p->graph->parameter_given[k] ? given
                           : param->fallback.p          ? graph_text(p->a, port->default_value)
                                                        : STR_NONE;
        param->escaped = param->value.p && !str_eq(typed, param->value);
        if (p->graph->parameter_given[k] && param->escaped) {
            struct problem *problem = problem_add(
                p->ps, SEVERITY_INFO, "escaped_parameter", pointer, NULL,
                "the value of %.*s contains dollars that Kubernetes would replace; it stands escaped in the "
                "manifest",
                STR_ARG(port->name));
            problem_hint(p->ps, problem,
                         "in a manifest that is used again, write $$ for $ before a bracket or a dollar");
        }
    }
}

/* ---- result or file */

static void mark_input(struct plan *p, const struct task_plan *t, size_t k)
{
    const struct graph_value *v = &t->task->inputs[k], *parts = NULL;
    size_t count = graph_parts(v, &parts);
    bool mixed = v->source == SOURCE_PARTS, value = t->inputs[k].value_used, path = t->inputs[k].path_used;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].source != SOURCE_OUTPUT)
            continue;
        struct output_plan *from = &p->tasks[parts[i].index].outputs[parts[i].port];
        from->by_value = from->by_value || value || (mixed && path);
        from->by_file = from->by_file || (path && !mixed);
    }
}

/* An output of the pipeline is a result where it is a value; where it may be any data, what others want decides. */
static void mark_pipeline_output(struct plan *p, size_t k)
{
    const struct graph_value *v = &p->graph->outputs[k];
    if (v->source != SOURCE_OUTPUT)
        return;
    struct task_plan *t = &p->tasks[v->index];
    struct output_plan *from = &t->outputs[v->port];
    const struct port *port = &t->task->component->interface.outputs[v->port];
    if (type_is_workspace(port->type))
        return;
    struct str type = p->graph->component.interface.outputs[k].type;
    if (type.n == 0)
        type = port->type;
    if (str_is(node_text(node_get_str(t->task->passing, port->name)), "file"))
        from->by_file = true;
    else if (type_is_value(type))
        from->by_value = true;
    else if (type.n > 0)
        from->by_file = true;
    else if (!from->by_file)
        from->by_value = true;
}

static void apply_passing(struct plan *p, struct task_plan *t, size_t k)
{
    struct output_plan *o = &t->outputs[k];
    struct str how = node_text(node_get_str(t->task->passing, t->task->component->interface.outputs[k].name));
    if (str_is(how, "value")) {
        o->by_value = true; /* who wants a file gets one written from the value */
        o->by_file = false;
    } else if (str_is(how, "file") && o->by_value) {
        struct problem *problem = task_problem(p, t, SEVERITY_ERROR, "passing_conflict",
                                               "%.*s cannot be passed as a file only: others use its value",
                                               STR_ARG(t->task->component->interface.outputs[k].name));
        problem_hint(p->ps, problem, "remove it from passing: then it is passed both ways");
        struct str name = t->task->component->interface.outputs[k].name;
        if (t->task->passing_pointer.n)
            problem_fix(p->ps, problem, "remove", pointer_key(p->a, t->task->passing_pointer, name), NULL);
    }
}

/* A name for a result beside those of the outputs. */
static struct str further_result(struct plan *p, const struct task_plan *t, struct str wanted)
{
    struct name_set names;
    size_t count = t->task->component->interface.output_count;
    names_init(&names, p->a, count);
    for (size_t k = 0; k < count; k++)
        (void)names_variable(&names, t->outputs[k].name, "output");
    return names_variable(&names, wanted, "output");
}

static void decide_output(struct plan *p, struct task_plan *t, size_t k)
{
    struct output_plan *o = &t->outputs[k];
    const struct component *c = t->task->component;
    if (component_is_embedded(c) && k >= c->result_count)
        return;                     /* a workspace: spaces.c */
    if (component_is_embedded(c)) { /* all it has are results: who wants a file gets one written from the value */
        o->by_value = o->by_value || o->by_file;
        o->by_file = false;
    }
    apply_passing(p, t, k);
    enum passing otherwise = o->by_list ? PASS_LIST : PASS_UNUSED;
    o->how = o->by_value ? (o->by_file ? PASS_BOTH : PASS_RESULT) : (o->by_file ? PASS_FILE : otherwise);
    bool same = o->how == PASS_LIST || o->by_whole; /* then the one result is an array */
    if (o->by_list)
        o->list = same ? o->name : further_result(p, t, str_cat(p->a, o->name, STR("-list")));
    o->copied = o->how == PASS_BOTH || (o->list.p && !same && !t->task->collects);
    if (t->task->loop && o->how == PASS_RESULT && !t->iteration.p)
        t->iteration = further_result(p, t, STR("iteration"));
    if (o->how != PASS_UNUSED && !o->produced)
        task_problem(p, t, SEVERITY_ERROR, "output_not_produced",
                     "its command line does not write the output %.*s, which is used",
                     STR_ARG(t->task->component->interface.outputs[k].name));
    if (o->how == PASS_FILE || o->how == PASS_BOTH)
        t->volume = true;
}

static void decide_passing(struct plan *p)
{
    const struct graph *g = p->graph;
    for (size_t k = 0; k < g->task_count; k++) {
        for (size_t m = 0; m < g->tasks[k].component->interface.input_count; m++)
            mark_input(p, &p->tasks[k], m);
        loop_mark(p, &g->tasks[k]);
        for (size_t m = 0; m < g->tasks[k].condition_count; m++) {
            const struct graph_value *v = &g->tasks[k].conditions[m].left;
            if (v->source == SOURCE_OUTPUT)
                p->tasks[v->index].outputs[v->port].by_value = true;
        }
    }
    for (size_t k = 0; k < g->component.interface.output_count; k++)
        mark_pipeline_output(p, k);
    kept_types(p);
    embed_mark(p);
    for (size_t k = 0; k < g->task_count; k++)
        for (size_t m = 0; m < g->tasks[k].component->interface.output_count; m++)
            decide_output(p, &p->tasks[k], m);
}

/* ---- inputs: parameter, literal, or file */

static bool travels_as_file(struct plan *p, const struct graph_value *v)
{
    if (v->source != SOURCE_OUTPUT)
        return false;
    enum passing how = p->tasks[v->index].outputs[v->port].how;
    return how == PASS_FILE || how == PASS_BOTH;
}

static void plan_text_input(struct plan *p, struct task_plan *t, size_t k)
{
    const struct graph_value *v = &t->task->inputs[k];
    struct input_plan *in = &t->inputs[k];
    bool dollar = false;
    if (!text_can_pass(v->text))
        refuse_text(p, t->task->pointer, v->at, "the argument");
    if (v->text.n > TEXT_MAX)
        task_problem(p, t, SEVERITY_ERROR, "argument_too_long",
                     "%.*s is longer than the %zu bytes that Linux takes for one argument",
                     STR_ARG(t->task->component->interface.inputs[k].name), TEXT_MAX);
    struct str escaped = text_escape_open(p->a, v->text, NULL, &dollar);
    /* A pipeline's parameters are checked for references: what looks like one stands in the command line itself. */
    if (text_has_reference(escaped))
        in->literal = escaped;
    else
        in->param = true;
    t->dollar = t->dollar || dollar;
}

/* A text that would look like a reference beside its real ones cannot be a parameter; its parts then are, each by
   itself. */
static void plan_parts_input(struct plan *p, struct task_plan *t, size_t k)
{
    const struct graph_value *v = &t->task->inputs[k];
    const struct interface *i = &t->task->component->interface;
    struct input_plan *in = &t->inputs[k];
    struct buf literal;
    struct name_set names;
    bool split = false;
    buf_init(&literal, p->a, 0);
    names_init(&names, p->a, i->input_count);
    for (size_t m = 0; m < i->input_count; m++)
        (void)names_variable(&names, t->inputs[m].name, "input");
    struct str *parts = arena_array_of(p->a, v->part_count, struct str);
    for (size_t m = 0; m < v->part_count; m++) {
        if (v->parts[m].source != SOURCE_TEXT) {
            parts[m] = names_variable(&names, in->name, "input");
            buf_printf(&literal, "$(params.%.*s)", STR_ARG(parts[m]));
            t->dollar = t->dollar || (v->parts[m].source == SOURCE_INPUT && p->params[v->parts[m].index].dollar);
            continue;
        }
        if (!text_can_pass(v->parts[m].text))
            refuse_text(p, t->task->pointer, v->at, "the template");
        struct str escaped = text_escape_open(p->a, v->parts[m].text, NULL, &t->dollar);
        split = split || text_has_reference(escaped);
        buf_str(&literal, escaped);
    }
    in->param = !split;
    if (split) {
        in->literal = buf_take(&literal);
        in->parts = parts;
    }
}

/* Where a secret is wanted as a value, the kubelet puts it in: it is neither in the manifest nor in a parameter. */
static void plan_secret_input(struct plan *p, struct task_plan *t, size_t k)
{
    if (t->inputs[k].value_used)
        t->inputs[k].literal = str_printf(p->a, "$(" SECRET_VARIABLE "%zu)", k);
}

static void plan_input(struct plan *p, struct task_plan *t, size_t k)
{
    const struct graph_value *v = &t->task->inputs[k];
    struct input_plan *in = &t->inputs[k];
    switch (v->source) {
    case SOURCE_TEXT:
        plan_text_input(p, t, k);
        break;
    case SOURCE_PARTS:
        plan_parts_input(p, t, k);
        break;
    case SOURCE_SECRET:
        plan_secret_input(p, t, k);
        break;
    case SOURCE_RUN:
        in->param = v->variable != VARIABLE_RETRY_COUNT;
        if (!in->param)
            in->literal = value_reference(p, v);
        break;
    case SOURCE_INPUT:
        in->param = true;
        t->dollar = t->dollar || p->params[v->index].dollar;
        break;
    case SOURCE_OUTPUT:
    case SOURCE_ITEM:
        in->param = true;
        break;
    case SOURCE_NONE:
    case SOURCE_UNKNOWN:
        break;
    }
}

static void plan_inputs(struct plan *p, struct task_plan *t)
{
    if (t->task->loop)
        t->inputs[t->task->loop->port].param = true; /* also where the program does not look at it */
    if (component_is_embedded(t->task->component)) {
        embed_inputs(p, t);
        return;
    }
    for (size_t k = 0; k < t->task->component->interface.input_count; k++) {
        const struct input_plan *in = &t->inputs[k];
        bool from_file = travels_as_file(p, &t->task->inputs[k]);
        if (in->path_used && from_file)
            t->volume = true;
        if (in->value_used || (in->path_used && !from_file))
            plan_input(p, t, k);
    }
    p->volume = p->volume || t->volume;
}

/* ---- conditions: whoever consumes what a skipped task would have made is skipped as well */

bool plan_same_condition(const struct graph_condition *x, const struct graph_condition *y)
{
    if (x == y)
        return true;
    if (x->negated != y->negated || x->count != y->count || x->left.source != y->left.source ||
        x->left.variable != y->left.variable || x->left.index != y->left.index || x->left.port != y->left.port ||
        !str_eq(x->left.text, y->left.text))
        return false;
    for (size_t i = 0; i < x->count; i++)
        if (!str_eq(x->values[i], y->values[i]))
            return false;
    return true;
}

void plan_add_when(struct plan *p, struct task_plan *t, const struct graph_condition *c)
{
    for (size_t i = 0; i < t->when_count; i++)
        if (plan_same_condition(t->when[i], c))
            return;
    /* grown by doubling: at powers of two */
    if ((t->when_count & (t->when_count - 1)) == 0)
        t->when = arena_grow(p->a, t->when, t->when_count * sizeof *t->when,
                             (t->when_count ? t->when_count * 2 : 1) * sizeof *t->when);
    t->when[t->when_count++] = c;
}

static void inherit_when(struct plan *p, struct task_plan *t, const struct graph_value *v)
{
    const struct graph_value *parts = NULL;
    size_t count = graph_parts(v, &parts);
    for (size_t m = 0; m < count; m++) {
        if (parts[m].source != SOURCE_OUTPUT)
            continue;
        const struct task_plan *from = &p->tasks[parts[m].index];
        for (size_t i = 0; i < from->when_count; i++)
            plan_add_when(p, t, from->when[i]);
    }
}

static void plan_when(struct plan *p, struct task_plan *t)
{
    for (size_t k = 0; k < t->task->condition_count; k++)
        plan_add_when(p, t, &t->task->conditions[k]);
    /* A task in `finally` is skipped by Tekton where a result is missing; file edges are task.c's. */
    if (t->task->exit_handler)
        return;
    if (t->task->collects) {
        collect_plan(p, t);
        return;
    }
    if (t->task->loop)
        inherit_when(p, t, &t->task->loop->over);
    for (size_t k = 0; k < t->task->condition_count; k++)
        inherit_when(p, t, &t->task->conditions[k].left);
    for (size_t k = 0; k < t->task->component->interface.input_count; k++)
        inherit_when(p, t, &t->task->inputs[k]);
}

static void each_source(const struct graph_task *t, void (*use)(void *context, size_t from), void *context)
{
    for (size_t k = 0; k < t->condition_count; k++)
        if (t->conditions[k].left.source == SOURCE_OUTPUT)
            use(context, t->conditions[k].left.index);
    if (t->loop && t->loop->over.source == SOURCE_OUTPUT)
        use(context, t->loop->over.index);
    for (size_t k = 0; k < t->component->interface.input_count; k++) {
        const struct graph_value *parts = NULL;
        size_t count = graph_parts(&t->inputs[k], &parts);
        for (size_t i = 0; i < count; i++)
            if (parts[i].source == SOURCE_OUTPUT)
                use(context, parts[i].index);
    }
}

struct edge_list {
    size_t *from, *to, count, at;
};

static void count_edge(void *context, size_t from)
{
    (void)from;
    (*(size_t *)context)++;
}

static void store_edge(void *context, size_t from)
{
    struct edge_list *e = context;
    e->from[e->count] = from;
    e->to[e->count++] = e->at;
}

/* Producers first, wherever they stand in the document. */
static void plan_conditions(struct plan *p)
{
    const struct graph *g = p->graph;
    size_t count = 0;
    bool needed = false;
    for (size_t k = 0; k < g->task_count; k++) {
        each_source(&g->tasks[k], count_edge, &count);
        needed = needed || g->tasks[k].condition_count > 0 || g->tasks[k].collects;
    }
    if (!needed)
        return;
    struct edge_list e = {.from = arena_array_of(p->a, count, size_t), .to = arena_array_of(p->a, count, size_t)};
    for (e.at = 0; e.at < g->task_count; e.at++)
        each_source(&g->tasks[e.at], store_edge, &e);
    size_t *order = arena_array_of(p->a, g->task_count, size_t);
    size_t cycle = 0;
    if (!graph_order(p->a, g->task_count, e.from, e.to, e.count, order, &cycle))
        return; /* graph_read refuses cycles */
    for (size_t k = 0; k < g->task_count; k++)
        plan_when(p, &p->tasks[order[k]]);
}

/* ---- results of the pipeline */

static void plan_results(struct plan *p)
{
    const struct interface *i = &p->graph->component.interface;
    struct name_set names;
    names_init(&names, p->a, i->output_count);
    p->results = arena_array_of(p->a, i->output_count, struct str);
    for (size_t k = 0; k < i->output_count; k++) {
        const struct graph_value *v = &p->graph->outputs[k];
        if (v->source == SOURCE_NONE && !v->at)
            continue; /* nothing is connected: told already */
        const char *what = v->source == SOURCE_INPUT   ? "an input handed through"
                           : v->source == SOURCE_RUN   ? "a variable of the run"
                           : v->source == SOURCE_PARTS ? "a text of several parts"
                                                       : "a constant";
        if (v->source == SOURCE_OUTPUT) {
            enum passing how = p->tasks[v->index].outputs[v->port].how;
            if (how == PASS_RESULT || how == PASS_BOTH) {
                p->results[k] = names_variable(&names, i->outputs[k].name, "output");
                continue;
            }
            what = type_is_workspace(v->type) ? "a folder" : "a file";
        }
        struct problem *problem =
            problem_add(p->ps, SEVERITY_WARNING, "output_not_a_result",
                        pointer_key(p->a, STR("/implementation/graph/outputValues"), i->outputs[k].name), v->at,
                        "the pipeline's output %.*s is %s, which Tekton cannot have as a result; the hub records it",
                        STR_ARG(i->outputs[k].name), what);
        problem_hint(p->ps, problem, "it is missing from the results of a manifest that is launched without the hub");
    }
}

void plan_make(struct plan *p)
{
    name_all(p);
    loop_uses(p);
    mark_open_params(p);
    plan_params(p);
    plan_conditions(p); /* which say how collectors get their parts */
    decide_passing(p);
    for (size_t k = 0; k < p->graph->task_count; k++)
        plan_inputs(p, &p->tasks[k]);
    spaces_plan(p);
    for (size_t k = 0; k < p->graph->task_count; k++)
        kubernetes_plan(p, &p->tasks[k]);
    plan_results(p);
    p->seen = arena_array_of(p->a, p->graph->task_count, size_t);
}
