// A private Redis that keeps nothing on disk.
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "tests/support/server_tools.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kRedisReadyLimit = 30s;
constexpr auto kRedisStopLimit = 15s;

}  // namespace

std::string redis_server() {
  const char* chosen = std::getenv("BIGOCEAN_TEST_REDIS_SERVER");
  return chosen == nullptr || *chosen == 0 ? "redis-server" : chosen;
}

struct PrivateRedis::Impl {
  TempDir folder;
  std::vector<std::string> arguments;
  int port = 0;
  std::unique_ptr<Process> server;

  /// False when the port was taken in the meantime.
  bool try_start() {
    std::vector<std::string> argv{redis_server(), "--port", std::to_string(port), "--bind", "127.0.0.1",
                                  "--save",       "",       "--appendonly",       "no",     "--dir",
                                  folder.path()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    server = std::make_unique<Process>(argv);
    if (server->wait_for_output("Ready to accept connections", kRedisReadyLimit)) return true;
    if (server->out().find("Address already in use") != std::string::npos) return false;
    throw std::runtime_error("Redis did not start:\n" + server->out() + server->err());
  }
};

PrivateRedis::PrivateRedis(const std::vector<std::string>& arguments) : impl_(std::make_unique<Impl>()) {
  impl_->arguments = arguments;
  for (int tries = 0; tries < kPortTries; ++tries) {
    impl_->port = free_port();
    if (impl_->try_start()) return;
  }
  throw std::runtime_error("Redis found no free port:\n" + impl_->server->out());
}

PrivateRedis::~PrivateRedis() = default;

std::string PrivateRedis::url() const { return "redis://127.0.0.1:" + std::to_string(impl_->port); }
int PrivateRedis::port() const { return impl_->port; }
pid_t PrivateRedis::pid() const { return impl_->server->pid(); }

void PrivateRedis::stop() {
  impl_->server->signal(SIGKILL);
  impl_->server->wait(kRedisStopLimit);
}

void PrivateRedis::start() {
  if (impl_->server->running()) return;
  if (!impl_->try_start()) throw std::runtime_error("the server's port was taken while it was stopped");
}

void PrivateRedis::pause() { impl_->server->signal(SIGSTOP); }
void PrivateRedis::resume() { impl_->server->signal(SIGCONT); }

}  // namespace bigocean::test
