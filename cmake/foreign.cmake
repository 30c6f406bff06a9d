# One target per foreign library; the quirks of Debian's packages stay in this file.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

set(GFLAGS_USE_TARGET_NAMESPACE TRUE)  # else the target's name depends on who looked first
find_package(gflags REQUIRED)
find_package(glog REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(RocksDB REQUIRED CONFIG)  # RocksDB::rocksdb-shared: the static archive links slowly
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(EDIT REQUIRED IMPORTED_TARGET libedit)
pkg_check_modules(THRIFT REQUIRED IMPORTED_TARGET thrift)  # Thrift ships no CMake config

find_program(THRIFT_COMPILER thrift REQUIRED)

# henge_thrift(NAME FILES a.thrift ... GENERATES a_types A ...): a static library of generated code,
# warnings off, included as <thrift_gen/a_types.h>.
# no_skeleton: else a server skeleton appears beside it; moveable_types: values move, not copy. Not
# pure_enums: REFUSED of two enums in one namespace would clash. Enums
# of the wire may hold any number; our own code checks them before it reads them as enums.
function(henge_thrift NAME)
  cmake_parse_arguments(ARG "" "" "FILES;GENERATES" ${ARGN})
  set(root ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(out ${root}/thrift_gen)
  set(generated)
  foreach(file ${ARG_GENERATES})
    list(APPEND generated ${out}/${file}.cpp ${out}/${file}.h)
  endforeach()
  set(commands)
  foreach(file ${ARG_FILES})
    list(APPEND commands COMMAND ${THRIFT_COMPILER} --gen
         cpp:no_skeleton,moveable_types -out ${out} ${file})
  endforeach()
  add_custom_command(OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${out} ${commands}
    DEPENDS ${ARG_FILES} COMMENT "Thrift: ${NAME}" VERBATIM)
  add_library(${NAME} STATIC ${generated})
  target_include_directories(${NAME} SYSTEM PUBLIC ${root})
  target_link_libraries(${NAME} PUBLIC PkgConfig::THRIFT)
  target_compile_options(${NAME} PRIVATE -w -fno-sanitize=enum)
endfunction()
