// WebAssembly's 128-bit SIMD: two lanes of 64 bits.
#pragma once

#include <wasm_simd128.h>

#include <cstdint>

#include "simd/inline.h"

namespace stampmill {
namespace {

struct Wasm128U64 {
    static constexpr int kLanes = 2;
    v128_t v;

    static STAMPMILL_INLINE Wasm128U64 load(const uint64_t* p) { return {wasm_v128_load(p)}; }
    static STAMPMILL_INLINE Wasm128U64 broadcast(uint64_t x) { return {wasm_u64x2_splat(x)}; }
    STAMPMILL_INLINE void store(uint64_t* p) const { wasm_v128_store(p, v); }
};

STAMPMILL_INLINE Wasm128U64 operator+(Wasm128U64 a, Wasm128U64 b) {
    return {wasm_i64x2_add(a.v, b.v)};
}
STAMPMILL_INLINE Wasm128U64 operator^(Wasm128U64 a, Wasm128U64 b) {
    return {wasm_v128_xor(a.v, b.v)};
}
STAMPMILL_INLINE Wasm128U64 xor3(Wasm128U64 a, Wasm128U64 b, Wasm128U64 c) {
    return a ^ b ^ c;
}
/// The product of the lower halves of each lane.
STAMPMILL_INLINE Wasm128U64 low_product(Wasm128U64 a, Wasm128U64 b) {
    return {wasm_u64x2_extmul_low_u32x4(wasm_i32x4_shuffle(a.v, a.v, 0, 2, 0, 2),
                                        wasm_i32x4_shuffle(b.v, b.v, 0, 2, 0, 2))};
}
template <int n>
STAMPMILL_INLINE Wasm128U64 rotr(Wasm128U64 x) {
    if constexpr (n == 63) {
        return {wasm_v128_xor(wasm_u64x2_shr(x.v, 63), wasm_i64x2_add(x.v, x.v))};
    } else {
        // Whole bytes: the upper lane's are those of the lower one, eight further on.
        constexpr auto from = [](int i) { return (i + n / 8) % 8; };
        return {wasm_i8x16_shuffle(x.v, x.v, from(0), from(1), from(2), from(3), from(4), from(5),
                                   from(6), from(7), 8 + from(0), 8 + from(1), 8 + from(2),
                                   8 + from(3), 8 + from(4), 8 + from(5), 8 + from(6),
                                   8 + from(7))};
    }
}

/// Exchanges the two lanes.
STAMPMILL_INLINE Wasm128U64 exchange_near(Wasm128U64 x) {
    return {wasm_i64x2_shuffle(x.v, x.v, 1, 0)};
}

}  // namespace
}  // namespace stampmill
