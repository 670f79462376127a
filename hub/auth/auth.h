/* Who sent a request: the token, the session cookie, and the sign-in code. Pure; OpenSSL does the HMAC. */
#ifndef HUB_AUTH_AUTH_H
#define HUB_AUTH_AUTH_H

#include "base/str.h"

#define AUTH_COOKIE_NAME  "component_hub_session"
#define AUTH_SESSION_SECS ((int64_t)30 * 24 * 3600)
#define AUTH_COOKIE_MAX   128
#define AUTH_CODE_HEX     32 /* 128 bits */
#define AUTH_KEY_BYTES    32
#define AUTH_PRINCIPAL    1 /* row of the principal "local" */

enum auth_via { AUTH_NOBODY, AUTH_TOKEN, AUTH_COOKIE, AUTH_ANYBODY };

/* Set up once, read only after that; any thread. */
struct auth {
    bool none;        /* --auth=none: everybody is the principal */
    struct str token; /* borrowed */
    unsigned char cookie_key[AUTH_KEY_BYTES];
    char code[AUTH_CODE_HEX + 1];
};

/*
 * cookie_key may be STR_NONE: then it is derived from the token, so that a new token ends all sessions.
 *
 * The sign-in code is derived from the token as well (an HMAC, so it does not give the token away). It is valid as
 * long as the token, as Jupyter's is: a link printed at start can be opened again in another browser, and every
 * process that can read the token file can print it without asking the server.
 */
MUST_USE enum status auth_init(struct auth *auth, bool none, struct str token, struct str cookie_key, struct err *e);

/* From the values of the Authorization and Cookie headers (STR_NONE when absent). now: seconds since 1970. */
enum auth_via auth_check(const struct auth *auth, struct str authorization, struct str cookie, int64_t now);
bool auth_code_ok(const struct auth *auth, struct str code);
bool auth_token_ok(const struct auth *auth, struct str token);

/* The value of a session cookie that ends at `expires`; NUL-terminated. ERR_NOMEM only. */
MUST_USE enum status auth_cookie(const struct auth *auth, int64_t expires, char out[AUTH_COOKIE_MAX]);
bool auth_cookie_ok(const struct auth *auth, struct str value, int64_t now);
/* The value of one cookie in a Cookie header; STR_NONE when it is not there. */
struct str cookie_value(struct str header, struct str name);

/* The code that goes with a token, for a link http://host:port/#code=<code>. ERR_NOMEM only. */
MUST_USE enum status auth_code_of(struct str token, char out[AUTH_CODE_HEX + 1]);

#endif
