// How every function of a kernel is declared: inlined whole, so that a search loop is one body of
// straight-line code and no function compiled for one instruction set can be called from another.
#pragma once

#if defined(__GNUC__)
#define STAMPMILL_INLINE inline __attribute__((always_inline))
#define STAMPMILL_INLINE_LAMBDA __attribute__((always_inline))
#define STAMPMILL_NOINLINE __attribute__((noinline))
#else
#error "stampmill's engine needs GCC or Clang"
#endif
