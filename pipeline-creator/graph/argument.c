/* Arguments: constants, graphInput, taskOutput; checked against the ports they come from and go to. */
#include "catalog/check.h"
#include "pipeline-creator/graph/read.h"

#include <stdlib.h>

struct str graph_text(struct arena *a, const struct node *n)
{
    return node_is_scalar(n) ? node_text(n) : node_to_json(a, n);
}

static bool float_fits(struct arena *a, struct str text)
{
    const char *p = str_cstr(a, text);
    char *end = NULL;
    (void)strtod(p, &end);
    return text.n > 0 && end == p + text.n;
}

static bool integer_fits(struct str text)
{
    size_t i = text.n && (text.p[0] == '-' || text.p[0] == '+');
    if (i == text.n)
        return false;
    for (; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return true;
}

/* The words that KFP v1 takes for a Boolean (distutils' strtobool). */
static bool boolean_fits(struct str text)
{
    static const char *const words[] = {"true", "false", "yes", "no", "y", "n", "t", "f", "on", "off", "1", "0"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_nocase(text, str_of(words[i])))
            return true;
    return false;
}

/* One of the bindings that a workspace can have (component.h). */
static bool workspace_fits(struct arena *a, struct str text)
{
    static const char *const kinds[] = {"emptyDir",  "secret", "configMap",          "persistentVolumeClaim",
                                        "projected", "csi",    "volumeClaimTemplate"};
    static const char *const names[] = {NULL, "secretName", "name", "claimName", NULL, "driver", NULL};
    const struct node *n = check_inner(a, text);
    if (!node_is_map(n) || n->count != (node_get(n, "subPath") ? 2 : 1))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct node *binding = node_get(n, kinds[i]);
        if (binding)
            return node_is_map(binding) && (!names[i] || node_text_of(binding, names[i]).n > 0);
    }
    return false;
}

bool graph_text_fits(struct arena *a, struct str text, struct str type)
{
    if (str_is(type, "Integer"))
        return integer_fits(text);
    if (str_is(type, "Float"))
        return float_fits(a, text);
    if (str_is(type, "Boolean"))
        return boolean_fits(text);
    if (type_is_workspace(type))
        return workspace_fits(a, text);
    bool list = str_is(type, "JsonArray");
    if (!list && !str_is(type, "JsonObject"))
        return true;
    struct node *n = NULL;
    struct err e = {0};
    return node_parse_json(a, text, &n, &e) == OK && (list ? node_is_seq(n) : node_is_map(n));
}

struct str argument_task(const struct node *n)
{
    return node_text_of(node_get(n, "taskOutput"), "taskId");
}

/* "did you mean" for near names, else the list of what there is. */
void argument_hint_ports(struct reader *r, struct problem *p, const struct port *ports, size_t count, struct str wanted)
{
    struct str near = near_port(r, ports, count, wanted);
    if (near.n) {
        problem_hint(r->ps, p, "did you mean %.*s?", STR_ARG(near));
        return;
    }
    struct buf b;
    buf_init(&b, r->a, 180);
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(ports[i].name));
    struct str list = count ? buf_take(&b) : STR("none");
    problem_hint(r->ps, p, "there is: %.*s", STR_ARG(list));
}

static struct str override_type(struct reader *r, const struct node *reference, struct str type)
{
    const struct node *given = node_get(reference, "type");
    return given ? type_normal(r->a, given) : type;
}

static struct graph_value from_input(struct reader *r, struct scope *s, const struct level_task *t,
                                     const struct node *n, struct str pointer)
{
    const struct node *reference = node_get(n, "graphInput");
    struct str name = node_text_of(reference, "inputName");
    const struct interface *i = &s->component->interface;
    for (size_t k = 0; k < i->input_count; k++) {
        if (!str_eq(i->inputs[k].name, name))
            continue;
        s->input_used[k] = true;
        struct graph_value v = s->inputs[k];
        v.type = override_type(r, reference, i->inputs[k].type);
        v.at = n;
        return v;
    }
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "unknown_graph_input", pointer, n,
                                      "the pipeline has no input named \"%.*s\"", STR_ARG(name));
    argument_hint_ports(r, p, i->inputs, i->input_count, name);
    fix_reference(r, s, t, p, n, pointer, "graphInput", "inputName", near_port(r, i->inputs, i->input_count, name));
    return unknown_value(n);
}

static void unknown_task(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                         struct str pointer, struct str id)
{
    struct problem *p =
        scope_problem(r, s, SEVERITY_ERROR, "unknown_task", pointer, n, "there is no task \"%.*s\"", STR_ARG(id));
    struct str near = near_task(r, s, id);
    if (near.n == 0)
        return;
    problem_hint(r->ps, p, "did you mean %.*s?", STR_ARG(near));
    if (fix_wanted(r, s) && (!t || !fix_waits_for(r, s, &s->tasks[*map_find(&s->ids, near)], t)))
        fix_reference(r, s, t, p, n, pointer, "taskOutput", "taskId", near);
}

