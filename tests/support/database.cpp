// SQL for tests: one-off queries and sessions that stay open. Through libpqxx and not through what the
// project speaks with, and only through what its versions 6.4 (Debian 12) and 7.10 (Debian 13) share.
#include <sys/socket.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <stdexcept>
#include <thread>

#include "tests/support/servers.hpp"

namespace bigocean::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr auto kConnectWords = "connect_timeout=15";
constexpr std::chrono::seconds kQueryLimit{60};

/// The URL, or the words of a connection string, with a limit for the way there.
std::string limited(const std::string& url) {
  if (url.find("://") == std::string::npos) return url + " " + kConnectWords;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + kConnectWords;
}

/// libpqxx has no limit for a statement, and one that the server keeps does not help where that stands still:
/// so the connection is shut under a statement that takes too long.
class Limit {
 public:
  explicit Limit(int socket) : thread_([this, socket] { watch(socket); }) {}
  ~Limit() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  bool is_over() {
    const std::lock_guard lock(mutex_);
    return over_;
  }

 private:
  void watch(int socket) {
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, kQueryLimit, [this] { return done_; })) return;
    over_ = true;
    ::shutdown(socket, SHUT_RDWR);
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  bool over_ = false;
  std::thread thread_;
};

/// Where the library can be told to keep what the server remarks to itself, it has to be: it says so on
/// standard error.
template <typename Connection>
void silence(Connection& connection) {
  if constexpr (requires { connection.set_notice_handler([](auto) noexcept {}); })
    connection.set_notice_handler([](auto) noexcept {});
}

Rows execute(pqxx::connection& connection, const std::string& sql) {
  // Version 6.4 would open a lost session again, and that is another one.
  if (!connection.is_open()) throw std::runtime_error("the session is closed");
  Limit limit(connection.sock());
  try {
    pqxx::nontransaction work(connection);
    Rows rows;
    for (const auto& row : work.exec(sql)) {
      auto& cells = rows.emplace_back();
      for (const auto& field : row) cells.push_back(field.is_null() ? "(null)" : field.as<std::string>());
    }
    return rows;
  } catch (const std::exception&) {
    if (limit.is_over()) throw std::runtime_error("a test's query did not end within 60 s");
    throw;
  }
}

}  // namespace

struct Session::Impl {
  explicit Impl(const std::string& url) : connection(limited(url)) { silence(connection); }

  pqxx::connection connection;
};

Session::Session(const std::string& url) : impl_(std::make_unique<Impl>(url)) {}
Session::~Session() = default;
Rows Session::run(const std::string& sql) { return execute(impl_->connection, sql); }

Rows query(const std::string& url, const std::string& sql) { return Session(url).run(sql); }

}  // namespace bigocean::test
