// What an Argon2id kernel is: one row of the table in memory/dispatch.cpp. Kernels are compiled
// with flags of their own, so what they read is plain: numbers, arrays and pointers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stampmill {

inline constexpr uint32_t kMemoryBlockBytes = 1024;
inline constexpr uint32_t kMemoryBlockWords = 128;
/// Each pass goes through every lane in so many slices (RFC 9106, section 3.4).
inline constexpr uint32_t kSlices = 4;
/// H_0, and the two numbers that are hashed with it for the first blocks of a lane (section 3.2).
inline constexpr uint32_t kSeedBytes = 64;
inline constexpr uint32_t kStretchedBytes = kSeedBytes + 8;
/// The most vectors' lanes, and the most memories that a kernel fills at a time.
inline constexpr uint32_t kMostLanes = 8;
inline constexpr uint32_t kMostAbreast = 2;

/// How the memory is divided. All of it has lanes * lane_blocks blocks.
struct MemoryShape {
    uint32_t passes;
    uint32_t lanes;
    uint32_t lane_blocks;
    uint32_t slice_blocks;  // lane_blocks / kSlices, at least 2
};

/// One lane's share of a slice: what is filled without looking at what other lanes do.
struct Segment {
    uint32_t pass;
    uint32_t slice;
    uint32_t lane;
};

/// In the first half of the first pass, references do not depend on what is hashed
/// (section 3.4.1.3).
constexpr bool is_independent(const Segment& segment) {
    return segment.pass == 0 && segment.slice < kSlices / 2;
}

/// BLAKE2b under way: whole blocks of a message are hashed, and something of it is left.
struct Blake2bState {
    uint64_t h[8];
    uint64_t bytes;
};

struct MemoryKernel {
    const char* name;
    /// Of its vectors: so many messages are hashed at once, and in that order words are kept.
    uint32_t lanes;

    /// Hashes the rest of `lanes` messages of one length, of which `state` is the beginning that
    /// they share.
    void (*hash)(const Blake2bState& state, const uint8_t* const* rests, size_t size,
                 uint8_t (*digests)[kSeedBytes]);
    /// H' (section 3.3) of `lanes` seeds, as blocks in the kernel's order.
    void (*stretch)(const uint8_t (*seeds)[kStretchedBytes], uint64_t* const* blocks);
    /// The block that each block of an independent segment refers to, as its number in the memory.
    void (*find_references)(const MemoryShape& shape, const Segment& segment, uint32_t* references);
    /// Fills blocks `begin` to before `end` of a segment, in one memory or in two at a time. Of
    /// independent segments it needs the references, all of the segment's. The first two blocks of
    /// a lane are there before: in the first slice of the first pass, `begin` is at least 2.
    void (*fill)(const MemoryShape& shape, const Segment& segment, const uint32_t* references,
                 uint32_t begin, uint32_t end, uint64_t* const* memories, uint32_t abreast);
};

}  // namespace stampmill
