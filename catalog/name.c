#include <string.h>

#include "catalog/catalog.h"
#include "catalog/check.h"

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool name_valid(struct str name)
{
    if (name.n == 0 || name.n > NAME_MAX_LENGTH || name.p[0] == '-' || name.p[name.n - 1] == '-')
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!is_lower_or_digit(name.p[i]) && name.p[i] != '-')
            return false;
    return true;
}

struct str name_slug(struct arena *a, struct str title)
{
    struct str lower = str_lower(a, title);
    struct buf b;
    buf_init(&b, a, NAME_MAX_LENGTH);
    bool gap = false;
    for (size_t i = 0; i < lower.n && !b.over; i++) {
        if (!is_lower_or_digit(lower.p[i])) {
            gap = true;
            continue;
        }
        /* A '-' is only written with what follows it, so that none is left at the end when the limit cuts. */
        if (gap && b.n) {
            if (b.n + 2 > NAME_MAX_LENGTH)
                break;
            buf_char(&b, '-');
        }
        gap = false;
        buf_char(&b, lower.p[i]);
    }
    if (b.n)
        return buf_take(&b);
    struct str hex = sha256_hex(a, title);
    return str_printf(a, "asset-%.*s", 8, hex.p);
}

#define VERSION_MAX_LENGTH 128

bool version_valid(struct str v)
{
    if (v.n == 0 || v.n > VERSION_MAX_LENGTH || str_is(v, "latest") || str_starts(v, "sha256:"))
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] <= ' ' || v.p[i] > '~' || v.p[i] == '/' || v.p[i] == '@')
            return false;
    /* Wherever a version is taken a digest is taken too, with and without its prefix. */
    uint8_t digest[SHA256_BYTES];
    return !digest_parse(v, digest);
}

bool tag_valid(struct str tag)
{
    return version_valid(tag);
}
