/*
 * What a loop made, for those outside: the list of what its iterations made, in their order (KFP's Collected). A task
 * of our own puts it together when the pipeline runs.
 */
#include "catalog/interface.h"
#include "pipeline-creator/graph/read.h"

/* Its output carries the name of what it collects. */
static struct component *collecting_component(struct reader *r, const struct port *port, size_t inputs, bool matrix)
{
    struct component *c = arena_new_of(r->a, struct component);
    struct interface *i = &c->interface;
    *c = (struct component){.container = node_map(r->a)};
    i->inputs = arena_array_of(r->a, inputs, struct port);
    i->outputs = arena_array_of(r->a, 1, struct port);
    i->input_count = inputs;
    i->output_count = 1;
    for (size_t k = 0; k < inputs; k++)
        i->inputs[k] = (struct port){.name = matrix ? STR("items") : str_printf(r->a, "item-%zu", k)};
    i->outputs[0] = (struct port){.name = port->name, .type = STR("JsonArray")};
    return c;
}

/* One for each iteration, or all of them at once from a matrix. False when one is not known. */
static bool find_parts(struct reader *r, const struct level_task *from, size_t port, struct graph_value **parts,
                       size_t *count)
{
    const struct loop *l = from->loop;
    size_t rounds = l->matrix ? 1 : l->round_count;
    *parts = arena_array_of(r->a, rounds, struct graph_value);
    *count = 0;
    for (size_t i = 0; i < rounds; i++) {
        const struct level_task *round = l->matrix ? from : &l->rounds[i];
        struct graph_value v = {.source = SOURCE_OUTPUT, .index = round->flat, .port = port, .every = l->matrix};
        if (round->inner)
            v = round->outputs[port];
        if (v.source == SOURCE_UNKNOWN)
            return false;
        if (v.source != SOURCE_NONE)
            (*parts)[(*count)++] = v;
    }
    return true;
}

static bool refuse(struct reader *r, const struct scope *s, const struct level_task *from, const struct port *port,
                   const struct node *at, struct str pointer)
{
    if (port->type.n && !type_is_value(port->type)) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "iterate_file_output", pointer, at,
                                          "%.*s of %.*s is a file (%.*s): the files of a loop cannot be collected",
                                          STR_ARG(port->name), STR_ARG(from->path), STR_ARG(port->type));
        problem_hint(r->ps, p, "use it inside the loop: let a pipeline be the loop's body, and hand out a value");
        return true;
    }
    if (from->loop->matrix && component_is_embedded(from->ref.component)) {
        struct problem *p =
            scope_problem(r, s, SEVERITY_ERROR, "iterate_task_output", pointer, at,
                          "%.*s is a Tekton Task in a loop over a list that is only known when running: its results "
                          "come without order",
                          STR_ARG(from->path));
        problem_hint(r->ps, p, "give the list when compiling, or use a component that is no Tekton Task");
        return true;
    }
    if (from->loop->matrix && settings_on_error(r, from)) {
        struct problem *p =
            scope_problem(r, s, SEVERITY_ERROR, "iterate_on_error", pointer, at,
                          "%.*s may fail for some items, which Tekton cannot tell apart in a list that is only known "
                          "when running",
                          STR_ARG(from->path));
        problem_hint(r->ps, p, "remove on-error, or give the list when compiling");
        return true;
    }
    return false;
}

static size_t new_collector(struct reader *r, const struct scope *s, const struct level_task *from,
                            const struct port *port, struct graph_value *parts, size_t count)
{
    const struct loop *l = from->loop;
    struct str path = scope_path(r, str_cat(r->a, from->path, STR("[*]")), port->name);
    size_t flat = scope_new_flat(r, path, from->id, collecting_component(r, port, count, l->matrix));
    struct graph_task *t = &r->out->tasks[flat];
    t->pointer = s->foreign ? s->foreign_pointer : from->pointer;
    t->at = s->foreign ? s->foreign_at : &from->key;
    t->inputs = parts;
    t->conditions = l->conditions;
    t->condition_count = l->condition_count;
    t->collects = true;
    t->item_type = port->type;
    return flat;
}

struct graph_value collect_output(struct reader *r, struct scope *s, const struct level_task *from, size_t port,
                                  const struct node *at, struct str pointer)
{
    struct loop *l = from->loop;
    const struct interface *i = &from->ref.component->interface;
    struct graph_value list = {.source = SOURCE_UNKNOWN, .at = at};
    if (!l->bound || refuse(r, s, from, &i->outputs[port], at, pointer))
        return list;
    if (!l->matrix && l->round_count == 0) {
        list.source = SOURCE_TEXT;
        list.text = STR("[]");
        return list;
    }
    if (!l->collectors) {
        l->collectors = arena_array_of(r->a, i->output_count, size_t);
        for (size_t k = 0; k < i->output_count; k++)
            l->collectors[k] = SIZE_MAX;
    }
    if (l->collectors[port] == SIZE_MAX) {
        struct graph_value *parts = NULL;
        size_t count = 0;
        r->too_many = r->too_many || r->out->task_count >= GRAPH_MAX_TASKS;
        if (r->too_many || !find_parts(r, from, port, &parts, &count))
            return list;
        l->collectors[port] = new_collector(r, s, from, &i->outputs[port], parts, count);
    }
    list.source = SOURCE_OUTPUT;
    list.index = l->collectors[port];
    return list;
}
