/* Graphs and what nests in them: reading the tasks, then binding each after those it needs. */
#include "catalog/check.h"
#include "pipeline-creator/graph/read.h"

/* "a/b" and "a[0]" must not be ambiguous, so that '/' and '~' inside an id are written as in JSON pointers, and '['
   likewise. */
struct str scope_path(struct reader *r, struct str parent, struct str id)
{
    struct str part = id;
    if (str_find_char(id, '~') >= 0)
        part = str_replace(r->a, part, STR("~"), STR("~0"));
    if (str_find_char(id, '/') >= 0)
        part = str_replace(r->a, part, STR("/"), STR("~1"));
    if (str_find_char(id, '[') >= 0)
        part = str_replace(r->a, part, STR("["), STR("~2"));
    return parent.n ? STR_JOIN(r->a, parent, STR("/"), part) : part;
}

size_t scope_new_flat(struct reader *r, struct str path, struct str id, const struct component *component)
{
    struct graph *g = r->out;
    if (g->task_count == r->task_cap) {
        r->task_cap = r->task_cap ? r->task_cap * 2 : 64;
        g->tasks = arena_grow(r->a, g->tasks, g->task_count * sizeof *g->tasks, r->task_cap * sizeof *g->tasks);
    }
    g->tasks[g->task_count] = (struct graph_task){.path = path, .id = id, .component = component};
    return g->task_count++;
}

static bool nests_in_itself(struct reader *r, const struct scope *s, const struct level_task *t)
{
    for (const struct scope *up = s; up; up = up->parent) {
        bool same = up->component == t->ref.component || (t->ref.identity.n && str_eq(up->identity, t->ref.identity));
        if (!same)
            continue;
        scope_problem(r, s, SEVERITY_ERROR, "recursive_pipeline", t->pointer, &t->key,
                      "%.*s uses the pipeline that it is part of", STR_ARG(t->path));
        return true;
    }
    if (s->depth + 1 < GRAPH_MAX_DEPTH)
        return false;
    scope_problem(r, s, SEVERITY_ERROR, "too_deep", t->pointer, &t->key, "%.*s: pipelines nest deeper than %d",
                  STR_ARG(t->path), GRAPH_MAX_DEPTH);
    return true;
}

static void expand_inner(struct reader *r, struct scope *s, struct level_task *t)
{
    /* Pipelines count by themselves: sixteen levels of ten that hold no container would never end. */
    if (++r->pipeline_count > GRAPH_MAX_TASKS)
        r->too_many = true;
    if (r->too_many || nests_in_itself(r, s, t)) {
        t->ref.component = NULL;
        return;
    }
    struct scope *inner = arena_new_of(r->a, struct scope);
    *inner = (struct scope){.parent = s,
                            .owner = t,
                            .depth = s->depth + 1,
                            .component = t->ref.component,
                            .graph = t->ref.component->graph,
                            .identity = t->ref.identity,
                            .path = t->path,
                            .pointer = t->ref.pointer,
                            .foreign = t->ref.foreign,
                            .foreign_at = s->foreign ? s->foreign_at : &t->key,
                            .foreign_pointer = s->foreign ? s->foreign_pointer : t->pointer};
    t->inner = inner;
    scope_expand(r, inner);
}

/* Room for what the task is: a container task, or those of a pipeline. */
static void expand_task(struct reader *r, struct scope *s, struct level_task *t)
{
    if (t->ref.component->graph) {
        expand_inner(r, s, t);
    } else if (r->out->task_count < GRAPH_MAX_TASKS) {
        t->flat = scope_new_flat(r, t->path, t->id, t->ref.component);
        t->kubernetes = kubernetes_read(r, s, t);
    } else {
        r->too_many = true;
        t->ref.component = NULL;
    }
}

/* What was said of the first round need not be said of each. Returns whether the round brought an error. */
static bool round_failed(struct problems *ps, const struct problems *before, size_t round)
{
    if (ps->errors != before->errors)
        return true;
    if (round > 0) {
        ps->count = before->count;
        ps->dropped = before->dropped;
    }
    return false;
}

