// Argon2id version 1.3 (RFC 9106): what is asked for, and the parts of it that are the same for
// every kernel.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "memory/kernel.h"

namespace stampmill {

using Bytes = std::span<const uint8_t>;

/// What a hash costs, and how long it is.
struct Argon2Costs {
    uint32_t memory_kib = 0;  // m
    uint32_t passes = 0;      // t
    uint32_t lanes = 1;       // p, the parallelism
    uint32_t length = 0;      // T, bytes
};

// Bounds of ours, far below those of the RFC (section 3.1): what is above is a mistake or an
// attack.
inline constexpr uint32_t kMostMemoryKib = 1 << 24;  // 16 GiB
inline constexpr uint32_t kMostPasses = 1 << 16;
inline constexpr uint32_t kMostMemoryLanes = 1 << 8;
inline constexpr uint32_t kLeastTagBytes = 4;
inline constexpr uint32_t kMostTagBytes = 1 << 10;
inline constexpr uint32_t kLeastSaltBytes = 8;
inline constexpr uint32_t kMostSaltBytes = 1 << 10;

struct Argon2Input {
    Bytes password;
    Bytes salt;
    // For the vectors of the RFC; nothing else has them.
    Bytes secret;
    Bytes associated;
};

/// Nothing if the costs are within the bounds above, and the memory is at least 8 KiB a lane; else
/// the rule that is broken.
const char* first_broken_rule(const Argon2Costs& costs);

/// Memory is cut into whole quarters of each lane: it may have up to 4 * lanes - 1 blocks less than
/// was asked for (section 3.2).
MemoryShape shape_of(const Argon2Costs& costs);
uint64_t blocks_of(const MemoryShape& shape);

/// What H_0 is the hash of (section 3.2, step 1), with the place of the password in it.
struct FirstMessage {
    std::vector<uint8_t> bytes;
    size_t password;
};
FirstMessage first_message(const Argon2Input& input, const Argon2Costs& costs);

/// BLAKE2b, 64 bytes, before the first block of a message.
Blake2bState start_of_blake2b();
/// Hashes whole blocks of 128 bytes, none of which is a message's last.
void continue_blake2b(Blake2bState& state, Bytes blocks);

/// The seed of a lane's block 0 or 1: H_0 and two numbers.
void seed_of(const uint8_t* h0, uint32_t block, uint32_t lane, uint8_t (&seed)[kStretchedBytes]);

/// The hash, from memory that is filled (section 3.2, steps 7 and 8).
void take_tag(const MemoryKernel& kernel, const MemoryShape& shape, const uint64_t* memory,
              std::span<uint8_t> tag);

/// The whole hash of one input, with any number of lanes, on the caller's thread. `memory` has room
/// for all of the shape's blocks and is aligned to 64 bytes; `tag` has the length of the costs.
/// False if `stop` became true meanwhile; it is asked about every 30 microseconds.
bool hash_argon2id(const MemoryKernel& kernel, const Argon2Input& input, const Argon2Costs& costs,
                   uint64_t* memory, std::span<uint8_t> tag, const bool& stop);

}  // namespace stampmill
