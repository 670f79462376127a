/* A native document as a drawing: what is connected to what (layout.h places it), as SVG. */
#include "pipeline-creator/documents/draw.h"
#include "catalog/component.h"
#include "pipeline-creator/documents/convert.h"
#include "pipeline-creator/documents/layout.h"
#include "pipeline-creator/graph/map.h"

#define TASK_WIDTH  216
#define TASK_HEIGHT 54
#define MARK_HEIGHT 18 /* more where there is a line of marks */
#define PORT_WIDTH  150
#define PORT_HEIGHT 36
#define LANE_GAP    (4 * LAYOUT_GRID)
#define MAX_DEPTH   64 /* of predicates: what the reader of YAML allows */

/* A task, an edge and their like under construction. */
struct sketch {
    struct arena *a;
    struct drawing *d;
    struct map tasks, inputs; /* name → number of the box */
    size_t box_cap, edge_cap;
};

static struct drawn_box *add_box(struct sketch *s, struct drawn_box box)
{
    struct drawing *d = s->d;
    if (d->box_count == s->box_cap) {
        size_t cap = s->box_cap ? 2 * s->box_cap : 64;
        d->boxes = arena_grow(s->a, d->boxes, d->box_count * sizeof *d->boxes, cap * sizeof *d->boxes);
        s->box_cap = cap;
    }
    d->boxes[d->box_count] = box;
    return &d->boxes[d->box_count++];
}

static void add_edge(struct sketch *s, size_t from, size_t to, enum drawn_style style)
{
    struct drawing *d = s->d;
    if (d->edge_count == s->edge_cap) {
        size_t cap = s->edge_cap ? 2 * s->edge_cap : 64;
        d->edges = arena_grow(s->a, d->edges, d->edge_count * sizeof *d->edges, cap * sizeof *d->edges);
        s->edge_cap = cap;
    }
    d->edges[d->edge_count++] = (struct drawn_edge){from, to, style};
}

/* ---- edges */

/* An edge for each reference in an argument, a template, a predicate. */
static void connect(struct sketch *s, const struct node *value, size_t to, enum drawn_style style, unsigned depth)
{
    if (depth > MAX_DEPTH || node_is_scalar(value))
        return;
    const size_t *from = map_find(&s->tasks, node_text(node_path(value, "taskOutput", "taskId", NULL)));
    if (!from)
        from = map_find(&s->inputs, node_text(node_path(value, "graphInput", "inputName", NULL)));
    if (from) {
        add_edge(s, *from, to, style);
        return;
    }
    for (size_t i = 0; i < node_count(value); i++)
        connect(s, node_is_map(value) ? value->pairs[i].value : value->items[i], to, style, depth + 1);
}

static void connect_task(struct sketch *s, const struct node *task, size_t to)
{
    const struct node *annotations = node_get(task, "annotations");
    const struct node *after = annotation_value(s->a, annotations, "depends-on");
    connect(s, node_get(task, "arguments"), to, DRAWN_DATA, 0);
    connect(s, annotation_value(s->a, annotations, "template"), to, DRAWN_DATA, 0);
    connect(s, node_get(annotation_value(s->a, annotations, "iterate"), "over"), to, DRAWN_DATA, 0);
    connect(s, node_get(task, "isEnabled"), to, DRAWN_CONDITION, 0);
    for (size_t i = 0; node_is_seq(after) && i < after->count; i++) {
        const size_t *from = map_find(&s->tasks, node_text(after->items[i]));
        if (from)
            add_edge(s, *from, to, DRAWN_ORDER);
    }
}

/* ---- boxes */

static void add_ports(struct sketch *s, const struct node *list, enum drawn_kind kind)
{
    for (size_t i = 0; node_is_seq(list) && i < list->count && i < DRAW_MAX_TASKS; i++) {
        struct str name = node_text_of(list->items[i], "name"),
                   type = type_normal(s->a, node_get(list->items[i], "type"));
        if (name.n == 0)
            continue;
        if (kind == DRAWN_INPUT && !map_add(&s->inputs, name, s->d->box_count))
            continue;
        (void)add_box(
            s, (struct drawn_box){.kind = kind,
                                  .title = name,
                                  .detail = type,
                                  .place = {.width = PORT_WIDTH, .height = PORT_HEIGHT, .first = kind == DRAWN_INPUT}});
    }
}

/* What a task runs, as a person would call it. */
static struct str component_name(const struct node *ref)
{
    const struct node *spec = node_get(ref, "spec");
    struct str name = node_text_of(ref, "name");
    if (name.n == 0)
        name = node_text_of(spec, "name");
    if (name.n == 0)
        name = node_text(node_path(spec, "metadata", "name", NULL));
    if (name.n == 0)
        name = node_text_of(spec, "kind");
    return name.n ? name : node_text_of(ref, "digest");
}

