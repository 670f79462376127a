-- Functions of runs: what the API shows and changes. What engines write is in 0006.

CREATE FUNCTION run_missing(p_id text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT format('404 run_not_found There is no run %s.', left(p_id, 64)) $$;

CREATE FUNCTION phase_final(p_state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_state NOT IN ('pending', 'running') $$;

CREATE FUNCTION run_tasks_json(p_run uuid) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        WITH newest AS (
            SELECT a.task_no, a.matrix_index, max(a.attempt) AS attempt
            FROM run_attempt a WHERE a.run_id = p_run GROUP BY a.task_no, a.matrix_index),
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
            'steps', coalesce(s.steps, '[]')) ORDER BY t.task_no, t.matrix_index), '[]')
        FROM run_task t
        LEFT JOIN newest n ON n.task_no = t.task_no AND n.matrix_index = t.matrix_index
        LEFT JOIN steps s ON s.task_no = t.task_no AND s.matrix_index = t.matrix_index
        WHERE t.run_id = p_run -- a task that was fanned out is stood for by its instances
            AND (t.matrix_index >= 0 OR NOT EXISTS (SELECT FROM fanned f WHERE f.task_no = t.task_no)));
END $$;

CREATE FUNCTION run_json(r run, p_tasks boolean) RETURNS json LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    v_json json;
BEGIN
    SELECT json_build_object(
        'id', r.id, 'name', r.name, 'namespace', n.name, 'engine', r.engine_id, 'engine_ref', r.engine_ref,
        'state', r.state, 'reason', r.reason, 'message', r.message,
        'pipeline', (SELECT json_build_object('namespace', vn.name, 'name', a.name, 'version', v.version,
                                              'digest', digest_text(v.main_digest))
                     FROM version v JOIN asset a ON a.id = v.asset_id JOIN namespace vn ON vn.id = a.namespace_id
                     WHERE v.id = r.version_id),
        'parameters', r.params, 'options', r.options, 'results', r.results, 'created_at', time_text(r.created_at),
        'created_by', p.display, 'started_at', time_text(r.started_at), 'finished_at', time_text(r.finished_at),
        'cancel_requested_at', time_text(r.cancel_requested_at), 'archived_at', time_text(r.archived_at),
        'retry_of', r.retry_of, 'resume_of', r.resume_of)
    INTO v_json FROM namespace n, principal p WHERE n.id = r.namespace_id AND p.id = r.created_by;
    IF p_tasks THEN
        RETURN left(v_json::text, -1) || ', "tasks" : ' || run_tasks_json(r.id)::text || '}'; -- before the last brace
    END IF;
    RETURN v_json;
END $$;

-- A change of a run: bumps its row_version and tells who listens. Returns the row_version.
CREATE FUNCTION run_touch(p_run uuid, p_payload json) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_row       bigint;
    v_namespace bigint;
BEGIN
    UPDATE run r SET row_version = r.row_version + 1 WHERE r.id = p_run
    RETURNING r.row_version, r.namespace_id INTO v_row, v_namespace;
    PERFORM event_append(v_namespace, 'run/' || p_run, p_payload);
    RETURN v_row;
END $$;

