/*
 * The annotation `kubernetes` of a task as parts of its Task: variables, volumes, steps that run first, sidecars.
 *
 * Its texts are Kubernetes' own: $(NAME) in commands and variables is the kubelet's to replace, and what Tekton would
 * replace is refused. Names that come from elsewhere are parameters of the task, which Tekton puts into volumes,
 * variables and pull secrets.
 */
#include <stdarg.h>
#include <stdio.h>

#include "catalog/check.h"
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/compile/text.h"
#include "pipeline-creator/tekton/build.h"

#define MESSAGE_MAX   400 /* what does not fit is cut, not inside a character */
#define SHARED_MEMORY "/dev/shm"

struct lowering {
    struct plan *p;
    struct task_plan *t;
    const struct node *config;
    struct pod_plan *pod;
    struct name_set volume_names, step_names, sidecar_names;
    struct map sources; /* "kind:name" → number in pod->volumes, so that a claim mounted twice is one volume */
    struct map known;   /* what people call a volume → number in pod->volumes */
};

struct problem *kubernetes_problem(struct plan *p, const struct task_plan *t, enum severity severity, const char *code,
                                   const struct node *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char text[MESSAGE_MAX];
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct str whole = utf8_cut(str_of(text), MESSAGE_MAX - 4);
    const struct node *place = t->task->kubernetes_at ? t->task->kubernetes_at : at && at->line ? at : t->task->at;
    return problem_add(p->ps, severity, code, t->task->kubernetes_pointer, place, "kubernetes of %.*s: %.*s",
                       STR_ARG(t->task->path), STR_ARG(whole));
}

#define WRONG(x, at, ...) kubernetes_problem((x)->p, (x)->t, SEVERITY_ERROR, "invalid_kubernetes", (at), __VA_ARGS__)

/* ---- text */

static void check_texts(struct lowering *x, const struct node *n)
{
    for (size_t i = 0; !node_is_scalar(n) && i < node_count(n); i++) {
        if (node_is_map(n) && (str_ends(n->pairs[i].key, "Parameter") || str_ends(n->pairs[i].key, "Json")))
            continue; /* references, read already */
        if (node_is_map(n) && text_has_variable(n->pairs[i].key))
            kubernetes_problem(x->p, x->t, SEVERITY_ERROR, "unsupported_text", n, "a key looks like a variable");
        check_texts(x, node_is_map(n) ? n->pairs[i].value : n->items[i]);
    }
    if (!node_is_scalar(n) || !text_has_variable(node_text(n)))
        return;
    struct problem *problem =
        kubernetes_problem(x->p, x->t, SEVERITY_ERROR, "unsupported_text", n, "Tekton would replace $(…) in this text");
    problem_hint(x->p->ps, problem,
                 "names of secrets, config maps and claims may come from inputs and outputs: secretNameParameter, "
                 "configMapNameParameter, pvcNameParameter");
}

/* ---- small pieces */

static void copy_field(struct lowering *x, struct node *to, const char *name, const struct node *from, const char *key)
{
    struct node *value = node_get(from, key);
    if (!node_is_null(value))
        node_put(x->p->a, to, name, value);
}

static struct node *holding(struct lowering *x, const char *key, struct node *value)
{
    struct node *n = node_map(x->p->a);
    node_put(x->p->a, n, key, value);
    return n;
}

/* The name that an entry refers to, or the parameter that will have it. */
static struct str name_of(struct lowering *x, const struct node *entry)
{
    int64_t input = 0;
    if (node_int(node_get(entry, "input"), &input))
        return command_value(x->p, x->t, (size_t)input);
    return node_text_of(entry, "name");
}

static bool is_dynamic(const struct node *entry)
{
    return node_get(entry, "input") != NULL;
}

/* ---- volumes */

