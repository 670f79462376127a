/*
 * A component of KFP v2 (api/v2alpha1/pipeline_spec.proto) whose executor is a container, written anew as the container
 * of a KFP v1 component, so that nothing behind here has to know of it. Placeholders:
 * sdk/python/kfp/dsl/placeholders.py of kubeflow/pipelines; they may stand inside of texts, IfPresent and Concat are
 * JSON in texts of their own.
 */
#include "catalog/check.h"
#include "catalog/component_formats.h"
#include "catalog/kfp_ir.h"
#include "catalog/placeholders.h"
#include "catalog/reading.h"

#define MAX_DEPTH 20 /* of IfPresent and Concat */

struct translation {
    struct arena *a;
    struct problems *ps;
    struct str path;       /* of what is being read */
    const struct node *at; /* likewise */
    bool refused;          /* told once is enough */
};

static void refuse(struct translation *t, struct str what, const char *hint)
{
    if (t->refused)
        return;
    t->refused = true;
    struct str shown = check_excerpt(t->a, what);
    check_error(t->ps, "ir_component_unsupported", t->path, t->at, hint,
                "the component needs %.*s of KFP, which cannot be compiled", STR_ARG(shown));
}

static struct node *one_key(struct arena *a, const char *key, struct node *value)
{
    struct node *n = node_map(a);
    node_put(a, n, key, value);
    return n;
}

/* ['x'] or ["x"] → x; *rest is what follows. */
static bool bracketed(struct str s, struct str *name, struct str *rest)
{
    if (s.n < 4 || s.p[0] != '[' || (s.p[1] != '\'' && s.p[1] != '"'))
        return false;
    ptrdiff_t end = str_find_char(str_from(s, 2), s.p[1]);
    if (end <= 0 || (size_t)end + 3 >= s.n || s.p[(size_t)end + 3] != ']')
        return false;
    *name = str_sub(s, 2, (size_t)end);
    *rest = str_from(s, (size_t)end + 4);
    return true;
}

