// The span of one round trip to PostgreSQL.
#include "sql/postgres/query_span.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace bigocean::sql {
namespace {

constexpr std::size_t kWordBytesMax = 20;
constexpr std::size_t kNameBytesMax = 127;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_of_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '"'; }

std::string_view name_at(std::string_view text) {
  return {text.begin(), std::find_if_not(text.begin(), text.end(), is_of_name)};
}

/// The text behind the word FROM, INTO or UPDATE, outside of parentheses; empty where there is none.
std::string_view behind_table_word(std::string_view sql) {
  int depth = 0;
  for (auto rest = sql; !rest.empty();) {
    if (!is_of_name(rest.front())) {
      if (rest.front() == '(') ++depth;
      if (rest.front() == ')') --depth;
      rest.remove_prefix(1);
      continue;
    }
    const auto word = name_at(rest);
    rest.remove_prefix(word.size());
    if (depth > 0) continue;
    for (const std::string_view wanted : {"FROM", "INTO", "UPDATE"}) {
      if (base::equals_ignoring_case(word, wanted)) return base::trim(rest);
    }
  }
  return {};
}

/// Whether a statement only frames the others.
bool is_frame(std::string_view operation) {
  constexpr std::array<std::string_view, 5> kFrames{"BEGIN", "SET", "RESET", "COMMIT", "ROLLBACK"};
  return std::find(kFrames.begin(), kFrames.end(), operation) != kFrames.end();
}

std::string operation_of(std::string_view sql) {
  const auto text = base::trim(sql);
  const auto end = std::find_if_not(text.begin(), text.end(), is_letter);
  return base::to_upper(std::string_view(text.begin(), end).substr(0, kWordBytesMax));
}

/// Of statements that are sent as one text: the first word of the first that does work, else of the first. In
/// front of a file's own stand only statements of ours, in which a semicolon ends a statement.
std::string first_work_of(std::string_view sql) {
  const auto first = operation_of(sql);
  auto operation = first;
  while (is_frame(operation)) {
    const auto end = sql.find(';');
    if (end == sql.npos) return first;
    sql.remove_prefix(end + 1);
    operation = operation_of(sql);
  }
  return operation.empty() ? first : operation;
}

}  // namespace

std::string summary_of(std::string_view sql) {
  auto operation = operation_of(sql);
  if (operation.empty() || is_frame(operation)) return operation;
  const auto table = name_at(behind_table_word(base::trim(sql))).substr(0, kNameBytesMax);
  return table.empty() ? operation : operation + " " + std::string(table);
}

void describe_server(base::Span& span, const Connection& connection) {
  constexpr std::uint64_t kPortMax = 65535;
  if (!span.is_recorded()) return;
  span.set("db.system.name", "postgresql");
  span.set("db.namespace", connection.database());
  span.set("server.address", connection.host());
  if (const auto port = base::parse_digits(connection.port(), kPortMax))
    span.set("server.port", static_cast<std::int64_t>(*port));
}

QuerySpan::QuerySpan(const Connection& connection)
    : connection_(connection), span_("postgresql", base::SpanKind::kClient) {}

QuerySpan::QuerySpan(const Connection& connection, std::string_view sql) : QuerySpan(connection) {
  if (span_.is_recorded()) operation_ = summary_ = first_work_of(sql);
}

QuerySpan::~QuerySpan() {
  if (!span_.is_recorded()) return;
  describe_server(span_, connection_);
  if (statements_ > 1) span_.set("db.operation.batch.size", static_cast<std::int64_t>(statements_));
  if (operation_.empty()) return;
  const std::string batch = statements_ > 1 ? "BATCH " : "";
  span_.rename(batch + summary_);
  span_.set("db.operation.name", batch + operation_);
  span_.set("db.query.summary", batch + summary_);
  if (!text_.empty()) span_.set("db.query.text", std::move(text_));
}

void QuerySpan::send(const Query& statement) {
  if (!span_.is_recorded()) return;
  ++statements_;
  if (text_.size() < base::Span::kTextBytesMax) text_ += (text_.empty() ? "" : "; ") + statement.sql;
  if (!operation_.empty() && !is_frame(operation_)) return;
  operation_ = operation_of(statement.sql);
  summary_ = summary_of(statement.sql);
}

void QuerySpan::send_unseen(const Query& statement) {
  if (!span_.is_recorded()) return;
  ++statements_;
  if (operation_.empty()) operation_ = summary_ = operation_of(statement.sql);
}

void QuerySpan::fail(const ServerError& error) {
  if (error.sqlstate.empty()) return span_.fail("connection");
  span_.set("db.response.status_code", error.sqlstate);
  span_.fail(error.sqlstate);
}

}  // namespace bigocean::sql
