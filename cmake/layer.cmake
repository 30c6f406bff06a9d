# add_layer(NAME SOURCES ... [DEPENDS targets the headers need] [PRIVATE targets only the .cc need])
#
# A static library henge_NAME of this folder. With tests on, henge_NAME_links is linked from the
# whole archive and nothing but what was declared here: a call into a folder that is not declared
# fails the build. (Not under the sanitizers, which would see the same.)
function(add_layer NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_library(henge_${NAME} STATIC ${ARG_SOURCES})
  target_include_directories(henge_${NAME} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(henge_${NAME} PUBLIC ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE})
  if(HENGE_TESTS AND NOT HENGE_SANITIZE)
    set(main ${CMAKE_BINARY_DIR}/link_test.cc)
    if(NOT EXISTS ${main})
      file(WRITE ${main} "int main() { return 0; }\n")
    endif()
    add_executable(henge_${NAME}_links ${main})
    target_link_libraries(henge_${NAME}_links PRIVATE
      -Wl,--whole-archive $<TARGET_FILE:henge_${NAME}> -Wl,--no-whole-archive
      ${ARG_DEPENDS} ${ARG_PRIVATE})
    add_dependencies(henge_${NAME}_links henge_${NAME})
    set_target_properties(henge_${NAME}_links PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/links)
  endif()
endfunction()

# henge_test(NAME SOURCES ... LINKS targets ... [TIMEOUT seconds] [LABEL label]): a gtest program;
# every TEST is a ctest of its own. Labels: threads for the layers that have threads (they run under
# TSan too; the target henge_threaded builds them), else unit.
function(henge_test NAME)
  cmake_parse_arguments(ARG "" "TIMEOUT;LABEL" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
    if(CMAKE_CURRENT_SOURCE_DIR MATCHES "unit/(runtime|engine|wire|app|client|inspector)$")
      set(ARG_LABEL threads)
    endif()
  endif()
  add_executable(henge_${NAME}_test ${ARG_SOURCES})
  target_link_libraries(henge_${NAME}_test PRIVATE ${ARG_LINKS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(henge_${NAME}_test PRIVATE
    HENGE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" HENGE_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  set_target_properties(henge_${NAME}_test PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(ARG_LABEL STREQUAL threads)
    add_dependencies(henge_threaded henge_${NAME}_test)
  endif()
  gtest_discover_tests(henge_${NAME}_test TEST_PREFIX "${NAME}." DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS ${ARG_LABEL})
endfunction()
