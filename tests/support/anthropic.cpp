// A stand-in for Anthropic's Messages API: one epoll thread for all connections.
#include "tests/support/anthropic.hpp"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/support/anthropic_cache.hpp"
#include "tests/support/anthropic_wire.hpp"

namespace bigocean::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kBacklog = 1024;

int listen_on(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(fd, kBacklog) == 0)
    return fd;
  ::close(fd);
  throw std::runtime_error("the stand-in for the model's API cannot listen on 127.0.0.1");
}

int port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

void add(server::llm::Usage& sum, const server::llm::Usage& more) {
  sum.input_tokens += more.input_tokens;
  sum.output_tokens += more.output_tokens;
  sum.cache_write_5m_tokens += more.cache_write_5m_tokens;
  sum.cache_write_1h_tokens += more.cache_write_1h_tokens;
  sum.cache_read_tokens += more.cache_read_tokens;
}

struct Peer {
  int fd = -1;
  std::size_t number = 0;
  std::string in{};
  std::string out{};  ///< due, and not yet taken by the kernel
  Plan plan{};        ///< of the request that is being answered
  std::size_t next = 0;
  bool answering = false;
  std::size_t request = 0;  ///< its index among the kept ones
  std::size_t call = 0;     ///< the same of the kept calls
  server::llm::Usage usage{};
  std::int64_t output_billed = 0;
};

}  // namespace

struct AnthropicStandIn::Impl {
  Answerer answerer;
  Options options;
  int listener;
  int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  int stop = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::thread thread;

  // For the loop's thread only.
  std::map<int, Peer> open;
  std::multimap<Clock::time_point, std::pair<int, std::size_t>> due;  ///< fd and number of its connection
  std::size_t served = 0;
  PromptCache cache;

  mutable std::mutex mutex;
  std::deque<ModelAnswer> scripted;
  std::vector<ModelRequest> requests;
  std::vector<ModelCall> calls;
  std::size_t count = 0;
  std::size_t connections = 0;
  std::size_t open_count = 0;
  server::llm::Usage billed;

  Impl(Answerer answerer_in, Options options_in)
      : answerer(std::move(answerer_in)),
        options(std::move(options_in)),
        listener(listen_on(options.port)),
        cache(options.cache_prefix_tokens_min, options.bytes_per_token, options.cache_life) {
    watch(listener, EPOLLIN, EPOLL_CTL_ADD);
    watch(stop, EPOLLIN, EPOLL_CTL_ADD);
  }

  ~Impl() {
    for (const auto& [fd, connection] : open) ::close(fd);
    for (const int fd : {listener, epoll, stop}) ::close(fd);
  }

