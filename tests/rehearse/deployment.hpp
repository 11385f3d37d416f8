// One deployment of the service: its pre-deploy command, its replicas, and their outcome.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/server/raw_client.hpp"
#include "tests/rehearse/graph.hpp"
#include "tests/rehearse/record.hpp"
#include "tests/rehearse/scenario.hpp"
#include "tests/rehearse/watcher.hpp"
#include "tests/support/process.hpp"

namespace bigocean::rehearse {

/// What all deployments have in common.
struct Ground {
  const Stopwatch& stopwatch;
  DeploySettings settings;                           ///< as played
  std::map<std::string, Variable> variables;         ///< of the service
  std::map<std::string, Variable> pooled_variables;  ///< of the file with the example for the pooler in use
  int replicas = 1;
  std::string database_url;  ///< PostgreSQL itself
  std::string pooler_url;
  std::string redis_url;
  int hold_seconds = 0;     ///< see Options
  std::string route;        ///< what a request that is under way at SIGTERM asks for
  std::string work_folder;  ///< for the versions' migrations
  std::string log_folder;   ///< keeps what the processes wrote
};

class Deployment {
 public:
  /// `migrations`: the folder with all that this version carries. `first_slot`: of its replicas at the edge.
  Deployment(const Ground& ground, const Deploy& what, int number, std::string migrations, int first_slot);

  struct Replica {
    int slot = 0;
    int port = 0;
    std::unique_ptr<test::Process> process;
  };

  /// False when the command failed; the record says why.
  bool pre_deploy();
  /// Starts the replicas and asks each for the health check's path until all said exactly 200. False when
  /// the time-out passed or one of them ended; then they are stopped, and the record says why.
  bool start();
  /// SIGTERM to all, then `signalled`, then SIGKILL to whoever is left when the draining seconds are over. A
  /// request to the first replica is under way meanwhile and has to be answered; the others have nothing to
  /// do.
  void stop(const std::function<void()>& signalled);

  void begin(Phase phase);  ///< ends the one before
  const std::vector<Replica>& replicas() const { return replicas_; }
  DeploymentRecord& record() { return record_; }
  /// What was wrong with its processes; that a deploy did not go live is no fault of this kind.
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  std::map<std::string, std::string> outputs() const;
  std::map<std::string, std::string> variables() const;
  test::Process spawn(std::vector<std::string> argv, std::map<std::string, std::string> variables) const;
  void keep_log(const std::string& of, const std::string& text) const;
  test::Finished run_pre_deploy();
  std::string health_fault() const;
  void end();
  void terminate();
  void finish_slow_request(test::RawClient& client);
  void kill_the_late();
  void add_fault(const std::string& text);

  const Ground& ground_;
  const Deploy what_;
  const std::string migrations_;
  DeploymentRecord record_;
  std::vector<Replica> replicas_;
  std::vector<Fault> faults_;
  std::chrono::steady_clock::time_point kill_at_;  ///< set by SIGTERM
  std::unique_ptr<Watcher> code_;                  ///< the statements of this version, while it runs
};

}  // namespace bigocean::rehearse
