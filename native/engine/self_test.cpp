#include "engine/self_test.h"

#include "engine/inline_search.h"

namespace stampmill {
namespace {

struct KnownAnswer {
    Algorithm algorithm;
    uint32_t message_bytes;
    std::vector<uint32_t> positions;
    uint64_t hits;
    uint64_t counters;  // their sum
};

// The message is 's' repeated, the digits are base64, the range is 64^2 counters from 64^2 * 7 on,
// and the first byte of a hit's digest is zero. Computed with OpenSSL.
const KnownAnswer kKnownAnswers[] = {
    {Algorithm::kSha1, 119, {61, 62, 118}, 18, 545706},
    {Algorithm::kSha1, 119, {61, 62, 63, 118}, 21, 648292},
    {Algorithm::kSha1, 55, {20, 21, 22}, 12, 367399},
    {Algorithm::kSha1, 130, {20, 22, 25}, 18, 558808},
    {Algorithm::kSha1, 64, {59, 62, 63}, 13, 401771},
    {Algorithm::kSha1, 55, {0, 1, 2}, 14, 429801},
    {Algorithm::kSha256, 119, {61, 62, 118}, 20, 616270},
    {Algorithm::kSha256, 119, {61, 62, 63, 118}, 11, 334304},
    {Algorithm::kSha256, 55, {20, 21, 22}, 18, 550024},
    {Algorithm::kSha256, 130, {20, 22, 25}, 17, 522544},
    {Algorithm::kSha256, 64, {59, 62, 63}, 17, 521942},
    {Algorithm::kSha256, 55, {0, 1, 2}, 15, 462418},
};

}  // namespace

bool passes_self_test(const Kernel& kernel) {
    for (const KnownAnswer& known : kKnownAnswers) {
        Job job;
        job.algorithm = known.algorithm;
        job.message.assign(known.message_bytes, 's');
        job.positions = known.positions;
        job.alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        job.start = 64 * 64 * 7;
        job.count = 64 * 64;
        job.wanted = 0;
        job.limit = ~uint64_t{0} >> 8;
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