  void watch(int fd, std::uint32_t events, int operation) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    ::epoll_ctl(epoll, operation, fd, &event);
  }

  void run() {
    for (;;) {
      int wait = -1;
      if (!due.empty())
        wait = static_cast<int>(std::clamp<long long>(
            std::chrono::ceil<milliseconds>(due.begin()->first - Clock::now()).count(), 0, 60'000));
      epoll_event events[64];
      const int ready = ::epoll_wait(epoll, events, 64, wait);
      for (int i = 0; i < ready; ++i) {
        if (events[i].data.fd == stop) return;
        if (events[i].data.fd == listener) {
          accept_all();
        } else if (const auto found = open.find(events[i].data.fd); found != open.end()) {
          handle(found->second, events[i].events);
        }
      }
      send_due();
    }
  }

  void accept_all() {
    for (int fd = 0; (fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
      const std::lock_guard lock(mutex);
      open[fd] = {.fd = fd, .number = ++connections};
      open_count = open.size();
      watch(fd, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_ADD);
    }
  }

  void handle(Peer& connection, std::uint32_t events) {
    char bytes[65536];
    ssize_t got = 0;
    while ((got = ::recv(connection.fd, bytes, sizeof bytes, 0)) > 0)
      connection.in.append(bytes, static_cast<std::size_t>(got));
    if (got == 0 || errno != EAGAIN || (events & (EPOLLHUP | EPOLLERR)) != 0) return close(connection);
    if ((events & EPOLLOUT) != 0 && !flush(connection)) return;
    if (!connection.answering) read_request(connection);
  }

  void close(Peer& connection) {
    const int fd = connection.fd;
    const std::lock_guard lock(mutex);
    if (connection.answering && options.keeps_requests) requests[connection.request].left = true;
    ::close(fd);
    open.erase(fd);
    open_count = open.size();
  }

  void read_request(Peer& connection) {
    const auto head_end = connection.in.find("\r\n\r\n");
    if (head_end == std::string::npos) return;
    const auto at = connection.in.find("Content-Length: ");
    const auto length = at < head_end ? std::stoul(connection.in.substr(at + 16)) : 0;
    if (connection.in.size() < head_end + 4 + length) return;
    ModelRequest request{
        .head = connection.in.substr(0, head_end + 4),
        .body = nlohmann::json::parse(connection.in.substr(head_end + 4, length), nullptr, false),
        .connection = connection.number};
    connection.in.erase(0, head_end + 4 + length);
    request.faults = faults_of(request.head, request.body, options.key);
    auto answer = answer_to(request);
    count_input(request.body, answer);
    answer.tokens_max = request.body.value("max_tokens", answer.tokens_max);
    connection.plan = plan_for(answer, ++served);
    connection.next = 0;
    connection.answering = true;
    connection.usage = answer.usage;
    connection.output_billed = 0;
    {
      const std::lock_guard lock(mutex);
      ++count;
      connection.call = calls.size();
      if (options.keeps_calls)
        calls.push_back({.request_id = "req_" + std::to_string(served),
                         .label = answer.label,
                         .status = answer.hang_up || answer.silent ? 0 : answer.status,
                         .faults = request.faults});
      connection.request = requests.size();
      if (options.keeps_requests) requests.push_back(std::move(request));
    }
    schedule(connection);
  }

  void count_input(const nlohmann::json& body, ModelAnswer& answer) {
    if (options.cache_prefix_tokens_min == 0 || answer.status != 200) return;
    const auto output = answer.usage.output_tokens;
    answer.usage = cache.count(body, options.now());
    answer.usage.output_tokens = output;
  }

  ModelAnswer answer_to(const ModelRequest& request) {
    if (!request.faults.empty()) {
      ModelAnswer refusal;
      refusal.status = 400;
      refusal.error = "invalid_request_error";
      return refusal;
    }
    {
      const std::lock_guard lock(mutex);
      if (!scripted.empty()) {
        auto answer = std::move(scripted.front());
        scripted.pop_front();
        return answer;
      }
    }
    return answerer(request);
  }

  void schedule(const Peer& connection) {
    const auto& plan = connection.plan;
    const auto delay =
        connection.next < plan.pieces.size() ? plan.pieces[connection.next].delay : milliseconds{0};
    due.emplace(Clock::now() + delay, std::pair{connection.fd, connection.number});
  }

  void send_due() {
    while (!due.empty() && due.begin()->first <= Clock::now()) {
      const auto [fd, number] = due.begin()->second;
      due.erase(due.begin());
      const auto found = open.find(fd);
      // The number tells a connection from another one that got its descriptor.
      if (found == open.end() || found->second.number != number || !found->second.answering) continue;
      advance(found->second);
    }
  }

  /// Sends what is due now; what is billed is booked before the client can know of it.
  void advance(Peer& connection) {
    const auto& pieces = connection.plan.pieces;
    for (bool first = true; connection.next < pieces.size(); first = false) {
      const auto& piece = pieces[connection.next];
      if (!first && piece.delay.count() > 0) break;
      bill(connection, piece);
      connection.out += piece.bytes;
      ++connection.next;
    }
    // Said before the bytes go: whoever has read them must find it.
    if (connection.next == pieces.size() && connection.plan.is_whole && options.keeps_calls) {
      const std::lock_guard lock(mutex);
      calls[connection.call].is_whole = true;
    }
    if (!flush(connection)) return;
    if (connection.next < pieces.size()) return schedule(connection);
    if (connection.plan.end == Plan::End::kSilence) return;
    connection.answering = false;
    if (connection.plan.end == Plan::End::kClose && connection.out.empty()) return close(connection);
    read_request(connection);
  }

  void bill(Peer& connection, const TimedBytes& piece) {
    const std::lock_guard lock(mutex);
    server::llm::Usage more;
    if (piece.counts_input) more = connection.usage;
    const auto output = std::max(connection.output_billed, piece.output_tokens);
    more.output_tokens = output - connection.output_billed;
    connection.output_billed = output;
    add(billed, more);
    if (options.keeps_calls) add(calls[connection.call].billed, more);
  }

  /// False: the connection is gone.
  bool flush(Peer& connection) {
    while (!connection.out.empty()) {
      const auto sent = ::send(connection.fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) break;
      if (sent < 0) return close(connection), false;
      connection.out.erase(0, static_cast<std::size_t>(sent));
    }
    const bool blocked = !connection.out.empty();
    watch(connection.fd, EPOLLIN | EPOLLRDHUP | (blocked ? EPOLLOUT : 0U), EPOLL_CTL_MOD);
    const bool over =
        !connection.answering && connection.plan.end == Plan::End::kClose && connection.next > 0;
    if (!blocked && over) return close(connection), false;
    return true;
  }
};

AnthropicStandIn::AnthropicStandIn(Answerer answerer) : AnthropicStandIn(std::move(answerer), Options{}) {}

AnthropicStandIn::AnthropicStandIn(Answerer answerer, Options options)
    : impl_(std::make_unique<Impl>(std::move(answerer), std::move(options))) {
  impl_->thread = std::thread([this] { impl_->run(); });
}

AnthropicStandIn::~AnthropicStandIn() {
  const std::uint64_t one = 1;
  if (::write(impl_->stop, &one, sizeof one) != sizeof one) std::abort();
  impl_->thread.join();
}

void AnthropicStandIn::script(std::vector<ModelAnswer> answers) {
  const std::lock_guard lock(impl_->mutex);
  for (auto& answer : answers) impl_->scripted.push_back(std::move(answer));
}

int AnthropicStandIn::port() const { return port_of(impl_->listener); }
std::string AnthropicStandIn::url() const { return "http://127.0.0.1:" + std::to_string(port()); }
std::string AnthropicStandIn::key() const { return impl_->options.key; }

std::vector<ModelRequest> AnthropicStandIn::requests() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests;
}

std::size_t AnthropicStandIn::count() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->count;
}

std::size_t AnthropicStandIn::connections() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->connections;
}

std::size_t AnthropicStandIn::open() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->open_count;
}

std::vector<ModelCall> AnthropicStandIn::calls() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->calls;
}

server::llm::Usage AnthropicStandIn::billed() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->billed;
}

}  // namespace bigocean::test
