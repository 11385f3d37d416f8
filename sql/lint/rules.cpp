// The table of rules.
#include <array>

#include "sql/lint/rule.hpp"

namespace bigocean::sql::lint {
namespace {

using enum Level;

// clang-format off
constexpr std::array kRules{
    Rule{"index-not-concurrently", kError, Reach::kFilled,
         "an index is built without CONCURRENTLY",
         "CREATE INDEX holds SHARE on the table: every INSERT, UPDATE and DELETE waits until all rows are read.",
         "-- in a file of its own; it runs outside a transaction\n{concurrently}",
         index_not_concurrently},
    Rule{"drop-index-not-concurrently", kWarning, Reach::kFilled,
         "an index is dropped without CONCURRENTLY",
         "DROP INDEX takes ACCESS EXCLUSIVE on the table: for a moment, but every other session queues behind it "
         "while it waits for older transactions.",
         "-- in a file of its own; it runs outside a transaction\nDROP INDEX CONCURRENTLY {table};",
         drop_index_not_concurrently},
    Rule{"reindex-not-concurrently", kError, Reach::kFilled,
         "an index or materialized view is rebuilt without CONCURRENTLY",
         "REINDEX holds SHARE on the table and ACCESS EXCLUSIVE on the index, REFRESH MATERIALIZED VIEW holds "
         "ACCESS EXCLUSIVE on the view, until all rows are read.",
         "-- in a file of its own; a materialized view needs a unique index for it\n{concurrently}",
         reindex_not_concurrently},
    Rule{"concurrently-in-transaction", kError, Reach::kAny,
         "the statement cannot run inside a transaction",
         "The server refuses it with SQLSTATE 25001, and nothing of the file is applied.",
         "-- leave BEGIN, COMMIT and transaction:true out: bigocean runs such a file statement by statement\n"
         "{statement}",
         concurrently_in_transaction},
    Rule{"concurrent-index-if-not-exists", kWarning, Reach::kAny,
         "CREATE INDEX CONCURRENTLY IF NOT EXISTS skips a broken index",
         "A build that failed leaves an INVALID index of that name; with IF NOT EXISTS the next try takes it for "
         "complete, and no query uses it.",
         "DROP INDEX CONCURRENTLY IF EXISTS {in_schema};\n-- then the CREATE INDEX CONCURRENTLY without IF NOT EXISTS",
         concurrent_index_if_not_exists},
    Rule{"concurrently-on-partitioned", kError, Reach::kAny,
         "CONCURRENTLY does not work on a partitioned table",
         "The server refuses it with SQLSTATE 0A000, and nothing of the statement is applied.",
         "-- for a moment, once its index is not needed any more\nDROP INDEX {table};",
         concurrently_on_partitioned},
    Rule{"foreign-key-not-valid", kError, Reach::kFilled,
         "a foreign key is checked while both tables are locked",
         "ADD FOREIGN KEY holds SHARE ROW EXCLUSIVE on both tables until every row is looked up: writers of both "
         "wait.",
         "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {referenced}"
         "{details}{timing} NOT VALID;\n"
         "-- in the next file\n"
         "ALTER TABLE {table} VALIDATE CONSTRAINT {name};",
         foreign_key_not_valid},
    Rule{"check-not-valid", kError, Reach::kFilled,
         "a CHECK is tested on all rows while the table is locked",
         "ADD CHECK holds ACCESS EXCLUSIVE on the table until every row is read: readers and writers wait.",
         "ALTER TABLE {table} ADD CONSTRAINT {name} CHECK {condition}{details} NOT VALID;\n"
         "-- in the next file\n"
         "ALTER TABLE {table} VALIDATE CONSTRAINT {name};",
         check_not_valid},
    Rule{"validate-in-same-transaction", kError, Reach::kFilled,
         "a constraint is validated in the transaction that adds it",
         "The strong lock of ADD CONSTRAINT is kept until the transaction ends, so the scan happens under it and "
         "NOT VALID has no benefit.",
         "-- in the next file\nALTER TABLE {table} VALIDATE CONSTRAINT {name};",
         validate_in_same_transaction},
    Rule{"unique-not-using-index", kError, Reach::kFilled,
         "a unique or primary key builds its index while the table is locked",
         "ADD UNIQUE and ADD PRIMARY KEY hold ACCESS EXCLUSIVE on the table until the index is built: readers and "
         "writers wait.",
         "-- in a file of its own\n"
         "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns}){details};\n"
         "-- in the next file\n"
         "ALTER TABLE {table} ADD CONSTRAINT {name} {key} USING INDEX {name}{timing};",
         unique_not_using_index},
    Rule{"set-not-null", kError, Reach::kFilled,
         "SET NOT NULL reads the whole table under a lock",
         "It holds ACCESS EXCLUSIVE on the table until every row is read, unless a validated CHECK proves that "
         "there is no NULL.",
         "ALTER TABLE {table} ADD CONSTRAINT {column_not_null} CHECK ({column} IS NOT NULL) NOT VALID;\n"
         "-- in the next file\n"
         "ALTER TABLE {table} VALIDATE CONSTRAINT {column_not_null};\n"
         "-- in the one after that\n"
         "ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\n"
         "ALTER TABLE {table} DROP CONSTRAINT {column_not_null};",
         set_not_null},
    Rule{"add-column-rewrite", kError, Reach::kFilled,
         "the new column's value differs from row to row, so the table is rewritten",
         "ADD COLUMN holds ACCESS EXCLUSIVE on the table while every row and every index is rewritten: readers and "
         "writers wait, and the disk needs room for a second copy.",
         "ALTER TABLE {table} ADD COLUMN {column} {type};\n"
         "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT …;\n"
         "-- then fill old rows in batches, from a job or in files of their own\n"
         "UPDATE {table} SET {column} = … WHERE {column} IS NULL AND id BETWEEN … AND …;",
         add_column_rewrite},
    Rule{"add-column-default-unknown", kInfo, Reach::kFilled,
         "whether the table is rewritten depends on the function of the new column's default",
         "If the function is volatile, ADD COLUMN rewrites every row and every index under ACCESS EXCLUSIVE; if not, "
         "it costs a moment. The files do not say which, and no database was asked.",
         "-- with DATABASE_URL lint asks the database; or make sure of it:\n"
         "ALTER TABLE {table} ADD COLUMN {column} {type};\n"
         "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT …;",
         add_column_default_unknown},
    Rule{"alter-column-type", kError, Reach::kFilled,
         "the column's type changes",
         "ALTER COLUMN TYPE holds ACCESS EXCLUSIVE on the table while every row and every index is rewritten. Only "
         "widenings (a longer varchar, varchar to text, more digits before the point) leave the rows as they are.",
         "ALTER TABLE {table} ADD COLUMN {column_new} {type};\n"
         "-- write both from the app or a trigger, fill old rows in batches, then read the new one;\n"
         "-- two deploys later\n"
         "ALTER TABLE {table} DROP COLUMN {column};",
         alter_column_type},
    Rule{"rewrite-command", kError, Reach::kFilled,
         "the command rewrites the whole table",
         "It holds ACCESS EXCLUSIVE on the table while every row and every index is rewritten: readers and writers "
         "wait.",
         "-- plain VACUUM blocks no reader or writer; for bloat see pg_repack or pg_squeeze\nVACUUM {table};",
         rewrite_command},
    Rule{"backfill-in-ddl-transaction", kError, Reach::kFilled,
         "rows are changed in a transaction that has locked a table",
         "The ACCESS EXCLUSIVE lock of the ALTER TABLE before it is kept until the last row is written: readers and "
         "writers wait that long.",
         "-- in the next file, in batches where the table is large\n{statement}",
         backfill_in_ddl_transaction},
    Rule{"all-rows-written", kWarning, Reach::kFilled,
         "one statement changes every row",
         "Each row stays locked until the transaction ends, so every other writer of the table waits at last; all "
         "rows are written to the log, and their old versions stay until VACUUM removes them.",
         "-- in batches, each a transaction of its own, until no row is left\n{unended}\nWHERE id BETWEEN … AND …;",
         all_rows_written},
    Rule{"two-tables-locked", kWarning, Reach::kExisting,
         "one transaction locks several tables in use against readers and writers",
         "While it waits for the second ACCESS EXCLUSIVE it keeps the first, and a transaction of the app that uses "
         "the two in the other order makes a deadlock.",
         "-- one table a file\n{statement}",
         two_tables_locked},

    Rule{"add-column-not-null", kError, Reach::kFilled,
         "a NOT NULL column without a default cannot be added to a table with rows",
         "The statement fails as soon as there is one row (SQLSTATE 23502); and the running version does not fill "
         "the column.",
         "ALTER TABLE {table} ADD COLUMN {column} {type} NOT NULL DEFAULT …;",
         add_column_not_null},
    Rule{"drop-column", kError, Reach::kExisting,
         "a column is dropped",
         "The version that is running reads or writes it until the new one has taken over; its statements fail. The "
         "data is gone. ACCESS EXCLUSIVE for a moment.",
         "-- first deploy a version that does not use the column; then say so in this file\n"
         "-- bigocean: allow drop-column not used since <version>\n{statement}",
         drop_column},
    Rule{"drop-table", kError, Reach::kExisting,
         "a table is dropped",
         "The version that is running uses it until the new one has taken over; its statements fail. The data is "
         "gone.",
         "-- first deploy a version that does not use the table; then say so in this file\n"
         "-- bigocean: allow drop-table not used since <version>\n{statement}",
         drop_table},
    Rule{"drop-schema", kError, Reach::kExisting,
         "a schema, a database or all that a role owns is dropped",
         "Everything in it is gone, with its rows; with CASCADE also what depends on it elsewhere. The statements of "
         "the version that is running fail.",
         "-- drop by name what is not used any more, each in its file; then the schema is empty\n"
         "-- bigocean: allow drop-schema empty since <version>\n{statement}",
         drop_schema},
    Rule{"drop-cascade", kError, Reach::kExisting,
         "CASCADE drops what the statement does not name",
         "Views, functions, defaults, and for a type or extension whole columns with their values: all that depends "
         "on it is dropped, too. `bigocean migrate plan` lists what.",
         "-- without CASCADE the server refuses while anything depends on it, and says what\nDROP {object} {table};",
         drop_cascade},
    Rule{"drop-object", kWarning, Reach::kExisting,
         "an object is dropped that statements name",
         "If the version that is running uses it, its statements fail until the new one has taken over.",
         "-- first deploy a version that does not use it; then say so in this file\n"
         "-- bigocean: allow drop-object not used since <version>\n{statement}",
         drop_object},
    Rule{"rename-column", kError, Reach::kExisting,
         "a column is renamed",
         "The version that is running knows the old name only, the new one the new name only: one of them fails "
         "while both run.",
         "-- keep the name in the database, and rename in the code; or use a second column:\n"
         "ALTER TABLE {table} ADD COLUMN … ;\n"
         "-- write both, fill old rows, read the new one, and two deploys later\n"
         "ALTER TABLE {table} DROP COLUMN {column};",
         rename_column},
    Rule{"rename-table", kError, Reach::kExisting,
         "a table is renamed",
         "The version that is running knows the old name only: its statements fail until the new one has taken "
         "over.",
         "-- in one transaction, so that both names work; drop the view two deploys later\n"
         "{statement}\n"
         "CREATE VIEW {table} AS SELECT * FROM {in_schema};",
         rename_table},
    Rule{"rename-object", kError, Reach::kExisting,
         "an object is renamed that statements name",
         "The version that is running knows the old name only: its statements fail until the new one has taken "
         "over.",
         "-- keep the name in the database, and rename in the code; or make a second one beside it, and two deploys\n"
         "-- later drop the old one; when no version uses it:\n"
         "-- bigocean: allow rename-object not used since <version>\n{statement}",
         rename_object},
    Rule{"rename-enum-value", kError, Reach::kAny,
         "an enum value is renamed",
         "The version that is running writes the old name, which fails from now on.",
         "ALTER TYPE {table} ADD VALUE '…';\n"
         "-- in later files and deploys: write the new value, change old rows, stop reading the old one",
         rename_enum_value},
    Rule{"truncate-cascade", kError, Reach::kFilled,
         "TRUNCATE … CASCADE empties tables that it does not name",
         "Every table with a foreign key to this one is emptied, and so on from there; all are held with ACCESS "
         "EXCLUSIVE.",
         "-- name them all, or delete in the order of the foreign keys\nTRUNCATE {table};",
         truncate_cascade},
    Rule{"enum-value-in-same-transaction", kInfo, Reach::kAny,
         "a new enum value is used in the file that adds it",
         "The server refuses that in one transaction, with SQLSTATE 55P04: a new value can be used once its "
         "transaction is committed. The file is then run statement by statement; if a later statement fails, the "
         "earlier ones stay, and the next run goes on after them.",
         "-- in the next file, so that each file is one transaction\n{statement}",
         enum_value_in_same_transaction},

    Rule{"foreign-key-without-index", kWarning, Reach::kAny,
         "no index starts with the foreign key's columns",
         "Every DELETE or key change in the referenced table reads this whole table to find the rows that point to "
         "it, and holds its locks meanwhile.",
         "-- in a file of its own\nCREATE INDEX CONCURRENTLY ON {table} ({columns});",
         foreign_key_without_index},
    Rule{"int-primary-key", kWarning, Reach::kAny,
         "the primary key ends at 2,147,483,647 or before",
         "When the numbers are used up every INSERT fails, and the change to bigint rewrites the table under ACCESS "
         "EXCLUSIVE.",
         "{column} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
         int_primary_key},
    Rule{"timestamp-without-time-zone", kWarning, Reach::kAny,
         "timestamp without time zone does not say which moment it means",
         "The value depends on the TimeZone of the session that wrote it; a later change of type rewrites the "
         "table.",
         "{column} timestamptz",
         timestamp_without_time_zone},
    Rule{"varchar-length", kInfo, Reach::kAny,
         "varchar(n) stores no better than text, and its limit is hard to lower",
         "A longer limit is cheap, a shorter one or another rule reads all rows under ACCESS EXCLUSIVE.",
         "{column} text CHECK (length({column}) <= …)",
         varchar_length},
    Rule{"char-length", kWarning, Reach::kAny,
         "char(n) pads with blanks, which comparisons then ignore",
         "It takes more room than text and compares in surprising ways.",
         "{column} text CHECK (length({column}) = …)",
         char_length},
    Rule{"json-type", kWarning, Reach::kAny,
         "json has no equality, so DISTINCT, GROUP BY and UNION on it fail",
         "It is kept as text and parsed at every use; jsonb is parsed once and can be indexed.",
         "{column} jsonb",
         json_type},
    Rule{"identifier-too-long", kWarning, Reach::kAny,
         "a name is cut to 63 bytes",
         "PostgreSQL cuts it with only a NOTICE; two long names may become one, and the code looks for the "
         "full one.",
         "-- choose a name of 63 bytes at most",
         identifier_too_long},
    Rule{"lock-timeout-off", kWarning, Reach::kAny,
         "the file takes the limit of its waits for locks away",
         "A statement that waits for a lock then makes every later session wait behind it, until --max-blocking ends it.",
         "-- leave it out, or give the file more time: -- bigocean: lock-timeout=2s",
         lock_timeout_off},

    Rule{"gives-lock-away", kError, Reach::kAny,
         "all advisory locks of the session are released",
         "One of them is the migration lock: another migrate would begin while this file still runs.",
         "-- reset or release only what you mean: RESET ALL, DISCARD TEMP, pg_advisory_unlock(key)",
         nullptr},
    Rule{"allow-without-reason", kWarning, Reach::kAny,
         "an allow line gives no reason, and allows nothing",
         "The next reader of the file must know why it is safe.",
         "-- bigocean: allow <rule> <reason>",
         nullptr},
    Rule{"unused-allow", kWarning, Reach::kAny,
         "an allow line that no finding needs",
         "It would hide a finding that comes later.",
         "-- remove the line",
         nullptr},
    Rule{"not-analysed", kInfo, Reach::kAny,
         "not analysed",
         "The parser did not understand the statement: it is newer than the parser, or wrong. Lint cannot "
         "judge it.",
         "-- read it by hand; `bigocean migrate plan --rehearse` shows its locks",
         nullptr},
};
// clang-format on

constexpr auto kIds = [] {
  std::array<std::string_view, kRules.size()> ids{};
  for (std::size_t i = 0; i < kRules.size(); ++i) ids[i] = kRules[i].id;
  return ids;
}();

}  // namespace

std::span<const Rule> rules() { return kRules; }
std::span<const std::string_view> rule_ids() { return kIds; }

}  // namespace bigocean::sql::lint
