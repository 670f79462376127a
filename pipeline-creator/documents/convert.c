#include "pipeline-creator/documents/convert.h"

static struct node *placed(struct node *n, const struct node *at)
{
    n->line = at ? at->line : 0;
    n->column = at ? at->column : 0;
    return n;
}

struct node *made_map(struct arena *a, const struct node *at)
{
    return placed(node_map(a), at);
}

struct node *made_list(struct arena *a, const struct node *at)
{
    return placed(node_seq(a), at);
}

struct node *made_text(struct arena *a, struct str text, const struct node *at)
{
    return placed(node_str(a, text), at);
}

struct node *made_pair(struct arena *a, const char *key, struct node *value)
{
    struct node *map = made_map(a, value);
    put(a, map, key, value);
    return map;
}

void put_key(struct arena *a, struct node *map, struct str key, struct node *value)
{
    node_set(a, map, key, value);
    struct pair *last = &map->pairs[map->count - 1];
    if (last->key_line == 0 && value) {
        last->key_line = value->line;
        last->key_column = value->column;
    }
}

void put(struct arena *a, struct node *map, const char *key, struct node *value)
{
    put_key(a, map, str_of(key), value);
}

void put_text(struct arena *a, struct node *map, const char *key, struct str text, const struct node *at)
{
    if (text.n)
        put(a, map, key, made_text(a, text, at));
}

void put_some(struct arena *a, struct node *map, const char *key, struct node *value)
{
    if (node_count(value) > 0)
        put(a, map, key, value);
}

struct node *sub_map(struct arena *a, struct node *map, const char *key)
{
    struct node *inner = node_get(map, key);
    if (!inner) {
        inner = made_map(a, map);
        put(a, map, key, inner);
    }
    return inner;
}

void annotate(struct arena *a, struct node *owner, const char *key, struct node *value)
{
    put_key(a, sub_map(a, owner, "annotations"), str_cat(a, STR(HUB), str_of(key)), value);
}

struct node *argument_input(struct arena *a, struct str name, const struct node *at)
{
    struct node *inner = made_map(a, at);
    put(a, inner, "inputName", made_text(a, name, at));
    return made_pair(a, "graphInput", inner);
}

struct node *argument_output(struct arena *a, struct str task, struct str output, const struct node *at)
{
    struct node *inner = made_map(a, at);
    put(a, inner, "taskId", made_text(a, task, at));
    put(a, inner, "outputName", made_text(a, output, at));
    return made_pair(a, "taskOutput", inner);
}

struct node *rest_of(struct arena *a, const struct node *map, const char *const *known)
{
    struct node *rest = made_map(a, map);
    for (size_t i = 0; node_is_map(map) && i < map->count; i++) {
        bool taken = node_is_null(map->pairs[i].value);
        for (size_t k = 0; !taken && known[k]; k++)
            taken = str_is(map->pairs[i].key, known[k]);
        if (!taken)
            put_key(a, rest, map->pairs[i].key, map->pairs[i].value);
    }
    return rest;
}

/* ---- which format it is */

const char *document_format_name(enum document_format format)
{
    switch (format) {
    case DOCUMENT_NATIVE:
        return "native";
    case DOCUMENT_TEKTON:
        return "tekton";
    case DOCUMENT_ELYRA:
        return "elyra";
    case DOCUMENT_OTHER:
        break;
    }
    return "other";
}

static bool is_tekton(const struct node *tree, const char *kind)
{
    struct str api = node_text_of(tree, "apiVersion");
    return (str_is(api, "tekton.dev/v1") || str_is(api, "tekton.dev/v1beta1")) &&
           str_is(node_text_of(tree, "kind"), kind);
}

/* The last PipelineRun, else the last Pipeline; NULL when there is neither. */
static const struct node *tekton_object(const struct node *const *trees, size_t count)
{
    static const char *const kinds[] = {"PipelineRun", "Pipeline"};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t i = count; i > 0; i--)
            if (is_tekton(trees[i - 1], kinds[k]))
                return trees[i - 1];
    return NULL;
}

