// SSE2: four lanes, on every x86-64 processor.
#pragma once

#include <emmintrin.h>

#include <cstdint>

#include "simd/inline.h"

namespace stampmill {
namespace {

struct Sse2U32 {
    static constexpr uint32_t kLanes = 4;
    static constexpr int kRegisters = 16;
    __m128i v;

    static STAMPMILL_INLINE Sse2U32 load(const uint32_t* p) {
        return {_mm_load_si128(reinterpret_cast<const __m128i*>(p))};
    }
    static STAMPMILL_INLINE Sse2U32 broadcast(uint32_t x) {
        return {_mm_set1_epi32(static_cast<int>(x))};
    }
    STAMPMILL_INLINE void store(uint32_t* p) const {
        _mm_store_si128(reinterpret_cast<__m128i*>(p), v);
    }
};

STAMPMILL_INLINE Sse2U32 operator+(Sse2U32 a, Sse2U32 b) {
    return {_mm_add_epi32(a.v, b.v)};
}
STAMPMILL_INLINE Sse2U32 operator^(Sse2U32 a, Sse2U32 b) {
    return {_mm_xor_si128(a.v, b.v)};
}
STAMPMILL_INLINE Sse2U32 operator&(Sse2U32 a, Sse2U32 b) {
    return {_mm_and_si128(a.v, b.v)};
}

template <int n>
STAMPMILL_INLINE Sse2U32 shr(Sse2U32 x) {
    return {_mm_srli_epi32(x.v, n)};
}
template <int n>
STAMPMILL_INLINE Sse2U32 rotl(Sse2U32 x) {
    return {_mm_or_si128(_mm_slli_epi32(x.v, n), _mm_srli_epi32(x.v, 32 - n))};
}

STAMPMILL_INLINE Sse2U32 parity(Sse2U32 x, Sse2U32 y, Sse2U32 z) {
    return x ^ y ^ z;
}
STAMPMILL_INLINE Sse2U32 choose(Sse2U32 x, Sse2U32 y, Sse2U32 z) {
    return z ^ (x & (y ^ z));
}
STAMPMILL_INLINE Sse2U32 majority(Sse2U32 x, Sse2U32 y, Sse2U32 z) {
    return y ^ ((x ^ y) & (y ^ z));
}

STAMPMILL_INLINE uint32_t at_most(Sse2U32 x, Sse2U32 limit) {
    // SSE2 compares signed only: flipping the top bit of both keeps the unsigned order.
    const Sse2U32 top = Sse2U32::broadcast(0x80000000u);
    const __m128i above = _mm_cmpgt_epi32((x ^ top).v, (limit ^ top).v);
    return ~static_cast<uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(above))) & 0xfu;
}

}  // namespace
}  // namespace stampmill
