// The hash functions the plain way: for what is computed once a search (midstates, schedules) and
// for the second look at what a kernel found.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/job.h"

namespace stampmill {

inline constexpr size_t kBlockBytes = 64;

int rounds(Algorithm algorithm);
int digest_bytes(Algorithm algorithm);

/// The chaining value before the first block (FIPS 180-4, section 5.3).
void initial_state(Algorithm algorithm, uint32_t state[8]);

/// The message schedule: words 16, 17, ... rounds - 1 of `w` from the first sixteen.
void expand(Algorithm algorithm, uint32_t* w);

/// Adds K[t] to word t for every round.
void add_constants(Algorithm algorithm, uint32_t* w);

/// One block of sixteen big-endian words into the chaining value.
void compress(Algorithm algorithm, uint32_t state[8], const uint32_t words[16]);

/// The whole hash; writes digest_bytes(algorithm) bytes.
void digest_of(Algorithm algorithm, const uint8_t* message, size_t size, uint8_t* digest);

/// The message padded to whole blocks (section 5.1.1), as big-endian words: `block` of them.
size_t block_count(size_t message_bytes);
void padded_block(const uint8_t* message, size_t size, size_t block, uint32_t words[16]);

/// The first 64 bits of a digest, big-endian.
uint64_t leading_word(const uint8_t* digest);

}  // namespace stampmill
