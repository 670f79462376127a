/*
 * Layered layout of a graph, left to right, after Sugiyama: layers by longest path, edges over several layers through
 * waypoints that the edges of one source share, fewer crossings by barycentres, heights by relaxation. Deterministic.
 *
 * It is the canvas' algorithm (static/src/model/layout.ts) step by step, so that a drawing looks as the canvas does;
 * tests/data/layout-vectors.json holds graphs with their positions, which the tests of both read.
 */
#ifndef PIPELINE_CREATOR_DOCUMENTS_LAYOUT_H
#define PIPELINE_CREATOR_DOCUMENTS_LAYOUT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

#define LAYOUT_GAP_X 90 /* between layers */
#define LAYOUT_GAP_Y 36 /* between nodes of a layer; more than the grid, so that snapping makes none overlap */
#define LAYOUT_GRID  18

struct layout_node {
    double width, height; /* pixels, not negative */
    bool first;           /* stands in the first layer, however far what it leads to is */
};

struct layout_edge {
    size_t from, to; /* numbers of nodes; edges to the node itself and to numbers that are none count for nothing */
};

struct layout_position {
    double x, y; /* of the upper left corner; multiples of LAYOUT_GRID, from 0 */
};

/* Places n nodes into out[0…n-1]. Edges that close a circle are left out of account. About O((n + m) log n). */
void layout_place(struct arena *a, const struct layout_node *nodes, size_t n, const struct layout_edge *edges, size_t m,
                  struct layout_position *out);

/* The next multiple of the grid that is not below the length. */
double layout_grid_up(double length);

#endif
