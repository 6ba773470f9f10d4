#include "engine/self_test.h"

#include <initializer_list>

#include "engine/inline_search.h"

namespace stampmill {
namespace {

struct KnownAnswer {
    Algorithm algorithm;
    uint32_t message_bytes;
    std::initializer_list<uint32_t> positions;
    uint64_t hits;
    uint64_t counters;  // their sum
};

// The message is 's' repeated, the digits are base64, the range is 64^2 counters from 64^2 * 7 on,
// and the first four bits of a hit's digest are zero: rare enough to mean something, and so many
// that not one of 64 lanes is without. Computed with OpenSSL.
constexpr KnownAnswer kKnownAnswers[] = {
    {Algorithm::kSha1, 119, {61, 62, 118}, 264, 8108952},
    {Algorithm::kSha1, 119, {61, 62, 63, 118}, 271, 8357052},
    {Algorithm::kSha1, 55, {20, 21, 22}, 231, 7096388},
    {Algorithm::kSha1, 130, {20, 22, 25}, 280, 8603529},
    {Algorithm::kSha1, 64, {59, 62, 63}, 246, 7536693},
    {Algorithm::kSha1, 55, {0, 1, 2}, 255, 7842426},
    {Algorithm::kSha256, 119, {61, 62, 118}, 272, 8354940},
    {Algorithm::kSha256, 119, {61, 62, 63, 118}, 250, 7706052},
    {Algorithm::kSha256, 55, {20, 21, 22}, 304, 9365332},
    {Algorithm::kSha256, 130, {20, 22, 25}, 260, 8010891},
    {Algorithm::kSha256, 64, {59, 62, 63}, 214, 6569823},
    {Algorithm::kSha256, 55, {0, 1, 2}, 270, 8328083},
};

}  // namespace

bool passes_self_test(const Kernel& kernel, Algorithm algorithm) {
    for (const KnownAnswer& known : kKnownAnswers) {
        if (known.algorithm != algorithm) continue;
        Job job;
        job.algorithm = known.algorithm;
        job.message.assign(known.message_bytes, 's');
        job.positions = known.positions;
        job.alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        job.start = 64 * 64 * 7;
        job.count = 64 * 64;
        job.wanted = 0;
        job.limit = ~uint64_t{0} >> 4;
        uint64_t hits = 0;
        uint64_t counters = 0;
        search_inline(job, kernel, [&](uint64_t counter) {
            ++hits;
            counters += counter;
        });
        if (hits != known.hits || counters != known.counters) return false;
    }
    return true;
}

}  // namespace stampmill
