#include "pipeline-creator/tekton/rules.h"

#define RESULT_NAME_FORMAT "^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$"

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool result_name(struct str s)
{
    if (s.n == 0 || !is_alphanumeric(s.p[0]) || !is_alphanumeric(s.p[s.n - 1]))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_alphanumeric(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.')
            return false;
    return true;
}

/* False, with the fault, when the name is none: then Tekton says no more about the result. */
static bool named(const struct rules *r, const struct node *result)
{
    struct str name = node_text_of(result, "name"), quoted = go_quote(r->a, name);
    if (result_name(name))
        return true;
    struct fault *one = fault_add(r->f, "invalid_result_name", "name", "invalid key name %.*s", STR_ARG(quoted));
    fault_details(r->f, one,
                  "Name must consist of alphanumeric characters, '-', '_', and must start and end with an alphanumeric "
                  "character (e.g. 'MyName',  or 'my-name',  or 'my_name', regex used for validation is '%s')",
                  RESULT_NAME_FORMAT);
    return false;
}

static void object_result(const struct rules *r, const struct node *result, const char *the)
{
    const struct node *properties = node_get(result, "properties");
    struct texts wrong = {.a = r->a};
    struct str name = node_text_of(result, "name");
    if (!properties) {
        fault_missing_in(r->f, name, ".properties");
        return;
    }
    for (size_t i = 0; i < node_count(properties); i++)
        if (!str_is(node_text_of(properties->pairs[i].value, "type"), "string"))
            texts_add(&wrong, properties->pairs[i].key);
    if (wrong.count == 0)
        return;
    str_sort(wrong.items, wrong.count);
    struct str list = go_list(r->a, wrong.items, wrong.count);
    struct fault *one = fault_no_path(r->f, "wrong_property_type",
                                      "%s value type specified for these keys %.*s is invalid, the type must be string",
                                      the, STR_ARG(list));
    fault_path(one, str_cat(r->a, name, STR(".properties")));
}

static void result_type(const struct rules *r, const struct node *result, bool of_step)
{
    struct str type = node_text_of(result, "type");
    if (str_is(type, "object")) {
        object_result(r, result, of_step ? "the" : "The");
    } else if (type.n && !str_is(type, "array") && !str_is(type, "string")) {
        struct fault *one = fault_add(r->f, "invalid_value", "type", "invalid value: %.*s", STR_ARG(type));
        if (of_step)
            fault_details(r->f, one, "invalid type %.*s", STR_ARG(type));
        else
            fault_details(r->f, one, "type must be string");
    }
}

static struct fault *value_fault(const struct rules *r, const struct node *result, const char *message, struct str what)
{
    struct fault *one = fault_no_path(r->f, "invalid_result_value", "%s%.*s", message, STR_ARG(what));
    fault_path(one, str_cat(r->a, node_text_of(result, "name"), STR(".value")));
    return one;
}

static void step_and_result(const struct rules *r, const struct node *result, struct str step, struct str of)
{
    if (!dns_label(step))
        fault_details(r->f, value_fault(r, result, "invalid extracted step name ", go_quote(r->a, step)),
                      "stepName in $(steps.<stepName>.results.<resultName>) must be a valid DNS Label, For more info "
                      "refer to https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names");
    if (!result_name(of))
        fault_details(r->f, value_fault(r, result, "invalid extracted result name ", go_quote(r->a, of)),
                      "resultName in $(steps.<stepName>.results.<resultName>) must consist of alphanumeric characters, "
                      "'-', '_', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my-name',  "
                      "or 'my_name', regex used for validation is '%s')",
                      RESULT_NAME_FORMAT);
}

static void result_value(const struct rules *r, const struct node *result)
{
    const struct node *value = node_get(result, "value");
    struct str step, of;
    if (!value)
        return;
    if (!node_is_scalar(value)) {
        struct str type = value_type(value);
        struct fault *one =
            fault_no_path(r->f, "wrong_type", "Invalid Type. Wanted string but got: \"%.*s\"", STR_ARG(type));
        fault_path(one, str_cat(r->a, node_text_of(result, "name"), STR(".type")));
    } else if (value->text.n && reference_step_result_parts(value->text, &step, &of)) {
        step_and_result(r, result, step, of);
    } else if (value->text.n) {
        value_fault(r, result,
                    "Could not extract step name and result name. Expected value to look like "
                    "$(steps.<stepName>.results.<resultName>) but got ",
                    STR_JOIN(r->a, STR("\""), value->text, STR("\"")));
    }
}

void rule_task_results(const struct rules *r, const struct node *results)
{
    for (size_t i = 0; i < node_count(results); i++) {
        size_t mark = r->f->count;
        if (named(r, results->items[i])) {
            result_type(r, results->items[i], false);
            result_value(r, results->items[i]);
        }
        fault_via_index(r->f, mark, i);
    }
}

void rule_step_results(const struct rules *r, const struct node *results)
{
    for (size_t i = 0; i < node_count(results); i++) {
        size_t mark = r->f->count;
        if (named(r, results->items[i]))
            result_type(r, results->items[i], true);
        fault_via_index(r->f, mark, i);
    }
}

void rule_script_results(const struct rules *r, const struct node *results, struct str script, const char *prefix)
{
    size_t mark = r->f->count;
    if (!results)
        return;
    struct map names = item_names(r, results);
    reference_known(r->f, script, prefix, &names);
    fault_via(r->f, mark, "script");
}

void rule_task_script_results(const struct rules *r, const struct node *steps, const struct node *results)
{
    struct map names = item_names(r, results);
    for (size_t i = 0; i < node_count(steps); i++) {
        size_t mark = r->f->count;
        struct str script = node_text_of(steps->items[i], "script");
        if (r->beta1)
            reference_known_detail(r->f, script, "results", &names);
        else
            reference_known(r->f, script, "results", &names);
        fault_via(r->f, mark, "script");
        fault_via_item(r->f, mark, "steps", i);
    }
}

/* ---- results of a pipeline */

/* Each part between two "$" is one reference to a result of a task that is there. */
static bool tasks_exist(const struct rules *r, struct str value, const struct map *tasks, const struct map *finally)
{
    struct str rest = value, part;
    while (rest.p && str_split(&rest, '$', &part)) {
        struct result_ref ref;
        if (part.n == 0)
            continue;
        if (str_starts(part, "("))
            part = str_from(part, 1);
        else
            part = str_cat(r->a, STR("$"), part);
        if (str_ends(part, ")"))
            part = str_sub(part, 0, part.n - 1);
        if (!reference_result(r->a, part, &ref) || (str_starts(part, "tasks") && !set_has(tasks, ref.task)) ||
            (str_starts(part, "finally") && !set_has(finally, ref.task)))
            return false;
    }
    return true;
}

static void result_expressions(const struct rules *r, const struct texts *all)
{
    struct texts like = {.a = r->a};
    struct result_ref ref;
    size_t refs = 0;
    if (all->count == 0)
        fault_add(
            r->f, "invalid_result_value", "value",
            "invalid value: expected pipeline results to be task result expressions but no expressions were found");
    if (!reference_any_like_result(all))
        fault_add(r->f, "invalid_result_value", "value",
                  "invalid value: expected pipeline results to be task result expressions but an invalid expressions "
                  "was found");
    for (size_t i = 0; i < all->count; i++) {
        if (!reference_like_result(all->items[i]))
            continue;
        texts_add(&like, all->items[i]);
        refs += reference_result(r->a, all->items[i], &ref);
    }
    struct str list = go_list(r->a, like.items, like.count);
    if (refs != like.count)
        fault_add(r->f, "invalid_result_value", "value",
                  "invalid value: expected all of the expressions %.*s to be result expressions but only %zu were",
                  STR_ARG(list), refs);
}

void rule_pipeline_results(const struct rules *r, const struct node *spec)
{
    const struct node *results = node_get(spec, "results");
    struct map tasks = item_names(r, node_get(spec, "tasks")), finally = item_names(r, node_get(spec, "finally"));
    for (size_t i = 0; i < node_count(results); i++) {
        const struct node *value = node_get(results->items[i], "value");
        struct texts all = {.a = r->a};
        size_t mark = r->f->count;
        param_expressions(&all, results->items[i]);
        result_expressions(r, &all);
        if (node_is_scalar(value) && !tasks_exist(r, value->text, &tasks, &finally))
            fault_add(r->f, "unknown_task", "value", "invalid value: referencing a nonexistent task");
        fault_via_item(r->f, mark, "results", i);
    }
}
