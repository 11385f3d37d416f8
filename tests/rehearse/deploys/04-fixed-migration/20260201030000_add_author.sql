-- The same file, fixed: it was never applied, so it may be edited.

-- migrate:up
ALTER TABLE notes ADD COLUMN author text;
COMMENT ON COLUMN notes.author IS 'Who said it';

-- migrate:down
ALTER TABLE notes DROP COLUMN author;
