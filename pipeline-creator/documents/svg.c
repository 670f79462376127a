#include "pipeline-creator/documents/draw.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "pipeline-creator/documents/documents.h"

#define MARGIN         24
#define TOLD_EDGES     60 /* in the description, which is read aloud */
#define TITLE_COLUMNS  26 /* that fit into a task; half as wide again as what is usual */
#define DETAIL_COLUMNS 31
#define PORT_COLUMNS   18
#define REPLACEMENT    "\xef\xbf\xbd" /* U+FFFD */

static const char STYLE[] =
    "<style>"
    ".p{--ink:#1c2024;--soft:#60646c;--paper:#fff;--line:#8b8d98;--task:#f0f4ff;--edge:#6e7787;--port:#e6f4ea;"
    "--if:#fff3d6;--lane:#f3f0f7}"
    "@media(prefers-color-scheme:dark){.p{--ink:#edeef0;--soft:#b0b4ba;--paper:#111113;--line:#696e77;--task:#1d2540;"
    "--edge:#9ba1ab;--port:#163326;--if:#3a2e10;--lane:#2a2136}}"
    ".p{font-family:system-ui,sans-serif;font-size:12px;fill:var(--ink)}"
    ".paper{fill:var(--paper)}.task{fill:var(--task);stroke:var(--line)}.if{fill:var(--if)}.lane{fill:var(--lane)}"
    ".port{fill:var(--port);stroke:var(--line)}.t{font-weight:600;font-size:13px}.s{fill:var(--soft)}"
    ".e{fill:none;stroke:var(--edge);stroke-width:1.4}.order{stroke-dasharray:6 4}.cond{stroke-dasharray:2 3}"
    ".head{fill:var(--edge)}.rule{stroke:var(--line);stroke-dasharray:3 5}"
    "</style>";

/* ---- texts */

/* What XML 1.0 takes, white space and controls being one blank. */
static void put_character(struct buf *b, struct str s, size_t at, size_t length, uint32_t c)
{
    if (c == '&')
        buf_cstr(b, "&amp;");
    else if (c == '<')
        buf_cstr(b, "&lt;");
    else if (c == '>')
        buf_cstr(b, "&gt;");
    else if (c == '"')
        buf_cstr(b, "&quot;");
    else if (c <= ' ' || c == 0x7f)
        buf_char(b, ' ');
    else if (c == 0xfffe || c == 0xffff)
        buf_cstr(b, REPLACEMENT);
    else
        buf_put(b, s.p + at, length);
}

/* Escaped; at most `columns` wide, with an ellipsis where it was cut. East Asian letters and signs count twice. */
static void put_text(struct buf *b, struct str s, size_t columns)
{
    size_t length = 0, used = 0;
    for (size_t at = 0; at < s.n; at += length) {
        uint32_t c = 0xffff; /* for what is no UTF-8 */
        length = utf8_next(s.p + at, s.n - at, &c);
        if (length == 0)
            length = 1;
        used += c >= 0x1100 && !(c >= 0x2000 && c < 0x2e80) ? 2 : 1;
        if (used > columns - 1 && at + length < s.n) {
            buf_cstr(b, "…");
            return;
        }
        put_character(b, s, at, length, c);
    }
}

/* ---- edges */

static void put_edge(struct buf *b, const struct drawing *d, const struct drawn_edge *e)
{
    static const char *const classes[] = {[DRAWN_DATA] = "e", [DRAWN_ORDER] = "e order", [DRAWN_CONDITION] = "e cond"};
    const struct drawn_box *from = &d->boxes[e->from], *to = &d->boxes[e->to];
    double x1 = from->x + from->place.width, y1 = from->y + from->place.height / 2;
    double x2 = to->x - 2, y2 = to->y + to->place.height / 2;
    double bend = x2 > x1 + 80 ? (x2 - x1) / 2 : 40;
    if (to->lane) { /* from below into the top */
        x1 = from->x + from->place.width / 2;
        y1 = from->y + from->place.height;
        x2 = to->x + to->place.width / 2;
        y2 = to->y - 2;
        buf_printf(b, "<path class=\"%s\" d=\"M%g %gC%g %g %g %g %g %g\"/>", classes[e->style], x1, y1, x1, y1 + 40, x2,
                   y2 - 40, x2, y2);
        return;
    }
    buf_printf(b, "<path class=\"%s\" d=\"M%g %gC%g %g %g %g %g %g\"/>", classes[e->style], x1, y1, x1 + bend, y1,
               x2 - bend, y2, x2, y2);
}

static int by_ends(const void *x, const void *y)
{
    const struct drawn_edge *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    return (a->style > b->style) - (a->style < b->style);
}

