/*
 * isEnabled → conditions that must all hold, each "operand in / not in a list of texts", which is what Tekton's `when`
 * can say; all the rest of one isEnabled becomes one check, whose answer is compared with "true".
 *
 * `not` is pushed down to the comparisons on the way; what is known while compiling is decided here.
 */
#include "pipeline-creator/graph/compare.h"
#include "pipeline-creator/graph/read.h"

#include <string.h>

#define CONDITION_MAX_DEPTH 32

struct conditions {
    struct reader *r;
    struct scope *s;
    const struct level_task *t;
    struct graph_condition *list;
    size_t count, cap;
    struct str pointer; /* of the isEnabled */
    const struct node *at;
    bool failed;
};

static struct graph_test certain(bool holds)
{
    return (struct graph_test){.kind = holds ? TEST_ALL : TEST_ANY};
}

static bool is_certain(const struct graph_test *t, bool holds)
{
    return t->kind == (holds ? TEST_ALL : TEST_ANY) && t->part_count == 0;
}

static struct problem *tell_wrong(struct conditions *c, const struct node *at, struct str pointer, const char *what)
{
    c->failed = true;
    return scope_problem(c->r, c->s, SEVERITY_ERROR, "condition_shape", pointer, at,
                         "the condition of %.*s is wrong: %s", STR_ARG(c->t->path), what);
}

static struct graph_test wrong(struct conditions *c, const struct node *at, struct str pointer, const char *what)
{
    if (!c->failed)
        (void)tell_wrong(c, at, pointer, what);
    return certain(true);
}

