// Statements that are sent together, as soon as the result of one is needed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sql/postgres/connection.hpp"

namespace bigocean::sql {

class Pipeline;

/// The value that a statement's rows will give. Copyable; usable as long as its pipeline, and longer once it
/// is sent.
template <typename T>
class Pending {
 public:
  /// Sends what the pipeline holds, unless it was sent already. Throws what send() throws.
  T get() const;

  /// A value that is known without a statement.
  static Pending known(T value) {
    Pending pending(nullptr);
    pending.value_->emplace(std::move(value));
    return pending;
  }

 private:
  friend class Pipeline;
  explicit Pending(Pipeline* pipeline) : pipeline_(pipeline) {}

  Pipeline* pipeline_;
  std::shared_ptr<std::optional<T>> value_ = std::make_shared<std::optional<T>>();
};

/// Sends in one round trip what was added since the last one; statements run in the order in which they were
/// added. Not thread-safe.
class Pipeline {
 public:
  /// `connection` must outlive this; `limits` are those of each round trip.
  Pipeline(Connection& connection, Connection::Limits limits)
      : connection_(connection), limits_(std::move(limits)) {}

  /// Adds a statement whose rows are discarded.
  void add(std::string sql, Parameters parameters = {});

  /// Adds a statement. `read` makes a value of its rows; it is called once, as soon as they have arrived.
  template <typename Read>
  auto add(std::string sql, Parameters parameters, Read read) {
    Pending<std::invoke_result_t<Read, const Rows&>> pending(this);
    add(std::move(sql), std::move(parameters));
    readers_.back() = [value = pending.value_, read = std::move(read)](const Rows& rows) {
      value->emplace(read(rows));
    };
    return pending;
  }

  /// Sends one statement now, after those that were added before.
  Rows execute(std::string sql, Parameters parameters = {});

  /// Does nothing if nothing was added. Throws SqlError of the first statement that failed (those after it
  /// were not run), ConnectionLost, and what a reader throws.
  void send();

 private:
  Connection& connection_;
  const Connection::Limits limits_;
  std::vector<Query> statements_;
  std::vector<std::function<void(const Rows&)>> readers_;  ///< one a statement, may be empty
};

template <typename T>
T Pending<T>::get() const {
  if (!*value_) pipeline_->send();
  if (!*value_)
    throw base::Error(base::ExitCode::kInternal, "the result of a statement that was not run is asked for");
  return **value_;
}

}  // namespace bigocean::sql
