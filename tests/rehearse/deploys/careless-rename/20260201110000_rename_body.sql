-- What a rehearsal must find out: the version that is live still says "body".

-- migrate:up
-- bigocean: allow rename-column to see the rehearsal fail
ALTER TABLE notes RENAME COLUMN body TO content;

-- migrate:down
ALTER TABLE notes RENAME COLUMN content TO body;
