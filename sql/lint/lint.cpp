// Judges migration files by the rules.
#include "sql/lint/lint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sql/lint/tree.hpp"
#include "sql/migrate/run/failure.hpp"
#include "sql/migrate/run/session_state.hpp"

namespace bigocean::sql::lint {
namespace {

/// One file's findings.
class FileJudge {
 public:
  FileJudge(const File& file, const Options& options, Context& context, std::vector<Finding>& findings)
      : file_(file), options_(options), context_(context), findings_(findings), used_(file.allows.size()) {}

  void run() {
    const auto first = findings_.size();
    context_.begin_file(file_, options_.earlier_applied);
    for (std::size_t i = 0; i < file_.statements.size(); ++i) {
      const auto& statement = file_.statements[i];
      context_.begin_statement(file_.transactions[i]);
      if (!statement.not_analysed.empty()) {
        add("not-analysed", file_.offset(statement, statement.not_analysed_offset), statement.text,
            fmt::format("(parser is PostgreSQL {}): {}", parser_version(), statement.not_analysed));
      }
      if (migrate::gives_lock_away(statement.text))
        add("gives-lock-away", file_.offset(statement, 0), statement.text,
            "bigocean migrate holds one of them while it runs");
      check_statement(statement);
    }
    report_allows();
    const auto in_order = [](const Finding& a, const Finding& b) { return a.place.line < b.place.line; };
    std::stable_sort(findings_.begin() + static_cast<std::ptrdiff_t>(first), findings_.end(), in_order);
  }

 private:
  void check_statement(const ReadStatement& statement) {
    bool first = true;
    for (const auto& step : statement.steps) {
      const Scene scene{step, first, statement, file_, context_};
      const bool unused = context_.is_new(step.table, step.object);
      const bool empty = context_.is_empty(step.table);
      for (const auto& rule : rules()) {
        if (rule.check == nullptr) continue;
        const bool silent = (rule.reach != Reach::kAny && unused) || (rule.reach == Reach::kFilled && empty);
        if (silent && file_.allows.empty()) continue;
        const auto detail = rule.check(scene);
        // Elsewhere the table may be in use and filled, so a line that allows this is needed.
        if (detail && !is_allowed(rule.id) && !silent) add(rule, scene, *detail);
      }
      context_.after(step);
      first = false;
    }
  }

  void add(const Rule& rule, const Scene& scene, const std::string& detail) {
    std::string title(rule.title);
    if (!scene.step.table.empty()) title += " (" + scene.step.table.text() + about(scene.step.table) + ")";
    if (!detail.empty()) title += ": " + detail;
    auto* finding =
        put(rule, file_.offset(scene.statement, scene.step.offset), scene.statement.text, std::move(title));
    if (finding != nullptr) finding->remedy = fill_remedy(rule, scene);
  }

  std::string about(const Name& table) const {
    const auto* live = context_.live(table);
    return live == nullptr ? "" : ", " + live->size_text();
  }

  void add(std::string_view id, std::size_t offset, std::string_view statement, const std::string& detail) {
    const Rule& rule = *find_rule(id);
    if (is_allowed(id)) return;
    auto* finding = put(rule, offset, statement,
                        fmt::format("{}{}{}", rule.title, detail.starts_with('(') ? " " : ": ", detail));
    if (finding != nullptr) finding->remedy = rule.remedy;
  }

  Finding* put(const Rule& rule, std::size_t offset, std::string_view statement, std::string title) {
    const auto level = options_.levels.find(rule.id);
    Finding finding;
    finding.rule = &rule;
    finding.level = level == options_.levels.end() ? rule.level : level->second;
    if (finding.level == Level::kOff) return nullptr;
    finding.path = file_.job->path;
    finding.place = place_of(std::min(offset, file_.job->source.size()));
    finding.excerpt =
        migrate::excerpt(file_.job->source, std::min(offset, file_.job->source.size()), finding.place);
    finding.statement = statement.substr(0, kStatementBytesShown);
    finding.title = std::move(title);
    findings_.push_back(std::move(finding));
    return &findings_.back();
  }

  /// Counts lines from where the last finding was: a large file may have many.
  migrate::Place place_of(std::size_t offset) {
    const auto source = file_.job->source;
    if (offset < line_begin_) line_begin_ = 0, line_ = 1;
    auto place = migrate::place_of(source.substr(line_begin_), offset - line_begin_);
    place.line += line_ - 1;
    const auto before = offset == 0 ? std::string_view::npos : source.rfind('\n', offset - 1);
    line_begin_ = before == std::string_view::npos ? 0 : before + 1;
    line_ = place.line;
    return place;
  }

  /// An allow counts only with its reason.
  bool is_allowed(std::string_view id) {
    bool allowed = false;
    for (std::size_t i = 0; i < file_.allows.size(); ++i) {
      if (file_.allows[i].rule != id || file_.allows[i].reason.empty()) continue;
      used_[i] = allowed = true;
    }
    return allowed;
  }

  void report_allows() {
    for (std::size_t i = 0; i < file_.allows.size(); ++i) {
      const Allow& allow = file_.allows[i];
      const auto line = file_.job->source.substr(allow.offset);
      const auto text = line.substr(0, line.find('\n'));
      if (find_rule(allow.rule) == nullptr) {
        add("unused-allow", allow.offset, text,
            fmt::format("there is no rule `{}`{}", allow.rule, base::did_you_mean(allow.rule, rule_ids())));
      } else if (allow.reason.empty()) {
        add("allow-without-reason", allow.offset, text, std::string(allow.rule));
      } else if (!used_[i]) {
        add("unused-allow", allow.offset, text, std::string(allow.rule));
      }
    }
  }

  const File& file_;
  const Options& options_;
  Context& context_;
  std::vector<Finding>& findings_;
  std::vector<bool> used_;
  std::size_t line_begin_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

std::vector<Finding> lint(const std::vector<File>& files, const Options& options) {
  std::vector<Finding> findings;
  Context context(options.live, options.pessimistic);
  for (const auto& file : files) FileJudge(file, options, context, findings).run();
  return findings;
}

std::vector<File> read_files(const std::vector<const migrate::Job*>& jobs) {
  std::vector<File> files;
  files.reserve(jobs.size());
  for (const auto* job : jobs) files.push_back(read_file(*job));
  return files;
}

std::size_t count(const std::vector<Finding>& findings, Level level) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.level == level; }));
}

}  // namespace bigocean::sql::lint
