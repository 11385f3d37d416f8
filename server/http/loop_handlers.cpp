// Threads that run handlers, and what they hand back to the event loop: whole replies, or bodies in pieces.
#include <unistd.h>

#include "server/http/loop.hpp"
#include "server/http/loop_state.hpp"

namespace bigocean::server::http {

/// Cuts a body into chunks (RFC 9112, 7.1), each a completion of its own.
class Loop::Sink : public BodySink {
 public:
  Sink(Loop& loop, Completion piece, SendWindow& window, bool chunked)
      : loop_(loop), piece_(std::move(piece)), window_(window), chunked_(chunked) {}

  bool write(std::string_view piece) override {
    // A chunk of no bytes would end the body.
    if (piece.empty()) return window_.take(0);
    auto bytes = chunked_ ? chunk(piece) : std::string(piece);
    if (!window_.take(bytes.size())) return false;
    auto completion = piece_;
    completion.response.bytes = std::move(bytes);
    loop_.post(std::move(completion));
    return true;
  }

 private:
  Loop& loop_;
  const Completion piece_;
  SendWindow& window_;
  const bool chunked_;
};

/// Returns false when no thread is free and the queue is full.
bool Loop::hand_over(Connection& connection, const std::shared_ptr<const Request>& request) {
  const bool waits = connection.match.place == Place::kWaiting;
  auto& count = waits ? waiting_ : handling_;
  if (count >= (waits ? limits_.waiting_max : limits_.requests_max)) return false;
  auto& pool = waits ? waiting_workers_ : workers_;
  const bool taken = pool.submit(
      [this, id = connection.id, match = connection.match, request] { run_handler(id, match, *request); });
  if (taken) ++count;
  return taken;
}

void Loop::run_handler(std::uint64_t id, const Match& match, const Request& request) {
  using Kind = Completion::Kind;
  auto response = partners_.router.respond(match, request);
  if (!response.write_body) return post({id, Kind::kReply, match.place, std::move(response), nullptr});
  const auto write_body = std::exchange(response.write_body, nullptr);
  const auto window = std::make_shared<SendWindow>();
  post({id, Kind::kHead, match.place, std::move(response), window});
  Sink sink(*this, {id, Kind::kPiece, match.place, {}, nullptr}, *window, request.http_1_1);
  const bool whole = partners_.router.write_body(match, request, write_body, sink);
  Response end{0, request.http_1_1 ? "0\r\n\r\n" : ""};
  post({id, whole ? Kind::kEnd : Kind::kBroken, match.place, std::move(end), nullptr});
}

/// From any thread.
void Loop::post(Completion completion) {
  {
    const std::lock_guard lock(completions_mutex_);
    if (ended_ && completion.window) completion.window->client_gone();
    completions_.push_back(std::move(completion));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(completion_event_.get(), &one, sizeof one);
}

void Loop::take_completions() {
  using Kind = Completion::Kind;
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(completion_event_.get(), &count, sizeof count);
  std::vector<Completion> done;
  {
    const std::lock_guard lock(completions_mutex_);
    done.swap(completions_);
  }
  for (auto& completion : done) {
    const auto id = completion.id;
    const bool last = completion.kind != Kind::kHead && completion.kind != Kind::kPiece;
    if (last) --(completion.place == Place::kWaiting ? waiting_ : handling_);
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
      if (completion.window) completion.window->client_gone();
      continue;
    }
    Connection& connection = *found->second;
    complete(connection, std::move(completion));
    if (!connection.gone) drive(connection);
    if (connection.gone) connections_.erase(id);
  }
}

void Loop::complete(Connection& connection, Completion completion) {
  switch (completion.kind) {
    case Completion::Kind::kReply:
      return reply(connection, std::move(completion.response));
    case Completion::Kind::kHead:
      return begin_body(connection, std::move(completion.response), std::move(completion.window));
    case Completion::Kind::kPiece:
      return add_piece(connection, completion.response.bytes);
    case Completion::Kind::kEnd:
      add_piece(connection, completion.response.bytes);
      return end_body(connection);
    case Completion::Kind::kBroken:
      return close(connection);
  }
}

void Loop::begin_body(Connection& connection, Response head, std::shared_ptr<SendWindow> window) {
  connection.window = std::move(window);
  connection.status = head.status;
  connection.reply_bytes = 0;
  connection.filler = std::move(head.filler);
  connection.phase = Phase::kStreaming;
  connection.close_after = connection.close_after || draining_ || !connection.request->http_1_1;
  add_piece(connection, connection.close_after ? with_close(std::move(head.bytes)) : head.bytes);
}

void Loop::add_piece(Connection& connection, std::string_view piece) {
  if (connection.out.empty()) set_deadline(connection, limits_.body_timeout);
  connection.out.erase(0, std::exchange(connection.out_sent, 0));
  connection.out.append(piece);
  connection.reply_bytes += piece.size();
}

/// Says something in a silence. Returns whether there is anything to say.
bool Loop::fill_silence(Connection& connection) {
  const auto& filler = connection.filler;
  if (connection.phase != Phase::kStreaming || !connection.out.empty() || filler.after.count() == 0)
    return false;
  connection.window->add(filler.piece.size());
  add_piece(connection, filler.piece);
  return true;
}

/// What is left is sent like any reply.
void Loop::end_body(Connection& connection) {
  tell(connection, connection.status, connection.reply_bytes);
  connection.window.reset();
  connection.phase = Phase::kWriting;
  set_deadline(connection, limits_.body_timeout);
}

}  // namespace bigocean::server::http
