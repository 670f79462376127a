/* The canonical text of a quantity: resource.ParseQuantity and Quantity.MarshalJSON of k8s.io/apimachinery. */
#include "pipeline-creator/tekton/decode.h"

#define NANO         (-9) /* what is finer is rounded up */
#define INT64_DIGITS 18   /* so many fit for certain: Go's short way */

enum form { FORM_SI, FORM_BINARY, FORM_EXPONENT };

struct amount {
    bool negative;
    enum form form;
    char *digits; /* values 0 to 9; no leading zero, so none for 0 */
    size_t count;
    int64_t exponent; /* of 10 */
};

struct parts {
    bool negative;
    struct str whole, fraction, suffix; /* whole without leading zeros */
    enum form form;
    int32_t exponent; /* of 10, in binary form of 2 */
};

static struct str take_digits(struct str *rest)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9')
        n++;
    struct str digits = str_sub(*rest, 0, n);
    *rest = str_from(*rest, n);
    return digits;
}

static void read_suffix(struct parts *p)
{
    static const char si[] = "num kMGTPE", binary[] = "KMGTPE";
    char c = p->suffix.n ? p->suffix.p[0] : ' ';
    const char *at;
    int64_t exponent = 0;
    if (p->suffix.n <= 1) {
        at = strchr(si, c);
        p->exponent = at ? (int32_t)(3 * (at - si) - 9) : 0;
    } else if (p->suffix.n == 2 && p->suffix.p[1] == 'i') {
        at = strchr(binary, c);
        p->form = FORM_BINARY;
        p->exponent = at ? (int32_t)(10 * (at - binary + 1)) : 0;
    } else {
        struct str number = str_from(p->suffix, 1);
        (void)str_i64(str_starts(number, "+") ? str_from(number, 1) : number, &exponent);
        p->form = FORM_EXPONENT;
        p->exponent = (int32_t)(uint32_t)(uint64_t)exponent; /* cut, as Go does */
    }
}

static struct parts read_parts(struct str s)
{
    struct parts p = {.negative = str_starts(s, "-")};
    if (p.negative || str_starts(s, "+"))
        s = str_from(s, 1);
    while (s.n && s.p[0] == '0')
        s = str_from(s, 1);
    p.whole = take_digits(&s);
    if (str_starts(s, ".")) {
        s = str_from(s, 1);
        p.fraction = take_digits(&s);
    }
    p.suffix = s;
    read_suffix(&p);
    return p;
}

static char digit_of(const struct parts *p, size_t i)
{
    return i < p->whole.n ? p->whole.p[i] : p->fraction.p[i - p->whole.n];
}

/* Go keeps a text that it finds canonical at a glance: odd forms too ("+1", "1000Ki"). */
static bool kept_as_written(const struct parts *p)
{
    size_t count = p->whole.n + p->fraction.n, counted = (p->whole.n ? p->whole.n : 1) + p->fraction.n;
    if (p->form == FORM_BINARY) {
        uint64_t value = 0, scaled;
        if (p->fraction.n || 15 - (int64_t)counted - p->exponent * 3 / 10 - 1 < 0)
            return false;
        for (size_t i = 0; i < count; i++)
            value = value * 10 + (uint64_t)(p->whole.p[i] - '0');
        return value % 8 != 0 && !__builtin_mul_overflow(value, (uint64_t)1 << p->exponent, &scaled) &&
               scaled <= INT64_MAX;
    }
    int64_t scale = (int64_t)p->exponent - (int64_t)p->fraction.n;
    bool thousands = count >= 3;
    for (size_t i = 0; thousands && i < 3; i++)
        thousands = digit_of(p, count - 1 - i) == '0';
    return counted <= INT64_DIGITS && scale >= NANO && scale % 3 == 0 && !thousands && p->whole.n > 0;
}

static void drop_leading_zeros(struct amount *m)
{
    while (m->count && m->digits[0] == 0) {
        m->digits++;
        m->count--;
    }
}

static void multiply(struct amount *m, uint64_t factor, size_t room)
{
    uint64_t carry = 0;
    for (size_t i = m->count; i > 0; i--) {
        carry += (uint64_t)m->digits[i - 1] * factor;
        m->digits[i - 1] = (char)(carry % 10);
        carry /= 10;
    }
    for (; carry && room > 0; room--, carry /= 10) {
        *--m->digits = (char)(carry % 10);
        m->count++;
    }
}

