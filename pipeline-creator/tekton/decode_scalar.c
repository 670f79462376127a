/* Scalars that Kubernetes writes as text. */
#include "pipeline-creator/tekton/decode.h"

static const struct unit {
    const char *name;
    int64_t nanoseconds;
} UNITS[] = {
    {"ns", 1},       {"us", 1000},        {"\xc2\xb5s", 1000},      {"\xce\xbcs", 1000},
    {"ms", 1000000}, {"s", 1000000000LL}, {"m", 60 * 1000000000LL}, {"h", 3600 * 1000000000LL},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const struct unit *unit_of(struct str name)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (str_is(name, UNITS[i].name))
            return &UNITS[i];
    return NULL;
}

struct amount {
    struct str whole, fraction, unit;
};

/* Takes "1.5h" off the front. False when it does not start with a number. */
static bool take_amount(struct str *rest, struct amount *out)
{
    size_t i = 0, from;
    while (i < rest->n && is_digit(rest->p[i]))
        i++;
    out->whole = str_sub(*rest, 0, i);
    out->fraction = STR("");
    if (i < rest->n && rest->p[i] == '.') {
        from = ++i;
        while (i < rest->n && is_digit(rest->p[i]))
            i++;
        out->fraction = str_sub(*rest, from, i - from);
    }
    for (from = i; i < rest->n && rest->p[i] != '.' && !is_digit(rest->p[i]);)
        i++;
    out->unit = str_sub(*rest, from, i - from);
    *rest = str_from(*rest, i);
    return out->whole.n + out->fraction.n > 0;
}

static bool add_amount(const struct amount *m, const struct unit *u, int64_t *sum)
{
    uint64_t whole = 0;
    int64_t part;
    double fraction = 0, scale = 1;
    if (m->whole.n && !str_u64(m->whole, &whole))
        return false;
    if (whole > INT64_MAX || __builtin_mul_overflow((int64_t)whole, u->nanoseconds, &part))
        return false;
    for (size_t i = 0; i < m->fraction.n && i < 18; i++) {
        fraction = fraction * 10 + (m->fraction.p[i] - '0');
        scale *= 10;
    }
    return !__builtin_add_overflow(part, (int64_t)(fraction * ((double)u->nanoseconds / scale)), &part) &&
           !__builtin_add_overflow(*sum, part, sum);
}

bool go_duration_parse(struct arena *a, struct str s, int64_t *nanoseconds, struct str *problem)
{
    struct str rest = s, quoted = go_quote(a, s);
    bool negative = str_starts(s, "-");
    *nanoseconds = 0;
    *problem = str_cat(a, STR("time: invalid duration "), quoted);
    if (negative || str_starts(s, "+"))
        rest = str_from(rest, 1);
    if (str_is(rest, "0"))
        return true;
    if (rest.n == 0)
        return false;
    while (rest.n) {
        struct amount m;
        if (!take_amount(&rest, &m))
            return false;
        if (m.unit.n == 0) {
            *problem = str_cat(a, STR("time: missing unit in duration "), quoted);
            return false;
        }
        const struct unit *u = unit_of(m.unit);
        if (!u) {
            *problem = STR_JOIN(a, STR("time: unknown unit "), go_quote(a, m.unit), STR(" in duration "), quoted);
            return false;
        }
        if (!add_amount(&m, u, nanoseconds))
            return false;
    }
    if (negative)
        *nanoseconds = -*nanoseconds;
    return true;
}

/* "1.5" from 1500 with three digits behind the point. */
static struct str with_fraction(struct arena *a, uint64_t value, uint64_t unit, const char *suffix)
{
    char digits[24];
    size_t n = 0;
    for (uint64_t rest = value % unit, place = unit / 10; rest && place && n < sizeof digits; place /= 10) {
        digits[n++] = (char)('0' + rest / place);
        rest %= place;
    }
    return str_printf(a, "%llu%s%.*s%s", (unsigned long long)(value / unit), n ? "." : "", (int)n, digits, suffix);
}

