-- Fourth: no version that runs knows "body" any more.

-- migrate:up
-- bigocean: allow drop-column not used since the deploy before this one
DROP TRIGGER notes_keep_both ON notes;
DROP FUNCTION notes_keep_both();
ALTER TABLE notes DROP COLUMN body;

-- migrate:down
ALTER TABLE notes ADD COLUMN body text;
