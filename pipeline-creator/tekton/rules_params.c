#include "pipeline-creator/tekton/rules.h"

struct str value_type(const struct node *value)
{
    if (!value)
        return STR("");
    return node_is_map(value) ? STR("object") : node_is_seq(value) ? STR("array") : STR("string");
}

void value_texts(struct texts *out, const struct node *value)
{
    if (node_is_scalar(value))
        texts_add(out, value->text);
    for (size_t i = 0; i < node_count(value); i++)
        texts_add(out, node_text(node_is_seq(value) ? value->items[i] : value->pairs[i].value));
}

void param_expressions(struct texts *out, const struct node *param)
{
    struct texts values = {.a = out->a};
    value_texts(&values, node_get(param, "value"));
    for (size_t i = 0; i < values.count; i++)
        reference_expressions(out, values.items[i]);
}

struct specs specs_of(const struct rules *r, const struct node *declared)
{
    struct specs s;
    size_t count = node_count(declared);
    map_init(&s.all, r->a, count);
    map_init(&s.arrays, r->a, 0);
    map_init(&s.objects, r->a, 0);
    for (size_t i = 0; i < count; i++) {
        const struct node *p = declared->items[i];
        struct str type = node_text_of(p, "type"), name = node_text_of(p, "name");
        (void)map_add(&s.all, name, i);
        if (str_is(type, "array"))
            (void)map_add(&s.arrays, name, i);
        else if (str_is(type, "object"))
            (void)map_add(&s.objects, name, i);
    }
    return s;
}

static void keys_are_strings(const struct rules *r, const struct node *spec)
{
    const struct node *properties = node_get(spec, "properties");
    struct texts wrong = {.a = r->a};
    for (size_t i = 0; i < node_count(properties); i++)
        if (!str_is(node_text_of(properties->pairs[i].value, "type"), "string"))
            texts_add(&wrong, properties->pairs[i].key);
    if (wrong.count == 0)
        return;
    str_sort(wrong.items, wrong.count);
    struct str list = go_list(r->a, wrong.items, wrong.count);
    struct fault *one = fault_no_path(r->f, "wrong_property_type",
                                      "The value type specified for these keys %.*s is invalid", STR_ARG(list));
    fault_path(one, str_cat(r->a, node_text_of(spec, "name"), STR(".properties")));
}

static void param_type(const struct rules *r, const struct node *spec)
{
    struct str name = node_text_of(spec, "name"), type = node_text_of(spec, "type");
    const struct node *value = node_get(spec, "default");
    if (!str_is(type, "string") && !str_is(type, "array") && !str_is(type, "object")) {
        struct fault *one = fault_no_path(r->f, "invalid_value", "invalid value: %.*s", STR_ARG(type));
        fault_path(one, str_cat(r->a, name, STR(".type")));
        return;
    }
    if (value && !str_eq(value_type(value), type)) {
        struct str other = value_type(value);
        struct fault *one =
            fault_no_path(r->f, "wrong_default_type", "\"%.*s\" type does not match default value's type: \"%.*s\"",
                          STR_ARG(type), STR_ARG(other));
        fault_path(one, str_cat(r->a, name, STR(".type")));
        fault_path(one, str_cat(r->a, name, STR(".default.type")));
        return;
    }
    keys_are_strings(r, spec);
}

void rule_param_types(const struct rules *r, const struct node *declared)
{
    for (size_t i = 0; i < node_count(declared); i++)
        param_type(r, declared->items[i]);
}

void rule_params_unique(const struct rules *r, const struct node *declared)
{
    struct map seen;
    map_init(&seen, r->a, node_count(declared));
    for (size_t i = 0; i < node_count(declared); i++) {
        struct str name = node_text_of(declared->items[i], "name");
        size_t mark = r->f->count;
        if (map_add(&seen, name, i))
            continue;
        fault_add(r->f, "duplicate_name", "", "parameter appears more than once");
        fault_via_key(r->f, mark, "params", name);
    }
}

