-- A table that each version from here on writes to and reads from, with rows in it, so that a careless change would hurt.

-- migrate:up
CREATE TABLE notes (
  note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  body    text   NOT NULL
);
INSERT INTO notes (body) SELECT 'note ' || n FROM generate_series(1, 20000) n;

-- migrate:down
DROP TABLE notes;
