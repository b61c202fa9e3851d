-- Jobs, their events, and documents. Names and texts are compared by their bytes (COLLATE "C"),
-- whatever the language of the database.

CREATE TABLE jobs (
  id text COLLATE "C" PRIMARY KEY,
  source text NOT NULL,
  output text NOT NULL,
  spec text NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  priority integer NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  labels text NOT NULL,
  not_before_unix_ms bigint NOT NULL,
  after_jobs text NOT NULL,
  traceparent text NOT NULL,
  callback text NOT NULL,
  -- Derived from the events, in the transaction that writes them.
  state text COLLATE "C" NOT NULL,
  attempts bigint NOT NULL,
  tries bigint NOT NULL,
  submitted_unix_ms bigint NOT NULL,
  last_cause text NOT NULL,
  changed_unix_ms bigint NOT NULL,
  due_unix_ms bigint NOT NULL,
  first_sequence bigint NOT NULL,
  last_sequence bigint NOT NULL
);
CREATE INDEX jobs_by_source ON jobs USING hash (source);
CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (tenant, idempotency_key)
  WHERE idempotency_key <> '';
-- Lists, newest first: within a state, and within a tenant and a state. The second one also counts.
CREATE INDEX jobs_by_state ON jobs (state, id);
CREATE INDEX jobs_by_tenant ON jobs (tenant, state, id) INCLUDE (queue);
-- Retention.
CREATE INDEX jobs_by_end ON jobs (changed_unix_ms)
  WHERE state IN ('succeeded', 'failed', 'cancelled');

-- No foreign key: the ledger writes events only of jobs that it has locked, and a key would cost
-- a look-up and a row lock for each event.
CREATE TABLE events (
  sequence bigint PRIMARY KEY,
  job_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  cause text NOT NULL,
  detail text NOT NULL,
  attempt bigint NOT NULL,
  at_unix_ms bigint NOT NULL
);
CREATE INDEX events_of_job ON events (job_id, sequence);
CREATE SEQUENCE event_sequence OWNED BY events.sequence;

CREATE TABLE documents (
  kind text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  body text NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (kind, key)
);

-- One row for each connection that writes: the number of its last batch, written with the batch.
-- Who does not know whether a commit went through closes the row and reads the number; a
-- transaction that is still on its way to a closed row fails.
CREATE TABLE writers (
  id text COLLATE "C" PRIMARY KEY,
  last_batch bigint NOT NULL,
  closed boolean NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE FUNCTION history_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'history is never edited';
  END IF;
  IF EXISTS (SELECT 1 FROM video_doc.jobs WHERE id = OLD.job_id) THEN
    RAISE EXCEPTION 'history goes only with its job';
  END IF;
  RETURN OLD;
END;
$$;
CREATE TRIGGER history_is_kept BEFORE UPDATE OR DELETE ON events
  FOR EACH ROW EXECUTE FUNCTION history_is_kept();
