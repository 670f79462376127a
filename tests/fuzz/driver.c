/* Runs a fuzz target over files and folders, for builds without libFuzzer: regressions, coverage, valgrind. */
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/fuzz/fuzz.h"

#define MAX_BYTES   ((size_t)64 << 20)
#define MAX_ENTRIES 1000000

static size_t run(struct arena *a, const char *path);

static size_t run_file(const char *path)
{
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct str bytes;
    if (a == NULL || file_read(a, path, MAX_BYTES, &bytes, &e) != OK) {
        fprintf(stderr, "%s: %s\n", path, e.message);
        exit(2);
    }
    (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes.p, bytes.n);
    arena_free(a);
    return 1;
}

static size_t run_folder(struct arena *a, const char *path)
{
    struct str *names;
    size_t count, files = 0;
    struct err e = {0};
    if (dir_list(a, path, MAX_ENTRIES, &names, &count, &e) != OK) {
        fprintf(stderr, "%s\n", e.message);
        exit(2);
    }
    for (size_t i = 0; i < count; i++)
        files += run(a, str_printf(a, "%s/%.*s", path, STR_ARG(names[i])).p);
    return files;
}

static size_t run(struct arena *a, const char *path)
{
    struct stat st;
    bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    return folder ? run_folder(a, path) : run_file(path);
}

int main(int argc, char **argv)
{
    size_t files = 0;
    struct arena *a = arena_new(0);
    if (argc < 2 || a == NULL) {
        fprintf(stderr, "usage: %s FILE|FOLDER…\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        files += run(a, argv[i]);
    arena_free(a);
    printf("%zu files\n", files);
    return 0;
}
