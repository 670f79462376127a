/*
 * Tasks whose component is a Tekton Task (or a custom task, of which Tekton knows as little as we do): its spec goes
 * into the pipeline as it is, for its text is written for Tekton. What varies comes as params, whose text is rewritten
 * where Tekton and the kubelet would do it (text.h) only if the Task puts it where the kubelet takes that back: a
 * script is no such place.
 */
#include "catalog/check.h"
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/compile/text.h"
#include "pipeline-creator/tekton/admit.h"
#include "pipeline-creator/tekton/build.h"
#include "pipeline-creator/tekton/convert.h"
#include "pipeline-creator/tekton/substitute.h"

static bool is_param(const struct task_plan *t, size_t input)
{
    return input < t->task->component->param_count;
}

static bool is_whole_type(struct str type)
{
    return str_is(type, "JsonArray") || str_is(type, "JsonObject");
}

bool embed_is_default(const struct task_plan *t, size_t input)
{
    const struct graph_value *v = &t->task->inputs[input];
    const struct port *port = &t->task->component->interface.inputs[input];
    return v->source == SOURCE_TEXT && port->default_value && v->at == port->default_value;
}

void embed_usage(struct task_plan *t)
{
    const struct component *c = t->task->component;
    for (size_t k = 0; k < c->param_count; k++)
        t->inputs[k].value_used = !embed_is_default(t, k);
    for (size_t k = 0; k < c->interface.output_count; k++)
        t->outputs[k].produced = true;
}

void embed_reserve_names(const struct graph *g, struct name_set *params)
{
    for (size_t m = 0; m < g->task_count; m++) {
        const struct task_plan t = {.task = &g->tasks[m]};
        const struct component *c = t.task->component;
        for (size_t k = 0; c->task && k < c->param_count; k++)
            if (embed_is_default(&t, k) && !map_find(&params->taken, c->interface.inputs[k].name))
                (void)names_variable(params, c->interface.inputs[k].name, "input");
    }
}

/* ---- arrays and objects */

static void refuse_shape(struct plan *p, const struct task_plan *t, const char *what, struct str name)
{
    struct problem *problem =
        task_problem(p, t, SEVERITY_ERROR, "array_and_text",
                     "%s %.*s is wanted as Tekton's array or object and as text as well", what, STR_ARG(name));
    problem_hint(p->ps, problem, "Tekton turns neither into the other: put a task between that does");
}

/* `v` is the value of input k or a part of it. */
static void mark_use(struct plan *p, const struct task_plan *t, size_t k, const struct graph_value *v)
{
    const struct component *c = t->task->component;
    bool used = t->inputs[k].value_used || t->inputs[k].path_used;
    bool whole = c->task && is_param(t, k) && is_whole_type(c->interface.inputs[k].type);
    if (!used || (v->source != SOURCE_OUTPUT && v->source != SOURCE_INPUT))
        return;
    if (v->source == SOURCE_INPUT) {
        struct param_plan *param = &p->params[v->index];
        *(whole ? &param->by_whole : &param->by_text) = true;
        if (param->by_whole && param->by_text)
            refuse_shape(p, t, "the pipeline's input", p->graph->component.interface.inputs[v->index].name);
        return;
    }
    struct task_plan *from = &p->tasks[v->index];
    struct output_plan *o = &from->outputs[v->port];
    const struct component *maker = from->task->component;
    /* a program's file is read by itself, whatever the result is */
    bool mixed = t->task->inputs[k].source == SOURCE_PARTS;
    bool as_file = !component_is_embedded(maker) && t->inputs[k].path_used && !t->inputs[k].value_used && !mixed;
    if (!as_file)
        *(whole ? &o->by_whole : &o->by_text) = true;
    if (o->by_whole && o->by_text)
        refuse_shape(p, t, "the output", maker->interface.outputs[v->port].name);
    if (whole && !maker->task && str_is(c->interface.inputs[k].type, "JsonObject")) {
        struct problem *problem = task_problem(p, t, SEVERITY_ERROR, "unsupported_dynamic_object",
                                               "%.*s is an object of Tekton, which only a Tekton Task can give",
                                               STR_ARG(c->interface.inputs[k].name));
        problem_hint(p->ps, problem, "give it a constant, or pass its parts as texts");
    }
}

