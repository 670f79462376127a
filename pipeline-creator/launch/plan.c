/* From a task's document to what a step runs: parameters, environment, script, arguments. */
#include <string.h>

#include "pipeline-creator/launch/local.h"

#define STEP_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static enum status make(struct child *c, const char *below, bool theirs, struct err *e)
{
    struct run *r = c->task->run;
    const struct runner *u = r->local->runner;
    struct str path = str_printf(r->a, "%s%s", c->dir, below);
    return folder_make(r->dir, path.p, 0755, theirs ? u->uid : 0, theirs ? u->gid : 0, e);
}

static enum status make_folders(struct child *c, struct err *e)
{
    static const struct {
        const char *path;
        bool theirs; /* the step may write there */
    } folders[] = {{"", false},
                   {"/tekton", false},
                   {"/tekton/scripts", false},
                   {"/tekton/steps", false},
                   {"/tekton/creds", false},
                   {"/tekton/run", false},
                   {"/tekton/home", true},
                   {"/tekton/results", true},
                   {"/workspace", true}};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        enum status s = make(c, folders[i].path, folders[i].theirs, e);
        if (s)
            return s;
    }
    for (size_t i = 0; i < c->step_count; i++) {
        struct str step = str_printf(c->task->run->a, "/tekton/steps/step-%.*s", STR_ARG(c->steps[i].name));
        enum status s = make(c, step.p, false, e);
        s = s ? s : make(c, str_printf(c->task->run->a, "%s/results", step.p).p, true, e);
        s = s ? s : make(c, str_printf(c->task->run->a, "/tekton/run/%zu", i).p, false, e);
        if (s)
            return s;
    }
    return OK;
}

struct unknown {
    struct scope scope;
    struct str param; /* the first, empty = none */
};

static void see_param(void *context, const struct subst_ref *ref)
{
    struct unknown *u = context;
    if (str_is(ref->part[0], "params") && ref->parts > 1 && !u->param.n && !scope_has_param(&u->scope, ref))
        u->param = ref->text;
}

/* A value may bring in a $(params.x) that was never declared; Tekton makes no pod of that (createPod). */
static enum status check_params(struct child *c, struct err *e)
{
    struct arena *a = c->task->run->a;
    for (size_t i = 0; i < c->step_count; i++) {
        struct unknown u = {.scope = {.a = a, .run = c->task->run, .task = c->task->spec, .child = c, .step = i}};
        struct err later = {0}; /* a wrong index is found when the step begins */
        subst_each(scope_apply(&u.scope, prun_step(a, c->task->spec, i), &later), see_param, &u);
        if (!u.param.n)
            continue;
        enum status s = err_set(e, ERR_INVALID, "unknown_param", "step %.*s: $(%.*s) is no parameter of task %.*s.",
                                STR_ARG(c->steps[i].name), STR_ARG(u.param), STR_ARG(c->task->spec->name));
        return s ? err_hint(e, "Tekton reads variables in what a result holds: pass such text by file.") : OK;
    }
    return OK;
}

enum status plan_attempt(struct child *c, struct err *e)
{
    struct run *r = c->task->run;
    const struct prun_task *t = c->task->spec;
    struct scope scope = {.a = r->a, .run = r, .task = t};
    const struct node *given = scope_apply(&scope, node_get(t->node, "params"), e);
    const struct node *specs = scope_apply(&scope, node_get(t->spec, "params"), e);
    if (e->status)
        return e->status;
    struct str owner = str_printf(r->a, "task %.*s", STR_ARG(t->name));
    enum status st = prun_params(r->a, specs, given, c->combo, r->pr->params, owner, &c->params, e);
    if (st)
        return st;
    size_t count = prun_step_count(t);
    c->steps = arena_array_of(r->a, count, struct step);
    c->step_count = count;
    for (size_t i = 0; i < count; i++)
        c->steps[i] = (struct step){.name = prun_step_name(r->a, t, i), .exit_code = -1};
    c->step = 0;
    c->dir = str_printf(r->a, "t%u-%u", c->no, c->attempt).p;
    st = check_params(c, e);
    return st ? st : make_folders(c, e);
}

