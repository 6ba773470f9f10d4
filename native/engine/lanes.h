// The search body for vector kernels: a lane holds one outer value; `interleave` vectors go
// through the rounds side by side, so that the processor always has independent work. All lanes
// try the same inner value at a time, which makes its schedule a row of broadcast words.
#pragma once

#include <cstdint>

#include "engine/group.h"
#include "engine/outer.h"
#include "hashes/rounds.h"
#include "simd/inline.h"

namespace stampmill {
namespace {

// Rolled up, the tail is one function for both searches. Where speed counts it is inline: the
// states of a function that is called are in memory, and go there and back for every candidate.
#if defined(__wasm__) || defined(STAMPMILL_ROLLED)
#define STAMPMILL_TAIL STAMPMILL_NOINLINE
#else
#define STAMPMILL_TAIL STAMPMILL_INLINE
#endif

/// The constant blocks after the inner one, and the last chaining addition.
template <class Hash, class V, int interleave>
STAMPMILL_TAIL void hash_tail(const Plan& plan,
                              const OuterLanes<Hash, V, interleave * V::kLanes>& lanes,
                              V (&last)[interleave][Hash::kStateWords]) {
    V s[interleave][Hash::kStateWords];
    V chain[interleave][Hash::kStateWords];
    const auto add_to_chain = [&](const auto& states) STAMPMILL_INLINE_LAMBDA {
        for (int i = 0; i < interleave; ++i) {
            for (int j = 0; j < Hash::kStateWords; ++j) chain[i][j] = chain[i][j] + states[i][j];
        }
    };
    const auto copy_chain_to = [&](auto& states) STAMPMILL_INLINE_LAMBDA {
        for (int i = 0; i < interleave; ++i) {
            for (int j = 0; j < Hash::kStateWords; ++j) states[i][j] = chain[i][j];
        }
    };
    for (int i = 0; i < interleave; ++i) {
        for (int j = 0; j < Hash::kStateWords; ++j) {
            chain[i][j] = V::load(&lanes.chain[j][i * V::kLanes]);
        }
    }
    add_to_chain(last);
    for (uint32_t block = 0; block < plan.tail_blocks; ++block) {
        const uint32_t* row = plan.tail + uint64_t{block} * Hash::kRounds;
        copy_chain_to(s);
        every_round<Hash>([&](auto index, int t) STAMPMILL_INLINE_LAMBDA {
            const V kw = V::broadcast(row[t]);
            for (int i = 0; i < interleave; ++i) {
                Hash::template round<decltype(index)::value>(s[i], kw);
            }
        });
        add_to_chain(s);
    }
    copy_chain_to(last);
}

#undef STAMPMILL_TAIL

template <class Hash, class V, int interleave, Strategy strategy>
class LaneSearch {
  public:
    static constexpr uint32_t kGroup = interleave * V::kLanes;

    void prepare(const Plan& plan, uint64_t first_outer, uint32_t outers) {
        group_.prepare(plan, first_outer, outers, plan.entry_round);
    }

    STAMPMILL_INLINE uint64_t step(const Plan& plan, uint32_t inner, uint32_t limit) {
        const uint32_t* row = plan.rows + uint64_t{inner} * plan.row_words;
        States s;
        load(s, group_.entry);
        inner_rounds(plan.entry_round, row, s);
        if (plan.tail_blocks != 0) [[unlikely]] {
            hash_tail<Hash, V, interleave>(plan, group_, s);
        } else {
            for (int i = 0; i < interleave; ++i) {
                s[i][0] = s[i][0] + V::load(&group_.chain[0][i * V::kLanes]);
            }
        }
        uint64_t hits = 0;
        for (int i = 0; i < interleave; ++i) {
            const uint64_t lanes = at_most(s[i][0], V::broadcast(limit));
            hits |= lanes << (i * V::kLanes);
        }
        return hits;
    }

  private:
    static constexpr int kStateWords = Hash::kStateWords;
    using States = V[interleave][kStateWords];

    OuterGroup<Hash, V, kGroup, strategy> group_;

    static STAMPMILL_INLINE void load(States& s, const uint32_t (&from)[kStateWords][kGroup]) {
        for (int i = 0; i < interleave; ++i) {
            for (int j = 0; j < kStateWords; ++j) s[i][j] = V::load(&from[j][i * V::kLanes]);
        }
    }

