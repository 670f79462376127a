/* Between archive.c (reading), archive_gzip.c, archive_pack.c and archive_member.c. Nobody else includes it. */
#ifndef BASE_ARCHIVE_MEMBER_H
#define BASE_ARCHIVE_MEMBER_H

#include <locale.h>

#include "base/archive.h"

/* libarchive converts names to the character set of the thread's locale. This one is UTF-8 wherever the process runs;
   give what it returns to archive_locale_leave(). */
struct archive_locale {
    locale_t utf8, before;
};
struct archive_locale archive_locale_enter(void);
void archive_locale_leave(struct archive_locale l);

/* A name as it is in an archive → relative path without "./" in front; empty for the top folder itself. Refuses what
   archive.h says. */
MUST_USE enum status archive_member_path(struct arena *a, struct str name, struct str *out, struct err *e);
/* Sorts by path; refuses names that are there twice, or that differ in case only. */
MUST_USE enum status archive_members_sort(struct arena *a, struct member *members, size_t count, struct err *e);

enum status archive_too_many(struct err *e);
enum status archive_too_large(struct err *e);
enum status archive_no_memory(struct err *e);
enum status archive_out_of_arena(enum status s, struct err *e); /* s from the guard */
enum status archive_broken(struct err *e, const char *what);    /* NULL: it cannot be said */
/* From libarchive's errno and text, which may be NULL. */
enum status archive_failed(int why, const char *text, struct err *e);
/* ERR_LIMIT when `unpacked` bytes are too many for an archive of `packed` bytes. */
MUST_USE enum status archive_check_ratio(size_t packed, size_t unpacked, struct err *e);

/* The content of a gzip file that is one whole member. *out is from malloc: free it. */
MUST_USE enum status archive_gunzip(struct str bytes, char **out, size_t *n, struct err *e);

#endif
