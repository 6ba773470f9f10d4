#include "engine/dispatch.h"

#include <mutex>
#include <optional>
#include <vector>

#include "engine/cpu.h"
#include "engine/layout.h"
#include "engine/measure.h"
#include "engine/self_test.h"
#include "isa/kernels.h"

namespace stampmill {
namespace {

struct Row {
    const Kernel& kernel;
    Isa isa;
    /// For each algorithm. Among rows of the same rank the processor decides which is faster;
    /// vectors come before SHA instructions.
    int rank[kAlgorithms];
};

// A new instruction set is a line here and one in CMakeLists.txt.
const Row kRows[] = {
#if defined(__x86_64__)
    // Where AVX-512 comes in halves, SHA-NI beats it in SHA-256.
    {kAvx512Kernel, Isa::kAvx512, {0, 0}},   {kShaNiKernel, Isa::kShaNi, {1, 0}},
    {kAvx2Kernel, Isa::kAvx2, {1, 1}},       {kSse2Kernel, Isa::kBaseline, {2, 2}},
#elif defined(__aarch64__)
    {kNeonKernel, Isa::kBaseline, {0, 0}},
    {kArmv8ShaKernel, Isa::kArmv8Sha, {0, 0}},
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

/// A search for which a choice is made.
struct Prospect {
    Algorithm algorithm;
    Strategy strategy;
    uint32_t inner_count;
    double tries;
};

constexpr double kLong = 1e12;  // tries of a search whose end does not matter
constexpr uint32_t kStampInner = 4096;
// A search of fewer tries is over before a measurement would be.
constexpr double kTriesWorthMeasuring = 1 << 16;

const Kernel* fastest(const Prospect& search) {
    struct Measured {
        std::vector<const Kernel*> kernels;
        std::vector<SearchCost> costs;
    };
    static Measured known[kAlgorithms][kStrategies];
    Measured& measured =
        known[static_cast<int>(search.algorithm)][static_cast<int>(search.strategy)];
    if (measured.kernels.empty()) {
        for (const Row* row : contenders(search.algorithm)) {
            measured.kernels.push_back(&row->kernel);
        }
    }
    const std::vector<const Kernel*>& kernels = measured.kernels;
    if (measured.costs.empty()) {
        if (kernels.size() < 2 || search.tries < kTriesWorthMeasuring) {
            return kernels.empty() ? nullptr : kernels.front();
        }
        measured.costs = measure_costs(kernels, search.algorithm, search.strategy);
    }
    const auto seconds = [&](size_t i) {
        const SearchLoop& loop =
            kernels[i]
                ->loops[static_cast<int>(search.algorithm)][static_cast<int>(search.strategy)];
        return predicted_seconds(measured.costs[i], loop.group, search.inner_count, search.tries);
    };
    std::vector<double> predicted;
    for (size_t i = 0; i < kernels.size(); ++i) predicted.push_back(seconds(i));
    // Of two that are close: in the shared schedule SHA instructions, else vectors.
    const size_t usual = search.strategy == Strategy::kShared ? kernels.size() - 1 : 0;
    return kernels[steady_choice(predicted, usual)];
}

Choice choose(const std::string& name, const Prospect& search) {
    const std::lock_guard lock(g_mutex);
    if (name.empty()) {
        const Kernel* kernel = fastest(search);
        return {kernel, kernel == nullptr ? Refusal::kFailedSelfTest : Refusal::kNone};
    }
    for (const Row& row : kRows) {
        if (name != row.kernel.name) continue;
        if (!cpu_has(row.isa)) return {nullptr, Refusal::kUnsupported};
        if (!usable(row, search.algorithm)) return {nullptr, Refusal::kFailedSelfTest};
        return {&row.kernel, Refusal::kNone};
    }
    return {nullptr, Refusal::kUnknownName};
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

Choice choose_kernel(const std::string& name, const Job& job) {
    const Shape shape = shape_of(job);
    const auto tries = static_cast<double>(expected_tries(job));
    return choose(name, {job.algorithm, shape.strategy, shape.inner_count, tries});
}

Choice choose_kernel(const std::string& name, Algorithm algorithm) {
    return choose(name, {algorithm, Strategy::kShared, kStampInner, kLong});
}

}  // namespace stampmill