static void enum_values(const struct rules *r, const struct node *values, const struct node *otherwise)
{
    struct map seen;
    map_init(&seen, r->a, node_count(values));
    for (size_t i = 0; i < node_count(values); i++) {
        struct str value = node_text(values->items[i]);
        if (!map_add(&seen, value, i))
            fault_add(r->f, "duplicate_value", "", "parameter enum value %.*s appears more than once", STR_ARG(value));
    }
    struct str text = node_is_scalar(otherwise) ? otherwise->text : STR("");
    if (text.n && !set_has(&seen, text))
        fault_add(r->f, "not_in_enum", "", "param default value %.*s not in the enum list", STR_ARG(text));
}

void rule_param_enums(const struct rules *r, const struct node *declared)
{
    for (size_t i = 0; i < node_count(declared); i++) {
        const struct node *spec = declared->items[i], *values = node_get(spec, "enum");
        size_t mark = r->f->count;
        if (node_count(values) == 0)
            continue;
        if (!r->set->param_enum)
            fault_add(r->f, "feature_flag", "", "feature flag `enable-param-enum` should be set to true to use Enum");
        if (!str_is(node_text_of(spec, "type"), "string"))
            fault_add(r->f, "enum_type", "", "enum can only be set with string type param");
        enum_values(r, values, node_get(spec, "default"));
        fault_via_key(r->f, mark, "", node_text_of(spec, "name"));
    }
}

/* [_a-zA-Z][_a-zA-Z0-9-]*, dots as well when `dots`. */
static bool variable_name(struct str s, bool dots)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || (dots && c == '.'))))
            return false;
    }
    return s.n > 0;
}

static void object_names(const struct rules *r, const struct node *declared)
{
    struct texts wrong = {.a = r->a};
    for (size_t i = 0; i < node_count(declared); i++) {
        const struct node *spec = declared->items[i], *properties = node_get(spec, "properties");
        struct str name = node_text_of(spec, "name");
        struct texts keys = {.a = r->a};
        if (!str_is(node_text_of(spec, "type"), "object"))
            continue;
        for (size_t k = 0; k < node_count(properties); k++)
            if (!variable_name(properties->pairs[k].key, false))
                texts_add(&keys, properties->pairs[k].key);
        if (keys.count || !variable_name(name, false)) {
            str_sort(keys.items, keys.count);
            texts_add(&wrong, STR_JOIN(r->a, name, STR(":"), go_list(r->a, keys.items, keys.count)));
        }
    }
    if (wrong.count == 0)
        return;
    str_sort(wrong.items, wrong.count);
    struct str list = go_list(r->a, wrong.items, wrong.count);
    struct fault *one = fault_add(r->f, "invalid_param_name", "params",
                                  "Object param name and key name format is invalid: map%.*s", STR_ARG(list));
    fault_details(
        r->f, one,
        "Object Names: \nMust only contain alphanumeric characters, hyphens (-), underscores (_) \nMust begin "
        "with a letter or an underscore (_)");
}

void rule_param_names(const struct rules *r, const struct node *declared)
{
    struct texts wrong = {.a = r->a};
    struct map seen;
    map_init(&seen, r->a, node_count(declared));
    for (size_t i = 0; i < node_count(declared); i++) {
        struct str name = node_text_of(declared->items[i], "name");
        if (!str_is(node_text_of(declared->items[i], "type"), "object") && map_add(&seen, name, i) &&
            !variable_name(name, true))
            texts_add(&wrong, name);
    }
    if (wrong.count) {
        str_sort(wrong.items, wrong.count);
        struct str list = go_list(r->a, wrong.items, wrong.count);
        struct fault *one =
            fault_add(r->f, "invalid_param_name", "params",
                      "The format of following array and string variable names is invalid: %.*s", STR_ARG(list));
        fault_details(r->f, one,
                      "String/Array Names: \nMust only contain alphanumeric characters, hyphens (-), underscores (_), "
                      "and dots (.)\nMust begin with a letter or an underscore (_)");
    }
    object_names(r, declared);
}

void rule_object_properties(const struct rules *r, const struct node *declared)
{
    for (size_t i = 0; i < node_count(declared); i++) {
        const struct node *spec = declared->items[i];
        if (str_is(node_text_of(spec, "type"), "object") && node_count(node_get(spec, "properties")) == 0)
            fault_missing_in(r->f, node_text_of(spec, "name"), ".properties");
    }
}