    /// A round whose schedule word is the same for all lanes.
    template <int r>
    static STAMPMILL_INLINE void shared_round(const uint32_t* row, int t, States& s) {
        const V kw = V::broadcast(row[t]);
        for (int i = 0; i < interleave; ++i) Hash::template round<r>(s[i], kw);
    }

    /// A round whose schedule word is the XOR of an outer and an inner share.
    template <int r>
    STAMPMILL_INLINE void linear_round(const uint32_t* row, int t, States& s) const {
        const V share = V::broadcast(row[t]);
        const V k = V::broadcast(Hash::constant(r));
        for (int i = 0; i < interleave; ++i) {
            const V w = share ^ V::load(&group_.schedule[t][i * V::kLanes]);
            Hash::template round<r>(s[i], w + k);
        }
    }

    /// A round whose schedule word is computed from the sixteen before it.
    template <int r>
    static STAMPMILL_INLINE void full_round(V (&w)[interleave][16], int t, States& s) {
        const V k = V::broadcast(Hash::constant(t));
        for (int i = 0; i < interleave; ++i) {
            if constexpr (r >= 16) schedule_in_ring<Hash, r>(w[i]);
            Hash::template round<r>(s[i], w[i][r & 15] + k);
        }
    }

    STAMPMILL_INLINE void inner_rounds(uint32_t entry_round, const uint32_t* row, States& s) const {
        if constexpr (strategy == Strategy::kShared) {
            rounds_from(entry_round, [&](auto index, int t) STAMPMILL_INLINE_LAMBDA {
                shared_round<decltype(index)::value>(row, t, s);
            });
        } else if constexpr (Hash::kLinearSchedule) {
            rounds_from(entry_round, [&](auto index, int t) STAMPMILL_INLINE_LAMBDA {
                linear_round<decltype(index)::value>(row, t, s);
            });
        } else {
            V w[interleave][16];
            for (int i = 0; i < interleave; ++i) {
                for (int j = 0; j < 16; ++j) {
                    w[i][j] = V::load(&group_.schedule[j][i * V::kLanes]) ^ V::broadcast(row[j]);
                }
            }
            rounds_from(entry_round, [&](auto index, int t) STAMPMILL_INLINE_LAMBDA {
                full_round<decltype(index)::value>(w, t, s);
            });
        }
    }

    /// round(Index<r>{}, t) for t from `entry_round`, which is under 16, to the last; see
    /// every_round. The first are entered by a jump: which word plays which role depends on t
    /// alone.
    template <class Round>
    static STAMPMILL_INLINE void rounds_from(uint32_t entry_round, const Round& round) {
        // clang-format off
        switch (entry_round) {
            case 0: round(Index<0>{}, 0); [[fallthrough]];
            case 1: round(Index<1>{}, 1); [[fallthrough]];
            case 2: round(Index<2>{}, 2); [[fallthrough]];
            case 3: round(Index<3>{}, 3); [[fallthrough]];
            case 4: round(Index<4>{}, 4); [[fallthrough]];
            case 5: round(Index<5>{}, 5); [[fallthrough]];
            case 6: round(Index<6>{}, 6); [[fallthrough]];
            case 7: round(Index<7>{}, 7); [[fallthrough]];
            case 8: round(Index<8>{}, 8); [[fallthrough]];
            case 9: round(Index<9>{}, 9); [[fallthrough]];
            case 10: round(Index<10>{}, 10); [[fallthrough]];
            case 11: round(Index<11>{}, 11); [[fallthrough]];
            case 12: round(Index<12>{}, 12); [[fallthrough]];
            case 13: round(Index<13>{}, 13); [[fallthrough]];
            case 14: round(Index<14>{}, 14); [[fallthrough]];
            default: round(Index<15>{}, 15);
        }
        // clang-format on
        // The rest of the turn that the jump table ends in.
        constexpr int next = (15 / Hash::kTurn + 1) * Hash::kTurn;
        unroll<16, next>([&](auto index)
                             STAMPMILL_INLINE_LAMBDA { round(index, decltype(index)::value); });
        every_round<Hash, next, Hash::kTurn>(round);
    }
};

}  // namespace
}  // namespace stampmill
