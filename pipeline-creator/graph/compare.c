#include "pipeline-creator/graph/compare.h"

#define EXPONENT_DIGITS 9

/* sign · 0.<digits> · 10^place, the first digit not zero; sign 0 = zero */
struct number {
    int sign;
    bool nan, infinite;
    int64_t place;
    struct str whole, fraction; /* the digits, in two pieces, zeros at both ends taken away */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct str trim(struct str s)
{
    while (s.n > 0 && is_space(s.p[0]))
        s = str_from(s, 1);
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static size_t count_digits(struct str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    return n;
}

static bool take_sign(struct str *s)
{
    bool minus = s->n > 0 && s->p[0] == '-';
    if (minus || (s->n > 0 && s->p[0] == '+'))
        *s = str_from(*s, 1);
    return minus;
}

/* What follows an e; false when it is no exponent, or one beyond all measure. */
static bool read_exponent(struct str s, int64_t *out)
{
    bool minus = take_sign(&s);
    if (s.n == 0 || count_digits(s) != s.n)
        return false;
    while (s.n > 0 && s.p[0] == '0')
        s = str_from(s, 1);
    if (s.n > EXPONENT_DIGITS)
        return false;
    *out = 0;
    for (size_t i = 0; i < s.n; i++)
        *out = *out * 10 + (s.p[i] - '0');
    if (minus)
        *out = -*out;
    return true;
}

static void normalise(struct number *n)
{
    while (n->whole.n > 0 && n->whole.p[0] == '0') {
        n->whole = str_from(n->whole, 1);
        n->place--;
    }
    while (n->whole.n == 0 && n->fraction.n > 0 && n->fraction.p[0] == '0') {
        n->fraction = str_from(n->fraction, 1);
        n->place--;
    }
    while (n->fraction.n > 0 && n->fraction.p[n->fraction.n - 1] == '0')
        n->fraction.n--;
    while (n->fraction.n == 0 && n->whole.n > 0 && n->whole.p[n->whole.n - 1] == '0')
        n->whole.n--;
    if (n->whole.n + n->fraction.n == 0)
        n->sign = 0;
}

static bool read_number(struct str s, struct number *n)
{
    int64_t exponent = 0;
    s = trim(s);
    *n = (struct number){.sign = take_sign(&s) ? -1 : 1};
    n->nan = str_eq_nocase(s, STR("nan"));
    n->infinite = str_eq_nocase(s, STR("inf")) || str_eq_nocase(s, STR("infinity"));
    if (n->nan || n->infinite)
        return true;
    n->whole = str_sub(s, 0, count_digits(s));
    s = str_from(s, n->whole.n);
    if (s.n > 0 && s.p[0] == '.') {
        n->fraction = str_sub(s, 1, count_digits(str_from(s, 1)));
        s = str_from(s, n->fraction.n + 1);
    }
    if (n->whole.n + n->fraction.n == 0)
        return false;
    if (s.n > 0 && ((s.p[0] != 'e' && s.p[0] != 'E') || !read_exponent(str_from(s, 1), &exponent)))
        return false;
    n->place = (int64_t)n->whole.n + exponent;
    normalise(n);
    return true;
}

/* The i-th digit; behind the last one 0. */
static char digit(const struct number *n, size_t i)
{
    if (i < n->whole.n)
        return n->whole.p[i];
    i -= n->whole.n;
    return i < n->fraction.n ? n->fraction.p[i] : '0';
}

static int compare_magnitude(const struct number *x, const struct number *y)
{
    if (x->infinite || y->infinite)
        return (int)x->infinite - (int)y->infinite;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    size_t a = x->whole.n + x->fraction.n, b = y->whole.n + y->fraction.n;
    for (size_t i = 0; i < (a > b ? a : b); i++)
        if (digit(x, i) != digit(y, i))
            return digit(x, i) < digit(y, i) ? -1 : 1;
    return 0;
}

static enum comparison compare_numbers(const struct number *x, const struct number *y)
{
    if (x->nan || y->nan)
        return COMPARE_NO_ORDER;
    if (x->sign != y->sign)
        return x->sign < y->sign ? COMPARE_LESS : COMPARE_GREATER;
    int order = x->sign == 0 ? 0 : compare_magnitude(x, y) * x->sign;
    return order < 0 ? COMPARE_LESS : order > 0 ? COMPARE_GREATER : COMPARE_SAME;
}

enum comparison graph_compare(struct str x, struct str y)
{
    struct number a, b;
    if (read_number(x, &a) && read_number(y, &b))
        return compare_numbers(&a, &b);
    int order = str_cmp(x, y);
    return order < 0 ? COMPARE_LESS : order > 0 ? COMPARE_GREATER : COMPARE_SAME;
}
