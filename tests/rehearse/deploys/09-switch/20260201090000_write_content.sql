-- Third: this version uses "content" alone, the one before it still uses "body"; the trigger serves both.

-- migrate:up
ALTER TABLE notes ALTER COLUMN body DROP NOT NULL;
CREATE OR REPLACE FUNCTION notes_keep_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.content := coalesce(NEW.content, NEW.body);
    NEW.body := NEW.content;
  ELSIF NEW.content IS DISTINCT FROM OLD.content THEN
    NEW.body := NEW.content;
  ELSE
    NEW.content := NEW.body;
  END IF;
  RETURN NEW;
END
$$;

-- migrate:down
CREATE OR REPLACE FUNCTION notes_keep_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.content := NEW.body;
  RETURN NEW;
END
$$;
