-- The functions of the ledger with the budget of an address. Its row is locked between the user's and the service's,
-- so that the order stays one. A process of the release before goes on with the function that it knows, whose entries
-- count in no address's budget.

-- migrate:up

-- As the function of the same name with two parameters less. in_address is who pays besides user and service: empty
-- nobody, NULL whoever paid for the session's last call (an analysis has no address of its own).
CREATE FUNCTION reserve_budget(
  in_user uuid, in_session uuid, in_amount bigint, in_purpose text, in_model text, in_expires_in interval,
  in_session_cap bigint, in_user_cap bigint, in_service_cap bigint, in_day date, in_address text, in_address_cap bigint,
  OUT out_entry bigint, OUT out_day date, OUT out_refused_by text, OUT out_committed bigint,
  OUT out_service_spent bigint, OUT out_service_reserved bigint)
LANGUAGE plpgsql AS $$
DECLARE
  payer text;
BEGIN
  out_day := coalesce(in_day, (now() AT TIME ZONE 'UTC')::date);

  INSERT INTO session_budgets AS budget (user_id, session_id, reserved)
    SELECT in_user, in_session, in_amount WHERE in_amount <= in_session_cap
    ON CONFLICT (user_id, session_id) DO UPDATE SET reserved = budget.reserved + in_amount
      WHERE budget.spent + budget.reserved + in_amount <= in_session_cap;
  IF NOT FOUND THEN
    out_refused_by := 'session';
    out_committed := coalesce((SELECT spent + reserved FROM session_budgets
                                WHERE user_id = in_user AND session_id = in_session), 0);
    RETURN;
  END IF;

  INSERT INTO user_budgets AS budget (user_id, day, reserved)
    SELECT in_user, out_day, in_amount WHERE in_amount <= in_user_cap
    ON CONFLICT (user_id, day) DO UPDATE SET reserved = budget.reserved + in_amount
      WHERE budget.spent + budget.reserved + in_amount <= in_user_cap;
  IF NOT FOUND THEN
    UPDATE session_budgets SET reserved = reserved - in_amount
      WHERE user_id = in_user AND session_id = in_session;
    out_refused_by := 'user_day';
    out_committed := coalesce((SELECT spent + reserved FROM user_budgets
                                WHERE user_id = in_user AND day = out_day), 0);
    RETURN;
  END IF;

  payer := coalesce(in_address,
                    (SELECT address FROM entry_addresses WHERE entry_id =
                       (SELECT entry_id FROM ledger_entries WHERE user_id = in_user AND session_id = in_session
                         ORDER BY entry_id DESC LIMIT 1)), '');
  IF payer <> '' THEN
    INSERT INTO address_budgets AS budget (address, day, reserved)
      SELECT payer, out_day, in_amount WHERE in_amount <= in_address_cap
      ON CONFLICT (address, day) DO UPDATE SET reserved = budget.reserved + in_amount
        WHERE budget.spent + budget.reserved + in_amount <= in_address_cap;
    IF NOT FOUND THEN
      UPDATE user_budgets SET reserved = reserved - in_amount WHERE user_id = in_user AND day = out_day;
      UPDATE session_budgets SET reserved = reserved - in_amount
        WHERE user_id = in_user AND session_id = in_session;
      out_refused_by := 'address_day';
      out_committed := coalesce((SELECT spent + reserved FROM address_budgets
                                  WHERE address = payer AND day = out_day), 0);
      RETURN;
    END IF;
  END IF;

  INSERT INTO service_budgets AS budget (day, reserved)
    SELECT out_day, in_amount WHERE in_amount <= in_service_cap
    ON CONFLICT (day) DO UPDATE SET reserved = budget.reserved + in_amount
      WHERE budget.spent + budget.reserved + in_amount <= in_service_cap
    RETURNING spent, reserved INTO out_service_spent, out_service_reserved;
  IF NOT FOUND THEN
    UPDATE address_budgets SET reserved = reserved - in_amount WHERE address = payer AND day = out_day;
    UPDATE user_budgets SET reserved = reserved - in_amount WHERE user_id = in_user AND day = out_day;
    UPDATE session_budgets SET reserved = reserved - in_amount
      WHERE user_id = in_user AND session_id = in_session;
    out_refused_by := 'service_day';
    out_committed := coalesce((SELECT spent + reserved FROM service_budgets WHERE day = out_day), 0);
    RETURN;
  END IF;

  INSERT INTO ledger_entries (user_id, session_id, day, purpose, model, reserved, expires_at)
    VALUES (in_user, in_session, out_day, in_purpose, in_model, in_amount, now() + in_expires_in)
    RETURNING entry_id INTO out_entry;
  IF payer <> '' THEN
    INSERT INTO entry_addresses (entry_id, address, day) VALUES (out_entry, payer, out_day);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION settle_budget(
  in_entry bigint, in_cost bigint, in_outcome text, in_input bigint, in_output bigint, in_cache_write_5m bigint,
  in_cache_write_1h bigint, in_cache_read bigint, in_request_id text,
  OUT out_entry bigint, OUT out_user uuid, OUT out_day date, OUT out_reserved bigint, OUT out_cost bigint,
  OUT out_session_spent bigint, OUT out_user_spent bigint, OUT out_service_spent bigint,
  OUT out_service_reserved bigint)
LANGUAGE plpgsql AS $$
DECLARE
  of_session uuid;
  payer text;
