// Lends clients, and runs scripts by their hash.
#include "redis/store.hpp"

namespace bigocean::redis {
namespace {

base::PoolLimits pool_limits(const config::Settings::Redis& settings) {
  return {.store = "Redis",
          .setting = "redis.connections_max",
          .connections_max = static_cast<std::size_t>(settings.connections_max),
          .wait_max = settings.connection_wait};
}

base::PoolHooks<Client> pool_hooks(const config::Settings::Redis& settings,
                                   const base::Interrupt* interrupt) {
  ConnectOptions options;
  options.connect_timeout = settings.connect_timeout;
  options.command_timeout = settings.command_timeout;
  options.interrupt = interrupt;
  return {.connect = [url = settings.url, options] { return Client::connect(url, options); },
          .is_open = [](Client& client) { return client.is_open(); },
          .is_answering =
              [](Client& client) {
                try {
                  client.ping();
                  return true;
                } catch (...) {
                  return false;
                }
              }};
}

}  // namespace

std::string Script::sha1() const {
  const std::lock_guard lock(mutex_);
  return sha1_;
}

void Script::keep(std::string sha1) {
  const std::lock_guard lock(mutex_);
  sha1_ = std::move(sha1);
}

Store::Store(const config::Settings::Redis& settings, const base::Interrupt* interrupt)
    : is_configured_(!settings.url.empty()), pool_(pool_limits(settings), pool_hooks(settings, interrupt)) {}

void Store::use(const Work& work) {
  auto client = pool_.borrow();
  try {
    work(*client);
  } catch (const RedisError& error) {
    // A master that became a replica: the next connection may reach its successor.
    if (error.fault == Fault::kReadOnly) client.reject();
    throw;
  }
}

Reply Store::command(std::span<const std::string> words) {
  Reply reply;
  use([&](Client& client) { reply = client.command(words); });
  return reply;
}

Reply Store::run(Script& script, const std::vector<std::string>& keys,
                 const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  words.reserve(3 + keys.size() + arguments.size());
  words.insert(words.end(), {"EVALSHA", script.sha1(), std::to_string(keys.size())});
  words.insert(words.end(), keys.begin(), keys.end());
  words.insert(words.end(), arguments.begin(), arguments.end());
  Reply reply;
  use([&](Client& client) {
    const auto load = [&] { script.keep(words[1] = client.command({"SCRIPT", "LOAD", script.text_}).text); };
    const auto call = [&] { reply = std::move(client.pipeline({&words, 1}).front()); };
    if (words[1].empty()) load();
    call();
    if (reply.is_error() && reply.text.starts_with("NOSCRIPT")) {
      load();
      call();
    }
    if (reply.is_error()) throw client.error_of(reply);
  });
  return reply;
}

}  // namespace bigocean::redis
