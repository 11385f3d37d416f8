-- Which turn somebody asked to stop: the process that answers may be another one than the process that was asked.

-- migrate:up
ALTER TABLE sessions ADD COLUMN cancelled_turn bigint;

-- migrate:down
ALTER TABLE sessions DROP COLUMN cancelled_turn;
