-- Sessions by when they expired, for those that are to be removed.

-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY sessions_expires_idx ON sessions (expires_at);

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY sessions_expires_idx;