static void round_up(struct amount *m)
{
    if (m->exponent >= NANO || m->count == 0)
        return;
    uint64_t drop = (uint64_t)(NANO - m->exponent);
    size_t keep = drop >= m->count ? 0 : m->count - (size_t)drop;
    bool more = false;
    for (size_t i = keep; i < m->count; i++)
        more = more || m->digits[i] != 0;
    m->count = keep;
    m->exponent = NANO;
    size_t i = keep;
    for (; more && i > 0 && m->digits[i - 1] == 9; i--)
        m->digits[i - 1] = 0;
    if (more && i > 0) {
        m->digits[i - 1]++;
    } else if (more) {
        *--m->digits = 1;
        m->count++;
    }
}

#define ROOM 24 /* in front of the digits: a factor of 2^60 and a carry */

static struct amount amount_of(struct arena *a, const struct parts *p)
{
    size_t count = p->whole.n + p->fraction.n;
    char *digits = arena_alloc(a, ROOM + count);
    struct amount m = {.negative = p->negative, .form = p->form, .digits = digits + ROOM, .count = count};
    for (size_t i = 0; i < count; i++)
        m.digits[i] = (char)(digit_of(p, i) - '0');
    m.exponent = -(int64_t)p->fraction.n;
    drop_leading_zeros(&m);
    if (p->form == FORM_BINARY)
        multiply(&m, (uint64_t)1 << p->exponent, ROOM - 1);
    else
        m.exponent += p->exponent;
    round_up(&m);
    return m;
}

/* The whole part, INT64_MAX at most; *exact: nothing stands behind the point, or it was cut to that. */
static uint64_t whole_part(const struct amount *m, bool *exact)
{
    uint64_t value = 0;
    *exact = true;
    for (int64_t i = 0; i < (int64_t)m->count + (m->exponent > 0 ? m->exponent : 0); i++) {
        uint64_t digit = i < (int64_t)m->count ? (uint64_t)m->digits[i] : 0;
        if (i >= (int64_t)m->count + m->exponent)
            *exact = *exact && digit == 0;
        else if (__builtin_mul_overflow(value, 10U, &value) || __builtin_add_overflow(value, digit, &value) ||
                 value > INT64_MAX)
            return INT64_MAX;
    }
    return value;
}

static struct str decimal_text(struct arena *a, struct amount *m)
{
    static const char si[] = "num kMGTPE";
    struct buf b;
    while (m->digits[m->count - 1] == 0) {
        m->count--;
        m->exponent++;
    }
    int64_t zeros = ((m->exponent % 3) + 3) % 3, exponent = m->exponent - zeros;
    buf_init(&b, a, 0);
    if (m->negative)
        buf_char(&b, '-');
    for (size_t i = 0; i < m->count; i++)
        buf_char(&b, (char)('0' + m->digits[i]));
    buf_put(&b, "00", (size_t)zeros);
    if (m->form == FORM_EXPONENT && exponent)
        buf_printf(&b, "e%lld", (long long)exponent);
    else if (m->form != FORM_EXPONENT && exponent && exponent >= NANO && exponent <= 18)
        buf_char(&b, si[(exponent + 9) / 3]); /* beyond, Go writes none */
    return buf_take(&b);
}

static struct str binary_text(struct arena *a, bool negative, uint64_t value)
{
    static const char *const suffixes[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    size_t times = 0;
    for (; value % 1024 == 0; value /= 1024)
        times++;
    return str_printf(a, "%s%llu%s", negative ? "-" : "", (unsigned long long)value, suffixes[times]);
}

struct str quantity_text(struct arena *a, struct str s)
{
    struct parts p = read_parts(s);
    bool exact;
    if (str_is(s, "0") || kept_as_written(&p))
        return s;
    struct amount m = amount_of(a, &p);
    if (m.count == 0)
        return STR("0");
    uint64_t whole = m.form == FORM_BINARY ? whole_part(&m, &exact) : 0;
    if (m.form == FORM_BINARY && whole >= 1024 && exact)
        return binary_text(a, m.negative, whole);
    return decimal_text(a, &m);
}
