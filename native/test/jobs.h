// Jobs to test with, and their answers the plain way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/job.h"
#include "engine/kernel.h"
#include "engine/layout.h"

namespace stampmill::test {

inline constexpr Algorithm kBothAlgorithms[] = {Algorithm::kSha1, Algorithm::kSha256};

inline const std::string kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline const std::string kHex = "0123456789abcdef";
inline const std::string kOctal = "01234567";
inline const std::string kBinary = "01";
std::string all_bytes();

/// One hit in 2^bits.
constexpr uint64_t limit_of(int bits) {
    return ~uint64_t{0} >> bits;
}

/// A job that collects all hits of its whole counter space (or of the first 2^63 counters) on one
/// thread. The message is arbitrary but always the same for a size.
Job make_job(Algorithm algorithm, size_t message_bytes, std::vector<uint32_t> positions,
             const std::string& alphabet, uint64_t limit);

/// `count` offsets from `first` on.
std::vector<uint32_t> offsets(uint32_t first, uint32_t count);

/// The first 64 bits of the digest of the message with this counter.
uint64_t leading_word_at(const Job& job, uint64_t counter);

/// Every hit in increasing order: each counter is written down, hashed whole and compared.
std::vector<uint64_t> plain_hits(const Job& job);

/// What a search in threads finds.
struct Found {
    std::vector<uint64_t> hits;  // increasing
    Ending ending;
    uint64_t tried;
};
/// For jobs with fewer hits than wait without being taken.
Found search(const Job& job, const Kernel& kernel);

/// What the kernel itself takes for hits inside the job's range, in increasing order. Exact for
/// limits whose low half is all ones, since a kernel compares 32 bits.
std::vector<uint64_t> kernel_hits(const Job& job, const Kernel& kernel);

Strategy strategy_of(const Job& job, const Kernel& kernel);

const char* name_of(Algorithm algorithm);
std::string describe(const Job& job);

}  // namespace stampmill::test
