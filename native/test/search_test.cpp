// Threads, endings, and what waits to be taken.
#include "engine/search.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>

#include "check.h"
#include "jobs.h"

namespace stampmill::test {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// The promise is 5 ms on an idle machine; what these tests run on may be busy.
constexpr double kMostMilliseconds = 50.0 * kThinning;
constexpr size_t kMostWaiting = 65'536;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// A job of hundreds of years.
Job endless(uint32_t threads, Algorithm algorithm = Algorithm::kSha1) {
    Job job = make_job(algorithm, 119, offsets(53, 10), kBase64, 0);
    job.positions.back() = 118;
    job.wanted = 1;
    job.threads = threads;
    return job;
}

void wait_for_tries(const Search& search, uint64_t tries) {
    while (search.tried() < tries) std::this_thread::sleep_for(1ms);
}

}  // namespace

KERNEL_TEST(as_many_hits_as_wanted) {
    for (const Algorithm algorithm : kBothAlgorithms) {
        for (const uint32_t threads : {1u, 3u}) {
            for (const uint64_t wanted : {1u, 2u, 7u, 100u}) {
                Job job = make_job(algorithm, 119, offsets(60, 4), kBase64, limit_of(10));
                job.wanted = wanted;
                job.threads = threads;
                const Note note(describe(job));
                const Found found = search(job, kernel);
                CHECK_EQUAL(found.hits.size(), wanted);
                CHECK(std::adjacent_find(found.hits.begin(), found.hits.end()) == found.hits.end());
                for (const uint64_t hit : found.hits) CHECK(leading_word_at(job, hit) <= job.limit);
                CHECK(found.ending == Ending::kFound);
                CHECK(found.tried >= wanted && found.tried < job.count);
            }
        }
    }
}

KERNEL_TEST(more_hits_wanted_than_there_are) {
    Job job = make_job(Algorithm::kSha256, 80, {62, 63, 64}, kHex, limit_of(4));
    const std::vector<uint64_t> expected = plain_hits(job);
    CHECK(!expected.empty());
    job.wanted = expected.size() + 1;
    const Found short_of_one = search(job, kernel);
    CHECK_EQUAL(short_of_one.hits, expected);
    CHECK(short_of_one.ending == Ending::kExhausted);
    job.wanted = expected.size();
    const Found enough = search(job, kernel);
    CHECK_EQUAL(enough.hits, expected);
    CHECK(enough.ending == Ending::kFound);
}

KERNEL_TEST(several_threads_find_the_same) {
    Job job = make_job(Algorithm::kSha1, 119, {61, 62, 63, 118}, kHex, limit_of(4));
    const std::vector<uint64_t> expected = plain_hits(job);
    for (const uint32_t threads : {2u, 3u, 8u, 61u}) {
        job.threads = threads;
        const Found found = search(job, kernel);
        CHECK_EQUAL(found.hits, expected);
        CHECK_EQUAL(found.tried, job.count);
    }
}

/// The shortest of three measurements: another process may hold the processors meanwhile.
template <class Measurement>
static void check_latency(const std::string& what, const Measurement& milliseconds) {
    double shortest = milliseconds();
    for (int i = 1; i < 3; ++i) shortest = std::min(shortest, milliseconds());
    CHECK(shortest < kMostMilliseconds);
    char text[80];
    (void)std::snprintf(text, sizeof text, "%s: %.3f ms", what.c_str(), shortest);
    remark(text);
}

