// Reads all messages once, in their order.
#include "tests/talks/stored.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "tests/support/servers.hpp"
#include "tests/talks/model.hpp"

namespace bigocean::talks {
namespace {

struct Message {
  std::string role;
  std::string content;
};

using Conversations = std::map<std::string, std::map<std::int64_t, Message>>;

Conversations stored_in(const std::string& database_url) {
  Conversations conversations;
  for (auto& row : test::query(database_url, "SELECT session_id, position, role, content FROM messages")) {
    conversations[row.at(0)][std::stoll(row.at(1))] = {row.at(2), std::move(row.at(3))};
  }
  return conversations;
}

/// The stand-in's texts, and the closing words, end so; none has these marks within a word.
bool ends_with_sentence(const std::string& text) {
  const auto last = text.find_last_not_of("\"') \n");
  return last != text.npos && (text[last] == '.' || text[last] == '?' || text[last] == '!');
}

class Verdicts {
 public:
  void judge(const std::string& session, const std::map<std::int64_t, Message>& messages) {
    const Message* before = nullptr;
    for (const auto& [position, message] : messages) {
      const auto where = fmt::format("session {}, position {}", session, position);
      if (message.role == "user") {
        if (!said_.insert(session + message.content).second) faults.push_back(where + " is stored twice");
      } else if (before != nullptr) {
        judge_answer(where, *before, message.content);
      }
      before = &message;
    }
  }

  std::vector<std::string> faults;

 private:
  void judge_answer(const std::string& where, const Message& asked, const std::string& answer) {
    if (asked.role != "user") faults.push_back(where + " is a second answer");
    if (!ends_with_sentence(answer)) faults.push_back(fmt::format("{} is cut: \"{}\"", where, answer));
    const auto tag = last_tag_in(asked.content);
    if (answer.starts_with("Thank you (") && (!tag || !answer.starts_with("Thank you " + tag->text())))
      faults.push_back(fmt::format("{} answers another message: \"{}\"", where, answer));
  }

  std::set<std::string> said_;
};

/// Whole and usable, so that nothing more should have been asked about its message.
bool is_good(const test::ModelCall& call, const CallLabel& label) {
  static const std::set<std::string> kGood{"good", "thinks", "is slow", "is dirty", "repeats"};
  return label.purpose == "interview" && call.is_whole && kGood.contains(label.mood);
}

}  // namespace

std::vector<std::string> faults_of_messages(const std::string& database_url, const Notes& notes,
                                            const std::vector<test::ModelCall>& calls) {
  const auto conversations = stored_in(database_url);
  Verdicts verdicts;
  for (const auto& [session, messages] : conversations) verdicts.judge(session, messages);
  auto& faults = verdicts.faults;
  for (const auto& seen : notes.seen) {
    const auto found = conversations.find(seen.session_id);
    const auto content_at = [&](std::int64_t position) {
      if (found == conversations.end()) return std::string();
      const auto message = found->second.find(position);
      return message == found->second.end() ? std::string() : message->second.content;
    };
    if (content_at(seen.position) != seen.content || content_at(seen.position - 1) != seen.message)
      faults.push_back(fmt::format("session {}: \"{}\" was seen at {}, and \"{}\" is stored", seen.session_id,
                                   seen.content, seen.position, content_at(seen.position)));
  }
  std::map<std::string, int> paid;
  for (const auto& call : calls) {
    const auto label = CallLabel::of(call.label);
    if (label.mood == kPoisoned) faults.push_back(call.label + ": a refused text is in a later request");
    if (is_good(call, label) && !notes.cancels.contains(label.tag) && ++paid[label.tag] == 2)
      faults.push_back(label.tag + " was answered well more than once");
  }
  return std::move(verdicts.faults);
}

}  // namespace bigocean::talks
