#include "pipeline-creator/tekton/cel.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char char_at(struct str s, size_t i)
{
    return i < s.n ? s.p[i] : '\0';
}

static size_t blank(struct str s)
{
    size_t i = 0;
    for (;;) {
        while (i < s.n && strchr("\t \r\n\f", s.p[i]) && s.p[i])
            i++;
        if (char_at(s, i) != '/' || char_at(s, i + 1) != '/')
            return i;
        while (i < s.n && s.p[i] != '\n')
            i++;
    }
}

static size_t span(struct str s, size_t i, bool (*of)(char c))
{
    while (i < s.n && of(s.p[i]))
        i++;
    return i;
}

static bool name_char(char c)
{
    return is_letter(c) || is_digit(c);
}

static bool escaped_name_char(char c)
{
    return name_char(c) || c == '.' || c == '-' || c == '/' || c == ' ';
}

/* ---- strings */

/* The length of the escape at i, which a backslash begins; 0 when it is none. */
static size_t escape(struct str s, size_t i, bool bytes)
{
    char c = char_at(s, i + 1);
    size_t digits = c == 'x' || c == 'X' ? 2 : c == 'u' && !bytes ? 4 : c == 'U' && !bytes ? 8 : 0;
    unsigned long value = 0;
    if (c && strchr("abfnrtv\\?\"'`", c))
        return 2;
    if (c >= '0' && c <= '3')
        return char_at(s, i + 2) >= '0' && char_at(s, i + 2) <= '7' && char_at(s, i + 3) >= '0' &&
                       char_at(s, i + 3) <= '7'
                   ? 4
                   : 0;
    for (size_t k = 0; k < digits; k++) {
        char h = char_at(s, i + 2 + k);
        if (!is_hex(h))
            return 0;
        value = value * 16 + (unsigned long)(is_digit(h) ? h - '0' : (h | 0x20) - 'a' + 10);
    }
    if (digits > 2 && ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff))
        return 0;
    return digits ? digits + 2 : 0;
}

/* The end of the string whose opening quote is at i; 0 when it has none. */
static size_t string_end(struct str s, size_t i, bool raw, bool bytes)
{
    char quote = s.p[i];
    size_t quotes = char_at(s, i + 1) == quote && char_at(s, i + 2) == quote ? 3 : 1;
    for (i += quotes; i < s.n;) {
        char c = s.p[i];
        if (c == quote && (quotes == 1 || (char_at(s, i + 1) == quote && char_at(s, i + 2) == quote)))
            return i + quotes;
        if ((c == '\n' || c == '\r') && quotes == 1)
            return 0;
        size_t n = c == '\\' && !raw ? escape(s, i, bytes) : 1;
        if (n == 0)
            return 0;
        i += n;
    }
    return 0;
}

/* r, b, rb and br before a quote, in any case. */
static struct cel_token string_token(struct str s, bool *is_one)
{
    size_t i = 0;
    bool raw = false, bytes = false;
    for (; i < 2; i++) {
        char c = char_at(s, i);
        if ((c == 'r' || c == 'R') && !raw)
            raw = true;
        else if ((c == 'b' || c == 'B') && !bytes && !raw)
            bytes = true;
        else
            break;
    }
    *is_one = char_at(s, i) == '\'' || char_at(s, i) == '"';
    size_t end = *is_one ? string_end(s, i, raw, bytes) : 0;
    return (struct cel_token){.kind = end == 0 ? CEL_WRONG
                                      : bytes  ? CEL_BYTES
                                               : CEL_STRING,
                              .text = str_sub(s, 0, end ? end : 1)};
}

/* ---- numbers */

static struct cel_token number_token(struct str s)
{
    struct cel_token t = {.kind = CEL_INT};
    size_t i = 0;
    if (s.p[0] == '0' && char_at(s, 1) == 'x' && is_hex(char_at(s, 2))) {
        i = span(s, 2, is_hex);
    } else {
        i = span(s, 0, is_digit);
        if (char_at(s, i) == '.' && is_digit(char_at(s, i + 1))) {
            t.kind = CEL_DOUBLE;
            i = span(s, i + 1, is_digit);
        }
        size_t e = i + 1;
        if (char_at(s, e) == '+' || char_at(s, e) == '-')
            e++;
        if ((char_at(s, i) == 'e' || char_at(s, i) == 'E') && is_digit(char_at(s, e))) {
            t.kind = CEL_DOUBLE;
            i = span(s, e, is_digit);
        }
    }
    if (t.kind == CEL_INT && (char_at(s, i) == 'u' || char_at(s, i) == 'U')) {
        t.kind = CEL_UINT;
        i++;
    }
    t.text = str_sub(s, 0, i);
    return t;
}

static struct cel_token symbol_token(struct str s)
{
    static const char *const symbols[] = {"==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/",
                                          "%",  "!",  "?",  ":",  "(",  ")",  "[", "]", "{", "}", ",", "."};
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++)
        if (str_starts(s, symbols[i]))
            return (struct cel_token){.kind = CEL_SYMBOL, .text = str_sub(s, 0, strlen(symbols[i]))};
    return (struct cel_token){.kind = CEL_WRONG, .text = str_sub(s, 0, 1)};
}

static struct cel_token name_token(struct str s)
{
    struct cel_token t = {.kind = CEL_NAME, .text = str_sub(s, 0, span(s, 0, name_char))};
    if (str_is(t.text, "in"))
        t.kind = CEL_SYMBOL;
    return t;
}

static struct cel_token escaped_name(struct str s)
{
    size_t end = span(s, 1, escaped_name_char);
    bool closed = end > 1 && char_at(s, end) == '`';
    return (struct cel_token){.kind = closed ? CEL_NAME : CEL_WRONG, .text = str_sub(s, 0, end + 1), .escaped = true};
}

struct cel_token cel_next(struct str *rest)
{
    struct str s = str_from(*rest, blank(*rest));
    struct cel_token t = {.kind = CEL_END, .text = str_sub(s, 0, 0)};
    bool is_string = false;
    if (s.n) {
        t = string_token(s, &is_string);
        if (!is_string)
            t = is_digit(s.p[0]) || (s.p[0] == '.' && is_digit(char_at(s, 1))) ? number_token(s)
                : is_letter(s.p[0])                                            ? name_token(s)
                : s.p[0] == '`'                                                ? escaped_name(s)
                                                                               : symbol_token(s);
    }
    *rest = str_from(s, t.text.n);
    return t;
}
