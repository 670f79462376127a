/* Descriptions out of a docstring, as Google's style writes it. */
#include "catalog/code/python.h"

struct line {
    struct str text; /* trimmed */
    size_t indent;
};

static bool next_line(struct str *rest, struct line *out)
{
    struct str raw;
    if (!str_split(rest, '\n', &raw))
        return false;
    out->indent = 0;
    while (out->indent < raw.n && (raw.p[out->indent] == ' ' || raw.p[out->indent] == '\t'))
        out->indent++;
    out->text = str_trim(raw);
    return true;
}

static bool is_section(struct str s)
{
    static const char *const names[] = {"Args:",   "Arguments:", "Parameters:", "Returns:", "Return:", "Raises:",
                                        "Yields:", "Example:",   "Examples:",   "Note:",    "Notes:"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(s, names[i]))
            return true;
    return false;
}

static struct str joined(struct arena *a, struct str text, struct str more)
{
    return text.n ? STR_JOIN(a, text, STR(" "), more) : more;
}

static struct str first_paragraph(struct arena *a, struct str doc)
{
    struct str text = STR_NONE;
    struct line line;
    while (next_line(&doc, &line)) {
        if (is_section(line.text) || (line.text.n == 0 && text.n > 0))
            break;
        text = line.text.n ? joined(a, text, line.text) : text;
    }
    return text;
}

static struct str *described(struct parameter *list, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].name, name))
            return &list[i].port.description;
    return NULL;
}

/* "name (type): what it is" */
static struct str *entry(struct parameter *list, size_t count, struct str line, struct str *text)
{
    ptrdiff_t colon = str_find_char(line, ':');
    if (colon < 0)
        return NULL;
    struct str name = str_sub(line, 0, (size_t)colon);
    ptrdiff_t space = str_find_char(name, ' ');
    *text = str_trim(str_from(line, (size_t)colon + 1));
    return described(list, count, space < 0 ? name : str_sub(name, 0, (size_t)space));
}

/* The lines of a section, entry by entry; what is indented further goes on with the entry above it. */
static void section(struct arena *a, struct str *doc, size_t indent, struct parameter *list, size_t count, bool tuple)
{
    struct str before = *doc;
    struct str *target = NULL;
    struct line line;
    size_t entries = 0;
    for (; next_line(doc, &line); before = *doc) {
        if (line.text.n == 0)
            continue;
        if (line.indent <= indent || is_section(line.text)) {
            *doc = before;
            return;
        }
        entries = entries ? entries : line.indent;
        struct str text = line.text;
        if (tuple && line.indent <= entries)
            target = entry(list, count, line.text, &text);
        else if (!tuple && count == 1)
            target = &list[0].port.description;
        if (target)
            *target = joined(a, *target, text);
    }
}

void python_doc(struct arena *a, struct function *f)
{
    struct str doc = f->doc;
    struct line line;
    if (doc.n == 0)
        return;
    f->description = first_paragraph(a, doc);
    while (next_line(&doc, &line)) {
        if (str_is(line.text, "Args:") || str_is(line.text, "Arguments:") || str_is(line.text, "Parameters:"))
            section(a, &doc, line.indent, f->parameters, f->parameter_count, true);
        else if (str_is(line.text, "Returns:") || str_is(line.text, "Return:"))
            section(a, &doc, line.indent, f->results, f->result_count, f->returns_tuple);
    }
}
