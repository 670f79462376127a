#include <archive.h>
#include <archive_entry.h>

#include "base/archive.h"
#include "base/archive_member.h"
#include "base/testing.h"

/* ---- archives to read: made by libarchive, which writes whatever it is told */

struct entry {
    const char *path;
    const char *data;
    mode_t type;        /* 0 = a file */
    const char *target; /* of a link; a hard one when type is 0 */
};

struct sink {
    struct arena *a;
    char *p;
    size_t n, cap;
};

static la_ssize_t collect(struct archive *out, void *arg, const void *p, size_t n)
{
    struct sink *s = arg;
    (void)out;
    if (n > s->cap - s->n) {
        size_t cap = 2 * (s->cap + n);
        s->p = arena_grow(s->a, s->p, s->n, cap);
        s->cap = cap;
    }
    memcpy(s->p + s->n, p, n);
    s->n += n;
    return (la_ssize_t)n;
}

static struct archive *start(struct sink *s, enum archive_format format, const char *options)
{
    struct archive *out = archive_write_new();
    if (format == ARCHIVE_TGZ) {
        archive_write_add_filter_gzip(out);
        archive_write_set_format_pax(out);
    } else {
        archive_write_set_format_zip(out);
        archive_write_set_passphrase(out, "secret");
    }
    archive_write_set_bytes_in_last_block(out, 1);
    assert_int_equal(archive_write_set_options(out, options), ARCHIVE_OK);
    assert_int_equal(archive_write_open(out, s, NULL, collect, NULL), ARCHIVE_OK);
    return out;
}

static void add(struct archive *out, const struct entry *from, struct str data)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_copy_pathname(entry, from->path);
    archive_entry_set_filetype(entry, from->type == 0 ? AE_IFREG : from->type);
    archive_entry_set_perm(entry, 0755);
    archive_entry_set_mtime(entry, 1000000000, 0);
    if (from->type == AE_IFLNK)
        archive_entry_copy_symlink(entry, from->target);
    else if (from->target != NULL)
        archive_entry_copy_hardlink(entry, from->target);
    else
        archive_entry_set_size(entry, from->type == 0 ? (la_int64_t)data.n : 0);
    assert_true(archive_write_header(out, entry) >= ARCHIVE_WARN);
    if (from->type == 0 && from->target == NULL)
        assert_int_equal(archive_write_data(out, data.p, data.n), data.n);
    archive_entry_free(entry);
}

static struct str finish(struct archive *out, const struct sink *s)
{
    assert_int_equal(archive_write_close(out), ARCHIVE_OK);
    archive_write_free(out);
    return (struct str){s->p, s->n};
}

static struct str make(struct arena *a, enum archive_format format, const struct entry *entries, size_t count)
{
    struct sink s = {.a = a};
    struct archive_locale locale = archive_locale_enter();
    struct archive *out = start(&s, format, "");
    for (size_t i = 0; i < count; i++)
        add(out, &entries[i], str_of(entries[i].data));
    struct str bytes = finish(out, &s);
    archive_locale_leave(locale);
    return bytes;
}
#define A_FILE(path, data)           ((struct entry){(path), (data), 0, NULL})
#define AN_ENTRY(path, type, target) ((struct entry){(path), "", (type), (target)})
#define MAKE(a, format, ...)                                                                                           \
    make((a), (format), (const struct entry[]){__VA_ARGS__},                                                           \
         sizeof((const struct entry[]){__VA_ARGS__}) / sizeof(struct entry))

static const enum archive_format both[] = {ARCHIVE_TGZ, ARCHIVE_ZIP};

static struct err refuse(struct arena *a, struct str bytes, enum status status, const char *code)
{
    struct member *members = NULL;
    size_t count = 0;
    struct err e = {0};
    assert_error(archive_unpack(a, bytes, &members, &count, &e), &e, status, code);
    assert_null(members);
    return e;
}

static size_t unpack(struct arena *a, struct str bytes, struct member **members)
{
    size_t count = 0;
    struct err e = {0};
    assert_ok(archive_unpack(a, bytes, members, &count, &e), &e);
    return count;
}

/* ---- reading */

static void formats_are_told_by_the_first_bytes(void **state)
{
    assert_int_equal(archive_detect(MAKE(*state, ARCHIVE_TGZ, A_FILE("a", "b"))), ARCHIVE_TGZ);
    assert_int_equal(archive_detect(MAKE(*state, ARCHIVE_ZIP, A_FILE("a", "b"))), ARCHIVE_ZIP);
    assert_int_equal(archive_detect(make(*state, ARCHIVE_ZIP, NULL, 0)), ARCHIVE_ZIP);
    assert_int_equal(archive_detect(STR("kind: Task\n")), ARCHIVE_NONE);
    assert_int_equal(archive_detect(STR_NONE), ARCHIVE_NONE);
    (void)refuse(*state, STR("kind: Task\n"), ERR_SYNTAX, "archive_broken");
}

