/* Parameters of a pipeline, as its tasks use them. */
#include "pipeline-creator/tekton/rules.h"

struct usage {
    const struct rules *r;
    const struct node *declared;
    struct specs specs;
    struct map objects; /* those with properties */
};

static void object_variable(const struct usage *u, struct str value)
{
    for (size_t i = 0; i < node_count(u->declared); i++) {
        const struct node *spec = u->declared->items[i], *properties = node_get(spec, "properties");
        struct map keys;
        if (!str_is(node_text_of(spec, "type"), "object") || node_count(properties) == 0)
            continue;
        map_init(&keys, u->r->a, properties->count);
        for (size_t k = 0; k < properties->count; k++)
            (void)map_add(&keys, properties->pairs[k].key, k);
        struct str prefix = str_cat(u->r->a, STR("params\\."), node_text_of(spec, "name"));
        reference_known(u->r->f, value, str_cstr(u->r->a, prefix), &keys);
    }
    reference_not_these_whole(u->r->f, value, "params", &u->objects);
}

static void string_variable(const struct usage *u, struct str value)
{
    if (str_find(value, STR("$(params")) < 0)
        return;
    reference_known(u->r->f, value, "params", &u->specs.all);
    object_variable(u, value);
    reference_not_these(u->r->f, value, "params", &u->specs.arrays);
}

static void array_variable(const struct usage *u, struct str value)
{
    if (str_find(value, STR("$(params")) < 0)
        return;
    reference_known(u->r->f, value, "params", &u->specs.all);
    object_variable(u, value);
    reference_isolated(u->r->f, value, "params", &u->specs.arrays);
}

static void given_value(const struct usage *u, const struct node *param)
{
    const struct node *value = node_get(param, "value");
    struct str name = node_text_of(param, "name");
    size_t start = u->r->f->count;
    for (size_t i = 0; i < node_count(value); i++) {
        size_t mark = u->r->f->count;
        if (node_is_seq(value)) {
            array_variable(u, node_text(value->items[i]));
            fault_via_item(u->r->f, mark, "value", i);
        } else {
            string_variable(u, node_text(value->pairs[i].value));
            fault_via_key(u->r->f, mark, "properties", value->pairs[i].key);
        }
    }
    if (node_is_scalar(value)) {
        if (reference_whole_value(u->r->f, name, value->text, "params", &u->specs.all))
            return;
        string_variable(u, value->text);
    }
    fault_via_key(u->r->f, start, "params", name);
}

static void task_params(const struct usage *u, const struct node *task)
{
    const struct node *params = node_get(task, "params");
    size_t mark = u->r->f->count;
    rule_given_params_by_index(u->r, params);
    fault_via(u->r->f, mark, "params");
    for (size_t i = 0; i < node_count(params); i++)
        given_value(u, params->items[i]);
}

static void task_matrix(const struct usage *u, const struct node *task)
{
    const struct node *params = node_path(task, "matrix", "params", NULL);
    const struct node *include = node_path(task, "matrix", "include", NULL);
    for (size_t i = 0; i < node_count(include); i++) {
        const struct node *more = node_get(include->items[i], "params");
        for (size_t k = 0; k < node_count(more); k++) {
            const struct node *value = node_get(more->items[k], "value");
            size_t mark = u->r->f->count;
            string_variable(u, node_is_scalar(value) ? value->text : STR(""));
            fault_via_item(u->r->f, mark, "matrix.include.params", k);
        }
    }
    for (size_t i = 0; i < node_count(params); i++) {
        const struct node *value = node_get(params->items[i], "value");
        for (size_t k = 0; node_is_seq(value) && k < value->count; k++) {
            size_t mark = u->r->f->count;
            array_variable(u, node_text(value->items[k]));
            fault_via_item(u->r->f, mark, "value", k);
            fault_via_key(u->r->f, mark, "matrix.params", node_text_of(params->items[i], "name"));
        }
    }
}

