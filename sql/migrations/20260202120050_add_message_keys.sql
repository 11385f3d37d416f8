-- What a message was sent under, and what it asks.

-- migrate:up
ALTER TABLE messages
  -- A client that sends a message twice under one key has sent it once.
  ADD COLUMN idempotency_key text,
  -- The facet that the interviewer was steered to; none: the message is the user's, or unsteered.
  ADD COLUMN facet           text;

-- migrate:down
ALTER TABLE messages DROP COLUMN facet, DROP COLUMN idempotency_key;
