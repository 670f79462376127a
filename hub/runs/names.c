#include "hub/runs/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANNOTATION "component-hub.dev/names"

struct run_names {
    struct run_names *next;
    struct arena *a;
    char run_id[37];
    /* {params, results, outputs: {<name>: text}, tasks: {<tekton name>: {path, inputs, outputs}}}; NULL = none */
    struct node *map;
    struct str *tasks;
    size_t task_count;
};

static void add_tasks(struct run_names *n, const struct node *list)
{
    for (size_t i = 0; i < node_count(list); i++)
        n->tasks[n->task_count++] = str_dup(n->a, node_text_of(node_at(list, i), "name"));
}

struct reading {
    struct run_names *names;
    const struct node *manifest;
};

static enum status read_names(void *arg)
{
    struct reading *r = arg;
    struct run_names *n = r->names;
    const struct node *spec = node_path(r->manifest, "spec", "pipelineSpec", NULL);
    const struct node *tasks = node_get(spec, "tasks"), *finally = node_get(spec, "finally");
    struct str text = node_text(node_path(r->manifest, "metadata", "annotations", ANNOTATION, NULL));
    struct err e = {0};
    n->tasks = arena_array_of(n->a, node_count(tasks) + node_count(finally), struct str);
    add_tasks(n, tasks);
    add_tasks(n, finally);
    return text.n > 0 ? node_parse_json(n->a, text, &n->map, &e) : OK;
}

static void free_one(struct run_names *n)
{
    arena_free(n->a);
    free(n);
}

void names_add(struct run_names **list, const char *run_id, const struct node *manifest)
{
    struct run_names *n = calloc(1, sizeof *n);
    if (!n)
        return;
    n->a = arena_new(0);
    struct reading r = {n, manifest};
    if (!n->a || arena_guard(n->a, read_names, &r) != OK) {
        free_one(n);
        return;
    }
    snprintf(n->run_id, sizeof n->run_id, "%s", run_id);
    n->next = *list;
    *list = n;
}

void names_drop(struct run_names **list, const char *run_id)
{
    for (struct run_names **at = list; *at; at = &(*at)->next) {
        struct run_names *n = *at;
        if (strcmp(n->run_id, run_id) == 0) {
            *at = n->next;
            free_one(n);
            return;
        }
    }
}

void names_free(struct run_names **list)
{
    while (*list) {
        struct run_names *next = (*list)->next;
        free_one(*list);
        *list = next;
    }
}

static const struct node *renamed(struct arena *a, const struct node *values, const struct node *names)
{
    if (node_count(values) == 0 || node_count(names) == 0)
        return values;
    struct node *made = node_map(a);
    for (size_t i = 0; i < values->count; i++) {
        const struct node *name = node_get_str(names, values->pairs[i].key);
        node_set(a, made, name ? node_text(name) : values->pairs[i].key, values->pairs[i].value);
    }
    return made;
}

/* Outputs of the pipeline that no task makes. */
static const struct node *with_outputs(struct arena *a, const struct node *results, const struct node *outputs)
{
    if (node_count(outputs) == 0)
        return results;
    struct node *all = results ? node_copy(a, results) : node_map(a);
    node_set_all(a, all, outputs);
    return all;
}

static const struct run_names *find(const struct run_names *list, const char *run_id)
{
    while (list && strcmp(list->run_id, run_id) != 0)
        list = list->next;
    return list;
}

const struct node *names_restore(const struct run_names *list, struct arena *a, const char *run_id,
                                 struct str tekton_name, const struct node *results)
{
    const struct run_names *n = find(list, run_id);
    const struct node *task = n ? node_get_str(node_get(n->map, "tasks"), tekton_name) : NULL;
    const struct node *names = node_get(task, "outputs");
    struct node *back = node_map(a);
    for (size_t i = 0; i < node_count(names); i++)
        node_set(a, back, node_text(names->pairs[i].value), node_str(a, names->pairs[i].key));
    return renamed(a, results, back);
}

void names_apply(const struct run_names *list, struct arena *a, struct run_event *event)
{
    const struct run_names *n = find(list, event->run_id);
    if (!n)
        return;
    if (event->kind == EVENT_RUN) {
        event->results = renamed(a, event->results, node_get(n->map, "results"));
        if (event->state == STATE_SUCCEEDED)
            event->results = with_outputs(a, event->results, node_get(n->map, "outputs"));
        return;
    }
    const struct node *task = node_get_str(node_get(n->map, "tasks"), event->tekton_name);
    event->params = renamed(a, event->params, node_get(task, "inputs"));
    event->results = renamed(a, event->results, node_get(task, "outputs"));
    for (size_t i = 0; event->matrix_index >= 0 && i < n->task_count; i++) {
        if (str_eq(n->tasks[i], event->tekton_name))
            event->task_no = (unsigned)i;
    }
}
