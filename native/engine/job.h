// The plain contract between the engine and whoever drives it: a job in, hits out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stampmill {

enum class Algorithm : uint8_t { kSha1, kSha256 };
inline constexpr int kAlgorithms = 2;

/// What to search. A complete job is trusted: whoever builds one has checked it (see is_complete).
struct Job {
    Algorithm algorithm = Algorithm::kSha1;
    /// The message, with any byte where a counter digit goes.
    std::vector<uint8_t> message;
    /// Offsets of the counter digits, strictly increasing; the first is the most significant.
    std::vector<uint32_t> positions;
    /// The digits in order of their value: 2 to 256 different bytes.
    std::string alphabet;
    /// A digest is a hit if its first 64 bits, big-endian, are at most this.
    uint64_t limit = 0;
    /// Counter values to try: start, start + 1, ... start + count - 1, in no particular order.
    /// start + count is at most alphabet.size() ^ positions.size(), and that at most 2^63.
    uint64_t start = 0;
    uint64_t count = 0;
    /// The search ends after this many hits; 0: only at the end of the range, or when cancelled.
    uint64_t wanted = 1;
    uint32_t threads = 1;
    /// The threads run only when nothing else wants the processor.
    bool nice = false;
};

inline constexpr uint64_t kMaxCounters = uint64_t{1} << 63;
inline constexpr uint32_t kMaxThreads = 1024;
inline constexpr size_t kMaxMessageBytes = 1 << 20;

/// alphabet.size() ^ positions.size(), or 0 if that is above kMaxCounters.
uint64_t counter_space(const Job& job);

/// Nothing if every rule above holds, else the rule that does not.
const char* first_broken_rule(const Job& job);

enum class Ending : uint8_t { kFound, kExhausted, kCancelled };

}  // namespace stampmill
