-- Needs ACCESS EXCLUSIVE for a moment, while somebody else keeps the table in a transaction.

-- migrate:up
ALTER TABLE notes ADD COLUMN language text;

-- migrate:down
ALTER TABLE notes DROP COLUMN language;
