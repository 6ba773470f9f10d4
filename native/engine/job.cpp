#include "engine/job.h"

#include <bitset>

namespace stampmill {

uint64_t counter_space(const Job& job) {
    uint64_t space = 1;
    for (size_t i = 0; i < job.positions.size(); ++i) {
        if (space > kMaxCounters / job.alphabet.size()) return 0;
        space *= job.alphabet.size();
    }
    return space;
}

const char* first_broken_rule(const Job& job) {
    if (job.message.size() > kMaxMessageBytes) return "the message is at most 1 MiB";
    if (job.alphabet.size() < 2 || job.alphabet.size() > 256) {
        return "the alphabet has 2 to 256 digits";
    }
    std::bitset<256> seen;
    for (const char c : job.alphabet) {
        const auto digit = static_cast<uint8_t>(c);
        if (seen[digit]) return "the digits of the alphabet are all different";
        seen[digit] = true;
    }
    if (job.positions.empty()) return "there is at least one counter digit";
    for (size_t i = 0; i < job.positions.size(); ++i) {
        if (job.positions[i] >= job.message.size()) return "every digit is inside the message";
        if (i > 0 && job.positions[i] <= job.positions[i - 1]) {
            return "the positions of the digits increase";
        }
    }
    const uint64_t space = counter_space(job);
    if (space == 0) return "there are at most 2^63 counters";
    if (job.count == 0) return "there is at least one counter to try";
    if (job.start > space || job.count > space - job.start) {
        return "the range is inside the counters that the digits can write";
    }
    if (job.threads < 1 || job.threads > kMaxThreads) return "there are 1 to 1024 threads";
    return nullptr;
}

}  // namespace stampmill