static struct graph_value from_task(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                                    struct str pointer)
{
    const struct node *reference = node_get(n, "taskOutput");
    struct str id = node_text_of(reference, "taskId"), name = node_text_of(reference, "outputName");
    size_t *at = map_find(&s->ids, id);
    if (!at) {
        unknown_task(r, s, t, n, pointer, id);
        return unknown_value(n);
    }
    const struct level_task *from = &s->tasks[*at];
    if (from == t || !from->ref.component)
        return unknown_value(n);
    if (from->exit_handler && t) {
        scope_problem(r, s, SEVERITY_ERROR, "exit_handler_consumed", pointer, n,
                      "%.*s is an exit handler: it runs after all other tasks, which cannot use its outputs",
                      STR_ARG(id));
        return unknown_value(n);
    }
    const struct interface *i = &from->ref.component->interface;
    const struct port *port = interface_output(i, name);
    if (!port) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "unknown_output", pointer, n,
                                          "%.*s has no output named \"%.*s\"", STR_ARG(id), STR_ARG(name));
        argument_hint_ports(r, p, i->outputs, i->output_count, name);
        struct str near = near_port(r, i->outputs, i->output_count, name);
        if (near.n == 0 && i->output_count == 1)
            near = i->outputs[0].name;
        fix_reference(r, s, t, p, n, pointer, "taskOutput", "outputName", near);
        return unknown_value(n);
    }
    size_t index = (size_t)(port - i->outputs);
    if (from->loop) {
        struct graph_value list = collect_output(r, s, from, index, n, pointer);
        list.type = override_type(r, reference, STR("JsonArray"));
        return list;
    }
    struct graph_value v = {.source = SOURCE_OUTPUT, .index = from->flat, .port = index};
    if (from->inner)
        v = from->outputs ? from->outputs[index] : unknown_value(n);
    v.type = override_type(r, reference, port->type);
    v.at = n;
    return v;
}

/* A list or map as the JSON text that is wanted; what was meant to be a reference is no such text. */
static void fix_shape(struct reader *r, struct scope *s, const struct level_task *t, struct problem *p,
                      const struct node *n, struct str pointer)
{
    bool reference = node_get(n, "graphInput") || node_get(n, "taskOutput") || node_get(n, "dynamicData");
    struct node *text = reference || !fix_wanted(r, s) ? NULL : node_str(r->a, node_to_json(r->a, n));
    if (text && r->wanted && argument_would_do(r, s, t, text, pointer, r->wanted))
        fix_replace(r, s, p, pointer, text);
}

struct graph_value argument_read(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                                 struct str pointer)
{
    if (node_is_scalar(n) && !node_is_null(n))
        return (struct graph_value){.source = SOURCE_TEXT, .text = node_text(n), .at = n};
    if (node_is_map(n) && n->count == 1) {
        if (node_is_map(node_get(n, "graphInput")))
            return from_input(r, s, t, n, pointer);
        if (node_is_map(node_get(n, "taskOutput")))
            return from_task(r, s, t, n, pointer);
        if (node_get(n, "dynamicData"))
            return dynamic_read(r, s, t, n, pointer);
    }
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "argument_shape", pointer, n,
                                      "an argument is a text, {graphInput: {inputName}}, {taskOutput: {taskId, "
                                      "outputName}} or {dynamicData}, not %s",
                                      node_is_null(n) ? "empty" : node_kind_name(n));
    if (node_is_seq(n) || node_is_map(n)) {
        problem_hint(r->ps, p, "write a list or map as JSON text, for example '[1, 2]'");
        fix_shape(r, s, t, p, n, pointer);
    } else {
        problem_hint(r->ps, p, "leave the argument out, or write '' for an empty text");
        if (t && r->wanted && (r->wanted->optional || !node_is_null(r->wanted->default_value)))
            fix_remove(r, s, p, pointer);
    }
    return unknown_value(n);
}

/*
 * Secrets stay among secrets: an input of type Secret takes nothing else, since whatever comes as text stands in the
 * manifest; and a component that does not call its input a secret may print it, so that handing one to it must be
 * said at that place, by dynamicData or by `type: String` at the reference. True when there is a problem.
 */
