/*
 * multipart/form-data as RFC 7578 and RFC 2046 §5.1 define it, read strictly: no preamble, no epilogue but white space,
 * no nested multiparts, no transfer encodings. What browsers, curl and the Python clients send passes.
 */
#include "hub/http/http.h"

#include <string.h>

#define MAX_PARTS        16
#define MAX_PART_HEADERS ((size_t)8 << 10)

static enum status broken(struct err *e, const char *what)
{
    return err_set(e, ERR_SYNTAX, "multipart_broken", "The multipart body cannot be read: %s.", what);
}

/* 1 to 70 of RFC 2046's bchars, not ending in a space. */
static bool boundary_ok(struct str b)
{
    if (b.n == 0 || b.n > 70 || b.p[b.n - 1] == ' ')
        return false;
    for (size_t i = 0; i < b.n; i++) {
        char c = b.p[i];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!alnum && (c == '\0' || strchr("'()+_,-./:=? ", c) == NULL))
            return false;
    }
    return true;
}

/* name="value" or name=token, after a ';'. Browsers escape a quote as %22, curl as \". */
static bool take_parameter(struct arena *a, struct str *rest, struct str *name, struct str *value)
{
    *rest = str_trim(*rest);
    ptrdiff_t equals = str_find_char(*rest, '=');
    if (equals <= 0)
        return false;
    *name = str_trim(str_sub(*rest, 0, (size_t)equals));
    *rest = str_from(*rest, (size_t)equals + 1);
    if (rest->n > 0 && rest->p[0] == '"') {
        char *p = arena_alloc(a, rest->n);
        size_t n = 0, i = 1;
        for (; i < rest->n && rest->p[i] != '"'; i++) {
            if (rest->p[i] == '\\' && i + 1 < rest->n && (rest->p[i + 1] == '"' || rest->p[i + 1] == '\\'))
                i++;
            p[n++] = rest->p[i];
        }
        if (i >= rest->n)
            return false;
        *value = (struct str){p, n};
        *rest = str_trim(str_from(*rest, i + 1));
    } else {
        ptrdiff_t end = str_find_char(*rest, ';');
        size_t n = end < 0 ? rest->n : (size_t)end;
        *value = str_trim(str_sub(*rest, 0, n));
        *rest = str_from(*rest, n);
    }
    if (rest->n == 0)
        return true;
    if (rest->p[0] != ';')
        return false;
    *rest = str_from(*rest, 1);
    return true;
}

static enum status read_disposition(struct arena *a, struct str value, struct upload *u, struct err *e)
{
    ptrdiff_t semicolon = str_find_char(value, ';');
    struct str kind = str_trim(semicolon < 0 ? value : str_sub(value, 0, (size_t)semicolon));
    struct str rest = semicolon < 0 ? STR("") : str_from(value, (size_t)semicolon + 1), name, text;
    if (!str_eq_nocase(kind, STR("form-data")))
        return broken(e, "a part is not form-data");
    while (str_trim(rest).n > 0) {
        if (!take_parameter(a, &rest, &name, &text))
            return broken(e, "a Content-Disposition cannot be read");
        if (!str_utf8(text))
            return broken(e, "a field name or file name is not UTF-8");
        if (str_eq_nocase(name, STR("name")) && u->name.p == NULL)
            u->name = text;
        else if (str_eq_nocase(name, STR("filename")) && u->filename.p == NULL)
            u->filename = text;
    }
    return OK;
}

static enum status read_field(struct arena *a, struct str line, struct upload *u, struct err *e)
{
    ptrdiff_t colon = str_find_char(line, ':');
    if (colon <= 0 || memchr(line.p, '\0', line.n) || memchr(line.p, '\r', line.n) || memchr(line.p, '\n', line.n))
        return broken(e, "a header of a part cannot be read");
    struct str name = str_trim(str_sub(line, 0, (size_t)colon)), value = str_trim(str_from(line, (size_t)colon + 1));
    if (str_eq_nocase(name, STR("content-disposition")))
        return read_disposition(a, value, u, e);
    if (str_eq_nocase(name, STR("content-type")))
        u->content_type = value;
    if (str_eq_nocase(name, STR("content-transfer-encoding")) && !str_eq_nocase(value, STR("binary")) &&
        !str_eq_nocase(value, STR("8bit")) && !str_eq_nocase(value, STR("7bit")))
        return broken(e, "a part has a transfer encoding");
    return OK;
}

/* Takes the headers of a part off *rest, up to and with the empty line. */
static enum status read_headers(struct arena *a, struct str *rest, struct upload *u, struct err *e)
{
    size_t used = 0;
    for (;;) {
        struct str look = str_sub(*rest, 0, MAX_PART_HEADERS - used);
        const char *end = look.n ? memmem(look.p, look.n, "\r\n", 2) : NULL;
        if (end == NULL)
            return broken(e, "the headers of a part do not end, or are longer than 8 KiB");
        struct str line = {rest->p, (size_t)(end - rest->p)};
        used += line.n + 2;
        *rest = str_from(*rest, line.n + 2);
        if (line.n == 0)
            break;
        enum status s = read_field(a, line, u, e);
        if (s != OK)
            return s;
    }
    if (u->name.p == NULL)
        return broken(e, "a part has no name");
    if (u->content_type.p == NULL)
        u->content_type = STR("text/plain");
    return OK;
}

/* After "--boundary": more parts, the end, or nonsense. */
static enum status after_delimiter(struct str *rest, bool *last, struct err *e)
{
    *last = str_starts(*rest, "--");
    if (*last)
        return str_trim(str_from(*rest, 2)).n == 0 ? OK : broken(e, "something follows its end");
    while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t'))
        *rest = str_from(*rest, 1);
    if (!str_starts(*rest, "\r\n"))
        return broken(e, "a boundary is followed by something else");
    *rest = str_from(*rest, 2);
    return OK;
}

enum status multipart_parse(struct arena *a, struct str body, struct str boundary, struct upload **out, size_t *count,
                            struct err *e)
{
    *out = NULL;
    *count = 0;
    if (!boundary_ok(boundary))
        return broken(e, "the boundary in Content-Type is missing or malformed");
    struct str delimiter = str_cat(a, STR("\r\n--"), boundary);
    if (body.n < delimiter.n - 2 || memcmp(body.p, delimiter.p + 2, delimiter.n - 2) != 0)
        return broken(e, "it does not start with the boundary");
    struct upload *parts = arena_array_of(a, MAX_PARTS, struct upload);
    struct str rest = str_from(body, delimiter.n - 2);
    size_t n = 0;
    for (;;) {
        bool last;
        enum status s = after_delimiter(&rest, &last, e);
        if (s != OK)
            return s;
        if (last)
            break;
        if (n == MAX_PARTS)
            return err_set(e, ERR_LIMIT, "multipart_parts", "The multipart body has more than %d parts.", MAX_PARTS);
        struct upload *u = &parts[n++];
        s = read_headers(a, &rest, u, e);
        if (s != OK)
            return s;
        const char *end = rest.n ? memmem(rest.p, rest.n, delimiter.p, delimiter.n) : NULL;
        if (end == NULL)
            return broken(e, "a part does not end");
        u->data = (struct str){rest.p, (size_t)(end - rest.p)};
        rest = str_from(rest, u->data.n + delimiter.n);
    }
    *out = parts;
    *count = n;
    return OK;
}
