#include "catalog/readme_url.h"

#include "catalog/readme.h"

/* An entity other than &amp; has no business in an address: it is how a scheme is hidden. */
static bool joined(struct arena *a, const MD_ATTRIBUTE *from, struct str *out)
{
    struct buf b;
    buf_init(&b, a, README_MAX_INPUT);
    for (size_t i = 0; from->size > 0 && from->substr_offsets[i] < from->size; i++) {
        size_t start = from->substr_offsets[i];
        struct str piece = {from->text + start, from->substr_offsets[i + 1] - start};
        if (from->substr_types[i] == MD_TEXT_NORMAL)
            buf_str(&b, piece);
        else if (from->substr_types[i] == MD_TEXT_ENTITY && str_is(piece, "&amp;"))
            buf_char(&b, '&');
        else
            return false;
    }
    *out = buf_take(&b);
    return true;
}

/* Control characters and '\' are what browsers skip or read as '/'; they make an address another one. */
static bool encoded(struct arena *a, struct str prefix, struct str url, struct str *out)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_str(&b, prefix);
    for (size_t i = 0; i < url.n; i++) {
        unsigned char c = (unsigned char)url.p[i];
        if (c < ' ' || c == 0x7f || c == '\\')
            return false;
        if (c > 0x7f || strchr(" \"<>`{}|^'", c) != NULL)
            buf_printf(&b, "%%%02X", c);
        else
            buf_char(&b, (char)c);
    }
    *out = buf_take(&b);
    return true;
}

/* The scheme has to stand there letter by letter, followed by something that is no further '/'. */
static bool has_scheme(struct str url, const char *scheme)
{
    size_t n = strlen(scheme);
    return url.n > n && str_eq_nocase(str_sub(url, 0, n), str_of(scheme)) && url.p[n] != '/' && url.p[n] != ' ';
}

bool readme_link(struct arena *a, const MD_ATTRIBUTE *href, struct str *url)
{
    struct str text;
    if (!joined(a, href, &text))
        return false;
    if (text.n > 1 && text.p[0] == '#') /* to one of the README's headings, whose ids have the prefix */
        return encoded(a, STR("#" README_ID_PREFIX), str_from(text, 1), url);
    bool fine = has_scheme(text, "http://") || has_scheme(text, "https://") || has_scheme(text, "mailto:");
    return fine && encoded(a, STR_NONE, text, url);
}

bool readme_image(struct arena *a, const MD_ATTRIBUTE *src, struct str *url)
{
    struct str text;
    return joined(a, src, &text) && has_scheme(text, "https://") && encoded(a, STR_NONE, text, url);
}
