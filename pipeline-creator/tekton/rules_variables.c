/* Variables in the texts of steps. */
#include "pipeline-creator/tekton/rules.h"

/* One check over all texts of a step. */
struct walk {
    const struct rules *r;
    reference_check *check;    /* of texts */
    reference_check *in_lists; /* of the items of command and args */
    reference_check *in_script;
    const char *prefix;
    const struct map *names;
    /* How Tekton names these fields in its paths: differently from check to check. */
    const char *mount_path, *sub_path;
    bool on_error;
};

static void check_text(const struct walk *w, reference_check *check, struct str value, const char *field)
{
    size_t mark = w->r->f->count;
    check(w->r->f, value, w->prefix, w->names);
    fault_via(w->r->f, mark, field);
}

static void check_list(const struct walk *w, const struct node *step, const char *field)
{
    const struct node *list = node_get(step, field);
    for (size_t i = 0; i < node_count(list); i++) {
        size_t mark = w->r->f->count;
        w->in_lists(w->r->f, node_text(list->items[i]), w->prefix, w->names);
        fault_via_item(w->r->f, mark, field, i);
    }
}

static void check_env(const struct walk *w, const struct node *step)
{
    const struct node *env = node_get(step, "env");
    for (size_t i = 0; i < node_count(env); i++) {
        size_t mark = w->r->f->count;
        w->check(w->r->f, node_text_of(env->items[i], "value"), w->prefix, w->names);
        fault_via_key(w->r->f, mark, "env", node_text_of(env->items[i], "name"));
    }
}

static void check_mounts(const struct walk *w, const struct node *step)
{
    const struct node *mounts = node_get(step, "volumeMounts");
    for (size_t i = 0; i < node_count(mounts); i++) {
        size_t mark = w->r->f->count;
        check_text(w, w->check, node_text_of(mounts->items[i], "name"), "name");
        check_text(w, w->check, node_text_of(mounts->items[i], "mountPath"), w->mount_path);
        check_text(w, w->check, node_text_of(mounts->items[i], "subPath"), w->sub_path);
        fault_via_item(w->r->f, mark, "volumeMount", i);
    }
}

static void walk_step(const struct walk *w, const struct node *step)
{
    check_text(w, w->check, node_text_of(step, "name"), "name");
    check_text(w, w->check, node_text_of(step, "image"), "image");
    check_text(w, w->check, node_text_of(step, "workingDir"), "workingDir");
    check_text(w, w->in_script, node_text_of(step, "script"), "script");
    check_list(w, step, "command");
    check_list(w, step, "args");
    check_env(w, step);
    check_mounts(w, step);
    if (w->on_error)
        check_text(w, w->check, node_text_of(step, "onError"), "onError");
}

/* A StepAction: less of it is looked at. */
static void walk_action(const struct walk *w, const struct node *action)
{
    const struct node *mounts = node_get(action, "volumeMounts");
    check_text(w, w->check, node_text_of(action, "image"), "image");
    check_text(w, w->in_script, node_text_of(action, "script"), "script");
    check_list(w, action, "command");
    check_list(w, action, "args");
    check_env(w, action);
    for (size_t i = 0; i < node_count(mounts); i++) {
        size_t mark = w->r->f->count;
        w->check(w->r->f, node_text_of(mounts->items[i], "name"), w->prefix, w->names);
        fault_via_item(w->r->f, mark, "volumeMounts", i);
    }
}

/* Tekton puts "steps[i]" before the faults of this step, or (its slip) of all steps so far. */
static void walk_steps(const struct walk *w, const struct node *steps, bool over_all)
{
    size_t start = w->r->f->count;
    for (size_t i = 0; i < node_count(steps); i++) {
        size_t mark = over_all ? start : w->r->f->count;
        walk_step(w, steps->items[i]);
        fault_via_item(w->r->f, mark, "steps", i);
    }
}

static struct walk known_walk(const struct rules *r, const char *prefix, const struct map *names)
{
    return (struct walk){.r = r,
                         .check = reference_known,
                         .in_lists = reference_known,
                         .in_script = r->beta1 ? reference_known_detail : reference_known,
                         .prefix = prefix,
                         .names = names,
                         .mount_path = "MountPath",
                         .sub_path = "SubPath",
                         .on_error = true};
}

