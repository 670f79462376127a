/* The PipelineRun around the tasks. */
#include "base/json.h"
#include "catalog/catalog.h"
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/tekton/build.h"

static void names_of_ports(struct json *j, const struct port *ports, size_t count, const char *key,
                           struct str (*name)(const struct task_plan *t, size_t i), const struct task_plan *t)
{
    bool open = false;
    for (size_t i = 0; i < count; i++) {
        struct str tekton = name(t, i);
        if (str_eq(tekton, ports[i].name))
            continue;
        if (!open) {
            json_key(j, key);
            json_object(j);
            open = true;
        }
        json_key_str(j, tekton);
        json_str(j, ports[i].name);
    }
    if (open)
        json_object_end(j);
}

static void put_value(struct plan *p, struct node *n, size_t input, const char *key, struct str text)
{
    if (p->params[input].by_whole)
        node_put(p->a, n, key, embed_whole(p->a, text));
    else
        node_put_str(p->a, n, key, text);
}

static struct str input_name(const struct task_plan *t, size_t i)
{
    return t->inputs[i].name;
}

static struct str output_name(const struct task_plan *t, size_t i)
{
    return t->outputs[i].name;
}

/* An optional input that is absent was compiled away, as is one that loops were unrolled over, and a secret is no
   parameter: one for it would have no effect. */
static bool is_param(const struct plan *p, size_t input)
{
    struct str type = p->graph->component.interface.inputs[input].type;
    bool fixed = p->graph->input_fixed[input] && !p->params[input].as_text && !p->params[input].as_list;
    if (type_is_workspace(type) || graph_type_is_secret(type) || fixed)
        return false;
    return p->params[input].value.p || !p->graph->component.interface.inputs[input].optional;
}

/* The text of a value that no task makes; p NULL where it is not known yet, or a file, or a secret. */
static struct str fixed_text(struct plan *p, const struct graph_value *v)
{
    const struct graph_value *part = NULL;
    size_t count = graph_parts(v, &part);
    struct buf b;
    buf_init(&b, p->a, 0);
    for (size_t k = 0; k < count; k++) {
        if (part[k].source != SOURCE_TEXT && part[k].source != SOURCE_INPUT)
            return STR_NONE;
        struct str text = part[k].text;
        const struct port *port = &p->graph->component.interface.inputs[part[k].index];
        if (part[k].source == SOURCE_INPUT && p->graph->parameter_given[part[k].index])
            text = p->graph->parameter_values[part[k].index];
        else if (part[k].source == SOURCE_INPUT && node_is_null(port->default_value))
            return STR_NONE;
        else if (part[k].source == SOURCE_INPUT)
            text = graph_text(p->a, port->default_value);
        buf_str(&b, text);
    }
    return b.n ? buf_take(&b) : STR("");
}

/* Outputs of the pipeline that Tekton cannot have as results, but that are known: for who records the run. */
static void fixed_outputs(struct plan *p, struct json *j)
{
    const struct interface *i = &p->graph->component.interface;
    bool open = false;
    for (size_t k = 0; k < i->output_count; k++) {
        const struct graph_value *v = &p->graph->outputs[k];
        struct str text = p->results[k].p || v->source == SOURCE_NONE ? STR_NONE : fixed_text(p, v);
        if (!text.p)
            continue;
        if (!open) {
            json_key(j, "outputs");
            json_object(j);
            open = true;
        }
        json_key_str(j, i->outputs[k].name);
        json_str(j, text);
    }
    if (open)
        json_object_end(j);
}