/* As other languages write them. */
static struct graph_test wrong_operator(struct conditions *c, const struct pair *pair, const struct node *at,
                                        struct str pointer)
{
    static const char *const meant[][2] = {{"=", "=="},  {"===", "=="}, {"<>", "!="}, {"=<", "<="},
                                           {"=>", ">="}, {"&&", "and"}, {"||", "or"}, {"!", "not"}};
    if (c->failed)
        return certain(true);
    struct problem *p = tell_wrong(c, at, pointer, "its operator is none of ==, !=, >, >=, <, <=, not, and, or");
    for (size_t i = 0; i < sizeof meant / sizeof meant[0]; i++)
        if (str_is(pair->key, meant[i][0]))
            fix_rename(c->r, c->s, p, pointer, pair->key, str_of(meant[i][1]), pair->value);
    return certain(true);
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

static bool read_operand(struct conditions *c, const struct node *n, struct str pointer, struct graph_value *out)
{
    *out = argument_read(c->r, c->s, c->t, n, pointer);
    bool fine = out->source != SOURCE_UNKNOWN && dynamic_is_text(c->r, c->s, out, pointer, "a condition");
    c->failed = c->failed || !fine;
    return fine;
}

/* ---- comparisons */

/* A side whose value is known while compiling; absent ones are equal to nothing and in no order. */
static bool is_fixed(const struct graph_value *v)
{
    return v->source == SOURCE_TEXT || v->source == SOURCE_NONE;
}

static bool holds(enum graph_test_kind kind, const struct graph_value *x, const struct graph_value *y)
{
    if (x->source == SOURCE_NONE || y->source == SOURCE_NONE)
        return false;
    if (kind == TEST_EQUAL)
        return str_eq(x->text, y->text);
    enum comparison order = graph_compare(x->text, y->text);
    return order == COMPARE_LESS || (order == COMPARE_SAME && kind == TEST_LESS_OR_EQUAL);
}

static struct graph_test one_of(struct arena *a, struct graph_value left, const char *const *values, size_t count,
                                bool negated)
{
    struct graph_test t = {.kind = TEST_IN, .negated = negated, .left = left, .count = count};
    t.values = arena_array_of(a, count, struct str);
    for (size_t i = 0; i < count; i++)
        t.values[i] = str_of(values[i]);
    return t;
}

static struct graph_test compare(struct conditions *c, const struct node *n, struct str pointer,
                                 enum graph_test_kind kind, bool swapped, bool negated)
{
    const struct node *left = NULL, *right = NULL;
    struct graph_value x, y;
    if (!operands(n, &left, &right))
        return wrong(c, n, pointer, "a comparison needs op1 and op2");
    bool read = read_operand(c, left, pointer, &x);
    if (!read_operand(c, right, pointer, &y) || !read)
        return certain(true);
    bool absent = x.source == SOURCE_NONE || y.source == SOURCE_NONE;
    if (absent || (is_fixed(&x) && is_fixed(&y)))
        return certain(holds(kind, swapped ? &y : &x, swapped ? &x : &y) != negated);
    if (kind != TEST_EQUAL || (!is_fixed(&x) && !is_fixed(&y)))
        return (struct graph_test){.kind = kind, .negated = negated, .left = swapped ? y : x, .right = swapped ? x : y};
    struct graph_test in = one_of(c->r->a, is_fixed(&x) ? y : x, (const char *const[]){""}, 1, negated);
    in.values[0] = is_fixed(&x) ? x.text : y.text;
    return in;
}

/* A value by itself, as Tangle writes it: the text "true". */
static struct graph_test truthy(struct conditions *c, const struct node *n, struct str pointer, bool negated)
{
    struct graph_value v;
    if (!read_operand(c, n, pointer, &v))
        return certain(true);
    if (is_fixed(&v))
        return certain((v.source == SOURCE_TEXT && str_eq_nocase(v.text, STR("true"))) != negated);
    return one_of(c->r->a, v, (const char *const[]){"true", "True"}, 2, negated);
}

/* ---- and, or */

static bool same_operand(const struct graph_value *x, const struct graph_value *y)
{
    const struct graph_value *a = NULL, *b = NULL;
    size_t n = graph_parts(x, &a);
    if (x->source != y->source || graph_parts(y, &b) != n)
        return false;
    while (n-- > 0)
        if (a[n].source != b[n].source || a[n].variable != b[n].variable || a[n].index != b[n].index ||
            a[n].port != b[n].port || !str_eq(a[n].text, b[n].text))
            return false;
    return true;
}

/* Two lists for one operand are one list: "one of these or of those", "none of these and none of those". */
static bool join(struct arena *a, struct graph_test *x, const struct graph_test *y, bool negated)
{
    if (x->kind != TEST_IN || y->kind != TEST_IN || x->negated != negated || y->negated != negated ||
        !same_operand(&x->left, &y->left))
        return false;
    struct str *values = arena_array_of(a, x->count + y->count, struct str);
    memcpy(values, x->values, x->count * sizeof *values);
    memcpy(values + x->count, y->values, y->count * sizeof *values);
    x->values = values;
    x->count += y->count;
    return true;
}

static void put(struct arena *a, struct graph_test *into, const struct graph_test *part)
{
    bool all = into->kind == TEST_ALL;
    for (size_t i = 0; !all && i < into->part_count; i++)
        if (join(a, &into->parts[i], part, false))
            return;
    /* grown by doubling: at powers of two */
    size_t n = into->part_count;
    if ((n & (n - 1)) == 0)
        into->parts = arena_grow(a, into->parts, n * sizeof *part, (n ? n * 2 : 1) * sizeof *part);
    into->parts[into->part_count++] = *part;
}

static struct graph_test combine(struct arena *a, enum graph_test_kind kind, const struct graph_test *x,
                                 const struct graph_test *y)
{
    const struct graph_test *sides[] = {x, y};
    struct graph_test out = {.kind = kind};
    for (size_t i = 0; i < 2; i++) {
        if (is_certain(sides[i], kind == TEST_ANY))
            return certain(kind == TEST_ANY);
        if (sides[i]->kind != kind)
            put(a, &out, sides[i]);
        for (size_t k = 0; sides[i]->kind == kind && k < sides[i]->part_count; k++)
            put(a, &out, &sides[i]->parts[k]);
    }
    return out.part_count == 1 ? out.parts[0] : out;
}

/* ---- the tree */

static struct graph_test lower(struct conditions *c, const struct node *n, struct str pointer, bool negated,
                               unsigned depth);

static struct graph_test join_sides(struct conditions *c, const struct node *n, struct str pointer, bool any,
                                    bool negated, unsigned depth)
{
    const struct node *left = NULL, *right = NULL;
    if (!operands(n, &left, &right))
        return wrong(c, n, pointer, "and / or need op1 and op2");
    struct graph_test x = lower(c, left, pointer_key(c->r->a, pointer, STR("op1")), negated, depth + 1);
    struct graph_test y = lower(c, right, pointer_key(c->r->a, pointer, STR("op2")), negated, depth + 1);
    return combine(c->r->a, any != negated ? TEST_ANY : TEST_ALL, &x, &y);
}

static struct graph_test lower(struct conditions *c, const struct node *n, struct str pointer, bool negated,
                               unsigned depth)
{
    static const struct {
        const char *op;
        enum graph_test_kind kind;
        bool swapped, negated;
    } comparisons[] = {{"==", TEST_EQUAL, false, false},         {"!=", TEST_EQUAL, false, true},
                       {"<", TEST_LESS, false, false},           {">", TEST_LESS, true, false},
                       {"<=", TEST_LESS_OR_EQUAL, false, false}, {">=", TEST_LESS_OR_EQUAL, true, false}};
    if (depth > CONDITION_MAX_DEPTH)
        return wrong(c, n, pointer, "it nests too deeply");
    if (node_is_scalar(n) || node_get(n, "graphInput") || node_get(n, "taskOutput") || node_get(n, "dynamicData"))
        return truthy(c, n, pointer, negated);
    if (!node_is_map(n) || n->count != 1)
        return wrong(c, n, pointer, "it must be a map with one operator");
    struct str op = n->pairs[0].key;
    const struct node *value = n->pairs[0].value;
    struct str below = pointer_key(c->r->a, pointer, op);
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++)
        if (str_is(op, comparisons[i].op))
            return compare(c, value, below, comparisons[i].kind, comparisons[i].swapped,
                           comparisons[i].negated != negated);
    if (str_is(op, "not")) {
        const struct node *inner = node_get(value, "operand");
        return lower(c, inner ? inner : value, below, !negated, depth + 1);
    }
    if (str_is(op, "and") || str_is(op, "or"))
        return join_sides(c, value, below, str_is(op, "or"), negated, depth);
    return wrong_operator(c, &n->pairs[0], n, pointer);
}

