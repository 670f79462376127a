#include "base/node.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/scalar.h"

/* ---- looking up */

static struct pair *find(const struct node *map, struct str key)
{
    if (!node_is_map(map))
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (str_eq(map->pairs[i].key, key))
            return &map->pairs[i];
    return NULL;
}

struct node *node_get_str(const struct node *map, struct str key)
{
    const struct pair *p = find(map, key);
    return p == NULL ? NULL : p->value;
}

const struct pair *node_pair(const struct node *map, const char *key)
{
    return find(map, str_of(key));
}

struct node *node_at(const struct node *seq, size_t i)
{
    return node_is_seq(seq) && i < seq->count ? seq->items[i] : NULL;
}

struct node *node_path(const struct node *n, ...)
{
    va_list keys;
    const char *key = NULL;
    struct node *found = NULL;
    va_start(keys, n);
    while ((key = va_arg(keys, const char *)) != NULL) {
        found = node_get(n, key);
        n = found;
    }
    va_end(keys);
    return found;
}

bool node_is_map(const struct node *n)
{
    return n != NULL && n->kind == NODE_MAP;
}

bool node_is_seq(const struct node *n)
{
    return n != NULL && n->kind == NODE_SEQ;
}

bool node_is_scalar(const struct node *n)
{
    return n != NULL && n->kind == NODE_SCALAR;
}

bool node_is_null(const struct node *n)
{
    return n == NULL || (n->kind == NODE_SCALAR && n->type == SCALAR_NULL);
}

bool node_is_string(const struct node *n)
{
    return node_is_scalar(n) && n->type == SCALAR_STR;
}

size_t node_count(const struct node *n)
{
    return n == NULL || n->kind == NODE_SCALAR ? 0 : n->count;
}

struct str node_text(const struct node *n)
{
    return !node_is_scalar(n) || n->type == SCALAR_NULL ? STR("") : n->text;
}

struct str node_text_of(const struct node *map, const char *key)
{
    return node_text(node_get(map, key));
}

bool node_bool(const struct node *n, bool otherwise)
{
    if (!node_is_scalar(n))
        return otherwise;
    if (n->type == SCALAR_BOOL)
        return scalar_true(n->text);
    if (n->type == SCALAR_STR && (str_is(n->text, "true") || str_is(n->text, "false")))
        return str_is(n->text, "true");
    return otherwise;
}

bool node_int(const struct node *n, int64_t *out)
{
    if (!node_is_scalar(n))
        return false;
    if (n->type == SCALAR_INT)
        return scalar_int64(n->text, out);
    return n->type == SCALAR_STR && str_i64(n->text, out);
}

const char *node_kind_name(const struct node *n)
{
    if (n == NULL)
        return "null";
    if (n->kind != NODE_SCALAR)
        return n->kind == NODE_MAP ? "map" : "list";
    switch (n->type) {
    case SCALAR_NULL:
        return "null";
    case SCALAR_BOOL:
        return "boolean";
    case SCALAR_INT:
    case SCALAR_FLOAT:
        return "number";
    case SCALAR_STR:
        break;
    }
    return "string";
}

/* ---- comparing */

static int by_key(const void *x, const void *y)
{
    const struct pair *const *a = x, *const *b = y;
    return str_cmp((*a)->key, (*b)->key);
}

/* Large maps in another order: sorted, since looking up each key would take the square of their size. */
static bool equal_sorted(const struct node *x, const struct node *y, const struct pair **room)
{
    const struct pair **a = room, **b = room + x->count;
    for (size_t i = 0; i < x->count; i++) {
        a[i] = &x->pairs[i];
        b[i] = &y->pairs[i];
    }
    qsort(a, x->count, sizeof *a, by_key);
    qsort(b, x->count, sizeof *b, by_key);
    for (size_t i = 0; i < x->count; i++)
        if (!str_eq(a[i]->key, b[i]->key) || !node_equal(a[i]->value, b[i]->value))
            return false;
    return true;
}

static bool same_order(const struct node *x, const struct node *y)
{
    for (size_t i = 0; i < x->count; i++)
        if (!str_eq(x->pairs[i].key, y->pairs[i].key))
            return false;
    return true;
}

static bool equal_maps(const struct node *x, const struct node *y)
{
    bool in_order = same_order(x, y);
    if (!in_order && x->count > 16) {
        const struct pair **room = calloc(x->count, 2 * sizeof *room);
        if (room != NULL) {
            bool equal = equal_sorted(x, y, room);
            free(room);
            return equal;
        }
        /* No memory: slowly, then. */
    }
    for (size_t i = 0; i < x->count; i++) {
        const struct pair *other = in_order ? &y->pairs[i] : find(y, x->pairs[i].key);
        if (other == NULL || !node_equal(x->pairs[i].value, other->value))
            return false;
    }
    return true;
}

