#include "pipeline-creator/documents/layout.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SWEEPS      8
#define RELAXATIONS 8
#define MAX_SPAN    40 /* longer edges have no waypoints: they would be more than all the rest */

/* A growing list of node numbers. */
struct list {
    size_t *at, count, cap;
};

/* One connected part: its nodes, and waypoints behind them. */
struct part {
    struct arena *a;
    const struct layout_node **nodes;
    size_t node_count, count, cap; /* count: waypoints included */
    struct list *layers;
    size_t layer_count;
    size_t *layer_of;
    struct list *up, *down;
};

static void list_add(struct arena *a, struct list *l, size_t value)
{
    if (l->count == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 4;
        l->at = arena_grow(a, l->at, l->count * sizeof *l->at, cap * sizeof *l->at);
        l->cap = cap;
    }
    l->at[l->count++] = value;
}

double layout_grid_up(double length)
{
    return ceil(length / LAYOUT_GRID) * LAYOUT_GRID;
}

/* Halves go up, also below zero, as in JavaScript. */
static double snap(double value)
{
    double scaled = value / LAYOUT_GRID, down = floor(scaled);
    return (scaled - down >= 0.5 ? down + 1 : down) * LAYOUT_GRID;
}

/* ---- the graph */

/* Successors by number; each once, without loops and without ends that are no nodes. */
static struct list *adjacency(struct arena *a, size_t n, const struct layout_edge *edges, size_t m)
{
    struct list *all = arena_array_of(a, n, struct list), *out = arena_array_of(a, n, struct list);
    for (size_t i = 0; i < m; i++)
        if (edges[i].from < n && edges[i].to < n && edges[i].from != edges[i].to)
            list_add(a, &all[edges[i].from], edges[i].to);
    size_t *seen = arena_array_of(a, n, size_t); /* the last source that was seen to lead there, from 1 */
    for (size_t from = 0; from < n; from++)
        for (size_t k = 0; k < all[from].count; k++) {
            size_t to = all[from].at[k];
            if (seen[to] != from + 1)
                list_add(a, &out[from], to);
            seen[to] = from + 1;
        }
    return out;
}

/* Leaves out the edges that close a circle, going through the nodes in their order. */
static struct list *without_back_edges(struct arena *a, const struct list *out, size_t n)
{
    enum { NEW, ON_PATH, DONE };
    struct list *kept = arena_array_of(a, n, struct list);
    uint8_t *state = arena_array_of(a, n, uint8_t);
    size_t *path = arena_array_of(a, n, size_t), *next = arena_array_of(a, n, size_t);
    for (size_t first = 0; first < n; first++) {
        if (state[first] != NEW)
            continue;
        size_t depth = 0;
        path[depth++] = first;
        state[first] = ON_PATH;
        while (depth > 0) {
            size_t at = path[depth - 1];
            if (next[at] == out[at].count) {
                state[at] = DONE;
                depth--;
                continue;
            }
            size_t to = out[at].at[next[at]++];
            if (state[to] != ON_PATH)
                list_add(a, &kept[at], to);
            if (state[to] == NEW) {
                state[to] = ON_PATH;
                path[depth++] = to;
            }
        }
    }
    return kept;
}

static struct list *reversed(struct arena *a, const struct list *out, size_t n)
{
    struct list *into = arena_array_of(a, n, struct list);
    for (size_t from = 0; from < n; from++)
        for (size_t k = 0; k < out[from].count; k++)
            list_add(a, &into[out[from].at[k]], from);
    return into;
}

static int by_number(const void *x, const void *y)
{
    size_t a = *(const size_t *)x, b = *(const size_t *)y;
    return a < b ? -1 : a > b;
}

/* The nodes that hang together with `first`, by number; seen[] is set for them. */
static struct list members_of(struct arena *a, const struct list *out, const struct list *into, size_t first,
                              bool *seen)
{
    struct list members = {0};
    list_add(a, &members, first);
    seen[first] = true;
    for (size_t k = 0; k < members.count; k++) {
        const struct list *both[2] = {&out[members.at[k]], &into[members.at[k]]};
        for (int side = 0; side < 2; side++)
            for (size_t i = 0; i < both[side]->count; i++) {
                size_t next = both[side]->at[i];
                if (seen[next])
                    continue;
                seen[next] = true;
                list_add(a, &members, next);
            }
    }
    qsort(members.at, members.count, sizeof *members.at, by_number);
    return members;
}

