/* Names of members, and the errors that reading and writing share. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/archive_member.h"
#include "base/utf8.h"

struct archive_locale archive_locale_enter(void)
{
    struct archive_locale l = {.utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0)};
    if (l.utf8 != (locale_t)0)
        l.before = uselocale(l.utf8);
    return l;
}

void archive_locale_leave(struct archive_locale l)
{
    if (l.utf8 == (locale_t)0)
        return;
    uselocale(l.before);
    freelocale(l.utf8);
}

/* ---- errors */

enum status archive_too_many(struct err *e)
{
    return err_set(e, ERR_LIMIT, "archive_too_many", "the archive has more than %d members", ARCHIVE_MAX_MEMBERS);
}

enum status archive_too_large(struct err *e)
{
    return err_set(e, ERR_LIMIT, "archive_too_large", "the archive has more than %zu MB when unpacked",
                   ARCHIVE_MAX_BYTES >> 20);
}

enum status archive_no_memory(struct err *e)
{
    return archive_out_of_arena(ERR_NOMEM, e);
}

enum status archive_out_of_arena(enum status s, struct err *e)
{
    return err_set(e, s, s == ERR_LIMIT ? "memory_limit" : "out_of_memory",
                   "there is not enough memory for this archive");
}

enum status archive_broken(struct err *e, const char *what)
{
    return err_set(e, ERR_SYNTAX, "archive_broken", "the archive cannot be read: %s",
                   what == NULL ? "it is damaged or not what it seems" : what);
}

enum status archive_failed(int why, const char *text, struct err *e)
{
    return why == ENOMEM ? archive_no_memory(e) : archive_broken(e, text);
}

enum status archive_check_ratio(size_t packed, size_t unpacked, struct err *e)
{
    if (unpacked <= (size_t)1 << 20 || unpacked / ARCHIVE_MAX_RATIO <= packed)
        return OK;
    return err_set(e, ERR_LIMIT, "archive_ratio", "the archive unpacks to more than %d times its size",
                   ARCHIVE_MAX_RATIO);
}

/* ---- names */

static enum status bad_path(struct err *e, struct str name, const char *why)
{
    char shown[128];
    size_t n = 0;
    /* The name may be anything: what cannot be printed is shown as "?". */
    for (size_t i = 0; i < name.n && n < sizeof shown - 1; i++)
        shown[n++] = name.p[i] >= ' ' && name.p[i] != 0x7f ? name.p[i] : '?';
    shown[n] = '\0';
    return err_set(e, ERR_INVALID, "archive_path", "the member \"%s\" has a name that %s", shown, why);
}

static bool has_control(struct str name)
{
    for (size_t i = 0; i < name.n;) {
        uint32_t c = 0;
        i += utf8_next(name.p + i, name.n - i, &c);
        if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029)
            return true;
    }
    return false;
}

enum status archive_member_path(struct arena *a, struct str name, struct str *out, struct err *e)
{
    if (name.n > ARCHIVE_MAX_NAME)
        return bad_path(e, name, "is longer than 255 bytes");
    if (!str_utf8(name))
        return bad_path(e, name, "is not UTF-8 text");
    if (has_control(name))
        return bad_path(e, name, "has control characters");
    if (str_find_char(name, '\\') >= 0)
        return bad_path(e, name, "has a back-slash");
    if (str_starts(name, "/"))
        return bad_path(e, name, "starts at the root");
    struct str path = name;
    while (str_starts(path, "./"))
        path = str_from(path, 2);
    if (str_ends(path, "/"))
        path.n--;
    if (str_is(path, "."))
        path.n = 0;
    *out = str_dup(a, path);
    if (path.n == 0)
        return OK;
    for (struct str rest = path, part; str_split(&rest, '/', &part);)
        if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
            return bad_path(e, name, part.n == 0 ? "has an empty part" : "has the part \".\" or \"..\"");
    return OK;
}

/* ---- order */

static int by_path(const void *x, const void *y)
{
    const struct member *a = x, *b = y;
    return str_cmp(a->path, b->path);
}

struct folded {
    struct str key; /* code points in lower case */
    struct str path;
};

static int by_key(const void *x, const void *y)
{
    const struct folded *a = x, *b = y;
    return str_cmp(a->key, b->key);
}

static struct str fold(struct arena *a, struct str path)
{
    uint32_t *key = arena_array_of(a, path.n, uint32_t);
    size_t count = 0;
    for (size_t i = 0; i < path.n; count++) {
        i += utf8_next(path.p + i, path.n - i, &key[count]);
        key[count] = (uint32_t)towlower((wint_t)key[count]);
    }
    return (struct str){(const char *)key, count * sizeof *key};
}

enum status archive_members_sort(struct arena *a, struct member *members, size_t count, struct err *e)
{
    if (count == 0)
        return OK;
    qsort(members, count, sizeof *members, by_path);
    struct folded *keys = arena_array_of(a, count, struct folded);
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct folded){fold(a, members[i].path), members[i].path};
    qsort(keys, count, sizeof *keys, by_key);
    for (size_t i = 1; i < count; i++) {
        if (!str_eq(keys[i - 1].key, keys[i].key))
            continue;
        if (str_eq(keys[i - 1].path, keys[i].path))
            return err_set(e, ERR_INVALID, "archive_duplicate", "the member \"%.*s\" is there twice",
                           STR_ARG(keys[i].path));
        return err_set(e, ERR_INVALID, "archive_duplicate", "the members \"%.*s\" and \"%.*s\" differ in case only",
                       STR_ARG(keys[i - 1].path), STR_ARG(keys[i].path));
    }
    return OK;
}
