/*
 * The annotation component-hub.dev/template of a task: {<input>: [text, {graphInput}, {taskOutput}, …]}, text mixed
 * from several sources. Values that are themselves mixed (an input of a nested pipeline) are taken apart, so that the
 * list is flat; what is absent drops out.
 */
#include "catalog/check.h"
#include "pipeline-creator/graph/read.h"

#define TEMPLATE       "component-hub.dev/template"
#define MAX_PARTS      1000             /* of one text, after taking apart */
#define MAX_TEXT_BYTES ((size_t)131071) /* of its literal parts: what Linux takes for one argument */

struct mixing {
    struct arena *a;
    struct buf text; /* literal text that has not become a part yet */
    size_t bytes;    /* of all literal text */
    struct graph_value *parts;
    size_t count, cap;
    bool failed, too_long;
    const struct node *at;
};

const struct node *template_map(struct reader *r, const struct scope *s, const struct level_task *t, bool report,
                                struct str *pointer)
{
    const struct node *annotations = node_get(t->node, "annotations");
    const struct node *n = annotation_value(r->a, annotations, "template");
    *pointer = pointer_key(r->a, pointer_key(r->a, t->pointer, STR("annotations")), STR(TEMPLATE));
    if (!n || node_is_map(n))
        return n;
    if (report) {
        struct problem *p =
            scope_problem(r, s, SEVERITY_ERROR, "template_shape", *pointer, node_get(annotations, TEMPLATE),
                          "template is a map from inputs to lists of parts, not a %s", node_kind_name(n));
        problem_hint(r->ps, p, "for example {text: [\"Hello \", {graphInput: {inputName: name}}]}");
    }
    return NULL;
}

static void push(struct mixing *m, struct graph_value v)
{
    if (m->count == MAX_PARTS) {
        m->too_long = true;
        return;
    }
    if (m->count == m->cap) {
        size_t cap = m->cap ? m->cap * 2 : 4;
        m->parts = arena_grow(m->a, m->parts, m->count * sizeof *m->parts, cap * sizeof *m->parts);
        m->cap = cap;
    }
    m->parts[m->count++] = v;
}

static void end_text(struct mixing *m)
{
    if (m->text.n == 0)
        return;
    push(m, (struct graph_value){.source = SOURCE_TEXT, .text = buf_take(&m->text), .at = m->at});
    buf_init(&m->text, m->a, 0);
}

static void add(struct mixing *m, const struct graph_value *v)
{
    if (v->source == SOURCE_NONE)
        return;
    if (v->source != SOURCE_TEXT) {
        end_text(m);
        push(m, *v);
        return;
    }
    m->bytes += v->text.n;
    if (m->bytes > MAX_TEXT_BYTES)
        m->too_long = true;
    else
        buf_str(&m->text, v->text);
}

static void read_part(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                      struct str pointer, struct mixing *m)
{
    static const struct port part = {.name = {"part", 4}, .type = {"String", 6}, .optional = true};
    r->wanted = &part;
    struct graph_value v = argument_read(r, s, t, n, pointer);
    r->wanted = NULL;
    if (v.source == SOURCE_UNKNOWN || !dynamic_is_text(r, s, &v, pointer, "a text of several parts")) {
        m->failed = true;
        return;
    }
    if (v.type.n && !type_fits(v.type, STR("String"))) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "type_mismatch", pointer, n,
                                          "a part of a text cannot be of type %.*s", STR_ARG(v.type));
        problem_hint(r->ps, p, "add type: String to the reference if it is meant");
        m->failed = true;
        return;
    }
    const struct graph_value *parts = NULL;
    size_t count = graph_parts(&v, &parts);
    for (size_t i = 0; i < count && !m->too_long; i++)
        add(m, &parts[i]);
}

struct graph_value template_read(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                                 struct str pointer)
{
    if (!node_is_seq(n)) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "template_shape", pointer, n,
                                          "a template is a list of parts, not a %s", node_kind_name(n));
        problem_hint(r->ps, p, "for example [\"Hello \", {graphInput: {inputName: name}}]");
        return unknown_value(n);
    }
    struct mixing m = {.a = r->a, .at = n};
    buf_init(&m.text, r->a, 0);
    for (size_t i = 0; i < n->count; i++)
        read_part(r, s, t, n->items[i], pointer_index(r->a, pointer, i), &m);
    if (m.failed)
        return unknown_value(n);
    if (m.count > 0)
        end_text(&m);
    if (m.too_long) {
        scope_problem(r, s, SEVERITY_ERROR, "template_too_long", pointer, n,
                      "the text has more than %d parts or %zu bytes", MAX_PARTS, MAX_TEXT_BYTES);
        return unknown_value(n);
    }
    if (m.count == 0)
        return (struct graph_value){.source = SOURCE_TEXT, .text = buf_take(&m.text), .at = n};
    if (m.count == 1) {
        m.parts[0].type = STR("String");
        m.parts[0].at = n;
        return m.parts[0];
    }
    return (struct graph_value){
        .source = SOURCE_PARTS, .parts = m.parts, .part_count = m.count, .type = STR("String"), .at = n};
}