/* ---- layers */

/* Each node in the layer of its longest path; order gets them, each after those that lead to it. */
static void longest_paths(struct arena *a, const struct list *out, size_t n, size_t *layer_of, size_t *order)
{
    size_t *waiting = arena_array_of(a, n, size_t), count = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < out[i].count; k++)
            waiting[out[i].at[k]]++;
    for (size_t i = 0; i < n; i++)
        if (waiting[i] == 0)
            order[count++] = i;
    for (size_t k = 0; k < count; k++) {
        size_t at = order[k];
        for (size_t i = 0; i < out[at].count; i++) {
            size_t to = out[at].at[i];
            if (layer_of[to] < layer_of[at] + 1)
                layer_of[to] = layer_of[at] + 1;
            if (--waiting[to] == 0)
                order[count++] = to;
        }
    }
}

/* What nothing leads to stands right before what it leads to. */
static void pull_sources(const struct part *p, const struct list *out, const struct list *into)
{
    for (size_t i = 0; i < p->node_count; i++) {
        if (into[i].count > 0 || out[i].count == 0 || p->nodes[i]->first)
            continue;
        size_t least = SIZE_MAX;
        for (size_t k = 0; k < out[i].count; k++)
            if (p->layer_of[out[i].at[k]] < least)
                least = p->layer_of[out[i].at[k]];
        p->layer_of[i] = least - 1;
    }
}

static void link_nodes(struct part *p, size_t from, size_t to)
{
    list_add(p->a, &p->down[from], to);
    list_add(p->a, &p->up[to], from);
}

static size_t add_waypoint(struct part *p, size_t before)
{
    if (p->count == p->cap) {
        size_t cap = 2 * p->cap;
        p->layer_of = arena_grow(p->a, p->layer_of, p->count * sizeof *p->layer_of, cap * sizeof *p->layer_of);
        p->up = arena_grow(p->a, p->up, p->count * sizeof *p->up, cap * sizeof *p->up);
        p->down = arena_grow(p->a, p->down, p->count * sizeof *p->down, cap * sizeof *p->down);
        p->cap = cap;
    }
    size_t waypoint = p->count++, layer = p->layer_of[before] + 1;
    p->layer_of[waypoint] = layer;
    list_add(p->a, &p->layers[layer], waypoint);
    link_nodes(p, before, waypoint);
    return waypoint;
}

static void link_targets(struct part *p, const struct list *targets, size_t from)
{
    size_t chain[MAX_SPAN + 1] = {from}, length = 1; /* the source's waypoints, one for each layer */
    for (size_t k = 0; k < targets->count; k++) {
        size_t to = targets->at[k], span = p->layer_of[to] - p->layer_of[from];
        if (span > MAX_SPAN)
            continue;
        for (; length < span; length++)
            chain[length] = add_waypoint(p, chain[length - 1]);
        link_nodes(p, chain[span - 1], to);
    }
}

static void make_layers(struct part *p, const struct list *out)
{
    size_t n = p->node_count;
    size_t *order = arena_array_of(p->a, n, size_t);
    p->count = p->cap = n;
    p->layer_of = arena_array_of(p->a, n, size_t);
    p->up = arena_array_of(p->a, n, struct list);
    p->down = arena_array_of(p->a, n, struct list);
    longest_paths(p->a, out, n, p->layer_of, order);
    pull_sources(p, out, reversed(p->a, out, n));
    for (size_t i = 0; i < n; i++)
        if (p->layer_count < p->layer_of[i] + 1)
            p->layer_count = p->layer_of[i] + 1;
    p->layers = arena_array_of(p->a, p->layer_count, struct list);
    for (size_t k = 0; k < n; k++)
        list_add(p->a, &p->layers[p->layer_of[order[k]]], order[k]);
    for (size_t from = 0; from < n; from++)
        link_targets(p, &out[from], from);
}

/* ---- order within layers */

static void number_layer(const struct list *layer, double *place)
{
    for (size_t i = 0; i < layer->count; i++)
        place[layer->at[i]] = (double)i;
}

