#include "pipeline-creator/tekton/names.h"

#include "base/digest.h"

void names_init(struct name_set *n, struct arena *a, size_t expected)
{
    map_init(&n->taken, a, expected);
}

static bool lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Room for a suffix is kept, so that what was cut still says which text it came from. */
static struct str cut(struct arena *a, struct str name, struct str wanted)
{
    if (name.n <= TEKTON_NAME_MAX)
        return name;
    struct str digest = sha256_hex(a, wanted);
    struct str head = str_sub(name, 0, TEKTON_NAME_MAX - 9);
    while (head.n > 0 && head.p[head.n - 1] == '-')
        head.n--;
    return str_printf(a, "%.*s-%.*s", STR_ARG(head), 8, digest.p);
}

static struct str slug(struct arena *a, struct str wanted)
{
    struct str lower = str_lower(a, wanted);
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < lower.n; i++) {
        if (lower_or_digit(lower.p[i]))
            buf_char(&b, lower.p[i]);
        else if (b.n > 0 && b.p[b.n - 1] != '-')
            buf_char(&b, '-');
    }
    while (b.n > 0 && b.p[b.n - 1] == '-')
        b.n--;
    return buf_take(&b);
}

/* The map keeps the number of the next suffix for each name that was given, so that a thousand tasks of one name do
   not look through a thousand suffixes each. */
static struct str once(struct name_set *n, struct str name)
{
    struct arena *a = n->taken.a;
    struct str key = str_lower(a, name);
    if (map_add(&n->taken, key, 2))
        return name;
    for (;;) {
        size_t number = (*map_find(&n->taken, key))++;
        struct str suffix = str_printf(a, "-%zu", number);
        struct str head = str_sub(name, 0, TEKTON_NAME_MAX - suffix.n);
        while (head.n > 0 && head.p[head.n - 1] == '-')
            head.n--;
        struct str next = str_cat(a, head, suffix);
        if (map_add(&n->taken, str_lower(a, next), 2))
            return next;
    }
}

struct str names_label(struct name_set *n, struct str wanted, const char *otherwise)
{
    struct arena *a = n->taken.a;
    struct str name = slug(a, wanted);
    return once(n, name.n ? cut(a, name, wanted) : str_of(otherwise));
}

static bool is_variable(struct str s)
{
    if (s.n == 0 || s.n > TEKTON_NAME_MAX || !letter(s.p[0]) || s.p[s.n - 1] == '-')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!letter(s.p[i]) && !lower_or_digit(s.p[i]) && s.p[i] != '-')
            return false;
    /* a result's name ends in a letter or a digit and does not begin with '_' */
    return s.p[0] != '_' && s.p[s.n - 1] != '_';
}

struct str names_variable(struct name_set *n, struct str wanted, const char *otherwise)
{
    struct arena *a = n->taken.a;
    if (is_variable(wanted))
        return once(n, wanted);
    struct str name = slug(a, wanted);
    if (name.n == 0)
        name = str_of(otherwise);
    else if (!letter(name.p[0]))
        name = str_printf(a, "%s-%.*s", otherwise, STR_ARG(name));
    return once(n, cut(a, name, wanted));
}
