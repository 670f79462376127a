-- Functions of assets, continued: finding versions, publishing, tags, deleting, the blob store, idempotency keys.

-- ---- finding versions

-- One row: the id, or why there is none. A tombstone is found by number and by digest.
CREATE FUNCTION version_find(p_namespace text, p_kind text, p_name text, p_ref text, OUT id bigint, OUT error text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_asset asset;
BEGIN
    SELECT a.* INTO v_asset FROM asset a
    WHERE a.namespace_id = namespace_id(p_namespace) AND a.kind = p_kind AND a.name = p_name;
    IF v_asset.id IS NULL THEN
        error := asset_missing(p_namespace, p_kind, p_name);
        RETURN;
    END IF;
    id := version_in(v_asset, p_ref);
    IF id IS NULL THEN
        error := CASE WHEN v_asset.deleted_at IS NOT NULL THEN asset_missing(p_namespace, p_kind, p_name)
            ELSE format('404 version_not_found There is no version, tag or digest %s of %s %s/%s.',
                        left(p_ref, 128), p_kind, p_namespace, p_name) END;
    END IF;
END $$;

-- What a ref means in an asset: a number, a tag, "latest" or a digest, in this order.
CREATE FUNCTION version_in(p_asset asset, p_ref text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_id bigint;
BEGIN
    IF p_ref = 'latest' THEN
        RETURN p_asset.latest_version_id;
    END IF;
    SELECT v.id INTO v_id FROM version v WHERE v.asset_id = p_asset.id AND v.version = p_ref;
    IF v_id IS NULL THEN
        SELECT t.version_id INTO v_id FROM tag t WHERE t.asset_id = p_asset.id AND t.name = p_ref;
    END IF;
    IF v_id IS NULL THEN
        SELECT v.id INTO v_id FROM version v WHERE v.main_digest = digest_of(p_ref) AND v.asset_id = p_asset.id
        ORDER BY v.deleted_at IS NOT NULL, v.id DESC LIMIT 1;
    END IF;
    RETURN v_id;
END $$;

CREATE FUNCTION version_list(p_asset asset, p_limit text, p_cursor text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_limit integer := page_limit(p_limit);
    v_after text[] := cursor_of(p_cursor, 'versions', 'si');
    v_ids   bigint[];
BEGIN
    IF p_asset.id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(h.id ORDER BY h.order_key DESC, h.id DESC) INTO v_ids FROM (
        SELECT v.id, v.order_key FROM version v
        WHERE v.asset_id = p_asset.id
            AND (v_after IS NULL OR (v.order_key, v.id) < (v_after[1] COLLATE "C", v_after[2]::bigint))
        ORDER BY v.order_key DESC, v.id DESC LIMIT v_limit + 1) h;
    RETURN json_build_object(
        'items', (SELECT coalesce(json_agg(version_json_of(i.id) ORDER BY i.n), '[]')
                  FROM unnest(v_ids[1:v_limit]) WITH ORDINALITY AS i(id, n)),
        'next_cursor', (SELECT cursor_text('versions', v.order_key, v.id::text)
                        FROM version v WHERE v.id = v_ids[v_limit] AND cardinality(v_ids) > v_limit));
END $$;

CREATE FUNCTION resolve(p_keys text, p_namespace text)
RETURNS TABLE (key text, known boolean, data bytea, namespace text, kind text, name text, version text, digest text,
               deprecated text, format text, version_id bigint, deleted boolean) LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_parts text[];
    v_asset asset;
    v_id    bigint;
BEGIN
    IF json_typeof(p_keys::json) <> 'array' THEN
        PERFORM hub_raise(422, 'bad_keys', 'The keys to resolve must be a list of texts.');
    ELSIF json_array_length(p_keys::json) > 2000 THEN
        PERFORM hub_raise(413, 'too_many_keys', 'At most 2,000 references are resolved at once.');
    END IF;
    FOR key IN SELECT * FROM json_array_elements_text(p_keys::json) LOOP
        v_id := NULL;
        IF digest_of(key) IS NOT NULL THEN
            SELECT v.id INTO v_id FROM version v WHERE v.main_digest = digest_of(key)
            ORDER BY v.deleted_at IS NOT NULL, v.id DESC LIMIT 1;
        ELSE
            -- [namespace/]name[@ref]; no match leaves NULLs, and these find nothing
            v_parts := regexp_match(key, '^(?:([^/@]+)/)?([^/@]+)(?:@([^/@]+))?$');
            SELECT a.* INTO v_asset
            FROM unnest(CASE WHEN v_parts[1] IS NULL THEN ARRAY[p_namespace, 'default', 'starter']
                        ELSE v_parts[1:1] END) WITH ORDINALITY AS s(name, place)
            JOIN asset a ON a.namespace_id = namespace_id(s.name) AND a.kind IN ('component', 'pipeline')
                AND a.name = v_parts[2] AND a.deleted_at IS NULL
            ORDER BY s.place, a.kind LIMIT 1;
            IF FOUND THEN
                v_id := version_in(v_asset, coalesce(v_parts[3], 'latest'));
            END IF;
        END IF;
        known := v_id IS NOT NULL;
        SELECT b.data, n.name, a.kind, a.name, v.version, digest_text(v.main_digest), a.deprecated::text, v.format,
               v.id, v.deleted_at IS NOT NULL
        INTO data, namespace, kind, name, version, digest, deprecated, format, version_id, deleted
        FROM version v JOIN asset a ON a.id = v.asset_id JOIN namespace n ON n.id = a.namespace_id
        JOIN blob b ON b.digest = v.main_digest
        WHERE v.id = v_id;
        RETURN NEXT;
    END LOOP;
END $$;

-- ---- blobs

CREATE FUNCTION blob_put(p_digest bytea, p_data bytea) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_new boolean;
BEGIN
    IF p_digest IS NOT NULL AND p_digest <> sha256(p_data) THEN
        PERFORM hub_raise(422, 'digest_mismatch', 'The bytes do not have the digest that was given.');
    END IF;
    INSERT INTO blob AS b (digest, size, data) VALUES (sha256(p_data), octet_length(p_data), p_data)
    ON CONFLICT (digest) DO UPDATE SET stored_at = now() WHERE b.stored_at < now() - interval '1 minute'
    RETURNING xmax = 0 INTO v_new; -- xmax is set when an older row was there
    RETURN coalesce(v_new, false);
END $$;

CREATE FUNCTION blob_put_many(p_sizes text, p_data bytea) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_new  bigint := 0;
    v_from integer := 1;
    v_size integer;
BEGIN
    IF (SELECT coalesce(sum(s.value::bigint), 0) <> octet_length(p_data) OR min(s.value::bigint) < 0
        FROM json_array_elements_text(p_sizes::json) s) THEN
        PERFORM hub_raise(422, 'bad_sizes', 'The sizes do not add up to the bytes that were sent.');
    END IF;
    FOR v_size IN SELECT s.value::integer FROM json_array_elements_text(p_sizes::json) s LOOP
        v_new := v_new + blob_put(NULL, substring(p_data FROM v_from FOR v_size))::integer;
        v_from := v_from + v_size;
    END LOOP;
    RETURN v_new;
END $$;

CREATE FUNCTION blob_sweep(p_hours double precision, p_limit integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_gone bigint;
BEGIN
    -- a publish holds its blobs FOR KEY SHARE: these are skipped
    DELETE FROM blob WHERE digest IN (
        SELECT b.digest FROM blob b
        WHERE b.stored_at < now() - p_hours * interval '1 hour'
            AND NOT EXISTS (SELECT FROM version v WHERE v.main_digest = b.digest)
            AND NOT EXISTS (SELECT FROM version v WHERE v.package_digest = b.digest)
            AND NOT EXISTS (SELECT FROM version_file f WHERE f.digest = b.digest)
            AND NOT EXISTS (SELECT FROM draft_revision d WHERE d.digest = b.digest)
            AND NOT EXISTS (SELECT FROM run r WHERE r.document_digest = b.digest)
            AND NOT EXISTS (SELECT FROM run r WHERE r.manifest_digest = b.digest)
            AND NOT EXISTS (SELECT FROM artifact x WHERE x.blob = b.digest)
        LIMIT p_limit FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    RETURN v_gone;
END $$;

-- ---- changing assets

-- The asset, locked, or CH404; CH412 when if_match is neither -1 (or empty) nor its row_version.
CREATE FUNCTION asset_lock(p_namespace text, p_kind text, p_name text, p_if_match text) RETURNS asset
LANGUAGE plpgsql AS $$
DECLARE
    v_asset asset;
BEGIN
    SELECT a.* INTO v_asset FROM asset a
    WHERE a.namespace_id = namespace_id(p_namespace) AND a.kind = p_kind AND a.name = p_name AND a.deleted_at IS NULL
    FOR NO KEY UPDATE;
    IF v_asset.id IS NULL THEN
        PERFORM hub_raise(404, 'asset_not_found', format('There is no %s %s/%s.', p_kind, p_namespace, p_name));
    ELSIF coalesce(nullif(p_if_match, ''), '-1') NOT IN ('-1', v_asset.row_version::text) THEN
        PERFORM hub_raise(412, 'stale', 'The asset has changed since it was read.',
                          'Read it again and repeat the change.');
    END IF;
    RETURN v_asset;
END $$;

-- Brings what is derived up to date: latest version, row_version, search row. Returns the row_version.
CREATE FUNCTION asset_refresh(p_asset bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_row bigint;
BEGIN
    UPDATE asset a
    SET row_version = a.row_version + 1, updated_at = now(),
        latest_version_id = (SELECT v.id FROM version v WHERE v.asset_id = a.id AND v.deleted_at IS NULL
                             ORDER BY v.prerelease, v.order_key DESC, v.id DESC LIMIT 1)
    WHERE a.id = p_asset RETURNING a.row_version INTO v_row;
    PERFORM search_put(p_asset);
    RETURN v_row;
END $$;

-- Counts afresh who uses these assets.
CREATE FUNCTION used_refresh(p_assets bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- locked first, so that each of two publishers at once counts the other's; in one order, so that no ring of waiting
    PERFORM FROM asset a WHERE a.id = ANY (p_assets) ORDER BY a.id FOR NO KEY UPDATE;
    WITH counted AS (
        SELECT a.id, (SELECT count(DISTINCT v.asset_id) FROM version_ref r JOIN version v ON v.id = r.version_id
                      WHERE r.ref_asset_id = a.id AND v.asset_id <> a.id AND v.deleted_at IS NULL) AS n
        FROM asset a WHERE a.id = ANY (p_assets)),
    changed AS (
        UPDATE asset a SET used_by = c.n, row_version = a.row_version + 1
        FROM counted c WHERE a.id = c.id AND a.used_by <> c.n RETURNING a.id, a.used_by, search_score(a) AS score)
    UPDATE asset_search s SET used = c.used_by, score = c.score FROM changed c WHERE s.asset_id = c.id;
END $$;

CREATE FUNCTION asset_event(p_asset asset, p_namespace text, p_verb text, p_version text, p_principal text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM event_append(p_asset.namespace_id, 'assets', json_build_object(
        'verb', p_verb, 'namespace', p_namespace, 'kind', p_asset.kind, 'name', p_asset.name, 'version', p_version));
    PERFORM audit_append(p_principal, p_asset.namespace_id, p_verb, concat(
        p_asset.kind, ' ', p_namespace, '/', p_asset.name, '@' || p_version));
END $$;

CREATE FUNCTION asset_patch(p_namespace text, p_kind text, p_name text, p_if_match text, p_patch text,
                            p_principal text, OUT json json, OUT row_version bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_asset asset := asset_lock(p_namespace, p_kind, p_name, p_if_match);
    v_patch jsonb := p_patch::jsonb;
    v_bad   text;
    c_values CONSTANT jsonpath := 'strict $.* ? (@.type() != "string" && @.type() != "null")'; -- what may not be there
BEGIN
    SELECT string_agg(x.key, ', ') INTO v_bad
    FROM jsonb_each(CASE jsonb_typeof(v_patch) WHEN 'object' THEN v_patch ELSE '{"body": 0}' END) x
    WHERE CASE concat(x.key, ' ', jsonb_typeof(x.value))
        WHEN 'title string' THEN x.value = '""'
        WHEN 'description string' THEN false
        WHEN 'provider string' THEN false
        WHEN 'featured boolean' THEN false
        WHEN 'approved boolean' THEN false
        WHEN 'deprecated null' THEN false
        WHEN 'keywords array' THEN jsonb_path_exists(x.value, 'strict $[*] ? (@.type() != "string")')
        WHEN 'labels object' THEN jsonb_path_exists(x.value, c_values)
        WHEN 'deprecated object' THEN jsonb_path_exists(x.value, c_values)
        ELSE true END;
    IF v_bad IS NOT NULL THEN
        PERFORM hub_raise(422, 'bad_patch', format('Cannot be set, or not to that: %s.', left(v_bad, 200)));
    END IF;
    UPDATE asset a SET
        title = coalesce(v_patch ->> 'title', a.title),
        description = coalesce(v_patch ->> 'description', a.description),
        provider = coalesce(v_patch ->> 'provider', a.provider),
        labels = jsonb_strip_nulls(a.labels || coalesce(v_patch -> 'labels', '{}')),
        keywords = CASE WHEN v_patch ? 'keywords'
                   THEN ARRAY(SELECT jsonb_array_elements_text(v_patch -> 'keywords')) ELSE a.keywords END,
        featured = coalesce((v_patch ->> 'featured')::boolean, a.featured),
        approved = coalesce((v_patch ->> 'approved')::boolean, a.approved),
        deprecated = CASE WHEN NOT v_patch ? 'deprecated' THEN a.deprecated
            WHEN jsonb_typeof(v_patch -> 'deprecated') = 'object' THEN jsonb_build_object(
                'reason', v_patch -> 'deprecated' ->> 'reason',
                'successor', v_patch -> 'deprecated' ->> 'successor') END
    WHERE a.id = v_asset.id;
    row_version := asset_refresh(v_asset.id);
    PERFORM asset_event(v_asset, p_namespace, 'changed', NULL, p_principal);
    SELECT asset_json(a) INTO json FROM asset a WHERE a.id = v_asset.id;
END $$;

-- Removes the tags of these versions and notes it.
CREATE FUNCTION tags_drop(p_versions bigint[], p_principal text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH gone AS (DELETE FROM tag t WHERE t.version_id = ANY (p_versions) RETURNING t.asset_id, t.name, t.version_id)
    INSERT INTO tag_event (asset_id, name, old_version_id, principal_id)
    SELECT g.asset_id, g.name, g.version_id, p_principal::bigint FROM gone g ORDER BY g.name;
END $$;

CREATE FUNCTION version_bury(p_versions bigint[], p_principal text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE version SET deleted_at = now() WHERE id = ANY (p_versions);
    PERFORM tags_drop(p_versions, p_principal);
    PERFORM used_refresh(ARRAY(SELECT DISTINCT r.ref_asset_id FROM version_ref r
                               WHERE r.version_id = ANY (p_versions) AND r.ref_asset_id IS NOT NULL));
END $$;

CREATE FUNCTION asset_delete(p_namespace text, p_kind text, p_name text, p_if_match text, p_principal text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_asset    asset := asset_lock(p_namespace, p_kind, p_name, p_if_match);
    v_versions bigint[] := ARRAY(SELECT v.id FROM version v WHERE v.asset_id = v_asset.id AND v.deleted_at IS NULL);
BEGIN
    PERFORM version_bury(v_versions, p_principal);
    UPDATE asset SET deleted_at = now() WHERE id = v_asset.id;
    PERFORM asset_refresh(v_asset.id);
    PERFORM asset_event(v_asset, p_namespace, 'deleted', NULL, p_principal);
    RETURN cardinality(v_versions);
END $$;

CREATE FUNCTION version_delete(p_namespace text, p_kind text, p_name text, p_version text, p_if_match text,
                               p_principal text, OUT json json, OUT row_version bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_asset asset := asset_lock(p_namespace, p_kind, p_name, p_if_match);
    v_old   version;
BEGIN
    SELECT v.* INTO v_old FROM version v WHERE v.asset_id = v_asset.id AND v.version = p_version;
    IF v_old.id IS NULL THEN
        PERFORM hub_raise(404, 'version_not_found', format('There is no version %s of %s %s/%s.', left(p_version, 128),
                                                           p_kind, p_namespace, p_name));
    END IF;
    row_version := v_asset.row_version;
    IF v_old.deleted_at IS NULL THEN
        PERFORM version_bury(ARRAY[v_old.id], p_principal);
        row_version := asset_refresh(v_asset.id);
        PERFORM asset_event(v_asset, p_namespace, 'version_deleted', p_version, p_principal);
    END IF;
    json := version_json_of(v_old.id);
END $$;
