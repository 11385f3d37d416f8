-- What unnamed users of one address may still spend on a day, as the other budgets: nobody has to be anybody to
-- begin an assessment, so that a user's cap alone would hold nobody back. An address is what one customer of a
-- network has: one IPv4 address or an IPv6 /64. It is kept as text, for who looks after the service has to see who
-- spends its money, and removed two days after its day, here and in the ledger.

-- migrate:up
CREATE TABLE address_budgets (
  address  text   NOT NULL CHECK (char_length(address) BETWEEN 1 AND 100),
  day      date   NOT NULL,
  spent    bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
  reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  PRIMARY KEY (address, day)
);

-- Those of long ago, to remove them.
CREATE INDEX address_budgets_day_idx ON address_budgets (day);

-- Which address's budget an entry of the ledger counts in; no row: in none, since the user is known, or the entry
-- is old. Beside the ledger, whose rows stay for good.
CREATE TABLE entry_addresses (
  entry_id bigint NOT NULL,
  address  text   NOT NULL CHECK (char_length(address) BETWEEN 1 AND 100),
  day      date   NOT NULL,
  PRIMARY KEY (entry_id)
);
CREATE INDEX entry_addresses_day_idx ON entry_addresses (day);

-- migrate:down
DROP TABLE entry_addresses;
DROP TABLE address_budgets;
