-- Only `video-doc run` asks for a job by its source and its folder; the folder of a service's job is
-- named like the job. Thousands of those may have one source, which a hash index keeps in one chain.
DROP INDEX jobs_by_source;
CREATE INDEX jobs_of_runs ON jobs USING hash (source) WHERE output <> id;
