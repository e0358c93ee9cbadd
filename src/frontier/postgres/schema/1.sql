-- The tables and functions of a frontier, format 1. Each call of a worker is one of the functions
-- below, so one trip and one transaction.
--
-- Times are microseconds since 1970, rounded up, so that no gate opens early; the views at the end
-- tell them as people read them. Whoever changes a host's line holds the lock of the host's row, and
-- whoever needs several takes them in the order of their numbers, so nobody waits in a circle.

CREATE TABLE host (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    next_at bigint NOT NULL,
    due_at bigint,
    held boolean NOT NULL DEFAULT false,
    fence bigint NOT NULL DEFAULT 0,
    pending integer NOT NULL DEFAULT 0,
    wait text NOT NULL DEFAULT 'pause',
    pause bigint NOT NULL DEFAULT 0,
    latency bigint,
    failing integer NOT NULL DEFAULT 0,
    failure text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX host_due ON host (due_at, id) WHERE due_at IS NOT NULL;

-- `state` is where an address stands and `turn` orders it there: 0 in its host's line (its place,
-- lower comes first), 1 put off (when it may be asked again), 2 ended (when). `hash` is that of its
-- identity. `ended_by` is the fence of the lease under which it ended, by which its record is known.
CREATE TABLE url (
    hash uuid PRIMARY KEY,
    host bigint NOT NULL,
    turn bigint NOT NULL,
    ended_by bigint,
    found_at bigint,
    attempts integer NOT NULL DEFAULT 0,
    status integer,
    state smallint NOT NULL DEFAULT 0,
    url text NOT NULL,
    asked text,
    way text,
    trail text,
    outcome text,
    reason text,
    etag text,
    last_modified text,
    validated text
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX url_line ON url (host, state, turn) WHERE state < 2;

-- What ended, by the host in whose line it stood: one row for all would have all workers queue.
CREATE TABLE tally (
    host bigint NOT NULL,
    outcome text NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (host, outcome)
) WITH (fillfactor = 70);

CREATE TABLE robots (
    origin text PRIMARY KEY,
    status integer NOT NULL,
    body bytea NOT NULL,
    fetched_at bigint NOT NULL,
    good_until bigint NOT NULL
);

CREATE TABLE note (name text PRIMARY KEY, value text NOT NULL);

-- Every lease has a number of its own, and a host's next lease has a higher one.
CREATE SEQUENCE fence;
-- One number is room for the places of all addresses that one call takes.
CREATE SEQUENCE place INCREMENT 100000;

-- Works out again when a host may be leased.
CREATE FUNCTION refresh(p_host bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_first bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM url WHERE host = p_host AND state = 0) THEN
        UPDATE host SET due_at = next_at WHERE id = p_host;
    ELSE
        SELECT min(turn) INTO v_first FROM url WHERE host = p_host AND state = 1;
        UPDATE host SET due_at = CASE WHEN v_first IS NULL THEN NULL ELSE greatest(next_at, v_first) END
        WHERE id = p_host;
    END IF;
END $$;

-- Makes hosts that are not there yet, always in the same order.
CREATE FUNCTION name_hosts(p_now bigint, p_names text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO host (name, next_at)
    SELECT DISTINCT n.name, p_now FROM unnest(p_names) AS n (name)
    WHERE n.name IS NOT NULL AND NOT EXISTS (SELECT 1 FROM host WHERE host.name = n.name)
    ORDER BY n.name
    ON CONFLICT (name) DO NOTHING
$$;

-- Locks hosts in the order of their numbers. A join, as a row that somebody changed meanwhile is
-- compared again: with the one name it was found by, not with all of them.
CREATE FUNCTION lock_hosts(p_names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM (SELECT DISTINCT unnest(p_names) AS name) AS n JOIN host ON host.name = n.name
    ORDER BY host.id FOR UPDATE OF host;
END $$;

-- Takes addresses in order; returns how many are new.
CREATE FUNCTION add(
    p_now bigint, p_hash uuid[], p_host text[], p_url text[], p_asked text[], p_way text[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_place bigint := nextval('place'); v_new bigint;
BEGIN
    PERFORM name_hosts(p_now, p_host);
    PERFORM lock_hosts(p_host);
    WITH given AS (
        SELECT t.*, host.id AS host_id
        FROM unnest(p_hash, p_host, p_url, p_asked, p_way) WITH ORDINALITY
            AS t (hash, name, url, asked, way, n)
        JOIN host ON host.name = t.name
    ), fresh AS (
        INSERT INTO url (hash, host, turn, url, asked, way)
        SELECT hash, host_id, v_place + n, url, asked, way FROM given ORDER BY hash, n
        ON CONFLICT (hash) DO NOTHING
        RETURNING host
    ), counts AS (
        SELECT host, count(*) AS n FROM fresh GROUP BY host
    ), told AS (
        UPDATE host SET failing = CASE WHEN pending = 0 THEN 0 ELSE failing END,
            pending = pending + counts.n, due_at = next_at
        FROM counts WHERE host.id = counts.host
    )
    SELECT coalesce(sum(counts.n), 0) INTO v_new FROM counts;
    RETURN v_new;
END $$;

-- Leases hosts that are due; one row a job. A lease that runs out leaves the host alone for its
-- pause more: its holder may have asked in the last moment.
CREATE FUNCTION lease(p_now bigint, p_hosts integer, p_jobs integer, p_until bigint)
RETURNS TABLE (
    o_name text, o_fence bigint, o_failing integer, o_failure text, o_latency bigint,
    o_url text, o_asked text, o_way text, o_attempts integer, o_trail text,
    o_etag text, o_last_modified text, o_validated text
) LANGUAGE plpgsql AS $$
DECLARE v_host record; v_fence bigint;
BEGIN
    FOR v_host IN
        SELECT id, name, failing, failure, latency, pause FROM host
        WHERE due_at <= p_now ORDER BY due_at, id LIMIT p_hosts FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE url SET state = 0, turn = nextval('place')
        WHERE host = v_host.id AND state = 1 AND turn <= p_now;
        v_fence := nextval('fence');
        RETURN QUERY
            SELECT v_host.name, v_fence, v_host.failing, v_host.failure, v_host.latency,
                url, asked, way, attempts, trail, etag, last_modified, validated
            FROM url WHERE host = v_host.id AND state = 0 ORDER BY turn LIMIT p_jobs;
        IF FOUND THEN
            UPDATE host SET held = true, fence = v_fence,
                next_at = p_until + v_host.pause, due_at = p_until + v_host.pause
            WHERE id = v_host.id;
        ELSE
            PERFORM refresh(v_host.id);
        END IF;
    END LOOP;
END $$;

-- Prolongs leases; returns which of them are still held, in order.
CREATE FUNCTION renew(p_names text[], p_fences bigint[], p_until bigint) RETURNS SETOF boolean
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_hosts(p_names);
    RETURN QUERY
    WITH given AS (SELECT * FROM unnest(p_names, p_fences) WITH ORDINALITY AS t (name, fence, n)),
    prolonged AS (
        UPDATE host SET next_at = p_until + pause, due_at = p_until + pause
        FROM given WHERE host.name = given.name AND host.held AND host.fence = given.fence
        RETURNING host.name
    )
    SELECT prolonged.name IS NOT NULL
    FROM given LEFT JOIN prolonged ON prolonged.name = given.name ORDER BY given.n;
END $$;

-- What became of the jobs of one lease; its host, and all hosts that jobs moved to, are locked.
CREATE FUNCTION settle_ends(p_now bigint, p_host bigint, p_fence bigint, p_ends jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE v_end record; v_to bigint;
BEGIN
    FOR v_end IN SELECT * FROM jsonb_to_recordset(p_ends) AS e (
        hash uuid, kind text, home text, at bigint, outcome text, status integer, reason text,
        etag text, last_modified text, validated text, destination text, trail text
    ) LOOP
        IF v_end.kind = 'done' THEN
            -- It goes back to its own host, where a revisit starts.
            UPDATE url SET state = 2, turn = p_now, ended_by = p_fence, found_at = p_now,
                host = coalesce((SELECT id FROM host WHERE name = v_end.home), host),
                outcome = v_end.outcome, status = v_end.status, reason = v_end.reason,
                etag = v_end.etag, last_modified = v_end.last_modified, validated = v_end.validated
            WHERE hash = v_end.hash AND host = p_host AND state < 2;
            IF FOUND THEN
                INSERT INTO tally VALUES (p_host, v_end.outcome, 1)
                ON CONFLICT (host, outcome) DO UPDATE SET count = tally.count + 1;
                UPDATE host SET pending = pending - 1 WHERE id = p_host;
            END IF;
        ELSIF v_end.kind = 'retry' THEN
            UPDATE url SET state = 1, turn = v_end.at, attempts = attempts + 1, found_at = p_now,
                outcome = v_end.outcome, status = v_end.status, reason = v_end.reason
            WHERE hash = v_end.hash AND host = p_host AND state < 2;
        ELSE
            SELECT id INTO STRICT v_to FROM host WHERE name = v_end.destination;
            UPDATE url SET host = v_to, state = 0, trail = v_end.trail, turn = (
                SELECT coalesce(min(turn), 0) - 1 FROM url WHERE host = v_to AND state = 0)
            WHERE hash = v_end.hash AND host = p_host AND state < 2;
            IF FOUND THEN
                UPDATE host SET pending = pending - 1 WHERE id = p_host;
                UPDATE host SET pending = pending + 1, due_at = next_at WHERE id = v_to;
            END IF;
        END IF;
    END LOOP;
END $$;

-- Gives one lease back; whether it was held. A settlement that was committed and whose reply got
-- lost is known by its marks, and is not done again.
CREATE FUNCTION settle_one(p_now bigint, p_lease jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v record; v_host bigint; v_file record;
BEGIN
    SELECT * INTO v FROM jsonb_to_record(p_lease) AS l (
        host text, fence bigint, next_at bigint, wait text, pause bigint, latency bigint,
        failed text, asked boolean, ends jsonb, robots jsonb);
    SELECT id INTO v_host FROM host WHERE name = v.host AND held AND fence = v.fence;
    IF NOT FOUND THEN
        RETURN EXISTS (SELECT 1 FROM host WHERE name = v.host AND fence = v.fence)
            OR EXISTS (SELECT 1 FROM jsonb_to_recordset(v.ends) AS e (hash uuid)
                       JOIN url ON url.hash = e.hash WHERE url.ended_by = v.fence);
    END IF;
    UPDATE host SET held = false, next_at = v.next_at, wait = v.wait, pause = v.pause,
        latency = coalesce(v.latency, latency),
        failing = CASE WHEN v.failed IS NOT NULL THEN failing + 1 WHEN v.asked THEN 0 ELSE failing END,
        failure = CASE WHEN v.failed IS NOT NULL THEN v.failed WHEN v.asked THEN NULL ELSE failure END
    WHERE id = v_host;
    PERFORM settle_ends(p_now, v_host, v.fence, v.ends);
    FOR v_file IN SELECT * FROM jsonb_to_recordset(v.robots) AS r (
        origin text, status integer, body text, fetched_at bigint, good_until bigint
    ) LOOP
        INSERT INTO robots VALUES (v_file.origin, v_file.status, decode(v_file.body, 'base64'),
            v_file.fetched_at, v_file.good_until)
        ON CONFLICT (origin) DO UPDATE SET status = excluded.status, body = excluded.body,
            fetched_at = excluded.fetched_at, good_until = excluded.good_until;
    END LOOP;
    PERFORM refresh(v_host);
    RETURN true;
END $$;

-- Gives leases back, all in one transaction; whether each was held, in order.
CREATE FUNCTION settle(p_now bigint, p_leases jsonb) RETURNS SETOF boolean LANGUAGE plpgsql AS $$
DECLARE v_names text[]; v_new text[]; v_lease jsonb;
BEGIN
    SELECT array_agg(e ->> 'destination') INTO v_new
    FROM jsonb_array_elements(p_leases) AS l, jsonb_array_elements(l -> 'ends') AS e
    WHERE e ->> 'destination' IS NOT NULL;
    IF v_new IS NOT NULL THEN
        PERFORM name_hosts(p_now, v_new);
    END IF;
    SELECT array_agg(l ->> 'host') || v_new INTO v_names FROM jsonb_array_elements(p_leases) AS l;
    PERFORM lock_hosts(v_names);
    FOR v_lease IN SELECT * FROM jsonb_array_elements(p_leases) LOOP
        RETURN NEXT settle_one(p_now, v_lease);
    END LOOP;
END $$;

-- Ends addresses whose records exist elsewhere, taken first if they are unknown; returns how many
-- ended by this.
CREATE FUNCTION close(
    p_now bigint, p_hash uuid[], p_host text[], p_url text[], p_asked text[], p_way text[],
    p_ends jsonb
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_end record; v_line bigint; v_closed bigint := 0;
BEGIN
    PERFORM add(p_now, p_hash, p_host, p_url, p_asked, p_way);
    PERFORM 1 FROM host WHERE id IN (SELECT host FROM url WHERE hash = ANY (p_hash))
    ORDER BY id FOR UPDATE;
    FOR v_end IN SELECT * FROM jsonb_to_recordset(p_ends) AS e (
        hash uuid, home text, outcome text, status integer, reason text,
        etag text, last_modified text, validated text
    ) LOOP
        SELECT host INTO v_line FROM url WHERE hash = v_end.hash AND state < 2;
        CONTINUE WHEN NOT FOUND;
        -- Validators that nobody tells stay.
        UPDATE url SET state = 2, turn = p_now, ended_by = NULL, found_at = p_now,
            host = coalesce((SELECT id FROM host WHERE name = v_end.home), host),
            outcome = v_end.outcome, status = v_end.status, reason = v_end.reason,
            etag = CASE WHEN v_end.etag IS NULL AND v_end.last_modified IS NULL
                THEN etag ELSE v_end.etag END,
            last_modified = CASE WHEN v_end.etag IS NULL AND v_end.last_modified IS NULL
                THEN last_modified ELSE v_end.last_modified END,
            validated = CASE WHEN v_end.etag IS NULL AND v_end.last_modified IS NULL
                THEN validated ELSE v_end.validated END
        WHERE hash = v_end.hash;
        INSERT INTO tally VALUES (v_line, v_end.outcome, 1)
        ON CONFLICT (host, outcome) DO UPDATE SET count = tally.count + 1;
        UPDATE host SET pending = pending - 1 WHERE id = v_line;
        PERFORM refresh(v_line);
        v_closed := v_closed + 1;
    END LOOP;
    RETURN v_closed;
END $$;

CREATE FUNCTION visit() RETURNS integer LANGUAGE sql AS $$
    SELECT coalesce((SELECT value::integer FROM note WHERE name = 'visit'), 1)
$$;

-- Starts another visit if the one under way is `p_from` (NULL: whichever it is); returns how many
-- addresses it is of, NULL if somebody started it before.
CREATE FUNCTION revisit(p_from integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_count bigint;
BEGIN
    LOCK TABLE host IN SHARE ROW EXCLUSIVE MODE;
    IF p_from IS NOT NULL AND visit() <> p_from THEN
        RETURN NULL;
    END IF;
    UPDATE url SET state = 0, turn = nextval('place'), attempts = 0, trail = NULL, ended_by = NULL
    WHERE state = 2;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    DELETE FROM tally;
    UPDATE host SET failing = 0, failure = NULL WHERE failing > 0 OR failure IS NOT NULL;
    UPDATE host SET pending = l.pending, due_at = CASE WHEN l.ready THEN next_at ELSE due_at END
    FROM (SELECT host, count(*) AS pending, bool_or(state = 0) AS ready
          FROM url WHERE state < 2 GROUP BY host) AS l
    WHERE host.id = l.host;
    INSERT INTO note VALUES ('visit', (visit() + 1)::text)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value;
    RETURN v_count;
END $$;

-- For people with a prompt: what waits, and for what.
CREATE VIEW waiting AS
SELECT name, pending, CASE WHEN held THEN 'leased' ELSE wait END AS wait,
    to_timestamp(due_at / 1e6) AS due_at, failing, failure
FROM host WHERE pending > 0 ORDER BY host.due_at;

-- For people with a prompt: what became of each address.
CREATE VIEW address AS
SELECT url.url, host.name AS host, CASE state WHEN 2 THEN 'ended' WHEN 1 THEN 'put off' ELSE 'in line' END
    AS state, outcome, status, reason, attempts, to_timestamp(found_at / 1e6) AS found_at, etag, last_modified
FROM url JOIN host ON host.id = url.host;