static void expand_loop(struct reader *r, struct scope *s, struct level_task *t)
{
    struct loop *l = t->loop;
    if (l->matrix) {
        expand_task(r, s, t);
        return;
    }
    size_t count = node_count(l->items);
    if (count > GRAPH_MAX_TASKS) {
        r->too_many = true;
        t->ref.component = NULL;
        return;
    }
    l->rounds = arena_array_of(r->a, count, struct level_task);
    for (size_t i = 0; i < count && !r->too_many; i++) {
        const struct problems before = *r->ps;
        struct level_task *round = &l->rounds[l->round_count++];
        *round = *t;
        round->item = l->items->items[i];
        round->path = str_printf(r->a, "%.*s[%zu]", STR_ARG(t->path), i);
        expand_task(r, s, round);
        if (round_failed(r->ps, &before, i) || !round->ref.component)
            break;
    }
    t->kubernetes = l->round_count ? l->rounds[0].kubernetes : NULL; /* all refer to the same tasks */
}

static void read_task(struct reader *r, struct scope *s, struct level_task *t, const struct pair *pair)
{
    static const char *const known[] = {"componentRef",     "arguments",   "isEnabled",
                                        "executionOptions", "annotations", NULL};
    static const char *const known_ref[] = {"name",      "digest",       "tag",        "url",           "spec",  "text",
                                            "favorited", "published_by", "deprecated", "superseded_by", "owned", NULL};
    *t = (struct level_task){.id = pair->key,
                             .path = scope_path(r, s->path, pair->key),
                             .pointer = pointer_key(r->a, s->tasks_pointer, pair->key),
                             .node = pair->value,
                             .key = {.line = pair->key_line, .column = pair->key_column}};
    (void)map_add(&s->ids, t->id, (size_t)(t - s->tasks));
    if (str_trim(t->id).n == 0 || !str_utf8(t->id)) {
        scope_problem(r, s, SEVERITY_ERROR, "invalid_name", t->pointer, &t->key, "a task needs a name");
        return;
    }
    if (!node_is_map(t->node)) {
        scope_problem(r, s, SEVERITY_ERROR, "wrong_type", t->pointer, &t->key, "task %.*s must be a map, not a %s",
                      STR_ARG(t->id), node_kind_name(t->node));
        return;
    }
    if (!s->foreign) {
        check_known(r->ps, t->node, t->pointer, known);
        if (node_is_map(node_get(t->node, "componentRef")))
            check_known(r->ps, node_get(t->node, "componentRef"), pointer_key(r->a, t->pointer, STR("componentRef")),
                        known_ref);
    }
    t->exit_handler = settings_exit_handler(r, t);
    if (r->too_many || !reference_resolve(r, s, t))
        return;
    if (t->ref.component->custom)
        t->ref.component = custom_component(r, s, t);
    if (!t->ref.component)
        return;
    bool wrong = false;
    t->loop = loop_read(r, s, t, &wrong);
    if (wrong)
        t->ref.component = NULL;
    else if (t->loop)
        expand_loop(r, s, t);
    else
        expand_task(r, s, t);
}

void scope_expand(struct reader *r, struct scope *s)
{
    static const char *const known[] = {"tasks", "outputValues", NULL};
    struct str graph_pointer = pointer_key(r->a, pointer_key(r->a, s->pointer, STR("implementation")), STR("graph"));
    s->tasks_pointer = pointer_key(r->a, graph_pointer, STR("tasks"));
    const struct node *tasks = node_get(s->graph, "tasks");
    if (!s->foreign)
        check_known(r->ps, s->graph, graph_pointer, known);
    s->first_flat = s->end_flat = r->out->task_count;
    if (!node_is_map(tasks)) {
        scope_problem(r, s, SEVERITY_ERROR, "no_tasks", s->tasks_pointer, s->graph,
                      "a pipeline needs tasks: a map from names to tasks");
        map_init(&s->ids, r->a, 0);
        return;
    }
    s->count = tasks->count;
    s->tasks = arena_array_of(r->a, s->count, struct level_task);
    map_init(&s->ids, r->a, s->count);
    for (size_t i = 0; i < s->count; i++)
        read_task(r, s, &s->tasks[i], &tasks->pairs[i]);
    s->end_flat = r->out->task_count;
}

