// A job laid out for the kernels: which digits are tried in the inner loop, which outside it, and
// all that can be computed once. See native/README.md for the picture.
//
// Kernels are compiled with flags of their own, so what they read is plain: arrays and pointers,
// no functions.
#pragma once

#include <cstdint>

#include "engine/job.h"

namespace stampmill {

/// How the message schedule of the last block with digits is had; see plan_job.
enum class Strategy : uint8_t { kShared, kGeneral };
inline constexpr int kStrategies = 2;

/// With at least two digits in an alphabet, 2^63 counters take no more.
inline constexpr uint32_t kMaxDigits = 63;

/// An outer digit: where its byte stands in the blocks that a kernel hashes.
struct OuterDigit {
    uint32_t word;   // index into Plan::lead_words: 16 a block
    uint32_t shift;  // of the byte in the big-endian word
};

struct Plan {
    Algorithm algorithm;
    Strategy strategy;

    /// The chaining value after the blocks before the first digit: the same for all candidates.
    uint32_t midstate[8];

    /// The blocks from the first one with a digit to the last one, digits zeroed: 16 words each.
    /// The last of them is the inner block, where the inner digits are.
    const uint32_t* lead_words;
    uint32_t lead_blocks;

    /// Outer digits, most significant first, and their alphabet.
    const OuterDigit* outer_digits;
    uint32_t outer_digit_count;
    const uint8_t* alphabet;
    uint32_t alphabet_size;

    /// Counter = outer * inner_count + inner.
    uint32_t inner_count;
    /// The first word of the inner block with an inner digit: rounds before it are outside the
    /// loop.
    uint32_t entry_round;

    /// What the inner digits do to the inner block's schedule: one row an inner value.
    /// Shared strategy: W[t] for every round t, plus K[t] if the kernel asks for it. General
    /// strategy: the share of the inner digits in W[t], to be XORed to the outer digits' share;
    /// for every round if the schedule is linear, else the sixteen words of the message.
    /// What stands for rounds before entry_round is not used.
    const uint32_t* rows;
    uint32_t row_words;

    /// Schedules of the blocks after the inner block, all constant: one word a round, with K[t] if
    /// the kernel asks for it.
    const uint32_t* tail;
    uint32_t tail_blocks;
};

}  // namespace stampmill
