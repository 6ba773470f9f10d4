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
/// processor, the first search that is long enough to matter measures them, in about a
/// millisecond; which is the fastest differs with how the job is laid out and how long it is.
Choice choose_kernel(const std::string& name, const Job& job);

/// The same for a long search over stamps as they are minted.
Choice choose_kernel(const std::string& name, Algorithm algorithm);

}  // namespace stampmill
