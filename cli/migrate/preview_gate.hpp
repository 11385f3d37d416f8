// The gate of `migrate.preview = required` that `bigocean migrate up` passes.
#pragma once

#include "cli/migrate/call.hpp"
#include "sql/migrate/engine.hpp"

namespace bigocean::cli {

/// After the gate `first` tries the pending files in an empty copy of the live schema. Refuses them
/// (kLintFindings) unless each is safe or takes a brief lock and none would fail on the rows that are there;
/// with `allow_unsafe` warns instead. A file that an interrupted run has begun is not judged again. `call`
/// must outlive the engine's run.
sql::migrate::PendingHook preview_gate(sql::migrate::PendingHook first, Call& call, bool allow_unsafe);

}  // namespace bigocean::cli
