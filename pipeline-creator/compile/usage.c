#include "pipeline-creator/compile/plan.h"

#include <stdarg.h>
#include <stdio.h>

struct problem *task_problem(struct plan *p, const struct task_plan *t, enum severity severity, const char *code,
                             const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return problem_add(p->ps, severity, code, t->task->pointer, t->task->at, "%.*s: %s", STR_ARG(t->task->path), text);
}

static size_t input_index(const struct task_plan *t, struct str name)
{
    const struct interface *i = &t->task->component->interface;
    const struct port *port = interface_input(i, name);
    return port ? (size_t)(port - i->inputs) : SIZE_MAX;
}

static bool is_present(const struct task_plan *t, struct str name)
{
    size_t i = input_index(t, name);
    return i != SIZE_MAX && t->task->inputs[i].source != SOURCE_NONE;
}

static bool says_true(struct str text)
{
    return str_eq_nocase(text, STR("true")) || str_eq_nocase(text, STR("yes")) || str_is(text, "1");
}

bool usage_condition(struct plan *p, const struct task_plan *t, const struct node *cond)
{
    if (node_is_scalar(cond))
        return says_true(node_text(cond));
    const struct node *present = node_get(cond, "isPresent");
    if (present)
        return is_present(t, node_text(present));
    size_t i = input_index(t, node_text_of(cond, "inputValue"));
    if (i == SIZE_MAX)
        return false;
    const struct graph_value *v = &t->task->inputs[i];
    if (v->source == SOURCE_TEXT || v->source == SOURCE_NONE)
        return v->source == SOURCE_TEXT && says_true(v->text);
    struct problem *problem =
        task_problem(p, t, SEVERITY_ERROR, "unsupported_placeholder",
                     "its command line depends on the value of %.*s, which is only known when running",
                     STR_ARG(t->task->component->interface.inputs[i].name));
    problem_hint(p->ps, problem, "give that input a constant");
    return false;
}

static void walk(struct plan *p, struct task_plan *t, const struct node *n);

static void walk_placeholder(struct plan *p, struct task_plan *t, struct str key, const struct node *value)
{
    if (str_is(key, "concat")) {
        walk(p, t, value);
    } else if (str_is(key, "if")) {
        walk(p, t, node_get(value, usage_condition(p, t, node_get(value, "cond")) ? "then" : "else"));
    } else if (str_is(key, "inputValue") || str_is(key, "inputPath") || str_is(key, "inputUri")) {
        size_t i = input_index(t, node_text(value));
        if (i != SIZE_MAX)
            *(str_is(key, "inputValue") ? &t->inputs[i].value_used : &t->inputs[i].path_used) = true;
    } else if (str_is(key, "outputPath") || str_is(key, "outputUri")) {
        const struct interface *i = &t->task->component->interface;
        const struct port *port = interface_output(i, node_text(value));
        if (port)
            t->outputs[port - i->outputs].produced = true;
    } else if (!str_is(key, "inputOutputPortName")) {
        struct problem *problem =
            task_problem(p, t, SEVERITY_ERROR, "unsupported_placeholder",
                         "its component wants %.*s, which only KFP's own launcher makes", STR_ARG(key));
        problem_hint(p->ps, problem, "use inputValue, inputPath and outputPath");
    }
}

static void walk(struct plan *p, struct task_plan *t, const struct node *n)
{
    if (node_is_seq(n)) {
        for (size_t i = 0; i < n->count; i++)
            walk(p, t, n->items[i]);
    } else if (node_is_map(n) && n->count == 1) {
        walk_placeholder(p, t, n->pairs[0].key, n->pairs[0].value);
    }
}

void usage_read(struct plan *p, struct task_plan *t)
{
    const struct component *c = t->task->component;
    if (component_is_embedded(c)) {
        embed_usage(t);
        return;
    }
    if (t->task->collects) {
        t->outputs[0].produced = true;
        return;
    }
    walk(p, t, node_get(c->container, "command"));
    walk(p, t, node_get(c->container, "args"));
    const struct node *env = node_get(c->container, "env");
    for (size_t i = 0; node_is_map(env) && i < env->count; i++)
        walk(p, t, env->pairs[i].value);
    for (size_t i = 0; i < t->task->kubernetes_inputs; i++)
        t->inputs[c->interface.input_count - 1 - i].value_used = true;
    const struct node *files = node_get(c->container, "fileOutputs");
    for (size_t i = 0; i < c->interface.output_count; i++) {
        struct str path = node_text(node_get_str(files, c->interface.outputs[i].name));
        if (path.n && !t->outputs[i].produced) {
            t->outputs[i].produced = true;
            t->outputs[i].file = path;
        }
    }
}
