#include "base/scalar.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int digit_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

/* ---- words */

static bool one_of(struct str s, const char *const *words)
{
    for (; *words != NULL; words++)
        if (str_is(s, *words))
            return true;
    return false;
}

/* "null", "Null", "NULL", but not "nULL". */
static bool is_word(struct str s, const char *lower)
{
    if (!str_eq_nocase(s, str_of(lower)))
        return false;
    bool rest_upper = true, rest_lower = true;
    for (size_t i = 1; i < s.n; i++) {
        rest_lower = rest_lower && s.p[i] >= 'a';
        rest_upper = rest_upper && s.p[i] <= 'Z';
    }
    return rest_lower || (rest_upper && s.p[0] <= 'Z');
}

static bool any_word(struct str s, const char *const *words)
{
    for (; *words != NULL; words++)
        if (is_word(s, *words))
            return true;
    return false;
}

static const char *const true_words[] = {"true", "yes", "on", NULL};
static const char *const false_words[] = {"false", "no", "off", NULL};

bool scalar_true(struct str text)
{
    return any_word(text, true_words);
}

static const char *const inf_words[] = {".inf", ".Inf", ".INF", NULL};
static const char *const nan_words[] = {".nan", ".NaN", ".NAN", NULL};

static bool is_inf(struct str s)
{
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
        s = str_from(s, 1);
    return one_of(s, inf_words);
}

/* ---- integers */

/* The text without "_", which Kubernetes' reader drops from whatever may be a number. False when it is too long for
   one. */
static bool without_underscores(struct str s, struct number *out)
{
    if (s.n > SCALAR_NUMBER_MAX)
        return false;
    out->n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '_')
            out->text[out->n++] = s.p[i];
    out->text[out->n] = '\0';
    return true;
}

struct integer {
    bool negative, decimal;
    bool fits; /* magnitude is right; otherwise only decimal ones are taken, by their digits */
    uint64_t magnitude;
};

/* Takes the base off: 0x, 0o, 0b in either case, 0 before further digits (octal). */
static int take_base(struct str *s)
{
    if (s->n < 2 || s->p[0] != '0')
        return 10;
    char c = (char)(s->p[1] | 0x20);
    int base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
    if (base == 0)
        return 8;
    *s = str_from(*s, 2);
    return base;
}

static bool read_integer(struct str text, struct integer *out)
{
    struct number plain;
    *out = (struct integer){.fits = true};
    if (!without_underscores(text, &plain))
        return false;
    struct str s = {plain.text, plain.n};
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
        out->negative = s.p[0] == '-';
        s = str_from(s, 1);
    }
    if (s.n == 0 || !is_digit(s.p[0]))
        return false;
    int base = take_base(&s);
    out->decimal = base == 10;
    for (size_t i = 0; i < s.n; i++) {
        int d = digit_value(s.p[i]);
        if (d >= base)
            return false;
        if (__builtin_mul_overflow(out->magnitude, (uint64_t)base, &out->magnitude) ||
            __builtin_add_overflow(out->magnitude, (uint64_t)d, &out->magnitude))
            out->fits = false;
    }
    if (out->negative && out->magnitude > (uint64_t)INT64_MAX + 1)
        out->fits = false;
    return s.n > 0 && (out->fits || out->decimal);
}

bool scalar_int64(struct str text, int64_t *out)
{
    struct integer v;
    if (!read_integer(text, &v) || !v.fits || v.magnitude > (uint64_t)INT64_MAX + v.negative)
        return false;
    *out = v.negative ? (int64_t)(0 - v.magnitude) : (int64_t)v.magnitude;
    return true;
}

