// Simulates the platform: deploys one version after the other, and switches the edge between them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/rehearse/deployment.hpp"
#include "tests/rehearse/edge.hpp"
#include "tests/rehearse/record.hpp"

namespace bigocean::rehearse {

class Platform {
 public:
  /// `edge_lag`: how long after SIGTERM the edge learns that a version is not there any more; 0: before.
  Platform(Ground ground, Edge& edge, std::chrono::milliseconds edge_lag);

  /// From pre-deploy to the end of the version before; one that fails leaves the old one as it is. Returns
  /// a sentence on how it went.
  std::string deploy(const Deploy& what);
  /// Stops the version that is live.
  void end();

  /// Once all is over.
  std::vector<DeploymentRecord> take_records() { return std::move(records_); }
  std::vector<Fault> take_faults() { return std::move(faults_); }
  /// Which deployment a slot of the edge belongs to.
  int deployment_of(std::size_t slot) const { return static_cast<int>(slot) / ground_.replicas; }

 private:
  std::string carry_migrations(const Deploy& what);
  void judge_history(const Deploy& what, const DeploymentRecord& record);
  void take_over(std::unique_ptr<Deployment> next);
  void dismiss(const Deployment& deployment);
  void stop(Deployment& deployment);
  void put_on_record(Deployment& deployment);

  const Ground ground_;
  Edge& edge_;
  const std::chrono::milliseconds edge_lag_;
  int number_ = 0;
  std::vector<std::string> folders_;  ///< whose migrations the next version carries, too
  std::unique_ptr<Deployment> live_;
  std::vector<DeploymentRecord> records_;
  std::vector<Fault> faults_;
};

}  // namespace bigocean::rehearse
