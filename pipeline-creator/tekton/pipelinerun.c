#include "pipeline-creator/tekton/pipelinerun.h"

#include <string.h>

#include "base/clock.h"

struct reading {
    struct arena *a;
    struct prun *run;
    struct err *e;
};

const struct prun_workspace *prun_workspace_of(const struct prun *r, struct str name)
{
    for (size_t i = 0; i < r->workspace_count; i++)
        if (str_eq(r->workspaces[i].name, name))
            return &r->workspaces[i];
    return NULL;
}

ptrdiff_t prun_task_index(const struct prun *r, struct str name)
{
    for (size_t i = 0; i < r->count; i++)
        if (str_eq(r->tasks[i].name, name))
            return (ptrdiff_t)i;
    return -1;
}

enum status prun_duration(const struct node *n, const char *what, int64_t *out_us, struct err *e)
{
    *out_us = 0;
    if (node_is_null(n) || !node_text(n).n)
        return OK;
    if (!node_is_scalar(n) || !duration_parse(node_text(n), out_us) || *out_us < 0)
        return err_set(e, ERR_INVALID, "bad_duration", "%s is %.*s, which is not a duration", what,
                       STR_ARG(node_text(n)));
    return OK;
}

struct str prun_type_of(const struct node *spec)
{
    struct str type = node_text_of(spec, "type");
    if (type.n)
        return type;
    if (node_get(spec, "properties") || node_is_map(node_get(spec, "default")))
        return STR("object");
    return node_is_seq(node_get(spec, "default")) ? STR("array") : STR("string");
}

/* Tekton turns a number or a bool into its JSON text. */
static struct node *as_text(struct arena *a, const struct node *n)
{
    if (node_is_scalar(n) && n->type == SCALAR_BOOL)
        return node_cstr(a, node_bool(n, false) ? "true" : "false");
    return node_str(a, node_text(n));
}

static struct node *as_value(struct arena *a, const struct node *n)
{
    if (!node_is_seq(n) && !node_is_map(n))
        return as_text(a, n);
    struct node *made = node_is_seq(n) ? node_seq(a) : node_map(a);
    for (size_t i = 0; i < n->count; i++) {
        const struct node *item = node_is_seq(n) ? n->items[i] : n->pairs[i].value;
        struct node *text = node_is_scalar(item) ? as_text(a, item) : node_str(a, node_to_json(a, item));
        if (node_is_seq(n))
            node_push(a, made, text);
        else
            node_set(a, made, n->pairs[i].key, text);
    }
    return made;
}

static bool in_enum(const struct node *allowed, struct str value)
{
    for (size_t i = 0; i < node_count(allowed); i++)
        if (str_eq(node_text(node_at(allowed, i)), value))
            return true;
    return !node_count(allowed);
}

static enum status one_param(struct arena *a, const struct node *spec, const struct node *outer, struct str owner,
                             struct node *values, struct err *e)
{
    struct str name = node_text_of(spec, "name"), type = prun_type_of(spec);
    const struct node *fallback = node_get(spec, "default");
    struct node *value = node_get_str(values, name);
    if (!value && fallback)
        node_set(a, values, name, value = as_value(a, fallback));
    else if (!value && node_get_str(outer, name))
        node_set(a, values, name, value = node_get_str(outer, name));
    if (!value)
        return err_set(e, ERR_INVALID, "param_missing", "%.*s needs a value for its parameter %.*s", STR_ARG(owner),
                       STR_ARG(name));
    bool fits = str_is(type, "array")    ? node_is_seq(value)
                : str_is(type, "object") ? node_is_map(value)
                                         : node_is_scalar(value);
    if (!fits)
        return err_set(e, ERR_INVALID, "param_type", "%.*s takes %.*s for its parameter %.*s, not a %s", STR_ARG(owner),
                       STR_ARG(type), STR_ARG(name), node_kind_name(value));
    if (node_is_map(value)) { /* an object may leave out keys that have a default */
        struct node *whole = node_copy(a, value);
        for (size_t i = 0; node_is_map(fallback) && i < fallback->count; i++)
            if (!node_get_str(whole, fallback->pairs[i].key))
                node_set(a, whole, fallback->pairs[i].key, as_text(a, fallback->pairs[i].value));
        node_set(a, values, name, whole);
    }
    if (node_is_scalar(value) && !in_enum(node_get(spec, "enum"), node_text(value)))
        return err_set(e, ERR_INVALID, "param_enum", "%.*s is not one of the values that %.*s allows for %.*s",
                       STR_ARG(node_text(value)), STR_ARG(owner), STR_ARG(name));
    return OK;
}

