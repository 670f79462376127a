#include "catalog/interface.h"

static void port_json(struct json *j, const struct port *p, bool input)
{
    json_object(j);
    json_put_str(j, "name", p->name);
    json_key(j, "type");
    if (p->type.n)
        json_str(j, p->type);
    else
        json_null(j);
    if (input) {
        json_key(j, "default");
        if (p->default_value)
            json_node(j, p->default_value);
        else
            json_null(j);
        json_put_bool(j, "optional", p->optional);
    }
    json_put_str(j, "description", p->description);
    json_object_end(j);
}

void interface_json(struct json *j, const struct interface *i)
{
    json_object(j);
    json_key(j, "inputs");
    json_array(j);
    for (size_t k = 0; k < i->input_count; k++)
        port_json(j, &i->inputs[k], true);
    json_array_end(j);
    json_key(j, "outputs");
    json_array(j);
    for (size_t k = 0; k < i->output_count; k++)
        port_json(j, &i->outputs[k], false);
    json_array_end(j);
    json_object_end(j);
}

static enum status ports_from_node(struct arena *a, const struct node *list, const char *what, struct port **out,
                                   size_t *count, struct err *e)
{
    if (!node_is_seq(list))
        return err_set(e, ERR_INVALID, "bad_interface", "the interface has no list %s", what);
    if (list->count > INTERFACE_MAX_PORTS)
        return err_set(e, ERR_LIMIT, "too_many_ports", "%zu %s; at most %d are taken", list->count, what,
                       INTERFACE_MAX_PORTS);
    struct port *ports = arena_array_of(a, list->count, struct port);
    for (size_t i = 0; i < list->count; i++) {
        const struct node *n = list->items[i];
        ports[i].name = node_text_of(n, "name");
        if (ports[i].name.n == 0)
            return err_set(e, ERR_INVALID, "bad_interface", "%s[%zu] has no name", what, i);
        ports[i].type = node_text_of(n, "type");
        ports[i].description = node_text_of(n, "description");
        ports[i].optional = node_bool(node_get(n, "optional"), false);
        const struct node *value = node_get(n, "default");
        ports[i].default_value = node_is_null(value) ? NULL : value;
    }
    *out = ports;
    *count = list->count;
    return OK;
}

enum status interface_from_node(struct arena *a, const struct node *n, struct interface *out, struct err *e)
{
    *out = (struct interface){0};
    enum status s = ports_from_node(a, node_get(n, "inputs"), "inputs", &out->inputs, &out->input_count, e);
    return s ? s : ports_from_node(a, node_get(n, "outputs"), "outputs", &out->outputs, &out->output_count, e);
}

static const struct port *find(const struct port *ports, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(ports[i].name, name))
            return &ports[i];
    return NULL;
}

const struct port *interface_input(const struct interface *i, struct str name)
{
    return find(i->inputs, i->input_count, name);
}

const struct port *interface_output(const struct interface *i, struct str name)
{
    return find(i->outputs, i->output_count, name);
}

static bool required(const struct port *p)
{
    return !p->optional && !p->default_value;
}

static bool same_default(const struct node *x, const struct node *y)
{
    if (!x || !y)
        return x == y;
    if (node_equal(x, y))
        return true;
    /* '3' and 3 are one default, and so are 'False' and false: that is what people write for the same thing. */
    return node_is_scalar(x) && node_is_scalar(y) &&
           (str_eq(x->text, y->text) || (x->type != y->type && str_eq_nocase(x->text, y->text)));
}

static enum interface_change worse(enum interface_change x, enum interface_change y)
{
    return x > y ? x : y;
}

static enum interface_change compare_input(const struct port *from, const struct port *to)
{
    if (!to || (required(to) && !required(from)) || !type_fits(from->type, to->type))
        return INTERFACE_BREAKING;
    bool same = str_eq(from->type, to->type) && str_eq(from->description, to->description) &&
                from->optional == to->optional && same_default(from->default_value, to->default_value);
    return same ? INTERFACE_IDENTICAL : INTERFACE_COMPATIBLE;
}

static enum interface_change compare_output(const struct port *from, const struct port *to)
{
    if (!to || !str_eq(from->type, to->type))
        return INTERFACE_BREAKING;
    return str_eq(from->description, to->description) ? INTERFACE_IDENTICAL : INTERFACE_COMPATIBLE;
}

enum interface_change interface_compare(const struct interface *from, const struct interface *to)
{
    enum interface_change change = INTERFACE_IDENTICAL;
    for (size_t i = 0; i < from->input_count; i++)
        change = worse(change, compare_input(&from->inputs[i], interface_input(to, from->inputs[i].name)));
    for (size_t i = 0; i < from->output_count; i++)
        change = worse(change, compare_output(&from->outputs[i], interface_output(to, from->outputs[i].name)));
    for (size_t i = 0; i < to->input_count; i++)
        if (!interface_input(from, to->inputs[i].name))
            change = worse(change, required(&to->inputs[i]) ? INTERFACE_BREAKING : INTERFACE_COMPATIBLE);
    for (size_t i = 0; i < to->output_count; i++)
        if (!interface_output(from, to->outputs[i].name))
            change = worse(change, INTERFACE_COMPATIBLE);
    return change;
}

/* ---- the difference, for people */

struct ports {
    const struct port *at;
    size_t count;
    bool input;
};

/* Those of `these` that `others` does not have. */
static void missing_json(struct json *j, const char *key, struct ports these, struct ports others)
{
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < these.count; i++)
        if (!find(others.at, others.count, these.at[i].name))
            port_json(j, &these.at[i], these.input);
    json_array_end(j);
}

static bool same_port(const struct port *from, const struct port *to, bool input)
{
    return (input ? compare_input(from, to) : compare_output(from, to)) == INTERFACE_IDENTICAL;
}

static void ports_diff_json(struct json *j, const char *key, struct ports from, struct ports to)
{
    json_key(j, key);
    json_object(j);
    missing_json(j, "added", to, from);
    missing_json(j, "removed", from, to);
    json_key(j, "changed");
    json_array(j);
    for (size_t i = 0; i < from.count; i++) {
        const struct port *old = &from.at[i], *new = find(to.at, to.count, old->name);
        if (!new || same_port(old, new, from.input))
            continue;
        json_object(j);
        json_put_str(j, "name", old->name);
        json_key(j, "from");
        port_json(j, old, from.input);
        json_key(j, "to");
        port_json(j, new, from.input);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

void interface_diff_json(struct json *j, const struct interface *from, const struct interface *to)
{
    static const char *const verdicts[] = {"identical", "compatible", "breaking"};
    json_object(j);
    json_put_cstr(j, "verdict", verdicts[interface_compare(from, to)]);
    ports_diff_json(j, "inputs", (struct ports){from->inputs, from->input_count, true},
                    (struct ports){to->inputs, to->input_count, true});
    ports_diff_json(j, "outputs", (struct ports){from->outputs, from->output_count, false},
                    (struct ports){to->outputs, to->output_count, false});
    json_object_end(j);
}
