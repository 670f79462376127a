/* The command line of a component, placeholders evaluated (KFP v1: kfp/components/_components.py). */
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/compile/text.h"
#include "pipeline-creator/tekton/build.h"

struct str command_value(struct plan *p, const struct task_plan *t, size_t input)
{
    const struct input_plan *in = &t->inputs[input];
    return in->param ? STR_JOIN(p->a, STR("$(params."), in->name, STR(")")) : in->literal;
}

struct str folder_of_output(struct plan *p, const struct task_plan *t, size_t output)
{
    return STR_JOIN(p->a, STR("$(workspaces." VOLUME ".path)/"), t->name, STR("/"), t->outputs[output].name);
}

struct str path_of_output(struct plan *p, const struct task_plan *t, size_t output)
{
    const struct output_plan *o = &t->outputs[output];
    switch (o->how) {
    case PASS_RESULT:
        if (o->copied)
            break;
        return STR_JOIN(p->a, STR("$(results."), o->name, STR(".path)"));
    case PASS_LIST:
        return STR_JOIN(p->a, STR("$(results."), o->list, STR(".path)"));
    case PASS_FILE:
    case PASS_BOTH:
        return str_cat(p->a, folder_of_output(p, t, output), STR("/data"));
    case PASS_UNUSED:
        break;
    }
    /* The volume's own folder is the parent, which the kubelet makes writable for all. */
    return str_cat(p->a, STR(FOLDER_OUTPUTS "/"), o->name);
}

struct str path_of_input(struct plan *p, const struct task_plan *t, size_t input)
{
    const struct graph_value *v = &t->task->inputs[input];
    if (v->source == SOURCE_OUTPUT) {
        const struct task_plan *from = &p->tasks[v->index];
        enum passing how = from->outputs[v->port].how;
        if (how == PASS_FILE || how == PASS_BOTH)
            return path_of_output(p, from, v->port);
    }
    if (v->source == SOURCE_SECRET)
        return STR_JOIN(p->a, STR(FOLDER_SECRETS "/"), t->inputs[input].name, STR("/data"));
    return str_cat(p->a, STR(FOLDER_INPUTS "/"), t->inputs[input].name);
}

struct expansion {
    struct plan *p;
    struct task_plan *t;
    const struct node *env;
    bool open; /* other text follows */
};

static void expand(struct expansion *x, const struct node *n, struct node *out);

static struct str joined(struct expansion *x, const struct node *n)
{
    struct node *parts = node_seq(x->p->a);
    expand(x, n, parts);
    struct buf b;
    buf_init(&b, x->p->a, 0);
    for (size_t i = 0; i < parts->count; i++)
        buf_str(&b, parts->items[i]->text);
    return buf_take(&b);
}

static void expand_text(struct expansion *x, const struct node *n, struct node *out)
{
    struct plan *p = x->p;
    if (!text_can_pass(node_text(n)))
        task_problem(
            p, x->t, SEVERITY_ERROR, "unsupported_text",
            "its command line contains $(steps.…), which Tekton replaces where nothing can prevent it, or a NUL");
    struct str text = (x->open ? text_escape_open : text_escape)(p->a, node_text(n), x->env, &x->t->dollar);
    node_push(p->a, out, node_str(p->a, text));
}

/* What the port is called where it has its place: the task's parameter, result or folder. */
static struct str port_name(const struct task_plan *t, struct str name)
{
    const struct interface *i = &t->task->component->interface;
    const struct port *input = interface_input(i, name), *output = interface_output(i, name);
    return input ? t->inputs[input - i->inputs].name : output ? t->outputs[output - i->outputs].name : name;
}

static void expand_placeholder(struct expansion *x, struct str key, const struct node *value, struct node *out)
{
    struct plan *p = x->p;
    const struct interface *i = &x->t->task->component->interface;
    if (str_is(key, "concat")) {
        bool open = x->open;
        x->open = true;
        node_push(p->a, out, node_str(p->a, joined(x, value)));
        x->open = open;
        return;
    }
    if (str_is(key, "if")) {
        expand(x, node_get(value, usage_condition(p, x->t, node_get(value, "cond")) ? "then" : "else"), out);
        return;
    }
    const struct port *port = NULL;
    if (str_is(key, "inputOutputPortName")) {
        node_push(p->a, out, node_str(p->a, port_name(x->t, node_text(value))));
        return;
    }
    if (str_is(key, "outputPath") || str_is(key, "outputUri")) {
        port = interface_output(i, node_text(value));
        if (port)
            node_push(p->a, out, node_str(p->a, path_of_output(p, x->t, (size_t)(port - i->outputs))));
        return;
    }
    port = interface_input(i, node_text(value));
    size_t k = port ? (size_t)(port - i->inputs) : 0;
    if (!port || x->t->task->inputs[k].source == SOURCE_NONE)
        return; /* an absent input drops its argument */
    if (str_is(key, "inputValue"))
        node_push(p->a, out, node_str(p->a, command_value(p, x->t, k)));
    else if (str_is(key, "inputPath") || str_is(key, "inputUri"))
        node_push(p->a, out, node_str(p->a, path_of_input(p, x->t, k)));
}

static void expand(struct expansion *x, const struct node *n, struct node *out)
{
    if (node_is_seq(n)) {
        for (size_t i = 0; i < n->count; i++)
            expand(x, n->items[i], out);
    } else if (node_is_map(n) && n->count == 1) {
        expand_placeholder(x, n->pairs[0].key, n->pairs[0].value, out);
    } else if (node_is_scalar(n) && !node_is_null(n)) {
        expand_text(x, n, out);
    }
}

static void check_length(struct expansion *x, struct str text)
{
    if (text.n > TEXT_MAX)
        task_problem(x->p, x->t, SEVERITY_ERROR, "argument_too_long",
                     "a part of its command line is longer than the %zu bytes that Linux takes", TEXT_MAX);
}

struct node *command_list(struct plan *p, struct task_plan *t, const struct node *list)
{
    const struct node *env = node_get(t->task->component->container, "env");
    struct expansion x = {.p = p, .t = t, .env = kubernetes_variables(p, t, env)};
    struct node *out = node_seq(p->a);
    expand(&x, list, out);
    for (size_t i = 0; i < out->count; i++)
        check_length(&x, out->items[i]->text);
    return out;
}

struct node *command_env(struct plan *p, struct task_plan *t)
{
    const struct node *env = node_get(t->task->component->container, "env");
    struct expansion x = {.p = p, .t = t, .env = kubernetes_variables(p, t, env)};
    struct node *out = node_seq(p->a);
    for (size_t i = 0; node_is_map(env) && i < env->count; i++) {
        struct node *parts = node_seq(p->a);
        expand(&x, env->pairs[i].value, parts);
        if (parts->count == 0)
            continue; /* an absent input leaves its variable out */
        struct str text = joined(&x, env->pairs[i].value);
        check_length(&x, text);
        node_push(p->a, out, build_param(p->a, env->pairs[i].key, text));
    }
    return out;
}
