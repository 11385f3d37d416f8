-- Analyses to be made, each of the session up to a message. A job is taken by moving run_after beyond the time that
-- it may take, so that one whose worker died comes back by itself; it is deleted in the transaction that stores what
-- it found. One that failed too often is dead: it stays for people to see.

-- migrate:up
CREATE TABLE analysis_jobs (
  user_id          uuid        NOT NULL,
  session_id       uuid        NOT NULL,
  through_position bigint      NOT NULL,
  attempts         bigint      NOT NULL DEFAULT 0,
  run_after        timestamptz NOT NULL DEFAULT now(),
  died_at          timestamptz,
  last_error       text,
  created_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, session_id, through_position),
  FOREIGN KEY (user_id, session_id, through_position) REFERENCES messages ON DELETE CASCADE
);

-- The next job, oldest first.
CREATE INDEX analysis_jobs_due_idx ON analysis_jobs (run_after) WHERE died_at IS NULL;

-- migrate:down
DROP TABLE analysis_jobs;
