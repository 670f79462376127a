-- Drafts of pipelines: text as typed, every revision kept.
--
-- The draft shape: {id, namespace, title, asset: null | {namespace, name, version}, revision, created_at, updated_at,
-- document}; `document` is not in lists.

-- $1 id (UUIDv7), $2 namespace, $3 title, $4 label of the first revision, $5 document (bytes, UTF-8), $6 based on
-- ("namespace/name[@version]" of a pipeline; '' = nothing), $7 principal id.
-- One row: 0 json (draft), 1 row_version. CH404 pipeline_not_found, CH409 draft_exists, CH413 document_too_large, CH422
-- bad_title, bad_namespace.
-- name: draft_create
-- write
SELECT json::text, row_version
FROM draft_create($1::text, $2::text, $3::text, $4::text, $5::bytea, $6::text, $7::text)

-- $1 id (text; anything that is no UUID is not found).
-- One row: 0 json (draft), 1 row_version, 2 error (404 draft_not_found).
-- name: draft_get
SELECT draft_json(d, true)::text AS json, d.row_version,
       CASE WHEN d.id IS NULL THEN draft_missing($1::text) END AS error
FROM (SELECT 1) one LEFT JOIN draft d ON d.id = uuid_of($1::text) AND d.deleted_at IS NULL

-- $1 namespace ('' = all), $2 limit (1 to 200), $3 cursor.
-- One row: 0 json {items[draft without document], next_cursor}. What was changed last comes first. CH422 bad_cursor.
-- name: draft_list
SELECT draft_list($1::text, $2::text, $3::text)::text

-- A document that is not the head's becomes a new revision. $1 id, $2 if_match, $3 title ('' = as it is), $4 label of
-- the revision ('' = none, or as it is when the document is the head's), $5 document (bytes, UTF-8), $6 principal id.
-- One row: 0 json (draft), 1 row_version, which stays when nothing is new. CH404 draft_not_found, CH409
-- too_many_revisions (10,000), CH412 stale, CH413 document_too_large, CH422 bad_title.
-- name: draft_put
-- write
SELECT json::text, row_version FROM draft_put($1::text, $2::text, $3::text, $4::text, $5::bytea, $6::text)

-- Hides it. $1 id, $2 if_match, $3 principal id. One row: 0 id. CH404 draft_not_found, CH412 stale.
-- name: draft_delete
-- write
SELECT draft_delete($1::text, $2::text, $3::text)

-- $1 id, $2 limit (1 to 200), $3 cursor. Newest first.
-- One row: 0 json {items[{revision, parent, label, created_at, created_by, size, digest}], next_cursor},
-- 1 error (404 draft_not_found). CH422 bad_cursor.
-- name: draft_revisions
SELECT draft_revisions(d.id, $2::text, $3::text)::text AS json,
       CASE WHEN d.id IS NULL THEN draft_missing($1::text) END AS error
FROM (SELECT 1) one LEFT JOIN draft d ON d.id = uuid_of($1::text) AND d.deleted_at IS NULL

-- The text of a revision. $1 id, $2 revision.
-- One row: 0 bytes, 1 digest, 2 error (404 draft_not_found, revision_not_found).
-- name: draft_document
-- result: binary
SELECT b.data, digest_text(r.digest),
       CASE WHEN d.id IS NULL THEN draft_missing($1::text)
            WHEN r.rev IS NULL THEN format('404 revision_not_found The draft has no revision %s.', left($2::text, 32))
       END AS error
FROM (SELECT 1) one
LEFT JOIN draft d ON d.id = uuid_of($1::text) AND d.deleted_at IS NULL
LEFT JOIN draft_revision r
    ON r.draft_id = d.id AND r.rev = CASE WHEN $2::text ~ '^[0-9]{1,9}$' THEN $2::text::integer END
LEFT JOIN blob b ON b.digest = r.digest