/* ---- binding */

struct indices {
    size_t *list, count, cap;
};

static void add_index(struct reader *r, struct indices *i, size_t value)
{
    if (i->count == i->cap) {
        size_t cap = i->cap ? i->cap * 2 : 4;
        i->list = arena_grow(r->a, i->list, i->count * sizeof *i->list, cap * sizeof *i->list);
        i->cap = cap;
    }
    i->list[i->count++] = value;
}

/* All that a task became. */
static void add_flats(struct reader *r, struct indices *out, const struct level_task *t)
{
    if (t->loop && !t->item && !t->loop->matrix) {
        for (size_t i = 0; i < t->loop->round_count; i++)
            add_flats(r, out, &t->loop->rounds[i]);
    } else if (!t->inner) {
        add_index(r, out, t->flat);
    } else {
        for (size_t k = t->inner->first_flat; k < t->inner->end_flat; k++)
            add_index(r, out, k);
    }
}

/* The task that was likely meant, else the name goes. */
static void unknown_dependency(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n)
{
    struct str name = node_text(n), near = near_task(r, s, name);
    struct problem *p =
        scope_problem(r, s, SEVERITY_ERROR, "unknown_task", pointer_key(r->a, t->pointer, STR("annotations")), n,
                      "%.*s depends on \"%.*s\", which is no task here", STR_ARG(t->path), STR_ARG(name));
    if (near.n)
        problem_hint(r->ps, p, "did you mean %.*s?", STR_ARG(near));
    if (near.n == 0) {
        fix_depends_on(r, s, t, p, name, false, STR_NONE);
        return;
    }
    const struct level_task *other = &s->tasks[*map_find(&s->ids, near)];
    if (fix_wanted(r, s) && !other->exit_handler && !fix_waits_for(r, s, other, t))
        fix_depends_on(r, s, t, p, name, false, near);
}

/* depends-on as numbers of container tasks, after those that the enclosing pipelines wait for. */
static struct indices read_after(struct reader *r, struct scope *s, const struct level_task *t)
{
    struct indices out = {0};
    for (size_t i = 0; i < s->after_count; i++)
        add_index(r, &out, s->after[i]);
    const struct node *after = settings_depends_on(r, s, t, false);
    for (size_t i = 0; i < node_count(after); i++) {
        const struct node *n = after->items[i];
        size_t *at = map_find(&s->ids, node_text(n));
        if (!at) {
            unknown_dependency(r, s, t, n);
            continue;
        }
        const struct level_task *other = &s->tasks[*at];
        if (other == t || !other->ref.component)
            continue;
        if (!other->exit_handler) {
            add_flats(r, &out, other);
            continue;
        }
        struct problem *p =
            scope_problem(r, s, SEVERITY_ERROR, "exit_handler_order", pointer_key(r->a, t->pointer, STR("annotations")),
                          n, "%.*s depends on %.*s, which is an exit handler and runs after all other tasks",
                          STR_ARG(t->path), STR_ARG(other->id));
        fix_depends_on(r, s, t, p, other->id, false, STR_NONE);
    }
    /* With a limit of n, an item waits for the one n before it. */
    if (t->item && t->loop->parallelism > 0) {
        size_t round = (size_t)(t - t->loop->rounds), limit = (size_t)t->loop->parallelism;
        if (round >= limit)
            add_flats(r, &out, &t->loop->rounds[round - limit]);
    }
    return out;
}

