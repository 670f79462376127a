/*
 * References to components, in the order of DESIGN §4: inline text, a digest the hub knows, inline spec, name.
 */
#include "base/digest.h"
#include "pipeline-creator/graph/read.h"

#include <stdarg.h>
#include <stdio.h>

void reference_init(struct reader *r)
{
    map_init(&r->known, r->a, r->in->known_count);
    map_init(&r->missing, r->a, 0);
    map_init(&r->locked, r->a, 0);
    map_init(&r->texts, r->a, 0);
    map_init(&r->specs, r->a, 0);
    for (size_t i = 0; i < r->in->known_count; i++)
        (void)map_add(&r->known, r->in->known[i].key, i);
}

struct problem *scope_problem(struct reader *r, const struct scope *s, enum severity severity, const char *code,
                              struct str pointer, const struct node *at, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!s->foreign)
        return problem_add(r->ps, severity, code, pointer, at, "%s", text);
    return problem_add(r->ps, severity, code, s->foreign_pointer, s->foreign_at, "in %.*s: %s", STR_ARG(s->path), text);
}

const char *reference_foreign_format(const struct node *document)
{
    if (node_get(document, "implementation"))
        return NULL;
    if (node_get(document, "apiVersion") && node_get(document, "kind"))
        return "a Kubernetes resource";
    if (node_get(document, "pipelineInfo") || node_get(document, "pipelineSpec"))
        return "KFP v2 pipeline IR";
    if (node_get(document, "doc_type") && node_get(document, "pipelines"))
        return "an Elyra pipeline";
    return NULL;
}

static size_t add_component(struct reader *r, struct component *c)
{
    if (r->component_count == r->component_cap) {
        size_t cap = r->component_cap ? r->component_cap * 2 : 16;
        r->components =
            arena_grow(r->a, r->components, r->component_count * sizeof *r->components, cap * sizeof *r->components);
        r->component_cap = cap;
    }
    r->components[r->component_count] = c;
    return r->component_count++;
}

/* Errors inside a text that is not part of the document are told at the reference, the first few of them. */
static void fold_problems(struct reader *r, const struct scope *s, const struct level_task *t, struct str pointer,
                          const struct problems *inner)
{
    size_t told = 0;
    for (size_t i = 0; i < inner->count && told < 3; i++) {
        const struct problem *p = &inner->list[i];
        if (p->severity != SEVERITY_ERROR)
            continue;
        told++;
        /* what this compiler cannot do is not the component's fault */
        const char *code = str_find(p->code, STR("unsupported")) >= 0 ? str_cstr(r->a, p->code) : "component_invalid";
        struct problem *mine = scope_problem(r, s, SEVERITY_ERROR, code, pointer, &t->key,
                                             "the component of %.*s is wrong at its line %u: %.*s", STR_ARG(t->path),
                                             p->line, STR_ARG(p->message));
        if (p->hint.n)
            problem_hint(r->ps, mine, "%.*s", STR_ARG(p->hint));
    }
}

/* KFP v2 writes what pods of its platform need into a document of its own; nothing else may stand there. */
static void second_document(struct reader *r, const struct scope *s, const struct level_task *t, struct str pointer,
                            const struct node *document)
{
    if (!node_get(document, "platforms")) {
        scope_problem(r, s, SEVERITY_ERROR, "component_invalid", pointer, &t->key,
                      "the component of %.*s has a second document", STR_ARG(t->path));
        return;
    }
    struct problem *p =
        scope_problem(r, s, SEVERITY_WARNING, "platforms_ignored", pointer, &t->key,
                      "what the component of %.*s says of its pods under `platforms` is left aside", STR_ARG(t->path));
    problem_hint(r->ps, p, "the annotation component-hub.dev/kubernetes of the task takes the same fields");
}

/* Reads a component from text, once for each text. NULL when it is wrong; that is told for each task. */
static const struct component *from_text(struct reader *r, const struct scope *s, const struct level_task *t,
                                         struct str pointer, struct str text, struct str digest)
{
    size_t *seen = map_find(&r->texts, digest);
    if (seen && r->components[*seen])
        return r->components[*seen];
    struct problems inner;
    problems_init(&inner, r->a);
    struct err e = {0};
    struct node **documents = NULL;
    size_t count = 0;
    struct component *c = arena_new_of(r->a, struct component);
    enum status status = node_parse_yaml_stream(r->a, text, 2, &documents, &count, &e);
    if (status != OK)
        problem_from_err(&inner, &e);
    else
        status = component_read_any(r->a, count ? documents[0] : NULL, STR(""), c, &inner);
    if (status == OK && count > 1)
        second_document(r, s, t, pointer, documents[1]);
    if (status != OK || inner.errors > 0) {
        fold_problems(r, s, t, pointer, &inner);
        return NULL;
    }
    (void)map_add(&r->texts, digest, add_component(r, c));
    return c;
}