/* `called`: what mounts of containers may call it. The same source is there once. */
static struct str add_volume(struct lowering *x, struct str called, const char *kind, struct str identity,
                             struct node *volume)
{
    struct arena *a = x->p->a;
    struct str key = STR_JOIN(a, str_of(kind), STR(":"), identity);
    const size_t *at = map_find(&x->sources, key);
    if (!at) {
        struct node *named = build_named(a, names_label(&x->volume_names, called, kind));
        for (size_t i = 0; i < volume->count; i++)
            if (!str_is(volume->pairs[i].key, "name"))
                node_set(a, named, volume->pairs[i].key, volume->pairs[i].value);
        (void)map_add(&x->sources, key, x->pod->volumes->count);
        (void)map_add(&x->known, called, x->pod->volumes->count);
        node_push(a, x->pod->volumes, named);
        return node_text_of(named, "name");
    }
    (void)map_add(&x->known, called, *at);
    return node_text_of(x->pod->volumes->items[*at], "name");
}

static void add_mount(struct lowering *x, struct str volume, const struct node *entry, struct str path)
{
    struct node *mount = build_mount(x->p->a, volume, path);
    if (!str_starts(path, "/") || str_find_char(path, ':') >= 0)
        WRONG(x, entry, "mountPath must be an absolute path without colons");
    for (size_t i = 0; i < x->pod->mounts->count; i++)
        if (str_eq(node_text_of(x->pod->mounts->items[i], "mountPath"), path))
            WRONG(x, entry, "two volumes at %.*s", STR_ARG(path));
    copy_field(x, mount, "subPath", entry, "subPath");
    node_push(x->p->a, x->pod->mounts, mount);
}

