#include "catalog/placeholders.h"

#include "catalog/check.h"

static const char *const PLACEHOLDERS[] = {
    "inputValue",     "inputPath", "outputPath",          "inputUri",      "outputUri", "inputMetadata",
    "outputMetadata", "concat",    "inputOutputPortName", "executorInput", "if",        NULL};

static void check_input(struct command_check *c, struct str name, struct str path, const struct node *at)
{
    if (interface_input(c->interface, name))
        return;
    struct str shown = check_excerpt(c->ps->a, name);
    check_error(c->ps, "unknown_port", path, at,
                interface_output(c->interface, name) ? "there is an output of that name: outputPath?" : NULL,
                "no input is called %.*s", STR_ARG(shown));
}

void command_check_output(struct command_check *c, struct str name, struct str path, const struct node *at)
{
    for (size_t i = 0; i < c->interface->output_count; i++) {
        if (str_eq(c->interface->outputs[i].name, name)) {
            c->produced[i] = true;
            return;
        }
    }
    struct str shown = check_excerpt(c->ps->a, name);
    check_error(c->ps, "unknown_port", path, at,
                interface_input(c->interface, name) ? "there is an input of that name: inputPath or inputValue?" : NULL,
                "no output is called %.*s", STR_ARG(shown));
}

static void check_condition(struct command_check *c, const struct node *cond, struct str path)
{
    if (node_is_scalar(cond) && !node_is_null(cond))
        return;
    const struct node *present = node_get(cond, "isPresent"), *value = node_get(cond, "inputValue");
    const struct node *name = present ? present : value;
    if (node_count(cond) != 1 || !node_is_string(name)) {
        check_error(c->ps, "bad_placeholder", path, cond, "{cond: {isPresent: <input>}, then: […], else: […]}",
                    "cond must be {isPresent: <input>}, {inputValue: <input>}, a text or a boolean");
        return;
    }
    check_input(c, name->text, pointer_key(c->ps->a, path, str_of(present ? "isPresent" : "inputValue")), name);
}

static void check_branch(struct command_check *c, const struct node *branch, struct str path)
{
    if (node_is_seq(branch))
        command_check_list(c, branch, path);
    else
        command_check_item(c, branch, path);
}

static void check_if(struct command_check *c, const struct node *n, struct str path)
{
    static const char *const known[] = {"cond", "then", "else", NULL};
    struct arena *a = c->ps->a;
    if (!node_is_map(n)) {
        check_error(c->ps, "bad_placeholder", path, n, "{cond: {isPresent: <input>}, then: […], else: […]}",
                    "if must be a map of cond, then and else");
        return;
    }
    check_known(c->ps, n, path, known);
    if (check_required(c->ps, n, path, "cond", NULL))
        check_condition(c, node_get(n, "cond"), pointer_key(a, path, STR("cond")));
    if (node_is_null(node_get(n, "then")))
        check_error(c->ps, "missing_field", pointer_key(a, path, STR("then")), n, NULL, "then is missing");
    else
        check_branch(c, node_get(n, "then"), pointer_key(a, path, STR("then")));
    if (!node_is_null(node_get(n, "else")))
        check_branch(c, node_get(n, "else"), pointer_key(a, path, STR("else")));
}

static void unknown_placeholder(struct problems *ps, struct str key, struct str path, const struct node *at)
{
    const char *near = check_suggestion(key, PLACEHOLDERS);
    struct str shown = check_excerpt(ps->a, key);
    struct problem *p =
        problem_add(ps, SEVERITY_ERROR, "unknown_placeholder", path, at, "%.*s is not a placeholder", STR_ARG(shown));
    if (near)
        problem_hint(ps, p, "did you mean %s?", near);
    else
        problem_hint(ps, p, "known are inputValue, inputPath, outputPath, concat, if and their kin");
}

static void check_placeholder(struct command_check *c, const struct node *item, struct str path)
{
    struct arena *a = c->ps->a;
    if (item->count != 1) {
        check_error(c->ps, "bad_placeholder", path, item, NULL, "a placeholder has exactly one key, this map has %zu",
                    item->count);
        return;
    }
    struct str key = item->pairs[0].key;
    const struct node *value = item->pairs[0].value;
    path = pointer_key(a, path, key);
    if (str_is(key, "executorInput"))
        return;
    if (str_is(key, "if")) {
        check_if(c, value, path);
    } else if (str_is(key, "concat")) {
        if (node_is_seq(value))
            command_check_list(c, value, path);
        else
            check_error(c->ps, "bad_placeholder", path, value, NULL, "concat takes a list");
    } else {
        size_t k = 0;
        while (PLACEHOLDERS[k] && !str_is(key, PLACEHOLDERS[k]))
            k++;
        if (!PLACEHOLDERS[k]) {
            unknown_placeholder(c->ps, key, path, item);
        } else if (!node_is_scalar(value) || node_is_null(value)) {
            check_error(c->ps, "bad_placeholder", path, value, NULL, "%s takes the name of a port", PLACEHOLDERS[k]);
        } else if (str_is(key, "inputOutputPortName") && interface_output(c->interface, value->text)) {
            return; /* names either kind of port */
        } else if (str_starts(key, "output")) {
            command_check_output(c, value->text, path, value);
        } else {
            check_input(c, value->text, path, value);
        }
    }
}

void command_check_item(struct command_check *c, const struct node *item, struct str path)
{
    if (node_is_map(item)) {
        check_placeholder(c, item, path);
        return;
    }
    if (!node_is_scalar(item) || node_is_null(item)) {
        check_error(c->ps, "wrong_type", path, item, NULL, "a text or a placeholder is wanted here, not a %s",
                    node_kind_name(item));
        return;
    }
    if (item->type != SCALAR_STR) {
        /* KFP's own loader refuses these; what is meant is clear. */
        struct str shown = check_excerpt(c->ps->a, item->text);
        struct problem *p = problem_add(c->ps, SEVERITY_WARNING, "not_text", path, item,
                                        "the %s %.*s is passed as text", node_kind_name(item), STR_ARG(shown));
        problem_hint(c->ps, p, "put quotes around it");
    }
}

void command_check_list(struct command_check *c, const struct node *list, struct str path)
{
    for (size_t i = 0; i < node_count(list); i++)
        command_check_item(c, list->items[i], pointer_index(c->ps->a, path, i));
}
