# cmake -DROOT=… -DOUT=… -P known_probes.cmake: the names of all probe("…") in the sources, as a
# header; so that a place that was never reached is known to exist.
cmake_minimum_required(VERSION 3.25)

set(folders core server wire)
set(sources)
foreach(folder ${folders})
  file(GLOB_RECURSE found ${ROOT}/${folder}/*.h ${ROOT}/${folder}/*.cc)
  list(APPEND sources ${found})
endforeach()

set(names)
foreach(source ${sources})
  file(READ ${source} text)
  string(REGEX REPLACE "[][]" " " text "${text}")  # brackets would join the elements of a list
  # Up to the statement's end: a call may choose between two names.
  string(REGEX MATCHALL "[^A-Za-z0-9_]probe\\([^;]*" calls "${text}")
  foreach(call ${calls})
    string(REGEX MATCHALL "\"[^\"]*\"" literals "${call}")
    list(APPEND names ${literals})
  endforeach()
endforeach()
list(SORT names)
list(REMOVE_DUPLICATES names)
list(JOIN names ",\n    " lines)
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT
"// Made by known_probes.cmake from the sources.
#pragma once

#include <string_view>

namespace henge::sim {

inline constexpr std::string_view knownProbes[] = {
    @lines@};

}  // namespace henge::sim
")
