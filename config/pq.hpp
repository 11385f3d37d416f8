// libpq's functions under plain names, each loaded with the library when the first is called:
// pq::status(connection).
#pragma once

#include "config/libpq.hpp"

namespace bigocean::pq {

// libpq's documentation describes the functions, under the names in the list of config/libpq.hpp.
#define BIGOCEAN_PQ(symbol, plain_name) \
  inline constexpr base::LibraryCall<&config::libpq, &config::Libpq::symbol> plain_name{};
BIGOCEAN_LIBPQ_FUNCTIONS(BIGOCEAN_PQ)
#undef BIGOCEAN_PQ

/// Deleter for texts that libpq allocated.
struct FreeMemory {
  void operator()(void* memory) const { free_memory(memory); }
};

/// Deleter for the options of a connection string.
struct FreeOptions {
  void operator()(PQconninfoOption* options) const { conninfo_free(options); }
};

}  // namespace bigocean::pq
