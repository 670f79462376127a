-- Assets: search, one asset, changes.
--
-- Common to all files here: every argument is text (or bytes where it says so), sent in binary form; an optional
-- argument that is not given is NULL or ''. Results are text unless "result: binary" is said; there, bytes and text
-- columns are raw bytes. A last column named `error` is for registry/db.c: when it is not NULL, the asker gets that
-- status and code instead of rows (reads say "not found" this way, because a raised error would abort the batch that
-- other reads share). Functions that raise do it with SQLSTATE CHnnn. Digests in columns are "sha256:<hex>".
-- `if_match` is the row_version that the asker saw, -1 for any; a stale one is CH412 "stale".
-- A row_version changes whenever anything in the shape it belongs to changes, so that it can serve as the ETag.

-- Search. $1 kind, $2 namespace, $3 q, $4 tag (a keyword), $5 provider, $6 label ("k=v", or "k" for any value),
-- $7 featured ("true" | "false"), $8 sort (relevance | updated | name | used; '' = relevance), $9 limit (1 to 200),
-- $10 cursor, $11 facets ("true").
-- One row: 0 json {items[asset], next_cursor, facets}. `facets` is null unless asked: {kind{}, namespace{}, tag{},
-- provider{}}, each name → count, over the best 1,000 hits, at most 50 names each.
-- Each word of q must be the beginning of a word of the name, title, keywords, description or search text. An exact
-- name comes first (relevance only). CH422 bad_cursor (also when the cursor is of another sort), bad_sort.
-- name: asset_list
SELECT asset_list($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text,
                  $10::text, $11::text)::text

-- $1 namespace, $2 kind, $3 name.
-- One row: 0 json (asset), 1 row_version, 2 error (404 asset_not_found).
-- The asset shape has one field more than DESIGN §7: `keywords` [], what the search parameter `tag` looks at.
-- `latest` is the highest release that is not deleted; while there are only pre-releases, the highest of these.
-- name: asset_get
SELECT asset_json(a)::text AS json, a.row_version, CASE WHEN a.id IS NULL THEN asset_missing($1, $2, $3) END AS error
FROM (SELECT 1) one LEFT JOIN asset a
    ON a.namespace_id = namespace_id($1::text) AND a.kind = $2::text AND a.name = $3::text AND a.deleted_at IS NULL

-- Merge patch (RFC 7396) of title, description, provider, labels, keywords, featured, approved, deprecated.
-- $1 namespace, $2 kind, $3 name, $4 if_match, $5 patch (a JSON object), $6 principal id.
-- One row: 0 json (asset), 1 row_version. CH404 asset_not_found, CH412 stale, CH422 bad_patch.
-- name: asset_patch
-- write
SELECT json::text, row_version FROM asset_patch($1::text, $2::text, $3::text, $4::text, $5::text, $6::text)

-- Tombstones all versions, drops the tags and hides the asset; publishing it again gives higher numbers.
-- $1 namespace, $2 kind, $3 name, $4 if_match, $5 principal id.
-- One row: 0 number of versions that were tombstoned. CH404 asset_not_found, CH412 stale.
-- name: asset_delete
-- write
SELECT asset_delete($1::text, $2::text, $3::text, $4::text, $5::text)

-- Who uses it: live versions of other assets with a task that refers to it, newest first, at most 500.
-- $1 namespace, $2 kind, $3 name.
-- One row: 0 json {items[{kind, namespace, name, version, digest, created_at, tasks[{path, digest, version}]}]},
-- 1 error (404 asset_not_found). tasks[].version is null where the digest is not a version of this asset.
-- name: used_by
SELECT asset_used_by(a)::text AS json, CASE WHEN a.id IS NULL THEN asset_missing($1, $2, $3) END AS error
FROM (SELECT 1) one LEFT JOIN asset a
    ON a.namespace_id = namespace_id($1::text) AND a.kind = $2::text AND a.name = $3::text AND a.deleted_at IS NULL

-- Builds the search rows of all assets afresh. No arguments. One row: 0 number of assets.
-- name: search_reindex
-- write
SELECT search_reindex()
