// The texts for what a rehearsal records.
#include "tests/rehearse/record.hpp"

namespace bigocean::rehearse {

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::kPreDeploy:
      return "pre-deploy";
    case Phase::kStarting:
      return "starting";
    case Phase::kStandby:
      return "standby";
    case Phase::kLive:
      return "live";
    case Phase::kOverlap:
      return "overlap";
    case Phase::kDraining:
      return "draining";
  }
  return "";
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kLive:
      return "live";
    case Outcome::kPreDeployFailed:
      return "stopped by its pre-deploy command";
    case Outcome::kNeverHealthy:
      return "never healthy";
  }
  return "";
}

}  // namespace bigocean::rehearse
