/* Folders of runs. Steps write into them, so nothing here follows a link that a step may have made. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "pipeline-creator/launch/local.h"

#define DEEPEST 200 /* folders in folders that are looked at; each takes a descriptor */

static int open_folder(int at, const char *name)
{
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* One folder below an open one; -1 with errno. */
static int make_one(int at, const char *name, unsigned mode, uid_t uid, gid_t gid)
{
    bool made = !mkdirat(at, name, 0700);
    if (!made && errno != EEXIST)
        return -1;
    int fd = open_folder(at, name);
    if (fd < 0 || !made)
        return fd;
    if (fchmod(fd, mode) || (!geteuid() && fchown(fd, uid, gid))) {
        close(fd);
        return -1;
    }
    return fd;
}

enum status folder_make(const char *base, const char *rel, unsigned mode, uid_t uid, gid_t gid, struct err *e)
{
    int fd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct str rest = str_of(rel), part;
    while (fd >= 0 && rest.p && str_split(&rest, '/', &part)) {
        char name[256];
        if (!part.n || str_is(part, "."))
            continue;
        int next = -1;
        if (part.n < sizeof name && !str_is(part, "..")) {
            memcpy(name, part.p, part.n);
            name[part.n] = '\0';
            next = make_one(fd, name, mode, uid, gid);
        } else {
            errno = EINVAL;
        }
        int error = errno;
        close(fd);
        fd = next;
        errno = error;
    }
    if (fd < 0)
        return err_errno(e, errno, "folder", "the folder %s of the run cannot be made", rel);
    close(fd);
    return OK;
}

enum status folder_write(const char *path, struct str data, unsigned mode, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(e, errno, "folder", "a file of the run cannot be made");
    size_t done = 0;
    while (done < data.n) {
        ssize_t n = write(fd, data.p + done, data.n - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    bool fine = done == data.n && !fchmod(fd, mode);
    int error = errno;
    fine = !close(fd) && fine;
    return fine ? OK : err_errno(e, error, "folder", "a file of the run cannot be written");
}

enum status folder_read(struct arena *a, const char *dir, struct str name, size_t limit, struct str *out, struct err *e)
{
    if (!name.n || str_find_char(name, '/') >= 0 || str_is(name, "..") || str_is(name, "."))
        return err_set(e, ERR_NOT_FOUND, "no_file", "no such file");
    const char *file = str_cstr(a, name);
    char *bytes = arena_alloc(a, limit + 1); /* before the descriptor: it may not return */
    int at = open(dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    /* a step may put a FIFO or a link in its place */
    int fd = at < 0 ? -1 : openat(at, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (at >= 0)
        close(at);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        return err_set(e, ERR_NOT_FOUND, "no_file", "no such file");
    }
    size_t n = 0;
    ssize_t got = 1;
    while (n <= limit && got > 0) {
        got = read(fd, bytes + n, limit + 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    *out = (struct str){bytes, n > limit ? limit : n};
    return n > limit ? err_set(e, ERR_LIMIT, "file_too_large", "a file is too large") : OK;
}

static uint64_t size_below(int fd, unsigned depth)
{
    uint64_t sum = 0;
    DIR *d = depth < DEEPEST ? fdopendir(fd) : NULL;
    if (!d) {
        close(fd);
        return UINT64_MAX;
    }
    const struct dirent *entry;
    while (sum != UINT64_MAX && (entry = readdir(d))) {
        struct stat st;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
            fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
            continue;
        sum += (uint64_t)st.st_blocks * 512;
        int below = S_ISDIR(st.st_mode) ? open_folder(dirfd(d), entry->d_name) : -1;
        uint64_t more = below < 0 ? 0 : size_below(below, depth + 1);
        sum = more == UINT64_MAX ? UINT64_MAX : sum + more;
    }
    closedir(d);
    return sum;
}

uint64_t folder_size(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? 0 : size_below(fd, 0);
}

/* What lies too deep is moved to the top and comes up again there. */
static void remove_below(int top, int fd, unsigned depth)
{
    static unsigned moved;
    DIR *d = fdopendir(fd);
    if (!d) {
        close(fd);
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(d))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        if (!unlinkat(dirfd(d), entry->d_name, 0) || (errno != EISDIR && errno != EPERM))
            continue;
        bool ours = !fchmodat(dirfd(d), entry->d_name, 0700, 0); /* to enter it, and to move it */
        if (depth >= DEEPEST) {
            char name[48];
            snprintf(name, sizeof name, ".deep-%u", __atomic_add_fetch(&moved, 1, __ATOMIC_RELAXED));
            if (!renameat(dirfd(d), entry->d_name, top, name))
                continue;
        }
        int below = ours ? open_folder(dirfd(d), entry->d_name) : -1;
        if (below >= 0 && depth < DEEPEST)
            remove_below(top, below, depth + 1);
        else if (below >= 0)
            close(below);
        unlinkat(dirfd(d), entry->d_name, AT_REMOVEDIR);
    }
    closedir(d);
}

void folder_remove(const char *path)
{
    /* each pass brings up what lay DEEPEST below */
    for (int pass = 0; pass < 10000; pass++) {
        int fd = chmod(path, 0700) ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int top = fd < 0 ? -1 : dup(fd);
        if (top >= 0) {
            remove_below(top, fd, 0);
            close(top);
        } else if (fd >= 0) {
            close(fd);
        }
        if (!rmdir(path) || errno != ENOTEMPTY)
            return;
    }
}

/* ---- the folder of this process */

#define OWN_PREFIX "engine-"

/* True when the process that made it is gone; its lock is then ours. */
static bool is_stale(const char *path)
{
    char lock[4096];
    if (snprintf(lock, sizeof lock, "%s/lock", path) >= (int)sizeof lock)
        return false;
    int fd = open(lock, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT;
    bool stale = !flock(fd, LOCK_EX | LOCK_NB);
    close(fd);
    return stale;
}

/* The next folder beside own_dir whose process is gone. */
static bool next_stale(DIR *d, const char *own_dir, char path[4096])
{
    const char *own = strrchr(own_dir, '/') + 1;
    const struct dirent *entry;
    while (d && (entry = readdir(d))) {
        int n = snprintf(path, 4096, "%.*s%s", (int)(own - own_dir), own_dir, entry->d_name);
        if (!strncmp(entry->d_name, OWN_PREFIX, strlen(OWN_PREFIX)) && strcmp(entry->d_name, own) != 0 && n < 4096 &&
            is_stale(path))
            return true;
    }
    return false;
}

static DIR *open_parent(const char *own_dir)
{
    char parent[4096];
    int n = snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(own_dir, '/') - own_dir), own_dir);
    return n < (int)sizeof parent ? opendir(parent) : NULL;
}

void folder_sweep(const char *own_dir)
{
    char path[4096];
    DIR *d = open_parent(own_dir);
    while (next_stale(d, own_dir, path))
        folder_remove(path);
    if (d)
        closedir(d);
}

enum status folder_adopt(const char *own_dir, const char *run_id, bool *found, struct err *e)
{
    char path[4096], from[4200], to[4200];
    struct stat st;
    enum status s = OK;
    DIR *d = open_parent(own_dir);
    *found = false;
    snprintf(to, sizeof to, "%s/%s/" FOLDER_VOLUMES, own_dir, run_id);
    while (!s && next_stale(d, own_dir, path)) {
        snprintf(from, sizeof from, "%s/%s", path, run_id);
        if (lstat(from, &st) || !S_ISDIR(st.st_mode))
            continue;
        *found = true;
        snprintf(from, sizeof from, "%s/%s/" FOLDER_VOLUMES, path, run_id);
        if (rename(from, to) && errno != ENOENT) /* it may have got none yet */
            s = err_errno(e, errno, "folder", "the volumes of the run cannot be taken over");
    }
    if (d)
        closedir(d);
    return s;
}

static enum status claim(const char *real, char **dir, int *lock_fd, struct err *e)
{
    char id[UUID_TEXT], lock[4096], path[4096], hidden[4096];
    if (uuid7(id))
        return err_set(e, ERR_IO, "no_random", "no random bytes");
    /* made under another name, so that nobody takes it for stale before it is locked */
    int n = snprintf(path, sizeof path, "%s/" OWN_PREFIX "%s", real, id);
    int m = snprintf(hidden, sizeof hidden, "%s/new-%s", real, id);
    int k = snprintf(lock, sizeof lock, "%s/lock", hidden);
    if (n >= (int)sizeof path || m >= (int)sizeof hidden || k >= (int)sizeof lock)
        return err_set(e, ERR_INVALID, "state_dir", "the path of the state folder is too long");
    if (mkdir(hidden, 0700))
        return err_errno(e, errno, "state_dir", "no folder can be made in %s", real);
    *lock_fd = open(lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (*lock_fd < 0 || flock(*lock_fd, LOCK_EX | LOCK_NB) || rename(hidden, path))
        return err_errno(e, errno, "state_dir", "the folder %s cannot be locked", hidden);
    *dir = strdup(path);
    return *dir ? OK : err_set(e, ERR_NOMEM, "no_memory", "no memory for the engine");
}

enum status folder_claim(const char *state_dir, char **dir, int *lock_fd, struct err *e)
{
    enum status s = dir_make(state_dir, 0700, e);
    if (s)
        return s;
    char *real = realpath(state_dir, NULL);
    if (!real)
        return err_errno(e, errno, "state_dir", "the state folder %s", state_dir);
    if (chmod(real, 0700) && errno != EPERM) {
        s = err_errno(e, errno, "state_dir", "the state folder %s", state_dir);
    } else {
        s = claim(real, dir, lock_fd, e);
    }
    free(real);
    return s;
}
