# bigocean_pages(target): puts the built pages of server/product/web/dist into the library of `target`, as
#   std::span<const base::EmbeddedFile> bigocean::server::pages::embedded_pages();   the files, some also as .gz and .br
#   std::span<const base::EmbeddedFile> bigocean::server::pages::embedded_cards();   a PNG for each type: "PFIC.png"
# The cards are drawn by rsvg-convert while the program is built. Called as a script (cmake -P) with SVG, OUT, CODES and
# RSVG_CONVERT, this file draws them.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${SVG} drawing)
  file(MAKE_DIRECTORY ${OUT})
  string(REPLACE " " ";" CODES "${CODES}")
  foreach(code IN LISTS CODES)
    string(REPLACE "\n<use href=\"#PFIC\"/>\n" "\n<use href=\"#${code}\"/>\n" one "${drawing}")
    file(WRITE ${OUT}/${code}.svg "${one}")
    execute_process(COMMAND ${RSVG_CONVERT} -o ${OUT}/${code}.png ${OUT}/${code}.svg COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE ${OUT}/${code}.svg)
  endforeach()
  return()
endif()

function(bigocean_pages target)
  set(dist ${PROJECT_SOURCE_DIR}/server/product/web/dist)
  find_program(RSVG_CONVERT rsvg-convert)
  if(NOT RSVG_CONVERT)
    message(FATAL_ERROR "rsvg-convert, which draws the social cards, is missing: install the package librsvg2-bin")
  endif()
  set(codes "")
  foreach(openness P G O)
    foreach(conscientiousness F B D)
      foreach(extraversion I A E)
        foreach(agreeableness C N W)
          list(APPEND codes ${openness}${conscientiousness}${extraversion}${agreeableness})
        endforeach()
      endforeach()
    endforeach()
  endforeach()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/cards)
  list(TRANSFORM codes PREPEND ${out}/ OUTPUT_VARIABLE cards)
  list(TRANSFORM cards APPEND .png)
  string(REPLACE ";" " " words "${codes}")
  add_custom_command(OUTPUT ${cards} DEPENDS ${dist}/cards.svg ${PROJECT_SOURCE_DIR}/cmake/pages.cmake
    COMMAND ${CMAKE_COMMAND} -DSVG=${dist}/cards.svg -DOUT=${out} -DCODES=${words} -DRSVG_CONVERT=${RSVG_CONVERT}
      -P ${PROJECT_SOURCE_DIR}/cmake/pages.cmake
    COMMENT "Drawing the social cards" VERBATIM)
  file(GLOB files CONFIGURE_DEPENDS ${dist}/*.html ${dist}/licenses.md ${dist}/assets/*)
  bigocean_embed(${target} NAMESPACE bigocean::server::pages SYMBOL embedded_pages FILES ${files})
  bigocean_embed(${target} NAMESPACE bigocean::server::pages SYMBOL embedded_cards FILES ${cards})
endfunction()
