// Coverage-guided: any bytes become a job; whatever job is complete must give the same hits with
// every kernel as with the plain hashes. Built with -DSTAMPMILL_FUZZ=ON, which needs clang.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "engine/dispatch.h"
#include "engine/inline_search.h"
#include "engine/reference.h"

namespace {

using namespace stampmill;

constexpr uint64_t kMostCounters = 2048;

/// Takes values from the front of the input; zeros once it has ended.
class Bytes {
  public:
    Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}

    uint8_t byte() { return at_ < size_ ? data_[at_++] : 0; }
    uint64_t number(int bytes) {
        uint64_t value = 0;
        while (bytes-- > 0) value = value << 8 | byte();
        return value;
    }

  private:
    const uint8_t* data_;
    size_t size_;
    size_t at_ = 0;
};

Job job_from(Bytes& bytes) {
    Job job;
    job.algorithm = bytes.byte() % 2 == 0 ? Algorithm::kSha1 : Algorithm::kSha256;
    job.limit = ~uint64_t{0} >> (bytes.byte() % 12);
    job.message.resize(bytes.number(2) % 400);
    for (uint8_t& b : job.message) b = bytes.byte();
    const int digits = bytes.byte() % 66;
    for (int i = 0; i < digits; ++i)
        job.positions.push_back(static_cast<uint32_t>(bytes.number(2)) % 410);
    // Mostly in order, so that most jobs are worth a search.
    if (bytes.byte() % 8 != 0) {
        std::sort(job.positions.begin(), job.positions.end());
        const auto end = std::unique(job.positions.begin(), job.positions.end());
        job.positions.erase(end, job.positions.end());
    }
    const int alphabet = 1 + bytes.byte();
    const uint8_t first = bytes.byte();
    for (int i = 0; i < alphabet; ++i) job.alphabet.push_back(static_cast<char>(first + i));
    job.start = bytes.number(8);
    job.count = bytes.number(2) % kMostCounters;
    job.wanted = 0;
    const uint64_t space = counter_space(job);
    if (space != 0 && bytes.byte() % 8 != 0) {
        job.start %= space;
        job.count = std::min(job.count, space - job.start);
    }
    return job;
}

std::vector<uint64_t> plain_hits(const Job& job) {
    std::vector<uint64_t> hits;
    std::vector<uint8_t> message = job.message;
    for (uint64_t counter = job.start; counter < job.start + job.count; ++counter) {
        uint64_t rest = counter;
        for (size_t i = job.positions.size(); i-- > 0; rest /= job.alphabet.size()) {
            message[job.positions[i]] =
                static_cast<uint8_t>(job.alphabet[rest % job.alphabet.size()]);
        }
        uint8_t digest[32];
        digest_of(job.algorithm, message.data(), message.size(), digest);
        if (leading_word(digest) >> 32 <= job.limit >> 32) hits.push_back(counter);
    }
    return hits;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Bytes bytes(data, size);
    const Job job = job_from(bytes);
    if (first_broken_rule(job) != nullptr) return 0;
    const std::vector<uint64_t> expected = plain_hits(job);
    for (const KernelReport& report : kernel_reports()) {
        if (!report.passed) continue;
        std::vector<uint64_t> hits;
        search_inline(job, *choose_kernel(report.name, job.algorithm).kernel,
                      [&](uint64_t counter) {
                          if (counter >= job.start && counter - job.start < job.count)
                              hits.push_back(counter);
                      });
        std::sort(hits.begin(), hits.end());
        if (hits != expected) {
            std::fprintf(stderr, "%s found %zu hits, not %zu\n", report.name, hits.size(),
                         expected.size());
            std::abort();
        }
    }
    return 0;
}
