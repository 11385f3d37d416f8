-- The 81 types: one letter each for openness (P practical, G grounded, O open), conscientiousness (F flexible,
-- B balanced, D disciplined), extraversion (I inward, A adaptive, E outgoing) and agreeableness (C candid,
-- N neutral, W warm).

-- migrate:up
CREATE TABLE archetypes (
  code        text NOT NULL CHECK (code ~ '^[PGO][FBD][IAE][CNW]$'),
  name        text NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 60),
  description text NOT NULL CHECK (char_length(description) BETWEEN 1 AND 400),
  PRIMARY KEY (code)
);

-- migrate:down
DROP TABLE archetypes;
