-- Runs as the API sees them.

-- $1 id (UUIDv7), $2 namespace, $3 name, $4 version id ('' = a bare document), $5 document (bytes), $6 manifest
-- (bytes), $7 params (json object), $8 options (json object), $9 engine, $10 tasks (json [{task_no, path, tekton_name,
-- component_digest or null}]), $11 retry_of, $12 resume_of, $13 principal id.
-- One row: 0 json (run with tasks), 1 row_version. CH409 run_exists, CH422 bad_name, bad_namespace, CH404
-- run_not_found (retry_of or resume_of), version_not_found.
-- name: run_create
-- write
SELECT json::text, row_version
FROM run_create($1::text, $2::text, $3::text, $4::text, $5::bytea, $6::bytea, $7::text, $8::text, $9::text, $10::text,
                $11::text, $12::text, $13::text)

-- $1 id (text; anything that is no UUID is not found).
-- One row: 0 json (run with tasks), 1 row_version, 2 state, 3 error (404 run_not_found).
-- tasks[]: in the order of task_no, then matrix index; state, steps and attempt of the newest attempt; attempts[]: the
-- newest 20, oldest first {attempt, state, reason, message, started_at, finished_at}; `matrix` is the
-- index in a fan-out, else null; a task with fan-out shows its instances, not itself. The run shape has these fields
-- more than DESIGN §7: options{}, archived_at, cancel_requested_at, created_by, engine_ref; steps also reason,
-- started_at, finished_at; tasks also component_digest.
-- name: run_get
SELECT run_json(r, true)::text AS json, r.row_version, r.state,
       CASE WHEN r.id IS NULL THEN run_missing($1::text) END AS error
FROM (SELECT 1) one LEFT JOIN run r ON r.id = uuid_of($1::text)

-- $1 state, $2 pipeline ("namespace/name", "namespace/name@version"), $3 namespace, $4 limit (1 to 200), $5 cursor,
-- $6 archived ('' | "false" = without, "true" = only archived, "all").
-- One row: 0 json {items[run without tasks], next_cursor}. Newest first. CH422 bad_cursor.
-- name: run_list
SELECT run_list($1::text, $2::text, $3::text, $4::text, $5::text, $6::text)::text

-- The compiled document it ran. $1 id. One row: 0 bytes, 1 digest, 2 error (404 run_not_found).
-- name: run_manifest
-- result: binary
SELECT b.data, digest_text(r.manifest_digest), CASE WHEN r.id IS NULL THEN run_missing($1::text) END AS error
FROM (SELECT 1) one LEFT JOIN run r ON r.id = uuid_of($1::text) LEFT JOIN blob b ON b.digest = r.manifest_digest

-- What retry and resume need. $1 id. One row: 0 document (bytes), 1 params (json), 2 options (json), 3 engine,
-- 4 namespace, 5 name, 6 version id or NULL, 7 state, 8 the run as json (with tasks, their states and results),
-- 9 error (404 run_not_found).
-- name: run_document
-- result: binary
SELECT b.data, r.params::text, r.options::text, r.engine_id, n.name, r.name, r.version_id::text, r.state,
       run_json(r, true)::text, CASE WHEN r.id IS NULL THEN run_missing($1::text) END AS error
FROM (SELECT 1) one LEFT JOIN run r ON r.id = uuid_of($1::text)
LEFT JOIN namespace n ON n.id = r.namespace_id LEFT JOIN blob b ON b.digest = r.document_digest

-- Notes the wish; the engine acts on it. $1 id, $2 principal id.
-- One row: 0 state, 1 "t" when this call was the first and the run is not finished, 2 engine, 3 json (run with tasks),
-- 4 row_version. CH404 run_not_found.
-- name: run_cancel
-- write
SELECT state, requested, engine, json::text, row_version FROM run_cancel($1::text, $2::text)

-- $1 id, $2 "true" | "false", $3 if_match, $4 principal id. One row: 0 json (run with tasks), 1 row_version.
-- CH404 run_not_found, CH409 run_not_finished, CH412 stale.
-- name: run_archive
-- write
SELECT json::text, row_version FROM run_archive($1::text, $2::text, $3::text, $4::text)

-- Removes the run with its logs. $1 id, $2 if_match, $3 principal id. One row: 0 id.
-- CH404 run_not_found, CH409 run_not_finished, CH412 stale.
-- name: run_delete
-- write
SELECT run_delete($1::text, $2::text, $3::text)

-- Logs in the order of arrival. $1 id, $2 task (document path or Tekton name; '' = all), $3 step name ('' = all),
-- $4 after: the position where the last call ended ('' = from the start), $5 limit in bytes (1 to 4 MiB).
-- Rows: 0 task (document path), 1 Tekton name, 2 matrix index or NULL, 3 attempt, 4 step name, 5 seq, 6 position,
-- 7 data, 8 final, 9 error. At least one chunk comes, however large, when there is one. The LAST row is always there
-- and is no chunk: its data is NULL, its position is the next call's "after", its final is "true" when nothing more
-- can come: all was handed out and the step, task or run asked for has ended. A cut-out middle shows as one row whose
-- data is a marker line. Be woken by the channel hub_log (payload: run id) and by events of run/<id>, or poll.
-- Errors: 404 run_not_found, task_not_found, step_not_found (only when no such step can come any more); CH422
-- bad_cursor.
-- name: log_read
-- result: binary
SELECT task, tekton_name, matrix_index::text, attempt::text, step, seq::text, pos::text, data, final::text, error
FROM log_read($1::text, $2::text, $3::text, $4::text, $5::text)
