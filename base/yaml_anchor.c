/* Anchors by name: a hash table, since a document may have as many as it has nodes. */
#include <string.h>

#include "base/yaml_reader.h"

/* The slot that has the name, or the empty one where it belongs. */
static uint32_t *slot_of(const struct reader *r, struct str name)
{
    size_t mask = 2 * r->anchor_cap - 1;
    size_t i = (size_t)str_hash(name) & mask;
    while (r->anchor_slots[i] != 0 && !str_eq(r->anchors[r->anchor_slots[i] - 1].name, name))
        i = (i + 1) & mask;
    return &r->anchor_slots[i];
}

struct anchor *yaml_anchor_find(struct reader *r, struct str name)
{
    if (r->anchor_cap == 0)
        return NULL;
    uint32_t *slot = slot_of(r, name);
    return *slot == 0 ? NULL : &r->anchors[*slot - 1];
}

static void grow(struct reader *r)
{
    size_t cap = r->anchor_cap == 0 ? 16 : 2 * r->anchor_cap;
    r->anchors = arena_grow(r->a, r->anchors, r->anchor_count * sizeof(struct anchor), cap * sizeof(struct anchor));
    r->anchor_slots = arena_array_of(r->a, 2 * cap, uint32_t);
    r->anchor_cap = cap;
    for (size_t i = 0; i < r->anchor_count; i++)
        *slot_of(r, r->anchors[i].name) = (uint32_t)(i + 1);
}

size_t yaml_anchor_add(struct reader *r, struct str name)
{
    struct anchor *known = yaml_anchor_find(r, name);
    if (known == NULL) {
        if (r->anchor_count == r->anchor_cap)
            grow(r);
        *slot_of(r, name) = (uint32_t)(r->anchor_count + 1);
        known = &r->anchors[r->anchor_count++];
        known->name = str_dup(r->a, name);
    }
    known->node = NULL;
    known->open = true;
    return (size_t)(known - r->anchors);
}
