// Messages of every length and digits at every offset: each search is compared, hit by hit, with
// every candidate written down and hashed whole.
#include <algorithm>
#include <iterator>
#include <set>

#include "check.h"
#include "jobs.h"

namespace stampmill::test {
namespace {

struct Placed {
    Job job;
    std::vector<uint64_t> hits;
};

/// Searches with digits of eight symbols, for both algorithms.
class Cases {
  public:
    explicit Cases(uint64_t thinning) : thinning_(thinning) {}

    void place(size_t message_bytes, const std::vector<uint32_t>& positions) {
        if (places_++ % thinning_ != 0) return;
        for (const Algorithm algorithm : kBothAlgorithms) {
            // A single digit needs a limit that one in two meets.
            const uint64_t limit = limit_of(positions.size() == 1 ? 1 : 3);
            Placed placed{make_job(algorithm, message_bytes, positions, kOctal, limit), {}};
            placed.hits = plain_hits(placed.job);
            if (placed.hits.empty()) {
                // A search without a hit would prove nothing: then everything is one.
                placed.job.limit = ~uint64_t{0};
                placed.hits = plain_hits(placed.job);
            }
            all_.push_back(std::move(placed));
        }
    }
    const std::vector<Placed>& all() const { return all_; }

  private:
    uint64_t thinning_;
    uint64_t places_ = 0;
    std::vector<Placed> all_;
};

std::vector<uint32_t> distinct(const std::set<uint32_t>& positions, uint32_t end) {
    std::vector<uint32_t> inside;
    std::copy_if(positions.begin(), positions.end(), std::back_inserter(inside),
                 [&](uint32_t position) { return position < end; });
    return inside;
}

/// Every length from 1 to 200, with digits at its ends and across its block boundaries.
Cases lengths() {
    Cases cases(kThinning);
    for (uint32_t size = 1; size <= 200; ++size) {
        const uint32_t some = std::min<uint32_t>(size, 3);
        cases.place(size, offsets(size - some, some));
        cases.place(size, offsets(0, some));
        cases.place(size, distinct({0, size - 1}, size));
        cases.place(size, distinct({0, size / 2, size - 1}, size));
        for (uint32_t boundary = 64; boundary < size; boundary += 64) {
            const uint32_t before = boundary == 64 ? 2 : 1;
            cases.place(size,
                        distinct({boundary - before, boundary - 1, boundary, boundary + 1}, size));
            cases.place(size, distinct({boundary - 1, boundary}, size));
            cases.place(size, distinct({boundary - 64, boundary - 1, size - 1}, size));
        }
    }
    return cases;
}

/// Digits at every offset, of messages around the lengths where another block begins.
Cases all_offsets() {
    Cases cases(kThinning);
    for (const uint32_t size : {54u, 55u, 56u, 57u, 63u, 64u, 65u, 119u, 120u, 128u, 183u}) {
        for (uint32_t at = 0; at < size; ++at) {
            cases.place(size, {at});
            cases.place(size, distinct({at, at + 1, at + 2}, size));
            cases.place(size, distinct({at, at + 5, at + 10}, size));
            cases.place(size, distinct({at, size - 1}, size));
        }
    }
    return cases;
}

/// Several constant blocks before the digits, between them and behind them.
Cases many_blocks() {
    Cases cases(1);
    for (const uint32_t size : {320u, 383u, 640u, 1000u}) {
        cases.place(size, {3, 10, 30});
        cases.place(size, {62, 63, 64, 65});
        cases.place(size, {130, 200, 201, 260});
        cases.place(size, {62, 63, 126, 127});
        cases.place(size, {126, 127, 190, 191});
        cases.place(size, {0, size / 2, size - 1});
        cases.place(size, {size - 3, size - 2, size - 1});
    }
    return cases;
}

void check(const std::vector<Placed>& cases, const Kernel& kernel) {
    uint64_t hits[kStrategies] = {};
    for (size_t i = 0; i < cases.size(); ++i) {
        const auto& [job, expected] = cases[i];
        const Note note(describe(job));
        hits[static_cast<int>(strategy_of(job, kernel))] += expected.size();
        CHECK(!expected.empty());
        CHECK_EQUAL(kernel_hits(job, kernel), expected);
        // What threads and ranges add does not depend on the place: some will do.
        if (i % 4 < 2) CHECK_EQUAL(search(job, kernel).hits, expected);
    }
    CHECK(hits[static_cast<int>(Strategy::kShared)] > 500);
    CHECK(hits[static_cast<int>(Strategy::kGeneral)] > 500);
    remark(std::to_string(cases.size()) + " searches, hits: " + std::to_string(hits[0]) +
           " shared, " + std::to_string(hits[1]) + " general");
}

}  // namespace

KERNEL_TEST(messages_of_every_length) {
    static const Cases cases = lengths();
    check(cases.all(), kernel);
}

KERNEL_TEST(digits_at_every_offset) {
    static const Cases cases = all_offsets();
    check(cases.all(), kernel);
}

KERNEL_TEST(digits_among_many_blocks) {
    static const Cases cases = many_blocks();
    check(cases.all(), kernel);
}

/// Alphabets whose digits stand for every byte, and inner tables from two rows to 4096.
KERNEL_TEST(alphabets_of_every_size) {
    for (const Algorithm algorithm : kBothAlgorithms) {
        for (const std::string& alphabet :
             {kBinary, std::string("0123456789"), kHex, kBase64, all_bytes()}) {
            for (const auto& positions :
                 {std::vector<uint32_t>{62, 63, 64, 65}, std::vector<uint32_t>{20, 21, 22, 23},
                  std::vector<uint32_t>{60, 61, 62, 90}}) {
                const int bits = alphabet == kBinary ? 1 : 3;
                Job job = make_job(algorithm, 100, positions, alphabet, limit_of(bits));
                job.count = std::min<uint64_t>(job.count, 20'000 / kThinning);
                const Note note(describe(job));
                const std::vector<uint64_t> expected = plain_hits(job);
                CHECK(!expected.empty());
                CHECK_EQUAL(kernel_hits(job, kernel), expected);
                CHECK_EQUAL(search(job, kernel).hits, expected);
            }
        }
    }
}

KERNEL_TEST(the_longest_message) {
    for (const Algorithm algorithm : kBothAlgorithms) {
        const uint32_t size = kMaxMessageBytes / static_cast<uint32_t>(kThinning);
        const Job job = make_job(algorithm, size, {0, size - 1}, kOctal, limit_of(2));
        const Note note(describe(job));
        static std::vector<uint64_t> expected[kAlgorithms];
        std::vector<uint64_t>& hits = expected[static_cast<int>(algorithm)];
        if (hits.empty()) hits = plain_hits(job);
        CHECK(!hits.empty());
        CHECK_EQUAL(search(job, kernel).hits, hits);
    }
}

}  // namespace stampmill::test