static void named_volumes(struct lowering *x)
{
    static const struct {
        const char *list, *kind, *source, *name;
    } kinds[] = {{"secretAsVolume", "secret", "secret", "secretName"},
                 {"configMapAsVolume", "config-map", "configMap", "name"},
                 {"pvcMount", "claim", "persistentVolumeClaim", "claimName"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct node *list = node_get(x->config, kinds[i].list);
        for (size_t k = 0; k < node_count(list); k++) {
            const struct node *entry = list->items[k];
            struct str name = name_of(x, entry);
            struct node *source = node_map(x->p->a);
            node_put_str(x->p->a, source, kinds[i].name, name);
            copy_field(x, source, "optional", entry, "optional");
            struct str called = is_dynamic(entry) ? str_of(kinds[i].kind) : name;
            struct str volume = add_volume(x, called, kinds[i].kind, name, holding(x, kinds[i].source, source));
            add_mount(x, volume, entry, node_text_of(entry, "mountPath"));
        }
    }
}

static void empty_volume(struct lowering *x, const struct node *entry, const char *otherwise, struct str path,
                         const char *size, bool memory)
{
    struct str called = node_text_of(entry, "volumeName");
    if (called.n == 0)
        called = str_of(otherwise);
    struct node *source = node_map(x->p->a);
    if (memory)
        node_put(x->p->a, source, "medium", node_cstr(x->p->a, "Memory"));
    else
        copy_field(x, source, "medium", entry, "medium");
    copy_field(x, source, "sizeLimit", entry, size);
    add_mount(x, add_volume(x, called, "volume", called, holding(x, "emptyDir", source)), entry, path);
}

static void ephemeral_volume(struct lowering *x, const struct node *entry)
{
    struct arena *a = x->p->a;
    struct node *template = node_map(a), *spec = node_map(a), *metadata = node_map(a), *requests = node_map(a);
    const struct node *given = node_get(entry, "metadata");
    copy_field(x, metadata, "labels", given, "labels");
    copy_field(x, metadata, "annotations", given, "annotations");
    build_put(a, template, "metadata", metadata);
    copy_field(x, spec, "accessModes", entry, "accessModes");
    if (!node_bool(node_get(entry, "defaultStorageClass"), false))
        copy_field(x, spec, "storageClassName", entry, "storageClassName");
    copy_field(x, requests, "storage", entry, "size");
    node_put(a, spec, "resources", holding(x, "requests", requests));
    node_put(a, template, "spec", spec);
    struct str called = node_text_of(entry, "volumeName");
    if (called.n == 0 || requests->count == 0 || node_count(node_get(entry, "accessModes")) == 0)
        WRONG(x, entry, "genericEphemeralVolume needs volumeName, mountPath, accessModes and size");
    struct node *source = holding(x, "volumeClaimTemplate", template);
    add_mount(x, add_volume(x, called, "volume", called, holding(x, "ephemeral", source)), entry,
              node_text_of(entry, "mountPath"));
}

static void own_volumes(struct lowering *x)
{
    const struct node *list = node_get(x->config, "volumes");
    for (size_t i = 0; i < node_count(list); i++) {
        struct str called = node_text_of(list->items[i], "name");
        if (map_find(&x->known, called))
            WRONG(x, list->items[i], "two volumes named %.*s", STR_ARG(called));
        (void)add_volume(x, called, "volume", called, list->items[i]);
    }
}

static void all_volumes(struct lowering *x)
{
    named_volumes(x);
    const struct node *empty = node_get(x->config, "emptyDirMounts");
    for (size_t i = 0; i < node_count(empty); i++)
        empty_volume(x, empty->items[i], "volume", node_text_of(empty->items[i], "mountPath"), "sizeLimit", false);
    const struct node *shared = node_get(x->config, "enabledSharedMemory");
    if (shared)
        empty_volume(x, shared, "shm", STR(SHARED_MEMORY), "size", true);
    const struct node *ephemeral = node_get(x->config, "genericEphemeralVolume");
    for (size_t i = 0; i < node_count(ephemeral); i++)
        ephemeral_volume(x, ephemeral->items[i]);
    own_volumes(x);
}

static bool in_template(const struct node *template, struct str volume)
{
    const struct node *list = node_get(template, "volumes");
    for (size_t i = 0; i < node_count(list); i++)
        if (str_eq(node_text_of(list->items[i], "name"), volume))
            return true;
    return false;
}

/* Mounts of a container, by the names that people gave to volumes; KFP says volumeName. */
static struct node *mounts_of(struct lowering *x, const struct node *list)
{
    struct arena *a = x->p->a;
    struct node *out = node_seq(a);
    for (size_t i = 0; i < node_count(list); i++) {
        struct node *mount = node_copy(a, list->items[i]);
        struct str called = node_text_of(mount, "volumeName");
        if (called.n == 0)
            called = node_text_of(mount, "name");
        const size_t *at = map_find(&x->known, called);
        bool other =
            in_template(x->p->options.pod_template, called) || in_template(node_get(x->config, "podTemplate"), called);
        if (!at && !other) {
            struct problem *problem = kubernetes_problem(x->p, x->t, SEVERITY_ERROR, "unknown_volume", list->items[i],
                                                         "there is no volume \"%.*s\" to mount", STR_ARG(called));
            problem_hint(x->p->ps, problem,
                         "a volume is called as its volumeName, or as its secret, config map or "
                         "claim");
            continue;
        }
        (void)node_remove(mount, "volumeName");
        (void)node_remove(mount, "name");
        struct node *named = build_named(a, at ? node_text_of(x->pod->volumes->items[*at], "name") : called);
        node_set_all(a, named, mount);
        node_push(a, out, named);
    }
    return out;
}

/* ---- variables */

void kubernetes_add_env(struct arena *a, struct node *env, const struct node *more)
{
    for (size_t i = 0; i < node_count(more); i++) {
        struct node *entry = more->items[i];
        size_t at = 0;
        while (at < env->count && !str_eq(node_text_of(env->items[at], "name"), node_text_of(entry, "name")))
            at++;
        if (at < env->count)
            env->items[at] = entry;
        else
            node_push(a, env, entry);
    }
}

static void add_variable(struct lowering *x, const struct node *at, struct str name, struct node *from)
{
    for (size_t i = 0; i < x->pod->env->count; i++)
        if (str_eq(node_text_of(x->pod->env->items[i], "name"), name))
            WRONG(x, at, "two values for the variable %.*s", STR_ARG(name));
    if (name.n == 0 || str_find_char(name, '=') >= 0)
        WRONG(x, at, "a variable without a proper name");
    struct node *variable = build_named(x->p->a, name);
    node_put(x->p->a, variable, "valueFrom", from);
    node_push(x->p->a, x->pod->env, variable);
}

static void keys_as_env(struct lowering *x, const char *list_name, const char *key_name, const char *reference)
{
    const struct node *list = node_get(x->config, list_name);
    for (size_t i = 0; i < node_count(list); i++) {
        const struct node *entry = list->items[i], *keys = node_get(entry, "keyToEnv");
        if (node_count(keys) == 0)
            WRONG(x, entry, "%s without keyToEnv", list_name);
        for (size_t k = 0; k < node_count(keys); k++) {
            struct node *ref = build_named(x->p->a, name_of(x, entry));
            copy_field(x, ref, "key", keys->items[k], key_name);
            copy_field(x, ref, "optional", entry, "optional");
            add_variable(x, keys->items[k], node_text_of(keys->items[k], "envVar"), holding(x, reference, ref));
        }
    }
}

static void all_variables(struct lowering *x)
{
    const struct node *own = node_get(x->config, "env"), *paths = node_get(x->config, "fieldPathAsEnv");
    for (size_t i = 0; i < node_count(own); i++)
        node_push(x->p->a, x->pod->env, own->items[i]);
    for (size_t i = 0; i < node_count(paths); i++) {
        struct node *field = node_map(x->p->a);
        copy_field(x, field, "fieldPath", paths->items[i], "fieldPath");
        add_variable(x, paths->items[i], node_text_of(paths->items[i], "name"), holding(x, "fieldRef", field));
    }
    keys_as_env(x, "secretAsEnv", "secretKey", "secretKeyRef");
    keys_as_env(x, "configMapAsEnv", "configMapKey", "configMapKeyRef");
    x->pod->env_from = node_get(x->config, "envFrom");
}

static void know_names(struct arena *a, struct node *names, const struct node *env)
{
    for (size_t i = 0; i < node_count(env); i++)
        node_set(a, names, node_text_of(env->items[i], "name"), env->items[i]);
}

const struct node *kubernetes_variables(struct plan *p, const struct task_plan *t, const struct node *env)
{
    struct node *names = node_map(p->a);
    if (t->pod && node_count(t->pod->env_from))
        return NULL;
    node_set_all(p->a, names, env);
    if (t->pod) {
        know_names(p->a, names, t->pod->env);
        know_names(p->a, names, node_get(t->pod->template, "env"));
    }
    know_names(p->a, names, node_get(p->options.pod_template, "env"));
    return names;
}

/* ---- containers */

/* In the order in which a step's fields are read best; `resources` has another name at Tekton. */
static struct node *container(struct lowering *x, struct str name, const struct node *from)
{
    static const char *const fields[][2] = {
        {"image", "image"},
        {"imagePullPolicy", "imagePullPolicy"},
        {"workingDir", "workingDir"},
        {"script", "script"},
        {"command", "command"},
        {"args", "args"},
        {"ports", "ports"},
        {"envFrom", "envFrom"},
        {"env", "env"},
        {"computeResources", "resources"},
        {"volumeMounts", "volumeMounts"},
        {"startupProbe", "startupProbe"},
        {"readinessProbe", "readinessProbe"},
        {"livenessProbe", "livenessProbe"},
        {"lifecycle", "lifecycle"},
        {"securityContext", "securityContext"},
    };
    struct node *out = build_named(x->p->a, name);
    if (node_text_of(from, "image").n == 0)
        WRONG(x, from, "%.*s needs an image", STR_ARG(name));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        copy_field(x, out, fields[i][0], from, fields[i][1]);
    if (node_get(out, "volumeMounts"))
        node_put(x->p->a, out, "volumeMounts", mounts_of(x, node_get(from, "volumeMounts")));
    return out;
}

/* Tekton has no init containers of its own: a step that stands first does the same. One that restarts is a sidecar. */
static void containers(struct lowering *x)
{
    const struct node *first = node_get(x->config, "initContainers"), *beside = node_get(x->config, "sidecars");
    for (size_t i = 0; i < node_count(first); i++) {
        const struct node *from = first->items[i];
        struct str restart = node_text_of(from, "restartPolicy"), name = node_text_of(from, "name");
        if (restart.n && !str_is(restart, "Always"))
            WRONG(x, from, "restartPolicy of an init container can only be Always");
        if (restart.n)
            node_push(x->p->a, x->pod->sidecars, container(x, names_label(&x->sidecar_names, name, "sidecar"), from));
        else
            node_push(x->p->a, x->pod->first_steps, container(x, names_label(&x->step_names, name, "init"), from));
    }
    for (size_t i = 0; i < node_count(beside); i++) {
        const struct node *from = beside->items[i];
        struct str name = names_label(&x->sidecar_names, node_text_of(from, "name"), "sidecar");
        node_push(x->p->a, x->pod->sidecars, container(x, name, from));
    }
}

static void main_fields(struct lowering *x)
{
    struct pod_plan *pod = x->pod;
    static const char *const policies[] = {"Always", "Never", "IfNotPresent", NULL};
    const struct node *policy = node_get(x->config, "imagePullPolicy");
    bool known = !policy;
    for (size_t i = 0; policies[i]; i++)
        known = known || str_is(node_text(policy), policies[i]);
    if (!known)
        WRONG(x, policy, "imagePullPolicy is Always, Never or IfNotPresent");
    pod->fields = node_map(x->p->a);
    copy_field(x, pod->fields, "imagePullPolicy", x->config, "imagePullPolicy");
    copy_field(x, pod->fields, "workingDir", x->config, "workingDir");
    copy_field(x, pod->fields, "computeResources", x->config, "resources");
    copy_field(x, pod->fields, "securityContext", x->config, "securityContext");
}

static void metadata(struct lowering *x)
{
    const struct node *given = node_get(x->config, "podMetadata");
    x->pod->labels = node_get(given, "labels");
    x->pod->annotations = node_get(given, "annotations");
    const struct node *both[] = {x->pod->labels, x->pod->annotations};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < node_count(both[i]); k++)
            if (str_starts(both[i]->pairs[k].key, "tekton.dev/") ||
                str_starts(both[i]->pairs[k].key, "component-hub.dev/"))
                WRONG(x, both[i]->pairs[k].value, "%.*s is not for users to set", STR_ARG(both[i]->pairs[k].key));
}

