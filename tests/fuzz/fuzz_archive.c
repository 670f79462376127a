/* Any bytes as an archive: what unpacks keeps to the limits, packs again, and unpacks the same. */
#include <string.h>

#include "base/archive.h"
#include "tests/fuzz/fuzz.h"

static void check_members(const struct member *members, size_t count)
{
    size_t total = 0;
    MUST(count <= ARCHIVE_MAX_MEMBERS);
    for (size_t i = 0; i < count; i++) {
        struct str path = members[i].path, part;
        MUST(path.n > 0 && path.n <= ARCHIVE_MAX_NAME && str_utf8(path) && path.p[0] != '/');
        MUST(i == 0 || str_cmp(members[i - 1].path, path) < 0);
        for (struct str rest = path; str_split(&rest, '/', &part);)
            MUST(part.n > 0 && !str_is(part, ".") && !str_is(part, ".."));
        total += members[i].data.n;
    }
    MUST(total <= ARCHIVE_MAX_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)512 << 20);
    struct member *members, *back;
    size_t count, again;
    struct str packed;
    struct err e = {0};
    if (a == NULL)
        return 0;
    enum status s = archive_unpack(a, (struct str){(const char *)data, size}, &members, &count, &e);
    if (s != OK) {
        MUST(e.status == s && e.code[0] != '\0' && e.message[0] != '\0');
        arena_free(a);
        return 0;
    }
    check_members(members, count);
    MUST(archive_pack_tgz(a, members, count, &packed, &e) == OK);
    s = archive_unpack(a, packed, &back, &again, &e);
    /* Packing may compress better than what came did. */
    if (s != OK) {
        MUST(strcmp(e.code, "archive_ratio") == 0);
        arena_free(a);
        return 0;
    }
    MUST(count == again);
    for (size_t i = 0; i < count; i++)
        MUST(str_eq(members[i].path, back[i].path) && str_eq(members[i].data, back[i].data));
    arena_free(a);
    return 0;
}