enum status prun_params(struct arena *a, const struct node *specs, const struct node *given, const struct node *extra,
                        const struct node *outer, struct str owner, struct node **out, struct err *e)
{
    struct node *values = node_map(a);
    for (size_t i = 0; i < node_count(given); i++) {
        const struct node *p = node_at(given, i);
        node_set(a, values, node_text_of(p, "name"), as_value(a, node_get(p, "value")));
    }
    node_set_all(a, values, extra);
    for (size_t i = 0; i < node_count(specs); i++) {
        enum status s = one_param(a, node_at(specs, i), outer, owner, values, e);
        if (s)
            return s;
    }
    *out = values;
    return OK;
}

size_t prun_step_count(const struct prun_task *t)
{
    return node_count(node_get(t->spec, "steps"));
}

struct str prun_step_name(struct arena *a, const struct prun_task *t, size_t i)
{
    struct str name = node_text_of(node_at(node_get(t->spec, "steps"), i), "name");
    return name.n ? name : str_printf(a, "unnamed-%zu", i);
}

/* Items of `over` win by `key`; those of `base` come first. */
static struct node *merge_list(struct arena *a, const struct node *base, const struct node *over, const char *key)
{
    struct node *made = node_seq(a);
    for (size_t i = 0; i < node_count(base); i++) {
        bool replaced = false;
        for (size_t k = 0; k < node_count(over) && !replaced; k++)
            replaced = str_eq(node_text_of(node_at(base, i), key), node_text_of(node_at(over, k), key));
        if (!replaced)
            node_push(a, made, node_at(base, i));
    }
    for (size_t i = 0; i < node_count(over); i++)
        node_push(a, made, node_at(over, i));
    return made;
}

struct node *prun_step(struct arena *a, const struct prun_task *t, size_t i)
{
    struct node *step = node_at(node_get(t->spec, "steps"), i);
    const struct node *base = node_get(t->spec, "stepTemplate");
    if (!node_is_map(base) || !node_is_map(step))
        return step;
    struct node *made = node_map(a);
    node_set_all(a, made, base);
    node_set_all(a, made, step);
    if (node_get(step, "script")) /* a script of the step replaces the template's command */
        node_remove(made, "command");
    node_put(a, made, "env", merge_list(a, node_get(base, "env"), node_get(step, "env"), "name"));
    node_put(a, made, "volumeMounts",
             merge_list(a, node_get(base, "volumeMounts"), node_get(step, "volumeMounts"), "mountPath"));
    return made;
}

static enum status read_workspaces(struct reading *r, const struct node *list)
{
    r->run->workspaces = arena_array_of(r->a, node_count(list) + 1, struct prun_workspace);
    for (size_t i = 0; i < node_count(list); i++) {
        const struct node *w = node_at(list, i);
        struct prun_workspace *out = &r->run->workspaces[r->run->workspace_count++];
        out->name = node_text_of(w, "name");
        out->sub_path = node_text_of(w, "subPath");
        if (node_get(w, "volumeClaimTemplate")) {
            out->kind = PRUN_CLAIM;
            out->claim = str_printf(r->a, "template/%.*s", STR_ARG(out->name));
        } else if (node_get(w, "persistentVolumeClaim")) {
            out->kind = PRUN_CLAIM;
            out->claim = node_text(node_path(w, "persistentVolumeClaim", "claimName", NULL));
        } else if (node_get(w, "emptyDir")) {
            out->kind = PRUN_EMPTY_DIR;
        } else {
            enum status s = err_set(r->e, ERR_UNSUPPORTED, "unsupported_workspace",
                                    "workspace %.*s is bound to something that only a cluster has (a config map, a "
                                    "secret, a projected or a CSI volume)",
                                    STR_ARG(out->name));
            return s ? err_hint(r->e, "Bind it to emptyDir or to a volumeClaimTemplate, or use a cluster.") : OK;
        }
    }
    return OK;
}

