#include "memory/argon2.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstring>

#include "memory/blake2b.h"
#include "memory/block.h"
#include "simd/scalar_u64.h"

namespace stampmill {
namespace {

static_assert(std::endian::native == std::endian::little, "words are copied as they are");

constexpr size_t kBlake2bBytes = 128;
constexpr uint32_t kVersion = 0x13;
constexpr uint32_t kArgon2id = 2;
// Blocks between two looks at whether to stop.
constexpr uint32_t kBlocksAtOnce = 256;

void append_number(std::vector<uint8_t>& bytes, uint32_t number) {
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<uint8_t>(number >> (8 * i)));
}

void append_bytes(std::vector<uint8_t>& bytes, Bytes more) {
    append_number(bytes, static_cast<uint32_t>(more.size()));
    bytes.insert(bytes.end(), more.begin(), more.end());
}

void hash_block(uint64_t (&state)[8], const uint8_t* block, uint64_t bytes, bool last) {
    ScalarU64 h[8];
    ScalarU64 words[16];
    for (int i = 0; i < 8; ++i) h[i] = {state[i]};
    std::memcpy(words, block, sizeof words);
    blake2b_block(h, words, bytes, last);
    for (int i = 0; i < 8; ++i) state[i] = h[i].v;
}

/// BLAKE2b with a digest of `out.size()` bytes, at most 64.
void blake2b(Bytes message, std::span<uint8_t> out) {
    Blake2bState state = start_of_blake2b();
    state.h[0] = blake2b_first_word(static_cast<uint32_t>(out.size()));
    const size_t whole = message.empty() ? 0 : (message.size() - 1) / kBlake2bBytes * kBlake2bBytes;
    continue_blake2b(state, message.first(whole));
    uint8_t last[kBlake2bBytes] = {};
    std::copy(message.begin() + static_cast<ptrdiff_t>(whole), message.end(), last);
    hash_block(state.h, last, message.size(), true);
    std::memcpy(out.data(), state.h, out.size());
}

/// H' (section 3.3) of a block in the order of its words.
void variable_hash(Bytes block, std::span<uint8_t> out) {
    std::vector<uint8_t> message;
    append_number(message, static_cast<uint32_t>(out.size()));
    message.insert(message.end(), block.begin(), block.end());
    if (out.size() <= 64) return blake2b(message, out);
    uint8_t digest[64];
    blake2b(message, digest);
    for (;;) {
        std::memcpy(out.data(), digest, 32);
        out = out.subspan(32);
        if (out.size() <= 64) return blake2b(digest, out);
        uint8_t next[64];
        blake2b(digest, next);
        std::memcpy(digest, next, 64);
    }
}

/// The first two blocks of each lane, as many at a time as the kernel takes.
void fill_first_blocks(const MemoryKernel& kernel, const MemoryShape& shape, const uint8_t* h0,
                       uint64_t* memory) {
    const uint32_t count = 2 * shape.lanes;
    for (uint32_t from = 0; from < count; from += kernel.lanes) {
        uint8_t seeds[kMostLanes][kStretchedBytes];
        uint64_t* blocks[kMostLanes];
        for (uint32_t i = 0; i < kernel.lanes; ++i) {
            // What there is too much room for makes the last one again.
            const uint32_t n = std::min(from + i, count - 1);
            seed_of(h0, n % 2, n / 2, seeds[i]);
            blocks[i] = memory + size_t{kMemoryBlockWords} * (n / 2 * shape.lane_blocks + n % 2);
        }
        kernel.stretch(seeds, blocks);
    }
}

}  // namespace

const char* first_broken_rule(const Argon2Costs& costs) {
    if (costs.lanes < 1 || costs.lanes > kMostMemoryLanes) return "there are 1 to 256 lanes";
    if (costs.passes < 1 || costs.passes > kMostPasses) return "there are 1 to 65536 passes";
    if (costs.memory_kib < 8 * costs.lanes || costs.memory_kib > kMostMemoryKib) {
        return "there are 8 KiB of memory a lane, and at most 16 GiB";
    }
    if (costs.length < kLeastTagBytes || costs.length > kMostTagBytes) {
        return "a hash has 4 to 1024 bytes";
    }
    return nullptr;
}

