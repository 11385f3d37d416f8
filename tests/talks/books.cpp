// Matches entries of the ledger with calls of the model by the API's request id or, if the service never
// learned it, by the message that is asked about, in their order.
#include "tests/talks/books.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "config/settings.hpp"
#include "server/llm/prices.hpp"
#include "server/product/settings/settings.hpp"
#include "tests/support/servers.hpp"
#include "tests/talks/model.hpp"

namespace bigocean::talks {
namespace {

using server::llm::Usage;

struct Entry {
  std::string id;
  std::string model;
  std::int64_t reserved = 0;
  std::int64_t cost = 0;
  std::string outcome;
  std::string request_id;
  Usage usage;
};

/// All calls and entries of one purpose and message, oldest first.
struct Group {
  std::vector<const test::ModelCall*> calls;
  std::vector<Entry> entries;
};

std::map<std::string, Group> groups_of(const std::string& database_url,
                                       const std::vector<test::ModelCall>& calls) {
  std::map<std::string, Group> groups;
  for (const auto& row : test::query(
           database_url,
           "SELECT e.purpose || '|' || substring(m.content from '\\(c\\d+m\\d+h?\\)$'), e.entry_id, e.model,"
           " e.reserved, e.cost, e.outcome, coalesce(e.request_id, ''), e.input_tokens, e.output_tokens,"
           " e.cache_write_5m_tokens, e.cache_write_1h_tokens, e.cache_read_tokens"
           " FROM ledger_entries e LEFT JOIN messages m ON m.user_id = e.user_id"
           " AND m.session_id = e.session_id AND m.position = e.through_position"
           " WHERE e.settled_at IS NOT NULL ORDER BY e.entry_id")) {
    const auto number = [&](std::size_t column) { return std::stoll(row.at(column)); };
    groups[row.at(0)].entries.push_back({.id = row.at(1),
                                         .model = row.at(2),
                                         .reserved = number(3),
                                         .cost = number(4),
                                         .outcome = row.at(5),
                                         .request_id = row.at(6),
                                         .usage = {.input_tokens = number(7),
                                                   .output_tokens = number(8),
                                                   .cache_write_5m_tokens = number(9),
                                                   .cache_write_1h_tokens = number(10),
                                                   .cache_read_tokens = number(11)}});
  }
  for (const auto& call : calls) {
    const auto label = CallLabel::of(call.label);
    groups[label.purpose + "|" + label.tag].calls.push_back(&call);
  }
  return groups;
}

class Comparison {
 public:
  Comparison(const server::llm::Prices& prices, const std::set<std::string>& cancels)
      : prices_(prices), cancels_(cancels) {}

  void compare(const std::string& name, const Group& group) {
    const auto tag = name.substr(name.find('|') + 1);
    is_cancelled_ = name.starts_with("interview|") && cancels_.contains(tag);
    std::vector<const test::ModelCall*> open;
    for (const auto* call : group.calls) {
      ++figures.calls;
      for (const auto& fault : call->faults) fault_of(name, call->request_id + " was refused: " + fault);
      if (call->status == 200 || call->status == 0) {
        open.push_back(call);
      } else {
        ++figures.errors;
        if (call->billed != Usage{}) fault_of(name, call->request_id + " is an error and billed");
      }
    }
    std::vector<const Entry*> unnamed;
    for (const auto& entry : group.entries) {
      ++figures.entries;
      figures.charged += entry.cost;
      if (entry.outcome == "released") {
        ++figures.released;
        if (entry.cost != 0) fault_of(name, "entry " + entry.id + " is released and costs");
        continue;
      }
      const auto call = std::find_if(open.begin(), open.end(),
                                     [&](const auto* one) { return one->request_id == entry.request_id; });
      if (call == open.end()) {
        unnamed.push_back(&entry);
        continue;
      }
      judge(name, entry, *call);
      open.erase(call);
    }
    pair_unnamed(name, unnamed, open);
  }

  CallFigures figures;

 private:
  /// What neither side can name, in its order.
  void pair_unnamed(const std::string& name, const std::vector<const Entry*>& entries,
                    const std::vector<const test::ModelCall*>& calls) {
    auto call = calls.begin();
    for (const auto* entry : entries) {
      if (entry->outcome == "settled")
        fault_of(name, fmt::format("entry {} is settled for the unknown call \"{}\"", entry->id,
                                   entry->request_id));
      judge(name, *entry, call == calls.end() ? nullptr : *call);
      if (call != calls.end()) ++call;
    }
    for (; call != calls.end(); ++call)
      fault_of(name, fmt::format("{} (\"{}\") is in no entry", (*call)->request_id, (*call)->label));
  }

