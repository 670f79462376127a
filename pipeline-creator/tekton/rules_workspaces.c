#include "pipeline-creator/tekton/rules.h"

static void add_mount_paths(const struct rules *r, const struct node *owner, struct map *paths)
{
    const struct node *mounts = node_get(owner, "volumeMounts");
    for (size_t i = 0; i < node_count(mounts); i++)
        (void)map_add(paths, clean_path(r->a, node_text_of(mounts->items[i], "mountPath")), i);
}

/* Where Tekton mounts a workspace that does not say it: filepath.Join("/workspace", name). */
static struct str workspace_path(const struct rules *r, const struct node *workspace)
{
    struct str path = node_text_of(workspace, "mountPath");
    return clean_path(r->a, path.n ? path : str_cat(r->a, STR("/workspace/"), node_text_of(workspace, "name")));
}

void rule_declared_workspaces(const struct rules *r, const struct node *task_spec)
{
    const struct node *declared = node_get(task_spec, "workspaces"), *steps = node_get(task_spec, "steps");
    struct map paths, names;
    map_init(&paths, r->a, node_count(declared));
    map_init(&names, r->a, node_count(declared));
    for (size_t i = 0; i < node_count(steps); i++)
        add_mount_paths(r, steps->items[i], &paths);
    add_mount_paths(r, node_get(task_spec, "stepTemplate"), &paths);
    for (size_t i = 0; i < node_count(declared); i++) {
        struct str name = node_text_of(declared->items[i], "name"), path = workspace_path(r, declared->items[i]);
        struct str quoted = go_quote(r->a, name), quoted_path = go_quote(r->a, path);
        size_t mark = r->f->count;
        if (!map_add(&names, name, i))
            fault_add(r->f, "duplicate_name", "name", "workspace name %.*s must be unique", STR_ARG(quoted));
        if (!map_add(&paths, path, i))
            fault_add(r->f, "duplicate_mount_path", "mountpath", "workspace mount path %.*s must be unique",
                      STR_ARG(quoted_path));
        fault_via_index(r->f, mark, i);
    }
}

static void usages(const struct rules *r, const struct node *list, const struct map *names, const char *field,
                   const char *feature)
{
    for (size_t i = 0; i < node_count(list); i++) {
        const struct node *used = node_get(list->items[i], "workspaces");
        size_t mark = r->f->count;
        if (node_count(used))
            rule_gate(r, feature, GATE_BETA);
        for (size_t k = 0; k < node_count(used); k++) {
            struct str name = node_text_of(used->items[k], "name"), quoted = go_quote(r->a, name);
            size_t inner = r->f->count;
            if (set_has(names, name))
                continue;
            fault_add(r->f, "undefined_workspace", "name", "undefined workspace %.*s", STR_ARG(quoted));
            fault_via_item(r->f, inner, "workspaces", k);
        }
        fault_via_item(r->f, mark, field, i);
    }
}

void rule_workspace_usages(const struct rules *r, const struct node *task_spec)
{
    struct map names = item_names(r, node_get(task_spec, "workspaces"));
    usages(r, node_get(task_spec, "steps"), &names, "steps", "step workspaces");
    usages(r, node_get(task_spec, "sidecars"), &names, "sidecars", "sidecar workspaces");
}

static const char *const SOURCES[] = {
    "volumeClaimTemplate", "persistentVolumeClaim", "emptyDir", "configMap", "secret", "projected", "csi"};

static size_t source_count(const struct node *binding)
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof SOURCES / sizeof SOURCES[0]; i++)
        count += node_get(binding, SOURCES[i]) != NULL;
    return count;
}

static void all_sources(struct fault *one)
{
    static const struct str paths[] = {
        {"persistentvolumeclaim", 21}, {"volumeclaimtemplate", 19}, {"emptydir", 8}, {"configmap", 9}, {"secret", 6}};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        fault_path(one, paths[i]);
}

