/*
 * Tekton Task and StepAction as components (docs/tasks.md, docs/stepactions.md of tektoncd/pipeline v1.15). Only the
 * interface and what makes them usable are looked at; Tekton's whole validation is in pipeline-creator/tekton.
 */
#include "catalog/tekton.h"

void tekton_metadata(struct reading *r)
{
    struct package *p = r->package;
    const struct node *d = r->documents[0];
    const struct node *metadata = check_map(r->ps, d, STR_NONE, "metadata");
    const struct node *annotations = check_map(r->ps, metadata, STR("/metadata"), "annotations");
    const struct node *labels = check_map(r->ps, metadata, STR("/metadata"), "labels");
    struct str name = check_text(r->ps, metadata, STR("/metadata"), "name");
    if (name.n == 0) {
        name = check_text(r->ps, metadata, STR("/metadata"), "generateName");
        while (str_ends(name, "-"))
            name = str_sub(name, 0, name.n - 1);
    }
    if (name.n == 0)
        check_error(r->ps, "missing_field", STR("/metadata/name"), metadata ? metadata : d, NULL, "name is missing");
    struct str shown = node_text_of(annotations, "tekton.dev/displayName");
    p->title = shown.n ? shown : name;
    p->version = node_text_of(labels, "app.kubernetes.io/version");
    labels_set(r, labels);
    annotations_read(r, annotations);
    tags_add(r, node_get(annotations, "tekton.dev/tags"));
    fact_str(r, "api_version", node_text_of(d, "apiVersion"));
    fact_str(r, "categories", node_text_of(annotations, "tekton.dev/categories"));
    fact_str(r, "platforms", node_text_of(annotations, "tekton.dev/platforms"));
    fact_str(r, "min_tekton_version", node_text_of(annotations, "tekton.dev/pipelines.minVersion"));
}

/* string, array or object; where none is written Tekton infers it from properties and from the default. */
static struct str value_type(struct problems *ps, const struct node *n, struct str path, const char *otherwise)
{
    static const char *const known[] = {"string", "array", "object", NULL};
    struct str type = check_text(ps, n, path, "type");
    const struct node *value = node_get(n, "default");
    if (type.n == 0)
        type = node_get(n, "properties") || node_is_map(value) ? STR("object")
               : node_is_seq(value)                            ? STR("array")
                                                               : str_of(otherwise);
    else if (!str_is(type, "string") && !str_is(type, "array") && !str_is(type, "object"))
        check_error(ps, "unknown_type", pointer_key(ps->a, path, STR("type")), node_get(n, "type"),
                    check_suggestion(type, known), "a type is string, array or object");
    return type;
}

static struct port *declarations(struct reading *r, const struct node *spec, struct str path, const char *key,
                                 const char *otherwise, size_t *count)
{
    const struct node *list = check_list(r->ps, spec, path, key);
    path = pointer_key(r->a, path, str_of(key));
    size_t room, n = 0;
    struct port *ports = check_ports_room(r->ps, path, list, node_count(list), &room);
    for (size_t i = 0; i < room; i++) {
        const struct node *item = list->items[i];
        struct str at = pointer_index(r->a, path, i);
        if (!node_is_map(item)) {
            check_error(r->ps, "wrong_type", at, item, "- name: x", "a map with a name is wanted here, not a %s",
                        node_kind_name(item));
            continue;
        }
        struct port *port = &ports[n];
        struct str type = value_type(r->ps, item, at, otherwise);
        *port = (struct port){.line = item->line, .column = item->column};
        port->name = check_required_text(r->ps, item, at, "name", NULL);
        port->type = type_normal(r->a, node_str(r->a, type));
        port->description = check_text(r->ps, item, at, "description");
        if (port->name.n && check_port_name(r->ps, ports, n, pointer_key(r->a, at, STR("name")), item, port->name))
            n++;
    }
    *count = n;
    return ports;
}

static bool default_fits(const struct port *port, const struct node *value)
{
    return str_is(port->type, "JsonArray")    ? node_is_seq(value)
           : str_is(port->type, "JsonObject") ? node_is_map(value)
                                              : node_is_scalar(value);
}

void tekton_params(struct reading *r, const struct node *spec, struct str path, struct interface *out)
{
    out->inputs = declarations(r, spec, path, "params", "string", &out->input_count);
    path = pointer_key(r->a, path, STR("params"));
    const struct node *list = node_get(spec, "params");
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++) {
        const struct node *value = node_get(list->items[i], "default");
        struct str name = node_text_of(list->items[i], "name");
        for (size_t k = 0; !node_is_null(value) && k < out->input_count; k++) {
            struct port *port = &out->inputs[k];
            if (!str_eq(port->name, name) || port->default_value)
                continue;
            port->default_value = value;
            if (!default_fits(port, value))
                check_error(r->ps, "bad_default", pointer_key(r->a, pointer_index(r->a, path, i), STR("default")),
                            value, NULL, "the default, a %s, does not fit the type of the parameter",
                            node_kind_name(value));
        }
    }
}

