/*
 * How to use a version: short texts to copy, each of which works as it stands once its empty places are filled in.
 * What people published (names of ports, defaults, types) is quoted as the language of the text wants it.
 */
#ifndef HUB_API_SNIPPET_TEXT_H
#define HUB_API_SNIPPET_TEXT_H

#include "catalog/interface.h"

struct snippet_source {
    struct str origin; /* "http://name:port" of the hub */
    bool open;         /* reading needs no token; else texts take it from $HUB_TOKEN */
    struct str namespace, kind, name, version, digest, format, main_path;
    struct interface interface;
    const struct node *facts; /* of the version, or NULL */
};

/*
 * [{name, title, language, text}], those that are true of this format, in this order:
 *   hub     yaml    the entry of a pipeline document (ComponentSpecs, the only ones that are compiled)
 *   kfp     python  loading it with the KFP SDK (what the SDK reads)
 *   tekton  yaml    a reference for Tekton's http resolver (Tekton's own kinds); shell: for what the resolver cannot
 * get curl    shell   the bytes; for pipelines also a run Pure; linear in the size of the interface.
 */
void snippets_json(struct arena *a, struct json *j, const struct snippet_source *s);

#endif
