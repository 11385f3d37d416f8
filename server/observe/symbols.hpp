// Finds the names of code addresses without locks and without the heap, for a crashing process.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bigocean::server::observe {

/// The place of an address. Texts are NUL-terminated, and empty where nothing is known.
struct Symbol {
  char module[128];       ///< file name without folders: "bigocean", "libc.so.6"
  std::uintptr_t offset;  ///< from the module's load address, as addr2line wants it
  char function[256];     ///< as the linker knows it (mangled); only where the file still has its symbols
};

/// Async-signal-safe. Reads the ELF file of the module that holds `address`.
void find_symbol(std::uintptr_t address, Symbol& symbol);

}  // namespace bigocean::server::observe
