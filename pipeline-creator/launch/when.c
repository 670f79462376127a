/* Conditions and matrices: pure functions on what Tekton's documents say. */
#include "pipeline-creator/launch/local.h"

static bool in_values(const struct node *values, struct str input)
{
    for (size_t i = 0; i < node_count(values); i++)
        if (str_eq(node_text(node_at(values, i)), input))
            return true;
    return false;
}

bool when_holds(const struct node *when)
{
    for (size_t i = 0; i < node_count(when); i++) {
        const struct node *w = node_at(when, i);
        bool in = in_values(node_get(w, "values"), node_text_of(w, "input"));
        if (in != str_is(node_text_of(w, "operator"), "in"))
            return false;
    }
    return true;
}

bool matrix_is_empty(const struct node *matrix)
{
    const struct node *params = node_get(matrix, "params");
    for (size_t i = 0; i < node_count(params); i++)
        if (!node_count(node_get(node_at(params, i), "value")))
            return true;
    return !node_count(params) && !node_count(node_get(matrix, "include"));
}

static struct node *include_map(struct arena *a, const struct node *include)
{
    const struct node *params = node_get(include, "params");
    struct node *m = node_map(a);
    for (size_t i = 0; i < node_count(params); i++)
        node_set(a, m, node_text_of(node_at(params, i), "name"),
                 node_str(a, node_text_of(node_at(params, i), "value")));
    return m;
}

/* Later parameters vary slowest. */
static struct node *multiply(struct arena *a, const struct node *combos, const struct node *param, bool first)
{
    const struct node *values = node_get(param, "value");
    struct node *made = node_seq(a);
    for (size_t v = 0; v < node_count(values); v++)
        for (size_t c = 0; c < (first ? 1 : node_count(combos)); c++) {
            struct node *combo = node_map(a);
            const struct node *before = first ? NULL : node_at(combos, c);
            node_set_all(a, combo, before);
            node_set(a, combo, node_text_of(param, "name"), node_str(a, node_text(node_at(values, v))));
            node_push(a, made, combo);
        }
    return made;
}

static bool contains(const struct node *combo, const struct node *include)
{
    for (size_t i = 0; i < node_count(include); i++) {
        const struct node *have = node_get_str(combo, include->pairs[i].key);
        if (have && !str_eq(node_text(have), node_text(include->pairs[i].value)))
            return false;
    }
    return true;
}

/* An include whose values occur nowhere is a combination of its own. */
static bool is_new(const struct node *combos, const struct node *include)
{
    for (size_t c = 0; c < node_count(combos); c++)
        for (size_t i = 0; i < node_count(include); i++) {
            const struct node *have = node_get_str(node_at(combos, c), include->pairs[i].key);
            if (have && str_eq(node_text(have), node_text(include->pairs[i].value)))
                return false;
        }
    return node_count(include) > 0;
}

/* The order of tektoncd/pipeline pkg/apis/pipeline/v1/matrix_types.go, FanOut. */
static struct node *combine(struct arena *a, const struct node *params, const struct node *includes)
{
    struct node *combos = node_seq(a), *maps = node_seq(a);
    for (size_t i = 0; i < node_count(includes); i++)
        node_push(a, maps, include_map(a, node_at(includes, i)));
    if (!node_count(params))
        return maps;
    for (size_t i = 0; i < node_count(params); i++)
        combos = multiply(a, combos, node_at(params, i), i == 0);
    for (size_t c = 0; c < combos->count; c++)
        for (size_t i = 0; i < maps->count; i++) {
            const struct node *m = maps->items[i];
            for (size_t k = 0; contains(combos->items[c], m) && k < m->count; k++)
                node_set(a, combos->items[c], m->pairs[k].key, m->pairs[k].value);
        }
    for (size_t i = 0; i < maps->count; i++)
        if (is_new(combos, maps->items[i]))
            node_push(a, combos, maps->items[i]);
    return combos;
}

enum status matrix_fan_out(struct arena *a, const struct node *matrix, struct node **out, struct err *e)
{
    const struct node *params = node_get(matrix, "params"), *includes = node_get(matrix, "include");
    size_t product = node_count(params) ? 1 : 0;
    for (size_t i = 0; i < node_count(params); i++) {
        const struct node *value = node_get(node_at(params, i), "value");
        if (!node_is_seq(value))
            return err_set(e, ERR_INVALID, "bad_matrix", "the matrix needs a list for %.*s, not a %s",
                           STR_ARG(node_text_of(node_at(params, i), "name")), node_kind_name(value));
        product *= node_count(value);
        if (product > MATRIX_MAX)
            break;
    }
    if (product + (product ? 0 : node_count(includes)) > MATRIX_MAX)
        return err_set(e, ERR_INVALID, "matrix_too_large", "the matrix has more than %d combinations", MATRIX_MAX);
    struct node *combos = combine(a, params, includes);
    if (node_count(combos) > MATRIX_MAX)
        return err_set(e, ERR_INVALID, "matrix_too_large", "the matrix has more than %d combinations", MATRIX_MAX);
    *out = combos;
    return OK;
}
