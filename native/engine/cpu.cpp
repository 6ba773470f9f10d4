#include "engine/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace stampmill {
namespace {

#if defined(__x86_64__)
bool has_sha_instructions() {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    const bool known = __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0;
    return known && (ebx & bit_SHA) != 0 && __builtin_cpu_supports("sse4.1");
}
#elif defined(__aarch64__)
bool has_sha_instructions() {
#if defined(__linux__)
    constexpr unsigned long both = HWCAP_SHA1 | HWCAP_SHA2;
    return (getauxval(AT_HWCAP) & both) == both;
#else
    return true;  // every arm64 processor that macOS runs on
#endif
}
#endif

}  // namespace

bool cpu_has(Isa isa) {
    switch (isa) {
        case Isa::kBaseline:
            return true;
#if defined(__x86_64__)
        // __builtin_cpu_supports also asks whether the system saves the registers.
        case Isa::kSsse3:
            return __builtin_cpu_supports("ssse3");
        case Isa::kAvx2:
            return __builtin_cpu_supports("avx2");
        case Isa::kAvx512:
            return __builtin_cpu_supports("avx512f");
        case Isa::kShaNi:
            return has_sha_instructions();
#elif defined(__aarch64__)
        case Isa::kArmv8Sha:
            return has_sha_instructions();
#endif
        default:
            return false;
    }
}

}  // namespace stampmill
