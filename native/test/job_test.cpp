// The rules of a job, each broken once.
#include "check.h"
#include "jobs.h"

namespace stampmill::test {
namespace {

Job good() {
    return make_job(Algorithm::kSha1, 100, {10, 20, 30}, kHex, 1);
}

template <class Change>
std::string broken(const Change& change) {
    Job job = good();
    change(job);
    const char* rule = first_broken_rule(job);
    return rule == nullptr ? "none" : rule;
}

}  // namespace

TEST(jobs_that_break_no_rule) {
    const auto nothing = [](Job&) {};
    CHECK_EQUAL(broken(nothing), "none");
    CHECK_EQUAL(broken([](Job& job) { job.message.resize(kMaxMessageBytes); }), "none");
    CHECK_EQUAL(broken([](Job& job) { job.threads = kMaxThreads; }), "none");
    CHECK_EQUAL(broken([](Job& job) { job.start = job.count - 1, job.count = 1; }), "none");
    CHECK_EQUAL(broken([](Job& job) { job.alphabet = all_bytes(); }), "none");
    CHECK_EQUAL(broken([](Job& job) { job.positions = {0, 99}, job.count = 256; }), "none");
}

TEST(every_rule_of_a_job) {
    CHECK_EQUAL(broken([](Job& job) { job.message.resize(kMaxMessageBytes + 1); }),
                "the message is at most 1 MiB");
    const std::string digits = "the alphabet has 2 to 256 digits";
    CHECK_EQUAL(broken([](Job& job) { job.alphabet = ""; }), digits);
    CHECK_EQUAL(broken([](Job& job) { job.alphabet = "a"; }), digits);
    CHECK_EQUAL(broken([](Job& job) { job.alphabet = all_bytes() + "a"; }), digits);
    CHECK_EQUAL(broken([](Job& job) { job.alphabet = "abcda"; }),
                "the digits of the alphabet are all different");
    CHECK_EQUAL(broken([](Job& job) { job.positions.clear(); }),
                "there is at least one counter digit");
    const std::string inside = "every digit is inside the message";
    CHECK_EQUAL(broken([](Job& job) { job.positions = {10, 20, 100}; }), inside);
    CHECK_EQUAL(broken([](Job& job) { job.message.clear(); }), inside);
    const std::string increase = "the positions of the digits increase";
    CHECK_EQUAL(broken([](Job& job) { job.positions = {10, 10, 30}; }), increase);
    CHECK_EQUAL(broken([](Job& job) { job.positions = {10, 30, 20}; }), increase);
    CHECK_EQUAL(broken([](Job& job) { job.positions = offsets(0, 16); }),
                "there are at most 2^63 counters");
    CHECK_EQUAL(broken([](Job& job) { job.count = 0; }), "there is at least one counter to try");
    const std::string range = "the range is inside the counters that the digits can write";
    CHECK_EQUAL(broken([](Job& job) { ++job.count; }), range);
    CHECK_EQUAL(broken([](Job& job) { job.start = 1; }), range);
    CHECK_EQUAL(broken([](Job& job) { job.start = 4097, job.count = 1; }), range);
    CHECK_EQUAL(broken([](Job& job) { job.start = ~uint64_t{0}, job.count = 2; }), range);
    const std::string threads = "there are 1 to 1024 threads";
    CHECK_EQUAL(broken([](Job& job) { job.threads = 0; }), threads);
    CHECK_EQUAL(broken([](Job& job) { job.threads = kMaxThreads + 1; }), threads);
}

TEST(counters_that_digits_can_write) {
    const auto space = [](uint32_t digits, const std::string& alphabet) {
        Job job;
        job.positions = offsets(0, digits);
        job.alphabet = alphabet;
        return counter_space(job);
    };
    CHECK_EQUAL(space(1, kBinary), 2u);
    CHECK_EQUAL(space(10, kBase64), uint64_t{1} << 60);
    CHECK_EQUAL(space(63, kBinary), kMaxCounters);
    CHECK_EQUAL(space(21, kOctal), kMaxCounters);
    CHECK_EQUAL(space(64, kBinary), 0u);
    CHECK_EQUAL(space(11, kBase64), 0u);
    CHECK_EQUAL(space(8, all_bytes()), 0u);
    CHECK_EQUAL(space(18, "0123456789"), uint64_t{1'000'000'000'000'000'000});
    CHECK_EQUAL(space(19, "0123456789"), 0u);
}

/// What sizes the tables and the threads: the mean number of tries, never more than there are.
TEST(expected_tries_of_a_job) {
    const auto tries = [](uint64_t limit, uint64_t wanted) {
        Job job = good();
        job.limit = limit;
        job.wanted = wanted;
        return expected_tries(job);
    };
    CHECK_EQUAL(tries(~uint64_t{0}, 1), 1u);
    CHECK_EQUAL(tries(~uint64_t{0}, 100), 100u);
    CHECK_EQUAL(tries(~uint64_t{0}, ~uint64_t{0}), 4096u);
    CHECK_EQUAL(tries(limit_of(4), 0), 4096u);
    CHECK_EQUAL(tries(0, 1), 4096u);
    CHECK(tries(limit_of(4), 2) >= 30 && tries(limit_of(4), 2) <= 32);
    CHECK_EQUAL(tries(limit_of(4), ~uint64_t{0}), 4096u);
}

}  // namespace stampmill::test
