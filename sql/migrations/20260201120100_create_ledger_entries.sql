-- The ledger: one row for each call to a model, from the reservation before it to what it cost. A row is never
-- deleted; of a deleted session's rows user, session and the API's request id are taken away. An open row without
-- a session keeps its user until it is settled, since his budget has still to be told.

-- migrate:up
CREATE TABLE ledger_entries (
  entry_id              bigint      GENERATED ALWAYS AS IDENTITY,
  user_id               uuid,
  session_id            uuid,
  -- The day that pays, of UTC by this server's clock when it was reserved; a call may end on the next one.
  day                   date        NOT NULL,
  purpose               text        NOT NULL CHECK (purpose IN ('interview', 'analysis')),
  model                 text        NOT NULL CHECK (char_length(model) BETWEEN 1 AND 100),
  reserved              bigint      NOT NULL CHECK (reserved >= 0),
  cost                  bigint      CHECK (cost >= 0),
  input_tokens          bigint      NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
  output_tokens         bigint      NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
  cache_write_5m_tokens bigint      NOT NULL DEFAULT 0 CHECK (cache_write_5m_tokens >= 0),
  cache_write_1h_tokens bigint      NOT NULL DEFAULT 0 CHECK (cache_write_1h_tokens >= 0),
  cache_read_tokens     bigint      NOT NULL DEFAULT 0 CHECK (cache_read_tokens >= 0),
  -- swept: nobody said what the call used, so that it cost what was reserved.
  outcome               text        CHECK (outcome IN ('settled', 'swept', 'released')),
  request_id            text,
  created_at            timestamptz NOT NULL DEFAULT now(),
  expires_at            timestamptz NOT NULL,
  settled_at            timestamptz,
  PRIMARY KEY (entry_id),
  CONSTRAINT ledger_entries_settled_in_full
    CHECK ((settled_at IS NULL) = (cost IS NULL) AND (settled_at IS NULL) = (outcome IS NULL))
);

-- What nobody has settled, oldest first.
CREATE INDEX ledger_entries_open_idx ON ledger_entries (expires_at) WHERE settled_at IS NULL;

-- The entries of a session, to take its name away.
CREATE INDEX ledger_entries_session_idx ON ledger_entries (user_id, session_id);

-- migrate:down
DROP TABLE ledger_entries;
