/*
 * Checks beyond Tekton's of what the accepted documents of one text say of each other, and of what a hub knows of the
 * others they refer to: parameters, results and workspaces of tasks, steps and pipelines. What is not known is no
 * fault. What they find is taken by the webhook and then fails when it runs, if not said otherwise.
 */
#include "pipeline-creator/tekton/lint_lookup.h"
#include "pipeline-creator/tekton/substitute.h"

struct refs {
    struct problems *ps;
    struct arena *a;
    const struct lint_stream *stream;
};

static const struct node *named(const struct node *list, struct str name)
{
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++)
        if (str_eq(node_text_of(list->items[i], "name"), name))
            return list->items[i];
    return NULL;
}

static struct str item_path(const struct refs *r, struct str path, const char *field, size_t i)
{
    return str_printf(r->a, "%.*s.%s[%zu]", STR_ARG(path), field, i);
}

/* ---- who is meant */

static const struct node *spec_in_stream(const struct refs *r, const char *kind, const struct node *ref)
{
    struct str name = node_text_of(ref, "name"), api = node_text_of(ref, "apiVersion"), of = node_text_of(ref, "kind");
    if (name.n == 0 || node_text_of(ref, "resolver").n || node_text_of(ref, "bundle").n ||
        (api.n && !str_starts(api, "tekton.dev/")) || (of.n && !str_is(of, kind)))
        return NULL;
    for (size_t i = 0; i < r->stream->count; i++) {
        const struct node *object = r->stream->objects[i];
        if (object && str_is(node_text_of(object, "kind"), kind) &&
            str_eq(node_text(node_path(object, "metadata", "name", NULL)), name))
            return node_get(object, "spec");
    }
    return NULL;
}

/* What a reference stands for. */
struct meant {
    const struct node *spec; /* NULL: not known */
    struct str who;          /* "namespace/name@version", where a hub has told; else empty */
};

/* By a task of a pipeline, a run or a step: only one of the references can be there. */
static struct meant meant_by(const struct refs *r, const struct node *owner)
{
    static const struct {
        const char *field, *kind;
    } references[] = {{"taskRef", "Task"}, {"pipelineRef", "Pipeline"}, {"ref", "StepAction"}};
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        const struct node *ref = node_get(owner, references[i].field);
        if (!node_is_map(ref))
            continue;
        const struct node *beside = spec_in_stream(r, references[i].kind, ref);
        const struct lint_known *known = beside ? NULL : lint_lookup(r->stream->lookup, references[i].kind, ref);
        return known ? (struct meant){node_get(known->object, "spec"), known->who} : (struct meant){beside, STR_NONE};
    }
    return (struct meant){NULL, STR_NONE};
}

/* The spec of a task of a pipeline, or of a TaskRun; NULL when it is not known. */
static const struct node *task_spec(const struct refs *r, const struct node *owner)
{
    const struct node *inside = node_get(owner, "taskSpec");
    return node_get(inside, "steps") ? inside : meant_by(r, owner).spec;
}

/* The problems from `first` on are seen only by who knows that version of it. */
static void tell_who(const struct refs *r, size_t first, struct str who)
{
    for (size_t i = first; who.n && i < r->ps->count; i++)
        if (r->ps->list[i].hint.n == 0)
            problem_hint(r->ps, &r->ps->list[i], "compared with %.*s", STR_ARG(who));
}

/* ---- parameters */

static bool whole_reference(struct str value)
{
    return str_starts(value, "$(") && str_ends(value, "[*])");
}

static bool fits(struct str type, const struct node *value)
{
    if (node_is_scalar(value))
        return str_is(type, "string") || whole_reference(value->text);
    return str_is(type, node_is_seq(value) ? "array" : "object");
}

/* What may be given without being declared. */
enum undeclared {
    UNDECLARED_PROPAGATES, /* an inline spec can use it all the same */
    UNDECLARED_UNUSED,
    UNDECLARED_FAILS
};

