// A kernel for one vector type: the parts of Argon2id that take time.
#pragma once

#include <cstdint>
#include <cstring>

#include "memory/blake2b.h"
#include "memory/block.h"
#include "memory/kernel.h"

namespace stampmill {
namespace {

/// The block that a block refers to, of which the 64 bits J are `random` (RFC 9106, section 3.4.2).
/// `at` is its place in the segment.
STAMPMILL_INLINE uint32_t reference_of(const MemoryShape& shape, const Segment& segment,
                                       uint32_t at, uint64_t random) {
    const bool first_pass = segment.pass == 0;
    uint32_t lane = segment.lane;
    if (shape.lanes > 1 && (!first_pass || segment.slice > 0)) {
        lane = static_cast<uint32_t>(random >> 32) % shape.lanes;
    }
    // What is finished: in the first pass the slices before this one, later all but this one.
    const uint32_t finished = (first_pass ? segment.slice : kSlices - 1) * shape.slice_blocks;
    const uint32_t here = lane == segment.lane ? at : 0;
    const bool without_last = lane == segment.lane || at == 0;
    const uint32_t area = finished + here - (without_last ? 1 : 0);
    const uint64_t low = static_cast<uint32_t>(random);
    const uint64_t square = low * low >> 32;
    const auto back = static_cast<uint32_t>(area * square >> 32);
    const uint32_t start =
        first_pass || segment.slice == kSlices - 1 ? 0 : (segment.slice + 1) * shape.slice_blocks;
    uint32_t block = start + area - 1 - back;
    if (block >= shape.lane_blocks) block -= shape.lane_blocks;
    return lane * shape.lane_blocks + block;
}

STAMPMILL_INLINE void prefetch_block(const uint64_t* block) {
    constexpr uint32_t line = 8;  // words
    for (uint32_t i = 0; i < kMemoryBlockWords; i += line) __builtin_prefetch(block + i);
}

/// The rows of the kernel table that one vector type makes.
template <class V>
struct Filling {
    static constexpr int lanes = V::kLanes;

    static void hash(const Blake2bState& state, const uint8_t* const* rests, size_t size,
                     uint8_t (*digests)[kSeedBytes]) {
        V h[8];
        for (int i = 0; i < 8; ++i) h[i] = V::broadcast(state.h[i]);
        size_t from = 0;
        bool last = false;
        while (!last) {
            const size_t bytes = size - from < 128 ? size - from : 128;
            last = from + bytes == size;
            alignas(64) uint64_t words[16][lanes] = {};
            for (int lane = 0; lane < lanes; ++lane) {
                uint64_t block[16] = {};
                std::memcpy(block, rests[lane] + from, bytes);
                for (int i = 0; i < 16; ++i) words[i][lane] = block[i];
            }
            V message[16];
            for (int i = 0; i < 16; ++i) message[i] = V::load(words[i]);
            from += bytes;
            blake2b_block(h, message, state.bytes + from, last);
        }
        for (int i = 0; i < 8; ++i) {
            alignas(64) uint64_t word[lanes];
            h[i].store(word);
            for (int lane = 0; lane < lanes; ++lane) {
                std::memcpy(digests[lane] + 8 * i, &word[lane], 8);
            }
        }
    }

    static void put_word(V value, int word, uint64_t* const* blocks) {
        alignas(64) uint64_t each[lanes];
        value.store(each);
        for (int lane = 0; lane < lanes; ++lane) {
            blocks[lane][place_of_word(lanes, word)] = each[lane];
        }
    }

    static void stretch(const uint8_t (*seeds)[kStretchedBytes], uint64_t* const* blocks) {
        const V none = V::broadcast(0);
        V message[16];
        for (V& word : message) word = none;
        for (int i = 0; i < 10; ++i) {
            alignas(64) uint64_t words[lanes];
            for (int lane = 0; lane < lanes; ++lane) {
                // The length of what is made stands before the seed, in four bytes.
                uint8_t bytes[80] = {kMemoryBlockBytes & 0xff, kMemoryBlockBytes >> 8};
                std::memcpy(bytes + 4, seeds[lane], kStretchedBytes);
                std::memcpy(&words[lane], bytes + 8 * i, 8);
            }
            message[i] = V::load(words);
        }
        V h[8];
        start_blake2b(h, 64);
        blake2b_block(h, message, 4 + kStretchedBytes, true);
        for (int i = 8; i < 16; ++i) message[i] = none;
        // Of each digest half is kept, and of the last one all.
        for (int word = 0; word < int{kMemoryBlockWords} - 8; word += 4) {
            for (int i = 0; i < 4; ++i) put_word(h[i], word + i, blocks);
            for (int i = 0; i < 8; ++i) message[i] = h[i];
            start_blake2b(h, 64);
            blake2b_block(h, message, 64, true);
        }
        for (int i = 0; i < 8; ++i) put_word(h[i], kMemoryBlockWords - 8 + i, blocks);
    }

