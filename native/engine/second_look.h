// The second look at what a kernel proposes. A kernel compares 32 bits of the digest and searches
// whole groups; this settles whether a counter is a hit.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/job.h"

namespace stampmill {

class SecondLook {
  public:
    /// The job has to stay where it is.
    explicit SecondLook(const Job& job);

    /// Whether the counter is in the job's range, and the first 64 bits of its digest, computed the
    /// plain way, are at most `limit`.
    bool confirms(uint64_t counter, uint64_t limit);

    /// Gives back the memory that only searching needs.
    void end() { std::vector<uint8_t>().swap(message_); }

  private:
    const Job& job_;
    std::vector<uint8_t> message_;
};

}  // namespace stampmill
