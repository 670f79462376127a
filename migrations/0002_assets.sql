-- Functions of assets. They check what must hold whoever calls; friendlier checks of input are made before.
-- A caller sees SQLSTATE CHnnn as HTTP status nnn with MESSAGE as the code, DETAIL as the sentence, HINT as the hint.

-- ---- common: errors, times, digests, cursors

CREATE FUNCTION hub_raise(p_status integer, p_code text, p_sentence text, p_hint text DEFAULT '') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'CH' || p_status, MESSAGE = p_code, DETAIL = p_sentence, HINT = p_hint;
END $$;

CREATE FUNCTION time_text(t timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

CREATE FUNCTION digest_text(d bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 'sha256:' || encode(d, 'hex') $$;

-- NULL for anything that is not a digest.
CREATE FUNCTION digest_of(t text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN t ~ '^(sha256:)?[0-9a-fA-F]{64}$' THEN decode(right(t, 64), 'hex') END $$;

CREATE FUNCTION uuid_of(t text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN t ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' THEN t::uuid END $$;

CREATE FUNCTION is_semver(t text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT t ~ '^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$' $$;

-- A cursor is base64url of a JSON array of texts: the sort it belongs to, then the keys of the last row handed out.
CREATE FUNCTION cursor_text(VARIADIC keys text[]) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT translate(encode(convert_to(to_json(keys)::text, 'UTF8'), 'base64'), E'+/=\n', '-_') $$;

-- p_form has a letter for each key: i integer, r decimal number, u UUID, s any text. NULL for no cursor.
CREATE FUNCTION cursor_of(p_text text, p_sort text, p_form text) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_keys text[];
BEGIN
    IF coalesce(p_text, '') = '' THEN
        RETURN NULL;
    END IF;
    BEGIN
        SELECT array_agg(x.value ORDER BY x.n) INTO v_keys
        FROM json_array_elements_text(convert_from(decode(
            translate(p_text, '-_', '+/') || repeat('=', (4 - length(p_text) % 4) % 4), 'base64'), 'UTF8')::json)
            WITH ORDINALITY AS x(value, n);
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        v_keys := NULL;
    END;
    IF v_keys IS NULL OR cardinality(v_keys) <> length(p_form) + 1 OR v_keys[1] IS DISTINCT FROM p_sort OR EXISTS (
        SELECT FROM unnest(v_keys[2:]) WITH ORDINALITY AS k(value, n)
        WHERE k.value IS NULL OR k.value !~ CASE substr(p_form, k.n::int, 1)
            WHEN 'i' THEN '^-?[0-9]{1,18}$'
            WHEN 'r' THEN '^-?[0-9]{1,9}(\.[0-9]{1,9})?$'
            WHEN 'u' THEN '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
            ELSE '' END)
    THEN
        PERFORM hub_raise(422, 'bad_cursor', 'The cursor is not one that this list gave out.',
                          'Start from the first page.');
    END IF;
    RETURN v_keys[2:];
END $$;

CREATE FUNCTION page_limit(p_limit text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT least(greatest(coalesce(nullif(p_limit, '')::integer, 50), 1), 200) $$;

-- ---- common: what every change leaves behind

CREATE FUNCTION event_id(p_xid xid8, p_id bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_xid::text || '.' || p_id $$;

CREATE FUNCTION event_xid(t text) RETURNS xid8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN t ~ '^[0-9]{1,18}\.[0-9]{1,18}$|^[0-9]{1,18}\.9223372036854775807$'
             THEN split_part(t, '.', 1) ELSE '0' END::xid8 $$;

CREATE FUNCTION event_no(t text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN t ~ '^[0-9]{1,18}\.[0-9]{1,18}$|^[0-9]{1,18}\.9223372036854775807$'
             THEN split_part(t, '.', 2) ELSE '0' END::bigint $$;

CREATE FUNCTION event_append(p_namespace bigint, p_topic text, p_payload json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event (namespace_id, topic, payload) VALUES (p_namespace, p_topic, p_payload);
    PERFORM pg_notify('hub_event', p_topic);
END $$;

CREATE FUNCTION audit_append(p_principal text, p_namespace bigint, p_verb text, p_object text,
                             p_detail json DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit (principal_id, namespace_id, verb, object, detail)
    VALUES (p_principal::bigint, p_namespace, p_verb, p_object, p_detail);
END $$;

CREATE FUNCTION namespace_id(p_name text) RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (SELECT n.id FROM namespace n WHERE n.name = p_name);
END $$;

-- Its id; made when it is not there.
CREATE FUNCTION namespace_make(p_name text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := namespace_id(p_name);
BEGIN
    IF v_id IS NOT NULL THEN
        RETURN v_id;
    END IF;
    IF coalesce(p_name, '') !~ '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' THEN
        PERFORM hub_raise(422, 'bad_namespace', 'A namespace is at most 63 of a-z, 0-9 and -, no - at its ends.');
    END IF;
    INSERT INTO namespace (name) VALUES (p_name) ON CONFLICT DO NOTHING;
    -- read afresh: when another transaction made it just now, only a new snapshot sees it
    SELECT n.id INTO v_id FROM namespace n WHERE n.name = p_name;
    RETURN v_id;
END $$;

-- ---- shapes (DESIGN §7)

-- The value of a column `error` of a read.
CREATE FUNCTION asset_missing(p_namespace text, p_kind text, p_name text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT format('404 asset_not_found There is no %s %s/%s.', p_kind, p_namespace, p_name) $$;

CREATE FUNCTION version_json(v version, p_namespace text, p_kind text, p_name text, p_by text) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_build_object(
        'kind', p_kind, 'namespace', p_namespace, 'name', p_name, 'version', (v).version,
        'digest', digest_text((v).main_digest), 'format', (v).format, 'size', (v).size,
        'created_at', time_text((v).created_at), 'created_by', p_by, 'deleted_at', time_text((v).deleted_at),
        'prerelease', (v).prerelease, 'main_path', (v).main_path, 'interface', (v).interface, 'facts', (v).facts)
$$;

-- The same for callers that have only the id.
CREATE FUNCTION version_json_of(p_version bigint) RETURNS json LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT version_json(v, n.name, a.kind, a.name, p.display)
        FROM version v JOIN asset a ON a.id = v.asset_id JOIN namespace n ON n.id = a.namespace_id
        JOIN principal p ON p.id = v.created_by
        WHERE v.id = p_version);
END $$;

CREATE FUNCTION asset_json(a asset) RETURNS json LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'kind', a.kind, 'namespace', n.name, 'name', a.name, 'title', a.title, 'description', a.description,
            'provider', a.provider, 'labels', a.labels, 'keywords', a.keywords, 'featured', a.featured,
            'approved', a.approved, 'deprecated', a.deprecated,
            'tags', (SELECT coalesce(json_object_agg(t.name, tv.version ORDER BY t.name), '{}')
                     FROM tag t JOIN version tv ON tv.id = t.version_id WHERE t.asset_id = a.id),
            'versions', (SELECT count(*) FROM version c WHERE c.asset_id = a.id AND c.deleted_at IS NULL),
            'used_by', a.used_by, 'created_at', time_text(a.created_at), 'updated_at', time_text(a.updated_at),
            'latest', (SELECT version_json(v, n.name, a.kind, a.name, p.display)
                       FROM version v JOIN principal p ON p.id = v.created_by WHERE v.id = a.latest_version_id))
        FROM namespace n WHERE n.id = a.namespace_id);
END $$;

-- ---- search

-- Words as search sees them, each once: split at white space and ASCII punctuation, lower case, at most 64 characters.
-- Used for what is indexed and for what is asked, so that both agree whatever the database's locale.
CREATE FUNCTION search_words(p_text text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(DISTINCT left(w, 64)), '{}')
        FROM regexp_split_to_table(lower(left(p_text, 100000)), '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\s]+') w
        WHERE w <> '');
END $$;

-- Every word by prefix. NULL for no words. The words hold no quote and no backslash, see above.
CREATE FUNCTION search_query(p_text text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (SELECT string_agg('''' || w || ''':*', ' & ')::tsquery
            FROM unnest((search_words(left(p_text, 256)))[1:16]) w);
END $$;

CREATE FUNCTION search_score(a asset) RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round((ln(1 + (a).used_by) + CASE WHEN (a).featured THEN 2 ELSE 0 END
                  + CASE WHEN (a).approved THEN 1 ELSE 0 END
                  - CASE WHEN (a).deprecated IS NULL THEN 0 ELSE 3 END)::numeric, 3)::real
$$;

-- Makes the search row of an asset agree with it.
CREATE FUNCTION search_put(p_asset bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM asset_search s USING asset a WHERE s.asset_id = p_asset AND a.id = p_asset AND a.deleted_at IS NOT NULL;
    INSERT INTO asset_search AS s (asset_id, namespace, kind, name, provider, keywords, labels, featured, used, score,
                                   updated_at, words)
    SELECT a.id, n.name, a.kind, a.name, a.provider, a.keywords, a.labels, a.featured, a.used_by, search_score(a),
           a.updated_at,
           array_to_tsvector(search_words(concat_ws(' ', a.name, a.title, a.description, a.provider,
                                                    array_to_string(a.keywords, ' '), v.search_text)))
    FROM asset a JOIN namespace n ON n.id = a.namespace_id LEFT JOIN version v ON v.id = a.latest_version_id
    WHERE a.id = p_asset AND a.deleted_at IS NULL
    ON CONFLICT (asset_id) DO UPDATE
    SET provider = excluded.provider, keywords = excluded.keywords, labels = excluded.labels,
        featured = excluded.featured, used = excluded.used, score = excluded.score, updated_at = excluded.updated_at,
        words = excluded.words;
END $$;

CREATE FUNCTION search_reindex() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM asset_search;
    PERFORM search_put(a.id) FROM asset a WHERE a.deleted_at IS NULL;
    RETURN (SELECT count(*) FROM asset_search);
END $$;

-- The filters of a search; NULL = not asked. The planner pulls it into the caller's statement.
CREATE FUNCTION asset_match(p_kind text, p_namespace text, p_query tsquery, p_tag text, p_provider text,
                            p_label_key text, p_label jsonb, p_featured boolean) RETURNS SETOF asset_search
LANGUAGE sql STABLE AS $$
    SELECT * FROM asset_search s
    WHERE (p_kind IS NULL OR s.kind = p_kind) AND (p_namespace IS NULL OR s.namespace = p_namespace)
        AND (p_query IS NULL OR s.words @@ p_query) AND (p_tag IS NULL OR s.keywords @> ARRAY[p_tag])
        AND (p_provider IS NULL OR s.provider = p_provider) AND (p_label_key IS NULL OR s.labels ? p_label_key)
        AND (p_label IS NULL OR s.labels @> p_label) AND (p_featured IS NULL OR s.featured = p_featured)
$$;

-- One page of hits, and one id more when there is a next page; facets when asked. Plans are made for the very words:
-- a common word is best read in the order of the score, a rare one from the word index.
CREATE FUNCTION asset_hits(p_kind text, p_namespace text, p_q text, p_tag text, p_provider text, p_label text,
                           p_featured boolean, p_sort text, p_limit integer, p_cursor text, p_facets boolean,
                           OUT ids bigint[], OUT facets json)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_query     tsquery := search_query(p_q);
    v_name      text := trim(BOTH '-' FROM regexp_replace(lower(left(p_q, 256)), '[^a-z0-9]+', '-', 'g'));
    v_label_key text := CASE WHEN strpos(p_label, '=') = 0 THEN p_label END;
    v_label     jsonb := CASE WHEN strpos(p_label, '=') > 0
                         THEN jsonb_build_object(split_part(p_label, '=', 1),
                                                 substr(p_label, strpos(p_label, '=') + 1)) END;
    v_after     text[] := cursor_of(p_cursor, p_sort, CASE p_sort WHEN 'relevance' THEN 'iri' WHEN 'name' THEN 'si'
                                                               ELSE 'ii' END);
    v_from      timestamptz;
BEGIN
    IF p_sort = 'relevance' THEN
        SELECT array_agg(h.asset_id ORDER BY h.best DESC, h.score DESC, h.asset_id DESC) INTO ids FROM (
            (SELECT 1 AS best, s.score, s.asset_id
             FROM asset_match(p_kind, p_namespace, v_query, p_tag, p_provider, v_label_key, v_label, p_featured) s
             WHERE v_query IS NOT NULL AND s.name = v_name AND (v_after IS NULL OR (v_after[1] = '1'
                 AND (s.score, s.asset_id) < (v_after[2]::real, v_after[3]::bigint)))
             ORDER BY s.score DESC, s.asset_id DESC LIMIT p_limit + 1)
            UNION ALL
            (SELECT 0, s.score, s.asset_id
             FROM asset_match(p_kind, p_namespace, v_query, p_tag, p_provider, v_label_key, v_label, p_featured) s
             WHERE (v_query IS NULL OR s.name <> v_name) AND (v_after IS NULL OR v_after[1] = '1'
                 OR (s.score, s.asset_id) < (v_after[2]::real, v_after[3]::bigint))
             ORDER BY s.score DESC, s.asset_id DESC LIMIT p_limit + 1)
            ORDER BY best DESC, score DESC, asset_id DESC LIMIT p_limit + 1) h;
    ELSIF p_sort = 'updated' THEN
        v_from := 'epoch'::timestamptz + v_after[1]::bigint * interval '1 microsecond';
        SELECT array_agg(h.asset_id ORDER BY h.updated_at DESC, h.asset_id DESC) INTO ids FROM (
            SELECT s.updated_at, s.asset_id
            FROM asset_match(p_kind, p_namespace, v_query, p_tag, p_provider, v_label_key, v_label, p_featured) s
            WHERE v_after IS NULL OR (s.updated_at, s.asset_id) < (v_from, v_after[2]::bigint)
            ORDER BY s.updated_at DESC, s.asset_id DESC LIMIT p_limit + 1) h;
    ELSIF p_sort = 'name' THEN
        SELECT array_agg(h.asset_id ORDER BY h.name, h.asset_id) INTO ids FROM (
            SELECT s.name, s.asset_id
            FROM asset_match(p_kind, p_namespace, v_query, p_tag, p_provider, v_label_key, v_label, p_featured) s
            WHERE v_after IS NULL OR (s.name, s.asset_id) > (v_after[1] COLLATE "C", v_after[2]::bigint)
            ORDER BY s.name, s.asset_id LIMIT p_limit + 1) h;
    ELSE
        SELECT array_agg(h.asset_id ORDER BY h.used DESC, h.asset_id DESC) INTO ids FROM (
            SELECT s.used, s.asset_id
            FROM asset_match(p_kind, p_namespace, v_query, p_tag, p_provider, v_label_key, v_label, p_featured) s
            WHERE v_after IS NULL OR (s.used, s.asset_id) < (v_after[1]::bigint, v_after[2]::bigint)
            ORDER BY s.used DESC, s.asset_id DESC LIMIT p_limit + 1) h;
    END IF;
    IF NOT p_facets THEN
        RETURN;
    END IF;
    WITH hit AS MATERIALIZED (
        SELECT s.kind, s.namespace, s.provider, s.keywords
        FROM asset_match(p_kind, p_namespace, v_query, p_tag, p_provider, v_label_key, v_label, p_featured) s
        ORDER BY s.score DESC, s.asset_id DESC LIMIT 1000),
    one AS (SELECT 'kind' AS facet, kind AS value FROM hit UNION ALL SELECT 'namespace', namespace FROM hit
            UNION ALL SELECT 'provider', provider FROM hit WHERE provider <> ''
            UNION ALL SELECT 'tag', k FROM hit, unnest(keywords) k),
    counted AS (SELECT facet, value, count(*) AS n,
                       row_number() OVER (PARTITION BY facet ORDER BY count(*) DESC, value) AS place
                FROM one GROUP BY facet, value)
    SELECT json_object_agg(f.facet, (SELECT coalesce(json_object_agg(c.value, c.n ORDER BY c.place), '{}')
                                     FROM counted c WHERE c.facet = f.facet AND c.place <= 50))
    INTO facets FROM unnest(ARRAY['kind', 'namespace', 'tag', 'provider']) AS f(facet);
END $$;

CREATE FUNCTION asset_list(p_kind text, p_namespace text, p_q text, p_tag text, p_provider text, p_label text,
                           p_featured text, p_sort text, p_limit text, p_cursor text, p_facets text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_sort   text := coalesce(nullif(p_sort, ''), 'relevance');
    v_limit  integer := page_limit(p_limit);
    v_ids    bigint[];
    v_facets json;
    v_next   text;
    v_items  json;
BEGIN
    IF v_sort NOT IN ('relevance', 'updated', 'name', 'used') THEN
        PERFORM hub_raise(422, 'bad_sort', 'Lists are sorted by relevance, updated, name or used.');
    END IF;
    SELECT h.ids, h.facets INTO v_ids, v_facets
    FROM asset_hits(nullif(p_kind, ''), nullif(p_namespace, ''), coalesce(p_q, ''), nullif(p_tag, ''),
                    nullif(p_provider, ''), nullif(p_label, ''), nullif(p_featured, '')::boolean, v_sort, v_limit,
                    p_cursor, coalesce(p_facets = 'true', false)) h;
    IF cardinality(v_ids) > v_limit THEN
        SELECT CASE v_sort
            WHEN 'relevance' THEN cursor_text(v_sort,
                -- whether this one came as an exact name
                CASE WHEN s.name = trim(BOTH '-' FROM regexp_replace(lower(left(p_q, 256)), '[^a-z0-9]+', '-', 'g'))
                     THEN '1' ELSE '0' END, s.score::text, s.asset_id::text)
            WHEN 'updated' THEN cursor_text(v_sort, (extract(epoch FROM s.updated_at) * 1000000)::bigint::text,
                                            s.asset_id::text)
            WHEN 'name' THEN cursor_text(v_sort, s.name, s.asset_id::text)
            ELSE cursor_text(v_sort, s.used::text, s.asset_id::text) END
        INTO v_next FROM asset_search s WHERE s.asset_id = v_ids[v_limit];
    END IF;
    SELECT json_agg(asset_json(a) ORDER BY h.n) INTO v_items
    FROM unnest(v_ids[1:v_limit]) WITH ORDINALITY AS h(id, n) JOIN asset a ON a.id = h.id;
    RETURN json_build_object('items', coalesce(v_items, '[]'), 'next_cursor', v_next, 'facets', v_facets);
END $$;
