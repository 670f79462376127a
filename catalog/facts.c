#include "catalog/reading.h"

/* Facts are shown and stored with the version, so that none may be as large as a document. */
#define FACT_MAX_BYTES 2000
#define FACT_MAX_NODES 200

void fact_str(struct reading *r, const char *key, struct str value)
{
    if (value.n)
        node_put_str(r->a, r->facts, key, utf8_cut(value, FACT_MAX_BYTES));
}

void fact_int(struct reading *r, const char *key, size_t value)
{
    node_put(r->a, r->facts, key, node_int_new(r->a, (int64_t)value));
}

void fact_bool(struct reading *r, const char *key, bool value)
{
    node_put(r->a, r->facts, key, node_bool_new(r->a, value));
}

static size_t nodes(const struct node *n, size_t limit)
{
    size_t total = 1;
    for (size_t i = 0; i < node_count(n) && total <= limit; i++)
        total += nodes(n->kind == NODE_SEQ ? n->items[i] : n->pairs[i].value, limit - total);
    return total;
}

void fact_node(struct reading *r, const char *key, const struct node *value)
{
    if (node_is_scalar(value))
        fact_str(r, key, node_text(value));
    else if (value && nodes(value, FACT_MAX_NODES) <= FACT_MAX_NODES)
        node_put(r->a, r->facts, key, node_copy(r->a, value));
}

void fact_add(struct reading *r, const char *key, struct str value)
{
    if (value.n == 0)
        return;
    struct node *list = node_get(r->facts, key);
    if (!node_is_seq(list)) {
        list = node_seq(r->a);
        node_put(r->a, r->facts, key, list);
    }
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i]->text, value))
            return;
    if (list->count < FACT_LIST_MAX)
        node_push(r->a, list, node_str(r->a, utf8_cut(value, FACT_MAX_BYTES)));
}

#define TAG_MAX_BYTES 63

static void tag_add(struct reading *r, struct str tag)
{
    struct package *p = r->package;
    tag = str_trim(tag);
    if (tag.n == 0 || tag.n > TAG_MAX_BYTES || p->tag_count == TAGS_MAX)
        return;
    for (size_t i = 0; i < tag.n; i++)
        if ((unsigned char)tag.p[i] < ' ' || tag.p[i] == 0x7f)
            return;
    for (size_t i = 0; i < p->tag_count; i++)
        if (str_eq_nocase(p->tags[i], tag))
            return;
    if (!p->tags)
        p->tags = arena_array_of(r->a, TAGS_MAX, struct str);
    p->tags[p->tag_count++] = tag;
}

void tags_add(struct reading *r, const struct node *n)
{
    if (!n)
        return;
    if (n->kind == NODE_SCALAR) {
        struct str rest = node_text(n), part;
        while (rest.n && str_split(&rest, ',', &part))
            tag_add(r, part);
        return;
    }
    for (size_t i = 0; i < n->count; i++)
        tags_add(r, n->kind == NODE_SEQ ? n->items[i] : n->pairs[i].value);
}

void labels_set(struct reading *r, const struct node *map)
{
    struct node *labels = NULL;
    for (size_t i = 0; node_is_map(map) && i < map->count && node_count(labels) < LABELS_MAX; i++) {
        if (!node_is_scalar(map->pairs[i].value))
            continue;
        if (!labels)
            labels = node_map(r->a);
        node_set(r->a, labels, map->pairs[i].key, node_str(r->a, node_text(map->pairs[i].value)));
    }
    r->package->labels = labels;
}

void annotations_read(struct reading *r, const struct node *annotations)
{
    struct package *p = r->package;
    struct str provider = node_text(node_get(annotations, "component-hub.dev/provider"));
    struct str version = node_text(node_get(annotations, "component-hub.dev/version"));
    if (provider.n)
        p->provider = provider;
    if (version.n)
        p->version = version;
    tags_add(r, annotation_value(r->a, annotations, "tags"));
    p->featured = node_bool(annotation_value(r->a, annotations, "featured"), false);
}

struct str person_name(struct str author)
{
    ptrdiff_t at = str_find_char(author, '<');
    struct str name = str_trim(at > 0 ? str_sub(author, 0, (size_t)at) : author);
    return name.n ? name : author;
}
