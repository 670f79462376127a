/* The graph of a pipeline's tasks: every dependency is there, and there is no cycle. */
#include "pipeline-creator/tekton/rules.h"

struct graph_task {
    struct str name;
    struct str *needs; /* names, sorted, each once */
    size_t need_count, open;
    size_t *users; /* tasks that need this one */
    size_t user_count;
    bool done;
};

struct task_graph {
    const struct rules *r;
    struct graph_task *tasks;
    size_t count;
    struct map names;
};

static void cannot(const struct task_graph *g, const char *code, struct str message)
{
    fault_add(g->r->f, code, "tasks", "invalid value: %.*s", STR_ARG(message));
}

static void find_needs(const struct task_graph *g, const struct node *task, struct graph_task *out)
{
    const struct node *after = node_get(task, "runAfter");
    struct result_ref *refs;
    struct texts all = {.a = g->r->a};
    size_t count = task_result_refs(g->r, task, &refs), kept = 0;
    for (size_t i = 0; i < count; i++)
        texts_add(&all, refs[i].task);
    for (size_t i = 0; i < node_count(after); i++)
        texts_add(&all, node_text(after->items[i]));
    str_sort(all.items, all.count);
    for (size_t i = 0; i < all.count; i++)
        if (i == 0 || !str_eq(all.items[i], all.items[i - 1]))
            all.items[kept++] = all.items[i];
    out->needs = all.items;
    out->need_count = out->open = kept;
}

static struct graph_task *graph_find(const struct task_graph *g, struct str name)
{
    const size_t *i = map_find(&g->names, name);
    return i ? &g->tasks[*i] : NULL;
}

/* False, with the fault, when two tasks have one name: then there is no graph. */
static bool graph_read_tasks(struct task_graph *g, const struct node *tasks)
{
    g->count = node_count(tasks);
    g->tasks = arena_array_of(g->r->a, g->count, struct graph_task);
    map_init(&g->names, g->r->a, g->count);
    for (size_t i = 0; i < g->count; i++) {
        g->tasks[i].name = node_text_of(tasks->items[i], "name");
        find_needs(g, tasks->items[i], &g->tasks[i]);
        if (map_add(&g->names, g->tasks[i].name, i))
            continue;
        cannot(g, "duplicate_name",
               STR_JOIN(g->r->a, STR("task "), g->tasks[i].name,
                        STR(" is already present in Graph, can't add it again: duplicate pipeline task")));
        return false;
    }
    return true;
}

static void link_users(struct task_graph *g)
{
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < g->count; i++) {
            for (size_t k = 0; k < g->tasks[i].need_count; k++) {
                struct graph_task *needed = graph_find(g, g->tasks[i].needs[k]);
                if (!needed && pass == 0)
                    g->tasks[i].open--; /* what is not there waits for nobody */
                if (needed && pass)
                    needed->users[needed->user_count] = i;
                if (needed)
                    needed->user_count++;
            }
        }
        for (size_t i = 0; pass == 0 && i < g->count; i++) {
            g->tasks[i].users = arena_array_of(g->r->a, g->tasks[i].user_count, size_t);
            g->tasks[i].user_count = 0;
        }
    }
}

/* Takes off tasks that wait for nothing until none is left but cycles and what needs them. */
static void remove_ready(struct task_graph *g)
{
    size_t *ready = arena_array_of(g->r->a, g->count, size_t), count = 0;
    for (size_t i = 0; i < g->count; i++)
        if (g->tasks[i].open == 0)
            ready[count++] = i;
    while (count) {
        struct graph_task *task = &g->tasks[ready[--count]];
        task->done = true;
        for (size_t k = 0; k < task->user_count; k++)
            if (--g->tasks[task->users[k]].open == 0)
                ready[count++] = task->users[k];
    }
}

static void tell_cycle(const struct task_graph *g, const struct graph_task *first)
{
    struct buf b;
    size_t told = 0;
    buf_init(&b, g->r->a, 0);
    buf_cstr(&b, "cycle detected; task ");
    buf_str(&b, go_quote(g->r->a, first->name));
    buf_cstr(&b, " depends on ");
    for (size_t i = 0; i < first->need_count; i++) {
        const struct graph_task *needed = graph_find(g, first->needs[i]);
        if (!needed || needed->done)
            continue;
        if (told++)
            buf_cstr(&b, ", ");
        buf_str(&b, go_quote(g->r->a, first->needs[i]));
    }
    cannot(g, "cycle", buf_take(&b));
}

static bool acyclic(struct task_graph *g)
{
    const struct graph_task *first = NULL;
    link_users(g);
    remove_ready(g);
    for (size_t i = 0; i < g->count; i++)
        if (!g->tasks[i].done && (!first || str_cmp(g->tasks[i].name, first->name) < 0))
            first = &g->tasks[i];
    if (first)
        tell_cycle(g, first);
    return !first;
}

void rule_graph(const struct rules *r, const struct node *tasks)
{
    struct task_graph g = {.r = r};
    if (!graph_read_tasks(&g, tasks) || !acyclic(&g))
        return;
    for (size_t i = 0; i < g.count; i++) {
        for (size_t k = 0; k < g.tasks[i].need_count; k++) {
            struct str task = g.tasks[i].name, needed = g.tasks[i].needs[k];
            if (graph_find(&g, needed))
                continue;
            cannot(&g, "unknown_task",
                   STR_JOIN(r->a, STR("couldn't add link between "), task, STR(" and "), needed, STR(": task "), task,
                            STR(" depends on "), needed, STR(" but "), needed, STR(" wasn't present in Pipeline")));
            return;
        }
    }
}
