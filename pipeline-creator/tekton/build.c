#include "pipeline-creator/tekton/build.h"

struct node *build_named(struct arena *a, struct str name)
{
    struct node *n = node_map(a);
    node_put_str(a, n, "name", name);
    return n;
}

struct node *build_array(struct arena *a, struct str name)
{
    struct node *n = build_named(a, name);
    node_put(a, n, "type", node_cstr(a, "array"));
    return n;
}

struct node *build_param(struct arena *a, struct str name, struct str value)
{
    struct node *n = build_named(a, name);
    node_put_str(a, n, "value", value);
    return n;
}

struct node *build_when(struct arena *a, struct str input, bool negated, const struct str *values, size_t count)
{
    struct node *n = node_map(a), *list = node_seq(a);
    for (size_t i = 0; i < count; i++)
        node_push(a, list, node_str(a, values[i]));
    node_put_str(a, n, "input", input);
    node_put(a, n, "operator", node_cstr(a, negated ? "notin" : "in"));
    node_put(a, n, "values", list);
    return n;
}

struct node *build_mount(struct arena *a, struct str volume, struct str path)
{
    struct node *n = build_named(a, volume);
    node_put_str(a, n, "mountPath", path);
    return n;
}

struct node *build_empty_dir(struct arena *a, struct str name)
{
    struct node *n = build_named(a, name);
    node_put(a, n, "emptyDir", node_map(a));
    return n;
}

struct node *build_shell(struct arena *a, const char *script, const char *name)
{
    struct node *n = node_seq(a);
    node_push(a, n, node_cstr(a, "sh"));
    node_push(a, n, node_cstr(a, "-ec"));
    node_push(a, n, node_cstr(a, script));
    node_push(a, n, node_cstr(a, name));
    return n;
}

void build_put(struct arena *a, struct node *map, const char *key, struct node *value)
{
    if (node_count(value) > 0)
        node_put(a, map, key, value);
}
