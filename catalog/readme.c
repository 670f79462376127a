/*
 * md4c parses, the HTML is written here: nothing reaches the output but the tags below and escaped text. md4c's own
 * HTML writer is not used, because it cannot be stopped: a long link target that is referred to many times makes
 * gigabytes of a small file.
 */
#include "catalog/readme.h"

#include <md4c.h>

#include "catalog/readme_url.h"

#define ID_MAX  100
#define PADDING 64 /* NUL bytes behind the source, because md4c looks a little beyond its end */

struct rendering {
    struct arena *a;
    struct buf body, heading, id; /* a heading's text is held back until its id is known */
    struct buf *out;
    struct str source; /* what md4c reads */
    struct str *ids;
    size_t id_count;
    unsigned depth, links, shown_images;
    bool link_open, id_full, over;
    enum status status;
};

static void escaped(struct buf *b, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        switch (p[i]) {
        case '<':
            buf_cstr(b, "&lt;");
            break;
        case '>':
            buf_cstr(b, "&gt;");
            break;
        case '&':
            buf_cstr(b, "&amp;");
            break;
        case '"':
            buf_cstr(b, "&quot;");
            break;
        default:
            buf_char(b, p[i]);
        }
    }
}

/* ---- blocks */

static const char *element_of(MD_BLOCKTYPE type)
{
    switch (type) {
    case MD_BLOCK_QUOTE:
        return "blockquote";
    case MD_BLOCK_UL:
        return "ul";
    case MD_BLOCK_OL:
        return "ol";
    case MD_BLOCK_LI:
        return "li";
    case MD_BLOCK_P:
        return "p";
    case MD_BLOCK_TABLE:
        return "table";
    case MD_BLOCK_THEAD:
        return "thead";
    case MD_BLOCK_TBODY:
        return "tbody";
    case MD_BLOCK_TR:
        return "tr";
    case MD_BLOCK_TH:
        return "th";
    case MD_BLOCK_TD:
        return "td";
    default:
        return NULL;
    }
}

static bool plain_word(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= 'A' && p[i] <= 'Z') || (p[i] >= '0' && p[i] <= '9') ||
              p[i] == '-' || p[i] == '+' || p[i] == '#' || p[i] == '_' || p[i] == '.'))
            return false;
    return n > 0 && n <= 40;
}

static void open_code(struct rendering *r, const MD_BLOCK_CODE_DETAIL *d)
{
    buf_cstr(r->out, "<pre><code");
    if (plain_word(d->lang.text, d->lang.size))
        buf_printf(r->out, " class=\"language-%.*s\"", (int)d->lang.size, d->lang.text);
    buf_char(r->out, '>');
}

static const char *alignment(MD_ALIGN align)
{
    switch (align) {
    case MD_ALIGN_LEFT:
        return " align=\"left\"";
    case MD_ALIGN_CENTER:
        return " align=\"center\"";
    case MD_ALIGN_RIGHT:
        return " align=\"right\"";
    case MD_ALIGN_DEFAULT:
        break;
    }
    return "";
}

static void open_block(struct rendering *r, MD_BLOCKTYPE type, const void *detail)
{
    buf_printf(r->out, "<%s", element_of(type));
    if (type == MD_BLOCK_OL && ((const MD_BLOCK_OL_DETAIL *)detail)->start != 1)
        buf_printf(r->out, " start=\"%u\"", ((const MD_BLOCK_OL_DETAIL *)detail)->start);
    if (type == MD_BLOCK_TH || type == MD_BLOCK_TD)
        buf_cstr(r->out, alignment(((const MD_BLOCK_TD_DETAIL *)detail)->align));
    buf_char(r->out, '>');
    if (type == MD_BLOCK_LI) {
        const MD_BLOCK_LI_DETAIL *d = detail;
        if (d->is_task)
            buf_cstr(r->out, d->task_mark == ' ' ? "\u2610 " : "\u2611 ");
    }
}

static void enter_block(struct rendering *r, MD_BLOCKTYPE type, const void *detail)
{
    if (type == MD_BLOCK_HR) {
        buf_cstr(r->out, "<hr>\n");
    } else if (type == MD_BLOCK_H) {
        buf_init(&r->heading, r->a, README_MAX_OUTPUT);
        buf_init(&r->id, r->a, 0);
        r->id_full = false;
        r->out = &r->heading;
    } else if (type == MD_BLOCK_CODE) {
        open_code(r, detail);
    } else if (element_of(type) && r->depth++ < README_MAX_DEPTH) {
        open_block(r, type, detail);
    }
}

static bool id_taken(const struct rendering *r, struct str id)
{
    for (size_t i = 0; i < r->id_count; i++)
        if (str_eq(r->ids[i], id))
            return true;
    return false;
}

/* A second heading of the same text gets "-1" behind it, as on GitHub. */
static struct str unique_id(struct rendering *r)
{
    struct str wanted = buf_take(&r->id), id = wanted;
    for (unsigned n = 1; id_taken(r, id); n++)
        id = str_printf(r->a, "%.*s-%u", STR_ARG(wanted), n);
    r->ids[r->id_count++] = id;
    return id;
}

