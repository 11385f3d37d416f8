// Conversations, one after the other on each of a few threads.
#include "tests/talks/people.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <iterator>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/talks/client.hpp"

namespace bigocean::talks {
namespace {

using Kind = Told::Kind;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kBusyFor = 60s;
/// The first may be refused with what was left unanswered before it.
constexpr std::size_t kHarmlessMax = 2;
constexpr std::uint64_t kPiecesMax = 6;

class Person {
 public:
  Person(const Scene& scene, const Plan& plan, std::size_t conversation)
      : plan_(plan),
        conversation_(conversation),
        client_(scene, fmt::format("203.0.{}.{}", conversation / 200 % 200, 1 + conversation % 200),
                plan.seed + conversation) {}

  /// One conversation of so many messages.
  void talk(std::size_t messages) {
    ++notes.conversations;
    if (const auto started = client_.start(); started.kind != Kind::kAnswer) return give_up(started);
    bool is_answered = true;
    for (std::size_t i = 0; i < messages && !is_over_; ++i) {
      // What went wrong must not stay in the way of what comes next.
      const bool is_harmless = !is_answered && client_.dice(2) == 0;
      is_answered = say({conversation_, next_++, is_harmless});
    }
    for (std::size_t i = 0; i < kHarmlessMax && !is_answered && !is_over_; ++i) {
      is_answered = say({conversation_, next_++, true});
    }
    if (!is_answered && !is_over_) fault("harmless messages are not answered any more");
  }

  Notes notes;

 private:
  /// Whether it was answered.
  bool say(const Tag& tag) {
    line_ = line_for(tag, client_.random());
    ++notes.messages;
    auto told = first_try();
    for (std::uint64_t again = 0; told.kind == Kind::kUnavailable && !tag.is_harmless; ++again) {
      ++notes.unavailable;
      if (again == 2 || client_.dice(2) == 0) return may_be_refused_ = true, false;
      told = insist([&] { return client_.send(line_); });
    }
    const bool was_marked = !std::exchange(may_be_refused_, told.kind == Kind::kCancelled);
    if (told.kind == Kind::kAnswer) return note_answer(told.answer), true;
    if (told.kind == Kind::kCompleted) return is_over_ = true, true;
    if (told.kind == Kind::kCapped && plan_.caps_may_bind) return give_up(told), false;
    const bool is_refusal = told.kind == Kind::kRefused;
    if (is_refusal ? tag.is_harmless && was_marked : told.kind != Kind::kCancelled)
      return give_up(told), false;
    ++(is_refusal ? notes.refused : notes.cancelled);
    return false;
  }

  Told first_try() {
    switch (line_.way) {
      case Way::kJson:
        break;
      case Way::kStream:
        return insist([&] { return client_.hear(line_); });
      case Way::kLeaves:
        return left();
      case Way::kCancels:
        return cancelled();
      case Way::kRepeats:
        return repeated();
      case Way::kIsHasty:
        client_.leave(line_, 0);
        break;
    }
    return insist([&] { return client_.send(line_); });
  }

  Told left() {
    const auto told = client_.leave(line_, client_.dice(kPiecesMax));
    if (!told) return insist([&] { return client_.follow(); });
    return told->kind == Kind::kBusy ? insist([&] { return client_.send(line_); }) : *told;
  }

  Told cancelled() {
    const auto before = client_.leave(line_, client_.dice(kPiecesMax));
    if (before) return before->kind == Kind::kBusy ? insist([&] { return client_.send(line_); }) : *before;
    notes.cancels.insert(line_.tag.text());
    auto told = insist([&] { return client_.cancel(); });
    const bool is_stopped = told.kind == Kind::kCancelled;
    if (is_stopped && client_.dice(2) == 0) return told;
    if (!is_stopped && told.kind != Kind::kAnswer) return told;
    // The session is free, and the message is answered, was answered, or was refused.
    told = client_.send(line_);
    if (told.kind == Kind::kBusy) told.kind = Kind::kFault;
    return told;
  }

  Told repeated() {
    const auto told = insist([&] { return client_.send(line_); });
    if (told.kind != Kind::kAnswer && told.kind != Kind::kRefused) return told;
    const auto repeated = client_.send(line_);
    if (repeated.kind != told.kind || message_in(repeated) != message_in(told))
      fault(fmt::format("repeated, it got {}{} after {}{}", repeated.words, repeated.answer.dump(),
                        told.words, told.answer.dump()));
    return told;
  }

  static nlohmann::json message_in(const Told& told) {
    return told.kind == Kind::kAnswer ? told.answer["message"] : nlohmann::json();
  }

  /// Until the session is free.
  Told insist(const std::function<Told()>& request) {
    const auto deadline = Clock::now() + kBusyFor;
    for (;;) {
      auto told = request();
      if (told.kind != Kind::kBusy) return told;
      if (Clock::now() > deadline) return {Kind::kFault, {}, "the session stays busy: " + told.words};
      std::this_thread::sleep_for(20ms);
    }
  }

  void note_answer(const nlohmann::json& answer) {
    ++notes.answered;
    const auto& message = answer["message"];
    notes.seen.push_back({client_.session_id(), line_.stored(), message["position"], message["content"]});
    if (answer["progress"]["completed"] != true) return;
    is_over_ = true;
    ++notes.completed;
  }

  void give_up(const Told& told) {
    is_over_ = true;
    if (told.kind == Kind::kCapped && plan_.caps_may_bind) {
      ++notes.capped;
    } else {
      fault(told.words);
    }
  }

  void fault(const std::string& words) {
    notes.faults.push_back(fmt::format("{} way {}, session {}: {}", line_.tag.text(),
                                       static_cast<int>(line_.way), client_.session_id(), words));
  }

  const Plan& plan_;
  const std::size_t conversation_;
  Client client_;
  Line line_;
  std::size_t next_ = 0;
  bool is_over_ = false;
  bool may_be_refused_ = false;  ///< what was said last was neither answered nor refused
};

void add(Notes& sum, Notes&& more) {
  sum.conversations += more.conversations;
  sum.messages += more.messages;
  sum.answered += more.answered;
  sum.refused += more.refused;
  sum.unavailable += more.unavailable;
  sum.cancelled += more.cancelled;
  sum.completed += more.completed;
  sum.capped += more.capped;
  std::move(more.seen.begin(), more.seen.end(), std::back_inserter(sum.seen));
  sum.cancels.merge(more.cancels);
  std::move(more.faults.begin(), more.faults.end(), std::back_inserter(sum.faults));
}

}  // namespace

Notes talk(const Scene& scene, const Plan& plan) {
  std::mt19937_64 random(plan.seed);
  const auto lengths = lengths_of(plan.messages, random);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  Notes notes;
  const auto talk_on = [&] {
    for (std::size_t i = 0; (i = next++) < lengths.size();) {
      Person person(scene, plan, i);
      try {
        person.talk(lengths[i]);
      } catch (const std::exception& error) {
        person.notes.faults.push_back(fmt::format("conversation {}: {}", i, error.what()));
      }
      const std::lock_guard lock(mutex);
      add(notes, std::move(person.notes));
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < plan.at_once; ++i) threads.emplace_back(talk_on);
  for (auto& thread : threads) thread.join();
  return notes;
}

}  // namespace bigocean::talks