MemoryShape shape_of(const Argon2Costs& costs) {
    const uint32_t slice = costs.memory_kib / (kSlices * costs.lanes);
    return {costs.passes, costs.lanes, slice * kSlices, slice};
}

uint64_t blocks_of(const MemoryShape& shape) {
    return uint64_t{shape.lanes} * shape.lane_blocks;
}

FirstMessage first_message(const Argon2Input& input, const Argon2Costs& costs) {
    FirstMessage message;
    std::vector<uint8_t>& bytes = message.bytes;
    for (const uint32_t number :
         {costs.lanes, costs.length, costs.memory_kib, costs.passes, kVersion, kArgon2id}) {
        append_number(bytes, number);
    }
    message.password = bytes.size() + 4;
    append_bytes(bytes, input.password);
    append_bytes(bytes, input.salt);
    append_bytes(bytes, input.secret);
    append_bytes(bytes, input.associated);
    return message;
}

Blake2bState start_of_blake2b() {
    Blake2bState state{};
    std::memcpy(state.h, kBlake2bStart, sizeof state.h);
    state.h[0] = blake2b_first_word(64);
    return state;
}

void continue_blake2b(Blake2bState& state, Bytes blocks) {
    assert(blocks.size() % kBlake2bBytes == 0);
    for (; !blocks.empty(); blocks = blocks.subspan(kBlake2bBytes)) {
        state.bytes += kBlake2bBytes;
        hash_block(state.h, blocks.data(), state.bytes, false);
    }
}

void seed_of(const uint8_t* h0, uint32_t block, uint32_t lane, uint8_t (&seed)[kStretchedBytes]) {
    std::memcpy(seed, h0, kSeedBytes);
    std::memcpy(seed + kSeedBytes, &block, 4);
    std::memcpy(seed + kSeedBytes + 4, &lane, 4);
}

void take_tag(const MemoryKernel& kernel, const MemoryShape& shape, const uint64_t* memory,
              std::span<uint8_t> tag) {
    uint64_t sum[kMemoryBlockWords] = {};
    for (uint32_t lane = 0; lane < shape.lanes; ++lane) {
        const uint64_t last = uint64_t{lane + 1} * shape.lane_blocks - 1;
        const uint64_t* block = memory + kMemoryBlockWords * last;
        for (uint32_t i = 0; i < kMemoryBlockWords; ++i) sum[i] ^= block[i];
    }
    uint64_t words[kMemoryBlockWords];
    for (int i = 0; i < int{kMemoryBlockWords}; ++i) {
        words[i] = sum[place_of_word(static_cast<int>(kernel.lanes), i)];
    }
    variable_hash({reinterpret_cast<const uint8_t*>(words), sizeof words}, tag);
}

bool hash_argon2id(const MemoryKernel& kernel, const Argon2Input& input, const Argon2Costs& costs,
                   uint64_t* memory, std::span<uint8_t> tag, const bool& stop) {
    assert(first_broken_rule(costs) == nullptr && tag.size() == costs.length);
    const MemoryShape shape = shape_of(costs);
    uint8_t h0[kSeedBytes];
    blake2b(first_message(input, costs).bytes, h0);
    fill_first_blocks(kernel, shape, h0, memory);
    std::vector<uint32_t> references(shape.slice_blocks);
    Segment at{};
    for (at.pass = 0; at.pass < shape.passes; ++at.pass) {
        for (at.slice = 0; at.slice < kSlices; ++at.slice) {
            for (at.lane = 0; at.lane < shape.lanes; ++at.lane) {
                if (is_independent(at)) kernel.find_references(shape, at, references.data());
                uint32_t from = at.pass == 0 && at.slice == 0 ? 2 : 0;
                while (from < shape.slice_blocks) {
                    const uint32_t end = std::min(shape.slice_blocks, from + kBlocksAtOnce);
                    kernel.fill(shape, at, references.data(), from, end, &memory, 1);
                    from = end;
                    if (std::atomic_ref(stop).load(std::memory_order_relaxed)) return false;
                }
            }
        }
    }
    take_tag(kernel, shape, memory, tag);
    return true;
}

}  // namespace stampmill
