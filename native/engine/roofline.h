// How fast the processor could be at best: the operations that a candidate needs, in the mix that
// it needs them, on values that hardly wait for each other and never leave the registers.
#pragma once

#include <cstdint>

#include "hashes/sha1.h"
#include "hashes/sha256.h"
#include "hashes/unroll.h"
#include "simd/inline.h"

namespace stampmill {
namespace {

/// x[i] = step(x[i], and its two neighbours), for each chain; so nothing can be computed ahead.
template <class V, int chains, class Step>
STAMPMILL_INLINE void advance(V (&x)[chains], const Step& step) {
    unroll<0, chains>([&](auto index) STAMPMILL_INLINE_LAMBDA {
        constexpr int i = decltype(index)::value;
        x[i] = step(x[i], x[(i + 1) % chains], x[(i + 2) % chains]);
    });
}

/// One round of SHA-1 has three additions, two rotations and one function of three words.
template <class V, int chains, class Logic>
STAMPMILL_INLINE void mix_round(Sha1, V (&x)[chains], const Logic& logic) {
    advance(x, [](V a, V b, V) STAMPMILL_INLINE_LAMBDA { return rotl<5>(a + b); });
    advance(x, logic);
    advance(x, [](V a, V b, V) STAMPMILL_INLINE_LAMBDA { return rotl<30>(a + b); });
    advance(x, [](V a, V b, V) STAMPMILL_INLINE_LAMBDA { return a + b; });
}

/// The 67 rounds from 13 on, of as many candidates as there are lanes in all chains.
template <class V, int chains>
STAMPMILL_INLINE void mix_candidates(Sha1 sha1, V (&x)[chains]) {
    const auto choosing = [](V a, V b, V c) STAMPMILL_INLINE_LAMBDA { return choose(a, b, c); };
    const auto adding = [](V a, V b, V c) STAMPMILL_INLINE_LAMBDA { return parity(a, b, c); };
    const auto voting = [](V a, V b, V c) STAMPMILL_INLINE_LAMBDA { return majority(a, b, c); };
    for (int t = 13; t < 20; ++t) mix_round(sha1, x, choosing);
    for (int t = 20; t < 40; ++t) mix_round(sha1, x, adding);
    for (int t = 40; t < 60; ++t) mix_round(sha1, x, voting);
    for (int t = 60; t < 80; ++t) mix_round(sha1, x, adding);
}

/// One round of SHA-256 has six additions, six rotations and four functions of three words: twice
/// this. A majority costs no more than a choice, because it shares x ^ y with the next round.
template <class V, int chains>
STAMPMILL_INLINE void mix_candidates(Sha256, V (&x)[chains]) {
    for (int half = 2 * 13; half < 2 * 64; ++half) {
        advance(x, [](V a, V b, V) STAMPMILL_INLINE_LAMBDA { return rotl<26>(a + b); });
        advance(x, [](V a, V b, V) STAMPMILL_INLINE_LAMBDA { return rotl<21>(a + b); });
        advance(x, [](V a, V b, V c) STAMPMILL_INLINE_LAMBDA { return parity(a, b, c); });
        advance(x, [](V a, V b, V) STAMPMILL_INLINE_LAMBDA { return rotl<7>(a + b); });
        advance(x, [](V a, V b, V c) STAMPMILL_INLINE_LAMBDA { return choose(a, b, c); });
    }
}

/// The operations of chains * V::kLanes * times candidates. What it returns has no meaning, but
/// keeps the compiler from leaving them out.
template <class Hash, class V, int chains>
uint32_t mix(uint32_t seed, uint32_t times) {
    V x[chains];
    for (int i = 0; i < chains; ++i) x[i] = V::broadcast(seed * static_cast<uint32_t>(i + 1));
    for (uint32_t i = 0; i < times; ++i) mix_candidates(Hash{}, x);
    alignas(64) uint32_t words[V::kLanes];
    for (int i = 1; i < chains; ++i) x[0] = x[0] + x[i];
    x[0].store(words);
    return words[0];
}

}  // namespace
}  // namespace stampmill