/* ---- floats */

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? as go-yaml has it. */
static bool float_shape(struct str s)
{
    size_t i = 0, digits = 0;
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
        i++;
    for (; i < s.n && is_digit(s.p[i]); i++)
        digits++;
    if (i < s.n && s.p[i] == '.')
        for (i++; i < s.n && is_digit(s.p[i]); i++)
            digits++;
    if (digits == 0)
        return false;
    if (i == s.n)
        return true;
    if (s.p[i] != 'e' && s.p[i] != 'E')
        return false;
    i++;
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
        i++;
    if (i == s.n)
        return false;
    for (; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return true;
}

/* False for what is no float, and for what is too large for a double: readers take that for a string. */
static bool read_float(struct str s, double *out)
{
    struct number plain;
    if (!without_underscores(s, &plain) || !float_shape((struct str){plain.text, plain.n}))
        return false;
    *out = strtod(plain.text, NULL);
    return isfinite(*out);
}

static double float_value(struct str s)
{
    double v = nan("");
    if (is_inf(s))
        return s.p[0] == '-' ? -HUGE_VAL : HUGE_VAL;
    if (!read_float(s, &v))
        return nan("");
    return v;
}

/* ---- meaning */

enum scalar_type scalar_resolve(struct str s)
{
    struct integer i;
    double f;
    if (s.n == 0)
        return SCALAR_NULL;
    switch (s.p[0]) {
    case '~':
        return s.n == 1 ? SCALAR_NULL : SCALAR_STR;
    case 'n':
    case 'N':
        if (is_word(s, "null"))
            return SCALAR_NULL;
        return is_word(s, "no") ? SCALAR_BOOL : SCALAR_STR;
    case 't':
    case 'T':
    case 'y':
    case 'Y':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
        return any_word(s, true_words) || any_word(s, false_words) ? SCALAR_BOOL : SCALAR_STR;
    case '+':
    case '-':
    case '.':
        if (is_inf(s) || one_of(s, nan_words))
            return SCALAR_FLOAT;
        break;
    default:
        if (!is_digit(s.p[0]))
            return SCALAR_STR;
    }
    if (read_integer(s, &i))
        return SCALAR_INT;
    return read_float(s, &f) ? SCALAR_FLOAT : SCALAR_STR;
}

/* 0x…, 0o…, 0b… with "_" anywhere; go-yaml v3 even takes a sign behind the mark. */
static bool based_like(struct str s)
{
    size_t marks = 0, zeros = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '_')
            continue;
        if (zeros == 0 && s.p[i] != '0')
            return false;
        if (zeros == 1 && marks == 0) {
            if (strchr("xXoObB", s.p[i]) == NULL)
                return false;
            marks = 1;
            continue;
        }
        zeros = 1;
        if (digit_value(s.p[i]) >= 16 && s.p[i] != '+' && s.p[i] != '-')
            return false;
    }
    return marks > 0;
}

/* Like a number to somebody: digits, `_`, at most one point and one exponent, or a base. Length does not matter. */
static bool number_like(struct str s)
{
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
        s = str_from(s, 1);
    if (based_like(s))
        return true;
    size_t points = 0, exponents = 0, digits = 0;
    char before = '\0'; /* not counting "_" */
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '_')
            continue;
        digits += is_digit(c);
        points += c == '.';
        exponents += c == 'e' || c == 'E';
        bool sign = (c == '-' || c == '+') && (before | 0x20) == 'e';
        if (!is_digit(c) && !sign && strchr(".eE", c) == NULL)
            return false;
        before = c;
    }
    return digits > 0 && points <= 1 && exponents <= 1;
}

/* 1:20 and 1:20:30.5 are numbers to the base of 60 in YAML 1.1; 2020-01-01 and what may follow is a time. */
static bool sexagesimal_or_time(struct str s)
{
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
        s = str_from(s, 1);
    if (s.n == 0 || !is_digit(s.p[0]))
        return false;
    size_t digits = 0;
    while (digits < s.n && (is_digit(s.p[digits]) || s.p[digits] == '_'))
        digits++;
    if (digits == s.n || (s.p[digits] != ':' && (digits != 4 || s.p[digits] != '-')))
        return false;
    for (size_t i = digits; i < s.n; i++)
        if (!is_digit(s.p[i]) && strchr("_.:-+TtZz \t", s.p[i]) == NULL)
            return false;
    return true;
}

static bool word_like(struct str s)
{
    static const struct str words[] = {STR("~"),     STR("null"),  STR("true"), STR("false"), STR("yes"),  STR("no"),
                                       STR("on"),    STR("off"),   STR("y"),    STR("n"),     STR(".nan"), STR(".inf"),
                                       STR("-.inf"), STR("+.inf"), STR("="),    STR("<<")};
    for (size_t i = 0; s.n <= 5 && i < sizeof words / sizeof words[0]; i++)
        if (s.n == words[i].n && str_eq_nocase(s, words[i]))
            return true;
    return false;
}

