#include "memory/self_test.h"

#include <cstring>
#include <string>
#include <string_view>

#include "memory/blocks.h"
#include "memory/tries.h"

namespace stampmill {
namespace {

constexpr std::string_view kSalt = "stampmill tests itself";

Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// The first eight bytes as they stand in memory.
uint64_t first_word(Bytes digest) {
    uint64_t word = 0;
    std::memcpy(&word, digest.data(), sizeof word);
    return word;
}

// All answers were computed with OpenSSL. The message of a try is 37 times 's' and a number; 610
// KiB make each slice long enough to need a second block of addresses.
constexpr uint64_t kFirstNumber = 997;
constexpr uint64_t kAnswers[3] = {0xe457f9bbecfd8492, 0x23c203272ccc41c9, 0x21156659a7d948ea};

/// Two tries abreast and one alone.
bool finds_tries(const MemoryKernel& kernel) {
    const std::string message(40, 's');
    const uint32_t positions[] = {37, 38, 39};
    const Argon2Costs costs{610, 2, 1, 32};
    const TryPlan plan(
        {bytes_of(message), positions, bytes_of("0123456789"), bytes_of(kSalt), costs}, kernel);
    Tries tries(plan, kMostAbreast);
    size_t right = 0;
    tries.run(kFirstNumber, std::size(kAnswers), false, [&](uint64_t counter, Bytes digest) {
        if (first_word(digest) == kAnswers[counter - kFirstNumber]) ++right;
    });
    return right == std::size(kAnswers);
}

constexpr uint64_t kLastWordOfLanes = 0x3d8b45f2bb2f466b;

/// Several lanes, a message of more than a block, a long tag.
bool finds_lanes(const MemoryKernel& kernel) {
    const std::string message(150, 's');
    const Argon2Costs costs{50, 3, 3, 80};
    const MemoryBlocks memory(blocks_of(shape_of(costs)));
    uint8_t tag[80];
    hash_argon2id(kernel, {bytes_of(message), bytes_of(kSalt), {}, {}}, costs, memory.words(), tag,
                  false);
    return first_word(Bytes(tag).last(8)) == kLastWordOfLanes;
}

}  // namespace

bool passes_self_test(const MemoryKernel& kernel) {
    return finds_tries(kernel) && finds_lanes(kernel);
}

}  // namespace stampmill
