/* What Elyra's nodes say of their pods (elyra/pipeline/properties.py), in the fields of KFP's KubernetesExecutorConfig.
 */
#include "pipeline-creator/documents/elyra.h"

struct reading {
    struct arena *a;
    const struct elyra_properties *p;
    struct problems *ps;
    struct node *out;
};

static const char *const KEYS[] = {"env_vars",
                                   "kubernetes_secrets",
                                   "mounted_volumes",
                                   "kubernetes_tolerations",
                                   "kubernetes_pod_labels",
                                   "kubernetes_pod_annotations",
                                   "kubernetes_shared_mem_size",
                                   "cpu",
                                   "cpu_limit",
                                   "memory",
                                   "memory_limit",
                                   "gpu",
                                   "gpu_vendor",
                                   NULL};

bool elyra_is_kubernetes(struct str key)
{
    for (size_t i = 0; KEYS[i]; i++)
        if (str_is(key, KEYS[i]))
            return true;
    return false;
}

struct node *elyra_unwrap(struct node *value)
{
    struct str control = node_text_of(value, "activeControl");
    if (control.n)
        return node_get_str(value, control);
    return node_is_map(value) && node_get(value, "widget") ? node_get(value, "value") : value;
}

static bool is_empty(const struct node *n)
{
    return node_is_null(n) || (node_is_scalar(n) ? node_text(n).n == 0 : n->count == 0);
}

struct node *elyra_property(const struct elyra_properties *p, const char *key)
{
    struct node *value = elyra_unwrap(node_get(p->own, key));
    if (is_empty(value))
        value = elyra_unwrap(node_get(p->defaults, key));
    return is_empty(value) ? NULL : value;
}

static void malformed(struct reading *r, const char *key, const struct node *at)
{
    problem_add(r->ps, SEVERITY_WARNING, "not_carried", pointer_key(r->a, r->p->pointer, str_of(key)), at,
                "an entry of %s is left out: it lacks what it needs", key);
}

/* "name=value", as older files have it; the two are cut at the first sign. */
static bool split(struct str text, char at, struct str *name, struct str *value)
{
    ptrdiff_t i = str_find_char(text, at);
    if (i <= 0)
        return false;
    *name = str_sub(text, 0, (size_t)i);
    *value = str_from(text, (size_t)i + 1);
    return true;
}

static struct node *text(struct reading *r, struct str s, const struct node *at)
{
    return made_text(r->a, s, at);
}

/* Calls each(r, entry, list) for the entries of a list property and puts what they made under `field`. */
static void each_entry(struct reading *r, const char *key, const char *field,
                       bool (*each)(struct reading *r, const struct node *entry, struct node *list))
{
    const struct node *entries = elyra_property(r->p, key);
    struct node *list = made_list(r->a, entries);
    for (size_t i = 0; node_is_seq(entries) && i < entries->count; i++)
        if (!each(r, entries->items[i], list))
            malformed(r, key, entries->items[i]);
    if (entries && !node_is_seq(entries))
        malformed(r, key, entries);
    put_some(r->a, r->out, field, list);
}

static bool read_env(struct reading *r, const struct node *entry, struct node *list)
{
    struct str name = node_text_of(entry, "env_var"), value = node_text_of(entry, "value");
    if (node_is_scalar(entry) && !split(node_text(entry), '=', &name, &value))
        return false;
    if (name.n == 0)
        return false;
    struct node *one = made_map(r->a, entry);
    put(r->a, one, "name", text(r, name, entry));
    put(r->a, one, "value", text(r, value, entry));
    node_push(r->a, list, one);
    return true;
}

/* {env_var, name, key} or "VARIABLE=secret:key" */
static bool read_secret(struct reading *r, const struct node *entry, struct node *list)
{
    struct str variable = node_text_of(entry, "env_var"), name = node_text_of(entry, "name"),
               key = node_text_of(entry, "key"), rest = STR_NONE;
    if (node_is_scalar(entry) && (!split(node_text(entry), '=', &variable, &rest) || !split(rest, ':', &name, &key)))
        return false;
    if (variable.n == 0 || name.n == 0 || key.n == 0)
        return false;
    struct node *pair = made_map(r->a, entry), *pairs = made_list(r->a, entry), *one = made_map(r->a, entry);
    put(r->a, pair, "secretKey", text(r, key, entry));
    put(r->a, pair, "envVar", text(r, variable, entry));
    node_push(r->a, pairs, pair);
    put(r->a, one, "secretName", text(r, name, entry));
    put(r->a, one, "keyToEnv", pairs);
    node_push(r->a, list, one);
    return true;
}

/* KFP's pvcMount has no read-only ones: these are volumes as Kubernetes has them. */
static void mount_read_only(struct reading *r, const struct node *entry, struct str path, struct str claim)
{
    struct node *volume = made_map(r->a, entry), *source = made_map(r->a, entry), *mount = made_map(r->a, entry);
    struct node *volumes = node_get(r->out, "volumes"), *mounts = node_get(r->out, "volumeMounts");
    struct str name = str_printf(r->a, "read-only-%zu", node_count(volumes) + 1);
    if (!volumes) {
        volumes = made_list(r->a, entry);
        mounts = made_list(r->a, entry);
        put(r->a, r->out, "volumes", volumes);
        put(r->a, r->out, "volumeMounts", mounts);
    }
    put(r->a, source, "claimName", text(r, claim, entry));
    put(r->a, volume, "name", text(r, name, entry));
    put(r->a, volume, "persistentVolumeClaim", source);
    node_push(r->a, volumes, volume);
    put(r->a, mount, "name", text(r, name, entry));
    put(r->a, mount, "mountPath", text(r, path, entry));
    put_text(r->a, mount, "subPath", node_text_of(entry, "sub_path"), entry);
    put(r->a, mount, "readOnly", node_bool_new(r->a, true));
    node_push(r->a, mounts, mount);
}

