-- Versions: immutable, addressed by number, tag, "latest" or digest (with or without "sha256:").
-- A tombstone is found by number and by digest, with deleted_at set; never by tag or "latest".
-- The version shape has two fields more than DESIGN §7: `prerelease` and `main_path`.

-- $1 namespace, $2 kind, $3 name, $4 limit (1 to 200), $5 cursor. Newest first, tombstones included.
-- One row: 0 json {items[version], next_cursor}, 1 error (404 asset_not_found). CH422 bad_cursor.
-- name: version_list
SELECT version_list(a, $4::text, $5::text)::text AS json,
       CASE WHEN a.id IS NULL THEN asset_missing($1, $2, $3) END AS error
FROM (SELECT 1) one LEFT JOIN asset a
    ON a.namespace_id = namespace_id($1::text) AND a.kind = $2::text AND a.name = $3::text AND a.deleted_at IS NULL

-- $1 namespace, $2 kind, $3 name, $4 ref.
-- One row: 0 json (version), 1 digest of the main file, 2 version id (for run_create and version_members),
-- 3 error (404 asset_not_found, version_not_found).
-- name: version_get
SELECT version_json(v, $1, $2, $3, p.display)::text AS json, digest_text(v.main_digest), v.id, f.error
FROM version_find($1::text, $2::text, $3::text, $4::text) f
LEFT JOIN version v ON v.id = f.id
LEFT JOIN principal p ON p.id = v.created_by

-- The hot path: version_get for a digest, by one look in one index. $1 namespace, $2 kind, $3 name, $4 digest.
-- One row, or none when there is no such version or $4 is no digest (version_get says which): columns as version_get.
-- name: version_pinned
SELECT version_json(v, $1::text, $2::text, $3::text, (SELECT p.display FROM principal p WHERE p.id = v.created_by))::text
           AS json, digest_text(v.main_digest), v.id
FROM version v
WHERE v.main_digest = digest_of($4::text) AND v.path = $1::text || '/' || $2::text || '/' || $3::text
ORDER BY v.deleted_at IS NOT NULL, v.id DESC
LIMIT 1

-- Any asset's version with these bytes; not deleted before deleted, then the newest published.
-- $1 digest. One row, or none when the digest is not known (or is not a digest): 0 json (version).
-- name: version_by_digest
SELECT version_json(v, n.name, a.kind, a.name, p.display)::text
FROM version v
JOIN asset a ON a.id = v.asset_id
JOIN namespace n ON n.id = a.namespace_id
JOIN principal p ON p.id = v.created_by
WHERE v.main_digest = digest_of($1::text)
ORDER BY v.deleted_at IS NOT NULL, v.id DESC
LIMIT 1

-- The main file. $1 namespace, $2 kind, $3 name, $4 ref.
-- One row: 0 bytes, 1 digest, 2 main path, 3 format, 4 error (404 asset_not_found, version_not_found).
-- name: version_content
-- result: binary
SELECT b.data, digest_text(v.main_digest), v.main_path, v.format, f.error
FROM version_find($1::text, $2::text, $3::text, $4::text) f
LEFT JOIN version v ON v.id = f.id
LEFT JOIN blob b ON b.digest = v.main_digest

-- What was uploaded. $1 namespace, $2 kind, $3 name, $4 ref.
-- One row: 0 packed ('tgz' | 'zip' | '' = a bare main file), 1 package bytes (NULL when not packed), 2 digest of the
-- package, else of the main file, 3 version id, 4 version, 5 error (404 asset_not_found, version_not_found).
-- name: version_package
-- result: binary
SELECT v.packed, b.data, digest_text(coalesce(v.package_digest, v.main_digest)), v.id::text, v.version, f.error
FROM version_find($1::text, $2::text, $3::text, $4::text) f
LEFT JOIN version v ON v.id = f.id
LEFT JOIN blob b ON b.digest = v.package_digest

-- $1 version id. A row for each file of the version, the main file first, then by path: 0 path, 1 bytes.
-- name: version_members
-- result: binary
SELECT f.path, b.data
FROM version_file f
JOIN version v ON v.id = f.version_id
JOIN blob b ON b.digest = f.digest
WHERE f.version_id = $1::text::bigint
ORDER BY f.path <> v.main_path, f.path

-- One file of a version, such as README.md. $1 namespace, $2 kind, $3 name, $4 ref, $5 path.
-- One row: 0 bytes, 1 digest, 2 error (404 asset_not_found, version_not_found, file_not_found).
-- name: version_file
-- result: binary
SELECT b.data, digest_text(vf.digest),
       coalesce(f.error, CASE WHEN vf.path IS NULL THEN '404 file_not_found There is no such file in this version.' END)
           AS error
FROM version_find($1::text, $2::text, $3::text, $4::text) f
LEFT JOIN version_file vf ON vf.version_id = f.id AND vf.path = $5::text
LEFT JOIN blob b ON b.digest = vf.digest