static bool check_secret(struct reader *r, const struct scope *s, struct str pointer, const struct graph_value *v,
                         const struct port *port)
{
    bool wanted = graph_type_is_secret(port->type);
    if (v->source != SOURCE_SECRET && wanted) {
        struct problem *p =
            scope_problem(r, s, SEVERITY_ERROR, "secret_as_text", pointer, v->at,
                          "%.*s is a secret, which can only be a reference: as a text it would stand in the manifest",
                          STR_ARG(port->name));
        problem_hint(r->ps, p, "{dynamicData: {secret: {name, key}}}, or an input of the pipeline of type Secret");
        return true;
    }
    bool text = port->type.n == 0 || str_is(port->type, "String");
    if (v->source != SOURCE_SECRET || wanted || (text && !graph_type_is_secret(v->type)))
        return false;
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "secret_exposed", pointer, v->at,
                                      "%.*s is given a secret, but is not of type Secret", STR_ARG(port->name));
    problem_hint(r->ps, p, "%s",
                 text ? "add type: String to the reference if its component may have it"
                      : "only inputs of type Secret or String take one");
    return true;
}

/* "7.0" and " 7 " are 7; a list as Python or YAML writes it is one of JSON. Empty when it is not that plain. */
static struct str as_type(struct reader *r, struct str text, struct str type)
{
    struct str out = str_trim(text);
    ptrdiff_t dot = str_find_char(out, '.');
    if (str_is(type, "Integer") && dot > 0) {
        size_t zeros = (size_t)dot + 1;
        while (zeros < out.n && out.p[zeros] == '0')
            zeros++;
        out = zeros == out.n ? str_sub(out, 0, (size_t)dot) : out;
    } else if (str_is(type, "JsonArray") || str_is(type, "JsonObject")) {
        const struct node *n = check_inner(r->a, text);
        out = n && !node_is_scalar(n) ? node_to_json(r->a, n) : STR_NONE;
    }
    return out.n && graph_text_fits(r->a, out, type) ? out : STR_NONE;
}

static void check_fit(struct reader *r, const struct scope *s, struct str pointer, const struct graph_value *v,
                      const struct port *port)
{
    if (v->source == SOURCE_UNKNOWN || v->source == SOURCE_NONE || check_secret(r, s, pointer, v, port) ||
        v->source == SOURCE_SECRET)
        return;
    if (v->source == SOURCE_TEXT && v->type.n == 0) {
        if (graph_text_fits(r->a, v->text, port->type))
            return;
        struct str shown = check_excerpt(r->a, v->text), converted = as_type(r, v->text, port->type);
        struct problem *p = scope_problem(
            r, s, SEVERITY_ERROR, "type_mismatch", pointer, v->at, "\"%.*s\" is not %s %.*s, which %.*s takes",
            STR_ARG(shown), str_is(port->type, "Integer") ? "an" : "a", STR_ARG(port->type), STR_ARG(port->name));
        if (converted.n && node_is_scalar(v->at))
            fix_replace_text(r, s, p, pointer, converted);
        return;
    }
    if (type_fits(v->type, port->type))
        return;
    struct str given = v->type.n ? v->type : STR("what has no type"), taken = port->type.n ? port->type : STR("data");
    struct problem *p =
        scope_problem(r, s, SEVERITY_ERROR, "type_mismatch", pointer, v->at, "%.*s takes %.*s, but is given %.*s",
                      STR_ARG(port->name), STR_ARG(taken), STR_ARG(given));
    if (type_is_workspace(port->type) || type_is_workspace(v->type))
        return;
    problem_hint(r->ps, p, "connect a port of that type, or add type: %.*s to the reference if it is meant",
                 STR_ARG(port->type));
}

/* An input that nothing is bound to, or only an optional one without value: its default, or absent. */
static struct graph_value absent(struct reader *r, struct scope *s, const struct level_task *t, const struct port *port,
                                 struct str pointer, const struct graph_value *bound)
{
    if (!node_is_null(port->default_value)) {
        struct graph_value v = {
            .source = SOURCE_TEXT, .text = graph_text(r->a, port->default_value), .type = port->type, .at = t->node};
        if (check_secret(r, s, pointer, &v, port))
            return unknown_value(t->node);
        v.at = port->default_value;
        return v;
    }
    /* a task's own workspace is never missing: where nothing is bound the run's volume has a folder */
    if (port->optional || (type_is_workspace(port->type) && !t->inner))
        return (struct graph_value){.source = SOURCE_NONE, .at = t->node};
    struct problem *p =
        scope_problem(r, s, SEVERITY_ERROR, "missing_input", pointer, bound ? bound->at : &t->key,
                      bound ? "%.*s needs its input \"%.*s\", but the optional input it is connected to has no value"
                            : "%.*s needs its input \"%.*s\"",
                      STR_ARG(t->path), STR_ARG(port->name));
    problem_hint(r->ps, p, "%s",
                 bound ? "give the pipeline's input a default or a value, or make it required"
                       : "connect it or give it a value");
    if (!bound)
        fix_connect(r, s, t, p, port);
    return unknown_value(t->node);
}