static void members_come_sorted_and_folders_are_left_out(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        struct member *m = NULL;
        struct str bytes =
            MAKE(*state, both[i], AN_ENTRY("x/", AE_IFDIR, NULL), A_FILE("x/z.txt", "zet"), A_FILE("x/empty", ""),
                 A_FILE("x/gr\xc3\xbc\xc3\x9f"
                        "e",
                        "text"),
                 A_FILE("./README.md", "# hi\n"));
        assert_int_equal(unpack(*state, bytes, &m), 4);
        assert_str(m[0].path, "README.md");
        assert_str(m[0].data, "# hi\n");
        assert_str(m[1].path, "x/empty");
        assert_str(m[1].data, "");
        assert_str(m[2].path, "x/gr\xc3\xbc\xc3\x9f"
                              "e");
        assert_str(m[3].path, "x/z.txt");
        assert_str(m[3].data, "zet");
    }
}

static void an_archive_may_be_empty(void **state)
{
    struct member *m = NULL;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(unpack(*state, make(*state, both[i], NULL, 0), &m), 0);
        assert_int_equal(unpack(*state, MAKE(*state, both[i], AN_ENTRY("./", AE_IFDIR, NULL)), &m), 0);
    }
}

static void archives_within_are_bytes(void **state)
{
    struct member *m = NULL;
    struct str inner = MAKE(*state, ARCHIVE_ZIP, A_FILE("a", "b"));
    struct sink s = {.a = *state};
    struct archive *out = start(&s, ARCHIVE_TGZ, "");
    add(out, &(struct entry){.path = "inner.zip"}, inner);
    assert_int_equal(unpack(*state, finish(out, &s), &m), 1);
    assert_str_eq(m[0].data, inner);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
    static const char *const names[] = {"/etc/passwd",  "../x",      "a/../b", "a/..",       "..",       "a//b",
                                        "a/./b",        "a\\b/c",    "a\nb",   "a\x7f",      "a\x1b[0m", "\xff",
                                        "\xed\xa0\x80", "a\xc2\x85", "./../x", "x/..\\..\\y"};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
            struct err e = refuse(*state, MAKE(*state, both[i], A_FILE("fine", "x"), A_FILE(names[k], "x")),
                                  ERR_INVALID, "archive_path");
            assert_true(str_utf8(str_of(e.message)) || (unsigned char)names[k][0] >= 0x80);
        }
    (void)refuse(*state, MAKE(*state, ARCHIVE_TGZ, AN_ENTRY("../x/", AE_IFDIR, NULL)), ERR_INVALID, "archive_path");
}

static void names_have_at_most_255_bytes(void **state)
{
    char name[257];
    memset(name, 'n', 256);
    name[100] = '/';
    name[256] = '\0';
    for (size_t i = 0; i < 2; i++) {
        struct member *m = NULL;
        (void)refuse(*state, MAKE(*state, both[i], A_FILE(name, "x")), ERR_INVALID, "archive_path");
        assert_int_equal(unpack(*state, MAKE(*state, both[i], A_FILE(name + 1, "x")), &m), 1);
        assert_int_equal(m[0].path.n, 255);
    }
}

static void links_and_devices_are_refused(void **state)
{
    for (size_t i = 0; i < 2; i++)
        (void)refuse(*state, MAKE(*state, both[i], A_FILE("a", "x"), AN_ENTRY("b", AE_IFLNK, "a")), ERR_UNSUPPORTED,
                     "archive_link");
    (void)refuse(*state, MAKE(*state, ARCHIVE_TGZ, A_FILE("a", "x"), AN_ENTRY("b", 0, "a")), ERR_UNSUPPORTED,
                 "archive_link");
    (void)refuse(*state, MAKE(*state, ARCHIVE_TGZ, AN_ENTRY("a", AE_IFCHR, NULL)), ERR_UNSUPPORTED, "archive_link");
    (void)refuse(*state, MAKE(*state, ARCHIVE_TGZ, AN_ENTRY("a", AE_IFIFO, NULL)), ERR_UNSUPPORTED, "archive_link");
}

