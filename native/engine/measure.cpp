#include "engine/measure.h"

#include <algorithm>
#include <atomic>
#include <chrono>

#include "engine/inline_search.h"

namespace stampmill {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Results go here, so that no compiler can leave out how they were computed.
std::atomic<uint32_t> g_sink;

}  // namespace

double measure_search(const Kernel& kernel, Algorithm algorithm) {
    constexpr int kTries = 3;
    Job job;
    job.algorithm = algorithm;
    job.message.assign(119, 'm');
    job.positions = {60, 61, 62, 63, 118};
    job.alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    job.count = 1 << 14;
    job.wanted = 0;
    double best = 0;
    for (int i = 0; i < kTries; ++i) {
        const auto start = Clock::now();
        const uint64_t tried = search_inline(job, kernel, [](uint64_t) {});
        best = std::max(best, static_cast<double>(tried) / seconds_since(start));
    }
    return best;
}

double measure_roofline(const Kernel& kernel, Algorithm algorithm, double seconds) {
    constexpr double kTry = 0.001;  // short, to be out of the way of whatever else runs
    uint32_t times[kRooflines];
    std::fill_n(times, kRooflines, 1);
    double best = 0;
    uint32_t seed = 1;
    const auto begin = Clock::now();
    do {
        for (int i = 0; i < kRooflines; ++i) {
            const Roofline& roofline = kernel.rooflines[static_cast<int>(algorithm)][i];
            const auto start = Clock::now();
            seed += roofline.mix(seed, times[i]);
            const double taken = seconds_since(start);
            const double candidates = static_cast<double>(roofline.candidates) * times[i];
            best = std::max(best, candidates / taken);
            if (taken < kTry) times[i] *= 2;
        }
    } while (seconds_since(begin) < seconds);
    g_sink.store(seed, std::memory_order_relaxed);
    return best;
}

}  // namespace stampmill
