// AVX-512F: eight lanes of 64 bits, with a rotate and a three-operand XOR.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "simd/inline.h"
#include "simd/opaque.h"

namespace stampmill {
namespace {

struct Avx512U64 {
    static constexpr int kLanes = 8;
    __m512i v;

    static STAMPMILL_INLINE Avx512U64 load(const uint64_t* p) { return {_mm512_load_si512(p)}; }
    static STAMPMILL_INLINE Avx512U64 broadcast(uint64_t x) {
        return {_mm512_set1_epi64(static_cast<long long>(x))};
    }
    STAMPMILL_INLINE void store(uint64_t* p) const { _mm512_store_si512(p, v); }
};

STAMPMILL_INLINE Avx512U64 operator+(Avx512U64 a, Avx512U64 b) {
    return {_mm512_add_epi64(a.v, b.v)};
}
STAMPMILL_INLINE Avx512U64 operator^(Avx512U64 a, Avx512U64 b) {
    return {_mm512_xor_si512(a.v, b.v)};
}
STAMPMILL_INLINE Avx512U64 xor3(Avx512U64 a, Avx512U64 b, Avx512U64 c) {
    return {_mm512_ternarylogic_epi64(a.v, b.v, c.v, 0x96)};
}
/// The product of the lower halves of each lane.
STAMPMILL_INLINE Avx512U64 low_product(Avx512U64 a, Avx512U64 b) {
    // NOLINTNEXTLINE(misc-const-correctness): the next line may change it
    __m512i product = _mm512_mul_epu32(a.v, b.v);
    STAMPMILL_OPAQUE("v", product);
    return {product};
}
template <int n>
STAMPMILL_INLINE Avx512U64 rotr(Avx512U64 x) {
    return {_mm512_ror_epi64(x.v, n)};
}

/// Within each half of four lanes: lane p takes lane p + n.
template <int n>
STAMPMILL_INLINE Avx512U64 turn_row(Avx512U64 x) {
    constexpr int order = 0b11'10'01'00;
    return {_mm512_permutex_epi64(x.v, (order >> (2 * n) | order << (8 - 2 * n)) & 0xff)};
}
/// The same over lanes 0, 1, 4, 5 and over lanes 2, 3, 6, 7.
template <int n>
STAMPMILL_INLINE Avx512U64 turn_column(Avx512U64 x) {
    constexpr auto from = [](int p) { return (p + n) % 2 + (p + n) % 4 / 2 * 4; };
    const __m512i index = _mm512_set_epi64(from(3) + 2, from(2) + 2, from(3), from(2), from(1) + 2,
                                           from(0) + 2, from(1), from(0));
    return {_mm512_permutexvar_epi64(index, x.v)};
}

}  // namespace
}  // namespace stampmill
