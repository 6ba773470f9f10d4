#include "memory/blocks.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#endif

namespace stampmill {
namespace {

constexpr size_t kHugePage = size_t{1} << 21;
constexpr size_t kBlock = 1024;

size_t rounded_up(size_t bytes, size_t unit) {
    return (bytes + unit - 1) / unit * unit;
}

}  // namespace

MemoryBlocks::MemoryBlocks(uint64_t blocks) : bytes_(blocks * kBlock) {
    const bool huge = bytes_ >= kHugePage;
    const size_t unit = huge ? kHugePage : kBlock;
    words_ = static_cast<uint64_t*>(std::aligned_alloc(unit, rounded_up(bytes_, unit)));
    if (words_ == nullptr) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
    if (huge) madvise(words_, rounded_up(bytes_, unit), MADV_HUGEPAGE);
#endif
}

MemoryBlocks::~MemoryBlocks() {
    std::free(words_);
}

uint64_t MemoryBlocks::huge_bytes() const {
    uint64_t found = 0;
#if defined(__linux__)
    std::FILE* maps = std::fopen("/proc/self/smaps", "re");
    if (maps == nullptr) return 0;
    // A mapping's first line has its ends; AnonHugePages among the lines that follow is of it.
    const auto begin = reinterpret_cast<uintptr_t>(words_);
    bool ours = false;
    char line[512];
    while (std::fgets(line, sizeof line, maps) != nullptr) {
        char* rest = nullptr;
        const unsigned long from = std::strtoul(line, &rest, 16);
        if (*rest == '-') {
            const unsigned long end = std::strtoul(rest + 1, nullptr, 16);
            ours = from < begin + bytes_ && end > begin;
        } else if (ours && std::strncmp(line, "AnonHugePages:", 14) == 0) {
            found += std::strtoull(line + 14, nullptr, 10) * 1024;
        }
    }
    std::fclose(maps);
#endif
    return found < bytes_ ? found : bytes_;
}

}  // namespace stampmill