static double barycentre(size_t node, const struct list *neighbours, const double *place)
{
    const struct list *l = &neighbours[node];
    double sum = 0;
    for (size_t k = 0; k < l->count; k++)
        sum += place[l->at[k]];
    return l->count ? sum / (double)l->count : place[node];
}

/* Inversions among the ends of the edges between each two layers, by a binary indexed tree. */
static size_t crossings(const struct part *p, const double *place, size_t *ends, size_t *tree)
{
    size_t count = 0;
    for (size_t l = 0; l + 1 < p->layer_count; l++) {
        size_t size = p->layers[l + 1].count, seen = 0;
        memset(tree, 0, (size + 1) * sizeof *tree);
        for (size_t i = 0; i < p->layers[l].count; i++) {
            const struct list *down = &p->down[p->layers[l].at[i]];
            for (size_t k = 0; k < down->count; k++)
                ends[k] = (size_t)place[down->at[k]];
            for (size_t k = 0; k < down->count; k++) {
                size_t before = 0;
                for (size_t j = ends[k] + 1; j > 0; j -= j & -j)
                    before += tree[j];
                count += seen - before;
            }
            for (size_t k = 0; k < down->count; k++)
                for (size_t j = ends[k] + 1; j <= size; j += j & -j)
                    tree[j]++;
            seen += down->count;
        }
    }
    return count;
}

struct sort_key {
    double key;
    size_t place, node;
};

static int by_key(const void *x, const void *y)
{
    const struct sort_key *a = x, *b = y;
    if (a->key < b->key || a->key > b->key)
        return a->key < b->key ? -1 : 1;
    return a->place < b->place ? -1 : 1;
}

static void sort_layer(const struct list *layer, const struct list *neighbours, double *place, struct sort_key *keys)
{
    for (size_t i = 0; i < layer->count; i++)
        keys[i] = (struct sort_key){barycentre(layer->at[i], neighbours, place), i, layer->at[i]};
    qsort(keys, layer->count, sizeof *keys, by_key);
    for (size_t i = 0; i < layer->count; i++)
        layer->at[i] = keys[i].node;
    number_layer(layer, place);
}

/* All layers one behind the other, to or from `best`. */
static void copy_layers(const struct part *p, size_t *best, bool back)
{
    for (size_t l = 0; l < p->layer_count; l++) {
        size_t bytes = p->layers[l].count * sizeof *best;
        memcpy(back ? p->layers[l].at : best, back ? best : p->layers[l].at, bytes);
        best += p->layers[l].count;
    }
}

static void order_layers(const struct part *p)
{
    double *place = arena_array_of(p->a, p->count, double);
    struct sort_key *keys = arena_array_of(p->a, p->count, struct sort_key);
    size_t *ends = arena_array_of(p->a, p->count, size_t), *tree = arena_array_of(p->a, p->count + 1, size_t);
    size_t *best = arena_array_of(p->a, p->count, size_t);
    for (size_t l = 0; l < p->layer_count; l++)
        number_layer(&p->layers[l], place);
    copy_layers(p, best, false);
    size_t fewest = crossings(p, place, ends, tree);
    for (int sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
        bool forward = sweep % 2 == 0;
        for (size_t l = 0; l < p->layer_count; l++)
            sort_layer(&p->layers[forward ? l : p->layer_count - 1 - l], forward ? p->up : p->down, place, keys);
        size_t count = crossings(p, place, ends, tree);
        if (count >= fewest)
            continue;
        fewest = count;
        copy_layers(p, best, false);
    }
    copy_layers(p, best, true);
}

/* ---- coordinates */

static double half(const struct part *p, size_t node)
{
    return node < p->node_count ? p->nodes[node]->height / 2 : 0;
}

/* Between the centres of two that stand above each other; waypoints among themselves need less. */
static double apart(const struct part *p, size_t upper, size_t lower)
{
    bool node = upper < p->node_count || lower < p->node_count;
    return half(p, upper) + half(p, lower) + (node ? LAYOUT_GAP_Y : LAYOUT_GAP_Y / 2.0);
}

