-- Comes with the deploy that goes through a pooler for the first time.

-- migrate:up
ALTER TABLE notes ADD COLUMN archived boolean;

-- migrate:down
ALTER TABLE notes DROP COLUMN archived;
