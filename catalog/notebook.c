/* A bare Jupyter notebook (nbformat 3 and 4): what it is called comes from its metadata or its first heading. */
#include "catalog/reading.h"

/* A cell's source is a text, or a list of lines. */
static struct str cell_text(struct arena *a, const struct node *cell)
{
    const struct node *source = node_get(cell, "source");
    if (!node_is_seq(source))
        return node_text(source);
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < source->count; i++)
        buf_str(&b, node_text(source->items[i]));
    return buf_take(&b);
}

/* The text without its headings. */
static struct str body(struct arena *a, struct str text)
{
    struct buf b;
    struct str rest = text, line;
    buf_init(&b, a, 0);
    while (rest.n && str_split(&rest, '\n', &line)) {
        if (str_starts(str_trim(line), "#"))
            continue;
        buf_str(&b, line);
        buf_char(&b, '\n');
    }
    return str_trim(buf_take(&b));
}

struct cells {
    struct str heading, text; /* the first of each */
    size_t all, code, markdown;
};

static void read_cells(struct reading *r, const struct node *list, struct cells *c)
{
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++) {
        const struct node *cell = list->items[i];
        struct str type = node_text_of(cell, "cell_type");
        c->all++;
        c->code += str_is(type, "code");
        if (str_is(type, "heading") && c->heading.n == 0) /* nbformat 3 */
            c->heading = str_trim(cell_text(r->a, cell));
        if (!str_is(type, "markdown"))
            continue;
        c->markdown++;
        struct str text = cell_text(r->a, cell);
        if (c->heading.n == 0)
            c->heading = markdown_heading(r->a, text);
        if (c->text.n == 0)
            c->text = body(r->a, text);
        search_add(&r->search, text);
    }
}

void read_ipynb(struct reading *r)
{
    struct package *p = r->package;
    const struct node *d = r->documents[0];
    const struct node *metadata = check_map(r->ps, d, STR_NONE, "metadata");
    const struct node *sheets = node_get(d, "worksheets");
    struct cells c = {0};
    read_cells(r, check_list(r->ps, d, STR_NONE, "cells"), &c);
    for (size_t i = 0; node_is_seq(sheets) && i < sheets->count; i++)
        read_cells(r, node_get(sheets->items[i], "cells"), &c);
    p->title = str_trim(check_text(r->ps, metadata, STR("/metadata"), "title"));
    if (p->title.n == 0)
        p->title = c.heading;
    if (p->title.n == 0)
        p->title = file_stem(p->main_path);
    p->description = check_text(r->ps, metadata, STR("/metadata"), "description");
    if (p->description.n == 0)
        p->description = c.text;
    p->provider = node_text(node_get(node_at(node_get(metadata, "authors"), 0), "name"));
    tags_add(r, node_get(metadata, "tags"));
    annotations_read(r, metadata);
    const struct node *kernel = node_get(metadata, "kernelspec");
    struct str language = node_text(node_path(metadata, "language_info", "name", NULL));
    struct str shown = node_text_of(kernel, "display_name");
    fact_str(r, "language", language.n ? language : node_text_of(kernel, "language"));
    fact_str(r, "kernel", shown.n ? shown : node_text_of(kernel, "name"));
    fact_node(r, "nbformat", node_get(d, "nbformat"));
    fact_int(r, "cells", c.all);
    fact_int(r, "code_cells", c.code);
    fact_int(r, "markdown_cells", c.markdown);
}
