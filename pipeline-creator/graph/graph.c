#include "pipeline-creator/graph/graph.h"

#include "catalog/catalog.h"
#include "catalog/check.h"
#include "pipeline-creator/graph/read.h"

/* Says nothing of the value: it may be a secret that was put in the wrong place. */
static void invalid_secret(struct reader *r, const struct port *port, struct str path, const struct node *at)
{
    struct problem *p =
        problem_add(r->ps, SEVERITY_ERROR, "invalid_secret", path, at,
                    "the value of %.*s does not name an entry of a Kubernetes Secret", STR_ARG(port->name));
    problem_hint(r->ps, p, "give my-secret/password, or my-secret for its entry " GRAPH_SECRET_KEY);
}

/* Parameters that were given: each must name an input and fit its type. They are not in the document: the path of a
   problem is that in the request. */
static void read_parameters(struct reader *r, const struct interface *i)
{
    struct graph *g = r->out;
    const struct node *given = r->in->parameters;
    g->parameter_values = arena_array_of(r->a, i->input_count, struct str);
    g->parameter_given = arena_array_of(r->a, i->input_count, bool);
    g->input_fixed = arena_array_of(r->a, i->input_count, bool);
    for (size_t k = 0; node_is_map(given) && k < given->count; k++) {
        const struct pair *pair = &given->pairs[k];
        struct str path = pointer_key(r->a, STR("/parameters"), pair->key);
        const struct port *port = interface_input(i, pair->key);
        if (!port) {
            problem_add(r->ps, SEVERITY_ERROR, "unknown_parameter", path, NULL,
                        "the pipeline has no input named \"%.*s\"", STR_ARG(pair->key));
            continue;
        }
        if (node_is_null(pair->value))
            continue; /* as if it were left out */
        struct str text = graph_text(r->a, pair->value), name, key;
        if (graph_type_is_secret(port->type) && !graph_secret(text, &name, &key))
            invalid_secret(r, port, path, NULL);
        if (!graph_text_fits(r->a, text, port->type)) {
            struct str shown = check_excerpt(r->a, text);
            problem_add(r->ps, SEVERITY_ERROR, "type_mismatch", path, NULL,
                        "parameter %.*s: \"%.*s\" is not of type %.*s", STR_ARG(port->name), STR_ARG(shown),
                        STR_ARG(port->type));
        }
        g->parameter_values[port - i->inputs] = text;
        g->parameter_given[port - i->inputs] = true;
    }
}

/*
 * Which entry a secret is gets fixed while compiling. One that nobody named yet is looked for under the input's own
 * name, which the warning says.
 */
static void root_secret(struct reader *r, size_t k, const struct port *port, struct graph_value *v)
{
    struct str text = name_slug(r->a, port->name);
    if (!graph_secret(text, &v->text, &v->key))
        text = STR("secret");
    const struct node *at = NULL;
    v->source = SOURCE_SECRET;
    if (r->out->parameter_given[k]) {
        text = r->out->parameter_values[k];
    } else if (!node_is_null(port->default_value)) {
        text = graph_text(r->a, port->default_value);
        at = port->default_value;
    }
    if (graph_secret(text, &v->text, &v->key))
        return;
    v->source = SOURCE_UNKNOWN;
    if (at)
        invalid_secret(r, port, pointer_index(r->a, STR("/inputs"), k), at);
}

/* The pipeline's inputs as values: all that have one are parameters of the run, so that the file can be used again. */
static struct graph_value *root_inputs(struct reader *r, const struct interface *i)
{
    struct graph_value *values = arena_array_of(r->a, i->input_count, struct graph_value);
    for (size_t k = 0; k < i->input_count; k++) {
        const struct port *port = &i->inputs[k];
        bool has_value = r->out->parameter_given[k] || !node_is_null(port->default_value);
        bool secret = graph_type_is_secret(port->type);
        values[k] = (struct graph_value){.source = SOURCE_INPUT, .index = k, .type = port->type};
        if (secret && (has_value || !port->optional))
            root_secret(r, k, port, &values[k]);
        if (has_value)
            continue;
        struct node at = {.line = port->line, .column = port->column};
        if (port->optional) {
            values[k].source = SOURCE_NONE;
            continue;
        }
        if (type_is_workspace(port->type))
            continue; /* a folder on the run's volume */
        struct problem *p = problem_add(r->ps, r->in->launch ? SEVERITY_ERROR : SEVERITY_WARNING, "missing_parameter",
                                        pointer_index(r->a, STR("/inputs"), k), &at, "the input \"%.*s\" has no value",
                                        STR_ARG(port->name));
        if (secret)
            problem_hint(
                r->ps, p,
                "give it as name/key when launching; until then the manifest asks for the Secret %.*s, entry %.*s",
                STR_ARG(values[k].text), STR_ARG(values[k].key));
        else
            problem_hint(r->ps, p, "give it when launching, or a default in the pipeline");
    }
    return values;
}

static enum status read_root(struct reader *r, struct err *e)
{
    const struct node *document = r->in->document;
    const char *format = reference_foreign_format(document);
    if (format) {
        problem_add(r->ps, SEVERITY_ERROR, "unsupported_format", STR(""), document,
                    "this is %s; only ComponentSpec with a graph can be compiled so far", format);
        return err_set(e, ERR_INVALID, "unsupported_format", "the document is %s", format);
    }
    struct component *c = &r->out->component;
    enum status status = component_read(r->a, document, STR(""), c, r->ps);
    if (status != OK && status != ERR_INVALID)
        return err_set(e, status, "component", "the document could not be read");
    if (c->graph)
        return OK;
    if (r->ps->errors == 0)
        problem_add(r->ps, SEVERITY_ERROR, "not_a_pipeline", STR("/implementation"),
                    node_get(document, "implementation"), "a pipeline needs implementation.graph");
    return err_set(e, ERR_INVALID, "not_a_pipeline", "the document is not a pipeline");
}

enum status graph_read(struct arena *a, const struct graph_input *in, struct graph *out, struct problems *ps,
                       struct err *e)
{
    struct reader r = {.a = a, .in = in, .out = out, .ps = ps};
    *out = (struct graph){0};
    reference_init(&r);
    enum status status = read_root(&r, e);
    if (status != OK)
        return status;
    struct scope root = {.component = &out->component, .graph = out->component.graph};
    read_parameters(&r, &out->component.interface);
    root.inputs = root_inputs(&r, &out->component.interface);
    settings_pipeline(&r, &root);
    scope_expand(&r, &root);
    scope_bind(&r, &root);
    if (r.too_many)
        problem_add(ps, SEVERITY_ERROR, "too_many_tasks", root.tasks_pointer, root.graph,
                    "the pipeline has more than %d tasks, those of nested pipelines and of loops included",
                    GRAPH_MAX_TASKS);
    if (ps->errors > 0)
        return err_set(e, ERR_INVALID, "document_invalid", "the pipeline has %zu error%s", ps->errors,
                       ps->errors == 1 ? "" : "s");
    if (out->missing_count == 0)
        unreachable_tell(&r);
    return OK;
}
