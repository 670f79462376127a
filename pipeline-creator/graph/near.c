/* Names that were likely meant. */
#include "catalog/check.h"
#include "pipeline-creator/graph/read.h"

#define COMPARED_MAX 20000 /* names, in one document: each takes up to 1,600 steps */

static bool is_separator(char c)
{
    return c == ' ' || c == '_' || c == '-';
}

bool near_same(struct str x, struct str y)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < x.n && is_separator(x.p[i]))
            i++;
        while (j < y.n && is_separator(y.p[j]))
            j++;
        if (i == x.n || j == y.n)
            return i == x.n && j == y.n;
        if (!str_eq_nocase(str_sub(x, i++, 1), str_sub(y, j++, 1)))
            return false;
    }
}

struct near near_to(struct str wanted)
{
    return (struct near){.wanted = wanted, .slips = SIZE_MAX};
}

void near_try(struct reader *r, struct near *n, struct str name)
{
    size_t slips = SIZE_MAX;
    if (near_same(n->wanted, name))
        slips = 0;
    else if (n->slips > 0 && r->compared++ < COMPARED_MAX)
        slips = check_slips(n->wanted, name);
    if (slips == SIZE_MAX || slips > n->slips)
        return;
    n->several = slips == n->slips;
    n->slips = slips;
    n->best = name;
}

struct str near_best(const struct near *n)
{
    return n->several ? STR_NONE : n->best;
}

struct str near_port(struct reader *r, const struct port *ports, size_t count, struct str wanted)
{
    struct near n = near_to(wanted);
    for (size_t i = 0; r->ps->dropped == 0 && i < count; i++)
        near_try(r, &n, ports[i].name);
    return near_best(&n);
}

struct str near_task(struct reader *r, const struct scope *s, struct str wanted)
{
    struct near n = near_to(wanted);
    for (size_t i = 0; r->ps->dropped == 0 && i < s->count; i++) /* what nobody will read need not be looked for */
        near_try(r, &n, s->tasks[i].id);
    return near_best(&n);
}
