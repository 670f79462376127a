#include "pipeline-creator/compile/resume.h"

#include "pipeline-creator/compile/text.h"

struct resuming {
    struct plan *p;
    const struct compile_finished **finished; /* for each task; NULL = it did not finish */
    bool *kept;
    size_t *stack, depth;
    size_t *number; /* of a kept task in the new graph */
};

static void keep(struct resuming *r, size_t task)
{
    if (r->kept[task])
        return;
    r->kept[task] = true;
    r->stack[r->depth++] = task;
}

/* p NULL where there is none, or one that cannot stand in a manifest as a constant. */
static struct str stored_result(const struct resuming *r, size_t task, size_t port)
{
    const struct compile_finished *f = r->finished[task];
    const struct component *c = r->p->graph->tasks[task].component;
    const struct node *n = f ? node_get_str(f->results, c->interface.outputs[port].name) : NULL;
    struct str text = node_is_scalar(n) ? node_text(n) : STR_NONE;
    return text_can_pass(text) && text.n <= TEXT_MAX ? text : STR_NONE;
}

static bool by_file(const struct output_plan *o)
{
    return o->how == PASS_FILE || o->how == PASS_BOTH;
}

/* What a task that runs needs of one that has run: a stored result, or the task once more. */
static void need_value(struct resuming *r, const struct graph_value *v, bool as_file)
{
    const struct graph_value *part = NULL;
    size_t count = graph_parts(v, &part);
    for (size_t i = 0; i < count; i++) {
        if (part[i].source != SOURCE_OUTPUT)
            continue;
        const struct output_plan *o = &r->p->tasks[part[i].index].outputs[part[i].port];
        if ((as_file && by_file(o)) || part[i].every || !stored_result(r, part[i].index, part[i].port).p)
            keep(r, part[i].index);
    }
}

static void need_of_task(struct resuming *r, size_t task)
{
    const struct task_plan *t = &r->p->tasks[task];
    const struct interface *ports = &t->task->component->interface;
    for (size_t k = 0; k < ports->input_count; k++) {
        const struct input_plan *in = &t->inputs[k];
        if (in->value_used || in->path_used || str_is(ports->inputs[k].type, "Workspace"))
            need_value(r, &t->task->inputs[k], in->path_used);
    }
    for (size_t k = 0; k < t->task->condition_count; k++)
        need_value(r, &t->task->conditions[k].left, false);
    /* a list is an array of Tekton's, which no constant can be */
    if (t->task->loop && t->task->loop->over.source == SOURCE_OUTPUT)
        keep(r, t->task->loop->over.index);
}

/* It stands for no task of the document: it runs when somebody wants its answer, from what was stored. */
static bool is_made(const struct graph_task *t)
{
    return t->collects || t->condition_of.n > 0;
}

static void choose(struct resuming *r)
{
    const struct graph *g = r->p->graph;
    for (size_t k = 0; k < g->task_count; k++)
        if (g->tasks[k].exit_handler || (!r->finished[k] && !is_made(&g->tasks[k])))
            keep(r, k);
    for (size_t k = 0; k < g->component.interface.output_count; k++)
        need_value(r, &g->outputs[k], true);
    while (r->depth > 0)
        need_of_task(r, r->stack[--r->depth]);
}

static struct graph_value replaced(const struct resuming *r, struct graph_value v)
{
    struct arena *a = r->p->a;
    if (v.source == SOURCE_PARTS) {
        struct graph_value *parts = arena_array_of(a, v.part_count, struct graph_value);
        for (size_t i = 0; i < v.part_count; i++)
            parts[i] = replaced(r, v.parts[i]);
        v.parts = parts;
        return v;
    }
    if (v.source != SOURCE_OUTPUT)
        return v;
    if (r->kept[v.index]) {
        v.index = r->number[v.index];
        return v;
    }
    struct str text = stored_result(r, v.index, v.port);
    v.source = SOURCE_TEXT;
    v.text = text.p ? text : STR(""); /* nobody looks at it: need_of_task asks for what is used */
    return v;
}

static struct graph_value *replaced_all(const struct resuming *r, const struct graph_value *values, size_t count)
{
    struct graph_value *out = arena_array_of(r->p->a, count, struct graph_value);
    for (size_t i = 0; i < count; i++)
        out[i] = replaced(r, values[i]);
    return out;
}

static struct graph_task rest_of(const struct resuming *r, const struct graph_task *t)
{
    struct arena *a = r->p->a;
    struct graph_task out = *t;
    out.inputs = replaced_all(r, t->inputs, t->component->interface.input_count);
    out.conditions = arena_array_of(a, t->condition_count, struct graph_condition);
    for (size_t k = 0; k < t->condition_count; k++) {
        out.conditions[k] = t->conditions[k];
        out.conditions[k].left = replaced(r, t->conditions[k].left);
    }
    if (t->loop) {
        struct graph_loop *loop = arena_new_of(a, struct graph_loop);
        *loop = *t->loop;
        loop->over = replaced(r, loop->over);
        out.loop = loop;
    }
    out.after = arena_array_of(a, t->after_count, size_t);
    out.after_count = 0;
    for (size_t k = 0; k < t->after_count; k++)
        if (r->kept[t->after[k]])
            out.after[out.after_count++] = r->number[t->after[k]];
    return out;
}

static void find_finished(struct resuming *r, const struct compile_finished *finished, size_t count)
{
    const struct graph *g = r->p->graph;
    struct map paths;
    map_init(&paths, r->p->a, count);
    for (size_t i = 0; i < count; i++)
        (void)map_add(&paths, finished[i].path, i);
    for (size_t k = 0; k < g->task_count; k++) {
        const size_t *at = map_find(&paths, g->tasks[k].path);
        const struct compile_finished *f = at ? &finished[*at] : NULL;
        if (f && !is_made(&g->tasks[k]) &&
            (f->component_digest.n == 0 || str_eq(f->component_digest, g->tasks[k].digest)))
            r->finished[k] = f;
    }
}

struct graph *resume_graph(struct plan *plan, const struct compile_finished *finished, size_t count)
{
    struct arena *a = plan->a;
    const struct graph *g = plan->graph;
    struct resuming r = {.p = plan};
    r.finished = arena_array_of(a, g->task_count, const struct compile_finished *);
    r.kept = arena_array_of(a, g->task_count, bool);
    r.stack = arena_array_of(a, g->task_count, size_t);
    r.number = arena_array_of(a, g->task_count, size_t);
    find_finished(&r, finished, count);
    choose(&r);

    struct graph *out = arena_new_of(a, struct graph);
    *out = *g;
    out->tasks = arena_array_of(a, g->task_count, struct graph_task);
    out->task_count = 0;
    for (size_t k = 0; k < g->task_count; k++)
        r.number[k] = r.kept[k] ? out->task_count++ : 0;
    for (size_t k = 0; k < g->task_count; k++)
        if (r.kept[k])
            out->tasks[r.number[k]] = rest_of(&r, &g->tasks[k]);
    out->outputs = replaced_all(&r, g->outputs, g->component.interface.output_count);
    return out;
}
