-- Publishing: publish_prepare tells what there is; blob_put or blob_put_many store the bytes; publish does the rest in
-- one transaction. Writes go in order over one connection, so they may be sent right after one another; bytes that no
-- publish ever refers to are swept later.

-- $1 namespace, $2 kind, $3 name, $4 digest of the main file, $5 version ('' = the hub proposes one).
-- One row: 0 live: the asset exists ("t" | "f"), 1 last version: the highest SemVer ever used here, tombstones and a
-- deleted asset's included ('' = none; this is publish's "expected last"), 2 latest version ('' = none), 3 interface of
-- the latest version (json or NULL), 4 version (json) that has these main bytes already, not deleted, newest, or NULL,
-- 5 digest of that version's package or NULL, 6 state of version $5: '' (free) | 'live' | 'deleted' | 'tag' (a tag has
-- that name), 7 json of version $5 or NULL, 8 digest of that version's package or NULL, 9 title of the asset or NULL.
-- name: publish_prepare
SELECT live, last_version, latest_version, latest_interface::text, same::text, digest_text(same_package), state,
       existing::text, digest_text(existing_package), title
FROM publish_prepare($1::text, $2::text, $3::text, $4::text, $5::text)

-- Stores bytes once. $1 SHA-256 (32 bytes), $2 data (bytes). One row: 0 "t" when new. CH422 digest_mismatch.
-- name: blob_put
-- write
SELECT blob_put($1::bytea, $2::bytea)

-- Stores many small files in one go. $1 JSON array of sizes, $2 their bytes one after the other.
-- One row: 0 number stored that were new. CH422 bad_sizes.
-- name: blob_put_many
-- write
SELECT blob_put_many($1::text, $2::bytea)

-- $1 digest. One row or none: 0 bytes.
-- name: blob_get
-- result: binary
SELECT data FROM blob WHERE digest = digest_of($1::text)

-- $1 namespace, $2 kind, $3 name, $4 title, $5 description, $6 provider, $7 labels (json object), $8 keywords (json
-- array of strings), $9 featured ("true" | "false" | NULL = leave), $10 version, $11 order key, $12 pre-release
-- ("true" | "false"), $13 SHA-256 of the main file (32 bytes), $14 main path, $15 size of the main file,
-- $16 SHA-256 of the package (32 bytes; NULL = not packed), $17 packed ('' | tgz | zip), $18 format, $19 parser_rev,
-- $20 interface (json), $21 facts (json), $22 lock (json or NULL), $23 refs (json [{task_path, digest, namespace, kind,
-- name}]; the names may be null), $24 members (json [{path, digest, size}], the main file among them; NULL = only the
-- main file), $25 search text, $26 expected last version (NULL = not checked; '' = expects none), $27 principal id.
-- One row: 0 json (version), 1 created ("t"; "f" = that version was there with the same bytes), 2 row_version.
-- Title, description, keywords and provider of an asset follow its latest version where given; labels are added.
-- CH409 raced (the last version is another now: prepare again), version_exists, version_deleted, version_is_tag;
-- CH422 bad_name, bad_namespace, bad_version, bad_kind; CH503 blob_missing (a blob_put before it failed: try again).
-- name: publish
-- write
SELECT json::text, created, row_version
FROM publish($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text,
             $11::text, $12::text, $13::bytea, $14::text, $15::text, $16::bytea, $17::text, $18::text, $19::text,
             $20::text, $21::text, $22::text, $23::text, $24::text, $25::text, $26::text, $27::text)
