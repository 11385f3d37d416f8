-- A message that the model refused to answer: it stays for its person to see, and out of later requests.

-- migrate:up
ALTER TABLE messages ADD COLUMN refused_at timestamptz;

-- migrate:down
ALTER TABLE messages DROP COLUMN refused_at;
