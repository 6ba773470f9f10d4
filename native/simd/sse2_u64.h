// SSE2: two lanes of 64 bits; with SSSE3 rotations by whole bytes are one instruction.
#pragma once

#include <emmintrin.h>
#if defined(__SSSE3__)
#include <tmmintrin.h>
#endif

#include <cstdint>

#include "simd/inline.h"
#include "simd/opaque.h"

namespace stampmill {
namespace {

struct Sse2U64 {
    static constexpr int kLanes = 2;
    __m128i v;

    static STAMPMILL_INLINE Sse2U64 load(const uint64_t* p) {
        return {_mm_load_si128(reinterpret_cast<const __m128i*>(p))};
    }
    static STAMPMILL_INLINE Sse2U64 broadcast(uint64_t x) {
        return {_mm_set1_epi64x(static_cast<long long>(x))};
    }
    STAMPMILL_INLINE void store(uint64_t* p) const {
        _mm_store_si128(reinterpret_cast<__m128i*>(p), v);
    }
};

STAMPMILL_INLINE Sse2U64 operator+(Sse2U64 a, Sse2U64 b) {
    return {_mm_add_epi64(a.v, b.v)};
}
STAMPMILL_INLINE Sse2U64 operator^(Sse2U64 a, Sse2U64 b) {
    return {_mm_xor_si128(a.v, b.v)};
}
STAMPMILL_INLINE Sse2U64 xor3(Sse2U64 a, Sse2U64 b, Sse2U64 c) {
    return a ^ b ^ c;
}
/// The product of the lower halves of each lane.
STAMPMILL_INLINE Sse2U64 low_product(Sse2U64 a, Sse2U64 b) {
    // NOLINTNEXTLINE(misc-const-correctness): the next line may change it
    __m128i product = _mm_mul_epu32(a.v, b.v);
    STAMPMILL_OPAQUE("x", product);
    return {product};
}
template <int n>
STAMPMILL_INLINE Sse2U64 rotr(Sse2U64 x) {
    if constexpr (n == 32) {
        return {_mm_shuffle_epi32(x.v, 0xb1)};
    } else if constexpr (n == 63) {
        return {_mm_xor_si128(_mm_srli_epi64(x.v, 63), _mm_add_epi64(x.v, x.v))};
    } else {
#if defined(__SSSE3__)
        static_assert(n == 24 || n == 16);
        return {_mm_shuffle_epi8(
            x.v, n == 24 ? _mm_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10)
                         : _mm_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9))};
#else
        if constexpr (n == 16) {
            return {_mm_shufflehi_epi16(_mm_shufflelo_epi16(x.v, 0x39), 0x39)};
        } else {
            return {_mm_xor_si128(_mm_srli_epi64(x.v, n), _mm_slli_epi64(x.v, 64 - n))};
        }
#endif
    }
}

/// Exchanges the two lanes.
STAMPMILL_INLINE Sse2U64 exchange_near(Sse2U64 x) {
    return {_mm_shuffle_epi32(x.v, 0x4e)};
}

}  // namespace
}  // namespace stampmill