static void files_with_holes_are_refused(void **state)
{
    struct sink s = {.a = *state};
    struct archive *out = start(&s, ARCHIVE_TGZ, "");
    struct archive_entry *entry = archive_entry_new();
    char block[1024] = "x";
    archive_entry_copy_pathname(entry, "a");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, 1 << 20);
    archive_entry_sparse_add_entry(entry, 4096, sizeof block);
    assert_int_equal(archive_write_header(out, entry), ARCHIVE_OK);
    for (int i = 0; i < 1 << 10; i++)
        assert_int_equal(archive_write_data(out, block, sizeof block), sizeof block);
    archive_entry_free(entry);
    (void)refuse(*state, finish(out, &s), ERR_UNSUPPORTED, "archive_link");
}

static void encrypted_members_are_refused(void **state)
{
    struct sink s = {.a = *state};
    struct archive *out = start(&s, ARCHIVE_ZIP, "zip:encryption=traditional");
    add(out, &(struct entry){.path = "a"}, STR("secret text"));
    (void)refuse(*state, finish(out, &s), ERR_UNSUPPORTED, "archive_encrypted");
}

static void names_are_there_once_in_any_case(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        (void)refuse(*state, MAKE(*state, both[i], A_FILE("a", "1"), A_FILE("b", "2"), A_FILE("a", "3")), ERR_INVALID,
                     "archive_duplicate");
        (void)refuse(*state, MAKE(*state, both[i], A_FILE("a", "1"), A_FILE("./a", "3")), ERR_INVALID,
                     "archive_duplicate");
        (void)refuse(*state, MAKE(*state, both[i], A_FILE("x/ReadMe", "1"), A_FILE("x/README", "2")), ERR_INVALID,
                     "archive_duplicate");
        struct err e = refuse(*state, MAKE(*state, both[i], A_FILE("\xc3\xa4", "1"), A_FILE("\xc3\x84", "2")),
                              ERR_INVALID, "archive_duplicate");
        assert_string_equal(e.message, "the members \"\xc3\x84\" and \"\xc3\xa4\" differ in case only");
    }
}

/* ---- limits */

static struct str make_many(struct arena *a, enum archive_format format, int count)
{
    struct sink s = {.a = a};
    struct archive *out = start(&s, format, "");
    for (int i = 0; i < count; i++)
        add(out, &(struct entry){.path = str_printf(a, "f%d", i).p}, STR("x"));
    return finish(out, &s);
}

static void at_most_1000_members(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        struct member *m = NULL;
        assert_int_equal(unpack(*state, make_many(*state, both[i], ARCHIVE_MAX_MEMBERS), &m), ARCHIVE_MAX_MEMBERS);
        (void)refuse(*state, make_many(*state, both[i], ARCHIVE_MAX_MEMBERS + 1), ERR_LIMIT, "archive_too_many");
    }
}

static void at_most_64_mb(void **state)
{
    for (size_t i = 0; i < 2; i++)
        for (size_t extra = 0; extra < 2; extra++) {
            (void)state;
            struct arena *a = arena_new((size_t)1 << 30);
            struct member *m = NULL;
            struct sink s = {.a = a, .cap = (size_t)66 << 20};
            size_t half = ARCHIVE_MAX_BYTES / 2;
            struct str data = {arena_alloc(a, half + 1), half};
            s.p = arena_alloc(a, s.cap);
            struct archive *out =
                start(&s, both[i], both[i] == ARCHIVE_ZIP ? "zip:compression=store" : "gzip:compression-level=0");
            add(out, &(struct entry){.path = "a"}, data);
            data.n += extra;
            add(out, &(struct entry){.path = "b"}, data);
            struct str bytes = finish(out, &s);
            if (extra > 0)
                (void)refuse(a, bytes, ERR_LIMIT, "archive_too_large");
            else
                assert_int_equal(unpack(a, bytes, &m), 2);
            arena_free(a);
        }
}

static void at_most_200_times_the_size(void **state)
{
    struct str zeros = {arena_alloc(*state, 8 << 20), 8 << 20};
    for (size_t i = 0; i < 2; i++)
        for (size_t size = 1 << 19; size <= 8 << 20; size *= 16) {
            struct member *m = NULL;
            struct sink s = {.a = *state};
            struct archive *out = start(&s, both[i], "");
            add(out, &(struct entry){.path = "a"}, (struct str){zeros.p, size});
            struct str bytes = finish(out, &s);
            if (size > 1 << 20)
                (void)refuse(*state, bytes, ERR_LIMIT, "archive_ratio");
            else
                assert_int_equal(unpack(*state, bytes, &m), 1); /* so small that the ratio does not matter */
        }
}

