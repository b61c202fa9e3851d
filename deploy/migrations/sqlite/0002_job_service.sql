-- What the job service keeps: more of each job, what its events amount to, and documents.

ALTER TABLE jobs ADD COLUMN tenant TEXT NOT NULL DEFAULT 'default';
ALTER TABLE jobs ADD COLUMN queue TEXT NOT NULL DEFAULT 'default';
ALTER TABLE jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN idempotency_key TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN labels TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN not_before_unix_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN after_jobs TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN traceparent TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN callback TEXT NOT NULL DEFAULT '';

-- Derived from the events, in the transaction that writes them.
ALTER TABLE jobs ADD COLUMN state TEXT NOT NULL DEFAULT 'queued';
ALTER TABLE jobs ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN submitted_unix_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN last_cause TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN changed_unix_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN due_unix_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN first_sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN last_sequence INTEGER NOT NULL DEFAULT 0;

-- The same for jobs of before. An end is final until an attempt begins, so what counts is the
-- first end after the last beginning; without one, the last of what else changes the state.
CREATE TEMP TABLE begun AS
  SELECT job_id, max(sequence) AS sequence FROM events
  WHERE kind IN ('started', 'resumed') GROUP BY job_id;
CREATE TEMP TABLE derived AS
  SELECT e.job_id,
    min(CASE WHEN e.kind IN ('succeeded', 'failed', 'cancelled')
             AND e.sequence > coalesce(b.sequence, 0) THEN e.sequence END) AS ended,
    max(CASE WHEN e.kind IN ('submitted', 'started', 'resumed', 'retrying', 'interrupted')
             THEN e.sequence END) AS changed,
    sum(e.kind IN ('started', 'resumed')) AS attempts,
    max(CASE WHEN e.cause <> '' THEN e.sequence END) AS caused,
    min(e.sequence) AS first_sequence,
    max(e.sequence) AS last_sequence
  FROM events e LEFT JOIN begun b ON b.job_id = e.job_id GROUP BY e.job_id;
UPDATE jobs SET
  state = (SELECT CASE e.kind WHEN 'submitted' THEN 'queued' WHEN 'started' THEN 'running'
                  WHEN 'resumed' THEN 'running' ELSE e.kind END
           FROM events e WHERE e.sequence = coalesce(d.ended, d.changed)),
  attempts = d.attempts,
  tries = d.attempts,
  submitted_unix_ms = (SELECT e.at_unix_ms FROM events e WHERE e.sequence = d.first_sequence),
  last_cause = coalesce((SELECT e.cause FROM events e WHERE e.sequence = d.caused), ''),
  changed_unix_ms = (SELECT e.at_unix_ms FROM events e WHERE e.sequence = d.last_sequence),
  due_unix_ms = CASE WHEN d.ended IS NULL THEN
    coalesce((SELECT CAST(e.detail AS INTEGER) FROM events e
              WHERE e.sequence = d.changed AND e.kind = 'retrying'), 0) ELSE 0 END,
  first_sequence = d.first_sequence,
  last_sequence = d.last_sequence
FROM derived d WHERE d.job_id = jobs.id;
DROP TABLE derived;
DROP TABLE begun;

CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (tenant, idempotency_key)
  WHERE idempotency_key <> '';
-- Lists, newest first: within a state, and within a tenant and a state. The second one also counts.
CREATE INDEX jobs_by_state ON jobs (state, id);
CREATE INDEX jobs_by_tenant ON jobs (tenant, state, id, queue);
-- Retention.
CREATE INDEX jobs_by_end ON jobs (changed_unix_ms)
  WHERE state IN ('succeeded', 'failed', 'cancelled');

CREATE TABLE documents (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Retention removes a job with all of its history, never a part of it.
DROP TRIGGER history_is_never_deleted;
CREATE TRIGGER history_goes_with_its_job BEFORE DELETE ON events
WHEN EXISTS (SELECT 1 FROM jobs WHERE id = OLD.job_id)
BEGIN SELECT RAISE (ABORT, 'history goes only with its job'); END;
