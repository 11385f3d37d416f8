-- Profiles that their owners have shared: whoever has the id may see the scores, and nothing of the conversation.

-- migrate:up
CREATE TABLE shared_profiles (
  user_id    uuid        NOT NULL,
  session_id uuid        NOT NULL,
  profile_id text        NOT NULL UNIQUE CHECK (char_length(profile_id) = 43),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, session_id),
  FOREIGN KEY (user_id, session_id) REFERENCES sessions ON DELETE CASCADE
);

-- migrate:down
DROP TABLE shared_profiles;
