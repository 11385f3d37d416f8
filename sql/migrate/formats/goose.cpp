// goose's format: `<number>_<name>.sql` with "-- +goose" marks, and Go programs, in the order of the numbers.
#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::string_view kPrefix = "+goose ";
constexpr std::array<std::string_view, 7> kMarks{
    "up", "down", "statementbegin", "statementend", "no transaction", "envsub on", "envsub off"};

/// What follows "+goose", in lower case; empty for other comments.
std::string mark_words(std::string_view comment) {
  if (!base::equals_ignoring_case(comment.substr(0, kPrefix.size()), kPrefix)) return {};
  return base::to_lower(base::trim(comment.substr(kPrefix.size())));
}

std::optional<FileName> read_name(std::string_view entry, std::string_view path) {
  constexpr std::array<std::string_view, 1> kProgramEndings{".go"};
  if (entry.ends_with("_test.go")) return std::nullopt;
  if (entry.find('/') != std::string_view::npos) return std::nullopt;
  const std::string_view version = numbered_version(entry);
  if (entry.ends_with(".go") && version.empty()) return std::nullopt;  // a helper of programs
  if (auto program = read_program_name(entry, kProgramEndings)) return program;
  if (!entry.ends_with(".sql")) return std::nullopt;
  if (version.empty() || canonical_version(version) == "0")
    refuse_name(
        path, "goose requires a number from 1 on and `_` in front; rename it, or move it out of the folder");
  return FileName{FileName::Role::kWhole, std::string(entry.substr(0, entry.size() - 4)),
                  std::string(version)};
}

/// StatementBegin and StatementEnd say what the lexer sees for itself, and ENVSUB is looked at in `finish`.
std::optional<Mark> read_mark(const CommentLine& comment, std::vector<Fault>& faults) {
  const std::string words = mark_words(comment.text);
  if (words.empty()) return std::nullopt;
  if (comment.is_indented()) {
    faults.push_back({comment.line, fmt::format("`-- {}` is a mark of goose, and starts in the first column",
                                                comment.text)});
    return std::nullopt;
  }
  Mark mark{.line = comment.line, .options = {}};
  if (words == "up") return mark;
  mark.kind = Mark::Kind::kDown;
  if (words == "down") return mark;
  mark.kind = Mark::Kind::kNoTransaction;
  if (words == "no transaction") return mark;
  if (std::find(kMarks.begin(), kMarks.end(), words) == kMarks.end()) {
    faults.push_back({comment.line, fmt::format("`-- {}` is not a mark of goose{}", comment.text,
                                                base::did_you_mean(words, kMarks))});
  }
  return std::nullopt;
}

constexpr Dialect kDialect{"-- +goose Up", "-- +goose Down", true, read_mark};

void finish(Migration& migration) {
  if (migration.path.ends_with(".go")) {
    migration.obstacle = program_obstacle("goose");
    return;
  }
  for (auto at = migration.text.find(kPrefix); at != std::string::npos;
       at = migration.text.find(kPrefix, at + 1)) {
    const auto line = std::string_view(migration.text).substr(at, migration.text.find('\n', at) - at);
    if (mark_words(line) != "envsub on") continue;
    migration.obstacle = {at, "ENVSUB puts environment variables into the SQL, which bigocean does not do",
                          "write the values into the file and remove the line"};
    return;
  }
}

void arrange(const Folder& folder, std::vector<Migration>& migrations, std::vector<std::string>& faults) {
  arrange_by_number(folder, migrations, faults);
  refuse_same_versions(migrations, faults);
}

std::vector<NewFile> make_files(const NewFileRequest& request) {
  return {{fmt::format("{}_{}.sql", next_number(request, kGooseFormat), request.slug),
           "-- +goose Up\n\n\n-- +goose Down\n\n"}};
}

}  // namespace

const Format kGooseFormat{.id = config::MigrationFormat::kGoose,
                          .name = "goose",
                          .dialect = kDialect,
                          .read_name = read_name,
                          .arrange = arrange,
                          .make_files = make_files,
                          .finish = finish};

}  // namespace bigocean::sql::migrate
