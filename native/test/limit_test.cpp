// The limit: all 64 bits of it, its extremes, and lowering it while the search runs.
#include <algorithm>

#include "check.h"
#include "engine/search.h"
#include "jobs.h"

namespace stampmill::test {
namespace {

Job small_job(Algorithm algorithm, uint64_t limit) {
    return make_job(algorithm, 70, {60, 61, 62, 69}, kOctal, limit);
}

}  // namespace

/// The kernel compares 32 bits; the rest is up to the search.
KERNEL_TEST(limits_of_64_bits) {
    for (const Algorithm algorithm : kBothAlgorithms) {
        Job job = small_job(algorithm, 0);
        std::vector<uint64_t> words;
        for (uint64_t i = 0; i < job.count; ++i) words.push_back(leading_word_at(job, i));
        for (uint64_t counter = 0; counter < job.count; counter += 129 * kThinning) {
            job.limit = words[counter];
            const Note note(describe(job));
            std::vector<uint64_t> expected;
            for (uint64_t i = 0; i < job.count; ++i) {
                if (words[i] <= job.limit) expected.push_back(i);
            }
            CHECK_EQUAL(search(job, kernel).hits, expected);
            --job.limit;  // the same first 32 bits, but for one in four thousand million
            expected.erase(std::find(expected.begin(), expected.end(), counter));
            CHECK_EQUAL(search(job, kernel).hits, expected);
        }
    }
}

KERNEL_TEST(extreme_limits) {
    for (const Algorithm algorithm : kBothAlgorithms) {
        const Found all = search(small_job(algorithm, ~uint64_t{0}), kernel);
        CHECK_EQUAL(all.hits.size(), 4096u);
        CHECK_EQUAL(all.hits.back(), 4095u);
        CHECK_EQUAL(all.tried, 4096u);
        CHECK(all.ending == Ending::kExhausted);
        const Found none = search(small_job(algorithm, 0), kernel);
        CHECK(none.hits.empty());
        CHECK_EQUAL(none.tried, 4096u);
        CHECK(none.ending == Ending::kExhausted);
    }
}

/// Whatever is under the last limit is found, whenever it came; and once the one thread that there
/// is has gone on, nothing above it is handed over.
KERNEL_TEST(limit_lowered_while_searching) {
    constexpr uint64_t last_limit = limit_of(10);
    Job job = make_job(Algorithm::kSha1, 119, {60, 61, 62, 63, 118}, kHex, limit_of(6));
    job.count /= kThinning;
    static const std::vector<uint64_t> kept = [low = job]() mutable {
        low.limit = last_limit;
        return plain_hits(low);
    }();
    CHECK(kept.size() > 20);

    Search search(job, kernel, {});
    search.lower(limit_of(8));
    search.lower(last_limit);
    search.lower(limit_of(8));   // raises nothing
    search.lower(~uint64_t{0});  // nor does this
    search.join();
    CHECK(search.ending() == Ending::kExhausted);
    std::vector<uint64_t> hits = search.take();
    std::sort(hits.begin(), hits.end());
    CHECK(std::includes(hits.begin(), hits.end(), kept.begin(), kept.end()));
    for (const uint64_t hit : hits) CHECK(leading_word_at(job, hit) <= job.limit);
}

KERNEL_TEST(lowered_limit_holds) {
    const Job job =
        make_job(Algorithm::kSha1, 119, {58, 59, 60, 61, 62, 63, 118}, kBase64, limit_of(8));
    Search search(job, kernel, {});
    uint64_t taken = 0;
    while (taken < 50) taken += search.take().size();
    constexpr uint64_t low = limit_of(12);
    search.lower(low);
    // After two steps the thread has seen it.
    const uint64_t seen = search.tried() + 1000;
    while (search.tried() < seen) search.take();
    search.take();
    std::vector<uint64_t> hits;
    while (hits.size() < 20) {
        for (const uint64_t hit : search.take()) hits.push_back(hit);
    }
    for (const uint64_t hit : hits) CHECK(leading_word_at(job, hit) <= low);
    search.lower(0);
    search.cancel();
    search.join();
    CHECK(search.ending() == Ending::kCancelled);
}

}  // namespace stampmill::test
