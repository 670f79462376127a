#include <string.h>

#include "catalog/main_file.h"
#include "catalog/reading.h"
#include "catalog/recognise.h"

static void (*const READERS[FORMAT_COUNT])(struct reading *) = {
    [FORMAT_COMPONENT_V1] = read_component_spec,
    [FORMAT_COMPONENT_V2] = read_component_ir,
    [FORMAT_TEKTON_TASK] = read_tekton_task,
    [FORMAT_TEKTON_STEPACTION] = read_tekton_task,
    [FORMAT_GRAPH] = read_component_spec,
    [FORMAT_KFP_IR] = read_pipeline_ir,
    [FORMAT_TEKTON_PIPELINE] = read_tekton_pipeline,
    [FORMAT_TEKTON_PIPELINERUN] = read_tekton_pipelinerun,
    [FORMAT_ELYRA] = read_elyra,
    [FORMAT_MLX_MODEL] = read_mlx_model,
    [FORMAT_MLX_NOTEBOOK] = read_mlx_notebook,
    [FORMAT_IPYNB] = read_ipynb,
    [FORMAT_OLM_BUNDLE] = read_operator,
    [FORMAT_MANIFESTS] = read_operator,
    [FORMAT_MLX_DATASET] = read_mlx_dataset,
};

struct request {
    struct arena *a;
    struct str bytes, filename;
    const enum asset_kind *kind;
    struct package *package;
    struct problems *ps;
    struct err *e;
    struct node **documents; /* of the main file and, for an operator in several files, of the others */
    size_t document_count;
};

/* ---- the bytes */

static enum status not_text(struct request *q, struct str path)
{
    struct str shown = check_excerpt(q->a, path);
    err_set(q->e, ERR_INVALID, "not_recognised", "%.*s%sneither text nor a .tar.gz or .zip archive", STR_ARG(shown),
            shown.n ? " is " : "the upload is ");
    struct str b = q->package->main;
    if (b.n >= 2 && (memcmp(b.p, "\xff\xfe", 2) == 0 || memcmp(b.p, "\xfe\xff", 2) == 0))
        return err_hint(q->e, "the text is UTF-16; save it as UTF-8");
    return err_hint(q->e, "publish YAML or JSON in UTF-8, a notebook, or an archive of files");
}

/* The name that a bare file is kept under: the last part of what the client called it, where that is usable. */
static struct str bare_path(struct request *q)
{
    struct str base = file_base(q->filename);
    bool usable =
        base.n > 0 && base.n <= ARCHIVE_MAX_NAME && str_utf8(base) && !str_is(base, ".") && !str_is(base, "..");
    for (size_t i = 0; usable && i < base.n; i++)
        usable = (unsigned char)base.p[i] >= ' ' && base.p[i] != 0x7f;
    return usable ? str_dup(q->a, base) : STR_NONE;
}

static enum status take_bare(struct request *q)
{
    struct package *p = q->package;
    p->main_path = bare_path(q);
    p->main = q->bytes;
    p->members = arena_new_of(q->a, struct member);
    p->members[0] = (struct member){p->main_path, p->main};
    p->member_count = 1;
    return str_utf8(p->main) ? OK : not_text(q, STR_NONE);
}

static enum status take_archive(struct request *q, struct main_file *found)
{
    struct package *p = q->package;
    enum status s = archive_unpack(q->a, q->bytes, &p->members, &p->member_count, q->e);
    if (s != OK)
        return s;
    members_strip_folder(q->a, p->members, p->member_count);
    s = main_file_find(q->a, p->members, p->member_count, q->kind, found, q->e);
    if (s != OK)
        return s;
    p->main_path = p->members[found->index].path;
    p->main = p->members[found->index].data;
    const struct member *readme = member_find(p->members, p->member_count, "README.md");
    if (!readme)
        readme = member_find(p->members, p->member_count, "README");
    if (readme && str_utf8(readme->data))
        p->readme = readme->data;
    return str_utf8(p->main) ? OK : not_text(q, p->main_path);
}

static enum status add_documents(struct request *q, struct str data)
{
    struct node **more;
    size_t count;
    enum status s = file_documents(q->a, data, &more, &count, q->e);
    if (s != OK || count == 0)
        return s;
    q->documents =
        arena_grow(q->a, q->documents, q->document_count * sizeof *more, (q->document_count + count) * sizeof *more);
    memcpy(q->documents + q->document_count, more, count * sizeof *more);
    q->document_count += count;
    return OK;
}

