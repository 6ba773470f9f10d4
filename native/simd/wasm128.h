// WebAssembly's 128-bit SIMD: four lanes.
#pragma once

#include <wasm_simd128.h>

#include <cstdint>

#include "simd/inline.h"

namespace stampmill {
namespace {

struct Wasm128U32 {
    static constexpr uint32_t kLanes = 4;
    // What the machine underneath has on x86-64; arm64 has twice as many.
    static constexpr int kRegisters = 16;
    v128_t v;

    static STAMPMILL_INLINE Wasm128U32 load(const uint32_t* p) { return {wasm_v128_load(p)}; }
    static STAMPMILL_INLINE Wasm128U32 broadcast(uint32_t x) { return {wasm_u32x4_splat(x)}; }
    STAMPMILL_INLINE void store(uint32_t* p) const { wasm_v128_store(p, v); }
};

STAMPMILL_INLINE Wasm128U32 operator+(Wasm128U32 a, Wasm128U32 b) {
    return {wasm_i32x4_add(a.v, b.v)};
}
STAMPMILL_INLINE Wasm128U32 operator^(Wasm128U32 a, Wasm128U32 b) {
    return {wasm_v128_xor(a.v, b.v)};
}
STAMPMILL_INLINE Wasm128U32 operator&(Wasm128U32 a, Wasm128U32 b) {
    return {wasm_v128_and(a.v, b.v)};
}

template <int n>
STAMPMILL_INLINE Wasm128U32 shr(Wasm128U32 x) {
    return {wasm_u32x4_shr(x.v, n)};
}
template <int n>
STAMPMILL_INLINE Wasm128U32 rotl(Wasm128U32 x) {
    return {wasm_v128_or(wasm_i32x4_shl(x.v, n), wasm_u32x4_shr(x.v, 32 - n))};
}

STAMPMILL_INLINE Wasm128U32 parity(Wasm128U32 x, Wasm128U32 y, Wasm128U32 z) {
    return x ^ y ^ z;
}
STAMPMILL_INLINE Wasm128U32 choose(Wasm128U32 x, Wasm128U32 y, Wasm128U32 z) {
    return z ^ (x & (y ^ z));
}
STAMPMILL_INLINE Wasm128U32 majority(Wasm128U32 x, Wasm128U32 y, Wasm128U32 z) {
    return y ^ ((x ^ y) & (y ^ z));
}

STAMPMILL_INLINE uint32_t at_most(Wasm128U32 x, Wasm128U32 limit) {
    return wasm_i32x4_bitmask(wasm_u32x4_le(x.v, limit.v));
}

}  // namespace
}  // namespace stampmill