/* Each node to the middle of its neighbours, as far as the others of its layer leave room; errors even out. */
static void relax(const struct part *p, const struct list *layer, double *centre, double *wanted)
{
    for (size_t i = 0; i < layer->count; i++) {
        const struct list *up = &p->up[layer->at[i]], *down = &p->down[layer->at[i]];
        double sum = 0;
        for (size_t k = 0; k < up->count; k++)
            sum += centre[up->at[k]];
        for (size_t k = 0; k < down->count; k++)
            sum += centre[down->at[k]];
        size_t count = up->count + down->count;
        wanted[i] = count ? sum / (double)count : centre[layer->at[i]];
    }
    double shift = 0;
    for (size_t i = 0; i < layer->count; i++) {
        size_t node = layer->at[i];
        centre[node] = wanted[i];
        if (i > 0) {
            double least = centre[layer->at[i - 1]] + apart(p, layer->at[i - 1], node);
            if (least > wanted[i])
                centre[node] = least;
        }
        shift += wanted[i] - centre[node];
    }
    for (size_t i = 0; i < layer->count; i++)
        centre[layer->at[i]] += shift / (double)layer->count;
}

/* The vertical centre of each node and waypoint. */
static double *heights(const struct part *p)
{
    double *centre = arena_array_of(p->a, p->count, double), *wanted = arena_array_of(p->a, p->count, double);
    for (size_t l = 0; l < p->layer_count; l++) {
        const struct list *layer = &p->layers[l];
        for (size_t i = 0; i < layer->count; i++)
            centre[layer->at[i]] =
                i ? centre[layer->at[i - 1]] + apart(p, layer->at[i - 1], layer->at[i]) : half(p, layer->at[i]);
    }
    for (int round = 0; round < RELAXATIONS; round++)
        for (size_t l = 0; l < p->layer_count; l++)
            relax(p, &p->layers[round % 2 ? p->layer_count - 1 - l : l], centre, wanted);
    return centre;
}

/* The left side of each layer. */
static double *columns(const struct part *p)
{
    double *left = arena_array_of(p->a, p->layer_count, double), x = 0;
    for (size_t l = 0; l < p->layer_count; l++) {
        double width = 0;
        for (size_t i = 0; i < p->layers[l].count; i++) {
            size_t node = p->layers[l].at[i];
            if (node < p->node_count && p->nodes[node]->width > width)
                width = p->nodes[node]->width;
        }
        left[l] = x;
        x += layout_grid_up(width + LAYOUT_GAP_X);
    }
    return left;
}

/* Places one part below `top`; returns where the next may begin. */
static double place_part(struct part *p, const struct list *members, double top, struct layout_position *out)
{
    double *centre = heights(p), *left = columns(p);
    double lowest = HUGE_VAL, bottom = top;
    for (size_t i = 0; i < p->node_count; i++)
        lowest = fmin(lowest, centre[i] - p->nodes[i]->height / 2);
    for (size_t i = 0; i < p->node_count; i++) {
        double y = snap(top + centre[i] - p->nodes[i]->height / 2 - lowest);
        out[members->at[i]] = (struct layout_position){left[p->layer_of[i]], y};
        bottom = fmax(bottom, y + p->nodes[i]->height);
    }
    return layout_grid_up(bottom + LAYOUT_GAP_Y);
}

void layout_place(struct arena *a, const struct layout_node *nodes, size_t n, const struct layout_edge *edges, size_t m,
                  struct layout_position *out)
{
    struct list *kept = without_back_edges(a, adjacency(a, n, edges, m), n), *into = reversed(a, kept, n);
    bool *seen = arena_array_of(a, n, bool);
    size_t *number = arena_array_of(a, n, size_t); /* of a node in its part */
    double top = 0;
    for (size_t first = 0; first < n; first++) {
        if (seen[first])
            continue;
        struct list members = members_of(a, kept, into, first, seen);
        struct part p = {.a = a, .node_count = members.count};
        p.nodes = arena_array_of(a, members.count, const struct layout_node *);
        struct list *inner = arena_array_of(a, members.count, struct list);
        for (size_t i = 0; i < members.count; i++) {
            p.nodes[i] = &nodes[members.at[i]];
            number[members.at[i]] = i;
        }
        for (size_t i = 0; i < members.count; i++)
            for (size_t k = 0; k < kept[members.at[i]].count; k++)
                list_add(a, &inner[i], number[kept[members.at[i]].at[k]]);
        make_layers(&p, inner);
        order_layers(&p);
        top = place_part(&p, &members, top, out);
    }
}
