/*
 * isEnabled → a list of conditions that must all hold, each of the form "operand in / not in a list of texts", which
 * is what Tekton's `when` can say. What cannot be said so is refused.
 */
#include "pipeline-creator/graph/read.h"

#include <string.h>

#define CONDITION_MAX_DEPTH 32

struct conditions {
    struct reader *r;
    struct scope *s;
    const struct level_task *t;
    struct graph_condition *list;
    size_t count, cap;
    bool failed;
};

static void refuse(struct conditions *c, const struct node *at, struct str pointer, const char *what)
{
    if (c->failed)
        return;
    c->failed = true;
    struct problem *p = scope_problem(c->r, c->s, SEVERITY_ERROR, "unsupported_condition", pointer, at,
                                      "the condition of %.*s cannot be compiled yet: %s", STR_ARG(c->t->path), what);
    problem_hint(c->r->ps, p, "== and != against a text, `and` of them, and `or` over one operand can be");
}

static void wrong(struct conditions *c, const struct node *at, struct str pointer, const char *what)
{
    if (c->failed)
        return;
    c->failed = true;
    scope_problem(c->r, c->s, SEVERITY_ERROR, "condition_shape", pointer, at, "the condition of %.*s is wrong: %s",
                  STR_ARG(c->t->path), what);
}

static void add(struct conditions *c, struct graph_condition one)
{
    if (c->count == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 4;
        c->list = arena_grow(c->r->a, c->list, c->count * sizeof *c->list, cap * sizeof *c->list);
        c->cap = cap;
    }
    c->list[c->count++] = one;
}

/* Both sides of an operator: {op1, op2}, as KFP writes them, or a list. */
static bool operands(const struct node *n, const struct node **left, const struct node **right)
{
    if (node_is_seq(n) && n->count == 2) {
        *left = n->items[0];
        *right = n->items[1];
        return true;
    }
    *left = node_get(n, "op1");
    *right = node_get(n, "op2");
    return *left && *right;
}

void condition_operands(const struct node *predicate, void (*use)(void *context, const struct node *operand),
                        void *context, unsigned depth)
{
    if (depth > CONDITION_MAX_DEPTH)
        return;
    if (node_is_map(predicate) && (node_get(predicate, "taskOutput") || node_get(predicate, "graphInput"))) {
        use(context, predicate);
        return;
    }
    if (node_is_scalar(predicate) || predicate == NULL)
        return;
    for (size_t i = 0; i < predicate->count; i++)
        condition_operands(predicate->kind == NODE_MAP ? predicate->pairs[i].value : predicate->items[i], use, context,
                           depth + 1);
}

/* A side whose value is known while compiling; absent ones are equal to nothing. */
static bool is_fixed(const struct graph_value *v)
{
    return v->source == SOURCE_TEXT || v->source == SOURCE_NONE;
}

static struct graph_condition fixed(bool holds, const struct node *at, struct str pointer, struct arena *a)
{
    struct graph_condition c = {.left = {.source = SOURCE_TEXT, .text = holds ? STR("true") : STR("false"), .at = at},
                                .values = arena_array_of(a, 1, struct str),
                                .count = 1,
                                .at = at,
                                .pointer = pointer};
    c.values[0] = STR("true");
    return c;
}

static bool equal_fixed(const struct graph_value *x, const struct graph_value *y)
{
    return x->source == SOURCE_TEXT && y->source == SOURCE_TEXT && str_eq(x->text, y->text);
}

static bool compare(struct conditions *c, const struct node *n, struct str pointer, bool negated,
                    struct graph_condition *out)
{
    const struct node *left = NULL, *right = NULL;
    if (!operands(n, &left, &right)) {
        wrong(c, n, pointer, "a comparison needs op1 and op2");
        return false;
    }
    struct graph_value x = argument_read(c->r, c->s, c->t, left, pointer);
    struct graph_value y = argument_read(c->r, c->s, c->t, right, pointer);
    if (x.source == SOURCE_UNKNOWN || y.source == SOURCE_UNKNOWN ||
        !dynamic_is_text(c->r, c->s, &x, pointer, "a condition") ||
        !dynamic_is_text(c->r, c->s, &y, pointer, "a condition")) {
        c->failed = true;
        return false;
    }
    if (x.source == SOURCE_PARTS || y.source == SOURCE_PARTS) {
        refuse(c, n, pointer, "it compares a text of several parts");
        return false;
    }
    if (is_fixed(&x) && is_fixed(&y)) {
        *out = fixed(equal_fixed(&x, &y) != negated, n, pointer, c->r->a);
        return true;
    }
    if (!is_fixed(&x) && !is_fixed(&y)) {
        refuse(c, n, pointer, "it compares two values that are only known when running");
        return false;
    }
    if (is_fixed(&x)) {
        struct graph_value swap = x;
        x = y;
        y = swap;
    }
    if (y.source == SOURCE_NONE) {
        *out = fixed(negated, n, pointer, c->r->a);
        return true;
    }
    *out = (struct graph_condition){.left = x,
                                    .negated = negated,
                                    .values = arena_array_of(c->r->a, 1, struct str),
                                    .count = 1,
                                    .at = n,
                                    .pointer = pointer};
    out->values[0] = y.text;
    return true;
}

