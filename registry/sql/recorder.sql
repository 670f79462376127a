-- What engines write while a run goes on, and what they read after a restart.
--
-- `epoch` is what lease_take gave; a statement of a holder whose lease is lost is CH412 "lease_lost" and changes
-- nothing. '' = not checked (tests, imports). `matrix` is the index in a fan-out, '' or -1 = none.
-- Times are RFC 3339 text; '' = leave, but a first running state sets started_at and a final one finished_at to now.
-- States: pending running succeeded failed cancelled timed_out skipped; the last five are final.
-- Write a step's log before its final state, and its task's before the task's: readers stop at final.

-- Takes, or prolongs, the lease of an engine. $1 engine, $2 kind (kubernetes | local), $3 holder (any text that no
-- other process has), $4 seconds it lasts. One row: 0 "t" when held now, 1 epoch, 2 holder, 3 seconds until it ends.
-- The epoch rises when the holder changes.
-- name: lease_take
-- write
SELECT held, epoch, holder, remaining FROM lease_take($1::text, $2::text, $3::text, $4::text)

-- $1 engine, $2 holder. One row: 0 "t" when it was held by that one.
-- name: lease_drop
-- write
WITH gone AS (
    UPDATE engine_lease SET expires_at = '-infinity' WHERE engine_id = $1::text AND holder = $2::text RETURNING 1)
SELECT count(*) = 1 FROM gone

-- Runs to take up again, oldest first. $1 engine. Rows: 0 id, 1 state, 2 cancel requested ("true" | "false"),
-- 3 manifest (bytes), 4 namespace, 5 name, 6 engine_ref or NULL, 7 the run as json (with tasks).
-- name: run_unfinished
-- result: binary
SELECT r.id::text, r.state, (r.cancel_requested_at IS NOT NULL)::text, b.data, n.name, r.name, r.engine_ref,
       run_json(r, true)::text
FROM run r JOIN namespace n ON n.id = r.namespace_id JOIN blob b ON b.digest = r.manifest_digest
WHERE r.engine_id = $1::text AND r.finished_at IS NULL
ORDER BY r.id

-- Wishes to cancel that the engine has not fulfilled. $1 engine. Rows: 0 id.
-- name: run_cancels
SELECT id FROM run WHERE engine_id = $1::text AND finished_at IS NULL AND cancel_requested_at IS NOT NULL ORDER BY id

-- After a restart of an engine whose steps ended with the hub: attempts and steps that were running become failed with
-- reason HubRestarted. Their tasks stay running: the engine decides on retries. $1 engine, $2 epoch.
-- Rows, one for each attempt: 0 run id, 1 task_no, 2 matrix (-1 = none), 3 attempt.
-- name: run_recover
-- write
SELECT run_id, task_no, matrix_index, attempt FROM run_recover($1::text, $2::text)

-- $1 run id, $2 epoch, $3 state, $4 reason, $5 message, $6 results (json object; '' = leave), $7 engine_ref ('' =
-- leave), $8 started_at, $9 finished_at. A final state stays: later calls change nothing.
-- One row: 0 state it has now, 1 "t" when this call changed something. CH404 run_not_found, CH412 lease_lost,
-- CH422 bad_state.
-- name: run_state
-- write
SELECT state, changed
FROM run_state($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text)

-- $1 run id, $2 epoch, $3 task_no, $4 matrix, $5 state, $6 reason, $7 message, $8 params (json object; '' = leave),
-- $9 results (json object; '' = leave), $10 started_at, $11 finished_at. Makes the row of a fan-out's instance.
-- One row: 0 "t". CH404 run_not_found, task_not_found, CH412 lease_lost, CH422 bad_state.
-- name: task_state
-- write
SELECT task_state($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text,
                  $11::text)

-- $1 run id, $2 epoch, $3 task_no, $4 matrix, $5 attempt (from 1), $6 state, $7 reason, $8 message, $9 engine_ref ('' =
-- leave), $10 started_at, $11 finished_at. One row: 0 "t". Errors as task_state.
-- name: attempt_state
-- write
SELECT attempt_state($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text,
                     $10::text, $11::text)

-- $1 run id, $2 epoch, $3 task_no, $4 matrix, $5 attempt, $6 step_no (from 0), $7 step name, $8 state, $9 reason,
-- $10 exit code ('' = none), $11 started_at, $12 finished_at. One row: 0 "t". Errors as task_state.
-- name: step_state
-- write
SELECT step_state($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text,
                  $11::text, $12::text)

-- Adds to a step's log: at most 64 KiB; seq counts from 0 and only rises; one that was there is left alone, so that a
-- chunk can be sent again. Of a step the first 4 MiB and the last 12 MiB stay, with a marker between.
-- $1 run id, $2 epoch, $3 task_no, $4 matrix, $5 attempt, $6 step_no, $7 step name, $8 seq, $9 first_at, $10 data
-- (bytes). One row: 0 "t" when it was new. CH413 chunk_too_large, else errors as task_state.
-- name: log_append
-- write
SELECT log_append($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::bytea)
