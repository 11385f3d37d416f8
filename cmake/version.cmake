# The version and the git commit, for --version and the migration history.
# BIGOCEAN_COMMIT comes from the image build, where there is no .git.
set(BIGOCEAN_COMMIT "" CACHE STRING "Git commit of this build, when there is no .git to ask")

function(bigocean_version target)
  set(commit "${BIGOCEAN_COMMIT}")
  if(NOT commit)
    execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} rev-parse --short=12 HEAD
      OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    # A new commit makes CMake run again, so the number is never stale.
    if(EXISTS ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
    endif()
  endif()
  if(NOT commit)
    set(commit "unknown")
  endif()
  set_property(SOURCE ${PROJECT_SOURCE_DIR}/base/version.cpp APPEND PROPERTY COMPILE_DEFINITIONS
    BIGOCEAN_VERSION="${PROJECT_VERSION}" BIGOCEAN_COMMIT="${commit}")
endfunction()
