// What a group of outer values has for itself: the chaining value before the inner block, the
// state at the round where the inner digits enter, and the outer digits' share of the schedule.
#pragma once

#include <cstdint>

#include "engine/plan.h"
#include "hashes/rounds.h"
#include "simd/inline.h"

namespace stampmill {
namespace {

/// The outer part of a counter as digits that count up, so that no lane needs a division.
class OuterCounter {
  public:
    OuterCounter(const Plan& plan, uint64_t outer) : plan_(plan) {
        for (uint32_t i = plan.outer_digit_count; i-- > 0;) {
            values_[i] = static_cast<uint8_t>(outer % plan.alphabet_size);
            outer /= plan.alphabet_size;
        }
    }

    void next() {
        for (uint32_t i = plan_.outer_digit_count; i-- > 0;) {
            if (values_[i] + 1u < plan_.alphabet_size) {
                ++values_[i];
                return;
            }
            values_[i] = 0;
        }
    }

    /// Adds the digits that stand in lead block `block` to words whose digit bytes are zero; word
    /// w of the block is at words[w * stride].
    void write(uint32_t block, uint32_t* words, uint32_t stride) const {
        for (uint32_t i = 0; i < plan_.outer_digit_count; ++i) {
            const OuterDigit digit = plan_.outer_digits[i];
            if (digit.word / 16 == block) {
                words[(digit.word % 16) * stride] |= uint32_t{plan_.alphabet[values_[i]]}
                                                     << digit.shift;
            }
        }
    }

  private:
    const Plan& plan_;
    uint8_t values_[kMaxDigits];
};

/// `lanes` outer values side by side, computed with vectors of type V; word w of lane l is at
/// [w][l]. Lanes beyond `outers` hold values of no consequence. This part is the same for both
/// strategies.
template <class Hash, class V, uint32_t lanes>
class OuterLanes {
  public:
    alignas(64) uint32_t chain[Hash::kStateWords][lanes];

  protected:
    alignas(64) uint32_t words_[16][lanes];

    /// The lead blocks before the inner one into the chaining values; the inner one's words.
    void prepare_lanes(const Plan& plan, uint64_t first_outer, uint32_t outers) {
        for (int i = 0; i < Hash::kStateWords; ++i) {
            for (uint32_t lane = 0; lane < lanes; ++lane) chain[i][lane] = plan.midstate[i];
        }
        const uint32_t inner_block = plan.lead_blocks - 1;
        for (uint32_t block = 0; block < inner_block; ++block) {
            write_words(plan, block, first_outer, outers);
            for (uint32_t lane = 0; lane < lanes; lane += V::kLanes) compress(lane);
        }
        write_words(plan, inner_block, first_outer, outers);
    }

    STAMPMILL_INLINE void load(V (&w)[16], V (&s)[Hash::kStateWords], uint32_t lane) const {
        for (int j = 0; j < 16; ++j) w[j] = V::load(&words_[j][lane]);
        for (int j = 0; j < Hash::kStateWords; ++j) s[j] = V::load(&chain[j][lane]);
    }

  private:
    void write_words(const Plan& plan, uint32_t block, uint64_t first_outer, uint32_t outers) {
        for (uint32_t w = 0; w < 16; ++w) {
            const uint32_t fixed = plan.lead_words[16 * block + w];
            for (uint32_t lane = 0; lane < lanes; ++lane) words_[w][lane] = fixed;
        }
        OuterCounter counter(plan, first_outer);
        for (uint32_t lane = 0; lane < outers; ++lane, counter.next()) {
            counter.write(block, &words_[0][lane], lanes);
        }
    }

    /// One whole lead block into the chaining values of the vector that starts at `lane`.
    STAMPMILL_NOINLINE void compress(uint32_t lane) {
        V w[16];
        V s[Hash::kStateWords];
        load(w, s, lane);
        compress_words<Hash>(s, w);
        for (int j = 0; j < Hash::kStateWords; ++j) {
            uint32_t* value = &chain[j][lane];
            (s[j] + V::load(value)).store(value);
        }
    }
};

template <class Hash, class V, uint32_t lanes, Strategy strategy>
class OuterGroup : public OuterLanes<Hash, V, lanes> {
  public:
    static constexpr bool kShared = strategy == Strategy::kShared;
    /// The outer share of the schedule: every round's where it is linear, else the message's
    /// words; with the shared strategy there is none.
    static constexpr int kScheduleWords = kShared ? 1 : Hash::kLinearSchedule ? Hash::kRounds : 16;

    alignas(64) uint32_t entry[Hash::kStateWords][lanes];
    alignas(64) uint32_t schedule[kScheduleWords][lanes];

    void prepare(const Plan& plan, uint64_t first_outer, uint32_t outers, uint32_t entry_round) {
        this->prepare_lanes(plan, first_outer, outers);
        for (uint32_t lane = 0; lane < lanes; lane += V::kLanes) enter(lane, entry_round);
    }

  private:
    /// The inner block as far as the outer digits alone determine it.
    STAMPMILL_NOINLINE void enter(uint32_t lane, uint32_t entry_round) {
        V w[16];
        V s[Hash::kStateWords];
        this->load(w, s, lane);
        unroll<0, 15>([&](auto index) STAMPMILL_INLINE_LAMBDA {
            constexpr int t = decltype(index)::value;
            if (t < entry_round) Hash::template round<t>(s, w[t] + V::broadcast(Hash::constant(t)));
        });
        for (int j = 0; j < Hash::kStateWords; ++j) s[j].store(&entry[j][lane]);
        if constexpr (!kShared) {
            for (int t = 0; t < 16; ++t) w[t].store(&schedule[t][lane]);
        }
        if constexpr (kScheduleWords > 16) {
            schedule_words<Hash>(
                w, [&](int t, V word) STAMPMILL_INLINE_LAMBDA { word.store(&schedule[t][lane]); });
        }
    }
};

}  // namespace
}  // namespace stampmill