/* The output that was likely meant, or one of that name. */
static void unknown_output(struct reader *r, struct scope *s, const struct node *given, const struct pair *pair,
                           struct str pointer)
{
    const struct interface *i = &s->component->interface;
    struct node place = {.line = pair->key_line, .column = pair->key_column};
    struct str near = near_port(r, i->outputs, i->output_count, pair->key), at = pointer_key(r->a, pointer, pair->key);
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "unknown_output", at, &place,
                                      "the pipeline has no output named \"%.*s\"", STR_ARG(pair->key));
    if (near.n)
        problem_hint(r->ps, p, "did you mean %.*s?", STR_ARG(near));
    if (near.n && node_get_str(given, near))
        fix_remove(r, s, p, at);
    else if (near.n && fix_wanted(r, s) && argument_would_do(r, s, NULL, pair->value, at, interface_output(i, near)))
        fix_rename(r, s, p, pointer, pair->key, near, pair->value);
}

static struct graph_value *read_outputs(struct reader *r, struct scope *s)
{
    const struct interface *i = &s->component->interface;
    struct graph_value *values = arena_array_of(r->a, i->output_count, struct graph_value);
    struct str pointer =
        pointer_key(r->a, pointer_key(r->a, pointer_key(r->a, s->pointer, STR("implementation")), STR("graph")),
                    STR("outputValues"));
    const struct node *given = node_get(s->graph, "outputValues");
    for (size_t k = 0; node_is_map(given) && k < given->count; k++) {
        const struct pair *pair = &given->pairs[k];
        const struct port *port = interface_output(i, pair->key);
        struct str at = pointer_key(r->a, pointer, pair->key);
        if (!port) {
            unknown_output(r, s, given, pair, pointer);
            continue;
        }
        r->wanted = port;
        struct graph_value v = argument_read(r, s, NULL, pair->value, at);
        r->wanted = NULL;
        if (v.source != SOURCE_UNKNOWN && !dynamic_is_text(r, s, &v, at, "an output of a pipeline"))
            v = unknown_value(pair->value);
        if (v.source != SOURCE_UNKNOWN && v.type.n && !type_fits(v.type, port->type))
            scope_problem(r, s, SEVERITY_ERROR, "type_mismatch", at, pair->value,
                          "output %.*s is %.*s, but is given %.*s", STR_ARG(port->name), STR_ARG(port->type),
                          STR_ARG(v.type));
        values[port - i->outputs] = v;
    }
    for (size_t k = 0; k < i->output_count; k++) {
        struct node at = {.line = i->outputs[k].line, .column = i->outputs[k].column};
        if (node_get_str(given, i->outputs[k].name))
            continue;
        struct problem *p =
            scope_problem(r, s, SEVERITY_WARNING, "output_without_value", pointer, &at,
                          "nothing is connected to the pipeline's output \"%.*s\"", STR_ARG(i->outputs[k].name));
        fix_unused_output(r, s, p, k);
    }
    return values;
}

static void warn_unused(struct reader *r, const struct scope *s)
{
    const struct interface *i = &s->component->interface;
    for (size_t k = 0; k < i->input_count; k++) {
        struct node at = {.line = i->inputs[k].line, .column = i->inputs[k].column};
        if (s->input_used[k] || s->foreign)
            continue;
        struct str pointer = pointer_index(r->a, pointer_key(r->a, s->pointer, STR("inputs")), k);
        struct problem *p = problem_add(r->ps, SEVERITY_WARNING, "unused_input", pointer, &at,
                                        "no task uses the input \"%.*s\"", STR_ARG(i->inputs[k].name));
        fix_unused_input(r, s, p, pointer, &i->inputs[k]);
    }
}

static void mark_used(void *context, const struct node *operand)
{
    struct scope *s = context;
    struct str name = node_text_of(node_get(operand, "graphInput"), "inputName");
    const struct port *port = interface_input(&s->component->interface, name);
    if (port)
        s->input_used[port - s->component->interface.inputs] = true;
}

