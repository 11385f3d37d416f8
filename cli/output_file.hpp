// Writes a file that an option names, whole or not at all.
#pragma once

#include <string>

namespace bigocean::cli {

/// Throws base::Error(kUsage) if write_output_file() could not write there; call it before long work.
void check_output_file(const std::string& path);

/// Writes the file beside its place and moves it there, so that a reader never sees half of it. Throws
/// base::Error(kUsage).
void write_output_file(const std::string& path, const std::string& text);

}  // namespace bigocean::cli
