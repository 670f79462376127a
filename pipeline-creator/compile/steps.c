/*
 * The Task of one container task: the main step, and helper steps around it where files have to be made ready.
 * Helpers run a small image with a shell, for the component's own image may have none. Their scripts are fixed; names
 * that we made come as arguments, user text as environment.
 */
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/compile/text.h"
#include "pipeline-creator/tekton/build.h"

struct steps {
    struct plan *p;
    struct task_plan *t;
    struct node *volumes;
    struct node *main_mounts, *prepare_mounts, *save_mounts;
    struct node *prepare_args, *prepare_env; /* folders to make; texts to write */
    struct buf prepare_script;
    struct node *save_args;    /* pairs: from, to */
    struct node *file_folders; /* folders of fileOutputs, in the order of their volumes */
};

#define PREPARE_FOLDERS "umask 0\nfor folder in \"$@\"; do\n  rm -rf \"$folder\"\n  mkdir -p \"$folder\"\ndone\n"
#define SAVE            "while [ $# -gt 0 ]; do\n  cp -R \"$1\" \"$2\"\n  shift 2\ndone\n"

static bool on_volume(const struct output_plan *o)
{
    return o->how == PASS_FILE || o->how == PASS_BOTH;
}

/* A value that the program wants as a file is written into one before it starts. */
static void write_input(struct steps *s, size_t k)
{
    struct arena *a = s->p->a;
    const struct input_plan *in = &s->t->inputs[k];
    struct str variable = str_printf(a, "HUB_INPUT_%zu", s->prepare_env->count);
    node_push(a, s->prepare_env, build_param(a, variable, command_value(s->p, s->t, k)));
    buf_printf(&s->prepare_script, "printf %%s \"$%.*s\" > " FOLDER_INPUTS "/%.*s\n", STR_ARG(variable),
               STR_ARG(in->name));
}

/* A volume with the one entry of the Secret: the kubelet writes it, no step of ours sees it. */
static void mount_secret(struct steps *s, size_t k)
{
    struct arena *a = s->p->a;
    const struct graph_value *v = &s->t->task->inputs[k];
    struct str name = str_printf(a, "secret-%zu", k);
    struct node *volume = build_named(a, name), *source = node_map(a), *items = node_seq(a), *item = node_map(a);
    node_put_str(a, item, "key", v->key);
    node_put_str(a, item, "path", STR("data"));
    node_push(a, items, item);
    node_put_str(a, source, "secretName", v->text);
    node_put(a, source, "items", items);
    node_put(a, volume, "secret", source);
    node_push(a, s->volumes, volume);
    struct node *mount = build_mount(a, name, str_cat(a, STR(FOLDER_SECRETS "/"), s->t->inputs[k].name));
    node_put(a, mount, "readOnly", node_bool_new(a, true));
    node_push(a, s->main_mounts, mount);
}

static void plan_inputs(struct steps *s)
{
    struct arena *a = s->p->a;
    for (size_t k = 0; k < s->t->task->component->interface.input_count; k++) {
        const struct graph_value *v = &s->t->task->inputs[k];
        bool arrives = v->source == SOURCE_OUTPUT && on_volume(&s->p->tasks[v->index].outputs[v->port]);
        if (!s->t->inputs[k].path_used || v->source == SOURCE_NONE || arrives)
            continue;
        if (v->source == SOURCE_SECRET)
            mount_secret(s, k);
        else
            write_input(s, k);
    }
    if (s->prepare_env->count == 0)
        return;
    node_push(a, s->volumes, build_empty_dir(a, STR("inputs")));
    node_push(a, s->main_mounts, build_mount(a, STR("inputs"), STR(FOLDER_INPUTS)));
    node_push(a, s->prepare_mounts, build_mount(a, STR("inputs"), STR(FOLDER_INPUTS)));
}

static bool is_system_folder(struct str folder)
{
    static const char *const prefixes[] = {"/bin",  "/boot", "/dev", "/etc",    "/lib",       "/proc",
                                           "/sbin", "/sys",  "/usr", "/tekton", "/workspace", "/component-hub"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        struct str prefix = str_of(prefixes[i]);
        if (str_starts(folder, prefixes[i]) && (folder.n == prefix.n || folder.p[prefix.n] == '/'))
            return true;
    }
    return folder.n == 0 || folder.p[0] != '/';
}