/* The workspaces that the pipeline declares and the run does not bind: optional ones, or an error. */
static enum status check_workspaces(struct reading *r, const struct node *declared)
{
    for (size_t i = 0; i < node_count(declared); i++) {
        const struct node *w = node_at(declared, i);
        if (!prun_workspace_of(r->run, node_text_of(w, "name")) && !node_bool(node_get(w, "optional"), false))
            return err_set(r->e, ERR_INVALID, "workspace_missing", "the pipeline needs the workspace %.*s",
                           STR_ARG(node_text_of(w, "name")));
    }
    return OK;
}

static enum status read_timeouts(struct reading *r, const struct node *spec)
{
    struct prun *p = r->run;
    const struct node *t = node_get(spec, "timeouts");
    bool tasks_given = node_get(t, "tasks") != NULL;
    enum status s = prun_duration(node_get(t, "pipeline"), "timeouts.pipeline", &p->timeout_us, r->e);
    s = s ? s : prun_duration(node_get(t, "tasks"), "timeouts.tasks", &p->tasks_timeout_us, r->e);
    s = s ? s : prun_duration(node_get(t, "finally"), "timeouts.finally", &p->finally_timeout_us, r->e);
    if (!s && !t) /* v1beta1 */
        s = prun_duration(node_get(spec, "timeout"), "timeout", &p->timeout_us, r->e);
    if (s || !p->timeout_us)
        return s;
    if (p->tasks_timeout_us + p->finally_timeout_us > p->timeout_us)
        return err_set(r->e, ERR_INVALID, "bad_timeouts",
                       "timeouts.tasks and timeouts.finally exceed timeouts.pipeline");
    if (p->finally_timeout_us && !tasks_given)
        p->tasks_timeout_us = p->timeout_us - p->finally_timeout_us;
    else if (p->tasks_timeout_us && !node_get(t, "finally"))
        p->finally_timeout_us = p->timeout_us - p->tasks_timeout_us;
    return OK;
}

static void add_index(struct arena *a, size_t **list, size_t *count, size_t value)
{
    for (size_t i = 0; i < *count; i++)
        if ((*list)[i] == value)
            return;
    *list = arena_grow(a, *list, *count * sizeof **list, (*count + 1) * sizeof **list);
    (*list)[(*count)++] = value;
}

struct seeing {
    struct reading *r;
    struct prun_task *task;
};

static void see_reference(void *context, const struct subst_ref *ref)
{
    struct seeing *s = context;
    if (ref->parts < 3 || (!str_is(ref->part[0], "tasks") && !str_is(ref->part[0], "finally")))
        return;
    ptrdiff_t i = prun_task_index(s->r->run, ref->part[1]);
    if (i >= 0 && (size_t)i != s->task->no)
        add_index(s->r->a, &s->task->needs, &s->task->needs_count, (size_t)i);
}

/* In what the pipeline passes to a task nothing but a variable looks like one; in a script there may be anything. */
static void see_unknown(void *context, const struct subst_ref *ref)
{
    struct seeing *s = context;
    if (ref->parts < 4 || !str_is(ref->part[0], "tasks") || prun_task_index(s->r->run, ref->part[1]) >= 0 ||
        s->r->e->status)
        return;
    enum status ignored = err_set(s->r->e, ERR_INVALID, "bad_reference", "task %.*s refers to %.*s, which is no task",
                                  STR_ARG(s->task->name), STR_ARG(ref->part[1]));
    (void)ignored;
}

static enum status read_order(struct reading *r, struct prun_task *t)
{
    const struct node *after = node_get(t->node, "runAfter");
    for (size_t i = 0; i < node_count(after); i++) {
        struct str name = node_text(node_at(after, i));
        ptrdiff_t k = prun_task_index(r->run, name);
        if (k < 0 || r->run->tasks[k].finally || t->finally)
            return err_set(r->e, ERR_INVALID, "bad_run_after", "task %.*s cannot run after %.*s", STR_ARG(t->name),
                           STR_ARG(name));
        add_index(r->a, &t->before, &t->before_count, (size_t)k);
    }
    struct seeing s = {r, t};
    subst_each(t->node, see_reference, &s);
    subst_each(node_get(t->node, "params"), see_unknown, &s);
    subst_each(node_get(t->node, "when"), see_unknown, &s);
    subst_each(node_get(t->node, "matrix"), see_unknown, &s);
    if (r->e->status)
        return r->e->status;
    for (size_t i = 0; i < t->needs_count; i++)
        if (r->run->tasks[t->needs[i]].finally)
            return err_set(r->e, ERR_INVALID, "bad_reference", "task %.*s refers to the finally task %.*s",
                           STR_ARG(t->name), STR_ARG(r->run->tasks[t->needs[i]].name));
    return OK;
}

