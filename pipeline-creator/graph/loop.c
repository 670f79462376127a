/*
 * component-hub.dev/iterate: {input, over, parallelism}. What the list is, is looked up before anything is bound, since
 * the number of its items decides how many tasks there are.
 */
#include "catalog/check.h"
#include "pipeline-creator/graph/read.h"

#define KEY        "component-hub.dev/iterate"
#define MATRIX_MAX 256 /* Tekton's default-max-matrix-combinations-count */

static const struct node *annotation(struct reader *r, const struct level_task *t)
{
    return annotation_value(r->a, node_get(t->node, "annotations"), "iterate");
}

void loop_operand(struct reader *r, const struct level_task *t, void (*use)(void *context, const struct node *operand),
                  void *context)
{
    condition_operands(node_get(annotation(r, t), "over"), use, context, 0);
}

static struct problem *problem(struct reader *r, const struct scope *s, const struct loop *l, const char *code,
                               const char *message, const struct level_task *t)
{
    return scope_problem(r, s, SEVERITY_ERROR, code, l->pointer, l->at, "the loop of %.*s %s", STR_ARG(t->path),
                         message);
}

/* ---- the list, where it is known */

static const struct loop_port *port_of(const struct loop *l, size_t port)
{
    for (size_t i = 0; i < l->port_count; i++)
        if (l->ports[i].port == port)
            return &l->ports[i];
    return NULL;
}

static const struct node *part_of(const struct loop_port *port, const struct node *item)
{
    return port->member.p ? node_get_str(item, port->member) : item;
}

/* What an input of the pipeline is when it is compiled; NULL = not known. */
static const struct node *known_input(struct reader *r, const struct port *port)
{
    const struct node *given = node_get_str(r->in->parameters, port->name);
    const struct node *n = node_is_null(given) ? port->default_value : given;
    return node_is_null(n) ? NULL : n;
}

/* The value of an argument before it is bound, for lists; NULL = only known when running, or wrong. */
static const struct node *known(struct reader *r, const struct scope *s, const struct node *n, size_t *input)
{
    if (!node_is_map(n))
        return n;
    const struct interface *i = &s->component->interface;
    const struct port *port = interface_input(i, node_text_of(node_get(n, "graphInput"), "inputName"));
    if (!port)
        return NULL;
    size_t k = (size_t)(port - i->inputs);
    if (!s->owner) {
        *input = k;
        return known_input(r, port);
    }
    const struct level_task *owner = s->owner;
    const struct loop_port *looped = owner->loop ? port_of(owner->loop, k) : NULL;
    if (looped)
        return owner->item ? part_of(looped, owner->item) : NULL;
    const struct node *argument = node_get_str(node_get(owner->node, "arguments"), port->name);
    if (!node_is_null(argument))
        return known(r, s->parent, argument, input);
    return node_is_null(port->default_value) ? NULL : port->default_value;
}

static const struct node *as_list(struct reader *r, const struct node *n)
{
    struct node *parsed = NULL;
    struct err e = {0};
    if (node_is_seq(n))
        return n;
    bool list = node_is_scalar(n) && node_parse_json(r->a, node_text(n), &parsed, &e) == OK && node_is_seq(parsed);
    return list ? parsed : NULL;
}

/* ---- items against the inputs that get them */

static bool item_fits(struct reader *r, const struct scope *s, const struct loop *l, const struct level_task *t,
                      const struct loop_port *to, size_t number)
{
    const struct node *item = l->items->items[number];
    const struct port *port = &t->ref.component->interface.inputs[to->port];
    const struct node *at = item->line ? item : l->at;
    if (to->member.p && !node_get_str(item, to->member)) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "iterate_unknown_member", l->pointer, at,
                                          "item %zu of the loop of %.*s has no member \"%.*s\"", number,
                                          STR_ARG(t->path), STR_ARG(to->member));
        problem_hint(r->ps, p, "each item must be a map with the members that `input` names");
        return false;
    }
    const struct node *part = part_of(to, item);
    struct str text = graph_text(r->a, part);
    if (!node_is_null(part) && graph_text_fits(r->a, text, port->type))
        return true;
    struct str shown = node_is_null(part) ? STR("null") : check_excerpt(r->a, text);
    scope_problem(r, s, SEVERITY_ERROR, "type_mismatch", l->pointer, at,
                  "\"%.*s\" (item %zu of the loop of %.*s) is not of type %.*s, which %.*s takes", STR_ARG(shown),
                  number, STR_ARG(t->path), STR_ARG(port->type.n ? port->type : STR("String")), STR_ARG(port->name));
    return false;
}

