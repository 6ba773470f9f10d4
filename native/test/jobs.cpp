#include "jobs.h"

#include <algorithm>
#include <cassert>
#include <sstream>

#include "check.h"
#include "engine/inline_search.h"
#include "engine/reference.h"
#include "engine/search.h"

namespace stampmill::test {

std::string all_bytes() {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
    return bytes;
}

Job make_job(Algorithm algorithm, size_t message_bytes, std::vector<uint32_t> positions,
             const std::string& alphabet, uint64_t limit) {
    Job job;
    job.algorithm = algorithm;
    uint32_t state = static_cast<uint32_t>(message_bytes);
    for (size_t i = 0; i < message_bytes; ++i) {
        state = state * 1664525 + 1013904223;
        job.message.push_back(static_cast<uint8_t>(state >> 24));
    }
    job.positions = std::move(positions);
    job.alphabet = alphabet;
    job.limit = limit;
    job.count = counter_space(job);
    job.wanted = 0;
    assert(first_broken_rule(job) == nullptr);
    return job;
}

std::vector<uint32_t> offsets(uint32_t first, uint32_t count) {
    std::vector<uint32_t> positions;
    for (uint32_t i = 0; i < count; ++i) positions.push_back(first + i);
    return positions;
}

uint64_t leading_word_at(const Job& job, uint64_t counter) {
    std::vector<uint8_t> message = job.message;
    for (size_t i = job.positions.size(); i-- > 0; counter /= job.alphabet.size()) {
        message[job.positions[i]] =
            static_cast<uint8_t>(job.alphabet[counter % job.alphabet.size()]);
    }
    uint8_t digest[32];
    digest_of(job.algorithm, message.data(), message.size(), digest);
    return leading_word(digest);
}

std::vector<uint64_t> plain_hits(const Job& job) {
    std::vector<uint64_t> hits;
    for (uint64_t i = 0; i < job.count; ++i) {
        if (leading_word_at(job, job.start + i) <= job.limit) hits.push_back(job.start + i);
    }
    return hits;
}

Found search(const Job& job, const Kernel& kernel) {
    Search search(job, kernel, {});
    search.join();
    Found found{search.take(), search.ending(), search.tried()};
    std::sort(found.hits.begin(), found.hits.end());
    return found;
}

std::vector<uint64_t> kernel_hits(const Job& job, const Kernel& kernel) {
    const uint64_t inner_count = Layout(job, kernel).plan().inner_count;
    const uint64_t first_outer = job.start / inner_count;
    const uint64_t last_outer = (job.start + job.count - 1) / inner_count;
    std::vector<uint64_t> hits;
    search_inline(job, kernel, [&](uint64_t counter) {
        const uint64_t outer = counter / inner_count;
        CHECK(outer >= first_outer && outer <= last_outer);
        if (counter >= job.start && counter - job.start < job.count) hits.push_back(counter);
    });
    std::sort(hits.begin(), hits.end());
    return hits;
}

Strategy strategy_of(const Job& job, const Kernel& kernel) {
    return Layout(job, kernel).plan().strategy;
}

const char* name_of(Algorithm algorithm) {
    return algorithm == Algorithm::kSha1 ? "SHA-1" : "SHA-256";
}

std::string describe(const Job& job) {
    std::ostringstream text;
    text << name_of(job.algorithm) << ", " << job.message.size() << " bytes, digits at";
    for (const uint32_t position : job.positions) text << ' ' << position;
    text << " of " << job.alphabet.size() << ", from " << job.start << " on " << job.count
         << ", limit " << job.limit;
    return text.str();
}

}  // namespace stampmill::test
