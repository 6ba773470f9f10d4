// The SHA instructions of x86-64 (with SSSE3 and SSE4.1): four rounds of SHA-1, two of SHA-256.
//
// A unit is one hash on one instruction set, for engine/quads.h:
// - State, and enter, which makes it of the words a, b, c, ... of the standard;
// - words(p): four consecutive schedule words from memory, in the order the instruction wants;
// - rounds<q>(s, w): rounds 4q to 4q + 3; with_constants<q>(w) adds K where that wants it added;
// - mix<q>(s, w): the instructions that do the rounds and nothing else, for engine/roofline.h;
// - combine(x, y): XOR; schedule: the next four words from the last sixteen;
// - first_word(s): a; sum(x, y): each word of one added to that of the other.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "hashes/sha256.h"
#include "simd/inline.h"

namespace stampmill {
namespace {

STAMPMILL_INLINE __m128i load_quad(const uint32_t* p) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}

STAMPMILL_INLINE __m128i reversed(__m128i x) {
    return _mm_shuffle_epi32(x, 0x1b);
}

struct ShaNiSha1 {
    using Quad = __m128i;
    /// a is in the high lane. e is had from the a of four rounds ago, rotated by the instruction.
    struct State {
        __m128i abcd;
        __m128i before;
    };
    static constexpr bool kAddsConstants = false;

    static STAMPMILL_INLINE State enter(const uint32_t* s) {
        const uint32_t unrotated = s[4] << 2 | s[4] >> 30;
        return {reversed(load_quad(s)), _mm_set_epi32(static_cast<int>(unrotated), 0, 0, 0)};
    }
    static STAMPMILL_INLINE uint32_t first_word(const State& s) {
        return static_cast<uint32_t>(_mm_extract_epi32(s.abcd, 3));
    }
    static STAMPMILL_INLINE State sum(const State& x, const State& y) {
        // What is kept of e is e rotated to the left by 2; the instruction rotates by 30 and adds.
        const __m128i e =
            _mm_sha1nexte_epu32(x.before, _mm_sha1nexte_epu32(y.before, _mm_setzero_si128()));
        const __m128i before = _mm_or_si128(_mm_slli_epi32(e, 2), _mm_srli_epi32(e, 30));
        return {_mm_add_epi32(x.abcd, y.abcd), before};
    }

    static STAMPMILL_INLINE Quad words(const uint32_t* p) { return reversed(load_quad(p)); }
    static STAMPMILL_INLINE Quad combine(Quad x, Quad y) { return _mm_xor_si128(x, y); }
    template <int q>
    static STAMPMILL_INLINE Quad with_constants(Quad w) {
        return w;
    }
    template <int q>
    static STAMPMILL_INLINE void rounds(State& s, Quad w) {
        const __m128i e = _mm_sha1nexte_epu32(s.before, w);
        s.before = s.abcd;
        s.abcd = _mm_sha1rnds4_epu32(s.abcd, e, q / 5);
    }
    template <int q>
    static STAMPMILL_INLINE void mix(State& s, Quad w) {
        s.abcd = _mm_sha1rnds4_epu32(s.abcd, w, q / 5);
    }
};

struct ShaNiSha256 {
    using Quad = __m128i;
    struct State {
        __m128i abef;  // a in the high lane
        __m128i cdgh;
    };
    static constexpr bool kAddsConstants = true;

    static STAMPMILL_INLINE State enter(const uint32_t* s) {
        const auto set = [](uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
            return _mm_set_epi32(static_cast<int>(a), static_cast<int>(b), static_cast<int>(c),
                                 static_cast<int>(d));
        };
        return {set(s[0], s[1], s[4], s[5]), set(s[2], s[3], s[6], s[7])};
    }
    static STAMPMILL_INLINE uint32_t first_word(const State& s) {
        return static_cast<uint32_t>(_mm_extract_epi32(s.abef, 3));
    }
    static STAMPMILL_INLINE State sum(const State& x, const State& y) {
        return {_mm_add_epi32(x.abef, y.abef), _mm_add_epi32(x.cdgh, y.cdgh)};
    }

    static STAMPMILL_INLINE Quad words(const uint32_t* p) { return load_quad(p); }
    static STAMPMILL_INLINE Quad combine(Quad x, Quad y) { return _mm_xor_si128(x, y); }
    template <int q>
    static STAMPMILL_INLINE Quad with_constants(Quad w) {
        return _mm_add_epi32(w, _mm_set_epi32(static_cast<int>(Sha256::constant(4 * q + 3)),
                                              static_cast<int>(Sha256::constant(4 * q + 2)),
                                              static_cast<int>(Sha256::constant(4 * q + 1)),
                                              static_cast<int>(Sha256::constant(4 * q))));
    }
    template <int q>
    static STAMPMILL_INLINE void rounds(State& s, Quad w) {
        s.cdgh = _mm_sha256rnds2_epu32(s.cdgh, s.abef, w);
        s.abef = _mm_sha256rnds2_epu32(s.abef, s.cdgh, _mm_shuffle_epi32(w, 0x0e));
    }
    template <int q>
    static STAMPMILL_INLINE void mix(State& s, Quad w) {
        s.cdgh = _mm_sha256rnds2_epu32(s.cdgh, s.abef, w);
        s.abef = _mm_sha256rnds2_epu32(s.abef, s.cdgh, w);
    }
    /// W[t .. t + 3] from the four quads before it, oldest first.
    static STAMPMILL_INLINE Quad schedule(Quad w16, Quad w12, Quad w8, Quad w4) {
        const __m128i w7 = _mm_alignr_epi8(w4, w8, 4);
        return _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w16, w12), w7), w4);
    }
};

}  // namespace
}  // namespace stampmill