-- The same where the list of runs shows it too.
CREATE FUNCTION run_changed(p_run uuid, p_verb text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_payload   json;
    v_namespace bigint;
BEGIN
    SELECT r.namespace_id, json_build_object('verb', p_verb, 'id', r.id, 'name', r.name, 'state', r.state,
                                             'reason', r.reason)
    INTO v_namespace, v_payload FROM run r WHERE r.id = p_run;
    PERFORM event_append(v_namespace, 'runs', v_payload);
    RETURN run_touch(p_run, v_payload);
END $$;

CREATE FUNCTION run_lock(p_id text, p_if_match text) RETURNS run LANGUAGE plpgsql AS $$
DECLARE
    v_run run;
BEGIN
    SELECT r.* INTO v_run FROM run r WHERE r.id = uuid_of(p_id) FOR NO KEY UPDATE;
    IF v_run.id IS NULL THEN
        PERFORM hub_raise(404, 'run_not_found', format('There is no run %s.', left(p_id, 64)));
    ELSIF coalesce(nullif(p_if_match, ''), '-1') NOT IN ('-1', v_run.row_version::text) THEN
        PERFORM hub_raise(412, 'stale', 'The run has changed since it was read.',
                          'Read it again and repeat the change.');
    END IF;
    RETURN v_run;
END $$;

CREATE FUNCTION run_create(p_id text, p_namespace text, p_name text, p_version text, p_document bytea, p_manifest bytea,
                           p_params text, p_options text, p_engine text, p_tasks text, p_retry_of text,
                           p_resume_of text, p_principal text, OUT json json, OUT row_version bigint)
LANGUAGE plpgsql AS $$
DECLARE
    v_namespace bigint := namespace_make(p_namespace);
    v_id        uuid := uuid_of(p_id);
    v_version   bigint := nullif(p_version, '')::bigint;
    v_before    uuid;
BEGIN
    IF v_id IS NULL OR coalesce(p_name, '') = '' OR length(p_name) > 256 OR coalesce(p_engine, '') = '' THEN
        PERFORM hub_raise(422, 'bad_name', 'A run has a UUID, an engine and a name of at most 256 characters.');
    ELSIF v_version IS NOT NULL AND NOT EXISTS (SELECT FROM version v WHERE v.id = v_version) THEN
        PERFORM hub_raise(404, 'version_not_found', 'The version to run is not there.');
    END IF;
    FOREACH v_before IN ARRAY ARRAY[uuid_of(p_retry_of), uuid_of(p_resume_of)] LOOP
        IF v_before IS NOT NULL AND NOT EXISTS (SELECT FROM run r WHERE r.id = v_before) THEN
            PERFORM hub_raise(404, 'run_not_found', format('There is no run %s.', v_before));
        END IF;
    END LOOP;
    PERFORM blob_put(NULL, p_document), blob_put(NULL, p_manifest);
    PERFORM blobs_hold(ARRAY[sha256(p_document), sha256(p_manifest)]);
    INSERT INTO engine (id, kind) VALUES (p_engine, p_engine) ON CONFLICT DO NOTHING;
    INSERT INTO run (id, namespace_id, name, version_id, document_digest, manifest_digest, params, options, engine_id,
                     created_by, retry_of, resume_of)
    VALUES (v_id, v_namespace, p_name, v_version, sha256(p_document), sha256(p_manifest),
            coalesce(nullif(p_params, ''), '{}')::json, coalesce(nullif(p_options, ''), '{}')::json, p_engine,
            p_principal::bigint, uuid_of(p_retry_of), uuid_of(p_resume_of))
    ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN
        PERFORM hub_raise(409, 'run_exists', format('There is a run %s already.', v_id));
    END IF;
    INSERT INTO run_task (run_id, task_no, path, tekton_name, component_digest)
    SELECT v_id, t.task_no, t.path, t.tekton_name, digest_of(t.component_digest)
    FROM json_to_recordset(coalesce(nullif(p_tasks, ''), '[]')::json)
        AS t(task_no integer, path text, tekton_name text, component_digest text);
    row_version := run_changed(v_id, 'created');
    PERFORM audit_append(p_principal, v_namespace, 'run_created', v_id::text);
    SELECT run_json(r, true) INTO json FROM run r WHERE r.id = v_id;
END $$;

-- One page of ids, and one more when there is a next page. Planned for the filters at hand.
CREATE FUNCTION run_hits(p_state text, p_namespace bigint, p_versions bigint[], p_limit integer, p_after uuid,
                         p_archived text) RETURNS uuid[]
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    RETURN ARRAY(
        SELECT r.id FROM run r
        WHERE (p_after IS NULL OR r.id < p_after) AND (p_state IS NULL OR r.state = p_state)
            AND (p_namespace IS NULL OR r.namespace_id = p_namespace)
            AND (p_versions IS NULL OR r.version_id = ANY (p_versions))
            AND CASE p_archived WHEN 'all' THEN true WHEN 'true' THEN r.archived_at IS NOT NULL
                ELSE r.archived_at IS NULL END
        ORDER BY r.id DESC LIMIT p_limit + 1);
END $$;

CREATE FUNCTION run_list(p_state text, p_pipeline text, p_namespace text, p_limit text, p_cursor text, p_archived text)
RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_limit    integer := page_limit(p_limit);
    v_after    uuid := (cursor_of(p_cursor, 'runs', 'u'))[1]::uuid;
    v_pipeline text[] := regexp_match(nullif(p_pipeline, ''), '^([^/@]+)/([^/@]+)(?:@([^/@]+))?$');
    v_versions bigint[];
    v_ids      uuid[];
BEGIN
    IF coalesce(p_pipeline, '') <> '' THEN
        -- what is not of that form finds no version, and so no run
        SELECT coalesce(array_agg(v.id), '{}') INTO v_versions
        FROM asset a JOIN version v ON v.asset_id = a.id
        WHERE a.namespace_id = namespace_id(v_pipeline[1]) AND a.name = v_pipeline[2]
            AND (v_pipeline[3] IS NULL OR v.id = version_in(a, v_pipeline[3]));
    END IF;
    v_ids := run_hits(nullif(p_state, ''), CASE WHEN p_namespace <> '' THEN coalesce(namespace_id(p_namespace), 0) END,
                      v_versions, v_limit, v_after, p_archived);
    RETURN json_build_object(
        'items', (SELECT coalesce(json_agg(run_json(r, false) ORDER BY r.id DESC), '[]') FROM run r
                  WHERE r.id = ANY (v_ids[1:v_limit])),
        'next_cursor', CASE WHEN cardinality(v_ids) > v_limit THEN cursor_text('runs', v_ids[v_limit]::text) END);
END $$;

CREATE FUNCTION run_cancel(p_id text, p_principal text, OUT state text, OUT requested boolean, OUT engine text,
                           OUT json json, OUT row_version bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_run run := run_lock(p_id, NULL);
BEGIN
    state := v_run.state;
    engine := v_run.engine_id;
    row_version := v_run.row_version;
    requested := v_run.finished_at IS NULL AND v_run.cancel_requested_at IS NULL;
    IF requested THEN
        UPDATE run r SET cancel_requested_at = now() WHERE r.id = v_run.id;
        row_version := run_changed(v_run.id, 'cancel_requested');
        PERFORM audit_append(p_principal, v_run.namespace_id, 'run_cancelled', v_run.id::text);
    END IF;
    SELECT run_json(r, true) INTO json FROM run r WHERE r.id = v_run.id;
END $$;

CREATE FUNCTION run_archive(p_id text, p_archived text, p_if_match text, p_principal text, OUT json json,
                            OUT row_version bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_run run := run_lock(p_id, p_if_match);
BEGIN
    row_version := v_run.row_version;
    IF v_run.finished_at IS NULL AND p_archived::boolean THEN
        PERFORM hub_raise(409, 'run_not_finished', 'The run has not ended.', 'Cancel it first.');
    END IF;
    IF (v_run.archived_at IS NOT NULL) <> p_archived::boolean THEN
        UPDATE run r SET archived_at = CASE WHEN p_archived::boolean THEN now() END WHERE r.id = v_run.id;
        row_version := run_changed(v_run.id, CASE WHEN p_archived::boolean THEN 'archived' ELSE 'restored' END);
        PERFORM audit_append(p_principal, v_run.namespace_id, 'run_archived', v_run.id::text,
                             json_build_object('archived', p_archived::boolean));
    END IF;
    SELECT run_json(r, true) INTO json FROM run r WHERE r.id = v_run.id;
END $$;

CREATE FUNCTION run_delete(p_id text, p_if_match text, p_principal text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_run run := run_lock(p_id, p_if_match);
BEGIN
    IF v_run.finished_at IS NULL THEN
        PERFORM hub_raise(409, 'run_not_finished', 'The run has not ended.', 'Cancel it first.');
    END IF;
    PERFORM run_changed(v_run.id, 'deleted');
    DELETE FROM log_chunk c WHERE c.run_id = v_run.id;
    DELETE FROM run r WHERE r.id = v_run.id;
    PERFORM audit_append(p_principal, v_run.namespace_id, 'run_deleted', v_run.id::text);
    RETURN v_run.id;
END $$;
