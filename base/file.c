#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Deepest folder that dir_remove() goes into: each level holds a file descriptor. */
#define REMOVE_MAX_DEPTH 128

/* ---- reading */

struct reading {
    struct arena *a;
    const char *path;
    int fd;
    size_t limit;
    struct str out;
    struct err *e;
};

static enum status read_fd(void *arg)
{
    struct reading *r = arg;
    struct stat st;
    size_t cap = 4096, n = 0;
    /* A hint only: pipes have no size, and files may grow meanwhile. One more byte shows the end. */
    if (fstat(r->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        cap = (size_t)st.st_size < r->limit ? (size_t)st.st_size + 1 : r->limit + 1;
    char *p = arena_alloc(r->a, cap);
    for (;;) {
        if (n == cap) {
            p = arena_grow(r->a, p, n, 2 * cap);
            cap *= 2;
        }
        ssize_t got = read(r->fd, p + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_errno(r->e, errno, "file_read", "%s cannot be read", r->path);
        if (got == 0)
            break;
        n += (size_t)got;
        if (n > r->limit)
            return err_set(r->e, ERR_LIMIT, "file_too_large", "%s has more than %zu bytes", r->path, r->limit);
    }
    r->out = (struct str){p, n};
    return OK;
}

enum status file_read(struct arena *a, const char *path, size_t limit, struct str *out, struct err *e)
{
    bool standard = strcmp(path, "-") == 0;
    struct err own = {0};
    struct reading r = {.a = a, .path = standard ? "standard input" : path, .limit = limit, .e = &own};
    if (limit > SSIZE_MAX / 4)
        r.limit = SSIZE_MAX / 4;
    r.fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (r.fd < 0)
        return err_errno(e, errno, "file_read", "%s cannot be opened", path);
    enum status s = arena_guard(a, read_fd, &r);
    if (!standard)
        close(r.fd);
    if (s == OK) {
        *out = r.out;
        return OK;
    }
    if (own.status == OK)
        err_set(&own, s, s == ERR_LIMIT ? "memory_limit" : "out_of_memory", "there is not enough memory to read %s",
                r.path);
    if (e != NULL)
        *e = own;
    return s;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* ---- writing */

static bool write_all(int fd, struct str data)
{
    while (data.n > 0) {
        ssize_t n = write(fd, data.p, data.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        data = str_from(data, (size_t)n);
    }
    return true;
}

/* Makes the rename itself durable. Some file systems cannot; the file is whole all the same. */
static void sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    struct str s = str_of(path);
    ptrdiff_t slash = str_rfind_char(s, '/');
    s = slash < 0 ? STR(".") : slash == 0 ? STR("/") : str_sub(s, 0, (size_t)slash);
    snprintf(folder, sizeof folder, "%.*s", STR_ARG(s));
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

enum status file_write(const char *path, struct str data, unsigned mode, struct err *e)
{
    char temporary[PATH_MAX];
    int n = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (n < 0 || (size_t)n >= sizeof temporary)
        return err_errno(e, ENAMETOOLONG, "file_write", "%.200s… cannot be written", path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, errno, "file_write", "%s cannot be written", path);
    bool fine = fchmod(fd, (mode_t)mode) == 0 && write_all(fd, data) && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0 && fine) {
        fine = false;
        why = errno;
    }
    if (fine && rename(temporary, path) != 0) {
        fine = false;
        why = errno;
    }
    if (!fine) {
        unlink(temporary);
        return err_errno(e, why, "file_write", "%s cannot be written", path);
    }
    sync_folder_of(path);
    return OK;
}

/* ---- folders */

struct listing {
    struct arena *a;
    const char *path;
    DIR *dir;
    size_t max, count, cap;
    struct str *names;
    struct err *e;
};

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static enum status read_names(void *arg)
{
    struct listing *l = arg;
    const struct dirent *entry;
    while (errno = 0, (entry = readdir(l->dir)) != NULL) {
        if (is_dots(entry->d_name))
            continue;
        if (l->count == l->max)
            return err_set(l->e, ERR_LIMIT, "folder_too_large", "%s has more than %zu entries", l->path, l->max);
        if (l->count == l->cap) {
            size_t cap = l->cap == 0 ? 16 : 2 * l->cap;
            l->names = arena_grow(l->a, l->names, l->count * sizeof *l->names, cap * sizeof *l->names);
            l->cap = cap;
        }
        l->names[l->count++] = str_dup(l->a, str_of(entry->d_name));
    }
    if (errno != 0)
        return err_errno(l->e, errno, "folder_read", "%s cannot be read", l->path);
    if (l->count > 0)
        qsort(l->names, l->count, sizeof *l->names, by_name);
    return OK;
}

enum status dir_list(struct arena *a, const char *path, size_t max, struct str **names, size_t *count, struct err *e)
{
    struct err own = {0};
    struct listing l = {.a = a, .path = path, .max = max, .e = &own, .dir = opendir(path)};
    if (l.dir == NULL)
        return err_errno(e, errno, "folder_read", "%s cannot be opened", path);
    enum status s = arena_guard(a, read_names, &l);
    closedir(l.dir);
    if (s == OK) {
        *names = l.names;
        *count = l.count;
        return OK;
    }
    if (own.status == OK)
        err_set(&own, s, s == ERR_LIMIT ? "memory_limit" : "out_of_memory", "there is not enough memory to list %s",
                path);
    if (e != NULL)
        *e = own;
    return s;
}

enum status dir_make(const char *path, unsigned mode, struct err *e)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part)
        return err_errno(e, n == 0 ? ENOENT : ENAMETOOLONG, "folder_make", "%.200s cannot be made", path);
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        part[i] = '\0';
        if (mkdir(part, (mode_t)mode) != 0 && errno != EEXIST)
            return err_errno(e, errno, "folder_make", "%s cannot be made", part);
        part[i] = i < n ? '/' : '\0';
    }
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return err_errno(e, ENOTDIR, "folder_make", "%s cannot be made", path);
    return OK;
}

/* Empties the folder behind fd, which it closes. 0 or an errno. */
static int empty(int fd, int depth)
{
    int why = 0;
    DIR *dir = depth < REMOVE_MAX_DEPTH ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        why = depth < REMOVE_MAX_DEPTH ? errno : ELOOP;
        close(fd);
        return why;
    }
    const struct dirent *entry;
    while (why == 0 && (errno = 0, entry = readdir(dir)) != NULL) {
        if (is_dots(entry->d_name) || unlinkat(fd, entry->d_name, 0) == 0 || errno == ENOENT)
            continue;
        if (errno != EISDIR && errno != EPERM) {
            why = errno;
            break;
        }
        int below = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        why = below < 0 ? errno : empty(below, depth + 1);
        if (why == 0 && unlinkat(fd, entry->d_name, AT_REMOVEDIR) != 0)
            why = errno;
    }
    if (why == 0 && errno != 0 && entry == NULL)
        why = errno;
    closedir(dir);
    return why;
}

enum status dir_remove(const char *path, struct err *e)
{
    int why = 0;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        why = errno;
    else
        why = empty(fd, 0);
    if (why == 0 && rmdir(path) != 0)
        why = errno;
    return why == 0 || why == ENOENT ? OK : err_errno(e, why, "folder_remove", "%s cannot be removed", path);
}