static const struct component *from_spec(struct reader *r, const struct scope *s, const struct node *spec,
                                         struct str pointer)
{
    struct str key = str_dup(r->a, (struct str){(const char *)&spec, sizeof spec});
    size_t *seen = map_find(&r->specs, key);
    if (seen)
        return r->components[*seen];
    struct component *c = arena_new_of(r->a, struct component);
    enum status status = ERR_INVALID;
    if (s->foreign) {
        /* its lines are those of another file */
        struct problems inner;
        problems_init(&inner, r->a);
        status = component_read_any(r->a, spec, STR(""), c, &inner);
        for (size_t i = 0; status != OK && i < inner.count; i++)
            if (inner.list[i].severity == SEVERITY_ERROR)
                scope_problem(r, s, SEVERITY_ERROR, "component_invalid", pointer, spec, "%.*s",
                              STR_ARG(inner.list[i].message));
    } else {
        status = component_read_any(r->a, spec, pointer, c, r->ps);
    }
    if (status != OK)
        c = NULL;
    (void)map_add(&r->specs, key, add_component(r, c));
    return c;
}

static void add_missing(struct reader *r, const struct level_task *t, struct str key, struct str pointer)
{
    if (!map_add(&r->missing, key, r->out->missing_count))
        return;
    struct graph *g = r->out;
    if (g->missing_count == r->missing_cap) {
        r->missing_cap = r->missing_cap ? r->missing_cap * 2 : 16;
        g->missing =
            arena_grow(r->a, g->missing, g->missing_count * sizeof *g->missing, r->missing_cap * sizeof *g->missing);
    }
    g->missing[g->missing_count++] = (struct graph_reference){key, pointer, t->path, t->key.line, t->key.column};
}

static void add_lock(struct reader *r, const struct graph_known *k)
{
    if (!map_add(&r->locked, k->key, r->out->lock_count))
        return;
    struct graph *g = r->out;
    if (g->lock_count == r->lock_cap) {
        r->lock_cap = r->lock_cap ? r->lock_cap * 2 : 16;
        g->lock = arena_grow(r->a, g->lock, g->lock_count * sizeof *g->lock, r->lock_cap * sizeof *g->lock);
    }
    g->lock[g->lock_count++] = *k;
}

/* What the hub said about a key: 1 found, 0 not found, -1 not asked yet (then it is among the missing). */
static int look_up(struct reader *r, const struct level_task *t, struct str key, struct str pointer,
                   const struct graph_known **out)
{
    size_t *at = map_find(&r->known, key);
    if (!at) {
        add_missing(r, t, key, pointer);
        return -1;
    }
    *out = &r->in->known[*at];
    return (*out)->found ? 1 : 0;
}

static bool use_known(struct reader *r, const struct scope *s, struct level_task *t, struct str pointer,
                      const struct graph_known *k)
{
    add_lock(r, k);
    if (k->deprecated)
        scope_problem(r, s, SEVERITY_WARNING, "deprecated", pointer, &t->key, "%.*s uses %.*s, which is deprecated",
                      STR_ARG(t->path), STR_ARG(k->name));
    t->ref.digest = k->digest.n ? k->digest : str_cat(r->a, STR("sha256:"), sha256_hex(r->a, k->text));
    t->ref.identity = t->ref.digest;
    t->ref.name = STR_JOIN(r->a, k->namespace, STR("/"), k->name, STR("@"), k->version);
    t->ref.foreign = true;
    t->ref.component = from_text(r, s, t, pointer, k->text, t->ref.digest);
    return t->ref.component != NULL;
}

static bool use_text(struct reader *r, const struct scope *s, struct level_task *t, struct str pointer, struct str text,
                     struct str digest)
{
    t->ref.digest = str_cat(r->a, STR("sha256:"), sha256_hex(r->a, text));
    t->ref.identity = t->ref.digest;
    t->ref.foreign = true;
    if (digest.n && !str_eq(digest, t->ref.digest)) {
        struct problem *p =
            scope_problem(r, s, SEVERITY_ERROR, "digest_mismatch", pointer, &t->key,
                          "the inline text of %.*s has another digest than the reference says", STR_ARG(t->path));
        problem_hint(r->ps, p, "its digest is %.*s", STR_ARG(t->ref.digest));
        return false;
    }
    t->ref.component = from_text(r, s, t, pointer, text, t->ref.digest);
    return t->ref.component != NULL;
}

