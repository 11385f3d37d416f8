// The tests' ordinary client of `serve`: cpp-httplib's.
#include "tests/support/http_client.hpp"

#include <httplib.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <stdexcept>

namespace bigocean::test {
namespace {

constexpr std::chrono::seconds kConnectTimeout{10};

/// A service that is killed while it is written to must not end the test: the library sends without
/// MSG_NOSIGNAL.
void ignore_broken_pipes() {
  static const auto before = std::signal(SIGPIPE, SIG_IGN);
  static_cast<void>(before);
}

httplib::Request request_of(const HttpCall& call) {
  httplib::Request request;
  request.method = call.method;
  request.path = call.path;
  request.body = call.body;
  for (std::string_view rest = call.headers; !rest.empty();) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) throw std::logic_error("no header line: " + std::string(line));
    request.headers.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  return request;
}

httplib::Result carry_out(int port, const httplib::Request& request, std::chrono::milliseconds limit) {
  ignore_broken_pipes();
  httplib::Client client("127.0.0.1", port);
  client.set_connection_timeout(kConnectTimeout);
  client.set_read_timeout(limit);
  client.set_write_timeout(limit);
  client.set_tcp_nodelay(true);
  client.set_url_encode(false);  // a path goes as the test has it
  return client.send(request);
}

}  // namespace

std::string HttpCall::bytes() const {
  auto text = method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + headers;
  if (method == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

HttpReply fetch(int port, const HttpCall& call, std::chrono::milliseconds limit) {
  const auto result = carry_out(port, request_of(call), limit);
  HttpReply reply;
  if (!result) {
    reply.fault = httplib::to_string(result.error());
    return reply;
  }
  reply.status = result->status;
  for (const auto& [name, value] : result->headers) reply.headers += name + ": " + value + "\r\n";
  reply.body = result->body;
  return reply;
}

std::string exchange(int port, const HttpCall& call, std::chrono::milliseconds limit) {
  const auto reply = fetch(port, call, limit);
  if (reply.status == 0)
    throw std::runtime_error(call.method + " " + call.path + " got no reply: " + reply.fault);
  return "HTTP/1.1 " + std::to_string(reply.status) + "\r\n" + reply.headers + "\r\n" + reply.body;
}

std::string get(int port, std::string_view path) { return exchange(port, {.path = std::string(path)}); }

bool hear(int port, const HttpCall& call, std::chrono::milliseconds limit, const OnPiece& on_piece) {
  auto request = request_of(call);
  int status = 0;
  std::exception_ptr thrown;  // not through the library, which is not made for it
  const auto tell = [&](std::string_view piece) {
    try {
      return on_piece(status, piece);
    } catch (...) {
      thrown = std::current_exception();
      return false;
    }
  };
  request.response_handler = [&](const httplib::Response& response) {
    status = response.status;
    return tell({});
  };
  request.content_receiver = [&](const char* bytes, std::size_t size, std::uint64_t, std::uint64_t) {
    return tell({bytes, size});
  };
  const auto result = carry_out(port, request, limit);
  if (thrown) std::rethrow_exception(thrown);
  return static_cast<bool>(result);
}

int status_of(const std::string& reply) {
  return reply.starts_with("HTTP/1.1 ") ? std::stoi(reply.substr(9, 3)) : 0;
}

std::string body_of(const std::string& reply) {
  const auto at = reply.find("\r\n\r\n");
  return at == std::string::npos ? std::string() : reply.substr(at + 4);
}

}  // namespace bigocean::test
