/* Which targets of a README's links and images are let through. */
#ifndef CATALOG_README_URL_H
#define CATALOG_README_URL_H

#include <md4c.h>

#include "base/str.h"

/* True with the URL, percent-encoded but not yet escaped for HTML; false for what is not to be linked to. */
bool readme_link(struct arena *a, const MD_ATTRIBUTE *href, struct str *url);
bool readme_image(struct arena *a, const MD_ATTRIBUTE *src, struct str *url);

#endif
