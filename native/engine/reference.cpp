#include "engine/reference.h"

#include <algorithm>
#include <cstring>

#include "hashes/built.h"
#include "hashes/rounds.h"
#include "simd/scalar.h"

namespace stampmill {
namespace {

template <class Hash>
void expand_as(uint32_t* w) {
    ScalarU32 first[16];
    for (int t = 0; t < 16; ++t) first[t] = {w[t]};
    schedule_words<Hash>(first, [&](int t, ScalarU32 word) { w[t] = word.v; });
}

template <class Hash>
void compress_as(uint32_t* state, const uint32_t* words) {
    ScalarU32 w[16];
    for (int t = 0; t < 16; ++t) w[t] = {words[t]};
    ScalarU32 s[Hash::kStateWords];
    for (int i = 0; i < Hash::kStateWords; ++i) s[i] = {state[i]};
    compress_words<Hash>(s, w);
    for (int i = 0; i < Hash::kStateWords; ++i) state[i] += s[i].v;
}

}  // namespace

int rounds(Algorithm algorithm) {
    return with_hash(algorithm, [](auto hash) { return decltype(hash)::kRounds; });
}

int digest_bytes(Algorithm algorithm) {
    return with_hash(algorithm, [](auto hash) { return 4 * decltype(hash)::kStateWords; });
}

void initial_state(Algorithm algorithm, uint32_t state[8]) {
    with_hash(algorithm, [&](auto hash) {
        std::memcpy(state, decltype(hash)::kInitial, sizeof(decltype(hash)::kInitial));
    });
}

void expand(Algorithm algorithm, uint32_t* w) {
    with_hash(algorithm, [&](auto hash) { expand_as<decltype(hash)>(w); });
}

void add_constants(Algorithm algorithm, uint32_t* w) {
    with_hash(algorithm, [&](auto hash) {
        for (int t = 0; t < decltype(hash)::kRounds; ++t) w[t] += decltype(hash)::constant(t);
    });
}

void compress(Algorithm algorithm, uint32_t state[8], const uint32_t words[16]) {
    with_hash(algorithm, [&](auto hash) { compress_as<decltype(hash)>(state, words); });
}

size_t block_count(size_t message_bytes) {
    return (message_bytes + 8) / kBlockBytes + 1;
}

void padded_block(const uint8_t* message, size_t size, size_t block, uint32_t words[16]) {
    uint8_t bytes[kBlockBytes] = {};
    const size_t from = block * kBlockBytes;
    if (from < size) std::memcpy(bytes, message + from, std::min(size - from, kBlockBytes));
    if (size >= from && size < from + kBlockBytes) bytes[size - from] = 0x80;
    if (block + 1 == block_count(size)) {
        const uint64_t bits = uint64_t{size} * 8;
        for (int i = 0; i < 8; ++i) bytes[56 + i] = static_cast<uint8_t>(bits >> (56 - 8 * i));
    }
    for (int w = 0; w < 16; ++w) {
        const uint8_t* b = bytes + 4 * w;
        words[w] = uint32_t{b[0]} << 24 | uint32_t{b[1]} << 16 | uint32_t{b[2]} << 8 | b[3];
    }
}

void digest_of(Algorithm algorithm, const uint8_t* message, size_t size, uint8_t* digest) {
    uint32_t state[8];
    initial_state(algorithm, state);
    for (size_t block = 0; block < block_count(size); ++block) {
        uint32_t words[16];
        padded_block(message, size, block, words);
        compress(algorithm, state, words);
    }
    for (int i = 0; i < digest_bytes(algorithm); ++i) {
        digest[i] = static_cast<uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

uint64_t leading_word(const uint8_t* digest) {
    uint64_t word = 0;
    for (int i = 0; i < 8; ++i) word = word << 8 | digest[i];
    return word;
}

}  // namespace stampmill
