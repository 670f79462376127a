/* Which folders a step sees, and where. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline-creator/launch/local.h"

const struct node *task_workspace(const struct child *c, struct str name)
{
    const struct node *list = node_get(c->task->spec->spec, "workspaces");
    for (size_t i = 0; i < node_count(list); i++)
        if (str_eq(node_text_of(node_at(list, i), "name"), name))
            return node_at(list, i);
    return NULL;
}

static const struct node *binding_of(const struct child *c, struct str name)
{
    const struct node *list = node_get(c->task->spec->node, "workspaces");
    for (size_t i = 0; i < node_count(list); i++)
        if (str_eq(node_text_of(node_at(list, i), "name"), name))
            return node_at(list, i);
    return NULL;
}

const struct prun_workspace *bound_workspace(const struct child *c, struct str name)
{
    struct str outer = node_text_of(binding_of(c, name), "workspace");
    return prun_workspace_of(c->task->run->pr, outer.n ? outer : name);
}

struct str workspace_path(struct arena *a, const struct child *c, struct str name)
{
    struct str path = node_text_of(task_workspace(c, name), "mountPath");
    if (!path.n)
        path = str_printf(a, "/workspace/%.*s", STR_ARG(name));
    return inside(a, c, str_cstr(a, path));
}

struct mounting {
    struct child *c;
    struct arena *a;
    struct err *e;
    struct step_mount *list;
    size_t count, cap;
};

static void add(struct mounting *m, struct str host, struct str path, bool read_only, bool shared)
{
    if (m->count == m->cap) {
        size_t cap = m->cap ? m->cap * 2 : 16;
        m->list = arena_grow(m->a, m->list, m->cap * sizeof *m->list, cap * sizeof *m->list);
        m->cap = cap;
    }
    m->list[m->count++] =
        (struct step_mount){str_cstr(m->a, host), str_cstr(m->a, path), .read_only = read_only, .shared = shared};
}

/* "a/b" without empty parts; parts that go up are refused. */
static enum status clean_path(struct mounting *m, struct str path, struct str *out)
{
    struct str rest = path, part, clean = STR_NONE;
    while (rest.p && str_split(&rest, '/', &part)) {
        if (!part.n || str_is(part, "."))
            continue;
        if (str_is(part, ".."))
            return err_set(m->e, ERR_INVALID, "bad_path", "the path %.*s goes up", STR_ARG(path));
        clean = clean.n ? str_printf(m->a, "%.*s/%.*s", STR_ARG(clean), STR_ARG(part)) : part;
    }
    *out = clean;
    return OK;
}

static enum status make(struct mounting *m, struct str rel)
{
    const struct run *r = m->c->task->run;
    const struct runner *u = r->local->runner;
    return folder_make(r->dir, str_cstr(m->a, rel), 0755, u->uid, u->gid, m->e);
}

static struct str volume_folder(struct arena *a, const struct run *r, struct str claim)
{
    for (size_t i = 0; i < r->pr->workspace_count; i++) /* the first binding of a claim numbers its folder */
        if (r->pr->workspaces[i].kind == PRUN_CLAIM && str_eq(r->pr->workspaces[i].claim, claim))
            return str_printf(a, FOLDER_VOLUMES "/%zu", i);
    return STR(FOLDER_VOLUMES "/other");
}

static enum status workspace_folder(struct mounting *m, const struct prun_workspace *w, struct str name,
                                    struct str *host, bool *shared)
{
    struct run *r = m->c->task->run;
    struct scope scope = {.a = m->a, .run = r, .task = m->c->task->spec, .child = m->c, .step = m->c->step};
    struct subst s = scope_subst(&scope, m->e);
    struct str outer = subst_text(m->a, &s, w->sub_path), own, path;
    struct str inner = subst_text(m->a, &s, node_text_of(binding_of(m->c, name), "subPath"));
    enum status st = clean_path(m, str_printf(m->a, "%.*s/%.*s", STR_ARG(outer), STR_ARG(inner)), &path);
    if (st)
        return st;
    own = w->kind == PRUN_CLAIM ? volume_folder(m->a, r, w->claim)
                                : str_printf(m->a, "%s/empty/%.*s", m->c->dir, STR_ARG(w->name));
    *host = path.n ? str_printf(m->a, "%.*s/%.*s", STR_ARG(own), STR_ARG(path)) : own;
    *shared = w->kind == PRUN_CLAIM && path.n;
    return make(m, *host);
}

