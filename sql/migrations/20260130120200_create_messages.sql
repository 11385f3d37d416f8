-- What was said in a session, numbered from 1. The primary key is the order in which it is read.

-- migrate:up
CREATE TABLE messages (
  user_id    uuid        NOT NULL,
  session_id uuid        NOT NULL,
  position   bigint      NOT NULL CHECK (position > 0),
  role       text        NOT NULL CHECK (role IN ('user', 'assistant')),
  content    text        NOT NULL CHECK (char_length(content) BETWEEN 1 AND 20000),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, session_id, position),
  FOREIGN KEY (user_id, session_id) REFERENCES sessions ON DELETE CASCADE
);

-- migrate:down
DROP TABLE messages;
