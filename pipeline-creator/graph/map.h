/* A hash map from strings to numbers, so that look-ups of names in large documents stay linear. */
#ifndef PIPELINE_CREATOR_GRAPH_MAP_H
#define PIPELINE_CREATOR_GRAPH_MAP_H

#include "base/str.h"

struct map_slot {
    struct str key; /* borrowed */
    size_t value;
    bool used;
};

struct map {
    struct arena *a;
    struct map_slot *slots;
    size_t cap, count; /* cap is a power of two */
};

void map_init(struct map *m, struct arena *a, size_t expected);
/* Where the value of the key stands, or NULL. Valid until the next map_add. */
size_t *map_find(const struct map *m, struct str key);
/* False, leaving the map as it is, when the key is there already. */
bool map_add(struct map *m, struct str key, size_t value);

#endif
