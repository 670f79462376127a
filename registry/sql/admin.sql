-- Health, figures, and what a maintenance timer calls.

-- One row: 0 "1".
-- name: ping
SELECT 1

-- For /metrics. Counts indexes, so some ten milliseconds with a million rows: let the answer live ten seconds or more.
-- One row: 0 json {assets{kind: n}, versions: n, runs{state: n}, blobs: n, blob_bytes: n}; blobs are the planner's
-- estimates.
-- name: counts
SELECT json_build_object(
    'assets', (SELECT coalesce(json_object_agg(kind, n), '{}')
               FROM (SELECT kind, count(*) n FROM asset_search GROUP BY 1) k),
    'versions', (SELECT count(*) FROM version WHERE deleted_at IS NULL),
    'runs', (SELECT coalesce(json_object_agg(state, n), '{}') FROM (SELECT state, count(*) n FROM run GROUP BY 1) s),
    'blobs', (SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'blob'::regclass),
    'blob_bytes', pg_total_relation_size('blob'))::text

-- Makes the log partitions of today and the days ahead. $1 days ahead. One row: 0 number made.
-- name: log_partitions
-- write
SELECT log_partitions($1::text::int)

-- Drops log partitions that are older. $1 days to keep. One row: 0 number dropped.
-- name: log_expire
-- write
SELECT log_expire($1::text::int)

-- Removes answers that were kept long enough. One row: 0 number removed.
-- name: idempotency_sweep
-- write
WITH gone AS (DELETE FROM idempotency WHERE expires_at < now() RETURNING 1)
SELECT count(*) FROM gone

-- Removes bytes nothing refers to that were last stored more than $1 hours ago; at most $2 of them in one call.
-- One row: 0 number removed.
-- name: blob_sweep
-- write
SELECT blob_sweep($1::text::float8, $2::text::int)
