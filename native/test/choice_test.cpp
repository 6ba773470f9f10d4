// Which kernel is chosen, where more than one may be the fastest.
#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "check.h"
#include "engine/dispatch.h"
#include "engine/measure.h"
#include "engine/search.h"
#include "jobs.h"

namespace stampmill::test {
namespace {

/// A search that has no hits, laid out like a stamp or like a counter in one block.
Job long_job(Algorithm algorithm, Strategy strategy) {
    if (strategy == Strategy::kShared) {
        std::vector<uint32_t> positions = offsets(58, 6);
        positions.push_back(117);
        positions.push_back(118);
        return make_job(algorithm, 119, positions, kBase64, 0);
    }
    return make_job(algorithm, 52, offsets(44, 8), kBase64, 0);
}

/// The best of short searches, which is left of a machine that does other things as well.
double best_rate(Job job, const Kernel& kernel) {
    double best = 0;
    job.count = 1 << 18;
    for (int i = 0; i < 24; ++i) {
        Search search(job, kernel, {});
        search.join();
        const double rate = static_cast<double>(search.tried()) / search.seconds();
        best = std::max(best, rate);
        // About five milliseconds each.
        job.count = std::max<uint64_t>(1 << 14, static_cast<uint64_t>(rate * 0.005));
    }
    return best;
}

}  // namespace

/// Costs like those of a processor whose AVX-512 comes in halves: SHA instructions are the faster
/// kernel for stamps. Where a group has few inner values, preparing it decides, and vectors win.
TEST(predictions_know_layout_and_length) {
    const SearchCost vectors = {2.2e-6, 0.405e-6};        // 48 candidates a step
    const SearchCost instructions = {0.5e-6, 0.0299e-6};  // four
    const auto faster = [&](uint32_t inner, double tries) {
        const double a = predicted_seconds(vectors, 48, inner, tries);
        const double b = predicted_seconds(instructions, 4, inner, tries);
        return a < b ? "vectors" : "instructions";
    };
    CHECK_EQUAL(std::string(faster(4096, 1e9)), std::string("instructions"));
    CHECK_EQUAL(std::string(faster(64, 1e9)), std::string("vectors"));
    const double whole = predicted_seconds(vectors, 48, 64, 48 * 64);
    CHECK_EQUAL(predicted_seconds(vectors, 48, 64, 2 * 48 * 64) / whole, 2.0);
    CHECK_EQUAL(predicted_seconds(vectors, 48, 64, 1), 2.2e-6 + 0.405e-6);
}

TEST(the_choice_is_the_fastest_in_long_searches) {
    if (kThinning > 1) return remark("not under a sanitizer or an emulator, which time otherwise");
    for (const Algorithm algorithm : kBothAlgorithms) {
        for (const Strategy strategy : {Strategy::kShared, Strategy::kGeneral}) {
            const Job job = long_job(algorithm, strategy);
            const Note note(describe(job));
            CHECK_EQUAL(static_cast<int>(shape_of(job).strategy), static_cast<int>(strategy));
            const Kernel* chosen = choose_kernel("", job).kernel;
            const double rate = best_rate(job, *chosen);
            for (const KernelReport& report : kernel_reports()) {
                const Kernel* other = choose_kernel(report.name, job).kernel;
                if (other == nullptr || other == chosen) continue;
                const double others = best_rate(job, *other);
                // As good as the fastest: two that are within the noise may both be chosen.
                if (others > 1.08 * rate) {
                    fail(__FILE__, __LINE__,
                         std::string(chosen->name) + " is chosen, " + report.name + " does " +
                             shown(others / rate) + " times as much");
                }
            }
        }
    }
}

/// However often it is measured, and with other threads on every processor: the same winner, unless
/// two are so close that it makes no difference.
TEST(a_busy_machine_measures_the_same) {
    if (kThinning > 1) return remark("not under a sanitizer or an emulator, which time otherwise");
    std::vector<const Kernel*> kernels;
    for (const KernelReport& report : kernel_reports()) {
        const Kernel* kernel = choose_kernel(report.name, Algorithm::kSha256).kernel;
        if (kernel != nullptr) kernels.push_back(kernel);
    }
    std::atomic<bool> stop = false;
    std::vector<std::thread> others;
    for (unsigned i = 0; i < 2 * std::thread::hardware_concurrency(); ++i) {
        others.emplace_back([&] {
            while (!stop) {
            }
        });
    }
    std::set<std::string> winners;
    for (int round = 0; round < 20; ++round) {
        const auto costs = measure_costs(kernels, Algorithm::kSha256, Strategy::kShared);
        double least = 0;
        const char* winner = "";
        for (size_t i = 0; i < kernels.size(); ++i) {
            const uint32_t group = kernels[i]->loops[static_cast<int>(Algorithm::kSha256)][0].group;
            const double seconds = predicted_seconds(costs[i], group, 4096, 1e9);
            // Two rows of a rank count as one winner where they are within a twentieth.
            if (least == 0 || seconds < 0.95 * least) {
                least = seconds;
                winner = kernels[i]->name;
            }
        }
        winners.insert(winner);
    }
    stop = true;
    for (std::thread& other : others) other.join();
    CHECK_EQUAL(winners.size(), size_t{1});
}

}  // namespace stampmill::test