/* The first that is wrong is told: the others likely are so for the same reason. */
static bool items_fit(struct reader *r, const struct scope *s, const struct loop *l, const struct level_task *t)
{
    for (size_t i = 0; i < node_count(l->items); i++)
        for (size_t k = 0; k < l->port_count; k++)
            if (!item_fits(r, s, l, t, &l->ports[k], i))
                return false;
    return true;
}

/* ---- reading */

/* The input that was likely meant, if nothing else fills it and it takes any text. */
static void fix_loop_input(struct reader *r, const struct scope *s, const struct loop *l, const struct level_task *t,
                           struct problem *p, struct str name)
{
    const struct interface *i = &t->ref.component->interface;
    struct str near = near_port(r, i->inputs, i->input_count, name), ignored;
    const struct port *port = near.n ? interface_input(i, near) : NULL;
    const struct node *input = node_get(annotation(r, t), "input");
    if (!port || (port->type.n && !str_is(port->type, "String")) || !node_is_string(input) ||
        node_get_str(node_get(t->node, "arguments"), near) ||
        node_get_str(template_map(r, s, t, false, &ignored), near))
        return;
    fix_replace_text(r, s, p, pointer_key(r->a, l->pointer, STR("input")), near);
}

static bool add_port(struct reader *r, const struct scope *s, struct loop *l, const struct level_task *t,
                     struct str name, struct str member)
{
    const struct interface *i = &t->ref.component->interface;
    const struct port *port = interface_input(i, name);
    if (!port) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "iterate_unknown_input", l->pointer, l->at,
                                          "%.*s has no input named \"%.*s\" for the items of its loop",
                                          STR_ARG(t->path), STR_ARG(name));
        argument_hint_ports(r, p, i->inputs, i->input_count, name);
        fix_loop_input(r, s, l, t, p, name);
        return false;
    }
    struct str ignored;
    if (node_get_str(node_get(t->node, "arguments"), name) ||
        node_get_str(template_map(r, s, t, false, &ignored), name)) {
        struct problem *p =
            scope_problem(r, s, SEVERITY_ERROR, "iterate_input_bound", l->pointer, l->at,
                          "%.*s gets its input \"%.*s\" from its loop and from its arguments or template",
                          STR_ARG(t->path), STR_ARG(name));
        problem_hint(r->ps, p, "remove it from one of them");
        bool argument = node_get_str(node_get(t->node, "arguments"), name) != NULL;
        if (argument && !node_get_str(template_map(r, s, t, false, &ignored), name))
            fix_remove(r, s, p, pointer_key(r->a, pointer_key(r->a, t->pointer, STR("arguments")), name));
        return false;
    }
    if (graph_type_is_secret(port->type) || type_is_workspace(port->type)) {
        struct problem *p = problem(r, s, l, "iterate_input_type", "gives its items to a secret or a workspace", t);
        problem_hint(r->ps, p, "items are texts: loop over names, and let the program look the things up");
        return false;
    }
    l->ports[l->port_count++] = (struct loop_port){(size_t)(port - i->inputs), member};
    return true;
}

static bool read_ports(struct reader *r, const struct scope *s, struct loop *l, const struct level_task *t,
                       const struct node *input)
{
    bool good = true;
    if (node_is_string(input) && input->text.n > 0) {
        l->ports = arena_array_of(r->a, 1, struct loop_port);
        return add_port(r, s, l, t, input->text, STR_NONE);
    }
    for (size_t i = 0; node_is_map(input) && i < input->count; i++)
        good = good && node_is_string(input->pairs[i].value);
    if (!node_is_map(input) || input->count == 0 || !good) {
        struct problem *p = problem(r, s, l, "invalid_iterate", "needs an `input`", t);
        problem_hint(r->ps, p,
                     "it is the name of the input that gets each item, or, for lists of maps, a map from "
                     "inputs to members of the item");
        return false;
    }
    l->ports = arena_array_of(r->a, input->count, struct loop_port);
    for (size_t i = 0; i < input->count; i++)
        good = add_port(r, s, l, t, input->pairs[i].key, input->pairs[i].value->text) && good;
    return good;
}

static bool read_parallelism(struct reader *r, const struct scope *s, struct loop *l, const struct level_task *t,
                             const struct node *n)
{
    if (node_is_null(n) || (node_int(n, &l->parallelism) && l->parallelism >= 1))
        return true;
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "iterate_parallelism", l->pointer, l->at,
                                      "the parallelism of %.*s must be a number from 1 on", STR_ARG(t->path));
    if (node_int(n, &l->parallelism)) /* none is as many as there are */
        fix_remove(r, s, p, pointer_key(r->a, l->pointer, STR("parallelism")));
    return false;
}

