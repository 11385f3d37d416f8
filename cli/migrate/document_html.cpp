// What `migrate plan` and `migrate status` found, as a file to look at.
#include "cli/migrate/document_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "cli/html_report.hpp"

namespace bigocean::cli {
namespace {

using base::escape_html;
using sql::lint::FileOutlook;
using sql::lint::LockOutlook;
using sql::lint::Verdict;
using sql::migrate::FileState;

Tone tone_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSafe:
      return Tone::kGood;
    case Verdict::kBriefLock:
      return Tone::kPlain;
    case Verdict::kUnknown:
      return Tone::kWarn;
    case Verdict::kNeedsWindow:
      break;
  }
  return Tone::kBad;
}

Tone tone_of(FileState state) {
  switch (state) {
    case FileState::kApplied:
    case FileState::kCovered:
      return Tone::kGood;
    case FileState::kPending:
      return Tone::kPlain;
    case FileState::kAhead:
      return Tone::kWarn;
    case FileState::kEdited:
    case FileState::kRunning:
    case FileState::kReverting:
      break;
  }
  return Tone::kBad;
}

Tone tone_of(sql::LockMode mode) {
  if (mode >= sql::LockMode::kExclusive) return Tone::kBad;
  return sql::is_strong(mode) ? Tone::kWarn : Tone::kGood;
}

/// From a millisecond to an hour, as a share of that range on a logarithmic scale.
double share_of(std::chrono::milliseconds time) {
  constexpr double kHourMs = 3'600'000;
  return std::log(std::max(1.0, static_cast<double>(time.count()))) / std::log(kHourMs);
}

std::string lock_row(const LockOutlook& lock) {
  const auto tone = tone_of(lock.mode);
  std::string work(sql::lint::work_name(lock.work));
  if (!lock.basis.empty())
    work += fmt::format("{}about {} ({})", work.empty() ? "" : "; ", base::format_elapsed(lock.estimate),
                        lock.basis);
  std::string blockers;
  for (const auto& blocker : lock.blockers)
    blockers += html_element("div class=\"bad\"", "would wait now for " + blocker_text(blocker));
  return fmt::format(
      "<tr><th scope=\"row\">{}</th><td>{}{}</td><td>{}</td><td>{}</td><td>{}{}{}</td></tr>\n",
      escape_html(lock.table.text()), html_chip(tone, lock_mode_name(lock.mode)),
      html_bar(tone, static_cast<double>(lock.mode) / static_cast<double>(sql::LockMode::kAccessExclusive)),
      escape_html(who_waits(lock.mode)),
      escape_html(fmt::format("{}, {:.1f} reads/s, {:.1f} writes/s", lock.live.size_text(),
                              lock.live.reads_per_second, lock.live.writes_per_second)),
      escape_html(work), lock.basis.empty() ? "" : html_bar(tone, share_of(lock.estimate)), blockers);
}

std::string statement_part(const sql::lint::StatementOutlook& statement) {
  auto part = fmt::format("<p><span class=\"small\">line {}</span> <code>{}</code></p>", statement.place.line,
                          escape_html(statement.words)) +
              html_element("p class=\"small\"", statement.note);
  if (statement.locks.empty()) return part;
  part +=
      "<table><thead><tr><th scope=\"col\">Table</th><th scope=\"col\">Lock</th><th scope=\"col\">Who "
      "waits</th>"
      "<th scope=\"col\">Size and traffic</th><th scope=\"col\">Work under it</th></tr></thead>\n<tbody>";
  for (const auto& lock : statement.locks) part += lock_row(lock);
  return part + "</tbody></table>\n";
}

std::string findings_part(const std::vector<sql::lint::Finding>& findings, const std::string& path) {
  std::string part;
  for (const auto& finding : findings) {
    if (finding.path != path) continue;
    part += html_element("p", fmt::format("line {}: lint {}: {} [{}]", finding.place.line,
                                          level_name(finding.level), finding.title, finding.rule->id)) +
            html_element("pre", finding.remedy);
  }
  return part;
}

