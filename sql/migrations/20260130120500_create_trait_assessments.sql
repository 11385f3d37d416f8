-- What an analysis made of a session so far: one row a facet. An analysis is named by the last message that it
-- took into account, so that doing it twice cannot count twice, and the latest one is the highest number.
-- A trait's score is the sum of its facets, 0 to 120.

-- migrate:up
CREATE TABLE trait_assessments (
  user_id          uuid             NOT NULL,
  session_id       uuid             NOT NULL,
  through_position bigint           NOT NULL,
  facet            text             NOT NULL,
  trait            text             NOT NULL,
  score            double precision NOT NULL CHECK (score BETWEEN 0 AND 20),
  confidence       smallint         NOT NULL CHECK (confidence BETWEEN 0 AND 100),
  -- How many pieces of evidence the score rests on; 0 means that it is a mere starting point.
  evidence_count   bigint           NOT NULL CHECK (evidence_count >= 0),
  created_at       timestamptz      NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, session_id, through_position, facet),
  FOREIGN KEY (user_id, session_id, through_position) REFERENCES messages ON DELETE CASCADE,
  CHECK (evidence_count > 0 OR confidence = 0),
  CONSTRAINT trait_assessments_facet_of_trait CHECK (
    CASE trait
      WHEN 'openness' THEN facet IN
        ('imagination', 'artistic_interests', 'emotionality', 'adventurousness', 'intellect', 'liberalism')
      WHEN 'conscientiousness' THEN facet IN
        ('self_efficacy', 'orderliness', 'dutifulness', 'achievement_striving', 'self_discipline', 'cautiousness')
      WHEN 'extraversion' THEN facet IN
        ('friendliness', 'gregariousness', 'assertiveness', 'activity_level', 'excitement_seeking', 'cheerfulness')
      WHEN 'agreeableness' THEN facet IN
        ('trust', 'morality', 'altruism', 'cooperation', 'modesty', 'sympathy')
      WHEN 'neuroticism' THEN facet IN
        ('anxiety', 'anger', 'depression', 'self_consciousness', 'immoderation', 'vulnerability')
      ELSE false
    END)
);

-- migrate:down
DROP TABLE trait_assessments;
