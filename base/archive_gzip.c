/*
 * A gzip file (RFC 1952) as a whole, unpacked by libarchive.
 *
 * libarchive neither checks the sum at the end nor says when something follows, so that is done here. Only a file of
 * one gzip member is taken: then its last eight bytes are sum and length of everything that comes out.
 */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "base/archive_member.h"

/* Headers and padding of a tar that is within the limits. */
#define TAR_OVERHEAD ((size_t)4 << 20)

static uint32_t crc32_of(const char *p, size_t n)
{
    uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = (c & 1) != 0 ? 0xedb88320u ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < n; i++)
        crc = table[(crc ^ (unsigned char)p[i]) & 0xff] ^ crc >> 8;
    return ~crc;
}

static uint32_t little_endian(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static enum status read_failed(struct archive *in, struct err *e)
{
    return archive_failed(archive_errno(in), archive_error_string(in), e);
}

/* What comes out, in memory from malloc. */
struct unzipped {
    char *p;
    size_t n, cap;
};

static bool make_room(struct unzipped *u)
{
    if (u->n < u->cap)
        return true;
    char *grown = realloc(u->p, 2 * u->cap);
    if (grown == NULL)
        return false;
    u->p = grown;
    u->cap *= 2;
    return true;
}

static enum status read_content(struct archive *in, size_t packed, struct unzipped *u, struct err *e)
{
    for (;;) {
        if (!make_room(u))
            return archive_no_memory(e);
        la_ssize_t got = archive_read_data(in, u->p + u->n, u->cap - u->n);
        if (got <= 0)
            return got == 0 ? OK : read_failed(in, e);
        u->n += (size_t)got;
        enum status s = archive_check_ratio(packed, u->n, e);
        if (s != OK)
            return s;
        if (u->n > ARCHIVE_MAX_BYTES + TAR_OVERHEAD)
            return archive_too_large(e);
    }
}

static enum status check_end(struct archive *in, struct str bytes, const struct unzipped *u, struct err *e)
{
    const char *sum = bytes.p + bytes.n - 8;
    if (little_endian(sum + 4) != (uint32_t)u->n || little_endian(sum) != crc32_of(u->p, u->n))
        return archive_broken(e, "the check sum at its end is wrong, or something follows its end");
    if (archive_filter_bytes(in, -1) != (la_int64_t)bytes.n)
        return archive_broken(e, "something follows its end");
    return u->n > 0 ? OK : archive_broken(e, "it is empty");
}

static enum status gunzip(struct archive *in, struct str bytes, struct unzipped *u, struct err *e)
{
    struct archive_entry *entry;
    if (archive_read_support_filter_gzip(in) < ARCHIVE_WARN || archive_read_support_format_raw(in) < ARCHIVE_WARN)
        return read_failed(in, e);
    if (archive_read_open_memory(in, bytes.p, bytes.n) != ARCHIVE_OK ||
        archive_read_next_header(in, &entry) != ARCHIVE_OK)
        return read_failed(in, e);
    /* "none" is the last filter. A gzip within a gzip would be unpacked too. */
    if (archive_filter_count(in) != 2 || archive_filter_code(in, 0) != ARCHIVE_FILTER_GZIP)
        return archive_broken(e, NULL);
    enum status s = read_content(in, bytes.n, u, e);
    return s == OK ? check_end(in, bytes, u, e) : s;
}

enum status archive_gunzip(struct str bytes, char **out, size_t *n, struct err *e)
{
    if (bytes.n < 18)
        return archive_broken(e, "it is cut off");
    /* The length that the file tells is a hint for the memory to take; anything may be there. */
    size_t told = little_endian(bytes.p + bytes.n - 4);
    struct unzipped u = {.cap = told / 16 <= bytes.n && told <= ARCHIVE_MAX_BYTES ? told + 1 : 4 * bytes.n};
    u.p = malloc(u.cap);
    struct archive *in = archive_read_new();
    enum status s = u.p == NULL || in == NULL ? archive_no_memory(e) : gunzip(in, bytes, &u, e);
    if (in != NULL)
        archive_read_free(in);
    if (s != OK) {
        free(u.p);
        return s;
    }
    *out = u.p;
    *n = u.n;
    return OK;
}
