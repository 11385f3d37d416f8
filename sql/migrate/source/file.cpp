// One migration file: its parts and their options, put together.
#include "sql/migrate/source/file.hpp"
#include "base/checksum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "sql/migrate/source/lexer.hpp"
#include "sql/migrate/source/marks.hpp"
#include "sql/migrate/source/options.hpp"
#include "sql/migrate/source/scan.hpp"
#include "sql/migrate/source/text.hpp"

namespace bigocean::sql::migrate {
namespace {

/// Offset of the first token that is not a ';', or `end` when there is none. A comment or string that is not
/// closed counts as a token: lexing the part says what is wrong with it.
std::size_t first_statement(std::string_view text, std::size_t begin, std::size_t end) {
  Scanner scanner(text.substr(0, end), begin);
  try {
    for (;;) {
      const Token token = scanner.next();
      if (token.kind != TokenKind::kSemicolon) return token.begin;
    }
  } catch (const LexError& error) {
    return error.offset;
  }
}

class MigrationReader {
 public:
  MigrationReader(std::string_view path, std::string_view text, const Dialect& dialect)
      : path_(path), text_(text), dialect_(dialect) {
    marks_ = find_marks(text, dialect, faults_);
  }

  /// Up and down of a file with marks; all up when it has none.
  void read_whole(Migration& migration) {
    const Mark* up = nullptr;
    const Mark* down = nullptr;
    for (const Mark& mark : marks_) {
      if (mark.kind == Mark::Kind::kUp) take_up(mark, up, down);
      if (mark.kind == Mark::Kind::kDown) take_down(mark, up, down);
    }
    if (&dialect_ == &kNativeDialect && up == nullptr) {
      for (Fault& foreign : find_foreign_marks(text_)) faults_.push_back(std::move(foreign));
    }
    migration.up = part(up == nullptr ? 0 : up->end, end_of(up, down), up);
    if (down != nullptr) migration.down = part(down->end, end_of(down, up), down);
    if (up != nullptr || !faults_.empty()) return;
    if (dialect_.needs_up) {
      fault(0, fmt::format("there is no line `{}`; put it above the SQL", dialect_.up));
    } else if (first_statement(text_, 0, text_.size()) == text_.size()) {
      const std::string_view what = text_.empty() ? "the file is empty; write the SQL below"
                                                  : "nothing to run; if that is meant, say so with";
      fault(0, fmt::format("{} a line `{}`", what, dialect_.up));
    }
  }

  /// The one part of an .up.sql or .down.sql file.
  Part read_half() {
    for (const Mark& mark : marks_) {
      if (mark.kind != Mark::Kind::kUp && mark.kind != Mark::Kind::kDown) continue;
      fault(mark.line,
            "a file of an .up.sql/.down.sql pair has no marks; remove the line or join the two in one .sql "
            "file");
    }
    return part(0, text_.size(), nullptr);
  }

  /// Throws if there were faults.
  void finish() {
    if (faults_.empty()) return;
    std::stable_sort(faults_.begin(), faults_.end(),
                     [](const Fault& a, const Fault& b) { return a.line < b.line; });
    std::string message;
    for (const Fault& fault : faults_) {
      const std::string line = fault.line == 0 ? "" : fmt::format("{}:", fault.line);
      message += fmt::format("{}{}:{} {}", message.empty() ? "" : "\n", path_, line, fault.text);
    }
    throw base::Error(base::ExitCode::kUsage, std::move(message));
  }

 private:
  /// Where the part below `mark` ends: at the other mark, if that comes behind it.
  std::size_t end_of(const Mark* mark, const Mark* other) const {
    const bool follows = other != nullptr && (mark == nullptr || other->begin > mark->begin);
    return follows ? other->begin : text_.size();
  }

  void take_up(const Mark& mark, const Mark*& up, const Mark* down) {
    if (up != nullptr) {
      if (!dialect_.first_counts)
        fault(mark.line, fmt::format("a second `{}`; the first is in line {}", dialect_.up, up->line));
      return;
    }
    up = &mark;
    if (down == nullptr) {
      check_head(mark.begin);
    } else if (!dialect_.first_counts) {
      fault(mark.line, fmt::format("`{}` comes below `{}` in line {}; put it first", dialect_.up,
                                   dialect_.down, down->line));
    }
  }

