#include "memory/dispatch.h"

#include <iterator>
#include <mutex>
#include <optional>

#include "engine/cpu.h"
#include "memory/isa/kernels.h"
#include "memory/self_test.h"

namespace stampmill {
namespace {

struct Row {
    const MemoryKernel& kernel;
    Isa isa;
};

// Best first. A new instruction set is a line here and one in CMakeLists.txt.
const Row kRows[] = {
#if defined(__x86_64__)
    {kAvx512MemoryKernel, Isa::kAvx512},   {kAvx2MemoryKernel, Isa::kAvx2},
    {kSsse3MemoryKernel, Isa::kSsse3},     {kSse2MemoryKernel, Isa::kBaseline},
#elif defined(__aarch64__)
    {kNeonMemoryKernel, Isa::kBaseline},
#endif
    {kScalarMemoryKernel, Isa::kBaseline},
};

bool usable(const Row& row) {
    static std::mutex mutex;
    static std::optional<bool> passed[std::size(kRows)];
    if (!cpu_has(row.isa)) return false;
    const std::lock_guard lock(mutex);
    std::optional<bool>& verdict = passed[&row - kRows];
    if (!verdict) verdict = passes_self_test(row.kernel);
    return *verdict;
}

}  // namespace

std::vector<KernelReport> memory_kernel_reports() {
    std::vector<KernelReport> reports;
    for (const Row& row : kRows) {
        reports.push_back({row.kernel.name, cpu_has(row.isa), usable(row)});
    }
    return reports;
}

MemoryChoice choose_memory_kernel(const std::string& name) {
    for (const Row& row : kRows) {
        if (!name.empty() && name != row.kernel.name) continue;
        if (usable(row)) return {&row.kernel, Refusal::kNone};
        if (name.empty()) continue;
        return {nullptr, cpu_has(row.isa) ? Refusal::kFailedSelfTest : Refusal::kUnsupported};
    }
    return {nullptr, name.empty() ? Refusal::kFailedSelfTest : Refusal::kUnknownName};
}

}  // namespace stampmill
