/*
 * Conditions that Tekton's `when` cannot say. Each check of the graph becomes a task of its own, as if the document had
 * it: a small image compares the operands and answers "true" or "false", and the guarded tasks look at the answer with
 * `when`. So operands arrive, producers that are skipped skip it, and retries and names work as everywhere.
 *
 * The program is fixed. What it compares comes as environment variables, HUB_VALUE_1, …; what it does with them as
 * arguments in reverse Polish notation: the number of a variable, or eq, lt, le, not, and, or. awk has only doubles, so
 * that numbers are compared as digits. It runs with the awks of busybox, mawk, gawk and the original one.
 */
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/tekton/build.h"

#define OPERANDS_MAX 1000
#define OPERAND      "HUB_VALUE_"
#define RESULT       "result"

static const char SCRIPT[] =
    "LC_ALL=C exec awk '\n"
    "# sign, place of the point and digits of a number: 0.<digits> * 10^place; graph/compare.h says what one is\n"
    "function read_number(s, n,   length_before, exponent, point) {\n"
    "  sub(/^[ \\t\\r\\n]+/, \"\", s)\n"
    "  sub(/[ \\t\\r\\n]+$/, \"\", s)\n"
    "  sign[n] = substr(s, 1, 1) == \"-\" ? -1 : 1\n"
    "  sub(/^[+-]/, \"\", s)\n"
    "  s = tolower(s)\n"
    "  nan[n] = s == \"nan\"\n"
    "  infinite[n] = s == \"inf\" || s == \"infinity\"\n"
    "  place[n] = exponent = 0\n"
    "  if (nan[n] || infinite[n])\n"
    "    return 1\n"
    "  if (s !~ /^([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?$/)\n"
    "    return 0\n"
    "  if (point = index(s, \"e\")) {\n"
    "    exponent = substr(s, point + 1)\n"
    "    s = substr(s, 1, point - 1)\n"
    "    minus = substr(exponent, 1, 1) == \"-\"\n"
    "    sub(/^[+-]?0*/, \"\", exponent)\n"
    "    if (length(exponent) > 9)\n"
    "      return 0\n"
    "    exponent = minus ? -exponent : exponent + 0\n"
    "  }\n"
    "  point = index(s, \".\")\n"
    "  place[n] = (point ? point - 1 : length(s)) + exponent\n"
    "  sub(/[.]/, \"\", s)\n"
    "  length_before = length(s)\n"
    "  sub(/^0+/, \"\", s)\n"
    "  place[n] -= length_before - length(s)\n"
    "  sub(/0+$/, \"\", s)\n"
    "  digits[n] = s\n"
    "  if (s == \"\")\n"
    "    sign[n] = place[n] = 0\n"
    "  return 1\n"
    "}\n"
    "function compare(x, y) {\n"
    "  return x < y ? -1 : x > y\n"
    "}\n"
    "# -1, 0, 1, or 2 for no order\n"
    "function order(x, y) {\n"
    "  if (!read_number(x, 1) || !read_number(y, 2))\n"
    "    return compare(x \"\", y \"\")\n"
    "  if (nan[1] || nan[2])\n"
    "    return 2\n"
    "  if (sign[1] != sign[2])\n"
    "    return compare(sign[1], sign[2])\n"
    "  if (infinite[1] || infinite[2])\n"
    "    return sign[1] * compare(infinite[1], infinite[2])\n"
    "  if (place[1] != place[2])\n"
    "    return sign[1] * compare(place[1], place[2])\n"
    "  return sign[1] * compare(\"_\" digits[1], \"_\" digits[2])\n"
    "}\n"
    "function apply(op, x, y,   way) {\n"
    "  if (op == \"and\")\n"
    "    return x && y\n"
    "  if (op == \"or\")\n"
    "    return x || y\n"
    "  x = ENVIRON[\"HUB_VALUE_\" x]\n"
    "  y = ENVIRON[\"HUB_VALUE_\" y]\n"
    "  if (op == \"eq\")\n"
    "    return (x \"\") == (y \"\")\n"
    "  way = order(x, y)\n"
    "  return way == -1 || (op == \"le\" && way == 0)\n"
    "}\n"
    "BEGIN {\n"
    "  for (i = 2; i < ARGC; i++) {\n"
    "    if (ARGV[i] ~ /^[0-9]/)\n"
    "      stack[++top] = ARGV[i]\n"
    "    else if (ARGV[i] == \"not\")\n"
    "      stack[top] = !stack[top]\n"
    "    else {\n"
    "      stack[top - 1] = apply(ARGV[i], stack[top - 1], stack[top])\n"
    "      top--\n"
    "    }\n"
    "  }\n"
    "  answer = stack[1] ? \"true\" : \"false\"\n"
    "  printf \"%s\", answer > ARGV[1]\n"
    "  print answer\n"
    "}' \"$@\"\n";

struct checking {
    struct arena *a;
    struct graph_value *operands;
    size_t count;
    bool too_many;
    struct node *words;
};

static bool same_value(const struct graph_value *x, const struct graph_value *y)
{
    return x->source == y->source && x->source != SOURCE_PARTS && x->variable == y->variable && x->index == y->index &&
           x->port == y->port && str_eq(x->text, y->text);
}

static void say(struct checking *c, const char *word)
{
    node_push(c->a, c->words, node_cstr(c->a, word));
}

