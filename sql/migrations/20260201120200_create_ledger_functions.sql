-- The three things that happen to money, each in one round trip. Their locks are always taken in one order: the
-- session's budget, the entry, the user's budget, the service's budget. So none can wait for the other in a circle,
-- and the row that everybody needs is held shortest. Statement by statement each sees what the ones that it waited
-- for have done (READ COMMITTED), so no budget is read that is not locked.

-- migrate:up

-- Raises `reserved` in all three budgets and makes an entry, or changes nothing and says which cap refuses, and
-- how much of it is spent or reserved.
CREATE FUNCTION reserve_budget(
  in_user uuid, in_session uuid, in_amount bigint, in_purpose text, in_model text, in_expires_in interval,
  in_session_cap bigint, in_user_cap bigint, in_service_cap bigint, in_day date,
  OUT out_entry bigint, OUT out_day date, OUT out_refused_by text, OUT out_committed bigint,
  OUT out_service_spent bigint, OUT out_service_reserved bigint)
LANGUAGE plpgsql AS $$
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

  INSERT INTO service_budgets AS budget (day, reserved)
    SELECT out_day, in_amount WHERE in_amount <= in_service_cap
    ON CONFLICT (day) DO UPDATE SET reserved = budget.reserved + in_amount
      WHERE budget.spent + budget.reserved + in_amount <= in_service_cap
    RETURNING spent, reserved INTO out_service_spent, out_service_reserved;
  IF NOT FOUND THEN
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
END
$$;

-- Moves an entry from `reserved` to `spent` in the budgets of its day, once: out_entry is NULL when it was settled
-- before. No cost means the reserved amount.
CREATE FUNCTION settle_budget(
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

-- Takes a session's name off its entries and removes its budget. The insertion waits for a first reservation that is
-- not yet committed, the deletion for any other: what the last statement cannot see, there is none of.
CREATE FUNCTION forget_budget(in_user uuid, in_session uuid) RETURNS void
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

-- migrate:down
DROP FUNCTION forget_budget(uuid, uuid);
DROP FUNCTION settle_budget(bigint, bigint, text, bigint, bigint, bigint, bigint, bigint, text);
DROP FUNCTION reserve_budget(uuid, uuid, bigint, text, text, interval, bigint, bigint, bigint, date);