static void convert(struct arena *a, const struct node *const *trees, size_t count, struct document *out,
                    struct problems *ps)
{
    const struct node *tekton = tekton_object(trees, count);
    const struct node *tree = trees[0];
    *out = (struct document){.native = tree};
    if (tekton) {
        *out = (struct document){DOCUMENT_TEKTON, tekton_to_native(a, trees, count, tekton, ps)};
    } else if (node_get(tree, "implementation")) {
        out->format = DOCUMENT_NATIVE;
    } else if (node_get(tree, "doc_type") && node_get(tree, "pipelines")) {
        *out = (struct document){DOCUMENT_ELYRA, elyra_to_native(a, tree, ps)};
    }
}

enum status document_from_trees(struct arena *a, const struct node *const *trees, size_t count, struct document *out,
                                struct problems *ps, struct err *e)
{
    size_t errors = ps->errors;
    *out = (struct document){0};
    if (count == 0)
        return err_set(e, ERR_INVALID, "yaml_empty", "there is no document");
    convert(a, trees, count, out, ps);
    if (ps->errors == errors)
        return OK;
    out->native = NULL;
    return err_set(e, ERR_INVALID, "document_invalid", "the pipeline has %zu error%s", ps->errors - errors,
                   ps->errors - errors == 1 ? "" : "s");
}

/* A stream counts only where it has a pipeline of Tekton's; else what the reader of one document said stands. */
static bool read_stream(struct arena *a, struct str text, struct node ***trees, size_t *count)
{
    struct err ignored = {0};
    return node_parse_yaml_stream(a, text, DOCUMENTS_MAX, trees, count, &ignored) == OK &&
           tekton_object((const struct node *const *)*trees, *count);
}

enum status document_read(struct arena *a, struct str text, struct document *out, struct problems *ps, struct err *e)
{
    struct node *one = NULL, **trees = &one;
    size_t count = 1;
    struct err inner = {0};
    *out = (struct document){0};
    enum status status = node_parse_yaml(a, text, &one, &inner);
    if (status != OK && str_is(str_of(inner.code), "yaml_documents") && read_stream(a, text, &trees, &count))
        status = OK;
    if (status == OK)
        return document_from_trees(a, (const struct node *const *)trees, count, out, ps, e);
    if (status == ERR_NOMEM) {
        *e = inner;
        return status;
    }
    (void)problem_from_err(ps, &inner);
    return err_set(e, ERR_INVALID, "document_invalid", "the document cannot be read: %s", inner.message);
}

enum status document_require(const struct document *document, struct problems *ps, struct err *e)
{
    if (document->format != DOCUMENT_OTHER)
        return OK;
    struct problem *p = problem_add(ps, SEVERITY_ERROR, "unsupported_format", STR_NONE, document->native,
                                    "this is no pipeline of a format that can be read");
    problem_hint(ps, p, "a ComponentSpec with a graph, Tekton's Pipeline or PipelineRun, or Elyra's .pipeline");
    return err_set(e, ERR_INVALID, "unsupported_format", "the document is no pipeline");
}

/* Values of documents are texts as typed: `on` and 1.10 would be written as true and 1.1, and mean something else. */
static struct node *as_typed(struct arena *a, const struct node *n)
{
    struct node *out = n->kind == NODE_MAP ? node_map(a) : n->kind == NODE_SEQ ? node_seq(a) : node_copy(a, n);
    if (n->kind == NODE_SCALAR && n->type != SCALAR_STR && n->type != SCALAR_NULL &&
        !str_eq(node_to_json(a, n), n->text))
        return node_str(a, n->text);
    for (size_t i = 0; n->kind == NODE_SEQ && i < n->count; i++)
        node_push(a, out, as_typed(a, n->items[i]));
    /* Not node_set, which would look for each key among those before it: they differ already. */
    if (n->kind == NODE_MAP)
        out->pairs = arena_array_of(a, n->count, struct pair);
    for (size_t i = 0; n->kind == NODE_MAP && i < n->count; i++)
        out->pairs[out->count++] = (struct pair){.key = n->pairs[i].key, .value = as_typed(a, n->pairs[i].value)};
    return out;
}

struct str document_write(struct arena *a, const struct node *native)
{
    struct buf b;
    buf_init(&b, a, 0);
    (void)node_write_yaml(&b, as_typed(a, native));
    return buf_take(&b);
}
