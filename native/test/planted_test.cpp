// One counter as the only hit, or the last there is: in every lane of every kernel, at both ends
// of the range and one past them, and where counters outgrow 32 bits.
#include <algorithm>
#include <utility>

#include "check.h"
#include "jobs.h"

namespace stampmill::test {
namespace {

/// A counter space with the leading word of every digest in it.
struct Field {
    Job job;
    std::vector<uint64_t> words;
};

Field make_field(Algorithm algorithm, std::vector<uint32_t> positions) {
    Field field{make_job(algorithm, 119, std::move(positions), kOctal, 0), {}};
    for (uint64_t counter = 0; counter < field.job.count; ++counter) {
        field.words.push_back(leading_word_at(field.job, counter));
    }
    return field;
}

/// 8^4 counters for each algorithm and strategy: more than a group of outer values of any kernel.
const std::vector<Field>& fields() {
    static const std::vector<Field> all = [] {
        std::vector<Field> made;
        for (const Algorithm algorithm : kBothAlgorithms) {
            made.push_back(make_field(algorithm, {60, 62, 63, 118}));
            made.push_back(make_field(algorithm, {70, 71, 73, 74}));
        }
        return made;
    }();
    return all;
}

Job part_of(const Field& field, uint64_t start, uint64_t end, uint64_t limit) {
    Job job = field.job;
    job.start = start;
    job.count = end - start;
    job.limit = limit;
    return job;
}

std::vector<uint64_t> hits_in(const Field& field, const Job& job) {
    std::vector<uint64_t> hits;
    for (uint64_t counter = job.start; counter < job.start + job.count; ++counter) {
        if (field.words[counter] <= job.limit) hits.push_back(counter);
    }
    return hits;
}

void check_part(const Field& field, const Kernel& kernel, const Job& job) {
    if (job.count == 0) return;
    const Note note(describe(job));
    CHECK_EQUAL(search(job, kernel).hits, hits_in(field, job));
}

/// For each lane the counter in it with the smallest word, when the whole field is searched.
std::vector<uint64_t> best_of_each_lane(const Field& field, const Kernel& kernel) {
    const Layout layout(field.job, kernel);
    const Plan& plan = layout.plan();
    const SearchLoop& loop =
        kernel.loops[static_cast<int>(plan.algorithm)][static_cast<int>(plan.strategy)];
    std::vector<uint64_t> best(loop.group, ~uint64_t{0});
    for (uint64_t counter = 0; counter < field.job.count; ++counter) {
        uint64_t& present = best[counter / plan.inner_count % loop.group];
        if (present == ~uint64_t{0} || field.words[counter] < field.words[present]) {
            present = counter;
        }
    }
    return best;
}

}  // namespace

KERNEL_TEST(planted_in_every_lane) {
    uint64_t lanes = 0;
    for (const Field& field : fields()) {
        const uint64_t end = field.job.count;
        for (const uint64_t counter : best_of_each_lane(field, kernel)) {
            CHECK(counter < end);
            ++lanes;
            const uint64_t word = field.words[counter];
            check_part(field, kernel, part_of(field, 0, end, word));
            check_part(field, kernel, part_of(field, 0, end, word - 1));
            check_part(field, kernel, part_of(field, 0, counter, word));
            check_part(field, kernel, part_of(field, 0, counter + 1, word));
            check_part(field, kernel, part_of(field, counter, end, word));
            check_part(field, kernel, part_of(field, counter + 1, end, word));
        }
    }
    CHECK(lanes >= fields().size());
    remark(std::to_string(lanes) + " lanes");
}

KERNEL_TEST(a_single_hit) {
    for (const Field& field : fields()) {
        const auto least = std::min_element(field.words.begin(), field.words.end());
        const auto counter = static_cast<uint64_t>(least - field.words.begin());
        Job job = part_of(field, 0, field.job.count, *least);
        const Note note(describe(job));
        const std::vector<uint64_t> only{counter};
        CHECK_EQUAL(search(job, kernel).hits, only);
        CHECK_EQUAL(kernel_hits(job, kernel), only);
        job.wanted = 1;
        const Found first = search(job, kernel);
        CHECK_EQUAL(first.hits, only);
        CHECK(first.ending == Ending::kFound);
        job.start = counter;
        job.count = 1;
        CHECK_EQUAL(search(job, kernel).hits, only);
        --job.limit;
        const Found none = search(job, kernel);
        CHECK(none.hits.empty() && none.ending == Ending::kExhausted);
    }
}

/// Ranges that begin and end anywhere in a row of inner values and in a group of outer ones.
KERNEL_TEST(ranges_that_fit_nothing) {
    uint64_t hits = 0;
    for (const Field& field : fields()) {
        const uint64_t space = field.job.count;
        for (uint64_t i = 0; i < 300; i += kThinning) {
            const uint64_t start = i * 37 % space;
            const uint64_t count = 1 + i * i * 11 % (space - start);
            const Job job = part_of(field, start, start + count, limit_of(4));
            check_part(field, kernel, job);
            hits += hits_in(field, job).size();
        }
        for (uint64_t i = 1; i < 40; ++i) {
            check_part(field, kernel, part_of(field, space - i, space, limit_of(2)));
            check_part(field, kernel, part_of(field, 0, i, limit_of(2)));
        }
    }
    CHECK(hits > 1000);
}

namespace {

struct Ranged {
    Job job;
    std::vector<uint64_t> hits;
};

std::vector<Ranged> large_counters() {
    // 63 binary digits write exactly 2^63 counters; 48 of them before a boundary and 12 behind are
    // a shared-schedule search with 4096 inner values.
    std::vector<uint32_t> spread = offsets(16, 48);
    for (const uint32_t position : offsets(100, 12)) spread.push_back(position);
    const std::pair<std::vector<uint32_t>, std::string> spaces[] = {
        {offsets(0, 63), kBinary},
        {offsets(30, 63), kBinary},
        {spread, kBinary},
        {offsets(56, 10), kBase64},
        {{2, 9, 40, 63, 64, 65, 66}, all_bytes()},
        {{1, 9, 40, 52, 60, 61, 63, 64}, kBase64},
    };
    constexpr uint64_t edge = uint64_t{1} << 32;
    std::vector<Ranged> all;
    for (const Algorithm algorithm : kBothAlgorithms) {
        for (const auto& [positions, alphabet] : spaces) {
            Job job = make_job(algorithm, 119, positions, alphabet, limit_of(4));
            const uint64_t end = job.count;
            job.count = 200;
            // Around 2^32 as a counter, and as an outer value of up to 4096 inner ones; at the end.
            for (const uint64_t middle :
                 {edge, edge * 64, edge * 256, edge * 4096, end / 2, end - 100}) {
                if (middle > end - 100) continue;
                job.start = middle - 100;
                all.push_back({job, plain_hits(job)});
            }
        }
    }
    return all;
}

}  // namespace

KERNEL_TEST(counters_beyond_32_bits) {
    static const std::vector<Ranged> all = large_counters();
    uint64_t hits = 0;
    for (const auto& [job, expected] : all) {
        const Note note(describe(job));
        CHECK_EQUAL(search(job, kernel).hits, expected);
        hits += expected.size();
    }
    for (auto [job, expected] : all) {
        job.threads = 4;
        const Note note(describe(job));
        CHECK_EQUAL(search(job, kernel).hits, expected);
    }
    CHECK(hits > 500);
}

}  // namespace stampmill::test
