// The table of kernels, and which one to use.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/job.h"
#include "engine/kernel.h"

namespace stampmill {

struct KernelReport {
    const char* name;
    bool supported;  // by this processor and operating system
    bool passed;     // the known answers; false where it is not supported
};

/// Every kernel compiled in, best first. Runs the self-tests that have not run yet.
std::vector<KernelReport> kernel_reports();

enum class Refusal { kNone, kUnknownName, kUnsupported, kFailedSelfTest };

struct Choice {
    const Kernel* kernel = nullptr;
    Refusal refusal = Refusal::kNone;
};

/// The kernel of that name, or with an empty name the fastest one. A kernel is handed out only
/// after it has passed its self-test. Where more than one may be the fastest on this kind of
/// processor, the first call for an algorithm measures them, in a few milliseconds.
Choice choose_kernel(const std::string& name, Algorithm algorithm);

}  // namespace stampmill
