/*
 * YAML to nodes: libyaml's events go straight into the arena, with one frame for each open map or list.
 *
 * An alias shares the node of its anchor, but counts as if it were written out, so that a few bytes of nested aliases
 * cannot become gigabytes for those who walk the tree.
 */
#include <string.h>

#include "base/scalar.h"
#include "base/yaml_reader.h"

#define CORE_TAG "tag:yaml.org,2002:"

static struct str text_of(const yaml_char_t *p, size_t n)
{
    return (struct str){(const char *)p, n};
}

static enum status next_event(struct reader *r)
{
    if (r->event_live)
        yaml_event_delete(&r->event);
    r->event_live = false;
    if (!yaml_parser_parse(&r->parser, &r->event))
        return yaml_syntax_error(r);
    r->event_live = true;
    return OK;
}

/* ---- scalars */

static enum status bad_tag(struct reader *r, const char *tag)
{
    bool core = strncmp(tag, CORE_TAG, sizeof CORE_TAG - 1) == 0;
    yaml_fail(r, r->event.start_mark, ERR_UNSUPPORTED, "yaml_tag", "the tag %s%.100s is not supported here",
              core ? "!!" : "", core ? tag + sizeof CORE_TAG - 1 : tag);
    return err_hint(r->e, "remove the tag; put the text in quotes if it is text");
}

static enum status bad_value(struct reader *r, struct str text, const char *what)
{
    return yaml_fail(r, r->event.start_mark, ERR_SYNTAX, "yaml_tag", "\"%.*s\" cannot be read as %s",
                     text.n > 80 ? 80 : (int)text.n, text.p, what);
}

/* The type that a core tag asks for. */
static enum status apply_tag(struct reader *r, struct node *n, const char *tag)
{
    static const struct {
        const char *tag, *what;
        enum scalar_type type;
    } typed[] = {
        {CORE_TAG "int", "an integer", SCALAR_INT},
        {CORE_TAG "float", "a number", SCALAR_FLOAT},
        {CORE_TAG "bool", "true or false", SCALAR_BOOL},
        {CORE_TAG "null", "null", SCALAR_NULL},
    };
    n->type = SCALAR_STR;
    /* Bytes and times stay text: whoever wants them decodes them. */
    if (strcmp(tag, "!") == 0 || strcmp(tag, CORE_TAG "str") == 0 || strcmp(tag, CORE_TAG "binary") == 0 ||
        strcmp(tag, CORE_TAG "timestamp") == 0)
        return OK;
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        if (strcmp(tag, typed[i].tag) != 0)
            continue;
        n->type = scalar_resolve(n->text);
        if (n->type == SCALAR_INT && typed[i].type == SCALAR_FLOAT) {
            struct number v;
            scalar_canonical(n, &v);
            n->text = str_cat(r->a, (struct str){v.text, v.n}, STR(".0"));
            n->type = SCALAR_FLOAT;
        }
        return n->type == typed[i].type ? OK : bad_value(r, n->text, typed[i].what);
    }
    return bad_tag(r, tag);
}

static enum node_style style_of(yaml_scalar_style_t style)
{
    switch (style) {
    case YAML_PLAIN_SCALAR_STYLE:
        return STYLE_PLAIN;
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return STYLE_QUOTED;
    case YAML_LITERAL_SCALAR_STYLE:
        return STYLE_LITERAL;
    case YAML_FOLDED_SCALAR_STYLE:
        return STYLE_FOLDED;
    case YAML_ANY_SCALAR_STYLE:
        break;
    }
    return STYLE_ANY;
}

static struct node *new_node(struct reader *r, enum node_kind kind)
{
    struct node *n = arena_new_of(r->a, struct node);
    n->kind = kind;
    n->line = (unsigned)r->event.start_mark.line + 1;
    n->column = (unsigned)r->event.start_mark.column + 1;
    return n;
}

