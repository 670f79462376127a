#include "hub/auth/token.h"

#include "base/digest.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOKEN_BYTES 32

static enum status read_token(struct arena *a, const char *path, int fd, struct str *out, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_errno(e, errno, "token_unreadable", "Token file %s", path);
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0 || st.st_uid != geteuid()) {
        err_set(e, ERR_DENIED, "token_readable", "Token file %s can be used by others than its owner.", path);
        return err_hint(e, "chmod 600 %s, and make a new token if somebody may have read it.", path);
    }
    char text[2 * TOKEN_BYTES + 2];
    ssize_t n = read(fd, text, sizeof text);
    if (n < 0)
        return err_errno(e, errno, "token_unreadable", "Token file %s", path);
    struct str token = str_trim((struct str){text, (size_t)n}), bytes;
    if (token.n != (size_t)2 * TOKEN_BYTES || !hex_decode(a, token, &bytes)) {
        err_set(e, ERR_INVALID, "token_malformed", "Token file %s does not hold 64 hex digits.", path);
        return err_hint(e, "Remove the file; the next start makes a new token.");
    }
    *out = str_dup(a, token);
    return OK;
}

/* Written beside and linked into place: whoever finds the file finds a whole token, and the first one wins. */
static enum status make_token(struct arena *a, const char *path, struct err *e)
{
    unsigned char bytes[TOKEN_BYTES];
    if (random_bytes(bytes, sizeof bytes) != OK)
        return err_set(e, ERR_IO, "no_randomness", "The system gave no random bytes for a token.");
    struct str hex = hex_encode(a, (struct str){(const char *)bytes, sizeof bytes});
    const char *text = str_cstr(a, str_cat(a, hex, STR("\n")));
    const char *temporary = str_cstr(a, str_printf(a, "%s.%ld.new", path, (long)getpid()));
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(e, errno, "token_unwritable", "Token file %s", path);
    bool written = write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fsync(fd) == 0;
    int why = written ? 0 : errno;
    close(fd);
    if (written && link(temporary, path) != 0 && errno != EEXIST)
        why = errno;
    unlink(temporary);
    return why == 0 ? OK : err_errno(e, why, "token_unwritable", "Token file %s", path);
}

enum status token_file(struct arena *a, const char *path, struct str *out, struct err *e)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0) {
            enum status s = read_token(a, path, fd, out, e);
            close(fd);
            return s;
        }
        if (errno != ENOENT)
            return err_errno(e, errno, "token_unreadable", "Token file %s", path);
        ptrdiff_t slash = str_rfind_char(str_of(path), '/');
        enum status s = slash > 0 ? dir_make(str_cstr(a, str_sub(str_of(path), 0, (size_t)slash)), 0700, e) : OK;
        if (s == OK)
            s = make_token(a, path, e);
        if (s != OK)
            return s;
    }
    return err_set(e, ERR_IO, "token_unreadable", "Token file %s comes and goes.", path);
}