bool argument_would_do(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                       struct str pointer, const struct port *port)
{
    const struct problems before = *r->ps;
    r->trying = true;
    struct graph_value v = argument_read(r, s, t, n, pointer);
    if (port)
        check_fit(r, s, pointer, &v, port);
    bool required = port && !port->optional && node_is_null(port->default_value);
    bool fits = r->ps->errors == before.errors && v.source != SOURCE_UNKNOWN && (v.source != SOURCE_NONE || !required);
    r->trying = false;
    *r->ps = before;
    return fits;
}

/* The input that was likely meant gets the value, unless it has one; what nothing takes goes. */
static void fix_argument(struct reader *r, struct scope *s, const struct level_task *t, struct problem *p,
                         const struct pair *pair, const struct node *arguments, bool template, struct str pointer)
{
    const struct interface *i = &t->ref.component->interface;
    struct str near = near_port(r, i->inputs, i->input_count, pair->key), ignored;
    const struct port *port = near.n ? interface_input(i, near) : NULL;
    struct graph_value looped;
    bool taken = port && (node_get_str(arguments, near) || node_get_str(template_map(r, s, t, false, &ignored), near) ||
                          loop_input(r, t, (size_t)(port - i->inputs), &looped));
    if (!port || taken)
        fix_remove(r, s, p, pointer_key(r->a, pointer, pair->key));
    else if (fix_wanted(r, s) &&
             (template || argument_would_do(r, s, t, pair->value, pointer_key(r->a, pointer, pair->key), port)))
        fix_rename(r, s, p, pointer, pair->key, near, pair->value);
}

static void check_names(struct reader *r, struct scope *s, const struct level_task *t, const struct node *given,
                        bool template, struct str pointer)
{
    const struct interface *i = &t->ref.component->interface;
    for (size_t k = 0; k < node_count(given); k++) {
        const struct pair *pair = &given->pairs[k];
        if (interface_input(i, pair->key))
            continue;
        struct node at = {.line = pair->key_line, .column = pair->key_column};
        struct problem *p =
            scope_problem(r, s, SEVERITY_ERROR, "unknown_argument", pointer_key(r->a, pointer, pair->key), &at,
                          "%.*s has no input named \"%.*s\"", STR_ARG(t->path), STR_ARG(pair->key));
        argument_hint_ports(r, p, i->inputs, i->input_count, pair->key);
        fix_argument(r, s, t, p, pair, node_get(t->node, "arguments"), template, pointer);
    }
}

/* What is given to the inputs of a task. */
struct given {
    const struct node *arguments, *template;
    struct str pointer, template_pointer;
};

static struct graph_value bind_input(struct reader *r, struct scope *s, const struct level_task *t,
                                     const struct given *given, const struct port *port)
{
    const struct node *n = node_get_str(given->arguments, port->name);
    const struct node *parts = node_get_str(given->template, port->name);
    struct str at = pointer_key(r->a, parts ? given->template_pointer : given->pointer, port->name);
    if (!n && !parts)
        return absent(r, s, t, port, given->pointer, NULL);
    if (n && parts)
        scope_problem(r, s, SEVERITY_ERROR, "argument_and_template", at, parts,
                      "%.*s has both an argument and a template", STR_ARG(port->name));
    r->wanted = port;
    struct graph_value v = parts ? template_read(r, s, t, parts, at) : argument_read(r, s, t, n, at);
    r->wanted = NULL;
    check_fit(r, s, at, &v, port);
    return v.source == SOURCE_NONE ? absent(r, s, t, port, at, &v) : v;
}

struct graph_value *arguments_bind(struct reader *r, struct scope *s, const struct level_task *t)
{
    const struct interface *i = &t->ref.component->interface;
    struct given given = {.arguments = node_get(t->node, "arguments"),
                          .pointer = pointer_key(r->a, t->pointer, STR("arguments"))};
    given.template = template_map(r, s, t, true, &given.template_pointer);
    struct graph_value *values = arena_array_of(r->a, i->input_count, struct graph_value);
    if (!node_is_null(given.arguments) && !node_is_map(given.arguments)) {
        scope_problem(r, s, SEVERITY_ERROR, "argument_shape", given.pointer, given.arguments,
                      "arguments is a map from inputs to values, not a %s", node_kind_name(given.arguments));
        return values;
    }
    check_names(r, s, t, given.arguments, false, given.pointer);
    check_names(r, s, t, given.template, true, given.template_pointer);
    for (size_t k = 0; k < i->input_count; k++)
        if (!loop_input(r, t, k, &values[k]))
            values[k] = bind_input(r, s, t, &given, &i->inputs[k]);
    return values;
}
