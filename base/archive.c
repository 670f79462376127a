#include "base/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "base/archive_member.h"

enum archive_format archive_detect(struct str bytes)
{
    if (str_starts(bytes, "\x1f\x8b"))
        return ARCHIVE_TGZ;
    if (str_starts(bytes, "PK\3\4") || str_starts(bytes, "PK\5\6"))
        return ARCHIVE_ZIP;
    return ARCHIVE_NONE;
}

struct unpacking {
    struct arena *a;
    struct err *e; /* never NULL */
    enum archive_format format;
    struct str packed; /* as it came */
    struct str bytes;  /* what libarchive reads: the zip, or the tar that was in the gzip */
    char *tar;         /* from malloc */
    struct archive *in;

    size_t total; /* of the data, in the pass that runs */
    struct member *members;
    size_t count, files; /* stored; to be stored */
};

static enum status read_failed(struct unpacking *u)
{
    return archive_failed(archive_errno(u->in), archive_error_string(u->in), u->e);
}

static void close_archive(struct unpacking *u)
{
    if (u->in != NULL)
        archive_read_free(u->in);
    u->in = NULL;
}

static enum status open_archive(struct unpacking *u)
{
    close_archive(u);
    u->in = archive_read_new();
    if (u->in == NULL)
        return archive_no_memory(u->e);
    int r = u->format == ARCHIVE_ZIP ? archive_read_support_format_zip_seekable(u->in)
                                     : archive_read_support_format_tar(u->in);
    if (r < ARCHIVE_WARN || archive_read_open_memory(u->in, u->bytes.p, u->bytes.n) != ARCHIVE_OK)
        return read_failed(u);
    u->total = 0;
    return OK;
}

/* The next entry, NULL behind the last. */
static enum status next_entry(struct unpacking *u, struct archive_entry **entry)
{
    int r = archive_read_next_header(u->in, entry);
    if (r == ARCHIVE_EOF) {
        *entry = NULL;
        return OK;
    }
    /* A warning is about an owner or a link name that cannot be converted. */
    return r == ARCHIVE_OK || r == ARCHIVE_WARN ? OK : read_failed(u);
}

static enum status add_to_total(struct unpacking *u, size_t n)
{
    u->total += n;
    if (u->total > ARCHIVE_MAX_BYTES)
        return archive_too_large(u->e);
    return archive_check_ratio(u->packed.n, u->total, u->e);
}

/* Path of an entry that is a plain file; empty for a folder. Anything else is refused. */
static enum status check_entry(struct unpacking *u, struct archive_entry *entry, struct str *path)
{
    const char *name = archive_entry_pathname(entry);
    if (name == NULL)
        return err_set(u->e, ERR_INVALID, "archive_path", "a member has a name that is not UTF-8 text");
    enum status s = archive_member_path(u->a, str_of(name), path, u->e);
    if (s != OK)
        return s;
    if (archive_entry_is_encrypted(entry))
        return err_set(u->e, ERR_UNSUPPORTED, "archive_encrypted", "the member \"%.*s\" is encrypted", STR_ARG(*path));
    mode_t type = archive_entry_filetype(entry);
    if (archive_entry_hardlink(entry) != NULL || (type != AE_IFREG && type != AE_IFDIR))
        return err_set(u->e, ERR_UNSUPPORTED, "archive_link", "the member \"%.*s\" is a link or a device, not a file",
                       STR_ARG(*path));
    if (archive_entry_sparse_count(entry) > 0)
        return err_set(u->e, ERR_UNSUPPORTED, "archive_link", "the member \"%.*s\" is a file with holes",
                       STR_ARG(*path));
    if (type == AE_IFDIR)
        *path = STR("");
    else if (path->n == 0)
        return err_set(u->e, ERR_INVALID, "archive_path", "a member has no name");
    return OK;
}

/* Nothing may follow the end: zeros pad a tar. */
static enum status check_tar_end(const struct unpacking *u)
{
    la_int64_t at = archive_filter_bytes(u->in, 0);
    for (size_t i = at < 0 ? u->bytes.n : (size_t)at; i < u->bytes.n; i++)
        if (u->bytes.p[i] != '\0')
            return archive_broken(u->e, "something follows its end");
    return OK;
}

static uint32_t little_endian(const char *at, size_t bytes)
{
    uint32_t v = 0;
    while (bytes-- > 0)
        v = v << 8 | (unsigned char)at[bytes];
    return v;
}

/* The "end of central directory" with its comment has to be the end of a zip, and the directory has to be right before
   it (APPNOTE 4.3.6, 4.3.16): otherwise something is in front of the archive or behind it. */
