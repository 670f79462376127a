#include "pipeline-creator/tekton/rules.h"

static const struct node *matrix_params(const struct node *task)
{
    return node_path(task, "matrix", "params", NULL);
}

static const struct node *matrix_include(const struct node *task)
{
    return node_path(task, "matrix", "include", NULL);
}

bool task_matrixed(const struct node *task)
{
    return node_count(matrix_params(task)) || node_count(matrix_include(task));
}

static size_t array_length(const struct node *param)
{
    const struct node *value = node_get(param, "value");
    return node_is_seq(value) ? value->count : 0;
}

static int64_t generated(const struct rules *r, const struct node *params)
{
    int64_t count = 1;
    if (node_count(params) == 0)
        return 0;
    for (size_t i = 0; i < node_count(params); i++) {
        size_t length = array_length(params->items[i]);
        if (length == 0 && !r->beta1)
            continue; /* v1 leaves empty lists out, v1beta1 multiplies by them */
        if (__builtin_mul_overflow(count, (int64_t)length, &count))
            return INT64_MAX;
    }
    return count;
}

static bool in_array(const struct node *value, struct str text)
{
    for (size_t i = 0; node_is_seq(value) && i < value->count; i++)
        if (str_eq(node_text(value->items[i]), text))
            return true;
    return false;
}

/* What include adds: each parameter with a value that the matrix does not have, up to the first that it has. */
static int64_t included(const struct node *params, const struct node *include)
{
    int64_t count = 0;
    if (node_count(params) == 0)
        return (int64_t)node_count(include);
    for (size_t i = 0; i < node_count(include); i++) {
        const struct node *more = node_get(include->items[i], "params");
        for (size_t k = 0; k < node_count(more); k++) {
            const struct node *same = NULL, *value = node_get(more->items[k], "value");
            for (size_t m = 0; m < params->count; m++)
                if (str_eq(node_text_of(params->items[m], "name"), node_text_of(more->items[k], "name")))
                    same = params->items[m];
            if (!same)
                continue;
            if (in_array(node_get(same, "value"), node_is_scalar(value) ? value->text : STR("")))
                break;
            count++;
        }
    }
    return count;
}

static void combinations(const struct rules *r, const struct node *task)
{
    int64_t count = generated(r, matrix_params(task));
    if (__builtin_add_overflow(count, included(matrix_params(task), matrix_include(task)), &count))
        count = INT64_MAX;
    if (count > r->set->max_matrix)
        fault_add(r->f, "out_of_bounds", "matrix", "expected 0 <= %lld <= %lld", (long long)count,
                  (long long)r->set->max_matrix);
}

static void unique_params(const struct rules *r, const struct node *task)
{
    const struct node *include = matrix_include(task);
    for (size_t i = 0; i < node_count(include); i++) {
        size_t mark = r->f->count;
        rule_given_params_by_index(r, node_get(include->items[i], "params"));
        fault_via(r->f, mark, "params");
        fault_via_item(r->f, mark, "matrix.include", i);
    }
    size_t mark = r->f->count;
    rule_given_params_by_index(r, matrix_params(task));
    fault_via(r->f, mark, "matrix.params");
}

static void in_one_place(const struct rules *r, const struct node *task)
{
    const struct node *params = node_get(task, "params"), *include = matrix_include(task);
    struct map names = item_names(r, matrix_params(task));
    for (size_t i = 0; i < node_count(include); i++) {
        const struct node *more = node_get(include->items[i], "params");
        for (size_t k = 0; k < node_count(more); k++)
            (void)map_add(&names, node_text_of(more->items[k], "name"), k);
    }
    for (size_t i = 0; i < node_count(params); i++) {
        struct str name = node_text_of(params->items[i], "name");
        if (!set_has(&names, name))
            continue;
        struct fault *one = fault_no_path(r->f, "more_than_one", "expected exactly one, got both");
        fault_path(one, STR_JOIN(r->a, STR("matrix["), name, STR("]")));
        fault_path(one, STR_JOIN(r->a, STR("params["), name, STR("]")));
    }
}

/* ---- results of tasks that fan out */

struct consumed {
    const struct rules *r;
    const struct node *tasks;
    struct map names;
    struct result_ref *refs; /* of the last parameter that has any: Tekton keeps no more */
    size_t count;
};

static const struct node *task_named(const struct consumed *c, struct str name)
{
    const size_t *i = map_find(&c->names, name);
    return i ? c->tasks->items[*i] : NULL;
}

/* False when a single result of a matrix is used. */
static bool consume(struct consumed *c, const struct texts *expressions)
{
    size_t mark = c->r->f->count;
    c->refs = arena_array_of(c->r->a, expressions->count, struct result_ref);
    c->count = 0;
    for (size_t i = 0; i < expressions->count; i++) {
        struct str expression = expressions->items[i], rest = expression, name = STR("");
        if (!reference_like_result(expression))
            continue;
        (void)str_split(&rest, '.', &name);
        (void)str_split(&rest, '.', &name);
        if (!task_matrixed(task_named(c, name)))
            continue;
        if (!str_ends(expression, "[*]"))
            fault_no_path(c->r->f, "matrix_result",
                          "A matrixed pipelineTask can only be consumed in aggregate using [*] notation, but is "
                          "currently set to %.*s",
                          STR_ARG(expression));
        if (reference_result(c->r->a, expression, &c->refs[c->count]))
            c->count++;
    }
    return c->r->f->count == mark;
}

static void results_are_strings(const struct consumed *c, const struct node *results, struct str name)
{
    for (size_t i = 0; i < node_count(results); i++) {
        struct str type = node_text_of(results->items[i], "type");
        if (str_eq(node_text_of(results->items[i], "name"), name) && !str_is(type, "string"))
            fault_add(c->r->f, "matrix_result", "",
                      "invalid value: Matrixed PipelineTasks emitting results must have an underlying type string, but "
                      "result %.*s has type %.*s in pipelineTask",
                      STR_ARG(name), STR_ARG(type));
    }
}

static void consumed_results(const struct rules *r, const struct node *tasks)
{
    struct consumed c = {.r = r, .tasks = tasks};
    map_init(&c.names, r->a, node_count(tasks));
    for (size_t i = 0; i < node_count(tasks); i++) {
        struct str name = node_text_of(tasks->items[i], "name");
        if (!map_add(&c.names, name, i))
            *map_find(&c.names, name) = i;
    }
    for (size_t i = 0; i < node_count(tasks); i++) {
        const struct node *params = node_get(tasks->items[i], "params");
        for (size_t k = 0; k < node_count(params); k++) {
            struct texts expressions = {.a = r->a};
            param_expressions(&expressions, params->items[k]);
            if (reference_any_like_result(&expressions) && !consume(&c, &expressions))
                return;
        }
    }
    for (size_t i = 0; i < c.count; i++) {
        const struct node *task = task_named(&c, c.refs[i].task), *ref = node_get(task, "taskRef");
        const struct node *owner = ref ? task_named(&c, node_text_of(ref, "name")) : task;
        results_are_strings(&c, node_path(owner, "taskSpec", "results", NULL), c.refs[i].result);
    }
}

void rule_matrix(const struct rules *r, const struct node *tasks)
{
    for (size_t i = 0; i < node_count(tasks); i++) {
        const struct node *task = tasks->items[i];
        size_t mark = r->f->count;
        if (task_matrixed(task)) {
            rule_gate(r, "matrix", GATE_BETA);
            combinations(r, task);
            unique_params(r, task);
        }
        in_one_place(r, task);
        fault_via_index(r->f, mark, i);
    }
    consumed_results(r, tasks);
}
