-- A task of a run shows its attempts, the newest twenty.

CREATE OR REPLACE FUNCTION run_tasks_json(p_run uuid) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        WITH newest AS (
            SELECT a.task_no, a.matrix_index, max(a.attempt) AS attempt
            FROM run_attempt a WHERE a.run_id = p_run GROUP BY a.task_no, a.matrix_index),
        tries AS (
            SELECT n.task_no, n.matrix_index, json_agg(json_build_object(
                'attempt', a.attempt, 'state', a.state, 'reason', a.reason, 'message', a.message,
                'started_at', time_text(a.started_at), 'finished_at', time_text(a.finished_at))
                ORDER BY a.attempt) AS attempts
            FROM newest n JOIN run_attempt a ON a.run_id = p_run AND a.task_no = n.task_no
                AND a.matrix_index = n.matrix_index AND a.attempt > n.attempt - 20
            GROUP BY n.task_no, n.matrix_index),
        steps AS (
            SELECT s.task_no, s.matrix_index, json_agg(json_build_object(
                'name', s.name, 'state', s.state, 'exit_code', s.exit_code, 'reason', s.reason,
                'started_at', time_text(s.started_at), 'finished_at', time_text(s.finished_at))
                ORDER BY s.step_no) AS steps
            FROM newest n JOIN run_step s ON s.run_id = p_run AND s.task_no = n.task_no
                AND s.matrix_index = n.matrix_index AND s.attempt = n.attempt
            GROUP BY s.task_no, s.matrix_index),
        fanned AS (SELECT DISTINCT f.task_no FROM run_task f WHERE f.run_id = p_run AND f.matrix_index >= 0)
        SELECT coalesce(json_agg(json_build_object(
            'name', t.path, 'tekton_name', t.tekton_name, 'state', t.state, 'reason', t.reason, 'message', t.message,
            'attempt', n.attempt, 'matrix', nullif(t.matrix_index, -1),
            'component_digest', digest_text(t.component_digest), 'started_at', time_text(t.started_at),
            'finished_at', time_text(t.finished_at), 'params', t.params, 'results', t.results,
            'steps', coalesce(s.steps, '[]'), 'attempts', coalesce(a.attempts, '[]')) ORDER BY t.task_no, t.matrix_index), '[]')
        FROM run_task t
        LEFT JOIN newest n ON n.task_no = t.task_no AND n.matrix_index = t.matrix_index
        LEFT JOIN steps s ON s.task_no = t.task_no AND s.matrix_index = t.matrix_index
        LEFT JOIN tries a ON a.task_no = t.task_no AND a.matrix_index = t.matrix_index
        WHERE t.run_id = p_run -- a task that was fanned out is stood for by its instances
            AND (t.matrix_index >= 0 OR NOT EXISTS (SELECT FROM fanned f WHERE f.task_no = t.task_no)));
END $$;