/* A part of a command line that is there or not, by the value of an input. */
static bool decides(const struct node *n, struct str input)
{
    if (str_eq(node_text_of(node_get(n, "cond"), "inputValue"), input))
        return true;
    for (size_t i = 0; n && n->kind != NODE_SCALAR && i < n->count; i++)
        if (decides(n->kind == NODE_MAP ? n->pairs[i].value : n->items[i], input))
            return true;
    return false;
}

static bool has_dollar_bracket(struct reader *r, const struct node *items)
{
    for (size_t i = 0; i < node_count(items); i++)
        if (str_find(graph_text(r->a, items->items[i]), STR("$(")) >= 0)
            return true;
    return false;
}

/*
 * Whether one task with a matrix says the same as a task for each item. A matrix knows neither limits nor members, its
 * command line is one for all items, and a text that Tekton would take for a reference must stand in the command line
 * unless it comes from the run's parameters.
 */
static bool is_matrix(struct reader *r, const struct loop *l, const struct level_task *t)
{
    const struct component *c = t->ref.component;
    return c->container && node_count(l->items) > 0 && node_count(l->items) <= MATRIX_MAX && l->parallelism == 0 &&
           !l->ports[0].member.p && !decides(c->container, c->interface.inputs[l->ports[0].port].name) &&
           !settings_on_error(r, t) && (l->input != SIZE_MAX || !has_dollar_bracket(r, l->items));
}

static bool read_list(struct reader *r, const struct scope *s, struct loop *l, const struct level_task *t)
{
    const struct node *n = known(r, s, l->over, &l->input);
    l->matrix = true;
    if (!n)
        return true;
    l->items = as_list(r, n);
    if (!l->items) {
        struct problem *p = problem(r, s, l, "iterate_not_a_list", "goes over something that is no list", t);
        problem_hint(r->ps, p,
                     "`over` is a list, a list as JSON text, {graphInput: {inputName}} or {taskOutput: "
                     "{taskId, outputName}}");
        return false;
    }
    if (!items_fit(r, s, l, t))
        return false;
    if (l->parallelism >= (int64_t)node_count(l->items))
        l->parallelism = 0;
    l->matrix = is_matrix(r, l, t);
    return true;
}

struct loop *loop_read(struct reader *r, const struct scope *s, const struct level_task *t, bool *wrong)
{
    static const char *const keys[] = {"input", "over", "parallelism", NULL};
    const struct node *n = annotation(r, t);
    if (!n)
        return NULL;
    struct loop *l = arena_new_of(r->a, struct loop);
    *l = (struct loop){.over = node_get(n, "over"), .at = node_get(node_get(t->node, "annotations"), KEY)};
    l->pointer = pointer_key(r->a, pointer_key(r->a, t->pointer, STR("annotations")), STR(KEY));
    l->input = SIZE_MAX;
    *wrong = true;
    if (!node_is_map(n) || node_is_null(l->over)) {
        struct problem *p = problem(r, s, l, "invalid_iterate", "is not written as one", t);
        problem_hint(r->ps, p, "write it as {input: <input>, over: <list>}");
        return NULL;
    }
    if (!s->foreign)
        check_known(r->ps, n, l->pointer, keys);
    if (t->exit_handler) {
        struct problem *p = problem(r, s, l, "iterate_exit_handler", "is that of an exit handler, which runs once", t);
        problem_hint(r->ps, p, "let the handler's program loop");
        return NULL;
    }
    bool good = read_ports(r, s, l, t, node_get(n, "input"));
    good = read_parallelism(r, s, l, t, node_get(n, "parallelism")) && good;
    *wrong = !good || !read_list(r, s, l, t);
    return l;
}

/* ---- binding */

bool loop_input(struct reader *r, const struct level_task *t, size_t port, struct graph_value *out)
{
    const struct loop_port *p = t->loop ? port_of(t->loop, port) : NULL;
    if (!p)
        return false;
    *out = (struct graph_value){.source = SOURCE_ITEM, .type = STR(""), .at = t->loop->at};
    if (t->item) {
        out->source = SOURCE_TEXT;
        out->text = graph_text(r->a, part_of(p, t->item));
    }
    return true;
}

/* Whether the item goes to an array or object of Tekton. */
static bool is_whole(const struct level_task *t)
{
    struct str type = t->ref.component->interface.inputs[t->loop->ports[0].port].type;
    return str_is(type, "JsonArray") || str_is(type, "JsonObject");
}

