/*
 * Variables of Tekton in the values of params and in `when` (docs/variables.md of tektoncd/pipeline), as arguments and
 * predicates. A value is said natively only where that means the same: a text without dollars, a whole parameter, a
 * whole result, a variable of the run, or a text mixed from those.
 */
#include "pipeline-creator/documents/tekton.h"
#include "pipeline-creator/tekton/reference.h"

/* Variables of the run that native documents have as well (dynamicData). */
static const struct {
    const char *tekton, *native;
} RUN_VARIABLES[] = {
    {"context.pipelineRun.name", "system/pipeline_run.name"},
    {"context.pipelineRun.uid", "system/pipeline_run.id"},
    {"context.pipelineRun.namespace", "system/pipeline_run.namespace"},
};

/* `params.x`, `params["x"]` and `params['x']` → x, for the prefix "params"; empty when it is something else. */
static struct str member_of(struct str expression, const char *prefix)
{
    size_t n = strlen(prefix);
    if (!str_starts(expression, prefix) || expression.n < n + 2)
        return STR_NONE;
    struct str rest = str_from(expression, n);
    if (rest.p[0] == '.')
        return str_from(rest, 1);
    bool quoted = rest.n > 4 && rest.p[0] == '[' && (rest.p[1] == '"' || rest.p[1] == '\'') &&
                  rest.p[rest.n - 2] == rest.p[1] && rest.p[rest.n - 1] == ']';
    return quoted ? str_sub(rest, 2, rest.n - 4) : STR_NONE;
}

static struct str without_star(struct str s, bool *star)
{
    *star = str_ends(s, "[*]");
    return *star ? str_sub(s, 0, s.n - 3) : s;
}

static struct node *parameter(const struct tekton *t, struct str expression, const struct node *at)
{
    bool star = false;
    struct str name = member_of(without_star(expression, &star), "params");
    const size_t *type = name.n ? map_find(&t->params, name) : NULL;
    if (!type || star != (*type != TEKTON_STRING))
        return NULL;
    return argument_input(t->a, name, at);
}

/* Whether the whole of a result is written with [*]: lists, maps, and what the tasks of a matrix collect. */
static bool is_collected(const struct tekton *t, size_t task, struct str result)
{
    const struct tekton_task *from = &t->tasks[task];
    if (!node_is_null(node_get(from->node, "matrix")))
        return tekton_is_loop(t, from);
    const struct node *declared = tekton_named(node_get(from->spec, "results"), "name", result);
    return tekton_type_of(node_text_of(declared, "type")) != TEKTON_STRING;
}

static struct node *result(const struct tekton *t, struct str expression, const struct node *at)
{
    bool star = false;
    struct str rest = without_star(expression, &star);
    if (!str_starts(rest, "tasks."))
        return NULL;
    rest = str_from(rest, sizeof "tasks." - 1);
    ptrdiff_t dot = str_find_char(rest, '.');
    if (dot <= 0)
        return NULL;
    struct str task = str_sub(rest, 0, (size_t)dot), name = member_of(str_from(rest, (size_t)dot + 1), "results");
    const size_t *number = map_find(&t->names, task);
    bool plain = name.n > 0 && str_find_char(name, '[') < 0;
    if (!number || !plain || star != is_collected(t, *number, name))
        return NULL;
    /* `results.x.y` is a key of a map, unless the result is declared with that name. */
    if (str_find_char(name, '.') >= 0 && !tekton_named(node_get(t->tasks[*number].spec, "results"), "name", name))
        return NULL;
    return argument_output(t->a, task, name, at);
}

static struct node *run_variable(const struct tekton *t, struct str expression, const struct node *at)
{
    for (size_t i = 0; i < sizeof RUN_VARIABLES / sizeof RUN_VARIABLES[0]; i++)
        if (str_is(expression, RUN_VARIABLES[i].tekton))
            return made_pair(t->a, "dynamicData", made_pair(t->a, RUN_VARIABLES[i].native, made_map(t->a, at)));
    return NULL;
}

static struct node *variable(const struct tekton *t, struct str expression, const struct node *at)
{
    struct node *n = parameter(t, expression, at);
    if (!n)
        n = result(t, expression, at);
    return n ? n : run_variable(t, expression, at);
}

/* The pieces of a text: between its variables, and these. False where a dollar is left over. */
static bool read_pieces(const struct tekton *t, const struct node *value, struct node *pieces)
{
    struct str rest = value->text;
    while (rest.n > 0) {
        ptrdiff_t from = str_find_char(rest, '$');
        if (from < 0)
            from = (ptrdiff_t)rest.n;
        if (from > 0)
            node_push(t->a, pieces, made_text(t->a, str_sub(rest, 0, (size_t)from), value));
        rest = str_from(rest, (size_t)from);
        if (rest.n == 0)
            break;
        ptrdiff_t end = str_find_char(rest, ')');
        if (!str_starts(rest, "$(") || end < 0)
            return false;
        struct node *n = variable(t, str_sub(rest, 2, (size_t)end - 2), value);
        if (!n)
            return false;
        node_push(t->a, pieces, n);
        rest = str_from(rest, (size_t)end + 1);
    }
    return true;
}

