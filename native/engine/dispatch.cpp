#include "engine/dispatch.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>

#include "engine/cpu.h"
#include "engine/inline_search.h"
#include "engine/self_test.h"
#include "isa/kernels.h"

namespace stampmill {
namespace {

struct Row {
    const Kernel& kernel;
    Isa isa;
    /// Rows of the same rank: which is faster depends on the processor and the algorithm.
    int rank;
};

// A new instruction set is a line here and one in CMakeLists.txt.
const Row kRows[] = {
#if defined(__x86_64__)
    {kAvx512Kernel, Isa::kAvx512, 0},
    {kShaNiKernel, Isa::kShaNi, 1},
    {kAvx2Kernel, Isa::kAvx2, 1},
    {kSse2Kernel, Isa::kBaseline, 2},
#elif defined(__aarch64__)
    {kArmv8ShaKernel, Isa::kArmv8Sha, 0},
    {kNeonKernel, Isa::kBaseline, 0},
#endif
    {kScalarKernel, Isa::kBaseline, 3},
};

std::mutex g_mutex;  // over what has been found out about the rows

bool usable(const Row& row) {
    static std::optional<bool> passed[std::size(kRows)];
    if (!cpu_has(row.isa)) return false;
    std::optional<bool>& verdict = passed[&row - kRows];
    if (!verdict) verdict = passes_self_test(row.kernel);
    return *verdict;
}

/// Seconds for a fixed number of hashes, the best of a few tries.
double time_kernel(const Kernel& kernel, Algorithm algorithm) {
    Job job;
    job.algorithm = algorithm;
    job.message.assign(119, 'm');
    job.positions = {60, 61, 62, 63, 118};
    job.alphabet = "0123456789abcdef";
    job.count = 1 << 13;
    job.wanted = 0;
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        search_inline(job, kernel, [](uint64_t) {});
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        best = std::min(best, taken.count());
    }
    return best;
}

const Kernel* fastest(Algorithm algorithm) {
    const Row* best = nullptr;
    double best_time = 0;
    for (const Row& row : kRows) {
        if (best != nullptr && row.rank != best->rank) break;
        if (!usable(row)) continue;
        const double time = time_kernel(row.kernel, algorithm);
        if (best == nullptr || time < best_time) {
            best = &row;
            best_time = time;
        }
    }
    return best == nullptr ? nullptr : &best->kernel;
}

}  // namespace

std::vector<KernelReport> kernel_reports() {
    const std::lock_guard lock(g_mutex);
    std::vector<KernelReport> reports;
    for (const Row& row : kRows) {
        reports.push_back({row.kernel.name, cpu_has(row.isa), usable(row)});
    }
    return reports;
}

Choice choose_kernel(const std::string& name, Algorithm algorithm) {
    const std::lock_guard lock(g_mutex);
    if (name.empty()) {
        static const Kernel* remembered[kAlgorithms] = {};
        const Kernel*& kernel = remembered[static_cast<int>(algorithm)];
        if (kernel == nullptr) kernel = fastest(algorithm);
        return {kernel, kernel == nullptr ? Refusal::kFailedSelfTest : Refusal::kNone};
    }
    for (const Row& row : kRows) {
        if (name != row.kernel.name) continue;
        if (!cpu_has(row.isa)) return {nullptr, Refusal::kUnsupported};
        if (!usable(row)) return {nullptr, Refusal::kFailedSelfTest};
        return {&row.kernel, Refusal::kNone};
    }
    return {nullptr, Refusal::kUnknownName};
}

}  // namespace stampmill