static enum status read_scalar(struct reader *r, struct node **out)
{
    struct str text = text_of(r->event.data.scalar.value, r->event.data.scalar.length);
    const char *tag = (const char *)r->event.data.scalar.tag;
    if (text.n > 0 && memchr(text.p, '\0', text.n) != NULL)
        return yaml_fail(r, r->event.start_mark, ERR_SYNTAX, "yaml_utf8",
                         "the character U+0000 is not allowed in text");
    struct node *n = new_node(r, NODE_SCALAR);
    n->text = str_dup(r->a, text);
    n->style = style_of(r->event.data.scalar.style);
    *out = n;
    if (tag != NULL)
        return apply_tag(r, n, tag);
    n->type = n->style == STYLE_PLAIN ? scalar_resolve(n->text) : SCALAR_STR;
    return OK;
}

/* ---- limits */

static enum status spend(struct reader *r, struct cost c)
{
    r->spent.nodes += c.nodes;
    r->spent.bytes += c.bytes;
    if (r->spent.nodes > NODE_MAX_COUNT)
        return yaml_fail(r, r->event.start_mark, ERR_LIMIT, "yaml_nodes",
                         "the document has more than %d values, aliases counted each time they are used",
                         NODE_MAX_COUNT);
    return OK;
}

static enum status too_deep(struct reader *r)
{
    return yaml_fail(r, r->event.start_mark, ERR_LIMIT, "yaml_depth", "maps and lists are nested more than %d deep",
                     NODE_MAX_DEPTH);
}

/* ---- putting nodes into what is open */

static struct frame *innermost(struct reader *r)
{
    return r->depth == 0 ? NULL : &r->frames[r->depth - 1];
}

static void push_pair(struct reader *r, const struct pair *p)
{
    if (r->count == r->cap) {
        size_t cap = r->cap == 0 ? 64 : 2 * r->cap;
        r->pairs = arena_grow(r->a, r->pairs, r->count * sizeof *r->pairs, cap * sizeof *r->pairs);
        r->cap = cap;
    }
    r->pairs[r->count++] = *p;
}

/* The value is complete; it goes to the innermost frame, or is the document. */
static void place(struct reader *r, struct node *n, unsigned height, struct node **root)
{
    struct frame *f = innermost(r);
    if (f == NULL) {
        *root = n;
        return;
    }
    /* What is merged becomes part of this map: its pairs are as high as before. */
    bool merged = f->merge != 0 && f->merge == r->count - f->first + 1;
    if (height + !merged > f->height)
        f->height = height + !merged;
    struct pair p = f->key;
    p.value = n;
    push_pair(r, &p);
    f->have_key = false;
}

static bool wants_key(const struct frame *f)
{
    return f != NULL && f->node->kind == NODE_MAP && !f->have_key;
}

static enum status take_key(struct reader *r, struct frame *f, const struct node *n)
{
    bool merge = str_is(n->text, "<<") && n->style == STYLE_PLAIN && r->event.type == YAML_SCALAR_EVENT &&
                 r->event.data.scalar.tag == NULL;
    if (merge && f->merge != 0) {
        yaml_fail(r, r->event.start_mark, ERR_SYNTAX, "yaml_duplicate_key", "\"<<\" is there twice in this map");
        return err_hint(r->e, "merge several maps with a list: `<<: [*a, *b]`");
    }
    if (merge)
        f->merge = r->count - f->first + 1;
    f->key = (struct pair){
        .key = n->text,
        .key_line = (unsigned)r->event.start_mark.line + 1,
        .key_column = (unsigned)r->event.start_mark.column + 1,
    };
    f->have_key = true;
    r->spent.bytes += n->text.n;
    return OK;
}

/* ---- events */

static enum status on_scalar(struct reader *r, struct node **root)
{
    struct node *n = NULL;
    enum status s = read_scalar(r, &n);
    if (s != OK)
        return s;
    struct cost c = {.nodes = 1, .bytes = NODE_COST + n->text.n};
    if (r->event.data.scalar.anchor != NULL) {
        size_t i = yaml_anchor_add(r, str_of((const char *)r->event.data.scalar.anchor));
        r->anchors[i].node = n;
        r->anchors[i].cost = c;
        r->anchors[i].open = false;
    }
    if (wants_key(innermost(r)))
        return take_key(r, innermost(r), n);
    s = spend(r, c);
    if (s == OK)
        place(r, n, 0, root);
    return s;
}

