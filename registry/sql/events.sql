-- Events: what changed, for server-sent events. Functions that change something append them and NOTIFY the channel
-- hub_event (payload: the topic). Topics: 'assets', 'drafts', 'runs', 'run/<id>'.
--
-- An id is opaque text ("<transaction>.<number>"): rows become visible out of number order, so they are handed out in
-- the order of transactions and only once no older transaction can still add any. The price: an event may be held
-- back while an older transaction is open, so read again after a moment when a notification brought nothing.

-- $1 id of the last event seen, $2 limit (1 to 1,000). Rows in order: 0 id, 1 topic, 2 payload (json), 3 at.
-- An id that cannot be read counts as the beginning of what is kept.
-- name: event_since
SELECT event_id(e.xid, e.id), e.topic, e.payload::text, time_text(e.at)
FROM event e
WHERE (e.xid, e.id) > (event_xid($1::text), event_no($1::text)) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY e.xid, e.id
LIMIT least(greatest($2::text::int, 1), 1000)

-- The id to start from when only what comes is wanted. One row: 0 id.
-- name: event_last
SELECT event_id((pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text::xid8, 9223372036854775807)

-- $1 hours to keep. One row: 0 number removed.
-- name: event_sweep
-- write
WITH gone AS (
    DELETE FROM event
    WHERE at < now() - $1::text::float8 * interval '1 hour'
       OR xid >= pg_snapshot_xmax(pg_current_snapshot()) -- restored from another server: can never come out in order
    RETURNING 1)
SELECT count(*) FROM gone