static enum status read_task(struct reading *r, struct node *n, bool finally)
{
    struct prun_task *t = &r->run->tasks[r->run->count];
    *t = (struct prun_task){.name = node_text_of(n, "name"), .no = (unsigned)r->run->count, .finally = finally};
    t->node = n;
    t->spec = node_get(n, "taskSpec");
    if (!t->name.n || prun_task_index(r->run, t->name) >= 0)
        return err_set(r->e, ERR_INVALID, "bad_task_name", "task %u has no name of its own", t->no + 1);
    r->run->count++;
    int64_t retries = 0;
    if (node_get(n, "retries") &&
        (!node_int(node_get(n, "retries"), &retries) || retries < 0 || retries > PRUN_MAX_RETRIES))
        return err_set(r->e, ERR_INVALID, "bad_retries", "task %.*s: retries must be 0 to %d", STR_ARG(t->name),
                       PRUN_MAX_RETRIES);
    t->retries = (unsigned)retries;
    t->go_on = str_is(node_text_of(n, "onError"), "continue");
    enum status s = prun_check_task(r->a, t, r->e);
    return s ? s : prun_duration(node_get(n, "timeout"), "a task's timeout", &t->timeout_us, r->e);
}

static bool names_param(const struct node *list, struct str name)
{
    for (size_t i = 0; i < node_count(list); i++)
        if (str_eq(node_text_of(node_at(list, i), "name"), name))
            return true;
    return false;
}

/* Each parameter of a task must get a value from somewhere; what the value is shows only when it runs. */
static enum status check_task_params(struct reading *r, const struct prun_task *t)
{
    const struct node *specs = node_get(t->spec, "params"), *matrix = node_get(t->node, "matrix");
    for (size_t i = 0; i < node_count(specs); i++) {
        const struct node *spec = node_at(specs, i), *include = node_get(matrix, "include");
        struct str name = node_text_of(spec, "name");
        bool given = node_get(spec, "default") || names_param(node_get(t->node, "params"), name) ||
                     names_param(node_get(matrix, "params"), name) || node_get_str(r->run->params, name);
        for (size_t k = 0; !given && k < node_count(include); k++)
            given = names_param(node_get(node_at(include, k), "params"), name);
        if (!given)
            return err_set(r->e, ERR_INVALID, "param_missing", "task %.*s needs a value for its parameter %.*s",
                           STR_ARG(t->name), STR_ARG(name));
    }
    return OK;
}

/* Kahn's algorithm, only to find out whether there is a circle. */
static enum status check_circles(struct reading *r)
{
    struct prun *p = r->run;
    bool *done = arena_array_of(r->a, p->count + 1, bool);
    for (size_t left = p->count, before = p->count + 1; left;) {
        if (left == before)
            return err_set(r->e, ERR_INVALID, "circle", "the tasks wait for each other in a circle");
        before = left;
        for (size_t i = 0; i < p->count; i++) {
            const struct prun_task *t = &p->tasks[i];
            bool ready = !done[i];
            for (size_t k = 0; ready && k < t->before_count; k++)
                ready = done[t->before[k]];
            for (size_t k = 0; ready && k < t->needs_count; k++)
                ready = done[t->needs[k]];
            if (ready) {
                done[i] = true;
                left--;
            }
        }
    }
    return OK;
}