static enum status on_alias(struct reader *r, struct node **root)
{
    struct str name = str_of((const char *)r->event.data.alias.anchor);
    const struct anchor *anchor = yaml_anchor_find(r, name);
    if (anchor == NULL || anchor->open)
        return yaml_fail(r, r->event.start_mark, ERR_SYNTAX, "yaml_alias", "the alias *%.80s %s", name.p,
                         anchor == NULL ? "refers to nothing above it" : "is inside of what it refers to");
    r->alias_bytes += anchor->cost.bytes;
    if (r->alias_bytes > NODE_MAX_ALIAS_BYTES)
        return yaml_fail(r, r->event.start_mark, ERR_LIMIT, "yaml_alias", "aliases stand for more than %zu MB of text",
                         NODE_MAX_ALIAS_BYTES >> 20);
    if (wants_key(innermost(r))) {
        if (anchor->node->kind == NODE_SCALAR)
            return take_key(r, innermost(r), anchor->node);
        return yaml_fail(r, r->event.start_mark, ERR_UNSUPPORTED, "yaml_key", "a %s cannot be a key",
                         node_kind_name(anchor->node));
    }
    if (r->depth + anchor->cost.height > NODE_MAX_DEPTH)
        return too_deep(r);
    enum status s = spend(r, anchor->cost);
    if (s == OK)
        place(r, anchor->node, anchor->cost.height, root);
    return s;
}

static enum status on_start(struct reader *r, enum node_kind kind)
{
    bool map = kind == NODE_MAP;
    const yaml_char_t *anchor = map ? r->event.data.mapping_start.anchor : r->event.data.sequence_start.anchor;
    const yaml_char_t *tag = map ? r->event.data.mapping_start.tag : r->event.data.sequence_start.tag;
    bool flow = map ? r->event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                    : r->event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    if (tag != NULL && strcmp((const char *)tag, "!") != 0 &&
        strcmp((const char *)tag, map ? CORE_TAG "map" : CORE_TAG "seq") != 0)
        return bad_tag(r, (const char *)tag);
    if (wants_key(innermost(r)))
        return yaml_fail(r, r->event.start_mark, ERR_UNSUPPORTED, "yaml_key", "a %s cannot be a key",
                         map ? "map" : "list");
    if (r->depth == NODE_MAX_DEPTH)
        return too_deep(r);
    struct frame *f = &r->frames[r->depth];
    *f = (struct frame){.first = r->count, .before = r->spent, .height = 1};
    enum status s = spend(r, (struct cost){.nodes = 1, .bytes = NODE_COST});
    if (s != OK)
        return s;
    f->node = new_node(r, kind);
    f->node->style = flow ? STYLE_FLOW : STYLE_ANY;
    if (anchor != NULL)
        f->anchor = yaml_anchor_add(r, str_of((const char *)anchor)) + 1;
    r->depth++;
    return OK;
}

static void finish_seq(struct reader *r, const struct frame *f)
{
    struct node *n = f->node;
    n->count = r->count - f->first;
    n->items = arena_array_of(r->a, n->count, struct node *);
    for (size_t i = 0; i < n->count; i++)
        n->items[i] = r->pairs[f->first + i].value;
}

static enum status on_end(struct reader *r, struct node **root)
{
    struct frame *f = &r->frames[r->depth - 1];
    if (f->node->kind == NODE_SEQ) {
        finish_seq(r, f);
    } else {
        enum status s = yaml_finish_map(r, f);
        if (s != OK)
            return s;
    }
    /* The same name may have been given to something inside meanwhile: then that one holds. */
    struct anchor *anchor = f->anchor == 0 ? NULL : &r->anchors[f->anchor - 1];
    if (anchor != NULL && anchor->open) {
        anchor->node = f->node;
        anchor->open = false;
        anchor->cost = (struct cost){r->spent.nodes - f->before.nodes, r->spent.bytes - f->before.bytes, f->height};
    }
    r->count = f->first;
    r->depth--;
    place(r, f->node, f->height, root);
    return OK;
}

/* ---- documents */

