// Statements about owners, roles and extensions, which a role that is a member of no other cannot run.
#include "sql/drift/owners.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sql/drift/replay.hpp"
#include "sql/drift/statement_view.hpp"

namespace bigocean::sql::drift {
namespace {

using migrate::TokenKind;

constexpr std::chrono::minutes kTimeout{2};

// What a grant to the owner is called in a description.
constexpr std::string_view kOwners = R"(
  BEGIN READ ONLY; SET LOCAL search_path = '';
  SELECT concat('GRANT ON ', what, ' TO ', owner::regrole) FROM (
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || oid::regclass AS what, relowner AS owner
    FROM pg_class WHERE relacl IS NOT NULL OR EXISTS (
      SELECT FROM pg_attribute a WHERE a.attrelid = pg_class.oid AND a.attacl IS NOT NULL)
    UNION ALL
    SELECT CASE prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END || oid::regprocedure, proowner
    FROM pg_proc WHERE proacl IS NOT NULL
    UNION ALL SELECT 'TYPE ' || oid::regtype, typowner FROM pg_type WHERE typacl IS NOT NULL
    UNION ALL SELECT 'SCHEMA ' || quote_ident(nspname), nspowner FROM pg_namespace WHERE nspacl IS NOT NULL) owned;
  COMMIT)";
constexpr std::size_t kOwnersResult = 2;  // after BEGIN and SET

/// Works on one statement of one file.
class TakeOut {
 public:
  TakeOut(migrate::Migration& migration, const migrate::Statement& statement, std::string_view text,
          const std::string& live_user, const MadeBefore& made, std::string& search_path,
          std::vector<Deferred>& deferred)
      : migration_(migration),
        statement_(statement),
        text_(text),
        view_(text_),
        live_user_(live_user),
        made_(made),
        search_path_(search_path),
        deferred_(deferred) {}

  void run() {
    if (view_.starts({"ALTER", "DEFAULT", "PRIVILEGES"})) return default_privileges();
    if (view_.starts({"CREATE", "SCHEMA"})) return schema();
    if (view_.is(1, {"EXTENSION"}) || view_.starts({"COMMENT", "ON", "EXTENSION"})) return extension();
    if (view_.is(0, {"SET"})) return session();
    if (view_.is(0, {"ALTER"})) owner();
  }

 private:
  void owner() {
    const std::size_t n = view_.size();
    if (n < 6 || !view_.is(n - 3, {"OWNER"}) || !view_.is(n - 2, {"TO"}) || !view_.is_role_name(n - 1))
      return;
    std::size_t depth = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto kind = view_.token(i).kind;
      if (kind == TokenKind::kOpen) ++depth;
      if (kind == TokenKind::kClose && depth > 0) --depth;
      if (kind == TokenKind::kComma && depth == 0) return;  // it does something else, too
    }
    blank_all();
  }

  void schema() {
    std::size_t at = view_.is(2, {"IF"}) ? 5 : 2;
    const bool unnamed = view_.is(at, {"AUTHORIZATION"});
    const std::size_t word = unnamed ? at : at + 1;
    const bool authorized = view_.is(word, {"AUTHORIZATION"}) && view_.is_role_name(word + 1);
    if (authorized) blank(word, unnamed ? word : word + 1);
    const std::size_t last = authorized ? word + 1 : at;
    if (made_.schemas.contains(view_.name(unnamed ? at + 1 : at)) && view_.size() == last + 1) blank_all();
  }

  void default_privileges() {
    for (std::size_t i = 3; i + 2 < view_.size(); ++i) {
      if (view_.is(i, {"GRANT", "REVOKE"})) return;
      if (!view_.is(i, {"FOR"}) || !view_.is(i + 1, {"ROLE", "USER"})) continue;
      const bool list = view_.token(i + 3).kind == TokenKind::kComma;
      if (!list && !view_.is_role_name(i + 2)) return;
      if (!list && view_.name(i + 2) == live_user_) return blank(i, i + 2);
      deferred_.push_back({search_path_ + text_, place_of_statement(migration_, statement_)});
      return blank_all();
    }
  }

