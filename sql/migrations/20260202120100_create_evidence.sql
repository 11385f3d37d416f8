-- What a message says about a facet, as the analyser read it: a score of 0 to 20, how sure it is, and the words that
-- it rests on. One message is one piece of evidence for a facet, however often it is analysed.

-- migrate:up
CREATE TABLE evidence (
  user_id    uuid             NOT NULL,
  session_id uuid             NOT NULL,
  position   bigint           NOT NULL,
  facet      text             NOT NULL,
  score      double precision NOT NULL CHECK (score BETWEEN 0 AND 20),
  confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  quote      text             NOT NULL,
  created_at timestamptz      NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, session_id, position, facet),
  FOREIGN KEY (user_id, session_id, position) REFERENCES messages ON DELETE CASCADE
);

-- migrate:down
DROP TABLE evidence;
