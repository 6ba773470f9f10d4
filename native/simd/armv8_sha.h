// The SHA instructions of ARMv8: four rounds of SHA-1 or SHA-256 each. See simd/sha_ni.h for what
// a unit has to offer.
#pragma once

#include <arm_neon.h>

#include <cstdint>

#include "hashes/sha1.h"
#include "hashes/sha256.h"
#include "simd/inline.h"

namespace stampmill {
namespace {

template <class Hash, int q>
STAMPMILL_INLINE uint32x4_t with_constants_of(uint32x4_t w) {
    const uint32x4_t k = {Hash::constant(4 * q), Hash::constant(4 * q + 1),
                          Hash::constant(4 * q + 2), Hash::constant(4 * q + 3)};
    return vaddq_u32(w, k);
}

struct Armv8Sha1 {
    using Quad = uint32x4_t;
    struct State {
        uint32x4_t abcd;  // a in the low lane
        uint32_t e;
    };
    static constexpr bool kAddsConstants = true;

    static STAMPMILL_INLINE State enter(const uint32_t* s) { return {vld1q_u32(s), s[4]}; }
    static STAMPMILL_INLINE uint32_t first_word(const State& s) {
        return vgetq_lane_u32(s.abcd, 0);
    }
    static STAMPMILL_INLINE State sum(const State& x, const State& y) {
        return {vaddq_u32(x.abcd, y.abcd), x.e + y.e};
    }

    static STAMPMILL_INLINE Quad words(const uint32_t* p) { return vld1q_u32(p); }
    static STAMPMILL_INLINE Quad combine(Quad x, Quad y) { return veorq_u32(x, y); }
    template <int q>
    static STAMPMILL_INLINE Quad with_constants(Quad w) {
        return with_constants_of<Sha1, q>(w);
    }
    template <int q>
    static STAMPMILL_INLINE void rounds(State& s, Quad w) {
        const uint32_t next_e = vsha1h_u32(vgetq_lane_u32(s.abcd, 0));
        if constexpr (q < 5) {
            s.abcd = vsha1cq_u32(s.abcd, s.e, w);
        } else if constexpr (q < 10 || q >= 15) {
            s.abcd = vsha1pq_u32(s.abcd, s.e, w);
        } else {
            s.abcd = vsha1mq_u32(s.abcd, s.e, w);
        }
        s.e = next_e;
    }
    template <int q>
    static STAMPMILL_INLINE void mix(State& s, Quad w) {
        rounds<q>(s, w);
    }
};

struct Armv8Sha256 {
    using Quad = uint32x4_t;
    struct State {
        uint32x4_t abcd;
        uint32x4_t efgh;
    };
    static constexpr bool kAddsConstants = true;

    static STAMPMILL_INLINE State enter(const uint32_t* s) {
        return {vld1q_u32(s), vld1q_u32(s + 4)};
    }
    static STAMPMILL_INLINE uint32_t first_word(const State& s) {
        return vgetq_lane_u32(s.abcd, 0);
    }
    static STAMPMILL_INLINE State sum(const State& x, const State& y) {
        return {vaddq_u32(x.abcd, y.abcd), vaddq_u32(x.efgh, y.efgh)};
    }

    static STAMPMILL_INLINE Quad words(const uint32_t* p) { return vld1q_u32(p); }
    static STAMPMILL_INLINE Quad combine(Quad x, Quad y) { return veorq_u32(x, y); }
    template <int q>
    static STAMPMILL_INLINE Quad with_constants(Quad w) {
        return with_constants_of<Sha256, q>(w);
    }
    template <int q>
    static STAMPMILL_INLINE void rounds(State& s, Quad w) {
        const uint32x4_t abcd = s.abcd;
        s.abcd = vsha256hq_u32(abcd, s.efgh, w);
        s.efgh = vsha256h2q_u32(s.efgh, abcd, w);
    }
    template <int q>
    static STAMPMILL_INLINE void mix(State& s, Quad w) {
        rounds<q>(s, w);
    }
    /// W[t .. t + 3] from the four quads before it, oldest first.
    static STAMPMILL_INLINE Quad schedule(Quad w16, Quad w12, Quad w8, Quad w4) {
        return vsha256su1q_u32(vsha256su0q_u32(w16, w12), w8, w4);
    }
};

}  // namespace
}  // namespace stampmill
