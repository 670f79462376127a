/* What an asset is: kinds, file formats and their recognition, checks, names, versions. Knows no database. */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include "base/archive.h"
#include "base/digest.h"
#include "catalog/component.h"
#include "catalog/interface.h"

enum asset_kind { KIND_COMPONENT, KIND_PIPELINE, KIND_MODEL, KIND_NOTEBOOK, KIND_OPERATOR, KIND_DATASET, KIND_COUNT };
const char *kind_name(enum asset_kind k);
bool kind_parse(struct str s, enum asset_kind *out);

enum asset_format {
    FORMAT_COMPONENT_V1,       /* "kfp-component-v1": ComponentSpec with a container (or none given: refused) */
    FORMAT_COMPONENT_V2,       /* "kfp-component-v2": IR with one executor and no dag in root */
    FORMAT_TEKTON_TASK,        /* "tekton-task" v1 or v1beta1 */
    FORMAT_TEKTON_STEPACTION,  /* "tekton-stepaction" */
    FORMAT_GRAPH,              /* "component-graph": ComponentSpec with implementation.graph; a pipeline */
    FORMAT_KFP_IR,             /* "kfp-ir" YAML (second document = platform spec) or JSON */
    FORMAT_TEKTON_PIPELINE,    /* "tekton-pipeline" */
    FORMAT_TEKTON_PIPELINERUN, /* "tekton-pipelinerun" */
    FORMAT_ELYRA,              /* "elyra-pipeline" */
    FORMAT_MLX_MODEL,          /* "mlx-model" */
    FORMAT_MLX_NOTEBOOK,       /* "mlx-notebook" */
    FORMAT_IPYNB,              /* "ipynb" */
    FORMAT_OLM_BUNDLE,         /* "olm-bundle": a ClusterServiceVersion, with or without CRDs */
    FORMAT_MANIFESTS,          /* "operator-manifests": CustomResourceDefinitions and a Deployment */
    FORMAT_MLX_DATASET,        /* "mlx-dataset" */
    FORMAT_COUNT
};
const char *format_name(enum asset_format f);
enum asset_kind format_kind(enum asset_format f);

#define PACKAGE_MAX_BYTES ((size_t)32 << 20)

/* What an upload turned out to be. Everything lives in the arena; `bytes` and members may borrow the upload. */
struct package {
    enum asset_kind kind;
    enum asset_format format;
    struct str title;          /* as written */
    struct str description;    /* first sentence is what cards show; whole text here */
    struct str provider;       /* may be empty */
    struct str name;           /* slug of the title (name_slug) */
    struct str version;        /* what the document itself says (annotation or version field); may be empty */
    const struct node *labels; /* string → string map or NULL */
    struct str *tags;
    size_t tag_count;
    bool featured;               /* annotation component-hub.dev/featured; the caller decides whether to believe it */
    struct interface interface;  /* components and pipelines; empty for the others */
    const struct node *facts;    /* map of what is worth showing of this kind: image, framework, license, tasks, … */
    const struct node *document; /* the main file, parsed (first document of a stream) */
    struct str main_path;        /* "component.yaml", or the name in the archive */
    struct str main;             /* bytes of the main file */
    uint8_t main_digest[SHA256_BYTES];
    struct str bytes; /* the upload as it came */
    uint8_t package_digest[SHA256_BYTES];
    enum archive_format packed;
    struct member *members; /* all files, the main file included; one when it was not packed */
    size_t member_count;
    struct str readme;      /* Markdown; may be empty */
    struct str search_text; /* what plain text search looks through beside title, name and tags */
};

/*
 * Reads an upload: unpacks, finds the main file (root <kind>.yaml, else the only recognised file at the least depth;
 * a single common leading folder counts as the root and is taken off the members' paths), recognises it by content,
 * checks it, takes the interface. `filename` is only used for messages and as the main path of a bare file; may be
 * empty. `kind` NULL = any; else another kind is ERR_INVALID kind_mismatch. Asked for a component, a graph is one, and
 * so is an IR that wraps one component, as the KFP SDK compiles components.
 * Errors with a place are in ps; e has the summary: code, message and place of the first error. Warnings stay in ps on
 * success. Nothing else is kept on error. ps must be of the arena `a`. Guards itself: ERR_NOMEM or ERR_LIMIT when the
 * arena runs out.
 * Codes of the whole: empty_upload, too_large, archive_… and yaml_… (from base), main_missing, main_ambiguous,
 * not_recognised, empty_document, several_documents, unsupported_kind, unsupported_version, incomplete_operator,
 * kind_mismatch. Codes with a path: missing_field, wrong_type, duplicate_name, too_many_ports, name_too_long,
 * bad_default, bad_image, unknown_type, unknown_port, unknown_placeholder, bad_placeholder, missing_implementation,
 * two_implementations, unknown_component, unknown_executor, unknown_pipeline, removed_field. Warnings: unknown_field,
 * not_text, empty_default, output_without_path.
 */
MUST_USE enum status package_read(struct arena *a, struct str bytes, struct str filename, const enum asset_kind *kind,
                                  struct package *out, struct problems *ps, struct err *e);
/* The .tgz that `download` serves: the upload where it is one, else its members packed. */
MUST_USE enum status package_download(struct arena *a, const struct member *members, size_t count, struct str *out,
                                      struct err *e);

/* ---- names (DESIGN §3) */
#define NAME_MAX_LENGTH 57
bool name_valid(struct str name); /* [a-z0-9]([-a-z0-9]*[a-z0-9])?, at most 57 */
/* From a title: lower case, runs of other characters become '-', cut to 57; "asset-<8 hex>" of the title's SHA-256
   when nothing remains. */
struct str name_slug(struct arena *a, struct str title);
bool tag_valid(struct str tag); /* shares the name space of versions; "latest" is refused here */
/* 1 to 128 printable ASCII, no "sha256:" prefix, no '/', '@', spaces, not "latest", not 64 hex digits (a digest). */
bool version_valid(struct str v);

/* ---- versions */
struct semver {
    uint64_t major, minor, patch;
    struct str pre; /* without '-'; empty = release */
};
bool semver_parse(struct str v, struct semver *out); /* SemVer 2.0.0, a leading 'v' is not accepted */
/* A key whose byte order is the order of versions: others below all SemVer and by time, SemVer by precedence and what
   differs in build metadata only by time. ASCII; a database compares it with COLLATE "C". */
struct str version_order_key(struct arena *a, struct str version, int64_t created_us);
bool version_is_prerelease(struct str version);
/* The next after `last` (the highest SemVer that exists or existed, tombstones included; empty = none: "1.0.0").
   After a pre-release comes its release where that step is large enough. Empty when numbers run out (64 bits). */
struct str version_propose(struct arena *a, struct str last, enum interface_change change);

/* One sentence for cards: the first sentence of a description, at most 200 bytes, cut at a word with "…". */
struct str first_sentence(struct arena *a, struct str text);

#endif
