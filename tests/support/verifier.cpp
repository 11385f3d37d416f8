// A stand-in for the verifier of a challenge.
#include "tests/support/verifier.hpp"

#include <mutex>
#include <utility>

#include "tests/support/http_server.hpp"

namespace bigocean::test {

struct Verifier::Impl {
  explicit Impl(std::string answer_in) : answer(std::move(answer_in)) {}

  ServedReply reply_to(const ServedRequest& request) {
    std::string text;
    {
      const std::lock_guard lock(mutex);
      bodies.push_back(request.body);
      text = answer;
    }
    if (text == "silence") wait_for_end(request.socket);
    return {.body = text};
  }

  mutable std::mutex mutex;
  std::string answer;
  std::vector<std::string> bodies;
  HttpServer server{[this](const ServedRequest& request) { return reply_to(request); },
                    {.keeps_alive = false}};
};

Verifier::Verifier(std::string answer) : impl_(std::make_unique<Impl>(std::move(answer))) {}
Verifier::~Verifier() = default;
int Verifier::port() const { return impl_->server.port(); }
void Verifier::answer(std::string text) {
  const std::lock_guard lock(impl_->mutex);
  impl_->answer = std::move(text);
}
void Verifier::stop() { impl_->server.stop(); }
std::vector<std::string> Verifier::bodies() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->bodies;
}

}  // namespace bigocean::test