static enum status unpack(struct request *q)
{
    struct package *p = q->package;
    struct main_file found = {0};
    p->bytes = q->bytes;
    p->packed = archive_detect(q->bytes);
    if (q->bytes.n == 0)
        return err_set(q->e, ERR_INVALID, "empty_upload", "the upload is empty");
    if (q->bytes.n > PACKAGE_MAX_BYTES)
        return err_set(q->e, ERR_LIMIT, "too_large", "the upload has %zu bytes; at most %zu MiB are taken", q->bytes.n,
                       PACKAGE_MAX_BYTES >> 20);
    enum status s = p->packed == ARCHIVE_NONE ? take_bare(q) : take_archive(q, &found);
    if (s == OK)
        s = add_documents(q, p->main);
    for (size_t i = 0; found.parts && s == OK && i < p->member_count; i++)
        if (found.parts[i])
            s = add_documents(q, p->members[i].data);
    return s;
}

/* ---- what it is */

static enum status mismatch(struct request *q)
{
    const char *is = kind_name(q->package->kind), *wanted = kind_name(*q->kind);
    err_set(q->e, ERR_INVALID, "kind_mismatch", "this is %s %s (%s), not %s %s", strchr("aeiou", is[0]) ? "an" : "a",
            is, format_name(q->package->format), strchr("aeiou", wanted[0]) ? "an" : "a", wanted);
    return err_hint(q->e, "publish it as %s, or leave the kind out", is);
}

static enum status identify(struct request *q)
{
    struct package *p = q->package;
    struct recognised found;
    enum status s = recognise(q->documents, q->document_count, &found, q->e);
    if (s != OK)
        return s;
    p->format = found.format;
    p->kind = format_kind(p->format);
    if (q->kind && *q->kind == KIND_COMPONENT) {
        /* A graph is a component as well, and so is a pipeline that wraps one component. */
        if (p->format == FORMAT_KFP_IR && ir_is_component(q->documents[0]))
            p->format = FORMAT_COMPONENT_V2;
        if (p->format == FORMAT_GRAPH || p->format == FORMAT_COMPONENT_V2)
            p->kind = KIND_COMPONENT;
    }
    if (p->main_path.n == 0) {
        const char *ending = p->format == FORMAT_IPYNB ? "ipynb" : p->format == FORMAT_ELYRA ? "pipeline" : "yaml";
        p->main_path = str_printf(q->a, "%s.%s", kind_name(p->kind), ending);
        p->members[0].path = p->main_path;
    }
    return q->kind && p->kind != *q->kind ? mismatch(q) : OK;
}

/* ---- what it says */

#define TITLE_MAX_BYTES  500
#define SEARCH_MAX_BYTES ((size_t)64 << 10)

static void check_title(struct reading *r, size_t errors)
{
    struct package *p = r->package;
    p->title = str_trim(p->title);
    if (p->title.n == 0 && r->ps->errors == errors)
        check_error(r->ps, "missing_field", STR_NONE, r->documents[0], NULL, "the document has no name");
    if (p->title.n > TITLE_MAX_BYTES)
        check_error(r->ps, "name_too_long", STR_NONE, r->documents[0], NULL,
                    "the name has %zu bytes; at most %d are taken", p->title.n, TITLE_MAX_BYTES);
}

static void add_ports(struct buf *b, const struct port *ports, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        search_add(b, ports[i].name);
        search_add(b, ports[i].description);
        if (!type_is_value(ports[i].type))
            search_add(b, ports[i].type);
    }
}

static struct str search_text(struct reading *r)
{
    struct package *p = r->package;
    struct buf b;
    buf_init(&b, r->a, SEARCH_MAX_BYTES);
    search_add(&b, utf8_cut(p->description, SEARCH_MAX_BYTES / 4));
    add_ports(&b, p->interface.inputs, p->interface.input_count);
    add_ports(&b, p->interface.outputs, p->interface.output_count);
    search_add_node(&b, r->facts);
    search_add_node(&b, p->labels);
    struct str more = buf_take(&r->search);
    size_t left = b.n + 1 < SEARCH_MAX_BYTES ? SEARCH_MAX_BYTES - b.n - 1 : 0;
    search_add(&b, utf8_cut(more, left));
    return buf_take(&b);
}