void rule_names_differ(const struct rules *r, const struct node *list, bool by_index, bool skip_empty)
{
    struct map seen;
    map_init(&seen, r->a, node_count(list));
    for (size_t i = 0, index = 0; i < node_count(list); i++) {
        struct str name = node_text_of(list->items[i], "name");
        size_t mark = r->f->count;
        if (skip_empty && name.n == 0)
            continue;
        if (!map_add(&seen, str_lower(r->a, name), i)) {
            fault_both(r->f, "name", NULL);
            if (by_index)
                fault_via_index(r->f, mark, index);
            else
                fault_via_key(r->f, mark, "", name);
        }
        index++;
    }
}

void rule_given_params(const struct rules *r, const struct node *params)
{
    rule_names_differ(r, params, false, false);
}

void rule_given_params_by_index(const struct rules *r, const struct node *params)
{
    struct map seen;
    map_init(&seen, r->a, node_count(params));
    for (size_t i = 0; i < node_count(params); i++) {
        struct str name = node_text_of(params->items[i], "name");
        size_t mark = r->f->count;
        if (map_add(&seen, name, i))
            continue;
        fault_add(r->f, "duplicate_name", "name",
                  "parameter names must be unique, the parameter \"%.*s\" is also defined at", STR_ARG(name));
        fault_via_index(r->f, mark, i);
    }
}

/* ---- defaults that refer to other parameters */

#define DEFAULT_DEPTH_MAX 1000 /* defaults behind one another; a longer chain counts as a circle */

struct default_refs {
    struct texts names;
    bool resolved;
};

static void find_refs(const struct rules *r, const struct node *spec, const struct map *all, struct default_refs *out)
{
    const struct node *value = node_get(spec, "default");
    struct texts variables = {.a = r->a};
    struct str quoted = go_quote(r->a, node_text_of(spec, "name"));
    bool unknown = false;
    out->names.a = r->a;
    if (node_is_scalar(value))
        reference_variables(&variables, value->text, "params");
    for (size_t i = 0; i < variables.count; i++) {
        struct str name = variables.items[i], quoted_name;
        name = str_starts(name, "$(params.") ? str_from(name, 9) : name;
        name = str_ends(name, ")") ? str_sub(name, 0, name.n - 1) : name;
        texts_add(&out->names, name);
        quoted_name = go_quote(r->a, name);
        if (set_has(all, name))
            continue;
        unknown = true;
        fault_add(r->f, "unknown_variable", "params",
                  "param %.*s default value references param %.*s which is not defined", STR_ARG(quoted),
                  STR_ARG(quoted_name));
    }
    out->resolved = out->names.count == 0;
    if (unknown)
        out->names.count = 0; /* waits for nobody, and nobody gets it */
}

/* Whether all that the default refers to is resolved. */
static bool ready(const struct default_refs *refs, const struct default_refs *all, const struct map *index)
{
    for (size_t i = 0; i < refs->names.count; i++) {
        const size_t *at = map_find(index, refs->names.items[i]);
        if (!at || !all[*at].resolved)
            return false;
    }
    return refs->names.count > 0;
}

void rule_default_references(const struct rules *r, const struct node *declared)
{
    size_t count = node_count(declared);
    struct map index = item_names(r, declared);
    struct default_refs *refs = arena_array_of(r->a, count, struct default_refs);
    for (size_t i = 0; i < count; i++)
        find_refs(r, declared->items[i], &index, &refs[i]);
    bool more = true;
    for (size_t pass = 0; more && pass < DEFAULT_DEPTH_MAX; pass++) {
        more = false;
        for (size_t i = 0; i < count; i++) {
            if (refs[i].resolved || !ready(&refs[i], refs, &index))
                continue;
            refs[i].resolved = more = true;
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct str quoted = go_quote(r->a, node_text_of(declared->items[i], "name"));
        if (!refs[i].resolved && refs[i].names.count)
            fault_add(r->f, "cycle", "params", "param %.*s default value has a circular dependency", STR_ARG(quoted));
    }
}
