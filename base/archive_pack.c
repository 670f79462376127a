/* Members to a .tgz that depends on nothing but them. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/archive_member.h"

/* What libarchive has written, in memory from malloc: its callback must not jump out of it as an arena would. */
struct sink {
    char *p;
    size_t n, cap;
};

static la_ssize_t sink_write(struct archive *out, void *arg, const void *p, size_t n)
{
    struct sink *s = arg;
    if (n > s->cap - s->n) {
        size_t cap = 2 * (s->cap + n);
        char *grown = realloc(s->p, cap);
        if (grown == NULL) {
            archive_set_error(out, ENOMEM, "no memory");
            return -1;
        }
        s->p = grown;
        s->cap = cap;
    }
    memcpy(s->p + s->n, p, n);
    s->n += n;
    return (la_ssize_t)n;
}

struct packing {
    struct arena *a;
    struct err *e; /* never NULL */
    const struct member *given;
    struct member *members; /* sorted, paths checked */
    size_t count;
    struct archive *out;
    struct archive_entry *entry;
    struct sink sink;
    struct str packed;
};

static enum status write_failed(struct packing *p)
{
    if (archive_errno(p->out) == ENOMEM)
        return archive_no_memory(p->e);
    return err_set(p->e, ERR_INTERNAL, "internal", "the archive cannot be written: %s", archive_error_string(p->out));
}

static enum status check_members(struct packing *p)
{
    size_t total = 0;
    if (p->count > ARCHIVE_MAX_MEMBERS)
        return archive_too_many(p->e);
    p->members = arena_array_of(p->a, p->count, struct member);
    for (size_t i = 0; i < p->count; i++) {
        enum status s = archive_member_path(p->a, p->given[i].path, &p->members[i].path, p->e);
        if (s != OK)
            return s;
        if (p->members[i].path.n == 0 || str_ends(p->given[i].path, "/"))
            return err_set(p->e, ERR_INVALID, "archive_path", "a member has no name");
        p->members[i].data = p->given[i].data;
        if (p->given[i].data.n > ARCHIVE_MAX_BYTES - total)
            return archive_too_large(p->e);
        total += p->given[i].data.n;
    }
    return archive_members_sort(p->a, p->members, p->count, p->e);
}

static enum status open_writer(struct packing *p)
{
    p->out = archive_write_new();
    p->entry = archive_entry_new();
    if (p->out == NULL || p->entry == NULL)
        return archive_no_memory(p->e);
    /* "pax restricted" is plain ustar except for the names that do not fit there. */
    if (archive_write_add_filter_gzip(p->out) != ARCHIVE_OK ||
        archive_write_set_format_pax_restricted(p->out) != ARCHIVE_OK ||
        archive_write_set_options(p->out, "gzip:!timestamp") != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(p->out, 1) != ARCHIVE_OK || /* no padding behind the gzip */
        archive_write_open(p->out, &p->sink, NULL, sink_write, NULL) != ARCHIVE_OK)
        return write_failed(p);
    return OK;
}

static enum status write_member(struct packing *p, const struct member *m)
{
    archive_entry_clear(p->entry);
    archive_entry_copy_pathname(p->entry, m->path.p); /* str_dup() has put a NUL behind it */
    archive_entry_set_filetype(p->entry, AE_IFREG);
    archive_entry_set_perm(p->entry, 0644);
    archive_entry_set_size(p->entry, (la_int64_t)m->data.n);
    if (archive_write_header(p->out, p->entry) != ARCHIVE_OK)
        return write_failed(p);
    if (m->data.n > 0 && archive_write_data(p->out, m->data.p, m->data.n) != (la_ssize_t)m->data.n)
        return write_failed(p);
    return OK;
}

static enum status pack(void *arg)
{
    struct packing *p = arg;
    enum status s = check_members(p);
    if (s == OK)
        s = open_writer(p);
    for (size_t i = 0; s == OK && i < p->count; i++)
        s = write_member(p, &p->members[i]);
    if (s == OK && archive_write_close(p->out) != ARCHIVE_OK)
        s = write_failed(p);
    if (s == OK)
        p->packed = str_dup(p->a, (struct str){p->sink.p, p->sink.n});
    return s;
}

enum status archive_pack_tgz(struct arena *a, const struct member *members, size_t count, struct str *out,
                             struct err *e)
{
    struct err own = {0};
    struct packing p = {.a = a, .e = &own, .given = members, .count = count};
    struct archive_locale locale = archive_locale_enter();
    enum status s = arena_guard(a, pack, &p);
    if (p.entry != NULL)
        archive_entry_free(p.entry);
    if (p.out != NULL)
        archive_write_free(p.out);
    archive_locale_leave(locale);
    free(p.sink.p);
    if (s == OK) {
        *out = p.packed;
        return OK;
    }
    if (own.status == OK)
        archive_out_of_arena(s, &own);
    if (e != NULL)
        *e = own;
    return s;
}
