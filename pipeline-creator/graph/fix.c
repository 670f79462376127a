/* Fixes of problems (read.h says what is offered). */
#include <string.h>

#include "pipeline-creator/graph/read.h"

#define SEARCH_MAX_DEPTH 64
#define LIST_MAX         100 /* names in a depends-on that is put right */
#define PASSES_MAX       50  /* over all edges; those of a document in order settle in one or two */

bool fix_wanted(const struct reader *r, const struct scope *s)
{
    return !s->foreign && !r->trying && r->ps->dropped == 0;
}

void fix_remove(struct reader *r, const struct scope *s, struct problem *p, struct str pointer)
{
    if (fix_wanted(r, s))
        problem_fix(r->ps, p, "remove", pointer, NULL);
}

void fix_replace(struct reader *r, const struct scope *s, struct problem *p, struct str pointer, struct node *value)
{
    if (fix_wanted(r, s))
        problem_fix(r->ps, p, "replace", pointer, value);
}

void fix_replace_text(struct reader *r, const struct scope *s, struct problem *p, struct str pointer, struct str text)
{
    fix_replace(r, s, p, pointer, node_str(r->a, text));
}

void fix_rename(struct reader *r, const struct scope *s, struct problem *p, struct str pointer, struct str from,
                struct str to, struct node *value)
{
    if (!fix_wanted(r, s))
        return;
    problem_fix(r->ps, p, "remove", pointer_key(r->a, pointer, from), NULL);
    problem_fix(r->ps, p, "add", pointer_key(r->a, pointer, to), value);
}

/* ---- places */

/* ~1 is a slash, ~0 a tilde (RFC 6901); compared in place. */
static bool token_is(struct str token, struct str key)
{
    size_t k = 0;
    for (size_t i = 0; i < token.n; i++, k++) {
        char c = token.p[i];
        if (c == '~' && i + 1 < token.n)
            c = token.p[++i] == '1' ? '/' : '~';
        if (k >= key.n || key.p[k] != c)
            return false;
    }
    return k == key.n;
}

static const struct node *child(const struct node *n, struct str token)
{
    uint64_t index;
    if (node_is_seq(n))
        return str_u64(token, &index) && index < n->count ? n->items[index] : NULL;
    for (size_t i = 0; node_is_map(n) && i < n->count; i++)
        if (token_is(token, n->pairs[i].key))
            return n->pairs[i].value;
    return NULL;
}

/* What stands there, or with `parent` what it stands in; NULL when there is nothing. */
static const struct node *node_there(const struct node *document, struct str pointer, bool parent)
{
    const struct node *n = document;
    for (size_t i = 0; n && i < pointer.n;) {
        size_t end = ++i;
        while (end < pointer.n && pointer.p[end] != '/')
            end++;
        if (parent && end == pointer.n)
            return n;
        n = child(n, str_sub(pointer, i, end - i));
        i = end;
    }
    return n;
}

static bool find(struct reader *r, const struct node *in, const struct node *wanted, struct str pointer,
                 struct str *out, unsigned depth)
{
    if (in == wanted) {
        *out = pointer;
        return true;
    }
    for (size_t i = 0; depth < SEARCH_MAX_DEPTH && i < node_count(in); i++) {
        bool map = node_is_map(in);
        const struct node *below = map ? in->pairs[i].value : in->items[i];
        if (below != wanted && node_is_scalar(below))
            continue;
        struct str at = map ? pointer_key(r->a, pointer, in->pairs[i].key) : pointer_index(r->a, pointer, i);
        if (find(r, below, wanted, at, out, depth + 1))
            return true;
    }
    return false;
}

void graph_fixes_hold(const struct node *document, struct problems *ps)
{
    for (size_t i = 0; i < ps->count; i++) {
        const struct node *fix = ps->list[i].fix;
        for (size_t k = 0; k < node_count(fix); k++) {
            struct str pointer = node_text_of(fix->items[k], "path");
            const struct node *parent = node_there(document, pointer, true);
            bool holds = str_is(node_text_of(fix->items[k], "op"), "add")
                             ? parent && !node_is_scalar(parent)
                             : node_there(document, pointer, false) != NULL;
            if (!holds)
                ps->list[i].fix = NULL;
        }
    }
}

/* ---- references */

