/*
 * Steps and their template. Tekton merges the two before it validates, with Kubernetes' strategic merge: what a step
 * says wins, lists with a merge key (env, volumeMounts, volumeDevices) are joined, other lists are replaced.
 */
#include "pipeline-creator/tekton/rules.h"

static const char *merge_key(struct str field)
{
    return str_is(field, "env")             ? "name"
           : str_is(field, "volumeMounts")  ? "mountPath"
           : str_is(field, "volumeDevices") ? "devicePath"
                                            : NULL;
}

static bool has_value(const struct node *n)
{
    return n && (node_is_scalar(n) ? n->text.n > 0 : n->kind == NODE_MAP || n->count > 0);
}

/* `over` laid over `under`: a new map. */
static struct node *merge_maps(struct arena *a, const struct node *under, const struct node *over)
{
    struct node *all = node_map(a);
    all->line = over->line;
    all->column = over->column;
    node_set_all(a, all, under);
    for (size_t i = 0; i < node_count(over); i++) {
        struct node *value = over->pairs[i].value, *before = node_get_str(all, over->pairs[i].key);
        if (node_is_map(before) && node_is_map(value))
            value = merge_maps(a, before, value);
        if (has_value(value) || !before)
            node_set(a, all, over->pairs[i].key, value);
    }
    return all;
}

static struct map index_by(struct arena *a, const struct node *list, const char *key)
{
    struct map m;
    map_init(&m, a, node_count(list));
    for (size_t i = 0; i < node_count(list); i++)
        (void)map_add(&m, node_text_of(list->items[i], key), i);
    return m;
}

/* An env variable of which the template has the one kind of value and the step the other is the step's. */
static struct node *merge_items(struct arena *a, const char *key, const struct node *under, struct node *over)
{
    struct node *item = merge_maps(a, under, over);
    bool both = strcmp(key, "name") == 0 && node_get(item, "valueFrom") && node_text_of(item, "value").n;
    return both ? over : item;
}

/* The step's items in their order; those that only the template has come before the first one that they precede
   there, else behind. */
static struct node *merge_lists(struct arena *a, const char *key, const struct node *under, const struct node *over)
{
    struct node *all = node_seq(a);
    struct map below = index_by(a, under, key), above = index_by(a, over, key);
    size_t next = 0;
    for (size_t i = 0; i < over->count; i++) {
        const size_t *at = map_find(&below, node_text_of(over->items[i], key));
        for (; at && next < *at; next++)
            if (!map_find(&above, node_text_of(under->items[next], key)))
                node_push(a, all, under->items[next]);
        node_push(a, all, at ? merge_items(a, key, under->items[*at], over->items[i]) : over->items[i]);
    }
    for (; next < under->count; next++)
        if (!map_find(&above, node_text_of(under->items[next], key)))
            node_push(a, all, under->items[next]);
    return all;
}

static struct node *merge_step(struct arena *a, const struct node *step, const struct node *under)
{
    struct node *all = merge_maps(a, under, step);
    for (size_t i = 0; i < all->count; i++) {
        const char *key = merge_key(all->pairs[i].key);
        struct node *x = node_get_str(under, all->pairs[i].key), *y = node_get_str(step, all->pairs[i].key);
        if (key && node_count(x) && node_count(y))
            all->pairs[i].value = merge_lists(a, key, x, y);
    }
    return all;
}

void template_merge(struct arena *a, struct node *steps, const struct node *step_template)
{
    for (size_t i = 0; step_template && i < node_count(steps); i++)
        if (!node_get(steps->items[i], "ref"))
            steps->items[i] = merge_step(a, steps->items[i], step_template);
}