static void leave_heading(struct rendering *r, unsigned level)
{
    unsigned shown = level < 6 ? level + 1 : 6; /* the page around it has the one h1 */
    r->out = &r->body;
    buf_printf(r->out, "<h%u", shown);
    if (r->id.n > 0 && r->id_count < README_MAX_IDS) {
        struct str id = unique_id(r);
        buf_printf(r->out, " id=\"" README_ID_PREFIX "%.*s\"", STR_ARG(id));
    }
    buf_char(r->out, '>');
    buf_str(r->out, buf_take(&r->heading));
    buf_printf(r->out, "</h%u>\n", shown);
}

static void leave_block(struct rendering *r, MD_BLOCKTYPE type, const void *detail)
{
    if (type == MD_BLOCK_H)
        leave_heading(r, ((const MD_BLOCK_H_DETAIL *)detail)->level);
    else if (type == MD_BLOCK_CODE)
        buf_cstr(r->out, "</code></pre>\n");
    else if (element_of(type) && --r->depth < README_MAX_DEPTH)
        buf_printf(r->out, "</%s>\n", element_of(type));
}

/* ---- spans */

static const char *span_element(MD_SPANTYPE type)
{
    switch (type) {
    case MD_SPAN_EM:
        return "em";
    case MD_SPAN_STRONG:
        return "strong";
    case MD_SPAN_DEL:
        return "del";
    case MD_SPAN_CODE:
        return "code";
    default:
        return NULL;
    }
}

static void enter_link(struct rendering *r, const MD_SPAN_A_DETAIL *d)
{
    struct str url;
    if (r->links++ > 0 || !readme_link(r->a, &d->href, &url))
        return;
    r->link_open = true;
    buf_cstr(r->out, "<a href=\"");
    escaped(r->out, url.p, url.n);
    buf_cstr(r->out, "\" rel=\"nofollow noopener noreferrer\">");
}

/* What is written between the brackets of an image becomes its alt text, or is all there is of it. */
static void enter_image(struct rendering *r, const MD_SPAN_IMG_DETAIL *d)
{
    struct str url;
    if (!readme_image(r->a, &d->src, &url))
        return;
    r->shown_images = 1;
    buf_cstr(r->out, "<img src=\"");
    escaped(r->out, url.p, url.n);
    buf_cstr(r->out, "\" alt=\"");
}

static void enter_span(struct rendering *r, MD_SPANTYPE type, const void *detail)
{
    if (r->shown_images > 0)
        r->shown_images += type == MD_SPAN_IMG; /* an alt text has no elements */
    else if (type == MD_SPAN_IMG)
        enter_image(r, detail);
    else if (type == MD_SPAN_A)
        enter_link(r, detail);
    else if (span_element(type) && r->depth++ < README_MAX_DEPTH)
        buf_printf(r->out, "<%s>", span_element(type));
}

static void leave_span(struct rendering *r, MD_SPANTYPE type)
{
    if (r->shown_images > 0) {
        if (type == MD_SPAN_IMG && --r->shown_images == 0)
            buf_cstr(r->out, "\">");
    } else if (type == MD_SPAN_A) {
        if (r->links > 0 && --r->links == 0 && r->link_open) {
            r->link_open = false;
            buf_cstr(r->out, "</a>");
        }
    } else if (span_element(type) && --r->depth < README_MAX_DEPTH) {
        buf_printf(r->out, "</%s>", span_element(type));
    }
}

/* md4c may forget to leave an image or link (nested images with broken targets); where a block begins or ends, none
   can be open, or what follows would stand inside an attribute. */
static void end_inline(struct rendering *r)
{
    if (r->shown_images > 0)
        buf_cstr(r->out, "\">");
    if (r->link_open)
        buf_cstr(r->out, "</a>");
    r->shown_images = 0;
    r->links = 0;
    r->link_open = false;
}

/* ---- text */

static void add_to_id(struct rendering *r, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (((unsigned char)c & 0xc0) != 0x80) /* characters are taken whole */
            r->id_full = r->id.n >= ID_MAX;
        if (r->id_full)
            continue;
        if (c >= 'A' && c <= 'Z')
            buf_char(&r->id, (char)(c - 'A' + 'a'));
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || (unsigned char)c >= 0x80)
            buf_char(&r->id, c);
        else if (c == ' ')
            buf_char(&r->id, '-');
    }
}

static void put_text(struct rendering *r, MD_TEXTTYPE type, const char *p, size_t n)
{
    switch (type) {
    case MD_TEXT_BR:
        buf_cstr(r->out, r->shown_images > 0 ? " " : "<br>\n");
        return;
    case MD_TEXT_SOFTBR:
        buf_char(r->out, '\n');
        return;
    case MD_TEXT_ENTITY: /* "&", letters and digits, ";": a character, whichever it is */
        buf_put(r->out, p, n);
        return;
    default:
        escaped(r->out, p, n);
    }
    if (r->out == &r->heading)
        add_to_id(r, p, n);
}

/* ---- between md4c and the above: memory that runs out must not jump over md4c, which has something to free */

