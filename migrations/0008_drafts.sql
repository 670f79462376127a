-- Functions of drafts: pipeline documents as typed, every revision kept. The text is bytes of `blob`, and may be one
-- that does not parse.

-- For lists over all namespaces; draft_list has one namespace.
CREATE INDEX draft_updated ON draft (updated_at DESC, id DESC) WHERE deleted_at IS NULL;

CREATE FUNCTION draft_missing(p_id text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT format('404 draft_not_found There is no draft %s.', left(p_id, 64)) $$;

CREATE FUNCTION draft_json(d draft, p_document boolean) RETURNS json LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    v_json json;
    v_text text;
BEGIN
    SELECT json_build_object(
        'id', d.id, 'namespace', n.name, 'title', d.title,
        'asset', (SELECT json_build_object('namespace', an.name, 'name', a.name, 'version', v.version)
                  FROM version v JOIN asset a ON a.id = v.asset_id JOIN namespace an ON an.id = a.namespace_id
                  WHERE v.id = d.base_version_id),
        'revision', d.head_rev, 'created_at', time_text(d.created_at), 'updated_at', time_text(d.updated_at))
    INTO v_json FROM namespace n WHERE n.id = d.namespace_id;
    IF p_document THEN
        SELECT convert_from(b.data, 'UTF8') INTO v_text
        FROM draft_revision r JOIN blob b ON b.digest = r.digest WHERE r.draft_id = d.id AND r.rev = d.head_rev;
        RETURN left(v_json::text, -1) || ', "document" : ' || to_json(v_text)::text || '}'; -- before the last brace
    END IF;
    RETURN v_json;
END $$;

CREATE FUNCTION draft_lock(p_id text, p_if_match text) RETURNS draft LANGUAGE plpgsql AS $$
DECLARE
    v_draft draft;
BEGIN
    SELECT d.* INTO v_draft FROM draft d WHERE d.id = uuid_of(p_id) AND d.deleted_at IS NULL FOR NO KEY UPDATE;
    IF v_draft.id IS NULL THEN
        PERFORM hub_raise(404, 'draft_not_found', format('There is no draft %s.', left(p_id, 64)));
    ELSIF coalesce(nullif(p_if_match, ''), '-1') NOT IN ('-1', v_draft.row_version::text) THEN
        PERFORM hub_raise(412, 'stale', 'The draft has changed since it was read.',
                          'Read it again and repeat the change.');
    END IF;
    RETURN v_draft;
END $$;

-- A change of a draft: bumps its row_version and tells who listens. Returns the row_version.
CREATE FUNCTION draft_changed(p_draft uuid, p_verb text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_draft draft;
BEGIN
    UPDATE draft d SET row_version = d.row_version + 1, updated_at = now() WHERE d.id = p_draft
    RETURNING d.* INTO v_draft;
    PERFORM event_append(v_draft.namespace_id, 'drafts', json_build_object(
        'verb', p_verb, 'id', v_draft.id, 'title', v_draft.title, 'revision', v_draft.head_rev));
    RETURN v_draft.row_version;
END $$;

-- Puts a revision on top of the head.
CREATE FUNCTION draft_push(p_draft uuid, p_label text, p_document bytea, p_principal text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_head integer;
BEGIN
    IF octet_length(p_document) > 4 * 1024 * 1024 THEN
        PERFORM hub_raise(413, 'document_too_large', 'A draft has at most 4 MiB.');
    END IF;
    SELECT d.head_rev INTO v_head FROM draft d WHERE d.id = p_draft;
    IF v_head >= 10000 THEN
        PERFORM hub_raise(409, 'too_many_revisions', 'The draft has 10,000 revisions, which are the most.',
                          'Make a new draft of this document.');
    END IF;
    PERFORM blob_put(NULL, p_document);
    PERFORM blobs_hold(ARRAY[sha256(p_document)]);
    INSERT INTO draft_revision (draft_id, rev, parent_rev, author_id, digest, label)
    VALUES (p_draft, v_head + 1, nullif(v_head, 0), p_principal::bigint, sha256(p_document), coalesce(p_label, ''));
    UPDATE draft d SET head_rev = v_head + 1 WHERE d.id = p_draft;
END $$;

-- The version of a pipeline that "namespace/name[@version]" means.
CREATE FUNCTION draft_base(p_reference text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_parts text[] := regexp_match(p_reference, '^([^/@]+)/([^/@]+)(?:@([^/@]+))?$');
    v_asset asset;
    v_id    bigint;
BEGIN
    SELECT a.* INTO v_asset FROM asset a
    WHERE a.namespace_id = namespace_id(v_parts[1]) AND a.kind = 'pipeline' AND a.name = v_parts[2]
        AND a.deleted_at IS NULL;
    IF FOUND THEN
        v_id := version_in(v_asset, coalesce(v_parts[3], 'latest'));
    END IF;
    IF v_id IS NULL THEN
        PERFORM hub_raise(404, 'pipeline_not_found', format('There is no pipeline %s.', left(p_reference, 300)),
                          'Write it as namespace/name@version.');
    END IF;
    RETURN v_id;
END $$;

CREATE FUNCTION draft_create(p_id text, p_namespace text, p_title text, p_label text, p_document bytea, p_based_on text,
                             p_principal text, OUT json json, OUT row_version bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_id        uuid := uuid_of(p_id);
    v_namespace bigint := namespace_make(p_namespace);
    v_base      bigint;
BEGIN
    IF v_id IS NULL OR coalesce(p_title, '') = '' OR length(p_title) > 200 OR length(p_label) > 200 THEN
        PERFORM hub_raise(422, 'bad_title', 'A draft has a UUID and a title; title and label are at most 200 long.');
    ELSIF p_based_on <> '' THEN
        v_base := draft_base(p_based_on);
    END IF;
    INSERT INTO draft (id, namespace_id, owner_id, title, asset_id, base_version_id, row_version)
    VALUES (v_id, v_namespace, p_principal::bigint, p_title, (SELECT v.asset_id FROM version v WHERE v.id = v_base),
            v_base, 0)
    ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN
        PERFORM hub_raise(409, 'draft_exists', format('There is a draft %s already.', v_id));
    END IF;
    PERFORM draft_push(v_id, p_label, p_document, p_principal);
    row_version := draft_changed(v_id, 'created');
    PERFORM audit_append(p_principal, v_namespace, 'draft_created', v_id::text);
    SELECT draft_json(d, true) INTO json FROM draft d WHERE d.id = v_id;
END $$;

-- Not audited: an editor saves all the time, and every revision says who wrote it.
CREATE FUNCTION draft_put(p_id text, p_if_match text, p_title text, p_label text, p_document bytea, p_principal text,
                          OUT json json, OUT row_version bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_draft draft := draft_lock(p_id, p_if_match);
    v_title text := coalesce(nullif(p_title, ''), v_draft.title);
    v_head  draft_revision;
BEGIN
    row_version := v_draft.row_version;
    IF length(v_title) > 200 OR length(p_label) > 200 THEN
        PERFORM hub_raise(422, 'bad_title', 'Title and label are at most 200 long.');
    END IF;
    SELECT r.* INTO v_head FROM draft_revision r WHERE r.draft_id = v_draft.id AND r.rev = v_draft.head_rev;
    IF v_head.digest <> sha256(p_document) THEN
        PERFORM draft_push(v_draft.id, p_label, p_document, p_principal);
    ELSIF v_title = v_draft.title AND coalesce(p_label, '') IN ('', v_head.label) THEN
        json := draft_json(v_draft, true); -- nothing is new
        RETURN;
    ELSIF p_label <> '' THEN
        UPDATE draft_revision r SET label = p_label WHERE r.draft_id = v_draft.id AND r.rev = v_head.rev;
    END IF;
    UPDATE draft d SET title = v_title WHERE d.id = v_draft.id;
    row_version := draft_changed(v_draft.id, 'changed');
    SELECT draft_json(d, true) INTO json FROM draft d WHERE d.id = v_draft.id;
END $$;

CREATE FUNCTION draft_delete(p_id text, p_if_match text, p_principal text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_draft draft := draft_lock(p_id, p_if_match);
BEGIN
    UPDATE draft d SET deleted_at = now() WHERE d.id = v_draft.id;
    PERFORM draft_changed(v_draft.id, 'deleted');
    PERFORM audit_append(p_principal, v_draft.namespace_id, 'draft_deleted', v_draft.id::text);
    RETURN v_draft.id;
END $$;

-- One page, and one more when there is a next page. Planned for the filters at hand.
CREATE FUNCTION draft_hits(p_namespace bigint, p_limit integer, p_from timestamptz, p_after uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    RETURN ARRAY(
        SELECT d.id FROM draft d
        WHERE d.deleted_at IS NULL AND (p_namespace IS NULL OR d.namespace_id = p_namespace)
            AND (p_after IS NULL OR (d.updated_at, d.id) < (p_from, p_after))
        ORDER BY d.updated_at DESC, d.id DESC LIMIT p_limit + 1);
END $$;

CREATE FUNCTION draft_list(p_namespace text, p_limit text, p_cursor text) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_limit integer := page_limit(p_limit);
    v_after text[] := cursor_of(p_cursor, 'drafts', 'iu');
    v_ids   uuid[] := draft_hits(CASE WHEN p_namespace <> '' THEN coalesce(namespace_id(p_namespace), 0) END, v_limit,
                                 'epoch'::timestamptz + v_after[1]::bigint * interval '1 microsecond',
                                 v_after[2]::uuid);
BEGIN
    RETURN json_build_object(
        'items', (SELECT coalesce(json_agg(draft_json(d, false) ORDER BY i.n), '[]')
                  FROM unnest(v_ids[1:v_limit]) WITH ORDINALITY AS i(id, n) JOIN draft d ON d.id = i.id),
        'next_cursor', (SELECT cursor_text('drafts', (extract(epoch FROM d.updated_at) * 1000000)::bigint::text,
                                           d.id::text)
                        FROM draft d WHERE d.id = v_ids[v_limit] AND cardinality(v_ids) > v_limit));
END $$;

CREATE FUNCTION draft_revisions(p_draft uuid, p_limit text, p_cursor text) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_limit integer := page_limit(p_limit);
    v_after bigint := (cursor_of(p_cursor, 'revisions', 'i'))[1]::bigint;
    v_revs  integer[] := ARRAY(
        SELECT r.rev FROM draft_revision r
        WHERE r.draft_id = p_draft AND (v_after IS NULL OR r.rev < v_after) ORDER BY r.rev DESC LIMIT v_limit + 1);
BEGIN
    IF p_draft IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object(
        'items', (SELECT coalesce(json_agg(json_build_object(
                      'revision', r.rev, 'parent', r.parent_rev, 'label', r.label,
                      'created_at', time_text(r.created_at), 'created_by', p.display, 'size', b.size,
                      'digest', digest_text(r.digest)) ORDER BY r.rev DESC), '[]')
                  FROM draft_revision r JOIN principal p ON p.id = r.author_id JOIN blob b ON b.digest = r.digest
                  WHERE r.draft_id = p_draft AND r.rev = ANY (v_revs[1:v_limit])),
        'next_cursor', CASE WHEN cardinality(v_revs) > v_limit
                       THEN cursor_text('revisions', v_revs[v_limit]::text) END);
END $$;