/* Whether any step asks for the workspace by name; then the others do not get it. */
static bool is_isolated(const struct child *c, struct str name)
{
    const struct node *steps = node_get(c->task->spec->spec, "steps");
    for (size_t i = 0; i < node_count(steps); i++) {
        const struct node *list = node_get(node_at(steps, i), "workspaces");
        for (size_t k = 0; k < node_count(list); k++)
            if (str_eq(node_text_of(node_at(list, k), "name"), name))
                return true;
    }
    return false;
}

static enum status add_workspace(struct mounting *m, struct str name, const struct node *step)
{
    const struct node *declared = task_workspace(m->c, name), *asked = NULL;
    const struct prun_workspace *w = bound_workspace(m->c, name);
    if (!w && (!declared || node_bool(node_get(declared, "optional"), false)))
        return OK;
    if (!w)
        return err_set(m->e, ERR_INVALID, "workspace_missing", "task %.*s needs the workspace %.*s",
                       STR_ARG(m->c->task->spec->name), STR_ARG(name));
    const struct node *list = node_get(step, "workspaces");
    for (size_t k = 0; k < node_count(list); k++)
        if (str_eq(node_text_of(node_at(list, k), "name"), name))
            asked = node_at(list, k);
    if (!asked && is_isolated(m->c, name))
        return OK;
    struct str host, path = node_text_of(asked, "mountPath");
    bool shared;
    enum status s = workspace_folder(m, w, name, &host, &shared);
    if (!s)
        add(m, host, path.n ? path : workspace_path(m->a, m->c, name), node_bool(node_get(declared, "readOnly"), false),
            shared);
    return s;
}

struct propagated {
    struct mounting *m;
    const struct node *step;
    struct node *seen;
};

static void see_workspace(void *context, const struct subst_ref *ref)
{
    struct propagated *p = context;
    if (ref->parts > 2 && str_is(ref->part[0], "workspaces") && !task_workspace(p->m->c, ref->part[1]) &&
        bound_workspace(p->m->c, ref->part[1]))
        node_set(p->m->a, p->seen, ref->part[1], p->seen);
}

static enum status add_workspaces(struct mounting *m, const struct node *step)
{
    const struct node *declared = node_get(m->c->task->spec->spec, "workspaces");
    for (size_t i = 0; i < node_count(declared); i++) {
        enum status s = add_workspace(m, node_text_of(node_at(declared, i), "name"), step);
        if (s)
            return s;
    }
    struct propagated p = {m, step, node_map(m->a)}; /* those that an embedded task only mentions */
    subst_each(m->c->task->spec->spec, see_workspace, &p);
    for (size_t i = 0; i < node_count(p.seen); i++) {
        enum status s = add_workspace(m, p.seen->pairs[i].key, step);
        if (s)
            return s;
    }
    return OK;
}

static enum status add_volumes(struct mounting *m, const struct node *step)
{
    const struct node *mounts = node_get(step, "volumeMounts"), *volumes = node_get(m->c->task->spec->spec, "volumes");
    for (size_t i = 0; i < node_count(mounts); i++) {
        const struct node *n = node_at(mounts, i);
        struct str name = node_text_of(n, "name"), path = node_text_of(n, "mountPath"), sub;
        bool known = false;
        for (size_t k = 0; k < node_count(volumes); k++)
            known = known || str_eq(node_text_of(node_at(volumes, k), "name"), name);
        if (!known || !str_starts(path, "/"))
            return err_set(m->e, ERR_INVALID, "bad_mount", "task %.*s mounts a volume %.*s that it does not have",
                           STR_ARG(m->c->task->spec->name), STR_ARG(name));
        enum status s = clean_path(m, node_text_of(n, "subPath"), &sub);
        struct str host = str_printf(m->a, "%s/volumes/%.*s/%.*s", m->c->dir, STR_ARG(name), STR_ARG(sub));
        s = s ? s : make(m, host);
        if (s)
            return s;
        add(m, host, path, node_bool(node_get(n, "readOnly"), false), false);
    }
    return OK;
}

