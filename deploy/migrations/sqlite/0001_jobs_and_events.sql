CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  output TEXT NOT NULL,
  spec TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_output ON jobs (source, output);

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL REFERENCES jobs (id),
  kind TEXT NOT NULL,
  cause TEXT NOT NULL,
  detail TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX events_of_job ON events (job_id, sequence);

CREATE TRIGGER history_is_never_edited BEFORE UPDATE ON events
BEGIN SELECT RAISE (ABORT, 'history is never edited'); END;
CREATE TRIGGER history_is_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE (ABORT, 'history is never deleted'); END;