/* Whether a task has a param of that name for something else. Tekton would put the items of the pipeline's array in the
   place of such a text (propagated parameters). */
static bool means_other(const struct task_plan *t, struct str name, size_t input)
{
    for (size_t k = 0; k < t->task->component->interface.input_count; k++) {
        const struct graph_value *v = &t->task->inputs[k];
        if (str_eq(t->inputs[k].name, name) && (v->source != SOURCE_INPUT || v->index != input))
            return true;
    }
    return false;
}

static void name_wholes(struct plan *p)
{
    for (size_t i = 0; i < p->graph->component.interface.input_count; i++)
        for (size_t m = 0; p->params[i].by_whole && m < p->graph->task_count; m++)
            while (means_other(&p->tasks[m], p->params[i].name, i))
                p->params[i].name = names_variable(p->param_names, p->params[i].name, "input");
}

void embed_mark(struct plan *p)
{
    const struct graph *g = p->graph;
    for (size_t m = 0; m < g->task_count; m++) {
        const struct component *c = g->tasks[m].component;
        for (size_t k = 0; c->task && k < c->result_count; k++)
            p->tasks[m].outputs[k].by_whole = is_whole_type(c->interface.outputs[k].type);
    }
    for (size_t m = 0; m < g->task_count; m++) {
        struct task_plan *t = &p->tasks[m];
        for (size_t k = 0; k < t->task->component->interface.input_count; k++) {
            const struct graph_value *parts = NULL;
            size_t count = graph_parts(&t->task->inputs[k], &parts);
            for (size_t i = 0; i < count; i++)
                mark_use(p, t, k, &parts[i]);
        }
        for (size_t k = 0; k < t->task->condition_count; k++) {
            const struct graph_value *v = &t->task->conditions[k].left;
            if (v->source == SOURCE_OUTPUT && p->tasks[v->index].outputs[v->port].by_whole)
                refuse_shape(p, t, "the output", p->tasks[v->index].task->component->interface.outputs[v->port].name);
            if (v->source == SOURCE_INPUT && p->params[v->index].by_whole)
                refuse_shape(p, t, "the pipeline's input", g->component.interface.inputs[v->index].name);
        }
    }
    name_wholes(p);
}

struct node *embed_whole(struct arena *a, struct str text)
{
    const struct node *n = check_inner(a, text);
    struct node *out = node_is_map(n) ? node_map(a) : node_seq(a);
    for (size_t i = 0; i < node_count(n); i++) {
        if (node_is_map(n))
            node_set(a, out, n->pairs[i].key, node_str(a, graph_text(a, n->pairs[i].value)));
        else
            node_push(a, out, node_str(a, graph_text(a, n->items[i])));
    }
    return out;
}

static const struct node *declaration(const struct component *c, struct str param)
{
    const struct node *list = node_get(c->task, "params");
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++)
        if (str_eq(node_text_of(list->items[i], "name"), param))
            return list->items[i];
    return NULL;
}

void embed_param_type(struct plan *p, size_t input, struct node *param)
{
    for (size_t m = 0; m < p->graph->task_count; m++) {
        const struct task_plan *t = &p->tasks[m];
        const struct component *c = t->task->component;
        for (size_t k = 0; c->task && k < c->param_count; k++) {
            const struct graph_value *v = &t->task->inputs[k];
            if (v->source != SOURCE_INPUT || v->index != input)
                continue;
            struct node *properties = node_get(declaration(c, c->interface.inputs[k].name), "properties");
            bool object = str_is(c->interface.inputs[k].type, "JsonObject");
            node_put(p->a, param, "type", node_cstr(p->a, object ? "object" : "array"));
            if (object && properties)
                node_put(p->a, param, "properties", properties);
            return;
        }
    }
    node_put(p->a, param, "type", node_cstr(p->a, "array")); /* only loops use it */
}

