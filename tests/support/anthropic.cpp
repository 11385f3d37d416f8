// A stand-in for Anthropic's Messages API, served by cpp-httplib.
#include "tests/support/anthropic.hpp"

#include "tests/support/anthropic_books.hpp"
#include "tests/support/http_server.hpp"

namespace bigocean::test {
namespace {

/// Sends the pieces when they are due; false: the client has left.
bool play(ModelBooks& books, ModelOrder& order, int socket, const SendPiece& send) {
  const auto& pieces = order.plan.pieces;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!stays(socket, pieces[i].delay)) return false;
    books.bill(order, pieces[i]);
    if (i + 1 == pieces.size()) books.is_whole(order);
    if (!send(pieces[i].bytes)) return false;
  }
  if (order.plan.end != Plan::End::kSilence) return true;
  wait_for_end(socket);
  return false;
}

/// By hand: a server ends what it begins, and begins what it was asked for.
void play_broken(ModelBooks& books, ModelOrder& order, int socket) {
  if (!play(books, order, socket, [socket](std::string_view bytes) { return send_raw(socket, bytes); }))
    books.is_left(order);
  hang_up(socket);
}

ServedReply reply_to(ModelBooks& books, const ServedRequest& request) {
  auto order = books.take(request.head, request.body, request.connection);
  if (order.plan.is_broken) {
    play_broken(books, order, request.socket);
    return {};
  }
  ServedReply reply{.status = order.plan.status,
                    .headers = order.plan.headers,
                    .content_type = order.plan.content_type,
                    .closes = order.plan.end == Plan::End::kClose};
  if (!order.plan.is_stream) {
    if (!stays(request.socket, order.plan.pieces.front().delay)) books.is_left(order);
    reply.body = order.plan.pieces.front().bytes;
    return reply;
  }
  reply.pieces = [&books, order = std::move(order), socket = request.socket](const SendPiece& send) mutable {
    const bool is_sent = play(books, order, socket, send);
    if (!is_sent) books.is_left(order);
    return is_sent;
  };
  return reply;
}

}  // namespace

struct AnthropicStandIn::Impl {
  Impl(Answerer answerer, Options options) : books(std::move(answerer), std::move(options)) {}

  ModelBooks books;
  HttpServer server{[this](const ServedRequest& request) { return reply_to(books, request); },
                    {.port = books.options().port}};
};

AnthropicStandIn::AnthropicStandIn(Answerer answerer) : AnthropicStandIn(std::move(answerer), Options{}) {}

AnthropicStandIn::AnthropicStandIn(Answerer answerer, Options options)
    : impl_(std::make_unique<Impl>(std::move(answerer), std::move(options))) {}

AnthropicStandIn::~AnthropicStandIn() = default;

void AnthropicStandIn::script(std::vector<ModelAnswer> answers) { impl_->books.script(std::move(answers)); }

int AnthropicStandIn::port() const { return impl_->server.port(); }
std::string AnthropicStandIn::url() const { return "http://127.0.0.1:" + std::to_string(port()); }
std::string AnthropicStandIn::key() const { return impl_->books.options().key; }

std::vector<ModelRequest> AnthropicStandIn::requests() const { return impl_->books.requests(); }
std::size_t AnthropicStandIn::count() const { return impl_->books.count(); }
std::size_t AnthropicStandIn::connections() const { return impl_->server.connections(); }
std::size_t AnthropicStandIn::open() const { return impl_->server.open(); }
std::vector<ModelCall> AnthropicStandIn::calls() const { return impl_->books.calls(); }
server::llm::Usage AnthropicStandIn::billed() const { return impl_->books.billed(); }

}  // namespace bigocean::test