static void given_param(const struct refs *r, const struct node *param, const struct node *declared,
                        enum undeclared undeclared, struct str path)
{
    struct str name = node_text_of(param, "name"), type = node_text_of(named(declared, name), "type");
    const struct node *value = node_get(param, "value");
    if (!named(declared, name)) {
        if (undeclared == UNDECLARED_PROPAGATES)
            return;
        enum severity severity = undeclared == UNDECLARED_FAILS ? SEVERITY_ERROR : SEVERITY_WARNING;
        struct problem *p = problem_add(r->ps, severity, "param_unknown", path, param,
                                        "parameter %.*s is given, and nobody has declared it", STR_ARG(name));
        problem_fix(r->ps, p, "remove", lint_pointer(r->a, path), NULL);
    } else if (value && type.n && !fits(type, value)) {
        problem_add(r->ps, SEVERITY_ERROR, "param_type", path, value, "parameter %.*s has to be of type %.*s",
                    STR_ARG(name), STR_ARG(type));
    }
}

static bool in_matrix(const struct node *owner, struct str name)
{
    const struct node *matrix = node_get(owner, "matrix"), *include = node_get(matrix, "include");
    bool found = named(node_get(matrix, "params"), name) != NULL;
    for (size_t i = 0; i < node_count(include); i++)
        found = found || named(node_get(include->items[i], "params"), name);
    return found;
}

static void params(const struct refs *r, const struct node *owner, const struct node *declared,
                   enum undeclared undeclared, struct str path)
{
    const struct node *given = node_get(owner, "params");
    for (size_t i = 0; i < node_count(given); i++)
        given_param(r, given->items[i], declared, undeclared, item_path(r, path, "params", i));
    for (size_t i = 0; i < node_count(declared); i++) {
        struct str name = node_text_of(declared->items[i], "name");
        if (!node_get(declared->items[i], "default") && !named(given, name) && !in_matrix(owner, name))
            problem_add(r->ps, SEVERITY_ERROR, "param_required", path, owner,
                        "parameter %.*s has no default and is not given", STR_ARG(name));
    }
}

/* ---- workspaces */

static void workspaces_unknown(const struct refs *r, const struct node *owner, const struct node *declared,
                               struct str path)
{
    const struct node *bound = node_get(owner, "workspaces");
    for (size_t i = 0; i < node_count(bound); i++) {
        struct str name = node_text_of(bound->items[i], "name"), at = item_path(r, path, "workspaces", i);
        if (named(declared, name))
            continue;
        struct problem *p = problem_add(r->ps, SEVERITY_ERROR, "workspace_unknown", at, bound->items[i],
                                        "workspace %.*s is bound, and nobody has declared it", STR_ARG(name));
        problem_fix(r->ps, p, "remove", lint_pointer(r->a, at), NULL);
    }
}

static void workspaces_unbound(const struct refs *r, const struct node *owner, const struct node *declared,
                               struct str path)
{
    for (size_t i = 0; i < node_count(declared); i++) {
        struct str name = node_text_of(declared->items[i], "name");
        bool optional = node_bool(node_get(declared->items[i], "optional"), false);
        if (optional || named(node_get(owner, "workspaces"), name))
            continue;
        struct problem *p = problem_add(r->ps, SEVERITY_WARNING, "workspace_unbound", path, owner,
                                        "workspace %.*s is needed and is not bound", STR_ARG(name));
        problem_hint(r->ps, p, "only an install with default-task-run-workspace-binding runs it");
    }
}

/* ---- results */

struct search {
    const struct refs *r;
    const struct node *among; /* the tasks of the pipeline, the steps of the task */
    const struct node *at;
    struct str path;
};

