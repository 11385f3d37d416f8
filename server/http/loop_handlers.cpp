// Threads that run handlers, and what they hand back to the event loop: whole replies, or bodies in pieces.
#include <unistd.h>

#include <algorithm>

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

  void ends_as(int status) override { end_status_ = status; }
  int end_status() const { return end_status_; }

 private:
  Loop& loop_;
  const Completion piece_;
  SendWindow& window_;
  const bool chunked_;
  int end_status_ = 0;
};

/// Nothing when a thread or a place in the queue has been found; else why not.
std::optional<Reply> Loop::hand_over(Connection& connection, const std::shared_ptr<const Request>& request) {
  const bool waits = connection.match.place == Place::kWaiting;
  auto& count = waits ? waiting_ : handling_;
  const auto max = waits ? limits_.waiting_max : limits_.requests_max;
  if (count >= max) return busy("too many requests at a time");
  const auto share = share_of(*request);
  auto* mine = share ? (waits ? &share->waiting : &share->handling) : nullptr;
  const auto mine_max = std::max<std::size_t>(1, max * limits_.requests_per_client_percent_max / 100);
  if (mine != nullptr && *mine >= mine_max) return busy("too many requests of this client at a time");
  auto& pool = waits ? waiting_workers_ : workers_;
  const bool taken = pool.submit([this, id = connection.id, match = connection.match, request, share] {
    run_handler(id, match, *request, share);
  });
  if (!taken) return busy("too many requests at a time");
  ++count;
  if (mine != nullptr) {
    ++*mine;
    shares_.emplace(share->client, share);
  }
  return std::nullopt;
}

/// Null for a client that is not one: a proxy may stand for thousands.
std::shared_ptr<Loop::Share> Loop::share_of(const Request& request) {
  if (request.client.empty() || limits_.requests_per_client_percent_max >= 100) return nullptr;
  const auto found = shares_.find(request.client);
  return found != shares_.end() ? found->second : std::make_shared<Share>(Share{request.client});
}

void Loop::run_handler(std::uint64_t id, const Match& match, const Request& request,
                       const std::shared_ptr<Share>& share) {
  using Kind = Completion::Kind;
  auto response = partners_.router.respond(match, request);
  if (!response.write_body)
    return post({.id = id,
                 .kind = Kind::kReply,
                 .place = match.place,
                 .response = std::move(response),
                 .share = share});
  const auto write_body = std::exchange(response.write_body, nullptr);
  const auto window = std::make_shared<SendWindow>();
  post({.id = id,
        .kind = Kind::kHead,
        .place = match.place,
        .response = std::move(response),
        .window = window});
  Sink sink(*this, {.id = id, .kind = Kind::kPiece, .place = match.place, .response = {}}, *window,
            request.http_1_1);
  const auto broken = partners_.router.write_body(match, request, write_body, sink);
  Response end{broken.value_or(sink.end_status()), request.http_1_1 ? "0\r\n\r\n" : ""};
  post({.id = id,
        .kind = broken ? Kind::kBroken : Kind::kEnd,
        .place = match.place,
        .response = std::move(end),
        .share = share});
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
    if (last) end_request(completion);
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

/// The handler has ended, whether or not its client is still there.
void Loop::end_request(const Completion& last) {
  const bool waited = last.place == Place::kWaiting;
  --(waited ? waiting_ : handling_);
  if (!last.share) return;
  --(waited ? last.share->waiting : last.share->handling);
  if (last.share->waiting + last.share->handling == 0) shares_.erase(last.share->client);
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
      if (completion.response.status != 0) connection.status = completion.response.status;
      return end_body(connection);
    case Completion::Kind::kBroken:
      return break_off(connection, completion.response.status);
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
  notify_observer(connection, connection.status, connection.reply_bytes);
  connection.window.reset();
  connection.phase = Phase::kWriting;
  set_deadline(connection, limits_.body_timeout);
}

}  // namespace bigocean::server::http