bool scalar_ambiguous(struct str s)
{
    if (s.n == 0)
        return true;
    /* How the words, numbers and times begin: most texts begin otherwise. */
    switch (s.p[0]) {
    case '~':
    case '=':
    case '<':
    case 'n':
    case 'N':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'y':
    case 'Y':
    case 'o':
    case 'O':
        return word_like(s);
    case '-':
    case '+':
    case '.':
        return word_like(s) || number_like(s) || sexagesimal_or_time(s);
    default:
        return is_digit(s.p[0]) && (number_like(s) || sexagesimal_or_time(s));
    }
}

/* ---- writing */

static void set(struct number *out, const char *text)
{
    out->n = strlen(text);
    memcpy(out->text, text, out->n + 1);
}

void scalar_from_double(double v, struct number *out)
{
    if (isnan(v) || isinf(v)) {
        set(out, isnan(v) ? ".nan" : v < 0 ? "-.inf" : ".inf");
        return;
    }
    char digits[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, v);
        if (strtod(digits, NULL) == v)
            break;
    }
    /* PyYAML wants a point, also before an exponent. */
    const char *e = strchr(digits, 'e');
    int mantissa = e == NULL ? (int)strlen(digits) : (int)(e - digits);
    const char *point = strchr(digits, '.') == NULL ? ".0" : "";
    out->n = (size_t)snprintf(out->text, sizeof out->text, "%.*s%s%s", mantissa, digits, point, e == NULL ? "" : e);
}

/* -?(0|[1-9][0-9]*) */
static bool plain_decimal(struct str s)
{
    if (s.n > 0 && s.p[0] == '-')
        s = str_from(s, 1);
    if (s.n == 0 || (s.p[0] == '0' && s.n > 1))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return true;
}

/* -?(0|[1-9][0-9]*)\.[0-9]+([eE][-+][0-9]+)?: JSON, and a float to every reader of YAML. */
static bool plain_float(struct str s)
{
    ptrdiff_t point = str_find_char(s, '.');
    if (point < 0 || !float_shape(s) || !plain_decimal(str_sub(s, 0, (size_t)point)))
        return false;
    size_t i = (size_t)point + 1;
    if (i == s.n || !is_digit(s.p[i]))
        return false;
    while (i < s.n && is_digit(s.p[i]))
        i++;
    if (i == s.n)
        return true;
    return i + 1 < s.n && (s.p[i + 1] == '-' || s.p[i + 1] == '+');
}

static void canonical_int(struct str s, struct number *out)
{
    struct integer v;
    if (!read_integer(s, &v)) {
        set(out, "0"); /* a node somebody made with another text */
        return;
    }
    if (v.fits) {
        bool minus = v.negative && v.magnitude != 0;
        out->n =
            (size_t)snprintf(out->text, sizeof out->text, "%s%llu", minus ? "-" : "", (unsigned long long)v.magnitude);
        return;
    }
    /* Beyond 64 bits: the digits as they are. */
    out->n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (is_digit(s.p[i]) || s.p[i] == '-')
            out->text[out->n++] = s.p[i];
    out->text[out->n] = '\0';
}

void scalar_canonical(const struct node *n, struct number *out)
{
    switch (n->type) {
    case SCALAR_BOOL:
        set(out, scalar_true(n->text) ? "true" : "false");
        return;
    case SCALAR_INT:
        canonical_int(n->text, out);
        return;
    case SCALAR_FLOAT:
        if (n->text.n <= SCALAR_NUMBER_MAX && plain_float(n->text)) {
            memcpy(out->text, n->text.p, n->text.n);
            out->n = n->text.n;
            out->text[out->n] = '\0';
            return;
        }
        scalar_from_double(float_value(n->text), out);
        return;
    case SCALAR_NULL:
    case SCALAR_STR:
        break;
    }
    set(out, "null");
}

bool scalar_beyond_json(const struct node *n, const struct number *canonical)
{
    return n->type == SCALAR_FLOAT && memchr(canonical->text, 'n', canonical->n) != NULL;
}

bool scalar_equal(const struct node *x, const struct node *y)
{
    if (x->type != y->type)
        return false;
    switch (x->type) {
    case SCALAR_NULL:
        return true;
    case SCALAR_STR:
        return str_eq(x->text, y->text);
    case SCALAR_BOOL:
        return scalar_true(x->text) == scalar_true(y->text);
    case SCALAR_INT: {
        struct number a, b;
        canonical_int(x->text, &a);
        canonical_int(y->text, &b);
        return a.n == b.n && memcmp(a.text, b.text, a.n) == 0;
    }
    case SCALAR_FLOAT: {
        double a = float_value(x->text), b = float_value(y->text);
        return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
    }
    }
    return false;
}
