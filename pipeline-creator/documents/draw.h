/* What is drawn of a document, between draw.c, which finds and places it, and svg.c; nobody else includes it. */
#ifndef PIPELINE_CREATOR_DOCUMENTS_DRAW_H
#define PIPELINE_CREATOR_DOCUMENTS_DRAW_H

#include "base/str.h"
#include "pipeline-creator/documents/layout.h"

enum drawn_kind { DRAWN_INPUT, DRAWN_TASK, DRAWN_OUTPUT };
enum drawn_style { DRAWN_DATA, DRAWN_ORDER, DRAWN_CONDITION };

struct drawn_box {
    enum drawn_kind kind;
    struct str title, detail, marks; /* as in the document: of any length, not escaped */
    bool lane;                       /* an exit handler */
    bool condition;
    struct layout_node place;
    double x, y;
};

struct drawn_edge {
    size_t from, to; /* numbers of boxes */
    enum drawn_style style;
};

struct drawing {
    struct str name;
    size_t task_count;               /* of the document; more than DRAW_MAX_TASKS are not all drawn */
    struct drawn_box *boxes;         /* inputs, tasks, outputs */
    size_t first_task, first_output; /* of boxes */
    size_t box_count;
    struct drawn_edge *edges; /* one for each reference: several between the same two */
    size_t edge_count;
    double width, height;
    double lane_y; /* of the line above the exit handlers; 0 = there are none */
};

struct str draw_svg(struct arena *a, const struct drawing *d);

#endif