/* What a list that is only known when running cannot do on Tekton. */
static bool refuse_dynamic(struct reader *r, const struct scope *s, const struct level_task *t,
                           const struct graph_value *over)
{
    const struct loop *l = t->loop;
    if (l->items)
        return false;
    struct problem *p = NULL;
    const char *hint = "give the list when compiling: as a constant, or as a parameter";
    if (t->inner) {
        p = problem(r, s, l, "iterate_dynamic_pipeline",
                    "goes over a list that is only known when running, which a pipeline cannot", t);
        hint = "give the list when compiling, or loop over a component that does all the steps";
    } else if (l->ports[0].member.p) {
        p = problem(r, s, l, "iterate_dynamic_members",
                    "goes over a list that is only known when running, whose items are texts without members", t);
        hint = "take the item as a JSON text, and let the program look into it (starter/json-list-items makes such a "
               "list)";
    } else if (l->parallelism > 0) {
        p = problem(r, s, l, "iterate_parallelism_dynamic",
                    "goes over a list that is only known when running, where Tekton knows no parallelism", t);
        fix_remove(r, s, p, pointer_key(r->a, l->pointer, STR("parallelism")));
        hint = "remove parallelism, or give the list when compiling";
    } else if (t->ref.component->task && is_whole(t)) {
        p = problem(r, s, l, "iterate_dynamic_members",
                    "goes over a list that is only known when running, whose items are texts, not arrays or objects",
                    t);
    }
    if (p && over->source == SOURCE_INPUT)
        hint = "give the input a value or a default";
    if (p)
        problem_hint(r->ps, p, "%s", hint);
    return p != NULL;
}

static void tell_fixed(struct reader *r, const struct scope *s, const struct level_task *t)
{
    size_t k = t->loop->input;
    if (k == SIZE_MAX || t->loop->matrix)
        return;
    r->out->input_fixed[k] = true;
    struct str name = r->out->component.interface.inputs[k].name;
    struct problem *p =
        scope_problem(r, s, SEVERITY_INFO, "iterate_fixed", t->loop->pointer, t->loop->at,
                      "%.*s is unrolled over the items that the input %.*s has now", STR_ARG(t->path), STR_ARG(name));
    problem_hint(r->ps, p, "compile again for another list; launching does");
}

/* A list that a nested pipeline hands out turns out to be known only here. */
static bool take_constant(struct reader *r, const struct scope *s, const struct level_task *t,
                          const struct graph_value *over)
{
    struct loop *l = t->loop;
    struct node *text = node_str(r->a, over->text);
    l->items = as_list(r, text);
    if (!l->items) {
        problem(r, s, l, "iterate_not_a_list", "goes over something that is no list", t);
        return false;
    }
    if (node_count(l->items) > MATRIX_MAX) {
        struct problem *p = problem(r, s, l, "matrix_too_large", "has more items than the 256 that Tekton takes", t);
        problem_hint(r->ps, p, "write the list where the loop is: then it is unrolled");
        return false;
    }
    return items_fit(r, s, l, t);
}

bool loop_bind(struct reader *r, struct scope *s, struct level_task *t, struct graph_value *over)
{
    struct loop *l = t->loop;
    *over = (struct graph_value){.source = SOURCE_TEXT, .at = l->at};
    tell_fixed(r, s, t);
    if (!node_is_map(l->over))
        return true;
    *over = argument_read(r, s, t, l->over, l->pointer);
    if (over->source == SOURCE_UNKNOWN)
        return false;
    bool list = over->source == SOURCE_OUTPUT || over->source == SOURCE_INPUT || over->source == SOURCE_TEXT;
    if (!list || !type_fits(over->type, STR("JsonArray"))) {
        struct problem *p = problem(r, s, l, "iterate_not_a_list", "goes over something that is no list", t);
        problem_hint(r->ps, p,
                     list ? "connect a JsonArray, or add type: JsonArray to the reference if it is one"
                          : "give it a list: the input it is connected to has no value");
        return false;
    }
    if (refuse_dynamic(r, s, t, over))
        return false;
    return l->items || over->source != SOURCE_TEXT || take_constant(r, s, t, over);
}

struct graph_loop *loop_matrix(struct reader *r, const struct level_task *t, const struct graph_value *over)
{
    const struct loop *l = t->loop;
    struct graph_loop *out = arena_new_of(r->a, struct graph_loop);
    *out = (struct graph_loop){.port = l->ports[0].port, .over = *over, .at = l->at, .pointer = l->pointer};
    if (!l->items)
        return out;
    out->count = node_count(l->items);
    out->items = arena_array_of(r->a, out->count, struct str);
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = graph_text(r->a, l->items->items[i]);
    return out;
}
