#include "base/digest.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

enum status sha256(struct str data, uint8_t out[SHA256_BYTES])
{
    return EVP_Digest(data.n ? data.p : "", data.n, out, NULL, EVP_sha256(), NULL) == 1 ? OK : ERR_NOMEM;
}

struct str hex_encode(struct arena *a, struct str bytes)
{
    static const char hex[] = "0123456789abcdef";
    char *p = arena_alloc(a, bytes.n * 2 + 1);
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        p[2 * i] = hex[c >> 4];
        p[2 * i + 1] = hex[c & 15];
    }
    return (struct str){p, bytes.n * 2};
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char low = (char)(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static bool decode_into(struct str hex, uint8_t *out)
{
    for (size_t i = 0; i + 1 < hex.n; i += 2) {
        int high = hex_value(hex.p[i]), low = hex_value(hex.p[i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool hex_decode(struct arena *a, struct str hex, struct str *out)
{
    if (hex.n % 2 != 0)
        return false;
    uint8_t *p = arena_alloc(a, hex.n / 2 + 1);
    if (!decode_into(hex, p))
        return false;
    *out = (struct str){(const char *)p, hex.n / 2};
    return true;
}

struct str sha256_hex(struct arena *a, struct str data)
{
    uint8_t digest[SHA256_BYTES];
    if (sha256(data, digest) != OK)
        arena_fail(a, ERR_NOMEM);
    return hex_encode(a, (struct str){(const char *)digest, sizeof digest});
}

bool digest_parse(struct str s, uint8_t out[SHA256_BYTES])
{
    uint8_t digest[SHA256_BYTES];
    if (str_starts(s, "sha256:"))
        s = str_from(s, sizeof "sha256:" - 1);
    if (s.n != SHA256_HEX || !decode_into(s, digest))
        return false;
    memcpy(out, digest, sizeof digest);
    return true;
}

struct str digest_text(struct arena *a, const uint8_t digest[SHA256_BYTES])
{
    return str_cat(a, STR("sha256:"), hex_encode(a, (struct str){(const char *)digest, SHA256_BYTES}));
}

struct str base64_encode(struct arena *a, struct str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = (bytes.n + 2) / 3 * 4, at = 0;
    char *p = arena_alloc(a, n + 1);
    for (size_t i = 0; i < bytes.n; i += 3) {
        uint32_t v = 0;
        size_t have = bytes.n - i < 3 ? bytes.n - i : 3;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < have ? (unsigned char)bytes.p[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            p[at++] = k <= have ? digits[v >> (18 - 6 * k) & 63] : '=';
    }
    return (struct str){p, n};
}

enum status random_bytes(void *p, size_t n)
{
    if (n > INT_MAX)
        return ERR_INTERNAL;
    return RAND_bytes(p, (int)n) == 1 ? OK : ERR_UNAVAILABLE;
}

bool str_eq_secret(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}