/* The inside of {{…}} as a placeholder of KFP v1, or NULL. */
static struct node *placeholder(struct translation *t, struct str inside)
{
    static const struct {
        const char *before, *after, *key;
    } known[] = {{"$.inputs.parameters", "", "inputValue"},      {"$.outputs.parameters", ".output_file", "outputPath"},
                 {"$.inputs.artifacts", ".path", "inputPath"},   {"$.inputs.artifacts", ".uri", "inputUri"},
                 {"$.outputs.artifacts", ".path", "outputPath"}, {"$.outputs.artifacts", ".uri", "outputUri"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct str before = str_of(known[i].before), name, rest;
        if (str_starts(inside, known[i].before) && bracketed(str_from(inside, before.n), &name, &rest) &&
            str_is(rest, known[i].after))
            return one_key(t->a, known[i].key, node_str(t->a, name));
    }
    return NULL;
}

/* One text, with the placeholders in it: itself, a placeholder, or a concat. */
static struct node *translate_text(struct translation *t, struct str text)
{
    struct node *parts = node_seq(t->a);
    struct str rest = text;
    for (;;) {
        ptrdiff_t from = str_find(rest, STR("{{$"));
        ptrdiff_t to = from < 0 ? -1 : str_find(str_from(rest, (size_t)from), STR("}}"));
        if (to < 0)
            break;
        struct str whole = str_sub(rest, (size_t)from, (size_t)to + 2);
        struct str inside = str_sub(whole, 2, whole.n - 4);
        struct node *found = placeholder(t, inside);
        if (!found) {
            refuse(t, whole,
                   str_is(inside, "$")
                       ? "such components are Python functions that KFP starts; a container component with plain "
                         "placeholders does without"
                       : "plain are inputs' values, paths and URIs, outputs' paths, output_file and URIs");
            return node_str(t->a, text);
        }
        if (from > 0)
            node_push(t->a, parts, node_str(t->a, str_sub(rest, 0, (size_t)from)));
        node_push(t->a, parts, found);
        rest = str_from(rest, (size_t)from + whole.n);
    }
    if (parts->count == 0)
        return node_str(t->a, text);
    if (rest.n)
        node_push(t->a, parts, node_str(t->a, rest));
    return parts->count == 1 ? parts->items[0] : one_key(t->a, "concat", parts);
}

static struct node *translate(struct translation *t, const struct node *n, unsigned depth);

static struct node *translate_list(struct translation *t, const struct node *n, unsigned depth)
{
    struct node *out = node_seq(t->a);
    if (node_is_seq(n)) {
        for (size_t i = 0; i < n->count; i++)
            node_push(t->a, out, translate(t, n->items[i], depth));
    } else if (!node_is_null(n)) {
        node_push(t->a, out, translate(t, n, depth));
    }
    return out;
}

/* {InputName: x, Then: text or list, Else: likewise} */
static struct node *translate_if(struct translation *t, const struct node *n, unsigned depth)
{
    struct node *out = node_map(t->a);
    node_put(t->a, out, "cond", one_key(t->a, "isPresent", node_str(t->a, node_text_of(n, "InputName"))));
    node_put(t->a, out, "then", translate_list(t, node_get(n, "Then"), depth));
    if (!node_is_null(node_get(n, "Else")))
        node_put(t->a, out, "else", translate_list(t, node_get(n, "Else"), depth));
    return one_key(t->a, "if", out);
}

static struct node *translate(struct translation *t, const struct node *n, unsigned depth)
{
    if (depth > MAX_DEPTH) {
        refuse(t, STR("deeper nesting of IfPresent and Concat"), NULL);
        return node_str(t->a, STR_NONE);
    }
    const struct node *map = node_is_map(n) ? n : NULL;
    struct str text = node_text(n);
    /* the SDK writes both as JSON into the list of texts */
    if (!map && (str_find(text, STR("IfPresent")) >= 0 || str_find(text, STR("Concat")) >= 0) && str_starts(text, "{"))
        map = check_inner(t->a, text);
    if (node_is_map(map) && map->count == 1) {
        if (node_is_map(node_get(map, "IfPresent")))
            return translate_if(t, node_get(map, "IfPresent"), depth + 1);
        if (node_is_seq(node_get(map, "Concat")))
            return one_key(t->a, "concat", translate_list(t, node_get(map, "Concat"), depth + 1));
    }
    return translate_text(t, text);
}

static struct node *translate_field(struct translation *t, const struct node *container, struct str path,
                                    const char *key)
{
    const struct node *list = check_list(t->ps, container, path, key);
    struct node *out = node_seq(t->a);
    path = pointer_key(t->a, path, str_of(key));
    for (size_t i = 0; i < node_count(list); i++) {
        t->path = pointer_index(t->a, path, i);
        t->at = list->items[i];
        node_push(t->a, out, translate(t, list->items[i], 0));
    }
    return out;
}

static struct node *translate_env(struct translation *t, const struct node *container, struct str path)
{
    const struct node *list = check_list(t->ps, container, path, "env");
    struct node *out = node_map(t->a);
    path = pointer_key(t->a, path, STR("env"));
    for (size_t i = 0; i < node_count(list); i++) {
        t->path = pointer_index(t->a, path, i);
        t->at = list->items[i];
        struct str name = check_required_text(t->ps, list->items[i], t->path, "name", NULL);
        if (name.n)
            node_set(t->a, out, name, translate(t, node_get(list->items[i], "value"), 0));
    }
    return out;
}

/* ---- resources */

/* The text of a quantity: today's field, or the number that older SDKs wrote, in `unit`. */
static struct str quantity(struct translation *t, const struct node *n, const char *today, const char *before,
                           const char *unit)
{
    struct str text = node_text_of(n, today);
    if (text.n == 0 && !node_is_null(node_get(n, before))) {
        struct str number = node_text_of(n, before);
        text = str_cat(t->a, str_ends(number, ".0") ? str_sub(number, 0, number.n - 2) : number, str_of(unit));
    }
    if (str_find(text, STR("{{")) >= 0)
        refuse(t, STR("resources that are only known when running"), "write them as numbers");
    return text;
}

static void put_quantity(struct translation *t, struct node *map, const char *key, struct str text)
{
    if (text.n && !str_is(text, "0"))
        node_put_str(t->a, map, key, text);
}

static const struct node *translate_resources(struct translation *t, const struct node *n)
{
    struct arena *a = t->a;
    struct node *limits = node_map(a), *requests = node_map(a), *out = node_map(a);
    put_quantity(t, limits, "cpu", quantity(t, n, "resourceCpuLimit", "cpuLimit", ""));
    put_quantity(t, limits, "memory", quantity(t, n, "resourceMemoryLimit", "memoryLimit", "G"));
    put_quantity(t, requests, "cpu", quantity(t, n, "resourceCpuRequest", "cpuRequest", ""));
    put_quantity(t, requests, "memory", quantity(t, n, "resourceMemoryRequest", "memoryRequest", "G"));
    const struct node *accelerator = node_get(n, "accelerator");
    struct str count = quantity(t, accelerator, "resourceCount", "count", "");
    struct str type = quantity(t, accelerator, "resourceType", "type", "");
    if (type.n && count.n && !str_is(count, "0"))
        node_set(a, limits, type, node_str(a, count));
    if (limits->count)
        node_put(a, out, "limits", limits);
    if (requests->count)
        node_put(a, out, "requests", requests);
    return out->count ? out : NULL;
}

/* ---- */

static const struct node *find_executor(const struct node *document, const struct node *component)
{
    return node_get_str(node_path(document, "deploymentSpec", "executors", NULL),
                        node_text_of(component, "executorLabel"));
}

static void read_container(struct translation *t, const struct node *container, struct str path, struct component *out)
{
    struct node *made = node_map(t->a);
    t->path = path;
    t->at = container;
    node_put_str(t->a, made, "image", check_required_text(t->ps, container, path, "image", NULL));
    node_put(t->a, made, "command", translate_field(t, container, path, "command"));
    node_put(t->a, made, "args", translate_field(t, container, path, "args"));
    node_put(t->a, made, "env", translate_env(t, container, path));
    t->path = pointer_key(t->a, path, STR("resources"));
    t->at = node_get(container, "resources");
    out->resources = translate_resources(t, t->at);
    out->container = made;
    if (t->refused)
        return;
    struct command_check check = {t->ps, &out->interface, arena_array_of(t->a, out->interface.output_count, bool)};
    command_check_list(&check, node_get(made, "command"), path);
    command_check_list(&check, node_get(made, "args"), path);
}

enum status component_read_ir(struct arena *a, const struct node *document, struct str path, struct component *out,
                              struct problems *ps)
{
    size_t errors = ps->errors;
    struct str at;
    const struct node *component = ir_component(a, document, &at);
    struct translation t = {.a = a, .ps = ps};
    *out = (struct component){.document = document};
    const struct node *info = check_map(ps, document, path, "pipelineInfo");
    struct str title = node_text_of(info, "displayName");
    out->name = title.n ? title : node_text_of(info, "name");
    out->description = node_text_of(info, "description");
    ir_interface(ps, component, str_cat(a, path, at), &out->interface);
    const struct node *executor = find_executor(document, component);
    struct str label = node_text_of(component, "executorLabel");
    at = pointer_key(a, str_cat(a, path, STR("/deploymentSpec/executors")), label);
    const struct node *container = check_map(ps, executor, at, "container");
    if (container)
        read_container(&t, container, pointer_key(a, at, STR("container")), out);
    else
        check_error(ps, "ir_component_unsupported", at, executor ? executor : document,
                    "only components that run a container can be compiled", "the component runs no container (%.*s)",
                    STR_ARG(node_is_map(executor) && executor->count ? executor->pairs[0].key : label));
    return ps->errors > errors ? ERR_INVALID : OK;
}