static void see_result(void *context, const struct subst_ref *ref)
{
    const struct search *s = context;
    if (ref->parts < 4 || !str_is(ref->part[0], "tasks") || !str_is(ref->part[2], "results"))
        return;
    const struct node *task = named(s->among, ref->part[1]), *spec = task ? task_spec(s->r, task) : NULL;
    size_t first = s->r->ps->count;
    if (!spec || named(node_get(spec, "results"), ref->part[3]))
        return;
    problem_add(s->r->ps, SEVERITY_ERROR, "result_unknown", s->path, s->at, "task %.*s has no result %.*s",
                STR_ARG(ref->part[1]), STR_ARG(ref->part[3]));
    tell_who(s->r, first, meant_by(s->r, task).who);
}

static void see_step_result(void *context, const struct subst_ref *ref)
{
    const struct search *s = context;
    if (ref->parts < 4 || !str_is(ref->part[0], "steps") || !str_is(ref->part[2], "results"))
        return;
    const struct node *step = named(s->among, ref->part[1]);
    struct meant action = meant_by(s->r, step);
    size_t first = s->r->ps->count;
    if (!action.spec || named(node_get(action.spec, "results"), ref->part[3]))
        return;
    problem_add(s->r->ps, SEVERITY_ERROR, "result_unknown", s->path, s->at, "step %.*s has no result %.*s",
                STR_ARG(ref->part[1]), STR_ARG(ref->part[3]));
    tell_who(s->r, first, action.who);
}

#define TERMINATION_MESSAGE 4096  /* what the kubelet keeps of one container */
#define TERMINATION_OF_POD  12288 /* and of all of a pod */
#define RESULT_FRAME        31    /* {"key":"","value":"","type":1}, */
#define STARTED_FRAME       66    /* when the step began, which stands there as well */

static void results_fit(const struct refs *r, const struct node *spec, struct str path)
{
    const struct node *results = node_get(spec, "results");
    size_t steps = node_count(node_get(spec, "steps")), least = STARTED_FRAME;
    size_t room = steps > 3 ? TERMINATION_OF_POD / steps : TERMINATION_MESSAGE;
    for (size_t i = 0; i < node_count(results); i++)
        least += RESULT_FRAME + node_text_of(results->items[i], "name").n;
    if (least <= room)
        return;
    struct problem *p =
        problem_add(r->ps, SEVERITY_WARNING, "results_too_large", str_cat(r->a, path, STR(".results")), results,
                    "%zu results take %zu bytes when they are empty; a step here has %zu", results->count, least, room);
    problem_hint(r->ps, p, "write less as results, more as files, or set results-from to sidecar-logs");
}

/* ---- echo puts a newline behind a result, and a condition compares all of it */

static bool echoes(struct str script, struct str target)
{
    struct str rest = script, line;
    while (rest.p && str_split(&rest, '\n', &line)) {
        bool writes = str_find(line, target) >= 0 && str_find(line, STR("echo ")) >= 0;
        if (writes && str_find(line, STR("echo -n")) < 0 && str_find(line, STR("| tr ")) < 0)
            return true;
    }
    return false;
}

static bool result_has_newline(const struct refs *r, const struct node *spec, struct str result)
{
    const struct node *steps = node_get(spec, "steps");
    struct str target = STR_JOIN(r->a, STR("$(results."), result, STR(".path)"));
    for (size_t i = 0; i < node_count(steps); i++)
        if (echoes(node_text_of(steps->items[i], "script"), target))
            return true;
    return false;
}

static void condition(const struct refs *r, const struct node *tasks, const struct node *when, struct str path)
{
    struct str input = node_text_of(when, "input");
    struct subst_ref ref;
    const struct node *values = node_get(when, "values");
    if (!str_starts(input, "$(") || !str_ends(input, ")") || !subst_parse(str_sub(input, 2, input.n - 3), &ref) ||
        ref.parts != 4 || !str_is(ref.part[0], "tasks") || !str_is(ref.part[2], "results"))
        return;
    for (size_t i = 0; i < node_count(values); i++)
        if (str_ends(node_text(values->items[i]), "\n"))
            return;
    const struct node *task = named(tasks, ref.part[1]), *spec = task ? task_spec(r, task) : NULL;
    if (!spec || !result_has_newline(r, spec, ref.part[3]))
        return;
    struct problem *p = problem_add(r->ps, SEVERITY_WARNING, "result_newline", path, when,
                                    "result %.*s of task %.*s ends with a newline, which echo puts there: it will not "
                                    "equal these values",
                                    STR_ARG(ref.part[3]), STR_ARG(ref.part[1]));
    problem_hint(r->ps, p, "write the result with printf '%%s' or echo -n");
}

