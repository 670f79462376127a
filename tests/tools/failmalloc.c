/*
 * LD_PRELOAD library: the FAIL_AT-th allocation of the process fails, once. With FAIL_REPORT set, the number of
 * allocations is written to standard error at the end, so that a driver knows how many there are to try.
 *
 * What OpenSSL allocates is left alone: it crashes by itself when its first use runs out of memory.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static int is_openssl(const void *caller)
{
    Dl_info info;
    return dladdr(caller, &info) != 0 && info.dli_fname && strstr(info.dli_fname, "libcrypto") != NULL;
}

static int fails(const void *caller)
{
    if (fail_at < 0 || is_openssl(caller) || atomic_fetch_add(&seen, 1) + 1 != fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *p, size_t n)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
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
