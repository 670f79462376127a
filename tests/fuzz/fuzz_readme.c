/* Any bytes as a README: the HTML has only tags, attributes and addresses that are allowed, by a scanner of its own. */
#include <string.h>

#include "catalog/readme.h"
#include "tests/fuzz/fuzz.h"

static bool listed(struct str name, const char *const *list)
{
    for (; *list; list++)
        if (str_is(name, *list))
            return true;
    return false;
}

static bool starts_nocase(struct str s, const char *prefix)
{
    return str_eq_nocase(str_sub(s, 0, strlen(prefix)), str_of(prefix));
}

static void check_attribute(struct str tag, struct str name, struct str value)
{
    if (str_is(name, "href"))
        MUST(str_is(tag, "a") && (starts_nocase(value, "http://") || starts_nocase(value, "https://") ||
                                  starts_nocase(value, "mailto:") || starts_nocase(value, "#readme-")));
    else if (str_is(name, "src"))
        MUST(str_is(tag, "img") && starts_nocase(value, "https://"));
    else if (str_is(name, "id"))
        MUST(tag.n == 2 && tag.p[0] == 'h' && str_starts(value, "readme-"));
    else if (str_is(name, "rel"))
        MUST(str_is(tag, "a") && str_is(value, "nofollow noopener noreferrer"));
    else if (str_is(name, "class"))
        MUST(str_is(tag, "code") && str_starts(value, "language-"));
    else if (str_is(name, "align"))
        MUST(str_is(value, "left") || str_is(value, "center") || str_is(value, "right"));
    else
        MUST((str_is(name, "start") && str_is(tag, "ol")) || (str_is(name, "alt") && str_is(tag, "img")));
}

/* ` name="value"` again and again. */
static void check_attributes(struct str tag, struct str rest)
{
    while (rest.n > 0) {
        MUST(rest.p[0] == ' ');
        ptrdiff_t quote = str_find(rest, STR("=\""));
        MUST(quote > 1);
        struct str name = str_sub(rest, 1, (size_t)quote - 1);
        rest = str_from(rest, (size_t)quote + 2);
        ptrdiff_t end = str_find_char(rest, '"');
        MUST(end >= 0);
        struct str value = str_sub(rest, 0, (size_t)end);
        MUST(str_find_char(value, '<') < 0 && str_find_char(value, '>') < 0);
        check_attribute(tag, name, value);
        rest = str_from(rest, (size_t)end + 1);
    }
}

static void check_tag(struct str inside)
{
    static const char *const tags[] = {"h2",         "h3",     "h4", "h5",    "h6",   "p",   "br",  "hr",
                                       "blockquote", "ul",     "ol", "li",    "em",   "pre", "del", "a",
                                       "img",        "strong", "tr", "table", "code", "th",  "td",  NULL};
    static const char *const parts[] = {"thead", "tbody", NULL};
    bool closing = str_starts(inside, "/");
    struct str text = closing ? str_from(inside, 1) : inside;
    ptrdiff_t space = str_find_char(text, ' ');
    struct str tag = space < 0 ? text : str_sub(text, 0, (size_t)space);
    MUST(listed(tag, tags) || listed(tag, parts));
    MUST(!closing || space < 0);
    if (space >= 0)
        check_attributes(tag, str_from(text, (size_t)space));
}

static void check(struct str html)
{
    MUST(html.n <= README_MAX_OUTPUT && (html.n == 0 || str_utf8(html)));
    for (ptrdiff_t at; (at = str_find_char(html, '<')) >= 0;) {
        MUST(str_find_char(str_sub(html, 0, (size_t)at), '>') < 0);
        html = str_from(html, (size_t)at + 1);
        ptrdiff_t end = str_find_char(html, '>');
        MUST(end > 0);
        check_tag(str_sub(html, 0, (size_t)end));
        html = str_from(html, (size_t)end + 1);
    }
    MUST(str_find_char(html, '>') < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct err e = {0};
    struct str html;
    if (a == NULL)
        return 0;
    enum status s = readme_html(a, (struct str){(const char *)data, size}, &html, &e);
    if (s == OK)
        check(html);
    else
        MUST(e.status == s && e.code[0] != '\0' && e.message[0] != '\0');
    arena_free(a);
    return 0;
}
