// Runs a handler, cuts its body into chunks, and wakes the event loop for what has come of it.
#include "server/http/handlers.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

namespace bigocean::server::http {

/// Each chunk (RFC 9112, 7.1) is a completion of its own.
class Handlers::Sink : public BodySink {
 public:
  Sink(Handlers& handlers, std::uint64_t connection, SendWindow& window, bool chunked)
      : handlers_(handlers), connection_(connection), window_(window), chunked_(chunked) {}

  bool write(std::string_view piece) override {
    // A chunk of no bytes would end the body.
    if (piece.empty()) return window_.take(0);
    Response response{.bytes = chunked_ ? chunk(piece) : std::string(piece)};
    if (!window_.take(response.bytes.size())) return false;
    handlers_.post(
        {.connection = connection_, .kind = Completion::Kind::kPiece, .response = std::move(response)});
    return true;
  }

  void ends_as(int status) override { end_status_ = status; }
  int end_status() const { return end_status_; }

 private:
  Handlers& handlers_;
  const std::uint64_t connection_;
  SendWindow& window_;
  const bool chunked_;
  int end_status_ = 0;
};

Handlers::Handlers(const Router& router, const Limits& limits)
    : router_(router),
      event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      workers_({.threads_min = limits.workers, .threads_max = limits.workers}),
      waiting_workers_({.threads_min = 0, .threads_max = limits.waiting_max}) {}

Handlers::~Handlers() {
  // Writers that wait for a client which nobody speaks for any more.
  const std::lock_guard lock(mutex_);
  ended_ = true;
  for (auto& completion : done_) {
    if (completion.window) completion.window->client_gone();
  }
}

bool Handlers::start(std::uint64_t connection, const Match& match, std::shared_ptr<const Request> request,
                     const RequestCapacity::Ticket& ticket) {
  auto& pool = match.place == Place::kWaiting ? waiting_workers_ : workers_;
  return pool.submit([this, connection, match, request = std::move(request), ticket] {
    run(connection, match, *request, ticket);
  });
}

void Handlers::run(std::uint64_t connection, const Match& match, const Request& request,
                   const RequestCapacity::Ticket& ticket) {
  using Kind = Completion::Kind;
  auto response = router_.respond(match, request);
  if (!response.write_body)
    return post(
        {.connection = connection, .kind = Kind::kReply, .response = std::move(response), .ticket = ticket});
  const auto write_body = std::exchange(response.write_body, nullptr);
  const auto window = std::make_shared<SendWindow>();
  post({.connection = connection, .kind = Kind::kHead, .response = std::move(response), .window = window});
  Sink sink(*this, connection, *window, request.http_1_1);
  const auto broken = router_.write_body(match, request, write_body, sink);
  Response end{broken.value_or(sink.end_status()), request.http_1_1 ? "0\r\n\r\n" : ""};
  post({.connection = connection,
        .kind = broken ? Kind::kBroken : Kind::kEnd,
        .response = std::move(end),
        .ticket = ticket});
}

/// From any thread.
void Handlers::post(Completion completion) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ && completion.window) completion.window->client_gone();
    done_.push_back(std::move(completion));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
}

std::vector<Completion> Handlers::take() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(event_.get(), &count, sizeof count);
  std::vector<Completion> done;
  const std::lock_guard lock(mutex_);
  done.swap(done_);
  return done;
}

}  // namespace bigocean::server::http