/* `$(params.x[*])` is x, anything else itself. */
static struct str array_reference(struct str s)
{
    if (str_starts(s, "$(params."))
        s = str_from(s, 9);
    return str_ends(s, "[*])") ? str_sub(s, 0, s.n - 4) : s;
}

static void task_when(const struct usage *u, const struct node *task)
{
    const struct node *when = node_get(task, "when");
    for (size_t i = 0; i < node_count(when); i++) {
        const struct node *values = node_get(when->items[i], "values");
        size_t start = u->r->f->count, mark = start;
        string_variable(u, node_text_of(when->items[i], "input"));
        fault_via(u->r->f, mark, "input");
        mark = u->r->f->count;
        for (size_t k = 0; k < node_count(values); k++) {
            struct str value = node_text(values->items[k]);
            if (set_has(&u->specs.arrays, array_reference(value)))
                array_variable(u, value);
            else
                string_variable(u, value);
        }
        fault_via(u->r->f, mark, "values");
        fault_via_item(u->r->f, start, "when", i);
    }
}

static struct usage usage_of(const struct rules *r, const struct node *declared)
{
    struct usage u = {.r = r, .declared = declared, .specs = specs_of(r, declared)};
    map_init(&u.objects, r->a, node_count(declared));
    for (size_t i = 0; i < node_count(declared); i++)
        if (str_is(node_text_of(declared->items[i], "type"), "object") &&
            node_count(node_get(declared->items[i], "properties")))
            (void)map_add(&u.objects, node_text_of(declared->items[i], "name"), i);
    return u;
}

static void duplicates(const struct rules *r, const struct node *tasks)
{
    for (size_t i = 0; i < node_count(tasks); i++) {
        size_t mark = r->f->count;
        rule_given_params_by_index(r, node_get(tasks->items[i], "params"));
        fault_via(r->f, mark, "params");
        fault_via_index(r->f, mark, i);
    }
}

void rule_tasks_use_declared(const struct rules *r, const struct node *tasks, const struct node *declared)
{
    struct usage u = usage_of(r, declared);
    for (size_t i = 0; i < node_count(tasks); i++) {
        size_t mark = r->f->count;
        task_params(&u, tasks->items[i]);
        if (task_matrixed(tasks->items[i]))
            task_matrix(&u, tasks->items[i]);
        task_when(&u, tasks->items[i]);
        fault_via_index(r->f, mark, i);
    }
    duplicates(r, tasks);
}

void rule_pipeline_params(const struct rules *r, const struct node *tasks, const struct node *declared)
{
    size_t mark = r->f->count;
    rule_param_types(r, declared);
    fault_via(r->f, mark, "params");
    rule_params_unique(r, declared);
    mark = r->f->count;
    rule_param_enums(r, declared);
    fault_via(r->f, mark, "params");
    duplicates(r, tasks);
}

/* Tekton looks at the last task only: its loop overwrites what it gathered. */
void rule_tasks_context(const struct rules *r, const struct node *tasks)
{
    static const struct str of_run[] = {{"name", 4}, {"namespace", 9}, {"uid", 3}};
    static const struct str of_pipeline[] = {{"name", 4}}, of_task[] = {{"retries", 7}};
    const struct {
        const char *prefix;
        struct map names;
    } contexts[] = {{"context\\.pipelineRun", set_of(r, of_run, 3)},
                    {"context\\.pipeline", set_of(r, of_pipeline, 1)},
                    {"context\\.pipelineTask", set_of(r, of_task, 1)}};
    struct node *params = node_seq(r->a);
    struct texts values = {.a = r->a};
    size_t mark = r->f->count;
    if (node_count(tasks) == 0)
        return;
    task_all_params(r, tasks->items[tasks->count - 1], params);
    for (size_t i = 0; i < params->count; i++)
        value_texts(&values, node_get(params->items[i], "value"));
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < values.count; i++)
            reference_known(r->f, values.items[i], contexts[k].prefix, &contexts[k].names);
    fault_via(r->f, mark, "value");
}