/* ---- text */

/* Where the Task puts a param: */
struct places {
    struct str name;
    bool script, line, elsewhere; /* line: what the kubelet expands: command, args, values of env */
    bool *here;
};

static void see(void *context, const struct subst_ref *ref)
{
    struct places *places = context;
    if (ref->parts > 1 && (str_is(ref->part[0], "params") || str_is(ref->part[0], "inputs")) &&
        (str_eq(ref->part[1], places->name) || str_is(ref->part[1], "params")))
        *places->here = true;
}

static void look_at_step(struct places *places, const struct node *step)
{
    for (size_t i = 0; node_is_map(step) && i < step->count; i++) {
        struct str key = step->pairs[i].key;
        bool line = str_is(key, "command") || str_is(key, "args") || str_is(key, "env");
        places->here = str_is(key, "script") ? &places->script : line ? &places->line : &places->elsewhere;
        subst_each(step->pairs[i].value, see, places);
    }
}

static struct places places_of(const struct component *c, struct str param)
{
    struct places places = {.name = param};
    for (size_t i = 0; node_is_map(c->task) && i < c->task->count; i++) {
        struct str key = c->task->pairs[i].key;
        const struct node *value = c->task->pairs[i].value;
        if (str_is(key, "steps") || str_is(key, "sidecars")) {
            for (size_t k = 0; k < node_count(value); k++)
                look_at_step(&places, node_at(value, k));
        } else if (str_is(key, "stepTemplate")) {
            look_at_step(&places, value);
        } else if (!str_is(key, "params") && !str_is(key, "description")) {
            places.here = &places.elsewhere;
            subst_each(value, see, &places);
        }
    }
    return places;
}

static void refuse_text(struct plan *p, const struct task_plan *t, struct str name)
{
    struct problem *problem = task_problem(
        p, t, SEVERITY_ERROR, "unsupported_text",
        "the text for %.*s contains dollars that Tekton or Kubernetes would replace where the Task puts it",
        STR_ARG(name));
    problem_hint(p->ps, problem, "avoid $( ) and $$ in it, or use a component that is no Tekton Task");
}

/* The text as it has to stand in the params of the pipeline's task. */
static struct str param_text(struct plan *p, const struct task_plan *t, struct str name, struct str text)
{
    bool dollar = false;
    struct str escaped = text_escape(p->a, text, NULL, &dollar);
    if (text.n > TEXT_MAX)
        task_problem(p, t, SEVERITY_ERROR, "argument_too_long",
                     "%.*s is longer than the %zu bytes that Linux takes for one argument", STR_ARG(name), TEXT_MAX);
    if (str_eq(escaped, text) && text_can_pass(text))
        return text;
    struct places places = places_of(t->task->component, name);
    bool fine = text_can_pass(text) && !dollar && !places.elsewhere && !(places.script && places.line);
    if (!fine)
        refuse_text(p, t, name);
    return places.line ? escaped : text;
}

/* What the run's parameters hold is escaped for a command line. */
static void check_input_text(struct plan *p, const struct task_plan *t, struct str name, const struct graph_value *v)
{
    if (v->source != SOURCE_INPUT || !p->params[v->index].escaped)
        return;
    struct places places = places_of(t->task->component, name);
    /* the kubelet takes nothing back for a custom task */
    if (places.script || places.elsewhere || t->task->component->custom || p->params[v->index].dollar)
        refuse_text(p, t, name);
}

/* What has to stand in a step of its own making cannot be put into somebody else's. */
static void refuse_value(struct plan *p, const struct task_plan *t, struct str name, const struct graph_value *v)
{
    struct problem *problem = NULL;
    if (v->source == SOURCE_SECRET) {
        problem = task_problem(p, t, SEVERITY_ERROR, "unsupported_secret",
                               "%.*s is given a secret, but what a Tekton Task is given stands in the manifest",
                               STR_ARG(name));
        problem_hint(p->ps, problem, "give the name of the Secret as a text to a Task that reads it itself");
    } else if (v->source == SOURCE_RUN && v->variable == VARIABLE_RETRY_COUNT) {
        problem = task_problem(p, t, SEVERITY_ERROR, "dynamic_data_place",
                               "the retry count cannot be given to %.*s of a Tekton Task", STR_ARG(name));
        problem_hint(p->ps, problem, "the Task itself can use $(context.task.retry-count)");
    }
}