    static void find_references(const MemoryShape& shape, const Segment& segment,
                                uint32_t* references) {
        alignas(64) const uint64_t zero[kMemoryBlockWords] = {};
        alignas(64) uint64_t input[kMemoryBlockWords] = {};
        alignas(64) uint64_t random[kMemoryBlockWords];
        constexpr uint64_t argon2id = 2;
        const uint64_t fixed[6] = {segment.pass,  segment.lane,
                                   segment.slice, uint64_t{shape.lanes} * shape.lane_blocks,
                                   shape.passes,  argon2id};
        for (int i = 0; i < 6; ++i) input[place_of_word(lanes, i)] = fixed[i];
        for (uint32_t from = 0; from < shape.slice_blocks; from += kMemoryBlockWords) {
            ++input[place_of_word(lanes, 6)];
            compress_block<false, V>(zero, input, random);
            compress_block<false, V>(zero, random, random);
            for (uint32_t i = 0; i < kMemoryBlockWords && from + i < shape.slice_blocks; ++i) {
                const uint64_t word = random[place_of_word(lanes, static_cast<int>(i))];
                // The first two blocks of a lane refer to none.
                const bool first = segment.slice == 0 && from + i < 2;
                references[from + i] = first ? 0 : reference_of(shape, segment, from + i, word);
            }
        }
    }

    /// Two memories at a time: while one block is computed, the one that the other memory needs
    /// next is on its way from wherever it is.
    template <bool keep, bool known, uint32_t abreast>
    static void fill_blocks(const MemoryShape& shape, const Segment& segment,
                            const uint32_t* references, uint32_t begin, uint32_t end,
                            uint64_t* const* memories) {
        const uint32_t lane_start = segment.lane * shape.lane_blocks;
        const uint32_t start = segment.slice * shape.slice_blocks;
        const uint32_t first = start + begin;
        const uint32_t before_first = (first == 0 ? shape.lane_blocks : first) - 1;
        const uint64_t* before[abreast];
        const uint64_t* other[abreast];
        for (uint32_t h = 0; h < abreast; ++h) {
            before[h] = memories[h] + size_t{kMemoryBlockWords} * (lane_start + before_first);
            const uint32_t block =
                known ? references[begin] : reference_of(shape, segment, begin, before[h][0]);
            other[h] = memories[h] + size_t{kMemoryBlockWords} * block;
        }
        for (uint32_t at = begin; at < end; ++at) {
            for (uint32_t h = 0; h < abreast; ++h) {
                uint64_t* out = memories[h] + size_t{kMemoryBlockWords} * (lane_start + start + at);
                compress_block<keep, V>(before[h], other[h], out);
                before[h] = out;
                if (at + 1 < end) {
                    const uint32_t block =
                        known ? references[at + 1] : reference_of(shape, segment, at + 1, out[0]);
                    other[h] = memories[h] + size_t{kMemoryBlockWords} * block;
                    prefetch_block(other[h]);
                }
            }
        }
    }

    template <bool keep, bool known>
    static void fill_abreast(const MemoryShape& shape, const Segment& segment,
                             const uint32_t* references, uint32_t begin, uint32_t end,
                             uint64_t* const* memories, uint32_t abreast) {
        if (abreast == 1) {
            fill_blocks<keep, known, 1>(shape, segment, references, begin, end, memories);
        } else {
            fill_blocks<keep, known, 2>(shape, segment, references, begin, end, memories);
        }
    }

    static void fill(const MemoryShape& shape, const Segment& segment, const uint32_t* references,
                     uint32_t begin, uint32_t end, uint64_t* const* memories, uint32_t abreast) {
        if (segment.pass > 0) {
            fill_abreast<true, false>(shape, segment, nullptr, begin, end, memories, abreast);
        } else if (is_independent(segment)) {
            fill_abreast<false, true>(shape, segment, references, begin, end, memories, abreast);
        } else {
            fill_abreast<false, false>(shape, segment, nullptr, begin, end, memories, abreast);
        }
    }
};

template <class V>
constexpr MemoryKernel memory_kernel(const char* name) {
    using F = Filling<V>;
    return {name, V::kLanes, F::hash, F::stretch, F::find_references, F::fill};
}

}  // namespace
}  // namespace stampmill
