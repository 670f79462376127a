/*
 * Logging to standard error: one JSON object a line ({"time","level","msg",…fields}), or readable text on a terminal.
 * Any thread. A line is written with one write(2), at most LOG_MAX bytes; no allocation. Never pass secrets.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

#define LOG_MAX 8192

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_AUTO, LOG_JSON, LOG_TEXT };

/* Once at start, before threads. */
void log_setup(enum log_level level, enum log_format format);
bool log_enabled(enum log_level level);

struct log_field {
    const char *key;
    enum { LOG_FIELD_STR, LOG_FIELD_INT } type;
    struct str s;
    int64_t i;
};
#define LOG_S(key, value) ((struct log_field){(key), LOG_FIELD_STR, (value), 0})
#define LOG_C(key, value) ((struct log_field){(key), LOG_FIELD_STR, str_of(value), 0})
#define LOG_I(key, value) ((struct log_field){(key), LOG_FIELD_INT, {NULL, 0}, (int64_t)(value)})

void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t n);
/* log_info("listening", LOG_C("host", host), LOG_I("port", port)); at least one field */
#define LOG_CALL(level, msg, ...)                                                                                      \
    log_write((level), (msg), (const struct log_field[]){__VA_ARGS__},                                                 \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
#define log_info(msg, ...)  LOG_CALL(LOG_INFO, msg, __VA_ARGS__)
#define log_warn(msg, ...)  LOG_CALL(LOG_WARN, msg, __VA_ARGS__)
#define log_error(msg, ...) LOG_CALL(LOG_ERROR, msg, __VA_ARGS__)
#define log_debug(msg, ...) LOG_CALL(LOG_DEBUG, msg, __VA_ARGS__)

#endif
