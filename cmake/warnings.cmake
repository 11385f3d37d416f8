# Warnings for our own targets only, as one interface target; sanitizers for everything.
add_library(bigocean_warnings INTERFACE)
target_compile_options(bigocean_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wcast-align -Wnull-dereference
  $<$<BOOL:${BIGOCEAN_WERROR}>:-Werror>)

if(BIGOCEAN_SANITIZE)
  add_compile_options(-fsanitize=${BIGOCEAN_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BIGOCEAN_SANITIZE})
endif()
