// Finds the names of code addresses without locks and without the heap, for a crashing process.
#include "server/observe/symbols.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <initializer_list>

namespace bigocean::server::observe {
namespace {

void copy_text(char* to, std::size_t size, const char* from) {
  std::size_t i = 0;
  for (; i + 1 < size && from[i] != '\0'; ++i) to[i] = from[i];
  to[i] = '\0';
}

const char* base_name(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

/// A file in memory, read-only.
class Mapped {
 public:
  explicit Mapped(const char* path) {
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct stat about {};
    if (::fstat(fd, &about) == 0 && about.st_size > 0) {
      size_ = static_cast<std::size_t>(about.st_size);
      void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
      bytes_ = memory == MAP_FAILED ? nullptr : static_cast<const char*>(memory);
    }
    ::close(fd);
  }
  ~Mapped() {
    if (bytes_ != nullptr) ::munmap(const_cast<char*>(bytes_), size_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  /// `count` objects at `offset`; null when the file does not hold them.
  template <class T>
  const T* at(std::uint64_t offset, std::uint64_t count = 1) const {
    if (bytes_ == nullptr || offset > size_ || count > (size_ - offset) / sizeof(T)) return nullptr;
    return reinterpret_cast<const T*>(bytes_ + offset);
  }

 private:
  const char* bytes_ = nullptr;
  std::size_t size_ = 0;
};

/// The function of a symbol table's section that holds `offset`; null when there is none.
const char* find_in_table(const Mapped& file, const ElfW(Shdr) & table, const ElfW(Shdr) & names,
                          std::uintptr_t offset) {
  const auto count = table.sh_size / sizeof(ElfW(Sym));
  const auto* symbols = file.at<ElfW(Sym)>(table.sh_offset, count);
  if (symbols == nullptr) return nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& one = symbols[i];
    const bool holds = one.st_value <= offset && offset - one.st_value < one.st_size;
    if (!holds || (one.st_info & 0xfU) != STT_FUNC || one.st_name >= names.sh_size) continue;
    const auto length = names.sh_size - one.st_name;
    const char* name = file.at<char>(names.sh_offset + one.st_name, length);
    if (name != nullptr && std::memchr(name, '\0', length) != nullptr) return name;
  }
  return nullptr;
}

void find_in_file(const char* path, std::uintptr_t offset, Symbol& symbol) {
  const Mapped file(path);
  const auto* header = file.at<ElfW(Ehdr)>(0);
  if (header == nullptr || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return;
  const auto* sections = file.at<ElfW(Shdr)>(header->e_shoff, header->e_shnum);
  if (sections == nullptr) return;
  // All symbols if the file still has them, else the exported ones.
  for (const auto wanted : {SHT_SYMTAB, SHT_DYNSYM}) {
    for (std::size_t i = 0; i < header->e_shnum; ++i) {
      const auto& table = sections[i];
      if (table.sh_type != static_cast<ElfW(Word)>(wanted) || table.sh_link >= header->e_shnum) continue;
      const char* name = find_in_table(file, table, sections[table.sh_link], offset);
      if (name == nullptr) continue;
      copy_text(symbol.function, sizeof symbol.function, name);
      return;
    }
  }
}

}  // namespace

void find_symbol(std::uintptr_t address, Symbol& symbol) {
  symbol.module[0] = symbol.function[0] = '\0';
  symbol.offset = 0;
  dl_find_object found{};
  // Unlike dladdr() this takes no lock, so a crash within the loader cannot hang here.
  if (_dl_find_object(reinterpret_cast<void*>(address), &found) != 0 || found.dlfo_link_map == nullptr)
    return;
  const char* path = found.dlfo_link_map->l_name;
  const bool is_program = path == nullptr || *path == '\0';
  symbol.offset = address - found.dlfo_link_map->l_addr;
  copy_text(symbol.module, sizeof symbol.module, is_program ? "bigocean" : base_name(path));
  find_in_file(is_program ? "/proc/self/exe" : path, symbol.offset, symbol);
}

}  // namespace bigocean::server::observe
