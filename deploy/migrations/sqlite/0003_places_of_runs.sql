-- Only `video-doc run` asks for a job by its source and its folder; the folder of a service's job is
-- named like the job.
DROP INDEX jobs_by_output;
CREATE INDEX jobs_of_runs ON jobs (source, output) WHERE output <> id;
