# bigocean_embed(target NAMESPACE ns SYMBOL name FILES ...): puts files into the program as
#   std::span<const TYPE> ns::name();
# Declare that function where it is used; the bytes come in by .incbin. TYPE is a struct of two std::string_view, the
# file's name and its text: BIGOCEAN_EMBED_TYPE of BIGOCEAN_EMBED_HEADER. Paths are relative to the calling CMakeLists.txt.
function(bigocean_embed target)
  cmake_parse_arguments(arg "" "NAMESPACE;SYMBOL" "FILES" ${ARGN})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(type ${BIGOCEAN_EMBED_TYPE})
  set(assembly "")
  set(externs "")
  set(entries "")
  set(number 0)
  set(paths "")
  foreach(file IN LISTS arg_FILES)
    get_filename_component(path ${file} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
    get_filename_component(name ${path} NAME)
    set(label "bigocean_${arg_SYMBOL}_${number}")
    string(APPEND assembly
      "__asm__(\".section .rodata\\n.global ${label}\\n.global ${label}_end\\n\"\n"
      "        \"${label}:\\n.incbin \\\"${path}\\\"\\n${label}_end:\\n.byte 0\\n.previous\\n\");\n")
    string(APPEND externs "extern const char ${label}[];\nextern const char ${label}_end[];\n")
    string(APPEND entries
      "    {\"${name}\", {${label}, static_cast<std::size_t>(${label}_end - ${label})}},\n")
    list(APPEND paths ${path})
    math(EXPR number "${number} + 1")
  endforeach()
  file(CONFIGURE OUTPUT ${dir}/${arg_SYMBOL}.cpp @ONLY CONTENT
"// Made by cmake/embed.cmake.
#include \"@BIGOCEAN_EMBED_HEADER@\"

#include <cstddef>
#include <span>
@assembly@
extern \"C\" {
@externs@}
namespace @arg_NAMESPACE@ {
std::span<const @type@> @arg_SYMBOL@();
std::span<const @type@> @arg_SYMBOL@() {
  static const @type@ files[] = {
@entries@  };
  return files;
}
}  // namespace @arg_NAMESPACE@
")
  set_property(SOURCE ${dir}/${arg_SYMBOL}.cpp PROPERTY OBJECT_DEPENDS "${paths}")
  # Link-time optimisation drops symbols that only assembly defines.
  set_property(SOURCE ${dir}/${arg_SYMBOL}.cpp APPEND PROPERTY COMPILE_OPTIONS -fno-lto)
  target_sources(${target} PRIVATE ${dir}/${arg_SYMBOL}.cpp)
endfunction()
