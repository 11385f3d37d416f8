// Two replicas of the service on one database and one Redis, with a model that misbehaves.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "tests/support/anthropic.hpp"
#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/talks/model.hpp"

namespace bigocean::talks {

inline constexpr std::size_t kReplicas = 2;

using Environment = std::map<std::string, std::string>;

class Scene {
 public:
  /// Both replicas are ready. `own`: what each replica has of its own.
  Scene(std::uint64_t seed, const Environment& common, const std::array<Environment, kReplicas>& own);

  int port(std::size_t replica) const { return ports_.at(replica); }
  const std::string& database_url() const { return database_url_; }
  std::string value(const std::string& sql) const { return test::query(database_url_, sql).at(0).at(0); }
  const test::AnthropicStandIn& api() const { return api_; }

  /// For when nobody talks any more: all analyses are made or given up, no message is being answered, and the
  /// sweeper has charged what nobody settled, as if the time of those reservations were over.
  /// Throws std::runtime_error for a session that stays busy, and a replica that has ended.
  void settle();

  /// Ends the replicas; throws std::runtime_error for one that does not end well.
  void stop();

 private:
  test::PrivatePostgres postgres_;
  test::PrivateRedis redis_;
  const std::string database_url_ = postgres_.create_database();
  test::AnthropicStandIn api_;
  test::TempDir folder_;
  std::array<int, kReplicas> ports_{};
  std::array<std::unique_ptr<test::Process>, kReplicas> replicas_;
};

}  // namespace bigocean::talks
