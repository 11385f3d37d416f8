// libFuzzer: for any bytes, a migration file is read, or refused with a message.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "sql/migrate/source/file.hpp"
#include "tests/fuzz/require.hpp"

using namespace bigocean::sql::migrate;
using bigocean::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::string_view name : {"0001_x.sql", "0001_x.up.sql"}) {
    try {
      const Migration m = parse_migration(name, name, bytes);
      require(m.up.begin <= m.up.end && m.up.end <= m.text.size(), "up lies inside the text");
      if (m.down) require(m.up.end <= m.down->begin && m.down->end <= m.text.size(), "down lies behind up");
      require(m.checksum.size() == 64, "a checksum is 64 digits");
      const bool binary = m.text.find("PGCOPY") != std::string::npos;
      require(binary || m.text.find("\r\n") == std::string::npos ||
                  bytes.find("\r\r\n") != std::string_view::npos,
              "line ends are LF");
    } catch (const bigocean::base::Error& error) {
      require(error.code == bigocean::base::ExitCode::kUsage && !error.message.empty(),
              "a refusal is a usage error in words");
    }
  }
  return 0;
}