/* ---- damage */

static void what_is_cut_off_is_refused(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        struct str bytes = MAKE(*state, both[i], A_FILE("a", "some text that is packed"), A_FILE("b", "x"));
        for (size_t n = 4; n < bytes.n; n++) {
            /* In a block of its own, so that reading behind its end is seen. */
            struct str part = str_dup(*state, str_sub(bytes, 0, n));
            (void)refuse(*state, part, ERR_SYNTAX, "archive_broken");
        }
    }
}

static void what_follows_the_end_is_refused(void **state)
{
    struct str tgz = MAKE(*state, ARCHIVE_TGZ, A_FILE("a", "x")), zip = MAKE(*state, ARCHIVE_ZIP, A_FILE("a", "x"));
    (void)refuse(*state, str_cat(*state, tgz, STR("x")), ERR_SYNTAX, "archive_broken");
    (void)refuse(*state, str_cat(*state, tgz, STR("\0\0\0\0")), ERR_SYNTAX, "archive_broken");
    (void)refuse(*state, str_cat(*state, tgz, tgz), ERR_SYNTAX, "archive_broken");
    (void)refuse(*state, str_cat(*state, zip, STR("x")), ERR_SYNTAX, "archive_broken");
    (void)refuse(*state, str_cat(*state, zip, zip), ERR_SYNTAX, "archive_broken");
}