  void take_down(const Mark& mark, const Mark* up, const Mark*& down) {
    if (down != nullptr) {
      if (!dialect_.first_counts)
        fault(mark.line, fmt::format("a second `{}`; the first is in line {}", dialect_.down, down->line));
      return;
    }
    down = &mark;
    const bool up_follows =
        std::any_of(marks_.begin(), marks_.end(), [](const Mark& m) { return m.kind == Mark::Kind::kUp; });
    if (up == nullptr && !up_follows)
      fault(mark.line, fmt::format("`{}` without a line `{}` above it", dialect_.down, dialect_.up));
  }

  Part part(std::size_t begin, std::size_t end, const Mark* mark) {
    Part part{begin, std::max(begin, end), {}};
    if (mark != nullptr) read_options(mark->options, mark->line, part.options, faults_);
    std::optional<std::size_t> first;
    for (const Mark& line : marks_) {
      if (line.kind == Mark::Kind::kNoTransaction) part.options.transaction = false;
      if (line.kind != Mark::Kind::kOptions || line.begin < part.begin || line.begin >= part.end) continue;
      if (is_allow(line.options)) continue;
      if (!first) first = first_statement(text_, part.begin, part.end);
      if (line.begin > *first) {
        fault(line.line, "options belong above the first statement");
      } else if (line.options.empty()) {
        fault(line.line, "`-- bigocean:` is empty; write key=value after it");
      } else {
        read_options(line.options, line.line, part.options, faults_);
      }
    }
    return part;
  }

  /// Nothing may stand above the first mark but comments.
  void check_head(std::size_t mark_begin) {
    const std::size_t first = first_statement(text_, 0, mark_begin);
    if (first < mark_begin) {
      fault(place_of(text_, first).line,
            fmt::format("SQL above the line `{}` never runs; move it below", dialect_.up));
    }
    for (const Mark& line : marks_) {
      if (line.kind == Mark::Kind::kOptions && line.begin < mark_begin) {
        fault(line.line, fmt::format("options stand above the line `{}`; move them below it", dialect_.up));
      }
    }
  }

  void fault(std::size_t line, std::string text) { faults_.push_back({line, std::move(text)}); }

  std::string_view path_;
  std::string_view text_;
  const Dialect& dialect_;
  std::vector<Fault> faults_;
  std::vector<Mark> marks_;
};

}  // namespace

Migration parse_migration(std::string_view file_name, std::string_view path, std::string_view bytes) {
  const FileName name = parse_file_name(file_name, path);
  if (name.role == FileName::Role::kDown) {
    throw base::Error(base::ExitCode::kUsage,
                      fmt::format("{}: its up file {}.up.sql is missing", path, name.identity));
  }
  return parse_text(name, path, normalize(bytes, path), kNativeDialect);
}

Migration parse_text(const FileName& name, std::string_view path, std::string text, const Dialect& dialect) {
  Migration migration;
  migration.name = name.identity;
  migration.version = name.version;
  migration.path = path;
  migration.text = std::move(text);
  migration.checksum = base::sha256_hex(migration.text);
  if (name.role == FileName::Role::kProgram) {
    migration.up.end = migration.text.size();
    return migration;
  }
  MigrationReader reader(path, migration.text, dialect);
  if (name.role == FileName::Role::kWhole) {
    reader.read_whole(migration);
  } else {
    migration.up = reader.read_half();
  }
  reader.finish();
  return migration;
}

void add_down_file(Migration& migration, std::string_view path, std::string text, const Dialect& dialect) {
  MigrationReader reader(path, text, dialect);
  const Part down = reader.read_half();
  reader.finish();
  migration.down = down;
  migration.down_text = std::move(text);
  migration.down_path = path;
}

}  // namespace bigocean::sql::migrate
