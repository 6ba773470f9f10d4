# An instruction set's code must stay in its own file: a global or weak function in an object that
# was compiled for AVX-512 may be the one that the linker keeps for everybody, and then ends the
# process on a lesser machine. Each object of an isa folder defines its kernel and nothing else.
#
#   cmake -D NM=nm -D "OBJECTS=a.o;b.o" -P isa_symbols.cmake
set(seen 0)
foreach(object IN LISTS OBJECTS)
  if(NOT object MATCHES "/native/(memory/|)isa/([a-z0-9_]+)\\.cpp\\.o$")
    continue()
  endif()
  set(isa ${CMAKE_MATCH_2})
  string(REPLACE "/" "" kind "${CMAKE_MATCH_1}")
  math(EXPR seen "${seen} + 1")
  execute_process(COMMAND ${NM} --demangle --defined-only --extern-only ${object}
    OUTPUT_VARIABLE symbols OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE ";" "," symbols "${symbols}")
  string(REPLACE "\n" ";" symbols "${symbols}")
  list(LENGTH symbols count)
  string(REGEX REPLACE "_" "" row "${isa}")
  string(TOLOWER "${symbols}" lower)
  if(NOT count EQUAL 1 OR NOT lower MATCHES "^[0-9a-f]+ [rd] stampmill::k${row}${kind}kernel$")
    string(REPLACE ";" "\n  " symbols "${symbols}")
    message(SEND_ERROR "${object} should define its kernel alone, but defines\n  ${symbols}")
  endif()
endforeach()
if(seen LESS 2)
  message(FATAL_ERROR "only ${seen} objects of isa folders among: ${OBJECTS}")
endif()
message(STATUS "${seen} kernels, each alone in its object")
