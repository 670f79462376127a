/* Small file helpers, for start-up and the command line; they block. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/str.h"

/* The whole file, at most limit bytes (ERR_LIMIT beyond). "-" is standard input. */
MUST_USE enum status file_read(struct arena *a, const char *path, size_t limit, struct str *out, struct err *e);
/* Writes to a temporary name beside it, fsync, rename: either the old or the new content is there. */
MUST_USE enum status file_write(const char *path, struct str data, unsigned mode, struct err *e);
bool file_exists(const char *path);
/* Names in a folder, sorted, without "." and ".."; at most max. */
MUST_USE enum status dir_list(struct arena *a, const char *path, size_t max, struct str **names, size_t *count,
                              struct err *e);
/* mkdir -p with mode. */
MUST_USE enum status dir_make(const char *path, unsigned mode, struct err *e);
/* Removes a folder and what is in it without following links; what is not there is fine. */
MUST_USE enum status dir_remove(const char *path, struct err *e);

#endif
