/* Which member of an archive is the asset. */
#ifndef CATALOG_MAIN_FILE_H
#define CATALOG_MAIN_FILE_H

#include "catalog/catalog.h"

/* Documents of one file, at most FILE_MAX_DOCUMENTS. JSON is read as YAML, so that nodes have places; what is JSON but
   not YAML (surrogate pairs, long keys) is read as JSON. */
#define FILE_MAX_DOCUMENTS 500
MUST_USE enum status file_documents(struct arena *a, struct str text, struct node ***out, size_t *count, struct err *e);

/* Takes a single leading folder that all members share off their paths. What operating systems add ("__MACOSX/",
   ".DS_Store") does not count. */
void members_strip_folder(struct arena *a, struct member *members, size_t count);
const struct member *member_find(const struct member *members, size_t count, const char *path); /* case aside */

struct main_file {
    size_t index;
    /* An operator whose objects are in several files: one entry a member, true for the others. NULL when not. */
    const bool *parts;
};

/*
 * Root <kind>.yaml, else the only recognised file at the least depth. `kind` NULL = any. A file that is recognised but
 * of another kind is found where there is no other, so that the caller can say so; likewise the only file that may be
 * meant. Codes: main_missing, main_ambiguous.
 */
MUST_USE enum status main_file_find(struct arena *a, const struct member *members, size_t count,
                                    const enum asset_kind *kind, struct main_file *out, struct err *e);

#endif
