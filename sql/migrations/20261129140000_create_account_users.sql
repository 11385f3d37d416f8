-- Whose account a person belongs to: the issuer and the subject of the host's own tokens. A person belongs to one account
-- at most; an account may have several, since a guest with sessions can be claimed. Its oldest one begins new sessions.

-- migrate:up
CREATE TABLE account_users (
  user_id    uuid        NOT NULL,
  issuer     text        NOT NULL CHECK (char_length(issuer) <= 255),
  subject    text        NOT NULL CHECK (char_length(subject) BETWEEN 1 AND 255),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id),
  FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE
);

-- The persons of an account, oldest first.
CREATE INDEX account_users_account_idx ON account_users (issuer, subject, created_at, user_id);

-- migrate:down
DROP TABLE account_users;
