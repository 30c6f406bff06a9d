# Flags every target shares. Asserts stay on in every build: NDEBUG is never set.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
                    -Woverloaded-virtual -Werror)
foreach(config RELEASE RELWITHDEBINFO MINSIZEREL)
  string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_${config} "${CMAKE_CXX_FLAGS_${config}}")
endforeach()
# Line numbers are enough; a preset that says which level keeps it.
string(REGEX REPLACE "-g( |$)" "-g1\\1" CMAKE_CXX_FLAGS_RELWITHDEBINFO
       "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")

if(HENGE_SANITIZE)
  add_compile_options(-fsanitize=${HENGE_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HENGE_SANITIZE})
  if(HENGE_SANITIZE MATCHES "thread")
    add_compile_options(-Wno-error=tsan)  # Asio 1.74 uses atomic_thread_fence (asio#1512)
  endif()
endif()

find_program(HENGE_MOLD mold)
if(HENGE_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()