/* A gzip of exactly these bytes. */
static struct str gzip(struct arena *a, struct str content)
{
    struct sink s = {.a = a};
    struct archive *out = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    archive_write_add_filter_gzip(out);
    archive_write_set_format_raw(out);
    archive_write_set_bytes_in_last_block(out, 1);
    assert_int_equal(archive_write_open(out, &s, NULL, collect, NULL), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    assert_int_equal(archive_write_header(out, entry), ARCHIVE_OK);
    assert_int_equal(archive_write_data(out, content.p, content.n), content.n);
    archive_entry_free(entry);
    return finish(out, &s);
}

static void a_gzip_holds_one_tar(void **state)
{
    struct str tgz = MAKE(*state, ARCHIVE_TGZ, A_FILE("a", "x"));
    struct member *m = NULL;
    char *tar = NULL;
    size_t n = 0;
    struct err e = {0};
    (void)refuse(*state, gzip(*state, STR("only text")), ERR_SYNTAX, "archive_broken");
    (void)refuse(*state, gzip(*state, tgz), ERR_SYNTAX, "archive_broken");
    assert_ok(archive_gunzip(tgz, &tar, &n, &e), &e);
    struct str content = str_dup(*state, (struct str){tar, n});
    free(tar);
    assert_int_equal(unpack(*state, gzip(*state, content), &m), 1);
    (void)refuse(*state, gzip(*state, str_cat(*state, content, STR("x"))), ERR_SYNTAX, "archive_broken");
    (void)refuse(*state, gzip(*state, str_cat(*state, content, content)), ERR_SYNTAX, "archive_broken");
    (void)refuse(*state, gzip(*state, str_sub(content, 0, 512)), ERR_SYNTAX, "archive_broken");
}

static void a_changed_byte_never_changes_content_unnoticed(void **state)
{
    (void)state;
    struct arena *keep = arena_new(0);
    for (size_t i = 0; i < 2; i++) {
        struct str bytes = MAKE(keep, both[i], A_FILE("a", "some text that is packed"), A_FILE("b", "x"));
        for (size_t at = 0; at < bytes.n; at++) {
            struct arena *a = arena_new(0);
            struct str copy = str_dup(a, bytes);
            struct member *m = NULL;
            size_t count = 0;
            ((char *)(uintptr_t)copy.p)[at] ^= 0x11;
            if (archive_unpack(a, copy, &m, &count, NULL) == OK)
                for (size_t k = 0; k < count; k++)
                    assert_true(str_is(m[k].data, "some text that is packed") || str_is(m[k].data, "x"));
            arena_free(a);
        }
    }
    arena_free(keep);
}

/* ---- writing */

static void what_is_packed_unpacks_the_same(void **state)
{
    char long_name[256];
    memset(long_name, 'n', 255);
    long_name[255] = '\0';
    const struct member members[] = {{STR("z"), STR("last")},
                                     {STR("d/\xc3\xa4"), STR("\0binary\xff")},
                                     {STR("./d/b"), STR_NONE},
                                     {str_of(long_name), STR("x")}};
    struct str packed, again;
    struct member *m = NULL;
    struct err e = {0};
    assert_ok(archive_pack_tgz(*state, members, 4, &packed, &e), &e);
    assert_ok(archive_pack_tgz(*state, members, 4, &again, &e), &e);
    assert_str_eq(packed, again);
    assert_int_equal(unpack(*state, packed, &m), 4);
    assert_str(m[0].path, "d/b");
    assert_str(m[1].path, "d/\xc3\xa4");
    assert_str_eq(m[1].data, STR("\0binary\xff"));
    assert_str(m[2].path, long_name);
    assert_str(m[3].data, "last");

    const struct member other_order[] = {members[2], members[0], members[3], members[1]};
    assert_ok(archive_pack_tgz(*state, other_order, 4, &again, &e), &e);
    assert_str_eq(packed, again);
    assert_ok(archive_pack_tgz(*state, NULL, 0, &packed, &e), &e);
    assert_int_equal(unpack(*state, packed, &m), 0);
}

static void what_could_not_be_unpacked_is_not_packed(void **state)
{
    struct str packed;
    struct err e = {0};
    struct member bad[] = {{STR("a"), STR("")}, {STR("../b"), STR("")}};
    assert_error(archive_pack_tgz(*state, bad, 2, &packed, &e), &e, ERR_INVALID, "archive_path");
    bad[1].path = STR("A");
    assert_error(archive_pack_tgz(*state, bad, 2, &packed, &e), &e, ERR_INVALID, "archive_duplicate");
    bad[1].path = STR("b/");
    assert_error(archive_pack_tgz(*state, bad, 2, &packed, &e), &e, ERR_INVALID, "archive_path");
    bad[1] = (struct member){STR("b"), {"", ARCHIVE_MAX_BYTES + 1}};
    assert_error(archive_pack_tgz(*state, bad, 2, &packed, &e), &e, ERR_LIMIT, "archive_too_large");
    struct member *many = arena_array_of(*state, ARCHIVE_MAX_MEMBERS + 1, struct member);
    assert_error(archive_pack_tgz(*state, many, ARCHIVE_MAX_MEMBERS + 1, &packed, &e), &e, ERR_LIMIT,
                 "archive_too_many");
}

/* ---- memory */

static struct str packed_tgz, packed_zip;

static enum status unpack_and_pack(struct arena *a, struct err *e)
{
    struct member *m;
    size_t count;
    struct str out;
    enum status s = archive_unpack(a, packed_tgz, &m, &count, e);
    if (s == OK)
        s = archive_unpack(a, packed_zip, &m, &count, e);
    return s == OK ? archive_pack_tgz(a, m, count, &out, e) : s;
}

static void every_allocation_may_fail(void **state)
{
    packed_tgz = MAKE(*state, ARCHIVE_TGZ, A_FILE("a", "x"), A_FILE("d/b", "y"));
    packed_zip = MAKE(*state, ARCHIVE_ZIP, A_FILE("a", "x"), A_FILE("d/b", "y"));
    assert_true(testing_each_allocation_fails(unpack_and_pack) > 20);
}

static void a_small_arena_is_a_limit_not_a_crash(void **state)
{
    struct arena *a = arena_new(3000);
    struct sink s = {.a = *state};
    struct archive *out = start(&s, ARCHIVE_TGZ, "");
    add(out, &(struct entry){.path = "a"}, (struct str){arena_alloc(*state, 4000), 4000});
    (void)refuse(a, finish(out, &s), ERR_LIMIT, "memory_limit");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(formats_are_told_by_the_first_bytes),
        with_arena(members_come_sorted_and_folders_are_left_out),
        with_arena(an_archive_may_be_empty),
        with_arena(archives_within_are_bytes),
        with_arena(names_that_lead_elsewhere_are_refused),
        with_arena(names_have_at_most_255_bytes),
        with_arena(links_and_devices_are_refused),
        with_arena(files_with_holes_are_refused),
        with_arena(encrypted_members_are_refused),
        with_arena(names_are_there_once_in_any_case),
        with_arena(at_most_1000_members),
        with_arena(at_most_64_mb),
        with_arena(at_most_200_times_the_size),
        with_arena(what_is_cut_off_is_refused),
        with_arena(what_follows_the_end_is_refused),
        with_arena(a_gzip_holds_one_tar),
        with_arena(a_changed_byte_never_changes_content_unnoticed),
        with_arena(what_is_packed_unpacks_the_same),
        with_arena(what_could_not_be_unpacked_is_not_packed),
        with_arena(every_allocation_may_fail),
        with_arena(a_small_arena_is_a_limit_not_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