/* The image may have its program there. */
static void hide_folder(struct steps *s, struct str folder)
{
    if (str_is(folder, "/tmp") || str_starts(folder, "/tmp/") || str_starts(folder, "/var/tmp"))
        return;
    struct problem *p =
        task_problem(s->p, s->t, SEVERITY_WARNING, "file_output_folder",
                     "a volume over %.*s, where it writes an output, hides what its image has there", STR_ARG(folder));
    problem_hint(s->p->ps, p, "use outputPath, or a path such as /tmp/outputs/name");
}

/* fileOutputs name a place inside the image. A volume is put over its folder, so that the helper finds the file. */
static struct str share_file(struct steps *s, struct str path)
{
    struct arena *a = s->p->a;
    ptrdiff_t slash = str_rfind_char(path, '/');
    struct str folder = str_sub(path, 0, slash < 0 ? 0 : (size_t)slash);
    struct str base = str_from(path, folder.n + 1);
    if (is_system_folder(folder) || base.n == 0) {
        struct problem *p = task_problem(
            s->p, s->t, SEVERITY_ERROR, "unsupported_file_output",
            "its component writes an output to %.*s, over whose folder no volume can be put", STR_ARG(path));
        problem_hint(s->p->ps, p, "use outputPath, or a path such as /tmp/outputs/name");
        return path;
    }
    size_t number = 0;
    while (number < s->file_folders->count && !str_eq(s->file_folders->items[number]->text, folder))
        number++;
    struct str place = str_printf(a, FOLDER_FILES "/%zu", number);
    if (number == s->file_folders->count) {
        hide_folder(s, folder);
        struct str name = str_printf(a, "files-%zu", number);
        node_push(a, s->file_folders, node_str(a, folder));
        node_push(a, s->volumes, build_empty_dir(a, name));
        node_push(a, s->main_mounts, build_mount(a, name, folder));
        node_push(a, s->save_mounts, build_mount(a, name, place));
    }
    return STR_JOIN(a, place, STR("/"), base);
}

static void save(struct steps *s, struct str from, struct str to)
{
    node_push(s->p->a, s->save_args, node_str(s->p->a, from));
    node_push(s->p->a, s->save_args, node_str(s->p->a, to));
}

/* Whether the array for loops is a result of its own. */
static bool has_list_result(const struct output_plan *o)
{
    return o->list.p && (o->how == PASS_LIST || !str_eq(o->list, o->name));
}

static void save_results(struct steps *s, const struct output_plan *o, struct str from)
{
    struct arena *a = s->p->a;
    if (o->how == PASS_RESULT || o->how == PASS_BOTH)
        save(s, from, STR_JOIN(a, STR("$(results."), o->name, STR(".path)")));
    if (has_list_result(o))
        save(s, from, STR_JOIN(a, STR("$(results."), o->list, STR(".path)")));
}

static void plan_outputs(struct steps *s)
{
    struct arena *a = s->p->a;
    bool inside = false, copied_inside = false;
    for (size_t k = 0; k < s->t->task->component->interface.output_count; k++) {
        const struct output_plan *o = &s->t->outputs[k];
        if (on_volume(o))
            node_push(a, s->prepare_args, node_str(a, folder_of_output(s->p, s->t, k)));
        if (o->file.n && o->how != PASS_UNUSED) {
            struct str from = share_file(s, o->file);
            if (on_volume(o))
                save(s, from, path_of_output(s->p, s->t, k));
            save_results(s, o, from);
            continue;
        }
        if (o->copied)
            save_results(s, o, path_of_output(s->p, s->t, k));
        copied_inside = copied_inside || (o->copied && !on_volume(o));
        inside = inside || copied_inside || (o->how == PASS_UNUSED && o->produced && o->file.n == 0);
    }
    if (!inside)
        return;
    node_push(a, s->volumes, build_empty_dir(a, STR("outputs")));
    node_push(a, s->main_mounts, build_mount(a, STR("outputs"), STR(FOLDER_OUTPUTS)));
    if (copied_inside)
        node_push(a, s->save_mounts, build_mount(a, STR("outputs"), STR(FOLDER_OUTPUTS)));
}

static struct node *with_dollar(struct plan *p, const struct task_plan *t, struct node *env)
{
    if (!t->dollar)
        return env;
    struct node *all = node_seq(p->a);
    node_push(p->a, all, build_param(p->a, STR(TEXT_DOLLAR), STR("$")));
    for (size_t i = 0; i < env->count; i++)
        node_push(p->a, all, env->items[i]);
    return all;
}

