// Runs what lint says to do instead, statement by statement, as migrate would outside a transaction.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "sql/migrate/source/lexer.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test {

/// The statements of a text, without BEGIN, COMMIT and the like.
inline std::vector<std::string> statements_of(const std::string& text) {
  std::vector<std::string> statements;
  for (const auto& statement : sql::migrate::lex(text).statements)
    if (statement.kind != sql::migrate::StatementKind::kTransaction)
      statements.push_back(text.substr(statement.begin, statement.end - statement.begin));
  return statements;
}

/// Throws what the server says of the first that fails.
inline void run_each(const std::string& url, const std::string& text) {
  Session session(url);
  for (const auto& statement : statements_of(text)) session.run(statement);
}

/// The files that a remedy tells to write: a new one begins at a comment that says so.
inline std::vector<std::string> files_of(const std::string& remedy) {
  std::vector<std::string> files{""};
  std::istringstream lines(remedy);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("-- in ") || line.starts_with("-- then ") || line.starts_with("-- write "))
      files.emplace_back();
    files.back() += line + "\n";
  }
  std::erase_if(files, [](const std::string& text) { return statements_of(text).empty(); });
  return files;
}

}  // namespace bigocean::test
