/* One entry of pipelineSpec.tasks or pipelineSpec.finally. */
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/compile/text.h"
#include "pipeline-creator/tekton/build.h"

static const char *variable_reference(enum graph_variable variable)
{
    switch (variable) {
    case VARIABLE_RUN_NAME:
        return "$(context.pipelineRun.name)";
    case VARIABLE_RUN_UID:
        return "$(context.pipelineRun.uid)";
    case VARIABLE_RUN_NAMESPACE:
        return "$(context.pipelineRun.namespace)";
    case VARIABLE_RETRY_COUNT:
        break;
    }
    return "$(context.task.retry-count)"; /* in a TaskSpec only */
}

struct str value_reference(struct plan *p, const struct graph_value *v)
{
    bool ignored = false;
    switch (v->source) {
    case SOURCE_RUN:
        return str_of(variable_reference(v->variable));
    case SOURCE_PARTS: {
        struct buf b;
        buf_init(&b, p->a, 0);
        for (size_t i = 0; i < v->part_count; i++)
            buf_str(&b, value_reference(p, &v->parts[i]));
        return buf_take(&b);
    }
    case SOURCE_INPUT:
        return STR_JOIN(p->a, STR("$(params."), p->params[v->index].name,
                        p->params[v->index].by_whole ? STR("[*])") : STR(")"));
    case SOURCE_OUTPUT: {
        const struct task_plan *from = &p->tasks[v->index];
        return STR_JOIN(p->a, from->task->exit_handler ? STR("$(finally.") : STR("$(tasks."), from->name,
                        STR(".results."), from->outputs[v->port].name,
                        v->every || from->outputs[v->port].by_whole ? STR("[*])") : STR(")"));
    }
    case SOURCE_TEXT:
        return text_escape_open(p->a, v->text, NULL, &ignored);
    case SOURCE_SECRET: /* never stands in a manifest */
    case SOURCE_ITEM:   /* stands in the matrix */
    case SOURCE_NONE:
    case SOURCE_UNKNOWN:
        break;
    }
    return STR_NONE;
}

/* True once for each task between two rises of the stamp. */
static bool first_mention(struct plan *p, size_t task)
{
    if (p->seen[task] == p->stamp)
        return false;
    p->seen[task] = p->stamp;
    return true;
}

/* A reference to a result is an order already. */
static void mention(struct plan *p, const struct graph_value *v)
{
    const struct graph_value *parts = NULL;
    size_t count = graph_parts(v, &parts);
    for (size_t i = 0; i < count; i++)
        if (parts[i].source == SOURCE_OUTPUT)
            (void)first_mention(p, parts[i].index);
}

static struct node *params(struct plan *p, const struct task_plan *t)
{
    struct node *list = node_seq(p->a);
    for (size_t k = 0; k < t->task->component->interface.input_count; k++) {
        const struct graph_value *v = &t->task->inputs[k];
        const struct input_plan *in = &t->inputs[k];
        if (in->param && v->source != SOURCE_ITEM)
            node_push(p->a, list,
                      component_is_embedded(t->task->component) ? embed_param(p, t, k)
                                                                : build_param(p->a, in->name, value_reference(p, v)));
        for (size_t i = 0; in->parts && i < v->part_count; i++)
            if (in->parts[i].p)
                node_push(p->a, list, build_param(p->a, in->parts[i], value_reference(p, &v->parts[i])));
        if (in->param || in->parts)
            mention(p, v);
    }
    collect_order(p, t, list, NULL);
    const struct graph_loop *l = t->task->loop;
    if (l && l->over.source == SOURCE_OUTPUT)
        (void)first_mention(p, l->over.index);
    return list;
}

/* A parameter stands escaped in the manifest, so that it is compared with an escaped text; a result does not. */
static struct node *when_entry(struct plan *p, const struct graph_condition *c)
{
    struct str *values = arena_array_of(p->a, c->count, struct str);
    for (size_t i = 0; i < c->count; i++)
        values[i] = c->left.source == SOURCE_INPUT ? plan_param_text(p, c->left.index, c->values[i]) : c->values[i];
    if (c->left.source == SOURCE_OUTPUT)
        (void)first_mention(p, c->left.index);
    struct str left = c->left.source == SOURCE_TEXT ? c->left.text : value_reference(p, &c->left);
    return build_when(p->a, left, c->negated, values, c->count);
}

