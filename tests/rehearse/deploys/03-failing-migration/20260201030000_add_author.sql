-- Fails at its second statement: the name is misspelt. The first must be gone then, too.

-- migrate:up
ALTER TABLE notes ADD COLUMN author text;
COMMENT ON COLUMN notes.autor IS 'Who said it';

-- migrate:down
ALTER TABLE notes DROP COLUMN author;
