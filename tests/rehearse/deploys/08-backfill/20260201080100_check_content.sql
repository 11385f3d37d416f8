-- From here on no row is without it; the rows that are there are checked by the next file, without a lock on them.

-- migrate:up
ALTER TABLE notes ADD CONSTRAINT notes_content_there CHECK (content IS NOT NULL) NOT VALID;

-- migrate:down
ALTER TABLE notes DROP CONSTRAINT notes_content_there;
