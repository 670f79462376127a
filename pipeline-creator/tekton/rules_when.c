#include "pipeline-creator/tekton/cel.h"
#include "pipeline-creator/tekton/rules.h"

/* The expression as Go prints the struct: {input operator [values] cel}. */
static struct str printed(const struct rules *r, const struct node *when)
{
    const struct node *values = node_get(when, "values");
    struct texts all = {.a = r->a};
    for (size_t i = 0; i < node_count(values); i++)
        texts_add(&all, node_text(values->items[i]));
    return STR_JOIN(r->a, STR("&{"), node_text_of(when, "input"), STR(" "), node_text_of(when, "operator"), STR(" "),
                    go_list(r->a, all.items, all.count), STR(" "), node_text_of(when, "cel"), STR("}"));
}

static void cel(const struct rules *r, const struct node *when)
{
    struct str text = node_text_of(when, "cel");
    if (!r->set->cel) {
        fault_add(r->f, "feature_flag", "",
                  "feature flag enable-cel-in-whenexpression should be set to true to use CEL: %.*s in WhenExpression",
                  STR_ARG(text));
        return;
    }
    if (node_text_of(when, "input").n || node_text_of(when, "operator").n || node_count(node_get(when, "values"))) {
        struct str all = printed(r, when);
        fault_no_path(r->f, "cel_and_operator",
                      "cel and input+operator+values cannot be set in one WhenExpression: %.*s", STR_ARG(all));
        return;
    }
    const char *problem = cel_problem(r->a, text);
    /* Tekton prints the format itself, and the expression and the compiler's words where paths belong. */
    if (problem) {
        struct fault *one = fault_no_path(r->f, "invalid_cel", "invalid cel expression: %%s with err: %%s");
        fault_path(one, text);
        fault_details(r->f, one, "%s", problem);
    }
}

static void expression(const struct rules *r, const struct node *when)
{
    struct str operation = node_text_of(when, "operator");
    if (node_text_of(when, "cel").n) {
        cel(r, when);
    } else if (object_empty(when)) {
        fault_missing(r->f, "");
    } else if (!str_is(operation, "in") && !str_is(operation, "notin")) {
        struct str quoted = go_quote(r->a, operation);
        fault_add(r->f, "unknown_operator", "",
                  "invalid value: operator %.*s is not recognized. valid operators: in,notin", STR_ARG(quoted));
    } else if (node_count(node_get(when, "values")) == 0) {
        fault_add(r->f, "no_values", "", "invalid value: expecting non-empty values field");
    }
}

void rule_when(const struct rules *r, const struct node *when)
{
    for (size_t i = 0; i < node_count(when); i++) {
        size_t mark = r->f->count;
        expression(r, when->items[i]);
        fault_via_item(r->f, mark, "when", i);
    }
}

void when_expressions(struct texts *out, const struct node *when)
{
    const struct node *values = node_get(when, "values");
    reference_expressions(out, node_text_of(when, "input"));
    reference_expressions(out, node_text_of(when, "cel"));
    for (size_t i = 0; i < node_count(values); i++)
        reference_expressions(out, node_text(values->items[i]));
}
