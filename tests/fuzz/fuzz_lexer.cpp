// libFuzzer: for any text, the lexer ends, and its statements are sound.
#include <cstdint>
#include <string>
#include <string_view>

#include "sql/migrate/source/lexer.hpp"
#include "tests/fuzz/require.hpp"

using namespace bigocean::sql::migrate;
using bigocean::fuzz::require;

namespace {

/// A statement alone is the same statement, without the rows that a COPY reads.
void check_alone(std::string_view statement, const Statement& was) {
  const Script again = lex(statement);
  require(again.statements.size() == 1, "a statement alone is one statement");
  const Statement& is = again.statements.front();
  require(is.begin == 0 && is.end == statement.size(), "it is whole");
  require(is.kind == was.kind && is.words == was.words, "it is of the same kind");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const Script script = lex(text);
    require(script.sql(text).size() == text.size(), "blanking keeps the length");
    std::size_t from = 0;
    for (const Statement& s : script.statements) {
      require(from <= s.begin && s.begin < s.end && s.end <= text.size(),
              "statements are in order and not empty");
      from = s.end;
      if (s.kind == StatementKind::kCopyFromStdin) {
        require(from <= s.data_begin && s.data_begin <= s.data_end && s.data_end <= text.size(),
                "rows follow their COPY");
        from = s.data_end;
      }
      check_alone(script.sql(text).substr(s.begin, s.end - s.begin), s);
    }
  } catch (const LexError& error) {
    require(error.offset <= text.size(), "an error lies inside the text");
    require(!error.message.empty() && !error.hint.empty(), "an error says what and what to do");
  }
  return 0;
}
