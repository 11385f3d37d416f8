// bigocean migrate dump: writes the schema; `up --dump` does the same after it has applied.
#pragma once

#include <string>

#include "cli/migrate/call.hpp"

namespace bigocean::cli {

/// Writes the schema to the file (whole or not at all) or, where `path` is empty or "-", to standard output;
/// there with `json` into the document. Returns the exit code.
int write_dump(Call& call, const std::string& path, bool json);

/// Throws base::Error(kUsage) if write_dump could not write there; call it before a long run.
void check_dump_file(const std::string& path);

}  // namespace bigocean::cli
