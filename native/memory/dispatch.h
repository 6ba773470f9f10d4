// The table of Argon2id's kernels, and which one to use.
#pragma once

#include <string>
#include <vector>

#include "engine/dispatch.h"
#include "memory/kernel.h"

namespace stampmill {

/// Every kernel compiled in, best first. Runs the self-tests that have not run yet.
std::vector<KernelReport> memory_kernel_reports();

struct MemoryChoice {
    const MemoryKernel* kernel = nullptr;
    Refusal refusal = Refusal::kNone;
};

/// The kernel of that name, or with an empty name the best that passes its self-test. None is
/// handed out that does not.
MemoryChoice choose_memory_kernel(const std::string& name);

}  // namespace stampmill