/* The first error is the summary; the others are in the list. */
static enum status summarise(struct request *q, size_t from, size_t errors)
{
    const struct problem *first = NULL;
    for (size_t i = from; i < q->ps->count && !first; i++)
        if (q->ps->list[i].severity == SEVERITY_ERROR)
            first = &q->ps->list[i];
    if (!first)
        return err_set(q->e, ERR_INVALID, "invalid_document", "the document has %zu errors", q->ps->errors - errors);
    size_t more = q->ps->errors - errors - 1;
    struct str path = utf8_cut(first->path, 160);
    const char *code = str_cstr(q->a, first->code);
    err_set(q->e, ERR_INVALID, code, "%.*s%s%.*s%s", STR_ARG(first->message), path.n ? ", at " : "", STR_ARG(path),
            more > 1    ? ", and further errors"
            : more == 1 ? ", and a further error"
                        : "");
    q->e->line = first->line;
    q->e->column = first->column;
    return first->hint.n ? err_hint(q->e, "%.*s", STR_ARG(first->hint)) : ERR_INVALID;
}

static enum status read_document(struct request *q)
{
    struct package *p = q->package;
    size_t errors = q->ps->errors, from = q->ps->count;
    struct reading r = {.a = q->a, .ps = q->ps, .package = p, .documents = q->documents};
    r.document_count = q->document_count;
    r.facts = node_map(q->a);
    buf_init(&r.search, q->a, SEARCH_MAX_BYTES);
    READERS[p->format](&r);
    check_title(&r, errors);
    if (q->ps->errors > errors)
        return summarise(q, from, errors);
    p->document = q->documents[0];
    p->facts = r.facts;
    p->name = name_slug(q->a, p->title);
    p->search_text = search_text(&r);
    if (!version_valid(p->version))
        p->version = STR_NONE; /* a note of the author's, such as "latest", rather than a version */
    enum status s = sha256(p->main, p->main_digest);
    return s ? s : sha256(p->bytes, p->package_digest);
}

static void hint_at_name(struct request *q)
{
    static const char *const endings[] = {".zip", ".tgz", ".tar.gz", ".gz", ".tar"};
    bool unclear = q->e->status == ERR_SYNTAX || strcmp(q->e->code, "not_recognised") == 0;
    if (!unclear || q->package->packed != ARCHIVE_NONE)
        return;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (!str_ends(q->filename, endings[i]))
            continue;
        err_hint(q->e, "the name ends in %s, but the bytes are no .tar.gz and no .zip: pack it again", endings[i]);
        return;
    }
}

static enum status read_guarded(void *arg)
{
    struct request *q = arg;
    size_t from = q->ps->count, errors = q->ps->errors;
    enum status s = unpack(q);
    if (s == OK)
        s = identify(q);
    if (s != OK)
        hint_at_name(q);
    else
        s = read_document(q);
    if (s != OK && s != ERR_NOMEM && q->ps->errors == errors)
        problem_from_err(q->ps, q->e);
    for (size_t i = from; q->package->packed != ARCHIVE_NONE && i < q->ps->count; i++)
        if (q->ps->list[i].file.n == 0)
            q->ps->list[i].file = q->package->main_path;
    return s;
}

enum status package_read(struct arena *a, struct str bytes, struct str filename, const enum asset_kind *kind,
                         struct package *out, struct problems *ps, struct err *e)
{
    struct err own = {0};
    struct request q = {.a = a, .bytes = bytes, .filename = filename, .kind = kind};
    *out = (struct package){0};
    q.package = out;
    q.ps = ps;
    q.e = &own;
    enum status s = arena_guard(a, read_guarded, &q);
    if (s != OK && own.status != s) /* the arena ran out on the way, perhaps while an error was being written down */
        err_set(&own, s, s == ERR_LIMIT ? "memory_limit" : "out_of_memory",
                "there is not enough memory to read this upload");
    if (s != OK) {
        *out = (struct package){0};
        if (e)
            *e = own;
    }
    return s;
}

enum status package_download(struct arena *a, const struct member *members, size_t count, struct str *out,
                             struct err *e)
{
    return archive_pack_tgz(a, members, count, out, e);
}