static void reserve_all(struct name_set *set, const struct node *list)
{
    for (size_t i = 0; i < node_count(list); i++)
        if (!map_find(&set->taken, node_text_of(list->items[i], "name")))
            (void)names_label(set, node_text_of(list->items[i], "name"), "other");
}

/* Names that the helper steps' own volumes and steps have, and those of a Tekton Task. */
static void reserve_names(struct lowering *x)
{
    static const char *const volumes[] = {"inputs", "outputs"}, *const steps[] = {"prepare", "main", "save"};
    names_init(&x->volume_names, x->p->a, 0);
    names_init(&x->step_names, x->p->a, 0);
    names_init(&x->sidecar_names, x->p->a, 0);
    for (size_t i = 0; i < sizeof volumes / sizeof volumes[0]; i++)
        (void)names_label(&x->volume_names, str_of(volumes[i]), "");
    for (size_t i = 0; i < x->t->task->component->interface.output_count; i++)
        (void)names_label(&x->volume_names, str_printf(x->p->a, "files-%zu", i), "");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        (void)names_label(&x->step_names, str_of(steps[i]), "");
    const struct node *task = x->t->task->component->task;
    reserve_all(&x->volume_names, node_get(task, "volumes"));
    reserve_all(&x->step_names, node_get(task, "steps"));
    reserve_all(&x->sidecar_names, node_get(task, "sidecars"));
}

void kubernetes_plan(struct plan *p, struct task_plan *t)
{
    struct lowering x = {.p = p, .t = t, .config = t->task->kubernetes};
    if (!x.config)
        return;
    x.pod = t->pod = arena_new_of(p->a, struct pod_plan);
    x.pod->env = node_seq(p->a);
    x.pod->mounts = node_seq(p->a);
    x.pod->volumes = node_seq(p->a);
    x.pod->first_steps = node_seq(p->a);
    x.pod->sidecars = node_seq(p->a);
    map_init(&x.sources, p->a, 0);
    map_init(&x.known, p->a, 0);
    reserve_names(&x);
    check_texts(&x, x.config);
    all_volumes(&x);
    const struct node *mounts = mounts_of(&x, node_get(x.config, "volumeMounts"));
    for (size_t i = 0; i < mounts->count; i++)
        node_push(p->a, x.pod->mounts, mounts->items[i]);
    all_variables(&x);
    containers(&x);
    main_fields(&x);
    metadata(&x);
    x.pod->service_account = node_text_of(x.config, "serviceAccountName");
    scheduling_plan(p, t);
}