static void bind_one(struct reader *r, struct scope *s, struct level_task *t)
{
    struct graph_task settings = {0};
    settings_read(r, s, t, &settings);
    struct graph_value *inputs = arguments_bind(r, s, t);
    struct graph_condition *conditions = NULL;
    size_t condition_count = 0;
    if (s->condition_count) {
        conditions = arena_grow(r->a, s->conditions, s->condition_count * sizeof *conditions,
                                s->condition_count * sizeof *conditions);
        condition_count = s->condition_count;
    }
    conditions_read(r, s, t, &conditions, &condition_count);
    struct indices after = read_after(r, s, t);
    if (t->inner) {
        t->inner->inputs = inputs;
        t->inner->conditions = conditions;
        t->inner->condition_count = condition_count;
        t->inner->after = after.list;
        t->inner->after_count = after.count;
        t->inner->retries = settings.retries;
        t->inner->on_error_continue = settings.on_error_continue;
        scope_bind(r, t->inner);
        t->outputs = read_outputs(r, t->inner);
        warn_unused(r, t->inner);
        return;
    }
    settings.path = t->path;
    settings.id = t->id;
    settings.pointer = s->foreign ? s->foreign_pointer : t->pointer;
    settings.at = s->foreign ? s->foreign_at : &t->key;
    settings.component = t->ref.component;
    settings.annotations = node_get(t->node, "annotations");
    settings.digest = t->ref.digest;
    settings.name = t->ref.name;
    settings.inputs = inputs;
    settings.conditions = conditions;
    settings.condition_count = condition_count;
    settings.after = after.list;
    settings.after_count = after.count;
    kubernetes_bind(r, s, t, &settings); /* which can make room for further tasks */
    r->out->tasks[t->flat] = settings;
}

static void bind_rounds(struct reader *r, struct scope *s, struct level_task *t)
{
    struct loop *l = t->loop;
    for (size_t i = 0; i < l->round_count; i++) {
        struct level_task *round = &l->rounds[i];
        const struct problems before = *r->ps;
        if (!round->ref.component)
            return;
        bind_one(r, s, round);
        if (i == 0) {
            const struct graph_task *flat = round->inner ? NULL : &r->out->tasks[round->flat];
            l->conditions = flat ? flat->conditions : round->inner->conditions;
            l->condition_count = flat ? flat->condition_count : round->inner->condition_count;
        }
        if (round_failed(r->ps, &before, i))
            return;
    }
    l->bound = true;
}

static void bind_loop(struct reader *r, struct scope *s, struct level_task *t)
{
    struct graph_value over;
    if (!loop_bind(r, s, t, &over))
        return;
    if (!t->loop->matrix) {
        bind_rounds(r, s, t);
        return;
    }
    bind_one(r, s, t);
    struct graph_task *out = &r->out->tasks[t->flat];
    out->loop = loop_matrix(r, t, &over);
    t->loop->conditions = out->conditions;
    t->loop->condition_count = out->condition_count;
    t->loop->bound = true;
}

static void bind_task(struct reader *r, struct scope *s, struct level_task *t)
{
    /* also what is refused or missing: that an input is used there must not be denied */
    condition_operands(node_get(t->node, "isEnabled"), mark_used, s, 0);
    condition_operands(node_get(t->node, "arguments"), mark_used, s, 0);
    condition_operands(node_get(t->node, "annotations"), mark_used, s, 0);
    loop_operand(r, t, mark_used, s);
    if (!t->ref.component)
        return;
    if (t->loop)
        bind_loop(r, s, t);
    else
        bind_one(r, s, t);
}

void scope_bind(struct reader *r, struct scope *s)
{
    s->input_used = arena_array_of(r->a, s->component->interface.input_count, bool);
    size_t *order = dependencies_order(r, s);
    for (size_t i = 0; i < s->count; i++)
        bind_task(r, s, &s->tasks[order[i]]);
    if (!s->parent) {
        r->out->outputs = read_outputs(r, s);
        warn_unused(r, s);
    }
}