  void extension() {
    const std::size_t at = view_.is(0, {"COMMENT"})                         ? 3
                           : view_.is(2, {"IF"}) && view_.is(0, {"CREATE"}) ? 5
                                                                            : 2;
    const auto name = view_.name(at);
    if (view_.is(0, {"DROP"})) return;
    if (view_.is(0, {"ALTER"}) && !view_.is(at + 1, {"UPDATE"}) && !view_.is(at + 1, {"SET"})) return;
    if (made_.extensions.contains(name) || name == "plpgsql") blank_all();
  }

  void session() {
    const std::size_t at = view_.is(1, {"SESSION", "LOCAL"}) && !view_.is(2, {"AUTHORIZATION"}) ? 2 : 1;
    if (view_.is(at, {"SEARCH_PATH"})) search_path_ = text_;
    const std::size_t name = view_.is(at, {"ROLE"})                                             ? at + 1
                             : view_.is(at, {"SESSION"}) && view_.is(at + 1, {"AUTHORIZATION"}) ? at + 2
                                                                                                : 0;
    if (name == 0 || view_.size() != name + 1) return;
    if (view_.name(name) == live_user_ || slice(name, name) == "'" + live_user_ + "'") blank_all();
  }

  std::string slice(std::size_t first, std::size_t last) const {
    const auto begin = view_.token(first).begin;
    return text_.substr(begin, view_.token(last).end - begin);
  }
  void blank_all() { blank_bytes(0, text_.size()); }
  void blank(std::size_t first, std::size_t last) {
    blank_bytes(view_.token(first).begin, view_.token(last).end);
  }
  void blank_bytes(std::size_t begin, std::size_t end) {
    const auto at = migration_.up.begin + statement_.begin;
    for (auto i = at + begin; i < at + end; ++i) {
      if (migration_.text[i] != '\n') migration_.text[i] = ' ';
    }
  }

  migrate::Migration& migration_;
  const migrate::Statement& statement_;
  const std::string text_;  // a copy: the file's own is changed
  const StatementView view_;
  const std::string& live_user_;
  const MadeBefore& made_;
  std::string& search_path_;  ///< the file's newest SET search_path
  std::vector<Deferred>& deferred_;
};

}  // namespace

std::vector<Deferred> take_out_owners(std::vector<migrate::Migration>& migrations,
                                      const std::string& live_user, const MadeBefore& made) {
  std::vector<Deferred> deferred;
  for (auto& migration : migrations) {
    std::string search_path;
    for_each_statement(migration, [&](const migrate::Statement& statement, std::string_view text) {
      const std::string_view verb = std::string_view(statement.words).substr(0, statement.words.find(' '));
      if (verb == "ALTER" || verb == "CREATE" || verb == "COMMENT" || verb == "SET")
        TakeOut(migration, statement, text, live_user, made, search_path, deferred).run();
    });
  }
  return deferred;
}

void run_deferred(Connection& maker, const std::vector<Deferred>& deferred, migrate::Sink& sink) {
  Connection::Limits limits;
  limits.timeout = kTimeout;
  for (const auto& statement : deferred) {
    try {
      maker.execute("RESET search_path; " + statement.sql, limits);
    } catch (const SqlError& error) {
      warn(sink, fmt::format("{}: left out, since the role that made the scratch database cannot run it: {}",
                             statement.place, error.message));
    }
  }
}

void remove_owners_grants(Description& expected, Connection& live, const std::string& live_user) {
  const auto is_grant = [](const Object& object) { return object.kind == "grant"; };
  if (std::none_of(expected.objects.begin(), expected.objects.end(), is_grant)) return;
  Connection::Limits limits;
  limits.timeout = kTimeout;
  const auto rows = live.execute_all(kOwners, limits).at(kOwnersResult);
  std::set<std::string> own;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) own.insert(rows.at(i, 0));
  const std::string of_live = fmt::format("ALTER DEFAULT PRIVILEGES FOR ROLE {} ", live_user);
  const std::string to_live = " TO " + live_user;
  std::erase_if(expected.objects, [&](const Object& object) {
    if (!is_grant(object)) return false;
    std::string_view identity = object.identity;
    constexpr std::string_view kOption = " WITH GRANT OPTION";
    if (identity.ends_with(kOption)) identity.remove_suffix(kOption.size());
    return own.contains(std::string(identity)) ||
           (identity.starts_with(of_live) && identity.ends_with(to_live));
  });
}

}  // namespace bigocean::sql::drift
