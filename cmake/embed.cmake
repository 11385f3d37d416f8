# bigocean_embed(target NAMESPACE ns SYMBOL name FILES ...): puts files into the binary as
#   std::span<const base::EmbeddedFile> bigocean::<ns>::<name>();
# Declare that function where it is used; the bytes come in by .incbin.
function(bigocean_embed target)
  cmake_parse_arguments(arg "" "NAMESPACE;SYMBOL" "FILES" ${ARGN})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(assembly "")
  set(externs "")
  set(entries "")
  set(number 0)
  set(paths "")
  foreach(file IN LISTS arg_FILES)
    get_filename_component(path ${file} ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
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
#include \"base/embedded_file.hpp\"
@assembly@
extern \"C\" {
@externs@}
namespace bigocean::@arg_NAMESPACE@ {
std::span<const base::EmbeddedFile> @arg_SYMBOL@();
std::span<const base::EmbeddedFile> @arg_SYMBOL@() {
  static const base::EmbeddedFile files[] = {
@entries@  };
  return files;
}
}  // namespace bigocean::@arg_NAMESPACE@
")
  set_property(SOURCE ${dir}/${arg_SYMBOL}.cpp PROPERTY OBJECT_DEPENDS "${paths}")
  # Link-time optimisation drops symbols that only assembly defines.
  set_property(SOURCE ${dir}/${arg_SYMBOL}.cpp APPEND PROPERTY COMPILE_OPTIONS -fno-lto)
  target_sources(${target} PRIVATE ${dir}/${arg_SYMBOL}.cpp)
endfunction()
