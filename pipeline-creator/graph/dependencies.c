/* Which tasks of a graph need which: their order, circles, and connections that say nothing. */
#include "pipeline-creator/graph/read.h"

struct edges {
    struct reader *r;
    struct scope *s;
    size_t *from, *to, count, cap, at;
};

static void add_edge(struct edges *e, struct str id)
{
    size_t *from = map_find(&e->s->ids, id);
    if (!from || *from == e->at)
        return;
    if (e->count == e->cap) {
        size_t cap = e->cap ? e->cap * 2 : 64;
        e->from = arena_grow(e->r->a, e->from, e->count * sizeof *e->from, cap * sizeof *e->from);
        e->to = arena_grow(e->r->a, e->to, e->count * sizeof *e->to, cap * sizeof *e->to);
        e->cap = cap;
    }
    e->from[e->count] = *from;
    e->to[e->count++] = e->at;
}

static void check_self(struct reader *r, struct scope *s, const struct level_task *t, struct str id,
                       const struct node *at)
{
    if (!str_eq(id, t->id))
        return;
    struct problem *p =
        scope_problem(r, s, SEVERITY_ERROR, "self_reference", t->pointer, at, "%.*s needs itself", STR_ARG(t->path));
    (void)fix_cut(r, s, t, p, id);
}

static void use_operand(void *context, const struct node *operand)
{
    struct edges *e = context;
    struct str id = argument_task(operand);
    if (id.n == 0)
        return;
    check_self(e->r, e->s, &e->s->tasks[e->at], id, operand);
    add_edge(e, id);
}

static void collect_edges(struct edges *e)
{
    for (size_t i = 0; i < e->s->count; i++) {
        const struct level_task *t = &e->s->tasks[i];
        e->at = i;
        const struct node *arguments = node_get(t->node, "arguments");
        for (size_t k = 0; node_is_map(arguments) && k < arguments->count; k++)
            use_operand(e, arguments->pairs[k].value);
        struct str ignored;
        condition_operands(template_map(e->r, e->s, t, false, &ignored), use_operand, e, 0);
        condition_operands(node_get(t->node, "isEnabled"), use_operand, e, 0);
        loop_operand(e->r, t, use_operand, e);
        kubernetes_operands(t->kubernetes, use_operand, e);
        const struct node *after = settings_depends_on(e->r, e->s, t, false);
        for (size_t k = 0; k < node_count(after); k++) {
            struct str id = node_text(after->items[k]);
            check_self(e->r, e->s, t, id, after->items[k]);
            add_edge(e, id);
        }
    }
}

static void report_cycle(struct reader *r, struct scope *s, const size_t *cycle, size_t length)
{
    struct buf b;
    buf_init(&b, r->a, 300);
    size_t first = 0;
    for (size_t i = 0; i < length; i++)
        if (cycle[i] < cycle[first])
            first = i;
    for (size_t i = 0; i <= length; i++)
        buf_printf(&b, "%s%.*s", i ? " → " : "", STR_ARG(s->tasks[cycle[(first + i) % length]].id));
    struct str path = buf_take(&b);
    const struct level_task *t = &s->tasks[cycle[first]];
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "cycle", t->pointer, &t->key,
                                      "tasks need each other in a circle: %.*s", STR_ARG(path));
    problem_hint(r->ps, p, "remove one of these connections");
    /* each number needs the one before it; the last connection of the circle as it is told comes first */
    for (size_t i = 0; i < length; i++) {
        size_t needs = (first + length - i) % length, needed = (needs + length - 1) % length;
        if (fix_cut(r, s, &s->tasks[cycle[needs]], p, s->tasks[cycle[needed]].id))
            return;
    }
}

/* Both are single tasks: a pipeline or a loop is more than the part of it that makes or takes the value. */
static bool takes_value_of(const struct level_task *t, const struct level_task *other)
{
    const struct node *arguments = node_get(t->node, "arguments");
    if (t->inner || t->loop || other->inner || other->loop || !t->ref.component || !other->ref.component)
        return false;
    for (size_t i = 0; node_is_map(arguments) && i < arguments->count; i++)
        if (str_eq(argument_task(arguments->pairs[i].value), other->id))
            return true;
    return false;
}

/* Named twice, or waited for anyway; told_for has a number for each task of the scope: the last one that named it. */
static void check_redundant(struct reader *r, struct scope *s, const struct level_task *t, struct str id,
                            const struct node *at, size_t *told_for)
{
    const size_t *other = map_find(&s->ids, id);
    size_t number = (size_t)(t - s->tasks) + 1;
    if (!other || &s->tasks[*other] == t)
        return;
    bool twice = told_for[*other] == number;
    told_for[*other] = number;
    if (!twice && !takes_value_of(t, &s->tasks[*other]))
        return;
    struct problem *p = scope_problem(
        r, s, SEVERITY_INFO, "redundant_depends_on", pointer_key(r->a, t->pointer, STR("annotations")), at,
        twice ? "%.*s depends on %.*s already" : "%.*s takes an output of %.*s and waits for it anyway",
        STR_ARG(t->path), STR_ARG(id));
    fix_depends_on(r, s, t, p, id, twice, STR_NONE);
}

static void check_dependencies(struct reader *r, struct scope *s)
{
    size_t *told_for = arena_array_of(r->a, s->count, size_t);
    for (size_t i = 0; i < s->count; i++) {
        const struct node *after = settings_depends_on(r, s, &s->tasks[i], true);
        for (size_t k = 0; k < node_count(after); k++)
            check_redundant(r, s, &s->tasks[i], node_text(after->items[k]), after->items[k], told_for);
    }
}

size_t *dependencies_order(struct reader *r, struct scope *s)
{
    struct edges e = {.r = r, .s = s};
    collect_edges(&e);
    s->edge_from = e.from;
    s->edge_to = e.to;
    s->edge_count = e.count;
    check_dependencies(r, s);
    size_t *order = arena_array_of(r->a, s->count, size_t);
    size_t cycle = 0;
    if (graph_order(r->a, s->count, e.from, e.to, e.count, order, &cycle))
        return order;
    report_cycle(r, s, order, cycle);
    /* Each task is still looked at, so that other problems are told together with this one. */
    for (size_t i = 0; i < s->count; i++)
        order[i] = i;
    return order;
}