struct step {
    struct rendering *r;
    enum { ENTER_BLOCK, LEAVE_BLOCK, ENTER_SPAN, LEAVE_SPAN, TEXT } what;
    int type;
    const void *detail;
    size_t n;
};

static enum status do_step(void *arg)
{
    const struct step *s = arg;
    switch (s->what) {
    case ENTER_BLOCK:
        end_inline(s->r);
        enter_block(s->r, (MD_BLOCKTYPE)s->type, s->detail);
        break;
    case LEAVE_BLOCK:
        end_inline(s->r);
        leave_block(s->r, (MD_BLOCKTYPE)s->type, s->detail);
        break;
    case ENTER_SPAN:
        enter_span(s->r, (MD_SPANTYPE)s->type, s->detail);
        break;
    case LEAVE_SPAN:
        leave_span(s->r, (MD_SPANTYPE)s->type);
        break;
    case TEXT:
        put_text(s->r, (MD_TEXTTYPE)s->type, s->detail, s->n);
        break;
    }
    return OK;
}

/* md4c does not stop everywhere at once when it is told to: what went wrong first counts. */
static int guarded(struct step s)
{
    struct rendering *r = s.r;
    if (r->status == OK && !r->over) {
        r->status = arena_guard(r->a, do_step, &s);
        r->over = r->out->over || r->body.over;
    }
    return r->status != OK || r->over;
}

static int on_enter_block(MD_BLOCKTYPE type, void *detail, void *r)
{
    return guarded((struct step){r, ENTER_BLOCK, (int)type, detail, 0});
}

static int on_leave_block(MD_BLOCKTYPE type, void *detail, void *r)
{
    return guarded((struct step){r, LEAVE_BLOCK, (int)type, detail, 0});
}

static int on_enter_span(MD_SPANTYPE type, void *detail, void *r)
{
    return guarded((struct step){r, ENTER_SPAN, (int)type, detail, 0});
}

static int on_leave_span(MD_SPANTYPE type, void *detail, void *r)
{
    return guarded((struct step){r, LEAVE_SPAN, (int)type, detail, 0});
}

/* md4c 0.4.8 has been seen to give a piece of the source that goes on beyond its end. */
static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *context)
{
    struct rendering *r = context;
    uintptr_t start = (uintptr_t)r->source.p, end = start + r->source.n, at = (uintptr_t)text;
    size_t n = size;
    if (at >= start && at < end + PADDING)
        n = at >= end ? 0 : size > end - at ? end - at : size;
    return guarded((struct step){r, TEXT, (int)type, text, n});
}

/* ---- all of it */

/* A copy for md4c. NUL is replaced too, which it lets through in some places. */
static struct str without_bad_bytes(struct arena *a, struct str s)
{
    struct buf b;
    buf_init(&b, a, 3 * README_MAX_INPUT + PADDING + 1);
    if (str_utf8(s)) {
        buf_str(&b, s);
        s.n = 0;
    }
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        struct str one = str_sub(s, i, n);
        bool good = one.n == n && str_utf8(one);
        if (good)
            buf_str(&b, one);
        else
            buf_cstr(&b, "\ufffd");
        i += good ? n : 1;
    }
    size_t n = b.n;
    buf_put(&b, (const char[PADDING]){0}, PADDING);
    return (struct str){b.p, n};
}

struct job {
    struct rendering r;
    struct str markdown;
    struct err *e;
};

static enum status too_large(struct err *e, const char *which)
{
    return err_set(e, ERR_LIMIT, "readme_too_large", "The README's %s is larger than is shown.", which);
}

static enum status render(void *arg)
{
    struct job *job = arg;
    struct rendering *r = &job->r;
    r->source = without_bad_bytes(r->a, job->markdown);
    const MD_PARSER parser = {0,
                              MD_DIALECT_GITHUB | MD_FLAG_NOHTML,
                              on_enter_block,
                              on_leave_block,
                              on_enter_span,
                              on_leave_span,
                              on_text,
                              NULL,
                              NULL};
    buf_init(&r->body, r->a, README_MAX_OUTPUT);
    r->out = &r->body;
    r->ids = arena_array_of(r->a, README_MAX_IDS, struct str);
    int stopped = md_parse(r->source.p, (MD_SIZE)r->source.n, &parser, r);
    if (r->status != OK)
        return r->status;
    if (r->over)
        return too_large(job->e, "HTML");
    return stopped ? ERR_NOMEM : OK; /* md4c's only own reason */
}

enum status readme_html(struct arena *a, struct str markdown, struct str *out, struct err *e)
{
    struct job job = {.r = {.a = a}, .markdown = markdown, .e = e};
    *out = STR_NONE;
    if (markdown.n > README_MAX_INPUT)
        return too_large(e, "text");
    struct err none = {0};
    if (e == NULL)
        job.e = &none;
    job.e->status = OK;
    enum status s = arena_guard(a, render, &job);
    if (s == OK)
        *out = (struct str){job.r.body.n ? job.r.body.p : "", job.r.body.n};
    else if (job.e->status == OK)
        err_set(job.e, s, "out_of_memory", "There is not enough memory to show the README.");
    return s;
}
