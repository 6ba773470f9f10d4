// Unrolling by template index: every round number is a constant, so constants, message words and
// the roles of the state words are all settled at compile time.
#pragma once

#include <utility>

#include "simd/inline.h"

namespace stampmill {
namespace {

template <int v>
struct Index {
    static constexpr int value = v;
};

template <int from, int... i, class Body>
STAMPMILL_INLINE void unroll_from(std::integer_sequence<int, i...>, const Body& body) {
    (body(Index<from + i>{}), ...);
}

/// Calls body(Index<t>{}) for t = from, from + 1, ... to - 1.
template <int from, int to, class Body>
STAMPMILL_INLINE void unroll(const Body& body) {
    unroll_from<from>(std::make_integer_sequence<int, to - from>{}, body);
}

}  // namespace
}  // namespace stampmill
