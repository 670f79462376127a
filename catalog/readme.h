/* README.md of a package as HTML that can be shown: Markdown in GitHub's dialect, without what could run or deceive. */
#ifndef CATALOG_README_H
#define CATALOG_README_H

#include "base/str.h"

#define README_MAX_INPUT  ((size_t)1 << 20)
#define README_MAX_OUTPUT ((size_t)2 << 20)
#define README_MAX_DEPTH  64  /* elements inside each other; those further in are left out, their text stays */
#define README_MAX_IDS    300 /* headings that can be linked to; the others have no id */
#define README_ID_PREFIX  "readme-"
/* Counts changes of what is written for the same bytes; part of the ETag. */
#define README_REVISION "1"

/*
 * Elements: h2 to h6 (a level below the source's), p, br, hr, blockquote, ul, ol, li, pre, code, em, strong, del, a,
 * img, table, thead, tbody, tr, th, td; attributes: id, start, class="language-…", align, href and rel, src and alt.
 * Links go to http, https, mailto or a heading of the README; images are https. What else is linked to stays as text.
 * Raw HTML is shown as it was written. Bytes that are not UTF-8 become U+FFFD. Any thread; *out lives in the arena.
 * ERR_LIMIT readme_too_large for input or output beyond the above; ERR_NOMEM or ERR_LIMIT out_of_memory.
 */
MUST_USE enum status readme_html(struct arena *a, struct str markdown, struct str *out, struct err *e);

#endif