static bool same_operand(const struct graph_value *x, const struct graph_value *y)
{
    return x->source == y->source && x->variable == y->variable && x->index == y->index && x->port == y->port &&
           str_eq(x->text, y->text);
}

static void lower(struct conditions *c, const struct node *n, struct str pointer, bool negated, unsigned depth);

/* Both sides must hold. */
static void both(struct conditions *c, const struct node *n, struct str pointer, bool negated, unsigned depth)
{
    const struct node *left = NULL, *right = NULL;
    if (!operands(n, &left, &right)) {
        wrong(c, n, pointer, "and / or need op1 and op2");
        return;
    }
    lower(c, left, pointer_key(c->r->a, pointer, STR("op1")), negated, depth + 1);
    lower(c, right, pointer_key(c->r->a, pointer, STR("op2")), negated, depth + 1);
}

/* One of the sides must hold: only where all compare one operand for being equal, which is a list of values. */
static void either(struct conditions *c, const struct node *n, struct str pointer, bool negated, unsigned depth)
{
    size_t before = c->count;
    both(c, n, pointer, negated, depth);
    if (c->failed || c->count < before + 2) {
        if (!c->failed)
            wrong(c, n, pointer, "and / or need op1 and op2");
        return;
    }
    struct graph_condition *first = &c->list[before];
    size_t total = 0;
    for (size_t i = before; i < c->count; i++) {
        if (c->list[i].negated || !same_operand(&first->left, &c->list[i].left) || c->count != before + 2) {
            refuse(c, n, pointer, "`or` over different operands");
            return;
        }
        total += c->list[i].count;
    }
    struct str *values = arena_array_of(c->r->a, total, struct str);
    size_t at = 0;
    for (size_t i = before; i < c->count; i++)
        for (size_t k = 0; k < c->list[i].count; k++)
            values[at++] = c->list[i].values[k];
    first->values = values;
    first->count = total;
    c->count = before + 1;
}

/* A value by itself, as Tangle writes it: the text "true". */
static void truthy(struct conditions *c, const struct node *n, struct str pointer, bool negated)
{
    struct graph_value v = argument_read(c->r, c->s, c->t, n, pointer);
    if (v.source == SOURCE_UNKNOWN || !dynamic_is_text(c->r, c->s, &v, pointer, "a condition")) {
        c->failed = true;
        return;
    }
    if (is_fixed(&v)) {
        add(c, fixed((v.source == SOURCE_TEXT && str_eq_nocase(v.text, STR("true"))) != negated, n, pointer, c->r->a));
        return;
    }
    struct graph_condition one = {.left = v,
                                  .negated = negated,
                                  .values = arena_array_of(c->r->a, 2, struct str),
                                  .count = 2,
                                  .at = n,
                                  .pointer = pointer};
    one.values[0] = STR("true");
    one.values[1] = STR("True");
    add(c, one);
}

static void lower(struct conditions *c, const struct node *n, struct str pointer, bool negated, unsigned depth)
{
    if (depth > CONDITION_MAX_DEPTH) {
        refuse(c, n, pointer, "it nests too deeply");
        return;
    }
    if (node_is_scalar(n) || node_get(n, "graphInput") || node_get(n, "taskOutput") || node_get(n, "dynamicData")) {
        truthy(c, n, pointer, negated);
        return;
    }
    if (!node_is_map(n) || n->count != 1) {
        wrong(c, n, pointer, "it must be a map with one operator");
        return;
    }
    struct str op = n->pairs[0].key;
    const struct node *value = n->pairs[0].value;
    struct str below = pointer_key(c->r->a, pointer, op);
    if (str_is(op, "==") || str_is(op, "!=")) {
        struct graph_condition one;
        if (compare(c, value, below, str_is(op, "!=") != negated, &one))
            add(c, one);
    } else if (str_is(op, "not")) {
        const struct node *inner = node_get(value, "operand");
        lower(c, inner ? inner : value, below, !negated, depth + 1);
    } else if (str_is(op, "and") || str_is(op, "or")) {
        (str_is(op, "or") != negated ? either : both)(c, value, below, negated, depth);
    } else if (str_is(op, ">") || str_is(op, ">=") || str_is(op, "<") || str_is(op, "<=")) {
        refuse(c, n, pointer, "it compares by order");
    } else {
        wrong(c, n, pointer, "its operator is none of ==, !=, >, >=, <, <=, not, and, or");
    }
}

void conditions_read(struct reader *r, struct scope *s, const struct level_task *t, struct graph_condition **list,
                     size_t *count)
{
    struct conditions c = {.r = r, .s = s, .t = t, .list = *list, .count = *count, .cap = *count};
    const struct node *n = node_get(t->node, "isEnabled");
    if (!node_is_null(n))
        lower(&c, n, pointer_key(r->a, t->pointer, STR("isEnabled")), false, 0);
    *list = c.list;
    *count = c.count;
}
