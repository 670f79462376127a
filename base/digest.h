/* SHA-256 and random bytes, by OpenSSL. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

#define SHA256_BYTES 32
#define SHA256_HEX   64

MUST_USE enum status sha256(struct str data, uint8_t out[SHA256_BYTES]); /* ERR_NOMEM only */
struct str sha256_hex(struct arena *a, struct str data);                 /* 64 lower-case digits */
/* "sha256:<64 hex>" or "<64 hex>" (any case) into bytes; false for anything else. */
bool digest_parse(struct str s, uint8_t out[SHA256_BYTES]);
struct str digest_text(struct arena *a, const uint8_t digest[SHA256_BYTES]); /* "sha256:<hex>" */
struct str hex_encode(struct arena *a, struct str bytes);
bool hex_decode(struct arena *a, struct str hex, struct str *out);
struct str base64_encode(struct arena *a, struct str bytes);
MUST_USE enum status random_bytes(void *p, size_t n);
/* Compares in time that depends on the length only. */
bool str_eq_secret(struct str a, struct str b);

#endif