/* Edges without those that run between the same two: data goes before order, order before a condition. */
static struct drawn_edge *single_edges(struct arena *a, const struct drawing *d, size_t *count)
{
    struct drawn_edge *edges = arena_array_of(a, d->edge_count, struct drawn_edge);
    for (size_t i = 0; i < d->edge_count; i++)
        edges[i] = d->edges[i];
    qsort(edges, d->edge_count, sizeof *edges, by_ends);
    *count = 0;
    for (size_t i = 0; i < d->edge_count; i++)
        if (i == 0 || edges[i].from != edges[i - 1].from || edges[i].to != edges[i - 1].to)
            edges[(*count)++] = edges[i];
    return edges;
}

/* ---- boxes */

static void put_line(struct buf *b, const char *class, double x, double y, struct str text, size_t columns)
{
    buf_printf(b, "<text class=\"%s\" x=\"%g\" y=\"%g\">", class, x, y);
    put_text(b, text, columns);
    buf_cstr(b, "</text>");
}

static void put_box(struct buf *b, const struct drawn_box *box)
{
    bool task = box->kind == DRAWN_TASK;
    const char *class = !task ? "port" : box->lane ? "task lane" : box->condition ? "task if" : "task";
    buf_cstr(b, "<g><title>");
    put_text(b, box->title, 200);
    if (box->detail.n) {
        buf_cstr(b, task ? ": " : ", ");
        put_text(b, box->detail, 200);
    }
    buf_printf(b, "</title><rect class=\"%s\" x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" rx=\"%g\"/>", class, box->x,
               box->y, box->place.width, box->place.height, task ? 8.0 : box->place.height / 2);
    if (task) {
        put_line(b, "t", box->x + 12, box->y + 23, box->title, TITLE_COLUMNS);
        put_line(b, "s", box->x + 12, box->y + 41, box->detail, DETAIL_COLUMNS);
        if (box->marks.n)
            put_line(b, "s", box->x + 12, box->y + 59, box->marks, DETAIL_COLUMNS);
    } else {
        put_line(b, "t", box->x + 16, box->y + 22, box->title, PORT_COLUMNS);
    }
    buf_cstr(b, "</g>\n");
}

/* ---- the whole */

static void put_description(struct buf *b, const struct drawing *d, const struct drawn_edge *edges, size_t count)
{
    size_t tasks = d->first_output - d->first_task, outputs = d->box_count - d->first_output;
    buf_printf(b, "%zu task%s, %zu input%s, %zu output%s.", d->task_count, d->task_count == 1 ? "" : "s", d->first_task,
               d->first_task == 1 ? "" : "s", outputs, outputs == 1 ? "" : "s");
    if (tasks < d->task_count)
        buf_printf(b, " The first %zu tasks are shown.", tasks);
    for (size_t i = 0; i < count && i < TOLD_EDGES; i++) {
        buf_char(b, ' ');
        put_text(b, d->boxes[edges[i].from].title, 60);
        buf_cstr(b, " leads to ");
        put_text(b, d->boxes[edges[i].to].title, 60);
        buf_char(b, '.');
    }
    if (count > TOLD_EDGES)
        buf_printf(b, " And %zu more connections.", count - TOLD_EDGES);
}

struct str draw_svg(struct arena *a, const struct drawing *d)
{
    size_t count = 0;
    struct drawn_edge *edges = single_edges(a, d, &count);
    struct buf b;
    buf_init(&b, a, 0);
    double width = d->width + 2.0 * MARGIN, height = d->height + 2.0 * MARGIN;
    buf_printf(&b,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"p\" role=\"img\" aria-labelledby=\"title desc\" "
               "width=\"%g\" height=\"%g\" viewBox=\"%d %d %g %g\">\n<title id=\"title\">",
               width, height, -MARGIN, -MARGIN, width, height);
    put_text(&b, d->name.n ? d->name : STR("Pipeline"), 200);
    buf_cstr(&b, "</title>\n<desc id=\"desc\">");
    put_description(&b, d, edges, count);
    buf_printf(&b,
               "</desc>\n%s\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" "
               "markerHeight=\"7\" orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n"
               "<rect class=\"paper\" x=\"%d\" y=\"%d\" width=\"%g\" height=\"%g\"/>\n",
               STYLE, -MARGIN, -MARGIN, width, height);
    if (d->lane_y > 0)
        buf_printf(&b, "<line class=\"rule\" x1=\"0\" y1=\"%g\" x2=\"%g\" y2=\"%g\"/>\n", d->lane_y, d->width,
                   d->lane_y);
    buf_cstr(&b, "<g marker-end=\"url(#arrow)\">\n");
    for (size_t i = 0; i < count; i++) {
        put_edge(&b, d, &edges[i]);
        buf_char(&b, '\n');
    }
    buf_cstr(&b, "</g>\n");
    for (size_t i = 0; i < d->box_count; i++)
        put_box(&b, &d->boxes[i]);
    buf_cstr(&b, "</svg>\n");
    return b.over ? STR_NONE : buf_take(&b);
}
