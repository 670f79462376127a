/* The layout against the positions that the canvas gives to the same graphs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/node.h"
#include "pipeline-creator/documents/layout.h"

#define VECTORS "tests/data/layout-vectors.json"

static double number(const struct node *list, size_t i)
{
    int64_t value = 0;
    assert_true(node_int(node_at(list, i), &value));
    return (double)value;
}

static void check_vector(struct arena *a, const struct node *vector)
{
    const struct node *nodes = node_get(vector, "nodes"), *edges = node_get(vector, "edges");
    const struct node *positions = node_get(vector, "positions");
    size_t n = node_count(nodes), m = node_count(edges);
    struct layout_node *boxes = arena_array_of(a, n, struct layout_node);
    struct layout_edge *links = arena_array_of(a, m, struct layout_edge);
    struct layout_position *out = arena_array_of(a, n, struct layout_position);
    for (size_t i = 0; i < n; i++) {
        const struct node *box = node_at(nodes, i);
        boxes[i] = (struct layout_node){number(box, 0), number(box, 1), number(box, 2) > 0};
    }
    for (size_t i = 0; i < m; i++)
        links[i] = (struct layout_edge){(size_t)number(node_at(edges, i), 0), (size_t)number(node_at(edges, i), 1)};
    layout_place(a, boxes, n, links, m, out);
    for (size_t i = 0; i < n; i++) {
        double x = number(node_at(positions, i), 0), y = number(node_at(positions, i), 1);
        if (out[i].x < x || out[i].x > x || out[i].y < y || out[i].y > y)
            fail_msg("%.*s: node %zu stands at %g %g, not at %g %g", STR_ARG(node_text_of(vector, "name")), i, out[i].x,
                     out[i].y, x, y);
    }
}

static void test_vectors(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct str text;
    struct err e = {0};
    struct node *vectors = NULL;
    assert_int_equal(file_read(a, VECTORS, NODE_MAX_BYTES, &text, &e), OK);
    assert_int_equal(node_parse_json(a, text, &vectors, &e), OK);
    assert_true(node_count(vectors) > 40);
    for (size_t i = 0; i < node_count(vectors); i++)
        check_vector(a, node_at(vectors, i));
    arena_free(a);
}

#define MANY 1000
#ifdef __SANITIZE_ADDRESS__
#define BUDGET_MS 1000.0
#else
#define BUDGET_MS 50.0
#endif

static double place_many(unsigned seed)
{
    struct arena *a = arena_new(0);
    struct layout_node *nodes = arena_array_of(a, MANY, struct layout_node);
    struct layout_edge *edges = arena_array_of(a, 2 * MANY, struct layout_edge);
    struct layout_position *out = arena_array_of(a, MANY, struct layout_position);
    for (size_t i = 0; i < MANY; i++)
        nodes[i] = (struct layout_node){234, 64, false};
    for (size_t i = 0; i < (size_t)2 * MANY; i++) {
        seed = seed * 1103515245u + 12345u;
        size_t to = 1 + (seed >> 8) % (MANY - 1), back = 1 + (seed >> 20) % 30;
        edges[i] = (struct layout_edge){to > back ? to - back : 0, to};
    }
    struct timespec from, to;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    layout_place(a, nodes, MANY, edges, (size_t)2 * MANY, out);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    arena_free(a);
    return (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

static void test_thousand(void **state)
{
    (void)state;
    double best = place_many(1);
    for (unsigned turn = 2; turn < 5; turn++) {
        double ms = place_many(turn);
        best = ms < best ? ms : best;
    }
    printf("1,000 nodes, 2,000 edges: %.1f ms\n", best);
    assert_true(best <= BUDGET_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_thousand),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
