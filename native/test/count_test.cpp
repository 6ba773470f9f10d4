// How many hits there are in a large range: a kernel that skips a lane, or takes one for another,
// has too few or too many even where nobody looked for a certain one.
#include <cmath>

#include "check.h"
#include "jobs.h"

namespace stampmill::test {
namespace {

constexpr int kBits = 8;

Job large_job(Algorithm algorithm, Strategy strategy) {
    const bool shared = strategy == Strategy::kShared;
    Job job = make_job(algorithm, 119,
                       shared ? std::vector<uint32_t>{60, 61, 62, 63, 117, 118}
                              : std::vector<uint32_t>{80, 81, 82, 83, 84, 85},
                       kBase64, limit_of(kBits));
    job.start = 12'345'678'901;
    job.count = (uint64_t{1} << 20) / kThinning;
    return job;
}

}  // namespace

KERNEL_TEST(count_of_hits_in_a_large_range) {
    static uint64_t first_kernels_count[kAlgorithms][kStrategies];
    for (const Algorithm algorithm : kBothAlgorithms) {
        for (const Strategy strategy : {Strategy::kShared, Strategy::kGeneral}) {
            Job job = large_job(algorithm, strategy);
            const Note note(describe(job));
            CHECK(strategy_of(job, kernel) == strategy);
            const uint64_t hits = search(job, kernel).hits.size();
            const double expected = std::ldexp(static_cast<double>(job.count), -kBits);
            const double off = (static_cast<double>(hits) - expected) / std::sqrt(expected);
            CHECK(std::abs(off) < 5);
            uint64_t& others =
                first_kernels_count[static_cast<int>(algorithm)][static_cast<int>(strategy)];
            if (others == 0) others = hits;
            CHECK_EQUAL(hits, others);
            job.threads = 3;
            CHECK_EQUAL(search(job, kernel).hits.size(), others);
        }
    }
}

}  // namespace stampmill::test