bool tekton_has_dollar(const struct node *n)
{
    if (node_is_scalar(n))
        return str_find_char(n->text, '$') >= 0;
    for (size_t i = 0; i < node_count(n); i++)
        if (tekton_has_dollar(node_is_map(n) ? n->pairs[i].value : n->items[i]))
            return true;
    return false;
}

/* ["$(params.list[*])"], another way to write "$(params.list[*])". */
static struct node *whole_list(const struct tekton *t, const struct node *value)
{
    const struct node *only = node_is_seq(value) && value->count == 1 ? value->items[0] : NULL;
    struct str text = node_is_scalar(only) ? only->text : STR_NONE;
    if (!str_starts(text, "$(") || !str_ends(text, "[*])") || str_find_char(text, ')') + 1 != (ptrdiff_t)text.n)
        return NULL;
    return variable(t, str_sub(text, 2, text.n - 3), only);
}

bool tekton_value_read(const struct tekton *t, const struct node *value, struct tekton_value *out)
{
    *out = (struct tekton_value){0};
    out->argument = whole_list(t, value);
    if (out->argument)
        return true;
    if (!node_is_scalar(value)) { /* arguments are texts: a list or map is its JSON */
        out->argument = made_text(t->a, node_to_json(t->a, value), value);
        return !tekton_has_dollar(value);
    }
    out->argument = made_text(t->a, node_text(value), value);
    if (!tekton_has_dollar(value))
        return true;
    struct node *pieces = made_list(t->a, value);
    if (!read_pieces(t, value, pieces))
        return false;
    out->argument = pieces->count == 1 ? pieces->items[0] : NULL;
    out->pieces = pieces->count == 1 ? NULL : pieces;
    return true;
}

bool tekton_is_loop(const struct tekton *t, const struct tekton_task *task)
{
    const struct node *matrix = node_get(task->node, "matrix"), *params = node_get(matrix, "params");
    const struct node *one = node_at(params, 0), *value = node_get(one, "value");
    struct tekton_value over = {0};
    return !task->finally && node_is_map(matrix) && matrix->count == 1 && node_count(params) == 1 &&
           node_text_of(one, "name").n && value && tekton_value_read(t, value, &over) && node_is_map(over.argument);
}

void tekton_value_tasks(struct arena *a, const struct node *value, void (*use)(void *context, struct str task),
                        void *context)
{
    if (node_is_scalar(value)) {
        struct texts found = {.a = a};
        struct result_ref ref;
        reference_expressions(&found, value->text);
        for (size_t i = 0; i < found.count; i++)
            if (reference_result(a, found.items[i], &ref))
                use(context, ref.task);
    }
    for (size_t i = 0; !node_is_scalar(value) && i < node_count(value); i++)
        tekton_value_tasks(a, node_is_map(value) ? value->pairs[i].value : value->items[i], use, context);
}

/* ---- when */

static struct node *operation(struct arena *a, const char *name, struct node *left, struct node *right)
{
    struct node *sides = made_map(a, left);
    put(a, sides, "op1", left);
    put(a, sides, "op2", right);
    return made_pair(a, name, sides);
}

/* in → ==, or several by `or`; notin → !=, several by `and`. NULL when it cannot be said. */
static struct node *comparison(const struct tekton *t, const struct node *entry)
{
    const struct node *values = node_get(entry, "values"), *input = node_get(entry, "input");
    struct str operator= node_text_of(entry, "operator");
    struct tekton_value left;
    bool in = str_is(operator, "in");
    if ((!in && !str_is(operator, "notin")) || !node_is_seq(values) || values->count == 0 || node_get(entry, "cel") ||
        !node_is_scalar(input) || !tekton_value_read(t, input, &left) || !left.argument)
        return NULL;
    struct node *all = NULL;
    for (size_t i = 0; i < values->count; i++) {
        struct tekton_value right;
        if (!node_is_scalar(values->items[i]) || !tekton_value_read(t, values->items[i], &right) || !right.argument)
            return NULL;
        struct node *one = operation(t->a, in ? "==" : "!=", left.argument, right.argument);
        all = all ? operation(t->a, in ? "or" : "and", all, one) : one;
    }
    return all;
}

/* Predicates nest to the left; readers take so many levels (graph/condition.c). */
#define MOST_VALUES 24

struct node *tekton_when_read(const struct tekton *t, const struct node *list, struct node *raw)
{
    struct node *all = NULL;
    size_t levels = 0;
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++) {
        levels += 1 + node_count(node_get(list->items[i], "values"));
        struct node *one = levels <= MOST_VALUES ? comparison(t, list->items[i]) : NULL;
        if (!one)
            node_push(t->a, raw, list->items[i]);
        else
            all = all ? operation(t->a, "and", all, one) : one;
    }
    return all;
}
