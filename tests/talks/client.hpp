// One person's client of the service: any replica at each request.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>

#include "tests/kills/stream_listener.hpp"
#include "tests/talks/scene.hpp"
#include "tests/talks/script.hpp"

namespace bigocean::talks {

/// What a client was told of its message.
struct Told {
  enum class Kind { kAnswer, kRefused, kUnavailable, kCancelled, kBusy, kCompleted, kCapped, kFault };

  Kind kind = Kind::kFault;
  nlohmann::json answer{};  ///< of kAnswer
  std::string words{};      ///< of what is no answer, for people
};

/// For one thread. Requests have a limit of their own; throws std::runtime_error for a stream whose pieces
/// are not those of its message.
class Client {
 public:
  /// `address`: whom the service takes it for.
  Client(const Scene& scene, std::string address, std::uint64_t seed)
      : scene_(scene), address_(std::move(address)), random_(seed) {}

  /// Begins a session. Anything but an answer: there is none.
  Told start();
  const std::string& session_id() const { return session_id_; }

  /// SendMessage, as JSON. The key is the message's tag.
  Told send(const Line& line);
  /// SendMessage, as a stream, to its end. kBusy: it has to be followed, or sent again.
  Told hear(const Line& line);
  /// SendMessage as a stream that is left behind so many pieces. What it came to before; nothing: it was
  /// left.
  std::optional<Told> leave(const Line& line, std::size_t pieces);
  /// FollowSession, behind what the last stream said.
  Told follow();
  /// CancelMessage. kCancelled: it was stopped; kAnswer: there was nothing to stop.
  Told cancel();

  std::uint64_t dice(std::uint64_t below) { return random_() % below; }
  std::mt19937_64& random() { return random_; }

 private:
  int any_replica();
  test::HttpCall call(const std::string& procedure, const nlohmann::json& body) const;
  test::HttpCall message(const Line& line, bool as_stream) const;
  Told post(const test::HttpCall& call);
  Told told_by(int status);

  const Scene& scene_;
  const std::string address_;
  std::mt19937_64 random_;
  std::string session_id_;
  std::string token_;
  kills::StreamListener listener_{{.may_be_cut = true}};
};

}  // namespace bigocean::talks