struct str go_duration_text(struct arena *a, int64_t nanoseconds)
{
    uint64_t u = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;
    struct str sign = nanoseconds < 0 ? STR("-") : STR("");
    if (u == 0)
        return STR("0s");
    if (u < 1000)
        return STR_JOIN(a, sign, with_fraction(a, u, 1, "ns"));
    if (u < 1000000)
        return STR_JOIN(a, sign, with_fraction(a, u, 1000, "\xc2\xb5s"));
    if (u < 1000000000)
        return STR_JOIN(a, sign, with_fraction(a, u, 1000000, "ms"));
    uint64_t minutes = u / 60000000000ULL;
    struct str seconds = with_fraction(a, u % 60000000000ULL, 1000000000, "s");
    if (minutes == 0)
        return STR_JOIN(a, sign, seconds);
    if (minutes < 60)
        return STR_JOIN(a, sign, str_printf(a, "%llum", (unsigned long long)minutes), seconds);
    return STR_JOIN(a, sign,
                    str_printf(a, "%lluh%llum", (unsigned long long)(minutes / 60), (unsigned long long)(minutes % 60)),
                    seconds);
}

static size_t digits_from(struct str s, size_t i)
{
    while (i < s.n && is_digit(s.p[i]))
        i++;
    return i;
}

const char *quantity_problem(struct str s)
{
    static const char *const suffixes[] = {"",  "n", "u",  "m",  "k",  "M",  "G",  "T",
                                           "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    static const char format[] =
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    static const char wrong_suffix[] = "unable to parse quantity's suffix";
    size_t i = 0, from;
    if (s.n == 0)
        return format;
    if (s.p[0] == '-' || s.p[0] == '+')
        i++;
    i = digits_from(s, i);
    if (i < s.n && s.p[i] == '.')
        i = digits_from(s, i + 1);
    from = i;
    while (i < s.n && strchr("eEinumkKMGTP", s.p[i]))
        i++;
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
        i++;
    if (digits_from(s, i) != s.n)
        return format;
    struct str suffix = str_from(s, from);
    for (size_t k = 0; k < sizeof suffixes / sizeof suffixes[0]; k++)
        if (str_is(suffix, suffixes[k]))
            return NULL;
    int64_t exponent;
    bool exponential = suffix.n > 1 && (suffix.p[0] == 'e' || suffix.p[0] == 'E');
    struct str number = str_from(suffix, 1);
    if (exponential && str_starts(number, "+"))
        number = str_from(number, 1);
    return exponential && str_i64(number, &exponent) ? NULL : wrong_suffix;
}

/* Reads `digits` digits at *i; -1 when they are not there. */
static int number_at(struct str s, size_t *i, size_t digits)
{
    int value = 0;
    for (size_t k = 0; k < digits; k++, ++*i) {
        if (*i >= s.n || !is_digit(s.p[*i]))
            return -1;
        value = value * 10 + (s.p[*i] - '0');
    }
    return value;
}

static bool char_at(struct str s, size_t *i, const char *any_of)
{
    if (*i >= s.n || s.p[*i] == '\0' || !strchr(any_of, s.p[*i]))
        return false;
    ++*i;
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool date_valid(struct str s, size_t *i)
{
    int year = number_at(s, i, 4);
    if (year < 0 || !char_at(s, i, "-"))
        return false;
    int month = number_at(s, i, 2);
    if (month < 1 || month > 12 || !char_at(s, i, "-"))
        return false;
    int day = number_at(s, i, 2);
    return day >= 1 && day <= days_in(year, month);
}

static bool clock_valid(struct str s, size_t *i, bool seconds)
{
    int hour = number_at(s, i, 2);
    if (hour < 0 || hour > (seconds ? 23 : 24) || !char_at(s, i, ":"))
        return false;
    int minute = number_at(s, i, 2);
    if (minute < 0 || minute > (seconds ? 59 : 60))
        return false;
    if (!seconds)
        return true;
    if (!char_at(s, i, ":"))
        return false;
    int second = number_at(s, i, 2);
    return second >= 0 && second <= 59;
}

bool time_valid(struct str s)
{
    size_t i = 0;
    if (!date_valid(s, &i) || !char_at(s, &i, "T") || !clock_valid(s, &i, true))
        return false;
    if (char_at(s, &i, ".,")) {
        size_t end = digits_from(s, i);
        if (end == i)
            return false;
        i = end;
    }
    if (char_at(s, &i, "Z"))
        return i == s.n;
    return char_at(s, &i, "+-") && clock_valid(s, &i, false) && i == s.n;
}
