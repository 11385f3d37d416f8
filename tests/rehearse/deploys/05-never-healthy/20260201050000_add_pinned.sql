-- Goes in, although its version never goes live: the old version meets a database that is ahead of it.

-- migrate:up
ALTER TABLE notes ADD COLUMN pinned boolean NOT NULL DEFAULT false;

-- migrate:down
ALTER TABLE notes DROP COLUMN pinned;