void fix_reference(struct reader *r, struct scope *s, const struct level_task *t, struct problem *p,
                   const struct node *n, struct str pointer, const char *kind, const char *field, struct str name)
{
    struct str at = STR_NONE;
    if (name.n == 0 || !fix_wanted(r, s) || !find(r, node_there(r->in->document, pointer, false), n, pointer, &at, 0))
        return;
    struct node *meant = node_copy(r->a, n);
    node_put_str(r->a, node_get(meant, kind), field, name);
    if (argument_would_do(r, s, t, meant, pointer, r->wanted))
        fix_replace_text(r, s, p, pointer_key(r->a, pointer_key(r->a, at, str_of(kind)), str_of(field)), name);
}

void fix_dynamic(struct reader *r, struct scope *s, const struct level_task *t, struct problem *p, const struct node *n,
                 struct str pointer, struct str name)
{
    struct str at = STR_NONE;
    if (name.n == 0 || !fix_wanted(r, s) || !find(r, node_there(r->in->document, pointer, false), n, pointer, &at, 0))
        return;
    struct node *meant = node_map(r->a);
    node_put_str(r->a, meant, "dynamicData", name);
    if (argument_would_do(r, s, t, meant, pointer, r->wanted))
        fix_replace(r, s, p, at, meant);
}

bool fix_waits_for(struct reader *r, const struct scope *s, const struct level_task *t, const struct level_task *other)
{
    /* by name: a round of a loop is not in the list itself */
    const size_t *task = map_find(&s->ids, t->id), *wanted = map_find(&s->ids, other->id);
    if (!task || !wanted || *task == *wanted)
        return true;
    bool *needed = arena_array_of(r->a, s->count, bool), more = true;
    needed[*task] = true;
    for (unsigned pass = 0; more; pass++) {
        if (pass == PASSES_MAX)
            return true;
        more = false;
        for (size_t i = s->edge_count; i-- > 0;)
            if (needed[s->edge_to[i]] && !needed[s->edge_from[i]])
                needed[s->edge_from[i]] = more = true;
    }
    return needed[*wanted];
}

/* The list without a name, or with another one instead: what is left, and in *changed how many are not. */
static struct node *list_without(struct reader *r, const struct node *list, struct str name, bool keep_first,
                                 struct str instead, size_t *changed)
{
    struct node *rest = node_seq(r->a);
    bool kept = false;
    for (size_t i = 0; i < node_count(list); i++) {
        bool named = str_eq(node_text(list->items[i]), name);
        if (!named || (keep_first && !kept))
            node_push(r->a, rest, list->items[i]);
        else if (instead.n)
            node_push(r->a, rest, node_str(r->a, instead));
        *changed += named && (!keep_first || kept) ? 1 : 0;
        kept = kept || named;
    }
    return rest;
}

void fix_depends_on(struct reader *r, const struct scope *s, const struct level_task *t, struct problem *p,
                    struct str name, bool keep_first, struct str instead)
{
    const struct node *place = NULL, *list = settings_depends_on(r, s, t, false);
    struct str pointer = settings_pointer(r, t, "depends-on", &place);
    size_t changed = 0;
    /* each problem has its own fix: all of a long list, copied for each, would be too much */
    if (!place || !fix_wanted(r, s) || node_count(list) > LIST_MAX)
        return;
    struct node *rest = list_without(r, list, name, keep_first, instead, &changed);
    if (changed == 0)
        return;
    if (rest->count == 0)
        fix_remove(r, s, p, pointer);
    else if (node_is_string(place)) /* as text it came, as text it goes */
        fix_replace_text(r, s, p, pointer, node_to_json(r->a, rest));
    else
        fix_replace(r, s, p, pointer, rest);
}

struct looking {
    struct str id;
    bool found;
};

static void look(void *context, const struct node *operand)
{
    struct looking *l = context;
    l->found = l->found || str_eq(argument_task(operand), l->id);
}

/* Connections that are more than a value for an input. */
static bool is_bound_otherwise(struct reader *r, const struct scope *s, const struct level_task *t, struct str id)
{
    struct looking l = {.id = id};
    struct str ignored;
    condition_operands(template_map(r, s, t, false, &ignored), look, &l, 0);
    condition_operands(node_get(t->node, "isEnabled"), look, &l, 0);
    loop_operand(r, t, look, &l);
    kubernetes_operands(t->kubernetes, look, &l);
    return l.found;
}

static bool can_do_without(const struct level_task *t, struct str input)
{
    const struct port *port = t->ref.component ? interface_input(&t->ref.component->interface, input) : NULL;
    return port && (port->optional || !node_is_null(port->default_value));
}

