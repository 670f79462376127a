/* Parameters that a TaskRun or PipelineRun hands down: what the steps of its inline spec may use without declaring it.
 */
#include "pipeline-creator/tekton/rules.h"

#define GIVEN "given" /* marks a declaration that was made from a value; no field of Tekton's */

void inline_init(struct inline_params *in, const struct rules *r)
{
    in->r = r;
    in->declared = node_seq(r->a);
    map_init(&in->index, r->a, 16);
}

static struct node *found(const struct inline_params *in, struct str name)
{
    const size_t *i = map_find(&in->index, name);
    return i ? in->declared->items[*i] : NULL;
}

static void set(struct inline_params *in, struct str name, struct node *spec)
{
    size_t *i = map_find(&in->index, name);
    if (i) {
        in->declared->items[*i] = spec;
        return;
    }
    (void)map_add(&in->index, name, in->declared->count);
    node_push(in->r->a, in->declared, spec);
}

static struct node *string_property(struct arena *a)
{
    struct node *property = node_map(a);
    node_put(a, property, "type", node_cstr(a, "string"));
    return property;
}

/* A declaration that fits the value that is given. */
static struct node *spec_of_value(struct arena *a, const struct node *param)
{
    struct node *spec = node_map(a), *value = node_get(param, "value");
    node_put_str(a, spec, "name", node_text_of(param, "name"));
    node_put_str(a, spec, "type", value_type(value));
    node_put(a, spec, GIVEN, node_bool_new(a, true));
    if (!value)
        return spec;
    node_put(a, spec, "default", value);
    if (node_is_map(value)) {
        struct node *properties = node_map(a);
        for (size_t i = 0; i < value->count; i++)
            node_set(a, properties, value->pairs[i].key, string_property(a));
        node_put(a, spec, "properties", properties);
    }
    return spec;
}

void inline_given(struct inline_params *in, const struct node *params)
{
    for (size_t i = 0; i < node_count(params); i++)
        set(in, node_text_of(params->items[i], "name"), spec_of_value(in->r->a, params->items[i]));
}

/* Go writes into maps of a declaration that are not there when it is no object: then it panics, which refuses. */
static bool panics(const struct rules *r, const char *what)
{
    fault_no_path(r->f, "panic", "panic: %s", what);
    return false;
}

/* A parameter that is given has a default in Go, if an empty one, even without a value. */
static bool has_default(const struct node *spec)
{
    return node_get(spec, "default") || node_get(spec, GIVEN);
}

static const char NIL_POINTER[] = "runtime error: invalid memory address or nil pointer dereference";

static bool combine(struct inline_params *in, struct node *given, const struct node *declared)
{
    const struct node *properties = node_get(declared, "properties"), *otherwise = node_get(declared, "default");
    struct str name = node_text_of(declared, "name");
    bool object = str_is(node_text_of(given, "type"), "object");
    if (node_is_map(otherwise) && otherwise->count && !has_default(given))
        return panics(in->r, NIL_POINTER);
    if (!properties && (node_is_map(otherwise) || object)) {
        fault_missing_in(in->r->f, name, ".properties");
        return true;
    }
    if (object)
        node_put(in->r->a, given, "properties", node_get(declared, "properties"));
    return true;
}

bool inline_declared(struct inline_params *in, const struct node *declared)
{
    for (size_t i = 0; i < node_count(declared); i++) {
        struct str name = node_text_of(declared->items[i], "name");
        struct node *given = found(in, name);
        if (given && !combine(in, given, declared->items[i]))
            return false;
        if (!given)
            set(in, name, node_without(in->r->a, declared->items[i], NULL));
    }
    return true;
}

static bool add_keys(struct inline_params *in, struct node *spec, const struct node *value)
{
    struct node *otherwise = node_get(spec, "default"), *properties = node_get(spec, "properties");
    if (value->count && !has_default(spec))
        return panics(in->r, NIL_POINTER);
    if (value->count && (!node_is_map(otherwise) || !properties))
        return panics(in->r, "assignment to entry in nil map");
    struct node *all = properties ? node_copy(in->r->a, properties) : NULL;
    for (size_t i = 0; i < value->count; i++)
        node_set(in->r->a, all, value->pairs[i].key, string_property(in->r->a));
    if (all)
        node_put(in->r->a, spec, "properties", all);
    return true;
}

bool inline_task(struct inline_params *in, const struct node *params)
{
    for (size_t i = 0; i < node_count(params); i++) {
        const struct node *param = params->items[i], *value = node_get(param, "value");
        struct str name = node_text_of(param, "name");
        struct node *spec = found(in, name);
        if (!spec)
            set(in, name, spec_of_value(in->r->a, param));
        else if (node_is_map(value) && !add_keys(in, spec, value))
            return false;
    }
    return true;
}
