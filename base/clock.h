/* Time, durations, and UUIDv7. Times are micro-seconds since 1970 UTC. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

int64_t clock_now_us(void);  /* wall clock */
int64_t clock_mono_ms(void); /* monotonic, for deadlines */
#define TIME_TEXT 32
/* "2026-01-31T09:15:00.123456Z"; returns its length. */
size_t time_text(int64_t us, char out[TIME_TEXT]);
bool time_parse(struct str s, int64_t *us); /* RFC 3339 with Z or offset */

/* Go durations: "1h30m", "90s", "1.5h", "500ms", "0"; out in micro-seconds. False on anything else or overflow. */
bool duration_parse(struct str s, int64_t *us);
/* As Go's Duration.String writes it: "1h30m0s", "500ms", "0s". */
struct str duration_text(struct arena *a, int64_t us);

#define UUID_TEXT 37
/* RFC 9562 version 7, lower case, NUL-terminated. Sorts by time. */
MUST_USE enum status uuid7(char out[UUID_TEXT]);
bool uuid_valid(struct str s); /* 8-4-4-4-12 hex digits */

#endif
