-- What the service knows of its calls to models beyond their price.

-- migrate:up
ALTER TABLE ledger_entries
  -- Names the beginning that the call's request had: model, system text and schema.
  ADD COLUMN prompt_key       text,
  -- The last message that the request held. With the tokens of its input that bounds the next request's.
  ADD COLUMN through_position bigint;

ALTER TABLE analysis_jobs
  -- The request whose message gave cause for it, for the log.
  ADD COLUMN request_id      text,
  -- Replies that were paid for and bore nothing.
  ADD COLUMN useless_replies bigint;

-- migrate:down
ALTER TABLE analysis_jobs DROP COLUMN useless_replies, DROP COLUMN request_id;
ALTER TABLE ledger_entries DROP COLUMN through_position, DROP COLUMN prompt_key;
