/* Tekton Pipeline and PipelineRun as pipelines; kfp-tekton's own annotation gives the types that params lack. */
#include <stdlib.h>

#include "catalog/tekton.h"

static const char *const BODIES[] = {"taskRef", "taskSpec", "pipelineRef", "pipelineSpec"};

static void task_facts(struct reading *r, const struct node *task)
{
    const struct node *ref = node_get(task, "taskRef"), *spec = node_get(task, "taskSpec");
    const struct node *custom = node_is_null(node_get(spec, "apiVersion")) ? ref : spec;
    struct str api = node_text_of(custom, "apiVersion"), kind = node_text_of(custom, "kind");
    /* These need a controller beside Tekton's. */
    if (api.n && !str_starts(api, "tekton.dev/"))
        fact_add(r, "custom_tasks", str_printf(r->a, "%.*s %.*s", STR_ARG(api), STR_ARG(kind)));
    else
        fact_add(r, "task_refs", node_text_of(ref, "name"));
    const struct node *steps = node_get(spec, "steps");
    for (size_t i = 0; node_is_seq(steps) && i < steps->count; i++)
        fact_add(r, "images", node_text_of(steps->items[i], "image"));
}

static void check_task(struct reading *r, const struct node *task, struct str path)
{
    size_t bodies = 0;
    if (!node_is_map(task)) {
        check_error(r->ps, "wrong_type", path, task, NULL, "a task is a map, not a %s", node_kind_name(task));
        return;
    }
    (void)check_required_text(r->ps, task, path, "name", NULL);
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++)
        bodies += !node_is_null(node_get(task, BODIES[i]));
    if (bodies == 0)
        check_error(r->ps, "missing_implementation", path, task, NULL, "the task has neither a taskRef nor a taskSpec");
    if (bodies > 1)
        check_error(r->ps, "two_implementations", path, task, NULL,
                    "the task has more than one of taskRef, taskSpec, pipelineRef and pipelineSpec");
    task_facts(r, task);
}

/* A task's name and where it is; found ones are sorted, so that equal names become neighbours. */
struct named {
    struct str name, path;
    const struct node *at;
    size_t order;
};

static int by_name(const void *x, const void *y)
{
    const struct named *a = x, *b = y;
    int c = str_cmp(a->name, b->name);
    return c ? c : (a->order > b->order) - (a->order < b->order);
}

static void check_unique(struct reading *r, struct named *tasks, size_t count)
{
    qsort(tasks, count, sizeof *tasks, by_name);
    for (size_t i = 1; i < count; i++) {
        if (tasks[i].name.n == 0 || !str_eq(tasks[i].name, tasks[i - 1].name))
            continue;
        struct str shown = check_excerpt(r->a, tasks[i].name);
        check_error(r->ps, "duplicate_name", pointer_key(r->a, tasks[i].path, STR("name")), tasks[i].at,
                    "rename one of the two", "another task is called %.*s", STR_ARG(shown));
    }
}

static void check_tasks(struct reading *r, const struct node *spec, struct str path)
{
    static const char *const keys[] = {"tasks", "finally"};
    size_t count = 0;
    struct named *tasks =
        arena_array_of(r->a, node_count(node_get(spec, keys[0])) + node_count(node_get(spec, keys[1])), struct named);
    for (size_t k = 0; k < 2; k++) {
        const struct node *list = check_list(r->ps, spec, path, keys[k]);
        struct str under = pointer_key(r->a, path, str_of(keys[k]));
        if (k == 0 && node_count(list) == 0)
            check_error(r->ps, "missing_field", under, spec, NULL, "a pipeline has at least one task");
        for (size_t i = 0; i < node_count(list); i++) {
            const struct node *task = list->items[i];
            struct str at = pointer_index(r->a, under, i);
            check_task(r, task, at);
            tasks[count] = (struct named){node_text_of(task, "name"), at, node_get(task, "name"), count};
            count++;
        }
    }
    check_unique(r, tasks, count);
    fact_int(r, "tasks", count);
}

static void read_spec(struct reading *r, const struct node *spec, struct str path)
{
    struct package *p = r->package;
    struct str description = check_text(r->ps, spec, path, "description");
    if (description.n)
        p->description = description;
    tekton_params(r, spec, path, &p->interface);
    tekton_results(r, spec, path, "", &p->interface);
    check_tasks(r, spec, path);
    const struct node *workspaces = node_get(spec, "workspaces");
    for (size_t i = 0; node_is_seq(workspaces) && i < workspaces->count; i++)
        fact_add(r, "workspaces", node_text_of(workspaces->items[i], "name"));
}

