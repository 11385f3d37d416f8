// A server of cpp-httplib, for the HTTP peers that tests stand in for.
#include "tests/support/http_server.hpp"

#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace bigocean::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kBacklog = 1024;
constexpr int kIdleSeconds = 3600;
constexpr std::size_t kRequestsMax = 1'000'000;

struct Counts {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t connections = 0;
  std::size_t open = 0;
};

/// Of the connection that this thread serves; the socket once it has been looked for.
thread_local std::size_t connection_number = 0;
thread_local int connection_socket = -1;

/// A thread for each connection: answers wait, some until their client goes, so that a pool would run out.
class ThreadEach : public httplib::TaskQueue {
 public:
  explicit ThreadEach(std::shared_ptr<Counts> counts) : counts_(std::move(counts)) {}

  // Nothing in Debian 12, in Debian 13 whether it was taken.
  using Taken = decltype(std::declval<httplib::TaskQueue&>().enqueue({}));

  Taken enqueue(std::function<void()> serve) override {
    std::size_t number = 0;
    {
      const std::lock_guard lock(counts_->mutex);
      number = ++counts_->connections;
      ++counts_->open;
    }
    std::thread([counts = counts_, serve = std::move(serve), number] {
      connection_number = number;
      serve();
      const std::lock_guard lock(counts->mutex);
      --counts->open;
      counts->changed.notify_all();
    }).detach();
    return Taken(true);
  }

  void shutdown() override {
    std::unique_lock lock(counts_->mutex);
    counts_->changed.wait(lock, [this] { return counts_->open == 0; });
  }

 private:
  std::shared_ptr<Counts> counts_;
};

int port_of(int socket, int (*name)(int, sockaddr*, socklen_t*)) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (name(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 || address.sin_family != AF_INET)
    return 0;
  return ntohs(address.sin_port);
}

/// The server's connections. cpp-httplib shows nobody its sockets, but some of what the stand-ins do needs
/// one.
std::vector<int> sockets_of(int port) {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    if (port_of(fd, ::getsockname) == port && port_of(fd, ::getpeername) != 0) found.push_back(fd);
  }
  return found;
}

int socket_between(int port, int peer_port) {
  for (const int fd : sockets_of(port)) {
    if (port_of(fd, ::getpeername) == peer_port) return fd;
  }
  return -1;
}

ServedRequest as_served(const httplib::Request& from, int port) {
  if (connection_socket < 0) connection_socket = socket_between(port, from.remote_port);
  ServedRequest request{.method = from.method,
                        .target = from.target,
                        .head = from.method + " " + from.target + " " + from.version + "\r\n",
                        .body = from.body,
                        .connection = connection_number,
                        .socket = connection_socket};
  for (const auto& [name, value] : from.headers) {
    // cpp-httplib's own: REMOTE_ADDR, LOCAL_PORT and the like.
    if (name.starts_with("REMOTE_") || name.starts_with("LOCAL_")) continue;
    request.head += name + ": " + value + "\r\n";
  }
  request.head += "\r\n";
  return request;
}

void put(ServedReply reply, int socket, httplib::Response& response) {
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) response.set_header(name, value);
  if (reply.closes) response.set_header("Connection", "close");
  // Runs when all has been sent. The server takes the other side for gone then, and closes.
  const auto over = [socket, closes = reply.closes](bool) {
    if (closes) ::shutdown(socket, SHUT_RD);
  };
  if (!reply.pieces) {
    const auto size = reply.body.size();
    if (!reply.closes || size == 0) return response.set_content(reply.body, reply.content_type);
    response.set_content_provider(
        size, reply.content_type,
        [body = std::move(reply.body)](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
          return sink.write(body.data() + offset, length);
        },
        over);
    return;
  }
  response.set_chunked_content_provider(
      reply.content_type,
      [pieces = std::move(reply.pieces)](std::size_t, httplib::DataSink& sink) {
        const auto send = [&sink](std::string_view piece) {
          return piece.empty() || sink.write(piece.data(), piece.size());  // an empty chunk would be the end
        };
        if (!pieces(send)) return false;
        sink.done();
        return true;
      },
      over);
}

}  // namespace

struct HttpServer::Impl {
  Handler handler;
  const std::shared_ptr<Counts> counts = std::make_shared<Counts>();
  httplib::Server server;
  int listener = -1;
  int port = 0;
  std::thread thread;

  Impl(Handler handler_in, Options options) : handler(std::move(handler_in)) {
    server.new_task_queue = [this] { return new ThreadEach(counts); };
    // In place of its own, which let others listen on the same port.
    server.set_socket_options([this](int fd) {
      const int on = 1;
      ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
      listener = fd;
    });
    server.set_tcp_nodelay(true);
    server.set_keep_alive_max_count(options.keeps_alive ? kRequestsMax : 1);
    server.set_keep_alive_timeout(kIdleSeconds);
    const auto answer = [this](const httplib::Request& from, httplib::Response& response) {
      const auto request = as_served(from, port);
      put(handler(request), request.socket, response);
    };
    server.Get(".*", answer);
    server.Post(".*", answer);
    port = options.port == 0 ? server.bind_to_any_port("127.0.0.1") : options.port;
    if (port < 0 || (options.port != 0 && !server.bind_to_port("127.0.0.1", port)))
      throw std::runtime_error("a stand-in cannot listen on 127.0.0.1");
    ::listen(listener, kBacklog);  // its own is 5
    thread = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::sleep_for(milliseconds(1));
  }

  void stop() {
    if (!thread.joinable()) return;
    server.stop();
    // One that idles would be waited for until its hour is over.
    for (std::unique_lock lock(counts->mutex); counts->open > 0;) {
      for (const int fd : sockets_of(port)) ::shutdown(fd, SHUT_RDWR);
      counts->changed.wait_for(lock, milliseconds(5));
    }
    thread.join();
  }
};

HttpServer::HttpServer(Handler handler, Options options)
    : impl_(std::make_unique<Impl>(std::move(handler), options)) {}
HttpServer::~HttpServer() { impl_->stop(); }
void HttpServer::stop() { impl_->stop(); }
int HttpServer::port() const { return impl_->port; }

std::size_t HttpServer::connections() const {
  const std::lock_guard lock(impl_->counts->mutex);
  return impl_->counts->connections;
}

std::size_t HttpServer::open() const {
  const std::lock_guard lock(impl_->counts->mutex);
  return impl_->counts->open;
}

bool stays(int socket, milliseconds pause) {
  const auto end = steady_clock::now() + pause;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now()).count();
    if (left <= 0) return true;
    pollfd entry{socket, POLLRDHUP, 0};
    if (::poll(&entry, 1, static_cast<int>(std::min<long long>(left, 60'000))) == 1) return false;
  }
}

void wait_for_end(int socket) {
  while (stays(socket, std::chrono::minutes(1))) {
  }
}

bool send_raw(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void hang_up(int socket) { ::shutdown(socket, SHUT_RDWR); }

}  // namespace bigocean::test
