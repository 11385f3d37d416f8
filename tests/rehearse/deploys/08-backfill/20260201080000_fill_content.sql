-- Second: the rows from before. New ones are filled by the trigger.

-- migrate:up
UPDATE notes SET content = body WHERE content IS NULL;

-- migrate:down
SELECT 'what is filled stays filled';
