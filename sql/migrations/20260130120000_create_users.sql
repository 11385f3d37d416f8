-- People, known by nothing more than a random id.

-- migrate:up
DO $$
BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'database "%" has the encoding %, and bigocean needs UTF8',
        current_database(), current_setting('server_encoding')
      USING HINT = 'Create it anew: CREATE DATABASE … ENCODING ''UTF8'' TEMPLATE template0.';
  END IF;
END
$$;

CREATE TABLE users (
  user_id      uuid        NOT NULL DEFAULT gen_random_uuid(),
  display_name text        CHECK (char_length(display_name) BETWEEN 1 AND 80),
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id)
);

-- migrate:down
DROP TABLE users;