/* Before all others, so that the kubelet knows them where the component's own variables mention them. */
static struct node *with_secrets(struct plan *p, const struct task_plan *t, struct node *env)
{
    struct arena *a = p->a;
    struct node *all = node_seq(a);
    for (size_t k = 0; k < t->task->component->interface.input_count; k++) {
        const struct graph_value *v = &t->task->inputs[k];
        if (v->source != SOURCE_SECRET || !t->inputs[k].value_used)
            continue;
        struct node *one = build_named(a, str_printf(a, SECRET_VARIABLE "%zu", k));
        struct node *from = node_map(a), *entry = build_named(a, v->text);
        node_put_str(a, entry, "key", v->key);
        node_put(a, from, "secretKeyRef", entry);
        node_put(a, one, "valueFrom", from);
        node_push(a, all, one);
    }
    if (all->count == 0)
        return env;
    for (size_t i = 0; i < env->count; i++)
        node_push(a, all, env->items[i]);
    return all;
}

static struct node *prepare_step(struct steps *s)
{
    struct arena *a = s->p->a;
    struct buf script;
    buf_init(&script, a, 0);
    if (s->prepare_args->count)
        buf_cstr(&script, PREPARE_FOLDERS);
    buf_str(&script, buf_take(&s->prepare_script));
    struct node *step = build_named(a, STR("prepare"));
    node_put_str(a, step, "image", s->p->options.helper_image);
    node_put(a, step, "command", build_shell(a, str_cstr(a, buf_take(&script)), "prepare"));
    build_put(a, step, "args", s->prepare_args);
    build_put(a, step, "env", s->prepare_env->count ? with_dollar(s->p, s->t, s->prepare_env) : s->prepare_env);
    build_put(a, step, "volumeMounts", s->prepare_mounts);
    return step;
}

/* The results of a matrix come in the order of TaskRun names as texts, 10 before 2; each tells its number, with which
   Tekton ends the name (pkg/reconciler/pipelinerun/resources/pipelinerunresolution.go, getNewRunNames). */
static struct node *number_step(struct steps *s)
{
    struct arena *a = s->p->a;
    struct node *step = build_named(a, STR("number")), *args = node_seq(a);
    node_put_str(a, step, "image", s->p->options.helper_image);
    node_put(a, step, "command", build_shell(a, "printf %s \"${1##*-}\" > \"$2\"", "number"));
    node_push(a, args, node_cstr(a, "$(context.taskRun.name)"));
    node_push(a, args, node_str(a, STR_JOIN(a, STR("$(results."), s->t->iteration, STR(".path)"))));
    node_put(a, step, "args", args);
    return step;
}

static struct node *save_step(struct steps *s)
{
    struct arena *a = s->p->a;
    struct node *step = build_named(a, STR("save"));
    node_put_str(a, step, "image", s->p->options.helper_image);
    node_put(a, step, "command", build_shell(a, SAVE, "save"));
    node_put(a, step, "args", s->save_args);
    build_put(a, step, "volumeMounts", s->save_mounts);
    return step;
}

static void put_pod_fields(struct steps *s, struct node *step)
{
    const struct pod_plan *pod = s->t->pod;
    struct arena *a = s->p->a;
    if (node_count(pod->env_from))
        node_put(a, step, "envFrom", pod->env_from);
    node_set_all(a, step, pod->fields);
    for (size_t i = 0; i < pod->mounts->count; i++)
        node_push(a, s->main_mounts, pod->mounts->items[i]);
}

static struct node *main_step(struct steps *s)
{
    struct arena *a = s->p->a;
    const struct node *container = s->t->task->component->container;
    struct str image = node_text_of(container, "image");
    if (s->t->task->collects)
        image = s->p->options.helper_image;
    if (str_find_char(image, '$') >= 0)
        task_problem(s->p, s->t, SEVERITY_ERROR, "invalid_image", "its image has a dollar in its name");
    struct node *step = build_named(a, STR("main"));
    node_put_str(a, step, "image", image);
    if (s->t->task->collects)
        collect_step(s->p, s->t, step);
    build_put(a, step, "command", command_list(s->p, s->t, node_get(container, "command")));
    build_put(a, step, "args", command_list(s->p, s->t, node_get(container, "args")));
    struct node *env = command_env(s->p, s->t);
    const struct pod_plan *pod = s->t->pod;
    if (pod)
        kubernetes_add_env(a, env, pod->env);
    env = with_dollar(s->p, s->t, env);
    build_put(a, step, "env", with_secrets(s->p, s->t, env));
    if (s->t->task->component->resources)
        node_put(a, step, "computeResources", node_copy(a, s->t->task->component->resources));
    if (pod)
        put_pod_fields(s, step);
    build_put(a, step, "volumeMounts", s->main_mounts);
    return step;
}