KERNEL_TEST(threads_stop_when_cancelled) {
    for (const uint32_t threads : {1u, 2u, 64u}) {
        check_latency(std::to_string(threads) + " threads, from a cancel to the end of all", [&] {
            Search search(endless(threads), kernel, {});
            CHECK_EQUAL(search.threads(), threads);
            wait_for_tries(search, 100'000 / kThinning);
            const Clock::time_point start = Clock::now();
            search.cancel();
            search.join();
            const double taken = milliseconds_since(start);
            CHECK(search.ending() == Ending::kCancelled);
            const uint64_t tried = search.tried();
            std::this_thread::sleep_for(2ms);
            CHECK_EQUAL(search.tried(), tried);
            return taken;
        });
    }
}

/// A step takes as long as the message is: here 16,384 blocks for every candidate.
KERNEL_TEST(the_longest_message_is_cancelled) {
    Job job = make_job(Algorithm::kSha1, kMaxMessageBytes / kThinning, {0, 1, 2, 3}, kBase64, 0);
    job.threads = 2;
    check_latency("from a cancel to the end", [&] {
        Search search(job, kernel, {});
        wait_for_tries(search, 1);
        const Clock::time_point start = Clock::now();
        search.cancel();
        search.join();
        return milliseconds_since(start);
    });
}

namespace {

// A kernel that notes when its search first comes back because it was told to stop.
const Kernel* g_timed_kernel = nullptr;
std::mutex g_mutex;
std::optional<Clock::time_point> g_first_stop;

void timed_search(const Plan& plan, uint64_t first_outer, uint32_t outers, Worker& worker) {
    const SearchLoop& loop =
        g_timed_kernel->loops[static_cast<int>(plan.algorithm)][static_cast<int>(plan.strategy)];
    loop.search(plan, first_outer, outers, worker);
    if (!__atomic_load_n(worker.stop, __ATOMIC_RELAXED)) return;
    const std::lock_guard lock(g_mutex);
    if (!g_first_stop) g_first_stop = Clock::now();
}

}  // namespace

KERNEL_TEST(threads_stop_when_one_has_found) {
    // Adam Back's stamp of 45 bits, and a hundred million counters behind it.
    const std::string stamp = "1:44:070217:foo::xSi0bPjoswUh6h1Y:TMNI7";
    const std::string digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
    Job job;
    job.message.assign(stamp.begin(), stamp.end());
    job.positions = offsets(static_cast<uint32_t>(stamp.size() - 5), 5);
    job.alphabet = digits;
    job.limit = limit_of(45);
    uint64_t counter = 0;
    for (const char c : stamp.substr(stamp.size() - 5)) counter = counter * 64 + digits.find(c);
    job.start = counter - 100'000 / kThinning;
    job.count = uint64_t{1} << 27;
    job.threads = 16;
    Kernel timed = kernel;
    for (auto& loops : timed.loops) {
        for (SearchLoop& loop : loops) loop.search = timed_search;
    }
    g_timed_kernel = &kernel;
    check_latency("16 threads, from a hit to the end of all", [&] {
        g_first_stop.reset();
        Clock::time_point end;
        Search search(job, timed, [&] { end = Clock::now(); });
        search.join();
        CHECK_EQUAL(search.take(), std::vector<uint64_t>{counter});
        CHECK(search.ending() == Ending::kFound);
        return std::chrono::duration<double, std::milli>(end - g_first_stop.value()).count();
    });
}

KERNEL_TEST(destroying_a_search_ends_it) {
    for (const uint32_t threads : {1u, 8u}) {
        std::atomic<int> calls = 0;
        const Clock::time_point start = Clock::now();
        {
            const Search search(endless(threads), kernel, [&] { ++calls; });
        }
        CHECK_EQUAL(calls.load(), 1);
        {
            const Search search(endless(threads, Algorithm::kSha256), kernel, [&] { ++calls; });
            wait_for_tries(search, 1);
        }
        CHECK_EQUAL(calls.load(), 2);
        CHECK(milliseconds_since(start) < 20 * kMostMilliseconds);
    }
}

KERNEL_TEST(cancelling_changes_no_ending_that_has_come) {
    Job job = make_job(Algorithm::kSha1, 60, {58, 59}, kHex, limit_of(4));
    job.wanted = 1;
    Search found(job, kernel, {});
    found.join();
    found.cancel();
    CHECK(found.ending() == Ending::kFound);
    CHECK_EQUAL(found.take().size(), 1u);
    CHECK(found.take().empty());
}

KERNEL_TEST(a_thousand_tiny_searches) {
    const uint64_t searches = 1000 / kThinning;
    Job job = make_job(Algorithm::kSha1, 60, {58, 59}, kHex, ~uint64_t{0});
    job.count = 1;
    job.threads = 8;
    const Clock::time_point start = Clock::now();
    for (uint64_t i = 0; i < searches; ++i) {
        job.start = i % 256;
        const Found found = search(job, kernel);
        CHECK_EQUAL(found.hits, std::vector<uint64_t>{job.start});
        CHECK_EQUAL(found.tried, 1u);
    }
    const double each = 1000 * milliseconds_since(start) / static_cast<double>(searches);
    remark(std::to_string(each) + " us each");
    CHECK(each < 1000.0 * kMostMilliseconds / 10);
}

KERNEL_TEST(no_more_threads_than_work) {
    Job job = make_job(Algorithm::kSha1, 60, {57, 58, 59}, kHex, ~uint64_t{0});
    job.threads = kMaxThreads;
    Search tiny(job, kernel, {});
    CHECK_EQUAL(tiny.threads(), 1u);
    tiny.join();
    CHECK_EQUAL(tiny.take().size(), job.count);
    // With threads for every few thousand tries, and less to do than a thread takes at once.
    Job larger = make_job(Algorithm::kSha1, 60, {56, 57, 58, 59}, kHex, limit_of(6));
    larger.threads = 64;
    const Found found = search(larger, kernel);
    CHECK_EQUAL(found.hits, plain_hits(larger));
    CHECK_EQUAL(found.tried, larger.count);
}

KERNEL_TEST(as_many_threads_as_may_be) {
    const auto threads = static_cast<uint32_t>(kMaxThreads / kThinning);
    const Clock::time_point start = Clock::now();
    Search search(endless(threads), kernel, {});
    const double taken = milliseconds_since(start);
    CHECK_EQUAL(search.threads(), threads);
    CHECK(taken < 20 * kMostMilliseconds);
    remark(std::to_string(threads) + " threads started in " + std::to_string(taken) + " ms");
    search.cancel();
    search.join();
    CHECK(search.ending() == Ending::kCancelled);
}

/// Waits until nothing is tried any more, which is so while too many hits wait.
static void wait_until_held(const Search& search) {
    wait_for_tries(search, kMostWaiting);
    uint64_t before = 0;
    for (int still = 0; still < 4;) {
        const uint64_t tried = search.tried();
        still = tried == before ? still + 1 : 0;
        before = tried;
        std::this_thread::sleep_for(15ms);
    }
}

/// Takes until the search has ended, and gives all hits in order.
static std::vector<uint64_t> take_all(Search& search, const std::atomic<bool>& done) {
    std::vector<uint64_t> hits;
    bool last = false;
    do {
        last = done;
        const std::vector<uint64_t> some = search.take();
        CHECK(some.size() <= kMostWaiting);
        hits.insert(hits.end(), some.begin(), some.end());
        std::this_thread::sleep_for(100us);
    } while (!last);
    std::sort(hits.begin(), hits.end());
    return hits;
}

KERNEL_TEST(hits_that_nobody_takes_hold_the_search) {
    for (const uint32_t threads : {1u, 4u}) {
        if (kThinning > 1 && threads == 1) continue;
        Job job = make_job(Algorithm::kSha1, 60, {55, 56, 57, 58, 59}, kHex, ~uint64_t{0});
        job.count = 150'000;
        job.threads = threads;
        std::atomic<bool> done = false;
        Search search(job, kernel, [&] { done = true; });
        wait_until_held(search);
        const uint64_t tried = search.tried();
        CHECK(tried < job.count);
        CHECK(!done);
        std::vector<uint64_t> hits = search.take();
        CHECK_EQUAL(hits.size(), kMostWaiting);
        const std::vector<uint64_t> rest = take_all(search, done);
        hits.insert(hits.end(), rest.begin(), rest.end());
        std::sort(hits.begin(), hits.end());
        CHECK_EQUAL(hits.size(), job.count);
        CHECK_EQUAL(hits.front(), 0u);
        CHECK_EQUAL(hits.back(), job.count - 1);
        CHECK(std::adjacent_find(hits.begin(), hits.end()) == hits.end());
        search.join();
        CHECK(search.ending() == Ending::kExhausted);
    }
}

KERNEL_TEST(a_search_that_is_held_can_be_cancelled) {
    for (const bool destroyed : {false, true}) {
        Job job = make_job(Algorithm::kSha1, 60, offsets(50, 6), kHex, ~uint64_t{0});
        job.threads = 4;
        std::optional<Search> search(std::in_place, job, kernel, std::function<void()>{});
        wait_until_held(*search);
        const Clock::time_point start = Clock::now();
        if (destroyed) {
            search.reset();
        } else {
            search->cancel();
            search->join();
            CHECK(search->ending() == Ending::kCancelled);
            CHECK_EQUAL(search->take().size(), kMostWaiting);
        }
        CHECK(milliseconds_since(start) < 20 * kMostMilliseconds);
    }
}

}  // namespace stampmill::test
