// Sends the added statements in one round trip.
#include "sql/postgres/pipeline.hpp"

namespace bigocean::sql {

void Pipeline::add(std::string sql, Parameters parameters) {
  statements_.push_back({std::move(sql), std::move(parameters)});
  readers_.emplace_back();
}

Rows Pipeline::execute(std::string sql, Parameters parameters) {
  return add(std::move(sql), std::move(parameters), [](const Rows& rows) { return rows; }).get();
}

void Pipeline::send() {
  const auto statements = std::exchange(statements_, {});
  const auto readers = std::exchange(readers_, {});
  if (statements.empty()) return;
  const auto results = connection_.execute_pipeline(statements, limits_);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (readers[i]) readers[i](results[i]);
  }
}

}  // namespace bigocean::sql