void rule_workspace_binding(const struct rules *r, const struct node *binding)
{
    static const struct {
        const char *source, *field, *path;
    } required[] = {
        {"persistentVolumeClaim", "claimName", "persistentvolumeclaim.claimname"},
        {"configMap", "name", "configmap.name"},
        {"secret", "secretName", "secret.secretName"},
        {"projected", "sources", "projected.sources"},
        {"csi", "driver", "csi.driver"},
    };
    size_t sources = source_count(binding);
    if (object_empty(binding)) {
        fault_missing(r->f, "");
        return;
    }
    if (sources != 1) {
        all_sources(fault_no_path(r->f, sources ? "more_than_one" : "not_one", "expected exactly one, got %s",
                                  sources ? "both" : "neither"));
        return;
    }
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        const struct node *source = node_get(binding, required[i].source);
        const struct node *value = node_get(source, required[i].field);
        if (source && node_count(value) == 0 && node_text(value).n == 0) {
            fault_missing(r->f, required[i].path);
            return;
        }
    }
}

void rule_workspace_bindings(const struct rules *r, const struct node *bindings)
{
    for (size_t i = 0; i < node_count(bindings); i++) {
        size_t mark = r->f->count;
        rule_workspace_binding(r, bindings->items[i]);
        fault_via_index(r->f, mark, i);
    }
    rule_names_differ(r, bindings, true, false);
}

void rule_pipeline_workspaces(const struct rules *r, const struct node *declared)
{
    struct map names;
    map_init(&names, r->a, node_count(declared));
    for (size_t i = 0; i < node_count(declared); i++) {
        struct str name = node_text_of(declared->items[i], "name"), quoted = go_quote(r->a, name);
        size_t mark = r->f->count;
        if (name.n == 0)
            fault_add(r->f, "missing_name", "", "invalid value: workspace %zu has empty name", i);
        if (!map_add(&names, name, i))
            fault_add(r->f, "duplicate_name", "", "invalid value: workspace with name %.*s appears more than once",
                      STR_ARG(quoted));
        fault_via_item(r->f, mark, "workspaces", i);
    }
}

static void task_workspaces(const struct rules *r, const struct node *task, const struct map *names)
{
    const struct node *bound = node_get(task, "workspaces");
    struct str quoted_task = go_quote(r->a, node_text_of(task, "name"));
    struct map seen;
    map_init(&seen, r->a, node_count(bound));
    for (size_t i = 0; i < node_count(bound); i++) {
        struct str name = node_text_of(bound->items[i], "name"), from = node_text_of(bound->items[i], "workspace");
        struct str quoted = go_quote(r->a, name);
        size_t mark = r->f->count;
        if (!map_add(&seen, name, i))
            fault_add(r->f, "duplicate_name", "", "workspace name %.*s must be unique", STR_ARG(quoted));
        from = from.n ? from : name;
        quoted = go_quote(r->a, from);
        if (!set_has(names, from))
            fault_add(r->f, "undefined_workspace", "",
                      "invalid value: pipeline task %.*s expects workspace with name %.*s but none exists in pipeline "
                      "spec",
                      STR_ARG(quoted_task), STR_ARG(quoted));
        fault_via_item(r->f, mark, "workspaces", i);
    }
}

void rule_tasks_workspaces(const struct rules *r, const struct node *declared, const struct node *tasks)
{
    struct map names = item_names(r, declared);
    for (size_t i = 0; i < node_count(tasks); i++) {
        size_t mark = r->f->count;
        task_workspaces(r, tasks->items[i], &names);
        fault_via_index(r->f, mark, i);
    }
}

static void add_names(struct map *names, const struct node *list)
{
    for (size_t i = 0; i < node_count(list); i++)
        (void)map_add(names, node_text_of(list->items[i], "name"), i);
}

void rule_propagated_workspaces(const struct rules *r, const struct node *run_spec)
{
    static const char *const sections[] = {"tasks", "finally"};
    const struct node *spec = node_get(run_spec, "pipelineSpec");
    struct map names = item_names(r, node_get(run_spec, "workspaces"));
    if (!spec)
        return;
    add_names(&names, node_get(spec, "workspaces"));
    for (size_t k = 0; k < 2; k++) {
        const struct node *tasks = node_get(spec, sections[k]);
        for (size_t i = 0; i < node_count(tasks); i++) {
            size_t mark = r->f->count;
            add_names(&names, node_get(tasks->items[i], "workspaces"));
            task_workspaces(r, tasks->items[i], &names);
            fault_via_index(r->f, mark, i);
        }
    }
}
