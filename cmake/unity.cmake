# bigocean_unity(target [ALONE regex]): compiles the sources of a folder together, up to twelve at a time. Most of the
# time of a source goes into headers and templates that its neighbours need as well. Names that a file keeps to itself must
# differ within a folder; files that match ALONE, which have the same names because they have the same shape, are compiled
# each for itself. BIGOCEAN_UNITY=OFF does that with all.
function(bigocean_unity target)
  cmake_parse_arguments(arg "" "ALONE" "" ${ARGN})
  if(NOT BIGOCEAN_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  if(arg_ALONE)
    list(FILTER sources EXCLUDE REGEX "${arg_ALONE}")
  endif()
  foreach(source IN LISTS sources)
    get_filename_component(path ${source} ABSOLUTE)
    get_filename_component(folder ${path} DIRECTORY)
    file(RELATIVE_PATH group ${PROJECT_SOURCE_DIR} ${folder})
    string(MAKE_C_IDENTIFIER "${group}" group)
    math(EXPR counted_${group} "0${counted_${group}} + 1")
    math(EXPR part "(${counted_${group}} - 1) / 12")
    set_property(SOURCE ${source} PROPERTY UNITY_GROUP ${group}_${part})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # A type of an included source's own is taken for one of a header.
  target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
endfunction()