static int by_depth(const void *x, const void *y)
{
    const struct step_mount *a = x, *b = y;
    size_t n = strlen(a->inside), m = strlen(b->inside);
    return n < m ? -1 : n > m;
}

static bool is_below(const char *outer, const char *inner)
{
    size_t n = strlen(outer);
    return strlen(inner) > n && !strncmp(outer, inner, n) && inner[n] == '/';
}

/*
 * A mount inside another one needs a folder there. In the attempt's own folders it is made here, without following
 * links; a volume that other tasks change at the same time is no place for one.
 */
static enum status check_nesting(struct mounting *m)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct step_mount *outer = NULL, *inner = &m->list[i];
        for (size_t k = 0; k < i; k++)
            if (is_below(m->list[k].inside, inner->inside))
                outer = &m->list[k];
        if (!outer)
            continue;
        if (!str_starts(str_of(outer->host), m->c->dir)) {
            return err_set(m->e, ERR_UNSUPPORTED, "unsupported_mount",
                           "task %.*s mounts %s inside a workspace that other tasks share",
                           STR_ARG(m->c->task->spec->name), inner->inside);
        }
        enum status s = make(m, str_printf(m->a, "%s/%s", outer->host, inner->inside + strlen(outer->inside) + 1));
        if (s)
            return s;
    }
    return OK;
}

/* Without a sandbox the folders lie where they lie, and workspaces are links. */
static enum status link_mounts(struct mounting *m)
{
    const struct run *r = m->c->task->run;
    for (size_t i = 0; i < m->count; i++) {
        struct str target = str_printf(m->a, "%s/%s", r->dir, m->list[i].host);
        if (!str_eq(target, str_of(m->list[i].inside)) && access(m->list[i].inside, F_OK) &&
            symlink(target.p, m->list[i].inside))
            return err_set(m->e, ERR_UNSUPPORTED, "unsupported_mount", "%s cannot be had without a sandbox",
                           m->list[i].inside);
    }
    m->count = 0;
    return OK;
}

enum status mounts_make(struct child *c, const struct node *step, struct step_mount **out, size_t *count, struct err *e)
{
    struct arena *a = c->task->run->a;
    struct mounting m = {.c = c, .a = a, .e = e};
    static const struct {
        const char *path;
        bool read_only;
    } own[] = {{"/workspace", false},   {"/tekton/home", false}, {"/tekton/results", false}, {"/tekton/scripts", true},
               {"/tekton/creds", true}, {"/tekton/run", true},   {"/tekton/steps", true}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        add(&m, str_printf(a, "%s%s", c->dir, own[i].path), inside(a, c, own[i].path), own[i].read_only, false);
    struct str results = str_printf(a, "/tekton/steps/step-%.*s/results", STR_ARG(c->steps[c->step].name));
    add(&m, str_printf(a, "%s%.*s", c->dir, STR_ARG(results)), inside(a, c, results.p), false, false);
    enum status s = add_workspaces(&m, step);
    s = s ? s : add_volumes(&m, step);
    for (size_t i = 0; !s && i < m.count; i++) {
        struct str unused;
        s = clean_path(&m, str_of(m.list[i].inside), &unused);
    }
    if (s)
        return s;
    qsort(m.list, m.count, sizeof *m.list, by_depth);
    s = c->task->run->local->runner->mapped ? check_nesting(&m) : link_mounts(&m);
    *out = m.list;
    *count = m.count;
    return s;
}