static void say_operand(struct checking *c, const struct graph_value *v)
{
    size_t i = 0;
    while (i < c->count && !same_value(&c->operands[i], v))
        i++;
    if (i == OPERANDS_MAX) {
        c->too_many = true;
        return;
    }
    if (i == c->count) {
        /* grown by doubling: at powers of two */
        if ((i & (i - 1)) == 0)
            c->operands = arena_grow(c->a, c->operands, i * sizeof *v, (i ? i * 2 : 1) * sizeof *v);
        c->operands[c->count++] = *v;
    }
    node_push(c->a, c->words, node_str(c->a, str_printf(c->a, "%zu", i + 1)));
}

static void say_equal(struct checking *c, const struct graph_value *left, struct str text)
{
    struct graph_value right = {.source = SOURCE_TEXT, .text = text, .at = left->at};
    say_operand(c, left);
    say_operand(c, &right);
    say(c, "eq");
}

static void say_test(struct checking *c, const struct graph_test *t)
{
    for (size_t i = 0; i < t->part_count; i++) {
        say_test(c, &t->parts[i]);
        if (i > 0)
            say(c, t->kind == TEST_ALL ? "and" : "or");
    }
    if (t->kind == TEST_ALL || t->kind == TEST_ANY)
        return;
    for (size_t i = 0; i < t->count; i++) {
        say_equal(c, &t->left, t->values[i]);
        if (i > 0)
            say(c, "or");
    }
    if (t->kind != TEST_IN) {
        say_operand(c, &t->left);
        say_operand(c, &t->right);
        say(c, t->kind == TEST_EQUAL ? "eq" : t->kind == TEST_LESS ? "lt" : "le");
    }
    if (t->negated)
        say(c, "not");
}

static struct node *placeholder(struct arena *a, const char *kind, struct str port)
{
    struct node *n = node_map(a);
    node_put_str(a, n, kind, port);
    return n;
}

static struct node *container(struct checking *c, const struct port *inputs, struct str image)
{
    struct node *n = node_map(c->a), *args = node_seq(c->a), *env = node_map(c->a);
    node_push(c->a, args, placeholder(c->a, "outputPath", STR(RESULT)));
    for (size_t i = 0; i < c->words->count; i++)
        node_push(c->a, args, c->words->items[i]);
    for (size_t i = 0; i < c->count; i++)
        node_set(c->a, env, str_printf(c->a, OPERAND "%zu", i + 1), placeholder(c->a, "inputValue", inputs[i].name));
    node_put_str(c->a, n, "image", image);
    node_put(c->a, n, "command", build_shell(c->a, SCRIPT, "check"));
    node_put(c->a, n, "args", args);
    node_put(c->a, n, "env", env);
    return n;
}

static const struct component *component(struct checking *c, struct str image)
{
    struct component *out = arena_new_of(c->a, struct component);
    struct port *inputs = arena_array_of(c->a, c->count, struct port), *answer = arena_new_of(c->a, struct port);
    for (size_t i = 0; i < c->count; i++)
        inputs[i].name = str_printf(c->a, "value-%zu", i + 1);
    answer->name = STR(RESULT);
    answer->type = STR("Boolean");
    *out = (struct component){.interface = {inputs, answer, c->count, 1}};
    out->container = container(c, inputs, image);
    return out;
}

/* "train (condition)": no task of the document is called so, else there is a number as well. */
static struct str path_of_check(struct arena *a, const struct map *paths, struct str guarded)
{
    struct str path = str_cat(a, guarded, STR(" (condition)"));
    for (size_t number = 2; map_find(paths, path); number++)
        path = str_printf(a, "%.*s (condition %zu)", STR_ARG(guarded), number);
    return path;
}

static struct graph_task task_of(struct plan *p, const struct graph_check *check, struct str path)
{
    struct checking c = {.a = p->a, .words = node_seq(p->a)};
    say_test(&c, &check->test);
    if (c.too_many)
        problem_add(p->ps, SEVERITY_ERROR, "condition_too_large", check->pointer, check->at,
                    "the condition of %.*s compares more than %d values", STR_ARG(check->path), OPERANDS_MAX);
    return (struct graph_task){.path = path,
                               .id = path,
                               .condition_of = check->path,
                               .pointer = check->pointer,
                               .at = check->at,
                               .component = component(&c, p->options.helper_image),
                               .inputs = c.operands,
                               .conditions = check->conditions,
                               .condition_count = check->condition_count};
}

void checks_add(struct plan *p, struct graph *g)
{
    size_t first = g->task_count;
    struct map paths;
    if (g->check_count == 0)
        return;
    map_init(&paths, p->a, first + g->check_count);
    for (size_t i = 0; i < first; i++)
        (void)map_add(&paths, g->tasks[i].path, i);
    g->tasks = arena_grow(p->a, g->tasks, first * sizeof *g->tasks, (first + g->check_count) * sizeof *g->tasks);
    for (size_t i = 0; i < g->check_count; i++) {
        struct str path = path_of_check(p->a, &paths, g->checks[i].path);
        (void)map_add(&paths, path, first + i);
        g->tasks[g->task_count++] = task_of(p, &g->checks[i], path);
    }
    for (size_t i = 0; i < g->task_count; i++)
        for (size_t k = 0; k < g->tasks[i].condition_count; k++) {
            struct graph_condition *c = &g->tasks[i].conditions[k];
            if (c->check > 0)
                c->left = (struct graph_value){.source = SOURCE_OUTPUT, .index = first + c->check - 1, .at = c->at};
        }
}
