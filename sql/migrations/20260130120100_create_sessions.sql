-- One conversation of one person. Keyed by user first, like every table of the conversation, so that a
-- sharded PostgreSQL can keep a person's rows together.

-- migrate:up
CREATE TABLE sessions (
  user_id        uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
  session_id     uuid        NOT NULL DEFAULT gen_random_uuid(),
  -- SHA-256 of the bearer token; the token itself is never stored.
  token_sha256   bytea       NOT NULL CHECK (octet_length(token_sha256) = 32),
  created_at     timestamptz NOT NULL DEFAULT now(),
  last_active_at timestamptz NOT NULL DEFAULT now(),
  expires_at     timestamptz NOT NULL,
  completed_at   timestamptz,
  PRIMARY KEY (user_id, session_id),
  CHECK (expires_at > created_at),
  CHECK (completed_at >= created_at)
);

-- Resume a session: from the token to the session.
CREATE UNIQUE INDEX sessions_token_sha256_key ON sessions (token_sha256);

-- The sessions of a person, newest first.
CREATE INDEX sessions_user_created_idx ON sessions (user_id, created_at DESC);

-- migrate:down
DROP TABLE sessions;
