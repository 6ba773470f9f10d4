// AVX-512F: sixteen lanes, a rotate and any three-operand logic in one instruction each.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "simd/inline.h"

namespace stampmill {
namespace {

struct Avx512U32 {
    static constexpr uint32_t kLanes = 16;
    static constexpr int kRegisters = 32;
    __m512i v;

    static STAMPMILL_INLINE Avx512U32 load(const uint32_t* p) { return {_mm512_load_si512(p)}; }
    static STAMPMILL_INLINE Avx512U32 broadcast(uint32_t x) {
        return {_mm512_set1_epi32(static_cast<int>(x))};
    }
    STAMPMILL_INLINE void store(uint32_t* p) const { _mm512_store_si512(p, v); }
};

STAMPMILL_INLINE Avx512U32 operator+(Avx512U32 a, Avx512U32 b) {
    return {_mm512_add_epi32(a.v, b.v)};
}
STAMPMILL_INLINE Avx512U32 operator^(Avx512U32 a, Avx512U32 b) {
    return {_mm512_xor_si512(a.v, b.v)};
}

template <int n>
STAMPMILL_INLINE Avx512U32 rotl(Avx512U32 x) {
    return {_mm512_rol_epi32(x.v, n)};
}
template <int n>
STAMPMILL_INLINE Avx512U32 shr(Avx512U32 x) {
    return {_mm512_srli_epi32(x.v, n)};
}

// The immediate is the truth table of the function: bit (x << 2 | y << 1 | z).
STAMPMILL_INLINE Avx512U32 parity(Avx512U32 x, Avx512U32 y, Avx512U32 z) {
    return {_mm512_ternarylogic_epi32(x.v, y.v, z.v, 0x96)};
}
STAMPMILL_INLINE Avx512U32 choose(Avx512U32 x, Avx512U32 y, Avx512U32 z) {
    return {_mm512_ternarylogic_epi32(x.v, y.v, z.v, 0xca)};
}
STAMPMILL_INLINE Avx512U32 majority(Avx512U32 x, Avx512U32 y, Avx512U32 z) {
    return {_mm512_ternarylogic_epi32(x.v, y.v, z.v, 0xe8)};
}

STAMPMILL_INLINE uint32_t at_most(Avx512U32 x, Avx512U32 limit) {
    return _mm512_cmple_epu32_mask(x.v, limit.v);
}

}  // namespace
}  // namespace stampmill
