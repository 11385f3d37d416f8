// libFuzzer: for any statement, the analysis ends, and its result is sound.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sql/lint/locks.hpp"
#include "sql/lint/statement.hpp"

using namespace bigocean::sql;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const auto script = migrate::lex(text);
    for (const auto& statement : script.statements) {
      const auto sql = script.sql(text).substr(statement.begin, statement.end - statement.begin);
      const auto read = lint::read_statement(statement, sql);
      if (read.steps.empty()) std::abort();
      for (const auto& step : read.steps) {
        if (step.offset > sql.size()) std::abort();
        lint::locks_of(step);
      }
    }
  } catch (const migrate::LexError&) {
  }
  return 0;
}