/* ---- tasks */

static void step(const struct refs *r, const struct node *n, struct str path)
{
    struct meant action = meant_by(r, n);
    size_t first = r->ps->count;
    if (action.spec)
        params(r, n, node_get(action.spec, "params"), UNDECLARED_FAILS, path);
    tell_who(r, first, action.who);
}

/* A spec that stands in the document. */
static void task_inside(const struct refs *r, const struct node *spec, struct str path)
{
    static const char *const sections[] = {"steps", "results"};
    const struct node *steps = node_get(spec, "steps");
    results_fit(r, spec, path);
    for (size_t i = 0; i < node_count(steps); i++)
        step(r, steps->items[i], item_path(r, path, "steps", i));
    for (size_t k = 0; k < 2; k++) {
        const struct node *section = node_get(spec, sections[k]);
        for (size_t i = 0; i < node_count(section); i++) {
            struct search s = {
                .r = r, .among = steps, .at = section->items[i], .path = item_path(r, path, sections[k], i)};
            subst_each(section->items[i], see_step_result, &s);
        }
    }
}

/* ---- pipelines */

/* What a task of a pipeline gives to what it refers to. */
static void referred(const struct refs *r, const struct node *task, struct str path)
{
    struct meant meant = meant_by(r, task);
    size_t first = r->ps->count;
    if (!meant.spec)
        return;
    params(r, task, node_get(meant.spec, "params"), UNDECLARED_UNUSED, path);
    workspaces_unknown(r, task, node_get(meant.spec, "workspaces"), path);
    workspaces_unbound(r, task, node_get(meant.spec, "workspaces"), path);
    tell_who(r, first, meant.who);
}

static void pipeline_task(const struct refs *r, const struct node *tasks, const struct node *task, struct str path)
{
    const struct node *inside = node_get(task, "taskSpec"), *when = node_get(task, "when");
    struct search s = {.r = r, .among = tasks, .at = task, .path = path};
    if (node_get(inside, "steps"))
        task_inside(r, inside, str_cat(r->a, path, STR(".taskSpec")));
    else
        referred(r, task, path);
    subst_each(task, see_result, &s);
    for (size_t i = 0; i < node_count(when); i++)
        condition(r, tasks, when->items[i], item_path(r, path, "when", i));
}

static void pipeline(const struct refs *r, const struct node *spec, struct str path)
{
    static const char *const sections[] = {"tasks", "finally"};
    const struct node *tasks = node_get(spec, "tasks"), *results = node_get(spec, "results");
    for (size_t k = 0; k < 2; k++) {
        const struct node *section = node_get(spec, sections[k]);
        for (size_t i = 0; i < node_count(section); i++)
            pipeline_task(r, tasks, section->items[i], item_path(r, path, sections[k], i));
    }
    for (size_t i = 0; i < node_count(results); i++) {
        struct search s = {.r = r, .among = tasks, .at = results->items[i], .path = item_path(r, path, "results", i)};
        subst_each(results->items[i], see_result, &s);
    }
}

/* ---- runs */

/* What tells one claim from another; empty for a binding that is none. */
static struct str claim_of(const struct refs *r, const struct node *binding)
{
    struct str claim = node_text(node_path(binding, "persistentVolumeClaim", "claimName", NULL));
    if (claim.n)
        return str_cat(r->a, STR("claim "), claim);
    return node_get(binding, "volumeClaimTemplate") ? str_cat(r->a, STR("template "), node_text_of(binding, "name"))
                                                    : STR_NONE;
}

