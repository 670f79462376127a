#include "pipeline-creator/graph/map.h"

#define MAP_LEAST ((size_t)4)

void map_init(struct map *m, struct arena *a, size_t expected)
{
    size_t cap = MAP_LEAST;
    while (cap < expected * 2)
        cap *= 2;
    *m = (struct map){.a = a, .slots = arena_array_of(a, cap, struct map_slot), .cap = cap};
}

/* The key's slot, or the free one where it belongs. */
static struct map_slot *probe(const struct map *m, struct str key)
{
    size_t i = (size_t)str_hash(key) & (m->cap - 1);
    while (m->slots[i].used && !str_eq(m->slots[i].key, key))
        i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

size_t *map_find(const struct map *m, struct str key)
{
    struct map_slot *slot = probe(m, key);
    return slot->used ? &slot->value : NULL;
}

static void grow(struct map *m)
{
    struct map bigger = {.a = m->a, .slots = arena_array_of(m->a, m->cap * 2, struct map_slot), .cap = m->cap * 2};
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].used)
            *probe(&bigger, m->slots[i].key) = m->slots[i];
    bigger.count = m->count;
    *m = bigger;
}

bool map_add(struct map *m, struct str key, size_t value)
{
    struct map_slot *slot = probe(m, key);
    if (slot->used)
        return false;
    *slot = (struct map_slot){key, value, true};
    if (++m->count * 2 > m->cap)
        grow(m);
    return true;
}