static bool use_spec(struct reader *r, const struct scope *s, struct level_task *t, struct str pointer,
                     const struct node *spec, bool claims)
{
    /* A spec that says where it comes from may differ from what is there; one that says nothing is just itself. */
    if (claims)
        scope_problem(r, s, SEVERITY_WARNING, "unverified", pointer, &t->key,
                      "%.*s uses its inline spec; that it is what its digest or URL stands for was not verified",
                      STR_ARG(t->path));
    t->ref.pointer = pointer_key(r->a, pointer, STR("spec"));
    t->ref.foreign = s->foreign;
    t->ref.component = from_spec(r, s, spec, t->ref.pointer);
    return t->ref.component != NULL;
}

static void unknown(struct reader *r, const struct scope *s, const struct level_task *t, struct str pointer,
                    struct str what)
{
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "unknown_component", pointer, &t->key,
                                      "%.*s refers to %.*s, which is not known here", STR_ARG(t->path), STR_ARG(what));
    problem_hint(r->ps, p, "publish it, or put it into the document as componentRef.spec");
}

/* "sha256:<64 lower-case digits>", or empty. */
static struct str normal_digest(struct reader *r, const struct scope *s, const struct level_task *t, struct str pointer,
                                const struct node *ref)
{
    struct str text = node_text_of(ref, "digest");
    uint8_t bytes[SHA256_BYTES];
    if (text.n == 0)
        return STR_NONE;
    if (digest_parse(text, bytes))
        return digest_text(r->a, bytes);
    struct problem *p = scope_problem(r, s, SEVERITY_WARNING, "invalid_digest", pointer, &t->key,
                                      "the digest of %.*s is not a SHA-256 and is left aside", STR_ARG(t->path));
    fix_remove(r, s, p, pointer_key(r->a, pointer, STR("digest")));
    return STR_NONE;
}

static struct str name_key(struct reader *r, const struct node *ref)
{
    struct str name = node_text_of(ref, "name"), tag = node_text_of(ref, "tag");
    if (name.n && tag.n && str_find_char(name, '@') < 0)
        return str_printf(r->a, "%.*s@%.*s", STR_ARG(name), STR_ARG(tag));
    return name;
}

static bool no_reference(struct reader *r, const struct scope *s, const struct level_task *t, struct str pointer,
                         const struct node *ref)
{
    if (node_text_of(ref, "url").n) {
        struct problem *p = scope_problem(
            r, s, SEVERITY_ERROR, "url_only", pointer, &t->key,
            "%.*s gives its component by URL only, which is never fetched while compiling", STR_ARG(t->path));
        problem_hint(r->ps, p, "publish it from that URL and refer to it by name or digest");
        return false;
    }
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "missing_component", pointer, &t->key,
                                      "%.*s has no componentRef with a name, digest, spec or text", STR_ARG(t->path));
    problem_hint(r->ps, p, "for example componentRef: {name: starter/echo}");
    return false;
}

bool reference_resolve(struct reader *r, const struct scope *s, struct level_task *t)
{
    const struct node *ref = node_get(t->node, "componentRef");
    struct str pointer = pointer_key(r->a, t->pointer, STR("componentRef"));
    t->ref.pointer = pointer;
    struct str text = node_text_of(ref, "text");
    struct str digest = normal_digest(r, s, t, pointer, ref);
    const struct node *spec = node_get(ref, "spec");
    struct str name = name_key(r, ref);
    const struct graph_known *k = NULL;

    if (text.n)
        return use_text(r, s, t, pointer, text, digest);
    if (digest.n) {
        int found = look_up(r, t, digest, pointer, &k);
        if (found != 0)
            return found > 0 && use_known(r, s, t, pointer, k);
    }
    if (node_is_map(spec))
        return use_spec(r, s, t, pointer, spec, digest.n || node_text_of(ref, "url").n);
    if (name.n) {
        int found = look_up(r, t, name, pointer, &k);
        if (found < 0)
            return false;
        if (found > 0 && digest.n)
            scope_problem(r, s, SEVERITY_WARNING, "unverified", pointer, &t->key,
                          "the digest that %.*s names is not known here; %.*s is taken by its name", STR_ARG(t->path),
                          STR_ARG(name));
        if (found > 0)
            return use_known(r, s, t, pointer, k);
    }
    if (digest.n || name.n) {
        unknown(r, s, t, pointer, name.n ? name : digest);
        return false;
    }
    return no_reference(r, s, t, pointer, ref);
}