  /// Without a call the request never arrived, because it was cancelled.
  void judge(const std::string& name, const Entry& entry, const test::ModelCall* call) {
    const auto bill = call == nullptr ? 0 : prices_.cost(entry.model, call->billed);
    figures.billed += bill;
    const auto what =
        fmt::format("entry {} ({}, {})", entry.id, call == nullptr ? "no call" : call->request_id,
                    call == nullptr ? "" : call->label);
    if (call == nullptr && !is_cancelled_) fault_of(name, what + " has no call");
    const bool is_equal =
        call != nullptr && entry.outcome == "settled" && entry.cost == bill && entry.usage == call->billed;
    if (is_equal) {
      ++figures.exact;
    } else {
      if (call != nullptr && call->is_whole && !is_cancelled_)
        fault_of(name,
                 fmt::format("{} was billed {} and charged {}, {}", what, bill, entry.cost, entry.outcome));
      const auto mood = call == nullptr ? "never arrived" : CallLabel::of(call->label).mood;
      figures.estimated.push_back({entry.request_id,
                                   fmt::format("{} {}, {}, {}{}", entry.model, name, mood, entry.outcome,
                                               is_cancelled_ ? ", cancelled" : ""),
                                   bill, entry.cost, entry.reserved});
    }
    if (bill > entry.cost || entry.cost > entry.reserved)
      fault_of(name,
               fmt::format("{}: bill {}, charged {}, reserved {}", what, bill, entry.cost, entry.reserved));
  }

  void fault_of(const std::string& name, const std::string& words) {
    figures.faults.push_back(name + ": " + words);
  }

  const server::llm::Prices& prices_;
  const std::set<std::string>& cancels_;
  bool is_cancelled_ = false;
};

}  // namespace

CallFigures compare_calls(const std::string& database_url, const std::vector<test::ModelCall>& calls,
                          const std::set<std::string>& cancels) {
  config::Sources nothing;
  nothing.environment = [](const std::string&) { return std::nullopt; };
  nothing.working_directory = BIGOCEAN_SOURCE_DIR "/tests/talks";
  const server::llm::Prices prices(server::product::of(config::load_settings(nothing).settings).prices);
  Comparison comparison(prices, cancels);
  for (const auto& [name, group] : groups_of(database_url, calls)) comparison.compare(name, group);
  return std::move(comparison.figures);
}

std::vector<std::string> faults_of_budgets(const std::string& database_url) {
  std::vector<std::string> faults;
  const auto require_none = [&](const std::string& what, const std::string& rows) {
    const auto count = test::query(database_url, "SELECT count(*) FROM (" + rows + ") rows").at(0).at(0);
    if (count != "0") faults.push_back(what + ": " + count);
  };
  require_none("entries that nobody has settled", "SELECT FROM ledger_entries WHERE settled_at IS NULL");
  require_none("entries that cost more than was reserved",
               "SELECT FROM ledger_entries WHERE cost > reserved");
  struct Budget {
    std::string table, key, entries;
  };
  for (const auto& [table, key, entries] :
       {Budget{"session_budgets", "user_id, session_id", "ledger_entries"},
        Budget{"user_budgets", "user_id, day", "ledger_entries"},
        Budget{"service_budgets", "day", "ledger_entries"},
        Budget{
            "address_budgets", "address, day",
            "(SELECT address, e.day, cost FROM ledger_entries e JOIN entry_addresses USING (entry_id)) a"}}) {
    require_none(table + " with something reserved", "SELECT FROM " + table + " WHERE reserved <> 0");
    require_none(
        table + " that are not the sum of their entries",
        fmt::format("SELECT FROM {0} b FULL JOIN (SELECT {1}, sum(cost) AS cost FROM {2} GROUP BY {1}) e"
                    " USING ({1}) WHERE coalesce(b.spent, 0) <> coalesce(e.cost, 0)",
                    table, key, entries));
  }
  require_none("entries without an address",
               "SELECT FROM ledger_entries e WHERE NOT EXISTS (SELECT FROM entry_addresses a"
               " WHERE a.entry_id = e.entry_id)");
  return faults;
}

}  // namespace bigocean::talks