static enum status read_tasks(struct reading *r, const struct node *spec)
{
    const struct node *dag = node_get(spec, "tasks"), *finally = node_get(spec, "finally");
    size_t count = node_count(dag) + node_count(finally);
    if (!node_count(dag))
        return err_set(r->e, ERR_INVALID, "no_tasks", "the pipeline has no tasks");
    if (count > PRUN_MAX_TASKS)
        return err_set(r->e, ERR_LIMIT, "too_many_tasks", "the pipeline has more than %d tasks", PRUN_MAX_TASKS);
    r->run->tasks = arena_array_of(r->a, count, struct prun_task);
    r->run->dag_count = node_count(dag);
    for (size_t i = 0; i < count; i++) {
        bool last = i >= r->run->dag_count;
        enum status s = read_task(r, last ? node_at(finally, i - r->run->dag_count) : node_at(dag, i), last);
        if (s)
            return s;
    }
    for (size_t i = 0; i < count; i++) {
        enum status s = check_task_params(r, &r->run->tasks[i]);
        s = s ? s : read_order(r, &r->run->tasks[i]);
        if (s)
            return s;
    }
    return check_circles(r);
}

/* taskRunSpecs[].timeout belongs to the task it names. */
static enum status read_task_run_specs(struct reading *r, const struct node *list)
{
    for (size_t i = 0; i < node_count(list); i++) {
        const struct node *n = node_at(list, i);
        ptrdiff_t k = prun_task_index(r->run, node_text_of(n, "pipelineTaskName"));
        if (k < 0 || !node_get(n, "timeout"))
            continue;
        enum status s = prun_duration(node_get(n, "timeout"), "a task's timeout", &r->run->tasks[k].timeout_us, r->e);
        if (s)
            return s;
    }
    return OK;
}

static void read_names(struct reading *r, const struct node *run, const char *run_id)
{
    struct prun *p = r->run;
    const struct node *meta = node_get(run, "metadata");
    p->uid = str_dup(r->a, str_of(run_id));
    p->name = node_text_of(meta, "name");
    struct str prefix = node_text_of(meta, "generateName");
    if (!p->name.n) { /* what the API server would append is the end of the id here */
        struct str tail = str_from(p->uid, p->uid.n > 5 ? p->uid.n - 5 : 0);
        p->name = str_printf(r->a, "%.*s%.*s", STR_ARG(prefix.n ? prefix : STR("run-")), STR_ARG(tail));
    }
    struct str ns = node_text_of(meta, "namespace");
    p->namespace = ns.n ? ns : STR("default");
    p->labels = node_get(meta, "labels");
    p->annotations = node_get(meta, "annotations");
    struct str pipeline = node_text(node_path(meta, "labels", "tekton.dev/pipeline", NULL));
    p->pipeline = pipeline.n ? pipeline : p->name;
}

/* A default may name the run; what a person gave stays as it is. */
static const struct node *find_name(void *context, const struct subst_ref *ref, size_t *used)
{
    const struct reading *r = context;
    const struct prun *p = r->run;
    *used = ref->parts;
    if (ref->parts != 3 || !str_is(ref->part[0], "context"))
        return NULL;
    struct str what = ref->part[1], field = ref->part[2];
    if (str_is(what, "pipeline") && str_is(field, "name"))
        return node_str(r->a, p->pipeline);
    if (!str_is(what, "pipelineRun"))
        return NULL;
    return str_is(field, "name")        ? node_str(r->a, p->name)
           : str_is(field, "namespace") ? node_str(r->a, p->namespace)
           : str_is(field, "uid")       ? node_str(r->a, p->uid)
                                        : NULL;
}

enum status prun_read(struct arena *a, struct node *run, const char *run_id, struct prun **out, struct err *e)
{
    enum status s = prun_check_run(run, e);
    if (s)
        return s;
    struct reading r = {a, arena_new_of(a, struct prun), e};
    const struct node *spec = node_get(run, "spec"), *pipeline = node_get(spec, "pipelineSpec");
    read_names(&r, run, run_id);
    r.run->results = node_get(pipeline, "results");
    struct subst names = {find_name, &r, NULL};
    s = prun_params(a, subst_node(a, &names, node_get(pipeline, "params")), node_get(spec, "params"), NULL, NULL,
                    STR("the pipeline"), &r.run->params, e);
    s = s ? s : read_workspaces(&r, node_get(spec, "workspaces"));
    s = s ? s : check_workspaces(&r, node_get(pipeline, "workspaces"));
    s = s ? s : read_timeouts(&r, spec);
    s = s ? s : read_tasks(&r, pipeline);
    s = s ? s : read_task_run_specs(&r, node_get(spec, "taskRunSpecs"));
    *out = r.run;
    return s;
}
