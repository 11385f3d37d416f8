-- "body" is to be called "content". First of four deploys: the new column stands beside the old one, and what is written to
-- the old one goes into both.

-- migrate:up
ALTER TABLE notes ADD COLUMN content text;
CREATE FUNCTION notes_keep_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.content := NEW.body;
  RETURN NEW;
END
$$;
CREATE TRIGGER notes_keep_both BEFORE INSERT OR UPDATE ON notes
  FOR EACH ROW EXECUTE FUNCTION notes_keep_both();

-- migrate:down
DROP TRIGGER notes_keep_both ON notes;
DROP FUNCTION notes_keep_both();
ALTER TABLE notes DROP COLUMN content;
