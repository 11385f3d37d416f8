// The content of .railway/railway.ts, as written by scripts/railway-graph: deploy settings, variables,
// databases.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace bigocean::rehearse {

struct DeploySettings {
  std::vector<std::string> pre_deploy;  ///< empty: none
  std::vector<std::string> start;
  std::string healthcheck_path;
  std::chrono::seconds healthcheck_timeout{300};
  std::chrono::seconds overlap{0};
  std::chrono::seconds draining{0};
};

/// A variable of the service, as the file has it.
struct Variable {
  enum class Kind { kLiteral, kReference, kPreserved };
  Kind kind = Kind::kPreserved;
  std::string value;  ///< of a literal; of a reference "Postgres.DATABASE_URL"
};

struct Graph {
  DeploySettings settings;
  std::map<std::string, Variable> variables;
  std::string postgres_image;
  std::string redis_image;
  int postgres_major = 0;
};

/// The service `bigocean` and the databases. What the file leaves out is as the platform has it: no overlap,
/// no draining, 300 s for the health check. Throws std::runtime_error for what would fail the deploy there:
/// seconds as text, several commands.
Graph read_graph(const std::string& file);

/// The variables as the platform gives them to a process. `outputs`: what references lead to, by
/// "Postgres.DATABASE_URL"; `kept`: the values of preserved ones, where not empty. Throws std::runtime_error
/// for a reference to nothing.
std::map<std::string, std::string> resolved(const std::map<std::string, Variable>& variables,
                                            const std::map<std::string, std::string>& outputs,
                                            const std::map<std::string, std::string>& kept);

}  // namespace bigocean::rehearse