std::string pending_card(const sql::migrate::FilePreview& file, const FileOutlook* outlook,
                         const std::vector<sql::lint::Finding>& findings) {
  auto card = fmt::format(
      "<section class=\"card\"><div class=\"head\"><h2>{}</h2>{}</div>", escape_html(file.name),
      outlook == nullptr ? "" : html_chip(tone_of(outlook->verdict), verdict_name(outlook->verdict)));
  card += html_element(
      "p class=\"small\"",
      fmt::format("{} statement{}, {}; {}; lock_timeout {}{}", file.statements,
                  file.statements == 1 ? "" : "s", base::format_bytes(file.bytes),
                  file.transaction ? "one transaction" : "statement by statement: " + file.reason,
                  file.lock_timeout, file.out_of_order ? "; older than the newest applied one" : ""));
  if (outlook != nullptr) {
    card += html_element("p", outlook->reason);
    if (!outlook->gone.empty())
      card += html_element("p", fmt::format("takes away: {}", fmt::join(outlook->gone, ", ")));
    if (!outlook->dropped.empty())
      card += html_element("p", fmt::format("drops as well: {}", fmt::join(outlook->dropped, ", ")));
    for (const auto& failure : outlook->failures)
      card += html_element("p class=\"bad\"", "would fail: " + failure);
    card += findings_part(findings, outlook->path);
    for (const auto& statement : outlook->statements) card += statement_part(statement);
  }
  return card + "</section>\n";
}

std::string how_part(const sql::lint::Outlook& outlook) {
  auto part =
      html_element("p", outlook.observed ? std::string("Verdicts: observed in an empty copy of the schema.")
                                         : "Verdicts: by rules over the text, not observed" +
                                               (outlook.why_not.empty() ? "." : ": " + outlook.why_not));
  for (const auto& missing : outlook.missing)
    part += html_element("p class=\"small\"", "not in the copy: " + missing);
  for (const auto& question : outlook.not_asked)
    part += html_element("p class=\"small\"", "not asked of the rows: " + question);
  return part;
}

std::string plan_html(const MigrateDocument& document, const std::string& target) {
  const auto worst = [&] {
    auto verdict = Verdict::kSafe;
    for (const auto& file : document.outlook->files) verdict = std::max(verdict, file.verdict);
    return verdict;
  }();
  std::string body =
      document.previews.empty() ? html_element("p", "Nothing to do.") : how_part(*document.outlook);
  for (const auto& preview : document.previews) {
    const auto& files = document.outlook->files;
    const auto found =
        std::find_if(files.begin(), files.end(), [&](const auto& one) { return one.name == preview.name; });
    body += pending_card(preview, found == files.end() ? nullptr : &*found,
                         document.findings.value_or(std::vector<sql::lint::Finding>{}));
  }
  const auto count = fmt::format("{} pending", document.previews.size());
  return html_report("Plan of migrations", target, tone_of(worst),
                     document.previews.empty() ? count : fmt::format("{}: {}", count, verdict_name(worst)),
                     body);
}

std::string status_html(const MigrateDocument& document) {
  const auto& files = document.overview->plan.files;
  auto worst = Tone::kGood;
  std::string rows;
  for (const auto& file : files) {
    worst = std::max(worst, tone_of(file.state));
    rows += fmt::format("<tr><td>{}</td><th scope=\"row\">{}</th><td class=\"small\">{}</td></tr>\n",
                        html_chip(tone_of(file.state), file_state_name(file.state)), escape_html(file.name),
                        file.out_of_order ? "older than the newest applied one" : "");
  }
  std::string counts;
  for (const auto state : {FileState::kApplied, FileState::kCovered, FileState::kPending, FileState::kAhead,
                           FileState::kEdited, FileState::kRunning, FileState::kReverting}) {
    const auto count =
        std::count_if(files.begin(), files.end(), [&](const auto& one) { return one.state == state; });
    if (count == 0) continue;
    counts += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", html_chip(tone_of(state), file_state_name(state)),
        count, html_bar(tone_of(state), static_cast<double>(count) / static_cast<double>(files.size())));
  }
  const auto body = fmt::format(
      "<div class=\"card\"><h2>Counts</h2><table><thead><tr><th scope=\"col\">State</th><th "
      "scope=\"col\">Files</th>"
      "<th scope=\"col\">Share</th></tr></thead>\n<tbody>{}</tbody></table></div>"
      "<div class=\"card\"><h2>Files</h2><table><thead><tr><th scope=\"col\">State</th><th "
      "scope=\"col\">File</th>"
      "<th scope=\"col\">Note</th></tr></thead>\n<tbody>{}</tbody></table></div>",
      counts, rows);
  constexpr std::array kWords{"up to date", "pending", "ahead", "needs a decision"};
  return html_report("Migrations", document.overview->target, worst,
                     kWords.at(static_cast<std::size_t>(worst)), body);
}

}  // namespace

std::string render_html(const MigrateDocument& document, const std::string& target) {
  return document.overview ? status_html(document) : plan_html(document, target);
}

}  // namespace bigocean::cli