static bool arrives_as_file(const struct plan *p, const struct task_plan *t, size_t input)
{
    const struct graph_value *v = &t->task->inputs[input];
    if (v->source != SOURCE_OUTPUT || !t->inputs[input].path_used)
        return false;
    enum passing how = p->tasks[v->index].outputs[v->port].how;
    return how == PASS_FILE || how == PASS_BOTH;
}

static struct node *when(struct plan *p, const struct task_plan *t)
{
    struct node *list = node_seq(p->a);
    for (size_t k = 0; k < t->when_count; k++)
        node_push(p->a, list, when_entry(p, t->when[k]));
    if (!t->task->exit_handler)
        return list;
    /* In `finally` a missing result skips a task; a missing file must be made to do the same. */
    static const struct str succeeded[] = {{"Succeeded", sizeof "Succeeded" - 1}};
    for (size_t k = 0; k < t->task->component->interface.input_count; k++) {
        if (!arrives_as_file(p, t, k) || !first_mention(p, t->task->inputs[k].index))
            continue;
        struct str status = str_printf(p->a, "$(tasks.%.*s.status)", STR_ARG(p->tasks[t->task->inputs[k].index].name));
        node_push(p->a, list, build_when(p->a, status, false, succeeded, 1));
    }
    return list;
}

/* What no reference to a result says: files, inputs that the program does not look at, and depends-on. */
static struct node *run_after(struct plan *p, const struct task_plan *t)
{
    struct node *list = node_seq(p->a);
    if (t->task->exit_handler)
        return list;
    for (size_t k = 0; k < t->task->component->interface.input_count; k++) {
        const struct graph_value *parts = NULL;
        size_t count = graph_parts(&t->task->inputs[k], &parts);
        bool used = t->inputs[k].value_used || t->inputs[k].path_used;
        if (t->task->collects && !used)
            continue; /* it is never made */
        for (size_t i = 0; i < count; i++)
            if (parts[i].source == SOURCE_OUTPUT && first_mention(p, parts[i].index))
                node_push(p->a, list, node_str(p->a, p->tasks[parts[i].index].name));
    }
    for (size_t k = 0; k < t->task->after_count; k++)
        if (first_mention(p, t->task->after[k]))
            node_push(p->a, list, node_str(p->a, p->tasks[t->task->after[k]].name));
    return list;
}

static struct node *workspaces(struct plan *p, const struct task_plan *t)
{
    struct node *list = node_seq(p->a);
    if (component_is_embedded(t->task->component)) {
        spaces_task(p, t, list);
        return list;
    }
    if (!t->volume)
        return list;
    struct node *one = build_named(p->a, STR(VOLUME));
    node_put_str(p->a, one, "workspace", STR(VOLUME));
    /* A claim that outlives the run holds the files of each run below its own folder. */
    if (p->options.claim.n)
        node_put_str(p->a, one, "subPath", STR("$(context.pipelineRun.uid)"));
    node_push(p->a, list, one);
    return list;
}

struct node *task_node(struct plan *p, struct task_plan *t)
{
    struct arena *a = p->a;
    struct node *n = build_named(a, t->name);
    p->stamp++;
    if (!str_eq(t->name, t->task->path) && !text_has_reference(t->task->path))
        node_put_str(a, n, "displayName", t->task->path);
    bool embedded = component_is_embedded(t->task->component);
    struct node *spec = embedded ? NULL : steps_task_spec(p, t);
    build_put(a, n, "params", params(p, t));
    build_put(a, n, "matrix", loop_matrix_node(p, t));
    build_put(a, n, "when", when(p, t));
    build_put(a, n, "runAfter", run_after(p, t));
    if (t->task->retries)
        node_put(a, n, "retries", node_int_new(a, (int64_t)t->task->retries));
    if (t->task->timeout.n)
        node_put_str(a, n, "timeout", t->task->timeout);
    if (t->task->on_error_continue)
        node_put(a, n, "onError", node_cstr(a, "continue"));
    build_put(a, n, "workspaces", workspaces(p, t));
    if (embedded)
        embed_task(p, t, n);
    else
        node_put(a, n, "taskSpec", spec);
    return n;
}
