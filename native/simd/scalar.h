// The vocabulary of a kernel, on plain 32-bit integers: one lane. The other headers of this folder
// offer the same names on vectors; hashes/ and engine/lanes.h are written against them.
#pragma once

#include <cstdint>

#include "simd/inline.h"

namespace stampmill {
namespace {

struct ScalarU32 {
    static constexpr uint32_t kLanes = 1;
    static constexpr int kRegisters = 8;
    uint32_t v;

    static STAMPMILL_INLINE ScalarU32 load(const uint32_t* p) { return {*p}; }
    static STAMPMILL_INLINE ScalarU32 broadcast(uint32_t x) { return {x}; }
    STAMPMILL_INLINE void store(uint32_t* p) const { *p = v; }
};

STAMPMILL_INLINE ScalarU32 operator+(ScalarU32 a, ScalarU32 b) {
    return {a.v + b.v};
}
STAMPMILL_INLINE ScalarU32 operator^(ScalarU32 a, ScalarU32 b) {
    return {a.v ^ b.v};
}

template <int n>
STAMPMILL_INLINE ScalarU32 rotl(ScalarU32 x) {
    return {(x.v << n) | (x.v >> (32 - n))};
}
template <int n>
STAMPMILL_INLINE ScalarU32 shr(ScalarU32 x) {
    return {x.v >> n};
}

STAMPMILL_INLINE ScalarU32 parity(ScalarU32 x, ScalarU32 y, ScalarU32 z) {
    return {x.v ^ y.v ^ z.v};
}
STAMPMILL_INLINE ScalarU32 choose(ScalarU32 x, ScalarU32 y, ScalarU32 z) {
    return {z.v ^ (x.v & (y.v ^ z.v))};
}
// With y the middle operand, SHA-256 shares x ^ y with the next round's y ^ z.
STAMPMILL_INLINE ScalarU32 majority(ScalarU32 x, ScalarU32 y, ScalarU32 z) {
    return {y.v ^ ((x.v ^ y.v) & (y.v ^ z.v))};
}

/// Bit i is set where lane i of x is at most the same lane of limit, unsigned.
STAMPMILL_INLINE uint32_t at_most(ScalarU32 x, ScalarU32 limit) {
    return x.v <= limit.v ? 1u : 0u;
}

}  // namespace
}  // namespace stampmill