/* {path, pvc_name, sub_path, read_only} or "/path=claim" */
static bool read_volume(struct reading *r, const struct node *entry, struct node *list)
{
    struct str path = node_text_of(entry, "path"), claim = node_text_of(entry, "pvc_name");
    if (node_is_scalar(entry) && !split(node_text(entry), '=', &path, &claim))
        return false;
    if (path.n == 0 || claim.n == 0)
        return false;
    if (node_bool(node_get(entry, "read_only"), false)) {
        mount_read_only(r, entry, path, claim);
        return true;
    }
    struct node *one = made_map(r->a, entry);
    put(r->a, one, "constant", text(r, claim, entry));
    put(r->a, one, "mountPath", text(r, path, entry));
    put_text(r->a, one, "subPath", node_text_of(entry, "sub_path"), entry);
    node_push(r->a, list, one);
    return true;
}

static bool read_toleration(struct reading *r, const struct node *entry, struct node *list)
{
    static const char *const fields[] = {"key", "operator", "value", "effect"};
    struct node *one = made_map(r->a, entry);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        put_text(r->a, one, fields[i], node_text_of(entry, fields[i]), entry);
    if (one->count > 0)
        node_push(r->a, list, one);
    return one->count > 0;
}

static bool read_pair(struct reading *r, const struct node *entry, struct node *list)
{
    if (!node_is_map(entry) || node_text_of(entry, "key").n == 0)
        return false;
    node_push(r->a, list, made_map(r->a, entry));
    put_key(r->a, list->items[list->count - 1], node_text_of(entry, "key"),
            text(r, node_text_of(entry, "value"), entry));
    return true;
}

/* Labels or annotations of the pod: a list of pairs becomes a map. */
static void read_pairs(struct reading *r, struct node *metadata, const char *key, const char *field)
{
    struct node *map = made_map(r->a, NULL), *list;
    each_entry(r, key, field, read_pair);
    list = node_get(r->out, field);
    for (size_t i = 0; i < node_count(list); i++)
        put_key(r->a, map, list->items[i]->pairs[0].key, list->items[i]->pairs[0].value);
    (void)node_remove(r->out, field);
    put_some(r->a, metadata, field, map);
}

/* Memory is in gigabytes; 0.5 is taken, as Elyra takes it for the shared memory. */
static void read_amount(struct reading *r, struct node *map, const char *key, struct str name, const char *unit)
{
    const struct node *value = elyra_property(r->p, key);
    struct str amount = node_text(value);
    if (!value)
        return;
    bool number = amount.n > 0 && amount.n < 20;
    for (size_t i = 0; number && i < amount.n; i++)
        number = (amount.p[i] >= '0' && amount.p[i] <= '9') || (i > 0 && amount.p[i] == '.');
    if (!number || str_is(amount, "0"))
        malformed(r, key, value);
    else
        put_key(r->a, map, name, text(r, str_cat(r->a, amount, str_of(unit)), value));
}

static void read_resources(struct reading *r)
{
    struct node *requests = made_map(r->a, NULL), *limits = made_map(r->a, NULL), *resources = made_map(r->a, NULL);
    const struct node *vendor = elyra_property(r->p, "gpu_vendor");
    read_amount(r, requests, "cpu", STR("cpu"), "");
    read_amount(r, requests, "memory", STR("memory"), "G");
    read_amount(r, limits, "cpu_limit", STR("cpu"), "");
    read_amount(r, limits, "memory_limit", STR("memory"), "G");
    read_amount(r, limits, "gpu", vendor ? node_text(vendor) : STR("nvidia.com/gpu"), "");
    put_some(r->a, resources, "requests", requests);
    put_some(r->a, resources, "limits", limits);
    put_some(r->a, r->out, "resources", resources);
}

static void read_shared_memory(struct reading *r)
{
    const struct node *value = elyra_property(r->p, "kubernetes_shared_mem_size");
    struct elyra_properties inner = {.own = value, .pointer = r->p->pointer};
    struct reading one = {r->a, &inner, r->ps, r->out};
    struct node *mount = made_map(r->a, value), *list = made_list(r->a, value);
    if (!value)
        return;
    read_amount(&one, mount, "size", STR("sizeLimit"), "G");
    if (mount->count == 0)
        return;
    put(r->a, mount, "volumeName", text(r, STR("shared-memory"), value));
    put(r->a, mount, "mountPath", text(r, STR("/dev/shm"), value));
    put(r->a, mount, "medium", text(r, STR("Memory"), value));
    node_push(r->a, list, mount);
    put(r->a, r->out, "emptyDirMounts", list);
}

struct node *elyra_kubernetes(struct arena *a, const struct elyra_properties *p, struct problems *ps)
{
    struct reading r = {a, p, ps, made_map(a, p->own)};
    struct node *metadata = made_map(a, p->own);
    each_entry(&r, "env_vars", "env", read_env);
    each_entry(&r, "kubernetes_secrets", "secretAsEnv", read_secret);
    each_entry(&r, "mounted_volumes", "pvcMount", read_volume);
    each_entry(&r, "kubernetes_tolerations", "tolerations", read_toleration);
    read_pairs(&r, metadata, "kubernetes_pod_labels", "labels");
    read_pairs(&r, metadata, "kubernetes_pod_annotations", "annotations");
    put_some(a, r.out, "podMetadata", metadata);
    read_resources(&r);
    read_shared_memory(&r);
    return r.out;
}
