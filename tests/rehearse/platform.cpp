// Simulates the platform: deploys one version after the other, and switches the edge between them.
#include "tests/rehearse/platform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace bigocean::rehearse {
namespace {

namespace fs = std::filesystem;

/// Who has the traffic while both versions run. What the platform says of it differs from place to place, so
/// the deploys take turns: the service has to do well with each.
constexpr std::array kOverlaps{"both", "new", "old"};

}  // namespace

Platform::Platform(Ground ground, Edge& edge, std::chrono::milliseconds edge_lag)
    : ground_(std::move(ground)), edge_(edge), edge_lag_(edge_lag) {
  folders_.push_back(std::string(BIGOCEAN_SOURCE_DIR) + "/sql/migrations");
}

/// A folder with all migrations of this version: those of the versions before and its own.
std::string Platform::carry_migrations(const Deploy& what) {
  const auto folder_of = [&](int number) {
    return fs::path(ground_.work_folder) / fmt::format("version-{:02d}", number);
  };
  if (what.image_of) return folder_of(*what.image_of).string();
  const auto target = folder_of(number_);
  auto folders = folders_;
  if (!what.folder.empty()) {
    folders.push_back(std::string(BIGOCEAN_SOURCE_DIR) + "/tests/rehearse/deploys/" + what.folder);
  }
  fs::create_directories(target);
  for (const auto& folder : folders)
    fs::copy(folder, target, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  // A file that failed is not part of the history: the next version brings it fixed.
  if (what.expected != Outcome::kPreDeployFailed) folders_ = folders;
  return target.string();
}

std::string Platform::deploy(const Deploy& what) {
  auto next = std::make_unique<Deployment>(ground_, what, number_, carry_migrations(what),
                                           number_ * ground_.replicas);
  ++number_;
  const bool live = next->pre_deploy() && next->start();
  const auto& record = next->record();
  const auto outcome = record.outcome;
  judge_history(what, record);
  if (outcome != what.expected) {
    faults_.push_back(
        {ground_.stopwatch.now(),
         fmt::format("deploy {}: {}, and had to be {}{}{}", record.number, name_of(outcome),
                     name_of(what.expected), record.reason.empty() ? "" : ": ", record.reason)});
  }
  std::string sentence = fmt::format("{:>2}  {:<26} {}", record.number, record.title, name_of(outcome));
  if (!record.reason.empty()) sentence += ": " + record.reason;
  if (live) {
    take_over(std::move(next));
  } else {
    put_on_record(*next);
  }
  if (live_ == nullptr) throw std::runtime_error("the first version does not go live: " + sentence);
  return sentence;
}

/// The first version meets an empty database, one that is rolled back a history with files that it does not
/// know.
void Platform::judge_history(const Deploy& what, const DeploymentRecord& record) {
  const auto add_fault = [&](const char* text) {
    faults_.push_back({ground_.stopwatch.now(), fmt::format("deploy {}: {}", record.number, text)});
  };
  if (record.number == 0 && record.migrations == 0) add_fault("the first version applied no migration");
  if (what.image_of && !record.ahead) add_fault("an older image did not notice that the database is ahead");
  if (!what.image_of && record.ahead) add_fault("the database is said to be ahead and is not");
}

void Platform::take_over(std::unique_ptr<Deployment> next) {
  const auto admit = [this](const Deployment& deployment) {
    for (const auto& replica : deployment.replicas()) edge_.admit(replica.slot, replica.port);
  };
  const auto old = std::exchange(live_, std::move(next));
  const std::string turn = kOverlaps[static_cast<std::size_t>(number_) % kOverlaps.size()];
  const bool at_once = old == nullptr || turn != "old";
  if (at_once) admit(*live_);
  live_->begin(at_once ? Phase::kLive : Phase::kStandby);
  if (old == nullptr) return;
  old->begin(Phase::kOverlap);
  old->record().overlap_traffic = turn;
  if (turn == "new") dismiss(*old);
  std::this_thread::sleep_for(ground_.settings.overlap);
  if (!at_once) {
    admit(*live_);
    live_->begin(Phase::kLive);
  }
  stop(*old);
}

void Platform::dismiss(const Deployment& deployment) {
  for (const auto& replica : deployment.replicas()) edge_.dismiss(replica.slot);
}

void Platform::stop(Deployment& deployment) {
  const bool late = edge_lag_.count() > 0;
  if (!late) dismiss(deployment);
  deployment.stop([&] {
    if (!late) return;
    std::this_thread::sleep_for(edge_lag_);
    dismiss(deployment);
  });
  put_on_record(deployment);
}

void Platform::end() { stop(*live_); }

void Platform::put_on_record(Deployment& deployment) {
  records_.push_back(std::move(deployment.record()));
  faults_.insert(faults_.end(), deployment.faults().begin(), deployment.faults().end());
}

}  // namespace bigocean::rehearse