bool fix_cut(struct reader *r, const struct scope *s, const struct level_task *t, struct problem *p, struct str id)
{
    const struct node *arguments = node_get(t->node, "arguments"), *after = settings_depends_on(r, s, t, false);
    if (!fix_wanted(r, s) || node_count(after) > LIST_MAX || is_bound_otherwise(r, s, t, id))
        return false;
    for (size_t i = 0; node_is_map(arguments) && i < arguments->count; i++)
        if (str_eq(argument_task(arguments->pairs[i].value), id) && !can_do_without(t, arguments->pairs[i].key))
            return false;
    struct str pointer = pointer_key(r->a, t->pointer, STR("arguments"));
    for (size_t i = 0; node_is_map(arguments) && i < arguments->count; i++)
        if (str_eq(argument_task(arguments->pairs[i].value), id))
            fix_remove(r, s, p, pointer_key(r->a, pointer, arguments->pairs[i].key));
    for (size_t i = 0; i < node_count(after); i++)
        if (str_eq(node_text(after->items[i]), id)) {
            fix_depends_on(r, s, t, p, id, false, STR_NONE);
            break;
        }
    return p->fix != NULL;
}

/* ---- ports */

static struct node *reference_to(struct arena *a, const char *kind, const char *field, struct str name)
{
    struct node *n = node_map(a), *inner = node_map(a);
    node_put_str(a, inner, field, name);
    node_put(a, n, kind, inner);
    return n;
}

struct connecting {
    struct reader *r;
    struct scope *s;
    const struct level_task *t;
    const struct port *port;
    struct node *found;
    size_t count;
};

static void connect(struct connecting *c, struct node *n)
{
    if (!argument_would_do(c->r, c->s, c->t, n, c->t->pointer, c->port))
        return;
    c->found = n;
    c->count++;
}

static void connect_task(struct connecting *c, const struct level_task *from)
{
    const struct component *component = from->ref.component;
    for (size_t k = 0; component && !from->exit_handler && k < component->interface.output_count; k++) {
        struct str name = component->interface.outputs[k].name;
        if (!near_same(name, c->port->name) || fix_waits_for(c->r, c->s, from, c->t))
            continue;
        struct node *n = reference_to(c->r->a, "taskOutput", "taskId", from->id);
        node_put_str(c->r->a, node_get(n, "taskOutput"), "outputName", name);
        connect(c, n);
    }
}

void fix_connect(struct reader *r, struct scope *s, const struct level_task *t, struct problem *p,
                 const struct port *port)
{
    if (!fix_wanted(r, s) || t->item) /* from outside a loop nothing is nearer than another */
        return;
    struct connecting c = {.r = r, .s = s, .t = t, .port = port};
    const struct interface *i = &s->component->interface;
    for (size_t k = 0; k < i->input_count; k++)
        if (near_same(i->inputs[k].name, port->name))
            connect(&c, reference_to(r->a, "graphInput", "inputName", i->inputs[k].name));
    for (size_t k = 0; k < s->count && c.count < 2; k++)
        connect_task(&c, &s->tasks[k]);
    if (c.count != 1)
        return;
    struct str pointer = pointer_key(r->a, t->pointer, STR("arguments"));
    bool first = node_is_null(node_get(t->node, "arguments"));
    struct node *value = c.found;
    if (first) {
        value = node_map(r->a);
        node_set(r->a, value, port->name, c.found);
    }
    problem_fix(r->ps, p, "add", first ? pointer : pointer_key(r->a, pointer, port->name), value);
}

static bool is_port_there(struct reader *r, struct str pointer, struct str name)
{
    return str_eq(node_text_of(node_there(r->in->document, pointer, false), "name"), name);
}

void fix_unused_input(struct reader *r, const struct scope *s, struct problem *p, struct str pointer,
                      const struct port *port)
{
    /* workspaces may be bound in the options, and parameters stand in the request */
    if (!is_port_there(r, pointer, port->name) || type_is_workspace(port->type) ||
        (!s->owner && node_get_str(r->in->parameters, port->name)))
        return;
    const struct level_task *owner = s->owner;
    const struct node *annotations = owner ? node_get(owner->node, "annotations") : NULL;
    if (owner && (owner->loop || node_get(annotations, "component-hub.dev/template") || s->parent->foreign))
        return;
    fix_remove(r, s, p, pointer);
    if (owner && node_get_str(node_get(owner->node, "arguments"), port->name))
        fix_remove(r, s, p, pointer_key(r->a, pointer_key(r->a, owner->pointer, STR("arguments")), port->name));
}

void fix_unused_output(struct reader *r, const struct scope *s, struct problem *p, size_t number)
{
    struct str pointer = pointer_index(r->a, pointer_key(r->a, s->pointer, STR("outputs")), number);
    if (!s->owner && is_port_there(r, pointer, s->component->interface.outputs[number].name))
        fix_remove(r, s, p, pointer);
}
