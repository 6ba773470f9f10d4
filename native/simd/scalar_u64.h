// One lane, for any processor.
#pragma once

#include <cstdint>

#include "simd/inline.h"
#include "simd/opaque.h"

namespace stampmill {
namespace {

struct ScalarU64 {
    static constexpr int kLanes = 1;
    uint64_t v;

    static STAMPMILL_INLINE ScalarU64 load(const uint64_t* p) { return {*p}; }
    static STAMPMILL_INLINE ScalarU64 broadcast(uint64_t x) { return {x}; }
    STAMPMILL_INLINE void store(uint64_t* p) const { *p = v; }
};

STAMPMILL_INLINE ScalarU64 operator+(ScalarU64 a, ScalarU64 b) {
    return {a.v + b.v};
}
STAMPMILL_INLINE ScalarU64 operator^(ScalarU64 a, ScalarU64 b) {
    return {a.v ^ b.v};
}
STAMPMILL_INLINE ScalarU64 xor3(ScalarU64 a, ScalarU64 b, ScalarU64 c) {
    return a ^ b ^ c;
}
/// The product of the lower halves.
STAMPMILL_INLINE ScalarU64 low_product(ScalarU64 a, ScalarU64 b) {
    // NOLINTNEXTLINE(misc-const-correctness): the next line may change it
    uint64_t product = uint64_t{static_cast<uint32_t>(a.v)} * static_cast<uint32_t>(b.v);
    STAMPMILL_OPAQUE("r", product);
    return {product};
}
template <int n>
STAMPMILL_INLINE ScalarU64 rotr(ScalarU64 x) {
    return {x.v >> n | x.v << (64 - n)};
}

}  // namespace
}  // namespace stampmill
