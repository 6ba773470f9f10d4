// The vectors that are shared with TypeScript, on every kernel.
#include <algorithm>

#include "check.h"
#include "engine/reference.h"
#include "jobs.h"
#include "json.h"

namespace stampmill::test {
namespace {

struct SearchVector {
    Job job;
    std::vector<uint64_t> hits;
};

/// search.json says of itself what stands in it.
std::vector<SearchVector> read_search_vectors() {
    std::vector<SearchVector> vectors;
    size_t number = 0;
    for (const Json& json : Json::vectors("search.json")) {
        if (number++ % kThinning != 0) continue;
        SearchVector vector;
        Job& job = vector.job;
        job.algorithm = json["algorithm"].text() == "sha1" ? Algorithm::kSha1 : Algorithm::kSha256;
        job.message = json["message"].bytes();
        for (const Json& position : json["positions"].list()) {
            job.positions.push_back(static_cast<uint32_t>(position.number()));
        }
        const std::vector<uint8_t> alphabet = json["alphabet"].bytes();
        job.alphabet.assign(alphabet.begin(), alphabet.end());
        job.start = std::stoull(json["start"].text());
        job.count = std::stoull(json["count"].text());
        job.limit = std::stoull(json["limit"].text());
        job.wanted = 0;
        for (const Json& hit : json["hits"].list()) {
            vector.hits.push_back(std::stoull(hit.text()));
        }
        vectors.push_back(std::move(vector));
    }
    return vectors;
}

const std::vector<SearchVector>& search_vectors() {
    static const std::vector<SearchVector> vectors = read_search_vectors();
    return vectors;
}

/// A stamp that exists, whose last characters are to be found again.
struct StampSearch {
    Job job;
    uint64_t counter;
    std::vector<uint64_t> hits;
};

std::vector<StampSearch> read_stamp_searches() {
    const std::string digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
    std::vector<StampSearch> searches;
    for (const char* file : {"hashcash-minted.json", "hashcash-public.json"}) {
        for (const Json& vector : Json::vectors(file)) {
            const std::string& stamp = vector["stamp"].text();
            const size_t end = stamp.size();
            const size_t first = digits.find(stamp[end - 2]);
            const size_t second = digits.find(stamp[end - 1]);
            if (first == std::string::npos || second == std::string::npos) continue;
            StampSearch search{{}, first * digits.size() + second, {}};
            search.job.message.assign(stamp.begin(), stamp.end());
            search.job.positions = offsets(static_cast<uint32_t>(end - 2), 2);
            search.job.alphabet = digits;
            search.job.count = counter_space(search.job);
            search.job.wanted = 0;
            search.job.limit = limit_of(static_cast<int>(vector["zero_bits"].number()));
            search.hits = plain_hits(search.job);
            searches.push_back(std::move(search));
        }
    }
    return searches;
}

}  // namespace

TEST(plain_search_finds_the_vectors) {
    CHECK(search_vectors().size() >= 200 / kThinning);
    for (const SearchVector& vector : search_vectors()) {
        const Note note(describe(vector.job));
        CHECK(first_broken_rule(vector.job) == nullptr);
        CHECK(!vector.hits.empty());
        CHECK_EQUAL(plain_hits(vector.job), vector.hits);
    }
}

KERNEL_TEST(search_vectors_are_found) {
    uint64_t by_strategy[kStrategies] = {};
    for (const SearchVector& vector : search_vectors()) {
        const Note note(describe(vector.job));
        const Found found = search(vector.job, kernel);
        CHECK_EQUAL(found.hits, vector.hits);
        CHECK(found.ending == Ending::kExhausted);
        CHECK_EQUAL(found.tried, vector.job.count);
        by_strategy[static_cast<int>(strategy_of(vector.job, kernel))] += vector.hits.size();
    }
    CHECK(by_strategy[0] >= 100 / kThinning && by_strategy[1] >= 100 / kThinning);
}

KERNEL_TEST(stamps_are_found_again) {
    static const std::vector<StampSearch> searches = read_stamp_searches();
    CHECK(searches.size() >= 30);
    for (const auto& [job, counter, hits] : searches) {
        const Note note(describe(job));
        CHECK(std::binary_search(hits.begin(), hits.end(), counter));
        CHECK_EQUAL(search(job, kernel).hits, hits);
    }
}

}  // namespace stampmill::test
