#include "hub/auth/auth.h"

#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#define NONCE_HEX 16

static const char hex_digits[] = "0123456789abcdef";

static enum status hmac(struct str key, struct str text, unsigned char out[AUTH_KEY_BYTES])
{
    unsigned n = AUTH_KEY_BYTES;
    const unsigned char *ok = HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)text.p, text.n, out, &n);
    return ok != NULL && n == AUTH_KEY_BYTES ? OK : ERR_NOMEM;
}

static void to_hex(const unsigned char *bytes, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = hex_digits[bytes[i] >> 4];
        out[2 * i + 1] = hex_digits[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

enum status auth_code_of(struct str token, char out[AUTH_CODE_HEX + 1])
{
    unsigned char mac[AUTH_KEY_BYTES];
    enum status s = hmac(token, STR("component-hub sign-in code 1"), mac);
    if (s == OK)
        to_hex(mac, AUTH_CODE_HEX / 2, out);
    return s;
}

enum status auth_init(struct auth *auth, bool none, struct str token, struct str cookie_key, struct err *e)
{
    *auth = (struct auth){.none = none, .token = token};
    if (none)
        return OK;
    if (token.n < 16)
        return err_set(e, ERR_INVALID, "token_short", "The token has %zu characters, 16 are the least.", token.n);
    struct str key = cookie_key.n > 0 ? cookie_key : token;
    if (hmac(key, STR("component-hub session key 1"), auth->cookie_key) != OK || auth_code_of(token, auth->code) != OK)
        return err_set(e, ERR_NOMEM, "out_of_memory", "There is no memory for the session key.");
    return OK;
}

bool auth_token_ok(const struct auth *auth, struct str token)
{
    return auth->token.n > 0 && str_eq_secret(token, auth->token);
}

bool auth_code_ok(const struct auth *auth, struct str code)
{
    return auth->code[0] != '\0' && str_eq_secret(code, str_of(auth->code));
}

/* "1.<expires>.<nonce>" signed: what is in front of the last dot. */
static enum status sign(const struct auth *auth, struct str text, char out[2 * AUTH_KEY_BYTES + 1])
{
    unsigned char mac[AUTH_KEY_BYTES];
    enum status s = hmac((struct str){(const char *)auth->cookie_key, AUTH_KEY_BYTES}, text, mac);
    if (s == OK)
        to_hex(mac, AUTH_KEY_BYTES, out);
    return s;
}

enum status auth_cookie(const struct auth *auth, int64_t expires, char out[AUTH_COOKIE_MAX])
{
    unsigned char nonce[NONCE_HEX / 2];
    char nonce_text[NONCE_HEX + 1], mac[2 * AUTH_KEY_BYTES + 1];
    enum status s = random_bytes(nonce, sizeof nonce);
    if (s != OK)
        return s;
    to_hex(nonce, sizeof nonce, nonce_text);
    int n = snprintf(out, AUTH_COOKIE_MAX, "1.%lld.%s", (long long)expires, nonce_text);
    s = sign(auth, (struct str){out, (size_t)n}, mac);
    if (s == OK)
        snprintf(out + n, AUTH_COOKIE_MAX - (size_t)n, ".%s", mac);
    return s;
}

bool auth_cookie_ok(const struct auth *auth, struct str value, int64_t now)
{
    char mac[2 * AUTH_KEY_BYTES + 1];
    ptrdiff_t last = str_rfind_char(value, '.');
    if (auth->none || value.n >= AUTH_COOKIE_MAX || last < 0)
        return false;
    struct str text = str_sub(value, 0, (size_t)last), rest = text, version, expires;
    if (sign(auth, text, mac) != OK || !str_eq_secret(str_from(value, (size_t)last + 1), str_of(mac)))
        return false;
    int64_t until;
    return str_split(&rest, '.', &version) && str_is(version, "1") && str_split(&rest, '.', &expires) &&
           str_i64(expires, &until) && until > now;
}

struct str cookie_value(struct str header, struct str name)
{
    struct str rest = header, piece;
    while (str_split(&rest, ';', &piece)) {
        piece = str_trim(piece);
        if (piece.n > name.n && str_eq(str_sub(piece, 0, name.n), name) && piece.p[name.n] == '=')
            return str_from(piece, name.n + 1);
    }
    return STR_NONE;
}

enum auth_via auth_check(const struct auth *auth, struct str authorization, struct str cookie, int64_t now)
{
    if (auth->none)
        return AUTH_ANYBODY;
    if (str_eq_nocase(str_sub(authorization, 0, 7), STR("bearer ")))
        return auth_token_ok(auth, str_trim(str_from(authorization, 7))) ? AUTH_TOKEN : AUTH_NOBODY;
    struct str session = cookie_value(cookie, STR(AUTH_COOKIE_NAME));
    return session.p != NULL && auth_cookie_ok(auth, session, now) ? AUTH_COOKIE : AUTH_NOBODY;
}
