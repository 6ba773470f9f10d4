// Many hashes that differ in a counter alone: what they share is prepared once, and the memory is
// kept from one to the next.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "memory/argon2.h"
#include "memory/blocks.h"

namespace stampmill {

/// What is searched: a password with a counter's digits in it, as a Job has its message.
struct TrySubject {
    Bytes message;
    std::span<const uint32_t> positions;
    std::span<const uint8_t> alphabet;
    Bytes salt;
    Argon2Costs costs;  // one lane
};

/// What all tries of a search share, whichever thread makes them.
class TryPlan {
  public:
    TryPlan(const TrySubject& subject, const MemoryKernel& kernel);

    const MemoryKernel& kernel() const { return kernel_; }
    const MemoryShape& shape() const { return shape_; }
    uint32_t length() const { return length_; }

    /// What of the first message is left to hash for a counter, which `writes` it into.
    std::vector<uint8_t> rest() const { return rest_; }
    void write_counter(uint64_t counter, uint8_t* rest) const;
    const Blake2bState& state() const { return state_; }

    /// Of an independent segment of the first pass; nullptr for others.
    const uint32_t* references(const Segment& segment) const;

  private:
    const MemoryKernel& kernel_;
    MemoryShape shape_;
    uint32_t length_;
    Blake2bState state_;
    std::vector<uint8_t> rest_;
    std::vector<uint32_t> positions_;  // in what is left
    std::vector<uint8_t> alphabet_;
    std::vector<uint32_t> references_;
};

/// One thread's tries, in memory of its own.
class Tries {
  public:
    /// Fills so many memories side by side, 1 to kMostAbreast. Throws std::bad_alloc.
    Tries(const TryPlan& plan, uint32_t abreast);

    /// Called with each counter and its digest.
    using Taker = std::function<void(uint64_t counter, Bytes digest)>;

    /// Hashes `count` counters from `first` on. Returns early if `stop` became true.
    void run(uint64_t first, uint64_t count, const bool& stop, const Taker& take);

    uint64_t memory_bytes() const { return memory_.blocks() * kMemoryBlockBytes; }
    uint64_t huge_bytes() const { return memory_.huge_bytes(); }

  private:
    const TryPlan& plan_;
    uint32_t abreast_;
    MemoryBlocks memory_;
    uint64_t* memories_[kMostAbreast];
    std::vector<std::vector<uint8_t>> rests_;  // one for each of the kernel's lanes
    std::vector<uint64_t> starts_;             // the first two blocks of each
    std::vector<uint8_t> digest_;

    void prepare(uint64_t first, uint32_t count);
    bool fill(uint32_t abreast, const bool& stop);
};

}  // namespace stampmill
