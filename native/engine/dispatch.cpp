#include "engine/dispatch.h"

#include <mutex>
#include <optional>
#include <vector>

#include "engine/cpu.h"
#include "engine/measure.h"
#include "engine/self_test.h"
#include "isa/kernels.h"

namespace stampmill {
namespace {

struct Row {
    const Kernel& kernel;
    Isa isa;
    /// For each algorithm. Among rows of the same rank the processor decides which is faster.
    int rank[kAlgorithms];
};

// A new instruction set is a line here and one in CMakeLists.txt.
const Row kRows[] = {
#if defined(__x86_64__)
    // Where AVX-512 comes in halves, SHA-NI beats it in SHA-256.
    {kAvx512Kernel, Isa::kAvx512, {0, 0}},   {kShaNiKernel, Isa::kShaNi, {1, 0}},
    {kAvx2Kernel, Isa::kAvx2, {1, 1}},       {kSse2Kernel, Isa::kBaseline, {2, 2}},
#elif defined(__aarch64__)
    {kArmv8ShaKernel, Isa::kArmv8Sha, {0, 0}},
    {kNeonKernel, Isa::kBaseline, {0, 0}},
#endif
    {kScalarKernel, Isa::kBaseline, {3, 3}},
};

std::mutex g_mutex;  // over what has been found out about the rows

bool usable(const Row& row, Algorithm algorithm) {
    static std::optional<bool> passed[std::size(kRows)][kAlgorithms];
    if (!cpu_has(row.isa)) return false;
    std::optional<bool>& verdict = passed[&row - kRows][static_cast<int>(algorithm)];
    if (!verdict) verdict = passes_self_test(row.kernel, algorithm);
    return *verdict;
}

/// The usable rows of the best rank that has any.
std::vector<const Row*> contenders(Algorithm algorithm) {
    const auto rank = [=](const Row& row) { return row.rank[static_cast<int>(algorithm)]; };
    std::vector<const Row*> found;
    for (const Row& row : kRows) {
        if (!found.empty() && rank(row) != rank(*found.front())) break;
        if (usable(row, algorithm)) found.push_back(&row);
    }
    return found;
}

const Kernel* fastest(Algorithm algorithm) {
    const std::vector<const Row*> rows = contenders(algorithm);
    if (rows.size() == 1) return &rows.front()->kernel;
    const Kernel* best = nullptr;
    double best_rate = 0;
    for (const Row* row : rows) {
        const double rate = measure_search(row->kernel, algorithm);
        if (best == nullptr || rate > best_rate) {
            best = &row->kernel;
            best_rate = rate;
        }
    }
    return best;
}

}  // namespace

std::vector<KernelReport> kernel_reports() {
    const std::lock_guard lock(g_mutex);
    std::vector<KernelReport> reports;
    for (const Row& row : kRows) {
        const bool passed = usable(row, Algorithm::kSha1) && usable(row, Algorithm::kSha256);
        reports.push_back({row.kernel.name, cpu_has(row.isa), passed});
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
        if (!usable(row, algorithm)) return {nullptr, Refusal::kFailedSelfTest};
        return {&row.kernel, Refusal::kNone};
    }
    return {nullptr, Refusal::kUnknownName};
}

}  // namespace stampmill