-- The README.md at the root of the package, however it is spelled. $1 namespace, $2 kind, $3 name, $4 ref.
-- One row: 0 bytes, 1 digest, 2 error (404 asset_not_found, version_not_found, readme_not_found).
-- name: version_readme
-- result: binary
SELECT b.data, digest_text(r.digest),
       coalesce(f.error, CASE WHEN r.digest IS NULL THEN '404 readme_not_found This version has no README.md.' END)
           AS error
FROM version_find($1::text, $2::text, $3::text, $4::text) f
LEFT JOIN LATERAL (SELECT vf.digest FROM version_file vf WHERE vf.version_id = f.id AND lower(vf.path) = 'readme.md'
                   ORDER BY vf.path <> 'README.md', vf.path LIMIT 1) r ON true
LEFT JOIN blob b ON b.digest = r.digest

-- What the version's references resolved to when it was published. $1 version id. One row: 0 lock (json or NULL).
-- name: version_lock
SELECT v.lock::text FROM version v WHERE v.id = $1::text::bigint

-- Makes a tombstone of one version and drops the tags on it. A tombstone stays as it is.
-- $1 namespace, $2 kind, $3 name, $4 version (a number, no tag), $5 if_match (of the asset), $6 principal id.
-- One row: 0 json (version, with deleted_at), 1 row_version of the asset.
-- CH404 asset_not_found, version_not_found, CH412 stale.
-- name: version_delete
-- write
SELECT json::text, row_version FROM version_delete($1::text, $2::text, $3::text, $4::text, $5::text, $6::text)

-- Moves or makes a tag. $1 namespace, $2 kind, $3 name, $4 tag, $5 ref of a live version, $6 if_match (of the asset),
-- $7 principal id.
-- One row: 0 json (version), 1 row_version of the asset. CH404 asset_not_found, version_not_found, CH412 stale,
-- CH409 tag_is_version (a version has that name), CH422 bad_tag ("latest", a digest, or not allowed characters).
-- name: tag_put
-- write
SELECT json::text, row_version FROM tag_put($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text)

-- $1 namespace, $2 kind, $3 name, $4 tag, $5 if_match (of the asset), $6 principal id.
-- One row: 0 row_version of the asset. CH404 asset_not_found, tag_not_found, CH412 stale.
-- name: tag_delete
-- write
SELECT tag_delete($1::text, $2::text, $3::text, $4::text, $5::text, $6::text)

-- Where tags were, newest first, at most 500. $1 namespace, $2 kind, $3 name.
-- One row: 0 json {items[{tag, from, to, at, by}]} (from and to are versions or null), 1 error (404 asset_not_found).
-- name: tag_history
SELECT tag_history(a)::text AS json, CASE WHEN a.id IS NULL THEN asset_missing($1, $2, $3) END AS error
FROM (SELECT 1) one LEFT JOIN asset a
    ON a.namespace_id = namespace_id($1::text) AND a.kind = $2::text AND a.name = $3::text AND a.deleted_at IS NULL

-- What the references of a document mean (DESIGN §4). $1 keys: a JSON array of strings as they stand in documents,
-- "sha256:<hex>" or "[namespace/]name[@version|tag|digest]", at most 2,000; $2 the document's own namespace.
-- A row for each key, in the order given: 0 key, 1 found ("true" | "false"), 2 main file (bytes), 3 namespace, 4 kind,
-- 5 name, 6 version, 7 digest, 8 deprecated (json or NULL), 9 format, 10 version id, 11 deleted ("true" | "false").
-- Without a namespace: own, then default, then starter; in each, component before pipeline; the first asset of that
-- name decides, also when it has no such version. CH413 too_many_keys, CH422 bad_keys.
-- name: resolve
-- result: binary
SELECT key, known::text, data, namespace, kind, name, version, digest, deprecated, format, version_id::text,
       deleted::text
FROM resolve($1::text, $2::text)

-- What an editor has to know of the versions that references resolved to: a JSON array of {key, namespace, kind, name,
-- version} as $1. One row: 0 json [{key, kind, namespace, name, version, digest, title, deprecated, latest, interface}],
-- in the order given; latest is a version or null.
-- name: reference_list
SELECT coalesce(json_agg(json_build_object(
           'key', k.key, 'kind', k.kind, 'namespace', k.namespace, 'name', k.name, 'version', k.version,
           'digest', digest_text(v.main_digest), 'title', a.title, 'deprecated', a.deprecated IS NOT NULL,
           'latest', l.version, 'interface', v.interface) ORDER BY k.place), '[]')::text
FROM ROWS FROM (json_to_recordset($1::text::json) AS (key text, namespace text, kind text, name text, version text))
    WITH ORDINALITY AS k (key, namespace, kind, name, version, place)
JOIN asset a ON a.namespace_id = namespace_id(k.namespace) AND a.kind = k.kind AND a.name = k.name
JOIN version v ON v.asset_id = a.id AND v.version = k.version
LEFT JOIN version l ON l.id = a.latest_version_id