struct node *steps_metadata(struct plan *p, const struct task_plan *t)
{
    const struct graph_task *task = t->task;
    struct node *annotations = node_map(p->a), *metadata = node_map(p->a);
    if (t->pod && node_count(t->pod->labels))
        node_put(p->a, metadata, "labels", t->pod->labels);
    for (size_t i = 0; t->pod && i < node_count(t->pod->annotations); i++)
        node_set(p->a, annotations, t->pod->annotations->pairs[i].key, t->pod->annotations->pairs[i].value);
    if (task->name.n)
        node_put_str(p->a, annotations, "component-hub.dev/component", task->name);
    if (task->digest.n)
        node_put_str(p->a, annotations, "component-hub.dev/digest", task->digest);
    build_put(p->a, metadata, "annotations", annotations);
    return metadata;
}

static struct node *declared_param(struct plan *p, const struct task_plan *t, size_t k)
{
    return t->task->inputs[k].every ? build_array(p->a, t->inputs[k].name) : build_named(p->a, t->inputs[k].name);
}

static void put_ports(struct plan *p, const struct task_plan *t, struct node *spec)
{
    const struct interface *i = &t->task->component->interface;
    struct node *params = node_seq(p->a), *results = node_seq(p->a), *workspaces = node_seq(p->a);
    for (size_t k = 0; k < i->input_count; k++) {
        const struct input_plan *in = &t->inputs[k];
        if (in->param)
            node_push(p->a, params, declared_param(p, t, k));
        for (size_t m = 0; in->parts && m < t->task->inputs[k].part_count; m++)
            if (in->parts[m].p)
                node_push(p->a, params, build_named(p->a, in->parts[m]));
    }
    collect_order(p, t, NULL, params);
    for (size_t k = 0; k < i->output_count; k++) {
        const struct output_plan *o = &t->outputs[k];
        if (o->how == PASS_RESULT || o->how == PASS_BOTH)
            node_push(p->a, results, o->by_whole ? build_array(p->a, o->name) : build_named(p->a, o->name));
        if (has_list_result(o))
            node_push(p->a, results, build_array(p->a, o->list));
    }
    if (t->iteration.p)
        node_push(p->a, results, build_named(p->a, t->iteration));
    if (t->volume)
        node_push(p->a, workspaces, build_named(p->a, STR(VOLUME)));
    build_put(p->a, spec, "params", params);
    build_put(p->a, spec, "workspaces", workspaces);
    build_put(p->a, spec, "results", results);
}

struct node *steps_task_spec(struct plan *p, struct task_plan *t)
{
    struct arena *a = p->a;
    struct steps s = {.p = p, .t = t, .volumes = node_seq(a), .main_mounts = node_seq(a)};
    s.prepare_mounts = node_seq(a);
    s.save_mounts = node_seq(a);
    s.prepare_args = node_seq(a);
    s.prepare_env = node_seq(a);
    s.save_args = node_seq(a);
    s.file_folders = node_seq(a);
    buf_init(&s.prepare_script, a, 0);
    plan_inputs(&s);
    plan_outputs(&s);

    struct node *spec = node_map(a), *steps = node_seq(a);
    build_put(a, spec, "metadata", steps_metadata(p, t));
    put_ports(p, t, spec);
    for (size_t i = 0; t->pod && i < t->pod->volumes->count; i++)
        node_push(a, s.volumes, t->pod->volumes->items[i]);
    build_put(a, spec, "volumes", s.volumes);
    if (t->pod)
        build_put(a, spec, "sidecars", t->pod->sidecars);
    for (size_t i = 0; t->pod && i < t->pod->first_steps->count; i++)
        node_push(a, steps, t->pod->first_steps->items[i]);
    struct node *run = main_step(&s); /* first: it says whether the steps need TEXT_DOLLAR */
    if (s.prepare_args->count || s.prepare_env->count)
        node_push(a, steps, prepare_step(&s));
    node_push(a, steps, run);
    if (s.save_args->count)
        node_push(a, steps, save_step(&s));
    if (t->iteration.p)
        node_push(a, steps, number_step(&s));
    if (p->options.restricted) {
        restricted_apply(a, steps);
        restricted_apply(a, node_get(spec, "sidecars"));
    }
    node_put(a, spec, "steps", steps);
    return spec;
}
