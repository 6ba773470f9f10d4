// AVX2: eight lanes; a rotate is two shifts and an or.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "simd/inline.h"

namespace stampmill {
namespace {

struct Avx2U32 {
    static constexpr uint32_t kLanes = 8;
    static constexpr int kRegisters = 16;
    __m256i v;

    static STAMPMILL_INLINE Avx2U32 load(const uint32_t* p) {
        return {_mm256_load_si256(reinterpret_cast<const __m256i*>(p))};
    }
    static STAMPMILL_INLINE Avx2U32 broadcast(uint32_t x) {
        return {_mm256_set1_epi32(static_cast<int>(x))};
    }
    STAMPMILL_INLINE void store(uint32_t* p) const {
        _mm256_store_si256(reinterpret_cast<__m256i*>(p), v);
    }
};

STAMPMILL_INLINE Avx2U32 operator+(Avx2U32 a, Avx2U32 b) {
    return {_mm256_add_epi32(a.v, b.v)};
}
STAMPMILL_INLINE Avx2U32 operator^(Avx2U32 a, Avx2U32 b) {
    return {_mm256_xor_si256(a.v, b.v)};
}
STAMPMILL_INLINE Avx2U32 operator&(Avx2U32 a, Avx2U32 b) {
    return {_mm256_and_si256(a.v, b.v)};
}

template <int n>
STAMPMILL_INLINE Avx2U32 shr(Avx2U32 x) {
    return {_mm256_srli_epi32(x.v, n)};
}
template <int n>
STAMPMILL_INLINE Avx2U32 rotl(Avx2U32 x) {
    return {_mm256_or_si256(_mm256_slli_epi32(x.v, n), _mm256_srli_epi32(x.v, 32 - n))};
}

STAMPMILL_INLINE Avx2U32 parity(Avx2U32 x, Avx2U32 y, Avx2U32 z) {
    return x ^ y ^ z;
}
STAMPMILL_INLINE Avx2U32 choose(Avx2U32 x, Avx2U32 y, Avx2U32 z) {
    return z ^ (x & (y ^ z));
}
STAMPMILL_INLINE Avx2U32 majority(Avx2U32 x, Avx2U32 y, Avx2U32 z) {
    return y ^ ((x ^ y) & (y ^ z));
}

STAMPMILL_INLINE uint32_t at_most(Avx2U32 x, Avx2U32 limit) {
    const __m256i within = _mm256_cmpeq_epi32(_mm256_max_epu32(x.v, limit.v), limit.v);
    return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(within)));
}

}  // namespace
}  // namespace stampmill