static struct str marks_of(struct sketch *s, const struct node *task, bool *handler)
{
    const struct node *annotations = node_get(task, "annotations");
    struct str retries = node_text(node_path(task, "executionOptions", "retryStrategy", "maxRetries", NULL));
    struct str timeout = node_text(annotation_value(s->a, annotations, "timeout"));
    struct buf b;
    buf_init(&b, s->a, 400);
    *handler = node_bool(annotation_value(s->a, annotations, "exit-handler"), false);
    if (*handler)
        buf_cstr(&b, " · finally");
    if (!node_is_null(node_get(task, "isEnabled")))
        buf_cstr(&b, " · if");
    if (annotation_value(s->a, annotations, "iterate"))
        buf_cstr(&b, " · for each");
    if (node_get(node_path(task, "componentRef", "spec", "implementation", NULL), "graph"))
        buf_cstr(&b, " · pipeline");
    if (retries.n && !str_is(retries, "0"))
        buf_printf(&b, " · %.*s retries", STR_ARG(str_sub(retries, 0, 20)));
    if (timeout.n)
        buf_printf(&b, " · at most %.*s", STR_ARG(str_sub(timeout, 0, 20)));
    return str_from(buf_take(&b), sizeof " · " - 1);
}

static void add_tasks(struct sketch *s, const struct node *tasks)
{
    for (size_t i = 0; node_is_map(tasks) && i < tasks->count && i < DRAW_MAX_TASKS; i++) {
        const struct pair *pair = &tasks->pairs[i];
        bool handler = false;
        struct str marks = marks_of(s, pair->value, &handler);
        double height = TASK_HEIGHT + (marks.n ? MARK_HEIGHT : 0);
        (void)map_add(&s->tasks, pair->key, s->d->box_count);
        (void)add_box(s, (struct drawn_box){.kind = DRAWN_TASK,
                                            .title = pair->key,
                                            .detail = component_name(node_get(pair->value, "componentRef")),
                                            .marks = marks,
                                            .lane = handler,
                                            .condition = !node_is_null(node_get(pair->value, "isEnabled")),
                                            .place = {.width = TASK_WIDTH, .height = height}});
    }
}

/* ---- places */

static void place_boxes(struct sketch *s)
{
    struct drawing *d = s->d;
    size_t *number = arena_array_of(s->a, d->box_count, size_t), n = 0; /* among those that the layout places */
    struct layout_node *nodes = arena_array_of(s->a, d->box_count, struct layout_node);
    struct layout_position *at = arena_array_of(s->a, d->box_count, struct layout_position);
    struct layout_edge *edges = arena_array_of(s->a, d->edge_count, struct layout_edge);
    for (size_t i = 0; i < d->box_count; i++) {
        number[i] = d->boxes[i].lane ? SIZE_MAX : n;
        if (!d->boxes[i].lane)
            nodes[n++] = d->boxes[i].place;
    }
    for (size_t i = 0; i < d->edge_count; i++)
        edges[i] = (struct layout_edge){number[d->edges[i].from], number[d->edges[i].to]};
    layout_place(s->a, nodes, n, edges, d->edge_count, at);
    for (size_t i = 0; i < d->box_count; i++) {
        struct drawn_box *box = &d->boxes[i];
        if (box->lane)
            continue;
        box->x = at[number[i]].x;
        box->y = at[number[i]].y;
        d->width = d->width > box->x + box->place.width ? d->width : box->x + box->place.width;
        d->height = d->height > box->y + box->place.height ? d->height : box->y + box->place.height;
    }
}

/* Exit handlers stand in a lane below everything else. */
static void place_lane(struct drawing *d)
{
    double x = 0, y = d->height > 0 ? layout_grid_up(d->height + LANE_GAP) : 0;
    for (size_t i = 0; i < d->box_count; i++) {
        struct drawn_box *box = &d->boxes[i];
        if (!box->lane)
            continue;
        box->x = x;
        box->y = y;
        if (d->lane_y <= 0)
            d->lane_y = y - LANE_GAP / 2.0;
        x += layout_grid_up(box->place.width + LAYOUT_GAP_X);
        d->width = d->width > box->x + box->place.width ? d->width : box->x + box->place.width;
        d->height = d->height > y + box->place.height ? d->height : y + box->place.height;
    }
}

struct str document_draw(struct arena *a, const struct node *native)
{
    const struct node *graph = node_path(native, "implementation", "graph", NULL);
    const struct node *tasks = node_get(graph, "tasks"), *values = node_get(graph, "outputValues");
    struct drawing d = {.name = node_text_of(native, "name"), .task_count = node_is_map(tasks) ? tasks->count : 0};
    struct sketch s = {.a = a, .d = &d};
    map_init(&s.tasks, a, d.task_count);
    map_init(&s.inputs, a, 0);
    add_ports(&s, node_get(native, "inputs"), DRAWN_INPUT);
    d.first_task = d.box_count;
    add_tasks(&s, tasks);
    d.first_output = d.box_count;
    add_ports(&s, node_get(native, "outputs"), DRAWN_OUTPUT);
    for (size_t i = d.first_task; i < d.first_output; i++)
        connect_task(&s, tasks->pairs[i - d.first_task].value, i);
    for (size_t i = d.first_output; i < d.box_count; i++)
        connect(&s, node_get_str(values, d.boxes[i].title), i, DRAWN_DATA, 0);
    place_boxes(&s);
    place_lane(&d);
    return draw_svg(a, &d);
}
