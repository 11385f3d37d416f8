// The span of one round trip to PostgreSQL.
#pragma once

#include <string>
#include <string_view>

#include "base/span.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql {

/// A client span by the conventions for PostgreSQL
/// (https://opentelemetry.io/docs/specs/semconv/db/postgresql/), from construction to destruction. A
/// statement of ours with parameters is shown with its text, in which there are no values then; of any other
/// only its first word.
class QuerySpan {
 public:
  /// `connection` must outlive this.
  explicit QuerySpan(const Connection& connection);
  /// The same, for statements that are sent as one text.
  QuerySpan(const Connection& connection, std::string_view sql);
  ~QuerySpan();
  QuerySpan(const QuerySpan&) = delete;
  QuerySpan& operator=(const QuerySpan&) = delete;

  /// One more statement with parameters of the same round trip.
  void send(const Query& statement);
  /// The same, of a text that is not ours: a migration's may have values and comments, too.
  void send_unseen(const Query& statement);

  /// Returns what `work` returns; an error of the server that it throws is noted.
  template <typename Work>
  auto run(const Work& work) {
    try {
      return work();
    } catch (const ServerError& error) {
      fail(error);
      throw;
    }
  }

 private:
  void fail(const ServerError& error);

  const Connection& connection_;
  base::Span span_;
  std::size_t statements_ = 0;
  std::string operation_{};  ///< of the first statement that does work
  std::string summary_{};
  std::string text_{};
};

/// Sets what the conventions want to know of the server.
void describe_server(base::Span& span, const Connection& connection);

/// "SELECT sessions": the statement's first word, and what stands behind the first FROM, INTO or UPDATE
/// outside of parentheses. Empty for a text that does not begin with a word.
std::string summary_of(std::string_view sql);

}  // namespace bigocean::sql
