-- Functions of runs, continued: what engines write, logs and their partitions.

-- ---- leases

CREATE FUNCTION lease_take(p_engine text, p_kind text, p_holder text, p_seconds text, OUT held boolean,
                           OUT epoch bigint, OUT holder text, OUT remaining integer) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO engine AS e (id, kind) VALUES (p_engine, p_kind)
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind WHERE e.kind <> excluded.kind;
    INSERT INTO engine_lease AS l (engine_id, holder, epoch, expires_at)
    VALUES (p_engine, p_holder, 1, clock_timestamp() + p_seconds::integer * interval '1 second')
    ON CONFLICT (engine_id) DO UPDATE
    SET holder = excluded.holder, epoch = l.epoch + (l.holder <> excluded.holder)::integer,
        expires_at = excluded.expires_at
    WHERE l.holder = excluded.holder OR l.expires_at < clock_timestamp();
    held := FOUND;
    SELECT l.epoch, l.holder, greatest(ceil(extract(epoch FROM l.expires_at - clock_timestamp())), 0)
    INTO epoch, holder, remaining FROM engine_lease l WHERE l.engine_id = p_engine;
END $$;

CREATE FUNCTION lease_check(p_engine text, p_epoch text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(p_epoch, '') <> '' AND NOT EXISTS (
        SELECT FROM engine_lease l WHERE l.engine_id = p_engine AND l.epoch = p_epoch::bigint) THEN
        PERFORM hub_raise(412, 'lease_lost', format('Another process drives engine %s now.', p_engine));
    END IF;
END $$;

-- ---- states

-- The run's id once it is certain that the caller may write to it.
CREATE FUNCTION run_write(p_id text, p_epoch text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_id     uuid;
    v_engine text;
BEGIN
    SELECT r.id, r.engine_id INTO v_id, v_engine FROM run r WHERE r.id = uuid_of(p_id);
    IF v_id IS NULL THEN
        PERFORM hub_raise(404, 'run_not_found', format('There is no run %s.', left(p_id, 64)));
    END IF;
    PERFORM lease_check(v_engine, p_epoch);
    RETURN v_id;
END $$;

CREATE FUNCTION phase_of(p_state text) RETURNS run_phase LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_state IS NULL
        OR p_state NOT IN ('pending', 'running', 'succeeded', 'failed', 'cancelled', 'timed_out', 'skipped') THEN
        PERFORM hub_raise(422, 'bad_state', format('There is no state %s.', left(p_state, 32)));
    END IF;
    RETURN p_state;
END $$;

-- When it began: what is known already, what is given, or now if it begins to run.
CREATE FUNCTION began(p_known timestamptz, p_given text, p_state text) RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT coalesce(p_known, nullif(p_given, '')::timestamptz, CASE WHEN p_state = 'running' THEN now() END) $$;

CREATE FUNCTION ended(p_given text, p_state text) RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT CASE WHEN phase_final(p_state) THEN coalesce(nullif(p_given, '')::timestamptz, now()) END $$;

CREATE FUNCTION run_state(p_id text, p_epoch text, p_state text, p_reason text, p_message text, p_results text,
                          p_engine_ref text, p_started text, p_finished text, OUT state text, OUT changed boolean)
LANGUAGE plpgsql AS $$
DECLARE
    v_id  uuid := run_write(p_id, p_epoch);
    v_run run := run_lock(p_id, NULL);
BEGIN
    changed := v_run.finished_at IS NULL;
    state := CASE WHEN changed THEN phase_of(p_state) ELSE v_run.state END;
    IF changed THEN
        UPDATE run r SET
            state = phase_of(p_state), reason = coalesce(p_reason, ''), message = coalesce(p_message, ''),
            results = coalesce(nullif(p_results, '')::json, r.results),
            engine_ref = coalesce(nullif(p_engine_ref, ''), r.engine_ref),
            started_at = began(r.started_at, p_started, p_state), finished_at = ended(p_finished, p_state)
        WHERE r.id = v_id;
        PERFORM run_changed(v_id, 'state');
    END IF;
END $$;

-- Sees to it that a task's row is there: an instance of a fan-out is made after its task.
CREATE FUNCTION task_need(p_run uuid, p_task integer, p_matrix integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM run_task t WHERE t.run_id = p_run AND t.task_no = p_task AND t.matrix_index = p_matrix) THEN
        RETURN;
    END IF;
    INSERT INTO run_task (run_id, task_no, matrix_index, path, tekton_name, component_digest)
    SELECT t.run_id, t.task_no, p_matrix, t.path, t.tekton_name, t.component_digest
    FROM run_task t WHERE t.run_id = p_run AND t.task_no = p_task AND t.matrix_index = -1 AND p_matrix >= 0
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM hub_raise(404, 'task_not_found', format('There is no task %s in run %s.', p_task, p_run));
    END IF;
END $$;

CREATE FUNCTION attempt_need(p_run uuid, p_task integer, p_matrix integer, p_attempt integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM task_need(p_run, p_task, p_matrix);
    INSERT INTO run_attempt (run_id, task_no, matrix_index, attempt) VALUES (p_run, p_task, p_matrix, p_attempt)
    ON CONFLICT DO NOTHING;
END $$;

-- Tells who follows the run; p_more has what is particular.
CREATE FUNCTION task_event(p_run uuid, p_task integer, p_matrix integer, p_verb text, p_state text, p_more jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM run_touch(p_run, (SELECT (jsonb_build_object(
        'verb', p_verb, 'id', p_run, 'task', t.path, 'matrix', nullif(p_matrix, -1), 'state', p_state) || p_more)::json
        FROM run_task t WHERE t.run_id = p_run AND t.task_no = p_task AND t.matrix_index = p_matrix));
END $$;

CREATE FUNCTION matrix_of(p_matrix text) RETURNS integer LANGUAGE sql IMMUTABLE
AS $$ SELECT coalesce(nullif(p_matrix, '')::integer, -1) $$;

CREATE FUNCTION task_state(p_id text, p_epoch text, p_task text, p_matrix text, p_state text, p_reason text,
                           p_message text, p_params text, p_results text, p_started text, p_finished text)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := run_write(p_id, p_epoch);
BEGIN
    PERFORM task_need(v_id, p_task::integer, matrix_of(p_matrix));
    UPDATE run_task t SET
        state = phase_of(p_state), reason = coalesce(p_reason, ''), message = coalesce(p_message, ''),
        params = coalesce(nullif(p_params, '')::json, t.params),
        results = coalesce(nullif(p_results, '')::json, t.results),
        started_at = began(t.started_at, p_started, p_state), finished_at = ended(p_finished, p_state)
    WHERE t.run_id = v_id AND t.task_no = p_task::integer AND t.matrix_index = matrix_of(p_matrix);
    PERFORM task_event(v_id, p_task::integer, matrix_of(p_matrix), 'task', p_state,
                       jsonb_build_object('reason', coalesce(p_reason, '')));
    RETURN true;
END $$;

CREATE FUNCTION attempt_state(p_id text, p_epoch text, p_task text, p_matrix text, p_attempt text, p_state text,
                              p_reason text, p_message text, p_engine_ref text, p_started text, p_finished text)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := run_write(p_id, p_epoch);
BEGIN
    PERFORM attempt_need(v_id, p_task::integer, matrix_of(p_matrix), p_attempt::integer);
    UPDATE run_attempt a SET
        state = phase_of(p_state), reason = coalesce(p_reason, ''), message = coalesce(p_message, ''),
        engine_ref = coalesce(nullif(p_engine_ref, ''), a.engine_ref),
        started_at = began(a.started_at, p_started, p_state), finished_at = ended(p_finished, p_state)
    WHERE a.run_id = v_id AND a.task_no = p_task::integer AND a.matrix_index = matrix_of(p_matrix)
        AND a.attempt = p_attempt::integer;
    PERFORM task_event(v_id, p_task::integer, matrix_of(p_matrix), 'attempt', p_state,
                       jsonb_build_object('attempt', p_attempt::integer));
    RETURN true;
END $$;

CREATE FUNCTION step_state(p_id text, p_epoch text, p_task text, p_matrix text, p_attempt text, p_step text,
                           p_name text, p_state text, p_reason text, p_exit_code text, p_started text, p_finished text)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := run_write(p_id, p_epoch);
BEGIN
    PERFORM attempt_need(v_id, p_task::integer, matrix_of(p_matrix), p_attempt::integer);
    INSERT INTO run_step AS s (run_id, task_no, matrix_index, attempt, step_no, name, state, reason, exit_code,
                               started_at, finished_at)
    VALUES (v_id, p_task::integer, matrix_of(p_matrix), p_attempt::integer, p_step::integer, p_name, phase_of(p_state),
            coalesce(p_reason, ''), nullif(p_exit_code, '')::integer, began(NULL, p_started, p_state),
            ended(p_finished, p_state))
    ON CONFLICT (run_id, task_no, matrix_index, attempt, step_no) DO UPDATE
    SET name = excluded.name, state = excluded.state, reason = excluded.reason, exit_code = excluded.exit_code,
        started_at = coalesce(s.started_at, excluded.started_at), finished_at = excluded.finished_at;
    PERFORM task_event(v_id, p_task::integer, matrix_of(p_matrix), 'step', p_state, jsonb_build_object(
        'attempt', p_attempt::integer, 'step', p_name, 'exit_code', nullif(p_exit_code, '')::integer));
    RETURN true;
END $$;

CREATE FUNCTION run_recover(p_engine text, p_epoch text)
RETURNS TABLE (run_id uuid, task_no integer, matrix_index integer, attempt integer) LANGUAGE plpgsql AS $$
DECLARE
    v_run uuid;
BEGIN
    PERFORM lease_check(p_engine, p_epoch);
    FOR v_run IN
        SELECT r.id FROM run r WHERE r.engine_id = p_engine AND r.finished_at IS NULL ORDER BY r.id FOR NO KEY UPDATE
    LOOP
        UPDATE run_step s SET state = 'failed', reason = 'HubRestarted', finished_at = now()
        WHERE s.run_id = v_run AND s.state = 'running';
        RETURN QUERY
            UPDATE run_attempt a SET state = 'failed', reason = 'HubRestarted', finished_at = now()
            WHERE a.run_id = v_run AND a.state = 'running'
            RETURNING a.run_id, a.task_no, a.matrix_index, a.attempt;
        IF FOUND THEN
            PERFORM run_touch(v_run, json_build_object('verb', 'recovered', 'id', v_run));
        END IF;
    END LOOP;
END $$;

-- ---- logs: writing

CREATE FUNCTION log_append(p_id text, p_epoch text, p_task text, p_matrix text, p_attempt text, p_step text,
                           p_name text, p_seq text, p_first text, p_data bytea) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_id   uuid := run_write(p_id, p_epoch);
    v_at   timestamptz := coalesce(nullif(p_first, '')::timestamptz, now());
    v_size integer := octet_length(p_data);
    v_step run_step;
    v_pos  bigint;
BEGIN
    IF v_size > 65536 THEN
        PERFORM hub_raise(413, 'chunk_too_large', 'A piece of a log is at most 64 KiB.');
    END IF;
    PERFORM attempt_need(v_id, p_task::integer, matrix_of(p_matrix), p_attempt::integer);
    INSERT INTO run_step (run_id, task_no, matrix_index, attempt, step_no, name, state)
    VALUES (v_id, p_task::integer, matrix_of(p_matrix), p_attempt::integer, p_step::integer, p_name, 'running')
    ON CONFLICT DO NOTHING;
    SELECT s.* INTO v_step FROM run_step s
    WHERE s.run_id = v_id AND s.task_no = p_task::integer AND s.matrix_index = matrix_of(p_matrix)
        AND s.attempt = p_attempt::integer AND s.step_no = p_step::integer FOR NO KEY UPDATE;
    IF p_seq::bigint <= v_step.log_last_seq OR v_size = 0 THEN
        RETURN false;
    END IF;
    INSERT INTO log_chunk AS c (day, run_id, task_no, matrix_index, attempt, step_no, seq, first_at, raw_len, data)
    VALUES ((v_at AT TIME ZONE 'UTC')::date, v_id, v_step.task_no, v_step.matrix_index, v_step.attempt, v_step.step_no,
            p_seq::bigint, v_at, v_size, p_data)
    RETURNING c.pos INTO v_pos;
    v_step.log_last_seq := p_seq::bigint;
    IF v_step.log_tail = 0 AND v_step.log_head + v_size <= 4194304 THEN
        v_step.log_head := v_step.log_head + v_size;
        v_step.log_head_pos := v_pos;
    ELSE
        v_step.log_tail := v_step.log_tail + v_size;
        v_step := log_trim(v_step);
    END IF;
    UPDATE run_step s SET
        log_last_seq = v_step.log_last_seq, log_head = v_step.log_head, log_head_pos = v_step.log_head_pos,
        log_tail = v_step.log_tail, log_cut = v_step.log_cut, log_cut_pos = v_step.log_cut_pos
    WHERE s.run_id = v_id AND s.task_no = v_step.task_no AND s.matrix_index = v_step.matrix_index
        AND s.attempt = v_step.attempt AND s.step_no = v_step.step_no;
    PERFORM pg_notify('hub_log', v_id::text);
    RETURN true;
END $$;

-- Drops the oldest of the tail until it is 12 MiB at most. Returns the books as they are then.
CREATE FUNCTION log_trim(s run_step) RETURNS run_step LANGUAGE plpgsql AS $$
DECLARE
    v_old record;
BEGIN
    IF s.log_tail <= 12582912 THEN
        RETURN s;
    END IF;
    FOR v_old IN
        SELECT c.day, c.pos, c.raw_len FROM log_chunk c
        WHERE c.run_id = s.run_id AND c.task_no = s.task_no AND c.matrix_index = s.matrix_index
            AND c.attempt = s.attempt AND c.step_no = s.step_no AND c.pos > greatest(s.log_head_pos, s.log_cut_pos)
        ORDER BY c.pos
    LOOP
        EXIT WHEN s.log_tail <= 12582912;
        DELETE FROM log_chunk c
        WHERE c.run_id = s.run_id AND c.task_no = s.task_no AND c.matrix_index = s.matrix_index
            AND c.attempt = s.attempt AND c.step_no = s.step_no AND c.pos = v_old.pos AND c.day = v_old.day;
        s.log_tail := s.log_tail - v_old.raw_len;
        s.log_cut := s.log_cut + v_old.raw_len;
        s.log_cut_pos := v_old.pos;
    END LOOP;
    RETURN s;
END $$;

CREATE FUNCTION log_partitions(p_days integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_today date := (now() AT TIME ZONE 'UTC')::date;
    v_day   date;
    v_made  integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('log_partitions'));
    FOR v_day IN SELECT v_today + d FROM generate_series(0, least(greatest(p_days, 0), 60)) d LOOP
        -- a day that has rows in the rest already stays there: moving them would block the writers
        IF to_regclass('log_chunk_' || to_char(v_day, 'YYYYMMDD')) IS NULL
            AND NOT EXISTS (SELECT FROM log_chunk_rest c WHERE c.day = v_day) THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF log_chunk FOR VALUES FROM (%L) TO (%L)',
                           'log_chunk_' || to_char(v_day, 'YYYYMMDD'), v_day, v_day + 1);
            v_made := v_made + 1;
        END IF;
    END LOOP;
    RETURN v_made;
END $$;
SELECT log_partitions(7);

CREATE FUNCTION log_expire(p_days integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_first date := (now() AT TIME ZONE 'UTC')::date - greatest(p_days, 1);
    v_name  text;
    v_gone  integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('log_partitions'));
    FOR v_name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'log_chunk'::regclass AND c.relname ~ '^log_chunk_[0-9]{8}$'
            AND to_date(right(c.relname, 8), 'YYYYMMDD') < v_first
    LOOP
        EXECUTE format('DROP TABLE %I', v_name);
        v_gone := v_gone + 1;
    END LOOP;
    DELETE FROM log_chunk_rest c WHERE c.day < v_first;
    RETURN v_gone;
END $$;