void embed_inputs(struct plan *p, struct task_plan *t)
{
    const struct component *c = t->task->component;
    for (size_t k = 0; k < c->param_count; k++) {
        const struct graph_value *v = &t->task->inputs[k], *parts = NULL;
        size_t count = graph_parts(v, &parts);
        t->inputs[k].param = t->inputs[k].value_used && v->source != SOURCE_NONE;
        for (size_t i = 0; i < count; i++)
            check_input_text(p, t, c->interface.inputs[k].name, &parts[i]);
        refuse_value(p, t, c->interface.inputs[k].name, v);
    }
}

/* Beside real references the webhook refuses text that looks like one. */
static struct str mixed_text(struct plan *p, const struct task_plan *t, struct str name, const struct graph_value *v)
{
    struct buf b;
    buf_init(&b, p->a, 0);
    for (size_t i = 0; i < v->part_count; i++) {
        size_t before = p->ps->errors;
        struct str text = v->parts[i].source == SOURCE_TEXT ? param_text(p, t, name, v->parts[i].text)
                                                            : value_reference(p, &v->parts[i]);
        bool wrong = v->parts[i].source == SOURCE_TEXT && (text_has_reference(text) || str_ends(text, "$"));
        if (wrong && p->ps->errors == before)
            refuse_text(p, t, name);
        buf_str(&b, text);
    }
    return buf_take(&b);
}

static struct node *whole_constant(struct plan *p, const struct task_plan *t, size_t k)
{
    const struct graph_value *v = &t->task->inputs[k];
    const struct component *c = t->task->component;
    struct str name = c->interface.inputs[k].name;
    struct node *out = embed_whole(p->a, v->text);
    for (size_t i = 0; i < out->count; i++) {
        struct node *item = node_is_map(out) ? out->pairs[i].value : out->items[i];
        item->text = param_text(p, t, name, item->text);
    }
    const struct node *wanted = node_get(declaration(c, name), "properties"),
                      *has = c->interface.inputs[k].default_value;
    for (size_t i = 0; node_is_map(wanted) && i < wanted->count; i++) {
        struct str key = wanted->pairs[i].key;
        if (!node_get_str(out, key) && !node_get_str(has, key))
            task_problem(p, t, SEVERITY_ERROR, "missing_key", "%.*s lacks the key %.*s", STR_ARG(name), STR_ARG(key));
    }
    return out;
}

struct node *embed_param(struct plan *p, const struct task_plan *t, size_t input)
{
    const struct graph_value *v = &t->task->inputs[input];
    struct str name = t->inputs[input].name;
    struct node *kept = kept_param(p, t, input);
    if (kept) {
        struct node *n = build_named(p->a, name);
        node_put(p->a, n, "value", kept);
        return n;
    }
    if (v->source == SOURCE_PARTS)
        return build_param(p->a, name, mixed_text(p, t, name, v));
    if (v->source != SOURCE_TEXT)
        return build_param(p->a, name, value_reference(p, v));
    if (!is_whole_type(t->task->component->interface.inputs[input].type))
        return build_param(p->a, name, param_text(p, t, name, v->text));
    struct node *n = build_named(p->a, name);
    node_put(p->a, n, "value", whole_constant(p, t, input));
    return n;
}

/* ---- the spec */

