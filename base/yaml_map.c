/* The end of a map: keys that are there twice, and merge keys. */
#include <string.h>

#include "base/yaml_reader.h"

/* Keys seen so far. Few are compared one by one, many hashed. */
#define FEW 16
struct keys {
    const struct pair **slots;
    size_t mask; /* 0: a plain list */
    size_t n;
};

static struct keys keys_for(struct reader *r, size_t expected)
{
    size_t cap = FEW;
    if (expected > FEW)
        while (cap < 2 * expected)
            cap *= 2;
    if (cap > r->key_slot_cap) {
        r->key_slots = arena_array(r->a, cap, sizeof *r->key_slots);
        r->key_slot_cap = cap;
    } else {
        memset(r->key_slots, 0, cap * sizeof *r->key_slots);
    }
    return (struct keys){r->key_slots, expected > FEW ? cap - 1 : 0, 0};
}

/* The pair that has this key already; otherwise NULL, and p is noted. */
static const struct pair *keys_add(struct keys *k, const struct pair *p)
{
    size_t i = k->mask == 0 ? 0 : (size_t)str_hash(p->key) & k->mask;
    while (k->slots[i] != NULL) {
        if (str_eq(k->slots[i]->key, p->key))
            return k->slots[i];
        i = k->mask == 0 ? i + 1 : (i + 1) & k->mask;
    }
    k->slots[i] = p;
    return NULL;
}

static enum status add_own(struct reader *r, struct keys *k, const struct frame *f, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct pair *p = &r->pairs[f->first + i];
        if (i + 1 == f->merge)
            continue;
        const struct pair *other = keys_add(k, p);
        if (other == NULL)
            continue;
        err_set(r->e, ERR_SYNTAX, "yaml_duplicate_key", "the key \"%.*s\" is there twice, first on line %u",
                p->key.n > 80 ? 80 : (int)p->key.n, p->key.p, other->key_line);
        r->e->line = p->key_line;
        r->e->column = p->key_column;
        return err_hint(r->e, "remove one of them, or give it another name");
    }
    return OK;
}

static enum status not_a_map(struct reader *r, const struct pair *at)
{
    err_set(r->e, ERR_SYNTAX, "yaml_merge", "\"<<\" takes a map or a list of maps, not a %s",
            at->value->kind == NODE_SEQ ? "list of something else" : node_kind_name(at->value));
    r->e->line = at->key_line;
    r->e->column = at->key_column;
    return err_hint(r->e, "put \"<<\" in quotes if it is meant as a key");
}

/* Appends to the map what the source has and nobody before it. */
static void merge_one(struct keys *k, struct node *map, const struct node *source)
{
    for (size_t i = 0; i < source->count; i++)
        if (keys_add(k, &source->pairs[i]) == NULL)
            map->pairs[map->count++] = source->pairs[i];
}

static enum status merge(struct reader *r, struct frame *f, size_t count)
{
    const struct pair *at = &r->pairs[f->first + f->merge - 1];
    const struct node *what = at->value;
    size_t total = count;
    if (what->kind == NODE_SCALAR)
        return not_a_map(r, at);
    for (size_t i = 0; what->kind == NODE_SEQ && i < what->count; i++) {
        if (what->items[i]->kind != NODE_MAP)
            return not_a_map(r, at);
        total += what->items[i]->count;
    }
    if (what->kind == NODE_MAP)
        total += what->count;

    struct keys k = keys_for(r, total);
    enum status s = add_own(r, &k, f, count);
    if (s != OK)
        return s;
    struct node *map = f->node;
    map->pairs = arena_array_of(r->a, total, struct pair);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 != f->merge) {
            map->pairs[map->count++] = r->pairs[f->first + i];
        } else if (what->kind == NODE_MAP) {
            merge_one(&k, map, what);
        } else {
            for (size_t m = 0; m < what->count; m++)
                merge_one(&k, map, what->items[m]);
        }
    }
    return OK;
}

enum status yaml_finish_map(struct reader *r, struct frame *f)
{
    size_t count = r->count - f->first;
    if (f->merge != 0)
        return merge(r, f, count);
    struct keys k = keys_for(r, count);
    enum status s = add_own(r, &k, f, count);
    if (s != OK)
        return s;
    f->node->pairs = arena_array_of(r->a, count, struct pair);
    f->node->count = count;
    if (count > 0)
        memcpy(f->node->pairs, r->pairs + f->first, count * sizeof(struct pair));
    return OK;
}