BEGIN
  SELECT user_id, session_id INTO out_user, of_session
    FROM ledger_entries WHERE entry_id = in_entry AND settled_at IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM FROM session_budgets WHERE user_id = out_user AND session_id = of_session FOR UPDATE;

  UPDATE ledger_entries
    SET cost = coalesce(in_cost, ledger_entries.reserved), outcome = in_outcome, settled_at = clock_timestamp(),
        input_tokens = in_input, output_tokens = in_output, cache_write_5m_tokens = in_cache_write_5m,
        cache_write_1h_tokens = in_cache_write_1h, cache_read_tokens = in_cache_read,
        request_id = CASE WHEN session_id IS NOT NULL THEN in_request_id END
    WHERE entry_id = in_entry AND settled_at IS NULL
    RETURNING entry_id, user_id, session_id, day, reserved, cost
    INTO out_entry, out_user, of_session, out_day, out_reserved, out_cost;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  SELECT address INTO payer FROM entry_addresses WHERE entry_id = in_entry;
  IF of_session IS NULL THEN
    DELETE FROM entry_addresses WHERE entry_id = in_entry;
    UPDATE ledger_entries SET user_id = NULL WHERE entry_id = in_entry;
  ELSE
    UPDATE session_budgets SET reserved = reserved - out_reserved, spent = spent + out_cost
      WHERE user_id = out_user AND session_id = of_session RETURNING spent INTO out_session_spent;
  END IF;
  UPDATE user_budgets SET reserved = reserved - out_reserved, spent = spent + out_cost
    WHERE user_id = out_user AND day = out_day RETURNING spent INTO out_user_spent;
  UPDATE address_budgets SET reserved = reserved - out_reserved, spent = spent + out_cost
    WHERE address = payer AND day = out_day;
  UPDATE service_budgets SET reserved = reserved - out_reserved, spent = spent + out_cost
    WHERE day = out_day RETURNING spent, reserved INTO out_service_spent, out_service_reserved;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ledger entry % has no budget of its day %', in_entry, out_day;
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION forget_budget(in_user uuid, in_session uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO session_budgets (user_id, session_id) VALUES (in_user, in_session)
    ON CONFLICT (user_id, session_id) DO NOTHING;
  DELETE FROM session_budgets WHERE user_id = in_user AND session_id = in_session;
  DELETE FROM entry_addresses USING ledger_entries AS entry
    WHERE entry.user_id = in_user AND entry.session_id = in_session AND entry.settled_at IS NOT NULL
      AND entry_addresses.entry_id = entry.entry_id;
  UPDATE ledger_entries
    SET session_id = NULL, request_id = NULL, user_id = CASE WHEN settled_at IS NULL THEN user_id END
    WHERE user_id = in_user AND session_id = in_session;
END
$$;

-- migrate:down
CREATE OR REPLACE FUNCTION forget_budget(in_user uuid, in_session uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO session_budgets (user_id, session_id) VALUES (in_user, in_session)
    ON CONFLICT (user_id, session_id) DO NOTHING;
  DELETE FROM session_budgets WHERE user_id = in_user AND session_id = in_session;
  UPDATE ledger_entries
    SET session_id = NULL, request_id = NULL, user_id = CASE WHEN settled_at IS NULL THEN user_id END
    WHERE user_id = in_user AND session_id = in_session;
END
$$;

CREATE OR REPLACE FUNCTION settle_budget(
  in_entry bigint, in_cost bigint, in_outcome text, in_input bigint, in_output bigint, in_cache_write_5m bigint,
  in_cache_write_1h bigint, in_cache_read bigint, in_request_id text,
  OUT out_entry bigint, OUT out_user uuid, OUT out_day date, OUT out_reserved bigint, OUT out_cost bigint,
  OUT out_session_spent bigint, OUT out_user_spent bigint, OUT out_service_spent bigint,
  OUT out_service_reserved bigint)
LANGUAGE plpgsql AS $$
DECLARE
  of_session uuid;
BEGIN
  SELECT user_id, session_id INTO out_user, of_session
    FROM ledger_entries WHERE entry_id = in_entry AND settled_at IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM FROM session_budgets WHERE user_id = out_user AND session_id = of_session FOR UPDATE;

  UPDATE ledger_entries
    SET cost = coalesce(in_cost, ledger_entries.reserved), outcome = in_outcome, settled_at = clock_timestamp(),
        input_tokens = in_input, output_tokens = in_output, cache_write_5m_tokens = in_cache_write_5m,
        cache_write_1h_tokens = in_cache_write_1h, cache_read_tokens = in_cache_read,
        request_id = CASE WHEN session_id IS NOT NULL THEN in_request_id END
    WHERE entry_id = in_entry AND settled_at IS NULL
    RETURNING entry_id, user_id, session_id, day, reserved, cost
    INTO out_entry, out_user, of_session, out_day, out_reserved, out_cost;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  IF of_session IS NULL THEN
    UPDATE ledger_entries SET user_id = NULL WHERE entry_id = in_entry;
  ELSE
    UPDATE session_budgets SET reserved = reserved - out_reserved, spent = spent + out_cost
      WHERE user_id = out_user AND session_id = of_session RETURNING spent INTO out_session_spent;
  END IF;
  UPDATE user_budgets SET reserved = reserved - out_reserved, spent = spent + out_cost
    WHERE user_id = out_user AND day = out_day RETURNING spent INTO out_user_spent;
  UPDATE service_budgets SET reserved = reserved - out_reserved, spent = spent + out_cost
    WHERE day = out_day RETURNING spent, reserved INTO out_service_spent, out_service_reserved;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ledger entry % has no budget of its day %', in_entry, out_day;
  END IF;
END
$$;

DROP FUNCTION reserve_budget(uuid, uuid, bigint, text, text, interval, bigint, bigint, bigint, date, text, bigint);
