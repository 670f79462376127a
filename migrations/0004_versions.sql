-- Functions of assets, continued: publishing, tags, what the lists beside an asset show, idempotency keys.

-- What may stand as a version or as a tag: they share one name space.
CREATE FUNCTION version_name_ok(p_name text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(p_name ~ '^[^\s/@\x01-\x1f\x7f]{1,128}$' AND p_name <> 'latest' AND p_name !~* '^sha256:', false)
$$;

CREATE FUNCTION publish_prepare(p_namespace text, p_kind text, p_name text, p_digest text, p_version text,
                                OUT live boolean, OUT last_version text, OUT latest_version text,
                                OUT latest_interface json, OUT same json, OUT same_package bytea, OUT state text,
                                OUT existing json, OUT existing_package bytea, OUT title text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_asset asset;
BEGIN
    SELECT a.* INTO v_asset FROM asset a
    WHERE a.namespace_id = namespace_id(p_namespace) AND a.kind = p_kind AND a.name = p_name;
    live := v_asset.id IS NOT NULL AND v_asset.deleted_at IS NULL;
    title := CASE WHEN live THEN v_asset.title END;
    last_version := version_last(v_asset.id);
    SELECT v.version, v.interface INTO latest_version, latest_interface
    FROM version v WHERE v.id = v_asset.latest_version_id;
    latest_version := coalesce(latest_version, '');
    SELECT version_json_of(v.id), v.package_digest INTO same, same_package FROM version v
    WHERE v.main_digest = digest_of(p_digest) AND v.asset_id = v_asset.id AND v.deleted_at IS NULL
    ORDER BY v.id DESC LIMIT 1;
    SELECT CASE WHEN v.deleted_at IS NULL THEN 'live' ELSE 'deleted' END, version_json_of(v.id), v.package_digest
    INTO state, existing, existing_package FROM version v WHERE v.asset_id = v_asset.id AND v.version = p_version;
    IF state IS NULL THEN
        state := CASE WHEN EXISTS (SELECT FROM tag t WHERE t.asset_id = v_asset.id AND t.name = p_version)
                 THEN 'tag' ELSE '' END;
    END IF;
END $$;

-- The highest SemVer ever used in an asset; '' for none.
CREATE FUNCTION version_last(p_asset bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT v.version FROM version v WHERE v.asset_id = p_asset AND is_semver(v.version)
                     ORDER BY v.order_key DESC, v.id DESC LIMIT 1), '');
END $$;

-- The asset to publish into, locked; made, or brought back, when it is not there.
CREATE FUNCTION publish_asset(p_namespace text, p_kind text, p_name text, p_title text, p_principal text) RETURNS asset
LANGUAGE plpgsql AS $$
DECLARE
    v_asset     asset;
    v_namespace bigint;
BEGIN
    IF coalesce(p_name, '') !~ '^[a-z0-9]([-a-z0-9]{0,55}[a-z0-9])?$' THEN
        PERFORM hub_raise(422, 'bad_name', 'A name is at most 57 of a-z, 0-9 and -, no - at its ends.');
    ELSIF p_kind NOT IN ('component', 'pipeline', 'model', 'notebook', 'operator', 'dataset') THEN
        PERFORM hub_raise(422, 'bad_kind', 'There is no such kind of asset.');
    END IF;
    v_namespace := namespace_make(p_namespace);
    INSERT INTO asset (namespace_id, kind, name, title, owner_id)
    VALUES (v_namespace, p_kind, p_name, coalesce(nullif(p_title, ''), p_name), p_principal::bigint)
    ON CONFLICT (namespace_id, kind, name) DO NOTHING;
    SELECT a.* INTO v_asset FROM asset a
    WHERE a.namespace_id = v_namespace AND a.kind = p_kind AND a.name = p_name FOR NO KEY UPDATE;
    IF v_asset.deleted_at IS NOT NULL THEN
        UPDATE asset SET deleted_at = NULL, deprecated = NULL, approved = false, featured = false, labels = '{}'
        WHERE id = v_asset.id RETURNING * INTO v_asset;
    END IF;
    RETURN v_asset;
END $$;

-- Holds the blobs until the end of the transaction, so that no sweep takes them meanwhile.
CREATE FUNCTION blobs_hold(p_digests bytea[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM blob b WHERE b.digest = ANY (p_digests) ORDER BY b.digest FOR KEY SHARE;
    IF EXISTS (SELECT FROM unnest(p_digests) d WHERE NOT EXISTS (SELECT FROM blob b WHERE b.digest = d)) THEN
        PERFORM hub_raise(503, 'blob_missing', 'Bytes of this version could not be stored.', 'Try again.');
    END IF;
END $$;

CREATE FUNCTION publish(
    p_namespace text, p_kind text, p_name text, p_title text, p_description text, p_provider text, p_labels text,
    p_keywords text, p_featured text, p_version text, p_order_key text, p_prerelease text, p_main bytea,
    p_main_path text, p_size text, p_package bytea, p_packed text, p_format text, p_parser_rev text, p_interface text,
    p_facts text, p_lock text, p_refs text, p_members text, p_search_text text, p_expected text, p_principal text,
    OUT json json, OUT created boolean, OUT row_version bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_asset asset;
    v_old   version;
    v_id    bigint;
BEGIN
    IF NOT version_name_ok(p_version) THEN
        PERFORM hub_raise(422, 'bad_version', 'A version is at most 128 characters without spaces, / and @; '
                          'it is not "latest" and no digest.');
    END IF;
    v_asset := publish_asset(p_namespace, p_kind, p_name, p_title, p_principal);
    IF p_expected IS NOT NULL AND p_expected <> version_last(v_asset.id) THEN
        PERFORM hub_raise(409, 'raced', 'Another version was published at the same moment.', 'Publish again.');
    END IF;
    SELECT v.* INTO v_old FROM version v WHERE v.asset_id = v_asset.id AND v.version = p_version;
    IF v_old.deleted_at IS NOT NULL THEN
        PERFORM hub_raise(409, 'version_deleted',
                          format('Version %s was deleted; its number is not used again.', p_version));
    ELSIF v_old.id IS NOT NULL THEN
        IF v_old.main_digest <> p_main OR v_old.package_digest IS DISTINCT FROM p_package THEN
            PERFORM hub_raise(409, 'version_exists', format('Version %s exists with other content.', p_version));
        END IF;
        json := version_json_of(v_old.id);
        created := false;
        row_version := v_asset.row_version;
        RETURN;
    ELSIF EXISTS (SELECT FROM tag t WHERE t.asset_id = v_asset.id AND t.name = p_version) THEN
        PERFORM hub_raise(409, 'version_is_tag', format('%s is a tag of this asset.', p_version));
    END IF;
    PERFORM blobs_hold(ARRAY(SELECT DISTINCT x.d FROM (
        SELECT p_main AS d UNION ALL SELECT p_package
        UNION ALL SELECT digest_of(m.digest) FROM json_to_recordset(p_members::json) AS m(digest text)) x
        WHERE x.d IS NOT NULL));

    INSERT INTO version (asset_id, path, version, order_key, prerelease, main_digest, main_path, size, package_digest, packed,
                         format, parser_rev, interface, facts, lock, search_text, created_by)
    VALUES (v_asset.id, concat_ws('/', p_namespace, p_kind, p_name), p_version, p_order_key, p_prerelease::boolean,
            p_main, p_main_path, p_size::bigint, p_package, coalesce(p_packed, ''), p_format, p_parser_rev::integer, p_interface::json,
            coalesce(nullif(p_facts, ''), '{}')::json, nullif(p_lock, '')::json, coalesce(p_search_text, ''),
            p_principal::bigint)
    RETURNING id INTO v_id;
    INSERT INTO version_file (version_id, path, digest)
    SELECT v_id, p_main_path, p_main
    UNION SELECT v_id, m.path, digest_of(m.digest) FROM json_to_recordset(p_members::json) AS m(path text, digest text);
    INSERT INTO version_ref (version_id, task_path, ref_digest, ref_asset_id)
    SELECT v_id, r.task_path, digest_of(r.digest), coalesce(
        (SELECT a.id FROM asset a
         WHERE a.namespace_id = namespace_id(r.namespace) AND a.kind = r.kind AND a.name = r.name),
        (SELECT v.asset_id FROM version v WHERE v.main_digest = digest_of(r.digest) AND v.id <> v_id
         ORDER BY v.deleted_at IS NOT NULL, v.id DESC LIMIT 1))
    FROM json_to_recordset(p_refs::json) AS r(task_path text, digest text, namespace text, kind text, name text);

    -- what the asset shows follows its latest version; an older line's fix does not change it
    UPDATE asset a SET
        title = coalesce(nullif(p_title, ''), a.title), description = coalesce(p_description, a.description),
        provider = coalesce(nullif(p_provider, ''), a.provider),
        keywords = CASE WHEN coalesce(p_keywords, '') = '' THEN a.keywords
                   ELSE ARRAY(SELECT json_array_elements_text(p_keywords::json)) END
    WHERE a.id = v_asset.id AND v_id = (
        SELECT v.id FROM version v WHERE v.asset_id = v_asset.id AND v.deleted_at IS NULL
        ORDER BY v.prerelease, v.order_key DESC, v.id DESC LIMIT 1);
    UPDATE asset a SET labels = a.labels || coalesce(nullif(p_labels, ''), '{}')::jsonb,
        featured = coalesce(nullif(p_featured, '')::boolean, a.featured)
    WHERE a.id = v_asset.id;
    row_version := asset_refresh(v_asset.id);
    PERFORM used_refresh(ARRAY(SELECT DISTINCT r.ref_asset_id FROM version_ref r
                               WHERE r.version_id = v_id AND r.ref_asset_id <> v_asset.id));
    PERFORM asset_event(v_asset, p_namespace, 'published', p_version, p_principal);
    json := version_json_of(v_id);
    created := true;
END $$;

-- ---- tags

CREATE FUNCTION tag_put(p_namespace text, p_kind text, p_name text, p_tag text, p_ref text, p_if_match text,
                        p_principal text, OUT json json, OUT row_version bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_asset asset := asset_lock(p_namespace, p_kind, p_name, p_if_match);
    v_id    bigint := version_in(v_asset, p_ref);
    v_old   bigint;
BEGIN
    IF NOT version_name_ok(p_tag) OR digest_of(p_tag) IS NOT NULL THEN
        PERFORM hub_raise(422, 'bad_tag', 'A tag is at most 128 characters without spaces, / and @; '
                          'it is not "latest" and no digest.');
    ELSIF EXISTS (SELECT FROM version v WHERE v.asset_id = v_asset.id AND v.version = p_tag) THEN
        PERFORM hub_raise(409, 'tag_is_version', format('%s is a version of this asset.', p_tag));
    ELSIF NOT EXISTS (SELECT FROM version v WHERE v.id = v_id AND v.deleted_at IS NULL) THEN
        PERFORM hub_raise(404, 'version_not_found', format('There is no version, tag or digest %s of %s %s/%s.',
                                                           left(p_ref, 128), p_kind, p_namespace, p_name));
    END IF;
    SELECT t.version_id INTO v_old FROM tag t WHERE t.asset_id = v_asset.id AND t.name = p_tag;
    row_version := v_asset.row_version;
    IF v_old IS DISTINCT FROM v_id THEN
        INSERT INTO tag (asset_id, name, version_id) VALUES (v_asset.id, p_tag, v_id)
        ON CONFLICT (asset_id, name) DO UPDATE SET version_id = excluded.version_id;
        INSERT INTO tag_event (asset_id, name, old_version_id, new_version_id, principal_id)
        VALUES (v_asset.id, p_tag, v_old, v_id, p_principal::bigint);
        row_version := asset_refresh(v_asset.id);
        PERFORM asset_event(v_asset, p_namespace, 'tagged', p_tag, p_principal);
    END IF;
    json := version_json_of(v_id);
END $$;

CREATE FUNCTION tag_delete(p_namespace text, p_kind text, p_name text, p_tag text, p_if_match text, p_principal text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_asset asset := asset_lock(p_namespace, p_kind, p_name, p_if_match);
    v_old   bigint;
    v_row   bigint;
BEGIN
    DELETE FROM tag t WHERE t.asset_id = v_asset.id AND t.name = p_tag RETURNING t.version_id INTO v_old;
    IF v_old IS NULL THEN
        PERFORM hub_raise(404, 'tag_not_found', format('There is no tag %s of %s %s/%s.', left(p_tag, 128), p_kind,
                                                       p_namespace, p_name));
    END IF;
    INSERT INTO tag_event (asset_id, name, old_version_id, principal_id)
    VALUES (v_asset.id, p_tag, v_old, p_principal::bigint);
    v_row := asset_refresh(v_asset.id);
    PERFORM asset_event(v_asset, p_namespace, 'untagged', p_tag, p_principal);
    RETURN v_row;
END $$;

-- ---- beside an asset

CREATE FUNCTION tag_history(p_asset asset) RETURNS json LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RETURN json_build_object('items', (
        SELECT coalesce(json_agg(json_build_object('tag', e.name, 'from', o.version, 'to', w.version,
                                                   'at', time_text(e.at), 'by', p.display) ORDER BY e.id DESC), '[]')
        FROM (SELECT * FROM tag_event t WHERE t.asset_id = p_asset.id ORDER BY t.id DESC LIMIT 500) e
        JOIN principal p ON p.id = e.principal_id
        LEFT JOIN version o ON o.id = e.old_version_id LEFT JOIN version w ON w.id = e.new_version_id));
END $$;

CREATE FUNCTION asset_used_by(p_asset asset) RETURNS json LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RETURN json_build_object('items', (
        SELECT coalesce(json_agg(json_build_object(
            'kind', a.kind, 'namespace', n.name, 'name', a.name, 'version', u.version,
            'digest', digest_text(u.main_digest), 'created_at', time_text(u.created_at),
            'tasks', (SELECT json_agg(json_build_object(
                          'path', r.task_path, 'digest', digest_text(r.ref_digest),
                          'version', (SELECT t.version FROM version t
                                      WHERE t.main_digest = r.ref_digest AND t.asset_id = p_asset.id
                                      ORDER BY t.deleted_at IS NOT NULL, t.id DESC LIMIT 1)) ORDER BY r.task_path)
                      FROM version_ref r WHERE r.version_id = u.id AND r.ref_asset_id = p_asset.id))
            ORDER BY u.id DESC), '[]')
        FROM (SELECT v.* FROM version v
              WHERE v.deleted_at IS NULL AND v.asset_id <> p_asset.id
                AND v.id IN (SELECT r.version_id FROM version_ref r WHERE r.ref_asset_id = p_asset.id)
              ORDER BY v.id DESC LIMIT 500) u
        JOIN asset a ON a.id = u.asset_id JOIN namespace n ON n.id = a.namespace_id));
END $$;

-- ---- idempotency keys

CREATE FUNCTION idempotency_begin(p_principal text, p_namespace text, p_route text, p_key text, p_body bytea,
                                  OUT state text, OUT status integer, OUT answer text, OUT headers text,
                                  OUT claim bigint)
LANGUAGE plpgsql AS $$
DECLARE
    v_old idempotency;
BEGIN
    IF octet_length(coalesce(p_key, '')) NOT BETWEEN 1 AND 255 THEN
        PERFORM hub_raise(422, 'bad_key', 'An Idempotency-Key has 1 to 255 bytes.');
    END IF;
    state := 'new';
    claim := nextval('idempotency_claim');
    INSERT INTO idempotency AS i (principal_id, namespace, route, key, body_sha, claim, state, started_at, expires_at)
    VALUES (p_principal::bigint, p_namespace, p_route, p_key, p_body, claim, 'running', now(),
            now() + interval '24 hours')
    ON CONFLICT (principal_id, namespace, route, key) DO UPDATE
    SET body_sha = excluded.body_sha, claim = excluded.claim, state = 'running', status = NULL, answer = NULL,
        headers = NULL, started_at = excluded.started_at, expires_at = excluded.expires_at
    WHERE i.expires_at < now() OR (i.state = 'running' AND i.started_at < now() - interval '2 minutes');
    IF FOUND THEN
        RETURN;
    END IF;
    claim := NULL;
    SELECT i.* INTO v_old FROM idempotency i
    WHERE i.principal_id = p_principal::bigint AND i.namespace = p_namespace AND i.route = p_route AND i.key = p_key;
    IF v_old.body_sha <> p_body THEN
        state := 'mismatch';
    ELSIF v_old.state = 'done' THEN
        state := 'done';
        status := v_old.status;
        answer := v_old.answer;
        headers := v_old.headers;
    ELSE
        state := 'running'; -- also when it was dropped just now: asking again tells
    END IF;
END $$;
