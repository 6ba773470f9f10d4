// AVX2: four lanes of 64 bits.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "simd/inline.h"
#include "simd/opaque.h"

namespace stampmill {
namespace {

struct Avx2U64 {
    static constexpr int kLanes = 4;
    __m256i v;

    static STAMPMILL_INLINE Avx2U64 load(const uint64_t* p) {
        return {_mm256_load_si256(reinterpret_cast<const __m256i*>(p))};
    }
    static STAMPMILL_INLINE Avx2U64 broadcast(uint64_t x) {
        return {_mm256_set1_epi64x(static_cast<long long>(x))};
    }
    STAMPMILL_INLINE void store(uint64_t* p) const {
        _mm256_store_si256(reinterpret_cast<__m256i*>(p), v);
    }
};

STAMPMILL_INLINE Avx2U64 operator+(Avx2U64 a, Avx2U64 b) {
    return {_mm256_add_epi64(a.v, b.v)};
}
STAMPMILL_INLINE Avx2U64 operator^(Avx2U64 a, Avx2U64 b) {
    return {_mm256_xor_si256(a.v, b.v)};
}
STAMPMILL_INLINE Avx2U64 xor3(Avx2U64 a, Avx2U64 b, Avx2U64 c) {
    return a ^ b ^ c;
}
/// The product of the lower halves of each lane.
STAMPMILL_INLINE Avx2U64 low_product(Avx2U64 a, Avx2U64 b) {
    // NOLINTNEXTLINE(misc-const-correctness): the next line may change it
    __m256i product = _mm256_mul_epu32(a.v, b.v);
    STAMPMILL_OPAQUE("x", product);
    return {product};
}
template <int n>
STAMPMILL_INLINE Avx2U64 rotr(Avx2U64 x) {
    if constexpr (n == 32) {
        return {_mm256_shuffle_epi32(x.v, 0xb1)};
    } else if constexpr (n == 24) {
        return {_mm256_shuffle_epi8(
            x.v, _mm256_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 3, 4, 5, 6,
                                  7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10))};
    } else if constexpr (n == 16) {
        return {_mm256_shuffle_epi8(
            x.v, _mm256_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, 2, 3, 4, 5,
                                  6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9))};
    } else {
        static_assert(n == 63);
        return {_mm256_xor_si256(_mm256_srli_epi64(x.v, 63), _mm256_add_epi64(x.v, x.v))};
    }
}

/// Exchanges lanes 0 and 1, and lanes 2 and 3.
STAMPMILL_INLINE Avx2U64 exchange_near(Avx2U64 x) {
    return {_mm256_shuffle_epi32(x.v, 0x4e)};
}
/// Exchanges lanes 0 and 2, and lanes 1 and 3.
STAMPMILL_INLINE Avx2U64 exchange_far(Avx2U64 x) {
    return {_mm256_permute4x64_epi64(x.v, 0x4e)};
}

}  // namespace
}  // namespace stampmill
