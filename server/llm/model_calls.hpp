// Metrics of the calls to models.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/llm/usage.hpp"

namespace bigocean::server::observe {

struct ModelCall {
  std::string_view purpose;  ///< "interview", "analysis"
  std::string_view model;
  std::string_view result;  ///< "answered", "timed out"
  llm::Usage usage{};
  std::optional<llm::NanoDollars> cost{};  ///< nothing: unknown, the sweeper charges the reservation
  std::chrono::milliseconds elapsed{};
  std::optional<std::chrono::milliseconds> first_text{};
};

/// docs/operations.md lists the metrics. Thread-safe.
class ModelCalls {
 public:
  ModelCalls();
  ~ModelCalls();

  void ended(const ModelCall& call);

  /// The text format of Prometheus, version 0.0.4.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::server::observe