/* The Task's own labels and annotations, then where it comes from. */
static struct node *metadata(struct plan *p, const struct task_plan *t)
{
    const struct component *c = t->task->component;
    struct node *ours = steps_metadata(p, t), *out = node_map(p->a), *annotations = node_map(p->a);
    struct node *labels = c->labels ? node_copy(p->a, c->labels) : node_map(p->a);
    const struct node *lists[] = {c->annotations, node_get(ours, "annotations")};
    for (size_t m = 0; m < 2; m++)
        for (size_t i = 0; i < node_count(lists[m]); i++)
            if (!str_is(lists[m]->pairs[i].key, "kubectl.kubernetes.io/last-applied-configuration"))
                node_set(p->a, annotations, lists[m]->pairs[i].key, lists[m]->pairs[i].value);
    const struct node *more = node_get(ours, "labels");
    node_set_all(p->a, labels, more);
    build_put(p->a, out, "labels", labels);
    build_put(p->a, out, "annotations", annotations);
    return out;
}

/* The spec as v1 has it; what v1 has no field for is told. */
static const struct node *spec_of(struct plan *p, const struct task_plan *t)
{
    const struct component *c = t->task->component;
    bool lost = false;
    const struct node *converted = NULL;
    if (c->task == node_get(c->document, "spec")) /* not the Task that a StepAction became */
        converted = tekton_to_v1(p->a, c->document, &lost);
    if (lost)
        task_problem(p, t, SEVERITY_WARNING, "fields_left_out",
                     "its Task is of an older version, of which v1 has some fields no more");
    const struct node *spec = node_get(converted, "spec");
    return spec ? spec : c->task;
}

/* Tekton judges the whole run by this Task: what is wrong with it is told here. Once for each component. */
static void check_spec(struct plan *p, const struct task_plan *t, const struct node *spec)
{
    if (kept_is_tekton(p))
        return; /* what it mentions may be declared by the pipeline: only the whole can be judged */
    for (const struct task_plan *other = p->tasks; other < t; other++)
        if (other->task->component == t->task->component)
            return;
    struct arena *a = p->a;
    struct node *object = node_map(a), *decoded = NULL;
    node_put(a, object, "apiVersion", node_cstr(a, "tekton.dev/v1"));
    node_put(a, object, "kind", node_cstr(a, "Task"));
    struct node *named = node_map(a);
    node_put_str(a, named, "name", t->name);
    node_put(a, object, "metadata", named);
    node_put(a, object, "spec", node_copy(a, spec));
    struct tekton_settings settings = tekton_settings_of(GATE_BETA);
    struct faults *faults = faults_new(a);
    if (tekton_admit(a, object, true, &settings, faults, &decoded) == TEKTON_ACCEPTED)
        return;
    for (size_t i = 0; i < faults->count && i < 3; i++) {
        const struct fault *f = &faults->list[i];
        task_problem(p, t, SEVERITY_ERROR, "component_invalid", "Tekton refuses its Task: %.*s%s%.*s",
                     STR_ARG(f->message), f->path_count ? ": " : "", STR_ARG(f->paths[0]));
    }
}

static void put_custom(struct plan *p, const struct task_plan *t, struct node *n)
{
    static const char *const fields[] = {"apiVersion", "kind"};
    const struct node *custom = t->task->component->custom;
    struct node *out = node_map(p->a), *spec = node_get(custom, "spec");
    for (size_t i = 0; i < 2; i++)
        node_put_str(p->a, out, fields[i], node_text_of(custom, fields[i]));
    if (node_is_null(spec)) {
        struct str name = node_text(node_path(custom, "metadata", "name", NULL));
        if (name.n)
            node_put_str(p->a, out, "name", name);
        node_put(p->a, n, "taskRef", out);
        return;
    }
    build_put(p->a, out, "metadata", metadata(p, t));
    node_put(p->a, out, "spec", spec);
    node_put(p->a, n, "taskSpec", out);
}

void embed_task(struct plan *p, const struct task_plan *t, struct node *n)
{
    const struct component *c = t->task->component;
    if (c->custom) {
        put_custom(p, t, n);
        return;
    }
    const struct node *spec = spec_of(p, t);
    struct node *out = node_map(p->a);
    check_spec(p, t, spec);
    build_put(p->a, out, "metadata", metadata(p, t));
    node_set_all(p->a, out, spec);
    embed_pod(p, t, out);
    node_put(p->a, n, "taskSpec", out);
}
