/*
 * .tar.gz / .tgz / .zip in and .tgz out, through libarchive.
 *
 * Refused, nothing being returned: more than 1,000 members (counted before anything is stored), more than 64 MiB
 * unpacked, a compression ratio over 200 once 1 MiB is out, absolute or `..` paths, back-slashes, control characters
 * or text that is not UTF-8 in names, names over 255 bytes, links, devices, sparse or encrypted members, the same name
 * twice, names that differ in case only, trailing garbage after a zip or gzip (a second gzip member is that, too).
 * Members that are archives are kept as bytes and not opened. Directories are left out. The one common leading folder
 * stays: catalog decides about it.
 */
#ifndef BASE_ARCHIVE_H
#define BASE_ARCHIVE_H

#include "base/str.h"

#define ARCHIVE_MAX_MEMBERS 1000
#define ARCHIVE_MAX_BYTES   ((size_t)64 << 20)
#define ARCHIVE_MAX_NAME    255
#define ARCHIVE_MAX_RATIO   200

enum archive_format { ARCHIVE_NONE, ARCHIVE_TGZ, ARCHIVE_ZIP };

struct member {
    struct str path; /* relative, '/' between folders, no leading "./" */
    struct str data;
};

/* By the first bytes: gzip magic, "PK\3\4" or "PK\5\6". */
enum archive_format archive_detect(struct str bytes);
/* Members in the order of their paths. Codes: archive_broken, archive_too_many, archive_too_large, archive_ratio,
   archive_path, archive_link (also devices and sparse files), archive_duplicate, archive_encrypted; out_of_memory and
   memory_limit (the arena's). An empty archive gives *count = 0. */
MUST_USE enum status archive_unpack(struct arena *a, struct str bytes, struct member **out, size_t *count,
                                    struct err *e);
/* Deterministic: sorted by path, no times, no owners, mode 0644. */
MUST_USE enum status archive_pack_tgz(struct arena *a, const struct member *members, size_t count, struct str *out,
                                      struct err *e);

#endif
