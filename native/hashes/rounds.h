// Rounds and schedules one after the other: unrolled where speed counts, loops where size does.
#pragma once

#include "hashes/unroll.h"
#include "simd/inline.h"

namespace stampmill {
namespace {

// A page loads its WebAssembly before it can begin, and rolled up it is half as long. The search
// loops gain as well: in one long run of rounds, clang puts those of one vector behind each other
// and then those of the next, too far for a processor to see both. SHA-1 in Node 24: 48 million a
// second unrolled, 62 in turns of five rounds. Sanitizers take minutes to compile unrolled rounds.
#if defined(__wasm__) || defined(STAMPMILL_ROLLED)
inline constexpr bool kRolled = true;
#else
inline constexpr bool kRolled = false;
#endif

/// W[t] into its place in a ring of sixteen words, from those that are there.
template <class Hash, int t, class V>
STAMPMILL_INLINE void schedule_in_ring(V (&w)[16]) {
    constexpr auto at = [](int back) { return (t - back) & 15; };
    constexpr const int(&taps)[4] = Hash::kTaps;
    w[t & 15] = Hash::schedule(w[at(taps[0])], w[at(taps[1])], w[at(taps[2])], w[at(taps[3])]);
}

/// Calls put(t, W[t]) for every word of the schedule from the sixteenth on.
template <class Hash, class V, class Put>
STAMPMILL_INLINE void schedule_words(const V (&first)[16], const Put& put) {
    if constexpr (kRolled) {
        constexpr const int(&taps)[4] = Hash::kTaps;
        V w[Hash::kRounds];
        for (int t = 0; t < 16; ++t) w[t] = first[t];
#pragma GCC unroll 1
        for (int t = 16; t < Hash::kRounds; ++t) {
            w[t] = Hash::schedule(w[t - taps[0]], w[t - taps[1]], w[t - taps[2]], w[t - taps[3]]);
            put(t, w[t]);
        }
    } else {
        V w[16];
        for (int t = 0; t < 16; ++t) w[t] = first[t];
        unroll<16, Hash::kRounds>([&](auto index) STAMPMILL_INLINE_LAMBDA {
            constexpr int t = decltype(index)::value;
            schedule_in_ring<Hash, t>(w);
            put(t, w[t & 15]);
        });
    }
}

/// Rounds `from`, ... `to` - 1, all of one stage, as a loop that takes `turn` of them at a time.
template <class Hash, int from, int to, int turn, class Body>
STAMPMILL_INLINE void rounds_in_turns(const Body& body) {
    static_assert((to - from) % turn == 0 && turn % Hash::kStateWords == 0);
#pragma GCC unroll 1
    for (int t = from; t < to; t += turn) {
        unroll<from, from + turn>([&](auto round) STAMPMILL_INLINE_LAMBDA {
            body(round, t + decltype(round)::value - from);
        });
    }
}

/// Calls body(Index<r>{}, t) for every round t from `from` on. Unrolled, r is t; rolled up, r is a
/// round of the same stage, a multiple of `turn` before: with a multiple of the state's words, the
/// words have the same roles.
template <class Hash, int from = 0, int turn = Hash::kStateWords, class Body>
STAMPMILL_INLINE void every_round(const Body& body) {
    if constexpr (!kRolled) {
        unroll<from, Hash::kRounds>(
            [&](auto index) STAMPMILL_INLINE_LAMBDA { body(index, decltype(index)::value); });
    } else if constexpr (from < Hash::kRounds) {
        constexpr int to = (from / Hash::kStage + 1) * Hash::kStage;
        rounds_in_turns<Hash, from, to, turn>(body);
        every_round<Hash, to, turn>(body);
    }
}

/// The rounds of one block (FIPS 180-4, 6.1.2 and 6.2.2, steps 1 to 3).
template <class Hash, class V>
STAMPMILL_INLINE void compress_words(V (&s)[Hash::kStateWords], V (&words)[16]) {
    if constexpr (kRolled) {
        V w[Hash::kRounds];
        for (int t = 0; t < 16; ++t) w[t] = words[t];
        schedule_words<Hash>(words, [&](int t, V word) STAMPMILL_INLINE_LAMBDA { w[t] = word; });
        every_round<Hash>([&](auto index, int t) STAMPMILL_INLINE_LAMBDA {
            Hash::template round<decltype(index)::value>(s, w[t] + V::broadcast(Hash::constant(t)));
        });
    } else {
        unroll<0, Hash::kRounds>([&](auto index) STAMPMILL_INLINE_LAMBDA {
            constexpr int t = decltype(index)::value;
            if constexpr (t >= 16) schedule_in_ring<Hash, t>(words);
            Hash::template round<t>(s, words[t & 15] + V::broadcast(Hash::constant(t)));
        });
    }
}

}  // namespace
}  // namespace stampmill