/* Which Tekton name stands for what in the document; names of ports only where they differ. */
static struct str names_json(struct plan *p)
{
    struct buf b;
    buf_init(&b, p->a, 0);
    struct json j = json_to(&b);
    const struct interface *i = &p->graph->component.interface;
    json_object(&j);
    json_key(&j, "params");
    json_object(&j);
    for (size_t k = 0; k < i->input_count; k++) {
        if (!is_param(p, k))
            continue;
        json_key_str(&j, p->params[k].name);
        json_str(&j, i->inputs[k].name);
    }
    json_object_end(&j);
    json_key(&j, "results");
    json_object(&j);
    for (size_t k = 0; k < i->output_count; k++) {
        if (!p->results[k].p)
            continue;
        json_key_str(&j, p->results[k]);
        json_str(&j, i->outputs[k].name);
    }
    json_object_end(&j);
    fixed_outputs(p, &j);
    json_key(&j, "tasks");
    json_object(&j);
    for (size_t k = 0; k < p->graph->task_count; k++) {
        const struct task_plan *t = &p->tasks[k];
        const struct interface *ports = &t->task->component->interface;
        json_key_str(&j, t->name);
        json_object(&j);
        json_put_str(&j, "path", t->task->path);
        if (t->task->condition_of.n)
            json_put_str(&j, "condition_of", t->task->condition_of);
        names_of_ports(&j, ports->inputs, ports->input_count, "inputs", input_name, t);
        names_of_ports(&j, ports->outputs, ports->output_count, "outputs", output_name, t);
        json_object_end(&j);
    }
    json_object_end(&j);
    json_object_end(&j);
    return buf_take(&b);
}

static struct node *metadata(struct plan *p, struct str name)
{
    struct arena *a = p->a;
    struct node *n = node_map(a), *annotations = node_map(a);
    struct str title = p->graph->component.name;
    /* Tekton hands labels and annotations of a run down to its pods. */
    const struct node *labels = node_get(p->options.pod_metadata, "labels"),
                      *others = node_get(p->options.pod_metadata, "annotations");
    node_set_all(a, annotations, others);
    if (name.n)
        node_put_str(a, n, "name", name);
    else
        node_put_str(a, n, "generateName", str_cat(a, name_slug(a, title.n ? title : STR("pipeline")), STR("-")));
    if (title.n)
        node_put_str(a, annotations, "component-hub.dev/title", title);
    struct str names = names_json(p);
    if (names.n <= ANNOTATION_HOLD)
        node_put_str(a, annotations, "component-hub.dev/names", names);
    else
        problem_add(p->ps, SEVERITY_WARNING, "names_dropped", STR(""), NULL,
                    "the map of names is too large for an annotation (%zu bytes) and is left out", names.n);
    if (node_count(labels))
        node_put(a, n, "labels", node_copy(a, labels));
    node_put(a, n, "annotations", annotations);
    return n;
}

/* {name, <key>: value}; what Tasks take as array or object is one. */
static struct node *named_value(struct plan *p, size_t input, const char *key, struct str text)
{
    struct node *n = build_named(p->a, p->params[input].name);
    put_value(p, n, input, key, text);
    return n;
}

static struct node *run_params(struct plan *p)
{
    struct node *list = node_seq(p->a);
    for (size_t k = 0; k < p->graph->component.interface.input_count; k++)
        if (p->params[k].value.p && is_param(p, k))
            node_push(p->a, list, named_value(p, k, "value", p->params[k].value));
    return list;
}

static struct node *spec_params(struct plan *p)
{
    struct node *list = node_seq(p->a);
    const struct interface *i = &p->graph->component.interface;
    for (size_t k = 0; k < i->input_count; k++) {
        const struct port *port = &i->inputs[k];
        if (!is_param(p, k))
            continue;
        struct node *n = build_named(p->a, p->params[k].name);
        if (port->description.n)
            node_put_str(p->a, n, "description", port->description);
        if (p->params[k].by_whole)
            embed_param_type(p, k, n);
        if (p->params[k].fallback.p)
            put_value(p, n, k, "default", p->params[k].fallback);
        node_push(p->a, list, n);
    }
    return list;
}

static struct node *spec_results(struct plan *p)
{
    struct node *list = node_seq(p->a);
    const struct interface *i = &p->graph->component.interface;
    for (size_t k = 0; k < i->output_count; k++) {
        if (!p->results[k].p)
            continue;
        struct node *n = build_named(p->a, p->results[k]);
        if (i->outputs[k].description.n)
            node_put_str(p->a, n, "description", i->outputs[k].description);
        const struct graph_value *v = &p->graph->outputs[k];
        const struct port *made = &p->tasks[v->index].task->component->interface.outputs[v->port];
        if (p->tasks[v->index].outputs[v->port].by_whole)
            node_put(p->a, n, "type", node_cstr(p->a, str_is(made->type, "JsonObject") ? "object" : "array"));
        node_put_str(p->a, n, "value", value_reference(p, v));
        node_push(p->a, list, n);
    }
    return list;
}