void tekton_results(struct reading *r, const struct node *spec, struct str path, const char *otherwise,
                    struct interface *out)
{
    out->outputs = declarations(r, spec, path, "results", otherwise, &out->output_count);
}

/* The list of ports with one for each workspace behind it. */
static void append_workspaces(struct reading *r, const struct node *spec, struct str path, bool input,
                              struct port **ports, size_t *count)
{
    const struct node *list = check_list(r->ps, spec, path, "workspaces");
    path = pointer_key(r->a, path, STR("workspaces"));
    size_t room, before = *count;
    struct port *all = check_ports_room(r->ps, path, list, before + node_count(list), &room);
    for (size_t k = 0; k < before; k++)
        all[k] = (*ports)[k];
    for (size_t i = 0; i < node_count(list) && *count < room; i++) {
        const struct node *item = list->items[i];
        struct str at = pointer_index(r->a, path, i), name = node_text_of(item, "name");
        bool taken = false;
        for (size_t k = 0; k < before; k++)
            taken = taken || str_eq(all[k].name, name);
        struct port *port = &all[*count];
        *port = (struct port){.line = item->line, .column = item->column, .type = STR("Workspace")};
        port->name = taken ? str_cat(r->a, STR("workspaces."), name) : name;
        port->description = node_text_of(item, "description");
        port->optional = input && node_bool(node_get(item, "optional"), false);
        if (name.n == 0 && input)
            check_error(r->ps, "missing_field", pointer_key(r->a, at, STR("name")), item, "- name: source",
                        "a workspace has a name");
        if (name.n && check_port_name(r->ps, all, *count, at, item, port->name))
            ++*count;
    }
    *ports = all;
}

struct tekton_counts tekton_ports(struct reading *r, const struct node *spec, struct str path, struct interface *out)
{
    tekton_params(r, spec, path, out);
    tekton_results(r, spec, path, "string", out);
    struct tekton_counts counts = {out->input_count, out->output_count};
    append_workspaces(r, spec, path, true, &out->inputs, &out->input_count);
    append_workspaces(r, spec, path, false, &out->outputs, &out->output_count);
    return counts;
}

static void check_steps(struct reading *r, const struct node *spec)
{
    const struct node *steps = check_list(r->ps, spec, STR("/spec"), "steps");
    const struct node *shared = node_path(spec, "stepTemplate", "image", NULL);
    if (!check_required(r->ps, spec, STR("/spec"), "steps", "a task has at least one step"))
        return;
    if (steps && steps->count == 0)
        check_error(r->ps, "missing_field", STR("/spec/steps"), steps, NULL, "a task has at least one step");
    for (size_t i = 0; i < node_count(steps); i++) {
        const struct node *step = steps->items[i];
        struct str at = pointer_index(r->a, STR("/spec/steps"), i);
        if (!node_is_map(step)) {
            check_error(r->ps, "wrong_type", at, step, NULL, "a step is a map, not a %s", node_kind_name(step));
            continue;
        }
        const struct node *ref = node_get(step, "ref");
        if (node_is_null(ref) && node_is_null(shared))
            (void)check_required_text(r->ps, step, at, "image", "a step has an image, or a ref to a StepAction");
        fact_add(r, "images", node_text(node_is_null(node_get(step, "image")) ? shared : node_get(step, "image")));
        fact_add(r, "step_actions", node_text_of(ref, "name"));
    }
    fact_int(r, "steps", node_count(steps));
}

static void named_facts(struct reading *r, const struct node *list, const char *key)
{
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++)
        fact_add(r, key, node_text_of(list->items[i], "name"));
}

void read_tekton_task(struct reading *r)
{
    struct package *p = r->package;
    const struct node *spec = check_map(r->ps, r->documents[0], STR_NONE, "spec");
    tekton_metadata(r);
    if (!check_required(r->ps, r->documents[0], STR_NONE, "spec", NULL) || !spec)
        return;
    p->description = check_text(r->ps, spec, STR("/spec"), "description");
    (void)tekton_ports(r, spec, STR("/spec"), &p->interface);
    if (p->format == FORMAT_TEKTON_STEPACTION) {
        fact_add(r, "images", check_required_text(r->ps, spec, STR("/spec"), "image", "a StepAction runs an image"));
        return;
    }
    if (!node_is_null(node_get(spec, "resources")))
        check_error(r->ps, "removed_field", STR("/spec/resources"), node_get(spec, "resources"),
                    "use params, results and workspaces", "Tekton has no PipelineResources any more");
    check_steps(r, spec);
    named_facts(r, node_get(spec, "workspaces"), "workspaces");
    named_facts(r, node_get(spec, "sidecars"), "sidecars");
}
