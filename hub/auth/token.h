/* The token file: 64 hex digits, readable by its owner only. Blocks; for start-up and the command line. */
#ifndef HUB_AUTH_TOKEN_H
#define HUB_AUTH_TOKEN_H

#include "base/str.h"

/*
 * Reads the token, making file and token when there is none (folder 0700, file 0600). When two processes start at
 * once, both get the same one. ERR_DENIED token_readable when others may read or write the file, ERR_INVALID
 * token_malformed when it is not 64 hex digits and a newline at most.
 */
MUST_USE enum status token_file(struct arena *a, const char *path, struct str *out, struct err *e);

#endif
