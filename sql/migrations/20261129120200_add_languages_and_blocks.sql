-- The language in which a session's own texts are, and people who may not use the service.

-- migrate:up
-- "en", "de", "es"; none: English.
ALTER TABLE sessions ADD COLUMN language text;

-- From when on the person's messages and new sessions are refused.
ALTER TABLE users ADD COLUMN blocked_at timestamptz;

-- migrate:down
ALTER TABLE users DROP COLUMN blocked_at;
ALTER TABLE sessions DROP COLUMN language;
