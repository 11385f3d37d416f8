-- Reads all rows while others read and write them.

-- migrate:up
ALTER TABLE notes VALIDATE CONSTRAINT notes_content_there;

-- migrate:down
SELECT 'a constraint stays validated';