bool node_equal(const struct node *x, const struct node *y)
{
    if (x == y)
        return true;
    if (x == NULL || y == NULL)
        return node_is_null(x) && node_is_null(y);
    if (x->kind != y->kind)
        return false;
    if (x->kind == NODE_SCALAR)
        return scalar_equal(x, y);
    if (x->count != y->count)
        return false;
    if (x->kind == NODE_MAP)
        return equal_maps(x, y);
    for (size_t i = 0; i < x->count; i++)
        if (!node_equal(x->items[i], y->items[i]))
            return false;
    return true;
}

/* ---- making */

static struct node *make(struct arena *a, enum node_kind kind, enum scalar_type type, struct str text)
{
    struct node *n = arena_new_of(a, struct node);
    n->kind = kind;
    n->type = type;
    n->text = text;
    return n;
}

struct node *node_map(struct arena *a)
{
    return make(a, NODE_MAP, SCALAR_STR, STR_NONE);
}

struct node *node_seq(struct arena *a)
{
    return make(a, NODE_SEQ, SCALAR_STR, STR_NONE);
}

struct node *node_str(struct arena *a, struct str s)
{
    return make(a, NODE_SCALAR, SCALAR_STR, s);
}

struct node *node_cstr(struct arena *a, const char *s)
{
    return node_str(a, str_of(s));
}

struct node *node_int_new(struct arena *a, int64_t v)
{
    return make(a, NODE_SCALAR, SCALAR_INT, str_printf(a, "%lld", (long long)v));
}

struct node *node_bool_new(struct arena *a, bool v)
{
    return make(a, NODE_SCALAR, SCALAR_BOOL, v ? STR("true") : STR("false"));
}

struct node *node_null(struct arena *a)
{
    return make(a, NODE_SCALAR, SCALAR_NULL, STR("null"));
}

/* Room for one more in items or pairs; what was read has cap 0 and is copied at the first change. */
static void *room(struct arena *a, struct node *n, const void *list, size_t size)
{
    size_t bytes, have = n->count * size;
    size_t cap = n->count == 0 ? 2 : 2 * n->count;
    if (__builtin_mul_overflow(cap, size, &bytes))
        arena_fail(a, ERR_LIMIT);
    n->cap = cap;
    return arena_grow(a, list, have, bytes);
}

void node_set(struct arena *a, struct node *map, struct str key, struct node *value)
{
    struct pair *p = find(map, key);
    if (p != NULL) {
        p->value = value;
        return;
    }
    if (map->count >= map->cap)
        map->pairs = room(a, map, map->pairs, sizeof *map->pairs);
    map->pairs[map->count++] = (struct pair){.key = key, .value = value};
}

void node_put(struct arena *a, struct node *map, const char *key, struct node *value)
{
    node_set(a, map, str_of(key), value);
}

void node_put_str(struct arena *a, struct node *map, const char *key, struct str value)
{
    node_put(a, map, key, node_str(a, value));
}

bool node_remove(struct node *map, const char *key)
{
    struct pair *p = find(map, str_of(key));
    if (p == NULL)
        return false;
    size_t after = map->count - 1 - (size_t)(p - map->pairs);
    memmove(p, p + 1, after * sizeof *p);
    map->count--;
    return true;
}

void node_push(struct arena *a, struct node *seq, struct node *item)
{
    if (seq->count >= seq->cap)
        seq->items = room(a, seq, seq->items, sizeof(struct node *));
    seq->items[seq->count++] = item;
}

struct node *node_copy(struct arena *a, const struct node *n)
{
    if (n == NULL)
        return NULL;
    struct node *copy = arena_new_of(a, struct node);
    *copy = *n;
    copy->cap = 0;
    if (n->kind == NODE_SCALAR) {
        copy->text = str_dup(a, n->text);
    } else if (n->kind == NODE_MAP) {
        copy->pairs = arena_array_of(a, n->count, struct pair);
        for (size_t i = 0; i < n->count; i++) {
            copy->pairs[i] = n->pairs[i];
            copy->pairs[i].key = str_dup(a, n->pairs[i].key);
            copy->pairs[i].value = node_copy(a, n->pairs[i].value);
        }
    } else {
        copy->items = arena_array_of(a, n->count, struct node *);
        for (size_t i = 0; i < n->count; i++)
            copy->items[i] = node_copy(a, n->items[i]);
    }
    return copy;
}

void node_set_all(struct arena *a, struct node *map, const struct node *from)
{
    for (size_t i = 0; node_is_map(from) && i < from->count; i++)
        node_set(a, map, from->pairs[i].key, from->pairs[i].value);
}

struct node *node_without(struct arena *a, const struct node *map, const char *key)
{
    struct node *copy = node_map(a);
    copy->line = map ? map->line : 0;
    copy->column = map ? map->column : 0;
    for (size_t i = 0; node_is_map(map) && i < map->count; i++)
        if (!key || !str_is(map->pairs[i].key, key))
            node_set(a, copy, map->pairs[i].key, map->pairs[i].value);
    return copy;
}
