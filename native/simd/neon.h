// NEON (Advanced SIMD): four lanes, on every arm64 processor.
#pragma once

#include <arm_neon.h>

#include <cstdint>

#include "simd/inline.h"

namespace stampmill {
namespace {

struct NeonU32 {
    static constexpr uint32_t kLanes = 4;
    static constexpr int kRegisters = 32;
    uint32x4_t v;

    static STAMPMILL_INLINE NeonU32 load(const uint32_t* p) { return {vld1q_u32(p)}; }
    static STAMPMILL_INLINE NeonU32 broadcast(uint32_t x) { return {vdupq_n_u32(x)}; }
    STAMPMILL_INLINE void store(uint32_t* p) const { vst1q_u32(p, v); }
};

STAMPMILL_INLINE NeonU32 operator+(NeonU32 a, NeonU32 b) {
    return {vaddq_u32(a.v, b.v)};
}
STAMPMILL_INLINE NeonU32 operator^(NeonU32 a, NeonU32 b) {
    return {veorq_u32(a.v, b.v)};
}

template <int n>
STAMPMILL_INLINE NeonU32 shr(NeonU32 x) {
    return {vshrq_n_u32(x.v, n)};
}
template <int n>
STAMPMILL_INLINE NeonU32 rotl(NeonU32 x) {
    // Shift right and insert: the bits that the left shift emptied are filled in one step.
    return {vsriq_n_u32(vshlq_n_u32(x.v, n), x.v, 32 - n)};
}

STAMPMILL_INLINE NeonU32 parity(NeonU32 x, NeonU32 y, NeonU32 z) {
    return x ^ y ^ z;
}
STAMPMILL_INLINE NeonU32 choose(NeonU32 x, NeonU32 y, NeonU32 z) {
    return {vbslq_u32(x.v, y.v, z.v)};
}
STAMPMILL_INLINE NeonU32 majority(NeonU32 x, NeonU32 y, NeonU32 z) {
    return {vbslq_u32((x ^ y).v, z.v, y.v)};
}

STAMPMILL_INLINE uint32_t at_most(NeonU32 x, NeonU32 limit) {
    const uint32x4_t weight = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(vcleq_u32(x.v, limit.v), weight));
}

}  // namespace
}  // namespace stampmill
