// NEON (Advanced SIMD): two lanes of 64 bits, on every arm64 processor.
#pragma once

#include <arm_neon.h>

#include <cstdint>

#include "simd/inline.h"
#include "simd/opaque.h"

namespace stampmill {
namespace {

struct NeonU64 {
    static constexpr int kLanes = 2;
    uint64x2_t v;

    static STAMPMILL_INLINE NeonU64 load(const uint64_t* p) { return {vld1q_u64(p)}; }
    static STAMPMILL_INLINE NeonU64 broadcast(uint64_t x) { return {vdupq_n_u64(x)}; }
    STAMPMILL_INLINE void store(uint64_t* p) const { vst1q_u64(p, v); }
};

STAMPMILL_INLINE NeonU64 operator+(NeonU64 a, NeonU64 b) {
    return {vaddq_u64(a.v, b.v)};
}
STAMPMILL_INLINE NeonU64 operator^(NeonU64 a, NeonU64 b) {
    return {veorq_u64(a.v, b.v)};
}
STAMPMILL_INLINE NeonU64 xor3(NeonU64 a, NeonU64 b, NeonU64 c) {
    return a ^ b ^ c;
}
/// The product of the lower halves of each lane.
STAMPMILL_INLINE NeonU64 low_product(NeonU64 a, NeonU64 b) {
    // NOLINTNEXTLINE(misc-const-correctness): the next line may change it
    uint64x2_t product = vmull_u32(vmovn_u64(a.v), vmovn_u64(b.v));
    STAMPMILL_OPAQUE("w", product);
    return {product};
}
template <int n>
STAMPMILL_INLINE NeonU64 rotr(NeonU64 x) {
    if constexpr (n == 32) {
        return {vreinterpretq_u64_u32(vrev64q_u32(vreinterpretq_u32_u64(x.v)))};
    } else {
        // Shift left and insert: the bits that the right shift emptied are filled in one step.
        return {vsliq_n_u64(vshrq_n_u64(x.v, n), x.v, 64 - n)};
    }
}

/// Exchanges the two lanes.
STAMPMILL_INLINE NeonU64 exchange_near(NeonU64 x) {
    return {vextq_u64(x.v, x.v, 1)};
}

}  // namespace
}  // namespace stampmill
