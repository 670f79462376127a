#include "pipeline-creator/tekton/lint_lookup.h"

#include "base/digest.h"
#include "pipeline-creator/graph/graph.h"

/* ---- what is known */

/* The only document of the text, if Tekton takes it; with all its features, since it is not the one that is judged. */
static const struct node *object_of(struct arena *a, const struct graph_known *known)
{
    struct node **documents, *object = NULL;
    size_t count;
    bool json;
    struct err ignored = {0};
    struct tekton_settings settings = tekton_settings_of(GATE_ALPHA);
    if (!known->found || tekton_read(a, known->text, &documents, &count, &json, &ignored) != OK || count != 1 ||
        !str_starts(node_text_of(documents[0], "apiVersion"), "tekton.dev/") ||
        tekton_admit(a, documents[0], json, &settings, faults_new(a), &object) != TEKTON_ACCEPTED)
        return NULL;
    return object;
}

void lint_lookup_init(struct lint_lookup *l, struct arena *a, const struct lint_options *options)
{
    size_t count = options->known_count < LINT_MAX_LOOKUPS ? options->known_count : LINT_MAX_LOOKUPS;
    l->a = a;
    l->origin = options->origin;
    l->known = arena_array_of(a, count, struct lint_known);
    l->known_count = count;
    l->missing_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct graph_known *known = &options->known[i];
        l->known[i] = (struct lint_known){
            .key = known->key,
            .who = STR_JOIN(a, known->namespace, STR("/"), known->name, STR("@"), known->version),
            .object = object_of(a, known),
        };
    }
}

/* ---- keys: how a hub names what a reference means */

/* A name or a version as it stands in a key or a URL: nothing in it is substituted, escaped or a separator. */
static bool plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool digit = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!digit && !letter && c != '-' && c != '.' && c != '_' && c != '+')
            return false;
    }
    return s.n > 0 && s.n <= 253;
}

static struct str key_of_parts(struct arena *a, struct str namespace, struct str name, struct str version)
{
    if (!plain(name) || (namespace.n && !plain(namespace)) || (version.n && !plain(version)))
        return STR_NONE;
    struct str key = namespace.n ? STR_JOIN(a, namespace, STR("/"), name) : name;
    return version.n ? STR_JOIN(a, key, STR("@"), version) : key;
}

static struct str param(const struct node *ref, const char *name)
{
    const struct node *params = node_get(ref, "params");
    for (size_t i = 0; node_is_seq(params) && i < params->count; i++)
        if (str_is(node_text_of(params->items[i], "name"), name))
            return node_text_of(params->items[i], "value");
    return STR_NONE;
}

static bool is_origin(const struct lint_lookup *l, struct str url)
{
    if (str_ends(url, "/"))
        url = str_sub(url, 0, url.n - 1);
    return l->origin.n > 0 && str_eq(url, l->origin);
}

/* A version may be a range (">=0.7"), which is for the resolver to choose from. */
static struct str key_of_hub(const struct lint_lookup *l, const char *kind, const struct node *ref)
{
    struct str of = param(ref, "kind"), url = param(ref, "url");
    if ((of.n && !str_eq_nocase(of, str_of(kind))) || (url.n && !is_origin(l, url)))
        return STR_NONE;
    return key_of_parts(l->a, STR_NONE, param(ref, "name"), param(ref, "version"));
}

/* <origin>/api/v1/assets/<namespace>/<kind>/<name>/versions/<version>/content */
static struct str key_of_url(const struct lint_lookup *l, struct str url)
{
    static const char ASSETS[] = "/api/v1/assets/";
    enum { NAMESPACE, KIND, NAME, VERSIONS, VERSION, CONTENT, PARTS };
    struct str part[PARTS];
    size_t count = 0;
    if (l->origin.n == 0 || !str_eq(str_sub(url, 0, l->origin.n), l->origin))
        return STR_NONE;
    url = str_from(url, l->origin.n);
    if (!str_starts(url, ASSETS))
        return STR_NONE;
    for (struct str rest = str_from(url, sizeof ASSETS - 1); count < PARTS && str_split(&rest, '/', &part[count]);)
        if (++count == PARTS && rest.p)
            return STR_NONE;
    if (count != PARTS || !str_is(part[VERSIONS], "versions") || !str_is(part[CONTENT], "content") ||
        part[NAMESPACE].n == 0 || part[VERSION].n == 0)
        return STR_NONE;
    return key_of_parts(l->a, part[NAMESPACE], part[NAME], part[VERSION]);
}

static struct str key_of_http(const struct lint_lookup *l, const struct node *ref)
{
    struct str digest = param(ref, "digest");
    uint8_t bytes[SHA256_BYTES];
    if (str_starts(digest, "sha256:") && digest_parse(digest, bytes))
        return digest_text(l->a, bytes);
    return key_of_url(l, param(ref, "url"));
}

static struct str key_of(const struct lint_lookup *l, const char *kind, const struct node *ref)
{
    struct str by = node_text_of(ref, "resolver"), api = node_text_of(ref, "apiVersion"),
               of = node_text_of(ref, "kind");
    if (node_text_of(ref, "bundle").n || (api.n && !str_starts(api, "tekton.dev/")) || (of.n && !str_is(of, kind)))
        return STR_NONE;
    if (by.n == 0)
        return key_of_parts(l->a, STR_NONE, node_text_of(ref, "name"), STR_NONE);
    if (str_is(by, "hub"))
        return key_of_hub(l, kind, ref);
    return str_is(by, "http") ? key_of_http(l, ref) : STR_NONE;
}

/* ---- looking up */

const struct lint_known *lint_lookup(struct lint_lookup *l, const char *kind, const struct node *ref)
{
    struct str key = key_of(l, kind, ref);
    if (key.n == 0)
        return NULL;
    for (size_t i = 0; i < l->known_count; i++)
        if (str_eq(l->known[i].key, key))
            return str_is(node_text_of(l->known[i].object, "kind"), kind) ? &l->known[i] : NULL;
    for (size_t i = 0; i < l->missing_count; i++)
        if (str_eq(l->missing[i], key))
            return NULL;
    if (l->known_count + l->missing_count < LINT_MAX_LOOKUPS)
        l->missing[l->missing_count++] = key;
    return NULL;
}
