#include "pipeline-creator/tekton/rules.h"

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Has a scheme somewhere: "https:/". */
static bool like_url(struct str s)
{
    for (size_t i = 1; i + 1 < s.n; i++)
        if (s.p[i] == ':' && s.p[i + 1] == '/' && word_char(s.p[i - 1]))
            return true;
    return false;
}

#define LABEL_FORMAT "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
#define LABEL_TEXT                                                                                                     \
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " \
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '" LABEL_FORMAT "')"

static bool label_key_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '-' || s.p[i] == '_' ? i == 0 || i + 1 == s.n
                                           : !word_char(s.p[i]) && (s.p[i] != '.' || i == 0 || i + 1 == s.n))
            return false;
    return s.n > 0;
}

static void prefix_problems(struct str prefix, struct texts *out)
{
    if (prefix.n == 0)
        texts_add(out, STR("prefix part must be non-empty"));
    if (prefix.n > 253)
        texts_add(out, STR("prefix part must be no more than 253 bytes"));
    if (prefix.n && !dns_subdomain(prefix.n > 253 ? str_sub(prefix, 0, 253) : prefix))
        texts_add(out, STR("prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
                           "characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
                           "'example.com', regex used for validation is "
                           "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"));
}

/* What Kubernetes has against a qualified name: "name" or "example.com/name". */
static void qualified_name_problems(struct str s, struct texts *out)
{
    ptrdiff_t slash = str_find_char(s, '/');
    struct str name = slash < 0 ? s : str_from(s, (size_t)slash + 1);
    if (str_find_char(name, '/') >= 0) {
        texts_add(out, STR("a valid label key " LABEL_TEXT
                           " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"));
        return;
    }
    if (slash >= 0)
        prefix_problems(str_sub(s, 0, (size_t)slash), out);
    if (name.n == 0)
        texts_add(out, STR("name part must be non-empty"));
    else if (name.n > 63)
        texts_add(out, STR("name part must be no more than 63 bytes"));
    if (!label_key_name(name))
        texts_add(out, STR("name part " LABEL_TEXT));
}

static void needs_concise(const struct rules *r)
{
    if (!r->set->concise_resolvers)
        fault_add(r->f, "feature_flag", "",
                  "feature flag enable-concise-resolver-syntax should be set to true to use concise resolver syntax");
}

static void resolver(const struct rules *r, const struct node *ref)
{
    struct str name = node_text_of(ref, "name"), by = node_text_of(ref, "resolver");
    const struct node *params = node_get(ref, "params");
    if (params) {
        rule_gate(r, "resolver params", GATE_BETA);
        if (name.n)
            fault_both(r->f, "name", "params");
        if (by.n == 0)
            fault_missing(r->f, "resolver");
        rule_given_params(r, params);
    }
    if (by.n == 0)
        return;
    rule_gate(r, "resolver", GATE_BETA);
    if (name.n && like_url(name))
        needs_concise(r);
    else if (name.n)
        fault_add(r->f, "invalid_value", "name", "invalid value: invalid URI for request");
}

static void plain_name(const struct rules *r, struct str name)
{
    struct texts problems = {.a = r->a};
    struct buf b;
    if (like_url(name)) {
        needs_concise(r);
        fault_missing(r->f, "resolver");
        return;
    }
    qualified_name_problems(name, &problems);
    buf_init(&b, r->a, 0);
    for (size_t i = 0; i < problems.count; i++) {
        if (i)
            buf_char(&b, ',');
        buf_str(&b, problems.items[i]);
    }
    struct str all = buf_take(&b);
    if (problems.count)
        fault_add(r->f, "invalid_name", "name", "invalid value: %.*s", STR_ARG(all));
}

void rule_ref(const struct rules *r, const struct node *ref)
{
    struct str name = node_text_of(ref, "name");
    if (node_text_of(ref, "bundle").n)
        fault_disallowed(r->f, "bundle");
    if (node_text_of(ref, "resolver").n || node_get(ref, "params"))
        resolver(r, ref);
    else if (name.n)
        plain_name(r, name);
    else
        fault_missing(r->f, "name");
}
