/* Status codes and the detail that goes with them. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_USE __attribute__((warn_unused_result))

/* 0 = fine. hub/http maps each to one HTTP status, hub/cli to one exit code. */
enum status {
    OK = 0,
    ERR_INVALID = -1,     /* input is wrong: 422, exit 1 */
    ERR_SYNTAX = -2,      /* request or file cannot be read at all: 400, exit 1 */
    ERR_NOT_FOUND = -3,   /* 404 */
    ERR_CONFLICT = -4,    /* 409 */
    ERR_STALE = -5,       /* 412 */
    ERR_LIMIT = -6,       /* larger than allowed: 413 */
    ERR_UNSUPPORTED = -7, /* 415 or a feature that is refused: 422 */
    ERR_DENIED = -8,      /* 403 */
    ERR_UNAVAILABLE = -9, /* try again later: 503 */
    ERR_NOMEM = -10,      /* 503 */
    ERR_IO = -11,         /* the operating system said no: 500, exit 2 */
    ERR_INTERNAL = -12,   /* a bug: 500, exit 2 */
};

/* Owned by the caller; zero it before use. A callee fills it when it returns something other than OK. */
struct err {
    enum status status;
    char code[48];         /* stable, snake_case, for programs: "name_taken" */
    char message[512];     /* one sentence for people, with the place and what was found */
    char hint[256];        /* what to do about it; may be empty */
    unsigned line, column; /* 1-based; 0 = not known */
};

/* Fills e (NULL is fine) and returns status, so that a callee can `return err_set(e, …)`. Cuts what is too long.
   Hint, line and column are cleared: set them afterwards. Arguments may point into *e. */
enum status err_set(struct err *e, enum status status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Adds a hint to what err_set wrote; returns the status given there, also when e is NULL. */
enum status err_hint(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Like err_set, with ": " and strerror(errnum) appended. ENOENT is ERR_NOT_FOUND, ENOMEM ERR_NOMEM, the rest ERR_IO. */
enum status err_errno(struct err *e, int errnum, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
