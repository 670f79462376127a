-- Reading logs.

-- One row for each chunk after p_after in the order of arrival, at most 1,024. Without task and step the whole run is
-- read along its positions, else each step's log along its own.
CREATE FUNCTION log_rows(p_run run, p_task text, p_step text, p_after bigint)
RETURNS TABLE (path text, tekton_name text, matrix_index integer, attempt integer, step text, seq bigint, pos bigint,
               data bytea) LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_from date := (p_run.created_at AT TIME ZONE 'UTC')::date - 1; -- spares the partitions before the run
BEGIN
    RETURN QUERY
    WITH wanted AS (
        SELECT s.*, t.path, t.tekton_name
        FROM run_step s
        JOIN run_task t ON t.run_id = s.run_id AND t.task_no = s.task_no AND t.matrix_index = s.matrix_index
        WHERE s.run_id = p_run.id AND (coalesce(p_task, '') = '' OR p_task IN (t.path, t.tekton_name))
            AND (coalesce(p_step, '') = '' OR s.name = p_step)),
    hit AS (
        (SELECT k.task_no, k.matrix_index, k.attempt, k.step_no, k.seq, k.pos, k.data
         FROM log_chunk k
         WHERE concat(p_task, p_step) = '' AND k.run_id = p_run.id AND k.pos > p_after AND k.day >= v_from
         ORDER BY k.pos LIMIT 1024)
        UNION ALL
        SELECT c.* FROM wanted w CROSS JOIN LATERAL (
            SELECT k.task_no, k.matrix_index, k.attempt, k.step_no, k.seq, k.pos, k.data
            FROM log_chunk k
            WHERE k.run_id = w.run_id AND k.task_no = w.task_no AND k.matrix_index = w.matrix_index
                AND k.attempt = w.attempt AND k.step_no = w.step_no AND k.pos > p_after AND k.day >= v_from
            ORDER BY k.pos LIMIT 1024) c
        WHERE concat(p_task, p_step) <> ''
        UNION ALL
        SELECT w.task_no, w.matrix_index, w.attempt, w.step_no, -1, w.log_cut_pos,
               convert_to(format(E'\n[... %s bytes are left out here ...]\n', w.log_cut), 'UTF8')
        FROM wanted w WHERE w.log_cut > 0 AND w.log_cut_pos > p_after)
    SELECT w.path, w.tekton_name, nullif(w.matrix_index, -1), w.attempt, w.name, h.seq, h.pos, h.data
    FROM hit h JOIN wanted w ON w.task_no = h.task_no AND w.matrix_index = h.matrix_index AND w.attempt = h.attempt
        AND w.step_no = h.step_no
    ORDER BY h.pos LIMIT 1024;
END $$;

-- Whether what was asked for has ended: the run, all tasks of that name, or in each of these the step. A step that
-- ended in an attempt that failed may come again until the task has ended.
CREATE FUNCTION log_final(p_run run, p_task text, p_step text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_run.finished_at IS NOT NULL THEN
        RETURN true;
    ELSIF coalesce(p_task, '') = '' THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (
        SELECT FROM run_task t
        WHERE t.run_id = p_run.id AND p_task IN (t.path, t.tekton_name) AND NOT phase_final(t.state)
            AND (t.matrix_index >= 0 OR NOT EXISTS ( -- a task that was fanned out is stood for by its instances
                SELECT FROM run_task o WHERE o.run_id = t.run_id AND o.task_no = t.task_no AND o.matrix_index >= 0))
            AND (coalesce(p_step, '') = '' OR NOT coalesce((
                SELECT phase_final(s.state) AND a.state IN ('pending', 'running', 'succeeded') FROM run_attempt a
                JOIN run_step s ON s.run_id = a.run_id AND s.task_no = a.task_no AND s.matrix_index = a.matrix_index
                    AND s.attempt = a.attempt AND s.name = p_step
                WHERE a.run_id = t.run_id AND a.task_no = t.task_no AND a.matrix_index = t.matrix_index
                ORDER BY a.attempt DESC LIMIT 1), false)));
END $$;

-- Why there is nothing to read and never will be, or NULL.
CREATE FUNCTION log_missing(p_run run, p_task text, p_step text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF coalesce(p_task, '') <> '' AND NOT EXISTS (
        SELECT FROM run_task t WHERE t.run_id = p_run.id AND p_task IN (t.path, t.tekton_name)) THEN
        RETURN format('404 task_not_found There is no task %s in run %s.', left(p_task, 128), p_run.id);
    ELSIF coalesce(p_step, '') <> '' AND log_final(p_run, p_task, p_step) AND NOT EXISTS (
        SELECT FROM run_step s
        JOIN run_task t ON t.run_id = s.run_id AND t.task_no = s.task_no AND t.matrix_index = s.matrix_index
        WHERE s.run_id = p_run.id AND s.name = p_step
            AND (coalesce(p_task, '') = '' OR p_task IN (t.path, t.tekton_name))) THEN
        RETURN format('404 step_not_found There is no step %s.', left(p_step, 128));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION log_read(p_id text, p_task text, p_step text, p_after text, p_limit text)
RETURNS TABLE (task text, tekton_name text, matrix_index integer, attempt integer, step text, seq bigint, pos bigint,
               data bytea, final boolean, error text) LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_run   run;
    v_after bigint := CASE WHEN p_after ~ '^[0-9]{1,18}$' THEN p_after::bigint ELSE 0 END;
    v_limit bigint := least(greatest(p_limit::bigint, 1), 4194304);
    v_sum   bigint := 0;
    v_rows  integer := 0;
    v_left  boolean := false;
BEGIN
    IF coalesce(p_after, '') !~ '^[0-9]{0,18}$' THEN
        PERFORM hub_raise(422, 'bad_cursor', 'The position is not one that this log gave out.',
                          'Start from the beginning.');
    END IF;
    SELECT r.* INTO v_run FROM run r WHERE r.id = uuid_of(p_id);
    error := CASE WHEN v_run.id IS NULL THEN run_missing(p_id) ELSE log_missing(v_run, p_task, p_step) END;
    IF error IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;
    final := false;
    FOR task, tekton_name, matrix_index, attempt, step, seq, pos, data IN
        SELECT l.* FROM log_rows(v_run, p_task, p_step, v_after) l
    LOOP
        v_sum := v_sum + octet_length(data);
        v_rows := v_rows + 1;
        v_left := v_rows > 1 AND v_sum > v_limit;
        EXIT WHEN v_left;
        v_after := pos;
        RETURN NEXT;
    END LOOP;
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL INTO task, tekton_name, matrix_index, attempt, step, seq, data;
    pos := v_after;
    final := NOT v_left AND v_rows < 1024 AND log_final(v_run, p_task, p_step);
    RETURN NEXT;
END $$;
