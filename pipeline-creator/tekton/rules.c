#include "pipeline-creator/tekton/rules.h"

void rule_gate(const struct rules *r, const char *feature, enum tekton_gate want)
{
    static const char *const names[] = {"stable", "beta", "alpha"};
    if (r->set->gate < want)
        fault_no_path(r->f, "feature_gate", "%s requires \"enable-api-fields\" feature gate to be %s but it is \"%s\"",
                      feature, want == GATE_BETA ? "\"alpha\" or \"beta\"" : "\"alpha\"", names[r->set->gate]);
}

struct map item_names(const struct rules *r, const struct node *list)
{
    struct map m;
    map_init(&m, r->a, node_count(list));
    for (size_t i = 0; i < node_count(list); i++)
        (void)map_add(&m, node_text_of(list->items[i], "name"), i);
    return m;
}

struct map set_of(const struct rules *r, const struct str *names, size_t count)
{
    struct map m;
    map_init(&m, r->a, count);
    for (size_t i = 0; i < count; i++)
        (void)map_add(&m, names[i], i);
    return m;
}

bool set_has(const struct map *m, struct str name)
{
    return map_find(m, name) != NULL;
}

bool object_empty(const struct node *n)
{
    for (size_t i = 0; i < node_count(n); i++) {
        const struct node *value = n->pairs[i].value;
        if (node_is_map(value) || node_count(value) || (node_is_scalar(value) && value->text.n))
            return false;
    }
    return true;
}

bool inline_disabled(const struct rules *r, const char *where)
{
    struct str rest = r->set->disable_inline, part;
    while (rest.p && str_split(&rest, ',', &part))
        if (str_is(part, where))
            return true;
    return false;
}

static bool label_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool label_text(struct str s)
{
    if (s.n == 0 || !label_char(s.p[0]) || !label_char(s.p[s.n - 1]))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!label_char(s.p[i]) && s.p[i] != '-')
            return false;
    return true;
}

bool dns_label(struct str s)
{
    return s.n <= 63 && label_text(s);
}

bool dns_subdomain(struct str s)
{
    struct str rest = s, part;
    if (s.n == 0 || s.n > 253)
        return false;
    while (rest.p && str_split(&rest, '.', &part))
        if (!label_text(part))
            return false;
    return true;
}

struct str clean_path(struct arena *a, struct str path)
{
    bool rooted = str_starts(path, "/");
    struct texts parts = {.a = a};
    struct str rest = path, part;
    size_t parents = 0; /* leading ".." that stay */
    while (rest.p && str_split(&rest, '/', &part)) {
        if (part.n == 0 || str_is(part, "."))
            continue;
        if (!str_is(part, "..")) {
            texts_add(&parts, part);
        } else if (parts.count > parents) {
            parts.count--;
        } else if (!rooted) {
            texts_add(&parts, part);
            parents++;
        }
    }
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < parts.count; i++) {
        if (i || rooted)
            buf_char(&b, '/');
        buf_str(&b, parts.items[i]);
    }
    if (parts.count == 0)
        buf_char(&b, rooted ? '/' : '.');
    return buf_take(&b);
}

void rule_metadata(const struct rules *r, const struct node *object)
{
    struct str name = node_text(node_path(object, "metadata", "name", NULL));
    if (!dns_subdomain(name))
        fault_add(r->f, "invalid_name", "metadata.name", "invalid resource name \"%.*s\": must be a valid DNS label",
                  STR_ARG(name));
    else if (name.n > 63)
        fault_add(r->f, "invalid_name", "metadata.name",
                  "Invalid resource name: length must be no more than 63 characters");
}
