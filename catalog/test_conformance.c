/* Walks the corpus of public files (CORPUS, default ../shared/corpus) and compares what is refused, and why. */
#include "catalog/test_support.h"

#include "base/file.h"

static const char *corpus(void)
{
    const char *path = getenv("CORPUS");
    return path ? path : "../shared/corpus";
}

struct refusal {
    const char *file, *code;
};

struct folder {
    const char *name;
    enum asset_kind kind; /* KIND_COUNT = several */
    struct refusal refusals[8];
};

static const struct folder FOLDERS[] = {
    /* Templates, whose image is left for the reader to fill in. */
    {"component-v1",
     KIND_COUNT,
     {{"PyTorch--pytorch-kfp-components--templates--ax_train_component.yaml", "bad_image"},
      {"contrib--azure--azuredevops--queue-pipeline--component.yaml", "missing_field"},
      {"contrib--azure--azureml--aml-register-model--component.yaml", "missing_field"},
      {"contrib--azure--azuresynapse--runsparkjob--component.yaml", "missing_field"}}},
    {"graph-components", KIND_COUNT, {{0}}},
    /* Objects for Datashim's operator, which that catalog's tests apply to a cluster; not descriptions of datasets. */
    {"katalog",
     KIND_COUNT,
     {{"component-samples--dax-to-dlf--tests--dlf_example.yaml", "unsupported_kind"},
      {"component-samples--dlf--tests--dlf_example.yaml", "unsupported_kind"}}},
    {"kfp-ir", KIND_PIPELINE, {{0}}},
    {"kfp-ir-kubernetes", KIND_PIPELINE, {{0}}},
    /* Elyra's own negative example: a document without pipelines. */
    {"elyra",
     KIND_PIPELINE,
     {{"elyra-ai-elyra--elyra--tests--cli--resources--pipelines--pipeline_without_pipelines_field.pipeline",
       "missing_field"}}},
    {"kfp-tekton-pipelineruns", KIND_PIPELINE, {{0}}},
    /* "I pretended to be a tarball" is text, whatever its name says. */
    {"bad-or-packed-uploads",
     KIND_COUNT,
     {{"invalid-zip.zip", "unknown_component"},
      {"invalid_yaml.yaml", "unknown_component"},
      {"malformated_tarball.tar.gz", "not_recognised"},
      {"malformated_zip.zip", "not_recognised"},
      {"malformed_zip2.zip", "not_recognised"},
      {"wrong_format.png", "empty_document"}}},
};

static const char *expected_code(const struct folder *f, const char *file)
{
    for (size_t i = 0; f->refusals[i].file; i++)
        if (strcmp(f->refusals[i].file, file) == 0)
            return f->refusals[i].code;
    return NULL;
}

/* Adds to the counts; returns 1 when the outcome is not the expected one. */
static size_t check_file(const struct folder *f, const char *path, const char *file, size_t *accepted_files)
{
    struct arena *a = arena_new(0);
    struct str bytes;
    struct err e = {0};
    assert_int_equal(file_read(a, path, PACKAGE_MAX_BYTES, &bytes, &e), OK);
    struct upload u = upload_bytes(bytes, file, NULL);
    const char *wanted = expected_code(f, file);
    bool wrong = wanted ? u.s == OK || strcmp(u.e.code, wanted) != 0 : u.s != OK;
    wrong = wrong || (u.s == OK && f->kind != KIND_COUNT && u.p.kind != f->kind);
    if (u.s == OK) {
        ++*accepted_files;
        wrong = wrong || u.p.title.n == 0 || !name_valid(u.p.name) || !u.p.document;
    }
    if (wrong || (u.ps.count && getenv("VERBOSE"))) {
        fprintf(stderr, "%s: ", path);
        print_problems(&u);
    }
    done(&u);
    arena_free(a);
    return wrong;
}

static size_t check_folder(const struct folder *f)
{
    char path[4096];
    struct arena *a = arena_new(0);
    struct str *names;
    struct err e = {0};
    size_t count, accepted_files = 0, wrong = 0;
    snprintf(path, sizeof path, "%s/%s", corpus(), f->name);
    assert_int_equal(dir_list(a, path, 10000, &names, &count, &e), OK);
    for (size_t i = 0; i < count; i++) {
        const char *file = str_cstr(a, names[i]);
        snprintf(path, sizeof path, "%s/%s/%s", corpus(), f->name, file);
        wrong += check_file(f, path, file, &accepted_files);
    }
    printf("%-24s %3zu files, %3zu accepted", f->name, count, accepted_files);
    for (size_t i = 0; f->refusals[i].file; i++)
        printf("%s %s", i ? "," : "; refused:", f->refusals[i].code);
    printf("\n");
    arena_free(a);
    return wrong;
}

static void public_files_are_taken_or_refused_for_the_reason_that_is_right(void **state)
{
    (void)state;
    size_t wrong = 0;
    if (!file_exists(corpus())) {
        printf("skipped: no corpus at %s\n", corpus());
        skip();
    }
    for (size_t i = 0; i < sizeof FOLDERS / sizeof FOLDERS[0]; i++)
        wrong += check_folder(&FOLDERS[i]);
    assert_int_equal(wrong, 0);
}

/* ---- Tekton's own examples, with the verdict of its webhook under the gate "beta" */

static bool is_an_asset(struct str kind)
{
    return str_is(kind, "Task") || str_is(kind, "StepAction") || str_is(kind, "Pipeline") ||
           str_is(kind, "PipelineRun");
}

static void check_documents(struct arena *a, const struct node *example, size_t *taken)
{
    struct node **documents;
    size_t count;
    struct err e = {0};
    assert_int_equal(node_parse_yaml_stream(a, node_text_of(example, "yaml"), 100, &documents, &count, &e), OK);
    const struct node *verdicts = node_get(example, "documents");
    for (size_t i = 0; i < count && i < node_count(verdicts); i++) {
        struct buf b;
        const struct node *verdict = node_at(node_get(node_at(verdicts, i), "beta"), 0);
        if (!is_an_asset(node_text_of(documents[i], "kind")) || !str_is(node_text(verdict), "OK"))
            continue;
        buf_init(&b, a, 0);
        node_write_yaml(&b, documents[i]);
        struct upload u = upload_bytes(buf_take(&b), "", NULL);
        if (u.s != OK)
            print_problems(&u);
        assert_int_equal(u.s, OK);
        ++*taken;
        done(&u);
    }
}

static void what_tekton_accepts_of_its_own_examples_is_accepted(void **state)
{
    char path[4096];
    (void)state;
    snprintf(path, sizeof path, "%s/tekton/example-verdicts.jsonl", corpus());
    if (!file_exists(path)) {
        printf("skipped: no file %s\n", path);
        skip();
    }
    struct arena *a = arena_new(0);
    struct str rest, line;
    struct err e = {0};
    size_t taken = 0;
    assert_int_equal(file_read(a, path, (size_t)64 << 20, &rest, &e), OK);
    while (rest.n && str_split(&rest, '\n', &line)) {
        struct arena *one = arena_new(0);
        struct node *example;
        if (line.n) {
            assert_int_equal(node_parse_json(one, line, &example, &e), OK);
            check_documents(one, example, &taken);
        }
        arena_free(one);
    }
    printf("%-24s %3zu objects accepted\n", "tekton examples", taken);
    assert_true(taken > 100);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_files_are_taken_or_refused_for_the_reason_that_is_right),
        cmocka_unit_test(what_tekton_accepts_of_its_own_examples_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