static struct node *pipeline_spec(struct plan *p)
{
    struct arena *a = p->a;
    struct node *n = node_map(a), *tasks = node_seq(a), *last = node_seq(a), *workspaces = node_seq(a);
    for (size_t k = 0; k < p->graph->task_count; k++)
        node_push(a, p->tasks[k].task->exit_handler ? last : tasks, task_node(p, &p->tasks[k]));
    if (p->graph->component.description.n)
        node_put_str(a, n, "description", p->graph->component.description);
    build_put(a, n, "params", spec_params(p));
    if (p->volume)
        node_push(a, workspaces, build_named(a, STR(VOLUME)));
    spaces_pipeline(p, workspaces);
    build_put(a, n, "workspaces", workspaces);
    build_put(a, n, "results", spec_results(p));
    node_put(a, n, "tasks", tasks);
    build_put(a, n, "finally", last);
    return n;
}

static struct node *volume_claim(struct plan *p)
{
    struct arena *a = p->a;
    if (p->options.claim_template)
        return node_copy(a, p->options.claim_template);
    struct node *claim = node_map(a), *spec = node_map(a), *modes = node_seq(a);
    struct node *resources = node_map(a), *requests = node_map(a);
    node_push(a, modes, node_str(a, p->options.access_mode));
    node_put(a, spec, "accessModes", modes);
    if (p->options.storage_class.n)
        node_put_str(a, spec, "storageClassName", p->options.storage_class);
    node_put_str(a, requests, "storage", p->options.size);
    node_put(a, resources, "requests", requests);
    node_put(a, spec, "resources", resources);
    node_put(a, claim, "spec", spec);
    return claim;
}

static struct node *run_workspaces(struct plan *p)
{
    struct arena *a = p->a;
    struct node *list = node_seq(a);
    if (!p->volume) {
        spaces_run(p, list);
        return list;
    }
    struct node *one = build_named(a, STR(VOLUME));
    if (p->options.claim.n) {
        struct node *claim = node_map(a);
        node_put_str(a, claim, "claimName", p->options.claim);
        node_put(a, one, "persistentVolumeClaim", claim);
    } else {
        node_put(a, one, "volumeClaimTemplate", volume_claim(p));
    }
    node_push(a, list, one);
    spaces_run(p, list);
    return list;
}

static struct node *run_timeouts(struct plan *p)
{
    struct node *n = node_map(p->a);
    node_put_str(p->a, n, "pipeline", p->options.timeout);
    if (p->options.tasks_timeout.n)
        node_put_str(p->a, n, "tasks", p->options.tasks_timeout);
    if (p->options.finally_timeout.n)
        node_put_str(p->a, n, "finally", p->options.finally_timeout);
    return n;
}

static struct node *task_run_template(struct plan *p)
{
    struct node *n = node_map(p->a);
    if (p->options.service_account.n)
        node_put_str(p->a, n, "serviceAccountName", p->options.service_account);
    if (node_count(p->options.pod_template))
        node_put(p->a, n, "podTemplate", node_copy(p->a, p->options.pod_template));
    return n;
}

struct node *run_node(struct plan *p, struct str name)
{
    struct arena *a = p->a;
    struct node *n = node_map(a), *spec = node_map(a);
    node_put(a, n, "apiVersion", node_cstr(a, "tekton.dev/v1"));
    node_put(a, n, "kind", node_cstr(a, "PipelineRun"));
    node_put(a, n, "metadata", metadata(p, name));
    build_put(a, spec, "params", run_params(p));
    build_put(a, spec, "workspaces", run_workspaces(p));
    node_put(a, spec, "timeouts", run_timeouts(p));
    build_put(a, spec, "taskRunTemplate", task_run_template(p));
    build_put(a, spec, "taskRunSpecs", scheduling_task_runs(p));
    node_put(a, spec, "pipelineSpec", pipeline_spec(p));
    node_put(a, n, "spec", spec);
    return n;
}