struct planning {
    struct child *c;
    struct arena *a;
    struct node *step; /* substituted */
    struct node *env;  /* name → value */
    struct planned_step *out;
    struct err *e;
};

static const struct node *label(const struct planning *p, struct str key)
{
    const struct run *r = p->c->task->run;
    const struct prun_task *t = p->c->task->spec;
    const struct node *own = node_get_str(node_path(t->spec, "metadata", "labels", NULL), key);
    if (own || (own = node_get_str(r->pr->labels, key)))
        return own;
    if (str_is(key, "tekton.dev/pipelineRun"))
        return node_str(p->a, r->pr->name);
    if (str_is(key, "tekton.dev/pipelineRunUID"))
        return node_str(p->a, r->pr->uid);
    if (str_is(key, "tekton.dev/pipelineTask"))
        return node_str(p->a, t->name);
    if (str_is(key, "tekton.dev/pipeline"))
        return node_str(p->a, r->pr->pipeline);
    if (str_is(key, "tekton.dev/taskRun"))
        return node_str(p->a, str_printf(p->a, "%.*s-%.*s", STR_ARG(r->pr->name), STR_ARG(t->name)));
    return NULL;
}

/* What the pod would know about itself. */
static enum status field(struct planning *p, struct str path, struct str *out)
{
    const struct run *r = p->c->task->run;
    const struct node *n = NULL;
    if (str_starts(path, "metadata.labels['") && str_ends(path, "']"))
        n = label(p, str_sub(path, 17, path.n - 19));
    else if (str_starts(path, "metadata.annotations['") && str_ends(path, "']"))
        n = node_get_str(r->pr->annotations, str_sub(path, 22, path.n - 24));
    else if (str_is(path, "metadata.name"))
        n = node_str(p->a, str_printf(p->a, "%.*s-%.*s-pod", STR_ARG(r->pr->name), STR_ARG(p->c->task->spec->name)));
    else if (str_is(path, "metadata.namespace"))
        n = node_str(p->a, r->pr->namespace);
    else if (str_is(path, "metadata.uid"))
        n = node_str(p->a, r->pr->uid);
    else if (str_is(path, "spec.serviceAccountName"))
        n = node_cstr(p->a, "default");
    else if (str_is(path, "spec.nodeName"))
        n = node_cstr(p->a, "local");
    else if (!str_starts(path, "metadata."))
        return err_set(p->e, ERR_UNSUPPORTED, "unsupported_env", "the field %.*s is known on a cluster only",
                       STR_ARG(path));
    *out = node_text(n);
    return OK;
}

static void set_env(struct planning *p, const char *name, struct str value)
{
    node_put_str(p->a, p->env, name, value);
}

static enum status plan_env(struct planning *p)
{
    const struct child *c = p->c;
    p->env = node_map(p->a);
    set_env(p, "PATH", str_printf(p->a, STEP_PATH ":%.*s", STR_ARG(inside(p->a, c, "/tekton/bin"))));
    set_env(p, "HOME", inside(p->a, c, "/tekton/home"));
    set_env(p, "LANG", STR("C.UTF-8"));
    set_env(p, "HOSTNAME", STR("step"));
    const struct node *list = node_get(p->step, "env");
    struct node *declared = node_map(p->a); /* only these are expanded */
    for (size_t i = 0; i < node_count(list); i++) {
        const struct node *n = node_at(list, i);
        struct str name = node_text_of(n, "name"), value = STR_NONE;
        if (!name.n || str_find_char(name, '=') >= 0)
            return err_set(p->e, ERR_INVALID, "bad_env", "an environment variable has no proper name");
        const struct node *from = node_path(n, "valueFrom", "fieldRef", "fieldPath", NULL);
        if (from) {
            enum status s = field(p, node_text(from), &value);
            if (s)
                return s;
        } else {
            value = subst_expand_env(p->a, declared, node_text_of(n, "value"));
        }
        node_set(p->a, declared, name, node_str(p->a, value));
        node_set(p->a, p->env, name, node_str(p->a, value));
    }
    const char **env = arena_array_of(p->a, p->env->count + 1, const char *);
    for (size_t i = 0; i < p->env->count; i++)
        env[i] =
            str_printf(p->a, "%.*s=%.*s", STR_ARG(p->env->pairs[i].key), STR_ARG(node_text(p->env->pairs[i].value))).p;
    p->out->spec.env = env;
    p->env = declared;
    return OK;
}

