-- Idempotency-Key: kept 24 h by principal, namespace and route.

-- $1 principal id, $2 namespace, $3 route, $4 key, $5 SHA-256 of the body (32 bytes).
-- One row: 0 state: 'new' (go on, then finish or drop with the claim) | 'done' (answer with what follows) | 'running'
-- (409) | 'mismatch' (422: another body), 1 HTTP status, 2 answer (text), 3 headers (text as given to finish),
-- 4 claim (for 'new'). One that runs for more than two minutes counts as abandoned and is given out again.
-- CH422 bad_key (empty or over 255 bytes).
-- name: idempotency_begin
-- write
SELECT state, status, answer, headers, claim
FROM idempotency_begin($1::text, $2::text, $3::text, $4::text, $5::bytea)

-- Keeps the answer. $1 claim, $2 HTTP status, $3 answer, $4 headers (any text, such as the ETag).
-- One row: 0 "t", or "f" when the claim was abandoned and given to someone else (nothing is changed then).
-- name: idempotency_finish
-- write
WITH kept AS (
    UPDATE idempotency SET state = 'done', status = $2::text::int, answer = $3::text, headers = $4::text
    WHERE claim = $1::text::bigint AND state = 'running' RETURNING 1)
SELECT count(*) = 1 FROM kept

-- Forgets it, after an answer that must not be kept (5xx). $1 claim. One row: 0 "t" when it was there.
-- name: idempotency_drop
-- write
WITH gone AS (DELETE FROM idempotency WHERE claim = $1::text::bigint AND state = 'running' RETURNING 1)
SELECT count(*) = 1 FROM gone
