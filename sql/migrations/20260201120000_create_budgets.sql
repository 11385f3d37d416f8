-- What may still be spent, by session, by user and day, and by day for the whole service: in thousand-millionths
-- of a dollar, days of UTC. `reserved` is the upper bound of calls under way, `spent` what calls have cost. Nothing
-- here refers to users or sessions: who deletes a conversation neither deletes what it cost nor starts afresh.

-- migrate:up
CREATE TABLE session_budgets (
  user_id    uuid   NOT NULL,
  session_id uuid   NOT NULL,
  spent      bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
  reserved   bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  PRIMARY KEY (user_id, session_id)
);

-- Kept until two days after its day, also when the user's sessions are gone: a deletion must not reset the cap.
CREATE TABLE user_budgets (
  user_id  uuid   NOT NULL,
  day      date   NOT NULL,
  spent    bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
  reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  PRIMARY KEY (user_id, day)
);

-- Everybody's budgets of a day: to mirror those of today and to remove those of long ago.
CREATE INDEX user_budgets_day_idx ON user_budgets (day, user_id);

CREATE TABLE service_budgets (
  day      date   NOT NULL,
  spent    bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
  reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  PRIMARY KEY (day)
);

-- migrate:down
DROP TABLE service_budgets;
DROP TABLE user_budgets;
DROP TABLE session_budgets;
