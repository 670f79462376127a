/*
 * Ports of custom tasks. Nobody but the controller of such an object knows them, so that each task has those that the
 * document uses: its arguments are inputs, what others take from it are outputs; all without a type.
 */
#include "catalog/check.h"
#include "pipeline-creator/graph/read.h"

#define MAX_DEPTH 64 /* as deep as documents can be */

struct outputs_in_use {
    struct map tasks; /* id → number of its first use */
    struct use {
        struct str output;
        size_t next; /* of the same task; SIZE_MAX = none */
    } * list;
    size_t count, cap;
};

static void add_use(struct reader *r, struct outputs_in_use *uses, struct str task, struct str output)
{
    size_t *first = map_find(&uses->tasks, task), next = first ? *first : SIZE_MAX;
    for (size_t i = next; i != SIZE_MAX; i = uses->list[i].next)
        if (str_eq(uses->list[i].output, output))
            return;
    if (uses->count == uses->cap) {
        size_t cap = uses->cap ? uses->cap * 2 : 16;
        uses->list = arena_grow(r->a, uses->list, uses->count * sizeof *uses->list, cap * sizeof *uses->list);
        uses->cap = cap;
    }
    uses->list[uses->count] = (struct use){output, next};
    if (first)
        *first = uses->count;
    else
        (void)map_add(&uses->tasks, task, uses->count);
    uses->count++;
}

static void look(struct reader *r, struct outputs_in_use *uses, const struct node *n, unsigned depth)
{
    if (depth > MAX_DEPTH)
        return;
    const struct node *reference = node_is_map(n) ? node_get(n, "taskOutput") : NULL;
    if (node_is_map(reference))
        add_use(r, uses, node_text_of(reference, "taskId"), node_text_of(reference, "outputName"));
    for (size_t i = 0; i < node_count(n); i++)
        look(r, uses, node_is_map(n) ? n->pairs[i].value : n->items[i], depth + 1);
    /* annotations may be JSON in a text */
    if (node_is_string(n) && str_find(n->text, STR("taskOutput")) >= 0)
        look(r, uses, check_inner(r->a, n->text), depth + 1);
}

static struct outputs_in_use *look_around(struct reader *r, const struct scope *s)
{
    struct outputs_in_use *uses = arena_new_of(r->a, struct outputs_in_use);
    *uses = (struct outputs_in_use){0};
    map_init(&uses->tasks, r->a, 0);
    const struct node *tasks = node_get(s->graph, "tasks");
    for (size_t i = 0; node_is_map(tasks) && i < tasks->count; i++) {
        const struct node *task = tasks->pairs[i].value;
        /* not into componentRef: a pipeline there has tasks of its own */
        look(r, uses, node_get(task, "arguments"), 0);
        look(r, uses, node_get(task, "isEnabled"), 0);
        look(r, uses, node_get(task, "annotations"), 0);
    }
    look(r, uses, node_get(s->graph, "outputValues"), 0);
    return uses;
}

static bool is_tekton_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-')))
            return false;
    }
    return s.n > 0;
}

static void add_port(struct reader *r, const struct scope *s, const struct level_task *t, struct port *ports,
                     size_t *count, struct str name)
{
    if (!is_tekton_name(name)) {
        struct str shown = check_excerpt(r->a, name);
        scope_problem(r, s, SEVERITY_ERROR, "invalid_port_name", t->pointer, &t->key,
                      "%.*s is a custom task, whose params and results cannot be called \"%.*s\"", STR_ARG(t->path),
                      STR_ARG(shown));
    }
    ports[*count] = (struct port){.name = name, .optional = true, .line = t->key.line, .column = t->key.column};
    ++*count;
}

/* Arguments, and what loops and templates fill. */
static struct node *inputs_in_use(struct reader *r, const struct level_task *t)
{
    const struct node *annotations = node_get(t->node, "annotations"), *arguments = node_get(t->node, "arguments");
    const struct node *iterate = annotation_value(r->a, annotations, "iterate"), *looped = node_get(iterate, "input");
    const struct node *maps[] = {arguments, annotation_value(r->a, annotations, "template"), looped};
    struct node *names = node_map(r->a);
    for (size_t m = 0; m < sizeof maps / sizeof maps[0]; m++)
        for (size_t i = 0; node_is_map(maps[m]) && i < maps[m]->count; i++)
            node_set(r->a, names, maps[m]->pairs[i].key, names);
    if (node_is_string(looped))
        node_set(r->a, names, looped->text, names);
    return names;
}

const struct component *custom_component(struct reader *r, struct scope *s, const struct level_task *t)
{
    struct component *c = arena_new_of(r->a, struct component);
    *c = *t->ref.component;
    if (!s->outputs_in_use)
        s->outputs_in_use = look_around(r, s);
    struct outputs_in_use *uses = s->outputs_in_use;
    const struct node *used = inputs_in_use(r, t);
    size_t inputs = used->count, outputs = 0;
    const size_t *first = map_find(&uses->tasks, t->id);
    for (size_t i = first ? *first : SIZE_MAX; i != SIZE_MAX; i = uses->list[i].next)
        outputs++;
    if (inputs > INTERFACE_MAX_PORTS || outputs > INTERFACE_MAX_PORTS) {
        scope_problem(r, s, SEVERITY_ERROR, "too_many_ports", t->pointer, &t->key, "%.*s has more than %d ports",
                      STR_ARG(t->path), INTERFACE_MAX_PORTS);
        return NULL;
    }
    c->interface.inputs = arena_array_of(r->a, inputs, struct port);
    c->interface.outputs = arena_array_of(r->a, outputs, struct port);
    for (size_t i = 0; i < inputs; i++)
        add_port(r, s, t, c->interface.inputs, &c->interface.input_count, used->pairs[i].key);
    for (size_t i = first ? *first : SIZE_MAX; i != SIZE_MAX; i = uses->list[i].next)
        add_port(r, s, t, c->interface.outputs, &c->interface.output_count, uses->list[i].output);
    c->param_count = c->interface.input_count;
    c->result_count = c->interface.output_count;
    struct str api = node_text_of(c->custom, "apiVersion"), kind = node_text_of(c->custom, "kind");
    struct problem *p = scope_problem(r, s, SEVERITY_WARNING, "custom_task", t->ref.pointer, &t->key,
                                      "%.*s is a custom task: the cluster needs a controller of %.*s %.*s, which alone "
                                      "knows its params and results",
                                      STR_ARG(t->path), STR_ARG(api), STR_ARG(kind));
    problem_hint(r->ps, p, "it cannot be run on this machine");
    return c;
}
