/*
 * LD_PRELOAD library: the FAIL_AT-th allocation of the process fails, once. With FAIL_REPORT set, the number of
 * allocations is written to standard error at the end, so that a driver knows how many there are to try.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t n);
void *malloc(size_t n);
void *calloc(size_t count, size_t size);
void *realloc(void *p, size_t n);

static atomic_long seen;
static long fail_at = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("FAIL_AT");
    atomic_store(&seen, 0);
    fail_at = text ? strtol(text, NULL, 10) : 0;
}

static int fails(void)
{
    if (fail_at < 0 || atomic_fetch_add(&seen, 1) + 1 != fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}

__attribute__((destructor)) static void end(void)
{
    if (getenv("FAIL_REPORT")) {
        char line[32];
        int n = snprintf(line, sizeof line, "%ld\n", atomic_load(&seen));
        if (write(STDERR_FILENO, line, (size_t)n) < 0)
            _exit(3);
    }
}
