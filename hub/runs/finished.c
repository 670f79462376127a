#include "hub/runs/finished.h"

void finished_init(struct finished *f, struct arena *a)
{
    *f = (struct finished){.a = a};
    map_init(&f->seen, a, 0);
}

static void add_task(struct finished *f, const struct node *task)
{
    struct str path = node_text_of(task, "name");
    if (!map_add(&f->seen, path, f->count))
        return;
    if (!str_is(node_text_of(task, "state"), "succeeded") || !node_is_null(node_get(task, "matrix")))
        return;
    if (f->count == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 16;
        f->list = arena_grow(f->a, f->list, f->count * sizeof *f->list, cap * sizeof *f->list);
        f->cap = cap;
    }
    f->list[f->count++] = (struct compile_finished){
        .path = path, .results = node_get(task, "results"), .component_digest = node_text_of(task, "component_digest")};
}

enum status finished_add(struct finished *f, const struct node *run, struct err *e)
{
    const struct node *tasks = node_get(run, "tasks");
    if (!node_is_seq(tasks))
        return err_set(e, ERR_INVALID, "bad_run", "This is no run: it has no list of tasks.");
    for (size_t i = 0; i < tasks->count; i++)
        add_task(f, tasks->items[i]);
    return OK;
}