void read_tekton_pipeline(struct reading *r)
{
    const struct node *spec = check_map(r->ps, r->documents[0], STR_NONE, "spec");
    tekton_metadata(r);
    if (check_required(r->ps, r->documents[0], STR_NONE, "spec", NULL) && spec)
        read_spec(r, spec, STR("/spec"));
}

static struct port *input_of(struct interface *i, struct str name)
{
    for (size_t k = 0; k < i->input_count; k++)
        if (str_eq(i->inputs[k].name, name))
            return &i->inputs[k];
    return NULL;
}

/* Values that the run binds are the defaults of the next one; what is bound without a declaration is an input too. */
static void bind_params(struct reading *r, const struct node *spec)
{
    const struct node *list = check_list(r->ps, spec, STR("/spec"), "params");
    struct interface *i = &r->package->interface;
    size_t room;
    struct port *ports = check_ports_room(r->ps, STR("/spec/params"), list, i->input_count + node_count(list), &room);
    for (size_t k = 0; k < i->input_count; k++)
        ports[k] = i->inputs[k];
    i->inputs = ports;
    for (size_t k = 0; k < node_count(list); k++) {
        const struct node *item = list->items[k], *value = node_get(item, "value");
        struct str at = pointer_index(r->a, STR("/spec/params"), k);
        struct str name = check_required_text(r->ps, item, at, "name", NULL);
        struct port *port = input_of(i, name);
        if (!port && name.n && i->input_count < room) {
            port = &ports[i->input_count++];
            *port = (struct port){.name = name, .line = item->line, .column = item->column};
            port->type = node_is_seq(value) ? STR("JsonArray") : node_is_map(value) ? STR("JsonObject") : STR("String");
        }
        if (port && !node_is_null(value))
            port->default_value = value;
    }
}

/* pipelines.kubeflow.org/pipeline_spec: JSON {name, description, inputs[{name, type, default, optional}]}. */
static void kfp_annotation(struct reading *r)
{
    struct package *p = r->package;
    const struct node *text =
        node_path(r->documents[0], "metadata", "annotations", "pipelines.kubeflow.org/pipeline_spec", NULL);
    const struct node *spec = text ? check_inner(r->a, node_text(text)) : NULL;
    struct str name = node_text_of(spec, "name");
    if (name.n)
        p->title = name;
    if (p->description.n == 0)
        p->description = node_text_of(spec, "description");
    const struct node *inputs = node_get(spec, "inputs");
    for (size_t i = 0; node_is_seq(inputs) && i < inputs->count; i++) {
        struct port *port = input_of(&p->interface, node_text_of(inputs->items[i], "name"));
        const struct node *type = node_get(inputs->items[i], "type");
        if (!port)
            continue;
        if (!node_is_null(type))
            port->type = type_normal(r->a, type);
        if (port->description.n == 0)
            port->description = node_text_of(inputs->items[i], "description");
        port->optional = port->optional || node_bool(node_get(inputs->items[i], "optional"), false);
    }
}

void read_tekton_pipelinerun(struct reading *r)
{
    const struct node *spec = check_map(r->ps, r->documents[0], STR_NONE, "spec");
    tekton_metadata(r);
    if (!check_required(r->ps, r->documents[0], STR_NONE, "spec", NULL) || !spec)
        return;
    const struct node *inlined = check_map(r->ps, spec, STR("/spec"), "pipelineSpec");
    const struct node *ref = check_map(r->ps, spec, STR("/spec"), "pipelineRef");
    if (inlined)
        read_spec(r, inlined, STR("/spec/pipelineSpec"));
    if (inlined && ref)
        check_error(r->ps, "two_implementations", STR("/spec"), spec, NULL, "both a pipelineSpec and a pipelineRef");
    if (!inlined && !ref)
        check_error(r->ps, "missing_implementation", STR("/spec"), spec, NULL,
                    "neither a pipelineSpec nor a pipelineRef");
    fact_str(r, "pipeline_ref", node_text_of(ref, "name"));
    bind_params(r, spec);
    kfp_annotation(r);
}