static enum status check_zip_end(const struct unpacking *u, size_t entries)
{
    static const size_t size = 22, zip64 = 56 + 20; /* records that may be between, with 64-bit sizes */
    struct str b = u->bytes;
    for (size_t comment = 0; comment <= 0xffff && comment + size <= b.n; comment++) {
        size_t at = b.n - comment - size;
        const char *p = b.p + at;
        if (!str_starts(str_from(b, at), "PK\5\6") || little_endian(p + 20, 2) != comment)
            continue;
        size_t end = (size_t)little_endian(p + 16, 4) + little_endian(p + 12, 4);
        if (little_endian(p + 10, 2) == entries && (end == at || end + zip64 == at))
            return OK;
        break;
    }
    return archive_broken(u->e, "its directory is not what it has, or something follows its end");
}

/* First pass: everything that can be told without storing a byte. */
static enum status look_through(struct unpacking *u)
{
    struct archive_entry *entry;
    size_t entries = 0, files = 0;
    enum status s;
    while ((s = next_entry(u, &entry)) == OK && entry != NULL) {
        struct str path;
        if (++entries > ARCHIVE_MAX_MEMBERS)
            return archive_too_many(u->e);
        s = check_entry(u, entry, &path);
        if (s != OK)
            return s;
        la_int64_t size = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
        if (size < 0)
            return archive_broken(u->e, NULL);
        s = (uint64_t)size > ARCHIVE_MAX_BYTES ? archive_too_large(u->e) : add_to_total(u, (size_t)size);
        if (s != OK)
            return s;
        files += path.n > 0;
    }
    if (s != OK)
        return s;
    if (u->format == ARCHIVE_TGZ)
        s = check_tar_end(u);
    else
        s = check_zip_end(u, entries);
    u->members = arena_array_of(u->a, files, struct member);
    u->files = files;
    return s;
}

static enum status read_member(struct unpacking *u, struct archive_entry *entry, struct str *out)
{
    la_int64_t told = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
    /* One byte more shows the end. */
    size_t n = 0, cap = told > 0 && (uint64_t)told <= ARCHIVE_MAX_BYTES ? (size_t)told + 1 : 4096;
    char *p = arena_alloc(u->a, cap);
    for (;;) {
        if (n == cap) {
            p = arena_grow(u->a, p, n, 2 * cap);
            cap *= 2;
        }
        la_ssize_t got = archive_read_data(u->in, p + n, cap - n);
        if (got < 0)
            return read_failed(u);
        if (got == 0)
            break;
        n += (size_t)got;
        enum status s = add_to_total(u, (size_t)got);
        if (s != OK)
            return s;
    }
    *out = (struct str){p, n};
    return OK;
}

/* Second pass. */
static enum status store(struct unpacking *u)
{
    struct archive_entry *entry;
    enum status s;
    while ((s = next_entry(u, &entry)) == OK && entry != NULL) {
        struct str path;
        s = check_entry(u, entry, &path);
        if (s != OK)
            return s;
        if (path.n == 0)
            continue;
        if (u->count == u->files)
            return archive_broken(u->e, NULL);
        struct member *m = &u->members[u->count++];
        m->path = path;
        s = read_member(u, entry, &m->data);
        if (s != OK)
            return s;
    }
    return s;
}

static enum status unpack(void *arg)
{
    struct unpacking *u = arg;
    enum status s = OK;
    u->bytes = u->packed;
    if (u->format == ARCHIVE_TGZ) {
        size_t n = 0;
        s = archive_gunzip(u->packed, &u->tar, &n, u->e);
        u->bytes = (struct str){u->tar, n};
    }
    if (u->format == ARCHIVE_ZIP &&
        str_starts(u->bytes, "PK\5\6")) /* a zip without members, which libarchive does not know */
        return check_zip_end(u, 0);
    if (s == OK)
        s = open_archive(u);
    if (s == OK)
        s = look_through(u);
    if (s == OK)
        s = open_archive(u);
    if (s == OK)
        s = store(u);
    return s == OK ? archive_members_sort(u->a, u->members, u->count, u->e) : s;
}

enum status archive_unpack(struct arena *a, struct str bytes, struct member **out, size_t *count, struct err *e)
{
    struct err own = {0};
    struct unpacking u = {.a = a, .e = &own, .format = archive_detect(bytes), .packed = bytes};
    if (u.format == ARCHIVE_NONE)
        return archive_broken(e, "it is neither a gzip nor a zip file");
    struct archive_locale locale = archive_locale_enter();
    enum status s = arena_guard(a, unpack, &u);
    close_archive(&u);
    archive_locale_leave(locale);
    free(u.tar);
    if (s == OK) {
        *out = u.members;
        *count = u.count;
        return OK;
    }
    if (own.status == OK)
        archive_out_of_arena(s, &own);
    if (e != NULL)
        *e = own;
    return s;
}