/* ---- conditions and checks */

static void add(struct conditions *c, struct graph_condition one)
{
    if (c->count == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 4;
        c->list = arena_grow(c->r->a, c->list, c->count * sizeof *c->list, cap * sizeof *c->list);
        c->cap = cap;
    }
    one.at = c->at;
    one.pointer = c->pointer;
    c->list[c->count++] = one;
}

static void add_when(struct conditions *c, const struct graph_test *t)
{
    add(c, (struct graph_condition){.left = t->left, .negated = t->negated, .values = t->values, .count = t->count});
}

/* Tekton looks for references in the values of `when`, where nothing can be escaped; and a dollar at the end of a
   parameter may stand escaped as one. */
static bool is_plain(const struct graph_test *t)
{
    if (t->kind != TEST_IN || t->left.source == SOURCE_PARTS)
        return false;
    for (size_t i = 0; i < t->count; i++)
        if (str_find(t->values[i], STR("$(")) >= 0 || str_ends(t->values[i], "$"))
            return false;
    return true;
}

static bool uses_tasks(const struct graph_test *t)
{
    const struct graph_value *sides[] = {&t->left, &t->right}, *parts = NULL;
    for (size_t i = 0; i < 2; i++)
        for (size_t n = graph_parts(sides[i], &parts); n-- > 0;)
            if (parts[n].source == SOURCE_OUTPUT)
                return true;
    for (size_t i = 0; i < t->part_count; i++)
        if (uses_tasks(&t->parts[i]))
            return true;
    return false;
}

/* An exit handler runs when the others have ended, however they did: what computes its condition may then not have
   run, and Tekton would skip the handler without a word. */
