// Argon2id against the vectors of the RFC and of other implementations, on every kernel.
#include "memory/argon2.h"

#include <algorithm>

#include "argon2_cases.h"
#include "check.h"
#include "json.h"
#include "memory/block.h"
#include "memory/blocks.h"
#include "memory/tries.h"

namespace stampmill::test {
namespace {

std::string hex(Bytes bytes) {
    std::string text;
    for (const uint8_t byte : bytes) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

/// The digest of a counter, without anything that tries share.
std::vector<uint8_t> plain_digest(const MemoryKernel& kernel, const TrySubject& subject,
                                  uint64_t counter) {
    std::vector<uint8_t> message(subject.message.begin(), subject.message.end());
    for (size_t i = subject.positions.size(); i-- > 0; counter /= subject.alphabet.size()) {
        message[subject.positions[i]] = subject.alphabet[counter % subject.alphabet.size()];
    }
    const MemoryBlocks memory(blocks_of(shape_of(subject.costs)));
    std::vector<uint8_t> tag(subject.costs.length);
    hash_argon2id(kernel, {message, subject.salt, {}, {}}, subject.costs, memory.words(), tag,
                  false);
    return tag;
}

}  // namespace

MEMORY_TEST(argon2id_vectors) {
    size_t seen = 0;
    for (const Json& vector : Json::vectors("argon2id.json")) {
        const std::vector<uint8_t> password = vector["password"].bytes();
        const std::vector<uint8_t> salt = vector["salt"].bytes();
        const bool is_rfc = seen++ == 0;
        const std::vector<uint8_t> secret = is_rfc ? vector["secret"].bytes() : password;
        const std::vector<uint8_t> associated = is_rfc ? vector["associated"].bytes() : password;
        Argon2Input input{password, salt, {}, {}};
        if (is_rfc) input = {password, salt, secret, associated};
        const std::string expected = vector["tag"].text();
        const Argon2Costs costs{static_cast<uint32_t>(vector["memory"].number()),
                                static_cast<uint32_t>(vector["passes"].number()),
                                static_cast<uint32_t>(vector["lanes"].number()),
                                static_cast<uint32_t>(expected.size() / 2)};
        const Note note(expected);
        const MemoryBlocks memory(blocks_of(shape_of(costs)));
        std::vector<uint8_t> tag(costs.length);
        CHECK(hash_argon2id(kernel, input, costs, memory.words(), tag, false));
        CHECK_EQUAL(hex(tag), expected);
    }
    CHECK(seen >= 20);
}

MEMORY_TEST(tries_are_hashes_of_their_counters) {
    Argon2Cases cases(2);
    std::vector<uint8_t> every_byte(256);
    for (int i = 0; i < 256; ++i) every_byte[i] = static_cast<uint8_t>(i);
    for (uint64_t i = 0; i < 60 / kThinning; ++i) {
        Argon2Case asked = cases.next();
        asked.costs.lanes = 1;
        // Digits anywhere: H_0's message may have whole blocks before the first one, or none.
        const uint32_t size = 8 + cases.below(300);
        asked.password = cases.bytes(size);
        const uint32_t at = cases.below(size - 7);
        const std::vector<uint32_t> positions{at, at + 2, at + 3, at + 7};
        const TrySubject subject{asked.password, positions, every_byte, asked.salt, asked.costs};
        const TryPlan plan(subject, kernel);
        const uint64_t first = (uint64_t{1} << 32) - 1000 + cases.below(900);
        const uint64_t count = 1 + cases.below(19);
        const Note note(describe(asked) + ", " + std::to_string(count) + " tries");
        for (uint32_t abreast = 1; abreast <= kMostAbreast; ++abreast) {
            Tries tries(plan, abreast);
            uint64_t next = first;
            tries.run(first, count, false, [&](uint64_t counter, Bytes digest) {
                CHECK_EQUAL(counter, next++);
                CHECK_EQUAL(hex(digest), hex(plain_digest(kernel, subject, counter)));
            });
            CHECK_EQUAL(next, first + count);
        }
    }
}

MEMORY_TEST(tries_stop_when_told) {
    const std::vector<uint8_t> message(40, 'm');
    const std::vector<uint8_t> digits{'0', '1'};
    const std::vector<uint32_t> positions{3, 4, 5};
    const Argon2Costs costs{1024, 1000, 1, 32};  // seconds
    const TryPlan plan({message, positions, digits, message, costs}, kernel);
    Tries tries(plan, 2);
    const bool stop = true;
    tries.run(0, 8, stop, [](uint64_t, Bytes) { CHECK(false); });

    alignas(64) uint64_t memory[128 * 8];
    uint8_t tag[32];
    CHECK(!hash_argon2id(kernel, {message, message, {}, {}}, {8, 1000, 1, 32}, memory, tag, stop));
}

TEST(argon2id_costs_have_bounds) {
    const Argon2Costs good{8, 1, 1, 4};
    CHECK(first_broken_rule(good) == nullptr);
    CHECK(first_broken_rule({kMostMemoryKib, kMostPasses, kMostMemoryLanes, kMostTagBytes}) ==
          nullptr);
    const Argon2Costs bad[] = {
        {7, 1, 1, 32},
        {15, 1, 2, 32},
        {kMostMemoryKib + 1, 1, 1, 32},
        {8, 0, 1, 32},
        {8, kMostPasses + 1, 1, 32},
        {8, 1, 0, 32},
        {1 << 20, 1, kMostMemoryLanes + 1, 32},
        {8, 1, 1, 3},
        {8, 1, 1, kMostTagBytes + 1},
    };
    for (const Argon2Costs& costs : bad) CHECK(first_broken_rule(costs) != nullptr);
}

TEST(words_have_places_of_their_own) {
    for (const int lanes : {1, 2, 4, 8}) {
        std::vector<int> places;
        for (int word = 0; word < 128; ++word) places.push_back(place_of_word(lanes, word));
        CHECK_EQUAL(places.front(), 0);
        std::sort(places.begin(), places.end());
        for (int i = 0; i < 128; ++i) CHECK_EQUAL(places[i], i);
    }
}

TEST(memory_says_how_much_of_it_is_huge) {
    const MemoryBlocks small(8);
    CHECK_EQUAL(small.huge_bytes(), 0u);
    const MemoryBlocks large(8 << 10);
    CHECK_EQUAL(large.blocks(), uint64_t{8 << 10});
    CHECK_EQUAL(reinterpret_cast<uintptr_t>(large.words()) % (1 << 21), 0u);
    std::fill_n(large.words(), (8 << 20) / 8, 1);
    CHECK(large.huge_bytes() <= (8 << 20));
    remark(std::to_string(large.huge_bytes() >> 10) + " of 8192 KiB in huge pages");
}

}  // namespace stampmill::test