/* Reads on to the end of a value at the top: *root is NULL for a document without anything in it. */
static enum status read_document(struct reader *r, struct node **root)
{
    *root = NULL;
    do {
        enum status s = next_event(r);
        if (s != OK)
            return s;
        switch (r->event.type) {
        case YAML_SCALAR_EVENT:
            /* Nothing between two "---": libyaml says an empty scalar. */
            if (r->depth == 0 && r->event.data.scalar.length == 0 && r->event.data.scalar.tag == NULL &&
                r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
                return OK;
            s = on_scalar(r, root);
            break;
        case YAML_ALIAS_EVENT:
            s = on_alias(r, root);
            break;
        case YAML_SEQUENCE_START_EVENT:
            s = on_start(r, NODE_SEQ);
            break;
        case YAML_MAPPING_START_EVENT:
            s = on_start(r, NODE_MAP);
            break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
            s = on_end(r, root);
            break;
        default:
            return err_set(r->e, ERR_INTERNAL, "internal", "the YAML reader got event %d", (int)r->event.type);
        }
        if (s != OK)
            return s;
    } while (r->depth > 0);
    return OK;
}

/* What a run reads and leaves. */
struct run {
    struct reader r;
    struct str text;
    size_t max;
    struct node **documents;
    size_t count, cap;
};

static enum status keep(struct run *run, struct node *root)
{
    if (run->count == run->max) {
        struct err *e = run->r.e;
        if (run->max == 1) {
            err_set(e, ERR_SYNTAX, "yaml_documents", "there is a second document here, where only one is expected");
            err_hint(e, "remove the \"---\" line and what follows");
        } else {
            err_set(e, ERR_LIMIT, "yaml_documents", "there are more than %zu documents", run->max);
        }
        e->line = root->line;
        e->column = root->column;
        return e->status;
    }
    if (run->count == run->cap) {
        size_t cap = run->cap == 0 ? 4 : 2 * run->cap;
        run->documents = arena_grow(run->r.a, run->documents, run->count * sizeof root, cap * sizeof root);
        run->cap = cap;
    }
    run->documents[run->count++] = root;
    return OK;
}

static enum status read_stream(void *arg)
{
    struct run *run = arg;
    struct reader *r = &run->r;
    enum status s = yaml_check_text(r, run->text);
    if (s != OK)
        return s;
    if (!yaml_parser_initialize(&r->parser))
        return err_set(r->e, ERR_NOMEM, "out_of_memory", "there is not enough memory to read this document");
    r->parser_live = true;
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)run->text.p, run->text.n);
    while ((s = next_event(r)) == OK && r->event.type != YAML_STREAM_END_EVENT) {
        if (r->event.type != YAML_DOCUMENT_START_EVENT)
            continue;
        struct node *root;
        r->anchor_count = r->anchor_cap = 0; /* anchors hold within their document */
        s = read_document(r, &root);
        if (s == OK && root != NULL)
            s = keep(run, root);
        if (s != OK)
            return s;
    }
    return s;
}

static enum status read_all(struct arena *a, struct str text, struct run *run, struct err *e)
{
    struct err own = {0};
    enum status s = OK;
    if (text.n > NODE_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "yaml_size", "the text has more than %zu MB", NODE_MAX_BYTES >> 20);
    if (str_starts(text, "\xef\xbb\xbf"))
        text = str_from(text, 3); /* byte order mark */
    run->text = text;
    run->r.a = a;
    run->r.e = &own;
    if (text.n > 0) /* libyaml asserts that there is something */
        s = arena_guard(a, read_stream, run);
    if (run->r.event_live)
        yaml_event_delete(&run->r.event);
    if (run->r.parser_live)
        yaml_parser_delete(&run->r.parser);
    if (s != OK && own.status == OK)
        err_set(&own, s, s == ERR_LIMIT ? "memory_limit" : "out_of_memory",
                "there is not enough memory to read this document");
    if (s != OK && e != NULL)
        *e = own;
    return s;
}

enum status node_parse_yaml(struct arena *a, struct str text, struct node **out, struct err *e)
{
    struct run run = {.max = 1};
    enum status s = read_all(a, text, &run, e);
    if (s != OK)
        return s;
    if (run.count == 0)
        return err_set(e, ERR_SYNTAX, "yaml_empty", "there is nothing in this document");
    *out = run.documents[0];
    return OK;
}

enum status node_parse_yaml_stream(struct arena *a, struct str text, size_t max_documents, struct node ***out,
                                   size_t *count, struct err *e)
{
    struct run run = {.max = max_documents};
    enum status s = read_all(a, text, &run, e);
    if (s != OK)
        return s;
    *out = run.documents;
    *count = run.count;
    return OK;
}