static void check_handler(struct conditions *c, const struct graph_test *test)
{
    if (!c->t->exit_handler || !uses_tasks(test))
        return;
    struct problem *p = scope_problem(c->r, c->s, SEVERITY_ERROR, "exit_handler_condition", c->pointer, c->at,
                                      "the condition of %.*s has to be computed from outputs of tasks, after which "
                                      "nothing can run before an exit handler",
                                      STR_ARG(c->t->path));
    problem_hint(c->r->ps, p, "== and != against a text, `and` of them, and `or` over one operand need no computing");
}

static bool same_test(const struct graph_test *x, const struct graph_test *y)
{
    if (x->kind != y->kind || x->negated != y->negated || x->count != y->count || x->part_count != y->part_count ||
        !same_operand(&x->left, &y->left) || !same_operand(&x->right, &y->right))
        return false;
    for (size_t i = 0; i < x->count; i++)
        if (!str_eq(x->values[i], y->values[i]))
            return false;
    for (size_t i = 0; i < x->part_count; i++)
        if (!same_test(&x->parts[i], &y->parts[i]))
            return false;
    return true;
}

/* The number of the check that another round of the task's loop has made already; 0 = none. */
static size_t made_already(const struct conditions *c, const struct graph_test *test)
{
    const struct graph *g = c->r->out;
    for (size_t i = c->t->item ? g->check_count : 0; i-- > 0;)
        if (g->checks[i].origin == c->at && g->checks[i].owner == c->s && same_test(&g->checks[i].test, test))
            return i + 1;
    return 0;
}

static size_t new_check(struct conditions *c, const struct graph_test *test)
{
    struct reader *r = c->r;
    struct graph *g = r->out;
    if (g->check_count == r->check_cap) {
        r->check_cap = r->check_cap ? r->check_cap * 2 : 8;
        g->checks = arena_grow(r->a, g->checks, g->check_count * sizeof *g->checks, r->check_cap * sizeof *g->checks);
    }
    g->checks[g->check_count++] = (struct graph_check){.path = scope_path(r, c->s->path, c->t->id),
                                                       .origin = c->at,
                                                       .owner = c->s,
                                                       .pointer = c->s->foreign ? c->s->foreign_pointer : c->t->pointer,
                                                       .at = c->s->foreign ? c->s->foreign_at : &c->t->key,
                                                       .test = *test,
                                                       .conditions = c->list,
                                                       .condition_count = c->count};
    return g->check_count;
}

static void add_check(struct conditions *c, const struct graph_test *test)
{
    check_handler(c, test);
    size_t number = made_already(c, test);
    if (number == 0)
        number = new_check(c, test);
    struct graph_test answer = one_of(c->r->a, (struct graph_value){0}, (const char *const[]){"true"}, 1, false);
    add(c, (struct graph_condition){.values = answer.values, .count = 1, .check = number});
}

static void demand(struct conditions *c, const struct graph_test *top)
{
    if (is_certain(top, false)) {
        struct graph_value no = {.source = SOURCE_TEXT, .text = STR("false"), .at = c->at};
        struct graph_test never = one_of(c->r->a, no, (const char *const[]){"true"}, 1, false);
        add_when(c, &never);
        return;
    }
    struct graph_test rest = {.kind = TEST_ALL};
    const struct graph_test *parts = top->kind == TEST_ALL ? top->parts : top;
    size_t count = top->kind == TEST_ALL ? top->part_count : 1;
    for (size_t i = 0; i < count; i++) {
        if (is_plain(&parts[i]))
            add_when(c, &parts[i]);
        else
            put(c->r->a, &rest, &parts[i]);
    }
    if (rest.part_count > 0)
        add_check(c, &rest);
}

void conditions_read(struct reader *r, struct scope *s, const struct level_task *t, struct graph_condition **list,
                     size_t *count)
{
    const struct node *n = node_get(t->node, "isEnabled");
    if (node_is_null(n))
        return;
    struct conditions c = {.r = r, .s = s, .t = t, .list = *list, .count = *count, .cap = *count, .at = n};
    c.pointer = pointer_key(r->a, t->pointer, STR("isEnabled"));
    struct graph_test top = lower(&c, n, c.pointer, false, 0);
    if (!c.failed)
        demand(&c, &top);
    *list = c.list;
    *count = c.count;
}