static enum status write_script(struct planning *p, struct str script, const char **path)
{
    const struct child *c = p->c;
    struct str name = str_printf(p->a, "/tekton/scripts/script-%zu", c->step);
    if (!str_starts(script, "#!"))
        script = str_printf(p->a, "#!/bin/sh\nset -e\n%.*s", STR_ARG(script));
    *path = inside(p->a, c, name.p).p;
    return folder_write(str_printf(p->a, "%s/%s%s", c->task->run->dir, c->dir, name.p).p, script, 0755, p->e);
}

struct arguments {
    const char **list;
    size_t n;
};

static void push_all(struct planning *p, struct arguments *args, const struct node *list)
{
    for (size_t i = 0; i < node_count(list); i++)
        args->list[args->n++] = str_cstr(p->a, subst_expand_env(p->a, p->env, node_text(node_at(list, i))));
}

/* A working directory that may not be there is made inside, where a link can lead nowhere else. */
static void enter_folder(struct planning *p, struct arguments *args, struct str dir)
{
    struct str path = str_starts(dir, "/") ? dir : str_printf(p->a, "/workspace/%.*s", STR_ARG(dir));
    bool known = str_starts(path, "/workspace") || str_starts(path, "/tekton/");
    args->list[args->n++] = "/bin/sh";
    args->list[args->n++] = "-c";
    args->list[args->n++] = "mkdir -p -- \"$0\" && cd -- \"$0\" && exec \"$@\"";
    args->list[args->n++] = known ? inside(p->a, p->c, str_cstr(p->a, path)).p : str_cstr(p->a, path);
}

static enum status plan_arguments(struct planning *p)
{
    const struct node *command = node_get(p->step, "command"), *list = node_get(p->step, "args");
    struct str script = node_text_of(p->step, "script"), dir = node_text_of(p->step, "workingDir");
    struct arguments args = {arena_array_of(p->a, node_count(command) + node_count(list) + 8, const char *), 0};
    if (dir.n)
        enter_folder(p, &args, dir);
    else if (!p->c->task->run->local->runner->mapped)
        args.list[args.n++] = "/usr/bin/env"; /* looks the program up in PATH */
    if (script.n) {
        enum status s = write_script(p, script, &args.list[args.n++]);
        if (s)
            return s;
    } else {
        push_all(p, &args, command);
    }
    push_all(p, &args, list);
    p->out->spec.argv = args.list;
    return OK;
}

/*
 * sh of these images knows [[ ]], == and pipefail; Debian's does not, and a script that tests with them would quietly
 * take the wrong turn. It is a guess by name, since the image itself is not here.
 */
static bool has_rich_shell(struct str image)
{
    static const char *const names[] = {"alpine", "busybox", "bash", "/ubi", "fedora", "centos"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_find(image, str_of(names[i])) >= 0)
            return true;
    return false;
}

enum status plan_step(struct child *c, struct planned_step *out, struct err *e)
{
    struct run *r = c->task->run;
    struct scope scope = {.a = r->a, .run = r, .task = c->task->spec, .child = c, .step = c->step};
    struct planning p = {.c = c, .a = r->a, .out = out, .e = e};
    *out = (struct planned_step){.spec.run_dir = r->dir};
    p.step = scope_apply(&scope, prun_step(r->a, c->task->spec, c->step), e);
    if (e->status)
        return e->status;
    out->skip = !when_holds(node_get(p.step, "when"));
    out->go_on = str_is(node_text_of(p.step, "onError"), "continue");
    out->spec.bash_as_sh = has_rich_shell(node_text_of(p.step, "image"));
    out->spec.work_dir = inside(r->a, c, "/workspace").p;
    enum status st = prun_duration(node_get(p.step, "timeout"), "a step's timeout", &out->timeout_us, e);
    st = st ? st : plan_env(&p);
    st = st ? st : plan_arguments(&p);
    struct step_mount *mounts = NULL;
    st = st ? st : mounts_make(c, p.step, &mounts, &out->spec.mount_count, e);
    out->spec.mounts = mounts;
    return st;
}
