/*
 * Tasks that can never run, whatever the inputs and outputs are: by a condition of constants, by conditions that
 * exclude each other, or because they consume what such a task would have made. (A task that only comes after one by
 * depends-on still runs.) What is said is certain; not all that is so is found: conditions that are computed, loops and
 * exit handlers are left aside.
 */
#include "pipeline-creator/graph/read.h"

#define COMPARED_MAX 50 /* conditions of one task, and texts of one condition: each with each */
#define PASSES_MAX   20 /* over all tasks: chains against the order of the document are followed as far as that */

static bool same(const struct graph_value *x, const struct graph_value *y)
{
    bool plain = x->source == SOURCE_INPUT || x->source == SOURCE_OUTPUT;
    return plain && x->source == y->source && x->index == y->index && x->port == y->port && x->every == y->every;
}

static bool has(const struct graph_condition *c, struct str text)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->values[i], text))
            return true;
    return false;
}

/* Whether no value is in the first list and passes the second. */
static bool excludes(const struct graph_condition *x, const struct graph_condition *y)
{
    if (x->negated || x->check || y->check || !same(&x->left, &y->left) || x->count > COMPARED_MAX ||
        y->count > COMPARED_MAX)
        return false;
    for (size_t i = 0; i < x->count; i++)
        if (has(y, x->values[i]) != y->negated)
            return false;
    return true;
}

static void note(void *context, const struct node *operand)
{
    (void)operand;
    *(bool *)context = true;
}

/* A constant that is not the text that is wanted. What an input has now is another matter: it can change. */
static bool is_never(const struct graph_condition *c)
{
    bool refers = false;
    if (c->check || c->left.source != SOURCE_TEXT || has(c, c->left.text) != c->negated)
        return false;
    condition_operands(c->at, note, &refers, 0);
    return !refers;
}

/* The condition that cannot hold, or NULL. */
static const struct graph_condition *impossible(const struct graph_task *t)
{
    size_t count = t->condition_count < COMPARED_MAX ? t->condition_count : COMPARED_MAX;
    for (size_t i = 0; i < count; i++) {
        if (is_never(&t->conditions[i]))
            return &t->conditions[i];
        for (size_t k = 0; k < count; k++)
            if (k != i && excludes(&t->conditions[i], &t->conditions[k]))
                return &t->conditions[i > k ? i : k];
    }
    return NULL;
}

/* 1 + the number of a task that never runs among those that the value comes from; 0 = none. */
static size_t never_comes(const struct graph_value *v, const size_t *never)
{
    const struct graph_value *parts = NULL;
    for (size_t n = graph_parts(v, &parts); n-- > 0;)
        if (parts[n].source == SOURCE_OUTPUT && never[parts[n].index] > 0)
            return parts[n].index + 1;
    return 0;
}

static size_t waits_for_never(const struct graph_task *t, const size_t *never)
{
    size_t found = 0;
    if (t->collects || t->exit_handler)
        return 0;
    for (size_t i = 0; !found && i < t->component->interface.input_count; i++)
        found = never_comes(&t->inputs[i], never);
    for (size_t i = 0; !found && i < t->condition_count; i++)
        found = t->conditions[i].check ? 0 : never_comes(&t->conditions[i].left, never);
    return found;
}

static void tell(struct reader *r, size_t k, size_t because)
{
    const struct graph_task *t = &r->out->tasks[k], *other = &r->out->tasks[because];
    struct problem *p = because == k ? problem_add(r->ps, SEVERITY_WARNING, "unreachable_task", t->pointer, t->at,
                                                   "%.*s never runs: its conditions cannot hold", STR_ARG(t->path))
                                     : problem_add(r->ps, SEVERITY_WARNING, "unreachable_task", t->pointer, t->at,
                                                   "%.*s never runs: it needs what %.*s makes, which never runs",
                                                   STR_ARG(t->path), STR_ARG(other->path));
    problem_hint(r->ps, p, "change the condition, or remove the task");
}

/* Of a pipeline that cannot run, one task is told. */
static void find_impossible(struct reader *r, size_t *never)
{
    const struct node *last = NULL;
    for (size_t k = 0; k < r->out->task_count; k++) {
        const struct graph_task *t = &r->out->tasks[k];
        bool round = str_find_char(t->path, '[') >= 0; /* one item of several: the others may run */
        const struct graph_condition *wrong = round ? NULL : impossible(t);
        if (!wrong)
            continue;
        never[k] = k + 1;
        if (wrong->at != last)
            tell(r, k, k);
        last = wrong->at;
    }
}

void unreachable_tell(struct reader *r)
{
    size_t *never = arena_array_of(r->a, r->out->task_count, size_t);
    bool more = true;
    find_impossible(r, never);
    for (unsigned pass = 0; more && pass < PASSES_MAX; pass++) {
        more = false;
        for (size_t k = 0; k < r->out->task_count; k++) {
            size_t because = never[k] ? 0 : waits_for_never(&r->out->tasks[k], never);
            if (because == 0)
                continue;
            never[k] = because;
            more = true;
            tell(r, k, because - 1);
        }
    }
}
