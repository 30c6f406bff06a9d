# henge_headers: every header of the product compiles alone. One line of source each; built with the
# tests, without optimisation; not under the sanitizers, which would see the same.
function(henge_headers_alone)
  set(links)
  foreach(name core ports coordinator replica membership storage wire runtime engine
          client_library bench app client inspector)
    if(TARGET henge_${name})
      list(APPEND links henge_${name})
    endif()
  endforeach()
  file(GLOB_RECURSE headers RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS
       ${CMAKE_SOURCE_DIR}/core/*.h ${CMAKE_SOURCE_DIR}/server/*.h ${CMAKE_SOURCE_DIR}/wire/*.h
       ${CMAKE_SOURCE_DIR}/client/*.h ${CMAKE_SOURCE_DIR}/inspector/*.h)
  set(sources)
  foreach(header ${headers})
    get_filename_component(folder ${header} DIRECTORY)
    if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${folder}/CMakeLists.txt)
      continue()
    endif()
    string(MAKE_C_IDENTIFIER ${header} name)
    set(source ${CMAKE_BINARY_DIR}/headers/${name}.cc)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n")
    list(APPEND sources ${source})
  endforeach()
  add_library(henge_headers OBJECT ${sources})
  target_include_directories(henge_headers PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(henge_headers PRIVATE -O0 -g0)
  # What a folder's own sources may include beyond its public needs, its headers may too.
  foreach(target ${links})
    get_target_property(kind ${target} TYPE)
    if(NOT kind STREQUAL INTERFACE_LIBRARY)
      target_include_directories(henge_headers SYSTEM PRIVATE
        $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
      add_dependencies(henge_headers ${target})
    endif()
  endforeach()
  target_link_libraries(henge_headers PRIVATE ${links})
endfunction()