static struct walk plain_walk(const struct rules *r, reference_check *check, reference_check *in_lists,
                              const struct map *names)
{
    return (struct walk){.r = r,
                         .check = check,
                         .in_lists = in_lists,
                         .in_script = check,
                         .prefix = "params",
                         .names = names,
                         .mount_path = "mountPath",
                         .sub_path = "subPath"};
}

static struct map keys_of(const struct rules *r, const struct node *properties)
{
    struct map keys;
    map_init(&keys, r->a, node_count(properties));
    for (size_t i = 0; i < node_count(properties); i++)
        (void)map_add(&keys, properties->pairs[i].key, i);
    return keys;
}

/* Each key of an object that is used is one of its properties. */
static void check_keys(const struct rules *r, const struct node *steps, const struct node *action,
                       const struct node *declared)
{
    for (size_t i = 0; i < node_count(declared); i++) {
        const struct node *spec = declared->items[i];
        if (!str_is(node_text_of(spec, "type"), "object"))
            continue;
        struct map keys = keys_of(r, node_get(spec, "properties"));
        struct str prefix = str_cat(r->a, STR("params\\."), node_text_of(spec, "name"));
        struct walk w = known_walk(r, str_cstr(r->a, prefix), &keys);
        if (steps)
            walk_steps(&w, steps, false);
        else
            walk_action(&w, action);
    }
}

void rule_steps_use_declared(const struct rules *r, const struct node *steps, const struct node *declared)
{
    struct specs s = specs_of(r, declared);
    struct walk known = known_walk(r, "params", &s.all);
    struct walk whole = plain_walk(r, reference_not_these_whole, reference_not_these_whole, &s.objects);
    walk_steps(&known, steps, false);
    if (steps)
        check_keys(r, steps, NULL, declared);
    walk_steps(&whole, steps, true);
    rule_object_properties(r, declared);
}

void rule_steps_arrays(const struct rules *r, const struct node *steps, const struct node *declared)
{
    struct specs s = specs_of(r, declared);
    struct walk w = plain_walk(r, reference_not_these, reference_isolated, &s.arrays);
    walk_steps(&w, steps, true);
}

void rule_steps_context(const struct rules *r, const struct node *steps)
{
    static const struct str of_run[] = {{"name", 4}, {"namespace", 9}, {"uid", 3}};
    static const struct str of_task[] = {{"name", 4}, {"retry-count", 11}};
    struct map run = set_of(r, of_run, 3), task = set_of(r, of_task, 2);
    struct walk w = known_walk(r, "context\\.taskRun", &run);
    walk_steps(&w, steps, false);
    w = known_walk(r, "context\\.task", &task);
    walk_steps(&w, steps, false);
}

void rule_action_uses_declared(const struct rules *r, const struct node *action, const struct node *declared)
{
    struct specs s = specs_of(r, declared);
    struct walk known = known_walk(r, "params", &s.all);
    struct walk whole = plain_walk(r, reference_not_these_whole, reference_not_these_whole, &s.objects);
    known.in_script = reference_known;
    walk_action(&known, action);
    check_keys(r, NULL, action, declared);
    walk_action(&whole, action);
    rule_object_properties(r, declared);
}

void rule_action_arrays(const struct rules *r, const struct node *action, const struct node *declared)
{
    struct specs s = specs_of(r, declared);
    struct walk w = plain_walk(r, reference_not_these, reference_isolated, &s.arrays);
    walk_action(&w, action);
}

static void list_expressions(struct texts *out, const struct node *list)
{
    for (size_t i = 0; i < node_count(list); i++)
        reference_expressions(out, node_text(list->items[i]));
}

void step_expressions(struct texts *out, const struct node *step)
{
    static const char *const fields[] = {"name", "image", "imagePullPolicy", "script", "workingDir"};
    static const char *const sources[] = {"secretKeyRef", "configMapKeyRef"};
    const struct node *env = node_get(step, "env");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        reference_expressions(out, node_text_of(step, fields[i]));
    list_expressions(out, node_get(step, "command"));
    list_expressions(out, node_get(step, "args"));
    for (size_t i = 0; i < node_count(env); i++) {
        reference_expressions(out, node_text_of(env->items[i], "value"));
        for (size_t k = 0; k < sizeof sources / sizeof sources[0]; k++) {
            const struct node *ref = node_path(env->items[i], "valueFrom", sources[k], NULL);
            reference_expressions(out, node_text_of(ref, "key"));
            reference_expressions(out, node_text_of(ref, "name"));
        }
    }
}
