# Warnings for our own targets only, as one interface target; sanitizers for everything.
add_library(bigocean_warnings INTERFACE)
target_compile_options(bigocean_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wcast-align -Wnull-dereference
  $<$<BOOL:${BIGOCEAN_WERROR}>:-Werror>)
# Those that come out of inlining are no errors: they differ with the compiler's version and with what is compiled together.
target_compile_options(bigocean_warnings INTERFACE
  -Wno-error=array-bounds -Wno-error=null-dereference $<$<CXX_COMPILER_ID:GNU>:-Wno-error=maybe-uninitialized
  -Wno-error=restrict -Wno-error=stringop-overflow -Wno-error=stringop-overread -Wno-error=free-nonheap-object>)

if(BIGOCEAN_SANITIZE)
  add_compile_options(-fsanitize=${BIGOCEAN_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BIGOCEAN_SANITIZE})
endif()