static void second_claim(const struct refs *r, const struct node *at, struct str path)
{
    struct problem *p = problem_add(r->ps, SEVERITY_WARNING, "second_claim", path, at,
                                    "more than one PersistentVolumeClaim is bound to one task");
    problem_hint(r->ps, p,
                 "use folders (subPath) of one claim; only an install that has set coschedule to something "
                 "other than workspaces takes several");
}

/* `used` are workspaces of a pipeline's task, or the bindings of a TaskRun themselves. */
static void claims_of_task(const struct refs *r, const struct node *bindings, const struct node *used, struct str path)
{
    struct str first = STR_NONE;
    for (size_t i = 0; i < node_count(used); i++) {
        struct str name = node_text_of(used->items[i], "workspace");
        name = name.n ? name : node_text_of(used->items[i], "name");
        struct str claim = claim_of(r, named(bindings, name));
        if (first.n && claim.n && !str_eq(first, claim)) {
            second_claim(r, used->items[i], path);
            return;
        }
        first = first.n ? first : claim;
    }
}

static void claims(const struct refs *r, const struct node *run, const struct node *spec, bool inside)
{
    static const char *const sections[] = {"tasks", "finally"};
    for (size_t k = 0; k < 2; k++) {
        const struct node *section = node_get(spec, sections[k]);
        for (size_t i = 0; i < node_count(section); i++)
            claims_of_task(r, node_get(run, "workspaces"), node_get(section->items[i], "workspaces"),
                           inside ? item_path(r, STR("spec.pipelineSpec"), sections[k], i) : STR("spec.workspaces"));
    }
}

static void task_run(const struct refs *r, const struct node *run)
{
    const struct node *inside = node_get(run, "taskSpec");
    struct meant meant = inside ? (struct meant){inside, STR_NONE} : meant_by(r, run);
    size_t first = r->ps->count;
    if (inside)
        task_inside(r, inside, STR("spec.taskSpec"));
    if (meant.spec) {
        params(r, run, node_get(meant.spec, "params"), inside ? UNDECLARED_PROPAGATES : UNDECLARED_UNUSED, STR("spec"));
        if (!inside) /* those that are not declared reach an inline spec, too */
            workspaces_unknown(r, run, node_get(meant.spec, "workspaces"), STR("spec"));
        workspaces_unbound(r, run, node_get(meant.spec, "workspaces"), STR("spec"));
        tell_who(r, first, meant.who);
    }
    claims_of_task(r, node_get(run, "workspaces"), node_get(run, "workspaces"), STR("spec.workspaces"));
}

static void pipeline_run(const struct refs *r, const struct node *run)
{
    const struct node *inside = node_get(run, "pipelineSpec");
    struct meant meant = inside ? (struct meant){inside, STR_NONE} : meant_by(r, run);
    size_t first = r->ps->count;
    if (inside)
        pipeline(r, inside, STR("spec.pipelineSpec"));
    if (!meant.spec)
        return;
    params(r, run, node_get(meant.spec, "params"), inside ? UNDECLARED_PROPAGATES : UNDECLARED_UNUSED, STR("spec"));
    workspaces_unbound(r, run, node_get(meant.spec, "workspaces"), STR("spec"));
    tell_who(r, first, meant.who);
    claims(r, run, meant.spec, inside != NULL);
}

void lint_references(struct problems *ps, const struct lint_stream *stream, const struct node *object)
{
    struct refs r = {.ps = ps, .a = ps->a, .stream = stream};
    struct str kind = node_text_of(object, "kind");
    const struct node *spec = node_get(object, "spec");
    if (str_is(kind, "Task"))
        task_inside(&r, spec, STR("spec"));
    else if (str_is(kind, "Pipeline"))
        pipeline(&r, spec, STR("spec"));
    else if (str_is(kind, "TaskRun"))
        task_run(&r, spec);
    else if (str_is(kind, "PipelineRun"))
        pipeline_run(&r, spec);
}
