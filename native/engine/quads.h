// The search body for processors with SHA instructions, which take four rounds of one candidate
// at a time; `interleave` candidates go side by side, because each instruction waits for the last.
#pragma once

#include <cstdint>

#include "engine/group.h"
#include "engine/outer.h"
#include "hashes/unroll.h"
#include "simd/inline.h"
#include "simd/scalar.h"

namespace stampmill {
namespace {

/// `Unit` is the hash on one instruction set: see Sha1Unit and Sha256Unit in simd/sha_ni.h.
template <class Hash, class Unit, int interleave, Strategy strategy>
class QuadSearch {
  public:
    static constexpr uint32_t kGroup = interleave;

    void prepare(const Plan& plan, uint64_t first_outer, uint32_t outers) {
        const uint32_t entry_round = plan.entry_round & ~3u;
        group_.prepare(plan, first_outer, outers, entry_round);
        for (int i = 0; i < interleave; ++i) {
            uint32_t words[kStateWords];
            for (int j = 0; j < kStateWords; ++j) {
                words[j] = group_.entry[Hash::word(j, static_cast<int>(entry_round))][i];
            }
            entry_[i] = Unit::enter(words);
            for (int j = 0; j < kStateWords; ++j) words[j] = group_.chain[j][i];
            chain_[i] = Unit::enter(words);
            if constexpr (strategy == Strategy::kGeneral) {
                for (int q = 0; q < kScheduleQuads; ++q) {
                    uint32_t quad[4];
                    for (int j = 0; j < 4; ++j) quad[j] = group_.schedule[4 * q + j][i];
                    schedule_[q][i] = Unit::words(quad);
                }
            }
        }
    }

    STAMPMILL_INLINE uint64_t step(const Plan& plan, uint32_t inner, uint32_t limit) {
        const uint32_t* row = plan.rows + uint64_t{inner} * plan.row_words;
        State s[interleave];
        for (int i = 0; i < interleave; ++i) s[i] = entry_[i];
        inner_rounds(plan.entry_round / 4, row, s);
        uint32_t first[interleave];
        if (plan.tail_blocks != 0) [[unlikely]] {
            // A copy: what a function gets the address of would not stay in registers here.
            State last[interleave];
            for (int i = 0; i < interleave; ++i) last[i] = s[i];
            hash_tail(plan, last, first);
        } else {
            for (int i = 0; i < interleave; ++i) {
                first[i] = Unit::first_word(s[i]) + group_.chain[0][i];
            }
        }
        uint64_t hits = 0;
        for (int i = 0; i < interleave; ++i) hits |= uint64_t{first[i] <= limit} << i;
        return hits;
    }

  private:
    static constexpr int kStateWords = Hash::kStateWords;
    static constexpr int kQuads = Hash::kRounds / 4;
    static constexpr int kScheduleQuads = Hash::kLinearSchedule ? kQuads : 4;
    using State = typename Unit::State;
    using Quad = typename Unit::Quad;
    using Group = OuterGroup<Hash, ScalarU32, kGroup, strategy>;

    Group group_;
    State entry_[interleave];
    State chain_[interleave];
    Quad schedule_[strategy == Strategy::kShared ? 1 : kScheduleQuads][interleave];

    template <int q>
    static STAMPMILL_INLINE void shared_quad(const uint32_t* row, State (&s)[interleave]) {
        const Quad words = Unit::words(row + 4 * q);
        for (int i = 0; i < interleave; ++i) Unit::template rounds<q>(s[i], words);
    }

    STAMPMILL_INLINE void inner_rounds(uint32_t entry_quad, const uint32_t* row,
                                       State (&s)[interleave]) const {
        if constexpr (strategy == Strategy::kShared) {
            quads_from(entry_quad, [&](auto index) STAMPMILL_INLINE_LAMBDA {
                shared_quad<decltype(index)::value>(row, s);
            });
        } else if constexpr (Hash::kLinearSchedule) {
            quads_from(entry_quad, [&](auto index) STAMPMILL_INLINE_LAMBDA {
                constexpr int q = decltype(index)::value;
                const Quad share = Unit::words(row + 4 * q);
                for (int i = 0; i < interleave; ++i) {
                    const Quad w = Unit::combine(share, schedule_[q][i]);
                    Unit::template rounds<q>(s[i], Unit::template with_constants<q>(w));
                }
            });
        } else {
            Quad w[interleave][4];
            for (int i = 0; i < interleave; ++i) {
                for (int q = 0; q < 4; ++q) {
                    w[i][q] = Unit::combine(Unit::words(row + 4 * q), schedule_[q][i]);
                }
            }
            quads_from(entry_quad, [&](auto index) STAMPMILL_INLINE_LAMBDA {
                constexpr int q = decltype(index)::value;
                for (int i = 0; i < interleave; ++i) {
                    Quad(&ring)[4] = w[i];
                    if constexpr (q >= 4) {
                        ring[q & 3] = Unit::schedule(ring[q & 3], ring[(q + 1) & 3],
                                                     ring[(q + 2) & 3], ring[(q + 3) & 3]);
                    }
                    Unit::template rounds<q>(s[i], Unit::template with_constants<q>(ring[q & 3]));
                }
            });
        }
    }

    template <class Rounds>
    static STAMPMILL_INLINE void quads_from(uint32_t entry_quad, const Rounds& rounds) {
        // clang-format off
        switch (entry_quad) {
            case 0: rounds(Index<0>{}); [[fallthrough]];
            case 1: rounds(Index<1>{}); [[fallthrough]];
            case 2: rounds(Index<2>{}); [[fallthrough]];
            default: rounds(Index<3>{});
        }
        // clang-format on
        unroll<4, kQuads>(rounds);
    }

    /// The first words of the digests after the constant blocks that follow the inner one. All
    /// candidates go through a block side by side, as they do through the inner one.
    STAMPMILL_NOINLINE void hash_tail(const Plan& plan, const State (&inner)[interleave],
                                      uint32_t (&first)[interleave]) const {
        State s[interleave];
        State chain[interleave];
        for (int i = 0; i < interleave; ++i) chain[i] = Unit::sum(inner[i], chain_[i]);
        for (uint32_t block = 0; block < plan.tail_blocks; ++block) {
            const uint32_t* row = plan.tail + uint64_t{block} * Hash::kRounds;
            for (int i = 0; i < interleave; ++i) s[i] = chain[i];
            unroll<0, kQuads>([&](auto index) STAMPMILL_INLINE_LAMBDA {
                shared_quad<decltype(index)::value>(row, s);
            });
            for (int i = 0; i < interleave; ++i) chain[i] = Unit::sum(s[i], chain[i]);
        }
        for (int i = 0; i < interleave; ++i) first[i] = Unit::first_word(chain[i]);
    }
};

}  // namespace
}  // namespace stampmill
