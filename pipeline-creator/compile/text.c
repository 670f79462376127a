#include "pipeline-creator/compile/text.h"

static bool identifier_char(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

static bool is_identifier(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!identifier_char(s.p[i], i == 0))
            return false;
    return s.n > 0;
}

/* Kubernetes adds variables such as MY_SERVICE_PORT_8080_TCP for the services of a namespace. */
static bool like_service_variable(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < 'A' || s.p[i] > 'Z') && (s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '_')
            return false;
    return s.n > 0;
}

/* What Tekton's references look like, whatever names it knows today: words with a dot or bracket between them. */
static bool like_reference(struct str s)
{
    bool joined = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool joint = c == '.' || c == '[';
        bool other = c == '-' || c == ']' || c == '\'' || c == '"' || c == '*';
        if (!joint && !other && !identifier_char(c, i == 0))
            return false;
        joined = joined || joint;
    }
    return joined;
}

/* The name in "(name)rest"; p NULL when it does not end. `after` begins with the bracket. */
static struct str name_in_brackets(struct str after)
{
    ptrdiff_t end = str_find_char(after, ')');
    return end < 0 ? STR_NONE : str_sub(after, 1, (size_t)end - 1);
}

static bool kubelet_knows(struct str name, const struct node *env)
{
    if (!env)
        return is_identifier(name);
    return like_service_variable(name) || str_is(name, TEXT_DOLLAR) || node_get_str(env, name) != NULL;
}

/* What the dollar before a bracket has to be, "" where "$(name)" goes through as a whole. `after` begins with the
 * bracket. */
static const char *dollar_for(struct str after, const struct node *env)
{
    struct str name = name_in_brackets(after);
    /* A bracket that does not end in this text may end in what is put behind it. */
    if (!name.p || like_reference(name))
        return "$(" TEXT_DOLLAR ")";
    /* The kubelet copies a "$(name)" that it does not know without looking inside, Tekton does look. */
    if (kubelet_knows(name, env) || str_find(name, STR("$(")) >= 0)
        return "$$";
    return "";
}

static struct str escape(struct arena *a, struct str text, const struct node *env, bool open, bool *dollar)
{
    if (str_find_char(text, '$') < 0)
        return text;
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < text.n; i++) {
        struct str rest = str_from(text, i + 1);
        if (text.p[i] != '$') {
            buf_char(&b, text.p[i]);
        } else if (rest.n == 0 && open) {
            buf_cstr(&b, "$(" TEXT_DOLLAR ")");
            *dollar = true;
        } else if (rest.n == 0 || rest.p[0] == '$') {
            buf_cstr(&b, "$$");
        } else if (rest.p[0] == '(') {
            const char *written = dollar_for(rest, env);
            buf_cstr(&b, written);
            *dollar = *dollar || str_is(str_of(written), "$(" TEXT_DOLLAR ")");
            if (written[0])
                continue;
            struct str whole = str_sub(text, i, name_in_brackets(rest).n + 3);
            buf_str(&b, whole);
            i += whole.n - 1;
        } else {
            buf_char(&b, '$');
        }
    }
    return buf_take(&b);
}

struct str text_escape(struct arena *a, struct str text, const struct node *env, bool *dollar)
{
    return escape(a, text, env, false, dollar);
}

struct str text_escape_open(struct arena *a, struct str text, const struct node *env, bool *dollar)
{
    return escape(a, text, env, true, dollar);
}

bool text_can_pass(struct str text)
{
    ptrdiff_t at = str_find(text, STR("$(steps."));
    if (at >= 0 && str_find_char(str_from(text, (size_t)at), ')') >= 0)
        return false;
    return str_find_char(text, '\0') < 0;
}

bool text_has_reference(struct str text)
{
    ptrdiff_t at = str_find(text, STR("$("));
    return at >= 0 && str_find_char(str_from(text, (size_t)at), ')') >= 0;
}

bool text_has_variable(struct str text)
{
    ptrdiff_t at = 0;
    while ((at = str_find(text, STR("$("))) >= 0) {
        text = str_from(text, (size_t)at + 1);
        struct str name = name_in_brackets(text);
        if (name.p && like_reference(name))
            return true;
    }
    return false;
}
