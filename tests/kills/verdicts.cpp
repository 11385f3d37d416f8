// Queries of the database.
#include "tests/kills/verdicts.hpp"

#include <fmt/format.h>

#include "tests/support/servers.hpp"

namespace bigocean::kills {
namespace {

/// claude-haiku-5-5's, in nano-dollars a token: what the service's defaults say.
constexpr std::int64_t kInputPrice = 100;
constexpr std::int64_t kOutputPrice = 500;

std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2) text.insert(at, "'");
  return "'" + text + "'";
}

class Verdicts {
 public:
  explicit Verdicts(const std::string& url) : url_(url) {}

  std::string value(const std::string& sql) { return test::query(url_, sql).at(0).at(0); }

  void require_equal(const std::string& what, const std::string& got, const std::string& wanted) {
    if (got != wanted) faults.push_back(fmt::format("{}: {} and not {}", what, got, wanted));
  }

  std::vector<std::string> faults;

 private:
  const std::string url_;
};

}  // namespace

std::vector<std::string> faults_of(const std::string& database_url, const std::vector<Answer>& answers,
                                   const server::llm::Usage& billed) {
  Verdicts verdicts(database_url);
  std::string seen;
  for (const auto& answer : answers) {
    seen +=
        fmt::format("{}({}::uuid, {}, {}::bigint, {})", seen.empty() ? "" : ", ", quoted(answer.session_id),
                    quoted(answer.message), answer.position, quoted(answer.content));
  }
  if (answers.empty()) {
    verdicts.faults.emplace_back("nobody was answered");
  } else {
    verdicts.require_equal(
        "answers that were seen and are not stored as they were seen",
        verdicts.value(
            "SELECT count(*) FROM (VALUES " + seen +
            ") seen (session_id, message, position, content) WHERE NOT EXISTS (SELECT FROM messages a"
            " JOIN messages u USING (user_id, session_id) WHERE a.session_id = seen.session_id"
            " AND a.position = seen.position AND a.role = 'assistant' AND a.content = seen.content"
            " AND u.position = seen.position - 1 AND u.content = seen.message)"),
        "0");
  }
  verdicts.require_equal("messages that are stored twice",
                         verdicts.value("SELECT count(*) FROM (SELECT FROM messages WHERE role = 'user'"
                                        " GROUP BY session_id, content HAVING count(*) > 1) twice"),
                         "0");
  verdicts.require_equal(
      "sessions with another number of paid answers than of answers",
      verdicts.value(
          "SELECT count(*) FROM (SELECT session_id, count(*) FILTER (WHERE role = 'assistant') - 1 AS answers"
          "   FROM messages GROUP BY 1) told"
          " FULL JOIN (SELECT session_id, count(*) AS paid FROM ledger_entries"
          "   WHERE purpose = 'interview' AND outcome = 'settled' GROUP BY 1) paid USING (session_id)"
          " WHERE coalesce(answers, 0) <> coalesce(paid, 0)"),
      "0");
  const auto charged = verdicts.value("SELECT sum(cost) FROM ledger_entries");
  for (const auto* budgets : {"session_budgets", "user_budgets", "service_budgets"}) {
    verdicts.require_equal(fmt::format("spent by {}", budgets),
                           verdicts.value(fmt::format("SELECT sum(spent) FROM {}", budgets)), charged);
    verdicts.require_equal(fmt::format("reserved by {}", budgets),
                           verdicts.value(fmt::format("SELECT sum(reserved) FROM {}", budgets)), "0");
  }
  verdicts.require_equal(
      "sessions whose budget is not the sum of their entries",
      verdicts.value("SELECT count(*) FROM session_budgets b WHERE spent <>"
                     " (SELECT sum(cost) FROM ledger_entries e WHERE e.session_id = b.session_id)"),
      "0");
  const auto due = kInputPrice * billed.input_tokens + kOutputPrice * billed.output_tokens;
  if (std::stoll(charged) < due) {
    verdicts.faults.push_back(fmt::format("{} n$ were charged, and {} n$ billed", charged, due));
  }
  return verdicts.faults;
}

}  // namespace bigocean::kills
