-- The events of a job are read in the order of their sequences, and one is never looked for by its
-- sequence alone: one index does for both, and is half of what writing an event costs.
ALTER TABLE events DROP CONSTRAINT events_pkey;
DROP INDEX events_of_job;
ALTER TABLE events ADD PRIMARY KEY (job_id, sequence);

-- Rows as the writer hands them over: an array of rows is read and taken apart in less than half of
-- the time that an array for each column takes. Sequences are places among the numbers that the
-- statement takes, from 1.
CREATE TYPE new_job AS (
  id text,
  source text,
  output text,
  spec text,
  tenant text,
  queue text,
  priority integer,
  idempotency_key text,
  labels text,
  not_before_unix_ms bigint,
  after_jobs text,
  traceparent text,
  callback text,
  state text,
  attempts bigint,
  tries bigint,
  submitted_unix_ms bigint,
  last_cause text,
  changed_unix_ms bigint,
  due_unix_ms bigint,
  first_sequence bigint,
  last_sequence bigint
);
CREATE TYPE new_event AS (
  job_id text,
  kind text,
  cause text,
  detail text,
  attempt bigint,
  at_unix_ms bigint,
  sequence bigint
);
-- `seen_sequence` is the job's last sequence as the writer knows it: a real one.
CREATE TYPE changed_job AS (
  id text,
  seen_sequence bigint,
  priority integer,
  state text,
  attempts bigint,
  tries bigint,
  last_cause text,
  changed_unix_ms bigint,
  due_unix_ms bigint,
  last_sequence bigint
);
CREATE TYPE new_document AS (
  kind text,
  key text,
  body text,
  version bigint
);
