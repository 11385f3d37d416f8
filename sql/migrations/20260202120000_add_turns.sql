-- Who answers: a session has one message answered at a time. A turn is begun by counting it and ended by whoever
-- holds its number; one that was never ended (a crash) is over by itself at turn_ends_by.

-- migrate:up
ALTER TABLE sessions
  ADD COLUMN turn         bigint      NOT NULL DEFAULT 0,
  ADD COLUMN turn_ends_by timestamptz;

-- migrate:down
ALTER TABLE sessions DROP COLUMN turn_ends_by, DROP COLUMN turn;
